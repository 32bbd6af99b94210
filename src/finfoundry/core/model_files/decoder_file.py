"""The first layers of a Gemma 3 or Qwen2 model as an ONNX file with heads over their states: what a language model has understood of a text
some way through it is read here without a word being written (layers as in Gemma Team, 2025, *Gemma 3 Technical Report*, section 2; Yang et
al., 2024, *Qwen2 Technical Report*, section 2.2).

Matrices are of 8 bits, and what they are multiplied with is quantised as it comes (``quantised_product``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import IO

import numpy as np
from numpy.typing import NDArray

from finfoundry.core.model_files.heads import MASK, Array, Head, depth, put_heads
from finfoundry.core.model_files.onnx_file import CONTRIB, Graph, value
from finfoundry.core.model_files.quantised_product import by_blocks, by_tokens

OPSET = 23  # Attention, RMSNormalization and RotaryEmbedding are of it
LONGEST = 512  # tokens of a text; layers that look near must see all of it
BEFORE, KEPT = "before", "kept"  # input and output of a graph: keys and values of what stands before all texts, and of its first text
_TOKENS: tuple[int | str, ...] = ("batch", "tokens")


@dataclass(frozen=True)
class Family:
    """What models of one architecture do in their own way. ``gate``: the operator of the gated net, with its attributes; ``widened``: a
    token's vector is times the root of its width; ``product``: how matrices are multiplied; ``turns``: base of the rotary positions of each
    layer in turn, none where the file of a model tells it.
    """

    gate: str
    widened: bool
    product: Callable[[Graph, str, str, Array], str]
    turns: tuple[float, ...] = ()
    attributes: Mapping[str, float] = field(default_factory=dict)


FAMILIES: Mapping[str, Family] = {
    "gemma3": Family("FastGelu", True, by_blocks, (1e4, 1e4, 1e4, 1e4, 1e4, 1e6)),  # each sixth layer looks at the whole text
    "qwen2": Family("QuickGelu", False, by_tokens, attributes={"alpha": 1.0}),  # SiLU
}


@dataclass(frozen=True)
class Decoder:
    """Sizes of the first ``layers`` layers, ``turns`` as ``Family`` has them, and ``tensor``, which gives one by the name that GGUF has for
    it, as float32, or None: all at once they would take gigabytes. ``words`` int8 (vocabulary, hidden) with one scale a row,
    (vocabulary, 1). ``head`` is the width of one, of which there are ``heads`` that ask and ``key_heads`` that are asked.
    """

    family: Family
    turns: tuple[float, ...]
    hidden: int
    layers: int
    heads: int
    key_heads: int
    head: int
    epsilon: float
    words: NDArray[np.int8]
    word_scales: Array
    tensor: Callable[[str], Array | None]


def decoder_graph(decoder: Decoder, heads: Sequence[Head], beside: IO[bytes] | None = None) -> bytes:
    """The ONNX file: ``input_ids`` and ``attention_mask`` int64 (batch, tokens) -> the logits of each head, float32 (batch, labels). The
    token that begins a text is in no mean: its states are alike for all.

    What many texts begin with is read once: ``kept`` tells of the first text the keys and values of each layer, side by side, float32
    (layers, tokens, 2 * key_heads * head), and ``before`` takes them, of no token where nothing stands before the texts.

    Matrices are written into ``beside``, where there is one: a file next to that of the graph, by its name. Raises ValueError where a head
    reads after a layer that there is not, or a tensor is missing.
    """
    graph = Graph(beside=beside)
    x, states, layers = _embedded(graph, decoder), dict[int, str](), depth(decoder.layers, [head.form for head in heads])
    _positions(graph, decoder, sorted({_turns(decoder, layer) for layer in range(layers)}))
    _stands_before(graph, layers)
    for layer in range(layers):
        states[layer + 1] = x = _layer(graph, decoder, layer, x)
    follows = graph.add("Cast", [graph.add("Cast", ["places"], "follows", to=9)], "follows_once", to=7)  # by way of a truth value
    counted = graph.add("Mul", [MASK, follows], "counted")
    outputs = put_heads(graph, heads, states, decoder.hidden, counted)
    graph.add("Concat", [f"l{layer}_first" for layer in range(layers)], KEPT, axis=0)
    both = 2 * decoder.key_heads * decoder.head
    inputs = [value("input_ids", "int64", _TOKENS), value(MASK, "int64", _TOKENS), value(BEFORE, "float32", (layers, "known", both))]
    return graph.encode(inputs, [*outputs, value(KEPT, "float32", (layers, "tokens", both))], opset=OPSET)


def _embedded(graph: Graph, decoder: Decoder) -> str:
    """The vectors of the tokens."""
    graph.constant("words", decoder.words)
    width = np.sqrt(decoder.hidden) if decoder.family.widened else 1
    graph.constant("word_scales", (decoder.word_scales * width).astype(np.float32))
    graph.add("Cast", [graph.add("Gather", ["words", "input_ids"], "rows8", axis=0)], "rows", to=1)
    graph.add("Gather", ["word_scales", "input_ids"], "row_scales", axis=0)
    return graph.add("Mul", ["rows", "row_scales"], "embedded")


def _turns(decoder: Decoder, layer: int) -> float:
    return decoder.turns[layer % len(decoder.turns)]


def _positions(graph: Graph, decoder: Decoder, bases: Iterable[float]) -> None:
    """The place of each token, (batch, tokens), behind what stands before; which tokens each may see, (tokens, known and tokens); and the
    turns of each place for layers of these bases.
    """
    graph.add("Shape", ["input_ids"], "shape")
    first, zero, one = (graph.constant(name, np.array(told, np.int64)) for name, told in (("first", [0]), ("zero", 0), ("one", 1)))
    length, known = (
        graph.add("Squeeze", [graph.add("Shape", [of], f"length_{name}", start=1, end=2), first], name)
        for of, name in (("input_ids", "tokens"), (BEFORE, "known"))
    )
    end = graph.add("Add", [known, length], "end")
    own = graph.add("Unsqueeze", [graph.add("Range", [known, end, one], "range"), first], "row")
    graph.add("Expand", [own, "shape"], "places")
    column = graph.add("Unsqueeze", ["range", graph.constant("second_axis", np.array([1], np.int64))], "column")
    graph.add("GreaterOrEqual", [column, graph.add("Range", [zero, end, one], "all_places")], "seen")
    for base in bases:
        turns = np.arange(LONGEST)[:, None] * base ** (-np.arange(0, decoder.head, 2) / decoder.head)
        graph.constant(f"cos_{base:g}", np.cos(turns).astype(np.float32))
        graph.constant(f"sin_{base:g}", np.sin(turns).astype(np.float32))


def _stands_before(graph: Graph, layers: int) -> None:
    """Keys and values of each layer of what stands before, once a text: (batch, known, both)."""
    ones, texts = graph.constant("ones", np.array([1, 1], np.int64)), graph.add("Shape", ["input_ids"], "texts", start=0, end=1)
    batch = graph.add("Concat", [texts, ones], "once_a_text", axis=0)
    for layer, part in enumerate(_split(graph, BEFORE, BEFORE, [1] * layers, axis=0)):
        graph.add("Expand", [part, batch], f"l{layer}_before")


def _layer(graph: Graph, decoder: Decoder, layer: int, x: str) -> str:
    """One block: attention, then the gated net, each of a normalised input, added to its input; normalised before where the family does."""
    name, own, family = f"l{layer}", _Own(decoder, layer), decoder.family
    attended = _attended(graph, decoder, layer, own, _norm(graph, decoder, f"{name}_in", x, own("attn_norm")))
    out = family.product(graph, f"{name}_out", attended, own("attn_output"))
    x = graph.add("Add", [x, _normed(graph, decoder, f"{name}_att", out, own.held("post_attention_norm"))], f"{name}_mid")
    normal = _norm(graph, decoder, f"{name}_net", x, own("ffn_norm"))
    gate, up = (family.product(graph, f"{name}_{part}", normal, own(f"ffn_{part}")) for part in ("gate", "up"))
    opened = graph.add(family.gate, [gate], f"{name}_opened", domain=CONTRIB, **family.attributes)
    down = family.product(graph, f"{name}_down", graph.add("Mul", [opened, up], f"{name}_gated"), own("ffn_down"))
    return graph.add("Add", [x, _normed(graph, decoder, f"{name}_ffn", down, own.held("post_ffw_norm"))], f"{name}_x")


@dataclass(frozen=True)
class _Own:
    """The tensors of one layer."""

    decoder: Decoder
    layer: int

    def held(self, name: str, kind: str = "weight") -> Array | None:
        return self.decoder.tensor(f"blk.{self.layer}.{name}.{kind}")

    def __call__(self, name: str) -> Array:
        if (found := self.held(name)) is None:
            raise ValueError(f"layer {self.layer} has no {name}")
        return found


def _attended(graph: Graph, decoder: Decoder, layer: int, own: _Own, x: str) -> str:
    """What each token takes from those before it, (batch, tokens, heads * head)."""
    name, asking, asked = f"l{layer}", decoder.heads * decoder.head, decoder.key_heads * decoder.head
    qkv = decoder.family.product(graph, f"{name}_qkv", x, np.concatenate([own(f"attn_{part}") for part in "qkv"]))
    biases = [bias for part in "qkv" if (bias := own.held(f"attn_{part}", "bias")) is not None]
    if biases:
        qkv = graph.add("Add", [qkv, graph.constant(f"{name}_qkv_b", np.concatenate(biases))], f"{name}_qkv_moved")
    asks, keys, values = _split(graph, f"{name}_qkv", qkv, [asking, asked, asked])
    turns, turned = f"{_turns(decoder, layer):g}", []
    for part, tensor, heads in (("q", asks, decoder.heads), ("k", keys, decoder.key_heads)):
        if (weight := own.held(f"attn_{part}_norm")) is not None:
            tensor = _norm_of_heads(graph, decoder, f"{name}_{part}", tensor, weight, heads)
        inputs = [tensor, f"cos_{turns}", f"sin_{turns}", "places"]
        turned.append(graph.add("RotaryEmbedding", inputs, f"{name}_{part}_turned", num_heads=heads))
    seen = _seen(graph, name, turned[1], values, asked)
    return graph.add("Attention", [turned[0], *seen, "seen"], f"{name}_attended", q_num_heads=decoder.heads, kv_num_heads=decoder.key_heads)


def _seen(graph: Graph, name: str, keys: str, values: str, size: int) -> list[str]:
    """Keys and values of what stands before and of the texts themselves; those of the first text are told."""
    both = graph.add("Concat", [keys, values], f"{name}_both", axis=-1)
    graph.add("Slice", [both, "first", graph.once("behind_first", np.array([1], np.int64)), "first"], f"{name}_first")
    return _split(graph, f"{name}_seen", graph.add("Concat", [f"{name}_before", both], f"{name}_all", axis=1), [size, size])


def _norm_of_heads(graph: Graph, decoder: Decoder, name: str, x: str, weight: Array, heads: int) -> str:
    """Each head normalised by itself."""
    shape = graph.constant(f"{name}_heads", np.array([0, 0, heads, decoder.head], np.int64))
    normal = _norm(graph, decoder, name, graph.add("Reshape", [x, shape], f"{name}4"), weight)
    flat = graph.constant(f"{name}_flat", np.array([0, 0, heads * decoder.head], np.int64))
    return graph.add("Reshape", [normal, flat], f"{name}3")


def _split(graph: Graph, name: str, x: str, sizes: Sequence[int], axis: int = -1) -> list[str]:
    parts = [f"{name}_part{number}" for number in range(len(sizes))]
    graph.add("Split", [x, graph.constant(f"{name}_sizes_of_parts", np.array(sizes, np.int64))], parts, axis=axis)
    return parts


def _normed(graph: Graph, decoder: Decoder, name: str, x: str, weight: Array | None) -> str:
    return x if weight is None else _norm(graph, decoder, name, x, weight)


def _norm(graph: Graph, decoder: Decoder, name: str, x: str, weight: Array) -> str:
    """x over the root of its mean square, times the weight (Zhang and Sennrich, 2019)."""
    return graph.add("RMSNormalization", [x, graph.constant(f"{name}_n", weight)], f"{name}_normal", axis=-1, epsilon=decoder.epsilon)
