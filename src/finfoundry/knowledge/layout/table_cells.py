"""Lines and columns to cells: wrapped labels joined, header lines stacked, spans found, indentation measured."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from statistics import median

from finfoundry.core.document import Cell
from finfoundry.knowledge.layout.cell_candidates import Row, Slot, ruled_between
from finfoundry.knowledge.layout.headings import apart, stack_header
from finfoundry.knowledge.layout.lines import OPEN_END, TextLine, TextRun, make_run
from finfoundry.knowledge.layout.rulings import Rulings
from finfoundry.knowledge.layout.unruled_columns import ColumnInterval, covered, overlap

_CONTINUES = re.compile(r"^(?:[a-z]|[)）、，]|and\b|of\b|\(?(?:in|net|loss|benefit|used|provided|decrease|increase|including|excluding)\b)")


def build(lines: Sequence[TextLine], columns: Sequence[ColumnInterval], rulings: Rulings) -> list[Cell]:
    """The cells of a table from its lines (top to bottom) and columns (left to right)."""
    rows = [_slots(line, columns) for line in lines]
    first = _first_body_row(rows, rulings)
    header = stack_header([_slots(line, columns) for line in apart(lines[:first], columns, rulings)], columns, rulings)
    body = _join_wrapped(rows[first:], rulings)
    return _cells(header, body)


def _slots(line: TextLine, columns: Sequence[ColumnInterval]) -> Row:
    row: Row = []
    for run in line.runs:
        first, last = covered(run, columns)
        if row and first == row[-1].last and (first < last or row[-1].first < first):
            first = _shared(row[-1], run, first, last, columns)
        if row and first <= row[-1].last:
            if last <= row[-1].last or run.number:
                target = row[-1]
                if run.number and target.first < target.last and first == target.last:
                    target.last -= 1  # a label that runs under the number's column
                    row.append(Slot(first, last, [run]))
                    continue
                target.runs = [_beside(target.runs[0], run)]
                continue
            first = row[-1].last + 1
        row.append(Slot(first, last, [run]))
    return row


def _shared(left: Slot, run: TextRun, first: int, last: int, columns: Sequence[ColumnInterval]) -> int:
    """The first column of a run that shares a column with the slot left of it: the one that covers more of it keeps it."""
    column = columns[first]
    keeps = overlap(left.box[0], left.box[2], column.x0, column.x1) >= overlap(run.x0, run.x1, column.x0, column.x1)
    if keeps and first < last:
        return first + 1
    if left.first < left.last:
        left.last -= 1
    return first


def _beside(left: TextRun, right: TextRun) -> TextRun:
    return make_run(left.words + right.words)


def _first_body_row(rows: Sequence[Row], rulings: Rulings) -> int:
    """The index of the first row with a figure next to a label; where no row has one, of the first after the top row."""
    for index, row in enumerate(rows):
        figures = [slot for slot in row if slot.number]
        if figures and (row[0].first == 0 or len(figures) >= 2 or index > 4):
            start = _below_ruling(rows, index, rulings)
            if start > index:
                return start
            while (
                start
                and len(rows[start - 1]) == 1
                and rows[start - 1][0].first == 0
                and rows[start - 1][0].last == 0
                and not rows[start - 1][0].runs[0].year
            ):
                start -= 1  # group headings directly above the first figures
            return start if start or not _headless(rows[:index]) else 0
    return 1 if len(rows) > 1 else 0


def _below_ruling(rows: Sequence[Row], index: int, rulings: Rulings) -> int:
    """The row below the next wide ruling, if the row at ``index`` mixes figures and words as headings do ("$10,000", "or more")."""
    words = [slot for slot in rows[index] if slot.first > 0 and not slot.number]
    left, right = min(slot.box[0] for row in rows for slot in row), max(slot.box[2] for row in rows for slot in row)
    wide = [line.at for line in rulings.horizontal if overlap(line.start, line.end, left, right) > 0.7 * (right - left)]
    for lower in range(index + 1, min(index + 3, len(rows) - 1)):
        above, below = max(slot.box[3] for slot in rows[lower - 1]), min(slot.box[1] for slot in rows[lower])
        if words and any(above - 3 < at < below + 3 for at in wide):
            return lower
    return index


def _headless(rows: Sequence[Row]) -> bool:
    return not any(slot.first > 0 for row in rows for slot in row)


# ---- body


def _join_wrapped(rows: Sequence[Row], rulings: Rulings) -> list[Row]:
    """Body rows with the lines of wrapped labels joined."""
    steps = [b[0].box[1] - a[0].box[1] for a, b in pairwise(rows) if _figures(a) and _figures(b)]
    pitch = median(steps) if steps else None
    limit = max((slot.box[2] for row in rows for slot in row if slot.first == slot.last == 0), default=0.0)
    out: list[Row] = []
    for row in rows:
        if out and _wraps(out[-1], row, pitch, limit, rulings):
            _absorb(out[-1], row)
        else:
            out.append(row)
    return out


def _figures(row: Row) -> bool:
    return any(slot.number for slot in row)


def _wraps(above: Row, below: Row, pitch: float | None, limit: float, rulings: Rulings) -> bool:
    """Whether two lines are one row."""
    upper, lower = above[-1].box, below[0].box
    height = below[0].runs[-1].height
    gap = min(slot.box[1] for slot in below) - max(slot.box[3] for slot in above)
    if gap > 0.6 * height or ruled_between((lower[0], upper[1], lower[2], upper[3]), lower, rulings):
        return False
    if _figures(above) and _figures(below):
        return False
    if below[0].first > 0 or above[0].first > 0:
        return _wraps_aside(above, below, gap, height, pitch)
    return _label_goes_on(above, below, gap, height, pitch, limit)


def _wraps_aside(above: Row, below: Row, gap: float, height: float, pitch: float | None) -> bool:
    """A line without a label: the rest of text cells above, or numbers set between the two lines of their label."""
    if _figures(below):
        step = below[0].box[1] - above[0].box[1]
        return len(above) == 1 and (gap < -0.2 * height or (pitch is not None and step < 0.75 * pitch))
    if above[0].first > 0 and not _figures(above):
        return False
    taken = {index for slot in above for index in range(slot.first, slot.last + 1)}
    tight = pitch is None or gap + height < 0.95 * pitch
    return tight and all(slot.first in taken for slot in below)


def _label_goes_on(above: Row, below: Row, gap: float, height: float, pitch: float | None, limit: float) -> bool:
    top, bottom = above[0], below[0]
    text, rest = top.text, bottom.text
    if top.last > 0 or text.endswith((":", "：")) or (len(above) > 1 and len(below) > 1 and not _textual(above, below)):
        return False
    step = bottom.box[1] - top.runs[-1].y0
    tight = pitch is not None and step < 0.87 * pitch
    if gap < -0.35 * height:
        return True
    if _CONTINUES.match(rest) or OPEN_END.search(text):
        return not tight or pitch is None or step < 1.2 * pitch
    full = top.runs[-1].x1 > limit - 4 * height
    deeper = bottom.box[0] > top.runs[0].x0 + 2
    if len(above) > 1 and len(below) == 1:  # the numbers are on the first line
        return tight and full and (deeper or abs(bottom.box[0] - top.runs[0].x0) < 2)
    return full and tight


def _textual(above: Row, below: Row) -> bool:
    return not _figures(above) and not _figures(below) and len(below) <= len(above)


def _absorb(above: Row, below: Row) -> None:
    for slot in below:
        target = next((s for s in above if s.first <= slot.first <= s.last), None)
        if target is None:
            above.append(slot)
        else:
            target.runs += slot.runs
    above.sort(key=lambda slot: slot.first)


# ---- cells


def _cells(header: list[Row], body: list[Row]) -> list[Cell]:
    left = min((row[0].runs[0].x0 for row in body), default=0.0)
    levels = _indents([row for row in body if not _centred(row, left)])
    cells = [_cell(slot, slot.row, header=True) for row in header for slot in row]
    for index, row in enumerate(body, start=len(header)):
        for slot in row:
            cell = _cell(slot, index, header=False)
            if slot.first == 0 and not slot.number and not _centred(row, left):
                cell.indent = _level(slot.runs[0].x0, levels)
            cells.append(cell)
    return sorted(cells, key=lambda cell: (cell.row, cell.column))


def _cell(slot: Slot, row: int, *, header: bool) -> Cell:
    confidence = min(word.confidence for run in slot.runs for word in run.words)
    return Cell(row, slot.first, slot.text, slot.box, slot.row_span, slot.last - slot.first + 1, header=header, confidence=confidence)


def _indents(body: list[Row]) -> list[float]:
    """Left edges of the row labels, those within 3 points taken as one."""
    edges = sorted(row[0].runs[0].x0 for row in body if row[0].first == 0 and not row[0].number)
    levels: list[float] = []
    for x in edges:
        if not levels or x > levels[-1] + 3:
            levels.append(x)
    return levels


def _centred(row: Row, left: float) -> bool:
    """A heading set in the middle of the table, not an indented label."""
    return len(row) == 1 and row[0].runs[0].x0 > left + 8 * row[0].runs[0].height


def _level(x: float, levels: list[float]) -> int:
    return max((index for index, edge in enumerate(levels) if edge <= x + 0.01), default=0)
