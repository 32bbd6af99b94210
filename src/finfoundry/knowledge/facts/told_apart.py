"""Figures of one row that nothing tells apart: same names, period and unit, other values. At most one can be what it is called, and which
one the table does not say: each is named by its place, and answers nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from finfoundry.core.document import BY_PLACE, Fact


def told_apart(facts: Sequence[Fact]) -> tuple[list[Fact], int]:
    """The facts of a table, those that another column of their row contradicts named by their columns, and how many these are."""
    unclear = {id(fact) for fact in not_told_apart(facts)}
    return [_by_place(fact) if id(fact) in unclear else fact for fact in facts], len(unclear)


def not_told_apart(facts: Sequence[Fact]) -> list[Fact]:
    """Those facts of a table that another column of their row contradicts. A figure printed twice, as in a total of one part, contradicts
    nothing.
    """
    said = defaultdict[object, list[Fact]](list)
    for fact in facts:
        said[fact.row, fact.metric, fact.period, fact.unit, fact.scope, fact.dimensions].append(fact)
    return [fact for group in said.values() if _contradicts_itself(group) for fact in group]


def _by_place(fact: Fact) -> Fact:
    column = 1 + (fact.column or 0)
    return replace(fact, concept=None, dimensions=(*fact.dimensions, (BY_PLACE, f"#{column}")))


def _contradicts_itself(facts: Sequence[Fact]) -> bool:
    return len({fact.value for fact in facts}) > 1 and len({fact.column for fact in facts}) > 1
