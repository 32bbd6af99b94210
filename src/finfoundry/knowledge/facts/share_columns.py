"""Columns that count shares in full, next to amounts in thousands or millions."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal

from finfoundry.core.document import Fact
from finfoundry.knowledge.facts.periods.row_walk import LabelledRow

WEIGHTED = {"WeightedAverageNumberOfSharesOutstandingBasic", "WeightedAverageNumberOfDilutedSharesOutstanding"}
TIMES = 1000  # no part of equity is so many times the largest of all other amounts, of which one is the whole

_STOCK = re.compile(r"\b(?:stock|shares?|issued|treasury|outstanding)\b|股", re.IGNORECASE)


def shares_in_full(lines: Sequence[LabelledRow]) -> set[tuple[int, int]]:
    """Row and column of the numbers below a word for stock, without currency, that exceed by far all that is printed below other words."""
    columns: dict[tuple[int, int], list[tuple[int, Decimal]]] = defaultdict(list)  # by header and column: row and number
    money: set[tuple[int, int]] = set()
    for line in lines:
        for value in line.row.values:
            key = (id(line.columns), value.column)
            columns[key].append((line.row.index, abs(value.number.value)))
            named = value.column in line.columns and _STOCK.search(line.columns[value.column].text)
            money |= {key} if value.number.currency or not named else set()
    most = max((number for key in money for _, number in columns[key]), default=Decimal(0))
    counts = [key for key in columns if key not in money and most and max(number for _, number in columns[key]) >= TIMES * most]
    return {(row, key[1]) for key in counts for row, _ in columns[key]}


def plausible_shares(facts: list[Fact]) -> Iterator[Fact]:
    """Take a scale back from share counts that exceed several times the shares outstanding: they were printed in full.

    So were the other counts of their column.
    """
    known = [fact.value for fact in facts if fact.concept in WEIGHTED and fact.unit == "shares"]
    most = 5 * max(known, default=Decimal(0))
    scaled = [fact for fact in facts if most and fact.unit == "shares" and fact.scale > 1]
    full = {_printed_with(fact) for fact in scaled if abs(fact.value) > most and abs(fact.value) / fact.scale >= 100_000}
    for fact in facts:
        if fact.unit == "shares" and fact.scale > 1 and _printed_with(fact) in full:
            yield replace(fact, value=fact.value / fact.scale, scale=Decimal(1))
        else:
            yield fact


def _printed_with(fact: Fact) -> tuple[object, ...]:
    """The key of facts that share one way of printing counts: a column; of a figure inside a text the fact itself."""
    return (fact.table, fact.column, id(fact) if any(name == "figure" for name, _ in fact.dimensions) else None)
