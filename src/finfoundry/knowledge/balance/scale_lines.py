"""Lines that state the scale of amounts once, for all below them, and that no table took."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from finfoundry.core.document import Block, Document, Fact, Page
from finfoundry.core.quantities.unit_lines import only_units, read_unit_line

LONGEST = 160  # characters: a longer text tells of amounts, and states no scale of others
MOST_TOLD = 10
SHORT = 60  # characters of a cell that is a statement of scale
FOLLOWING = 2  # tables with amounts below a line, for which it may stand
MEASURES = frozenset({"ratio", "shares", "count", "years"})  # a scale of money is not theirs
_NUMBER = re.compile(r"(?!(?:19|20)\d\d(?!\d))[1-9]\d*")
_HINT = re.compile(
    r"thousand|million|billion|trillion|lakh|crore|tausend|mill|mrd|mio|[千百十]?[万萬]|[亿億千仟兆]|\b0{3}\b|['’]000|\b(?:mn|bn|mln|bln|tsd)\b",
    re.IGNORECASE,
)

_OPENS = re.compile(r"(?:in|all|amounts?|figures?|expressed|stated|presented)\b")  # a line in small letters that is no rest of a sentence
_ENDS = re.compile(r"^[^:：]{0,12}。$|^[a-z].*\.$")  # of a sentence that began elsewhere
_CHART = re.compile(r"\b(?:charts?|graphs?)\b|图表|圖表")  # whose figures are no facts


def unread_scale_lines(document: Document, facts: Sequence[Fact]) -> Iterator[str]:
    """That a line, or a cell over the figures of its table, states a scale in which no amount near it was read: none of the tables that
    follow it on its page, or, below these, none of its page and of the next.
    """
    scales = _scales_by_table(facts)
    told: set[str] = set()
    for page, text, stated, near in _lines(document, scales):
        if text not in told and near and stated not in near and len(told) < MOST_TOLD:
            told.add(text)
            yield f"page {page}: a line tells a scale that no table took: {text[:120]!r}"


def _scales_by_table(facts: Sequence[Fact]) -> dict[int, set[Decimal]]:
    """The scales of the amounts of each table."""
    found = defaultdict[int, set[Decimal]](set)
    for fact in facts:
        if fact.table is not None and fact.unit not in MEASURES and "/" not in (fact.unit or ""):
            found[fact.table].add(fact.scale)
    return found


def _lines(document: Document, scales: Mapping[int, set[Decimal]]) -> Iterator[tuple[int, str, Decimal, set[Decimal]]]:
    """Each text that states a scale, with its page, that scale, and the scales of the amounts that it may be for."""
    numbers = _table_numbers(document)
    for place, page in enumerate(document.pages):
        mine = numbers[place]
        beyond = [*mine, *(numbers[place + 1] if place + 1 < len(numbers) else ())]
        for at, block in enumerate(page.blocks):
            if block.kind == "table":
                own = scales.get(numbers[place][_tables_before(page, at)], set())
                yield from ((page.number, text, scale, own) for text, scale in _over_figures(block))
            elif (scale := _stated(block)) is not None:
                below = (
                    [] if block.kind in ("header", "footer") else [n for n in mine[_tables_before(page, at) :] if n in scales][:FOLLOWING]
                )
                yield page.number, block.text, scale, set().union(*(scales.get(n, set()) for n in below or beyond))


def _table_numbers(document: Document) -> list[list[int]]:
    """The numbers of the tables of each page."""
    found, number = list[list[int]](), 0
    for page in document.pages:
        count = sum(block.kind == "table" for block in page.blocks)
        found.append(list(range(number, number + count)))
        number += count
    return found


def _tables_before(page: Page, at: int) -> int:
    return sum(block.kind == "table" for block in page.blocks[:at])


def _over_figures(block: Block) -> Iterator[tuple[str, Decimal]]:
    """The cells of a table that state a scale and nothing else, and the scale."""
    for cell in block.cells:
        if len(cell.text) <= SHORT and any(map(str.isalpha, cell.text)) and _HINT.search(cell.text) and only_units(cell.text):
            scale = read_unit_line(cell.text).scale
            if scale is not None and scale > 1:
                yield cell.text, scale


def _stated(block: Block) -> Decimal | None:
    """The scale that a block states; None for a table, and for a sentence, or its end, that tells an amount of its own."""
    text = block.text
    if block.kind == "table" or len(text) > LONGEST or not _HINT.search(text) or _CHART.search(text):
        return None
    if text[:1].islower() and not _OPENS.match(text) and not only_units(text):
        return None
    if _ENDS.search(text):
        return None
    scale = read_unit_line(text).scale
    own = _NUMBER.search(text.replace("000", ""))
    return scale if scale is not None and scale > 1 and own is None else None
