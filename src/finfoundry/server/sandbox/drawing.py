"""A page of a PDF or of a picture, drawn with places marked. PDFium and Pillow read what strangers wrote: only in a sandbox."""

from __future__ import annotations

import io
from collections.abc import Sequence

from finfoundry.core.document import Box

MOST_PIXELS = 6_000_000
COLOUR, EDGE = (255, 196, 0, 70), (214, 120, 0, 255)
LIGHT = (90, 160, 255, 45)
SAID, SAID_EDGE = (126, 87, 194, 60), (94, 53, 177, 255)


def draw(data: bytes, number: int, strong: Sequence[Box], light: Sequence[Box], said: Sequence[Box], scale: float) -> bytes:
    """A PNG of page ``number`` (from 1). Raises what PDFium and Pillow raise."""
    import pypdfium2
    from PIL import Image, ImageDraw

    if b"%PDF-" not in data[:1024]:
        from finfoundry.knowledge.formats.pictures import as_pdf

        data, _ = as_pdf(data, "the picture")
    with pypdfium2.PdfDocument(data) as document:
        page = document[number - 1]
        width, height = page.get_size()
        scale = min(scale, (MOST_PIXELS / max(width * height, 1.0)) ** 0.5)
        picture = page.render(scale=scale).to_pil().convert("RGBA")
    for boxes, colour, edge in ((light, LIGHT, None), (said, SAID, SAID_EDGE), (strong, COLOUR, EDGE)):
        layer = Image.new("RGBA", picture.size)
        pen = ImageDraw.Draw(layer)
        for x0, y0, x1, y1 in boxes:
            around = [x0 * scale - 3, y0 * scale - 3, x1 * scale + 3, y1 * scale + 3]
            pen.rectangle(around, fill=colour, outline=edge, width=max(1, round(scale)))
        picture = Image.alpha_composite(picture, layer)
    out = io.BytesIO()
    picture.convert("RGB").save(out, "PNG")
    return out.getvalue()
