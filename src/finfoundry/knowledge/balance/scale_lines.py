"""Lines that state the scale of amounts once, for all below them, and that no table took."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from decimal import Decimal

from finfoundry.core.document import Block, Document, Fact, Page
from finfoundry.core.quantities.unit_lines import read_unit_line

LONGEST = 160  # characters: a longer text tells of amounts, and states no scale of others
MOST_TOLD = 10
MEASURES = frozenset({"ratio", "shares", "count", "years"})  # a scale of money is not theirs
_NUMBER = re.compile(r"(?!(?:19|20)\d\d(?!\d))[1-9]\d*")
_HINT = re.compile(
    r"thousand|million|billion|trillion|lakh|crore|tausend|mill|mrd|mio|[千百十]?[万萬]|[亿億千仟兆]|\b0{3}\b|['’]000|\b(?:mn|bn|mln|bln|tsd)\b",
    re.IGNORECASE,
)


def unread_scale_lines(document: Document, facts: Sequence[Fact]) -> Iterator[str]:
    """That a line states a scale in which no amount of its page or of the next one was read."""
    scales = _scales_by_page(facts)
    told: set[str] = set()
    for place, page in enumerate(document.pages):
        for block in page.blocks:
            if block.text in told or (scale := _stated(block)) is None:
                continue
            near = _near(document.pages[place : place + 2], scales)
            if near and scale not in near and len(told) < MOST_TOLD:
                told.add(block.text)
                yield f"page {page.number}: a line tells a scale that no table took: {block.text[:120]!r}"


def _scales_by_page(facts: Sequence[Fact]) -> dict[int, set[Decimal]]:
    """The scales of the amounts in the tables of each page."""
    found = defaultdict[int, set[Decimal]](set)
    for fact in facts:
        if fact.table is not None and fact.unit not in MEASURES:
            found[fact.page].add(fact.scale)
    return found


def _near(pages: Sequence[Page], scales: dict[int, set[Decimal]]) -> set[Decimal]:
    """The scales of the amounts of a page and of the next: a line may stand over a table, below it, or over one on the next page."""
    return set().union(*(scales.get(page.number, set()) for page in pages))


def _stated(block: Block) -> Decimal | None:
    """The scale that a block states; None for a table, and for a sentence that tells an amount of its own."""
    text = block.text
    rest = text[:1].islower() and text.endswith(".")  # of a sentence that began elsewhere
    if block.kind == "table" or len(text) > LONGEST or rest or not _HINT.search(text):
        return None
    scale = read_unit_line(text).scale
    own = _NUMBER.search(text.replace("000", ""))
    return scale if scale is not None and scale > 1 and own is None else None
