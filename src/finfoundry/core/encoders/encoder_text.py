"""A text, or several side by side, as the token ids of an encoder: the same in training and in service."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tokenizers import Tokenizer


@dataclass(frozen=True, slots=True)
class EncodedText:
    """``ids`` as the encoder reads them; ``places`` of the tokens of the first text that are not special, and the characters of the first
    text that each stands for, (start, end).
    """

    ids: tuple[int, ...]
    places: tuple[int, ...]
    characters: tuple[tuple[int, int], ...]


def open_tokenizer(file: str) -> Tokenizer:
    """The tokenizer in a ``tokenizer.json``, which neither cuts nor pads."""
    tokenizer: Tokenizer = Tokenizer.from_file(file)
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return tokenizer


def encode_texts(tokenizer: Tokenizer, texts: Sequence[str]) -> EncodedText:
    """``first </s> second </s> …`` between the signs that the tokenizer puts around a text. ``texts`` holds at least one."""
    first = tokenizer.encode(texts[0])
    end = first.ids[-1:]
    more = [token for text in texts[1:] for token in (*tokenizer.encode(text, add_special_tokens=False).ids, *end)]
    marked = zip(range(len(first.ids)), first.special_tokens_mask, first.offsets, strict=True)
    kept = [(place, _bare(texts[0], *span)) for place, special, span in marked if not special]
    return EncodedText((*first.ids, *more), tuple(place for place, _ in kept), tuple(span for _, span in kept))


def _bare(text: str, start: int, end: int) -> tuple[int, int]:
    """Without the blank that a token may begin with."""
    while start < end and text[start].isspace():
        start += 1
    return start, end
