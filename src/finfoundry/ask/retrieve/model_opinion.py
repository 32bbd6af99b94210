"""The likeliest passages read beside the question by the base model, which says of each whether it answers: one word, no text of its own.

How sure the model is of its word tells an answer from what speaks of the same thing far better than words and meaning do, at a twentieth
of the time that an answer from the same passages takes to be written (docs/figures.md).
"""

from __future__ import annotations

import math

from finfoundry.core.answer import Language
from finfoundry.core.language import simplified
from finfoundry.core.protocols import Chat, Message, Request

PASSAGE = 600  # characters that are read
LEAST = 0.02  # probability, so that no opinion is past doubt

# What does not change stands first, so that the engine keeps it: the system message of all questions, then the question of its passages.
_SYSTEM: dict[Language, str] = {
    "en": (
        "You check answers to questions about company reports. You are given a question and one passage from the company's report. "
        "Decide whether the passage contains the exact answer to the question. Reply Yes or No."
    ),
    "zh": "你负责核对关于公司报告的问答。给你一个问题和报告中的一段文字，判断这段文字是否直接给出了问题的答案。只回答“是”或“否”。",
}
_ASK: dict[Language, str] = {
    "en": "Question: {question}\n\nPassage: {passage}\n\nDoes the passage contain the exact answer to the question?",
    "zh": "问题：{question}\n\n文字：{passage}\n\n这段文字是否直接给出了问题的答案？",
}
_YES: dict[Language, str] = {"en": "y", "zh": "是"}


def said_to_answer(engine: Chat, question: str, language: Language, passage: str, deadline: float | None = None) -> float | None:
    """How likely the model finds it that a passage answers a question; None where the engine does not say how sure it is.

    Raises EngineError and its kinds.
    """
    asked = _ASK[language].format(question=" ".join(simplified(question).split()), passage=simplified(passage)[:PASSAGE])
    request = Request((Message("system", _SYSTEM[language]), Message("user", asked)), max_tokens=1, deadline=deadline, likelihood=True)
    said = engine.chat(request)
    if said.likelihood is None:
        return None
    yes = said.text.strip().lower().startswith(_YES[language])
    return min(max(said.likelihood if yes else 1 - said.likelihood, LEAST), 1 - LEAST)


def log_odds(probability: float) -> float:
    """Of a probability; of one that is nearly 0 or 1 as of one that is a ten-thousandth away."""
    held = min(max(probability, 1e-4), 1 - 1e-4)
    return math.log(held / (1 - held))
