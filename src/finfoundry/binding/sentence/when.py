"""Whether two mentions of time mean the same: a printed "FY2017" and a fact's ``2017-01-01/2017-12-31``."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache

from finfoundry.core.periods import FiscalYear, FoundPeriod, Kind, Period, find_periods, month_end, parse_iso
from finfoundry.core.quantities.numbers import PrintedNumber

_NEAR = timedelta(days=10)  # years of 52 weeks end up to a week before or after the month's end
_KINDS: dict[int, Kind] = {12: "year", 6: "half", 3: "quarter"}
_ORDINALS, _MONTHS = ("first", "second", "third", "fourth"), {"three": 3, "six": 6, "nine": 9}
_SHARING = re.compile(
    rf"\b((?P<quarter>{'|'.join(_ORDINALS)})\s+quarter|(?P<months>{'|'.join(_MONTHS)}))\s+and\s+(?:the\s+)?$", re.IGNORECASE
)
_BEFORE, _DAYS = 40, 30.44  # characters before a period in which another shares its end; days of a month
_KEPT = 20_000  # comparisons of times that are kept: a paper has few times, and each figure is held against them for all its cells
_SPANNED = re.compile(r"\b(?:ended|ending|months|weeks)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class When:
    """A time as a text or a fact gives it: dates, or only the name of a fiscal year or quarter."""

    period: Period | None = None
    year: int | None = None
    quarter: int | None = None
    kind: Kind = "date"
    fiscal: FiscalYear | None = None
    spanned: bool = False  # a span in so many words: "year ended", "nine months"

    @classmethod
    def of(cls, iso: str, fiscal: FiscalYear | None = None) -> When:
        period = parse_iso(iso)
        return cls(period, None, None, "date" if period.instant else _KINDS.get(period.months, "range"), fiscal)

    @classmethod
    def found(cls, found: FoundPeriod, fiscal: FiscalYear | None = None) -> When:
        return cls(found.period, found.fiscal_year, found.quarter, found.kind, fiscal, bool(_SPANNED.search(found.text)))

    @classmethod
    def told(cls, found: FoundPeriod, document: str | None, fiscal: FiscalYear | None = None) -> When | None:
        """The time of a statement in a document of a year, of which "the current year" speaks; None where such words say nothing."""
        if found.kind != "relative":
            return cls.found(found, fiscal)
        own = cls.of(document, fiscal) if document else None
        if own is None or own.kind != "year" or own.fiscal_year is None or found.offset not in (0, -1):
            return None
        return cls(year=own.fiscal_year + (found.offset or 0), kind="year", fiscal=fiscal)

    @property
    def iso(self) -> str | None:
        return self.period.iso if self.period else None

    @property
    def dates(self) -> Period | None:
        """Its dates; of a year that is only named, those of the calendar year of its number, by which such years are compared."""
        if self.period is None and self.kind == "year" and self.year:
            return Period(date(self.year, 12, 31), date(self.year, 1, 1))
        return self.period

    @property
    def fiscal_year(self) -> int | None:
        """The fiscal year by which the time is named, None where it has none; the first week of January belongs to the year before."""
        if self.year is not None:
            return self.year
        if self.period is None:
            return None
        return _year_ending(self.period.end, self.fiscal) if self.fiscal else FiscalYear.ending(self.period.end).year


@lru_cache(maxsize=_KEPT)
def _year_ending(end: date, fiscal: FiscalYear) -> int | None:
    """The fiscal year that ends near a day, or that the day lies in."""
    return next((year for year in range(end.year + 1, end.year - 2, -1) if _ends_in(end, fiscal.of(year))), None)


def _ends_in(end: date, year: Period) -> bool:
    return year.start is not None and year.start + _NEAR < end <= year.end + _NEAR


def shifted(base: int, offset: int) -> FoundPeriod:
    """The year that "prior year" means next to a text about ``base``."""
    return FoundPeriod(str(base + offset), 0, 0, None, base + offset, None, "year")


def moved(anchor: FoundPeriod, offset: int) -> FoundPeriod:
    """The same day, quarter or span so many years from the one that a text speaks of: "a year earlier" next to a quarter is one."""
    if anchor.kind == "year" or (anchor.period is None and anchor.fiscal_year is None):
        year = anchor.fiscal_year or (anchor.period.end.year if anchor.period else 0)
        return shifted(year, offset)
    period = anchor.period and Period(_years_on(anchor.period.end, offset), anchor.period.start and _years_on(anchor.period.start, offset))
    year_then = None if anchor.fiscal_year is None else anchor.fiscal_year + offset
    return replace(anchor, text=f"{anchor.text} {offset:+}", period=period, fiscal_year=year_then)


def _years_on(day: date, offset: int) -> date:
    last = month_end(day.year, day.month) == day
    return month_end(day.year + offset, day.month) if last else day.replace(year=day.year + offset)


def lasts(months: int, claimed: tuple[When, ...], item: When) -> bool:
    """Whether an item's span is as long as a text says that its figure's is ("in the quarter"), in a year that it names, if any."""
    if item.period is None or item.period.start is None:
        return not claimed or any(agree(when, item) for when in claimed)
    if abs(item.period.months - months) > 1:
        return False
    own = [when.fiscal_year for when in claimed if when.kind == "year"]
    return any(agree(when, item) for when in claimed if when.kind != "year") or not claimed or item.fiscal_year in own


def exact(claimed: When, item: When) -> bool:
    """Whether both are an instant or both a span, besides agreeing."""
    named = item.kind == "year" and item.year is not None  # a column headed "2019" holds balances as well as flows
    return named or (claimed.kind == "year" and not claimed.spanned) or (item.kind == "date") is (claimed.kind == "date")


@lru_cache(maxsize=_KEPT)
def agree(claimed: When, item: When) -> bool:
    """Whether what a sentence says of its time fits the item's."""
    if item.fiscal and not claimed.fiscal:
        claimed = replace(claimed, fiscal=item.fiscal)
    if claimed.kind == "year" and claimed.year is not None:
        return _is_year(claimed.year, item)
    if claimed.period is not None and item.period is not None:
        return _same(claimed.period, item.period)
    if claimed.fiscal_year != item.fiscal_year or (claimed.kind == "quarter" and item.kind == "year" and item.period is None):
        return False
    if claimed.kind == "half":
        return item.kind in ("half", "date") or (item.period is None and item.kind != "quarter")
    if item.kind == "half":
        return False
    return _same_quarter(claimed, item) if "quarter" in (claimed.kind, item.kind) else True


def _is_year(year: int, item: When) -> bool:
    """A year covers its own span and its closing day, no shorter span; a named quarter is not a year."""
    if item.kind in ("quarter", "half") or (item.kind == "range" and item.period is not None and item.period.months < 11):
        return False
    return item.fiscal_year == year


def _same(claimed: Period, item: Period) -> bool:
    if abs(claimed.end - item.end) > _NEAR:
        return False
    if claimed.start is None or item.start is None:
        return claimed.start is not None or item.start is None or item.months >= 11
    return abs(claimed.start - item.start) <= _NEAR


def _same_quarter(claimed: When, item: When) -> bool:
    number, other = _quarter(claimed), _quarter(item)
    return number is None or other is None or number == other


def _quarter(when: When) -> int | None:
    if when.quarter is not None:
        return when.quarter
    if when.period is None or (when.kind not in ("quarter", "date")):
        return None if when.period is None else 0
    if when.fiscal and when.fiscal_year:
        start = when.fiscal.of(when.fiscal_year).start
        return None if start is None else min(4, max(1, round((when.period.end - start).days / 91.3)))
    return (when.period.end.month + 2) // 3


# --- the times that a sentence names -----------------------------------------------------------------------------------------------

_YEAR_BEFORE = re.compile(
    r"\b(?:(?:(?:the\s+)?(?:same|corresponding|comparable)\s+(?:quarter|period)\s+)?(?:a|one)\s+year\s+(?:earlier|before|ago|prior)"
    r"|year[\s-]ago(?:\s+(?:period|quarter))?|the\s+(?:fiscal\s+)?year\s+(?:before|earlier|prior)(?!\s+(?:tax|income|interest|deduct|the|any))"
    r"|(?:the\s+)?(?:same|corresponding|comparable)\s+(?:quarter|period)\s+(?:of\s+)?(?:last|the\s+(?:prior|previous|preceding))\s+year"
    r"|(?:prior|previous|last|preceding)[\s-]+year(?:['’]s)?\s+(?:quarter|period|level|figure)|(?:twelve|12)\s+months\s+(?:earlier|before|ago))\b"
    r"|前年同期|一年前",
    re.IGNORECASE,
)
_LENGTHS = (
    (3, re.compile(
        r"\b(?:the|this|its|that|same|corresponding|comparable|current|latest|last|[\w-]+-year|\w+er|\w+['’]s|march|june|july|first|second|third)[\s-]+quarter\b(?!\s+(?:end|of\s+the))|\bquarter['’]s"
        r"|\bquarterly\b|\bthree[\s-]months?\b(?!\s+(?:earlier|before|ago|prior))|单季度?|(?:本|第[一二三四1-4])季度", re.IGNORECASE)),
    (6, re.compile(
        r"\b(?:six[\s-]months?|half[\s-]year(?:['’]s)?|first half|half of the year)\b|半年度?|前六个?月", re.IGNORECASE)),
    (9, re.compile(r"\b(?:nine[\s-]months?|three quarters)\b|前三季度?|前九个?月|九个月", re.IGNORECASE)),
    (12, re.compile(r"\b(?:full[\s-]year|for the (?:whole |entire )?year|twelve months)\b|全年", re.IGNORECASE)),
)  # fmt: skip
_OPENING = re.compile(r"\s*[(（]\s*(?:即|i\.e\.,?\s*)?")
_NUMBERING = re.compile(r"的?[一二三四五六七八九十\d、.．（）()\s末]*")  # of a line: 六、


def years_of_dates(periods: Sequence[FoundPeriod], numbers: Sequence[PrintedNumber]) -> set[int]:
    """The starts of numbers that are a year of a date: the 112 of 112年3月底, by which Taiwan counts."""
    taken = {place: period for period in periods if period.kind != "relative" for place in range(period.start, period.end)}
    return {number.start for number in numbers if (period := taken.get(number.start)) and _is_year_of(period, number)}


def _is_year_of(period: FoundPeriod, number: PrintedNumber) -> bool:
    """Whether a number within a period is followed by 年, blanks between or not: 112 年 3 月底."""
    return number.unit == "years" or period.text[number.end - period.start :].lstrip().startswith("年")


def held_within(told: list[FoundPeriod], start: int, end: int) -> list[FoundPeriod]:
    """The periods of a stretch; where it names none, the one that the sentence named last before it, else its first."""
    own = [period for period in told if start <= period.start < end]
    return own or [period for period in told if period.start < start][-1:] or told[:1]


def year_of(period: FoundPeriod | None) -> int | None:
    """The year that a dated or named period belongs to; None for relative words."""
    if period is None or period.kind == "relative":
        return None
    return period.fiscal_year or (period.period.end.year if period.period else None)


def resolved(period: FoundPeriod, anchor: FoundPeriod | None) -> FoundPeriod:
    """Give "prior year" the time a year before the one that the text speaks of, at its own place in the text."""
    if period.kind != "relative" or anchor is None:
        return period
    if period.instant and anchor.kind != "date":
        return replace(shifted(year_of(anchor) or 0, period.offset or 0), text=period.text, start=period.start, end=period.end)
    return replace(moved(anchor, period.offset or 0), text=period.text, start=period.start, end=period.end)


def own_words(text: str, periods: Sequence[FoundPeriod]) -> list[FoundPeriod]:
    """The periods without a 期末 right behind a date: "2019年末六、期末现金余额" is the balance of 2019, not of the year asked about; and
    without relative words that a bracket right behind them dates: 今年（112年）.
    """
    dated = [period for period in periods if period.kind != "relative"]

    def follows(period: FoundPeriod) -> bool:
        return any(one.end <= period.start and _NUMBERING.fullmatch(text, one.end, period.start) for one in dated)

    def is_dated(period: FoundPeriod) -> bool:
        return any(period.end <= one.start and _OPENING.fullmatch(text, period.end, one.start) for one in dated)

    return [one for one in periods if one.kind != "relative" or not (is_dated(one) or (one.offset == 0 and follows(one)))]


def lengths_in(text: str) -> list[int]:
    """The lengths in months of the spans that a text speaks of without their dates."""
    return [months for months, words_of in _LENGTHS if words_of.search(text)]


def told_periods(text: str) -> list[FoundPeriod]:
    """The periods of a statement: those of any text, and what a statement compares with, "a year earlier", "the same quarter last year"."""
    found = find_periods(text.replace("…", " "))  # of a quotation with words left out: "the third quarter … of 2023"
    for match in _YEAR_BEFORE.finditer(text):
        inside = [one for one in found if one.start < match.end() and match.start() < one.end]
        if all(one.kind == "relative" for one in inside):
            found = [one for one in found if one not in inside]
            found.append(FoundPeriod(match[0], match.start(), match.end(), None, None, None, "relative", -1))
    return sorted([*found, *_sharing_an_end(text, found)], key=lambda one: one.start)


def without_periods(text: str) -> str:
    """The text with its periods blanked out, so that they do not read as words of a metric."""
    for period in told_periods(text):
        text = text[: period.start] + " " * (period.end - period.start) + text[period.end :]
    return text


def _sharing_an_end(text: str, found: Sequence[FoundPeriod]) -> list[FoundPeriod]:
    """The stretches whose end the next one says: "three and nine months ended June 30", "third quarter and first nine months of 2023"."""
    return [
        shared
        for one in found
        if (match := _SHARING.search(text, max(0, one.start - _BEFORE), one.start)) and (shared := _part(match, one))
    ]


def _part(match: re.Match[str], whole: FoundPeriod) -> FoundPeriod | None:
    """The stretch that words name with the end of the one behind them; None where this says none."""
    if match["quarter"] and whole.fiscal_year and whole.kind in ("range", "half", "year"):
        quarter = _ORDINALS.index(match["quarter"].lower()) + 1
        return FoundPeriod(match[1], *match.span(1), None, whole.fiscal_year, quarter, "quarter")
    if match["months"] and whole.period and not whole.period.instant:
        months = _MONTHS[match["months"].lower()]
        period = Period(whole.period.end, _begin(whole.period.end, months))
        return FoundPeriod(match[1], *match.span(1), period, whole.fiscal_year, None, _KINDS.get(months, "range"))
    return None


def _begin(end: date, months: int) -> date:
    """The first day of so many months; of weeks that end within a month, to a day or two."""
    if month_end(end.year, end.month) != end:
        return end - timedelta(days=round(months * _DAYS) - 1)
    before = end.year * 12 + end.month - months
    return date(before // 12, before % 12 + 1, 1)


def spread_years(periods: Sequence[FoundPeriod], count: int) -> list[FoundPeriod]:
    """The years from the first named to the last, for as many figures: "2018年至2020年分别为" three; none where they are not as many."""
    if count < 3 or len(periods) != 2:
        return []
    first, last = year_of(periods[0]), year_of(periods[1])
    if first is None or last is None or abs(last - first) != count - 1:
        return []
    return [shifted(first, place if last > first else -place) for place in range(count)]
