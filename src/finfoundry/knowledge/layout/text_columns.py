"""Pages set in several columns of text: where the gutter is, and which lines belong to which column."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from finfoundry.core.document import Word
from finfoundry.knowledge.layout.lines import TextLine, group_lines, has_cjk

_FEWEST_LINES = 6  # that must have prose on both sides of the gutter
_NARROWEST = 0.45  # of the line height: a gap between words as wide may be a gutter
_DEEPEST = 3  # columns within columns


def split_zones(lines: Sequence[TextLine], depth: int = 0) -> list[list[TextLine]]:
    """Lines in reading order, one list for each column of text; one list where there are no columns."""
    gutter = _gutter(lines) if depth < _DEEPEST else None
    if gutter is None:
        return [list(lines)] if lines else []
    zones = split_zones(lines[: gutter.first], depth + 1)
    words = [word for line in lines[gutter.first : gutter.last] for word in line.words]
    for side in ([w for w in words if _middle(w) < gutter.x], [w for w in words if _middle(w) >= gutter.x]):
        zones += split_zones(group_lines(side), depth + 1) if side else []
    return zones + split_zones(lines[gutter.last :], depth + 1)


@dataclass(frozen=True, slots=True)
class _Gutter:
    x: float
    first: int  # line
    last: int  # line + 1
    prose: int  # lines with prose on both sides


def _middle(word: Word) -> float:
    return (word.box[0] + word.box[2]) / 2


def _gutter(lines: Sequence[TextLine]) -> _Gutter | None:
    """The x that words leave free in a long stretch of lines with prose on both sides."""
    if len(lines) < _FEWEST_LINES:
        return None
    found = [gutter for x in _valleys(lines) if (gutter := _stretch(lines, x))]
    return max(found, key=lambda gutter: gutter.prose, default=None)


def _valleys(lines: Sequence[TextLine]) -> list[float]:
    """Middles of the intervals of x, away from the edges, that few lines cover with a word."""
    left, right = min(line.x0 for line in lines), max(line.x1 for line in lines)
    width = int(right - left) + 2
    change = np.zeros(width + 1, np.int32)
    edges = np.array([word.box for line in lines for word in line.words], np.float32)[:, [0, 2]] - left
    np.add.at(change, np.clip(edges[:, 0].astype(int), 0, width), 1)
    np.add.at(change, np.clip(np.ceil(edges[:, 1]).astype(int), 0, width), -1)
    covered = np.cumsum(change)[:width]
    low, high = int(0.2 * width), int(0.8 * width)
    free = covered[low:high] <= max(1, 0.35 * covered.max())
    starts = np.flatnonzero(np.diff(np.concatenate([[False], free, [False]]).astype(np.int8)))
    valleys = [(int(a), int(b)) for a, b in starts.reshape(-1, 2) if b - a >= 3]
    bottoms = [a + int(np.argmin(covered[low + a : low + b])) for a, b in valleys]
    ends = [a + int(b - a - 1 - np.argmin(covered[low + a : low + b][::-1])) for a, b in valleys]
    return [left + low + (bottom + end + 1) / 2 for bottom, end in zip(bottoms, ends, strict=True)]


def _stretch(lines: Sequence[TextLine], x: float) -> _Gutter | None:
    """The longest stretch of lines with nothing across x that is mostly prose on both sides."""
    best: _Gutter | None = None
    start = 0
    for index in range(len(lines) + 1):
        if index < len(lines) and not _crosses(lines[index], x):
            continue
        prose = _prose(lines[start:index], x) if index - start >= _FEWEST_LINES else 0
        if prose and (best is None or prose > best.prose):
            last = max(at for at in range(start, index) if lines[at].x0 < x)  # lines on the right alone may belong to a table below
            best = _Gutter(x, start, last + 1, prose)
        start = index + 1
    return best


def _crosses(line: TextLine, x: float) -> bool:
    """Whether a word covers x, or the gap around x is an ordinary space."""
    left = max((word.box[2] for word in line.words if _middle(word) < x), default=None)
    right = min((word.box[0] for word in line.words if _middle(word) >= x), default=None)
    if (left is not None and left > x) or (right is not None and right < x):
        return True
    if left is None or right is None:
        return False
    return right - left < _NARROWEST * line.height or _is_table_row(line, x)


def _is_table_row(line: TextLine, x: float) -> bool:
    """A label left of x with nothing but figures right of it: a table that lies across the gutter."""
    left = "".join(word.text for word in line.words if _middle(word) < x)
    right = "".join(word.text for word in line.words if _middle(word) >= x)
    return any(map(str.isalpha, left)) and any(map(str.isdigit, right)) and not any(map(str.isalpha, right))


def _prose(lines: Sequence[TextLine], x: float) -> int:
    """How many lines have prose on both sides of x, where that is what the stretch mostly consists of; else 0."""
    sides = [([w for w in line.words if _middle(w) < x], [w for w in line.words if _middle(w) >= x]) for line in lines]
    both = [(left, right) for left, right in sides if left and right]
    wordy = [(left, right) for left, right in both if _wordy(left) and _wordy(right)]
    edge = max((left[-1].box[2] for left, _ in both), default=0.0)
    start = min((left[0].box[0] for left, _ in both), default=0.0)
    filled = sum(left[-1].box[2] > edge - 0.25 * (edge - start) for left, _ in wordy)
    enough = len(wordy) >= _FEWEST_LINES and len(wordy) >= 0.5 * len(both) and filled >= 0.5 * len(wordy)
    return len(wordy) if enough else 0


def _wordy(words: Sequence[Word]) -> bool:
    """Whether words are prose: at least three, or a line of Chinese, mostly without digits."""
    text = "".join(word.text for word in words)
    if sum(character.isalpha() for character in text) < 0.6 * len(text):
        return False
    return len(text) >= 10 if has_cjk(text) else len(words) >= 3
