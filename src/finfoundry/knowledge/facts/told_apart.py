"""Figures of one row that nothing tells apart: same names, period and unit, other values. At most one can be what it is called, and which
one the table does not say: none of them is a fact.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from finfoundry.core.document import Fact


def told_apart(facts: Sequence[Fact]) -> tuple[list[Fact], int]:
    """The facts of a table without those that another column of their row contradicts, and how many these are. A figure printed twice, as
    in a total of one part, contradicts nothing.
    """
    said = defaultdict[object, list[Fact]](list)
    for fact in facts:
        said[fact.row, fact.metric, fact.period, fact.unit, fact.scope, fact.dimensions].append(fact)
    lost = {id(fact) for group in said.values() if _contradicts_itself(group) for fact in group}
    return [fact for fact in facts if id(fact) not in lost], len(lost)


def _contradicts_itself(facts: Sequence[Fact]) -> bool:
    return len({fact.value for fact in facts}) > 1 and len({fact.column for fact in facts}) > 1
