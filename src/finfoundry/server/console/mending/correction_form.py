"""The fields of a correction as a form shows them and sends them back: only what differs from the fact is a correction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from finfoundry.ask.views import decimal_text
from finfoundry.core.document import FactReading

NAMES = ("text", "value", "unit", "scale", "period", "entity", "metric", "concept", "scope")
UNITS = ("CNY", "USD", "EUR", "HKD", "JPY", "GBP", "ratio", "shares", "count", "USD/share", "CNY/share", "none")
SCALES = ("1", "1000", "10000", "1000000", "100000000", "1000000000", "0.01")


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
    """The boxes of the form, with what was sent before in them."""
    held = as_written(reading)
    choices = {"unit": (UNITS, True), "scale": (SCALES, False), "scope": (("consolidated", "parent"), False)}
    found = []
    for name in NAMES:
        offered, free = choices.get(name, ((), True))
        given = sent.get(name, held[name])
        offered = offered if not offered or given in offered else (given, *offered)
        found.append(FormField(name, given, offered, free))
    return found


def changed_fields(reading: FactReading, sent: Mapping[str, str]) -> dict[str, object]:
    """What was sent that differs from the fact."""
    held = as_written(reading)
    return {name: sent[name].strip() for name in NAMES if name in sent and sent[name].strip() and sent[name].strip() != held[name]}
