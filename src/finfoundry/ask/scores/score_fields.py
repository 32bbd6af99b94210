"""What a specialist returned of one row, as named fields that a sentence can state and a figure can be bound to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from functools import lru_cache
from importlib import resources
from typing import Any

import yaml

from finfoundry.binding.evidence import SpecialistEvidence
from finfoundry.core.answer import Language
from finfoundry.core.protocols import RecordedScore

_PLAIN = ("score", "probability", "grade", "volatility")
_OF_RISK = {"var": "value at risk", "es": "expected shortfall"}
_RATIOS = ("probability", "volatility", "value at risk", "expected shortfall")
_MODELS = ("filtered_historical", "historical", "parametric")  # of market risk; the first is the one that answers state


@lru_cache(maxsize=1)
def vocabulary() -> Mapping[str, Any]:
    text = resources.files("finfoundry.ask").joinpath("data/scores.yaml").read_text(encoding="utf-8")
    loaded: dict[str, Any] = yaml.safe_load(text)
    return loaded


@dataclass(frozen=True, slots=True)
class ScoreField:
    """``kind`` is what is asked for (``score``, ``probability`` …), ``path`` its place in the output, which a reference names."""

    kind: str
    path: str
    value: Decimal

    @property
    def ratio(self) -> bool:
        return self.kind in _RATIOS


def fields_of(output: Mapping[str, Any]) -> list[ScoreField]:
    """The figures of an output in the order in which answers state them."""
    forecasts = output.get("forecasts") or {}
    plain = _PLAIN[1:] if forecasts else _PLAIN  # the score of market risk is the first value at risk
    found = [ScoreField(name, name, Decimal(str(output[name]))) for name in plain if output.get(name) is not None]
    for model in sorted(forecasts, key=lambda name: _MODELS.index(name) if name in _MODELS else len(_MODELS)):
        for short, kind in _OF_RISK.items():
            found.append(ScoreField(kind, f"{model} {kind}", Decimal(str(forecasts[model][short]))))
    return found


def columns_of(output: Mapping[str, Any]) -> list[str]:
    """The inputs that the reasons name, in their order, as they are printed."""
    return [str(reason["column"]).replace("_", " ") for reason in output.get("reasons") or ()]


def class_of(output: Mapping[str, Any]) -> str:
    """The class that a text is told to be of; "" where the probability is below the bar, and of other rows."""
    return str(output.get("class_name") or "")


def evidence_of(score: RecordedScore) -> SpecialistEvidence:
    """What the binder may bind a figure to; nothing else of the output counts."""
    output = score.output
    fields = {field.path: field.value for field in fields_of(output)}
    if output.get("base") is not None:
        fields |= {"best score, base": Decimal(str(output["base"])), "rest": Decimal(str(output["rest"]))}
    for reason in output.get("reasons") or ():
        fields[f"contribution of {reason['column']}"] = Decimal(str(reason["contribution"]))
    units = {field.path: "ratio" for field in fields_of(output) if field.ratio}
    names = {field.path: _names(field, score.family) for field in fields_of(output)}
    called = (*columns_of(output), *filter(None, [class_of(output)]), score.model, score.row)
    return SpecialistEvidence(score.model, score.record, fields, units, names, called)


def _names(field: ScoreField, family: str) -> tuple[str, ...]:
    """Other words for a field; of several forecasts only the first of a kind answers to the plain word."""
    if field.path != field.kind and not field.path.startswith(_MODELS[0]):
        return ()
    words = vocabulary()["fields"][field.kind]
    return tuple(dict.fromkeys((*words["en"], *words["zh"], *vocabulary()["events"].get(family, {}).values())))


def name_of(field: ScoreField, family: str, language: Language) -> str:
    """The word that an answer uses for a field: the family's event for a probability, else the first name of the field."""
    if field.kind == "probability" and family in vocabulary()["events"]:
        return str(vocabulary()["events"][family][language])
    return str(vocabulary()["fields"][field.kind][language][0])


def shown(field: ScoreField) -> str:
    """A ratio in percent and a figure that is not whole, with two decimals, or with more until two digits are not nought."""
    value = field.value * 100 if field.ratio else field.value
    if not field.ratio and value == value.to_integral_value():
        return f"{value:.0f}"
    places = min(max(2, 1 - value.adjusted()), 12) if value else 2
    return f"{value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_EVEN):f}" + ("%" if field.ratio else "")


def chosen(fields: Sequence[ScoreField], wanted: Sequence[str]) -> list[ScoreField]:
    """The fields that a question asks for, one of each kind; all kinds where it names none that is there."""
    first: dict[str, ScoreField] = {}
    for field in fields:
        first.setdefault(field.kind, field)
    asked = [first[kind] for kind in wanted if kind in first]
    return asked or list(first.values())
