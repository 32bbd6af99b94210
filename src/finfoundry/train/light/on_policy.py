"""On-policy distillation: the student answers, and its teacher scores what the student says (GKD: Agarwal et al., 2023, arXiv 2306.13649).

Taught on answers of others alone, a student never sees where its own lead. Of the steps of a run, a share learns from answers that the
student samples as it is then; the others from those of the rows. Which is which, and what is sampled, follows from the seed and the
weights.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any

from torch import Tensor

from finfoundry.train.methods.method import Start
from finfoundry.train.packing import Pack, RowTokens, Steps, fit
from finfoundry.train.sampling.sampler import TorchSampler


class StudentAnswers:
    """The steps of a run with the student's answers in place of the rows' own. A step may have more packs than planned."""

    def __init__(self, model: Any, start: Start, share: float) -> None:
        """``share``: of the steps that learn from the student's answers, from 0 to 1."""
        told = start.recipe
        self._order, self._share, self._recipe = start.order, share, told
        self._sampler = TorchSampler(model, start.base.tokenizer.eos_token_id, told.sampling.tokens, told.sampling.temperature, start.dtype)
        self.packs, self.steps = start.order.packs, start.order.steps

    def step(self, number: int) -> list[Pack]:
        """The packs of a step: the questions of those planned, answered anew where the step is the student's."""
        planned = self._order.step(number)
        if random.Random(f"{self._recipe.seed}/{number}/whose").random() >= self._share:  # noqa: S311  a draw, no secret
            return planned
        rows = [row for pack in planned for row in pack.rows]
        room = self._recipe.pack
        drawn = self._sampler.draw([row.ids[: row.start] for row in rows], 1, self._recipe.seed * 1_000_003 + number)
        answered = [RowTokens((*row.ids[: row.start], *one.ids)[:room], row.start) for row, (one,) in zip(rows, drawn, strict=True)]
        return fit(answered, room)

    def state(self) -> dict[str, Tensor]:
        """Nothing of its own: the answers follow from the weights."""
        return self._order.state()

    def restore(self, state: Mapping[str, Tensor]) -> None:
        """What was planned goes on; answers need nothing."""
        self._order.restore(state)


def student_steps(share: float) -> Any:
    """``begin`` of a method: its steps with the student's answers."""

    def begin(module: Any, start: Start) -> Steps:
        return StudentAnswers(module.model, start, share)

    return begin
