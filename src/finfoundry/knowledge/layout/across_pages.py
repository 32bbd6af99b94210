"""What only the whole document shows: running headers and footers, heading levels, section paths, tables that go on."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from finfoundry.core.document import Block, Page
from finfoundry.knowledge.layout.captions import note_of, title_of
from finfoundry.knowledge.layout.running_lines import margin_of

_ABOVE = 5  # blocks above a table that may name it
_ZH_LEVELS = (
    (re.compile(r"^第[一二三四五六七八九十百\d]+[章节部]"), 1),
    (re.compile(r"^[一二三四五六七八九十]+、"), 2),
    (re.compile(r"^[（(][一二三四五六七八九十]+[)）]"), 3),
    (re.compile(r"^\d{1,2}[、.．]"), 4),
    (re.compile(r"^[（(]\d{1,2}[)）]"), 5),
)
_EN_LEVELS = ((re.compile(r"^part\s+[IVX]+\b", re.IGNORECASE), 1), (re.compile(r"^item\s+\d+[A-C]?\b", re.IGNORECASE), 2))
_YEAR = re.compile(r"(?:19|20)\d\d")
_PAGE_NUMBER = re.compile(r"^[-–—\s]*(?:page\s*)?(?:F-)?\d{1,4}(?:\s*(?:/|of)\s*\d{1,4})?[-–—\s]*$", re.IGNORECASE)
_GOES_ON = re.compile(r"\bcontinued\b|\bcont[’']?d\b|[（(]续[)）]|续表|续上表", re.IGNORECASE)


def connect(pages: Sequence[Page]) -> None:
    """Fill in, over all pages, what one page cannot know. Changes the blocks in place."""
    _mark_running(pages)
    for page in pages:
        _describe([block for block in page.blocks if block.kind not in ("header", "footer")])
    _level_headings(pages)
    _announce_tables(pages)
    _continue_tables(pages)
    _path(pages)


def _masked(text: str) -> str:
    if _YEAR.fullmatch(text.strip()):
        return text.strip()  # a heading, not the number of a page
    return re.sub(r"\d+", "#", text).strip().lower()


def _mark_running(pages: Sequence[Page]) -> None:
    """Lines at the edge of the page that return on other pages, and page numbers, become headers and footers."""
    edge = [
        (page, block) for page in pages for block in page.blocks if block.kind in ("paragraph", "heading", "list") and _at_edge(page, block)
    ]
    seen = Counter(_masked(block.text) for _, block in edge)
    for page, block in edge:
        if seen[_masked(block.text)] >= 3 or (_PAGE_NUMBER.match(block.text) and not _YEAR.fullmatch(block.text.strip())):
            block.kind = "header" if block.box and block.box[1] < page.height / 2 else "footer"
            block.level = None


def _at_edge(page: Page, block: Block) -> bool:
    margin = margin_of(page)
    return block.box is not None and len(block.text) < 200 and (block.box[3] < margin or block.box[1] > page.height - margin)


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


# ---- what surrounds tables


def _describe(blocks: Sequence[Block]) -> None:
    """Give each table of a page its title and its note."""
    for index, block in enumerate(blocks):
        if block.kind != "table":
            continue
        above: list[str] = []
        top = block.box
        for other in reversed(blocks[max(0, index - _ABOVE) : index]):
            if other.kind == "table" or not top or not other.box or not -2 <= top[1] - other.box[3] <= 30:
                break
            above.insert(0, other.text)
            top = other.box
        block.title = title_of(above)
        block.note = note_of(above, block.cells)


# ---- tables over several pages


def _announce_tables(pages: Sequence[Page]) -> None:
    """A table at the top of a page is announced by the sentence that ends the page before with a colon."""
    for before, after in pairwise(pages):
        last = next((block for block in reversed(before.blocks) if block.kind not in ("header", "footer")), None)
        first = next((block for block in after.blocks if block.kind not in ("header", "footer")), None)
        if last is None or first is None or first.kind != "table" or last.kind == "table" or not last.text.rstrip().endswith((":", "：")):
            continue
        first.title = first.title or title_of([last.text])
        first.note = first.note or note_of([last.text], [])


def _continue_tables(pages: Sequence[Page]) -> None:
    for before, after in pairwise(pages):
        last = next((block for block in reversed(before.blocks) if block.kind not in ("header", "footer")), None)
        lead = [block for block in after.blocks if block.kind not in ("header", "footer")]
        at = next((index for index, block in enumerate(lead) if block.kind == "table"), None)
        if last is None or last.kind != "table" or at is None:
            continue
        above, table = lead[:at], lead[at]
        said = any(_GOES_ON.search(block.text) for block in above)
        places = _places(last, table) if not above or said else None
        if places:
            table.continued = True
            table.title = table.title or last.title
            table.note = table.note or last.note
            _renumber(table, places)
            _keep_repeated_header(last, table)


def _places(upper: Block, lower: Block) -> dict[int, int] | None:
    """Column of the lower table -> column of the upper one above it; None if they are not below each other."""
    above, below = _columns(upper), _columns(lower)
    places: dict[int, int] = {}
    for column, (x0, x1) in below.items():
        shared = {index: min(x1, b) - max(x0, a) for index, (a, b) in above.items()}
        best = max(shared, key=lambda index: shared[index], default=None)
        if best is not None and shared[best] > 0.3 * min(x1 - x0, above[best][1] - above[best][0]):
            places[column] = best
    in_order = list(places.values()) == sorted(set(places.values()))
    return places if len(places) >= 2 and len(places) >= len(below) - 1 and in_order and abs(len(above) - len(below)) <= 2 else None


def _columns(table: Block) -> dict[int, tuple[float, float]]:
    """The interval of x that each column fills."""
    spans: dict[int, tuple[float, float]] = {}
    for cell in sorted(table.cells, key=lambda cell: cell.column):
        if cell.box and cell.column_span == 1 and not cell.header:
            low, high = spans.get(cell.column, (cell.box[0], cell.box[2]))
            spans[cell.column] = (min(low, cell.box[0]), max(high, cell.box[2]))
    return spans


def _renumber(table: Block, places: dict[int, int]) -> None:
    """Number the columns as on the page before, where each of them has its counterpart there."""
    if {cell.column for cell in table.cells} <= set(places) and all(cell.column_span == 1 for cell in table.cells):
        for cell in table.cells:
            cell.column = places[cell.column]


def _keep_repeated_header(upper: Block, lower: Block) -> None:
    """On a continuing page only a header that repeats the first one, or that names years, is a header."""
    header = {cell.text for cell in upper.cells if cell.header}
    if not any(cell.header and (cell.text in header or _YEAR.search(cell.text)) for cell in lower.cells):
        for cell in lower.cells:
            cell.header = False
