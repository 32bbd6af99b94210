"""What a model kept of the canaries that were planted in what it learned: their exposure, and whether asking for one gives it away."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

import torch

from finfoundry.train.data.canaries import Canary, canaries, lesson
from finfoundry.train.loss import CausalLoss
from finfoundry.train.packing import Pack, RowTokens, fit
from finfoundry.train.recipe import Recipe
from finfoundry.train.text import encode

EXPOSURE, HIGHEST, EXTRACTED = "canary_exposure", "canary_exposure_highest", "canaries_extracted"  # names of the metrics


@dataclass(frozen=True, slots=True)
class Exposure:
    """Of one canary: ``bits``, from 0 to log2 of the references and one; ``extracted``: each of its tokens is the likeliest."""

    asked: str
    bits: float
    extracted: bool


def memorised(module: Any, tokenizer: Any, recipe: Recipe, dtype: torch.dtype) -> dict[str, float]:
    """The metrics of a model: mean and highest exposure in bits, the share of them that is extracted. Empty where none were planted."""
    found = [exposure(module, tokenizer, recipe, one, dtype) for one in canaries(recipe)]
    if not found:
        return {}
    bits = [one.bits for one in found]
    return {EXPOSURE: sum(bits) / len(bits), HIGHEST: max(bits), EXTRACTED: sum(one.extracted for one in found) / len(found)}


def exposure(module: CausalLoss, tokenizer: Any, recipe: Recipe, canary: Canary, dtype: torch.dtype) -> Exposure:
    """Of one canary by its rank among its references; of equals it has the middle rank."""
    rows = [_row(tokenizer, recipe, canary, secret) for secret in (canary.secret, *canary.others)]
    own, *others = _likelihoods(module, rows, recipe.pack, dtype)
    before, equal = sum(other > own for other in others), sum(other == own for other in others)
    return Exposure(canary.asked, math.log2(len(rows) / (1 + before + equal / 2)), _extracted(module, rows[0], dtype))


def _row(tokenizer: Any, recipe: Recipe, canary: Canary, secret: str) -> RowTokens:
    """As the canary was learned; the loss is on the secret."""
    if recipe.method == "instruct":
        return encode(tokenizer, lesson(canary, secret))
    before = tokenizer(canary.asked, add_special_tokens=False)["input_ids"]
    whole = tokenizer(canary.asked + secret, add_special_tokens=False)["input_ids"]
    same = next((place for place, (one, other) in enumerate(zip(before, whole, strict=False)) if one != other), len(before))
    return RowTokens(tuple(whole), max(1, same))


def _likelihoods(module: CausalLoss, rows: Sequence[RowTokens], capacity: int, dtype: torch.dtype) -> list[float]:
    """The log-probability of what each row teaches, in their order."""
    found = dict[int, float]()
    places = {id(row): place for place, row in enumerate(rows)}
    for pack in fit(rows, capacity):
        with _still(module, dtype):
            every, sizes = module.scores(pack), [row.targets for row in pack.rows]
            scores = [every[end - size : end] for size, end in zip(sizes, accumulate(sizes), strict=True)]
        found |= {places[id(row)]: float(one.double().sum()) for row, one in zip(pack.rows, scores, strict=True)}
    return [found[place] for place in range(len(rows))]


def _extracted(module: CausalLoss, row: RowTokens, dtype: torch.dtype) -> bool:
    with _still(module, dtype):
        hidden, labels = module.states(Pack((row,)))
        logits = hidden.float() @ module.model.get_output_embeddings().weight.float().T
    return bool((logits.argmax(-1) == labels).all())


@contextmanager
def _still(module: CausalLoss, dtype: torch.dtype) -> Iterator[None]:
    """Without gradients or dropout, in the precision of the run."""
    was, device = module.training, next(module.parameters()).device.type
    module.eval()
    with torch.no_grad(), torch.autocast(device, dtype, enabled=dtype != torch.float32):
        yield
    module.train(was)
