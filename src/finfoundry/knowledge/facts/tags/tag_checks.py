"""The tags of an inline XBRL filing against its page: a scale, a sign or a period that the page prints otherwise.

The page is what people read, so its reading stays the fact's; the contradiction is told with both readings and their place.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from finfoundry.core.document import Fact
from finfoundry.core.periods import parse_iso
from finfoundry.core.quantities.scales import HAN, LETTERS, WORDS
from finfoundry.core.quantities.unit_lines import only_units, read_unit_line
from finfoundry.knowledge.facts.tags.ixbrl import Tagged
from finfoundry.knowledge.facts.tags.sense import TWO_SIDED, side_of

LEAST = 3  # figures of a table or a column that prove what its headings say
CONTRADICTED = 0.5  # the confidence of a figure that another reading contradicts
A_YEAR = 300  # days from which a tag is of another year than its column
STATEMENTS = frozenset({"balance", "income", "cash flow"})

_HAN = re.compile("|".join(sorted((word for word in HAN if HAN[word] >= 3), key=len, reverse=True)))
_WORD = re.compile(r"[-\s]*([^\W\d_]+)\b")
_IN_BRACKETS = re.compile(r"\s*[(（]([^()（）]{2,40})[)）]")  # "26.3 (in billions)"
_PERCENT = re.compile(r"\s*(?:%|％|per\s?cent\b)", re.IGNORECASE)
_PLAIN = re.compile(r"[\d.,\s\u00a0]*\d[\d.,\s\u00a0]*")
_DATED = re.compile(r"\d{4}|\d{1,2}/\d{1,2}|\b(?:beginning|opening|ending|closing|prior|previous|last)\b|年|期初|期末"
    r"|\b(?:january|february|march|april|may|june|july|august|september|october|november|december)\b", re.IGNORECASE)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Joined:
    """A figure of a table as it is read from the page, with its tag."""

    fact: Fact
    tag: Tagged


def printed_scale(tag: Tagged) -> Decimal | None:
    """The scale that the words right behind a tagged number give it: a billion of "95.2 billion", 0.01 of "5.2 %"; None without words."""
    if not _PLAIN.fullmatch(tag.text):
        return None
    if _PERCENT.match(tag.behind):
        return Decimal("0.01") if tag.unit == "ratio" else None
    if tag.unit == "ratio":
        return None
    power = _power(tag.behind, money=tag.unit[:3].isupper())
    return None if power is None else Decimal(1).scaleb(power)


def _power(behind: str, *, money: bool) -> int | None:
    """The power of ten of the word of scale that a text begins with; None where it begins with none, or with two of them."""
    if bracket := _IN_BRACKETS.match(behind):
        stated = read_unit_line(bracket[1]).scale if only_units(bracket[1]) else None
        return stated.adjusted() if stated is not None else None
    if han := _HAN.match(behind.lstrip()):
        return HAN[han[0]]
    first = _WORD.match(behind)
    if first is None:
        return None
    power = _power_of(first[1], glued=first.start(1) == 0 and money)
    second = _WORD.match(behind, first.end())
    return None if second is not None and _power_of(second[1], glued=False) is not None else power


def _power_of(word: str, *, glued: bool) -> int | None:
    plain = word.lower()
    known = WORDS.get(plain, WORDS.get(plain.removesuffix("s")))
    return known if known is not None else LETTERS.get(plain) if glued else None


def by_words(tag: Tagged) -> Decimal | None:
    """The amount of a tagged number by the words behind it, where its tag says another; else None."""
    scale = printed_scale(tag)
    return tag.value / tag.scale * scale if scale is not None and scale != tag.scale and tag.value else None


def contradicted(pairs: Sequence[Joined]) -> dict[int, tuple[Fact, str]]:
    """By the place of a pair, what the page says where the tag says otherwise, with both readings in words."""
    found: dict[int, tuple[Fact, str]] = {}
    for place, why in (*_scales(pairs), *_periods(pairs), *_signs(pairs)):
        found.setdefault(place, (pairs[place].fact, why))
    return found


# --- scale -------------------------------------------------------------------------------------------------------------------------


def _scales(pairs: Sequence[Joined]) -> Iterator[tuple[int, str]]:
    """Amounts that the tag gives another power of ten than the page: by the words or the sign behind the number, by a heading that other
    tags of the table bear out, or in a statement all of whose tags are off by the same.
    """
    by_table: dict[tuple[int | None, str], list[Joined]] = defaultdict(list)
    for pair in pairs:
        by_table[pair.fact.table, pair.tag.unit].append(pair)
    for place, pair in enumerate(pairs):
        if (factor := _factor(pair)) is None:
            continue
        beside = by_table[pair.fact.table, pair.tag.unit]
        agreeing = sum(_agree(other) for other in beside)
        alike = [other for other in beside if _factor(other) == factor and other.fact.statement in STATEMENTS]
        whole = not agreeing and len(alike) >= LEAST and pair.fact.statement in STATEMENTS
        by_heading = len(pair.tag.unit) == 3 and (agreeing >= 2 or whole)  # headings often leave out whether they mean shares
        if pair.tag.unit == "ratio" or by_words(pair.tag) is not None or by_heading:
            yield place, told(pair.fact, f"{_plain(pair.fact.value)} as printed", f"{_plain(pair.tag.printed)} by its tag")


def _factor(pair: Joined) -> Decimal | None:
    """By what power of ten the page's amount differs from the tag's of the same unit; None where it does not so differ."""
    page, tag = abs(pair.fact.value), abs(pair.tag.value)
    if not page or not tag or page == tag or not _of_one_unit(pair):
        return None
    factor = page / tag
    return factor if factor == Decimal(1).scaleb(factor.adjusted()) else None


def _of_one_unit(pair: Joined) -> bool:
    """Whether page and tag speak of one unit; a page may leave away the currency."""
    money = len(pair.tag.unit) == 3 and pair.tag.unit.isupper()
    return pair.fact.unit == pair.tag.unit or (pair.fact.unit is None and money)


def _agree(pair: Joined) -> bool:
    return _of_one_unit(pair) and bool(pair.tag.value) and abs(pair.fact.value) == abs(pair.tag.value)


# --- period ------------------------------------------------------------------------------------------------------------------------


def _periods(pairs: Sequence[Joined]) -> Iterator[tuple[int, str]]:
    """Figures whose tag is of another year than the heading over them, where all other tags of the column are of that year, or where
    the tags of two columns are each of the other's.
    """
    columns: dict[tuple[int | None, int | None], list[int]] = defaultdict(list)
    for place, pair in enumerate(pairs):
        columns[pair.fact.table, pair.fact.column].append(place)
    rows: dict[tuple[int | None, int | None], list[int]] = defaultdict(list)
    for place in (place for place, pair in enumerate(pairs) if _of_another_year(pair)):
        rows[pairs[place].fact.table, pairs[place].fact.row].append(place)
    for column, places in columns.items():
        off = [place for place in places if _of_another_year(pairs[place])]
        agreeing = sum(_same_end(pairs[place]) for place in places)
        # several rows may stand under a heading of their own, and all of a row be of the day before, as what was there at the beginning is
        beside = [pairs[place] for place in rows[column[0], pairs[off[0]].fact.row]] if len(off) == 1 else []
        alone = agreeing >= LEAST and bool(beside) and _is_no_shift(beside)
        if off and (alone or (not agreeing and _exchanged(column, columns, pairs))):
            yield from ((place, _told_period(pairs[place])) for place in off)


def _is_no_shift(row: Sequence[Joined]) -> bool:
    """Whether the figures of a row whose tags are of other years are one alone, or have the years of each other."""
    return len(row) == 1 or {parse_iso(one.fact.period).end for one in row} == {one.tag.period.end for one in row}


def _exchanged(
    own: tuple[int | None, int | None], columns: dict[tuple[int | None, int | None], list[int]], pairs: Sequence[Joined]
) -> bool:
    """Whether the tags of a column are all of the year over another column of the table, and those of that one of its own."""
    mine = _ends([pairs[place] for place in columns[own]])
    others = (_ends([pairs[place] for place in places]) for other, places in columns.items() if other[0] == own[0] and other != own)
    return mine is not None and (mine[1], mine[0]) in others


def _ends(column: Sequence[Joined]) -> tuple[str, str] | None:
    """The day on which a column ends by its heading, and by its tags; None where either of them is of several days, or of few figures."""
    page, tag = ({parse_iso(one).end.isoformat() for one in periods} for periods in zip(*map(_both, column), strict=True))
    return (page.pop(), tag.pop()) if len(page) == len(tag) == 1 and len(column) > 1 else None


def _both(pair: Joined) -> tuple[str, str]:
    return pair.fact.period, pair.tag.period.iso


def _same_end(pair: Joined) -> bool:
    return parse_iso(pair.fact.period).end == pair.tag.period.end


def _of_another_year(pair: Joined) -> bool:
    fact = pair.fact
    apart = abs((parse_iso(fact.period).end - pair.tag.period.end).days) >= A_YEAR
    return apart and fact.confidence >= 0.9 and pair.tag.value != 0 and not _DATED.search(fact.metric[-1])


def _told_period(pair: Joined) -> str:
    return told(pair.fact, f"of {pair.fact.period} by its heading", f"of {pair.tag.period.iso} by its tag")


# --- sign --------------------------------------------------------------------------------------------------------------------------


def _signs(pairs: Sequence[Joined]) -> Iterator[tuple[int, str]]:
    """Results and cash flows of the whole company that the tag has on the other side than the page."""
    bracketed = {(pair.fact.table, pair.fact.row) for pair in pairs if pair.tag.negative}
    for place, pair in enumerate(pairs):
        side = side_of(pair.fact.metric)
        if pair.tag.concept not in TWO_SIDED or pair.tag.dimensions or not pair.tag.value or side is None:
            continue
        below = pair.tag.negative or (side == "loss" and (pair.fact.table, pair.fact.row) not in bracketed)
        if below != (pair.tag.value < 0):
            page, tag = ("a loss or an outflow", "a gain or an inflow") if below else ("a gain or an inflow", "a loss or an outflow")
            yield place, told(pair.fact, f"{page} as printed", f"{tag} by its tag")


def told(fact: Fact, page: str, tag: str) -> str:
    """A contradiction in words: "page 3: 'Net loss' '500' is a loss as printed, a gain by its tag"."""
    label = fact.metric[-1] if fact.metric else fact.concept or ""
    return f"page {fact.page}: {label[:80]!r} {fact.text!r} is {page}, {tag}"


def _plain(value: Decimal) -> str:
    text = format(value, ",f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def as_contradicted(fact: Fact) -> Fact:
    """The fact as one that another reading contradicts: answers say that it is not sure."""
    return replace(fact, confidence=min(fact.confidence, CONTRADICTED))
