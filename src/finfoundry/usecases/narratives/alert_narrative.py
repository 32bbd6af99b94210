"""The draft of a narrative about an account under suspicion, in fixed sentences whose figures are bound to the alert; no model words it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache
from importlib import resources

import yaml

from finfoundry.binding.evidence import Evidence, SpecialistEvidence
from finfoundry.core.answer import Answer, Language
from finfoundry.usecases.narratives.narrate import Narration, tell
from finfoundry.usecases.narratives.score_statements import percent

MOST_LISTED = 12  # transfers that are listed one by one
_MOMENTS = ("as_of", "first", "last", "when")  # dates, or plain numbers, which are figures
_NUMBER = re.compile(r"-?\d+(\.\d+)?")


@dataclass(frozen=True, slots=True)
class NarratedTransfer:
    """One transfer that a rule rests on."""

    source: str
    destination: str
    amount: Decimal
    when: str


@dataclass(frozen=True)
class Fired:
    """A rule that fired: its transfers, what they come to, its thresholds."""

    rule: str
    transfers: Sequence[NarratedTransfer]
    figures: Mapping[str, Decimal]
    thresholds: Mapping[str, Decimal]


@dataclass(frozen=True)
class Case:
    """What an alert rests on. ``record``: the audit record that opened it."""

    alert: int
    model: str
    account: str
    as_of: str
    record: str
    probability: Decimal | None
    findings: Sequence[Fired]


@lru_cache(maxsize=1)
def _sentences() -> Mapping[str, Mapping[str, str]]:
    text = resources.files("finfoundry.usecases.narratives").joinpath("data/alert_narrative.yaml").read_text(encoding="utf-8")
    loaded: dict[str, dict[str, str]] = yaml.safe_load(text)
    return loaded


def draft(case: Case, language: Language) -> Narration:
    """The narrative, or a withheld answer where a figure in it is not the alert's."""
    names = {"account": case.account, "as_of": case.as_of, "model": case.model}
    parts = [_sentence(case, language, "subject", names, {})]
    if case.probability is not None:
        parts.append(_sentence(case, language, "score", names, {"probability": case.probability}))
    for one in case.findings:
        parts.append(_rule(case, language, one))
    if not case.findings:
        parts.append(_sentence(case, language, "none", {}, {}))
    listed = list(dict.fromkeys(payment for one in case.findings for payment in one.transfers))
    parts += [_payment(case, language, one) for one in listed[:MOST_LISTED]]
    if len(listed) > MOST_LISTED:
        parts.append(_sentence(case, language, "more", {}, {"count": Decimal(len(listed) - MOST_LISTED)}))
    parts.append(_sentence(case, language, "review", {}, {}))
    return _whole(tell([(text, list[Evidence](found)) for text, found in parts], language), parts)


def _whole(told: Narration, parts: Sequence[tuple[str, list[SpecialistEvidence]]]) -> Narration:
    """Withheld where fewer figures were bound than were said: one that is not seen as a figure is not checked either."""
    said = sum(len(evidence.fields) for _, found in parts for evidence in found)
    if told.answer.status != "answered" or len(told.answer.figures) == said:
        return told
    reason = f"{len(told.answer.figures)} of {said} figures were bound"
    return replace(told, answer=Answer(told.answer.id, "withheld", told.answer.language, "", reason=reason))


def _rule(case: Case, language: Language, one: Fired) -> tuple[str, list[SpecialistEvidence]]:
    first, last = one.transfers[0].when, one.transfers[-1].when
    figures = {**one.figures, **{name: value for name, value in one.thresholds.items() if name in ("limit", "multiple", "quiet_days")}}
    if "days" in one.thresholds:
        figures["days allowed"] = one.thresholds["days"]
    return _sentence(case, language, one.rule, {"first": first, "last": last}, figures)


def _payment(case: Case, language: Language, one: NarratedTransfer) -> tuple[str, list[SpecialistEvidence]]:
    names = {"when": one.when, "source": one.source, "destination": one.destination}
    return _sentence(case, language, "transfer", names, {"amount": one.amount})


def _sentence(
    case: Case, language: Language, kind: str, names: Mapping[str, str], figures: Mapping[str, Decimal]
) -> tuple[str, list[SpecialistEvidence]]:
    """A sentence, and what its figures are bound to: they are of this sentence alone."""
    pattern = _sentences()[language][kind]
    said = {name: value for name, value in figures.items() if "{" + name + "}" in pattern}
    printed = {name: percent(value) if name == "probability" else f"{value:,f}" for name, value in said.items()}
    said |= {name: Decimal(names[name]) for name in _MOMENTS if "{" + name + "}" in pattern and _NUMBER.fullmatch(names[name])}
    text = pattern.format(**names, **printed)
    units = {"probability": "ratio"} if "probability" in said else {}
    inputs = (*names.values(), case.account, case.model)
    return text, [SpecialistEvidence(case.model, case.record, said, units, {}, inputs, sentence=text)]
