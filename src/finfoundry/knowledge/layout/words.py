"""Characters to words: text, box, size and weight of each run of ink without a gap.

pdfium puts a space where the gap is wide; words are also cut where characters jump (another line, another table cell) and
before a raised footnote mark, so that ``1,234`` followed by a small ``1`` never becomes ``1,2341``.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

import numpy as np
from numpy.typing import NDArray

from finfoundry.core.document import Box, Word
from finfoundry.core.language import unified
from finfoundry.knowledge.layout import pdfium
from finfoundry.knowledge.layout.pdfium import Floats, PageHandle

HYPHEN = "\u00ad"  # a hyphen that only marks the end of a line; joined away when paragraphs are built
_PDFIUM_HYPHEN = 2
_SPACES = [0, 9, 10, 11, 12, 13, 32, 0x85, 0xA0, 0x1680, *range(0x2000, 0x200D), 0x2028, 0x2029, 0x202F, 0x205F, 0x3000, 0xFEFF]
_INK = np.ones(0x10000, bool)  # by code point, the last for all beyond
_INK[_SPACES] = False
_SMALLEST = 1.2  # points: text below it cannot be read
_PALE = 235  # of 255: text as light as this may be white on white
_LATIN = re.compile(r"^[A-Za-z]{4,}$")
_VOWEL = re.compile(r"[AEIOUYaeiouy]")
_ENOUGH_WORDS = 20
_CONTRAST = 24  # grey levels between ink and ground


@dataclass(slots=True)
class Frame:
    """The page turned so that its text reads upright. ``turn`` counts quarter turns clockwise from the display to the frame."""

    turn: int
    width: float  # as displayed
    height: float

    def boxes(self, boxes: Floats) -> Floats:
        """Boxes x0, y0, x1, y1 as displayed to those in the reading frame, both of shape (n, 4), in points."""
        x0, y0, x1, y1 = boxes[:, 0], boxes[:, 1], boxes[:, 2], boxes[:, 3]
        w, h = self.width, self.height
        columns = ((x0, y0, x1, y1), (h - y1, x0, h - y0, x1), (w - x1, h - y1, w - x0, h - y0), (y0, w - x1, y1, w - x0))[self.turn]
        return np.stack(columns, axis=1).astype(np.float32)

    def display(self, box: Box) -> Box:
        """A box in the reading frame to the box as displayed."""
        x0, y0, x1, y1 = box
        w, h = self.width, self.height
        return ((x0, y0, x1, y1), (y0, h - x1, y1, h - x0), (w - x1, h - y1, w - x0, h - y0), (w - y1, x0, w - y0, x1))[self.turn]


@dataclass(slots=True)
class PageWords:
    """Words in reading-frame coordinates, and what was dropped."""

    frame: Frame
    words: list[Word] = field(default_factory=list)
    slanted: list[Word] = field(default_factory=list)  # text in another direction: watermarks, axis labels
    outside: int = 0
    hidden: int = 0
    garbled: float = 0.0  # share of characters without a sensible Unicode value


def read_words(page: PageHandle) -> PageWords:
    """The visible words of a page. Linear in the number of characters."""
    codes = page.characters()
    upright = Frame(0, page.width, page.height)
    ink = np.flatnonzero(_INK[np.minimum(codes, 0xFFFF)])
    if not ink.size:
        return PageWords(upright)
    angles = _displayed_angles(page, ink)
    frame = Frame(_turn(angles), page.width, page.height)
    placed = frame.boxes(page.to_display(page.boxes(ink.tolist())))
    starts = _starts(ink, placed, partial(_baselines, page, frame))
    _level(placed, starts, _baselines(page, frame, ink[starts].tolist()))
    found = _assemble(codes[ink], placed, starts)
    result = PageWords(frame, garbled=max(_garbled(page, codes[ink], ink), _senseless(found)))
    _sort_out(page, result, found, ink[starts].tolist(), several_angles=bool(np.ptp(angles) > 0.1))
    return result


def _displayed_angles(page: PageHandle, ink: NDArray[np.intp]) -> Floats:
    """Angles of a sample of characters as displayed, clockwise, in [0, 2π)."""
    sample = ink[:: max(1, ink.size // 48)]
    angles = page.angles(sample.tolist()) + page.rotation * np.pi / 2
    return np.asarray(np.mod(angles + 0.05, 2 * np.pi) - 0.05, np.float32)


def _turn(angles: Floats) -> int:
    quarters = np.mod(-np.rint(angles / (np.pi / 2)), 4).astype(int)
    return int(Counter(quarters.tolist()).most_common(1)[0][0])


def _starts(ink: NDArray[np.intp], boxes: Floats, baselines: Callable[[list[int]], NDArray[np.float32]]) -> NDArray[np.intp]:
    """Indices into ``ink`` at which words begin; ``baselines`` are looked up where a box looks raised."""
    x0, y0, x1, y1 = boxes.T
    height = np.maximum(y1 - y0, 0.1)
    tall = np.maximum(height[1:], height[:-1])
    jump = np.abs((y0 + y1)[1:] - (y0 + y1)[:-1]) / 2 > 0.6 * tall
    gap = x0[1:] - x1[:-1]
    apart = (gap > 0.6 * tall) | (gap < -0.8 * tall)
    raised = (height[1:] < 0.85 * height[:-1]) & (y1[1:] < y1[:-1] - 0.12 * height[:-1])
    lowered = (height[:-1] < 0.85 * height[1:]) & (y1[:-1] < y1[1:] - 0.12 * height[1:])
    shifted = np.flatnonzero(raised | lowered)
    if shifted.size:  # the letters of a ligature have low boxes, and the baseline of their word: they are no footnote mark
        rise = np.abs(baselines(ink[shifted + 1].tolist()) - baselines(ink[shifted].tolist()))
        shifted = shifted[rise > 0.05 * tall[shifted]]
    marks = np.zeros(len(gap), bool)
    marks[shifted] = True
    breaks = (np.diff(ink) > 1) | jump | apart | marks
    return np.concatenate([[0], np.flatnonzero(breaks) + 1])


def _baselines(page: PageHandle, frame: Frame, indices: list[int]) -> NDArray[np.float32]:
    """The baselines' y in the reading frame."""
    points = page.origins(indices)
    return frame.boxes(page.to_display(points[:, [0, 1, 0, 1]]))[:, 1]


def _level(boxes: Floats, starts: NDArray[np.intp], baselines: NDArray[np.float32]) -> None:
    """Move boxes of fonts whose ascent and descent are far from the usual (symbol fonts) to their baseline. In place."""
    each = np.diff(np.append(starts, len(boxes)))
    height = boxes[:, 3] - boxes[:, 1]
    shift = np.repeat(baselines, each) + 0.22 * height - boxes[:, 3]
    shift = np.where(np.abs(shift) > 0.15 * height, shift, 0)
    boxes[:, 1] += shift
    boxes[:, 3] += shift


def _assemble(codes: NDArray[np.uint32], boxes: Floats, starts: NDArray[np.intp]) -> list[Word]:
    x0 = np.minimum.reduceat(boxes[:, 0], starts).tolist()
    y0 = np.minimum.reduceat(boxes[:, 1], starts).tolist()
    x1 = np.maximum.reduceat(boxes[:, 2], starts).tolist()
    y1 = np.maximum.reduceat(boxes[:, 3], starts).tolist()
    letters = np.where(codes == _PDFIUM_HYPHEN, ord(HYPHEN), codes)
    text = unified(letters.astype("<u4").tobytes().decode("utf-32-le", "replace"))
    ends = [*starts[1:].tolist(), len(text)]
    return [
        Word(text[start:end], (a, b, c, d), d - b) for start, end, a, b, c, d in zip(starts.tolist(), ends, x0, y0, x1, y1, strict=True)
    ]


def _garbled(page: PageHandle, codes: NDArray[np.uint32], ink: NDArray[np.intp]) -> float:
    odd = ((codes >= 0xE000) & (codes <= 0xF8FF)) | (codes == 0xFFFD) | ((codes < 32) & (codes != _PDFIUM_HYPHEN)) | (codes >= 0xF0000)
    sample = ink[:: max(1, ink.size // 64)].tolist()
    return max(float(odd.mean()), page.map_errors(sample) / len(sample))


def _senseless(words: list[Word]) -> float:
    """Share of the longer Latin words without any vowel: near 1 where a font's map to Unicode is shifted, 0 where there are few words."""
    latin = [word.text for word in words if _LATIN.match(word.text)]
    if len(latin) < _ENOUGH_WORDS:
        return 0.0
    return sum(not _VOWEL.search(text) for text in latin) / len(latin)


def _sort_out(page: PageHandle, result: PageWords, found: list[Word], firsts: list[int], *, several_angles: bool) -> None:
    """Distribute the words found over visible, slanted, outside and hidden."""
    objects = page.text_objects(firsts)
    seen = {address: _look(address) for address in set(objects) if address}
    bold = _bold_fonts({font for _, _, font in seen.values() if font})
    width, height = (page.height, page.width) if result.frame.turn % 2 else (page.width, page.height)
    turned = _turned(page, firsts, result.frame.turn) if several_angles else [False] * len(found)
    pale: list[Word] = []
    for word, address, slanted in zip(found, objects, turned, strict=True):
        invisible, light, font = seen.get(address, (False, False, None))
        x0, y0, x1, y1 = word.box
        if x1 < 0 or y1 < 0 or x0 > width or y0 > height or not -2 < (x0 + x1) / 2 < width + 2:
            result.outside += 1
        elif invisible or word.size < _SMALLEST:
            result.hidden += 1
        else:
            word.bold = font in bold
            (result.slanted if slanted else pale if light else result.words).append(word)
    if pale:
        shown = _shown(page, pale, result.frame)
        result.words += shown
        result.hidden += len(pale) - len(shown)


def _look(address: int) -> tuple[bool, bool, int | None]:
    """Whether a text object is invisible, whether it is pale, and its font."""
    mode = pdfium.render_mode(address)
    red, green, blue, alpha = pdfium.fill_colour(address)
    stroked_only = mode in (1, 5)
    light = not stroked_only and mode != 2 and min(red, green, blue) >= _PALE
    return mode in (3, 7) or alpha < 8, light, pdfium.font_of(address)


def _bold_fonts(fonts: set[int]) -> set[int]:
    return {font for font in fonts if pdfium.font_is_bold(font)}


def _turned(page: PageHandle, firsts: list[int], turn: int) -> list[bool]:
    angles = page.angles(firsts) + (page.rotation + turn) * np.pi / 2
    return (np.abs(np.mod(angles + np.pi, 2 * np.pi) - np.pi) > 0.2).tolist()  # type: ignore[no-any-return]


def _shown(page: PageHandle, words: list[Word], frame: Frame) -> list[Word]:
    """The pale words that contrast with their ground when the page is drawn: white on a dark band, not white on white."""
    scale = 1.0
    grey = page.grey(scale)
    kept = []
    for word in words:
        x0, y0, x1, y1 = (round(edge * scale) for edge in frame.display(word.box))
        patch = grey[max(0, y0) : y1 + 1, max(0, x0) : x1 + 1]
        if patch.size and int(patch.max()) - int(patch.min()) >= _CONTRAST:
            kept.append(word)
    return kept
