"""Pages set in several columns of text: where the gutter is, and which lines belong to which column."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from finfoundry.knowledge.parse.lines import Run, TextLine, group_lines, has_cjk

_FEWEST_LINES = 6  # that must have the gutter in common


def split_zones(lines: Sequence[TextLine], depth: int = 0) -> list[list[TextLine]]:
    """Lines in reading order, one list for each column of text; one list where there are no columns."""
    gutter = _gutter(lines) if depth < 3 else None
    if gutter is None:
        return [list(lines)] if lines else []
    x, first, last = gutter
    zones = split_zones(lines[:first], depth + 1)
    words = [word for line in lines[first:last] for word in line.words]
    for side in ([w for w in words if (w.box[0] + w.box[2]) / 2 < x], [w for w in words if (w.box[0] + w.box[2]) / 2 >= x]):
        zones += split_zones(group_lines(side), depth + 1) if side else []
    return zones + split_zones(lines[last:], depth + 1)


def _gutter(lines: Sequence[TextLine]) -> tuple[float, int, int] | None:
    """The x of a gap that many lines of prose share, and the stretch of lines that no run crosses it in."""
    if len(lines) < _FEWEST_LINES:
        return None
    left, right = min(line.x0 for line in lines), max(line.x1 for line in lines)
    gaps = [(a.x1, b.x0) for line in lines for a, b in pairwise(line.runs) if _wordy(a) and _wordy(b)]
    candidates = sorted({round((a + b) / 2) for a, b in gaps if left + 0.2 * (right - left) < (a + b) / 2 < right - 0.2 * (right - left)})
    best: tuple[int, float, int, int] | None = None
    for x in candidates:
        if best and sum(a < x < b for a, b in gaps) <= best[0]:
            continue
        stretch = _stretch(lines, x)
        if stretch and (best is None or stretch[0] > best[0]):
            best = (stretch[0], x, stretch[1], stretch[2])
    return best[1:] if best else None


def _stretch(lines: Sequence[TextLine], x: float) -> tuple[int, int, int] | None:
    """The longest stretch of lines with nothing across x: how many have prose on both sides, first, last + 1."""
    best: tuple[int, int, int] | None = None
    start = 0
    for index in range(len(lines) + 1):
        if index < len(lines) and not any(run.x0 < x < run.x1 for run in lines[index].runs):
            continue
        found = _prose_both_sides(lines[start:index], x)
        if found and (best is None or found > best[0]):
            best = (found, start, index)
        start = index + 1
    return best


def _prose_both_sides(lines: Sequence[TextLine], x: float) -> int:
    """How many lines have prose left and right of x, where that is what the stretch mostly consists of; else 0."""
    both = sides = filled = 0
    left_edge = max((run.x1 for line in lines for run in line.runs if run.x1 <= x), default=0.0)
    left_start = min((run.x0 for line in lines for run in line.runs), default=0.0)
    for line in lines:
        left = [run for run in line.runs if run.x1 <= x]
        right = [run for run in line.runs if run.x0 >= x]
        if not left or not right:
            continue
        sides += 1
        if _wordy(left[-1]) and _wordy(right[0]) and all(_wordy(run) for run in (*left, *right)):
            both += 1
            filled += left[-1].x1 > left_edge - 0.25 * (left_edge - left_start)
    return both if both >= _FEWEST_LINES and both >= 0.5 * sides and filled >= 0.5 * both else 0


def _wordy(run: Run) -> bool:
    return not run.number and (len(run.text) >= 10 if has_cjk(run.text) else len(run.words) >= 3)
