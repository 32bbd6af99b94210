"""A specialist's score in words, for a customer, an officer or a validator.

The model may word it; it is given the reasons only. What it wrote stands only if every figure is one of the specialist's and every
reason is named in the true order; otherwise a sentence composed here takes its place. A text with a changed digit is withheld.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from finfoundry.agent.score_fields import columns_of, evidence_of
from finfoundry.agent.scores import ScoreCall, compose
from finfoundry.binding import SpecialistEvidence, bind
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
_AUDIENCE = {"customer": "客户", "officer": "信贷员", "validator": "验证人员"}


def tell(text: str, evidence: SpecialistEvidence, language: Language) -> Answer:
    """The answer that a text makes when every figure is bound to the score; otherwise a withheld one."""
    bound = bind(text, [evidence])
    if not bound.complete:
        reason = "; ".join(f"{one.text}: {one.reason}" for one in bound.unbound)
        return Answer(str(uuid.uuid4()), "withheld", language, _WITHHELD[language], reason=reason)
    return Answer(str(uuid.uuid4()), "answered", language, bound.text, citations=bound.citations, figures=bound.figures)


def narrate(engine: Engine | None, score: RecordedScore, language: Language, audience: str = "customer") -> Answer:
    """Word a score. Without a model, or where its text does not hold, the composed sentence is the text."""
    evidence = evidence_of(score)
    plain = compose(score, ScoreCall((), (), (), reasons=True), language)
    worded = _worded(engine, plain, language, audience) if engine else None
    if worded is not None and _in_order(worded, score.output):
        answer = tell(worded, evidence, language)
        if answer.status == "answered":
            answer.model = engine.model if engine else None
            return answer
    return tell(plain, evidence, language)


def _worded(engine: Engine, plain: str, language: Language, audience: str) -> str | None:
    told = _AUDIENCE.get(audience, audience) if language == "zh" else audience
    try:
        messages = (Message("system", _SYSTEM[language].format(audience=told)), Message("user", plain))
        return engine.chat(Request(messages, max_tokens=_TOKENS)).text.strip()
    except FinfoundryError:
        return None  # no model here, or it is busy: the composed sentence says the same


def _in_order(text: str, output: Mapping[str, Any]) -> bool:
    at = -1
    for column in columns_of(output):
        found = text.lower().find(column.lower(), at + 1)
        if found < 0:
            return False
        at = found
    return True
