"""One table to facts: grid, header, rows, time and measure put together."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from decimal import Decimal

from finfoundry.core.document import PERIOD_ASSUMED, Block, Fact, Page
from finfoundry.core.quantities.unit_lines import UnitLine, meant, own_unit
from finfoundry.knowledge.facts.periods.acquisitions import INTRODUCES
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
from finfoundry.knowledge.facts.table.changes import percents_by_arithmetic
from finfoundry.knowledge.facts.table.column_headers import HeaderColumn, header_outside
from finfoundry.knowledge.facts.table.concepts import Nature, find_concept
from finfoundry.knowledge.facts.table.grid import Grid, Value, unit_note, year_like
from finfoundry.knowledge.facts.table.header_detection import percent_columns, percent_rows, read_grid
from finfoundry.knowledge.facts.table.header_lines import read_headings_anew
from finfoundry.knowledge.facts.table.header_spans import extents_of, part_titles
from finfoundry.knowledge.facts.table.inline_figures import assign, box_of, figures_inside
from finfoundry.knowledge.facts.table.measured_things import stated_of_things
from finfoundry.knowledge.facts.table.row_labels import clean_label
from finfoundry.knowledge.facts.table.scale import ONE, TableScale, per_share, read_measure, speaks_of_one_share, unit_and_scale
from finfoundry.knowledge.facts.table.statements import scope_of, statement_of
from finfoundry.knowledge.facts.table.unlabelled_totals import name_wholes

# below a roll-forward: the lines of the balance sheet that hold its closing balance
_HELD = re.compile(
    r"(?:(?:other|total|net|prepaid|accrued|non-?current|current|long-term)\s+)+(?:assets?|liabilit(?:y|ies))(?!\s+(?:acquired|assumed|settled|paid|sold))\b",
    re.IGNORECASE,
)
_DILUTIVE = re.compile(r"\banti-?\s?dilutive\b|\b(?:excluded\s+from|not\s+included\s+in|dilute)\b[^.]*\bper\b[^.]*\bshare\b", re.IGNORECASE)
_TOTAL_OF = re.compile(r"total\s+(?P<of>\S.*)|(?P<zh>\S+)(?:合计|总计|小计)$", re.IGNORECASE)
_TOTAL = re.compile(r"^total\b|总|合计", re.IGNORECASE)
_IN_PERCENT = re.compile(r"[(（]\s*[%％](?:\s*(?:of\s|占)[^()（）]{1,30})?\s*[)）]\s*$|^\s*单位\s*[:：]\s*\S{0,4}[%％]\s*$", re.IGNORECASE)
_BARE_RATIO = re.compile(r"\bratio\W*$", re.IGNORECASE)  # in a column that gives percents their sign: so many times, and no money
_NO_MONEY = frozenset({"ratio", "shares", "count", "years"})
MOST_PERCENT = 1000
MOST_RATIO = 10
SHORT = 60  # characters of a line above that may be a title
LEADS_IN = 300  # characters right above a table that may state its scale
ALIGNED = 6.0  # points: the right edges of figures in one column, a closing bracket aside
PARTED = "(several scales)"  # of a table that has none for all its rows
IN_FULL = 1_000_000_000  # a number so large is printed in full where the table states no scale


def open_table(number: int, page: Page, block: Block, above: tuple[str, ...], leaf: int) -> BlockTable | None:
    """Read the grid and the measure; None when the table holds no number."""
    grid = read_grid(block)
    if not any(row.values for row in grid.rows):
        return None
    part_titles(grid, page.words)
    return _opened(grid, number, page, block, above, leaf)


def with_headings_anew(table: BlockTable) -> BlockTable | None:
    """The table with headings read from the words of its page alone; None where there are none."""
    grid = read_grid(table.block)
    if not read_headings_anew(grid, table.page):
        return None
    anew = _opened(grid, table.number, table.page, table.block, table.above, table.leaf)
    anew.begun, anew.measure, anew.assumed = table.begun, table.measure, table.assumed
    return anew


def _opened(grid: Grid, number: int, page: Page, block: Block, above: tuple[str, ...], leaf: int) -> BlockTable:
    title = block.title or ""
    name_wholes(grid, above if title in above else (title, *above))
    table = BlockTable(number, page, block, above, grid, leaf)
    first = grid.labels[0] if grid.labels else 0
    table.labels = [row.text_at(first) for row in grid.rows if row.values]
    table.measure = _measure(table)
    table.percent, table.percent_rows = percent_columns(grid), percent_rows(grid)
    table.signed = {value.column for row in grid.rows for value in row.values if value.number.percent}
    corners = (cell.text for row in grid.rows if row.kind == "header" for cell in row.cells if cell.column in grid.labels)
    lines = (*corners, block.note or "", title, *(text for text in above[:1] if len(text) <= SHORT))
    table.in_percent = any(map(_IN_PERCENT.search, lines)) and not _currencies(table)
    table.measure = replace(table.measure, things=stated_of_things(lines))
    return table


def _measure(table: BlockTable) -> TableScale:
    """The nearest text that states a scale, with the nearest that states a currency."""
    inside = [
        cell.text
        for row in table.grid.rows
        if row.kind in {"note", "header"}
        for cell in row.cells
        if row.kind == "note" or cell.column in table.grid.labels or unit_note(cell.text)
    ]
    headings = [] if is_parted(table) else [row.cells[0].text for row in table.grid.rows[:4] if row.kind == "heading"]
    above = table.above[:2]
    whole = [f"{above[1]} {above[0]}"] if len(above) > 1 and above[0][:1].islower() and len(above[0] + above[1]) < 400 else []
    texts = [
        *inside,
        *headings,
        *whole,
        table.block.note or "",
        table.block.title or "",
        *(text[-LEADS_IN:] if place == 0 else text for place, text in enumerate(table.above[:4]) if place == 0 or len(text) < LEADS_IN),
    ]
    measures = [read_measure(text) for text in texts if text]
    nearest = next((measure for measure in measures if measure.scale is not None or measure.shares is not None), TableScale())
    alone = nearest.scale is None and not _currencies(table)  # "Shares in thousands", whatever is said further up of amounts
    scaled = nearest if alone else next((measure for measure in measures if measure.scale is not None), TableScale())
    named = next((measure for measure in (scaled, *measures[: len(inside) + 4]) if measure.currency), TableScale())
    unread = None if scaled.scale is not None else next((measure.unread for measure in measures[: len(inside) + 4] if measure.unread), None)
    shares = next((measure.shares for measure in (scaled, *measures[: len(inside) + 4]) if measure.shares is not None), None)
    scale = scaled.scale if scaled.scale is not None else shares  # "(Shares in thousands)" and no more
    measure = replace(scaled, scale=scale, currency=named.currency, shared=named.shared, shares=shares, unread=unread)
    if not _currencies(table) and scaled.scale is None and shares is not None:
        measure = replace(measure, counted=True)
    elif not _currencies(table) and any(_DILUTIVE.search(text[-INTRODUCES:]) for text in table.above[:1]):
        measure = replace(measure, shares=ONE if scale is None else shares, counted=True)
    return _signed(measure, table)


def is_parted(table: BlockTable) -> bool:
    """Whether the parts of a table have scales of their own: "Volume (in thousands):", then "Revenue (in millions):"."""
    headings = (row.cells[0].text for row in table.grid.rows if row.kind == "heading")
    return len({scale for text in (*headings, *table.labels) if (scale := own_unit(text).scale) is not None}) > 1


def _headed(label: str, line: LabelledRow, table: BlockTable) -> str | None:
    """The heading of the part of which a row is the total: "Revenue (in millions):" of "Total Revenue"; None where it is of none."""
    if (total := _TOTAL_OF.match(label)) is None:
        return None
    above = (row.cells[0].text for row in table.grid.rows[: line.row.index] if row.kind == "heading")
    return next((text for text in above if _bare(text) == _bare(total["of"] or total["zh"]) and own_unit(text).scale is not None), None)


def _bare(text: str) -> str:
    return re.sub(r"[(（][^()（）]*[)）]|[:：]", "", text).strip().casefold()


def _currencies(table: BlockTable) -> Counter[tuple[str, bool]]:
    """The currencies of the signs in the cells, and whether several share each sign."""
    values = (value.number for row in table.grid.rows for value in row.values)
    return Counter((number.currency, number.shared) for number in values if number.currency)


def _signed(measure: TableScale, table: BlockTable) -> TableScale:
    """The scale with the currency of the signs in the cells, before one that a text above names; a bare ``$`` is the dollar named there."""
    signs = _currencies(table)
    if not signs:
        return measure
    (sign, shared), _ = signs.most_common(1)[0]
    currency = meant(sign, shared=shared, stated=None if measure.shared else measure.currency)
    return replace(measure, currency=currency, shared=shared and currency == sign)


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
    unit, scale = _unit(value, line, table, path, column)
    if concept is not None and concept.unit == "times" and not value.number.percent and value.number.currency is None:
        unit, scale = "ratio", ONE  # 1.7 of "cash to short-term debt", in a table of millions
    cell = value.cell
    dimensions = (("column", header),) if header else ()
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
        precision=value.number.precision,
        box=cell.box,
        locator=cell.locator,
        statement=table.statement,
        table=table.number,
        row=cell.row,
        column=cell.column,
        confidence=cell.confidence if sure else min(cell.confidence, PERIOD_ASSUMED),
    )


def _unit(value: Value, line: LabelledRow, table: BlockTable, path: tuple[str, ...], column: HeaderColumn) -> tuple[str | None, Decimal]:
    """Unit and scale of a number: by its words, unless what stands around it tells another."""
    place = (line.row.index, value.column)
    if place in table.counts:
        return "shares", ONE
    percent = (column.percent or value.column in table.percent or line.row.index in table.percent_rows) and not value.number.currency
    said = table.in_percent and len(path) == 1 and column.unit == UnitLine() == own_unit(path[0])  # a heading in it begins other things
    percent = percent or (said and abs(value.number.value) < MOST_PERCENT)
    percent = percent and (value.number.percent or own_unit(path[-1]).scale is None)  # "Losses (USD m)" in a column of percents
    in_full = table.each or (table.assumed and abs(value.number.value) >= IN_FULL)
    measure = replace(table.measure, scale=None) if in_full else table.measure
    if place in table.prices and not percent:
        return per_share(value.number, measure), ONE
    words = tuple(part for part in path[:-1] if line.row.index < table.mixed.get(part, line.row.index + 1)) + path[-1:]
    words = words if (heading := _headed(words[-1], line, table)) is None else (heading, *words)
    unit, scale = unit_and_scale(value.number, words, column.dimension or "", measure, column.unit, percent_column=percent)
    whole = value.number.precision == 0 and not speaks_of_one_share((column.dimension or "").replace(" · ", " "))
    if value.column in table.signed and value.number.currency is None and _BARE_RATIO.search(path[-1]) and unit not in _NO_MONEY:
        return ("ratio" if abs(value.number.value) < MOST_RATIO else None), ONE  # 14.5 may be per cent
    if place in table.money and (unit == "shares" or (whole and unit and unit.endswith("/share"))):
        return unit_and_scale(value.number, (), "", measure, column.unit, percent_column=False)
    return unit, scale


def _inside(line: LabelledRow, table: BlockTable, nature: Nature, setting: Setting, calendar: Calendar) -> Iterator[Fact]:
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


def default_measure(tables: Iterable[BlockTable]) -> TableScale:
    """What most money tables of the document state, for those that state nothing."""
    scales: Counter[Decimal] = Counter()
    exempt: Counter[Decimal] = Counter()
    for table in tables:
        if table.measure.scale is not None:
            scales[table.measure.scale] += 1
            if table.measure.shares is not None:
                exempt[table.measure.shares] += 1
    if not scales:
        return TableScale()
    shares = exempt.most_common(1)[0][0] if sum(exempt.values()) * 2 > sum(scales.values()) else None
    return TableScale(scales.most_common(1)[0][0], None, shares)
