"""One table to facts: grid, header, rows, time and measure put together."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from finfoundry.core.document import PERIOD_ASSUMED, Block, Cell, Fact, Page
from finfoundry.core.quantities.cells import parse_cell
from finfoundry.core.quantities.unit_lines import own_unit
from finfoundry.knowledge.facts.cell_units import differences_shown, may_be_crores, relations_shown, unit_of
from finfoundry.knowledge.facts.periods.cell_period import period_of_cell
from finfoundry.knowledge.facts.periods.period_resolution import (
    Calendar,
    Setting,
    read_setting,
)
from finfoundry.knowledge.facts.periods.proven_closings import mark_closings
from finfoundry.knowledge.facts.periods.roll_forward import fill_spans, from_year_start, is_dated_balance, months_rolled, rolls_forward
from finfoundry.knowledge.facts.periods.row_walk import LabelledRow, read_lines
from finfoundry.knowledge.facts.periods.table_nature import in_quarters, nature_of_table
from finfoundry.knowledge.facts.share_columns import shares_in_full
from finfoundry.knowledge.facts.share_rows import columns_of_money, headings_of_both, of_one_piece, prices, shares_between
from finfoundry.knowledge.facts.table.block_table import BlockTable, texts_around, titles_of
from finfoundry.knowledge.facts.table.changes import percents_beside, percents_by_arithmetic
from finfoundry.knowledge.facts.table.column_headers import HeaderColumn, header_outside
from finfoundry.knowledge.facts.table.concepts import Nature, find_concept
from finfoundry.knowledge.facts.table.grid import PLAIN, Grid, Style, Value, year_like
from finfoundry.knowledge.facts.table.header_detection import percent_columns, percent_rows, read_grid
from finfoundry.knowledge.facts.table.header_lines import read_headings_anew
from finfoundry.knowledge.facts.table.header_spans import extents_of, part_titles
from finfoundry.knowledge.facts.table.inline_figures import assign, box_of, figures_inside
from finfoundry.knowledge.facts.table.measured_things import stated_of_things
from finfoundry.knowledge.facts.table.row_labels import clean_label
from finfoundry.knowledge.facts.table.statements import scope_of, statement_of
from finfoundry.knowledge.facts.table.unlabelled_totals import name_wholes
from finfoundry.knowledge.facts.table_measure import currencies_of, measure_of
from finfoundry.knowledge.facts.units.relations import BASIS_POINT
from finfoundry.knowledge.facts.units.term_headings import with_terms_called, without_heading_of_terms

# below a roll-forward: the lines of the balance sheet that hold its closing balance
_HELD = re.compile(
    r"(?:(?:other|total|net|prepaid|accrued|non-?current|current|long-term)\s+)+(?:assets?|liabilit(?:y|ies))(?!\s+(?:acquired|assumed|settled|paid|sold))\b",
    re.IGNORECASE,
)
_TOTAL = re.compile(r"^total\b|总|合计", re.IGNORECASE)
_IN_PERCENT = re.compile(
    r"(?:,?\s+in|,)\s+(?:%|percent|per\s+cent|prozent)(?:\s+(?:per\s+(?:year|annum)|a\s+year|p\.?\s?a\b\.?))?\W*$"
    r"|[(（]\s*(?:in\s+)?[%％](?:\s*(?:of\s|占)[^()（）]{1,30}|\s*p\.?\s?a\.?)?\s*[)）]\s*$|^\s*单位\s*[:：]\s*\S{0,4}[%％]\s*$",
    re.IGNORECASE,
)
SHORT = 60  # characters of a line above that may be a title
ALIGNED = 6.0  # points: the right edges of figures in one column, a closing bracket aside
PARTED = "(several scales)"  # of a table that has none for all its rows


def open_table(number: int, page: Page, block: Block, above: tuple[str, ...], leaf: int, style: Style = PLAIN) -> BlockTable | None:
    """Read the grid and the measure; None when the table holds no number."""
    grid = read_grid(with_terms_called(block, above), style)
    if not any(row.values for row in grid.rows):
        return None
    part_titles(grid, page.words)
    return _opened(grid, BlockTable(number, page, block, above, grid, leaf, style))


def with_headings_anew(table: BlockTable) -> BlockTable | None:
    """The table with headings read from the words of its page alone; None where there are none."""
    grid = read_grid(with_terms_called(table.block, table.above), table.style)
    if not read_headings_anew(grid, table.page):
        return None
    anew = _opened(grid, BlockTable(table.number, table.page, table.block, table.above, grid, table.leaf, table.style))
    anew.begun, anew.measure, anew.assumed = table.begun, table.measure, table.assumed
    return anew


def _opened(grid: Grid, table: BlockTable) -> BlockTable:
    block, above, title = table.block, table.above, table.block.title or ""
    name_wholes(grid, above if title in above else (title, *above))
    first = grid.labels[0] if grid.labels else 0
    table.labels = [row.text_at(first) for row in grid.rows if row.values]
    table.measure = measure_of(table)
    table.percent, table.percent_rows = percent_columns(grid), percent_rows(grid)
    table.signed = {value.column for row in grid.rows for value in row.values if value.number.percent}
    corners = (cell.text for row in grid.rows if row.kind == "header" for cell in row.cells if cell.column in grid.labels)
    nearest = without_heading_of_terms(block, above)[:1]
    lines = (*corners, block.note or "", title, *(text for text in nearest if len(text) <= SHORT))
    table.in_percent = any(map(_IN_PERCENT.search, lines)) and not currencies_of(table)
    table.measure = replace(table.measure, things=stated_of_things(lines))
    return table


def read_table(table: BlockTable, calendar: Calendar, before: BlockTable | None) -> list[Fact]:
    """The facts of a table. ``before`` is the table that it may go on from."""
    titles = titles_of(table)
    table.statement = statement_of(titles, table.labels)
    table.scope = scope_of(titles)
    last = None
    if before is not None and _begins_with_rest_of_header(table, before):
        for row in table.grid.rows:
            row.kind = "note" if row.kind == "header" else row.kind
    if before is not None and _continues(table, before):
        table.statement = table.statement or before.statement
        table.scope = table.scope or before.scope
        inherited, last = _carried(table, before), before.balance
    else:
        inherited = {}
    if table.grid.headless and not any(column.timing.dated for column in inherited.values()):
        outside = next(
            (columns for text in texts_around(table)[1:5] if (columns := header_outside(text, table.grid, calendar.fiscal))), None
        )
        inherited = outside or inherited
    setting = read_setting(texts_around(table), calendar, table.begun)
    every = list(read_lines(table.grid, calendar, inherited, setting.timing))
    lines = [line for line in every if line.row.values]
    if lines:
        table.columns = lines[-1].columns
        table.percent |= percents_by_arithmetic(table.grid, table.columns)
        table.percent_cells = percents_beside(table.grid, table.columns, table.percent)
        table.relations, table.differences = relations_shown(lines), differences_shown(lines)
        table.counts, table.mixed = shares_in_full(lines), headings_of_both(lines)
    setting.latest = max((year for line in lines for column in line.columns.values() if (year := column.timing.year)), default=None)
    proven = mark_closings(lines)
    table.rolls = proven or rolls_forward(table.labels) or sum(map(is_dated_balance, lines)) >= 2
    if (rolled := months_rolled(table.labels)) is not None:
        table.rolls, setting.months = True, setting.months or rolled
    setting.to_date = table.rolls and from_year_start(table.labels)
    nature = nature_of_table(table, setting, lines, calendar)
    if nature == "duration" and in_quarters(lines, setting):
        setting.months = 3
    table.balance = fill_spans(every, last)
    heads = {row.index: row.cells[0].text for row in table.grid.rows if row.kind != "data" and row.cells}
    around = texts_around(table)[:4]
    table.prices, table.each, table.money = prices(lines, around, heads), of_one_piece(lines, around), columns_of_money(lines)
    facts: list[Fact] = []
    for line in every:
        facts.extend(fact for value in line.row.values if (fact := _fact(value, line, table, nature, setting, calendar)) is not None)
        facts.extend(_inside(line, table, nature, setting, calendar))
    return list(_one_line_each(facts if table.statement == "balance" else list(shares_between(lines, facts))))


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
    period, sure = period_of_cell(column, path, line, concept, nature, setting, calendar, rolls=table.rolls, statement=table.statement)
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
            period_of_cell(column, path, line, None, nature, setting, calendar, rolls=table.rolls)[0]
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
