"""The blocks of a page in reading order: paragraphs, headings, lists, tables."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from statistics import median

from finfoundry.core.document import Block, Box, Word
from finfoundry.knowledge.layout.captions import is_note
from finfoundry.knowledge.layout.drawn_tables import drawn_tables
from finfoundry.knowledge.layout.lines import TextLine, group_lines, has_cjk, is_marker, join_lines
from finfoundry.knowledge.layout.page_tables import PageTable, aligned_tables, ruled_tables
from finfoundry.knowledge.layout.rulings import Rulings
from finfoundry.knowledge.layout.side_by_side_tables import around, split_panels, table_text
from finfoundry.knowledge.layout.table_border import TableBorder
from finfoundry.knowledge.layout.text_columns import split_zones

_NUMBERED = re.compile(
    r"^(?:第[一二三四五六七八九十百\d]+[章节條条部分]|[一二三四五六七八九十]+、|[（(][一二三四五六七八九十]+[)）]"
    r"|(?:item|note|part|section|chapter)\s+[\dIVX]+|\d{1,2}(?:\.\d{1,2})*[.、 ]\s*\S)",
    re.IGNORECASE,
)
_LARGE = 1.12  # of the size of the body: a line of a heading
_HANGING = 6.0  # heights: how far the second line of a numbered heading is indented at most
_SENTENCE_END = (".", "。", ";", "；", ",", "，", "、", "？", "?", "！", "!")


def page_blocks(words: Sequence[Word], rulings: Rulings, borders: Sequence[TableBorder] = ()) -> list[Block]:
    """Blocks from the words of one page, boxes in the coordinates of the words; what is within ``borders`` is a table each."""
    drawn, words = drawn_tables(words, rulings, borders)
    ruled, rest = ruled_tables(words, rulings)
    lines = group_lines(rest)
    body = _body_size(lines)
    blocks: list[Block] = []
    for zone in split_zones(lines):
        blocks += _zone_blocks(zone, rulings, body)
    _insert(blocks, [block for table in ruled for block in _table_blocks(table)])
    _insert(blocks, [Block("table", table_text(table.cells), table.box, table.cells) for table in drawn])
    return blocks


def with_running(blocks: Sequence[Block], words: Sequence[Word]) -> list[Block]:
    """The blocks of a page between the lines of a running header and a running footer."""
    lines = [_paragraph([line], _body_size([line])) for line in group_lines(words)]
    top = min((block.box[1] for block in blocks if block.box), default=0.0)
    above = [line for line in lines if line.box and line.box[1] < top]
    return [*above, *blocks, *lines[len(above) :]]


def _body_size(lines: Sequence[TextLine]) -> float:
    sizes = [word.size for line in lines for word in line.words]
    return median(sizes) if sizes else 10.0


def _zone_blocks(lines: Sequence[TextLine], rulings: Rulings, body: float) -> list[Block]:
    tables = aligned_tables(lines, rulings)
    used = {id(line): table for table in tables for line in table.lines}
    blocks: list[Block] = []
    prose: list[TextLine] = []
    done: set[int] = set()
    for line in lines:
        table = used.get(id(line))
        if table is None:
            prose.append(line)
            continue
        blocks += _paragraphs(prose, body)
        prose = []
        if id(table) not in done:
            done.add(id(table))
            blocks += _table_blocks(table)
    return blocks + _paragraphs(prose, body)


def _table_blocks(table: PageTable) -> list[Block]:
    """One block, or one for each of several tables side by side."""
    panels = split_panels(table.cells)
    if len(panels) == 1:
        return [Block("table", table_text(table.cells), table.box, table.cells)]
    return [Block("table", table_text(cells), around(cells), cells) for cells in panels]


def _insert(blocks: list[Block], tables: Sequence[Block]) -> None:
    """Put the ruled tables before the first block that lies below them and shares their width."""
    for table in tables:
        blocks.insert(next((at for at, block in enumerate(blocks) if _follows(block.box, table.box)), len(blocks)), table)


def _follows(box: Box | None, table: Box | None) -> bool:
    return bool(box and table and box[1] >= table[1] and box[0] < table[2] and box[2] > table[0])


# ---- paragraphs


def _paragraphs(lines: Sequence[TextLine], body: float) -> list[Block]:
    if not lines:
        return []
    left, right = min(line.x0 for line in lines), max(line.x1 for line in lines)
    groups = [[lines[0]]]
    for above, below in pairwise(lines):
        if _new_paragraph(above, below, left, right) or _other_heading(above, below, body, (left, right)):
            groups.append([below])
        else:
            groups[-1].append(below)
    return [_paragraph(group, body) for group in groups]


def _new_paragraph(above: TextLine, below: TextLine, left: float, right: float) -> bool:
    height = max(above.height, below.height)
    if below.y0 - above.y1 > 0.55 * height or below.y0 < above.y0:
        return True
    if abs(_size(above) - _size(below)) > 0.12 * height or _bold(above) != _bold(below):
        return True
    if is_marker(below.words[0].text) or is_note(below.text) or is_note(above.text):
        return True
    if _NUMBERED.match(below.text) and has_cjk(below.text):
        return True
    short = above.x1 < right - 0.15 * (right - left)
    indented = below.x0 > above.x0 + 0.8 * height and above.x0 < left + 0.8 * height
    ended = above.text.rstrip().endswith((".", "。", ":", "：", "；", ";", "？", "?"))
    return (short and (ended or not below.text[:1].islower())) or (indented and ended)


def _other_heading(above: TextLine, below: TextLine, body: float, edges: tuple[float, float]) -> bool:
    """Whether two lines, large or bold, are a heading each: the lines of one are below each other at an edge or by their middles, or the
    second hangs under the words behind the number of the first. A line from edge to edge goes on.
    """
    if not all(_size(line) > _LARGE * body or _bold(line) for line in (above, below)):
        return False
    near = max(above.height, below.height)
    if above.x0 < edges[0] + near and above.x1 > edges[1] - _HANGING * near:
        return False
    middles = (above.x0 + above.x1) / 2 - (below.x0 + below.x1) / 2
    hangs = 0 < below.x0 - above.x0 < _HANGING * near
    return min(abs(above.x0 - below.x0), abs(above.x1 - below.x1), abs(middles)) > near and not hangs


def _size(line: TextLine) -> float:
    return max(word.size for word in line.words)


def _bold(line: TextLine) -> bool:
    return all(word.bold for word in line.words)


def _paragraph(lines: Sequence[TextLine], body: float) -> Block:
    text = join_lines([line.text for line in lines])
    box = (min(line.x0 for line in lines), lines[0].y0, max(line.x1 for line in lines), max(line.y1 for line in lines))
    if _is_heading(lines, text, body):
        return Block("heading", text, box, level=0)
    return Block("list" if is_marker(lines[0].words[0].text) else "paragraph", text, box)


def _is_heading(lines: Sequence[TextLine], text: str, body: float) -> bool:
    """Whether a short text differs from the body by size, weight, capitals or number."""
    if (
        len(lines) > 2
        or len(text) > 160
        or text.count("：") > 1
        or text.endswith(_SENTENCE_END)
        or not any(c.isalpha() for c in text)
        or is_note(text)
    ):
        return False
    if all(run.number for line in lines for run in line.runs):
        return False
    large = min(_size(line) for line in lines) > _LARGE * body
    bold = all(_bold(line) for line in lines)
    capitals = text.isupper() and len(text) > 5 and not has_cjk(text)
    numbered = bool(_NUMBERED.match(text)) and len(text) <= (40 if has_cjk(text) else 90) and len(lines) == 1
    return large or bold or capitals or (numbered and has_cjk(text))
