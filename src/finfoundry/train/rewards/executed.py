"""Whether a plan, carried out, comes to the right value. A plan is an expression over the named numbers of the texts, or JSON that holds
one under ``expression``; the plans of questions about documents are carried out by who may read them, and passed in.
"""

from __future__ import annotations

import json
import re
from decimal import Decimal

from finfoundry.binding.expression import evaluate
from finfoundry.core.errors import PlanError
from finfoundry.train.rewards.reward import SampledAnswer
from finfoundry.train.rewards.right import number_of

NAMED = re.compile(r"\b([A-Za-z_]\w*)\s*(?:=|:|is)\s*(-?\d[\d,]*(?:\.\d+)?)")
NEAR = Decimal("1e-9")  # of the value itself: what a division leaves open


def executed(answered: SampledAnswer) -> float:
    operands = {name: Decimal(value.replace(",", "")) for text in answered.texts for name, value in NAMED.findall(text)}
    found, wanted = value(answered.text, operands), value(answered.expected, operands)
    if found is None or wanted is None:
        return 0.0
    try:
        return float(abs(found - wanted) <= NEAR * max(abs(wanted), Decimal(1)))
    except ArithmeticError:  # of numbers beyond what decimals are computed with
        return 0.0


def value(plan: str, operands: dict[str, Decimal]) -> Decimal | None:
    """What a plan comes to; None where it is none."""
    plain = plan.strip()
    if plain.startswith("{"):
        try:
            plain = str(json.loads(plain)["expression"])
        except (ValueError, KeyError, TypeError, RecursionError):
            return None
    if (number := number_of(plain)) is not None:
        return number
    try:
        return evaluate(plain, operands)
    except PlanError:
        return None
