"""An encoder of a hundred languages without the pieces that no text in Chinese or English is made of: less than half of its memory.

A piece goes where a letter in it is of another script, accents included. Single characters of every script stay, so that no text becomes
unknown for it, and what stays keeps its score: of a text whose likeliest pieces all stay they are the same as before.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from finfoundry.core.model_files.encoder_file import Encoder

BLANK = "▁"  # begins a piece that begins a word
_HAN = ((0x3400, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x3FFFF))  # ideographs


def for_two_languages(encoder: Encoder, tokenizer: bytes) -> tuple[Encoder, bytes]:
    """The encoder with the rows of the pieces that stay, and its ``tokenizer.json`` with these; both as they were where the tokenizer is of
    another kind than e5's. Raises ValueError where it is none.
    """
    told = json.loads(tokenizer)
    if told["model"]["type"] != "Unigram":
        return encoder, tokenizer
    pieces: list[tuple[str, float]] = told["model"]["vocab"]
    special = {int(one["id"]) for one in told["added_tokens"]} | {int(told["model"]["unk_id"])}
    kept = [number for number, (piece, _) in enumerate(pieces) if number in special or is_kept(piece)]
    numbers = {before: now for now, before in enumerate(kept)}
    told["model"] |= {"vocab": [pieces[number] for number in kept], "unk_id": numbers[told["model"]["unk_id"]]}
    told["added_tokens"] = [one | {"id": numbers[one["id"]]} for one in told["added_tokens"]]
    if told["post_processor"]:
        told["post_processor"]["special_tokens"] = _renumbered(told["post_processor"]["special_tokens"], numbers)
    tensors = encoder.tensors | {"emb.word": encoder.tensors["emb.word"][kept]}
    return replace(encoder, vocabulary=len(kept), tensors=tensors), json.dumps(told, ensure_ascii=False).encode()


def is_kept(piece: str) -> bool:
    """Whether a text in Chinese or English may be made of it."""
    bare = piece.removeprefix(BLANK)
    return len(bare) < 2 or all(map(_is_common, bare))


def _is_common(character: str) -> bool:
    """Of ASCII, an ideograph, or of no script."""
    point = ord(character)
    return point < 128 or any(first <= point <= last for first, last in _HAN) or unicodedata.category(character)[0] not in "LM"


def _renumbered(special: Mapping[str, Any], numbers: Mapping[int, int]) -> dict[str, Any]:
    return {name: one | {"ids": [numbers[number] for number in one["ids"]]} for name, one in special.items()}
