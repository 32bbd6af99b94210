"""What a policy earns on rows that none learned from, how far it went from the start for it, and what it forgot on the way."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from statistics import fmean

import torch
from torch import Tensor

from finfoundry.core.errors import InputError
from finfoundry.core.tasks import load_task, read
from finfoundry.core.tasks.task_rows import split_of
from finfoundry.train import machine
from finfoundry.train.base import Base
from finfoundry.train.loss import CausalLoss
from finfoundry.train.packing import RowTokens
from finfoundry.train.recipe import Recipe
from finfoundry.train.rewards import Reward
from finfoundry.train.sampling.judged import Judge
from finfoundry.train.sampling.rollouts import row_scores
from finfoundry.train.sampling.rounds import AskedRow
from finfoundry.train.sampling.sampler import TorchSampler
from finfoundry.train.text import Lesson, encode
from finfoundry.train.warp.warp_recipe import WarpRecipe
from finfoundry.train.weights import LowRank, trainable

DRAWN = 4  # completions of a row


@dataclass(frozen=True)
class Assessed:
    """One value an evaluation row: ``reward``, the weighted one, ``divergence`` from the start in nats a completion; one a row of the tasks
    held out: ``loss`` of its own answer, in nats. ``rewards`` are means by name.
    """

    reward: list[float]
    divergence: list[float]
    loss: list[float]
    rewards: dict[str, float]


class Examiner:
    """Holds one model, into which policies are read in turn."""

    def __init__(self, told: WarpRecipe, base: Base, data: Path, start: Path | None, rewards: Mapping[str, Reward], folder: Path) -> None:
        """``start`` is the folder of learned weights that all began with; ``folder`` is where what was assessed is kept. Raises InputError
        where there are no rows to assess by.
        """
        recipe = told.policy
        weights = trainable(recipe)
        if not isinstance(weights, LowRank):
            raise TypeError("policies of WARP are adapters")
        model = weights.open(base, torch.float32).to(machine.device())
        self._recipe, self._base, self._folder = recipe, base, folder
        self._dtype = _precision(recipe, folder)
        self._module, self._learned = CausalLoss(model).eval(), weights.learned(model)
        self._weights = weights
        if start:
            weights.begin(model, base, start)
        self._start = {name: weight.detach().clone() for name, weight in self._learned.items()}
        tokenizer, sampling = base.tokenizer, recipe.sampling
        self._sampler = TorchSampler(model, tokenizer.eos_token_id, sampling.tokens, sampling.temperature, self._dtype)
        self._judge, self._decode = Judge(told.measured, rewards), partial(tokenizer.decode, skip_special_tokens=True)
        room = recipe.context - sampling.tokens
        self._asked = [row for row in _rows([one.task for one in recipe.data.tasks], recipe, base, data, told.items) if row.start <= room]
        self._read = _rows(recipe.data.held_out, recipe, base, data, told.items)
        if not (self._asked and self._read):
            of = "evaluation rows of data.tasks" if self._read else "rows of data.held_out"
            raise InputError(f"{told.name} finds no {of} that fit the context", remedy="Name other tasks, or raise context")

    def assess(self, name: str, learned: Path | None) -> Assessed:
        """By the folder of its learned weights; None is the start. What was assessed before is taken from the folder."""
        path = self._folder / f"{name}.json"
        if path.is_file():
            return Assessed(**json.loads(path.read_text("utf-8")))
        self._put(self._start)
        if learned:
            self._weights.begin(self._module.model, self._base, learned)
        found = self._assessed()
        self._folder.mkdir(parents=True, exist_ok=True)
        partial_ = path.with_name(f".{name}.part")
        partial_.write_text(json.dumps(asdict(found)), "utf-8")
        partial_.replace(path)
        return found

    def _assessed(self) -> Assessed:
        drawn = self._sampler.draw([row.prompt for row in self._asked], DRAWN, self._recipe.seed)
        groups = [
            self._judge.judge(row, of, [self._decode(one.ids) for one in of], self._recipe.sampling.tokens)
            for row, of in zip(self._asked, drawn, strict=True)
        ]
        said = [RowTokens((*row.prompt, *one.ids), row.start) for row, of in zip(self._asked, drawn, strict=True) for one in of]
        losses = [-value / row.targets for value, row in zip(self._sums(self._read, torch.float32), self._read, strict=True)]
        now, policy = self._sums(said, self._dtype), {name: weight.detach().clone() for name, weight in self._learned.items()}
        self._put(self._start)
        apart = [one - other for one, other in zip(now, self._sums(said, self._dtype), strict=True)]
        self._put(policy)
        divergence = [fmean(apart[place : place + DRAWN]) for place in range(0, len(apart), DRAWN)]
        names = groups[0].found[0].rewards
        means = {name: fmean(one.rewards[name] for group in groups for one in group.found) for name in names}
        return Assessed([group.mean for group in groups], divergence, losses, means)

    def _put(self, weights: Mapping[str, Tensor]) -> None:
        with torch.no_grad():
            for name, weight in self._learned.items():
                weight.copy_(weights[name])

    def _sums(self, rows: Sequence[RowTokens], dtype: torch.dtype) -> list[float]:
        """The log-probability of each row's targets together."""
        read = list(dict.fromkeys(rows))
        scores = row_scores(self._module, read, self._recipe.pack, dtype)
        found = {row: sum(told) for row, told in zip(read, scores, strict=True)}
        return [found[row] for row in rows]


def _precision(recipe: Recipe, folder: Path) -> torch.dtype:
    """What answers are drawn and scored in, the same for all points of a folder: that of the policies. The loss on what is held out is told
    in float32, since what is forgotten is a small difference.
    """
    begun = folder.is_dir() and any(folder.glob("*.json")) and not (folder / machine.PRECISION).is_file()
    dtype = torch.float32 if begun else machine.precision(recipe.precision, folder)  # before it was kept, float32 was all there was
    folder.mkdir(parents=True, exist_ok=True)
    machine.keep_precision(dtype, folder)
    return dtype


def _rows(tasks: Sequence[str], recipe: Recipe, base: Base, data: Path, count: int) -> list[AskedRow]:
    """Evaluation rows of the tasks, of each at most ``count``: the same on every machine. Of a task held out all are."""
    found: list[AskedRow] = []
    for name in tasks:
        task = load_task(name)
        kept = [row for row in read(task, data).rows if name in recipe.data.held_out or split_of(task, row) != "train"]
        kept.sort(key=lambda row: hashlib.sha256(row.about.encode()).digest())
        for row in kept[:count]:
            lesson = Lesson(row.id, task.name, task.messages(row), row.target, task.texts(row))
            encoded = encode(base.tokenizer, lesson)
            if len(encoded.ids) <= recipe.context:
                found.append(AskedRow(encoded.ids, encoded.start, lesson))
    return found
