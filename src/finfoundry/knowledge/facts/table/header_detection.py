"""A table's cells as rows of labels and numbers: which columns are labels, which rows are header, heading or data."""

from __future__ import annotations

import itertools
import re
from dataclasses import replace

from finfoundry.core.document import Block, Cell
from finfoundry.core.quantities.unit_lines import only_units, states_unit, year_and_unit
from finfoundry.knowledge.facts.header_times.named_months import in_digits, with_months_named
from finfoundry.knowledge.facts.table.entries import entries_in_words
from finfoundry.knowledge.facts.table.grid import (
    PLAIN,
    Grid,
    GridRow,
    RowKind,
    Style,
    Value,
    has_period,
    is_prose,
    number_of,
    unit_note,
    year_like,
)
from finfoundry.knowledge.facts.table.reference_columns import NOTE_COLUMN, code_columns, note_columns, whole_rows, without_ticks
from finfoundry.knowledge.facts.table.unlabelled_totals import name_totals
from finfoundry.knowledge.facts.table.word_rows import NOTHING, STUB, empty_siblings, hints_period, rows_in_words
from finfoundry.knowledge.facts.units.column_units import unit_said
from finfoundry.knowledge.facts.units.term_headings import heading_of_terms, terms_called

_SYMBOL = re.compile(r"(?=\S)[(（]?\s?(?:(?:US|HK|NT)\$|RMB|[$€£¥￥])?\s?[(（]?")
_SUFFIX = re.compile(r"\)|%|\)\s?%|%\s?\)|％")
_LETTER = re.compile(r"[A-Za-z\u4e00-\u9fff]")
_MONTHS = re.compile(r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)", re.IGNORECASE)
_FIGURE = re.compile(r"\d\s?[%％]|\d\.\d|[$€£¥]\s?\d|\d,\d{3}|[+＋±-]\s?\d+\s?(?:bps?\b|个?基点)", re.IGNORECASE)
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?"
    r"|dec(?:ember)?)\.?"
)
_ASIDE = re.compile(r"[(（][^()（）]*[)）]")  # what a header counts in: "GFA (10,000 sq m)"
_MONTH_LAST = re.compile(rf"\b{_MONTH}$", re.IGNORECASE)
_RELATION = re.compile(r"\b(?<!current )(?<!quick )(?<!cash )(ratio|margin|yield)s?\W*$", re.IGNORECASE)
_LED_BY_NUMBER = re.compile(r"(?P<number>[$€£¥]?\s?\(?\d[\d,]*(?:\.\d+)?\)?|[—–-])\s+(?P<rest>[A-Z][a-z]+\b.*|\([a-z]+\)\s.*)")
_DAY = re.compile(rf"(?:{_MONTH}\s+)?(?:[12]?\d|3[01]),?", re.IGNORECASE)
_MONTH_DAY_LAST = re.compile(rf"\b{_MONTH}\s+\d{{1,2}},?$", re.IGNORECASE)
_DAY_LAST = re.compile(rf"\b{_MONTH}\s+\d{{1,2}},?$", re.IGNORECASE)


def read_grid(block: Block, style: Style = PLAIN) -> Grid:
    """Each row of a table with its kind, its figures read in the table's style. Header rows come before the first numbers, or again in the
    middle above a second part.
    """
    rows = without_ticks([GridRow(index, cells, style=style) for index, cells in enumerate(_cells_by_row(block.cells)) if cells])
    for row in itertools.takewhile(
        lambda row: not any(in_digits(cell.text) is None and _is_number(cell.text, style) for cell in row.cells), rows
    ):
        row.cells = with_months_named(row.cells)
    columns = max((cell.column + cell.column_span for row in rows for cell in row.cells), default=0)
    labels = _label_columns(rows)
    codes = code_columns(rows, labels)
    labels = sorted({*labels} | codes)
    for row in rows:
        row.kind = _row_kind(row, labels)
    entries = entries_in_words(rows, labels)
    for row in entries:
        row.kind = "text"
    for row in [*rows_in_words(rows, labels), *empty_siblings(rows, labels)]:
        row.kind = "text"
    for row in itertools.takewhile(lambda row: row.kind != "data" or _heads_with_units(row, labels), rows):
        row.kind = "header" if row.kind == "data" else row.kind
    rows = [part for row in rows for part in (_years_over_units(row) if row.kind == "header" else [row])]
    for above, row in itertools.pairwise(rows):
        if above.kind == "header" and row.kind == "data" and _ends_a_date(above, row, labels):
            row.kind = "header"
        if above.kind == row.kind == "header":
            _join_days(above, row)
    for above, row in itertools.pairwise(rows):
        if above.kind == "header" and row.kind == "data" and (heading := heading_of_terms(above.cells, row.cells, labels)) is not None:
            row.kind, row.cells = "header", terms_called(row.cells, heading.text)
            above.cells = [cell for cell in above.cells if cell is not heading]
    rows = [row for row in rows if row.cells]
    notes = note_columns(rows, [column for column in labels if column not in codes], columns) | codes
    rows = list(whole_rows(rows, codes, notes - codes, labels))
    for row in rows:
        if row.kind == "data":
            row.values = _values(row, set(labels) | notes)
            row.kind = "data" if row.values else "heading"
    grid = Grid(rows, columns, [column for column in labels if column not in notes], notes, entries=bool(entries))
    _join_columns(grid)
    name_totals(grid)
    return grid


def _join_columns(grid: Grid) -> None:
    """Two neighbouring columns that never hold a number in one row, of which only one has a header, are one that was split."""
    filled: dict[int, set[int]] = {}
    for row in grid.rows:
        for value in row.values:
            filled.setdefault(value.column, set()).add(row.index)
    headed = {cell.column for row in grid.rows if row.kind == "header" for cell in row.cells if cell.column_span == 1}
    joined: dict[int, int] = {}
    numbers = sorted(filled)
    for first, second in itertools.pairwise(numbers):
        if second != first + 1 or first in joined or filled[first] & filled[second] or (first in headed) == (second in headed):
            continue
        joined[first], joined[second] = (first, first) if first in headed else (second, second)
    for row in grid.rows:
        for value in row.values:
            value.column = joined.get(value.column, value.column)


def _cells_by_row(cells: list[Cell]) -> list[list[Cell]]:
    rows: list[list[Cell]] = [[] for _ in range(max((cell.row for cell in cells), default=-1) + 1)]
    for cell in cells:
        if cell.text.strip():
            rows[cell.row].extend(_parted(cell))
    return [_glue(_dated(sorted(row, key=lambda cell: cell.column))) for row in rows]


def _dated(row: list[Cell]) -> list[Cell]:
    """A row in which days and years that are above one another are joined."""
    heads = [cell for cell in row if cell.header]
    days = {cell.column: cell for cell in heads if cell.column_span == 1 and _ends_in_day(cell.text.strip())}
    years = {cell.column + cell.column_span - 1: cell for cell in heads if year_like(cell.text)}
    both = {
        column: replace(day, text=f"{day.text.strip()} {years[column].text.strip()}") for column, day in days.items() if column in years
    }
    taken = {id(cell) for column in both for cell in (days[column], years[column])}
    return sorted([*(cell for cell in row if id(cell) not in taken), *both.values()], key=lambda cell: cell.column)


def _ends_in_day(text: str) -> bool:
    return bool(_DAY_LAST.search(text) or _MONTH_LAST.search(text))


def _parted(cell: Cell) -> list[Cell]:
    """A header that was read across its columns, "Notes 31 December 31 December" over three of them, parted again."""
    if not cell.header or cell.column_span < 2:
        return [cell]
    words, columns = cell.text.split(), range(cell.column, cell.column + cell.column_span)
    if NOTE_COLUMN.fullmatch(words[0]) and len(words) > 1:
        rest = replace(cell, text=" ".join(words[1:]), column=cell.column + 1, column_span=cell.column_span - 1)
        return [replace(cell, text=words[0], column_span=1), *_parted(rest)]
    size, over = divmod(len(words), len(columns))
    parts = {tuple(words[start : start + size]) for start in range(0, len(words), size)} if size else set()
    if over or len(parts) != 1 or not any(_MONTHS.match(word) for word in words):
        return [cell]
    return [replace(cell, text=" ".join(words[:size]), column=column, column_span=1) for column in columns]


def _glue(row: list[Cell]) -> list[Cell]:
    """Join a currency sign, a bracket or a percent sign in a cell of its own to the number next to it."""
    joined: list[Cell] = []
    if len(row) > 1 and row[0].column == 0 and all(year_like(cell.text) for cell in row[1:]):
        return row  # a sign alone in the corner is the unit of the table below its years
    for cell in _whole_dates(row):
        text = cell.text.strip()
        if joined and year_like(text) and _DAY_LAST.search(joined[-1].text.strip()) and _close(joined[-1], cell):
            joined[-1] = _widened(joined[-1], cell, f"{joined[-1].text.strip()} {text}")
        elif joined and _SYMBOL.fullmatch(joined[-1].text.strip()) and _goes_with_sign(text):
            sign = joined.pop()
            joined.append(replace(cell, text=f"{sign.text.strip()} {text}"))
        elif joined and _SUFFIX.fullmatch(text) and re.search(r"\d\s?\)?$", joined[-1].text) and not year_like(joined[-1].text):
            joined[-1] = replace(joined[-1], text=joined[-1].text + text)
        else:
            joined.append(cell)
    if _is_of_units(joined):
        return joined
    return [cell for cell in joined if not _SYMBOL.fullmatch(cell.text.strip())]


def _is_of_units(row: list[Cell]) -> bool:
    """Whether a row prints units over its columns, "£m | US$", "RMB | RMB | US$ (Note 2) | %"; not "$ | $" of a line that is left open."""
    texts = {cell.text.strip() for cell in row}
    beside = {cell.text.strip() for cell in row if cell.column}
    if len(texts) > 1 and all(map(states_unit, texts)):
        return True
    named = beside - {"%", "％"}
    return bool(named) and len(beside) > 1 and all(unit_said([text]) is not None for text in named)


def _goes_with_sign(text: str) -> bool:
    """Whether a cell is the rest of a number whose sign stands in the cell before it: not "%" over a column of its own."""
    return bool(text) and not _LETTER.search(text) and text not in ("%", "％")


def _whole_dates(row: list[Cell]) -> list[Cell]:
    """Two dates that were split at the wrong place, "2025 December 31," next to "2024", split between them."""
    whole = list(row)
    for place, second in enumerate(row[1:]):
        text = whole[place].text.strip()
        last = _MONTH_DAY_LAST.search(text)
        if last and last.start() and year_like(second.text) and re.search(r"(?:19|20)\d\d\W*$", text[: last.start()]):
            whole[place] = replace(whole[place], text=text[: last.start()].strip(), column_span=1)
            whole[place + 1] = replace(second, text=f"{last[0].strip()} {second.text.strip()}")
    return whole


def _close(first: Cell, second: Cell) -> bool:
    """Whether two cells are as near to each other as words of one line."""
    return first.box is not None and second.box is not None and -2 < second.box[0] - first.box[2] < 8


def _widened(first: Cell, second: Cell, text: str) -> Cell:
    span = second.column + second.column_span - first.column
    if first.box is None or second.box is None:
        return replace(first, text=text, column_span=span)
    box = (first.box[0], min(first.box[1], second.box[1]), second.box[2], max(first.box[3], second.box[3]))
    return replace(first, text=text, column_span=span, box=box)


def _is_number(text: str, style: Style) -> bool:
    return number_of(text, style) is not None and not year_like(text)


def _label_columns(rows: list[GridRow]) -> list[int]:
    """Columns with more text than numbers in the rows that hold a number. The first column is one unless numbers prevail."""
    texts: dict[int, int] = {}
    numbers: dict[int, int] = {}
    for row in rows:
        if not any(_is_number(cell.text, row.style) for cell in row.cells):
            continue
        for cell in row.cells:
            if cell.column and not _LETTER.search(cell.text) and not _is_number(cell.text, row.style) and not year_like(cell.text):
                continue  # figures of several columns run together
            if NOTHING.fullmatch(cell.text.strip()):
                continue
            counts = numbers if _is_number(cell.text, row.style) else texts
            counts[cell.column] = counts.get(cell.column, 0) + 1
    found = [column for column in sorted(texts) if texts[column] > numbers.get(column, 0)]
    first = min([*texts, *numbers], default=0)
    if first not in found and texts.get(first, 0) >= 1:
        found.insert(0, first)
    return found


_YEAR_TOLD, _WORD_TOLD = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)"), re.compile(r"[^\W\d_]{2,}")
FEWEST_TOLD = 3  # words of a text that tells of years

_MARK = re.compile(r"[(（]\d[)）]")


def _row_kind(row: GridRow, labels: list[int]) -> RowKind:
    label_set = set(labels)
    outside = [cell for cell in row.cells if cell.column not in label_set]
    numbers = [cell for cell in outside if number_of(cell.text, row.style) is not None]
    years = [cell for cell in numbers if year_like(cell.text)]
    if len(years) > 1 or sum(has_period(cell.text) for cell in outside) > 1:  # beside years, "(1)" marks a footnote of another heading
        numbers = [cell for cell in numbers if not _MARK.fullmatch(cell.text.strip())]
    if not labels and len(row.cells) == 1 and row.cells[0].column == 0 and not row.cells[0].header and not numbers:
        return "note" if unit_note(row.cells[0].text) else "heading"
    if not outside:
        only = row.cells[0]
        if only.column_span > 1 and has_period(only.text) and len(row.cells) == 1 and only.column > 0:
            return "header"
        if len(row.cells) > 1 and all(cell.header for cell in row.cells):
            return "header"
        return "note" if unit_note(only.text) and len(row.cells) == 1 else "heading"
    if len(numbers) == len(years):
        if any(is_prose(cell.text) for cell in outside):
            return "text"  # the years in it date nothing below
        label = " ".join(cell.text for cell in row.cells if cell.column in label_set)
        plain = not label or unit_note(label) or has_period(label) or hints_period(label) or STUB.search(label) is not None
        figures = any(_FIGURE.search(_ASIDE.sub("", cell.text)) and not has_period(cell.text) for cell in outside)
        told = row.index > 0 and not numbers and any(map(_tells_of_years, (cell.text for cell in outside)))
        return "text" if (figures or told) and not plain and not years else "header"
    return "data"


def _tells_of_years(text: str) -> bool:
    """Whether words tell of several years, "Agreed 2019, amended 2021", and name none of a column."""
    return len(set(_YEAR_TOLD.findall(text))) > 1 and len(_WORD_TOLD.findall(text)) >= FEWEST_TOLD


def _heads_with_units(row: GridRow, labels: list[int]) -> bool:
    """Whether a row that seems to hold numbers prints one unit over each column: "KRW 100 million | KRW 100 million", "(10,000 yuan)"."""
    texts = {cell.text.strip() for cell in row.cells}
    return len(texts) == 1 and not any(cell.column in labels for cell in row.cells) and all(map(only_units, texts))


def _years_over_units(row: GridRow) -> list[GridRow]:
    """A header whose cells hold year and unit, "2024 £m", as a row of years over one of units."""
    parted = {id(cell): found for cell in row.cells if (found := year_and_unit(cell.text.strip())) is not None}
    if not parted:
        return [row]
    years = [replace(cell, text=parted[id(cell)][0]) if id(cell) in parted else cell for cell in row.cells]
    units = [replace(cell, text=parted[id(cell)][1]) for cell in row.cells if id(cell) in parted]
    return [GridRow(row.index, years, "header", style=row.style), GridRow(row.index, units, "header", style=row.style)]


def _ends_a_date(above: GridRow, row: GridRow, labels: list[int]) -> bool:
    """A header wrapped inside a date: "Three months ended March" over "31", alone or next to one that did not wrap."""
    cells = [cell for cell in row.cells if cell.column not in labels]
    if any(cell.column in labels and not (unit_note(cell.text) or hints_period(cell.text)) for cell in row.cells):
        return False  # "Jan | Feb" over "Revenue | 10 | 11"
    wrapped = any(_MONTH_LAST.search(cell.text.strip()) for cell in above.cells)
    return wrapped and all(_DAY.fullmatch(cell.text.strip()) or _DAY_LAST.search(cell.text.strip()) for cell in cells)


def _join_days(above: GridRow, row: GridRow) -> None:
    """A cell that wraps inside a date next to one that does not: "Nine months ended March" over "31", "Three months ended March 31"."""
    for cell in [cell for cell in row.cells if _DAY.fullmatch(cell.text.strip()) and not year_like(cell.text)]:
        over = [other for other in above.cells if _MONTH_LAST.search(other.text.strip()) and _share_width(cell, other)]
        if len(over) == 1 and len(row.cells) > 1:
            above.cells.remove(over[0])
            row.cells[row.cells.index(cell)] = replace(over[0], text=f"{over[0].text.strip()} {cell.text.strip()}")


def _share_width(first: Cell, second: Cell) -> bool:
    if first.box is None or second.box is None:
        return second.column <= first.column < second.column + second.column_span
    return min(first.box[2], second.box[2]) > max(first.box[0], second.box[0])


def percent_columns(grid: Grid) -> set[int]:
    """Columns that print "%" in some rows and mean it in all: no currency, no large number, the same places after the point.

    A number in ten may be another: a page's number that strayed in.
    """
    found = set()
    for column in grid.value_columns:
        numbers = [value.number for row in grid.rows for value in row.values if value.column == column and not value.number.dash]
        signed = [number for number in numbers if number.percent]
        plain = [number for number in numbers if not number.percent]
        alike = [n for n in plain if abs(n.value) < 200 and n.currency is None and n.precision == signed[0].precision] if signed else []
        if alike and len(alike) * 10 >= len(plain) * 9:
            found.add(column)
    return found


def percent_rows(grid: Grid) -> set[int]:
    """Rows of percents that leave the sign to others: "Expense ratio 28.0" between "Loss ratio 73.0 %" and "Combined ratio 101.0 %". Labels
    end in the same word, numbers have as many places after the point.
    """
    kinds = [(row.index, _kind_of_percent(grid, row)) for row in grid.rows if row.values]
    signed = [(place, kind) for place, (_, (kind, printed)) in enumerate(kinds) if printed]
    return {
        index
        for place, (index, (kind, _)) in enumerate(kinds)
        if kind and {other < place for other, one in signed if one == kind} == {True, False}
    }


def _kind_of_percent(grid: Grid, row: GridRow) -> tuple[tuple[str, int] | None, bool]:
    """The noun and the places of a row whose numbers may be percents, None for another; and whether they print the sign."""
    numbers = [value.number for value in row.values if not value.number.dash]
    noun, places = _last_word(grid, row), {number.precision for number in numbers}
    if not noun or len(places) != 1 or any(number.currency or abs(number.value) >= 1000 for number in numbers):
        return None, False
    return (noun, places.pop()), any(number.percent for number in numbers)


def _last_word(grid: Grid, row: GridRow) -> str:
    """The noun that a label ends in; empty where that names no relation of two amounts, as most do."""
    match = _RELATION.search(row.text_at(grid.labels[0]) if grid.labels else "")
    return match[1].lower() if match else ""


def _values(row: GridRow, skip: set[int]) -> list[Value]:
    values = []
    for cell in map(_led_by_number, row.cells):
        if cell.column in skip:
            continue
        number = number_of(cell.text, row.style)
        if number is not None:
            values.append(Value(cell, number, cell.column))
    return values


def _led_by_number(cell: Cell) -> Cell:
    """The number of a cell that spans two columns, a number's and a text's: "(501) Net operating revenues"."""
    if cell.column_span < 2 or cell.column == 0 or (match := _LED_BY_NUMBER.fullmatch(cell.text.strip())) is None:
        return cell
    return replace(cell, text=match["number"], column_span=1)
