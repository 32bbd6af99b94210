"""What is put right in a plan of a planner that is not sure, before it is carried out: small rules over the typed plan, not over wording.

Which figure a name means (the asked scope, the whole before its parts, the shareholders' part) is ranked where operands are found
(``compute/operands.py``), and a result that does not fit the question is not stated (``compute/result_check.py``): what stands here is what
neither sees, because the figures of the plan are its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache

from finfoundry.ask.lexicon.metric_terms import metrics
from finfoundry.ask.plan.dimension import NUMBER, Kind, asked_for, dimension_of_unit
from finfoundry.ask.plan.rules import Plan
from finfoundry.ask.understand.intent import Intent
from finfoundry.knowledge.facts.table.concepts import concepts

_KINDS: Mapping[str, frozenset[Kind]] = {
    "money": frozenset({"money"}), "per share": frozenset({"per_share"}), "shares": frozenset({"shares"}), "count": frozenset({"count"}),
    "ratio": NUMBER, "times": NUMBER,
}  # fmt: skip


def corrected(plan: Plan, intent: Intent) -> Plan:
    """The plan as it is carried out."""
    return of_named_kind(plan, intent)


def of_named_kind(plan: Plan, intent: Intent) -> Plan:
    """A line that was found by its meaning with those of its figures alone that are of the kind of the metric that the question names, or
    of no known one: a net loss is no loss per share. Where another kind is asked for, or several metrics of several, it stays as it is.
    """
    asked, named = asked_for(intent), _kinds_named(intent)
    if not plan.rows or named is None or asked.kinds or asked.relation in ("share", "ratio"):
        return plan
    fits = {
        name: tuple(one for one in rows if not one.fact.unit or dimension_of_unit(one.fact.unit).kind in named)
        for name, rows in plan.rows.items()
    }
    return replace(plan, rows=fits)


def _kinds_named(intent: Intent) -> frozenset[Kind] | None:
    """The one kind of the metrics that a question names; None where it names none, one of no known kind, or several of several."""
    known = [metrics().get(one.name) for one in intent.mentions if not one.formula]
    units = {_units().get(name) for one in known if one is not None for name in one.concepts}
    kinds = {_KINDS.get(unit or "") for unit in units}
    alone = len(kinds) == 1 and len(known) == len(intent.mentions) and all(one is not None and one.concepts for one in known)
    return kinds.pop() if alone else None


@lru_cache(maxsize=1)
def _units() -> Mapping[str, str]:
    return {concept.name: concept.unit for concept in concepts()}
