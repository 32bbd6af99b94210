"""Pages without usable text: words read from the picture of the page, rulings found in it.

The models are those of ``rapidocr`` (PP-OCR, Apache-2.0); they are loaded on first use, take about 0.7 GB and 5 to 15 CPU-seconds
a page, so nothing here runs for a page that has text.
"""

from __future__ import annotations

import os
from dataclasses import replace
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from finfoundry.core.document import Box, Word
from finfoundry.knowledge.layout.pdfium import PageHandle
from finfoundry.knowledge.layout.rulings import RulingLine, Rulings, joined
from finfoundry.knowledge.layout.words import Frame

_DPI = 200
_MOST_PIXELS = 12_000_000  # a page of poster size is drawn smaller
_DARK = 140  # grey level below which a pixel is ink
_LEAST_INK = 0.0002  # share of dark pixels below which a page is blank
_LEAST_CONFIDENCE = 0.5
_SHORTEST_RULE = 30.0  # points
_JUDGED = 8  # lines by which the direction of a page is judged
_SURE = 0.9  # of the judge of directions
_FEWEST_LINES = 3  # by whose slope a page is called askew
_STEEP, _STEEPEST = 0.5, 0.2  # heights of a line between its ends; beyond the second it is no scan of a page

Grey = NDArray[np.uint8]


@lru_cache(maxsize=1)
def _engine() -> Any:
    from rapidocr import RapidOCR

    threads = int(os.environ.get("FINFOUNDRY_OCR_THREADS") or os.cpu_count() or 1)
    return RapidOCR(
        params={
            "Global.log_level": "error",
            "Global.return_word_box": True,
            "Global.text_score": _LEAST_CONFIDENCE,
            "EngineConfig.onnxruntime.intra_op_num_threads": threads,
        }
    )


def read_page(page: PageHandle) -> tuple[list[Word], Rulings, Frame, float]:
    """Words with their confidence and rulings, in points from the top left of the frame: the page turned so that its text reads upright.

    The last is how far lines fall a point to the right, 0.0 where they are level or nearly so; the words are then set level (``lowered``
    puts their boxes back).
    """
    scale = min(_DPI / 72, (_MOST_PIXELS / max(1.0, page.width * page.height)) ** 0.5)
    grey = page.grey(scale)
    if not _has_ink(grey):
        return [], Rulings(), Frame(0, page.width, page.height), 0.0
    turn, found = _upright(grey)
    words: list[Word] = []
    for text, pieces in zip(found.txts or (), found.word_results or (), strict=False):
        words += _words(text, pieces, scale)
    tilt = _tilt(found, words)
    if tilt:
        words = [replace(word, box=lowered(word.box, -tilt)) for word in words]
    return words, read_rulings(np.ascontiguousarray(np.rot90(grey, -turn)), scale), Frame(turn, page.width, page.height), tilt


def lowered(box: Box, tilt: float) -> Box:
    """A box moved down by what a line falls from the left edge to its middle."""
    down = tilt * (box[0] + box[2]) / 2
    return (box[0], box[1] + down, box[2], box[3] + down)


def _tilt(found: Any, words: list[Word]) -> float:
    """How far lines fall to the right, where that moves the end of a line away from its beginning by a good part of its height."""
    if found.boxes is None or not words:
        return 0.0
    lines = [(corners[1] - corners[0], corners) for corners in found.boxes]
    long = sorted((side for side, _ in lines if side[0] > 0), key=lambda side: -side[0])[:_JUDGED]
    slope = float(np.median([side[1] / side[0] for side in long])) if len(long) >= _FEWEST_LINES else 0.0
    wide = max(word.box[2] for word in words) - min(word.box[0] for word in words)
    height = float(np.median([word.size for word in words]))
    return slope if _STEEP * height < abs(slope) * wide and abs(slope) < _STEEPEST else 0.0


def _upright(grey: Grey) -> tuple[int, Any]:
    """The quarter turns clockwise that make the text read upright, and what is read then. Most pages need none and are read once."""
    turn, found = 0, _read(grey)
    if _sideways(found):
        turn, found = 1, _read(np.rot90(grey, -1))
    if _upside_down(np.rot90(grey, -turn), found):
        turn, found = turn + 2, _read(np.rot90(grey, -turn - 2))
    return turn, found


def _read(grey: Grey) -> Any:
    return _engine()(np.stack([grey, grey, grey], axis=2), use_det=True, use_cls=True, use_rec=True)


def _boxes(found: Any) -> list[tuple[float, float, float, float]]:
    """The lines found, as upright boxes in pixels, the longest texts first."""
    if found.boxes is None or not found.txts:
        return []
    order = sorted(range(len(found.txts)), key=lambda index: -len(found.txts[index]))
    corners = [found.boxes[index] for index in order]
    return [(min(c[:, 0]), min(c[:, 1]), max(c[:, 0]), max(c[:, 1])) for c in corners]


def _sideways(found: Any) -> bool:
    """Whether most of the longest lines are much higher than wide."""
    boxes = _boxes(found)[:_JUDGED]
    return bool(2 * sum(y1 - y0 > 1.5 * (x1 - x0) for x0, y0, x1, y1 in boxes) > len(boxes))


def _upside_down(grey: Grey, found: Any) -> bool:
    """Whether the engine's own judge of directions says so of most of the longest lines."""
    votes = []
    for box in _boxes(found)[:_JUDGED]:
        x0, y0, x1, y1 = (max(0, int(edge)) for edge in box)
        line = grey[y0 : y1 + 1, x0 : x1 + 1]
        if line.size:
            judged = _engine()(np.stack([line, line, line], axis=2), use_det=False, use_cls=True, use_rec=False)
            votes += ["180" in label and score > _SURE for label, score in judged.cls_res or ()]
    return bool(2 * sum(votes) > len(votes))


def _has_ink(grey: Grey) -> bool:
    """Whether anything contrasts with the ground, light or dark."""
    ground = int(np.median(grey))
    return float((np.abs(grey.astype(np.int16) - ground) > 60).mean()) > _LEAST_INK


def _words(line: str, pieces: Any, scale: float) -> list[Word]:
    """The words of one line. The engine gives pieces (text, confidence, four corners in pixels): words, or single characters in lines
    with Chinese; pieces between which the line has no space are one word.
    """
    words: list[Word] = []
    at = 0
    for text, confidence, corners in pieces:
        if corners is None or not text.strip():
            continue
        found = line.find(text, at)
        x0, y0 = (min(point[axis] for point in corners) / scale for axis in (0, 1))
        x1, y1 = (max(point[axis] for point in corners) / scale for axis in (0, 1))
        word = Word(text.strip(), (x0, y0, x1, y1), y1 - y0, confidence=round(float(confidence), 4))
        together = words and found == at and found > 0 and x0 - words[-1].box[2] < word.size
        words[-1:] = [_with(words[-1], word)] if together else [*words[-1:], word]
        at = found + len(text) if found >= 0 else at
    return words


def _with(left: Word, right: Word) -> Word:
    box = (left.box[0], min(left.box[1], right.box[1]), right.box[2], max(left.box[3], right.box[3]))
    return Word(left.text + right.text, box, max(left.size, right.size), confidence=min(left.confidence, right.confidence))


def read_rulings(grey: Grey, scale: float) -> Rulings:
    """Long thin dark lines of a picture, shape (height, width) with ``scale`` pixels a point; in points."""
    ink = (grey < _DARK).astype(np.uint8)
    length = int(_SHORTEST_RULE * scale)
    horizontal = [RulingLine((b[1] + b[3]) / 2, b[0], b[2]) for b in _bars(ink, length, 1, scale)]
    vertical = [RulingLine((b[0] + b[2]) / 2, b[1], b[3]) for b in _bars(ink, 1, length, scale)]
    return Rulings(joined(horizontal, 4.0), joined(vertical, 4.0))


def _bars(ink: Grey, width: int, height: int, scale: float) -> list[Box]:
    import cv2

    opened = cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((height, width), np.uint8))
    _, _, stats, _ = cv2.connectedComponentsWithStats(opened)
    thick = 3.0 * scale
    bars = [(x, y, x + w, y + h) for x, y, w, h, _ in stats[1:].tolist() if min(w, h) <= thick]
    return [(x0 / scale, y0 / scale, x1 / scale, y1 / scale) for x0, y0, x1, y1 in bars]
