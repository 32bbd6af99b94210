"""One table to facts: grid, header, rows, time and measure put together."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal

from finfoundry.core.document import Block, Fact, Page, Scope
from finfoundry.knowledge.facts.cell_period import is_ladder, period_of_cell
from finfoundry.knowledge.facts.columns import Column, header_outside
from finfoundry.knowledge.facts.concepts import Nature, find_concept, nature_of
from finfoundry.knowledge.facts.dating import (
    Calendar,
    Setting,
    compares_balances,
    read_setting,
    rolls_forward,
)
from finfoundry.knowledge.facts.grid import Grid, Value, percent_columns, read_grid, unit_note, year_like
from finfoundry.knowledge.facts.inside import assign, box_of, figures_inside
from finfoundry.knowledge.facts.lines import Line, fill_spans, read_lines
from finfoundry.knowledge.facts.rows import clean_label
from finfoundry.knowledge.facts.scale import Measure, read_measure, unit_and_scale
from finfoundry.knowledge.facts.statements import scope_of, statement_of

# below a roll-forward: where its closing balance stands in the balance sheet
_HELD = re.compile(
    r"(?:(?:other|total|net|prepaid|accrued|non-?current|current|long-term)\s+)+(?:assets?|liabilit(?:y|ies))(?!\s+(?:acquired|assumed|settled|paid|sold))\b",
    re.IGNORECASE,
)
_TOTAL = re.compile(r"^total\b|总|合计", re.IGNORECASE)
_FOOTNOTE = re.compile(r"^\s*(?:\(\w{1,2}\)|\*+|[†‡¹²³])\s*\S")
IN_FULL = 1_000_000_000  # a number so large is printed in full where the table states no scale


@dataclass(slots=True)
class Table:
    """A table block with what stands around it, and what was found out about it."""

    number: int
    page: Page
    block: Block
    above: tuple[str, ...]  # texts before it on the page, nearest first
    grid: Grid
    leaf: int = 0  # its page, counted without pages that hold next to nothing
    measure: Measure = field(default_factory=Measure)
    statement: str | None = None
    scope: Scope | None = None
    columns: dict[int, Column] = field(default_factory=dict)  # of its last header
    labels: list[str] = field(default_factory=list)
    assumed: bool = False  # the scale is the document's usual one, not its own
    rolls: bool = False  # goes from opening to closing balances
    percent: set[int] = field(default_factory=set)  # columns of percents that print the sign in some rows only


def open_table(number: int, page: Page, block: Block, above: tuple[str, ...], leaf: int) -> Table | None:
    """Read the grid and the measure; None when the table holds no number."""
    grid = read_grid(block)
    if not any(row.values for row in grid.rows):
        return None
    table = Table(number, page, block, above, grid, leaf)
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
    every = list(read_lines(table.grid, calendar, inherited))
    lines = [line for line in every if line.row.values]
    if lines:
        table.columns = lines[-1].columns
    table.rolls = rolls_forward(table.labels) or sum(line.date is not None for line in lines) >= 2
    nature = _nature(table, setting, lines, calendar)
    fill_spans(every)
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
    inside = {"heading", "note", "header"}  # a header's first cell stands over the labels, and may hold the title
    headings = [row.cells[0].text for row in table.grid.rows[:3] if row.kind in inside and row.cells[0].column in (*table.grid.labels, 0)]
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
    return table.grid.headless and 0 <= table.leaf - before.leaf <= 1 and len(table.grid.value_columns) == len(before.columns)


def _carried(table: Table, before: Table) -> dict[int, Column]:
    """The columns of the table before, for the columns of this one, in order."""
    if len(table.grid.value_columns) != len(before.columns):
        return dict(before.columns)
    return dict(zip(table.grid.value_columns, (before.columns[number] for number in sorted(before.columns)), strict=True))


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


def _fact(value: Value, line: Line, table: Table, nature: Nature, setting: Setting, calendar: Calendar) -> Fact | None:
    column = line.columns.get(value.column) or Column()
    path = line.paths.get(value.column, ()) or ((column.dimension,) if column.dimension else ())
    concept = find_concept(path, table.statement)
    period, sure = period_of_cell(column, path, line, concept, nature, setting, calendar, rolls=table.rolls)
    if period is None or not path:
        return None
    if table.rolls and table.statement is None and not period.instant and _HELD.match(path[-1]):
        period = period.closing
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
        periods = [
            period_of_cell(column, path, line, None, nature, setting, calendar, rolls=table.rolls)[0] for column in columns or [Column()]
        ]
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
