"""One table to facts: grid, header, rows, time and measure put together."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal

from finfoundry.core.document import Block, Fact, Page, Scope
from finfoundry.core.periods import Period, is_month_end
from finfoundry.knowledge.facts.columns import Column, Timing, header_outside, read_columns, read_timing, settle
from finfoundry.knowledge.facts.concepts import Concept, Nature, find_concept, known_nature, nature_of
from finfoundry.knowledge.facts.dating import (
    Calendar,
    Setting,
    at_edge,
    between,
    compares_balances,
    edge_named,
    heading_timing,
    is_edge,
    period_of,
    read_setting,
    rolls_forward,
    row_date,
    row_span,
)
from finfoundry.knowledge.facts.grid import Grid, Row, Value, percent_columns, read_grid, unit_note, year_like
from finfoundry.knowledge.facts.inside import assign, box_of, figures_inside
from finfoundry.knowledge.facts.rows import LabelReader, clean_label, joined_rows, label_blocks
from finfoundry.knowledge.facts.scale import Measure, read_measure, unit_and_scale
from finfoundry.knowledge.facts.statements import MAIN, scope_of, statement_of, title_of

_TOTAL = re.compile(r"^total\b|总|合计", re.IGNORECASE)
_FOOTNOTE = re.compile(r"^\s*(?:\(\w{1,2}\)|\*+|[†‡¹²³])\s*\S")
_ASSETS = re.compile(r"^(?:total\s+|segment\s+|identifiable\s+)?(?:long-lived\s+)?assets\b|^分部资产", re.IGNORECASE)
IN_FULL = 1_000_000_000  # a number so large is printed in full where the table states no scale


@dataclass(slots=True)
class Table:
    """A table block with what stands around it, and what was found out about it."""

    number: int
    page: Page
    block: Block
    above: tuple[str, ...]  # texts before it on the page, nearest first
    grid: Grid
    measure: Measure = field(default_factory=Measure)
    statement: str | None = None
    scope: Scope | None = None
    columns: dict[int, Column] = field(default_factory=dict)  # of its last header
    labels: list[str] = field(default_factory=list)
    assumed: bool = False  # the scale is the document's usual one, not its own
    rolls: bool = False  # goes from opening to closing balances
    percent: set[int] = field(default_factory=set)  # columns of percents that print the sign in some rows only


@dataclass(slots=True)
class Line:
    """A data row with its label paths (by first value column of the label block), its header and what headings say of time."""

    row: Row
    paths: dict[int, tuple[str, ...]]  # value column -> path
    columns: dict[int, Column]
    timing: Timing | None
    date: Period | None
    span: Period | None = None  # between two dated balance rows


def open_table(number: int, page: Page, block: Block, above: tuple[str, ...]) -> Table | None:
    """Read the grid and the measure; None when the table holds no number."""
    grid = read_grid(block)
    if not any(row.values for row in grid.rows):
        return None
    table = Table(number, page, block, above, grid)
    first = grid.labels[0] if grid.labels else 0
    table.labels = [row.text_at(first) for row in grid.rows if row.values]
    table.measure = _measure(table)
    table.percent = percent_columns(grid)
    return table


def _measure(table: Table) -> Measure:
    """The nearest text that states a scale, with the nearest that states a currency."""
    inside = [
        cell.text
        for row in table.grid.rows
        if row.kind in {"note", "header"}
        for cell in row.cells
        if row.kind == "note" or cell.column in table.grid.labels or unit_note(cell.text)
    ]
    headings = [row.cells[0].text for row in table.grid.rows[:4] if row.kind == "heading"]
    texts = [*inside, *headings, table.block.note or "", table.block.title or "", *(text for text in table.above[:4] if len(text) < 300)]
    measures = [read_measure(text) for text in texts if text]
    scaled = next((measure for measure in measures if measure.scale is not None), Measure())
    currency = scaled.currency or next((measure.currency for measure in measures[: len(inside) + 4] if measure.currency), None)
    signs = Counter(value.number.currency for row in table.grid.rows for value in row.values if value.number.currency)
    return replace(scaled, currency=signs.most_common(1)[0][0] if signs else currency)


def read_table(table: Table, calendar: Calendar, before: Table | None) -> list[Fact]:
    """The facts of a table. ``before`` is the table that it may go on from."""
    titles = _titles(table)
    table.statement = statement_of(titles, table.labels)
    table.scope = scope_of(titles)
    if before is not None and _continues(table, before):
        table.statement = table.statement or before.statement
        table.scope = table.scope or before.scope
        inherited = _carried(table, before)
    else:
        inherited = {}
    if table.grid.headless and not any(column.timing.dated for column in inherited.values()):
        outside = next((columns for text in _texts(table)[1:5] if (columns := header_outside(text, table.grid, calendar.fiscal))), None)
        inherited = outside or inherited
    setting = read_setting(_texts(table), calendar)
    every = list(_lines(table, calendar, inherited))
    lines = [line for line in every if line.row.values]
    if lines:
        table.columns = lines[-1].columns
    table.rolls = rolls_forward(table.labels) or sum(line.date is not None for line in lines) >= 2
    nature = _nature(table, setting, lines, calendar)
    _fill_spans(every)
    facts: list[Fact] = []
    for line in every:
        facts.extend(fact for value in line.row.values if (fact := _fact(value, line, table, nature, setting, calendar)) is not None)
        facts.extend(_inside(line, table, nature, setting, calendar))
    return list(_one_line_each(facts))


def _one_line_each(facts: list[Fact]) -> Iterator[Fact]:
    """Where two lines of a column go by one concept ("Net sales", "Total revenue"), only the total keeps it."""
    lines: dict[tuple[str | None, int | None, tuple[tuple[str, str], ...]], list[Fact]] = {}
    for fact in facts:
        if fact.concept:
            lines.setdefault((fact.concept, fact.column, fact.dimensions), []).append(fact)
    dropped: set[int] = set()
    for group in lines.values():
        totals = [fact for fact in group if _TOTAL.search(fact.metric[-1])]
        if len(group) > 1 and totals:
            dropped.update(id(fact) for fact in group if fact not in totals)
    for fact in facts:
        yield replace(fact, concept=None) if id(fact) in dropped else fact


def _titles(table: Table) -> list[str]:
    headings = [row.cells[0].text for row in table.grid.rows[:3] if row.kind in {"heading", "note"}]
    return [text for text in (*headings, table.block.title or "", *table.above) if text]


def _texts(table: Table) -> list[str]:
    """Texts that may say what time the table is about, nearest first."""
    labels = set(table.grid.labels)
    corner = [cell.text for row in table.grid.rows if row.kind == "header" for cell in row.cells if cell.column in labels]
    title = table.block.title or ""
    above = [text for text in table.above if not _FOOTNOTE.match(text)]
    return [" ".join(corner), table.block.note or "", "" if title in table.above else title, *above]


def _continues(table: Table, before: Table) -> bool:
    """Whether a table goes on from the one before: said by the parser, or on the next page without a header of its own."""
    if table.block.continued:
        return True
    return table.grid.headless and 0 <= table.page.number - before.page.number <= 1 and len(table.grid.value_columns) == len(before.columns)


def _carried(table: Table, before: Table) -> dict[int, Column]:
    """The columns of the table before, for the columns of this one, in order."""
    if len(table.grid.value_columns) != len(before.columns):
        return dict(before.columns)
    return dict(zip(table.grid.value_columns, (before.columns[number] for number in sorted(before.columns)), strict=True))


def _lines(table: Table, calendar: Calendar, inherited: dict[int, Column]) -> Iterator[Line]:
    """Go down the rows, keeping header, headings and dates that govern the next one."""
    grid = table.grid
    readers = [LabelReader(columns) for columns in label_blocks(grid)] or [LabelReader([])]
    columns: dict[int, Column] = dict(inherited)
    run: list[Row] = []
    timing: Timing | None = None
    for row in joined_rows(grid):
        if row.kind == "header":
            run.append(row)
            continue
        if row.kind in {"heading", "note"}:
            for reader in readers:
                for cell in row.cells:
                    if cell.column in reader.columns and row.kind == "heading" and not _is_title(row, grid):
                        if (said := heading_timing(cell.text, calendar.fiscal)) is not None and not _to_come(said, calendar):
                            timing = said
                        reader.heading(cell.text, cell.indent)
            if row.kind == "heading" and not run and any(character.isdigit() for cell in row.cells for character in cell.text):
                path = next((tuple(level.text for level in reader.stack) for reader in readers if reader.stack), ())
                yield Line(row, {-1: path}, columns, timing, None)
            continue
        if run:
            fresh = read_columns(grid, run, _corner(run, grid), calendar.fiscal)
            settle(fresh, calendar.report.end if calendar.report else None, weeks=calendar.fiscal.weeks)
            columns = _merged(columns, fresh) if columns and not inherited else fresh if any(c.text for c in fresh.values()) else columns
            run = []
        paths = _paths(row, readers)
        label = next((path[-1] for path in paths.values() if path), "")
        yield Line(row, paths, columns, timing, _balance_date(label, calendar))


def _to_come(timing: Timing, calendar: Calendar) -> bool:
    """Whether a heading names a time after the report: "Notes due 2034" dates no row."""
    year = timing.end.year if timing.end else timing.year
    return bool(calendar.report and year and year > calendar.report.end.year + 1)


def _balance_date(label: str, calendar: Calendar) -> Period | None:
    """The date of a balance row. A bare date is one only where periods end; others are maturities and the like."""
    day = row_date(label)
    if day is None or (calendar.report and day.end > calendar.report.end):
        return None
    bare = not re.sub(r"[\W\d_]|[年月日]", "", re.sub(r"[A-Za-z]+\.?\s+\d", "", label, count=1))
    if bare and not (is_month_end(day.end) or day.end in calendar.ends or calendar.closes_a_quarter(day.end)):
        return None
    return calendar.balance_day(day)


def _is_title(row: Row, grid: Grid) -> bool:
    """A line above the first header row, or one that names the statement, is no group of rows."""
    first_header = next((item.index for item in grid.rows if item.kind == "header"), -1)
    return row.index < first_header or title_of([row.cells[0].text]) in MAIN


def _corner(run: list[Row], grid: Grid) -> str:
    return " ".join(cell.text for row in run for cell in row.cells if cell.column in grid.labels)


def _merged(old: dict[int, Column], fresh: dict[int, Column]) -> dict[int, Column]:
    """A header in the middle of a table replaces the old one; columns of which it says nothing keep theirs."""
    merged = {number: column if column.text else old.get(number, column) for number, column in fresh.items()}
    for number, column in merged.items():
        before = old.get(number)
        if before and before.timing.dated and column.timing.months and not column.timing.dated:  # another length, the same dates
            timing = replace(before.timing, months=column.timing.months, period=None)
            merged[number] = replace(before, timing=timing, dimension=before.dimension)
    return merged


def _paths(row: Row, readers: list[LabelReader]) -> dict[int, tuple[str, ...]]:
    """The path for each value: that of the label block to its left."""
    read = [(reader.columns[0] if reader.columns else -1, reader.data(row)) for reader in readers if not reader.columns or row.cells]
    paths = {}
    for value in row.values:
        left = [path for first, path in read if first < value.column]
        right = [path for first, path in read if first > value.column and path]
        paths[value.column] = left[-1] if left and left[-1] else right[0] if right else (read[0][1] if read else ())
    if not row.values and read:
        paths[-1] = read[0][1]
    return paths


def _nature(table: Table, setting: Setting, lines: list[Line], calendar: Calendar) -> Nature:
    """Stocks or flows, for columns that don't say."""
    if table.statement == "balance":
        return "instant"
    if table.statement in {"income", "cash flow", "comprehensive income"}:
        return "duration"
    if any(is_ladder(path, calendar) for line in lines for path in line.paths.values()) or any(
        column.future for line in lines[:1] for column in line.columns.values()
    ):
        return "instant"
    ends = [column.timing.end for line in lines[:1] for column in line.columns.values() if column.timing.end]
    if compares_balances(ends):
        return "instant"
    if table.rolls:
        return "duration"
    if (
        setting.sure
        and setting.nature
        and not (ends and setting.nature == "duration" and not setting.months_near and not set(ends) & setting.ends)
    ):
        return setting.nature
    votes = Counter(nature for line in lines for path in [next(iter(line.paths.values()), ())] if path and (nature := nature_of(path[-1])))
    if ends or (
        setting.near and setting.timing.end and not setting.timing.period
    ):  # a date without "ended" is one of a balance, unless nearly all lines are flows
        return "duration" if votes["duration"] > 2 and votes["duration"] > 4 * votes["instant"] else "instant"
    if votes["instant"] != votes["duration"]:
        return "instant" if votes["instant"] > votes["duration"] else "duration"
    return "duration"


def _fill_spans(lines: list[Line]) -> None:
    """Rows between two dated balances are what happened between them."""
    last: Line | None = None
    waiting: list[Line] = []
    for line in lines:
        if line.date is None:
            waiting.append(line)
            continue
        if last is not None:
            moved = between(last.date, line.date)
            for item in waiting:
                item.span = moved
        last, waiting = line, []


def _fact(value: Value, line: Line, table: Table, nature: Nature, setting: Setting, calendar: Calendar) -> Fact | None:
    column = line.columns.get(value.column) or Column()
    path = line.paths.get(value.column, ()) or ((column.dimension,) if column.dimension else ())
    concept = find_concept(path, table.statement)
    period, sure = _period(column, path, line, concept, nature, setting, calendar, rolls=table.rolls)
    if period is None or not path:
        return None
    header = column.dimension or ""
    percent = column.percent or value.column in table.percent
    in_full = table.assumed and abs(value.number.value) >= IN_FULL
    measure = replace(table.measure, scale=None) if in_full else table.measure
    unit, scale = unit_and_scale(value.number, path, column.dimension or "", measure, percent_column=percent)
    cell = value.cell
    dimensions = (("column", header),) if header else ()
    return Fact(
        metric=path,
        value=value.number.value * scale,
        unit=unit,
        period=period.iso,
        text=cell.text,
        page=table.page.number,
        concept=concept.name if concept and unit != "ratio" and not column.change else None,
        scope=column.scope or table.scope or "consolidated",
        dimensions=dimensions,
        scale=scale,
        precision=value.number.precision,
        box=cell.box,
        locator=cell.locator,
        statement=table.statement,
        table=table.number,
        row=cell.row,
        column=cell.column,
        confidence=cell.confidence if sure else min(cell.confidence, 0.7),
    )


def _inside(line: Line, table: Table, nature: Nature, setting: Setting, calendar: Calendar) -> Iterator[Fact]:
    """Facts from figures inside the labels and texts of a row."""
    values = {id(value.cell) for value in line.row.values}
    for cell in line.row.cells:
        if id(cell) in values or year_like(cell.text):
            continue
        figures = figures_inside(cell.text, table.measure)
        if not figures:
            continue
        label = cell.column in table.grid.labels or cell.column not in line.columns
        path = next(iter(line.paths.values()), ()) or (clean_label(cell.text),)
        columns = [line.columns[number] for number in sorted(line.columns)] if label else [line.columns[cell.column]]
        periods = [_period(column, path, line, None, nature, setting, calendar, rolls=table.rolls)[0] for column in columns or [Column()]]
        said = list(dict.fromkeys(period for period in periods if period is not None))
        for figure, period in assign(figures, said, every=table.statement == "balance"):
            yield Fact(
                metric=path,
                value=figure.value,
                unit=figure.unit,
                period=period.iso,
                text=figure.text,
                page=table.page.number,
                scope=table.scope or "consolidated",
                dimensions=(("figure", figure.words),),
                scale=figure.scale,
                precision=figure.precision,
                box=box_of(figure, cell, table.page.words),
                locator=cell.locator,
                statement=table.statement,
                table=table.number,
                row=cell.row,
                column=cell.column,
                confidence=cell.confidence,
            )


def _period(
    column: Column,
    path: tuple[str, ...],
    line: Line,
    concept: Concept | None,
    nature: Nature,
    setting: Setting,
    calendar: Calendar,
    *,
    rolls: bool,
) -> tuple[Period | None, bool]:
    """The period of a cell, and whether it was said (and not only taken from the document as a whole)."""
    label = path[-1] if path else ""
    if column.between is not None:
        return column.between, True
    if line.date is not None and not column.timing.dated:
        return line.date, True
    if not column.timing.dated and (span := row_span(label) or (line.span if line.timing is None else None)):
        return edge_named(column.text, span) or span, True
    timing = _timing(column, path, line, setting, calendar)
    if rolls and timing.instant and not timing.offset:
        timing = replace(timing, instant=None)
    own = nature if rolls else column.nature or nature
    line_nature = concept.nature if concept is not None else known_nature(label)
    if line_nature is not None and line_nature != own and not setting.sure and column.timing.months is None and not is_edge(label):
        own = line_nature
    if own == "instant" and timing.dated and not column.timing.dated and not (line.timing and line.timing.dated):
        timing = replace(timing, period=None, months=None, instant=True)
    if not timing.dated:
        return _default(replace(timing, months=timing.months or setting.months), own, label, calendar), False
    months = timing.months or setting.months or (12 if calendar.annual or calendar.report is None else calendar.report.months)
    period = period_of(timing, own, months, setting, calendar)
    if period is None:
        return None, False
    edge = at_edge(label, period) or edge_named(column.text, period)
    if edge is not None:
        return edge, True
    if line.date is not None and not period.instant and period.opening.end <= line.date.end <= period.end:
        return line.date, True
    if not period.instant and (line_nature == "instant" or any(_ASSETS.search(part) for part in path[-2:])):
        return period.closing, True
    return period, True


def _timing(column: Column, path: tuple[str, ...], line: Line, setting: Setting, calendar: Calendar) -> Timing:
    """The column's own words; what it leaves open from the headings above the row, then from the row, then from the texts nearby."""
    timing = column.timing
    said = (
        setting.timing if setting.near and setting.timing.end else None
    )  # a full date in the corner or title: years in rows are no periods
    for other in (line.timing, said, _year_row(path, column, calendar), setting.timing):
        if other is not None and other.dated and not timing.dated:
            timing = replace(other, months=timing.months or other.months, period=None if timing.months else other.period)
    if timing.months is None and timing.period is None and line.timing and line.timing.months:
        timing = replace(timing, months=line.timing.months)
    return timing


def _year_row(path: tuple[str, ...], column: Column, calendar: Calendar) -> Timing | None:
    """A row named by a past year is of that year; years to come are a maturity ladder."""
    if not path or not year_like(path[-1]) or calendar.report is None:
        return None
    year = int(re.sub(r"\D", "", path[-1])[:4])
    if not calendar.report.end.year - 12 < year <= calendar.report.end.year:
        return None
    return read_timing(f"{column.day}, {year}", calendar.fiscal) if column.day else Timing(year=year)


def is_ladder(path: tuple[str, ...], calendar: Calendar) -> bool:
    """Whether a row is a year to come: what falls due then."""
    return (
        bool(path)
        and calendar.report is not None
        and year_like(path[-1])
        and int(re.sub(r"\D", "", path[-1])[:4]) > calendar.report.end.year
    )


def _default(timing: Timing, nature: Nature, label: str, calendar: Calendar) -> Period | None:
    report = calendar.report
    if report is None:
        return None
    if nature == "instant":
        return report.closing
    period = calendar.span(report.end, timing.months) if timing.months else report
    return at_edge(label, period) or period


def default_measure(tables: Iterable[Table]) -> Measure:
    """What most money tables of the document state, for those that state nothing."""
    scales: Counter[Decimal] = Counter()
    exempt: Counter[Decimal] = Counter()
    for table in tables:
        if table.measure.scale is not None:
            scales[table.measure.scale] += 1
            if table.measure.shares is not None:
                exempt[table.measure.shares] += 1
    if not scales:
        return Measure()
    shares = exempt.most_common(1)[0][0] if sum(exempt.values()) * 2 > sum(scales.values()) else None
    return Measure(scales.most_common(1)[0][0], None, shares)
