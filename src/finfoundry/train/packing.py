"""Rows side by side in packs. The order is a pure function of the seed and the epoch: a run that is resumed, or split over several
processes, sees the packs that it would have seen.
"""

from __future__ import annotations

import bisect
import heapq
import math
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Protocol

import torch
from torch import Tensor

WINDOW = 1024  # rows that are fitted together at most: large enough for full packs, small enough to keep the order random


@dataclass(frozen=True)
class RowTokens:
    """One row as token ids; the loss is on ``ids[start:]`` (``start`` >= 1: the first token has nothing before it)."""

    ids: tuple[int, ...]
    start: int
    group: str = field(default="", kw_only=True)  # what rows may share that are held back, or learned, together
    weight: float = field(default=1.0, kw_only=True)  # of its loss beside that of others

    @property
    def taught(self) -> tuple[int, ...]:
        """The places of the tokens that carry the loss."""
        return tuple(place for first, last in self.spans for place in range(first, last))

    @property
    def predicted(self) -> tuple[int, ...]:
        """Of each token that carries a loss the place where it is predicted: the one before it in its text."""
        return tuple(place - 1 for place in self.taught)

    @property
    def held(self) -> tuple[RowTokens, ...]:
        """The rows that it stands for."""
        return (self,)

    @property
    def targets(self) -> int:
        return len(self.ids) - self.start

    @property
    def lengths(self) -> tuple[int, ...]:
        """Of the texts in it: none sees another."""
        return (len(self.ids),)

    @property
    def positions(self) -> tuple[int, ...]:
        """Of each token in its text."""
        return tuple(place for length in self.lengths for place in range(length))

    @property
    def spans(self) -> tuple[tuple[int, int], ...]:
        """Where the tokens with a loss stand in ``ids``, from and to (exclusive)."""
        return ((self.start, len(self.ids)),)

    @property
    def line(self) -> str:
        """All that is learned from it, for the digest of the data."""
        return f"{self.start}:{','.join(map(str, self.ids))}"


@dataclass(frozen=True)
class TurnsRow(RowTokens):
    """A conversation: the loss is on several stretches of it, each [start, end)."""

    stretches: tuple[tuple[int, int], ...]

    @property
    def spans(self) -> tuple[tuple[int, int], ...]:
        return self.stretches

    @property
    def targets(self) -> int:
        return sum(end - start for start, end in self.stretches)

    @property
    def line(self) -> str:
        return f"{self.stretches}:{','.join(map(str, self.ids))}"


@dataclass(frozen=True)
class Pack:
    """Rows one after another. ``ids`` and ``positions`` are (1, tokens); ``index`` are the places whose next token carries a loss, and
    ``labels`` those tokens, both (targets,).
    """

    rows: tuple[RowTokens, ...]

    @cached_property
    def lengths(self) -> list[int]:
        return [length for row in self.rows for length in row.lengths]

    @property
    def tokens(self) -> int:
        return sum(self.lengths)

    @property
    def targets(self) -> int:
        return sum(row.targets for row in self.rows)

    def placed(self, device: torch.device) -> tuple[Tensor, Tensor]:
        """The rows one after the other: ids and positions, both (1, tokens)."""
        ids = torch.tensor([token for row in self.rows for token in row.ids])
        positions = torch.tensor([place for row in self.rows for place in row.positions])
        return ids[None].to(device), positions[None].to(device)

    def tensors(self, device: torch.device) -> dict[str, Tensor]:
        """``ids`` and ``positions`` (1, tokens); ``index`` (targets,) the place before each target, where it is predicted; ``labels``
        (targets,) the targets.
        """
        ids, positions = self.placed(device)
        index, labels, offset = list[int](), list[int](), 0
        for row in self.rows:
            index += [offset + place for place in row.predicted]
            labels += [row.ids[place] for place in row.taught]
            offset += len(row.ids)
        return {"ids": ids, "positions": positions, "index": torch.tensor(index).to(device), "labels": torch.tensor(labels).to(device)}


class Steps(Protocol):
    """What a loop trains on. What ``state`` holds belongs to a checkpoint; ``restore`` takes it back."""

    packs: int  # a step, at most: processes share them
    steps: int

    def step(self, number: int) -> list[Pack]:
        """The packs of a step (from 0); none where it teaches nothing. Raises EarlyEnd."""
        ...

    def state(self) -> dict[str, Tensor]: ...

    def restore(self, state: Mapping[str, Tensor]) -> None: ...


class EarlyEnd(Exception):
    """Training ends before a step: at what was learned, or, where the policy has become worse (``back``), at the last checkpoint."""

    def __init__(self, reason: str, *, back: bool) -> None:
        super().__init__(reason)
        self.reason, self.back = reason, back


class Order:
    """Which packs make up which step, for all steps of a run."""

    def __init__(self, rows: Sequence[RowTokens], capacity: int, packs: int, epochs: float, seed: int) -> None:
        """``capacity``: tokens a pack; ``packs``: packs a step."""
        self._rows, self._capacity, self._seed = rows, capacity, seed
        self.packs = packs
        self._made: tuple[int, list[Pack]] = (0, self._epoch(0))
        self._starts = [0, len(self._made[1])]  # number of the first pack of each epoch, and of the one after
        self.steps = max(1, math.ceil(epochs * len(self._made[1]) / packs))

    def step(self, number: int) -> list[Pack]:
        """The packs of a step (from 0), always ``packs`` of them: one epoch runs on into the next."""
        return [self._pack(place) for place in range(number * self.packs, (number + 1) * self.packs)]

    def state(self) -> dict[str, Tensor]:
        """Nothing: the order is a function of the seed."""
        return {}

    def restore(self, state: Mapping[str, Tensor]) -> None:
        """Nothing to take back."""

    def _pack(self, place: int) -> Pack:
        while place >= self._starts[-1]:
            self._made = (len(self._starts) - 1, self._epoch(len(self._starts) - 1))
            self._starts.append(self._starts[-1] + len(self._made[1]))
        epoch = bisect.bisect_right(self._starts, place) - 1
        if self._made[0] != epoch:
            self._made = (epoch, self._epoch(epoch))
        return self._made[1][place - self._starts[epoch]]

    def _epoch(self, epoch: int) -> list[Pack]:
        source = random.Random(f"{self._seed}/{epoch}")  # noqa: S311  an order, not a secret
        order = list(self._rows)
        source.shuffle(order)
        windows = max(1, math.ceil(len(order) / WINDOW))  # alike in size: a few rows left over would be a step of their own
        packs = [pack for first in range(windows) for pack in fit(order[first::windows], self._capacity)]
        source.shuffle(packs)
        return packs


def fit(rows: Sequence[RowTokens], capacity: int) -> list[Pack]:
    """In few packs, each with long and short rows alike: the longest first, each where most room is. No row may be longer than a pack.

    Rows of one task, or of one label, are often alike in length. Packs of the rows that leave the least room would hold one length each:
    every step would teach one task and unteach another, and the last step decide what a model tells.
    """
    ordered = sorted(rows, key=lambda row: -len(row.ids))
    count = -(-sum(len(row.ids) for row in rows) // capacity)
    while (found := _shared_out(ordered, capacity, count)) is None:
        count += 1 + count // 100  # which wastes a hundredth of the room at most, and ends soon
    return found


def _shared_out(rows: Sequence[RowTokens], capacity: int, count: int) -> list[Pack] | None:
    """So many packs; None where a row finds no room."""
    bins: list[list[RowTokens]] = [[] for _ in range(count)]
    filled = [(0, number) for number in range(count)]  # a heap: (tokens, bin)
    for row in rows:
        tokens, number = filled[0]
        if tokens + len(row.ids) > capacity:
            return None
        bins[number].append(row)
        heapq.heapreplace(filled, (tokens + len(row.ids), number))
    return [Pack(tuple(held)) for held in bins]
