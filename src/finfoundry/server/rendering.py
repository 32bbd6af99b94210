"""Pages of stored PDFs and scans as pictures with places marked. PDFium and Pillow read what strangers wrote: in a process of its own."""

from __future__ import annotations

import io
import resource
import subprocess
import sys
import threading
from collections import OrderedDict
from dataclasses import dataclass

from finfoundry.core.document import Box
from finfoundry.core.errors import InputError

DRAWN = frozenset({"application/pdf", "image/png", "image/jpeg", "image/tiff"})  # media types whose pages can be drawn
SECONDS = 20.0
MEMORY = 1024**3  # bytes of data the process may hold
LARGEST = 64 * 1024 * 1024  # bytes of pictures that are kept
MOST_PIXELS = 6_000_000
COLOUR, EDGE = (255, 196, 0, 70), (214, 120, 0, 255)
LIGHT = (90, 160, 255, 45)


@dataclass(frozen=True, slots=True)
class Marks:
    """What is marked strongly, and what lightly."""

    strong: tuple[Box, ...] = ()
    light: tuple[Box, ...] = ()


class Renderer:
    """Renders, and keeps what was rendered last. Whoever calls has checked that the reader may see the document."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[str, int, Marks, float], bytes] = OrderedDict()
        self._lock = threading.Lock()

    def page(self, sha256: str, data: bytes, number: int, marks: Marks, scale: float = 1.5) -> bytes:
        """A PNG of page ``number`` (from 1); ``scale`` 1 is 72 dots an inch. Raises InputError where there is no such picture."""
        key = (sha256, number, marks, scale)
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        picture = _in_a_process(data, number, marks, scale)
        with self._lock:
            self._kept[key] = picture
            while sum(map(len, self._kept.values())) > LARGEST and len(self._kept) > 1:
                self._kept.popitem(last=False)
        return picture


def _in_a_process(data: bytes, number: int, marks: Marks, scale: float) -> bytes:
    places = [f"{value:.2f}" for box in (*marks.strong, *marks.light) for value in box]
    command = [sys.executable, "-m", __name__, str(number), f"{scale:.3f}", str(len(marks.strong)), *places]
    try:
        done = subprocess.run(command, input=data, capture_output=True, timeout=SECONDS, check=False)  # noqa: S603  our own module, numbers
    except subprocess.TimeoutExpired as error:
        raise InputError(f"Page {number} takes too long to draw", remedy="Read the original") from error
    if done.returncode:
        raise InputError(f"Page {number} cannot be drawn", remedy="Only pages of PDFs have a picture")
    return done.stdout


def draw(data: bytes, number: int, marks: Marks, scale: float) -> bytes:
    """Draw in this process. Raises what PDFium and Pillow raise."""
    import pypdfium2
    from PIL import Image, ImageDraw

    if b"%PDF-" not in data[:1024]:
        from finfoundry.knowledge.parse.pictures import as_pdf

        data, _ = as_pdf(data, "the picture")
    with pypdfium2.PdfDocument(data) as document:
        page = document[number - 1]
        width, height = page.get_size()
        scale = min(scale, (MOST_PIXELS / max(width * height, 1.0)) ** 0.5)
        picture = page.render(scale=scale).to_pil().convert("RGBA")
    for boxes, colour, edge in ((marks.light, LIGHT, None), (marks.strong, COLOUR, EDGE)):
        layer = Image.new("RGBA", picture.size)
        pen = ImageDraw.Draw(layer)
        for x0, y0, x1, y1 in boxes:
            around = [x0 * scale - 3, y0 * scale - 3, x1 * scale + 3, y1 * scale + 3]
            pen.rectangle(around, fill=colour, outline=edge, width=max(1, round(scale)))
        picture = Image.alpha_composite(picture, layer)
    out = io.BytesIO()
    picture.convert("RGB").save(out, "PNG")
    return out.getvalue()


def main() -> int:
    """The process: a PDF or a picture comes in, a PNG goes out."""
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
    number, scale, strong, *places = map(float, sys.argv[1:])
    boxes = [(places[i], places[i + 1], places[i + 2], places[i + 3]) for i in range(0, len(places), 4)]
    marks = Marks(tuple(boxes[: int(strong)]), tuple(boxes[int(strong) :]))
    try:
        sys.stdout.buffer.write(draw(sys.stdin.buffer.read(), int(number), marks, scale))
    except Exception:  # noqa: BLE001  whatever a stranger's file provokes: there is no picture
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
