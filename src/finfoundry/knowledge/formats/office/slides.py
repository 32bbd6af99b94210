"""PPTX: one page a slide, its shapes in reading order, tables and the data of charts as tables, the speaker's notes last."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

import pptx
from lxml.etree import XMLSyntaxError
from pptx.enum.shapes import MSO_SHAPE_TYPE
from pptx.exc import PythonPptxError

from finfoundry.core.document import Block, Cell, Document, Locator, Page
from finfoundry.core.errors import ParseError
from finfoundry.core.language import with_raised
from finfoundry.core.quantities.cells import in_one_cell
from finfoundry.knowledge.bounds import check
from finfoundry.knowledge.formats.archive import check_archive
from finfoundry.knowledge.formats.office.number_format import shown_number

PPTX = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_LETTERS = (f"{_A}r", f"{_A}fld")
DEEPEST = 10  # groups inside one another


def parse_pptx(data: bytes, name: str) -> Document:
    """Raises ParseError when the file is no presentation."""
    check_archive(data, name)
    losses: list[str] = []
    try:
        slides = pptx.Presentation(io.BytesIO(data)).slides
        check("pages", len(slides))
        pages = [_page(number, slide, losses) for number, slide in enumerate(slides, 1)]
    except (PythonPptxError, KeyError, ValueError, AttributeError, IndexError, XMLSyntaxError, zipfile.BadZipFile) as error:
        raise ParseError(f"{name} is not a readable presentation ({error})", remedy="Open it and save it again as .pptx") from error
    return Document(name, hashlib.sha256(data).hexdigest(), PPTX, len(data), pages, losses=losses)


def _page(number: int, slide: Any, losses: list[str]) -> Page:
    """A slide. One that is hidden keeps its number: a place is cited by the number that the program shows."""
    if slide.element.get("show") == "0":
        losses.append(f"slide {number} is hidden and was left out")
        return Page(number, 0.0, 0.0, source="flow", name="hidden")
    page = Page(number, 0.0, 0.0, source="flow")
    title = slide.shapes.title
    heading = _text(title.text_frame) if title is not None and title.has_text_frame else ""
    if heading:
        page.blocks.append(Block("heading", heading, level=1, section=(heading,), locator={"slide": str(number)}))
    section = (heading,) if heading else ()
    pictures = drawings = 0
    for shape in _in_order(_flat(slide.shapes)):
        if title is not None and shape.shape_id == title.shape_id:
            continue
        pictures += shape.shape_type in (MSO_SHAPE_TYPE.PICTURE, MSO_SHAPE_TYPE.LINKED_PICTURE)
        drawings += shape.element.tag.endswith("}graphicFrame") and not (shape.has_table or shape.has_chart)
        page.blocks += _blocks(shape, section, {"slide": str(number), "shape": shape.name})
    frame = slide.notes_slide.notes_text_frame if slide.has_notes_slide else None
    if frame is not None and (text := "\n".join(filter(None, map(_line, frame.paragraphs)))):
        page.blocks.append(Block("paragraph", text, section=section, locator={"slide": str(number), "part": "notes"}))
    if pictures:
        losses.append(f"slide {number}: {pictures} pictures are not read")
    if drawings:
        losses.append(f"slide {number}: {drawings} diagrams or embedded objects are not read")
    if not page.blocks:
        page.source = "empty"
    return page


def _flat(shapes: Any, depth: int = 0) -> Iterator[Any]:
    for shape in shapes:
        if shape.shape_type == MSO_SHAPE_TYPE.GROUP and depth < DEEPEST:
            yield from _flat(shape.shapes, depth + 1)
        else:
            yield shape


def _in_order(shapes: Iterator[Any]) -> list[Any]:
    """Top down, then from left to right."""
    return sorted(shapes, key=lambda shape: (shape.top or 0, shape.left or 0))


def _blocks(shape: Any, section: tuple[str, ...], locator: Locator) -> Iterator[Block]:
    if getattr(shape, "has_table", False) and shape.has_table:
        yield _table(shape.table, section, locator)
    elif getattr(shape, "has_chart", False) and shape.has_chart:
        yield from _chart(shape.chart, section, locator)
    elif shape.has_text_frame:
        for paragraph in shape.text_frame.paragraphs:
            if text := _line(paragraph):
                yield Block("list" if paragraph.level else "paragraph", text, section=section, locator=locator)


def _text(frame: Any) -> str:
    return in_one_cell(list(filter(None, map(_line, frame.paragraphs))))


def _line(paragraph: Any) -> str:
    """The text of a paragraph on one line, breaks in it as spaces; raised letters are those of marks, as of footnotes."""
    text = ""
    for child in paragraph._p:  # noqa: SLF001  its runs leave out breaks and fields
        piece = " " if child.tag == f"{_A}br" else (child.findtext(f"{_A}t") or "") if child.tag in _LETTERS else ""
        text += with_raised(text, piece) if piece.strip() and _is_raised(child) else piece
    return " ".join(text.split())


def _is_raised(run: Any) -> bool:
    properties = run.find(f"{_A}rPr")
    level = "0" if properties is None else (properties.get("baseline") or "0").strip("%")
    return level.isdigit() and int(level) > 0  # a lowered one is below zero


def _table(table: Any, section: tuple[str, ...], locator: Locator) -> Block:
    check("cells", len(table.rows) * len(table.columns))
    cells = []
    rows: list[list[str]] = []
    for r, row in enumerate(table.rows):
        rows.append([])
        for c, cell in enumerate(row.cells):
            text = "" if cell.is_spanned else _text(cell.text_frame)
            rows[-1].append(text)
            if text:
                height, width = (cell.span_height, cell.span_width) if cell.is_merge_origin else (1, 1)
                cells.append(Cell(r, c, text, None, height, width, _at(locator, r, c), header=r == 0))
    return _block(rows, cells, section, locator)


def _chart(chart: Any, section: tuple[str, ...], locator: Locator) -> Iterator[Block]:
    """The numbers behind a chart: a row a series, a column a category."""
    codes = map(_number_format, chart.element.plotArea.sers)  # plot by plot, as the series are
    for plot in chart.plots:
        categories = [str(category) for category in plot.categories]
        rows = [["", *categories]]
        for series in plot.series:
            code = next(codes)
            rows.append([str(series.name or ""), *(_shown(value, code) for value in series.values)])
        if len(rows) > 1 and categories:
            found = [
                Cell(r, c, text, locator=_at(locator, r, c), header=r == 0)
                for r, row in enumerate(rows)
                for c, text in enumerate(row)
                if text
            ]
            yield _block(rows, found, section, locator)


def _at(locator: Locator, row: int, column: int) -> Locator:
    return {**locator, "cell": f"R{row + 1}C{column + 1}"}


def _number_format(series: Any) -> str:
    """How the values of a series are shown, which only its element in the file says."""
    found = series.xpath("c:val//c:formatCode")
    return str(found[0].text) if found and found[0].text else "General"


def _shown(value: float | None, code: str) -> str:
    return "" if value is None else shown_number(Decimal(repr(float(value))), code)


def _block(rows: Sequence[Sequence[str]], cells: list[Cell], section: tuple[str, ...], locator: Locator) -> Block:
    text = "\n".join("\t".join(row) for row in rows)
    return Block("table", text, cells=cells, section=section, title=section[-1] if section else None, locator=locator)
