"""What is learned over the states of a text model: heads, their forms as a file, and how they stand in its graph."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from finfoundry.core.model_files.onnx_file import CONTRIB, Graph, value

Array = NDArray[np.float32]
HeadKind = Literal["one", "several", "spans", "score", "vector"]  # one label a text, any number, labels of spans in it; a score; its vector
FORMS = "heads.json"
MASK = "attention_mask"  # the input of a graph that is one for each token of a text and zero behind it


@dataclass(frozen=True)
class HeadForm:
    """What a tuned encoder tells of a text, by the name of the task that it learned it from. ``layers``: after which layers of the encoder
    it reads the states, side by side; none: after the last. Layers that no head reads are left out of the file.
    """

    name: str
    kind: HeadKind
    labels: tuple[str, ...]
    layers: tuple[int, ...] = ()

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
        {"name": form.name, "kind": form.kind, "labels": form.labels} | ({"layers": form.layers} if form.layers else {}) for form in forms
    ]
    (folder / FORMS).write_text(json.dumps(told, ensure_ascii=False, indent=1), "utf-8")


def read_forms(folder: Path) -> tuple[HeadForm, ...]:
    """Raises OSError or ValueError where the folder has none."""
    try:
        told = json.loads((folder / FORMS).read_text("utf-8"))
        return tuple(
            HeadForm(str(one["name"]), one["kind"], tuple(map(str, one["labels"])), tuple(map(int, one.get("layers", ())))) for one in told
        )
    except (KeyError, TypeError) as error:
        raise ValueError(f"{FORMS} does not say what the heads tell ({error})") from error


@dataclass(frozen=True)
class Head:
    """A form with its weights: ``weight`` (outputs, inputs), ``bias`` (outputs,); of a vector none. A text is the mean of its tokens'
    states. ``inner``: weight (width, inputs) and bias (width,) of a layer with GELU before them.
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
    means, outputs = _means(graph, states, [head.form for head in heads], mask), list[bytes]()
    for head in heads:
        read = head.form.layers or (max(states),)
        inputs = [(states if head.form.kind == "spans" else means)[layer] for layer in read]
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


def _means(graph: Graph, states: Mapping[int, str], forms: Sequence[HeadForm], mask: str) -> dict[int, str]:
    """By layer the mean of the states of a text's tokens, (batch, hidden), of each that a head of whole texts reads."""
    read = sorted({layer for form in forms if form.kind != "spans" for layer in form.layers or (max(states),)})
    if not read:
        return {}
    graph.add("Cast", [mask], "mask_float", to=1)
    last, second = graph.constant("last", np.array([-1], np.int64)), graph.constant("second", np.array([1], np.int64))
    graph.add("Unsqueeze", ["mask_float", last], "mask_column")
    graph.add("ReduceSum", ["mask_float", second], "count", keepdims=1)
    graph.add("Max", ["count", graph.constant("one_token", np.ones(1, np.float32))], "tokens_at_least_one")
    for layer in read:
        graph.add("Mul", [states[layer], "mask_column"], f"masked{layer}")
        graph.add("ReduceSum", [f"masked{layer}", second], f"summed{layer}", keepdims=0)
        graph.add("Div", [f"summed{layer}", "tokens_at_least_one"], f"mean{layer}")
    return {layer: f"mean{layer}" for layer in read}
