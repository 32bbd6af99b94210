"""The first layers of a model in a GGUF file, and its tokenizer, as what reads texts by their states is served with them.

Of the pieces those stay that a text in Chinese or English may be made of: a merge of two pieces that such a text holds is one, too.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, processors

from finfoundry.core.errors import ModelError
from finfoundry.core.model_files.decoder_file import LONGEST, Decoder
from finfoundry.core.model_files.gguf_container import Container, floats, open_container
from finfoundry.core.model_files.kept_pieces import BLANK, is_kept

ARCHITECTURE = "gemma3"
NORMAL = 1  # kind of a piece that text is made of
AT_ONCE = 16_384  # rows of the vocabulary in floats: whole it would take half a gigabyte


def read_decoder(file: Path, layers: int) -> tuple[Decoder, Tokenizer, int]:
    """With the number of pieces that the file has in all. Raises ModelError for one that is damaged, of another architecture, or has fewer
    layers.
    """
    container = open_container(file)
    try:
        if container.architecture != ARCHITECTURE or container.number(f"{ARCHITECTURE}.block_count") < layers:
            raise ValueError(container.architecture)
        if (window := container.number(f"{ARCHITECTURE}.attention.sliding_window")) < LONGEST:
            raise ValueError(f"it looks back {window} tokens")
        kept, tokenizer = _pieces(container)
        return _decoder(container, layers, kept), tokenizer, container.tensors["token_embd.weight"].shape[0]
    except (KeyError, ValueError, IndexError) as error:
        raise ModelError(
            f"{file} is no {ARCHITECTURE} of at least {layers} layers ({error})",
            remedy=f"Pull it again: finfoundry pull {file.parent.name}",
        ) from error


def _decoder(container: Container, layers: int, kept: Sequence[int]) -> Decoder:
    def size(name: str) -> int:
        return container.number(f"{ARCHITECTURE}.{name}")

    words, scales = _words(container, kept)
    return Decoder(
        hidden=size("embedding_length"),
        layers=layers,
        heads=size("attention.head_count"),
        key_heads=size("attention.head_count_kv"),
        head=size("attention.key_length"),
        inner=size("feed_forward_length"),
        epsilon=container.real(f"{ARCHITECTURE}.attention.layer_norm_rms_epsilon"),
        words=words,
        word_scales=scales,
        tensor=lambda name: np.array(floats(container.tensors[name])),
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


def _pieces(container: Container) -> tuple[list[int], Tokenizer]:
    """The numbers of the pieces that stay, and a tokenizer of these: byte pairs joined by the score of what they become (SentencePiece)."""
    texts, scores = container.texts("tokenizer.ggml.tokens"), container.numbers("tokenizer.ggml.scores", "<f4")
    kinds = container.numbers("tokenizer.ggml.token_type", "<i4")
    special = [container.number(f"tokenizer.ggml.{name}_token_id") for name in ("bos", "unknown")]
    kept = sorted({*special, *(place for place in np.flatnonzero(kinds == NORMAL).tolist() if is_kept(texts[place]))})
    vocabulary = {texts[place]: number for number, place in enumerate(kept)}
    begin, unknown = (texts[place] for place in special)
    merges = _merges({texts[place]: float(scores[place]) for place in kept if place not in special})
    tokenizer = Tokenizer(models.BPE(vocabulary, merges, unk_token=unknown, fuse_unk=True))
    tokenizer.normalizer = normalizers.Replace(Regex(r"\s+"), BLANK)  # pieces of white space alone are of kinds that are not kept
    tokenizer.pre_tokenizer = pre_tokenizers.Split(BLANK, "merged_with_next")
    tokenizer.post_processor = processors.TemplateProcessing(single=f"{begin} $A", special_tokens=[(begin, vocabulary[begin])])
    return kept, tokenizer


def _merges(scores: dict[str, float]) -> list[tuple[str, str]]:
    """Pairs of pieces whose union is one, those of the best first."""
    found: list[tuple[float, int, str, str]] = []
    for piece, score in scores.items():
        for cut in range(1, len(piece)):
            if piece[:cut] in scores and piece[cut:] in scores:
                found.append((-score, len(found), piece[:cut], piece[cut:]))
    return [(first, second) for _, _, first, second in sorted(found)]
