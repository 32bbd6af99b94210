"""Tables of things and not of money: in a paper that gives its amounts the sign of a currency, those without it that name things."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from finfoundry.knowledge.facts.table.block_table import BlockTable, titles_of
from finfoundry.knowledge.facts.table.measured_things import is_amount, names_things

FEWEST, MOST = 10, 0.5  # tables that tell how a paper prints its amounts; share of them that have signs
SHORT = 120  # characters of a line above a table that may be its title


def signs_its_amounts(tables: Sequence[BlockTable]) -> bool:
    """Whether a paper's tables have the sign of a currency where they print amounts, as American ones have in their first lines."""
    return len(tables) >= FEWEST and sum(map(_is_signed, tables)) >= MOST * len(tables)


def of_no_amounts(table: BlockTable) -> bool:
    """Whether a table of such a paper counts things: no line of it names an amount, its lines, columns and titles name things more often
    than amounts ("Net additions / (losses)" of customers), and there is neither a sign nor a currency. What goes on from the page before
    has its first line there.
    """
    names = list(_names(table))
    named = sum(map(names_things, names)) > sum(map(is_amount, names)) and not any(map(is_amount, table.labels))
    return named and table.measure.currency is None and not (_is_signed(table) or table.block.continued or table.grid.headless)


def _is_signed(table: BlockTable) -> bool:
    return any(value.number.currency for row in table.grid.rows for value in row.values)


def _names(table: BlockTable) -> Iterator[str]:
    yield from table.labels
    yield from (text for text in titles_of(table) if len(text) <= SHORT)
    yield from (cell.text for row in table.grid.rows if not row.values for cell in row.cells)
