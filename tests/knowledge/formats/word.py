"""Word documents as Word writes them: what python-docx has no call for is put in as the XML that Word saves."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import docx
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

W = nsdecls("w")
ROWS = [["EUR million", "2024", "2023"], ["Revenue", "310", "300"], ["Cost of revenue", "250", "240"]]


def run(text: str, place: str = "", more: str = "") -> str:
    """A run of letters, raised or lowered where ``place`` says so."""
    properties = (f'<w:vertAlign w:val="{place}"/>' if place else "") + more
    return f'<w:r>{f"<w:rPr>{properties}</w:rPr>" if properties else ""}<w:t xml:space="preserve">{text}</w:t></w:r>'


def paragraph(*runs: str) -> str:
    return f"<w:p {W}>{''.join(runs)}</w:p>"


def paper(rows: Sequence[Sequence[str]] = ROWS, *, before: Sequence[str] = (), after: Sequence[str] = ()) -> Any:
    """A paper with one table; cells that begin with "<" are runs, ``before`` and ``after`` are elements around the table."""
    made = docx.Document()
    made.add_paragraph("Nordfjord Harbour plc")
    made.add_paragraph("Annual report 2024")
    for element in before:
        made.element.body.insert(len(made.element.body) - 1, parse_xml(element))
    table = made.add_table(len(rows), len(rows[0]))
    for r, row in enumerate(rows):
        for c, text in enumerate(row):
            if text.startswith("<"):
                held = table.cell(r, c).paragraphs[0]._p
                for child in list(parse_xml(paragraph(text))):
                    held.append(child)
            else:
                table.cell(r, c).text = text
    for element in after:
        made.element.body.insert(len(made.element.body) - 1, parse_xml(element))
    return made


def with_cell(text: str, row: int = 1, column: int = 1) -> list[list[str]]:
    """The rows with another cell at one place."""
    return [[text if (r, c) == (row, column) else one for c, one in enumerate(cells)] for r, cells in enumerate(ROWS)]


def saved(made: Any) -> bytes:
    stream = io.BytesIO()
    made.save(stream)
    return stream.getvalue()
