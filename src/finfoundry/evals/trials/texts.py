"""Answers about movements, yes and no, choices and words: true and false from the item's truth and its reference."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from finfoundry.evals.judging.truth import Truth
from finfoundry.evals.rows import Item
from finfoundry.evals.trials.made import Made


def moved(truth: Truth, item: Item, random: Random) -> Iterator[Made]:  # noqa: ARG001
    """Movements and yes or no."""
    yield from ()


def told(truth: Truth, item: Item, random: Random) -> Iterator[Made]:  # noqa: ARG001
    """Choices, words and names."""
    yield from ()
