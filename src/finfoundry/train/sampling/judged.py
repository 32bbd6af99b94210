"""Completions with what the rewards say of them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean, stdev

from finfoundry.core.errors import InputError
from finfoundry.train.rewards import Reward, SampledAnswer
from finfoundry.train.sampling.rounds import AskedRow
from finfoundry.train.sampling.sampler import Drawn

EVEN = 1e-9  # standard deviation below which completions are as good as each other


@dataclass(frozen=True, slots=True)
class RewardedAnswer:
    """A completion. ``rewards`` by name, unweighted; ``total`` as the recipe weighs them."""

    drawn: Drawn
    text: str
    rewards: Mapping[str, float]
    total: float


@dataclass(frozen=True, slots=True)
class Group:
    """All completions of one question."""

    asked: AskedRow
    found: Sequence[RewardedAnswer]

    @property
    def spread(self) -> float:
        return stdev(one.total for one in self.found)

    @property
    def is_even(self) -> bool:
        """Whether nothing can be learned from comparing them."""
        return self.spread < EVEN

    @property
    def mean(self) -> float:
        return fmean(one.total for one in self.found)


class Judge:
    """Weighs rewards. Raises InputError for one that is not known, and for one that is no number."""

    def __init__(self, weights: Mapping[str, float], rewards: Mapping[str, Reward]) -> None:
        if unknown := [name for name in weights if name not in rewards]:
            raise InputError(f"there is no reward {unknown[0]}", remedy=f"Choose of {', '.join(rewards)}, or model:DIR for a learned one")
        self._weights = weights
        self._rewards = {name: rewards[name] for name in weights}

    def judge(self, asked: AskedRow, drawn: Sequence[Drawn], texts: Sequence[str], room: int) -> Group:
        lesson = asked.lesson
        found = []
        for one, text in zip(drawn, texts, strict=True):
            told = SampledAnswer(lesson.messages, text, lesson.answer, lesson.texts, lesson.source, one.finished, len(one.ids), room)
            rewards = {name: self._number(name, reward(told), lesson.id) for name, reward in self._rewards.items()}
            found.append(RewardedAnswer(one, text, rewards, sum(self._weights[name] * value for name, value in rewards.items())))
        return Group(asked, found)

    @staticmethod
    def _number(name: str, value: float, row: str) -> float:
        if not math.isfinite(value):
            raise InputError(f"the reward {name} is {value} for a completion of row {row}", remedy="Mend it, or leave it out of rewards")
        return float(value)
