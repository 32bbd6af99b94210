"""Statements about a score that are no figures of it: which way its scale runs, what a grade covers, where an input lies among its bins.

Nothing here is worded freely. Who gets what: a customer the score, its scale and the reasons, compared with the average; an officer
and an investigator also probability, grade, rates of the bins and effects; a validator also the version.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation
from functools import lru_cache
from importlib import resources
from typing import Any

import yaml

from finfoundry.ask.scores.score_fields import ScoreField, shown
from finfoundry.binding.evidence import SpecialistEvidence
from finfoundry.core.answer import Language
from finfoundry.core.protocols import RecordedScore
from finfoundry.core.score_meaning import InputBins, ScoreMeaning

CUSTOMER, VALIDATOR = "customer", "validator"
MOST_TO_CUSTOMER = 4  # reasons: what the rules on adverse action ask for


@lru_cache(maxsize=1)
def sentences() -> Mapping[Language, Mapping[str, Any]]:
    text = resources.files("finfoundry.usecases.narratives").joinpath("data/score_statements.yaml").read_text(encoding="utf-8")
    loaded: dict[Language, Mapping[str, Any]] = yaml.safe_load(text)
    return loaded


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence by its kind, and the figures in it: field → value, and whether each is a ratio."""

    kind: str
    text: str
    figures: Mapping[str, Decimal] = field(default_factory=dict)
    ratios: frozenset[str] = frozenset()
    names: tuple[str, ...] = ()  # in which digits are no figures

    def evidence(self, score: RecordedScore) -> SpecialistEvidence:
        """What its figures are bound to: they are of this sentence alone."""
        units, names = dict.fromkeys(self.ratios, "ratio"), (*self.names, score.model, score.row)
        return SpecialistEvidence(score.model, score.record, self.figures, units, {}, names, sentence=self.text)


def percent(value: float | Decimal) -> str:
    """A ratio as every sentence prints it."""
    return shown(ScoreField("probability", "", Decimal(str(value))))


def compared(value: str, with_: str) -> str:
    """``higher``, ``lower`` or ``same``, of two figures as they are printed."""
    left, right = (Decimal(one.rstrip("%")) for one in (value, with_))
    return "higher" if left > right else "lower" if left < right else "same"


def about_scale(score: RecordedScore, meaning: ScoreMeaning, language: Language, audience: str) -> list[Statement]:
    """Direction and ends of the scale; for those who work with it also what the grade covers, and the average."""
    found = [_scale(meaning, language)]
    if audience == CUSTOMER:
        return found
    if score.output.get("grade") is not None:
        found.append(_grade(int(score.output["grade"]), meaning, language))
    if score.output.get("probability") is not None:
        rate = percent(meaning.rate)
        relation = compared(percent(score.output["probability"]), rate)
        words = sentences()[language]["words"]["relation_average"][relation]
        found.append(_made("average", language, {"rate": rate, "relation": words}, ("rate",), (), {"rate": Decimal(str(meaning.rate))}))
    if audience == VALIDATOR:
        state = sentences()[language]["words"]["state"].get(meaning.state) or sentences()[language]["words"]["state"]["unknown"]
        version = score.version[:16]
        found.append(_made("standing", language, {"version": version, "state": state}, (), (version,)))
    return found


def about_reasons(score: RecordedScore, meaning: ScoreMeaning, language: Language, audience: str) -> Iterator[Statement]:
    """Each reason with its value and what happened to rows like it, in the order of the score's reasons."""
    reasons = list(score.output.get("reasons") or ())
    for reason in reasons[:MOST_TO_CUSTOMER] if audience == CUSTOMER else reasons:
        column, value = str(reason["column"]), str(reason["value"])
        bins = meaning.bins.get(column)
        at = bins.bin_of(value) if bins else None
        if bins is None or at is None or not bins.rows[at]:
            yield _effect(column, value, float(reason["contribution"]), meaning, language)
        else:
            yield _range(bins, at, value, language, meaning, plain=audience == CUSTOMER)


def printed(column: str) -> str:
    """A column's name as sentences print it."""
    return column.replace("_", " ")


def _scale(meaning: ScoreMeaning, language: Language) -> Statement:
    words = sentences()[language]["words"]["risk"]
    told = {"event": meaning.event, "risk": words["lower" if meaning.higher_is_safer else "higher"]}
    if meaning.lowest is None or meaning.highest is None:
        return _made("direction", language, told, (), (meaning.event,))
    ends = {"lowest": Decimal(meaning.lowest), "highest": Decimal(meaning.highest)}
    return _made("scale", language, told | {name: str(value) for name, value in ends.items()}, (), (meaning.event,), ends)


def _grade(grade: int, meaning: ScoreMeaning, language: Language) -> Statement:
    count = len(meaning.grades)
    figures = {"grade": Decimal(grade), "count": Decimal(count), "first": Decimal(1)}
    ends: dict[str, Decimal] = {}
    if grade > 1:
        ends["low"] = Decimal(str(meaning.grades[grade - 2]))
    if grade < count:
        ends["high"] = Decimal(str(meaning.grades[grade - 1]))
    kind = "first" if grade == 1 else "last" if grade == count else "between"
    limits = sentences()[language]["words"]["limits"][kind].format(**{name: percent(value) for name, value in ends.items()})
    told = {name: str(value) for name, value in figures.items()} | {"limits": limits}
    return _made("grade", language, told, tuple(ends), (), figures | ends)


def _effect(column: str, value: str, contribution: float, meaning: ScoreMeaning, language: Language) -> Statement:
    words = sentences()[language]["words"]
    against = (contribution < 0) == meaning.higher_is_safer
    told = {"column": printed(column), "value": _value(value, language), "risk": words["risk"]["higher" if against else "lower"]}
    return _made("effect", language, told, (), _names(column, value), _number(value))


def _range(bins: InputBins, at: int, value: str, language: Language, meaning: ScoreMeaning, *, plain: bool) -> Statement:
    words = sentences()[language]["words"]
    rate, average = bins.events[at] / bins.rows[at], meaning.rate
    relation = compared(percent(rate), percent(average))
    place, ends = _place(bins, at, value, language)
    told = {"column": printed(bins.column), "value": _value(value, language), "place": place}
    figures = _number(value) | ends
    if plain:
        return _made("plain", language, told | {"relation": words["relation_plain"][relation]}, (), _names(bins.column, value), figures)
    told |= {"rate": percent(rate), "average": percent(average), "relation": words["relation_range"][relation]}
    figures |= {"rate": Decimal(str(rate)), "average": Decimal(str(average))}
    return _made("range", language, told, ("rate", "average"), _names(bins.column, value), figures)


def _place(bins: InputBins, at: int, value: str, language: Language) -> tuple[str, dict[str, Decimal]]:
    """The words for where a bin lies, and the cuts in them: with as few digits (three or more) as keep the value on its side."""
    words = sentences()[language]["words"]["place"]
    if value == "missing" or bins.groups:
        return words["missing" if value == "missing" else "group"], {}
    if at > len(bins.splits):
        return words["special"], {}
    ends: dict[str, Decimal] = {}
    if at > 0:
        ends["low"] = _cut(bins.splits[at - 1], Decimal(value), below=True)
    if at < len(bins.splits):
        ends["high"] = _cut(bins.splits[at], Decimal(value), below=False)
    kind = {(): "whole", ("high",): "first", ("low",): "last"}.get(tuple(ends), "between")
    return words[kind].format(**{name: f"{end:f}" for name, end in ends.items()}), ends


def _cut(split: float, value: Decimal, *, below: bool) -> Decimal:
    exact = Decimal(repr(split))
    for digits in range(3, 18):
        found = exact.quantize(Decimal(1).scaleb(exact.adjusted() - digits + 1), ROUND_HALF_EVEN) if exact else exact
        if (found <= value) if below else (value < found):
            return found.normalize()
    return exact


def _value(value: str, language: Language) -> str:
    return str(sentences()[language]["words"]["missing"]) if value == "missing" else value


def _number(value: str) -> dict[str, Decimal]:
    """The value as a figure, where it is one."""
    try:
        found = Decimal(value)
    except InvalidOperation:
        return {}
    return {"value": found} if found.is_finite() else {}


def _names(column: str, value: str) -> tuple[str, ...]:
    return (printed(column),) if _number(value) else (printed(column), value)


def _made(
    kind: str,
    language: Language,
    told: Mapping[str, str],
    ratios: tuple[str, ...],
    names: tuple[str, ...],
    figures: Mapping[str, Decimal] | None = None,
) -> Statement:
    text = str(sentences()[language][kind]).format(**told)
    return Statement(kind, text, figures or {}, frozenset(ratios), names)
