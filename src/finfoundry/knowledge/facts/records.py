"""Sheets whose rows are records: "Company, Year, Metric, Value", "Year, Revenue, Net profit", lists of clients.

Statements put their periods over the columns; here a column holds them, so each row is dated and owned by itself. A list that dates
nothing gives no fact: the certificate counts its numbers as not read, rather than that the document's date is put on them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from finfoundry.core.document import Cell, Fact
from finfoundry.core.fiscal import FiscalYear, Period
from finfoundry.core.periods import FoundPeriod, find_periods
from finfoundry.core.quantities.unit_lines import UnitLine, currency_at_end, own_unit, read_unit_line
from finfoundry.knowledge.facts.cell_units import may_be_crores, unit_of_line
from finfoundry.knowledge.facts.header_times.named_months import in_digits
from finfoundry.knowledge.facts.periods.days import days_of_entries
from finfoundry.knowledge.facts.periods.period_resolution import Calendar
from finfoundry.knowledge.facts.table.block_table import BlockTable
from finfoundry.knowledge.facts.table.concepts import Nature, find_concept, nature_of
from finfoundry.knowledge.facts.table.grid import number_of, year_like
from finfoundry.knowledge.facts.table.lists import entity_column, holds, split, texts_of
from finfoundry.knowledge.facts.table.scale import in_currency, unit_and_scale
from finfoundry.knowledge.facts.units.relations import is_relation, of_relation

FEWEST_ROWS = 2
_NATURES: tuple[Nature, ...] = ("instant", "duration")
_ANY_CURRENCY = "USD"
_METRIC = re.compile(
    r"metric|item|line[ _-]?item|indicator|measure|account|concept|kpi|variable|指标|指标名称|科目|科目名称|项目|项目名称", re.IGNORECASE
)
_UNIT = re.compile(r"unit|units|currency|ccy|scale|单位|币种|货币", re.IGNORECASE)
_PERIOD = re.compile(
    r"(?:(?:fiscal|financial|reporting|report)[ _-]?)?(?:year|period|quarter|date)(?:[ _-]?end)?|fy"
    r"|as[ _-]?(?:of|at)|(?:year[ _-]?)?month|yyyymm"
    r"|年份?|年月|年度|月份?|会计年度|期间|报告期|日期|报告日期|季度|截止日期?",
    re.IGNORECASE,
)
_CODE = re.compile(
    r".*\b(?:id|no\.?|nr\.?|code|account(?:\s+(?:no\.?|number))?|iban|phone|zip|postcode|tax\s+number|isin|cik|rank)|.*(?:代码|编号|序号|账号|电话|邮编|排名)",
    re.IGNORECASE,
)


@dataclass(slots=True)
class _Layout:
    """What each column holds, by its number."""

    names: dict[int, str]
    rows: list[dict[int, Cell]]
    period: int | None = None
    entity: int | None = None
    metric: int | None = None
    units: list[int] = field(default_factory=list)  # unit, scale and currency may have columns of their own
    values: list[int] = field(default_factory=list)
    others: list[int] = field(default_factory=list)


def read_records(table: BlockTable, calendar: Calendar) -> tuple[list[Fact], str | None] | None:
    """The facts of a sheet of records, and the first words in the place of a scale that are not understood, None where all are.

    None in place of both where the table is another one.
    """
    layout = _layout(table) if table.page.source == "sheet" else None
    if layout is None:
        return None
    if layout.period is None:
        return [], None
    lines = (_unit_line(row, column, layout) for row in layout.rows for column in layout.values)
    return list(_facts(layout, table, calendar)), next((line.unread for line in lines if line.unread), None)


def _layout(table: BlockTable) -> _Layout | None:
    names, rows = split(table.block.cells)
    if len(rows) < FEWEST_ROWS or len(names) < 2 or any(cell.column_span > 1 for cell in table.block.cells):
        return None
    if any(find_periods(name) or number_of(name) is not None for name in names.values()):
        return None  # periods over the columns: a statement
    layout = _Layout(names, rows)
    layout.period = next((column for column in names if holds(rows, column, _is_period) and _PERIOD.fullmatch(names[column])), None)
    layout.entity = entity_column(names, rows)
    if layout.period is None and (layout.entity is None or len(texts_of(rows, layout.entity)) < FEWEST_ROWS):
        return None
    for column in names:
        numbers = holds(rows, column, lambda text: number_of(text) is not None)
        if column in (layout.period, layout.entity) or (numbers and _CODE.fullmatch(names[column])):
            continue
        if _UNIT.fullmatch(names[column]):
            layout.units.append(column)
        elif numbers:
            layout.values.append(column)
        else:
            layout.others.append(column)
    if not layout.values:
        return None
    if len(layout.values) == 1:
        named = [column for column in layout.others if _METRIC.fullmatch(names[column])]
        before = [column for column in layout.others if column < layout.values[0]]
        layout.metric = (named or before[-1:] or [None])[0]  # type: ignore[list-item]
        layout.others = [column for column in layout.others if column != layout.metric]
    return layout


def _is_period(text: str) -> bool:
    return year_like(text) or in_digits(text) is not None or any(2 * len(found.text) > len(text) for found in find_periods(text))


def _facts(layout: _Layout, table: BlockTable, calendar: Calendar) -> Iterator[Fact]:
    assert layout.period is not None  # noqa: S101  asked by the caller
    days = {found.period.iso[5:] for row in layout.rows if (found := _found(row, layout.period, calendar.fiscal)) and found.period}
    texts = {place: row[layout.period].text.strip() for place, row in enumerate(layout.rows) if layout.period in row}
    own_days = days_of_entries(layout.names[layout.period], texts)
    for place, row in enumerate(layout.rows):
        found, day = _found(row, layout.period, calendar.fiscal), own_days.get(place)
        if found is None:
            continue
        yearly = len(days) == 1
        times = {nature: day or _period(found, nature == "instant", calendar.fiscal, yearly=yearly) for nature in _NATURES}
        yield from (fact for column in layout.values if column in row and (fact := _fact(row, column, layout, table, times)))


def _found(row: dict[int, Cell], column: int, fiscal: FiscalYear) -> FoundPeriod | None:
    if column not in row:
        return None
    month = in_digits(row[column].text)  # in a column of periods 202401 is no amount
    text = "{}-{:02}".format(*month) if month is not None else row[column].text
    return next(iter(find_periods(text, fiscal_year_end=fiscal)), None)


def _fact(row: dict[int, Cell], column: int, layout: _Layout, table: BlockTable, times: dict[Nature, Period | None]) -> Fact | None:
    cell = row[column]
    number = number_of(cell.text, table.style)
    label = row[layout.metric].text.strip() if layout.metric is not None and layout.metric in row else layout.names[column]
    path = (label,)
    concept = find_concept(path, None)
    nature = (concept.nature if concept else None) or nature_of(label) or "duration"
    period = times[nature]
    if number is None or period is None:
        return None
    line = _unit_line(row, column, layout)
    percent = any(text in {"%", "％", "percent"} for text in _unit_texts(row, layout))
    measure = in_currency(table.measure, _bare_currency(layout.names[column]))
    unit, scale = unit_and_scale(number, path, layout.names[column], measure, line, percent_column=percent)
    if unit is None and is_relation(label) and not number.currency:
        unit, scale = of_relation(number, unit_of_line(label))
    if may_be_crores(number, unit, table):
        return None
    entity = row[layout.entity].text.strip() if layout.entity is not None and layout.entity in row else None
    aside = tuple((layout.names[other], row[other].text.strip()) for other in layout.others if other in row)
    aside = (*aside, ("side", number.side)) if number.side else aside
    return Fact(
        metric=path,
        value=number.value * scale,
        unit=unit,
        period=period.iso,
        text=cell.text,
        page=table.page.number,
        entity=entity,
        concept=concept.name if concept and (unit != "ratio" or concept.unit == "ratio") else None,
        dimensions=((layout.names[layout.entity], entity), *aside) if entity and layout.entity is not None else aside,
        scale=scale,
        precision=number.precision,
        locator=cell.locator,
        table=table.number,
        row=cell.row,
        column=cell.column,
        confidence=cell.confidence,
    )


def _unit_texts(row: dict[int, Cell], layout: _Layout) -> list[str]:
    return [row[column].text.strip() for column in layout.units if column in row]


def _unit_line(row: dict[int, Cell], column: int, layout: _Layout) -> UnitLine:
    """What the row's own cells state of unit, scale and currency together; what they leave open, the header of the value states."""
    text, header = " ".join(_unit_texts(row, layout)), own_unit(layout.names[column])
    said, named = read_unit_line(text), header.currency or _bare_currency(layout.names[column]).currency
    next_to_currency = read_unit_line(f"{named or _ANY_CURRENCY} {text}")  # "m" and "k" are a scale only next to a currency
    if said == UnitLine() and (next_to_currency.scale or next_to_currency.unread):
        said = replace(next_to_currency, currency=named) if named else UnitLine(unread=text)
    own = said.scale is not None and said.scale > 1
    return UnitLine(
        scale=said.scale if own else header.scale or said.scale,
        currency=said.currency or header.currency,
        shared=said.shared if said.currency else header.shared,
        unread=said.unread or (None if own else header.unread),
    )


def _bare_currency(name: str) -> UnitLine:
    """The currency that the name of a column ends in, "Amount EUR", where it states no unit: what its values are of, but for rates."""
    return currency_at_end(name) if own_unit(name) == UnitLine() else UnitLine()


def _period(found: FoundPeriod, instant: bool, fiscal: FiscalYear, *, yearly: bool) -> Period | None:
    """The period of a row: a balance at its end, a flow over it. A bare day is the end of a year only where all rows have that day."""
    period = found.period or (fiscal.of(found.fiscal_year) if found.fiscal_year and found.kind == "year" else None)
    if period is None:
        return None
    if instant:
        return period.closing if not period.instant else period
    if period.instant:
        return fiscal.span(period.end, 12) if yearly else None
    return period
