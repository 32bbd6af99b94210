"""Pages as a reader of tables returns them: what the truth prints, and the same with one fault in it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from random import Random

from lxml import etree
from tests.evals.made_answers.made import TRUE, Made

from finfoundry.core.document import Block, Cell, Page
from finfoundry.evals.rows import Item
from finfoundry.evals.suites.layout import Gold, gold_cells, normal


def statement(item: Item, random: Random) -> Iterator[Made]:
    """Replies to ``statement-cells``: a table for each run of years, then with a figure, a row or a column that is not the truth's."""
    rows: list[Gold] = item.meta["rows"]
    yield _page(_tables(rows), TRUE)
    yield _page(_tables(rows, currency="$ "), TRUE)
    row = random.choice(rows)
    for kind, numbers in _faults(row.numbers, random):
        yield _page(_tables([replace(one, numbers=numbers) if one is row else one for one in rows]), kind)
    other = next((one for one in rows if one.years == row.years and one.numbers != row.numbers and one.label != row.label), None)
    if other is not None:
        swapped = {id(row): other.numbers, id(other): row.numbers}
        yield _page(_tables([replace(one, numbers=swapped.get(id(one), one.numbers)) for one in rows]), "other item")


def _faults(numbers: Sequence[str], random: Random) -> Iterator[tuple[str, tuple[str, ...]]]:
    place = next((place for place, number in enumerate(numbers) if any(digit in number for digit in "123456789")), None)
    if place is None:
        return
    number = numbers[place]
    bare = number.strip("()-")
    changed = random.choice([digit for digit in "123456789" if digit != bare[0]]) + bare[1:]
    for kind, text in (("value", number.replace(bare, changed)), ("scale", number.replace(bare, f"{bare},000")), ("left out", "")):
        yield kind, (*numbers[:place], text, *numbers[place + 1 :])
    yield "sign", (*numbers[:place], bare if bare != number else f"({bare})", *numbers[place + 1 :])
    if len(set(numbers)) > 1:
        yield "period", (*numbers[1:], numbers[0])


def _tables(rows: Sequence[Gold], currency: str = "") -> list[Block]:
    """One table for each run of rows that have the same years."""
    blocks: list[list[Gold]] = []
    for row in rows:
        if blocks and blocks[-1][0].years == row.years:
            blocks[-1].append(row)
        else:
            blocks.append([row])
    return [_table([["", *block[0].years], *([row.label, *(currency + n for n in row.numbers)] for row in block)]) for block in blocks]


def _table(rows: Sequence[Sequence[str]]) -> Block:
    return Block("table", "", cells=[Cell(r, c, text) for r, row in enumerate(rows) for c, text in enumerate(row) if text])


def contest(item: Item, random: Random) -> Iterator[Made]:
    """Replies to ``tables-icdar``: the truth's own cells, then with two cells exchanged, one emptied, one put elsewhere, a table more."""
    path = item.meta["file"]
    regions = list(etree.parse(str(path.with_name(f"{path.stem}-str.xml"))).iter("region"))
    tables = [(int(region.get("page", 1)), gold_cells(region)) for region in regions]
    yield _document(tables, TRUE)
    number = random.randrange(len(tables))
    page, cells = tables[number]
    filled = [place for place, cell in enumerate(cells) if normal(cell.text)]
    first = random.choice(filled)
    second = next((place for place in filled if normal(cells[place].text) != normal(cells[first].text)), None)
    faults = [("left out", [cell for place, cell in enumerate(cells) if place != first])]
    faults.append(("value", [replace(cell, text=f"{cell.text}0") if place == first else cell for place, cell in enumerate(cells)]))
    if second is not None:
        texts = {first: cells[second].text, second: cells[first].text}
        faults.append(("other item", [replace(cell, text=texts.get(place, cell.text)) for place, cell in enumerate(cells)]))
    for kind, changed in faults:
        yield _document([*tables[:number], (page, changed), *tables[number + 1 :]], kind)
    yield _document([*tables, (page, [Cell(0, 0, "made"), Cell(0, 1, "up")])], "invented")


def _document(tables: Sequence[tuple[int, Sequence[Cell]]], kind: str) -> Made:
    return Made("", kind, found=tuple(Page(page, 0, 0, [Block("table", "", cells=list(cells))]) for page, cells in tables))


def _page(blocks: Sequence[Block], kind: str) -> Made:
    return Made("", kind, found=(Page(1, 0, 0, list(blocks)),))
