"""The columns of a table without vertical rulings, from which of its runs are below each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise, takewhile

from finfoundry.knowledge.layout.lines import GAP, TextLine, TextRun, make_run

_MARK_WIDTH = 14.0  # points: a column no wider that holds only marks belongs to the numbers left of it


@dataclass(slots=True)
class ColumnInterval:
    """An interval of x that the runs of one column fill."""

    x0: float
    x1: float
    numeric: bool
    members: int = 1

    @property
    def middle(self) -> float:
        return (self.x0 + self.x1) / 2


def overlap(a0: float, a1: float, b0: float, b1: float) -> float:
    return min(a1, b1) - max(a0, b0)


def find_columns(lines: Sequence[TextLine]) -> list[ColumnInterval]:
    """Columns from left to right. Lines with numbers decide; where there are none, all lines do."""
    body = [line for line in lines if len(line.runs) > 1 and any(run.number and not run.year for run in line.runs)]
    if len(body) < 2:
        body = [line for line in lines if len(line.runs) > 1] or list(lines)
    numbers = [run for line in body for run in line.runs if run.number]
    numeric = merged(numbers, numeric=True)
    texts = [run for line in body for run in line.runs if not run.number and not _touches(run, numeric)]
    columns = numeric + _text_columns(texts, len(body))
    columns.sort(key=lambda column: column.x0)
    columns = _without_marks(_one_label_column(columns, lines), body)
    return _widened(columns, body)


def with_blank(columns: Sequence[ColumnInterval], lines: Sequence[TextLine]) -> list[ColumnInterval]:
    """The columns with those in which no row has anything: of a line of headings, one of which is over each column of figures, those that
    stand over none.
    """
    head = list(takewhile(lambda line: not any(run.number and not run.year for run in line.runs), lines))
    body = [run for line in lines[len(head) :] for run in line.runs]
    values = [column for column in columns if column.numeric]
    blank: list[ColumnInterval] = []
    for line in head:
        places = [place for place in _headings(line) if not any(_shares(place, column) for column in columns if not column.numeric)]
        own = [heading for column in values if (heading := _heading_of(column, places, values)) is not None]
        free = [place for place in places if place not in own]
        over = [place for place in free if any(_shares(place, column) for column in values)]
        if len(values) > 1 and len(set(own)) == len(values) and not over:
            blank += [ColumnInterval(*place, numeric=True, members=0) for place in free if not _touched(place, body)]
    return sorted([*columns, *_joined(blank)], key=lambda column: column.x0)


def _headings(line: TextLine) -> list[tuple[float, float]]:
    """Where the headings of a line are; pieces no further from each other than words are one."""
    places: list[tuple[float, float]] = []
    for run in line.runs:
        if places and run.x0 - places[-1][1] < GAP * run.height:
            places[-1] = places[-1][0], run.x1
        else:
            places.append((run.x0, run.x1))
    return places


def _heading_of(
    column: ColumnInterval, places: Sequence[tuple[float, float]], columns: Sequence[ColumnInterval]
) -> tuple[float, float] | None:
    """The one heading over a column; where none is, the nearest, if that is over no other and no other column is nearer to it."""
    over = [place for place in places if _shares(place, column)]
    if over or not places:
        return over[0] if len(over) == 1 else None
    near = max(places, key=lambda place: _common(place, column))
    nearest = max(columns, key=lambda other: _common(near, other))
    return near if nearest is column and not any(_shares(near, other) for other in columns) else None


def _shares(place: tuple[float, float], column: ColumnInterval) -> bool:
    return _common(place, column) > 0


def _common(place: tuple[float, float], other: ColumnInterval | TextRun) -> float:
    """How much of x a heading and a column or run share; below 0, how far they are apart."""
    return overlap(place[0], place[1], other.x0, other.x1)


def _touched(place: tuple[float, float], runs: Sequence[TextRun]) -> bool:
    return any(_common(place, run) > 0 for run in runs)


def unglued(line: TextLine, columns: Sequence[ColumnInterval]) -> TextLine:
    """The line with labels cut off from the number that follows too closely, where it ends at the edge of a column of numbers, and a number
    from the words of the next column.
    """
    runs: list[TextRun] = []
    for run in line.runs:
        for part in _unglued(run, [column for column in columns if column.numeric]):
            runs += _before_words(part, columns)
    return TextLine(runs) if len(runs) > len(line.runs) else line


def _unglued(run: TextRun, columns: Sequence[ColumnInterval]) -> list[TextRun]:
    if run.number or len(run.words) < 2 or (not run.words[-1].text[-1:].strip("%)）").isdigit() and run.words[-1].text[-1:] not in ")%—"):
        return [run]
    for count in (2, 1):
        tail = make_run(run.words[-count:])
        edge = any(abs(tail.x1 - column.x1) < 0.5 * tail.height and run.x0 < column.x0 for column in columns)
        if len(run.words) > count and tail.number and edge:
            return [make_run(run.words[:-count]), tail]
    return [run]


def _before_words(run: TextRun, columns: Sequence[ColumnInterval]) -> list[TextRun]:
    """A number at the edge of its column and the words behind that reach into the next column, where that is of words."""
    if run.number or len(run.words) < 2 or not run.words[0].text[-1:].strip("%)）").isdigit():
        return [run]
    head, rest = make_run(run.words[:1]), make_run(run.words[1:])
    for column, following in pairwise(columns):
        at_edge = column.numeric and abs(head.x1 - column.x1) < 0.5 * run.height
        if head.number and at_edge and not following.numeric and overlap(rest.x0, rest.x1, following.x0, following.x1) > 1:
            return [head, rest]
    return [run]


def _touches(run: TextRun, columns: list[ColumnInterval]) -> bool:
    return any(overlap(run.x0, run.x1, column.x0, column.x1) > 0.5 for column in columns)


def merged(runs: Sequence[TextRun], *, numeric: bool) -> list[ColumnInterval]:
    """Intervals of runs that overlap, as columns. A currency sign set apart at the left of its column joins no two columns of figures."""
    figures = [run for run in runs if run.number and not run.year]
    columns = _joined([ColumnInterval(run.figure_x0, run.x1, numeric) for run in figures])
    for index, column in enumerate(columns):
        left = columns[index - 1].x1 + 1 if index else float("-inf")
        signs = [run.x0 for run in figures if column.x0 <= run.figure_x0 < column.x1]
        column.x0 = min(column.x0, max(left, min(signs)))
    return _joined(columns + [ColumnInterval(run.x0, run.x1, numeric) for run in runs if run.year or not run.number])


def _joined(intervals: list[ColumnInterval]) -> list[ColumnInterval]:
    columns: list[ColumnInterval] = []
    for interval in sorted(intervals, key=lambda column: column.x0):
        if columns and interval.x0 < columns[-1].x1 - 0.5:
            columns[-1].x1 = max(columns[-1].x1, interval.x1)
            columns[-1].members += interval.members
        else:
            columns.append(interval)
    return columns


def _text_columns(runs: list[TextRun], rows: int) -> list[ColumnInterval]:
    """Columns of text: gaps that at most a tenth of the rows cross separate them."""
    if not runs:
        return []
    edges = sorted([(run.x0, 1) for run in runs] + [(run.x1 - 0.5, -1) for run in runs])
    tolerated = rows // 10
    columns: list[ColumnInterval] = []
    depth, start = 0, None
    for x, step in edges:
        depth += step
        if depth > tolerated and start is None:
            start = x
        elif depth <= tolerated and start is not None:
            columns.append(ColumnInterval(start, x, numeric=False))
            start = None
    if len(columns) < 2:
        return merged(runs, numeric=False)
    for column in columns:  # as wide as the runs that lie in this column alone
        inside = [run for run in runs if sum(overlap(run.x0, run.x1, other.x0, other.x1) > 0.5 for other in columns) == 1]
        inside = [run for run in inside if overlap(run.x0, run.x1, column.x0, column.x1) > 0.5]
        column.members = len(inside)
        if inside:
            column.x0, column.x1 = min(run.x0 for run in inside), max(run.x1 for run in inside)
    return columns


def _one_label_column(columns: list[ColumnInterval], lines: Sequence[TextLine]) -> list[ColumnInterval]:
    """Join the first columns of text if no line has words in two of them: labels at different depths of indentation."""
    while len(columns) > 2 and not columns[0].numeric and not columns[1].numeric:
        first, second = columns[0], columns[1]
        if any(_touches(run, [first]) and _touches(other, [second]) for line in lines for run, other in pairwise(line.runs)):
            break
        columns = [ColumnInterval(first.x0, max(first.x1, second.x1), numeric=False, members=first.members + second.members), *columns[2:]]
    return columns


def _without_marks(columns: list[ColumnInterval], body: Sequence[TextLine]) -> list[ColumnInterval]:
    """Drop columns that hold only footnote marks right of numbers."""
    kept: list[ColumnInterval] = []
    for column in columns:
        narrow = column.x1 - column.x0 <= _MARK_WIDTH and not column.numeric
        if narrow and kept and kept[-1].numeric and column.x0 - kept[-1].x1 < _MARK_WIDTH:
            inside = [run for line in body for run in line.runs if overlap(run.x0, run.x1, column.x0, column.x1) > 0.5]
            if all(len(run.text) <= 3 for run in inside):
                kept[-1].x1 = column.x1
                continue
        kept.append(column)
    return kept


def _widened(columns: list[ColumnInterval], body: Sequence[TextLine]) -> list[ColumnInterval]:
    """Let a text column reach to the left edge of the labels that begin in it, even those that run into the numbers."""
    for column in columns:
        if not column.numeric:
            starts = [run.x0 for line in body for run in line.runs if column.x0 <= run.x0 <= column.x1]
            column.x0 = min([column.x0, *starts])
    return columns


def covered(run: TextRun, columns: Sequence[ColumnInterval]) -> tuple[int, int]:
    """First and last column that a run overlaps; the nearest one where it overlaps none."""
    x0, x1 = run.figure_x0, run.x1
    hits = [index for index, column in enumerate(columns) if overlap(x0, x1, column.x0, column.x1) > 1.0]
    if not hits:
        nearest = min(range(len(columns)), key=lambda index: -overlap(x0, x1, columns[index].x0, columns[index].x1))
        return nearest, nearest
    if run.number:
        best = max(hits, key=lambda index: overlap(x0, x1, columns[index].x0, columns[index].x1))
        return best, best
    return hits[0], hits[-1]
