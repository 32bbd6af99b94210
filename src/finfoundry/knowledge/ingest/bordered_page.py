"""A page of a stored document read once more, with the borders of its tables as people drew them, in a process that can be killed."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass

from finfoundry.core.document import Block, Box, Document, Fact, Page
from finfoundry.core.errors import InputError, NotFound
from finfoundry.core.principal import Principal
from finfoundry.knowledge.layout.across_pages import connect
from finfoundry.knowledge.layout.table_border import TableBorder
from finfoundry.knowledge.storage.store import Store

PICTURES = frozenset({"image/png", "image/jpeg", "image/tiff"})
BORDERED = frozenset({"application/pdf", *PICTURES})  # media types whose tables have a border on the page
NO_BORDER = "Tables of PDFs and scanned pictures have one; a table of another file is as the file says: put the file right"
MOST_PAGES = 40  # before and behind the page, besides the first ones, that its facts are read with
FIRST = 12  # pages that say who reports, and for when


@dataclass(frozen=True, slots=True)
class BorderedFile:
    """A stored file, its document as it was read, and the borders of the tables of one page; the last of them is the new one."""

    data: bytes
    document: Document
    page: int
    borders: list[TableBorder]


@dataclass(frozen=True, slots=True)
class BorderedPage:
    """The page's blocks with those borders, the facts of the new table and of what it touches, and the box of all these tables."""

    blocks: list[Block]
    facts: list[Fact]
    touched: Box


def bordered_file(store: Store, principal: Principal, document: str, number: int, borders: list[TableBorder]) -> BorderedFile:
    """What reading the page again takes. Raises NotFound, and InputError for a file whose tables have no border."""
    stored = store.document(principal, document)
    if stored.media_type not in BORDERED:
        raise InputError(f"{stored.name} has no pages on which a border can be drawn", remedy=NO_BORDER)
    if not 1 <= number <= stored.pages:
        raise NotFound(f"{stored.name} has no page {number}", remedy=f"It has {stored.pages}")
    near = range(max(1, number - MOST_PAGES), min(stored.pages, number + MOST_PAGES) + 1)
    wanted = sorted({*range(1, min(FIRST, stored.pages) + 1), *near})
    pages = [store.page(principal, document, one) for one in wanted]
    return BorderedFile(
        store.data(principal, document),
        Document(stored.name, stored.sha256, stored.media_type, stored.size, pages),
        number,
        borders,
    )


def read_bordered(given: BorderedFile) -> BorderedPage:
    """Raises ParseError, and InputError where no two columns stand within the new border."""
    from finfoundry.knowledge.formats import pdf  # here: what answers questions loads no reader of files
    from finfoundry.knowledge.ingest.parse_file import facts_of

    document, border = given.document, given.borders[-1]
    data = given.data
    if document.media_type in PICTURES:
        from finfoundry.knowledge.formats.pictures import as_pdf

        data, _ = as_pdf(data, document.name)
    at = next(place for place, page in enumerate(document.pages) if page.number == given.page)
    before = document.pages[at]
    page = pdf.parse_bordered(data, document.name, given.page, given.borders)
    if not any(block.kind == "table" and block.box and _shares(block.box, border.box) > 0.9 for block in page.blocks):
        raise InputError(
            "Within this border no words stand in two columns",
            remedy="Draw it around labels and figures, or say where its columns are parted",
        )
    _settle(document.pages[at - 1] if at else None, before, page)
    document.pages[at] = page
    old = [block.box for block in before.blocks if block.kind == "table" and block.box and _shares(block.box, border.box) > 0]
    touched = _around([border.box, *old])
    facts = [fact for fact in facts_of(document) if fact.page == given.page and within(fact.box, touched)]
    return BorderedPage(page.blocks, facts, touched)


def within(box: Box | None, outer: Box) -> bool:
    """Whether the middle of a box lies in another."""
    if box is None:
        return False
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    return outer[0] <= x <= outer[2] and outer[1] <= y <= outer[3]


def _settle(previous: Page | None, before: Page, page: Page) -> None:
    """What the pages around say of a page: titles and scale lines of its tables, a table that goes on, and the headings above it."""
    connect([*([deepcopy(previous)] if previous else []), page])
    section = next((block.section for block in before.blocks if block.kind == "table"), before.blocks[0].section if before.blocks else ())
    for block in page.blocks:
        block.section = section
        if block.kind == "table" and block.box:
            like = max(
                (one for one in before.blocks if one.kind == "table" and one.box), key=lambda one: _shares(one.box, block.box), default=None
            )
            if like is not None and _shares(like.box, block.box) > 0:
                block.title, block.note = block.title or like.title, block.note or like.note


def _shares(one: Box | None, other: Box | None) -> float:
    """The part of the smaller box that lies in both."""
    if one is None or other is None:
        return 0.0
    wide, high = min(one[2], other[2]) - max(one[0], other[0]), min(one[3], other[3]) - max(one[1], other[1])
    small = min((box[2] - box[0]) * (box[3] - box[1]) for box in (one, other))
    return wide * high / small if wide > 0 and high > 0 and small > 0 else 0.0


def _around(boxes: list[Box]) -> Box:
    return min(b[0] for b in boxes), min(b[1] for b in boxes), max(b[2] for b in boxes), max(b[3] for b in boxes)
