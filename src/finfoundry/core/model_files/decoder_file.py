"""The first layers of a Gemma 3 model as an ONNX file with heads over their states: what a language model has understood of a text some
way through it is read here without a word being written (layers as in Gemma Team, 2025, *Gemma 3 Technical Report*, section 2).

Matrices are 8 bits in blocks of 32 weights, activations quantised likewise as they come: with one scale a matrix, the few states that are
a hundred times as large as the others would take the digits of all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from finfoundry.core.model_files.heads import MASK, Array, Head, depth, put_heads
from finfoundry.core.model_files.onnx_file import CONTRIB, Graph, value

OPSET = 23  # Attention, RMSNormalization and RotaryEmbedding are of it
BITS, BLOCK = 8, 32
MIDDLE = 1 << (BITS - 1)
EXACT = 4  # ``accuracy_level`` of onnxruntime: activations in int8, a scale a block
LONGEST = 512  # tokens of a text; layers that look near must see all of it
GLOBAL = 6  # each so many-th layer looks at the whole text, the others at the last tokens alone
TURNS = {"near": 1e4, "far": 1e6}  # base of the rotary positions of a layer that looks near, and of one that looks at all
_TOKENS: tuple[int | str, ...] = ("batch", "tokens")


@dataclass(frozen=True)
class Decoder:
    """Sizes of the first ``layers`` layers, and ``tensor``, which gives one by the name that GGUF has for it, as float32, or raises
    KeyError: all at once they would take 200 MB. ``words`` int8 (vocabulary, hidden) with one scale a row, (vocabulary, 1).
    ``head`` is the width of one, of which there are ``heads`` that ask and ``key_heads`` that are asked.
    """

    hidden: int
    layers: int
    heads: int
    key_heads: int
    head: int
    inner: int
    epsilon: float
    words: NDArray[np.int8]
    word_scales: Array
    tensor: Callable[[str], Array]


def decoder_graph(decoder: Decoder, heads: Sequence[Head]) -> bytes:
    """The ONNX file: ``input_ids`` and ``attention_mask`` int64 (batch, tokens) -> the logits of each head, float32 (batch, labels). The
    token that begins a text is in no mean: its states are alike for all. Raises ValueError where a head reads after a layer that there is
    not.
    """
    graph = Graph()
    x, states, layers = _embedded(graph, decoder), dict[int, str](), depth(decoder.layers, [head.form for head in heads])
    _positions(graph, decoder, sorted({_looks(layer) for layer in range(layers)}))
    for layer in range(layers):
        states[layer + 1] = x = _layer(graph, decoder, layer, x)
    follows = graph.add("Cast", [graph.add("Cast", ["places"], "follows", to=9)], "follows_once", to=7)  # by way of a truth value
    counted = graph.add("Mul", [MASK, follows], "counted")
    outputs = put_heads(graph, heads, states, decoder.hidden, counted)
    return graph.encode([value("input_ids", "int64", _TOKENS), value(MASK, "int64", _TOKENS)], outputs, opset=OPSET)


def _embedded(graph: Graph, decoder: Decoder) -> str:
    """The vectors of the tokens, times the root of their width."""
    graph.constant("words", decoder.words)
    graph.constant("word_scales", (decoder.word_scales * np.sqrt(decoder.hidden)).astype(np.float32))
    graph.add("Cast", [graph.add("Gather", ["words", "input_ids"], "rows8", axis=0)], "rows", to=1)
    graph.add("Gather", ["word_scales", "input_ids"], "row_scales", axis=0)
    return graph.add("Mul", ["rows", "row_scales"], "embedded")


def _looks(layer: int) -> str:
    return "far" if (layer + 1) % GLOBAL == 0 else "near"


def _positions(graph: Graph, decoder: Decoder, looks: Iterable[str]) -> None:
    """The place of each token, (batch, tokens), and the turns of each place for layers that look so."""
    graph.add("Shape", ["input_ids"], "shape")
    first, zero, one = (graph.constant(name, np.array(told, np.int64)) for name, told in (("first", [0]), ("zero", 0), ("one", 1)))
    length = graph.add("Squeeze", [graph.add("Shape", ["input_ids"], "length", start=1, end=2), first], "tokens")
    graph.add("Expand", [graph.add("Unsqueeze", [graph.add("Range", [zero, length, one], "range"), first], "row"), "shape"], "places")
    for name in looks:
        turns = np.arange(LONGEST)[:, None] * TURNS[name] ** (-np.arange(0, decoder.head, 2) / decoder.head)
        graph.constant(f"cos_{name}", np.cos(turns).astype(np.float32))
        graph.constant(f"sin_{name}", np.sin(turns).astype(np.float32))


def _layer(graph: Graph, decoder: Decoder, layer: int, x: str) -> str:
    """One block: attention, then the gated net, each of a normalised input, normalised, and added to its input."""
    name, own = f"l{layer}", partial(_own, decoder, layer)
    attended = _attended(graph, decoder, layer, own, _norm(graph, decoder, f"{name}_in", x, own("attn_norm")))
    out = _matmul(graph, f"{name}_out", attended, own("attn_output"))
    x = graph.add("Add", [x, _norm(graph, decoder, f"{name}_att", out, own("post_attention_norm"))], f"{name}_mid")
    both = np.concatenate([own("ffn_gate"), own("ffn_up")])
    wide = _matmul(graph, f"{name}_wide", _norm(graph, decoder, f"{name}_net", x, own("ffn_norm")), both)
    gate, up = _split(graph, f"{name}_wide", wide, [decoder.inner] * 2)
    gated = graph.add("Mul", [graph.add("FastGelu", [gate], f"{name}_gelu", domain=CONTRIB), up], f"{name}_gated")
    down = _matmul(graph, f"{name}_down", gated, own("ffn_down"))
    return graph.add("Add", [x, _norm(graph, decoder, f"{name}_ffn", down, own("post_ffw_norm"))], f"{name}_x")


def _own(decoder: Decoder, layer: int, name: str) -> Array:
    return decoder.tensor(f"blk.{layer}.{name}.weight")


def _attended(graph: Graph, decoder: Decoder, layer: int, own: Callable[[str], Array], x: str) -> str:
    """What each token takes from those before it, (batch, tokens, heads * head)."""
    name, asking, asked = f"l{layer}", decoder.heads * decoder.head, decoder.key_heads * decoder.head
    together = np.concatenate([own(f"attn_{part}") for part in "qkv"])
    asks, keys, values = _split(graph, f"{name}_qkv", _matmul(graph, f"{name}_qkv", x, together), [asking, asked, asked])
    turned = []
    for part, tensor, heads in (("q", asks, decoder.heads), ("k", keys, decoder.key_heads)):
        shape = graph.constant(f"{name}_{part}_heads", np.array([0, 0, heads, decoder.head], np.int64))
        normal = _norm(graph, decoder, f"{name}_{part}", graph.add("Reshape", [tensor, shape], f"{name}_{part}4"), own(f"attn_{part}_norm"))
        flat = graph.constant(f"{name}_{part}_flat", np.array([0, 0, heads * decoder.head], np.int64))
        inputs = [graph.add("Reshape", [normal, flat], f"{name}_{part}3"), f"cos_{_looks(layer)}", f"sin_{_looks(layer)}", "places"]
        turned.append(graph.add("RotaryEmbedding", inputs, f"{name}_{part}_turned", num_heads=heads))
    return graph.add(
        "Attention", [*turned, values], f"{name}_attended", is_causal=1, q_num_heads=decoder.heads, kv_num_heads=decoder.key_heads
    )


def _split(graph: Graph, name: str, x: str, sizes: Sequence[int]) -> list[str]:
    parts = [f"{name}_part{number}" for number in range(len(sizes))]
    graph.add("Split", [x, graph.constant(f"{name}_sizes", np.array(sizes, np.int64))], parts, axis=-1)
    return parts


def _norm(graph: Graph, decoder: Decoder, name: str, x: str, weight: Array) -> str:
    """x over the root of its mean square, times the weight (Zhang and Sennrich, 2019)."""
    return graph.add("RMSNormalization", [x, graph.constant(f"{name}_n", weight)], f"{name}_normal", axis=-1, epsilon=decoder.epsilon)


def _matmul(graph: Graph, name: str, x: str, weight: Array) -> str:
    """x @ weight.T, the weight (outputs, inputs) in blocks along its inputs."""
    outputs, inputs = weight.shape
    scales, quantised = blocks_of(weight)
    sizes: dict[str, Any] = {"K": inputs, "N": outputs, "bits": BITS, "block_size": BLOCK, "accuracy_level": EXACT}
    constants = [graph.constant(f"{name}_w", quantised), graph.constant(f"{name}_s", scales)]
    return graph.add("MatMulNBits", [x, *constants], f"{name}_product", domain=CONTRIB, **sizes)


def blocks_of(weight: Array) -> tuple[Array, NDArray[np.uint8]]:
    """Scales, float32 (outputs, blocks), and weights, uint8 (outputs, blocks, ``BLOCK``) with ``MIDDLE`` as zero. Raises ValueError where
    the inputs are no whole blocks.
    """
    blocks = weight.reshape(len(weight), -1, BLOCK)
    scales = (np.abs(blocks).max(axis=2) / (MIDDLE - 1)).astype(np.float32)
    scales[scales == 0] = 1
    return scales, (np.rint(blocks / scales[:, :, None]) + MIDDLE).astype(np.uint8)
