"""Column headings: lines of one heading joined, headings too close together cut apart, spans found, rows numbered."""

from __future__ import annotations

from bisect import bisect
from collections import defaultdict
from collections.abc import Sequence
from itertools import combinations, pairwise
from statistics import median

from finfoundry.core.document import Word
from finfoundry.knowledge.layout.cell_candidates import Row, Slot, ruled_between
from finfoundry.knowledge.layout.letter_spacing import dates_apart, holds_date, joined, letters_of
from finfoundry.knowledge.layout.lines import TextLine, TextRun, has_cjk, make_run
from finfoundry.knowledge.layout.rulings import RulingLine, Rulings
from finfoundry.knowledge.layout.unruled_columns import ColumnInterval, overlap

_CENTRED = 8.0  # points between the middle of a heading and that of the columns below it
_OFF = 0.6  # heights: the same of a heading that is stretched over one column


def apart(lines: Sequence[TextLine], columns: Sequence[ColumnInterval], rulings: Rulings) -> list[TextLine]:
    """Header lines, bottom up, with headings that are too close together cut apart over the headings or columns below them."""
    out: list[TextLine] = []
    below: list[tuple[float, float]] = [(column.x0, column.x1) for column in columns]
    for line in reversed(lines):
        runs = _letter_by_letter(line, columns)
        for run in line.runs if not runs else ():
            runs += _cut_over(run, below, rulings)
        out.append(TextLine(runs))
        below = [(run.x0, run.x1) for run in runs] if len(runs) > 1 else below
    return out[::-1]


def _letter_by_letter(line: TextLine, columns: Sequence[ColumnInterval]) -> list[TextRun]:
    """The headings of a line of Chinese that stretches each over its own column, as near to the next as its letters are to each other;
    empty where letters are of no heading centred over a column, as those of one heading over several are not.
    """
    if not has_cjk(line.text) or holds_date(line.words) or not any(_crosses(run, columns) for run in line.runs):
        return []
    edges = [(left.x1 + right.x0) / 2 for left, right in pairwise(columns)]
    groups = defaultdict[int, list[Word]](list)
    for letter in (letter for word in line.words for letter in letters_of(word)):
        groups[bisect(edges, (letter.box[0] + letter.box[2]) / 2)].append(letter)
    found = {at: make_run([joined(letters)]) for at, letters in sorted(groups.items())}
    off = (abs(run.middle - columns[at].middle) for at, run in found.items() if columns[at].numeric)
    return list(found.values()) if max(off, default=line.height) < _OFF * line.height else []


def _crosses(run: TextRun, columns: Sequence[ColumnInterval]) -> bool:
    return sum(column.numeric and overlap(run.x0, run.x1, column.x0, column.x1) > 1 for column in columns) > 1


def _cut_over(run: TextRun, below: Sequence[tuple[float, float]], rulings: Rulings) -> list[TextRun]:
    """The run in pieces, if each of several things below it has a piece of its own that is aligned with it."""
    under = [(x0, x1) for x0, x1 in below if overlap(x0, x1, run.x0, run.x1) > 1]
    if len(under) > 1 and len(dated := [make_run(piece) for piece in dates_apart(run.words)]) > 1 and _each_over_one(dated, under):
        return dated
    if len(under) < 2 or len(run.words) < len(under) or _under(Slot(0, 0, [run]), rulings):
        return [run]
    edges = [float("-inf"), *((a[1] + b[0]) / 2 for a, b in pairwise(under)), float("inf")]
    pieces = [[w for w in run.words if low <= (w.box[0] + w.box[2]) / 2 < high] for low, high in pairwise(edges)]
    if not all(pieces):
        return [run]
    cut = [make_run(piece) for piece in pieces]
    between = min(b.x0 - a.x1 for a, b in pairwise(cut))
    within = max((b.box[0] - a.box[2] for piece in pieces for a, b in pairwise(piece)), default=0.25 * run.height)
    if between < 1.15 * within:
        return [run]
    near = 0.5 * run.height
    for piece, (x0, x1) in zip(cut, under, strict=True):
        if min(abs(piece.x0 - x0), abs(piece.x1 - x1), abs(piece.middle - (x0 + x1) / 2)) > near:
            return [run]
    return cut


def _each_over_one(dated: Sequence[TextRun], under: Sequence[tuple[float, float]]) -> bool:
    """Whether each piece is nearest to something below that no other is nearest to."""
    nearest = [min(range(len(under)), key=lambda at: abs(sum(under[at]) / 2 - piece.middle)) for piece in dated]
    return nearest == sorted(set(nearest))


def stack_header(rows: Sequence[Row], columns: Sequence[ColumnInterval], rulings: Rulings) -> list[Row]:
    """Header rows. Lines of one heading that touch become one cell; a heading over several columns gets its span."""
    stacked: list[Slot] = []
    for row in rows:
        for slot in row:
            above = [s for s in stacked if _touch(s, slot, rulings)]
            if len(above) == 1 and _rivals(above[0], row) == 1:
                above[0].runs += slot.runs
                above[0].first, above[0].last = min(above[0].first, slot.first), max(above[0].last, slot.last)
            else:
                stacked.append(slot)
    for slot in stacked:
        _spread(slot, stacked, columns, rulings)
    levels = _levels(stacked)
    for above, below in pairwise(levels):
        _share_out(above, below, columns)
    return levels


def _rivals(above: Slot, row: Row) -> int:
    """How many headings of a row lie below one above it."""
    x0, _, x1, _ = above.box
    return sum(overlap(slot.box[0], slot.box[2], x0, x1) > 1 for slot in row)


def _touch(above: Slot, below: Slot, rulings: Rulings) -> bool:
    """Whether a heading goes on in the line below: close, aligned, and no ruling between."""
    upper, lower = above.runs[-1], below.runs[0]
    height = min(upper.height, lower.height)
    if not -0.5 * height < lower.y0 - upper.y1 <= 0.55 * height or above.number != below.number:
        return False
    shared = overlap(upper.x0, upper.x1, lower.x0, lower.x1)
    if shared < 0.5 * min(upper.x1 - upper.x0, lower.x1 - lower.x0):
        return False
    same = (above.first, above.last) == (below.first, below.last)
    off = min(abs(upper.middle - lower.middle), abs(upper.x0 - lower.x0), abs(upper.x1 - lower.x1))
    return off < (0.8 if same else 0.5) * height and not ruled_between(upper.box, lower.box, rulings)


def _spread(slot: Slot, slots: Sequence[Slot], columns: Sequence[ColumnInterval], rulings: Rulings) -> None:
    """Widen a heading to the columns that it heads: those above the line drawn under it, or those it is centred on."""
    _, y0, _, y1 = slot.box
    in_row = [s for s in slots if s is not slot and overlap(s.box[1], s.box[3], y0, y1) > 2]
    low = max((s.last + 1 for s in in_row if s.last < slot.first), default=1 if slot.first else 0)
    high = min((s.first - 1 for s in in_row if s.first > slot.last), default=len(columns) - 1)
    ruled = _under(slot, rulings)
    if ruled is not None:
        hit = [i for i in range(low, high + 1) if _over(ruled, columns[i])]
        if hit and hit[0] <= slot.last and hit[-1] >= slot.first:
            slot.first, slot.last = hit[0], hit[-1]
            return
    below = {i for s in slots if s.box[1] > y1 - 2 for i in range(s.first, s.last + 1)}
    _centre(slot, low, high, columns, below)


def _share_out(above: Row, below: Row, columns: Sequence[ColumnInterval]) -> None:
    """Give each heading of a row its columns, where all of them together share out the headed columns, each centred over its own.

    Figures are set at the right of their cells, so the cells reach from the right edge of one column to that of the next.
    """
    headed = sorted({index for slot in below for index in range(slot.first, slot.last + 1)} - {0})
    row = [slot for slot in above if slot.first > 0 and slot.row_span == 1]
    if not 2 <= len(row) < len(headed) <= 12 or headed != list(range(headed[0], len(columns))) or not all(c.numeric for c in columns[1:]):
        return
    rights = [column.x1 for column in columns]
    pitch = median(b - a for a, b in pairwise(rights[headed[0] :]))
    lefts = [rights[i - 1] if i > headed[0] else rights[i] - pitch for i in range(len(columns))]
    for cuts in combinations(headed[1:], len(row) - 1):
        firsts, lasts = (headed[0], *cuts), (*(cut - 1 for cut in cuts), headed[-1])
        off = [abs((lefts[a] + rights[b]) / 2 - slot.runs[0].middle) for a, b, slot in zip(firsts, lasts, row, strict=True)]
        if max(off) < _CENTRED:
            for a, b, slot in zip(firsts, lasts, row, strict=True):
                slot.first, slot.last = a, b
            return


def _over(line: RulingLine, column: ColumnInterval) -> bool:
    return overlap(line.start, line.end, column.x0, column.x1) > 0.5 * (column.x1 - column.x0)


def _under(slot: Slot, rulings: Rulings) -> RulingLine | None:
    """The ruling just below a heading and at least about as wide."""
    x0, _, x1, y1 = slot.box
    height = slot.runs[-1].height
    near = [
        line
        for line in rulings.horizontal
        if -0.3 * height <= line.at - y1 <= 0.8 * height and overlap(line.start, line.end, x0, x1) > 0.6 * (x1 - x0)
    ]
    return min(near, key=lambda line: line.at - y1) if near else None


def _centre(slot: Slot, low: int, high: int, columns: Sequence[ColumnInterval], below: set[int]) -> None:
    """Grow the span over columns that have headings of their own while its middle comes nearer to the middle of the heading."""
    if slot.first == 0 and low == 0:
        return
    middle = slot.runs[0].middle

    def off(first: int, last: int) -> float:
        return abs((columns[first].x0 + columns[last].x1) / 2 - middle)

    spans = [
        (a, b)
        for a in range(low, slot.first + 1)
        for b in range(slot.last, high + 1)
        if all(i in below for i in (*range(a, slot.first), *range(slot.last + 1, b + 1)))
    ]
    if not spans:
        return
    best = min(spans, key=lambda span: (round(off(*span) / 4), span[1] - span[0]))
    if off(*best) + 6 < off(slot.first, slot.last):
        slot.first, slot.last = best


def _levels(slots: list[Slot]) -> list[Row]:
    """Header cells on rows: a cell's bottom line decides; a cell that reaches over several rows spans them."""
    levels: list[Row] = []
    for slot in sorted(slots, key=lambda slot: slot.runs[-1].y1):
        line = slot.runs[-1]
        if levels and line.y0 + line.y1 < 2 * max(s.runs[-1].y1 for s in levels[-1]):
            levels[-1].append(slot)
        else:
            levels.append([slot])
    for index, row in enumerate(levels):
        for slot in row:
            top = slot.runs[0]
            slot.row = index
            while slot.row and top.y0 < max(s.runs[-1].y0 for s in levels[slot.row - 1]) and _free(levels[slot.row - 1], slot):
                slot.row -= 1
            slot.row_span = index - slot.row + 1
    return levels


def _free(row: Row, slot: Slot) -> bool:
    return all(overlap(s.first, s.last + 1, slot.first, slot.last + 1) <= 0 for s in row)
