"""PDF bytes to a Document: words with boxes, blocks in reading order, tables as cells."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pypdfium2.raw as raw

from finfoundry.core.document import Block, Box, Document, Page, Word
from finfoundry.core.errors import ParseError
from finfoundry.knowledge.bounds import check
from finfoundry.knowledge.layout import pdfium
from finfoundry.knowledge.layout.across_pages import connect
from finfoundry.knowledge.layout.blocks import page_blocks, with_running
from finfoundry.knowledge.layout.pdfium import Handle, PageHandle
from finfoundry.knowledge.layout.rulings import read_rulings
from finfoundry.knowledge.layout.running_lines import in_tables, lies_in, mark, returned_twice, running_runs
from finfoundry.knowledge.layout.table_border import TableBorder
from finfoundry.knowledge.layout.words import HYPHEN, Frame, PageWords, read_words

MEDIA_TYPE = "application/pdf"
_GARBLED = 0.3  # share of characters without sense above which a page counts as unreadable
_MOST_TOLD = 5  # running lines, in a certificate


def parse(data: bytes, name: str, *, ocr: bool = True, ocr_seconds: float = float("inf")) -> Document:
    """Parse a PDF. Raises ParseError if it is empty, damaged, encrypted or too long."""
    count = page_count(data, name)
    pages, losses = parse_pages(data, name, range(count), ocr=ocr, ocr_seconds=ocr_seconds)
    running = running_runs(pages)
    for place, lines in in_tables(running).items():
        pages[place] = _parse_apart(data, name, place, lines)
    for place, runs in running.items():
        mark(pages[place], runs)
    if few := returned_twice(running):
        told = ", ".join(map(repr, few[:_MOST_TOLD]))
        losses.append(f"{len(few)} lines that stand at one place of two pages are taken for headers and footers: {told}")
    return assemble(data, name, pages, losses)


def page_count(data: bytes, name: str) -> int:
    """How many pages the file has. Raises ParseError as ``parse`` does."""
    if not data:
        raise ParseError(f"{name} is empty", remedy="Fetch the file again")
    with pdfium.opened(data, name) as document:
        count: int = raw.FPDF_GetPageCount(document)
    if count < 1:
        raise ParseError(f"{name} has no pages (damaged or cut short)", remedy="Fetch the file again, or print it to a new PDF")
    check("pages", count)
    return count


def parse_pages(
    data: bytes, name: str, indices: Sequence[int], *, ocr: bool = True, ocr_seconds: float = float("inf")
) -> tuple[list[Page], list[str]]:
    """Some pages (indices from 0), without what only the whole document shows, and what was lost on them.

    After ``ocr_seconds`` of work no further page is read by OCR: a long scan yields what there was time for, and says so.
    """
    pages: list[Page] = []
    losses: list[str] = []
    start = time.monotonic()
    with pdfium.opened(data, name) as document:
        for index in indices:
            in_time = time.monotonic() - start < ocr_seconds
            pages.append(_page(document, index, losses, ocr=ocr and in_time))
    return pages, losses


def _parse_apart(data: bytes, name: str, index: int, lines: Sequence[Box]) -> Page:
    """A page (index from 0) anew, with running lines apart from its tables."""
    with pdfium.opened(data, name) as document:
        return _page(document, index, [], ocr=False, apart=lines)


def parse_bordered(data: bytes, name: str, number: int, borders: Sequence[TableBorder]) -> Page:
    """Page ``number`` (from 1) alone, with tables within borders as displayed. Raises ParseError."""
    with pdfium.opened(data, name) as document:
        return _page(document, number - 1, [], ocr=True, borders=borders)


def assemble(data: bytes, name: str, pages: list[Page], losses: list[str]) -> Document:
    """The document from its pages in order."""
    connect(pages)
    if b"%%EOF" not in data[-2048:]:
        losses = [*losses, "the file has no end mark: it may have been cut short"]
    return Document(name, hashlib.sha256(data).hexdigest(), MEDIA_TYPE, len(data), pages, losses=losses)


def _page(
    document: Handle, index: int, losses: list[str], *, ocr: bool, borders: Sequence[TableBorder] = (), apart: Sequence[Box] = ()
) -> Page:
    number = index + 1
    try:
        handle = PageHandle(document, index)
    except ParseError:
        losses.append(f"page {number}: cannot be loaded")
        return Page(number, 0.0, 0.0, source="empty", confidence=0.0)
    with handle as page:
        page.check()
        found = read_words(page)
        _report(number, found, losses)
        result = Page(number, page.width, page.height)
        if not found.words or found.garbled > _GARBLED:
            return _without_text(page, result, losses, ocr=ocr, borders=borders)
        rulings = read_rulings(page, found.frame)
        running = [word for word in found.words if any(lies_in(found.frame.display(word.box), line) for line in apart)] if apart else []
        taken = set(map(id, running))
        body = [word for word in found.words if id(word) not in taken]
        result.blocks = with_running(page_blocks(body, rulings, [_in_frame(one, found.frame) for one in borders]), running)
        result.words = [_clean(word, found.frame) for word in (*found.words, *found.slanted)]
        _to_display(result.blocks, found.frame)
        return result


def _report(number: int, found: PageWords, losses: list[str]) -> None:
    if found.outside:
        losses.append(f"page {number}: {found.outside} words outside the page left out")
    if found.garbled > _GARBLED:
        losses.append(f"page {number}: {found.garbled:.0%} of the characters have no meaning (wrong character map)")
    if found.hidden:
        losses.append(f"page {number}: {found.hidden} words that cannot be seen left out")


def _in_frame(border: TableBorder, frame: Frame, tilt: float = 0.0) -> TableBorder:
    """A border as displayed, in the frame in which the words read upright. Raises ParseError for columns of a page on its side."""
    if border.columns and frame.turn:
        raise ParseError("The page lies on its side: its columns cannot be given", remedy="Give the border alone")
    x0, y0, x1, y1 = (float(edge) for edge in frame.boxes(np.array([border.box], np.float32))[0])
    down = -tilt * (x0 + x1) / 2
    return TableBorder((x0, y0 + down, x1, y1 + down), border.columns)


def _without_text(page: PageHandle, result: Page, losses: list[str], *, ocr: bool, borders: Sequence[TableBorder]) -> Page:
    """Read the picture of a page that has no usable text."""
    if not ocr:
        losses.append(f"page {result.number}: no text (not read by OCR)")
        result.source, result.confidence = "empty", 0.0
        return result
    from finfoundry.knowledge.formats.ocr import lowered, read_page

    words, rulings, frame, tilt = read_page(page)
    if not words:
        result.source = "empty"
        return result
    result.confidence = sum(word.confidence for word in words) / len(words)
    result.blocks = page_blocks(words, rulings, [_in_frame(one, frame, tilt) for one in borders])
    if tilt:
        _tilt_back(result.blocks, tilt)
    result.source, result.words = "ocr", [_clean(replace(word, box=lowered(word.box, tilt)), frame) for word in words]
    _to_display(result.blocks, frame)
    return result


def _tilt_back(blocks: Sequence[Block], tilt: float) -> None:
    """Put boxes of a page that lay askew back to where its picture shows them."""
    from finfoundry.knowledge.formats.ocr import lowered

    for block in blocks:
        block.box = lowered(block.box, tilt) if block.box else None
        for cell in block.cells:
            cell.box = lowered(cell.box, tilt) if cell.box else None


def _clean(word: Word, frame: Frame) -> Word:
    """A word as the document shows it: displayed box, the line-end hyphen as a hyphen."""
    if frame.turn == 0 and HYPHEN not in word.text:
        return word
    return Word(word.text.replace(HYPHEN, "-"), frame.display(word.box), word.size, word.bold, word.confidence)


def _to_display(blocks: Sequence[Block], frame: Frame) -> None:
    for block in blocks:
        block.text = block.text.replace(HYPHEN, "-")
        for cell in block.cells:
            cell.text = cell.text.replace(HYPHEN, "-")
        if frame.turn:
            block.box = _turned(block.box, frame)
            for cell in block.cells:
                cell.box = _turned(cell.box, frame)


def _turned(box: Box | None, frame: Frame) -> Box | None:
    return frame.display(box) if box else None
