"""The straight horizontal and vertical lines drawn on a page, and its filled bands.

A line may be a stroke, a thin filled rectangle, a side of a stroked rectangle, or several short pieces in a row.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from finfoundry.core.document import Box
from finfoundry.knowledge.layout import pdfium
from finfoundry.knowledge.layout.pdfium import PageHandle
from finfoundry.knowledge.layout.words import Frame

THIN = 3.0  # points: a rectangle as thin as this is a line
_SHORTEST = 4.0
_MOST_PATHS = 20_000  # a drawing with more is a chart or a map, not tables


@dataclass(frozen=True, slots=True)
class RulingLine:
    """A ruling at ``at`` (y of a horizontal one, x of a vertical one) from ``start`` to ``end``."""

    at: float
    start: float
    end: float


@dataclass(slots=True)
class Rulings:
    horizontal: list[RulingLine] = field(default_factory=list)
    vertical: list[RulingLine] = field(default_factory=list)
    bands: list[Box] = field(default_factory=list)  # filled rectangles that are not white
    images: list[Box] = field(default_factory=list)


def read_rulings(page: PageHandle, frame: Frame) -> Rulings:
    """Rulings in reading-frame coordinates, pieces joined."""
    lines: list[Box] = []
    bands: list[Box] = []
    images: list[Box] = []
    paths = 0
    for address, kind, matrix in page.objects():
        box = pdfium.bounds(address, matrix)
        if box is None:
            continue
        if kind == pdfium.IMAGE:
            images.append(box)
        elif kind == pdfium.PATH and (paths := paths + 1) <= _MOST_PATHS:
            _read_path(address, matrix, box, lines, bands)
    found = Rulings(bands=_framed(page, frame, bands), images=_framed(page, frame, images))
    for x0, y0, x1, y1 in _framed(page, frame, lines):
        if x1 - x0 >= y1 - y0:
            found.horizontal.append(RulingLine((y0 + y1) / 2, x0, x1))
        else:
            found.vertical.append(RulingLine((x0 + x1) / 2, y0, y1))
    found.horizontal = joined(found.horizontal)
    found.vertical = joined(found.vertical)
    return found


def _read_path(address: int, matrix: pdfium.Matrix | None, box: Box, lines: list[Box], bands: list[Box]) -> None:
    left, top, right, bottom = box
    filled, stroked = pdfium.draw_mode(address)
    if not filled and not stroked:
        return
    wide, high = right - left, top - bottom
    if min(wide, high) <= THIN:
        if max(wide, high) >= _SHORTEST:
            lines.append(box)
        return
    if stroked and pdfium.stroke_colour(address)[3] > 0:
        for x0, y0, x1, y1 in pdfium.straight_edges(address, matrix):
            if abs(x1 - x0) <= 1 or abs(y1 - y0) <= 1:
                lines.append((min(x0, x1), max(y0, y1), max(x0, x1), min(y0, y1)))
    if filled:
        red, green, blue, alpha = pdfium.fill_colour(address)
        if alpha > 8 and min(red, green, blue) < 250:
            bands.append(box)


def _framed(page: PageHandle, frame: Frame, boxes: list[Box]) -> list[Box]:
    """From left, top, right, bottom in the page's space to the reading frame."""
    if not boxes:
        return []
    placed = frame.boxes(page.to_display(np.array(boxes, np.float32)))
    return [(a, b, c, d) for a, b, c, d in placed.tolist()]


def joined(lines: list[RulingLine], reach: float = 1.0) -> list[RulingLine]:
    """Pieces on one line that touch, as one line; sorted by position."""
    out: list[RulingLine] = []
    level: list[RulingLine] = []
    for line in sorted(lines, key=lambda piece: piece.at):
        if level and line.at - level[0].at > 1.5:
            out += _chained(level, reach)
            level = []
        level.append(line)
    return [line for line in out + _chained(level, reach) if line.end - line.start >= _SHORTEST]


def _chained(level: list[RulingLine], reach: float) -> list[RulingLine]:
    if len(level) < 2:
        return level
    at = sum(line.at for line in level) / len(level)
    out: list[RulingLine] = []
    pieces = sorted(level, key=lambda piece: piece.start)
    start, end = pieces[0].start, pieces[0].end
    for line in pieces[1:]:
        if line.start > end + reach:
            out.append(RulingLine(at, start, end))
            start, end = line.start, line.end
        end = max(end, line.end)
    return [*out, RulingLine(at, start, end)]
