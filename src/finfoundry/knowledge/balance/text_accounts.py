"""The accounts of digits that stand in no table: text, headings, running lines, ticks of charts."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from finfoundry.core.balance.digit_balance import DigitAccount
from finfoundry.core.document import Block, Page
from finfoundry.knowledge.balance.cell_forms import is_code
from finfoundry.knowledge.balance.digit_runs import DigitRun, digit_runs
from finfoundry.knowledge.balance.marks import is_mark, is_ordinal

Account = tuple[DigitAccount, str]

NO_TAG = "a tagged figure became no fact"
FEWEST_PAGES = 3
USUAL = 0.3  # of the pages: a line that begins or ends as many is a running line
LONGEST_RUNNING = 200  # characters
_DIGITS = re.compile(r"\d+")
_EDGE = 0.12  # of the height of a page: where its number stands
_PAGE_NUMBER = re.compile(
    r"[-–—~～\s|]*(?:page|p\.|第)?\s*(?:[A-Z]{1,2}-)?\d{1,4}\s*(?:页|頁)?\s*(?:(?:of|/|／|，?\s*共)\s*\d{1,4}\s*(?:页|頁)?)?[-–—~～\s|]*",
    re.IGNORECASE,
)
_BARE_NUMBER = re.compile(r"(?P<sign>[-–—~～]?)\s*(?P<number>\d{1,4})\s*(?P=sign)")
_OF_KIND: dict[str, DigitAccount] = {
    "heading": "heading", "caption": "heading", "header": "furniture", "footer": "furniture", "figure": "chart"
}  # fmt: skip


def text_accounts(
    block: Block, page: Page, told: Counter[str], untold: Counter[str], furniture: Furniture
) -> Iterator[tuple[DigitRun, Account]]:
    """Each run of a block that is no table, with its account. ``told``: digits of facts that stand in text, each is used once; ``untold``:
    those of tagged numbers without a fact, likewise.
    """
    runs = digit_runs(block.text)
    usual = "furniture" if _is_furniture(block, page, furniture) else _usual(block, page)
    for place, run in enumerate(runs):
        if told[run.digits] > 0 and block.kind not in ("header", "footer"):
            told[run.digits] -= 1
            yield run, ("fact", "")
        elif untold[run.digits] > 0:
            untold[run.digits] -= 1
            yield run, ("lost", NO_TAG)
        elif usual == "text" and place == 0 and is_ordinal(block.text, runs) and len(block.text) > len(run.text) + 2:
            yield run, ("heading", "")
        elif usual in ("text", "heading") and is_mark(block.text, run):
            yield run, ("reference", "")
        else:
            yield run, (usual, "")


class Furniture(NamedTuple):
    """What stands on page after page: lines, without their digits, that begin or end many, and by how much printed page numbers differ from
    the count of the pages, where several do by the same.
    """

    lines: frozenset[str]
    ahead: frozenset[int]


def furniture_of(pages: Sequence[Page]) -> Furniture:
    """The running lines and page numbers of a paper that its reader left among its blocks; none of a paper of fewer than three pages."""
    filled = [page for page in pages if page.blocks]
    if len(filled) < FEWEST_PAGES:
        return Furniture(frozenset(), frozenset())
    edges = ({without_digits(block.text) for block in _edges(page) if len(block.text) < LONGEST_RUNNING} for page in filled)
    lines = Counter(text for texts in edges for text in texts)
    usual = frozenset(text for text, count in lines.items() if count >= USUAL * len(filled) and any(map(str.isalpha, text)))
    ahead = Counter(number for page in filled for number in {_ahead(block, page) for block in page.blocks if block.kind != "table"})
    return Furniture(usual, frozenset(number for number, count in ahead.items() if number is not None and count >= FEWEST_PAGES))


def _edges(page: Page) -> list[Block]:
    body = [block for block in page.blocks if block.kind not in ("header", "footer")]
    return [*body[:1], *body[-1:]]


def _ahead(block: Block, page: Page) -> int | None:
    """By how much a block that is a page number alone is ahead of the count of the pages; None for any other block."""
    found = _BARE_NUMBER.fullmatch(block.text.strip())
    return int(found["number"]) - page.number if found else None


def _is_furniture(block: Block, page: Page, furniture: Furniture) -> bool:
    found = _BARE_NUMBER.fullmatch(block.text.strip())
    if found is not None and block.kind not in _OF_KIND:
        return bool(found["sign"]) or int(found["number"]) - page.number in furniture.ahead
    return without_digits(block.text) in furniture.lines


def without_digits(text: str) -> str:
    """A text with a sign for each run of digits: lines that differ in the page number alone are one."""
    return _DIGITS.sub("#", text)


def _usual(block: Block, page: Page) -> DigitAccount:
    """The account of all runs of a block that nothing else explains."""
    if (known := _OF_KIND.get(block.kind)) is not None:
        return known
    if _PAGE_NUMBER.fullmatch(block.text) and _at_edge(block, page):
        return "furniture"
    if block.box is not None and not any(sign.isalpha() for sign in block.text) and not is_code(block.text.strip()):
        return "chart"
    return "text"


def _at_edge(block: Block, page: Page) -> bool:
    if block.box is None or not page.height:
        return page.source == "flow" and (block is page.blocks[0] or block is page.blocks[-1])
    return block.box[3] < _EDGE * page.height or block.box[1] > (1 - _EDGE) * page.height
