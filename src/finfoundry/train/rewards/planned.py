"""Whether a plan of the product comes to the value of the row's own, whatever the figures are. Both are carried out over amounts
drawn for each line and year. A plan is ``ask``'s: metrics with their years under letters, an expression over the letters, how it is shown.
"""

from __future__ import annotations

import hashlib
import json
import re
from decimal import Decimal
from typing import Any

from finfoundry.binding.expression import evaluate
from finfoundry.core.errors import PlanError
from finfoundry.train.rewards.reward import SampledAnswer

DRAWS = 5  # sets of amounts: two expressions that are not the same agree on one by chance, not on all
NEAR = Decimal("1e-9")  # of the value itself: what a division leaves open


def planned(answered: SampledAnswer) -> float:
    """1 where both come to the same values in every draw, and are shown the same way; of open questions where both hold them to be open."""
    ours, wanted = _plan(answered.text), _plan(answered.expected)
    if ours is None or wanted is None:
        return 0.0
    if _is_open(ours) or _is_open(wanted):
        return float(_is_open(ours) and _is_open(wanted))
    if (ours["kind"], ours["show"]) != (wanted["kind"], wanted["show"]):
        return 0.0
    return float(all(_same(_value(ours, draw), _value(wanted, draw)) for draw in range(DRAWS)))


def _plan(text: str) -> dict[str, Any] | None:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) and {"kind", "metrics", "expression", "show"} <= found.keys() else None


def _is_open(plan: dict[str, Any]) -> bool:
    return plan["kind"] == "open" or not plan["metrics"]


def _value(plan: dict[str, Any], draw: int) -> Decimal | None:
    """What a plan comes to over the amounts of a draw; None where it cannot be carried out."""
    try:
        operands = {str(one["name"]): _amount(str(one["label"]), int(one["year"]), draw) for one in plan["metrics"]}
        return evaluate(str(plan["expression"]), operands)
    except (PlanError, ArithmeticError, KeyError, TypeError, ValueError):
        return None


def _amount(label: str, year: int, draw: int) -> Decimal:
    """From 1 to 10,000,000, by the line and the year: letter case and blanks make no other line."""
    plain = re.sub(r"\s+", " ", label).strip().casefold()
    return 1 + Decimal(int.from_bytes(hashlib.sha256(f"{plain}/{year}/{draw}".encode()).digest()[:8]) % 9_999_999)


def _same(one: Decimal | None, other: Decimal | None) -> bool:
    return one is not None and other is not None and abs(one - other) <= NEAR * max(abs(other), Decimal(1))
