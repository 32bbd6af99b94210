"""Rows and documents as token ids, in the words in which the model is served."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from jinja2 import TemplateError

from finfoundry.core.errors import InputError
from finfoundry.core.protocols import Message
from finfoundry.core.tasks.fingerprints import plain
from finfoundry.train.conversations import TaughtConversation
from finfoundry.train.packing import RowTokens, TurnsRow

TEMPLATE_VALUES = "template_values"  # attribute of a tokenizer: what the server fills its template with, beside the messages


@dataclass(frozen=True, slots=True)
class Lesson:
    """One instruction with its answer. ``source`` names the task that it comes from, ``id`` the row in it."""

    id: str
    source: str
    messages: tuple[Message, ...]
    answer: str
    texts: tuple[str, ...] = ()  # what it is about, without instructions

    @property
    def about(self) -> str:
        """What other rows may be about as well."""
        return max(self.texts, key=len, default=self.messages[-1].content if self.messages else self.answer)


def encode(tokenizer: Any, lesson: Lesson) -> RowTokens:
    """The question by the model's chat template, as a server renders it, then the answer and its end: these carry the loss."""
    asked = [{"role": message.role, "content": message.content} for message in lesson.messages]
    prompt = _ids(tokenizer, rendered(tokenizer, asked))
    return RowTokens((*prompt, *_ids(tokenizer, lesson.answer), tokenizer.eos_token_id), len(prompt), group=plain(lesson.about))


class NotShown(Exception):
    """A chat template does not show a conversation as it is."""


def encode_turns(tokenizer: Any, talk: TaughtConversation) -> list[RowTokens]:
    """A conversation with the loss on each answer and its end, as many turns in one row as the template writes one after the other.

    A template may show an earlier answer otherwise than it was given (without what was thought, without its end): the answers after
    it are rows of their own then, asked as a server asks them. Raises NotShown.
    """
    _check_shown(tokenizer, talk)
    rows: list[RowTokens] = []
    ids, stretches, seen = list[int](), list[tuple[int, int]](), ""
    for place, turn in enumerate(talk.turns):
        if turn["role"] != "assistant":
            continue
        prompt = _rendered(tokenizer, talk, place, ask=True)
        if not (ids and prompt.startswith(seen)):
            rows += _row_of(ids, stretches)
            ids, stretches, seen = [], [], ""
        ids += _ids(tokenizer, prompt[len(seen) :])
        said = _said(tokenizer, talk, place, prompt)
        start = len(ids)
        ids += [*_ids(tokenizer, said), tokenizer.eos_token_id]
        stretches += [] if place in talk.untaught else [(start, len(ids))]
        seen = f"{prompt}{said}{tokenizer.eos_token}"
    return rows + _row_of(ids, stretches)


def _row_of(ids: list[int], stretches: list[tuple[int, int]]) -> list[RowTokens]:
    """None where nothing in it is taught; what follows the last answer that is taught, is left out."""
    return [TurnsRow(tuple(ids[: stretches[-1][1]]), stretches[0][0], tuple(stretches))] if stretches else []


def _said(tokenizer: Any, talk: TaughtConversation, place: int, prompt: str) -> str:
    """An answer as the model writes it; a call of tools as the template does."""
    turn = talk.turns[place]
    if "tool_calls" not in turn:
        return str(turn["content"])
    whole = _rendered(tokenizer, talk, place + 1, ask=False)
    if not whole.startswith(prompt):
        raise NotShown("the chat template shows calls of tools otherwise than it asks for them")
    said, end, _ = whole[len(prompt) :].rpartition(tokenizer.eos_token)
    if not end:
        raise NotShown("the chat template shows calls of tools without their end")
    return said


def _check_shown(tokenizer: Any, talk: TaughtConversation) -> None:
    """Raises NotShown for what the template leaves out."""
    whole = _rendered(tokenizer, talk, len(talk.turns), ask=False)
    for turn in talk.turns:
        parts = [str(turn["content"]).strip(), *(call["function"]["name"] for call in turn.get("tool_calls", ()))]
        if any(part not in whole for part in parts):
            raise NotShown(f"the chat template leaves out a turn of {turn['role']}")
    if any(str(tool["function"].get("name", "")) not in whole for tool in talk.tools):
        raise NotShown("the chat template leaves out the tools")


def _rendered(tokenizer: Any, talk: TaughtConversation, upto: int, *, ask: bool) -> str:
    """The first turns in the words of the template; with ``ask`` an answer is begun. Raises NotShown."""
    try:
        return rendered(tokenizer, talk.turns[:upto], talk.tools, ask=ask)
    except (TemplateError, TypeError) as error:
        raise NotShown(f"the chat template refuses it: {error}") from error


def rendered(tokenizer: Any, messages: Sequence[Mapping[str, Any]], tools: Sequence[Any] = (), *, ask: bool = True) -> str:
    """Messages in the words of the chat template, as the server fills it; with ``ask`` an answer is begun."""
    values = getattr(tokenizer, TEMPLATE_VALUES, {})
    text: str = tokenizer.apply_chat_template(
        [dict(one) for one in messages], tools=list(tools) or None, tokenize=False, add_generation_prompt=ask, **values
    )
    return text


def blocks(tokenizer: Any, text: str, length: int) -> Iterator[RowTokens]:
    """A document cut into pieces of at most ``length`` tokens, each begun by the model's first sign; loss on all that can be foretold.

    The pieces of a document are of one group: what is held back of it is not learned elsewhere.
    """
    group = hashlib.sha256(text.encode()).hexdigest()
    first = [] if tokenizer.bos_token_id is None else [tokenizer.bos_token_id]
    ids = [*_ids(tokenizer, text), tokenizer.eos_token_id]
    room = length - len(first)
    for place in range(0, len(ids), room):
        piece = (*first, *ids[place : place + room])
        if len(piece) > 1:
            yield RowTokens(piece, 1, group=group)


def within(names: Iterable[str], rows: Sequence[RowTokens], context: int, *, drop: bool) -> list[int]:
    """Places of the rows that fit the context. Raises InputError naming the first that does not, unless they are to be dropped."""
    long = [(name, len(row.ids)) for name, row in zip(names, rows, strict=True) if len(row.ids) > context]
    if long and not drop:
        name, length = long[0]
        raise InputError(
            f"row {name} has {length} tokens, the recipe's context is {context}; {len(long)} of {len(rows)} rows are too long",
            remedy="Raise context, or set data.too_long: drop",
        )
    return [place for place, row in enumerate(rows) if len(row.ids) <= context]


def _ids(tokenizer: Any, text: str) -> list[int]:
    return list(tokenizer(text, add_special_tokens=False)["input_ids"])
