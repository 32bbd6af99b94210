"""Conversations to learn from, in the three shapes that people keep them in. Each row tells its shape by its keys:

- ``messages``: OpenAI's, with ``tools``, ``tool_calls`` and a ``weight`` of 0 for an answer that is not learned;
- ``conversations``: ShareGPT's, with ``from`` and ``value``, ``system`` and ``tools``;
- ``instruction``, ``input``, ``output``: Alpaca's, with ``system`` and ``history``.

All become turns as chat templates take them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from finfoundry.core.errors import InputError
from finfoundry.core.tasks.json_lines import numbered_lines

ROLES = {  # as rows write them -> as templates do
    "system": "system", "developer": "system", "user": "user", "human": "user", "assistant": "assistant", "gpt": "assistant",
    "chatgpt": "assistant", "function_call": "assistant", "tool": "tool", "function": "tool", "observation": "tool",
}  # fmt: skip
SHAPES = "Rows have messages (OpenAI), conversations (ShareGPT), or instruction and output (Alpaca)"
Turn = dict[str, Any]  # role, content; tool_calls where an assistant calls


@dataclass(frozen=True, slots=True)
class TaughtConversation:
    """``turns`` ends with an assistant's; ``untaught`` are the places of assistant turns that carry no loss. ``id`` is FILE:LINE."""

    id: str
    turns: tuple[Turn, ...]
    tools: tuple[dict[str, Any], ...] = ()
    untaught: frozenset[int] = frozenset()

    @property
    def answer(self) -> str:
        """The last turn, in words."""
        return wording(self.turns[-1])

    @property
    def asked(self) -> tuple[str, ...]:
        """What its users said."""
        return tuple(str(turn["content"]) for turn in self.turns if turn["role"] == "user")


def wording(turn: Turn) -> str:
    """What a turn says; a call of tools as JSON."""
    calls = [one["function"] for one in turn.get("tool_calls", ())]
    return "\n".join([*filter(None, [turn["content"]]), *(json.dumps(call, ensure_ascii=False) for call in calls)])


def conversations(path: Path, name: str) -> Iterator[TaughtConversation]:
    """The rows of a file, JSON lines or one JSON list. Raises InputError naming the file and the line (of a list: the entry)."""
    for place, item in numbered(path, name):
        try:
            yield conversation(f"{name}:{place.split()[1]}", item)
        except (KeyError, TypeError, AttributeError, ValueError, RecursionError) as error:
            told = f"it has no {error}" if isinstance(error, KeyError) else str(error)
            raise InputError(f"{name}: {place} is no conversation: {told}", remedy=SHAPES) from error


def numbered(path: Path, name: str) -> Iterator[tuple[str, Any]]:
    """The entries of a file, each with its place: "line 3", or "entry 3" of a JSON list. Raises InputError for what is no JSON."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"{name} is not UTF-8: byte {error.start}", remedy="Convert the file, or leave it out") from error
    if text.lstrip().startswith("["):
        yield from ((f"entry {number}", item) for number, item in enumerate(_json(text, name), 1))
        return
    for number, line in numbered_lines(text):
        yield f"line {number}", _json(line, f"{name}: line {number}")


def _json(text: str, where: str) -> Any:
    try:
        return json.loads(text)
    except (json.JSONDecodeError, RecursionError) as error:
        raise InputError(f"{where} is not JSON: {error}", remedy="Mend it, or leave it out") from error


def conversation(name: str, item: Any) -> TaughtConversation:
    """A row as a conversation of this name. Raises ValueError, KeyError, TypeError or AttributeError for what is none."""
    if not isinstance(item, dict):
        raise ValueError("it is no JSON object")
    shape = next((key for key in _SHAPES if key in item), None)
    if shape is None:
        raise ValueError(f"its keys are {', '.join(map(str, item)) or 'none'}")
    turns, untaught = _checked(_SHAPES[shape](item))
    return TaughtConversation(name, turns, _tools(item.get("tools")), untaught)


def _of_messages(item: dict[str, Any]) -> list[Turn]:
    return [_turn(one["role"], one.get("content"), one.get("tool_calls"), one.get("weight", 1)) for one in item["messages"]]


def _of_sharegpt(item: dict[str, Any]) -> list[Turn]:
    first = [_turn("system", item["system"])] if item.get("system") else []
    return first + [_sharegpt_turn(one) for one in item["conversations"]]


def _sharegpt_turn(one: dict[str, Any]) -> Turn:
    role, value = (one["from"], one["value"]) if "from" in one else (one["role"], one["content"])  # some write OpenAI's keys
    if role != "function_call":
        return _turn(role, value)
    called = json.loads(value)
    return _turn(role, "", called if isinstance(called, list) else [called])


def _of_alpaca(item: dict[str, Any]) -> list[Turn]:
    asked = "\n".join(filter(None, [item["instruction"], item.get("input")]))
    turns = [_turn("system", item["system"])] if item.get("system") else []
    for question, answer in item.get("history") or ():
        turns += [_turn("user", question), _turn("assistant", answer)]
    return [*turns, _turn("user", asked), _turn("assistant", item["output"])]


_SHAPES: dict[str, Callable[[dict[str, Any]], list[Turn]]] = {
    "messages": _of_messages,
    "conversations": _of_sharegpt,
    "instruction": _of_alpaca,
}


def _turn(role: str, content: Any, calls: Any = None, weight: Any = 1) -> Turn:
    if role not in ROLES:
        raise ValueError(f"there is no role {role!r}")
    if weight not in (0, 1):
        raise ValueError(f"a weight is 0 or 1, not {weight!r}")
    turn: Turn = {"role": ROLES[role], "content": _text(content), "weight": weight}
    return turn | {"tool_calls": [_call(one) for one in calls]} if calls else turn


def _text(content: Any) -> str:
    """The words of a content, which may come in parts."""
    if isinstance(content, list):
        if other := [part.get("type") for part in content if part.get("type") != "text"]:
            raise ValueError(f"a part of the type {other[0]!r} is no text")
        return "".join(part["text"] for part in content)
    if not isinstance(content, str | None):
        raise ValueError(f"a content is text, not {type(content).__name__}")
    return content or ""


def _call(one: Any) -> dict[str, Any]:
    """A call of a tool; its arguments are an object, since templates write them as JSON once more."""
    function = one.get("function", one)
    given = function.get("arguments", {})
    arguments = json.loads(given) if isinstance(given, str) else given
    if not isinstance(arguments, dict):
        raise ValueError(f"the arguments of {function['name']} are no JSON object")
    return {"type": "function", "function": {"name": str(function["name"]), "arguments": arguments}}


def _tools(given: Any) -> tuple[dict[str, Any], ...]:
    found = json.loads(given) if isinstance(given, str) and given.strip() else given or []
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise ValueError("tools are a list of objects")
    return tuple(one if "function" in one else {"type": "function", "function": one} for one in found)


def _checked(turns: list[Turn]) -> tuple[tuple[Turn, ...], frozenset[int]]:
    """The turns up to the last answer, since nothing is learned after it, and the places of answers that are not taught."""
    answers = [place for place, turn in enumerate(turns) if turn["role"] == "assistant"]
    if not answers:
        raise ValueError("nobody answers in it")
    if any(turn["role"] == "system" for turn in turns[1:]):
        raise ValueError("a system turn may only be the first")
    for place, turn in enumerate(turns):
        if not turn["content"].strip() and "tool_calls" not in turn and turn["role"] != "system":
            raise ValueError(f"turn {place + 1}, of {turn['role']}, is empty")
    untaught = frozenset(place for place in answers if not turns[place]["weight"])
    if len(untaught) == len(answers):
        raise ValueError("no answer in it is to be learned: all have the weight 0")
    kept = turns[: answers[-1] + 1]
    return tuple({key: value for key, value in turn.items() if key != "weight"} for turn in kept), untaught
