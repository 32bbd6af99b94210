"""DOCX: paragraphs, headings and tables in document order. A flowing text has one page; headings are its anchors."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Iterator
from typing import Any

import docx
from docx.opc.exceptions import PackageNotFoundError
from docx.oxml.table import CT_Tbl
from docx.text.paragraph import Paragraph
from lxml.etree import XMLSyntaxError

from finfoundry.core.document import Block, Cell, Document, Page
from finfoundry.core.errors import ParseError
from finfoundry.knowledge.bounds import check
from finfoundry.knowledge.formats.archive import check_archive
from finfoundry.knowledge.formats.outline import Outline

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def parse_docx(data: bytes, name: str) -> Document:
    """Raises ParseError when the file is not a Word document."""
    check_archive(data, name)
    try:
        body = docx.Document(io.BytesIO(data))
        blocks = list(read_blocks(body))
    except (PackageNotFoundError, KeyError, ValueError, XMLSyntaxError, zipfile.BadZipFile) as error:
        raise ParseError(f"{name} is not a readable Word document ({error})", remedy="Open it and save it again as .docx.") from error
    page = Page(1, 0.0, 0.0, blocks, source="flow" if blocks else "empty")
    return Document(name, hashlib.sha256(data).hexdigest(), DOCX, len(data), [page])


def read_blocks(body: Any) -> Iterator[Block]:
    """Paragraphs and tables in their order, each with its section; a block's anchor is its number from 1."""
    check("blocks", len(body.element.body))
    outline = Outline()
    styles: dict[str | None, str] = {}
    for anchor, item in enumerate(body.element.body.inner_content_elements, 1):
        locator = {"anchor": f"block-{anchor}"}
        if isinstance(item, CT_Tbl):
            yield table_block(item, outline.path, locator)
        elif text := item.text.strip():
            style = _style(item, body, styles)
            level = heading_level(style)
            section = outline.enter(level, text) if level else outline.path
            kind = "heading" if level else "list" if style.startswith("List") else "paragraph"
            yield Block(kind, text, section=section, level=level, locator=locator)  # type: ignore[arg-type]


def _style(paragraph: Any, body: Any, known: dict[str | None, str]) -> str:
    """The name of its style; each style is looked up once, which is slow."""
    key = paragraph.style
    if key not in known:
        style = Paragraph(paragraph, body).style
        known[key] = (style.name or "") if style else ""
    return known[key]


def heading_level(name: str) -> int | None:
    """The level in the name of a paragraph's style, "Heading 2" → 2; None for any other style."""
    if name == "Title":
        return 1
    return int(name.split()[-1]) if name.startswith("Heading ") and name.split()[-1].isdigit() else None


def table_block(table: CT_Tbl, section: tuple[str, ...], locator: dict[str, str]) -> Block:
    """A table as a block. A merged cell is met at each place that it covers: the first place keeps it, with its spans."""
    places: dict[Any, list[tuple[int, int]]] = {}
    texts: dict[Any, str] = {}
    lines: list[str] = []
    for r, row in enumerate(_grid(table)):
        for c, key in enumerate(row):
            places.setdefault(key, []).append((r, c))
            if key not in texts:
                texts[key] = " ".join(" ".join(paragraph.text for paragraph in key.p_lst).split())
        lines.append("\t".join(texts[key] for key in row))
    cells = []
    for key, spots in places.items():
        if texts[key]:
            (top, left), (bottom, right) = min(spots), max(spots)
            here = {**locator, "cell": f"R{top + 1}C{left + 1}"}
            cells.append(Cell(top, left, texts[key], None, bottom - top + 1, right - left + 1, here, header=top == 0))
    return Block("table", "\n".join(lines), cells=cells, section=section, title=section[-1] if section else None, locator=locator)


def _grid(table: CT_Tbl) -> Iterator[list[Any]]:
    """Row by row, which cell covers each place."""
    above: list[Any] = []
    total = 0
    for row in table.tr_lst:
        here: list[Any] = []
        for cell in row.tc_lst:
            total += cell.grid_span
            check("cells", total)
            over = cell.vMerge == "continue" and len(here) < len(above)
            here += [above[len(here)] if over else cell] * cell.grid_span
        yield here
        above = here
