"""Whether an answer ends, and has the form that the row's own has: JSON with the same keys and kinds, a number, or as many lines."""

from __future__ import annotations

import json
from typing import Any

from finfoundry.train.rewards.reward import SampledAnswer
from finfoundry.train.rewards.right import number_of


def form(answered: SampledAnswer) -> float:
    text, expected = answered.text.strip(), answered.expected.strip()
    if not answered.finished or not text:
        return 0.0
    if expected[:1] in ("{", "["):
        return float(_kinds(_parsed(text)) == _kinds(_parsed(expected)))
    if number_of(expected) is not None:
        return float(number_of(text) is not None)
    return float(len(text.splitlines()) == len(expected.splitlines()))


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _kinds(value: Any) -> Any:
    """An object by its keys with the kinds of their values, a list by the kinds in it, anything else by its kind."""
    if isinstance(value, dict):
        return {key: _kinds(one) for key, one in value.items()}
    if isinstance(value, list):
        return ["list", *sorted({str(_kinds(one)) for one in value})]
    return "number" if isinstance(value, int | float) and not isinstance(value, bool) else type(value).__name__
