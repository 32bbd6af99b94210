"""Every field that a request of OpenAI's may have, and what becomes of it: nothing that is asked for is passed over in silence.

*Honoured*: it has its effect. *Harmless*: it asks for nothing that could change what the answer says. *Refused*: 400 with the field's
name and the remedy. docs/server.md shows the table; the governed answer and the base itself each have a column.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import BaseModel

from finfoundry.server.limits.errors import UnusableField

Way = Literal["honoured", "harmless", "refused"]
_OWN = "Leave it out; the base model, under its own name and with a key of the scope raw, takes it"
_ONCE = "Send the request again for another text, to the base with another seed"
_TEXT = "Send and ask for text; files are added with POST /v1/documents"


@dataclass(frozen=True, slots=True)
class FieldRule:
    """What becomes of a field of the governed ``answer`` and of the ``base`` itself. Values in ``nothing`` ask for what is so anyway, and
    pass, as null does.
    """

    answer: Way
    base: Way
    remedy: str = "Leave it out"
    nothing: tuple[Any, ...] = ()


def _both(way: Way, remedy: str = "Leave it out", *nothing: Any) -> FieldRule:
    return FieldRule(way, way, remedy, nothing)


_HARMLESS = ("metadata", "user", "store", "safety_identifier", "prompt_cache_key", "prompt_cache_options", "prompt_cache_retention",
             "service_tier", "parallel_tool_calls")  # fmt: skip
_SHARED: dict[str, FieldRule] = {
    "model": _both("honoured"),
    "stream": _both("honoured"),
    "stream_options": _both("honoured"),
    "temperature": FieldRule("harmless", "honoured"),
    "top_p": FieldRule("harmless", "refused", "Send temperature", (1,)),
    "tools": FieldRule("refused", "honoured", _OWN, ([],)),
    "tool_choice": FieldRule("refused", "honoured", _OWN, ("none", "auto")),
    "top_logprobs": _both("refused", "Leave it out: no probabilities are given", 0),
    "moderation": _both("refused"),
    **dict.fromkeys(_HARMLESS, _both("harmless")),
}
CHAT: Mapping[str, FieldRule] = _SHARED | {
    "messages": _both("honoured"),
    "response_format": _both("honoured"),
    "max_tokens": _both("honoured"),
    "max_completion_tokens": _both("honoured"),
    "seed": FieldRule("harmless", "honoured"),
    "stop": FieldRule("refused", "honoured", "Leave it out: an answer is given whole, since a part may say something else", ([], "")),
    "frequency_penalty": FieldRule("harmless", "refused", "Leave it out", (0,)),
    "presence_penalty": FieldRule("harmless", "refused", "Leave it out", (0,)),
    "n": _both("refused", _ONCE, 1),
    "logprobs": _both("refused", "Leave it out: no probabilities are given", False),
    "logit_bias": _both("refused", "Leave it out", {}),
    "functions": _both("refused", "Send tools", []),
    "function_call": _both("refused", "Send tool_choice", "none", "auto"),
    "modalities": _both("refused", _TEXT, ["text"]),
    "audio": _both("refused", _TEXT),
    "verbosity": _both("refused", "Say in the question how much is wanted", "medium"),
    "web_search_options": _both("refused", "Leave it out: answers come from the collections alone"),
    "prediction": _both("harmless"),
    "reasoning_effort": _both("harmless"),
}
RESPONSES: Mapping[str, FieldRule] = _SHARED | {
    "input": _both("honoured"),
    "instructions": FieldRule("harmless", "honoured"),
    "text": _both("honoured"),  # its verbosity is refused: say in the question how much is wanted
    "max_output_tokens": _both("honoured"),
    "previous_response_id": _both("refused", "Send the earlier messages in input: no response is kept"),
    "conversation": _both("refused", "Send the earlier messages in input: no response is kept"),
    "background": _both("refused", "Leave it out, and ask for a stream: its events say how far the answer is", False),
    "include": _both("refused", "Leave it out", []),
    "prompt": _both("refused", "Send the text in input"),
    "context_management": _both("refused", "Leave it out", []),
    "truncation": _both("refused", "Leave it out: nothing is cut", "disabled"),
    "access_programs": _both("refused"),
    "max_tool_calls": _both("harmless"),
    "reasoning": _both("harmless"),
}
EMBEDDINGS: Mapping[str, FieldRule] = {
    "model": _both("honoured"),
    "input": _both("honoured"),
    "encoding_format": _both("honoured"),
    "dimensions": _both("honoured"),
    "user": _both("harmless"),
}


def check_fields(body: BaseModel, rules: Mapping[str, FieldRule], *, base: bool) -> None:
    """Raises UnusableField for the first field that cannot be honoured, or that no request has."""
    sent = {name: getattr(body, name) for name in body.model_fields_set} | (body.model_extra or {})
    for name in sorted(sent.keys() - rules.keys()):
        raise UnusableField(name[:100], "is no field of this request", remedy=f"Leave it out; known are {', '.join(sorted(rules))}")
    for name, rule in rules.items():
        value = sent.get(name)
        if (rule.base if base else rule.answer) == "refused" and value is not None and value not in rule.nothing:
            raise UnusableField(name, "cannot be honoured here", remedy=rule.remedy)


def check_texts(kinds: Sequence[tuple[str, str]]) -> None:
    """``kinds``: where a part of a message stands, and its type. Raises UnusableField for what is no text."""
    for place, kind in kinds:
        if kind not in ("text", "input_text", "output_text", "refusal"):
            raise UnusableField(place, f"is a part of the type {kind[:50]!r}, and only text is read", remedy=_TEXT)
