"""The first layers of a model in a GGUF file, and its tokenizer, as what reads texts by their states is served with them.

Of the pieces those stay that a text in Chinese or English may be made of: a merge of two pieces that such a text holds is one, too.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from finfoundry.base.first_layers.gguf_pieces import pieces_of
from finfoundry.core.errors import ModelError
from finfoundry.core.model_files.decoder_file import FAMILIES, LONGEST, Decoder
from finfoundry.core.model_files.gguf_container import Container, floats, open_container

WINDOW = "attention.sliding_window"  # of the layers of some families that look near
AT_ONCE = 16_384  # rows of the vocabulary in floats: whole it would take half a gigabyte


def read_decoder(file: Path, layers: int) -> tuple[Decoder, Tokenizer, int]:
    """With the number of pieces that the file has in all. Raises ModelError for one that is damaged, of another architecture, or has fewer
    layers.
    """
    container = open_container(file)
    try:
        family = container.architecture
        if family not in FAMILIES:
            raise ValueError(f"it is a {family}")
        if (held := container.number(f"{family}.block_count")) < layers:
            raise ValueError(f"it has {held}")
        if f"{family}.{WINDOW}" in container.keys and (window := container.number(f"{family}.{WINDOW}")) < LONGEST:
            raise ValueError(f"it looks back {window} tokens")
        kept, tokenizer = pieces_of(container)
        return _decoder(container, family, layers, kept), tokenizer, container.tensors["token_embd.weight"].shape[0]
    except (KeyError, ValueError, IndexError) as error:
        raise ModelError(
            f"{file} is no {' or '.join(FAMILIES)} of at least {layers} layers ({error})",
            remedy=f"Pull it again: finfoundry pull {file.parent.name}",
        ) from error


def _decoder(container: Container, family: str, layers: int, kept: Sequence[int]) -> Decoder:
    def size(name: str) -> int:
        return container.number(f"{family}.{name}")

    def tensor(name: str) -> NDArray[np.float32] | None:
        return np.array(floats(container.tensors[name])) if name in container.tensors else None

    words, scales = _words(container, kept)
    heads, hidden = size("attention.head_count"), size("embedding_length")
    return Decoder(
        family=FAMILIES[family],
        turns=FAMILIES[family].turns or (container.real(f"{family}.rope.freq_base"),),
        hidden=hidden,
        layers=layers,
        heads=heads,
        key_heads=size("attention.head_count_kv"),
        head=size("attention.key_length") if f"{family}.attention.key_length" in container.keys else hidden // heads,
        epsilon=container.real(f"{family}.attention.layer_norm_rms_epsilon"),
        words=words,
        word_scales=scales,
        tensor=tensor,
    )


def _words(container: Container, kept: Sequence[int]) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """The vectors of the pieces that stay, int8 (pieces, hidden), and their scales, (pieces, 1)."""
    table, parts = container.tensors["token_embd.weight"], list[tuple[NDArray[np.int8], NDArray[np.float32]]]()
    places = np.array(kept)
    for start in range(0, table.shape[0], AT_ONCE):
        rows = floats(table.rows(start, start + AT_ONCE))[places[(places >= start) & (places < start + AT_ONCE)] - start]
        scales = np.abs(rows).max(axis=1, keepdims=True) / 127
        scales[scales == 0] = 1
        parts.append((np.rint(rows / scales).astype(np.int8), scales))
    words, scales = (np.concatenate(each) for each in zip(*parts, strict=True))
    return words, scales
