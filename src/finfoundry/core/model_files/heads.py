"""What is learned over the states of a text model: heads, their forms as a file, and how they stand in its graph."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from finfoundry.core.model_files.onnx_file import CONTRIB, Graph, value

Array = NDArray[np.float32]
HeadKind = Literal["one", "several", "spans", "score", "vector"]  # one label a text, any number, labels of spans in it; a score; its vector
Reads = Literal["mean", "last"]  # of the states of a text's tokens
FORMS = "heads.json"
MASK = "attention_mask"  # the input of a graph that is one for each token of a text and zero behind it


@dataclass(frozen=True)
class HeadForm:
    """What a tuned encoder tells of a text, by the name of the task that it learned it from. ``layers``: after which layers of the encoder
    it reads the states, side by side; none: after the last. Layers that no head reads are left out of the file. ``reads``: what stands for
    a text: of a model that reads from left to right the last token has seen all of it.
    """

    name: str
    kind: HeadKind
    labels: tuple[str, ...]
    layers: tuple[int, ...] = ()
    reads: Reads = "mean"

    @property
    def outputs(self) -> tuple[str, ...]:
        """What its logits stand for: the labels; for spans "O", then beginning and inside of each label (BIO); of a vector nothing."""
        if self.kind != "spans":
            return self.labels
        return ("O", *(f"{part}-{label}" for label in self.labels for part in "BI"))

    @property
    def output(self) -> str:
        """The name of its logits in the graph."""
        return f"logits.{self.name}"


def write_forms(folder: Path, forms: Sequence[HeadForm]) -> None:
    """``heads.json``: what the heads of the encoder next to it tell."""
    told = [
        {"name": form.name, "kind": form.kind, "labels": form.labels}
        | ({"layers": form.layers} if form.layers else {})
        | ({"reads": form.reads} if form.reads != "mean" else {})
        for form in forms
    ]
    (folder / FORMS).write_text(json.dumps(told, ensure_ascii=False, indent=1), "utf-8")


def read_forms(folder: Path) -> tuple[HeadForm, ...]:
    """Raises OSError or ValueError where the folder has none."""
    try:
        told = json.loads((folder / FORMS).read_text("utf-8"))
        return tuple(map(_form_of, told))
    except (KeyError, TypeError) as error:
        raise ValueError(f"{FORMS} does not say what the heads tell ({error})") from error


def _form_of(one: Mapping[str, Any]) -> HeadForm:
    labels, layers = tuple(map(str, one["labels"])), tuple(map(int, one.get("layers", ())))
    return HeadForm(str(one["name"]), one["kind"], labels, layers, one.get("reads", "mean"))


@dataclass(frozen=True)
class Head:
    """A form with its weights: ``weight`` (outputs, inputs), ``bias`` (outputs,); of a vector none. ``inner``: weight (width, inputs) and
    bias (width,) of a layer with GELU before them.
    """

    form: HeadForm
    weight: Array
    bias: Array
    inner: tuple[Array, Array] | None = None


def depth(layers: int, forms: Sequence[HeadForm]) -> int:
    """How many of a model's layers its heads need. Raises ValueError where one reads after a layer that there is not."""
    needed = max((max(form.layers, default=layers) for form in forms), default=layers)
    if needed > layers or any(layer < 1 for form in forms for layer in form.layers):
        raise ValueError(f"a head reads after layer {needed} of a model that has {layers}")
    return needed


def put_heads(graph: Graph, heads: Sequence[Head], states: Mapping[int, str], hidden: int, mask: str = MASK) -> list[bytes]:
    """Add heads to a graph whose states (batch, tokens, hidden) are known by layer; what they give, as outputs of the graph. ``mask`` is
    one where a token counts in the mean of its text.
    """
    texts, outputs = _texts(graph, states, [head.form for head in heads], mask), list[bytes]()
    for head in heads:
        read = head.form.layers or (max(states),)
        inputs = [states[layer] if head.form.kind == "spans" else texts[head.form.reads, layer] for layer in read]
        x = inputs[0] if len(inputs) == 1 else graph.add("Concat", inputs, f"{head.form.output}_read", axis=-1)
        outputs.append(_head(graph, head, x, hidden * len(read)))
    return outputs


def _head(graph: Graph, head: Head, x: str, inputs: int) -> bytes:
    """Its logits as an output of the graph."""
    form = head.form
    if form.kind == "vector":
        graph.add("Identity", [x], form.output)
        return value(form.output, "float32", ("batch", inputs))
    if head.inner:
        x = graph.add("Gelu", [_linear(graph, f"{form.output}_inner", x, *head.inner)], f"{form.output}_gelu", domain=CONTRIB)
    _linear(graph, form.output, x, head.weight, head.bias)
    return value(form.output, "float32", ("batch", *(("tokens",) if form.kind == "spans" else ()), len(form.outputs)))


def _linear(graph: Graph, name: str, x: str, weight: Array, bias: Array) -> str:
    """x @ weight.T + bias in float32."""
    product = graph.add("MatMul", [x, graph.constant(f"{name}_w", np.ascontiguousarray(weight.T))], f"{name}_product")
    return graph.add("Add", [product, graph.constant(f"{name}_b", bias)], name)


def _texts(graph: Graph, states: Mapping[int, str], forms: Sequence[HeadForm], mask: str) -> dict[tuple[Reads, int], str]:
    """What stands for a text, (batch, hidden), by how it is read and after which layer, of all that heads of whole texts read."""
    read: set[tuple[Reads, int]] = {
        (form.reads, layer) for form in forms if form.kind != "spans" for layer in form.layers or (max(states),)
    }
    found: dict[tuple[Reads, int], str] = {}
    for reads in sorted({reads for reads, _ in read}):
        layers = sorted(layer for how, layer in read if how == reads)
        means = _means(graph, states, layers, mask if reads == "mean" else _last(graph))
        found |= {(reads, layer): name for layer, name in means.items()}
    return found


def _last(graph: Graph) -> str:
    """One at the last token of each text, behind which the mask is zero."""
    second, one = (graph.once(name, np.array([1], np.int64)) for name in ("second", "one_left"))
    left = graph.add("CumSum", [MASK, second], "tokens_left", reverse=1)
    return graph.add("Equal", [left, one], "is_last")


def _means(graph: Graph, states: Mapping[int, str], layers: Sequence[int], mask: str) -> dict[int, str]:
    """By layer the mean of the states of a text's tokens where the mask is one, (batch, hidden)."""
    column, count = f"{mask}_column", f"{mask}_count"
    last, second = graph.once("last", np.array([-1], np.int64)), graph.once("second", np.array([1], np.int64))
    graph.add("Unsqueeze", [graph.add("Cast", [mask], f"{mask}_float", to=1), last], column)
    graph.add("ReduceSum", [f"{mask}_float", second], f"{mask}_tokens", keepdims=1)
    graph.add("Max", [f"{mask}_tokens", graph.once("one_token", np.ones(1, np.float32))], count)
    for layer in layers:
        graph.add("Mul", [states[layer], column], f"{mask}_masked{layer}")
        graph.add("ReduceSum", [f"{mask}_masked{layer}", second], f"{mask}_summed{layer}", keepdims=0)
        graph.add("Div", [f"{mask}_summed{layer}", count], f"{mask}_mean{layer}")
    return {layer: f"{mask}_mean{layer}" for layer in layers}
