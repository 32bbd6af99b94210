"""Which numbers learn: all of them, or a low-rank adapter on a base that stays as it is, whole or quantised."""

from __future__ import annotations

from finfoundry.train.recipe import Recipe
from finfoundry.train.weights.full import Full
from finfoundry.train.weights.lora import LowRank
from finfoundry.train.weights.qlora import Quantised
from finfoundry.train.weights.trainable import Trainable

KINDS: dict[str, type[Trainable]] = {"full": Full, "lora": LowRank, "qlora": Quantised}


def trainable(recipe: Recipe) -> Trainable:
    return KINDS[recipe.weights](recipe)


__all__ = ["KINDS", "Full", "LowRank", "Quantised", "Trainable", "trainable"]
