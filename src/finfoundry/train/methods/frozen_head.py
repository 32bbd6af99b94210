"""A head over an encoder that stays as it is: the states are computed once, and a small net learns from them in seconds on one core.

Where examples are few and a core is all there is, what an encoder knows already is read with little that is new: a layer of GELU over the
means of a text's states after several layers (Tenney et al., 2019: what a text is about lies in no one layer).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import save_file
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits

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
