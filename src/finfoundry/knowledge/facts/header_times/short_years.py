"""Years shortened over columns: "Dec 23 | Dec 22", "FYE23 | FYE22", 23年末 | 22年末.

Two digits alone say nothing. That the heads of all columns of a row are one text but for them, and that they count years down or up, does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from finfoundry.core.document import Block, Cell, Document, Page
from finfoundry.core.period_patterns import MONTH, MONTHS

HEAD_ROWS = 3  # of a table, below its title
YEARS = range(10, 40)
_SHORT = re.compile(
    rf"(?P<before>[A-Z]{{1,3}}\s?|(?:(?:years?|y/?e|fye?)\s*(?:to|ended|ending)?\s*)?(?:(?:\d\d?\s*)?{MONTH}\s*)?|(?P<month>0?[1-9]|1[0-2])\s?/)['’]?"
    r"(?P<year>\d\d)(?P<after>年(?:度|[初末底]|\d\d?月[份末底]?)?)?",
    re.IGNORECASE,
)
_LONG = re.compile(r"(?:19|20)\d\d")


def with_full_years(document: Document) -> Document:
    """A copy of the document whose tables name years in full; the document itself where they do."""
    pages = [_page(page) for page in document.pages]
    changed = any(page is not own for page, own in zip(pages, document.pages, strict=True))
    return replace(document, pages=pages) if changed else document


def _page(page: Page) -> Page:
    blocks = [_table(block) if block.kind == "table" else block for block in page.blocks]
    changed = any(block is not own for block, own in zip(blocks, page.blocks, strict=True))
    return replace(page, blocks=blocks) if changed else page


def _table(table: Block) -> Block:
    heads = [cell for cell in table.cells if cell.row < HEAD_ROWS]
    if any(_LONG.search(cell.text) for cell in heads):
        return table
    full = dict(pair for row in range(HEAD_ROWS) for pair in _full([cell for cell in heads if cell.row == row]))
    cells = [replace(cell, text=full.get((cell.row, cell.column), cell.text)) for cell in table.cells] if full else table.cells
    return replace(table, cells=cells) if full else table


def _full(row: Sequence[Cell]) -> Iterator[tuple[tuple[int, int], str]]:
    """The heads of a row with years in full, by their places; none of a row of others."""
    cells = [cell for cell in row if cell.text.strip() and cell.column]
    found = [_SHORT.fullmatch(cell.text.strip()) for cell in cells]
    told = [match for match in found if match and match[0] != match["year"]]
    years = [int(match["year"]) for match in told]
    alike = len({(match["before"].lower(), match["after"]) for match in told}) == 1
    steps = {later - earlier for earlier, later in pairwise(years)}
    if not (alike and steps in ({1}, {-1}) and len(told) == len(cells) and set(years) <= set(YEARS)):
        return
    for cell, match in zip(cells, told, strict=True):
        before = f"{MONTHS[int(match['month']) - 1]} " if match["month"] else match["before"]
        yield (cell.row, cell.column), f"{before.strip()} 20{match['year']}{match['after'] or ''}".strip()
