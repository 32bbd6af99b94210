"""Pages, blocks, cells and certificates as they were read, back from their rows."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from finfoundry.core.balance.digit_balance import DigitBalance, LostDigits, PageDigits
from finfoundry.core.document import Block, Box, Cell, Certificate, Identity, TableReport, headings_over
from finfoundry.core.rules.law import LawStatement
from finfoundry.runtime.database import Connection


def blocks(connection: Connection, at: tuple[int, int]) -> list[Block]:
    """The blocks of a page: as it was read, or as it was read last within a border that a person drew."""
    drawn = connection.execute(_DRAWN, at).fetchone()
    if drawn is not None:
        return [_block(kept) for kept in drawn[0]]
    query = """
        SELECT ordinal, kind, text, box, section, level, title, note, locator, continued
        FROM blocks WHERE document_id = %s AND page = %s ORDER BY ordinal
    """
    cells = _cells(connection, at)
    return [
        Block(kind, text, box_of_row(box), cells.get(ordinal, []), tuple(section), level, title, note, locator, continued)
        for ordinal, kind, text, box, section, level, title, note, locator, continued in connection.execute(query, at).fetchall()
    ]


def table_headings(connection: Connection, document: int) -> list[tuple[str, ...]]:
    """The headings over each table of a document, outermost first, its own title last; in the order by which facts number tables."""
    query = "SELECT section, title FROM blocks WHERE document_id = %s AND kind = 'table' ORDER BY page, ordinal"
    return [headings_over(section, title) for section, title in connection.execute(query, (document,)).fetchall()]


def blocks_under(connection: Connection, document: int, path: tuple[str, ...]) -> list[tuple[int, Block]]:
    """The block of a heading and the headings and paragraphs that stand right under it, each with its page."""
    query = """
        SELECT page, kind, text, box, section, level, locator FROM blocks
        WHERE document_id = %s AND kind IN ('heading', 'paragraph', 'list')
        AND (section = %s::text[] OR (kind = 'heading' AND section || text = %s::text[])) ORDER BY page, ordinal
    """
    rows = connection.execute(query, (document, list(path), list(path))).fetchall()
    return [
        (page, Block(kind, text, box_of_row(box), section=tuple(section), level=level, locator=locator))
        for page, kind, text, box, section, level, locator in rows
    ]


_DRAWN = """
    SELECT content -> 'blocks' FROM hand_readings
    WHERE document_id = %s AND page = %s AND kind = 'table' AND state = 'approved' ORDER BY id DESC LIMIT 1
"""


def _block(kept: dict[str, Any]) -> Block:
    """Back from JSON, as a reading by hand keeps it."""
    cells = [Cell(**{**cell, "box": box_of_row(cell["box"])}) for cell in kept["cells"]]
    whole: dict[str, Any] = {**kept, "box": box_of_row(kept["box"]), "cells": cells, "section": tuple(kept["section"])}
    return Block(**whole)


def _cells(connection: Connection, at: tuple[int, int]) -> dict[int, list[Cell]]:
    query = """
        SELECT block, row_number, column_number, text, box, row_span, column_span, locator, indent, header, confidence
        FROM cells WHERE document_id = %s AND page = %s ORDER BY block, ordinal
    """
    cells: dict[int, list[Cell]] = {}
    for block, row, column, text, box, row_span, column_span, locator, indent, header, confidence in connection.execute(query, at):
        cell = Cell(row, column, text, box_of_row(box), row_span, column_span, locator, indent, header, confidence)
        cells.setdefault(block, []).append(cell)
    return cells


def box_of_row(values: Sequence[float] | None) -> Box | None:
    return None if values is None else (values[0], values[1], values[2], values[3])


def certificate(content: dict[str, Any]) -> Certificate:
    """Back from JSON: decimals from strings, pages of OCR from string keys."""
    identities = [Identity(**{**one, "left": Decimal(one["left"]), "right": Decimal(one["right"])}) for one in content["identities"]]
    changes = {
        "identities": identities,
        "table_reports": [TableReport(**one) for one in content["table_reports"]],
        "law": [LawStatement(**{**one, "box": box_of_row(one["box"])}) for one in content.get("law", ())],
        "digits": _digits(content.get("digits")),
        "pages_read_by_ocr": {int(page): confidence for page, confidence in content["pages_read_by_ocr"].items()},
    }
    return Certificate(**{**content, **changes})


def _digits(content: dict[str, Any] | None) -> DigitBalance | None:
    """The balance of digits of a certificate; None of one that was written before there was any."""
    if content is None:
        return None
    pages = [PageDigits(**one) for one in content["pages"]]
    lost = [LostDigits(**{**one, "box": box_of_row(one["box"])}) for one in content["lost"]]
    return DigitBalance(**{**content, "pages": pages, "lost": lost})
