"""What a file prints, before anything reads it: the words of its pages, or its visible text in its order.

PDFs and pictures: the words of each page with their boxes, as they were before lines, blocks and tables were made of them. HTML, DOCX, CSV
and text: the text of the file. Of other formats nothing earlier is kept, and the count begins with the blocks.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterator

from lxml import etree
from lxml.etree import _Element

from finfoundry.core.document import Document
from finfoundry.core.errors import ParseError
from finfoundry.knowledge.balance.pieces import Piece, Printed
from finfoundry.knowledge.bounds import BOUNDS, Bounds, in_force, most
from finfoundry.knowledge.facts.tags.ixbrl import has_tags
from finfoundry.knowledge.formats.encoding import decode

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_WORD_PARTS = re.compile(r"word/(?:document|(?P<running>header|footer)\d*|footnotes|endnotes)\.xml")
_LINK = re.compile(r"\]\([^)\s]*\)|<https?://[^>]*>")  # of Markdown: an address is not shown
_SAID = re.compile(r"sep=.\r?\n", re.IGNORECASE)


def printed(document: Document, data: bytes, bounds: Bounds = BOUNDS) -> Printed:
    """What the file prints: the words of its pages, or its text in pieces; nothing where the count begins with the blocks."""
    if any(page.words for page in document.pages):
        return Printed("words", {page.number: page.words for page in document.pages})
    try:
        with in_force(bounds, document.name):
            if document.media_type == "text/html":
                return _of_html(data, document.name)
            pieces = _pieces(document, data)
    except (ParseError, etree.XMLSyntaxError, zipfile.BadZipFile, csv.Error, KeyError):
        pieces = None
    return Printed("blocks") if pieces is None else Printed("text", pieces=pieces)


def _pieces(document: Document, data: bytes) -> list[Piece] | None:
    match document.media_type:
        case "text/plain" | "text/markdown" as kind:
            text, _ = decode(data, document.name)
            return [Piece(_LINK.sub("] ", line) if kind.endswith("markdown") else line, {"line": str(n)}) for n, line in _lines(text)]
        case "text/csv":
            return list(_of_csv(decode(data, document.name)[0]))
        case kind if kind == DOCX:
            return list(_of_docx(data))
    return None


def _lines(text: str) -> Iterator[tuple[int, str]]:
    return ((number, line) for number, line in enumerate(text.split("\n"), 1) if line.strip())


def _of_html(data: bytes, name: str) -> Printed:
    """The last reader of the tree, which is then let go."""
    from finfoundry.knowledge.balance.printed_html import (  # here: most processes read one or two formats
        html_pieces,
        tagged_texts,
        tagged_values,
    )
    from finfoundry.knowledge.formats.html import forget_tree, shared_tree

    try:
        root = shared_tree(data, name)
        prints = Printed("text", pieces=html_pieces(root))
        if has_tags(data):
            prints.tags, prints.tag_values = tagged_texts(root), tagged_values(root)
        return prints
    finally:
        forget_tree()


def _of_csv(text: str) -> Iterator[Piece]:
    """The cells of a file of separated values, in its rows."""
    from finfoundry.knowledge.formats.office.separated import find_separator
    from finfoundry.knowledge.formats.office.sheets import limited

    said = _SAID.match(text)
    rows = csv.reader(io.StringIO(text[said.end() :] if said else text), delimiter=find_separator(text))
    for number, row in enumerate(limited(rows, most("cells")), 1):
        yield from (Piece(cell, {"row": str(number)}) for cell in row if cell.strip())


def _of_docx(data: bytes) -> Iterator[Piece]:
    """The paragraphs of the body, of footnotes, of running headers and footers; deleted text and second copies of drawings are left out."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for name in sorted(archive.namelist(), key=lambda name: (name != "word/document.xml", name)):
            if (part := _WORD_PARTS.fullmatch(name)) is None:
                continue
            root = etree.fromstring(archive.read(name), etree.XMLParser(resolve_entities=False, no_network=True))
            for number, text in enumerate(_paragraphs(root), 1):
                if text.strip():
                    yield Piece(text, {"part": name.rpartition("/")[2], "paragraph": str(number)}, running=bool(part["running"]))


def _paragraphs(root: _Element) -> Iterator[str]:
    for paragraph in root.iter("{*}p"):
        texts = (
            element.text or "" if element.tag.endswith("}t") else " "
            for element in paragraph.iter("{*}t", "{*}tab", "{*}br", "{*}cr")
            if next(element.iterancestors("{*}p"), None) is paragraph and next(element.iterancestors("{*}Fallback"), None) is None
        )
        yield "".join(texts)
