"""Columns that count shares in full, next to amounts in thousands or millions."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal

from finfoundry.knowledge.facts.periods.row_walk import LabelledRow

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
