"""PDFs exported as JSON lines of page blocks (``{"page", "type", "inside"}``), as exports of Chinese annual reports are."""

from __future__ import annotations

import ast
import json
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from finfoundry.core.document import Block, BlockKind, Page
from finfoundry.knowledge.formats.exported_tables import (
    Row,
    begins_with_heading,
    has_figures,
    in_columns,
    usual_places,
    whole_rows,
    with_own_headings,
    without_empty_columns,
)
from finfoundry.knowledge.formats.outline import Outline
from finfoundry.knowledge.formats.text_blocks import heading_level, table_block

Item = dict[str, Any]
_KINDS: dict[str, BlockKind] = {"页眉": "header", "页脚": "footer"}


def page_lines(text: str) -> list[Item] | None:
    """The lines of an export as objects, or None when the text is something else."""
    if not text.startswith('{"page"'):
        return None
    lines = []
    for line in text.splitlines():
        try:
            item = json.loads(line)
        except json.JSONDecodeError:
            return None
        if not isinstance(item, dict) or not {"page", "type", "inside"} <= item.keys():
            return None
        lines.append(item)
    return lines


def exported_pages(lines: Sequence[Item]) -> list[Page]:
    """The pages of an export; a table that begins a page goes on from the one that ended the page before, where it has no header."""
    reader = _Reader(
        usual_places(exported_row(item["inside"]) for item in lines if item["type"] == "excel"),
        {str(item["inside"]).strip() for item in lines if item["type"] == "页眉"},
    )
    pages = []
    for number, group in groupby(lines, key=lambda item: int(item["page"])):
        blocks = reader.blocks([item for item in group if str(item["inside"]).strip()])
        pages.append(Page(number, 0.0, 0.0, blocks, source="flow" if blocks else "empty"))
    return pages


@dataclass(slots=True)
class _Last:
    """The table that ended a page."""

    columns: int
    figures: bool


class _Reader:
    """Goes through the pages and keeps the headings, and the table that the next page may go on with."""

    def __init__(self, places: int, running: set[str]) -> None:
        self.places, self.running = places, running
        self.outline = Outline()
        self.last: _Last | None = None

    def blocks(self, items: Sequence[Item]) -> list[Block]:
        """The blocks of one page: rows of type "excel" in a run are a table, each other line is a block."""
        blocks: list[Block] = []
        before, self.last = self.last, None
        for kind, run in groupby(items, key=lambda item: item["type"]):
            group = list(run)
            if kind == "excel":
                blocks.append(self._table(group, before))
                before = None
                continue
            for item in group:
                block = self._line(str(item["inside"]).strip(), str(item["type"]), {"line": str(item.get("allrow", 0))})
                if block.kind not in {"header", "footer"}:
                    before = self.last = None
                blocks.append(block)
        return blocks

    def _line(self, text: str, kind: str, locator: dict[str, str]) -> Block:
        level = heading_level(text, markdown=False) if kind == "text" else None
        section = self.outline.enter(level, text) if level else self.outline.path
        plain: BlockKind = "heading" if level else "header" if text in self.running else "paragraph"
        return Block(_KINDS.get(kind, plain), text, section=section, level=level, locator=locator)

    def _table(self, items: Sequence[Item], before: _Last | None) -> Block:
        rows = _even([exported_row(item["inside"]) for item in items])
        whole = with_own_headings(whole_rows(rows, self.places))
        below = in_columns(whole, before.columns) if before is not None and not begins_with_heading(whole) else None
        whole = without_empty_columns(whole) if below is None else below
        if before is not None and all(len(row) == 1 for row in whole):  # lines that are empty in all columns
            self.last = before
        else:
            self.last = _Last(len(whole[0]) if whole else 0, has_figures(whole))
        block = table_block(whole, self.outline.path, {"line": str(items[0].get("allrow", 0))})
        block.continued = below is not None and before is not None and before.figures
        return block


def _even(rows: Sequence[Row]) -> list[Row]:
    width = max(map(len, rows))
    return [[*row, *[""] * (width - len(row))] for row in rows]


def exported_row(text: str) -> Row:
    """A row is printed as a Python list of strings."""
    try:
        row = ast.literal_eval(text)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return [text]
    return [str(cell).strip() for cell in row] if isinstance(row, list) else [text]
