"""Down the rows of a table: each data row with its label paths, its header, and what headings above it say of time."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from finfoundry.core.periods import Period, is_month_end
from finfoundry.knowledge.facts.header_times.timing import Timing
from finfoundry.knowledge.facts.periods.days import days_of_rows
from finfoundry.knowledge.facts.periods.period_resolution import Calendar, heading_timing, opens, row_date
from finfoundry.knowledge.facts.periods.quarters import date_months, date_quarters, date_totals
from finfoundry.knowledge.facts.periods.settle import settle
from finfoundry.knowledge.facts.periods.stretches import named_stretch
from finfoundry.knowledge.facts.table.column_headers import HeaderColumn, read_columns
from finfoundry.knowledge.facts.table.concepts import BY_HEADING, label_key
from finfoundry.knowledge.facts.table.grid import Grid, GridRow
from finfoundry.knowledge.facts.table.row_labels import LabelReader, beside, joined_rows, label_blocks
from finfoundry.knowledge.facts.table.statements import MAIN, title_of

FEWEST = 3  # letters that such a heading says besides the year
_BARE = re.compile(r"[\W\d_]|年度?|[月日]|民国|fiscal|years?|ended", re.IGNORECASE)
_GOES_TO = re.compile(r"[至到~～]\s*\d")  # the end of a span that a heading above begins: 112年1月1日 over 至9月30日
Edge = Literal["opening", "closing", "moved"]


@dataclass(slots=True)
class LabelledRow:
    """A data row with its label paths (by first value column of the label block), its header and what headings say of time."""

    row: GridRow
    paths: dict[int, tuple[str, ...]]  # value column -> path
    columns: dict[int, HeaderColumn]
    timing: Timing | None
    date: Period | None
    span: Period | None = None  # between two dated balance rows
    day: Period | None = None  # on which it took place, where each row of its table is of a day
    edge: Edge | None = None  # of its column's period, or what moved the one to the other: as the rows around it tell, not its label


def read_lines(grid: Grid, calendar: Calendar, inherited: dict[int, HeaderColumn], around: Timing) -> Iterator[LabelledRow]:
    """Go down the rows, keeping header, headings and dates that govern the next one. ``around``: what texts near it say of time."""
    blocks = label_blocks(grid)
    readers = [LabelReader(columns) for columns in blocks] or [LabelReader([])]
    others = [column for column in grid.labels if not any(column in block for block in blocks)]
    columns: dict[int, HeaderColumn] = dict(inherited)
    run: list[GridRow] = []
    timing: Timing | None = None
    begun = ""  # the last heading with a date above no row yet: the day on which a span may begin that the header below it ends
    day: Period | None = None  # of the last balance
    rows, days = list(joined_rows(grid)), days_of_rows(grid)
    for row, below in zip(rows, [*rows[1:], None], strict=True):
        if row.kind == "header":
            if any("。" in cell.text or cell.text.startswith(("详见", "参见")) for cell in row.cells):
                continue  # sentences of a table above that has the same columns head nothing
            if any(character.isalnum() for cell in row.cells for character in cell.text):
                run.append(row)
            continue
        if row.kind in {"heading", "note"}:
            for reader in readers:
                for cell in row.cells:
                    if (cell.column in reader.columns or not reader.columns) and row.kind == "heading":
                        said = heading_timing(cell.text, calendar.fiscal)
                        begun = cell.text if said is not None and said.end is not None else begun
                        if _is_title(row, grid):
                            continue
                        if said is not None and not (_to_come(said, calendar) or _of_what_came_before(said, cell.text, day, below)):
                            timing = said
                        reader.heading(cell.text, cell.indent, sure=below is not None and _needs_heading(below))
            if row.kind == "heading" and not run and any(character.isdigit() for cell in row.cells for character in cell.text):
                path = next((tuple(level.text for level in reader.stack) for reader in readers if reader.stack), ())
                yield LabelledRow(row, {-1: path}, columns, timing, None)
            continue
        if run:
            fresh = read_columns(grid, run, _corner(run, grid), calendar.fiscal)
            settle(fresh, calendar.report.end if calendar.report else None, weeks=calendar.fiscal.weeks)
            date_quarters(fresh, calendar.report.end if calendar.report else None, timing.year if timing else None)
            said_nearby = (heading_timing(_corner(run, grid), calendar.fiscal), timing, around)
            date_months(fresh, calendar.fiscal, _year_told(said_nearby, calendar))
            date_totals(fresh)
            columns = _merged(columns, fresh) if columns and not inherited else fresh if any(c.text for c in fresh.values()) else columns
            again = timing is not None or _is_one_of_several(run, grid)
            corner = _corner(run, grid)
            goes_on = bool(begun) and _GOES_TO.match(corner) is not None
            corner, again = (f"{begun}{corner}", True) if goes_on else (corner, again)
            if again and (said := heading_timing(corner, calendar.fiscal)) is not None and said.dated:
                timing = said  # each header dates the rows below it
            run = []
        begun = ""
        paths = _paths(row, readers, others)
        label = next((path[-1] for path in paths.values() if path), "")
        date = _balance_date(label, calendar)
        day = date or day
        yield LabelledRow(row, paths, columns, timing, date, day=days.get(row.index))


def _year_told(said: Iterable[Timing | None], calendar: Calendar) -> int | None:
    """The fiscal year that the nearest of several texts names, else that of the period reported on; None where there is neither."""
    for timing in said:
        if timing is not None and (timing.year or timing.end):
            return timing.year or (calendar.fiscal.year_of(timing.end) if timing.end else None)
    return calendar.fiscal.year_of(calendar.report.end) if calendar.report is not None else None


def _needs_heading(row: GridRow) -> bool:
    """Whether a row means nothing without what stands above it: an opening balance, "Basic", "Diluted"."""
    return bool(row.values) and any(opens(cell.text) or label_key(cell.text) in BY_HEADING for cell in row.cells[:1])


def _is_one_of_several(run: list[GridRow], grid: Grid) -> bool:
    """Whether a header has rows of values above it, or another header below it."""
    return any(row.index < run[0].index if row.values else row.kind == "header" and row.index > run[-1].index for row in grid.rows)


def _to_come(timing: Timing, calendar: Calendar) -> bool:
    """Whether a heading names a time after the report: "Notes due 2034" dates no row."""
    year = timing.end.year if timing.end else timing.year
    return bool(calendar.report and year and year > calendar.report.end.year + 1)


def _of_what_came_before(said: Timing, text: str, day: Period | None, below: GridRow | None) -> bool:
    """Whether a heading tells of which year something comes, and not when it moved: 110年度盈余指拨及分配, what the earnings of 2021 became
    behind the balance at its end. A heading over a balance begins another time.
    """
    if day is None or said.end is None or said.end > day.end:
        return False
    opens_another = below is not None and bool(below.cells) and row_date(below.cells[0].text) is not None
    return not opens_another and len(_BARE.sub("", text)) >= FEWEST


def _balance_date(label: str, calendar: Calendar) -> Period | None:
    """The date of a balance row. A bare date is one only where periods end; others are maturities and the like."""
    day = None if named_stretch(label) else row_date(label)
    if day is None or (calendar.report and day.end > calendar.report.end):
        return None
    bare = not re.sub(r"[\W\d_]|[年月日]", "", re.sub(r"[A-Za-z]+\.?\s+\d", "", label, count=1))
    if bare and not (is_month_end(day.end) or day.end in calendar.ends or calendar.closes_a_quarter(day.end)):
        return None
    return calendar.balance_day(day)


def _is_title(row: GridRow, grid: Grid) -> bool:
    """A line above the first header row, or one that names the statement, is no group of rows."""
    first_header = next((item.index for item in grid.rows if item.kind == "header"), -1)
    return row.index < first_header or title_of([row.cells[0].text]) in MAIN


def _corner(run: list[GridRow], grid: Grid) -> str:
    return " ".join(cell.text for row in run for cell in row.cells if cell.column in grid.labels)


def _merged(old: dict[int, HeaderColumn], fresh: dict[int, HeaderColumn]) -> dict[int, HeaderColumn]:
    """A header in the middle of a table replaces the old one; columns of which it says nothing keep theirs."""
    merged = {number: column if column.text else old.get(number, column) for number, column in fresh.items()}
    often = Counter(column.text for column in fresh.values() if column.text)
    undated = not any(column.timing.dated or column.timing.months for column in fresh.values())
    for number, column in fresh.items():
        if undated and often[column.text] > 1 and number in old and old[number].timing.dated:  # "Debt | Equity | Debt | Equity" below years
            column.timing = old[number].timing
    for number, column in merged.items():
        before = old.get(number)
        if before and before.timing.dated and column.timing.months and not column.timing.dated:  # another length, the same dates
            timing = replace(before.timing, months=column.timing.months, period=None)
            merged[number] = replace(before, timing=timing, dimension=before.dimension)
    return merged


def _paths(row: GridRow, readers: list[LabelReader], others: Sequence[int]) -> dict[int, tuple[str, ...]]:
    """The path for each value: that of the label block to its left, with what the label columns in no block say of it."""
    lasts = {reader.columns[0]: reader.last for reader in readers if reader.columns}
    read = [(reader.columns[0] if reader.columns else -1, reader.data(row)) for reader in readers if not reader.columns or row.cells]
    paths = {}
    for value in row.values:
        left = [(first, path) for first, path in read if first < value.column]
        right = [path for first, path in read if first > value.column and path]
        path = left[-1][1] if left and left[-1][1] else right[0] if right else (read[0][1] if read else ())
        if left and (text := beside(row, [column for column in others if column > left[-1][0]], value.column)):
            first = left[-1][0]
            path = (*path[:-1], text, path[-1]) if row.text_at(first) and path else (*path, text, *filter(None, [lasts.get(first)]))
        paths[value.column] = path
    if not row.values and read:
        paths[-1] = read[0][1]
    return paths
