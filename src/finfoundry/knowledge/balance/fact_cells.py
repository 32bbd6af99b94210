"""Which digits of which cells the facts of a table tell."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence

from finfoundry.core.document import Box, Cell, Fact
from finfoundry.knowledge.balance.digit_runs import digits_of


def told_digits(cells: Sequence[Cell], facts: Sequence[Fact]) -> dict[int, Counter[str]]:
    """The digits of each cell that facts tell, by the id of the cell. A fact whose place holds other digits is found by box,
    locator or digits: headings that were left at the foot of the page before shift the rows of the table that they head.
    """
    if not facts:
        return {}
    by_place = {(cell.row, cell.column): cell for cell in cells}
    by_box: dict[Box | str, Cell] = {cell.box: cell for cell in cells if cell.box}
    by_box |= {cell.locator["cell"]: cell for cell in cells if cell.locator and "cell" in cell.locator}
    found: dict[int, Counter[str]] = {}
    stray: list[tuple[str, ...]] = []
    for fact in {(fact.row, fact.column, fact.text): fact for fact in facts}.values():
        if not (wanted := digits_of(fact.text)):
            continue
        place = by_place.get((fact.row or 0, fact.column or 0))
        other = by_box.get(fact.box) if fact.box else by_box.get((fact.locator or {}).get("cell", ""))
        cell = next((one for one in (place, other) if one is not None and _holds(one, wanted)), None)
        if cell is None:
            stray.append(wanted)
        else:
            found.setdefault(id(cell), Counter()).update(wanted)
    if stray:
        _place_stray(stray, cells, found)
    return found


def _place_stray(stray: Sequence[tuple[str, ...]], cells: Sequence[Cell], found: dict[int, Counter[str]]) -> None:
    free = defaultdict[tuple[str, ...], list[Cell]](list)
    for cell in cells:
        if id(cell) not in found:
            free[digits_of(cell.text)].append(cell)
    for wanted in stray:
        if like := free.get(wanted):
            found.setdefault(id(like.pop(0)), Counter()).update(wanted)


def _holds(cell: Cell, wanted: Sequence[str]) -> bool:
    have = digits_of(cell.text)
    return have == wanted or not Counter(wanted) - Counter(have)
