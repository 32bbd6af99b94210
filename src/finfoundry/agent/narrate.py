"""A specialist's score in words: for a customer, an officer, a validator, and, with its pattern of transfers, for an investigator.

The model may word it; it is given the facts composed here and nothing else. What it wrote stands only if every figure is one of the
specialist's and every reason is named in the true order; otherwise the composed sentences take its place. A text with a changed digit
is withheld.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from finfoundry.agent.binding import Parts, bind_parts, recorded
from finfoundry.agent.score_fields import ScoreField, columns_of, evidence_of, shown, vocabulary
from finfoundry.agent.scores import ScoreCall, compose
from finfoundry.binding.evidence import Evidence, SpecialistEvidence
from finfoundry.core.answer import Answer, Language
from finfoundry.core.errors import FinfoundryError
from finfoundry.core.protocols import Engine, Message, RecordedScore, Request

_TOKENS = 320
_WITHHELD = {"en": "The explanation was withheld: a figure in it is not the specialist's.", "zh": "说明未予提供：其中有数字并非模型所给。"}
_SYSTEM = {
    "en": "Explain a model's score to a {audience} in plain English. Use only the facts given, name every reason in the given order,"
    " copy every figure digit for digit, add no figure, no advice and no promise.",
    "zh": "请用平实的中文向{audience}说明模型评分。只用所给事实，按所给顺序逐一列出原因，数字逐位照抄，不得增加任何数字、建议或承诺。",
}
_REPORT = {
    "en": "Write the narrative of a suspicious activity report for an investigator in plain English. Use only the facts given, copy every"
    " figure and every ID digit for digit, name every reason in the given order, add no figure, no accusation and no conclusion.",
    "zh": "请用平实的中文为调查人员撰写可疑交易报告的情况说明。只用所给事实，数字和编号逐位照抄，按所给顺序逐一列出原因，"
    "不得增加任何数字、指控或结论。",
}
_AUDIENCE = {"customer": "客户", "officer": "信贷员", "validator": "验证人员", "investigator": "调查人员"}
AUDIENCES = tuple(_AUDIENCE)


@dataclass(frozen=True, slots=True)
class Pattern:
    """What an account takes part in: the kind, who stands in the middle, and its figures."""

    kind: str
    collector: str
    figures: Mapping[str, Decimal]  # transfers, accounts, sum moved, largest transfer


@dataclass(frozen=True, slots=True)
class Narration:
    """The answer, and what the binder was given, for the audit record."""

    answer: Answer
    binding: Mapping[str, object]


def narrate(
    engine: Engine | None, score: RecordedScore, language: Language, audience: str = "customer", pattern: Pattern | None = None
) -> Narration:
    """Word a score. Without a model, or where its text does not hold, the composed sentences are the text."""
    parts: list[tuple[str, list[Evidence]]] = [(compose(score, ScoreCall((), (), (), reasons=True), language), [evidence_of(score)])]
    if audience != "customer":
        parts += weights(score, language)
    if pattern is not None:
        parts.append((compose_pattern(score, pattern, language), [pattern_evidence(score, pattern)]))
    plain = ("" if language == "zh" else " ").join(text for text, _ in parts)
    worded = _worded(engine, plain, language, audience, pattern) if engine else None
    if worded is not None and _in_order(worded, score.output):
        told = tell([(worded, [one for _, evidence in parts for one in evidence])], language)
        if told.answer.status == "answered":
            told.answer.model = engine.model if engine else None
            return told
    return tell(parts, language)


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
    """The figures of a pattern."""
    names = {name: tuple(words) for name, words in vocabulary()["pattern_fields"].items()}
    return SpecialistEvidence(score.model, score.record, pattern.figures, {}, names, (score.row, pattern.collector))


def compose_pattern(score: RecordedScore, pattern: Pattern, language: Language) -> str:
    """The sentences about a pattern."""
    words, kind = vocabulary()["sentences"][language], vocabulary()["patterns"][pattern.kind][language]
    figures = {name: f"{value:,f}" for name, value in pattern.figures.items()}
    told = [words[name].format(row=score.row, collector=pattern.collector, pattern=kind, **figures) for name in ("pattern", "moved")]
    return ("" if language == "zh" else " ").join([*told, words["review"]])


def _worded(engine: Engine, plain: str, language: Language, audience: str, pattern: Pattern | None) -> str | None:
    told = _AUDIENCE.get(audience, audience) if language == "zh" else audience
    system = (_REPORT if pattern is not None else _SYSTEM)[language].format(audience=told)
    try:
        return engine.chat(Request((Message("system", system), Message("user", plain)), max_tokens=_TOKENS)).text.strip()
    except FinfoundryError:
        return None  # no model here, or it is busy: the composed sentences say the same


def _in_order(text: str, output: Mapping[str, Any]) -> bool:
    at = -1
    for column in columns_of(output):
        found = text.lower().find(column.lower(), at + 1)
        if found < 0:
            return False
        at = found
    return True
