"""What a document says of itself: entity, kind, period, fiscal year, currency, language, read from its first pages and its tables."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Literal

from finfoundry.core.document import Document, Profile
from finfoundry.core.periods import CALENDAR_YEAR, FiscalYear, Period, find_periods, is_month_end, month_end, span
from finfoundry.core.quantities.currencies import SIGNS, may_mean
from finfoundry.core.quantities.numbers import currency_of
from finfoundry.core.quantities.unit_lines import first_stated, states_unit
from finfoundry.knowledge.facts.header_times.named_months import ends_of_years
from finfoundry.knowledge.facts.header_times.year_ends import in_year, year_end
from finfoundry.knowledge.facts.issuers.excerpts import excerpt_of, title_of
from finfoundry.knowledge.facts.issuers.issuer import Reporter, find_reporter
from finfoundry.knowledge.facts.issuers.issuer_zh import find_reporter_zh
from finfoundry.knowledge.facts.issuers.named_quarter import named_quarter
from finfoundry.knowledge.facts.issuers.named_years import named_years
from finfoundry.knowledge.facts.issuers.own_day import in_force_from
from finfoundry.knowledge.facts.issuers.republic import counts_by_republic, reported
from finfoundry.knowledge.facts.issuers.titles import first_line, rule_title
from finfoundry.knowledge.facts.issuers.unstated_year import (
    HEAD_ROWS,
    LONGEST_HEAD,
    ends_a_year,
    latest_shared,
    within_a_year,
    year_of_relative_heads,
)
from finfoundry.knowledge.facts.issuers.year_zh import report_year_zh
from finfoundry.knowledge.facts.table.company_names import distinct, shorter

COVER_PAGES = 4
SHORTEST_DAY = 6  # characters: what is no longer names a year or a quarter
COVER_CHARACTERS = 12_000
SYMBOL_CHARACTERS = 4000  # of the table of securities on a cover
STATED_CHARACTERS = 300  # at the beginning of a text or table, in which the end of its years is looked for
FRONT_CHARACTERS = 1500  # further on, other companies are named

_KINDS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(pattern, re.IGNORECASE))
    for kind, pattern in (
        ("10-K", r"\bform\s*10-?k(?:/a)?\b|annual\s+report\s+pursuant\s+to\s+section\s+13"),
        ("10-Q", r"\bform\s*10-?q(?:/a)?\b|quarterly\s+report\s+pursuant\s+to\s+section\s+13"),
        ("8-K", r"\bform\s*8-?k(?:/a)?\b|current\s+report\s+pursuant\s+to\s+section\s+13"),
        ("20-F", r"\bform\s*20-?f\b"),
        ("proxy", r"\bschedule\s+14a\b|\bproxy\s+statement\b"),
        ("half-year report", r"半年度报告|\binterim\s+report\b|\bhalf[\s-]year(?:ly)?\s+report\b"),
        ("quarterly report", r"第?[一三1-3]季度报告"),
        ("annual report", r"年度报告|年报|\bannual\s+report\b"),
        ("earnings", r"\b(?:report(?:s|ed)?|announce[sd]?)\b[^.]{0,80}\b(?:results|earnings)\b|\bearnings\s+release\b|业绩快报|业绩公告"),
    )
)
_CHECKED = re.compile(r"(?:☒|☑|✓|✔|\[\s*x\s*\]|þ|ý|√)\s*(?P<what>(?:annual|quarterly|transition)\s+report)", re.IGNORECASE)
_REPORTED = re.compile(
    r"(?:for\s+the\s+)?(?:fiscal\s+years?|years?|quarterly\s+periods?|quarters?|(?:three|six|nine|twelve)\s+months)\s+(?:period\s+)?ended\s*:?\s*[^.\n]{3,40}",
    re.IGNORECASE,
)
_TICKER = re.compile(r"\b(?:nasdaq|nyse|new\s+york\s+stock\s+exchange|otc)\s*[:：]\s*(?P<ticker>[A-Z]{1,5}(?:\.[A-Z])?)\b", re.IGNORECASE)
_SYMBOL_TABLE = re.compile(r"trading\s+symbols?", re.IGNORECASE)
_SYMBOL = re.compile(
    r"(?<![\w$])(?P<ticker>[A-Z]{1,5}(?:[./-][A-Z])?)[\s\t]+(?:The\s+)?"
    r"(?:N(?:ew|EW)\s+Y(?:ork|ORK)\s+S(?:tock|TOCK)|N(?:asdaq|ASDAQ)|NYSE|Cboe|London\s+Stock|Toronto\s+Stock)"
)
_TRADED = re.compile(
    r"(?:traded?|listed|quoted|trading)\b[^.]{0,120}?\bunder\s+the\s+(?:(?:trading|ticker|stock)\s+)?symbols?\s*[“\"‘'](?P<ticker>[A-Z]{1,5}(?:\.[A-Z])?)[,.]?[”\"’']"
)
_TICKER_CELL = re.compile(r"[A-Z]{1,5}(?:[./-][A-Z])?")
_NO_TICKERS = frozenset(
    {"OR", "AND", "NONE", "THE", "OF", "YES", "NO", "NA", "ON", "TO", "IN", "STOCK", "VALUE", "SHARE", "PAR", "NOTES", "DUE"}
)
SHARED = ("USD", "CNY")  # read from a bare $ or 元, which are Taiwan's, too
LATE_DAYS = 150  # after the end of a period, and no current report is on it any more
_DATE_OF_REPORT = re.compile(r"date\s+of\s+(?:earliest\s+event\s+)?report", re.IGNORECASE)
_ENDED = re.compile(
    r"\b(?:years?|quarters?|months|weeks|periods?)[)”\"’']*\s+ended\s+(?P<dates>[A-Z][a-z]{2,8}\.?\s+\d{1,2},\s+20\d\d(?:,?\s+(?:and\s+)?[A-Z][a-z]{2,8}\.?\s+\d{1,2},\s+20\d\d)*)"
)
_LAST_WEEKDAY = re.compile(
    r"\blast\s+(?:sun|mon|tues|wednes|thurs|fri|satur)day\s+(?:in|of)\s+(?:january|february|march|april|may|june|july|august|september|october|november|december)",
    re.IGNORECASE,
)
_OF_WEEKS = re.compile(
    r"\b5[23](?:[-\s]?weeks?)?(?:\s*(?:-|/|or|to|and)\s*)5[23][-\s]?weeks?\b|\b5[23]-week\s+(?:fiscal\s+)?years?\b", re.IGNORECASE
)
_ZH_SUFFIX = re.compile(r"(?:股份有限公司|集团有限公司|有限责任公司|有限公司)$")


def read_profile(document: Document) -> tuple[Profile, FiscalYear]:
    """The profile, and the fiscal year by which undated years are dated."""
    cover = _cover(document)
    language: Literal["en", "zh"] = "zh" if _is_chinese(document) else "en"
    profile = Profile(language=language, title=document.profile.title)
    profile.kind = _kind(cover, document.name)
    found = find_reporter_zh(document, cover) if language == "zh" else find_reporter(document, cover)
    profile.entity = found.name if found else None
    profile.aliases = _aliases(document, cover, found, _other_name(document, language))
    profile.currency = _currency_of_tables(document, language)
    if language == "zh":
        report_year_zh(profile, cover, document)
        if counts_by_republic(document):
            _of_republic(profile, document)
        _rule(profile, document)
        if profile.entity and profile.kind in {None, "regulation"} and in_force_from(document):
            profile.period = profile.fiscal_year = None  # years in it are of other rules, or of its version
        fiscal = _stated_year(document)
    else:
        fiscal = _report_period(profile, cover, document)
    profile.currency = profile.currency or _currency_of_text(document)
    profile.excerpt = excerpt_of(document)
    if profile.excerpt and profile.excerpt.first > 1:  # what begins it is no title
        profile.title = title_of(profile.excerpt)
    elif profile.entity is None and profile.title is None:  # its name then says most
        profile.title = first_line(document)
    return profile, fiscal


def _rule(profile: Profile, document: Document) -> None:
    """A law or notice has a title and no reporter; a company's own rule or announcement is titled with its name."""
    title = rule_title(document) if profile.kind is None or not profile.aliases else None
    if title is None:
        return
    profile.title = profile.title or title
    if not (profile.entity and title.startswith(profile.entity)):
        profile.kind, profile.entity, profile.aliases = "regulation", None, ()
    elif not _ZH_SUFFIX.search(profile.entity):  # a rule of its own, named as those who work there do
        profile.kind = "regulation"


def _cover(document: Document) -> str:
    parts: list[str] = []
    length = 0
    for page in document.pages[:COVER_PAGES]:
        for block in page.blocks:
            parts.append(block.text)
            length += len(block.text)
            if length > COVER_CHARACTERS:
                return "\n".join(parts)
    return "\n".join(parts)


def _is_chinese(document: Document) -> bool:
    sample = "".join(block.text for page in document.pages[:20] for block in page.blocks)[:20_000]
    han = len(re.findall(r"[\u4e00-\u9fff]", sample))
    return han > 0.5 * len(re.findall(r"[A-Za-z]+", sample)) and han > 20


def _kind(cover: str, name: str) -> str | None:
    checked = _CHECKED.search(cover)
    if checked and checked["what"].lower().startswith(("annual", "quarterly")):
        return "10-K" if checked["what"].lower().startswith("annual") else "10-Q"
    head = cover[:3000]
    first = [(match.start(), kind) for kind, pattern in _KINDS[:5] if (match := pattern.search(head))]
    if first:
        return min(first)[1]
    for kind, pattern in _KINDS[5:]:
        if pattern.search(head[:1500]) or pattern.search(name.replace("_", " ")):
            return kind
    return None


def _other_name(document: Document, language: Literal["en", "zh"]) -> str | None:
    """The name in the other language, where the first page gives both: it is what a reader of that language will ask for."""
    first = replace(document, pages=document.pages[:1])
    front = "\n".join(block.text for page in first.pages for block in page.blocks)[:FRONT_CHARACTERS]
    found = find_reporter(replace(first, pages=[]), front) if language == "zh" else find_reporter_zh(first, front)
    return found.name if found else None


def _aliases(document: Document, cover: str, found: Reporter | None, other: str | None) -> tuple[str, ...]:
    names = list(found.others) if found else []
    if found is None or not re.search(r"[\u4e00-\u9fff]", found.name):
        names[:0] = [match["ticker"].upper() for match in _TICKER.finditer(cover)] + list(_tickers(document))
    for name in (found.name if found else None, other, *names):
        if name:
            names += [name, *_shorter(name)]
    return tuple(distinct(names, found.name if found else ""))


def _shorter(name: str) -> Iterator[str]:
    """A name without its legal form; "云洲商业银行"."""
    yield from shorter(name)
    if (short := _ZH_SUFFIX.sub("", name)) != name and len(short) > 1:
        yield short


def _tickers(document: Document) -> Iterator[str]:
    """The symbols next to an exchange around "Trading Symbol" on the cover; else the one under which the shares trade by the text."""
    blocks = [block for page in document.pages[:COVER_PAGES] for block in page.blocks]
    cover = "\n".join(block.text for block in blocks)
    found: list[str] = []
    if head := _SYMBOL_TABLE.search(cover):
        near = cover[max(0, head.start() - SYMBOL_CHARACTERS // 8) : head.end() + SYMBOL_CHARACTERS]
        found += [match["ticker"] for match in _SYMBOL.finditer(near)]
    for block in blocks:
        if block.kind == "table" and _SYMBOL_TABLE.search(block.text):
            columns = {cell.column: cell.row for cell in block.cells if _SYMBOL_TABLE.search(cell.text)}
            below = [cell.text.strip() for cell in block.cells if cell.row > columns.get(cell.column, len(block.cells))]
            found += [text for text in below if _TICKER_CELL.fullmatch(text)]
    yield from (found := [ticker for ticker in found if ticker not in _NO_TICKERS])
    if not found:
        texts = (block.text for page in document.pages for block in page.blocks if block.kind != "table" and "symbol" in block.text)
        said = Counter(match["ticker"] for text in texts for match in _TRADED.finditer(text))
        yield from (ticker for ticker, _ in said.most_common(1))


_TEXT_BLOCKS = 400  # of a document without a currency in its tables, in which one is looked for
_SHARE = 5  # one statement in so many must name a dollar of its own, for the others to mean it, too


def _currency_of_tables(document: Document, language: str) -> str | None:
    """The currency of most tables, by their notes and, in English documents, by the signs in them.

    None where none states one. A bare dollar is the one that scales are stated of: "in thousands of Canadian dollars".
    """
    stated: Counter[str] = Counter()
    scaled: Counter[str] = Counter()  # of these, with a scale
    shared: Counter[str] = Counter()
    signs: Counter[str] = Counter()
    for block in (block for page in document.pages for block in page.blocks if block.kind == "table"):
        line = first_stated((block.note or "", block.title or ""))
        if line.currency:
            (shared if line.shared else stated)[line.currency] += 1
            scaled[line.currency] += line.scale is not None and not line.shared
        signs.update(sign for sign in SIGNS if len(sign) == 1 and sign in block.text)
        signs.update(["$"] * ("$" in block.text))
    notes = stated.copy()
    for code, count in shared.items():
        notes[_meant_by(code, scaled, count + signs["$"] * (code == "USD"))] += count
    if language == "en":
        for sign, count in signs.items():
            notes[_meant_by("USD", scaled, shared["USD"] + count) if sign == "$" else SIGNS[sign]] += count
    return notes.most_common(1)[0][0] if notes else None


def _currency_of_text(document: Document) -> str | None:
    """The currency that the text beside the tables prints most; None where it prints none."""
    texts = [block.text for page in document.pages for block in page.blocks if block.kind != "table"][:_TEXT_BLOCKS]
    named = Counter(found for text in texts if (found := currency_of(text)))
    return named.most_common(1)[0][0] if named else None


def _meant_by(code: str, stated: Counter[str], times: int) -> str:
    """What a sign that several currencies share means in a document that names some of them in full."""
    named = max((other for other in stated if may_mean(code, other)), key=lambda other: stated[other], default=code)
    return named if stated[named] * _SHARE >= times else code


def _of_republic(profile: Profile, document: Document) -> None:
    """The part of the year that a paper from Taiwan reports on, and its own currency, where nothing else is stated in full."""
    if (found := reported(document)) is not None:
        profile.kind, profile.period, profile.fiscal_year = profile.kind or found[0], found[1].iso, found[1].end.year
    lines = (text for page in document.pages for table in page.blocks if table.kind == "table" for text in (table.note, table.title))
    stated = any(text is not None and states_unit(text) and currency_of(text) == profile.currency for text in lines)
    if profile.currency in (None, *SHARED) or not stated:  # a sentence above a table may speak of another currency
        profile.currency = "TWD"


def _report_period(profile: Profile, cover: str, document: Document) -> FiscalYear:
    """Dates of the period reported on, from the cover; the fiscal year from the balance sheet where the cover states a quarter."""
    said = [_span_said(match[0]) for match in _REPORTED.finditer(cover)]
    dated = [period for period in said if period]
    if profile.kind == "earnings":  # a release may give last year first: "Twelve Months Ended June 30, | 2022 | 2023"
        dated.sort(key=lambda period: period.end, reverse=True)
    ends = common_ends(document)
    heads = _ends_in_heads(document)
    if profile.kind is None and heads:  # its first lines are text like any other, which may speak of a year long past
        dated = [period for period in dated if period.end >= min(heads)]
        ends = ends if dated else heads
    period = dated[0] if dated else None
    reported = _date_of_report(cover) if profile.kind == "8-K" else None
    near = ends
    if reported:  # it may name quarters to come, or compare with one long past
        near = Counter({day: count for day, count in ends.items() if 0 <= (reported - day).days <= LATE_DAYS})
    if period is None and profile.kind is None and (quarter := named_quarter(cover, near)) is not None:
        profile.fiscal_year, profile.period = quarter.end.year, quarter.iso
        return CALENDAR_YEAR
    if period is None:
        period = latest_shared(near, profile.kind)
        if period is not None and profile.kind is None and not ends_a_year(period.end, near):
            if not is_month_end(period.end):
                return _stated_year(document)  # the day of a deal or a launch
            period, fiscal = within_a_year(document, period.end, _stated_year(document))
            profile.fiscal_year, profile.period = fiscal.year_of(period.end), period.iso
            return fiscal
    if period is None:
        fiscal = _stated_year(document)
        if reported:
            profile.fiscal_year, profile.period = reported.year, reported.isoformat()
        elif (own := year_of_relative_heads(document, fiscal)) is not None:
            fiscal = FiscalYear.ending(own.end)
            profile.fiscal_year, profile.period = fiscal.year_of(own.end), own.iso
        return fiscal
    fiscal = _fiscal_year(document, cover, period, ends)
    profile.fiscal_year = fiscal.year_of(period.end)
    whole = fiscal.of(profile.fiscal_year)
    closes = profile.kind == "earnings" and fiscal.end == period.end  # a release on the last quarter is on the year
    if period.months == 12 or closes or profile.kind in {"10-K", "annual report"}:
        period = Period(period.end, whole.start)
    elif period.months == 3:
        period = fiscal.span(period.end, 3)
    profile.period = period.iso
    return fiscal


def _stated_year(document: Document) -> FiscalYear:
    """The calendar year, except where texts and titles name another end without a year: "Years ended 31 March"."""
    blocks = [block for page in document.pages for block in page.blocks]
    day = year_end(text for block in blocks for text in (block.title or "", block.text[:STATED_CHARACTERS]) if text)
    return CALENDAR_YEAR if day is None or not is_month_end(in_year(day, 2001)) else FiscalYear(2001, in_year(day, 2001))


def _date_of_report(cover: str) -> date | None:
    """The date of a current report: "Date of report (Date of earliest event reported): August 19, 2022"."""
    match = _DATE_OF_REPORT.search(cover)
    dates = find_periods(cover[match.end() : match.end() + 160]) if match else []
    return next((found.period.end for found in dates if found.period and found.period.instant), None)


def _span_said(text: str) -> Period | None:
    """The span of time that a text says; the latest where bare years follow: "years ended December 31, 2017, 2018 and 2019"."""
    said = [found for found in find_periods(text) if found.period and not found.period.instant]
    if not said or said[0].period is None:
        return None
    first = said[0].period
    latest = max((int(found.text) for found in said[1:] if found.text.isdigit()), default=0)
    return span(in_year((first.end.month, first.end.day), latest), first.months) if latest > first.end.year else first


def common_ends(document: Document) -> Counter[date]:
    """Full dates in the tables' first rows and after "ended" in the text, and how often each occurs."""
    ends = _ends_in_heads(document)
    texts = (block.text for page in document.pages for block in page.blocks if block.kind != "table")
    for match in (match for text in texts for match in _ENDED.finditer(text)):
        ends.update(found.period.end for found in find_periods(match["dates"]) if found.period and found.kind == "date")
    return Counter(
        {day: count for day, count in ends.items() if day.day != 1 or day - timedelta(days=1) not in ends}
    )  # balances brought on


def _ends_in_heads(document: Document) -> Counter[date]:
    """Full dates in the tables' first rows, and how often each occurs; the ends of months that name years, once a table."""
    ends = Counter[date]()
    for table in (block for page in document.pages for block in page.blocks if block.kind == "table"):
        heads = [cell.text for cell in table.cells if cell.row < HEAD_ROWS and len(cell.text) < LONGEST_HEAD]
        found = [(text, one) for text in heads for one in find_periods(text)]
        ends.update(one.period.end for text, one in found if one.period and one.kind != "range" and len(text) > SHORTEST_DAY)
        ends.update(ends_of_years(one.period for _, one in found))
    return ends


def ends_in_weeks(document: Document) -> bool:
    """Whether a span of time ends on the first of a month: "Three Months Ended July 1, 2022" counts in weeks."""
    heads = {
        cell.text for page in document.pages for block in page.blocks for cell in block.cells if cell.row < 4 and 16 < len(cell.text) < 60
    }
    spans = (found.period for text in heads for found in find_periods(text) if found.period and found.period.start)
    return any(span.end.day == 1 and span.months >= 3 for span in spans)


def _fiscal_year(document: Document, cover: str, period: Period, ends: Counter[date]) -> FiscalYear:
    named = named_years(document)
    said = find_periods(cover)
    if period.months == 12 or any(found.period.end == period.end for found in said if found.period and found.period.months == 12):
        end = period.end
    else:
        quarters = [
            day
            for day, count in ends.most_common(12)
            if count >= 2 and 60 < (period.end - day).days < 330 and not _same_quarter(day, period.end)
        ]
        end = max(quarters, key=lambda day: ends[day]) if quarters else date(period.end.year - 1, 12, 31)
    apart = any(_weeks_apart(day, end, ends) for day, count in ends.items() if count >= 2)
    if apart and period.end != end and is_month_end(period.end):
        apart = _says_weeks(document)  # quarters end with months, and the day is the first of a year: "Equity, January 1, 2022"
    weeks = not is_month_end(end) or apart
    weeks = weeks or (not is_month_end(period.end) and _says_weeks(document))  # such a year may end with a month, too
    year = next((year for day, year in named.items() if abs((day - end).days) <= 3), None)
    quarter = next((found for found in said if found.kind == "quarter" and found.quarter and found.fiscal_year), None)
    if year is None and quarter is not None and quarter.fiscal_year and weeks:
        year = quarter.fiscal_year if end == period.end else quarter.fiscal_year - 1
    last = weeks and (month_end(end.year, end.month) - end).days < 7 and _ends_on_last_weekday(document)
    return FiscalYear(year if year is not None else FiscalYear.ending(end).year, end, weeks, last)


def _ends_on_last_weekday(document: Document) -> bool:
    """Whether the text says that years end on "the last Sunday in May"."""
    return any(_LAST_WEEKDAY.search(block.text) for page in document.pages for block in page.blocks if block.kind != "table")


def _says_weeks(document: Document) -> bool:
    """Whether the text says that years are of 52 or 53 weeks."""
    return any(_OF_WEEKS.search(block.text) for page in document.pages for block in page.blocks if block.kind != "table")


def _weeks_apart(day: date, end: date, ends: Counter[date]) -> bool:
    """Whether a day inside a month ends a year of 52 or 53 weeks of the same company: so many weeks, or twice as many, from the end of
    another, where no table names the month end nearby.
    """
    if any(is_month_end(near) and abs((near - day).days) < 8 for near in ends):
        return False
    return not is_month_end(day) and abs((day - end).days) / 7 in (52, 53, 104, 105)


def _same_quarter(first: date, second: date) -> bool:
    """Whether two ends are a year apart: the comparative quarter is no fiscal year end."""
    days = abs((second - first).days) % 365
    return min(days, 365 - days) < 12
