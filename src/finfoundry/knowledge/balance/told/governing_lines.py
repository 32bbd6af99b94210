"""Lines that stand once and govern much besides the scale: a currency, a day or a year over a table, how signs are printed; told where
no table took them.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from functools import lru_cache

from finfoundry.core.document import Block, Document, Fact, Page
from finfoundry.core.periods import Period, find_periods, parse_iso
from finfoundry.core.quantities.unit_lines import UnitLine, only_units, read_unit_line
from finfoundry.knowledge.balance.cell_forms import is_time

LONGEST = 160  # characters: a longer text tells of something, and governs nothing
MOST_TOLD = 10
ABOVE = 3  # blocks over a table among which the line of its period stands
_DIGIT = re.compile(r"[1-9]")
_OF_AMOUNTS = re.compile(
    r"\b(?:amounts?|figures?|values?|expressed|stated|presented|currency)\b|单位|單位|金额|金額|币种|幣種", re.IGNORECASE
)
_SIGNS = re.compile(  # brackets, and a minus, as words
    r"\b(?:brackets?|parenthes[ei]s|minus|signs?)\b|括号|括號|括弧|负[数號号]|負[數号號]|[“\"'‘（(][-－−–—][”\"'’）)]\s?[号號]",
    re.IGNORECASE,
)
_OTHER_SIDE = re.compile(
    r"\b(?:negatives?|loss(?:es)?|deductions?|decreases?|outflows?|expenses?|costs?|charges?|credits?|debits?)\b"
    r"|负|負|损失|損失|亏损|虧損|减|減|流出|支出|费用|費用",
    re.IGNORECASE,
)
_UNSIGNED = re.compile(
    r"\b(?:without|no|omit\w*|dropp?\w*|regardless|positive)\b|不[加带帶含]|[无無]|省略|正[数數]|绝对值|絕對值", re.IGNORECASE
)
_BRACKETED = re.compile(r"^\W*[(（].*[)）]\W*$|^\W*[-−–－]\s?\W*\d")


def unread_governing_lines(document: Document, facts: Sequence[Fact]) -> Iterator[str]:
    """That a line states a currency, a period or a way of signs that no figure near it was read in, each in one line."""
    yield from _told(_currencies(document, facts), "a currency that no table took")
    yield from _told(_periods(document, facts), "a period that no figure of the table below it has")
    yield from _told(_signs(document, facts), "how signs are printed, which no table took")


def _told(found: Iterator[tuple[int, str]], what: str) -> Iterator[str]:
    told: set[str] = set()
    for page, text in found:
        if text not in told and len(told) < MOST_TOLD:
            told.add(text)
            yield f"page {page}: a line tells {what}: {text[:120]!r}"


# ---- currency


def _currencies(document: Document, facts: Sequence[Fact]) -> Iterator[tuple[int, str]]:
    """Lines whose currency none of the amounts of their page and of the next is in."""
    read = defaultdict[int, set[str | None]](set)
    for fact in facts:
        if fact.table is not None and (fact.unit is None or fact.unit[:3].isupper()):
            read[fact.page].add(fact.unit[:3] if fact.unit else None)
    for place, page in enumerate(document.pages):
        for block in page.blocks:
            if (line := _stated(block)) is not None:
                near = set[str | None]().union(*(read.get(one.number, ()) for one in document.pages[place : place + 2]))
                if near and line.currency not in near and not near & line.shared:
                    yield page.number, block.text


def _stated(block: Block) -> UnitLine | None:
    """What a line of units states, where it names a currency; None for a table and for a sentence that tells an amount of its own."""
    text = block.text
    if block.kind == "table" or len(text) > LONGEST or _DIGIT.search(text):
        return None
    line = read_unit_line(text)
    return line if line.currency is not None and (only_units(text) or _OF_AMOUNTS.search(text)) else None


# ---- period


def _periods(document: Document, facts: Sequence[Fact]) -> Iterator[tuple[int, str]]:
    """Days and years right above a table, in which none of its figures is."""
    read = defaultdict[int | None, set[date]](set)
    for fact in facts:
        read[fact.table].add(parse_iso(fact.period).end)
    for number, page, above in _with_lines_above(document):
        for text in above if number in read else ():
            if (period := _period_of(text)) is not None and period.end not in read[number]:
                yield page.number, text


def _with_lines_above(document: Document) -> Iterator[tuple[int, Page, Sequence[str]]]:
    """The number and page of each table, and the lines right above it, since the table before on its page."""
    number = 0
    for page in document.pages:
        lines: list[str] = []
        for block in page.blocks:
            if block.kind == "table":
                yield number, page, [*lines[-ABOVE:], *(block.title or "").split(" / "), block.note or ""]
                number += 1
                lines = []
            elif block.kind not in ("header", "footer"):
                lines.append(block.text)


@lru_cache(maxsize=4096)
def _period_of(text: str) -> Period | None:
    """The period that a line states, where it says nothing else: "As at 31 December 2024"; a day alone only where a month ends on it."""
    found = find_periods(text) if len(text) <= LONGEST and is_time(text) else []
    period = found[0].period if len(found) == 1 else None
    if period is None or not (period.instant or period.months in (3, 6, 9, 12)):
        return None
    alone = found[0].text == text.strip()
    return period if not alone or (period.end + timedelta(days=1)).day == 1 else None


# ---- signs


def _signs(document: Document, facts: Sequence[Fact]) -> Iterator[tuple[int, str]]:
    """Lines on signs, but those that say what is read anyway: that a figure in brackets, or with a minus, is below zero."""
    wrong = {fact.page for fact in facts if fact.value > 0 and _BRACKETED.match(fact.text)}
    tables = {fact.page for fact in facts if fact.table is not None}
    for place, page in enumerate(document.pages):
        near = {one.number for one in document.pages[place : place + 2]}
        for block in page.blocks if near & tables else ():
            text = block.text
            if block.kind == "table" or len(text) > LONGEST or not (_SIGNS.search(text) and _OTHER_SIDE.search(text)):
                continue
            if _UNSIGNED.search(text) or near & wrong:
                yield page.number, text
