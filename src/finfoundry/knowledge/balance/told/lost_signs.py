"""Brackets and minus signs that a paper prints before figures, and no block holds: a figure without its sign has all of its digits."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from finfoundry.core.document import Cell, Document, Page, Word
from finfoundry.knowledge.balance.digit_runs import has_digits
from finfoundry.knowledge.balance.pieces import Printed
from finfoundry.knowledge.balance.settlement import stands_in
from finfoundry.knowledge.balance.told.value_signs import prints_below_zero

MOST_TOLD = 10
_BRACKET = re.compile(r"[(（⁽]")
_MINUS = re.compile(r"(?<![^\W_])[-−－–—](?=\d)")
_SIGNED = re.compile(r"(?:[(（]|(?<![^\W_])[-−－–—])\s?[^\w\s]?\s?\d+(?:[.,]\d+)*")
_WORDED = re.compile(r"[^\W\d_]")


def sign_losses(printed: Printed, document: Document) -> Iterator[str]:
    """Figures that are printed below zero and held without their sign, each in one line with its page."""
    if printed.counted_from == "words":
        pages = {page.number: page for page in document.pages}
        found = [one for number, words in printed.words.items() if (page := pages.get(number)) for one in _unsigned_cells(words, page)]
        yield from found[:MOST_TOLD]
        if len(found) > MOST_TOLD:
            yield f"{len(found) - MOST_TOLD} further figures are held without their sign"
    elif printed.counted_from == "text":
        texts = [text for page in document.pages for text in _texts(page)]
        lost = _signed([piece.text for piece in printed.pieces if not piece.running]) - _signed(texts)
        for text, count in list(lost.items())[:MOST_TOLD]:
            yield f"{count} figures are printed below zero, and no block holds them so: {text!r}"


def _texts(page: Page) -> Iterator[str]:
    for block in page.blocks:
        yield from (cell.text for cell in block.cells) if block.cells else (block.text,)


def _signed(texts: Sequence[str]) -> Counter[str]:
    """The signed figures of texts, without spaces."""
    return Counter("".join(found.split()) for text in texts if has_digits(text) for found in _SIGNED.findall(text))


def _unsigned_cells(words: Sequence[Word], page: Page) -> Iterator[str]:
    """The figures of a page that are a cell and lack the sign that the words within their cell have; none is looked for where the page
    holds as many brackets and minus signs as it prints.
    """
    whole, held = " ".join([word.text for word in words]), " ".join(_texts(page))
    if all(len(sign.findall(held)) >= len(sign.findall(whole)) for sign in (_BRACKET, _MINUS)):
        return
    cells = [cell for block in page.blocks for cell in block.cells if _may_lack(cell)]
    inside = defaultdict[int, list[Word]](list)
    for word in words:
        for at in (at for at, cell in enumerate(cells) if stands_in(word.box, cell.box)):
            inside[at].append(word)
    for at, found in sorted(inside.items()):
        text = "".join(word.text for word in _in_order(found))
        if prints_below_zero(text) and _digits(text) == _digits(cells[at].text):
            yield f"page {page.number}: a figure is printed below zero and held without its sign: {text!r} as {cells[at].text!r}"


def _may_lack(cell: Cell) -> bool:
    return cell.box is not None and has_digits(cell.text) and not _WORDED.search(cell.text) and not prints_below_zero(cell.text)


def _in_order(words: Sequence[Word]) -> list[Word]:
    """The words of a cell as they are read: those of one line from left to right, though a bracket may stand higher than the digits."""
    top, bottom = max(word.box[1] for word in words), min(word.box[3] for word in words)
    one_line = top < bottom  # all of them overlap
    return sorted(words, key=lambda word: (0.0 if one_line else word.box[1], word.box[0]))


def _digits(text: str) -> str:
    return "".join(sign for sign in text if sign.isdecimal())
