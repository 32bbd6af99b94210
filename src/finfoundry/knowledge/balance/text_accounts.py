"""The accounts of digits that stand in no table: text, headings, running lines, ticks of charts."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence, Set

from finfoundry.core.balance.digit_balance import DigitAccount
from finfoundry.core.document import Block, Page
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
    r"[-–—\s|]*(?:page|p\.|第)?\s*(?:[A-Z]{1,2}-)?\d{1,4}\s*(?:页|頁)?\s*(?:(?:of|/|／|，?\s*共)\s*\d{1,4}\s*(?:页|頁)?)?[-–—\s|]*",
    re.IGNORECASE,
)
_OF_KIND: dict[str, DigitAccount] = {
    "heading": "heading", "caption": "heading", "header": "furniture", "footer": "furniture", "figure": "chart"
}  # fmt: skip


def text_accounts(
    block: Block, page: Page, told: Counter[str], untold: Counter[str], running: Set[str]
) -> Iterator[tuple[DigitRun, Account]]:
    """Each run of a block that is no table, with its account. ``told``: digits of facts that stand in text, each is used once; ``untold``:
    those of tagged numbers without a fact, likewise; ``running``: the lines that ``running_lines`` found.
    """
    runs = digit_runs(block.text)
    usual = "furniture" if running and without_digits(block.text) in running else _usual(block, page)
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


def running_lines(pages: Sequence[Page]) -> frozenset[str]:
    """Of a file whose pages have no edges: the lines, without digits, that begin or end many of its pages."""
    flowing = [page for page in pages if page.source == "flow" and page.blocks]
    if len(flowing) < FEWEST_PAGES:
        return frozenset()
    edges = [
        {without_digits(block.text) for block in (page.blocks[0], page.blocks[-1]) if len(block.text) < LONGEST_RUNNING} for page in flowing
    ]
    count = Counter(text for texts in edges for text in texts)
    return frozenset(text for text, pages_ in count.items() if pages_ >= USUAL * len(flowing) and text.strip("# "))


def without_digits(text: str) -> str:
    """A text with a sign for each run of digits: lines that differ in the page number alone are one."""
    return _DIGITS.sub("#", text)


def _usual(block: Block, page: Page) -> DigitAccount:
    """The account of all runs of a block that nothing else explains."""
    if (known := _OF_KIND.get(block.kind)) is not None:
        return known
    if _PAGE_NUMBER.fullmatch(block.text) and _at_edge(block, page):
        return "furniture"
    if block.box is not None and not any(sign.isalpha() for sign in block.text):
        return "chart"
    return "text"


def _at_edge(block: Block, page: Page) -> bool:
    if block.box is None or not page.height:
        return page.source == "flow" and (block is page.blocks[0] or block is page.blocks[-1])
    return block.box[3] < _EDGE * page.height or block.box[1] > (1 - _EDGE) * page.height
