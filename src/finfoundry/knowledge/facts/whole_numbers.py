"""Small whole numbers of papers that print every amount to the cent: persons, votes, ages and times, which no table's unit measures."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from finfoundry.core.document import Fact
from finfoundry.knowledge.facts.table.block_table import BlockTable
from finfoundry.knowledge.facts.table.scale import ONE

CENTS = 2  # digits after the point
NEARLY_ALL = 0.9  # of the amounts
ENOUGH = 100  # amounts that tell how a paper prints them
SMALL = 10_000


def counts_among_cents(facts: Sequence[Fact], tables: Iterable[BlockTable]) -> Iterator[Fact]:
    """Make counts of a column of small whole numbers in a table that states no unit, where the paper prints its amounts to the cent."""
    unstated = {table.number for table in tables if table.assumed}
    amounts = [fact for fact in facts if _is_amount(fact) and fact.table not in unstated]
    to_the_cent = sum(fact.precision == CENTS for fact in amounts)
    columns = defaultdict[tuple[int | None, int | None], list[Fact]](list)
    for fact in facts if len(amounts) >= ENOUGH and to_the_cent >= NEARLY_ALL * len(amounts) else ():
        if fact.table in unstated and _is_amount(fact):
            columns[fact.table, fact.column].append(fact)
    counts = {
        id(fact) for column in columns.values() if all(map(_is_small, column)) and any(fact.value for fact in column) for fact in column
    }
    for fact in facts:
        yield replace(fact, unit="count") if id(fact) in counts else fact


def _is_amount(fact: Fact) -> bool:
    return fact.unit is not None and len(fact.unit) == len("CNY") and fact.unit.isupper() and fact.scale == ONE


def _is_small(fact: Fact) -> bool:
    return fact.precision == 0 and abs(fact.value) < SMALL and fact.concept is None and fact.text.strip("-–— ").isdigit()
