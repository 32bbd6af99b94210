"""What only the whole document shows: running headers and footers, heading levels, section paths, tables that go on."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from finfoundry.core.document import Block, Cell, Page
from finfoundry.knowledge.layout.captions import note_of, title_of
from finfoundry.knowledge.layout.lines import OPEN_END, has_cjk, join_lines
from finfoundry.knowledge.layout.running_lines import margin_of
from finfoundry.knowledge.layout.side_by_side_tables import table_text

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
_PART_OF = ("其中：", "其中:", "减：", "减:", "加：", "加:")  # begin a row of their own
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
        end = [block for block in before.blocks if block.kind not in ("header", "footer")]
        lead = [block for block in after.blocks if block.kind not in ("header", "footer")]
        at = next((index for index, block in enumerate(lead) if block.kind == "table"), None)
        if not end or at is None:
            continue
        above, table = lead[:at], lead[at]
        last, rest = (end[-2], end[-1]) if len(end) > 1 and _is_rest(end[-2], end[-1], table) else (end[-1], None)
        if last.kind != "table":
            continue
        said = any(_GOES_ON.search(block.text) for block in above)
        places = _same_head(last, table) or _places(last, table) if not above or said else None
        if places:
            table.continued = True
            table.title = table.title or last.title
            table.note = table.note or last.note
            _renumber(table, places)
            _keep_repeated_header(last, table)
            if rest is not None:
                _lead_label(table, rest.text)
                before.blocks.remove(rest)
            elif (label := _broken_label(before, last, table)) is not None:
                last.cells.remove(label)
                last.text = table_text(last.cells)
                _lead_label(table, label.text)


# ---- a label that the end of a page broke


def _is_rest(table: Block, line: Block, lower: Block) -> bool:
    """Whether a line right below a table, left of its figures, is the beginning of the label of the next page's first row."""
    first = _first_row(lower)
    if table.kind != "table" or line.kind != "paragraph" or not table.box or not line.box or not first:
        return False
    labels = [cell.box for cell in table.cells if cell.column == 0 and cell.box and not cell.header]
    figures = [cell.box[0] for cell in table.cells if cell.column > 0 and cell.box and not cell.header]
    height = min((box[3] - box[1] for box in labels), default=0.0)
    near = 0 <= line.box[1] - table.box[3] < height and line.box[3] - line.box[1] < 3 * height
    beside = line.box[2] < min(figures, default=0.0) and line.box[0] < min((box[0] for box in labels), default=0.0) + height
    return near and beside and _goes_on(line.text, first[0].text)


def _broken_label(page: Page, upper: Block, lower: Block) -> Cell | None:
    """The label of the last row of a table, which has no figures, where the first row of the next page has the rest of it; else None."""
    row = max((cell.row for cell in upper.cells), default=0)
    cells, first = [cell for cell in upper.cells if cell.row == row], _first_row(lower)
    if len(cells) != 1 or cells[0].column or cells[0].header or cells[0].column_span > 1 or not first:
        return None
    label, rest = cells[0], first[0].text
    if not has_cjk(label.text[-1:]) or not has_cjk(rest[:1]):
        return label if _goes_on(label.text, rest) else None
    ends = label.text.endswith(("：", ":")) or _numbered_level(rest) is not None or rest.startswith(_PART_OF)
    heads = _has_headings(upper) or _has_headings(lower)
    return label if not ends and (_unclosed(label.text) or _fills(page, label) or not heads) else None


def _first_row(table: Block) -> list[Cell]:
    """The cells of the first row of figures with its label first; empty where a row without figures, or without a label, comes before."""
    body = [cell for cell in table.cells if not cell.header]
    row = min((cell.row for cell in body), default=0)
    cells = sorted((cell for cell in body if cell.row == row), key=lambda cell: cell.column)
    return cells if len(cells) > 1 and cells[0].column == 0 and any(map(str.isalpha, cells[0].text)) else []


def _goes_on(text: str, rest: str) -> bool:
    """Whether words show that a label goes on in the next: it ends within a phrase or a bracket, or the next begins small."""
    if text.endswith((":", "：")):
        return False
    return rest[:1].islower() or _unclosed(text) or (OPEN_END.search(text) is not None and not has_cjk(text))


def _unclosed(text: str) -> bool:
    return len(re.findall("[(（]", text)) > len(re.findall("[)）]", text))


def _has_headings(table: Block) -> bool:
    """Whether a table has rows, but for its last, that are a label and nothing beside it."""
    rows = Counter(cell.row for cell in table.cells if not cell.header)
    last = max(rows, default=0)
    return any(cell.column == 0 and rows[cell.row] == 1 for cell in table.cells if not cell.header and cell.row != last)


def _fills(page: Page, label: Cell) -> bool:
    """Whether no further character of a label had room in its cell."""
    if label.box is None:
        return False
    x0, y0, x1, y1 = label.box
    words = [word for word in page.words if x0 <= word.box[0] and word.box[2] <= x1 and y0 <= (word.box[1] + word.box[3]) / 2 <= y1]
    if not words:
        return False
    margin = min(word.box[0] for word in words) - x0
    return margin > 0 and x1 - margin - max(word.box[2] for word in words) < max(word.size for word in words)


def _lead_label(table: Block, begun: str) -> None:
    """Put the beginning of a label before the rest of it; the figures keep their cells."""
    label = _first_row(table)[0]
    label.text = join_lines([begun, label.text])
    table.text = table_text(table.cells)


def _same_head(upper: Block, lower: Block) -> dict[int, int]:
    """The columns of both tables, where the lower repeats the headings of the upper: some may be blank on a page; else none."""
    above, below = ({(cell.row, cell.column, cell.column_span, cell.text) for cell in one.cells if cell.header} for one in (upper, lower))
    columns = {cell.column for cell in lower.cells}
    return {column: column for column in columns} if above == below and len(above) > 1 and len(columns) > 2 else {}


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
