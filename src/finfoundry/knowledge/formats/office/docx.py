"""DOCX: paragraphs, headings, boxes and tables in document order, notes last. A flowing text has one page; headings are its anchors."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import docx
from docx.opc.exceptions import PackageNotFoundError
from docx.text.paragraph import Paragraph
from lxml.etree import XMLSyntaxError

from finfoundry.core.document import Block, BlockKind, Cell, Document, Locator, Page
from finfoundry.core.errors import ParseError
from finfoundry.core.quantities.cells import in_one_cell, parse_cell
from finfoundry.knowledge.bounds import check
from finfoundry.knowledge.formats.archive import check_archive
from finfoundry.knowledge.formats.office.word_text import INSERTED, W, WordText, boxes, local, notes, raised_styles
from finfoundry.knowledge.formats.outline import Outline

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
LAYOUT = 2  # numbers outside of the tables in it that make a table more than the layout of a page

_NOTES = ("/footnotes", "/endnotes")
_CHART = "{http://schemas.openxmlformats.org/drawingml/2006/chart}chart"


def parse_docx(data: bytes, name: str) -> Document:
    """Raises ParseError when the file is not a Word document."""
    check_archive(data, name)
    try:
        paper = docx.Document(io.BytesIO(data))
        text = WordText(raised_styles(paper.styles.element))
        above, below = running_blocks(paper, text)
        blocks = [*above, *read_blocks(paper, text), *_notes(paper, text), *below]
        losses = [*text.losses(), *_charts(paper)]
    except (PackageNotFoundError, KeyError, ValueError, AttributeError, XMLSyntaxError, zipfile.BadZipFile) as error:
        raise ParseError(f"{name} is not a readable Word document ({error})", remedy="Open it and save it again as .docx.") from error
    page = Page(1, 0.0, 0.0, blocks, source="flow" if blocks else "empty")
    return Document(name, hashlib.sha256(data).hexdigest(), DOCX, len(data), [page], losses=losses)


def read_blocks(paper: Any, text: WordText) -> Iterator[Block]:
    """Paragraphs and tables in their order, each with its section; a block's anchor is its number from 1."""
    check("blocks", len(paper.element.body))
    flow = _Flow(paper, text)
    for anchor, item in enumerate(contents(paper.element.body), 1):
        yield from flow.read(item, {"anchor": f"block-{anchor}"})


def contents(element: Any) -> Iterator[Any]:
    """The paragraphs and tables of a body, a cell or a box, those in content controls as well, without what is deleted."""
    for child in element:
        name = local(child)
        if name in {"p", "tbl"}:
            yield child
        elif name in {"sdt", "sdtContent", "customXml"} | INSERTED:
            yield from contents(child)


@dataclass(slots=True)
class _Flow:
    """Reads a text from its beginning on: which section it is in, and how its styles are called."""

    paper: Any
    text: WordText
    outline: Outline = field(default_factory=Outline)
    styles: dict[str | None, str] = field(default_factory=dict)

    def read(self, item: Any, locator: Locator) -> Iterator[Block]:
        """A paragraph with the boxes that hang on it, or a table; of a table that only lays out the page, what its cells hold."""
        if local(item) == "tbl":
            yield from self._table(item, locator)
            return
        if text := self.text.of(item).strip():
            yield self._paragraph(item, text, locator)
        yield from self._within((inner for box in boxes(item) for inner in contents(box)), locator)

    def _paragraph(self, item: Any, text: str, locator: Locator) -> Block:
        style = self._style(item)
        level = heading_level(style)
        section = self.outline.enter(level, text) if level else self.outline.path
        kind: BlockKind = "heading" if level else "list" if style.startswith("List") else "paragraph"
        return Block(kind, text, section=section, level=level, locator=locator)

    def _table(self, table: Any, locator: Locator) -> Iterator[Block]:
        inside = any(True for _ in table.iterdescendants(table.tag))
        tried = WordText(self.text.raising)
        block = table_block(table, self.outline.path, locator, tried)
        cells = list(dict.fromkeys(cell for row in _grid(table) for cell in row if cell is not None))
        held = [item for cell in cells for item in contents(cell)]
        if inside and sum(parse_cell(cell.text) is not None for cell in block.cells) < LAYOUT:
            yield from self._within(held, locator)
            return
        self.text.add(tried)
        yield block
        yield from self._within([item for item in held if local(item) == "tbl"], locator)
        yield from self._within([inner for item in held if local(item) == "p" for box in boxes(item) for inner in contents(box)], locator)

    def _within(self, items: Iterable[Any], locator: Locator) -> Iterator[Block]:
        """What a table or a box holds, each item with a number below that of its holder."""
        for number, item in enumerate(items, 1):
            yield from self.read(item, {"anchor": f"{locator['anchor']}.{number}"})

    def _style(self, paragraph: Any) -> str:
        """The name of its style; each style is looked up once, which is slow."""
        key = paragraph.style
        if key not in self.styles:
            style = Paragraph(paragraph, self.paper).style
            self.styles[key] = (style.name or "") if style else ""
        return self.styles[key]


def running_blocks(paper: Any, text: WordText) -> tuple[list[Block], list[Block]]:
    """What stands at the head and at the foot of the pages, each line once."""
    sides: dict[BlockKind, list[str]] = {"header": [], "footer": []}
    for section in paper.sections:
        for kind, lines in sides.items():
            for part in _running_parts(section, kind):
                found = (" ".join(text.of(item).split()) for item in part.part.element.iter(f"{W}p"))
                lines += [line for line in dict.fromkeys(found) if line and line not in lines]
    above, below = ([Block(kind, line, locator={"part": kind}) for line in lines] for kind, lines in sides.items())
    return above, below


def _running_parts(section: Any, kind: str) -> Iterator[Any]:
    """The headers or footers of a section that are its own and shown on some page."""
    first = section.different_first_page_header_footer
    for name in (f"first_page_{kind}" if first else "", kind, f"even_page_{kind}"):
        part = getattr(section, name) if name else None
        if part is not None and not part.is_linked_to_previous:
            yield part


def _notes(paper: Any, text: WordText) -> Iterator[Block]:
    """Foot- and endnotes, each as a paragraph."""
    for relation in paper.part.rels.values():
        if relation.is_external or not relation.reltype.endswith(_NOTES):
            continue
        for number, note in enumerate(notes(relation.target_part.blob), 1):
            if said := " ".join(" ".join(text.of(item) for item in note.iter(f"{W}p")).split()):
                yield Block("paragraph", said, locator={"part": relation.reltype.rsplit("/", 1)[-1], "anchor": f"note-{number}"})


def _charts(paper: Any) -> list[str]:
    count = sum(1 for _ in paper.element.body.iter(_CHART))
    return [f"{count} charts are not read"] if count else []


def heading_level(name: str) -> int | None:
    """The level in the name of a paragraph's style, "Heading 2" → 2; None for any other style."""
    if name == "Title":
        return 1
    return int(name.split()[-1]) if name.startswith("Heading ") and name.split()[-1].isdigit() else None


def table_block(table: Any, section: tuple[str, ...], locator: Locator, text: WordText) -> Block:
    """A table as a block. A merged cell is met at each place that it covers: the first place keeps it, with its spans."""
    places: dict[Any, list[tuple[int, int]]] = {}
    texts: dict[Any, str] = {None: ""}
    lines: list[str] = []
    text.deleted += sum(1 for row in table if local(row) == "tr" and _is_deleted(row))
    for r, row in enumerate(_grid(table)):
        for c, key in enumerate(row):
            places.setdefault(key, []).append((r, c))
            if key not in texts:
                paragraphs = (line for item in contents(key) if local(item) == "p" for line in text.of(item).split("\n"))
                texts[key] = in_one_cell([line for part in paragraphs if (line := " ".join(part.split()))])
        lines.append("\t".join(texts[key] for key in row))
    cells = []
    for key, spots in places.items():
        if texts[key]:
            (top, left), (bottom, right) = min(spots), max(spots)
            here = {**locator, "cell": f"R{top + 1}C{left + 1}"}
            cells.append(Cell(top, left, texts[key], None, bottom - top + 1, right - left + 1, here, header=top == 0))
    return Block("table", "\n".join(lines), cells=cells, section=section, title=section[-1] if section else None, locator=locator)


def _grid(table: Any) -> Iterator[list[Any]]:
    """Row by row, which cell covers each place; None where a row leaves places free before its first cell."""
    above: list[Any] = []
    total = 0
    for row in _held(table, "tr"):
        here: list[Any] = [None] * _free(row)
        for cell in _held(row, "tc"):
            total += cell.grid_span
            check("cells", total)
            over = cell.vMerge == "continue" and len(here) < len(above)
            here += [above[len(here)] if over else cell] * cell.grid_span
        yield here
        above = here


def _held(element: Any, wanted: str) -> Iterator[Any]:
    """The rows of a table or the cells of a row, those in content controls as well, without rows that are deleted."""
    for child in element:
        name = local(child)
        if name == wanted:
            if not _is_deleted(child):
                yield child
        elif name in {"sdt", "sdtContent", "customXml"}:
            yield from _held(child, wanted)


def _is_deleted(row: Any) -> bool:
    return row.find(f"{W}trPr/{W}del") is not None


def _free(row: Any) -> int:
    found = row.find(f"{W}trPr/{W}gridBefore")
    count = found.get(f"{W}val") if found is not None else None
    check("columns", free := int(count) if count and count.isdigit() else 0)
    return free
