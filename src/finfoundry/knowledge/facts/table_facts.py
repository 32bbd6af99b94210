"""Tables to facts: of each its grid, header, rows, time and measure put together."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from finfoundry.core.document import PERIOD_ASSUMED, Cell, Fact
from finfoundry.core.quantities.cells import parse_cell
from finfoundry.core.quantities.unit_lines import own_unit
from finfoundry.knowledge.facts.cell_units import differences_shown, may_be_crores, relations_shown, unit_of
from finfoundry.knowledge.facts.opened_tables import with_headings_anew
from finfoundry.knowledge.facts.periods.cell_period import Asked, period_of_cell
from finfoundry.knowledge.facts.periods.period_resolution import (
    Calendar,
    Setting,
    read_setting,
)
from finfoundry.knowledge.facts.periods.proven_closings import mark_closings
from finfoundry.knowledge.facts.periods.roll_forward import fill_spans, from_year_start, is_dated_balance, months_rolled, rolls_forward
from finfoundry.knowledge.facts.periods.row_walk import LabelledRow, read_lines
from finfoundry.knowledge.facts.periods.table_nature import in_quarters, nature_of_table
from finfoundry.knowledge.facts.records import read_records
from finfoundry.knowledge.facts.share_columns import shares_in_full
from finfoundry.knowledge.facts.share_rows import columns_of_money, headings_of_both, of_one_piece, prices, shares_between
from finfoundry.knowledge.facts.table.block_table import BlockTable, texts_around, titles_of
from finfoundry.knowledge.facts.table.changes import percents_beside, percents_by_arithmetic
from finfoundry.knowledge.facts.table.column_headers import HeaderColumn, header_outside
from finfoundry.knowledge.facts.table.concepts import Nature, find_concept
from finfoundry.knowledge.facts.table.grid import Value, year_like
from finfoundry.knowledge.facts.table.header_spans import extents_of
from finfoundry.knowledge.facts.table.inline_figures import assign, box_of, figures_inside
from finfoundry.knowledge.facts.table.row_labels import clean_label
from finfoundry.knowledge.facts.table.statements import scope_of, statement_of
from finfoundry.knowledge.facts.told_apart import not_told_apart
from finfoundry.knowledge.facts.units.relations import BASIS_POINT

# below a roll-forward: the lines of the balance sheet that hold its closing balance
_HELD = re.compile(
    r"(?:(?:other|total|net|prepaid|accrued|non-?current|current|long-term)\s+)+(?:assets?|liabilit(?:y|ies))(?!\s+(?:acquired|assumed|settled|paid|sold))\b",
    re.IGNORECASE,
)
_TOTAL = re.compile(r"^total\b|总|合计", re.IGNORECASE)
_WORD = re.compile(r"[a-z0-9&]+")
ALIGNED = 6.0  # points: the right edges of figures in one column, a closing bracket aside


def read_table(table: BlockTable, calendar: Calendar, before: BlockTable | None) -> tuple[BlockTable, list[Fact]]:
    """The table with what its rows tell of it, and its facts. ``before`` is the table that it may go on from."""
    goes_on = None
    if before is not None:
        table = _without_rest_of_header(table, before)
        goes_on = before if _continues(table, before) else None
    table = _named(table, goes_on)
    setting = read_setting(texts_around(table), calendar, table.begun)
    every = list(read_lines(table.grid, calendar, _inherited(table, goes_on, calendar), setting.timing))
    lines = [line for line in every if line.row.values]
    setting.latest = max((year for line in lines for column in line.columns.values() if (year := column.timing.year)), default=None)
    table = _rolling(_told_by_lines(table, lines), setting, lines)
    nature = nature_of_table(table, setting, lines, calendar)
    if nature == "duration" and in_quarters(lines, setting):
        setting.months = 3
    table = replace(table, balance=fill_spans(every, goes_on.balance if goes_on else None))
    table = _with_prices(table, lines)
    facts: list[Fact] = []
    for line in every:
        facts.extend(fact for value in line.row.values if (fact := _fact(value, line, table, nature, setting, calendar)) is not None)
        facts.extend(_inside(line, table, nature, setting, calendar))
    return table, list(_one_line_each(facts if table.statement == "balance" else list(shares_between(lines, facts))))


def _without_rest_of_header(table: BlockTable, before: BlockTable) -> BlockTable:
    """The table whose header rows head nothing, where they are but the end of the headings of the table before."""
    if not _begins_with_rest_of_header(table, before):
        return table
    rows = [replace(row, kind="note") if row.kind == "header" else row for row in table.grid.rows]
    return replace(table, grid=replace(table.grid, rows=rows))


def _named(table: BlockTable, goes_on: BlockTable | None) -> BlockTable:
    """The table as the statement that its titles and lines name, and whose it is; else as that which it goes on from."""
    titles = titles_of(table)
    statement, scope = statement_of(titles, table.labels), scope_of(titles)
    if goes_on is not None:
        statement, scope = statement or goes_on.statement, scope or goes_on.scope
    return replace(table, statement=statement, scope=scope)


def _inherited(table: BlockTable, goes_on: BlockTable | None, calendar: Calendar) -> dict[int, HeaderColumn]:
    """Columns for rows under no header: those of the table that this one goes on from, else those that a text around it names."""
    inherited = _carried(table, goes_on) if goes_on is not None else {}
    if not table.grid.headless or any(column.timing.dated for column in inherited.values()):
        return inherited
    texts = texts_around(table)[1:5]
    return next((columns for text in texts if (columns := header_outside(text, table.grid, calendar.fiscal))), None) or inherited


def _told_by_lines(table: BlockTable, lines: Sequence[LabelledRow]) -> BlockTable:
    """The table with what its lines tell of units: which are percents, relations, differences and counts."""
    if not lines:
        return table
    columns = lines[-1].columns
    percent = table.percent | percents_by_arithmetic(table.grid, columns)
    return replace(
        table,
        columns=columns,
        percent=percent,
        percent_cells=percents_beside(table.grid, columns, percent),
        relations=relations_shown(lines),
        differences=differences_shown(lines),
        counts=shares_in_full(lines),
        mixed=headings_of_both(lines),
    )


def _rolling(table: BlockTable, setting: Setting, lines: Sequence[LabelledRow]) -> BlockTable:
    """The table, as one that goes from opening to closing balances where it does; fills in over how many months."""
    proven = mark_closings(lines)
    rolls = proven or rolls_forward(table.labels) or sum(map(is_dated_balance, lines)) >= 2
    if (rolled := months_rolled(table.labels)) is not None:
        rolls, setting.months = True, setting.months or rolled
    setting.to_date = rolls and from_year_start(table.labels)
    return replace(table, rolls=rolls)


def _with_prices(table: BlockTable, lines: Sequence[LabelledRow]) -> BlockTable:
    heads = {row.index: row.cells[0].text for row in table.grid.rows if row.kind != "data" and row.cells}
    around = texts_around(table)[:4]
    return replace(table, prices=prices(lines, around, heads), each=of_one_piece(lines, around), money=columns_of_money(lines))


def unread_scale(table: BlockTable) -> str | None:
    """The words in the place of a scale, of the table, a column or a row, that are not understood; None where there are none."""
    own = (*(column.unit for column in table.columns.values()), *map(own_unit, table.labels))
    return table.measure.unread or next((line.unread for line in own if line.unread), None)


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


def _continues(table: BlockTable, before: BlockTable) -> bool:
    """Whether a table goes on from the one before: said by the parser, or on the next page without a header of its own."""
    if table.block.continued:
        return True
    if not table.grid.headless or not 0 <= table.leaf - before.leaf <= 1:
        return False
    mine = table.grid.value_columns
    if not extents_of(table.grid) and 1 < len(mine) < len(before.columns) and mine[0] in before.columns:  # text: columns by their order
        return set(mine) <= before.columns.keys()
    return len(mine) == len(before.columns) or bool(_below(table, before))


def _begins_with_rest_of_header(table: BlockTable, before: BlockTable) -> bool:
    """Whether a table at the top of the next page has as many columns, and over few of them words without a date: the end of headings."""
    header = [row for row in table.grid.rows if row.kind == "header"]
    words = [cell.text for row in header for cell in row.cells]
    first = next((block for block in table.page.blocks if block.kind == "table"), None)
    few = len(header) == 1 and 2 * len(words) <= len(table.grid.value_columns) and not any(map(str.isdigit, "".join(words)))
    dated = sum(column.timing.dated for column in before.columns.values()) > 1
    next_page = first is table.block and table.leaf == before.leaf + 1
    return few and dated and next_page and len(table.grid.value_columns) == len(before.columns)


def _carried(table: BlockTable, before: BlockTable) -> dict[int, HeaderColumn]:
    """The columns of the table before, for the columns of this one: in order, or by their places on the page."""
    if len(table.grid.value_columns) != len(before.columns):
        return _below(table, before) or dict(before.columns)
    return dict(zip(table.grid.value_columns, (before.columns[number] for number in sorted(before.columns)), strict=True))


def _below(table: BlockTable, before: BlockTable) -> dict[int, HeaderColumn]:
    """Each column with the column of the table before that is above it, where these are fewer and each is below another."""
    mine, theirs = extents_of(table.grid), extents_of(before.grid)
    if not 2 <= len(table.grid.value_columns) < len(before.columns) or table.grid.value_columns != sorted(mine):
        return {}
    under = {
        number: [other for other, (left, right) in theirs.items() if min(right, mine[number][1]) - max(left, mine[number][0]) > ALIGNED]
        for number in mine
    }
    found = [others[0] for others in under.values() if len(others) == 1 and others[0] in before.columns]
    if len(set(found)) < len(mine) or any(
        abs(theirs[other][1] - mine[number][1]) > ALIGNED for number, other in zip(under, found, strict=True)
    ):
        return {}
    return {number: before.columns[other] for number, other in zip(under, found, strict=True)}


def _fact(value: Value, line: LabelledRow, table: BlockTable, nature: Nature, setting: Setting, calendar: Calendar) -> Fact | None:
    column = line.columns.get(value.column) or HeaderColumn()
    path = line.paths.get(value.column, ()) or ((column.dimension,) if column.dimension else ())
    concept = find_concept(path, table.statement)
    if concept is not None and table.statement == "balance" and concept.nature == "duration":
        concept = None  # "Prepaid expenses and other assets" of a cash flow statement
    period, sure = period_of_cell(Asked(column, path, line, concept, nature, setting, calendar, table.rolls, table.statement))
    if period is None or not path:
        return None
    if table.rolls and table.statement is None and not period.instant and _HELD.match(path[-1]):
        period = period.closing
    header = column.dimension or ""
    unit, scale = unit_of(value, line, table, path, column, concept)
    if may_be_crores(value.number, unit, table):
        return None
    cell = value.cell
    dimensions = ((("column", header),) if header else ()) + ((("side", side),) if (side := value.number.side) else ())
    return Fact(
        metric=path,
        value=value.number.value * scale,
        unit=unit,
        period=period.iso,
        text=cell.text,
        page=table.page.number,
        concept=concept.name if concept and (unit != "ratio" or concept.unit in ("ratio", "times")) and not column.change else None,
        scope=column.scope or table.scope or "consolidated",
        dimensions=dimensions,
        scale=scale,
        precision=value.number.precision + (2 if unit == "ratio" and scale == BASIS_POINT else 0),  # as a percent
        box=cell.box,
        locator=cell.locator,
        statement=table.statement,
        table=table.number,
        row=cell.row,
        column=cell.column,
        confidence=cell.confidence if sure else min(cell.confidence, PERIOD_ASSUMED),
    )


def _inside(line: LabelledRow, table: BlockTable, nature: Nature, setting: Setting, calendar: Calendar) -> Iterator[Fact]:
    """Facts from figures inside the labels and texts of a row."""
    values = {id(value.cell) for value in line.row.values}
    for cell in line.row.cells:
        if id(cell) in values or year_like(cell.text):
            continue
        figures = figures_inside(cell.text, table.measure, named=_is_named_beside(cell, line, table))
        if not figures:
            continue
        label = cell.column in table.grid.labels or cell.column not in line.columns
        path = next(iter(line.paths.values()), ()) or (clean_label(cell.text),)
        columns = [line.columns[number] for number in sorted(line.columns)] if label else [line.columns[cell.column]]
        periods = [
            period_of_cell(Asked(column, path, line, None, nature, setting, calendar, table.rolls)).period
            for column in columns or [HeaderColumn()]
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


def _is_named_beside(cell: Cell, line: LabelledRow, table: BlockTable) -> bool:
    """Whether another label of its row, which is no figure, says what a label is of: "3.4% | 2032 | 1,508", not "2% | 8% | 123"."""
    labels = [other for other in line.row.cells if other.column in table.grid.labels]
    return cell in labels and any(other != cell and (parse_cell(other.text) is None or year_like(other.text)) for other in labels)


@dataclass(frozen=True, slots=True)
class TableReading:
    """What one table tells. ``records``: each of its rows is dated and owned by itself; ``unread``: the words in the place of a scale that
    are not understood, None where all are.
    """

    table: BlockTable
    facts: tuple[Fact, ...]
    records: bool = False
    unread: str | None = None


def read_tables(tables: Iterable[BlockTable], calendar: Calendar, entity: str | None) -> Iterator[TableReading]:
    """Each table as its headings, rows and the texts around it tell it, in reading order: one may go on from the one before."""
    before: BlockTable | None = None
    for table in tables:
        records = read_records(table, calendar)
        if records is not None:
            owned = tuple(replace(fact, entity=fact.entity or entity) for fact in records[0])
            yield TableReading(table, owned, records=True, unread=unread_scale(table) or records[1])
            before = None
        else:
            before, facts = _by_best_headings(table, calendar, before, entity)
            yield TableReading(before, tuple(facts), unread=unread_scale(before))


def _by_best_headings(
    table: BlockTable, calendar: Calendar, before: BlockTable | None, entity: str | None
) -> tuple[BlockTable, Sequence[Fact]]:
    """The table and its facts: where figures contradict others of their row, headings are read anew, and those that leave fewer of them
    hold.
    """
    found: tuple[BlockTable, Sequence[Fact], int] | None = None
    for one in _readings(table):
        told, facts = read_table(one, calendar, before)
        facts = [replace(without_own_name(fact, entity), entity=entity) for fact in facts]
        unclear = len(not_told_apart(facts))
        if found is None or unclear < found[2]:
            found = told, facts, unclear
        if not unclear:
            break
    assert found is not None  # noqa: S101  the table itself is one
    return found[0], found[1]


def _readings(table: BlockTable) -> Iterator[BlockTable]:
    yield table
    if (anew := with_headings_anew(table)) is not None:
        yield anew


def without_own_name(fact: Fact, entity: str | None) -> Fact:
    """A column under the company's own name is no part of it."""
    name = set(_WORD.findall((entity or "").lower()))
    kept = tuple(
        (axis, member) for axis, member in fact.dimensions if not (words := set(_WORD.findall(member.lower()))) or not words <= name
    )
    return fact if kept == fact.dimensions else replace(fact, dimensions=kept)
