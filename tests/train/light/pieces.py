"""Tiny models whose vocabulary has pieces that are joined of others: byte-level BPE, and SentencePiece for Gemma."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from tests.train import tiny

from finfoundry.core.model_files.gguf_container import Planned, open_container, write_container
from finfoundry.train.base import Base
from finfoundry.train.gguf_file.keys import Value, with_values

JOINS = (
    "b a|ba n|ban k|l o|a n|lo an|r a|t e|ra te|{s} l|{s}l o|{s}lo an|{s} b|{s}b a|{s}ba n|{s}ban k|{s} r|{s}r a|{s}ra te|"
    "{s} c|e s|s t|n e|ne st|f e|fe e|c a|ca r|car d"
).format
FILLERS = 57 + 1  # places after the bytes


def write(folder: Path, architecture: str) -> Base:
    """A base of random weights with the pieces of JOINS, by the tokenizer that its architecture usually has."""
    plain = tiny.base(folder, architecture)
    path = folder / f"{architecture}-pieces.gguf"
    container = open_container(plain.path)
    values = _sentencepiece() if architecture == "gemma3" else _byte_level()
    tensors = [Planned(one.name, one.shape, one.kind, lambda one=one: one.data) for one in container.tensors.values()]  # type: ignore[misc]
    write_container(path, *with_values(container, values), tensors)
    return Base(plain.name, path)


def _byte_level() -> dict[str, Value]:
    joins = JOINS(s="Ġ").split("|")
    pieces = list(dict.fromkeys(join.replace(" ", "") for join in joins))
    others = [f"<unused{number}>" for number in range(FILLERS - len(pieces))]
    bytes_ = tiny.TOKENS[len(tiny.SPECIAL) : len(tiny.SPECIAL) + 256]
    kinds = [3] * len(tiny.SPECIAL) + [1] * (256 + len(pieces)) + [3] * len(others)
    return {
        "tokenizer.ggml.tokens": [*tiny.SPECIAL, *bytes_, *pieces, *others],
        "tokenizer.ggml.token_type": np.array(kinds, np.int32),
        "tokenizer.ggml.merges": joins,
    }


def _sentencepiece() -> dict[str, Value]:
    joins = JOINS(s="▁").split("|")
    pieces = list(dict.fromkeys([*(join.replace(" ", "") for join in joins), *"▁abcdefklnorst"]))
    others = [f"<unused{number}>" for number in range(FILLERS - len(pieces))]
    kinds = [3] * len(tiny.SPECIAL) + [6] * 256 + [1] * len(pieces) + [3] * len(others)
    scores = [0.0] * (len(tiny.SPECIAL) + 256) + [float(-place) for place in range(len(pieces))] + [-1000.0] * len(others)
    return {
        "tokenizer.ggml.model": "llama",
        "tokenizer.ggml.merges": None,
        "tokenizer.ggml.tokens": [*tiny.SPECIAL, *(f"<0x{byte:02X}>" for byte in range(256)), *pieces, *others],
        "tokenizer.ggml.token_type": np.array(kinds, np.int32),
        "tokenizer.ggml.scores": np.array(scores, np.float32),
        "tokenizer.ggml.add_space_prefix": False,
    }
