"""Rounds of sampling: questions in an order drawn by the seed, what is asked of each, and a plan of what rounds will take."""

from __future__ import annotations

import math
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from torch import Tensor

from finfoundry.train.branched import branched
from finfoundry.train.packing import Pack, RowTokens, fit
from finfoundry.train.recipe import Recipe
from finfoundry.train.text import Lesson


@dataclass(frozen=True)
class AskedRow(RowTokens):
    """A question, ``ids[:start]``, with the row's own answer."""

    lesson: Lesson

    @property
    def prompt(self) -> tuple[int, ...]:
        return self.ids[: self.start]


@dataclass(frozen=True)
class SampledRow(RowTokens):
    """A completion of a question and its advantage: by how much it was better than others of its group, in their standard deviations.

    ``before`` and ``anchor`` are the log-probabilities of its tokens when it was sampled, and by the anchor; empty where not needed.
    """

    advantage: float = 0.0
    before: tuple[float, ...] = ()
    anchor: tuple[float, ...] = ()


class Rounds:
    """Which questions are asked in which round. As ``Steps``, a plan: the rows' own answers stand for completions to come."""

    packs = 1

    def __init__(self, rows: Sequence[RowTokens], recipe: Recipe) -> None:
        self._rows, self._recipe = rows, recipe
        self.rounds = max(1, math.ceil(recipe.epochs * len(rows) / recipe.sampling.prompts))
        self.steps = self.rounds * recipe.sampling.updates

    def asked(self, number: int, part: int = 0) -> list[AskedRow]:
        """The questions of a round, or those that it asks in a further try: one epoch runs on into the next."""
        count, tries = self._recipe.sampling.prompts, self._recipe.sampling.tries
        first = (number * tries + part) * count
        return [self._at(place) for place in range(first, first + count)]

    def _at(self, place: int) -> AskedRow:
        epoch, rest = divmod(place, len(self._rows))
        order = list(range(len(self._rows)))
        random.Random(f"{self._recipe.seed}/{epoch}").shuffle(order)  # noqa: S311  an order, not a secret
        row = self._rows[order[rest]]
        if not isinstance(row, AskedRow):
            raise TypeError("only questions are asked")
        return row

    def step(self, number: int) -> list[Pack]:
        """As long as it will be, as near as the rows tell."""
        sampling = self._recipe.sampling
        rows = [row for row in self.asked(number // sampling.updates) for _ in range(sampling.completions)]
        return fit(branched(rows[number % sampling.updates :: sampling.updates], self._recipe.pack), self._recipe.pack)

    def state(self) -> dict[str, Tensor]:
        return {}

    def restore(self, state: Mapping[str, Tensor]) -> None:
        """Nothing to take back."""
