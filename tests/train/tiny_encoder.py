"""An encoder of two layers with weights drawn at random, as the files that ``finfoundry pull`` writes."""

from __future__ import annotations

import string
from pathlib import Path

import numpy as np

from finfoundry.base.repack import unigram_tokenizer
from finfoundry.core.model_files.encoder_file import Encoder, encoder_graph
from finfoundry.core.model_files.heads import Array, HeadForm
from finfoundry.train.encoder import EncoderBase

HIDDEN, INNER, LAYERS, HEADS, POSITIONS = 64, 128, 2, 2, 128
LETTERS = ["<s>", "<pad>", "</s>", "<unk>", "▁", *string.ascii_letters, *string.digits, *"云洲商业银行在上海张三营业收入，。"]


def encoder(seed: int = 0) -> Encoder:
    source = np.random.default_rng(seed)

    def drawn(*shape: int, scale: float = 0.1) -> Array:
        return (source.standard_normal(shape) * scale).astype(np.float32)

    def norm(name: str) -> dict[str, Array]:
        return {f"{name}.w": 1 + drawn(HIDDEN), f"{name}.b": drawn(HIDDEN)}

    tensors = {"emb.word": drawn(len(LETTERS), HIDDEN, scale=1.0), "emb.pos": drawn(POSITIONS, HIDDEN)}
    tensors |= {"emb.type": np.zeros(HIDDEN, np.float32), **norm("emb.ln")}
    for layer in range(LAYERS):
        for part in ("q", "k", "v", "ao"):
            tensors |= {f"l{layer}.{part}.w": drawn(HIDDEN, HIDDEN), f"l{layer}.{part}.b": drawn(HIDDEN)}
        tensors |= {f"l{layer}.fi.w": drawn(INNER, HIDDEN), f"l{layer}.fi.b": drawn(INNER)}
        tensors |= {f"l{layer}.fo.w": drawn(HIDDEN, INNER), f"l{layer}.fo.b": drawn(HIDDEN)}
        tensors |= norm(f"l{layer}.aln") | norm(f"l{layer}.oln")
    return Encoder(HIDDEN, LAYERS, HEADS, INNER, len(LETTERS), POSITIONS, 1e-12, [], tensors)


def base(folder: Path, heads: tuple[HeadForm, ...] = ()) -> EncoderBase:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "model.onnx").write_bytes(encoder_graph(encoder()))
    unigram_tokenizer([(letter, -1.0) for letter in LETTERS]).save(str(folder / "tokenizer.json"))
    return EncoderBase("tiny-encoder", folder / "model.onnx", heads=heads)
