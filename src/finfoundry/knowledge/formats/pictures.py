"""Pictures of pages (PNG, JPEG, TIFF): set as the pages of a PDF, which is then read like any scan."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from dataclasses import replace

from PIL import Image, ImageOps, ImageSequence, UnidentifiedImageError

from finfoundry.core.document import Document
from finfoundry.core.errors import ParseError
from finfoundry.knowledge.formats import pdf

MOST_PIXELS = 120_000_000  # of one picture; A3 at 600 dpi has 70 million
MOST_FRAMES = 500
PAGE_INCHES = 8.27  # the width taken for a picture that does not say how large it is
SCREEN_DPI = 96  # of a picture that is no wider than a screen
LEAST_DPI, MOST_DPI = 60, 1300  # what a file says beyond these is no resolution
SCREEN_WIDTH = 1400
MOST_TOGETHER = 600_000_000  # pixels of all pages
KINDS = {"PNG": "image/png", "JPEG": "image/jpeg", "MPO": "image/jpeg", "TIFF": "image/tiff"}


def parse_picture(data: bytes, name: str, *, ocr_seconds: float = float("inf")) -> Document:
    """Read the text of a picture, each frame of a TIFF a page. Raises ParseError."""
    printed, kind = as_pdf(data, name)
    document = pdf.parse(printed, name, ocr_seconds=ocr_seconds)
    return replace(document, sha256=hashlib.sha256(data).hexdigest(), size=len(data), media_type=kind)


def as_pdf(data: bytes, name: str) -> tuple[bytes, str]:
    """The pictures of a file as pages of a PDF, and their media type. Raises ParseError."""
    try:
        with Image.open(io.BytesIO(data), formats=["PNG", "JPEG", "TIFF"]) as picture:
            kind = KINDS[picture.format or ""]
            _check(picture, name)
            pages = list(_frames(picture))
            dpi = _resolution(picture)
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, KeyError, EOFError, Image.DecompressionBombError) as error:
        raise ParseError(f"{name} is not a readable picture ({error})", remedy="Open it and save it again as PNG") from error
    stream = io.BytesIO()
    pages[0].save(stream, "PDF", resolution=dpi, quality=95, save_all=True, append_images=pages[1:])
    return stream.getvalue(), kind


def _check(picture: Image.Image, name: str) -> None:
    frames = getattr(picture, "n_frames", 1)
    if picture.width * picture.height > MOST_PIXELS:
        raise ParseError(f"{name} has {picture.width} x {picture.height} pixels, more than are read", remedy="Save it smaller")
    if frames > MOST_FRAMES:
        raise ParseError(f"{name} has {frames} pages, more than {MOST_FRAMES}", remedy="Split the file")


def _frames(picture: Image.Image) -> Iterator[Image.Image]:
    """Each page upright as its camera says, on white."""
    pixels = 0
    for frame in ImageSequence.Iterator(picture):
        pixels += frame.width * frame.height
        if frame.width * frame.height > MOST_PIXELS or pixels > MOST_TOGETHER:
            raise ValueError("its pages have more pixels than are read")
        yield _on_white(ImageOps.exif_transpose(frame))
        if picture.format == "MPO":  # the second is a preview
            return


def _on_white(picture: Image.Image) -> Image.Image:
    if picture.mode in {"RGBA", "LA", "PA"} or "transparency" in picture.info:
        over = picture.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", over.size, "white"), over).convert("RGB")
    if picture.mode in {"I", "I;16", "F"}:
        return ImageOps.autocontrast(picture.point(lambda value: value / 256).convert("L"))
    return picture.convert("L" if picture.mode in {"1", "L"} else "RGB")


def _resolution(picture: Image.Image) -> float:
    """Dots an inch: what the file says, where it can be; a screen's for a small picture; else those that make it a sheet of A4."""
    said = picture.info.get("dpi")
    dpi = float(said[0]) if isinstance(said, tuple) and said and said[0] else 0.0
    if LEAST_DPI < dpi < MOST_DPI and dpi != 72:  # 72 is what programs write that do not know
        return dpi
    return SCREEN_DPI if picture.width <= SCREEN_WIDTH else picture.width / PAGE_INCHES
