"""A head over an encoder that stays as it is: the states are computed once, and a small net learns from them in seconds on one core.

Where examples are few and a core is all there is, what an encoder knows already is read with little that is new: a layer of GELU over the
means of a text's states after several layers (Tenney et al., 2019: what a text is about lies in no one layer).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import save_file
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits, gelu

from finfoundry.core.model_files.heads import Head, HeadForm, write_forms
from finfoundry.core.model_files.tuned_file import CONFIG, HEADS, INNER, PREFIX, WEIGHTS
from finfoundry.train.methods.encode import energy_loss

Array = NDArray[np.float32]
CLEAR = 1e-6  # added to the spread of a state that never changes


@dataclass(frozen=True, slots=True)
class HeadRecipe:
    """``width`` of the inner layer; ``quiet`` weighs the energy loss on texts without a label; dropout of the states, and within."""

    width: int = 512
    epochs: int = 12
    batch: int = 128
    rate: float = 2e-3
    decay: float = 0.05
    quiet: float = 0.5
    dropout: float = 0.2
    inner_dropout: float = 0.3
    nets: int = 2  # drawn differently, told as their mean
    seed: int = 0


def learned_head(form: HeadForm, states: Array, wanted: Array, recipe: HeadRecipe | None = None) -> Head:
    """A head of kind "several" that gives ``wanted`` (texts, labels), zeros or ones, of ``states`` (texts, inputs): the same each time."""
    recipe = recipe or HeadRecipe()
    mean, spread = states.mean(0), states.std(0) + CLEAR
    scaled, target = torch.from_numpy((states - mean) / spread), torch.from_numpy(wanted)
    parts = [_net(scaled, target, recipe, recipe.seed + number) for number in range(recipe.nets)]
    weight, bias, last, last_bias = (list(each) for each in zip(*parts, strict=True))
    inner = np.concatenate(weight) / spread  # the scaling of the states becomes part of the net
    outer, outer_bias = np.concatenate(last, axis=1), np.concatenate(last_bias).reshape(recipe.nets, -1)
    return Head(
        form, (outer / recipe.nets).astype(np.float32), outer_bias.mean(0, dtype=np.float32), (inner, np.concatenate(bias) - inner @ mean)
    )


@dataclass(frozen=True, slots=True)
class Scored:
    """What a head of kind "score" learns from: ``states`` (texts, inputs), and ``right``, whether each text is, zeros or ones (texts,). Its
    score is added to that of the head ``before``.
    """

    form: HeadForm
    states: Array
    right: Array
    before: Head


SCORES = HeadRecipe(width=64, epochs=10, rate=1e-3, decay=0.5, dropout=0.5, inner_dropout=0.5, nets=1)


class _Shared(nn.Module):
    """One inner layer, and behind it a head of each part beside the score that it began with."""

    def __init__(self, inputs: int, parts: int, recipe: HeadRecipe) -> None:
        super().__init__()
        self.inner, self.outer = nn.Linear(inputs, recipe.width), nn.Linear(recipe.width, parts)
        self.times = nn.Parameter(torch.ones(parts))
        self.dropout, self.inner_dropout = nn.Dropout(recipe.dropout), nn.Dropout(recipe.inner_dropout)

    def forward(self, part: int, states: Tensor, before: Tensor) -> Tensor:
        told: Tensor = self.outer(self.inner_dropout(gelu(self.inner(self.dropout(states)))))
        return told[:, part] + self.times[part] * before


def heads_of_one_layer(parts: Sequence[Scored], recipe: HeadRecipe = SCORES) -> list[Head]:
    """Heads over one inner layer, learned together (Caruana, 1997): what tells one kind of answer tells the others, and each alone has too
    few examples. The same each time.
    """
    every = np.concatenate([part.states for part in parts])
    mean, spread = every.mean(0), every.std(0) + CLEAR
    torch.manual_seed(recipe.seed)
    net = _Shared(every.shape[1], len(parts), recipe)
    _fit_shared(net, parts, [torch.from_numpy((part.states - mean) / spread) for part in parts], recipe)
    weight = net.inner.weight.detach().numpy() / spread
    units = {_layer_of(part.before): _units(part.before) for part in parts}
    rows = np.concatenate([weight, *(of[0] for of in units.values())]).astype(np.float32)
    bases = np.concatenate([net.inner.bias.detach().numpy() - weight @ mean, *(of[1] for of in units.values())]).astype(np.float32)
    layer = (rows, bases)
    return [Head(part.form, *_outer(net, place, part.before, units), layer) for place, part in enumerate(parts)]


def _fit_shared(net: _Shared, parts: Sequence[Scored], states: Sequence[Tensor], recipe: HeadRecipe) -> None:
    before = [torch.from_numpy(scores_of(part.before, part.states)) for part in parts]
    right = [torch.from_numpy(part.right) for part in parts]
    optimizer = torch.optim.AdamW(net.parameters(), lr=recipe.rate, weight_decay=recipe.decay)
    steps = recipe.epochs * sum(-(-len(of) // recipe.batch) for of in states)
    falling = torch.optim.lr_scheduler.LinearLR(optimizer, 1.0, 0.0, total_iters=steps)
    net.train()
    for _ in range(recipe.epochs):
        batches: list[tuple[int, Tensor]] = [
            (part, rows)
            for part, of in enumerate(states)
            for rows in torch.randperm(len(of)).split(recipe.batch)  # type: ignore[no-untyped-call]
        ]
        for part, rows in (batches[at] for at in torch.randperm(len(batches)).tolist()):
            optimizer.zero_grad()
            binary_cross_entropy_with_logits(net(part, states[part][rows], before[part][rows]), right[part][rows]).backward()  # type: ignore[no-untyped-call]
            optimizer.step()
            falling.step()
    net.eval()


def _outer(net: _Shared, place: int, before: Head, units: Mapping[int, tuple[Array, Array, Array]]) -> tuple[Array, Array]:
    """Weight and bias of a head over the shared layer and the units of the heads of before, which all see and each weighs its own."""
    times = net.times[place].item()
    own = [times * _units(before)[2] if name == _layer_of(before) else 0 * of[2] for name, of in units.items()]
    bias = net.outer.bias[place].item() + times * (float(before.bias[0]) if before.inner else 0.0)
    weight = np.concatenate([net.outer.weight[place].detach().numpy(), *own])[None]
    return weight.astype(np.float32), np.array([bias], np.float32)


def _layer_of(head: Head) -> int:
    """What tells heads apart that read the states in ways of their own: those of one inner layer do so in one."""
    return id(head.inner[0] if head.inner else head.weight)


def _units(head: Head) -> tuple[Array, Array, Array]:
    """A head of one output as units behind GELU: weight (units, inputs), bias and outer weight (units,). A linear one is two of them:
    GELU(x) - GELU(-x) is x.
    """
    if head.inner:
        return *head.inner, head.weight[0]
    return np.concatenate([head.weight, -head.weight]), np.concatenate([head.bias, -head.bias]), np.array([1, -1], np.float32)


def scores_of(head: Head, states: Array) -> Array:
    """The log-odds that a head of one output gives of ``states`` (texts, inputs), shape (texts,)."""
    if head.inner:
        states = gelu(torch.from_numpy(states @ head.inner[0].T + head.inner[1])).numpy()
    found: Array = states @ head.weight[0] + head.bias[0]
    return found


def _net(states: Tensor, wanted: Tensor, recipe: HeadRecipe, seed: int) -> tuple[Array, Array, Array, Array]:
    """Weight and bias of the inner layer, then of the last."""
    torch.manual_seed(seed)
    inner, outer = nn.Linear(states.shape[1], recipe.width), nn.Linear(recipe.width, wanted.shape[1])
    _fit(nn.Sequential(nn.Dropout(recipe.dropout), inner, nn.GELU(), nn.Dropout(recipe.inner_dropout), outer), states, wanted, recipe)
    first, second, third, fourth = (each.detach().numpy() for each in (inner.weight, inner.bias, outer.weight, outer.bias))
    return first, second, third, fourth


def _fit(net: nn.Module, states: Tensor, wanted: Tensor, recipe: HeadRecipe) -> None:
    optimizer = torch.optim.AdamW(net.parameters(), lr=recipe.rate, weight_decay=recipe.decay)
    steps = recipe.epochs * -(-len(states) // recipe.batch)
    falling = torch.optim.lr_scheduler.LinearLR(optimizer, 1.0, 0.0, total_iters=steps)
    net.train()
    for rows in _drawn(len(states), recipe):
        logits, target = net(states[rows]), wanted[rows]
        loss = binary_cross_entropy_with_logits(logits, target, reduction="none").sum(1)
        loss = loss + recipe.quiet * energy_loss(logits) * (target.sum(1) == 0)
        optimizer.zero_grad()
        loss.mean().backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        falling.step()
    net.eval()


def _drawn(rows: int, recipe: HeadRecipe) -> Iterator[Tensor]:
    for _ in range(recipe.epochs):
        yield from torch.randperm(rows).split(recipe.batch)  # type: ignore[no-untyped-call]


def write_head(folder: Path, head: Head, base_sha256: str) -> None:
    """As an adapter that changes no weight of its base: half precision, in the files of one. Raises OSError."""
    stem = f"{PREFIX}{HEADS}{head.form.name}"
    weights = {f"{stem}.weight": head.weight, f"{stem}.bias": head.bias}
    if head.inner:
        weights |= {f"{stem}.{INNER}.weight": head.inner[0], f"{stem}.{INNER}.bias": head.inner[1]}
    folder.mkdir(parents=True, exist_ok=True)
    tensors = {name: torch.from_numpy(np.ascontiguousarray(array)).half() for name, array in weights.items()}
    save_file(tensors, folder / WEIGHTS, {"base_sha256": base_sha256})  # one word of metadata: the order of several is drawn
    (folder / CONFIG).write_text(json.dumps({"peft_type": "LORA", "r": 1, "lora_alpha": 1.0}, indent=1) + "\n", "utf-8")
    write_forms(folder, (head.form,))
