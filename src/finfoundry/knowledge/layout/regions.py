"""Where on a page the tables without a lattice are: stretches of lines whose runs are below each other."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median

from finfoundry.knowledge.layout.captions import is_note
from finfoundry.knowledge.layout.letter_spacing import is_time
from finfoundry.knowledge.layout.lines import TextLine, TextRun, has_cjk, line_height
from finfoundry.knowledge.layout.unruled_columns import merged, overlap

_DATE = re.compile(r"^(?:[A-Z][a-z]{2,8}\.? \d{1,2}, ?(?:19|20)\d\d|\d{1,2} [A-Z][a-z]{2,8} (?:19|20)\d\d)$")
_PROSE_WIDTH = 0.62  # of the width of the text: a single run as wide is prose
_MOST_WRAPPED = 2  # lines of a label so long that it reads like prose
_MOST_LABELS = 14  # lines of headings, wrapped in a narrow column of labels, between column headings and the first figures
_MOST_SINGLES = 6  # lines in a row with one run inside a table: group headings and wrapped labels


@dataclass(slots=True)
class Region:
    """Consecutive lines of one table, in order."""

    lines: list[TextLine] = field(default_factory=list)

    @property
    def anchors(self) -> list[TextLine]:
        return [line for line in self.lines if len(line.runs) > 1]

    @property
    def bottom(self) -> float:
        return self.lines[-1].y1


def find_regions(lines: Sequence[TextLine]) -> list[Region]:
    """Tables in a column of text, from top to bottom. Lines may belong to one region only."""
    if not lines:
        return []
    width = max(line.x1 for line in lines) - min(line.x0 for line in lines)
    height = line_height(lines)
    regions: list[Region] = []
    region = Region()
    pending: list[TextLine] = []
    for line in lines:
        if len(line.runs) > 1:
            if region.lines and not _goes_on(region, pending, line, height):
                regions.append(region)
                region, pending = Region(), []
            region.lines += [*pending, line] if region.lines else [line]
            pending = []
        elif region.lines:
            pending.append(line)
            if _leaves(region, pending, width, height):
                regions.append(_with_tail(region, pending, height))
                region, pending = Region(), []
    if region.lines:
        regions.append(_with_tail(region, pending, height))
    used = {id(line) for found in regions for line in found.lines}
    kept = [found for found in regions if is_table(found)]
    for found in kept:
        _add_header(found, lines, used, height)
    return kept


def _leaves(region: Region, pending: Sequence[TextLine], width: float, height: float) -> bool:
    """Whether the lines with one run below the last row cannot be headings or wrapped labels of the table."""
    prose = [line for line in pending if is_prose(line, width) and not _left_of_figures(region, line)]
    if not prose:
        return len(pending) > (_MOST_SINGLES if _has_figures(region) or not _in_label_column(region, pending) else _MOST_LABELS)
    tight = all(below.y0 - above.y1 < 0.6 * height for above, below in pairwise([region.lines[-1], *pending]))
    return not tight or len(prose) > _MOST_WRAPPED or not _has_figures(region)


def _left_of_figures(region: Region, line: TextLine) -> bool:
    """Whether a line ends before the first column of figures begins, as the lines of a long label do and those of prose do not."""
    figures = [run.x0 for anchor in region.anchors for run in anchor.runs if run.number]
    return bool(figures) and line.x1 < min(figures)


def _in_label_column(region: Region, lines: Sequence[TextLine]) -> bool:
    """Whether lines end left of every run that does not begin where they do: they are under no column heading."""
    start, end = min(line.x0 for line in lines), max(line.x1 for line in lines)
    return all(run.x0 > end or run.x0 < start + run.height for anchor in region.anchors for run in anchor.runs)


def is_prose(line: TextLine, width: float) -> bool:
    run = line.runs[0]
    long = len(run.text) > 24 if has_cjk(run.text) else len(run.words) >= 8
    return len(line.runs) == 1 and not run.number and long and run.x1 - run.x0 > _PROSE_WIDTH * width


def _goes_on(region: Region, pending: list[TextLine], line: TextLine, height: float) -> bool:
    """Whether a line with several runs belongs to the table above it."""
    before = pending[-1] if pending else region.lines[-1]
    gap = line.y0 - before.y1
    steps = [b.y0 - a.y1 for a, b in pairwise(region.lines)]
    usual = max(median(steps), 0.0) if steps else 0.6 * height
    if gap <= max(1.2 * height, 1.6 * usual) and not pending:
        return not (is_header(line) and _has_figures(region) and gap > usual + 0.8 * height)
    if _has_figures(region) and (is_header(line) or _is_wordy_header(region, line)):
        return False
    if gap <= max(1.6 * height, 2.0 * usual):
        return not _has_figures(region) or fits(region, line) >= 0.5
    return gap <= max(6 * height, 2.5 * usual) and fits(region, line) >= 0.7


def _has_figures(region: Region) -> bool:
    return any(run.number and not run.year for line in region.anchors for run in line.runs)


def is_header(line: TextLine) -> bool:
    """A line of column headings: years, or dates and nothing more, and no figure."""
    dated = any(run.year or _DATE.match(run.text) or is_time(run.text) for run in line.runs[-2:])
    return dated and not any(run.number and not run.year for run in line.runs)


def _is_wordy_header(region: Region, line: TextLine) -> bool:
    """Column headings in words: several runs, no figure, none where the labels of the table above begin."""
    rows = [anchor for anchor in region.anchors if any(run.number and not run.year for run in anchor.runs)]
    labels = max(row.x0 for row in rows or region.anchors)
    return len(line.runs) > 1 and not any(run.number for run in line.runs) and line.x0 > labels + 4 * line.height


def fits(region: Region, line: TextLine) -> float:
    """Share of the numbers of a line (or runs, where it has none) that are below one column of the region, each below its own."""
    above = [run for anchor in region.anchors for run in anchor.runs]
    runs = [run for run in line.runs if run.number]
    if runs and any(run.number for run in above):
        above = [run for run in above if run.number]
    runs = runs or line.runs
    columns = merged(above, numeric=False)
    places = [[i for i, column in enumerate(columns) if overlap(run.x0, run.x1, column.x0, column.x1) > 1] for run in runs]
    single = [place[0] for place in places if len(place) == 1]
    return len(set(single)) / len(runs)


def _with_tail(region: Region, pending: list[TextLine], height: float) -> Region:
    """The region with the rest of a wrapped label below its last row."""
    if pending and not region.lines[-1].runs[0].number:
        first, last = pending[0], region.lines[-1]
        text = first.runs[0].text
        close = first.y0 - last.y1 < 0.6 * height
        if close and text[:1].islower() and first.x0 >= last.x0 - 1 and first.x1 <= last.runs[0].x1 + 4 * height:
            region.lines.append(first)
    return region


def is_table(region: Region) -> bool:
    """Whether at least two rows have runs below each other, and are not two columns of prose, a list or a page header."""
    anchors = region.anchors
    if len(anchors) < 2:
        return False
    figures = sum(any(run.number for run in line.runs) for line in anchors)
    if figures >= 0.3 * len(anchors) and figures >= 2:
        return _stacked(anchors)
    if figures and len(anchors) <= 3:
        return _stacked(anchors)
    if len(anchors) < 3 or sum(_wordy(run) for line in anchors for run in line.runs) > 0.4 * sum(len(line.runs) for line in anchors):
        return False
    return _stacked(anchors)


def _wordy(run: TextRun) -> bool:
    return len(run.text) > 22 if has_cjk(run.text) else len(run.words) > 9


def _stacked(anchors: list[TextLine]) -> bool:
    """Whether most lines have two runs that share x with runs of the next line."""
    shared = 0
    for above, below in pairwise(anchors):
        pairs = sum(any(overlap(a.x0, a.x1, b.x0, b.x1) > 1 for a in above.runs) for b in below.runs)
        shared += pairs >= 2
    return shared >= 0.5 * (len(anchors) - 1)


def _add_header(region: Region, lines: Sequence[TextLine], used: set[int], height: float) -> None:
    """Take in lines above the number columns: a spanning header, the first line of a wrapped one."""
    index = next(i for i, line in enumerate(lines) if line is region.lines[0])
    label_end = min((run.x1 for line in region.anchors for run in line.runs[:1] if not run.number and len(line.runs) > 1), default=0.0)
    left = min((run.x0 for line in region.anchors for run in line.runs[1:]), default=0.0)
    edge = max(label_end, left - 4 * height) if label_end < left else left - 2 * height
    right = max(line.x1 for line in region.lines)
    for line in reversed(lines[max(0, index - 6) : index]):
        if id(line) in used or region.lines[0].y0 - line.y1 > 1.3 * height:
            return
        if len(line.runs) == 1 and has_cjk(line.text) and is_note(line.text):
            return  # 单位：千元 is between the titles of a Chinese statement and its column headings
        over = line.x0 >= edge and line.x1 <= right + 2 * height and sum(len(run.words) for run in line.runs) <= 14
        if not over:
            return
        region.lines.insert(0, line)
        used.add(id(line))
