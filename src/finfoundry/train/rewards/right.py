"""Whether the answer is the one that the row has: by value where both are numbers or JSON, else as words."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from finfoundry.core.tasks.json_value import json_value
from finfoundry.core.tasks.task import TRAILING
from finfoundry.train.rewards.reward import SampledAnswer


def right(answered: SampledAnswer) -> float:
    return float(value_of(answered.text) == value_of(answered.expected))


def value_of(text: str) -> Any:
    """A number, the value of a JSON text, or the words without letter case."""
    plain = text.strip().strip(TRAILING)
    if (number := number_of(plain)) is not None:
        return number
    if (parsed := json_value(text)) is not None:
        return parsed
    return plain.casefold()


def number_of(text: str) -> Decimal | None:
    """The number that a text is, and nothing besides."""
    try:
        found = Decimal(text.strip().replace(",", ""))
    except InvalidOperation:
        return None
    return found if found.is_finite() else None
