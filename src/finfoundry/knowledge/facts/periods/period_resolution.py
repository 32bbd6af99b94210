"""From what header, row and text say about time to the period of a number."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import lru_cache
from itertools import pairwise

from finfoundry.core.periods import FiscalYear, FoundPeriod, Period, find_periods, parse_iso
from finfoundry.knowledge.facts.header_times.timing import Timing, months_said, read_timing
from finfoundry.knowledge.facts.header_times.year_ends import Day, end_said, in_year, nearest, weekday_said, weeks_said
from finfoundry.knowledge.facts.periods.acquisitions import INTRODUCES, allocates_a_price, day_completed
from finfoundry.knowledge.facts.table.concepts import Nature

_OPENING = re.compile(
    r"\b(?:at|as\s+of)?\s*(?:the\s+)?beginning\s+of\s+(?:the\s+)?(?:fiscal\s+)?(?:year|period|quarter|month)|\b(?:beginning|opening)\s+balances?|^beginning\b|,\s*beginning\b|^opening(?:\s+(?:net\s+)?(?:book|carrying)\s+(?:values?|amounts?)|\s+(?:position|value|amount|figure|nav|stock))?\W*$|期初|年初|上年年?末余额|上期期末余额",
    re.IGNORECASE,
)
_CLOSING = re.compile(
    r"\b(?:at|as\s+of)?\s*(?:the\s+)?end\s+of\s+(?:the\s+)?(?:fiscal\s+)?(?:year|period|quarter|month)|\b(?:ending|closing)\s+balances?|^ending\b|,\s*end(?:ing)?\b|^closing(?:\s+(?:net\s+)?(?:book|carrying)\s+(?:values?|amounts?)|\s+(?:position|value|amount|figure|nav|stock))?\W*$|期末|年末(?!余额增减)|\byear[\s-]?end\b|\bexpected\s+to\s+vest\b",
    re.IGNORECASE,
)
_DURING = re.compile(
    r"\bduring\s+the\s+(?:\w+\s+)?(?:year|period|quarter|months)\b", re.IGNORECASE
)  # "… of shares held at the end of the year"
_BALANCE = re.compile(
    r"^(?:balances?|(?:beginning|ending|opening|closing)|(?:un|non)-?vested|outstanding|exercisable|vested\s+and|cash|total|(?:benefit\s+)?obligations?|fair\s+value|plan\s+assets|allowance|余额|goodwill|net)\b|\b(?:at|as\s+of)\s+[A-Z]|余额$",
    re.IGNORECASE,
)
_DAY_LAST = re.compile(r"(?:\bat|\bas\s+of|,|[-–—]|\bbalances?|\bended)\s*(?:\w+\s+)?$|^\s*$", re.IGNORECASE)
_EVENT = re.compile(
    r"\b(?:due|maturing|matures?|issued|expir\w+|acquired|notes|bonds|through|until|by|before|after|since|paid|declared|dated)\b",
    re.IGNORECASE,
)
MONTH_DAY = re.compile(
    r"\b(?P<m>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?\s+(?P<d>\d{1,2})\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Calendar:
    """The document's fiscal year, the period that it reports on, and the ends of periods that its tables name."""

    fiscal: FiscalYear
    report: Period | None
    annual: bool = True
    ends: tuple[date, ...] = ()
    weekly: bool = False  # quarters of weeks, though years may be of months
    release: bool = False  # of earnings: one on the last quarter gives the quarter and the year
    own_day: Period | None = None  # of a paper that reports on no period: from which it is in force, or on which it was written

    def span(self, end: date, months: int) -> Period:
        """A span on the document's own boundaries: the day after an end that it names, where one lies near."""
        plain = self.fiscal.span(end, months)
        before = plain.opening.end
        near = [day for day in self.ends if abs((day - before).days) <= 7 and day < end]
        if self.fiscal.weeks and near and before not in near and months >= 3 and plain.months == months:
            return Period(end, min(near, key=lambda day: abs((day - before).days)) + timedelta(days=1))
        return plain

    def months_to(self, end: date) -> int:
        """The months from the beginning of the year to a day in it."""
        return round((end - self.fiscal.of(self.fiscal.year_of(end)).opening.end).days / 30.44) or 12

    def closes_a_quarter(self, day: date) -> bool:
        year = self.fiscal.year_of(day)
        return any(abs((self.fiscal.quarter(year, number).end - day).days) <= 4 for number in (1, 2, 3, 4))

    def balance_day(self, day: Period | None) -> Period | None:
        """The balance of January 1 is that of December 31, except where years end on the first of a month."""
        if day is None or day.end.day != 1 or ((self.fiscal.weeks or self.weekly) and (day.end in self.ends or self._ends_a_week(day.end))):
            return day
        return Period(day.end - timedelta(days=1))

    def _ends_a_week(self, day: date) -> bool:
        return self.report is not None and day.weekday() == self.report.end.weekday()

    def year(self, year: int) -> Period:
        """The fiscal year, ending on a day that the document names where one lies near."""
        whole = self.fiscal.of(year)
        near = [day for day in self.ends if abs((day - whole.end).days) <= 7]
        return (
            whole
            if not near or whole.end in near or not self.fiscal.weeks
            else Period(min(near, key=lambda day: abs((day - whole.end).days)), whole.start)
        )


@dataclass(slots=True)
class Setting:
    """What holds for a whole table: whether its numbers are stocks or flows, a length, and dated periods that texts nearby name."""

    nature: Nature | None = None
    sure: bool = False  # said in words, not guessed from the lines
    said_at: int = 0  # by which of the texts: 0 is the corner cell, then the note, the title, the paragraphs above
    introduced: bool = False  # said by the sentence that leads to the table
    months: int | None = None
    dated: list[Period] = field(default_factory=list)
    timing: Timing = field(default_factory=Timing)  # of the nearest text that gives a date
    months_near: bool = False  # the length is said in the corner cell
    ends: set[date] = field(default_factory=set)  # of the spans that texts nearby name
    years: set[int] = field(default_factory=set)  # in which they end, where no day is named: "the six months ended in 2025 and 2024"
    day: Day | None = None  # on which years and periods end, where a text nearby names it without a year
    near: bool = False  # that text is the corner cell, the note or the title
    weeks: bool = False  # years are of 52 or 53 weeks, which end on one day of the week
    weekday: int | None = None  # on which they end, where a text nearby names it
    to_date: bool = False  # in the report on a part of a year, columns begin with that year
    latest: int | None = None  # the latest year over the columns, to which a day without a year belongs
    own: Period | None = None  # the day or the year that stands on a line of its own above: 2024年12月31日


_BOTH = re.compile(r"\bas\s+of\s+and\s+for\b|\bat\s+(?:\w+\s+\d+\s+)?and\s+for\b", re.IGNORECASE)
_ENDED = re.compile(r"\b(?:ended|ending)\b|年度|全年|期间", re.IGNORECASE)


def of_both(text: str) -> bool:
    """Whether a text dates stocks and flows at once: "As of and for the year ended December 31, 2024"."""
    return _BOTH.search(text) is not None


SHORT = 120  # characters of a line that may state the end of the years below it
_OWN_LINE = re.compile(  # what may stand beside a time that a line is for
    r"(?:截[至止]|编制|单位\s*[:：]\s*\S+|币种\s*[:：]\s*\S+|报告|会计|所属|日期|期间|时间|期|止|as\s+(?:at|of)|at|date|period|for|the|year|ended|[\W_])*",
    re.IGNORECASE,
)
_BARE_YEAR = re.compile(r"\W*(?:19|20)\d\d\W*(?:\([^()]*\)\W*)?")  # "2024 (Millions)" in a corner: a day in it or the whole of it
_ENDED_IN = re.compile(r"\b(?:19|20)\d\d\b")
_DATED_END = re.compile(r"\b(?:ended|ending|as\s+(?:at|of))\b|截至|[日号]止", re.IGNORECASE)
_LENGTH_LAST = re.compile(r"(?:\bquarter|\bmonths|\bweeks|季度)\W*$", re.IGNORECASE)  # "… SECOND QUARTER" alone above the years


def read_setting(texts: Sequence[str], calendar: Calendar, begun: Sequence[str] = ()) -> Setting:
    """Texts come nearest first: corner cell, note, title, then paragraphs above, in which only a length that has an end counts."""
    setting = Setting()
    if allocates_a_price(texts):
        day = day_completed((*texts, *begun), calendar.report.end if calendar.report else None)
        return Setting("instant", sure=True, timing=Timing(end=day, instant=True) if day else Timing())
    for place, text in enumerate(texts):
        if not text:
            continue
        if setting.day is None and place < 6 and (place < 3 or len(text) <= SHORT or text.rstrip().endswith((":", "："))):
            setting.day = end_said(text[-INTRODUCES:])
            if setting.day is not None:
                setting.weeks, setting.weekday = weeks_said(text[-INTRODUCES:]), weekday_said(text[-INTRODUCES:])
        setting.own = setting.own or _on_its_own(text, calendar.fiscal)
        timing = _not_to_come(read_timing(text, calendar.fiscal), calendar)
        months = None if timing.instant and timing.months is None else months_said(text)
        yearly = calendar.annual and not calendar.release
        states_length = _ENDED.search(text) or (place < 3 and not yearly and _LENGTH_LAST.search(text))
        if place > 0 and months and (not states_length or (yearly and months != 12)):
            months = None
        spans = timing.period is not None or (timing.year is not None and timing.end is None and not timing.instant)
        spans = spans and not (place == 0 and _BARE_YEAR.fullmatch(text))
        if of_both(text):
            setting.months = setting.months or months
            months, spans = None, False
        if setting.nature is None and place < 5 and (months or timing.instant or (spans and place < 4)):
            setting.nature = "instant" if timing.instant and not months else "duration"
            setting.months, setting.sure, setting.said_at, setting.months_near = months, True, place, place == 0
            setting.introduced = place == 3 and text.rstrip().endswith((":", "：")) and bool(months or timing.instant)
        if place < 6 and not setting.timing.dated and timing.dated and timing.offset is None:
            setting.timing, setting.near = _latest(text, timing, calendar), place < 3
        if place < 5 and _ENDED.search(text):
            setting.ends.update(
                item.period.end for item in find_periods(text, fiscal_year_end=calendar.fiscal) if item.period and item.period.start
            )
            setting.years.update(map(int, _ENDED_IN.findall(text.partition(" ended in ")[2])) if " ended in " in text else ())
        if place < (3 if calendar.annual else 4) or (calendar.report is None and len(text) <= SHORT and _DATED_END.search(text)):
            periods = find_periods(text, fiscal_year_end=calendar.fiscal)
            dated = [found.period for found in periods if found.period and (place < 3 or not found.text.isdigit())]
            setting.dated.extend(dated)
            setting.weeks = setting.weeks or (bool(dated) and weeks_said(text))
    return setting


def _on_its_own(text: str, fiscal: FiscalYear) -> Period | None:
    """The day or the year that a line is there for: 2024年12月31日, "As at 31 December 2024"; None for a line that says something else, or
    tells several times.
    """
    found = find_periods(text, fiscal_year_end=fiscal) if len(text) <= SHORT else []
    if len(found) != 1 or found[0].period is None or found[0].kind not in {"date", "year"}:
        return None
    rest = f"{text[: found[0].start]} {text[found[0].end :]}"
    return found[0].period if _OWN_LINE.fullmatch(rest) else None


def _not_to_come(timing: Timing, calendar: Calendar) -> Timing:
    """The timing; empty for a year beyond the one after the report's, as that of notes that fall due."""
    year = timing.end.year if timing.end else timing.year
    return Timing() if calendar.report and year and year > calendar.report.end.year + 1 else timing


def _latest(text: str, timing: Timing, calendar: Calendar) -> Timing:
    """The timing with the latest of several dates of one kind in a text: "as of November 29, 2024 and December 1, 2023"."""
    if timing.year is not None and timing.end is None and timing.quarter is None:
        years = [item.fiscal_year for item in find_periods(text) if item.kind == "year" and item.fiscal_year]
        last_year = calendar.report.end.year + 1 if calendar.report else max(years, default=timing.year)
        return replace(timing, year=max((year for year in years if year <= last_year), default=timing.year))
    if timing.end is None or timing.period is not None:
        return timing
    days = [item.period.end for item in find_periods(text, fiscal_year_end=calendar.fiscal) if item.period and item.period.instant]
    last = calendar.report.end if calendar.report else max(days, default=timing.end)
    return replace(timing, end=max((day for day in days if day <= last), default=timing.end))


def period_of(timing: Timing, nature: Nature, months: int | None, setting: Setting, calendar: Calendar) -> Period | None:
    """The dates of a column. ``nature`` and ``months`` decide what the header leaves open."""
    if timing.offset is not None:
        return _relative(timing, nature, months, calendar, setting)
    instant = timing.instant if timing.instant is not None else (nature == "instant" and timing.months is None and timing.period is None)
    if _named_year(timing, calendar) and setting.day is not None and not calendar.fiscal.weeks:
        timing = replace(timing, period=None, end=None)
    if timing.period is not None and not instant:
        return calendar.span(timing.period.end, timing.months) if timing.months else timing.period
    length = timing.months or (None if instant else months)
    end = timing.end
    if end is None and timing.year is not None:
        end = _end_of_year(timing, length, instant, setting, calendar)
    if end is None:
        return None
    if instant:
        return Period(_not_after_the_report(end, calendar) if timing.end is None else end)
    return calendar.span(end, length or 12)


def _not_after_the_report(end: date, calendar: Calendar) -> date:
    """The end of a year as the day of a balance: in a report on a part of that year its last day, since none is known of a later one."""
    report = calendar.report
    return report.end if report is not None and report.end < end and report.end.year == end.year else end


def _named_year(timing: Timing, calendar: Calendar) -> bool:
    """Whether a column names a whole year and no day: "FY2024", 2024年; such a year ends on the day stated nearby as a bare one does."""
    return timing.year is not None and timing.quarter is None and timing.period == calendar.fiscal.of(timing.year)


def _end_of_year(timing: Timing, length: int | None, instant: bool, setting: Setting, calendar: Calendar) -> date:
    """The end of a period named by its year: as texts nearby date it, else the fiscal year's or the reported quarter's."""
    year = timing.year or 0
    if timing.quarter:
        return calendar.fiscal.quarter(year, timing.quarter).end
    fiscal_end = calendar.year(year).end
    for period in setting.dated:
        if (period.end - timedelta(days=7)).year == year and (instant or not length or period.instant or period.months == length):
            return fiscal_end if abs((fiscal_end - period.end).days) <= 7 else period.end
    if setting.day is not None and (calendar.report is None or not calendar.fiscal.weeks):
        return _in_weeks(setting, year) if setting.weeks else in_year(setting.day, year)
    if setting.dated and calendar.report is None:
        end = max(period.end for period in setting.dated)
        return FiscalYear(end.year, end, weeks=True).end_of(year) if setting.weeks else in_year((end.month, end.day), year)
    whole = calendar.year(year)
    if calendar.annual or length == 12 or calendar.report is None:
        return whole.end
    if setting.dated:
        return in_year((setting.dated[0].end.month, setting.dated[0].end.day), year)
    back = calendar.report.end.year - year
    return (
        calendar.fiscal.span(date(calendar.report.end.year - back, calendar.report.end.month, min(calendar.report.end.day, 28)), 3).end
        if back and calendar.fiscal.weeks
        else _years_back(calendar.report.end, back)
    )


def _in_weeks(setting: Setting, year: int) -> date:
    """The end of a year of weeks whose day is stated without a year: that day of the latest year, in others the same day of the week."""
    latest = setting.latest or year
    end = in_year(setting.day or (12, 31), latest)
    return FiscalYear(latest, end if setting.weekday is None else nearest(end, setting.weekday), weeks=True).end_of(year)


def _years_back(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)


def _relative(timing: Timing, nature: Nature, months: int | None, calendar: Calendar, setting: Setting) -> Period | None:
    """The period of 期末余额 or 本期金额: of the report, else of the day or the year on a line of its own; a day alone dates no flow."""
    told = calendar.report or setting.own
    if told is None or timing.offset is None:
        return None
    report = told if not told.instant else calendar.span(told.end, 12)
    instant = timing.instant if timing.instant is not None and (timing.instant or nature != "instant") else nature == "instant"
    if instant:
        if timing.offset == 0:
            return report.closing
        return Period(_years_back(calendar.fiscal.of(calendar.fiscal.year_of(report.end)).opening.end, -1 - timing.offset))
    if calendar.report is None and told.instant and not (timing.months or setting.months):
        return None
    end = _years_back(report.end, -timing.offset)
    return calendar.span(end, timing.months or months or report.months or 12)


def edge_named(text: str, period: Period) -> Period | None:
    """The opening or closing instant of a span, where the text says "beginning" or "end"."""
    if period.instant or _DURING.search(text):
        return None
    return period.opening if _OPENING.search(text) else period.closing if _CLOSING.search(text) else None


def at_edge(label: str, period: Period) -> Period | None:
    """The instant of a balance row in a column that spans time: "at beginning of year" is the opening, "end of year" the closing. None
    for a label that names neither.
    """
    if (edge := edge_named(label, period)) is not None or period.instant:
        return edge
    if match := MONTH_DAY.search(label):
        if not _BALANCE.search(label) and match.start() > 0:
            return None
        day = (match["m"][:3].lower(), int(match["d"]))
        for edge in (period.closing, period.opening):
            if day == (edge.end.strftime("%b").lower(), edge.end.day):
                return edge
        start = period.opening.end + timedelta(days=1)
        if day == (start.strftime("%b").lower(), start.day):
            return period.opening
    return None


def opens(label: str) -> bool:
    """Whether a label names an opening balance."""
    return _OPENING.search(label) is not None


def closes(label: str) -> bool:
    """Whether a label names a closing balance."""
    return _CLOSING.search(label) is not None


def is_edge(label: str) -> bool:
    """Whether a label names an opening or closing balance."""
    return opens(label) or closes(label)


def compares_balances(ends: Sequence[date]) -> bool:
    """Columns dated at different times of the year ("June 30, 2025" and "December 31, 2024") are instants."""
    days = [abs((first - second).days) % 365 for first in ends for second in ends]
    return any(min(gap, 365 - gap) > 20 for gap in days)


def quarterly(columns: Sequence[Timing]) -> bool:
    """Whether columns are the quarters of one year, each named by the day on which it ends."""
    ends = sorted({column.end for column in columns if column.end and not column.months})
    gaps = [(later - earlier).days for earlier, later in pairwise(ends)]
    return len(ends) == 4 and all(80 < gap < 100 for gap in gaps)


@lru_cache(maxsize=16384)
def row_date(label: str) -> Period | None:
    """The instant that a balance row names: "Balance at December 31, 2024", "Unvested as of July 27, 2025"; 111年12月31日及112年1月1日净额
    names the night between two days.
    """
    found = find_periods(label)
    if not found or any(one.period is None or one.kind != "date" for one in found) or not _one_instant(found):
        return None
    before, after = label[: found[0].start], label[found[-1].end :].strip(" .,:;()）")
    if after and not re.search(r"余额|净额|净值|[账帐]面|\bbalance", f"{before} {after}", re.IGNORECASE):
        return None
    if _EVENT.search(before) or not (len(before.split()) <= 6 or _DAY_LAST.search(before) or _BALANCE.search(label)):
        return None
    return found[0].period


def _one_instant(found: Sequence[FoundPeriod]) -> bool:
    """Whether dates are one, or the last day of a period and the first of the next."""
    days = [one.period.end for one in found if one.period]
    return len(days) == 1 or (len(days) == 2 and days[1] == days[0] + timedelta(days=1))


@lru_cache(maxsize=16384)
def row_span(label: str) -> Period | None:
    """The span that a row names: "Costs incurred for the six months ended December 31, 2024"."""
    found = [item.period for item in find_periods(label) if item.period and not item.period.instant and _ENDED.search(item.text)]
    return found[0] if len(found) == 1 else None


def heading_timing(text: str, known: FiscalYear) -> Timing | None:
    """What a heading row says about the rows below it, if it says anything: "Year ended December 31, 2024", "2024:"."""
    if len(text) > 90:
        return None
    timing = read_timing(text, known)
    return timing if timing.dated and timing.offset is None else replace(timing) if timing.months else None


def report_period(iso: str | None) -> Period | None:
    return parse_iso(iso) if iso else None


def common_ends(dates: Iterable[date]) -> tuple[date, ...]:
    return tuple(sorted(set(dates)))
