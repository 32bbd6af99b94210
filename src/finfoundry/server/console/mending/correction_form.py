"""The fields of a correction as a form shows them and sends them back: only what differs from the fact is a correction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from finfoundry.core.document import FactReading
from finfoundry.core.errors import InputError
from finfoundry.knowledge.shown.views import decimal_text

NAMES = ("text", "value", "unit", "scale", "period", "entity", "metric", "concept", "scope")
UNITS = ("CNY", "USD", "EUR", "HKD", "JPY", "GBP", "ratio", "shares", "count", "USD/share", "CNY/share", "none")
SCALES = ("1", "1000", "10000", "1000000", "100000000", "1000000000", "0.01")
_ONLY = {"scale": SCALES, "scope": ("consolidated", "parent")}  # a field of these takes one of its choices, or stays as it is


@dataclass(frozen=True, slots=True)
class FormField:
    """``given`` is what stands in its box; ``choices`` are offered, ``free`` says whether others may be written."""

    name: str
    given: str
    choices: tuple[str, ...] = ()
    free: bool = True


def as_written(reading: FactReading) -> dict[str, str]:
    """A fact's fields as a form writes them."""
    return {
        "text": reading.text,
        "value": decimal_text(reading.value),
        "unit": reading.unit or "none",
        "scale": decimal_text(reading.scale),
        "period": reading.period,
        "entity": reading.entity or "none",
        "metric": " › ".join(reading.metric),
        "concept": reading.concept or "none",
        "scope": reading.scope,
    }


def form_fields(reading: FactReading, sent: Mapping[str, str]) -> list[FormField]:
    """The boxes of the form, with what was sent before in them; what is no choice of a closed list is not shown again."""
    held = as_written(reading)
    found = []
    for name in NAMES:
        only = _ONLY.get(name, ())
        offered = UNITS if name == "unit" else only
        given = sent.get(name, held[name])
        given = held[name] if only and given not in only else given
        offered = offered if not offered or given in offered else (given, *offered)
        found.append(FormField(name, given, offered, free=not only))
    return found


def changed_fields(reading: FactReading, sent: Mapping[str, str]) -> dict[str, object]:
    """What was sent that differs from the fact. Raises InputError for a scale or a scope that is no choice of the form."""
    held = as_written(reading)
    changed: dict[str, object] = {}
    for name in NAMES:
        given = sent.get(name, "").strip()
        if given and given != held[name]:
            changed[name] = _allowed(name, given)
    return changed


def _allowed(name: str, given: str) -> str:
    if name in _ONLY and given not in _ONLY[name]:
        raise InputError(f"{name} is none of its choices: {given[:40]!r}", remedy=f"Choose one of {', '.join(_ONLY[name])}")
    return given
