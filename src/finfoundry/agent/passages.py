"""Open questions: the model answers from a few numbered passages, in the question's language, citing them; or says that they hold nothing."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from finfoundry.agent.sources import Hit
from finfoundry.agent.understand import Intent
from finfoundry.core.answer import Language
from finfoundry.core.protocols import Completion, Engine, Message, Request

PASSAGES = 5
CHARACTERS = {"en": 2600, "zh": 1300}  # of passages in a prompt: about 650 tokens
ANSWER_TOKENS = 160
NOTHING = "NOT FOUND"


# The system message never changes within a language, so that the engine keeps it in its cache.
_SYSTEM: dict[Language, str] = {
    "en": (
        "You answer questions about company documents from the numbered passages only. Answer first, in one to three short sentences, then stop. "
        "Put the number of the passage, like [1], after each statement. Copy figures exactly as printed, with their unit. Do not calculate. "
        f"If the passages do not hold the answer, write only: {NOTHING}"
    ),
    "zh": (
        "你只根据编号的段落回答关于公司文件的问题。先给出答案，用一到三个短句，然后停止。每个陈述后面写出段落编号，如[1]。"
        f"数字照原文抄写，带上单位，不要计算。如果段落中没有答案，只写：{NOTHING}"
    ),
}
_ASK: dict[Language, str] = {"en": "Passages:\n{passages}\n\nQuestion: {question}", "zh": "段落：\n{passages}\n\n问题：{question}"}
_AGAIN: dict[Language, str] = {
    "en": "These figures do not stand in the passages you cited: {figures}. Write the answer again without them, or with the figures as printed.",
    "zh": "这些数字不在你引用的段落中：{figures}。请重新写出答案，去掉它们，或照原文写出数字。",
}


@dataclass(frozen=True, slots=True)
class Written:
    """What the model wrote, and with which messages."""

    text: str
    messages: tuple[Message, ...]
    completion: Completion

    @property
    def nothing(self) -> bool:
        """Whether the model said that the passages hold no answer."""
        plain = self.text.strip().strip(".。\"'[]").upper()
        return (
            not plain
            or NOTHING in plain
            or bool(
                re.match(
                    r"(?:THE |THESE |BASED ON THE )?PASSAGES? (?:DO|DOES) NOT (?:PROVIDE|CONTAIN|MENTION|SPECIFY|HOLD|STATE|INCLUDE)", plain
                )
            )
        )


def write(engine: Engine, intent: Intent, hits: Sequence[Hit], deadline: float | None = None) -> Written:
    """Have the model answer from the hits. Raises EngineError and its kinds."""
    messages = (
        Message("system", _SYSTEM[intent.language]),
        Message("user", _ASK[intent.language].format(passages=numbered(hits, intent.language), question=intent.question)),
    )
    return _written(engine, messages, deadline)


def rewrite(engine: Engine, written: Written, unbound: Sequence[str], language: Language, deadline: float | None = None) -> Written:
    """Once more, with the figures that could not be bound named. Raises EngineError and its kinds."""
    again = _AGAIN[language].format(figures=", ".join(unbound[:8]))
    return _written(engine, (*written.messages, Message("assistant", written.text), Message("user", again)), deadline)


def _written(engine: Engine, messages: tuple[Message, ...], deadline: float | None) -> Written:
    completion = engine.chat(Request(messages, max_tokens=ANSWER_TOKENS, deadline=deadline))
    text = re.sub(r"\s+", " ", completion.text).strip()
    if completion.finish == "length":
        text = _whole_sentences(text)
    return Written(text, messages, completion)


def _whole_sentences(text: str) -> str:
    end = max(text.rfind(mark) for mark in (". ", "。", "] ", "].", "]。"))
    return text[: end + 1].rstrip() if end > 0 else text


def numbered(hits: Sequence[Hit], language: Language) -> str:
    """The passages as the model sees them, within the budget."""
    room = CHARACTERS[language]
    parts = []
    for number, hit in enumerate(hits, 1):
        text = re.sub(r"[ \t]+", " ", hit.text).strip()[:room]
        if not text:
            break
        parts.append(f"[{number}] {text}")
        room -= len(text)
    return "\n".join(parts)
