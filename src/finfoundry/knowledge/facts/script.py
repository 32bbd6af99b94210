"""Documents in traditional characters, read in simplified ones: the same pages, tables and places, and labels as they are printed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from finfoundry.core.document import Document, Doubts, Fact, Page, Profile
from finfoundry.core.language import PrintedWords, is_traditional, rewritten, simplified

SAMPLE = 20_000  # characters by which the script of a document is told


def in_simplified(document: Document) -> Document:
    """A copy of the document in simplified characters; the document itself where it has no traditional ones."""
    if not is_traditional(_beginning(document)):
        return document
    return replace(document, name=simplified(document.name), pages=rewritten(document.pages, simplified))


def _beginning(document: Document) -> str:
    text = ""
    for block in (block for page in document.pages for block in page.blocks):
        text += block.text
        if len(text) > SAMPLE:
            break
    return text


def as_printed(document: Document, facts: Iterable[Fact], profile: Profile, doubts: Doubts) -> tuple[list[Fact], Profile, Doubts]:
    """What the copy tells with the labels, companies, dimensions and words of scale that the document prints."""
    printed = PrintedWords(_texts(document.pages)).of
    doubts = replace(doubts, unread_scales=rewritten(doubts.unread_scales, printed))
    return [rewritten(fact, printed) for fact in facts], rewritten(profile, printed), doubts


def _texts(pages: Iterable[Page]) -> Iterator[str]:
    """Cells first: a label is mostly one whole."""
    for page in pages:
        yield from (cell.text for block in page.blocks for cell in block.cells)
    for page in pages:
        for block in page.blocks:
            yield from block.section
            yield from (text for text in (block.title, block.note) if text)
            yield block.text
