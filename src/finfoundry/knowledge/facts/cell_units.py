"""Unit and scale of a number in a cell: by its words, unless what stands around it tells another."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import lru_cache
from itertools import pairwise

from finfoundry.core.quantities.cells import CellNumber
from finfoundry.core.quantities.unit_lines import UnitLine, own_unit
from finfoundry.knowledge.facts.periods.row_walk import LabelledRow
from finfoundry.knowledge.facts.table.block_table import BlockTable
from finfoundry.knowledge.facts.table.column_headers import HeaderColumn
from finfoundry.knowledge.facts.table.concepts import Concept, find_concept
from finfoundry.knowledge.facts.table.grid import Value
from finfoundry.knowledge.facts.table.scale import in_currency, per_share, speaks_of_one_share, unit_and_scale
from finfoundry.knowledge.facts.units.relations import (
    BASIS_POINT,
    ONE,
    PERCENT,
    bare_name,
    is_named_by_letters,
    is_relation,
    of_relation,
    scale_by_change,
    unit_in_brackets,
)

_TOTAL_OF = re.compile(r"total\s+(?P<of>\S.*)|(?P<zh>\S+)(?:合计|总计|小计)$", re.IGNORECASE)
_BARE_RATIO = re.compile(r"\bratio\W*$", re.IGNORECASE)  # in a column that gives percents their sign: so many times, and no money
_ROMAN_MARK = re.compile(r"\((?!x\))[ivx]{1,5}\)\W*$")
_NO_MONEY = frozenset({"ratio", "shares", "count", "years"})
MOST_PERCENT = 1000
LONGEST_LEAD = 4  # words before the name of a known line
MOST_RATIO = 10
IN_FULL = 1_000_000_000  # a number so large is printed in full where the table states no scale


def unit_of(
    value: Value, line: LabelledRow, table: BlockTable, path: tuple[str, ...], column: HeaderColumn, concept: Concept | None
) -> tuple[str | None, Decimal]:
    """Unit and scale of a number, by its words and what stands around it; of a relation of two amounts by its line, or what its row shows.

    The unit is None where none is stated: for money, and for a relation of which nothing tells whether it is a percent.
    """
    unit, scale = _by_words(value, line, table, path, column)
    number = value.number
    multiple = concept is not None and concept.unit == "times" and not column.change
    if multiple and _is_bare(number) and not (column.percent or table.in_percent):
        return "ratio", ONE  # 3.04 of "cash to short-term debt", among percents that each print their sign
    if number.currency or number.percent or number.unit or unit in _NO_MONEY or (unit and "/" in unit):
        return unit, scale
    relation = is_relation(path[-1]) or is_relation(column.dimension or "")
    if column.change and line.row.index in table.differences:
        return ("ratio", worth) if (worth := table.differences[line.row.index]) is not None else (None, ONE)
    if line.row.index in table.relations and abs(number.value) < MOST_PERCENT and not column.change:
        return "ratio", table.relations[line.row.index]
    if concept is not None and concept.unit == "times":
        return "ratio", ONE  # 1.7 of "cash to short-term debt", in a table of millions
    of_line = concept is not None and concept.unit == "ratio" and number.precision > 0 and number.scale is None
    printed = unit_in_brackets(line.row.text_at(table.grid.labels[0])) if table.grid.labels else None
    if printed is not None and printed[0] == "ratio" and (relation or (number.precision and not _counts_in_roman(table))):
        return printed[0], printed[1]  # "(x)", which a label without its marks lacks
    if relation or (of_line and abs(number.value) < MOST_PERCENT):
        return of_relation(number, (None if column.change else unit_of_line(path[-1])) if relation else "ratio")
    return unit, scale


def _counts_in_roman(table: BlockTable) -> bool:
    """Whether labels of a table end in Roman numbers in brackets: "(x)" is then the mark of a note, and no sign of a multiple."""
    rows = (row.text_at(table.grid.labels[0]) for row in table.grid.rows)
    return any(_ROMAN_MARK.search(label) for label in rows)


def _by_words(
    value: Value, line: LabelledRow, table: BlockTable, path: tuple[str, ...], column: HeaderColumn
) -> tuple[str | None, Decimal]:
    place = (line.row.index, value.column)
    if place in table.counts:
        return "shares", ONE
    percent = column.percent or value.column in table.percent or line.row.index in table.percent_rows or place in table.percent_cells
    percent = percent and not value.number.currency
    said = (
        table.in_percent and len(path) == 1 and column.unit == column.named == UnitLine() == own_unit(path[0])
    )  # a heading in it begins other things
    percent = percent or (said and abs(value.number.value) < MOST_PERCENT)
    percent = percent and (value.number.percent or own_unit(path[-1]).scale is None)  # "Losses (USD m)" in a column of percents
    in_full = table.each or (table.assumed and abs(value.number.value) >= IN_FULL)
    measure = in_currency(replace(table.measure, scale=None) if in_full else table.measure, column.named)
    if place in table.prices and not percent:
        return per_share(value.number, measure), ONE
    words = tuple(part for part in path[:-1] if line.row.index < table.mixed.get(part, line.row.index + 1)) + path[-1:]
    words = words if (heading := _headed(words[-1], line, table)) is None else (heading, *words)
    unit, scale = unit_and_scale(value.number, words, column.dimension or "", measure, column.unit, percent_column=percent)
    whole = value.number.precision == 0 and not speaks_of_one_share((column.dimension or "").replace(" · ", " "))
    if value.column in table.signed and value.number.currency is None and _BARE_RATIO.search(path[-1]) and unit not in _NO_MONEY:
        if unit_of_line(path[-1]) == "ratio":
            return of_relation(value.number, "ratio")  # a line that is known in percent, which leaves the sign to others
        return ("ratio" if abs(value.number.value) < MOST_RATIO else None), ONE  # 14.5 may be per cent
    if place in table.money and (unit == "shares" or (whole and unit and unit.endswith("/share"))):
        return unit_and_scale(value.number, (), "", measure, column.unit, percent_column=False)
    return unit, scale


def may_be_crores(number: CellNumber, unit: str | None, table: BlockTable) -> bool:
    """Whether "400 CR" of an amount in rupees may be crores: no figure of its table is a debit, which would show sides of accounts."""
    sides = (other.number.side for row in table.grid.rows for other in row.values)
    return number.side not in (None, "debit") and unit == "INR" and "debit" not in sides


@lru_cache(maxsize=32_768)
def unit_of_line(label: str) -> str | None:
    """The unit of the known line that a label ends in, where that is a relation: "ratio" of "Tier 1 leverage ratio"; else None."""
    if is_named_by_letters(label):
        return "ratio"
    words = bare_name(label).split()
    for start in range(min(len(words), LONGEST_LEAD)):
        concept = find_concept((" ".join(words[start:]),), None)
        if concept is not None:
            return concept.unit if concept.unit in ("ratio", "times") else None
    return None


def relations_shown(lines: Iterable[LabelledRow]) -> dict[int, Decimal]:
    """Rows whose figures are no amounts, with what one printed unit is: beside a change in points, or a multiple with its sign."""
    found: dict[int, Decimal] = {}
    for line in lines:
        numbers = [(line.columns.get(value.column, HeaderColumn()), value.number) for value in line.row.values if not value.number.dash]
        bare = [number for column, number in numbers if not column.change and _is_bare(number)]
        change = next((number for column, number in numbers if number.points and (column.change or not column.timing.dated)), None)
        multiple = next((number for _, number in numbers if number.unit == "ratio"), None)
        if bare and change is not None and all(abs(number.value) < MOST_PERCENT for number in bare):
            found[line.row.index] = scale_by_change(bare, change)
        elif bare and (points := _points_beside(numbers, bare)) is not None:
            found[line.row.index] = points
        elif bare and multiple is not None and all(number.precision == multiple.precision for number in bare):
            found[line.row.index] = ONE
    return found


def differences_shown(lines: Iterable[LabelledRow]) -> dict[int, Decimal | None]:
    """What a bare change is in rows whose levels all are percents or multiples, "14.1% | 13.8% | 0.3": the same, where it is the difference
    of two of them; None where it is not, and may be a growth: money it is not.
    """
    found: dict[int, Decimal | None] = {}
    for line in lines:
        numbers = [
            (line.columns.get(value.column, HeaderColumn()).change, value.number) for value in line.row.values if not value.number.dash
        ]
        levels = [number for change, number in numbers if not change]
        bare = [number for change, number in numbers if change and _is_bare(number)]
        if len(levels) < 2 or not bare or not all(number.percent or number.unit == "ratio" for number in levels):
            continue
        steps = {abs(first.value - second.value) for first, second in pairwise(levels)}
        worth = PERCENT if levels[0].percent else ONE
        found[line.row.index] = worth if all(abs(number.value) in steps for number in bare) else None
    return found


def _points_beside(numbers: Sequence[tuple[HeaderColumn, CellNumber]], bare: Sequence[CellNumber]) -> Decimal | None:
    """What one unit of the bare figures of a row is beside a level in points, "34 bps | 31"; None where none is, or other places."""
    level = next((number for column, number in numbers if number.points and column.timing.dated and not column.change), None)
    if level is None or any(abs(number.value) >= MOST_PERCENT for number in bare):
        return None
    finer = {level.precision - number.precision for number in bare}  # the places of a percent: two more than those of basis points
    return {frozenset({2}): BASIS_POINT, frozenset({0}): PERCENT}.get(frozenset(finer))


def _is_bare(number: CellNumber) -> bool:
    return not (number.currency or number.percent or number.unit or number.scale is not None)


def _headed(label: str, line: LabelledRow, table: BlockTable) -> str | None:
    """The heading of the part of which a row is the total: "Revenue (in millions):" of "Total Revenue"; None where it is of none."""
    if (total := _TOTAL_OF.match(label)) is None:
        return None
    above = (row.cells[0].text for row in table.grid.rows[: line.row.index] if row.kind == "heading")
    return next((text for text in above if _bare(text) == _bare(total["of"] or total["zh"]) and own_unit(text).scale is not None), None)


def _bare(text: str) -> str:
    return re.sub(r"[(（][^()（）]*[)）]|[:：]", "", text).strip().casefold()
