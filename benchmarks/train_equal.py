"""Whether our merges and distillation losses are those of mergekit and TRL, by running their own code on the same numbers.

    python benchmarks/train_equal.py        needs `pip install mergekit trl` (mergekit is LGPL: for this comparison, never a dependency)

Merges of two and three random changes of one tensor, mergekit's by its registered methods over a random base, ours by `finfoundry merge`'s;
`dare` from the same draws, without mergekit's rescaling to the length before. Divergences of random logits against
``GKDTrainer.generalized_jsd_loss``, values and gradients. Prints the largest difference of each, and ends with 1 where one is above 1e-4.
"""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import torch
from torch import Tensor

from finfoundry.train.light.divergence import divergence
from finfoundry.train.merging.algorithms import METHODS, Merging, Mix

MOST, SHAPE, DENSITY = 1e-4, (64, 48), 0.4
WEIGHTS = (1.0, 0.5, 2.0)
ROWS = 12  # of logits


def drawn(count: int, seed: int) -> list[Tensor]:
    source = torch.Generator().manual_seed(seed)
    return [torch.randn(SHAPE, generator=source) for _ in range(count)]


def ours(method: Merging, changes: Sequence[Tensor], mix: Mix, seed: int = 0) -> Tensor:
    return METHODS[method](changes, mix, torch.Generator().manual_seed(seed))


def theirs(method: str, base: Tensor, changes: Sequence[Tensor], **given: Any) -> Tensor:
    """The change that mergekit makes of tuned tensors over their base."""
    made = importlib.import_module("mergekit.merge_methods.base")
    registered = importlib.import_module("mergekit.merge_methods.registry").get(method)
    names = [f"model {number}" for number in range(len(changes))]
    group = made.TensorGroup.from_tensors([base, *(base + one for one in changes)], ids=["base", *names], base_index=0)
    parameters = {"weight": dict(zip(names, WEIGHTS, strict=False)), "density": dict.fromkeys(names, DENSITY), "lambda": 1.0, **given}
    found: Tensor = registered.merge_group(group, int8_mask=False, rescale=False, **parameters)
    return found - base


def merges() -> dict[str, float]:
    base, found = drawn(1, 9)[0], dict[str, float]()
    slerp = importlib.import_module("mergekit.merge_methods.slerp").slerp
    for share in (0.0, 0.3, 0.5, 1.0):
        first, second = drawn(2, 1)
        told = slerp(torch.tensor([share]), first[None], second[None])[0]
        found["slerp"] = max(found.get("slerp", 0), _off(ours("slerp", [first, second], Mix((1, 1), share=share)), told))
    for count in (2, 3):
        changes, weights = drawn(count, count), WEIGHTS[:count]
        for ours_named, named in (("linear", "task_arithmetic"), ("ties", "ties")):
            told = theirs(named, base, changes, normalize=True)
            mine = ours(ours_named, changes, Mix(weights, density=DENSITY))  # type: ignore[arg-type]
            found[ours_named] = max(found.get(ours_named, 0), _off(mine, told))
        torch.manual_seed(0)
        told = theirs("dare_linear", base, changes, normalize=True) / DENSITY
        found["dare"] = max(found.get("dare", 0), _off(ours("dare", changes, Mix(weights, density=DENSITY)), told))
    return found


def losses() -> dict[str, float]:
    theirs = importlib.import_module("trl.experimental.gkd.gkd_trainer").GKDTrainer.generalized_jsd_loss
    student, teacher = (torch.randn(1, ROWS, 300, generator=torch.Generator().manual_seed(seed)) * 3 for seed in (1, 2))
    found = {}
    for beta in (0.0, 0.3, 0.5, 1.0):
        mine = _slope(partial(divergence, teacher=teacher, beta=beta), student)
        told = _slope(partial(theirs, teacher_logits=teacher, beta=beta), student)
        found[f"divergence, beta {beta}"] = max(_off(*pair) for pair in zip(mine, told, strict=True))
    return found


def _slope(loss: Callable[[Tensor], Tensor], student: Tensor) -> tuple[Tensor, Tensor]:
    """The mean loss of a row, and its gradient."""
    given = student.clone().requires_grad_()
    value = loss(given) / ROWS
    (slope,) = torch.autograd.grad(value, given)
    return value.detach(), slope


def _off(first: Tensor, second: Tensor) -> float:
    return float((first - second).abs().max())


def main() -> None:
    argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter).parse_args()
    found = merges() | losses()
    for name, off in found.items():
        print(f"{name:20} off by at most {off:.1e}")
    sys.exit(max(found.values()) > MOST)


if __name__ == "__main__":
    main()
