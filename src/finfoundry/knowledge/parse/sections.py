"""What only the whole document shows: running headers and footers, heading levels, section paths, tables that go on."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from finfoundry.core.document import Block, Page

_MARGIN = 0.09  # of the page height: where running headers and footers stand
_ZH_LEVELS = (
    (re.compile(r"^第[一二三四五六七八九十百\d]+[章节部]"), 1),
    (re.compile(r"^[一二三四五六七八九十]+、"), 2),
    (re.compile(r"^[（(][一二三四五六七八九十]+[)）]"), 3),
    (re.compile(r"^\d{1,2}[、.．]"), 4),
    (re.compile(r"^[（(]\d{1,2}[)）]"), 5),
)
_EN_LEVELS = ((re.compile(r"^part\s+[IVX]+\b", re.IGNORECASE), 1), (re.compile(r"^item\s+\d+[A-C]?\b", re.IGNORECASE), 2))
_PAGE_NUMBER = re.compile(r"^[-–—\s]*(?:page\s*)?(?:F-)?\d{1,4}(?:\s*(?:/|of)\s*\d{1,4})?[-–—\s]*$", re.IGNORECASE)
_GOES_ON = re.compile(r"\bcontinued\b|\bcont[’']?d\b|[（(]续[)）]|续表|续上表", re.IGNORECASE)


def connect(pages: Sequence[Page]) -> None:
    """Fill in, over all pages, what one page cannot know. Changes the blocks in place."""
    _mark_running(pages)
    _level_headings(pages)
    _continue_tables(pages)
    _path(pages)


def _masked(text: str) -> str:
    return re.sub(r"\d+", "#", text).strip().lower()


def _mark_running(pages: Sequence[Page]) -> None:
    """Lines at the edge of the page that return on other pages, and page numbers, become headers and footers."""
    edge = [
        (page, block) for page in pages for block in page.blocks if block.kind in ("paragraph", "heading", "list") and _at_edge(page, block)
    ]
    seen = Counter(_masked(block.text) for _, block in edge)
    for page, block in edge:
        if seen[_masked(block.text)] >= 3 or _PAGE_NUMBER.match(block.text):
            block.kind = "header" if block.box and block.box[1] < page.height / 2 else "footer"
            block.level = None


def _at_edge(page: Page, block: Block) -> bool:
    return (
        block.box is not None
        and len(block.text) < 200
        and (block.box[3] < _MARGIN * page.height or block.box[1] > (1 - _MARGIN) * page.height)
    )


def _level_headings(pages: Sequence[Page]) -> None:
    """Levels from numbering where there is some, else from size: the larger, the further out."""
    headings = [block for page in pages for block in page.blocks if block.kind == "heading"]
    sizes = sorted({_size(block) for block in headings}, reverse=True)
    rank = {size: index for index, size in enumerate(sizes)}
    for block in headings:
        block.level = _numbered_level(block.text) or min(3 + rank[_size(block)], 8)


def _size(block: Block) -> float:
    high = block.box[3] - block.box[1] if block.box else 0.0
    return round(high / max(1, round(high / 18))) if high > 24 else round(high)


def _numbered_level(text: str) -> int | None:
    return next((level for pattern, level in (*_ZH_LEVELS, *_EN_LEVELS) if pattern.match(text)), None)


def _path(pages: Sequence[Page]) -> None:
    stack: list[tuple[int, str]] = []
    for page in pages:
        for block in page.blocks:
            if block.kind == "heading" and block.level is not None:
                stack = [entry for entry in stack if entry[0] < block.level]
                block.section = tuple(text for _, text in stack)
                stack.append((block.level, block.text))
            else:
                block.section = tuple(text for _, text in stack)


# ---- tables over several pages


def _continue_tables(pages: Sequence[Page]) -> None:
    for before, after in pairwise(pages):
        last = next((block for block in reversed(before.blocks) if block.kind not in ("header", "footer")), None)
        lead = [block for block in after.blocks if block.kind not in ("header", "footer")]
        at = next((index for index, block in enumerate(lead) if block.kind == "table"), None)
        if last is None or last.kind != "table" or at is None:
            continue
        above, table = lead[:at], lead[at]
        said = any(_GOES_ON.search(block.text) for block in above)
        if (not above or said) and _same_columns(last, table):
            table.continued = True
            table.title = table.title or last.title
            table.note = table.note or last.note


def _same_columns(upper: Block, lower: Block) -> bool:
    """Whether the columns of two tables stand below each other."""
    a, b = _columns(upper), _columns(lower)
    if not a or not b or abs(len(a) - len(b)) > 1:
        return False
    matched = sum(any(min(x1, y1) - max(x0, y0) > 0.3 * min(x1 - x0, y1 - y0) for x0, x1 in a) for y0, y1 in b)
    return matched >= len(b) - 1 and matched >= 2


def _columns(table: Block) -> list[tuple[float, float]]:
    spans: dict[int, tuple[float, float]] = {}
    for cell in table.cells:
        if cell.box and cell.column_span == 1 and not cell.header:
            low, high = spans.get(cell.column, (cell.box[0], cell.box[2]))
            spans[cell.column] = (min(low, cell.box[0]), max(high, cell.box[2]))
    return [spans[column] for column in sorted(spans)]
