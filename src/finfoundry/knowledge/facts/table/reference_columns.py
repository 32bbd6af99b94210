"""Columns that refer and hold no values (notes, line numbers, account codes), and rows that they show to be one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from finfoundry.core.document import Cell
from finfoundry.knowledge.facts.table.grid import GridRow, number_of, year_like

NOTE_COLUMN = re.compile(r"notes?(?:\s+\d+)?|ref\.?|附\s*注|注\s*释|行\s*次|序\s*号|no\.?", re.IGNORECASE)
_NOTE_VALUE = re.compile(
    r"[（(]?[一二三四五六七八九十]{1,3}[）)]?[、.]?\s*[（(]?[\d一二三四五六七八九十]*[）)]?|\([a-z\d]{1,2}\)|[a-z]\)|[A-Z]|[-–—]"
    r"|(?:notes?\s*)?\d{1,2}(?:\.\d{1,2})?\s?(?:\(?[a-z]\))?(?:\s*[,;/&-]\s*\d{1,2}(?:\.\d{1,2})?\s?(?:\(?[a-z]\))?)*"
    r"|(?=.*[一二三四五六七八九十])[一二三四五六七八九十\d()（）、,，.及与和\s]+",  # "四、六.6及七", "六(十九)(二十五)"
    re.IGNORECASE,
)
_AMOUNT = re.compile(r"\d{3}|\d,\d")
_CODE = re.compile(r"[1-9][\dX]{3}|[A-Z]\d{1,2}")  # of an account, as statements in Taiwan print them: 4000, 1XXX, A1
_LINE = re.compile(r"(\d{1,3})[a-z]?")
LONGEST_STEP = 10  # between the numbers of two lines, some of which are left out
FEWEST = 3  # codes
HIGHEST = 60  # number of a note
MOSTLY = 0.8  # share of the cells beside notes that are amounts
ABOVE = 2  # lines of heading above the first code


def note_columns(rows: Sequence[GridRow], labels: Sequence[int], columns: int) -> set[int]:
    """Columns of note references: so headed, and holding nothing but short marks; or the first beside the labels, of low
    numbers beside amounts.
    """
    found = set()
    for column in range(columns):
        headed = any(NOTE_COLUMN.fullmatch(row.text_at(column).strip()) for row in rows if row.kind in {"header", "heading"})
        texts = [text for row in rows if row.kind == "data" and (text := row.text_at(column).strip())]
        headed = headed or (column == max(labels, default=-1) + 1 and _refers_beside_amounts(rows, column))
        if headed and column not in labels[:1] and all(_NOTE_VALUE.fullmatch(text) for text in texts):
            found.add(column)
    return found


def _refers_beside_amounts(rows: Sequence[GridRow], column: int) -> bool:
    """Whether a column that nothing heads holds numbers of notes: low, of many rows and not of sums, and beside them stand amounts."""
    told = [row for row in rows if row.kind == "data" and any(cell.column > column for cell in row.cells)]
    noted = [row for row in told if row.text_at(column).strip()]
    notes = {int(number[0]) for row in noted if (number := re.match(r"\d+", row.text_at(column).strip()))}
    beside = [cell.text.strip() for row in noted for cell in row.cells if cell.column > column]
    if len(notes) < FEWEST + 1 or max(notes) > HIGHEST or len(noted) == len(told):
        return False
    return sum(_AMOUNT.search(text) is not None for text in beside) >= MOSTLY * len(beside)


def code_columns(rows: Sequence[GridRow], labels: Sequence[int]) -> set[int]:
    """Columns left of the labels that hold nothing but account codes, four digits without a separator or a letter and a number; or that
    number the lines.
    """
    found = set()
    for column in range(max(labels, default=0)):
        texts = [text for row in rows if (text := row.text_at(column).strip())]
        codes = [text for text in texts if _CODE.fullmatch(text)]
        first = texts.index(codes[0]) if codes else 0
        others = [text for text in texts[first:] if not _CODE.fullmatch(text)]
        coded = len(set(codes)) >= FEWEST and not others and first <= ABOVE and not all(map(year_like, codes))
        if coded or _counts_lines([row.text_at(column).strip() for row in rows if len(row.cells) > 1]):
            found.add(column)
    return found


def _counts_lines(texts: Sequence[str]) -> bool:
    """Whether texts number the rows that they are in: 11, 12, 13, 14a, 14b, 20."""
    said = [text for text in texts if text]
    numbers = [int(match[1]) for text in said if (match := _LINE.fullmatch(text))]
    steps = [after - before for before, after in pairwise(numbers)]
    return len(numbers) == len(said) > FEWEST and all(0 <= step <= LONGEST_STEP for step in steps) and 2 * steps.count(1) > len(steps)


def whole_rows(rows: Sequence[GridRow], codes: set[int], notes: set[int], labels: Sequence[int]) -> Iterator[GridRow]:
    """The rows, with those as one whose label, or whose note beside it, goes on in the line below, where their figures are."""
    names = [column for column in labels if column not in codes | notes]
    right = max((cell.box[2] for row in rows for cell in row.cells if cell.column in names and cell.box), default=0.0)
    begun: GridRow | None = None
    for row in rows:
        named = any(cell.column in names for cell in row.cells)
        if row.kind != "header" and row.cells and all(cell.column in notes for cell in row.cells):
            continue  # the rest of a note
        if begun is not None and row.kind == "data" and (not named or _goes_on(begun, row, codes, names, right)):
            row = replace(row, cells=_joined(begun, row, names, notes))
            begun = None
        if begun is not None:
            yield begun
        begins = row.kind == "heading" and named and any(cell.column in codes | notes for cell in row.cells)
        begun = row if begins else None
        if not begins:
            yield row
    if begun is not None:
        yield begun


def _goes_on(begun: GridRow, row: GridRow, codes: set[int], names: Sequence[int], right: float) -> bool:
    """Whether the label of a row is the rest of the one above: it lacks the code that its table prints, or that one filled its line."""
    above = next(cell for cell in begun.cells if cell.column in names)
    if above.text.rstrip().endswith((":", "：")):
        return False
    if any(cell.column in codes for cell in begun.cells):
        return not any(cell.column in codes for cell in row.cells)
    return above.box is not None and not codes and above.box[2] > right - 1.5 * (above.box[3] - above.box[1])


def _joined(begun: GridRow, row: GridRow, names: Sequence[int], notes: set[int]) -> list[Cell]:
    """The cells of two lines: labels put together, notes of the first."""
    below = {cell.column: cell for cell in row.cells if cell.column not in notes}
    cells = []
    for cell in begun.cells:
        rest = below.pop(cell.column, None)
        cells.append(replace(cell, text=f"{cell.text.strip()}{rest.text.strip()}") if rest and cell.column in names else cell)
    return sorted([*cells, *below.values()], key=lambda cell: cell.column)


FEWEST_TICKS = 3
_YEARS_IN_A_ROW = re.compile(r"(?:(?:19|20)\d\d\s*)+")
_WORDS = re.compile(r"[A-Za-z\u4e00-\u9fff]{2}")


def without_ticks(rows: Sequence[GridRow]) -> list[GridRow]:
    """The rows of a table without the axis of a drawing left of it, "40", "20", "0" beside the labels, and without years below that; all
    rows where there is none. Ticks fall by one step, and some stand between the rows, as no column of a table does.
    """
    left = min((cell.column for row in rows for cell in row.cells), default=0)
    axis = [row for row in rows if row.cells and row.cells[0].column == left]
    numbers = {row.index: number_of(row.cells[0].text, row.style) for row in axis if not year_like(row.cells[0].text)}
    values = {index: number.value for index, number in numbers.items() if number is not None and not number.dash}
    ticks, below = [row for row in axis if row.index in values], [row for row in axis if row.index not in values]
    steps = {above - under for above, under in pairwise(values.values())}
    labelled = sum(any(_WORDS.search(cell.text) for cell in row.cells if cell.column > left) for row in rows)
    between = any(len(row.cells) == 1 for row in ticks)
    years = all(_YEARS_IN_A_ROW.fullmatch(cell.text.strip()) for row in below for cell in row.cells)
    if len(ticks) < FEWEST_TICKS or len(steps) != 1 or min(steps) <= 0 or labelled < FEWEST_TICKS or not between or not years:
        return list(rows)
    kept = (GridRow(row.index, row.cells[1:] if row.index in values else row.cells, style=row.style) for row in rows if row not in below)
    return [row for row in kept if row.cells]
