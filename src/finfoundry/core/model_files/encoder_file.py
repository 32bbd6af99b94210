"""An encoder as an ONNX file that onnxruntime runs fast: int8 matrices with one scale a column, activations quantised as they come. Written
here, with the heads that a tuned one has, and read back for training.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from finfoundry.core.model_files.heads import MASK, Array, Head, depth, put_heads
from finfoundry.core.model_files.onnx_file import CONTRIB, Graph, read_attributes, read_constants, value

_NORMS = ("aln", "oln")


@dataclass(frozen=True)
class Encoder:
    """A BERT encoder as read: sizes, vocabulary with scores, tensors by name."""

    hidden: int
    layers: int
    heads: int
    inner: int
    vocabulary: int
    positions: int
    epsilon: float
    pieces: list[tuple[str, float]]
    tensors: dict[str, Array]


def encoder_graph(encoder: Encoder, heads: Sequence[Head] = ()) -> bytes:
    """The ONNX file: ``input_ids`` and ``attention_mask`` int64 (batch, tokens) -> ``last_hidden_state`` float32 (batch, tokens, hidden),
    and the logits of each head, float32 (batch, labels) or, of spans, (batch, tokens, outputs); of a vector (batch, hidden).

    Matrices are int8 with one scale a column; activations are quantised as they come (dynamic quantisation). Heads stay float32.
    """
    graph, tensors = Graph(), encoder.tensors
    x = _embeddings(graph, encoder)
    graph.add("Cast", [MASK], "mask", to=6)
    states = {0: x}
    for layer in range(depth(encoder.layers, [head.form for head in heads])):
        own = {name.split(".", 1)[1]: tensor for name, tensor in tensors.items() if name.startswith(f"l{layer}.")}
        states[layer + 1] = x = _layer(graph, encoder, f"l{layer}", own, x)
    graph.add("Identity", [x], "last_hidden_state")
    tokens: tuple[int | str, ...] = ("batch", "tokens")
    outputs = [value("last_hidden_state", "float32", (*tokens, encoder.hidden))]
    outputs += put_heads(graph, heads, states, encoder.hidden)
    return graph.encode([value("input_ids", "int64", tokens), value(MASK, "int64", tokens)], outputs)


def read_encoder(data: bytes) -> Encoder:
    """The encoder in a file that ``encoder_graph`` wrote, its matrices as float32; heads are left out. Raises ValueError for any other."""
    try:
        return _read(read_constants(data), data)
    except (IndexError, KeyError) as error:
        raise ValueError(f"this is no encoder of ours ({error})") from error


def _read(constants: dict[str, NDArray[Any]], data: bytes) -> Encoder:
    words: Array = constants["words"].astype(np.float32) * constants["word_scales"]
    count, hidden = words.shape
    tensors: dict[str, Array] = {
        "emb.word": words,
        "emb.pos": constants["positions"],
        "emb.type": np.zeros(hidden, np.float32),  # added to the positions when the file was written
        "emb.ln.w": constants["emb_w"],
        "emb.ln.b": constants["emb_b"],
    }
    layers = sum(name.endswith("_qkv_w") for name in constants)
    for layer in range(layers):
        for part, weight, bias in zip("qkv", *(np.split(each, 3) for each in _matrix(constants, f"l{layer}_qkv")), strict=True):
            tensors |= {f"l{layer}.{part}.w": weight, f"l{layer}.{part}.b": bias}
        for part in ("ao", "fi", "fo"):
            tensors[f"l{layer}.{part}.w"], tensors[f"l{layer}.{part}.b"] = _matrix(constants, f"l{layer}_{part}")
        for part in _NORMS:
            tensors |= {f"l{layer}.{part}.{each}": constants[f"l{layer}_{part}_{each}"] for each in "wb"}
    heads = int(read_attributes(data, "MultiHeadAttention")["num_heads"])
    epsilon = float(read_attributes(data, "LayerNormalization")["epsilon"])
    positions = len(constants["positions"])
    return Encoder(hidden, layers, heads, len(tensors["l0.fi.b"]), count, positions, epsilon, [], tensors)


def _matrix(constants: dict[str, NDArray[Any]], name: str) -> tuple[Array, Array]:
    """Weight (outputs, inputs) and bias (outputs,)."""
    weight: Array = (constants[f"{name}_w"].astype(np.float32) * constants[f"{name}_s"]).T
    return np.ascontiguousarray(weight), constants[f"{name}_b"]


def _embeddings(graph: Graph, encoder: Encoder) -> str:
    """Word, position and type vectors summed and normalised; the words are kept as int8 with one scale a row."""
    tensors = encoder.tensors
    words = tensors["emb.word"][: encoder.vocabulary]
    scales = np.abs(words).max(axis=1, keepdims=True) / 127
    scales[scales == 0] = 1
    graph.constant("words", np.rint(words / scales).astype(np.int8))
    graph.constant("word_scales", scales)
    graph.constant("positions", tensors["emb.pos"].reshape(-1, encoder.hidden) + tensors["emb.type"][: encoder.hidden])
    graph.add("Gather", ["words", "input_ids"], "rows8", axis=0)
    graph.add("Cast", ["rows8"], "rows", to=1)
    graph.add("Gather", ["word_scales", "input_ids"], "row_scales", axis=0)
    graph.add("Mul", ["rows", "row_scales"], "word_vectors")
    graph.add("Shape", ["input_ids"], "length", start=1, end=2)
    graph.constant("zero", np.zeros(1, np.int64))
    graph.add("Slice", ["positions", "zero", "length"], "position_vectors")
    graph.add("Add", ["word_vectors", "position_vectors"], "embedded")
    norm = [graph.constant(f"emb_{part}", tensors[f"emb.ln.{part}"]) for part in "wb"]
    return graph.add("LayerNormalization", ["embedded", *norm], "embeddings", axis=-1, epsilon=encoder.epsilon)


def _layer(graph: Graph, encoder: Encoder, name: str, own: dict[str, Array], x: str) -> str:
    """One block: attention, then the feed-forward net, each added to its input and normalised."""
    square = (encoder.hidden, encoder.hidden)
    together = np.concatenate([own[f"{part}.w"].reshape(square) for part in "qkv"])
    qkv = _matmul(graph, f"{name}_qkv", x, together, np.concatenate([own[f"{part}.b"] for part in "qkv"]))
    sizes = graph.constant(f"{name}_sizes", np.full(3, encoder.hidden, np.int64))
    parts = [f"{name}_{part}" for part in "qkv"]
    graph.add("Split", [qkv, sizes], parts, axis=-1)
    graph.add("MultiHeadAttention", [*parts, "", "mask"], f"{name}_attended", domain=CONTRIB, num_heads=encoder.heads)
    out = _matmul(graph, f"{name}_ao", f"{name}_attended", own["ao.w"], own["ao.b"])
    x = _add_and_norm(graph, encoder, f"{name}_aln", out, x, own["aln.w"], own["aln.b"])
    inner = _matmul(graph, f"{name}_fi", x, own["fi.w"].reshape(encoder.inner, encoder.hidden), own["fi.b"])
    graph.add("Gelu", [inner], f"{name}_gelu", domain=CONTRIB)
    out = _matmul(graph, f"{name}_fo", f"{name}_gelu", own["fo.w"].reshape(encoder.hidden, encoder.inner), own["fo.b"])
    return _add_and_norm(graph, encoder, f"{name}_oln", out, x, own["oln.w"], own["oln.b"])


def _add_and_norm(graph: Graph, encoder: Encoder, name: str, out: str, x: str, weight: Array, bias: Array) -> str:
    """Two standard operators: onnxruntime's fused SkipLayerNormalization takes eight times as long on a CPU."""
    graph.add("Add", [out, x], f"{name}_sum")
    norm = [graph.constant(f"{name}_w", weight), graph.constant(f"{name}_b", bias)]
    return graph.add("LayerNormalization", [f"{name}_sum", *norm], name, axis=-1, epsilon=encoder.epsilon)


def _matmul(graph: Graph, name: str, x: str, weight: Array, bias: Array) -> str:
    """x @ weight.T + bias in int8. The weights use 7 of the 8 bits: without VNNI two full products would overflow 16 bits."""
    scale = np.abs(weight).max(axis=1) / 64
    quantised = np.rint(weight / scale[:, None]).astype(np.int8).T
    inputs: list[Any] = [x, graph.constant(f"{name}_w", quantised), graph.constant(f"{name}_s", scale), ""]
    return graph.add("DynamicQuantizeMatMul", [*inputs, graph.constant(f"{name}_b", bias)], f"{name}_out", domain=CONTRIB)
