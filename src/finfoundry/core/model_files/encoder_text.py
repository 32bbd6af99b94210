"""A text, or several side by side, as the token ids of an encoder: the same in training and in service."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tokenizers import Tokenizer

KEPT = 4  # tokenizers in memory
_kept: OrderedDict[str, Tokenizer] = OrderedDict()
_keeping = threading.Lock()


@dataclass(frozen=True, slots=True)
class EncodedText:
    """``ids`` as the encoder reads them; ``places`` of the tokens of the first text that are not special, and the characters of the first
    text that each stands for, (start, end).
    """

    ids: tuple[int, ...]
    places: tuple[int, ...]
    characters: tuple[tuple[int, int], ...]


def open_tokenizer(file: str) -> Tokenizer:
    """The tokenizer in a ``tokenizer.json``, which neither cuts nor pads; whoever opens it must leave it so.

    One of 250,000 pieces takes long to read and much memory, and encoders tuned over one base have the same: those of equal bytes are one.
    """
    data = Path(file).read_bytes()
    digest = hashlib.sha256(data).hexdigest()
    with _keeping:
        if digest not in _kept:
            tokenizer: Tokenizer = Tokenizer.from_buffer(data)
            tokenizer.no_padding()
            tokenizer.no_truncation()
            _kept[digest] = tokenizer
        _kept.move_to_end(digest)
        if len(_kept) > KEPT:
            _kept.popitem(last=False)
        return _kept[digest]


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
