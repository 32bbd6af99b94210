"""The value of an answer in JSON: the same however it is laid out, in whatever order its keys stand, however its numbers are written."""

from __future__ import annotations

import json
from decimal import Decimal, InvalidOperation
from typing import Any


def json_value(text: str) -> Any:
    """What a JSON object or list comes to, to be compared with others of its kind; None for any other text."""
    plain = text.strip()
    if plain[:1] not in ("{", "["):
        return None
    try:
        return json.loads(plain, parse_int=_number, parse_float=_number, parse_constant=_refused)
    except (ValueError, InvalidOperation, RecursionError):
        return None


def _number(text: str) -> tuple[str, Decimal]:
    """As a pair, since Python holds true to be 1."""
    return "number", Decimal(text)


def _refused(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")
