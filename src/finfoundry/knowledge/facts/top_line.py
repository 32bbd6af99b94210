"""The revenue of an income statement that names it after its trade ("Feed sales", 运输收入): its first line, where no other is revenue."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from finfoundry.core.document import Fact

REVENUES = "Revenues"
PROFITS = frozenset({"GrossProfit", "OperatingIncomeLoss", "IncomeLossBeforeIncomeTaxes", "ProfitLoss", "NetIncomeLoss"})
_EARNED = re.compile(r"\b(?:revenues?|sales|turnover)$|^(?:revenues?|sales)\s+(?:from|of)\b|收入$", re.IGNORECASE)
_PART = re.compile(r"\bother\b|其他|利息|投资|interest|non-?operating|营业外|\b(?:cost|change)s?\b", re.IGNORECASE)


def with_top_line(facts: list[Fact]) -> Iterator[Fact]:
    """The facts of a table; of an income statement without a line of revenue the first line is one where it is called so, and the next is
    not: several of the kind are parts of a whole that is not printed.
    """
    if not facts or any(fact.concept == REVENUES for fact in facts) or not any(fact.concept in PROFITS for fact in facts):
        yield from facts
        return
    rows = sorted({(fact.row or 0, fact.metric) for fact in facts})
    (top, label), *after = rows
    first = _is_earned(label) and not (after and _is_earned(after[0][1]))
    for fact in facts:
        revenue = first and fact.row == top and fact.statement == "income" and fact.concept is None
        yield replace(fact, concept=REVENUES) if revenue else fact


def _is_earned(label: tuple[str, ...]) -> bool:
    return bool(label) and _EARNED.search(label[-1]) is not None and not _PART.search(label[-1])
