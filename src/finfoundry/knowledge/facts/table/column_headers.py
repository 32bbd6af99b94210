"""What the header says of each column: period, scope, unit, or a segment ("Europe", "Level 1").

Headers stack ("Three months ended March 31," over "2025" and "2024"), span columns, and share their words with the corner cell
("Years ended December 31,") or with the lines above the table.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

from finfoundry.core.document import Cell, Scope
from finfoundry.core.periods import CALENDAR_YEAR, FiscalYear, Period, find_periods
from finfoundry.core.quantities.unit_lines import UnitLine, currency_at_end, own_unit
from finfoundry.knowledge.facts.header_times.named_months import ends_of_years, in_digits, is_a_month
from finfoundry.knowledge.facts.header_times.timing import Timing, instant_said, months_said, read_timing, timing_of
from finfoundry.knowledge.facts.header_times.year_ends import day_said, in_year, nearest, weekday_said, weeks_said
from finfoundry.knowledge.facts.table.concepts import Nature
from finfoundry.knowledge.facts.table.grid import Grid, GridRow, goes_on, has_period, rows_below, unit_note, without_unit_lines
from finfoundry.knowledge.facts.table.header_spans import extents_of, over
from finfoundry.knowledge.facts.table.repeated_headings import over_repetitions
from finfoundry.knowledge.facts.units.column_units import tell_translations, tell_units_apart, unit_said
from finfoundry.knowledge.facts.units.relations import is_margin_in_money


@dataclass(slots=True)
class HeaderColumn:
    """The meaning of one column."""

    text: str = ""  # header texts, top down
    timing: Timing = field(default_factory=Timing)
    scope: Scope | None = None
    change: bool = False  # a difference or growth between periods
    percent: bool = False
    dimension: str | None = None
    nature: Nature | None = None  # stocks or flows, where the words of the header say so
    between: Period | None = None  # of a movement between two dated balances to its left and right
    future: bool = False  # a year to come: what falls due then
    day: str | None = None  # month and day without a year: the rows give it
    unit: UnitLine = field(default_factory=UnitLine)  # scale and currency that the header itself states
    named: UnitLine = field(default_factory=UnitLine)  # a bare currency that it ends in: its amounts are in it, its rates are rates
    over: str = ""  # the words above its bare year
    whose: str | None = None  # "group", "bank", "company" as a header of its own: a scope where two of them are side by side


_ORDINALS = ("first", "second", "third", "fourth")
_QUARTER = re.compile(rf"\b(?P<n>{'|'.join(_ORDINALS)})\s+(?:fiscal\s+)?quarter\b", re.IGNORECASE)
_LASTING = re.compile(r"\d\s*(?:years?|months?|days?)\b", re.IGNORECASE)
_MATURITY = re.compile(r"\d{1,2}(?:\s*(?:[-–—]|to)\s*\d{1,2})?\s*years?", re.IGNORECASE)
_NOTED_YEAR = re.compile(r"年\s*[(（]\d{1,2}[)）](?=\s*\d{1,2}\s*月)")  # a footnote of the year of a date: 2019年(4)12月31日
_BARE_YEAR = re.compile(r"(?:19|20)\d\d")
_VERSUS = re.compile(  # "'22 vs. '21", "Q2'25 vs. Q2'24"
    r"(?:\bQ(?P<quarter>[1-4])\s*)?['’‘](?P<year>\d\d)\s*(?:vs?\.?|versus|/|-|–|to)\s*(?:(?:Q[1-4]|H[12]|YTD|FY)\s*)?['’‘]?\d\d",
    re.IGNORECASE,
)
_COMPARED = re.compile(r"(?<![\d/])(?P<year>\d\d)/(?P<before>\d\d)(?![\d/])")  # "% Change 21/20"
_BASE_ZH = re.compile(r"(?<=[比较較])(?:(?:19|20)\d\d年?|[上去前]年?)(?:同期|年?[度末]|期末?)?")  # with what 本年比上年增减 compares
_CHANGE = re.compile(
    r"(?:%|percent(?:age)?|\$|dollar)?\s*\b(?:change|increase|decrease|variance|growth)\b|(?:[%$]|\bdollar|\bpercent(?:age)?)\s*difference\b|\binc\.?\s*[/(]|\(dec\.?\)|\bv(?:s|ersus)\.?\s|chg|增减|变动|同比|比上年|比上期|增长率|调整数|\by/y\b|\byoy\b",
    re.IGNORECASE,
)
_PERCENT = re.compile(r"%|％|\bpercent(?:age)?s?\b|\bmargin\b|\brate\b|比例|占比|比率|增减幅度|百分比", re.IGNORECASE)
_OF_PERCENTS = re.compile(r"%|％|\bpercent(?:age)?s?\b", re.IGNORECASE)
THOUSANDS = 2000  # a growth of so many percent is rarer than a sum
_PARENT = re.compile(r"(?<!归属于)(?<!归属)母公司|^公司$|本公司$|本行$|parent\s+company|company\s+only", re.IGNORECASE)
_CONSOLIDATED = re.compile(r"合并|本集团|^集团$|^consolidated$|^group$", re.IGNORECASE)
WHOSE = re.compile(r"(?:the\s+)?(?:group|bank|company|parent)", re.IGNORECASE)
_SCOPE_ALONE = re.compile(
    r"合并(?:数|报表|口径)?|母公司(?:数|报表|口径)?|本集团|集团|公司|本公司|本行|consolidated|group|parent(?:\s+company)?|company\s+only",
    re.IGNORECASE,
)
_STOCK = re.compile(
    r"\b(?:long-lived\s+|total\s+|net\s+)?assets\b|\bliabilities\b|\bbalance\b|\blevel\s*[123]\b|\bfair\s+values?\b|\bcarrying\b|\bamortized\s+cost\b|\bunrealized\b|\bnotional\b|\bpar\s+value\b|\b(?:un)?discounted\b|\bbenefit\s+obligations?\b|\bauthorized\b|\btarget\s+(?:asset\s+)?allocation|余额|账面|公允价值",
    re.IGNORECASE,
)
_FLOW = re.compile(
    r"\b(?:sales|revenues?)\b|(?<!prepaid\s)(?<!accrued\s)\bexpenses?\b"
    r"|(?<!comprehensive\s)(?<!deferred\s)(?<!fixed\s)(?<!unearned\s)(?<!retained\s)\bincome\b(?!\s+tax(?:es)?\s+(?:payable|receivable))|\brecogni[sz]ed\b|\breclassifi|\bgains?\b.*\b(?:income|oci|earnings)\b|\bexpense\b|\bgrant[\s-]date\b|(?<!accumulated\s)\b(?:additions|depreciation|amortization|expenditures)\b|发生额|本期增加|本期减少",
    re.IGNORECASE,
)
_MONTH_DAY = re.compile(
    r"\b(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?\s+\d{1,2}\b,?",
    re.IGNORECASE,
)
_ONE_CHARACTER = re.compile(r"[男女甲乙丙丁戊]")  # whole headings of one character
_EMPTY_WORDS = re.compile(
    r"\b(?:for|the|as|of|at|on|ended|ending|years?|months?|weeks?|three|six|nine|twelve|fiscal|quarters?|first|second|third|fourth|half|unaudited|audited|restated"
    r"|in|millions?|thousands?|billions?|dollars?|u\.?s\.?|usd|period|notes?|actual|reported|amounts?|total|balance|value)\b|至?(?:\d{1,2}|[一二三四五六七八九十]{1,3})\s*月\s*(?:\d{1,2}|[一二三四五六七八九十]{1,3})\s*日|[\d\W_]+|经审计|已审计|(?:已|经)?重述后?|未|金额|余额|数|附注|人民币|单位|万元|千元|百万元|元",
    re.IGNORECASE,
)


def read_columns(grid: Grid, header: Sequence[GridRow], corner: str, known: FiscalYear | None) -> dict[int, HeaderColumn]:
    """Column number -> meaning, from a run of header rows. ``corner`` is the text over the label column."""
    columns: dict[int, HeaderColumn] = {}
    labels = set(grid.labels)
    extents = extents_of(grid)
    rows = [(row, over(row, grid.value_columns, extents, labels, _spreads(row, header[place + 1 :]))) for place, row in enumerate(header)]
    rows = over_repetitions(rows, grid.value_columns, labels, extents)
    below = rows_below(grid, header)
    money = _money_columns(below)
    for number in grid.value_columns:
        parts = _parts(rows, number, labels)
        if number in money and "%" in parts and _seldom_signed(number, below):
            money.remove(number)  # "%" alone beside amounts: what bears the sign of a currency in it is no share
        columns[number] = _column([part for part in parts if not (number in money and _OF_PERCENTS.search(part))], corner, known)
        columns[number].percent = columns[number].percent and number not in money
    _end_on_one_weekday(columns, corner)
    _end_with_one_month(columns, corner)
    _date_repetitions(columns)
    _name_shares(columns)
    said = {number: note for number in columns if (note := unit_said(_texts_over(rows, number, labels)))}
    beside = units_beside_dates((row for row, _ in rows), labels)
    for number in beside.keys() & columns.keys():
        columns[number].unit = beside[number]
    tell_units_apart(columns, said)
    tell_translations(columns, said)
    return columns


def _date_repetitions(columns: dict[int, HeaderColumn]) -> None:
    """Headings without a time that repeat ("2024 balance | Interest | 2023 balance | Interest") are each of the time left of them; a change
    is of the first of the times that it compares, also where it names the other ("three months | change from 2022 | nine months | …").
    """
    groups = defaultdict[str, list[list[int]]](list)  # each heading's columns, those side by side together: "change, $ | change, %"
    last = ""
    for number, column in columns.items():
        text = (column.dimension or column.text) if not column.timing.dated or column.change else ""
        if text and text == last:
            groups[text][-1].append(number)
        elif text:
            groups[text].append([number])
        last = text
    dated = [number for number, column in columns.items() if column.timing.dated and not column.change]
    for runs in (group for group in groups.values() if len(group) > 1):
        between = [[other for other in dated if before[-1] < other < run[0]] for before, run in itertools.pairwise([[-1], *runs])]
        moved = dated and runs[-1][-1] < dated[-1] and all(columns[other].timing.instant for other in dated)
        if not all(between) or moved:  # what moved one balance to the next is of the time between them
            continue
        for run, lefts in zip(runs, between, strict=True):
            for number in run:
                columns[number].timing = columns[lefts[0] if columns[number].change else lefts[-1]].timing


def _name_shares(columns: dict[int, HeaderColumn]) -> None:
    """Columns of percents under one heading ("Shares before | % | Shares after | %") are each named by the column left of it."""
    groups = defaultdict[tuple[str | None, Timing, bool], list[int]](list)
    for number, column in columns.items():
        groups[column.dimension, column.timing, column.percent].append(number)
    alone = {numbers[0]: columns[numbers[0]].dimension for numbers in groups.values() if len(numbers) == 1}
    for (_, _, percent), numbers in list(groups.items()):
        beside = [alone.get(number - 1) for number in numbers]
        if percent and all(beside) and 1 < len(set(beside)) == len(numbers):
            for number, left in zip(numbers, beside, strict=True):
                columns[number].dimension = " · ".join(filter(None, (left, columns[number].dimension)))


def _end_on_one_weekday(columns: dict[int, HeaderColumn], corner: str) -> None:
    """Years of weeks whose day is stated once without a year: it is that of the latest, and others end on the same day of the week."""
    headed = [(column, column.over or corner, column.timing.end) for column in columns.values()]
    ends = [(column, text, end) for column, text, end in headed if end is not None and weeks_said(text) and day_said(text)]
    latest = max((end.year for _, _, end in ends), default=0)
    for column, text, end in ends:
        last, weekday = in_year(day_said(text) or (end.month, end.day), latest), weekday_said(text)
        year = FiscalYear(latest, last if weekday is None else nearest(last, weekday), weeks=True)
        column.timing = replace(column.timing, end=year.end_of(end.year), period=None)


def _end_with_one_month(columns: dict[int, HeaderColumn], corner: str) -> None:
    """Columns that are headed by one month of different years, and by no length, are of what ends with it."""
    dated = [column for column in columns.values() if column.timing.dated and not column.change]
    if any(not is_a_month(column.timing.period) or months_said(f"{corner} {column.text}") for column in dated):
        return
    if ends_of_years(column.timing.period for column in dated):
        for column in dated:
            column.timing = replace(column.timing, period=None, months=None)


def units_beside_dates(header: Iterable[GridRow], labels: Collection[int]) -> dict[int, UnitLine]:
    """Column -> the unit that stands in one cell with its date, where the dated columns differ: of "31 December 2024 | 31 December 2023
    (EUR thousand)" the thousands of the second alone. Empty where all columns have one scale, or none.
    """
    found: dict[int, UnitLine] = {}
    dated = set[tuple[int, int]]()
    for row in header:
        for cell in row.cells:
            if cell.column in labels or cell.column_span > 1:
                continue
            if has_period(cell.text):
                dated.add((row.index, cell.column))
                found.setdefault(cell.column, UnitLine())
            if (row.index, cell.column) in dated and (line := own_unit(cell.text)).scale is not None:
                found[cell.column] = line
    apart = len({line.scale for line in found.values()}) > 1
    return {column: line for column, line in found.items() if apart and line.scale is not None}


def _seldom_signed(column: int, rows: Iterable[GridRow]) -> bool:
    numbers = [value.number for row in rows for value in row.values if value.column == column]
    signed = sum(number.currency is not None for number in numbers)
    return 4 * signed < len(numbers) and all(abs(number.value) < THOUSANDS for number in numbers)


def _money_columns(rows: Iterable[GridRow]) -> set[int]:
    """Columns that print a currency or thousands, and no percent: a "Percent change" that seems to head them does not."""
    numbers = [(value.column, value.number) for row in rows for value in row.values]
    found = {column for column, number in numbers if number.currency or (abs(number.value) >= THOUSANDS and not number.percent)}
    return found - {column for column, number in numbers if number.percent}


def header_outside(text: str, grid: Grid, known: FiscalYear | None) -> dict[int, HeaderColumn] | None:
    """The columns of a headless table from a line above it that lists as many periods as it has columns, or as it has groups of them:
    "(Dollars in millions) June 29, 2025 December 29, 2024".
    """
    found = [item for item in find_periods(text, fiscal_year_end=known) if item.kind != "relative"]
    filled = Counter(value.column for row in grid.rows for value in row.values)
    numbers = [number for number in grid.value_columns if filled[number] * 4 >= max(filled.values())]
    if len(found) < 2 or len(numbers) % len(found) or len(text) > 200 or re.search(r"[.;:]\s*$", text):
        return None
    months, instant = months_said(text), instant_said(text)
    each = len(numbers) // len(found)
    return {
        number: HeaderColumn(text=text, timing=timing_of(found[place // each], months, instant)) for place, number in enumerate(numbers)
    }


def _spreads(row: GridRow, below: Sequence[GridRow]) -> list[bool]:
    """For each cell whether it may head several columns: words on time, and any title with dated columns below it."""
    dated = any(_says_time(cell.text) for other in below for cell in other.cells)
    return [dated or _says_time(cell.text) for cell in row.cells]


@lru_cache(maxsize=16384)
def _says_time(text: str) -> bool:
    return (
        months_said(text) is not None or _MONTH_DAY.search(text) is not None or bool(find_periods(text)) or _VERSUS.search(text) is not None
    )


def _parts(rows: Sequence[tuple[GridRow, dict[int, list[Cell]]]], column: int, labels: set[int]) -> list[str]:
    """The header texts above a column, top down, without notes on units."""
    return without_unit_lines(_texts_over(rows, column, labels))


def _texts_over(rows: Sequence[tuple[GridRow, dict[int, list[Cell]]]], column: int, labels: set[int]) -> list[str]:
    parts: list[str] = []
    for row, above in rows:
        cells = above.get(column)
        if cells is None:
            near = _nearest(row, column, labels) if not any(cell.box for cell in row.cells) else None
            cells = [near] if near else []
        parts.extend(text for cell in cells if (text := _NOTED_YEAR.sub("年", cell.text)) not in parts[-1:])
    return parts


def _nearest(row: GridRow, column: int, labels: set[int]) -> Cell | None:
    """The spanning header that lost its span: words on time to the left, with nothing between."""
    left = [cell for cell in row.cells if cell.column < column and cell.column not in labels]
    if not left:
        return None
    cell = left[-1]
    return cell if months_said(cell.text) or (day_said(cell.text) and not find_periods(cell.text)) else None


def _column(parts: list[str], corner: str, known: FiscalYear | None) -> HeaderColumn:
    text = " ".join(parts)
    column = HeaderColumn(text=text)
    column.unit = next((line for part in reversed(parts) if (line := own_unit(part)) != UnitLine()), UnitLine())
    column.change = _CHANGE.search(text) is not None
    column.percent = _PERCENT.search(text) is not None and not is_margin_in_money(text)
    if parts and column.unit == UnitLine() and not column.percent:
        column.named = currency_at_end(parts[-1])
    said = [text, *(part.strip() for part in parts)]  # 本行 stands over the dates
    column.scope = "parent" if any(map(_PARENT.search, said)) else "consolidated" if any(map(_CONSOLIDATED.search, said)) else None
    column.whose = next((part.strip().lower() for part in parts if WHOSE.fullmatch(part.strip())), None)
    column.over = " ".join(parts[:-1]) if len(parts) > 1 and _BARE_YEAR.fullmatch(parts[-1].strip()) else ""
    times = [_BASE_ZH.sub("", part) for part in parts] if column.change else parts
    timing = _below_a_date(parts, known) or _bare_year(read_timing(_apart(times), known), known, f"{text} {corner}")
    if timing.end is None and timing.year and timing.quarter is None:
        timing = _with_day(timing, text, corner)
    if timing.year and timing.quarter is None and timing.end is None and timing.period is None and (ordinal := _QUARTER.search(text)):
        timing = replace(timing, quarter=1 + _ORDINALS.index(ordinal["n"].lower()), months=3)
    if column.change and (versus := _VERSUS.search(text)):
        quarter = int(versus["quarter"]) if versus["quarter"] else None
        timing = Timing(year=2000 + int(versus["year"]), quarter=quarter, months=3 if quarter else timing.months)
    elif column.change and (compared := _COMPARED.search(text)) and int(compared["year"]) == int(compared["before"]) + 1:
        timing = Timing(year=2000 + int(compared["year"]), months=timing.months)
    column.timing = timing
    if timing.end is None and timing.year is None and (day := _MONTH_DAY.search(text) or _MONTH_DAY.search(corner)):
        column.day = day[0].rstrip(", ")
    column.dimension = _dimension(part for part in parts if not (column.scope and _SCOPE_ALONE.fullmatch(part.strip())))
    if (lasting := next((part for part in reversed(parts) if _is_maturity(part)), None)) is not None:
        column.dimension = " · ".join(filter(None, (column.dimension, lasting)))
    elif column.dimension is None and not timing.dated and _LASTING.search(text):
        column.dimension = text  # when it falls due, or over how long it is measured: "3-5 Years"
    column.nature = _nature(column.dimension or "")
    return column


def _is_maturity(part: str) -> bool:
    """Whether a heading of its own is when something falls due: "1 year", "2 – 3 years" below "Payments due"."""
    return _MATURITY.fullmatch(part.strip()) is not None


def _apart(parts: Sequence[str]) -> str:
    """The texts above a column, a year parted from what stands below it: 2023 over "Shares" is no number of them."""
    return " ".join(
        f"{part},"
        if _BARE_YEAR.fullmatch(part.strip()) and place + 1 < len(parts)
        else f"month {part}"
        if in_digits(part)  # 2024-01 below other words
        else part
        for place, part in enumerate(parts)
    )


def _below_a_date(parts: list[str], known: FiscalYear | None) -> Timing | None:
    """The timing of a bare year below a full date that heads several: "52 weeks ended 28 September 2024" over "2024 | 2023"."""
    if len(parts) < 2 or not _BARE_YEAR.fullmatch(parts[-1].strip()):
        return None
    over, year = read_timing(" ".join(parts[:-1]), known), int(parts[-1])
    if over.end is None or over.end.year == year:
        return over if over.end else None
    ends = FiscalYear(over.end.year, over.end, weeks=weeks_said(" ".join(parts[:-1])))
    return Timing(end=ends.end_of(year), months=over.months, instant=over.instant)


def _bare_year(timing: Timing, known: FiscalYear | None, header: str) -> Timing:
    """A named year ("FY2024", 2024年) as a bare year, where the header states on which day years end."""
    whole = timing.year is not None and timing.quarter is None and timing.end == (known or CALENDAR_YEAR).end_of(timing.year)
    return Timing(year=timing.year, months=months_said(header), instant=timing.instant) if whole and day_said(header) else timing


def _with_day(timing: Timing, text: str, corner: str) -> Timing:
    """Put month and day, said elsewhere in the header, to the year: "Years ended May 31," + "2020"."""
    day = day_said(text) or day_said(corner)
    if day is None or timing.year is None:
        return timing
    months = timing.months or months_said(corner)
    instant = timing.instant or (None if months else instant_said(corner))
    return replace(timing, end=in_year(day, timing.year), year=None, months=months, instant=instant)


# "Example Holdings, Inc. and Subsidiaries" over a statement's columns: whose they are, not what distinguishes them
_GROUP = re.compile(
    r"\S(?:\s+(?:and|&)|,)\s+(?:its\s+)?(?:consolidated\s+)?subsidiar(?:y|ies)(?:\s+companies)?\W*$|及其?子公司$", re.IGNORECASE
)


def _dimension(parts: Iterable[str]) -> str | None:
    """What is left of a header without its words on time and unit."""
    kept: list[str] = []
    for part in parts:
        if _GROUP.search(part):
            continue
        rest = part
        for found in find_periods(part):
            rest = rest.replace(found.text, " ")
        rest = _MONTH_DAY.sub(" ", rest)
        if kept and (joined := goes_on(kept[-1], part, rest)):
            kept[-1] = joined
        elif (len(_EMPTY_WORDS.sub("", rest)) > 1 or _ONE_CHARACTER.fullmatch(part.strip())) and not unit_note(rest):
            kept.append(" ".join(rest.split()))
    return " · ".join(kept) or None


def _nature(text: str) -> Nature | None:
    stock, flow = _STOCK.search(text), _FLOW.search(text)
    return None if bool(stock) == bool(flow) else "instant" if stock else "duration"
