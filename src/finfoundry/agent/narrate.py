"""A specialist's score in words, for a customer, an officer or a validator.

The model may word it; it is given the reasons only. What it wrote stands only if every figure is one of the specialist's and every
reason is named in the true order; otherwise a sentence composed here takes its place. A text with a changed digit is withheld.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from finfoundry.binding import SpecialistEvidence, bind
from finfoundry.core.answer import Answer, Language
from finfoundry.core.errors import FinfoundryError
from finfoundry.core.protocols import Engine, Message, Request

_TOKENS = 320
_WITHHELD = {"en": "The explanation was withheld: a figure in it is not the specialist's.", "zh": "说明未予提供：其中有数字并非模型所给。"}
_SYSTEM = {
    "en": "Explain a model's score to a {audience} in plain English. Use only the facts given, name every reason in the given order,"
    " copy every figure digit for digit, add no figure, no advice and no promise.",
    "zh": "请用平实的中文向{audience}说明模型评分。只用所给事实，按所给顺序逐一列出原因，数字逐位照抄，不得增加任何数字、建议或承诺。",
}
_AUDIENCE = {"customer": "客户", "officer": "信贷员", "validator": "验证人员"}


def score_evidence(model: str, record: str, output: Mapping[str, Any]) -> SpecialistEvidence:
    """What the specialist returned, as fields that a figure can be bound to."""
    fields = {
        name: Decimal(str(output[name])) for name in ("score", "probability", "grade", "base", "rest") if output.get(name) is not None
    }
    if "base" in fields:
        fields["best score, base"] = fields.pop("base")
    for reason in output.get("reasons", ()):
        fields[f"contribution of {reason['column']}"] = Decimal(str(reason["contribution"]))
    return SpecialistEvidence(model, record, fields, {"probability": "ratio"})


def tell(text: str, evidence: SpecialistEvidence, language: Language, question: str = "") -> Answer:
    """The answer that a text makes when every figure is bound to the score; otherwise a withheld one."""
    bound = bind(text, [evidence], question)
    if not bound.complete:
        reason = "; ".join(f"{one.text}: {one.reason}" for one in bound.unbound)
        return Answer(str(uuid.uuid4()), "withheld", language, _WITHHELD[language], reason=reason)
    return Answer(str(uuid.uuid4()), "answered", language, bound.text, citations=bound.citations, figures=bound.figures)


def compose(output: Mapping[str, Any], language: Language) -> str:
    """The plain sentence: score, probability, grade, and the reasons in their order."""
    probability = f"{100 * Decimal(str(output['probability'])):.2f}%"
    reasons = [reason["column"].replace("_", " ") for reason in output.get("reasons", ())]
    if language == "zh":
        told = f"评分（score）为 {output['score']}，概率（probability）为 {probability}。"
        return told + (f"主要原因依次为：{'；'.join(reasons)}。" if reasons else "")
    told = f"The score is {output['score']}. The probability is {probability}."
    return told + (f" The principal reasons, in order, are: {'; '.join(reasons)}." if reasons else "")


def narrate(
    engine: Engine | None, name: str, record: str, row: str, output: Mapping[str, Any], language: str, audience: str = "customer"
) -> Answer:
    """Word a score. Without a model, or where its text does not hold, the composed sentence is the text."""
    spoken: Language = "zh" if language == "zh" else "en"
    evidence = score_evidence(name, record, output)
    plain = compose(output, spoken)
    worded = _worded(engine, plain, spoken, audience) if engine else None
    if worded is not None and _in_order(worded, output):
        answer = tell(worded, evidence, spoken, f"{name} {row}")
        if answer.status == "answered":
            answer.model = engine.model if engine else None
            return answer
    return tell(plain, evidence, spoken, _names_only(output))


def _names_only(output: Mapping[str, Any]) -> str:
    """Names of columns may hold digits ("last 6 months"); they are given, not claimed."""
    return " ".join(reason["column"].replace("_", " ") for reason in output.get("reasons", ()))


def _worded(engine: Engine, plain: str, language: Language, audience: str) -> str | None:
    told = _AUDIENCE.get(audience, audience) if language == "zh" else audience
    try:
        messages = (Message("system", _SYSTEM[language].format(audience=told)), Message("user", plain))
        return engine.chat(Request(messages, max_tokens=_TOKENS)).text.strip()
    except FinfoundryError:
        return None  # no model here, or it is busy: the composed sentence says the same


def _in_order(text: str, output: Mapping[str, Any]) -> bool:
    at = -1
    for reason in output.get("reasons", ()):
        found = text.lower().find(reason["column"].replace("_", " ").lower(), at + 1)
        if found < 0:
            return False
        at = found
    return True
