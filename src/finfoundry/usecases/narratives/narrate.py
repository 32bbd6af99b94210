"""A specialist's score in words: for a customer, an officer, a validator, and, with its pattern of transfers, for an investigator.

No word is free, since reasons may become an adverse-action notice: every sentence is one of a few, each figure is bound to the score, and
what a sentence says besides figures is read back from it and compared with the model's scale and bins. What does not hold is withheld.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from finfoundry.ask.compose.answer_evidence import Parts, bind_parts, recorded
from finfoundry.ask.scores.recorded_scores import ScoreCall, compose
from finfoundry.ask.scores.score_fields import ScoreField, columns_of, evidence_of, shown, vocabulary
from finfoundry.binding.evidence import Evidence, SpecialistEvidence
from finfoundry.core.answer import Answer, Language
from finfoundry.core.protocols import RecordedScore
from finfoundry.core.score_meaning import ScoreMeaning
from finfoundry.usecases.narratives.score_check import falsehood
from finfoundry.usecases.narratives.score_statements import CUSTOMER, MOST_TO_CUSTOMER, VALIDATOR, about_reasons, about_scale

_WITHHELD = {"en": "The explanation was withheld: a figure in it is not the specialist's.", "zh": "说明未予提供：其中有数字并非模型所给。"}
_FALSE = {
    "en": "The explanation was withheld: a statement in it is not so by the specialist's bins and scale.",
    "zh": "说明未予提供：其中有表述与模型的分箱或标尺不符。",
}
AUDIENCES = (CUSTOMER, "officer", VALIDATOR, "investigator")


@dataclass(frozen=True, slots=True)
class Pattern:
    """The pattern of transfers that an account is part of: its kind, the account in its middle, and its figures."""

    kind: str
    collector: str
    figures: Mapping[str, Decimal]  # transfers, accounts, sum moved, largest transfer


@dataclass(frozen=True, slots=True)
class Narration:
    """The answer, and what the binder was given, for the audit record."""

    answer: Answer
    binding: Mapping[str, object]


def narrate(
    score: RecordedScore, language: Language, audience: str = CUSTOMER, meaning: ScoreMeaning | None = None, pattern: Pattern | None = None
) -> Narration:
    """Word a score for an audience. ``meaning``: where it has a scale and bins; then each statement is checked against them."""
    told = [] if meaning is None else about_scale(score, meaning, language, audience)
    why = [] if meaning is None else list(about_reasons(score, meaning, language, audience))
    checked = [] if meaning is None else [falsehood(one.text, score, meaning, language) for one in (*told, *why)]
    false = [one for one in checked if one]
    if false:
        return Narration(Answer(str(uuid.uuid4()), "withheld", language, _FALSE[language], reason="; ".join(false)), {"false": false})
    parts: list[tuple[str, list[Evidence]]] = [(_figures(score, language, audience, meaning), [evidence_of(score)])]
    parts += [(one.text, [one.evidence(score)]) for one in told]
    parts += [(one, [evidence_of(score)]) for one in _order(score, language, audience, meaning)]
    parts += [(one.text, [one.evidence(score)]) for one in why]
    if audience != CUSTOMER:
        parts += weights(score, language)
    if pattern is not None:
        parts.append((compose_pattern(score, pattern, language), [pattern_evidence(score, pattern)]))
    return tell(parts, language)


def _figures(score: RecordedScore, language: Language, audience: str, meaning: ScoreMeaning | None) -> str:
    """The sentences with the figures; a customer gets the score alone, or the probability where the score is no sum of points."""
    wanted: tuple[str, ...] = ()
    if audience == CUSTOMER and meaning is not None:
        wanted = ("score",) if isinstance(score.output.get("score"), int) else ("probability",)
    plain = replace(score, output={name: value for name, value in score.output.items() if name != "reasons"})
    return compose(plain, ScoreCall((), (), wanted, reasons=False), language)


def _order(score: RecordedScore, language: Language, audience: str, meaning: ScoreMeaning | None) -> list[str]:
    """The sentence that lists the reasons in their order."""
    columns = columns_of(score.output)
    if audience == CUSTOMER and meaning is not None:
        columns = columns[:MOST_TO_CUSTOMER]
    words = vocabulary()["sentences"][language]
    return [words["reasons"].format(reasons=words["join"].join(columns))] if columns else []


def tell(parts: Parts, language: Language) -> Narration:
    """The answer that sentences make when every figure of each is bound to its own evidence; otherwise a withheld one."""
    bound, binding = bind_parts(parts, "", language), recorded(parts, "", language)
    if bound.unbound:
        reason = "; ".join(f"{one.text}: {one.reason}" for one in bound.unbound)
        return Narration(Answer(str(uuid.uuid4()), "withheld", language, _WITHHELD[language], reason=reason), binding)
    answer = Answer(str(uuid.uuid4()), "answered", language, bound.text, citations=bound.citations, figures=bound.figures)
    return Narration(answer, binding)


def weights(score: RecordedScore, language: Language) -> list[tuple[str, list[Evidence]]]:
    """What each reason did to the score, a sentence each, with the evidence of that reason alone: inputs may have like names."""
    risk = bool(score.output.get("forecasts"))  # of market: what adds to the value at risk, a ratio
    kind = "adds" if risk else "weights" if isinstance(score.output.get("score"), int) else "pushes"
    sentence = vocabulary()["sentences"][language][kind]
    found: list[tuple[str, list[Evidence]]] = []
    for column, reason in zip(columns_of(score.output), score.output.get("reasons") or (), strict=True):
        value = Decimal(str(reason["contribution"]))
        text = sentence.format(column=column, value=shown(ScoreField("value at risk" if risk else "score", "", value)))
        field = f"contribution of {reason['column']}"
        names = {field: (column, f"effect of {column}", f"{column}对评分的影响", f"{column}对对数几率的影响", f"{column}对风险价值的影响")}
        units = {field: "ratio"} if risk else {}
        found.append((text, [SpecialistEvidence(score.model, score.record, {field: value}, units, names, (column,))]))
    return found


def pattern_evidence(score: RecordedScore, pattern: Pattern) -> SpecialistEvidence:
    """The figures of a pattern as evidence, bound to the record of the score."""
    names = {name: tuple(words) for name, words in vocabulary()["pattern_fields"].items()}
    return SpecialistEvidence(score.model, score.record, pattern.figures, {}, names, (score.row, pattern.collector))


def compose_pattern(score: RecordedScore, pattern: Pattern, language: Language) -> str:
    """The sentences about a pattern."""
    words, kind = vocabulary()["sentences"][language], vocabulary()["patterns"][pattern.kind][language]
    figures = {name: f"{value:,f}" for name, value in pattern.figures.items()}
    told = [words[name].format(row=score.row, collector=pattern.collector, pattern=kind, **figures) for name in ("pattern", "moved")]
    return ("" if language == "zh" else " ").join([*told, words["review"]])
