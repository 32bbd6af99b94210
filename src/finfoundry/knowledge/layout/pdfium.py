"""pdfium's C interface, asked in bulk.

A page has thousands of characters and one call through ``ctypes`` costs about a microsecond with wrapped arguments. Here the
functions take plain addresses and are driven by ``map``, which is three times faster, and results land in numpy arrays.
pdfium is not thread-safe: one thread (better: one process) at a time.
"""

from __future__ import annotations

import ctypes
import itertools
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import repeat
from typing import Any

import numpy as np
import pypdfium2.raw as raw
from numpy.typing import NDArray

from finfoundry.core.document import Box
from finfoundry.core.errors import ParseError
from finfoundry.knowledge.bounds import check

Handle = Any  # an address inside pdfium
Floats = NDArray[np.float32]

_VOID, _INT, _UINT, _FLOAT = ctypes.c_void_p, ctypes.c_int, ctypes.c_uint, ctypes.c_float


def _plain(function: Any, result: Any, *arguments: Any) -> Any:
    return ctypes.PYFUNCTYPE(result, *arguments)(ctypes.cast(function, _VOID).value or 0)


_unicode = _plain(raw.FPDFText_GetUnicode, _UINT, _VOID, _INT)
_loose_box = _plain(raw.FPDFText_GetLooseCharBox, _INT, _VOID, _INT, _VOID)
_angle = _plain(raw.FPDFText_GetCharAngle, _FLOAT, _VOID, _INT)
_origin = _plain(raw.FPDFText_GetCharOrigin, _INT, _VOID, _INT, _VOID, _VOID)
_text_object = _plain(raw.FPDFText_GetTextObject, _VOID, _VOID, _INT)
_map_error = _plain(raw.FPDFText_HasUnicodeMapError, _INT, _VOID, _INT)
_object = _plain(raw.FPDFPage_GetObject, _VOID, _VOID, _INT)
_form_object = _plain(raw.FPDFFormObj_GetObject, _VOID, _VOID, ctypes.c_ulong)
_type = _plain(raw.FPDFPageObj_GetType, _INT, _VOID)
_bounds = _plain(raw.FPDFPageObj_GetBounds, _INT, _VOID, _VOID, _VOID, _VOID, _VOID)
_fill = _plain(raw.FPDFPageObj_GetFillColor, _INT, _VOID, _VOID, _VOID, _VOID, _VOID)
_stroke = _plain(raw.FPDFPageObj_GetStrokeColor, _INT, _VOID, _VOID, _VOID, _VOID, _VOID)
_matrix = _plain(raw.FPDFPageObj_GetMatrix, _INT, _VOID, _VOID)
_render_mode = _plain(raw.FPDFTextObj_GetTextRenderMode, _INT, _VOID)
_font = _plain(raw.FPDFTextObj_GetFont, _VOID, _VOID)
_draw_mode = _plain(raw.FPDFPath_GetDrawMode, _INT, _VOID, _VOID, _VOID)
_segments = _plain(raw.FPDFPath_CountSegments, _INT, _VOID)
_segment = _plain(raw.FPDFPath_GetPathSegment, _VOID, _VOID, _INT)
_segment_type = _plain(raw.FPDFPathSegment_GetType, _INT, _VOID)
_segment_close = _plain(raw.FPDFPathSegment_GetClose, _INT, _VOID)
_segment_point = _plain(raw.FPDFPathSegment_GetPoint, _INT, _VOID, _VOID, _VOID)

_scratch = (ctypes.c_uint * 8)()
_floats = (_FLOAT * 8)()
_MOST_SEGMENTS = 2000  # of one path; a border has few
_S = [ctypes.addressof(_scratch) + 4 * i for i in range(8)]
_F = [ctypes.addressof(_floats) + 4 * i for i in range(8)]

TEXT, PATH, IMAGE, FORM = 1, 2, 3, 5  # kinds of objects; 4 is shading, which is not read
Matrix = tuple[float, float, float, float, float, float]


@contextmanager
def opened(data: bytes, name: str) -> Iterator[Handle]:
    """The document's handle. ParseError if pdfium cannot open it."""

    document = raw.FPDF_LoadMemDocument64(data, len(data), None)
    if not document:
        raise _refusal(raw.FPDF_GetLastError(), name)
    try:
        yield document
    finally:
        raw.FPDF_CloseDocument(document)


def _refusal(code: int, name: str) -> ParseError:
    if code == raw.FPDF_ERR_PASSWORD:
        return ParseError(f"{name} is encrypted", remedy="Save it without a password and try again")
    if code == raw.FPDF_ERR_SECURITY:
        return ParseError(f"{name} uses an encryption that is not supported", remedy="Save it without encryption and try again")
    return ParseError(f"{name} is not a readable PDF (damaged or cut short)", remedy="Fetch the file again, or print it to a new PDF")


class PageHandle:
    """One loaded page with its text; use as a context manager."""

    def __init__(self, document: Handle, index: int) -> None:
        self.page = raw.FPDF_LoadPage(document, index)
        if not self.page:
            raise ParseError(f"page {index + 1} cannot be loaded", remedy="Print the file to a new PDF")
        self.address = ctypes.cast(self.page, _VOID).value
        box = raw.FS_RECTF()
        raw.FPDF_GetPageBoundingBox(self.page, ctypes.byref(box))
        self.left, self.bottom, self.right, self.top = box.left, box.bottom, box.right, box.top
        self.rotation = raw.FPDFPage_GetRotation(self.page) % 4  # quarter turns clockwise
        self._text: Any = None

    def __enter__(self) -> PageHandle:
        return self

    def __exit__(self, *_: object) -> None:
        if self._text:
            raw.FPDFText_ClosePage(self._text)
        raw.FPDF_ClosePage(self.page)

    @property
    def text(self) -> Any:
        if self._text is None:
            self._text = raw.FPDFText_LoadPage(self.page)
        return ctypes.cast(self._text, _VOID).value

    @property
    def width(self) -> float:
        """The width as displayed, in points."""
        return float(self.top - self.bottom if self.rotation % 2 else self.right - self.left)

    @property
    def height(self) -> float:
        return float(self.right - self.left if self.rotation % 2 else self.top - self.bottom)

    def characters(self) -> NDArray[np.uint32]:
        """Code points, shape (n,)."""
        text = self.text
        count = max(0, raw.FPDFText_CountChars(self._text)) if text else 0
        return np.fromiter(map(_unicode, repeat(text, count), range(count)), np.uint32, count)

    def boxes(self, indices: list[int]) -> Floats:
        """Left, top, right, bottom of the characters in the page's own space, shape (n, 4)."""
        boxes = np.zeros((len(indices), 4), np.float32)
        start = boxes.ctypes.data
        deque(map(_loose_box, repeat(self.text), indices, range(start, start + 16 * len(indices), 16)), maxlen=0)
        return boxes

    def angles(self, indices: list[int]) -> Floats:
        """Direction of the characters in radians, clockwise, in the page's own space, shape (n,)."""
        return np.fromiter(map(_angle, repeat(self.text), indices), np.float32, len(indices))

    def origins(self, indices: list[int]) -> Floats:
        """Where the baseline of each character begins: x, y in the page's own space, shape (n, 2)."""
        points = np.zeros((len(indices), 2), np.float64)
        xs = range(points.ctypes.data, points.ctypes.data + 16 * len(indices), 16)
        deque(map(_origin, repeat(self.text), indices, xs, (x + 8 for x in xs)), maxlen=0)
        return points.astype(np.float32)

    def text_objects(self, indices: list[int]) -> list[int]:
        return list(map(_text_object, repeat(self.text), indices))

    def map_errors(self, indices: list[int]) -> int:
        """How many of these characters have no Unicode value in the font's map."""
        return sum(found == 1 for found in map(_map_error, repeat(self.text), indices))

    def check(self) -> int:
        """How many objects the page draws, forms counted once. Raises ParseError where they are too many."""
        count: int = raw.FPDFPage_CountObjects(self.page)
        check("objects", count)
        return count

    def objects(self) -> Iterator[tuple[int, int, Matrix | None]]:
        """Address, type and the matrix of the enclosing form for every object of the page that is not text, in drawing order."""
        count = self.check()
        seen = itertools.count(count)  # forms may draw forms: a few lines of a file can mean millions of objects
        addresses = list(map(_object, repeat(self.address, count), range(count)))
        drawn = [(address, kind) for address, kind in zip(addresses, map(_type, addresses), strict=True) if kind != TEXT]
        for address, kind in drawn:
            if kind == FORM:
                yield from _inside(address, None, 0, seen)
            else:
                yield address, kind, None

    def to_display(self, boxes: Floats) -> Floats:
        """Boxes left, top, right, bottom (y upwards), shape (n, 4), to x0, y0, x1, y1 in points from the top left of the page as displayed,
        shape (n, 4).
        """
        left, top, right, bottom = boxes[:, 0], boxes[:, 1], boxes[:, 2], boxes[:, 3]
        if self.rotation == 0:
            columns = (left - self.left, self.top - top, right - self.left, self.top - bottom)
        elif self.rotation == 1:
            columns = (bottom - self.bottom, left - self.left, top - self.bottom, right - self.left)
        elif self.rotation == 2:
            columns = (self.right - right, bottom - self.bottom, self.right - left, top - self.bottom)
        else:
            columns = (self.top - top, self.right - right, self.top - bottom, self.right - left)
        return np.stack(columns, axis=1).astype(np.float32)

    def grey(self, scale: float) -> NDArray[np.uint8]:
        """The page as displayed in grey levels, shape (height * scale, width * scale)."""
        width, height = max(1, round(self.width * scale)), max(1, round(self.height * scale))
        bitmap = raw.FPDFBitmap_CreateEx(width, height, raw.FPDFBitmap_BGR, None, 0)
        try:
            raw.FPDFBitmap_FillRect(bitmap, 0, 0, width, height, 0xFFFFFFFF)
            raw.FPDF_RenderPageBitmap(bitmap, self.page, 0, 0, width, height, 0, raw.FPDF_ANNOT)
            stride = raw.FPDFBitmap_GetStride(bitmap)
            buffer = ctypes.cast(raw.FPDFBitmap_GetBuffer(bitmap), ctypes.POINTER(ctypes.c_ubyte * (stride * height))).contents
            pixels = np.frombuffer(buffer, np.uint8).reshape(height, stride)[:, : 3 * width].reshape(height, width, 3)
            grey: NDArray[np.uint8] = pixels.mean(axis=2).astype(np.uint8)
            return grey
        finally:
            raw.FPDFBitmap_Destroy(bitmap)


def _inside(form: int, outer: Matrix | None, depth: int, seen: Iterator[int]) -> Iterator[tuple[int, int, Matrix | None]]:
    if depth > 8:  # forms may be nested without end in a hostile file
        return
    matrix = combined(object_matrix(form), outer)
    count = raw.FPDFFormObj_CountObjects(ctypes.cast(form, raw.FPDF_PAGEOBJECT))
    for index in range(max(0, count)):
        check("objects", next(seen))
        address = _form_object(form, index)
        kind = _type(address)
        if kind == FORM:
            yield from _inside(address, matrix, depth + 1, seen)
        elif kind != TEXT:
            yield address, kind, matrix


def object_matrix(address: int) -> Matrix:
    if not _matrix(address, _F[0]):
        return (1, 0, 0, 1, 0, 0)
    return (_floats[0], _floats[1], _floats[2], _floats[3], _floats[4], _floats[5])


def combined(inner: Matrix, outer: Matrix | None) -> Matrix:
    """The matrix that applies ``inner`` first, then ``outer``."""
    if outer is None:
        return inner
    a, b, c, d, e, f = inner
    g, h, i, j, k, m = outer
    return (a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j, e * g + f * i + k, e * h + f * j + m)


def apply(matrix: Matrix | None, x: float, y: float) -> tuple[float, float]:
    if matrix is None:
        return x, y
    a, b, c, d, e, f = matrix
    return a * x + c * y + e, b * x + d * y + f


def bounds(address: int, matrix: Matrix | None) -> Box | None:
    """Left, top, right, bottom in the page's own space, or None."""
    if not _bounds(address, _F[0], _F[1], _F[2], _F[3]):  # left, bottom, right, top
        return None
    left, bottom, right, top = _floats[0], _floats[1], _floats[2], _floats[3]
    if matrix is not None:
        corners = [apply(matrix, x, y) for x in (left, right) for y in (bottom, top)]
        left, right = min(x for x, _ in corners), max(x for x, _ in corners)
        bottom, top = min(y for _, y in corners), max(y for _, y in corners)
    return left, top, right, bottom


def draw_mode(address: int) -> tuple[bool, bool]:
    """Whether a path is filled, and whether it is stroked."""
    if not _draw_mode(address, _S[0], _S[1]):
        return False, False
    return _scratch[0] != 0, _scratch[1] != 0


def fill_colour(address: int) -> tuple[int, int, int, int]:
    """Red, green, blue, alpha, each 0-255; black where unknown."""
    if not _fill(address, _S[0], _S[1], _S[2], _S[3]):
        return 0, 0, 0, 255
    return _scratch[0], _scratch[1], _scratch[2], _scratch[3]


def stroke_colour(address: int) -> tuple[int, int, int, int]:
    if not _stroke(address, _S[0], _S[1], _S[2], _S[3]):
        return 0, 0, 0, 255
    return _scratch[0], _scratch[1], _scratch[2], _scratch[3]


def straight_edges(address: int, outer: Matrix | None) -> Iterator[tuple[float, float, float, float]]:
    """The straight pieces x0, y0, x1, y1 of a path in the page's own space."""
    matrix = combined(object_matrix(address), outer)
    start = last = (0.0, 0.0)
    for index in range(min(_segments(address), _MOST_SEGMENTS)):
        segment = _segment(address, index)
        _segment_point(segment, _F[0], _F[1])
        point = apply(matrix, _floats[0], _floats[1])
        kind = _segment_type(segment)
        if kind == raw.FPDF_SEGMENT_MOVETO:
            start = point
        elif kind == raw.FPDF_SEGMENT_LINETO:
            yield (*last, *point)
        last = point
        if _segment_close(segment) and last != start:
            yield (*last, *start)
            last = start


def render_mode(text_object: int) -> int:
    return int(_render_mode(text_object))


def font_of(text_object: int) -> int | None:
    found: int | None = _font(text_object)
    return found


def font_is_bold(font: int) -> bool:
    """Whether the font at an address is bold, by its name or a weight of 600 or more."""
    handle = ctypes.cast(font, raw.FPDF_FONT)
    buffer = ctypes.create_string_buffer(256)
    raw.FPDFFont_GetBaseFontName(handle, buffer, 256)
    name = buffer.value.decode("latin-1").lower()
    return any(mark in name for mark in ("bold", "black", "heavy", "demi")) or raw.FPDFFont_GetWeight(handle) >= 600
