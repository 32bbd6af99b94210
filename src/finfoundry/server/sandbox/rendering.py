"""Pages of stored PDFs and scans as pictures with places marked, and those that were drawn last."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass

from finfoundry.core import cancellation
from finfoundry.core.document import Box
from finfoundry.server.sandbox.apart import Apart
from finfoundry.server.sandbox.sandboxed import Drawing

DRAWN = frozenset({"application/pdf", "image/png", "image/jpeg", "image/tiff"})  # media types whose pages can be drawn
SECONDS = 20.0
LARGEST = 64 * 1024 * 1024  # bytes of pictures that are kept


@dataclass(frozen=True, slots=True)
class Marks:
    """What is marked strongly, what lightly, and what says how to read it: the line of the scale, the heading of the period."""

    strong: tuple[Box, ...] = ()
    light: tuple[Box, ...] = ()
    said: tuple[Box, ...] = ()


class Renderer:
    """Renders in a sandbox, and keeps what was rendered last. Whoever calls has checked that the reader may see the document."""

    def __init__(self, apart: Apart) -> None:
        self._apart = apart
        self._kept: OrderedDict[tuple[str, int, Marks, float], bytes] = OrderedDict()
        self._lock = threading.Lock()

    def page(self, sha256: str, data: bytes, number: int, marks: Marks, scale: float = 1.5) -> bytes:
        """A PNG of page ``number`` (from 1); ``scale`` 1 is 72 dots an inch. Raises InputError where there is no such picture,
        EngineTimeout where it takes too long.
        """
        key = (sha256, number, marks, scale)
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        with cancellation.work_until(seconds=SECONDS):
            picture = self._apart.do(Drawing(number, scale, marks.strong, marks.light, marks.said), data).outcome
        with self._lock:
            self._kept[key] = picture
            while sum(map(len, self._kept.values())) > LARGEST and len(self._kept) > 1:
                self._kept.popitem(last=False)
        return picture
