"""Rows and documents as token ids, in the words in which the model is served."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from finfoundry.core.errors import InputError
from finfoundry.core.protocols import Message
from finfoundry.train.packing import RowTokens


@dataclass(frozen=True, slots=True)
class Lesson:
    """One instruction with its answer. ``source`` names the task that it comes from, ``id`` the row in it."""

    id: str
    source: str
    messages: tuple[Message, ...]
    answer: str
    texts: tuple[str, ...] = ()  # what it is about, without instructions


def encode(tokenizer: Any, lesson: Lesson) -> RowTokens:
    """The question by the model's chat template, as a server renders it, then the answer and its end: these carry the loss."""
    asked = [{"role": message.role, "content": message.content} for message in lesson.messages]
    prompt = _ids(tokenizer, tokenizer.apply_chat_template(asked, tokenize=False, add_generation_prompt=True))
    return RowTokens((*prompt, *_ids(tokenizer, lesson.answer), tokenizer.eos_token_id), len(prompt))


def blocks(tokenizer: Any, text: str, length: int) -> Iterator[RowTokens]:
    """A document cut into pieces of at most ``length`` tokens, each begun by the model's first sign; loss on all that can be foretold."""
    first = [] if tokenizer.bos_token_id is None else [tokenizer.bos_token_id]
    ids = [*_ids(tokenizer, text), tokenizer.eos_token_id]
    room = length - len(first)
    for place in range(0, len(ids), room):
        piece = (*first, *ids[place : place + room])
        if len(piece) > 1:
            yield RowTokens(piece, 1)


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
