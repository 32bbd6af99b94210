"""The steps of a policy that learns from its own answers: each round it is sampled, judged, watched, and what it shall learn is packed.

A round depends on the weights and the seed alone; what of it is still to be learned when a checkpoint is written stands in the checkpoint,
so that a run that goes on ends with the same bits.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from statistics import fmean
from typing import Any

import torch
from torch import Tensor

from finfoundry.core.errors import InputError
from finfoundry.train.branched import branched
from finfoundry.train.loss import CausalLoss
from finfoundry.train.packing import EarlyEnd, Pack, RowTokens, fit
from finfoundry.train.recipe import Recipe
from finfoundry.train.sampling.anchor import Anchor
from finfoundry.train.sampling.judged import Group, Judge
from finfoundry.train.sampling.rounds import AskedRow, Rounds, SampledRow
from finfoundry.train.sampling.sampler import Sampler
from finfoundry.train.sampling.watch import FIRST, Habits, collapse, habits

FOLDER = "rounds"
IDLE = 8  # rounds in a row from which nothing can be learned, after which there is no more to come

Teach = Callable[[Sequence[Group]], list[SampledRow]]  # what of a round is learned


class Rollouts:
    packs = 1

    def __init__(
        self, recipe: Recipe, rounds: Rounds, module: CausalLoss, sampler: Sampler, judge: Judge, anchor: Anchor, teach: Teach,
        decode: Callable[[tuple[int, ...]], str], folder: Path, dtype: torch.dtype,
    ) -> None:  # fmt: skip
        self._recipe, self._rounds, self._module, self._sampler, self._judge = recipe, rounds, module, sampler, judge
        self._anchor, self._teach, self._decode, self._dtype = anchor, teach, decode, dtype
        self._folder = folder / FOLDER
        self._folder.mkdir(parents=True, exist_ok=True)
        self._rows: list[SampledRow] = []
        self._round = 0
        self.steps = rounds.steps

    def step(self, number: int) -> list[Pack]:
        """Raises EarlyEnd where the policy collapses or nothing is left to learn, InputError for rewards that say the same of all."""
        updates = self._recipe.sampling.updates
        round_, part = divmod(number, updates)
        if not part:
            self._begin(round_)
        rows: list[RowTokens] = [*self._rows[part::updates]]
        return fit(branched(rows, self._recipe.pack), self._recipe.pack) if rows else []

    def _begin(self, number: int) -> None:
        self._round = number
        if number:
            self._anchor.follow()
        groups = self._sampled(number)
        telling = [group for group in groups if not group.is_even][: self._recipe.sampling.prompts]
        self._rows = self._anchored(self._teach(telling))
        self._write(number, groups)
        self._check(number)

    def _sampled(self, number: int) -> list[Group]:
        """The groups of a round: of as many tries as it takes until enough of them tell a better completion from a worse one (dynamic
        sampling: Yu et al., 2025, arXiv 2503.14476, section 3.2).
        """
        sampling, found = self._recipe.sampling, list[Group]()
        for part in range(sampling.tries):
            asked = self._rounds.asked(number, part)
            seed = self._recipe.seed * 1_000_003 + number + part * 1_000_000_007
            drawn = self._sampler.draw([row.prompt for row in asked], sampling.completions, seed)
            found += [
                self._judge.judge(row, of, [self._decode(one.ids) for one in of], sampling.tokens)
                for row, of in zip(asked, drawn, strict=True)
            ]
            if sum(not group.is_even for group in found) >= sampling.prompts:
                break
        return found

    def _anchored(self, rows: list[SampledRow]) -> list[SampledRow]:
        """With the anchor's log-probabilities, where the divergence from it costs something."""
        if not rows or not self._recipe.sampling.divergence or self._recipe.method != "grpo":
            return rows
        with self._anchor.in_place():
            scores = row_scores(self._module, rows, self._recipe.pack, self._dtype)
        return [replace(row, anchor=told) for row, told in zip(rows, scores, strict=True)]

    def _write(self, number: int, groups: Sequence[Group]) -> None:
        """What was sampled, for people to read, and what of it the watch compares."""
        told = habits(groups)
        names = list(self._recipe.rewards)
        rewards = {name: fmean(one.rewards[name] for group in groups for one in group.found) for name in names}
        content: dict[str, Any] = {
            "round": number, "rewards": rewards, "habits": asdict(told), "learned": len(self._rows),
            "even": sum(group.is_even for group in groups), "divergence": self._divergence(),
            "samples": [
                {"row": group.asked.lesson.id, "text": one.text, "rewards": dict(one.rewards)} for group in groups for one in group.found
            ],
        }  # fmt: skip
        partial = self._folder / f".{number:06d}.part"
        partial.write_text(json.dumps(content, ensure_ascii=False), "utf-8")
        partial.replace(round_file(self._folder, number))

    def _divergence(self) -> float:
        """From the anchor, nats a completion of those that are learned (Schulman's estimator k3)."""
        pairs = [(row.before, row.anchor) for row in self._rows if row.anchor and row.before]
        if not pairs:
            return 0.0
        near = [torch.tensor(anchor) - torch.tensor(before) for before, anchor in pairs]
        return fmean(float((one.exp() - one - 1).sum()) for one in near)

    def _check(self, number: int) -> None:
        records = [read_round(round_file(self._folder, one)) for one in range(max(0, number - IDLE + 1), number + 1)]
        if len(records) == IDLE and not any(record["learned"] for record in records):
            if any(read_round(round_file(self._folder, one))["learned"] for one in range(number)):
                raise EarlyEnd(
                    f"nothing was left to learn after round {number - IDLE}: all completions of a question earn the same", back=False
                )
            values = ", ".join(f"{name} ({value:g})" for name, value in records[-1]["rewards"].items())
            raise InputError(f"the rewards {values} say the same of all completions", remedy="Choose others, or tune on the rows before")
        first = _mean([read_round(round_file(self._folder, one))["habits"] for one in range(min(FIRST, number + 1))])
        now = _mean([record["habits"] for record in records[-FIRST:]])
        if number >= 2 * FIRST and (reason := collapse(first, now)):
            raise EarlyEnd(f"the policy collapsed by round {number}: {reason}", back=True)

    def state(self) -> dict[str, Tensor]:
        """Which round it is; the anchor where it moves; the rows of the round where more than one step learns from it."""
        rows = _stored(self._rows) if self._recipe.sampling.updates > 1 else {}
        return {"round": torch.tensor(self._round)} | self._anchor.state() | rows

    def restore(self, state: Mapping[str, Tensor]) -> None:
        """What was written of later rounds, which are no part of the run any more, goes."""
        self._round = int(state["round"])
        for path in self._folder.glob("*.json"):
            if int(path.stem) > self._round:
                path.unlink()
        self._anchor.restore(state)
        self._rows = _read_back(state)


def row_scores(module: CausalLoss, rows: Sequence[RowTokens], pack: int, dtype: torch.dtype) -> list[tuple[float, ...]]:
    """The log-probability of each target of the rows, by the weights as they are, in nats."""
    was, kind = module.training, module.model.device.type
    module.eval()
    found: dict[int, tuple[float, ...]] = {}
    places = {id(row): place for place, row in enumerate(rows)}
    with torch.no_grad(), torch.autocast(kind, dtype, enabled=dtype != torch.float32):
        for one in fit(branched(rows, pack), pack):
            scored = [part for row in one.rows for part in row.held]
            parts = torch.split(module.scores(one), [row.targets for row in scored])
            found |= {places[id(row)]: tuple(part.tolist()) for row, part in zip(scored, parts, strict=True)}
    module.train(was)
    return [found[place] for place in range(len(rows))]


def round_file(folder: Path, number: int) -> Path:
    return folder / f"{number:06d}.json"


def read_round(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return found


def _mean(told: Sequence[Mapping[str, float]]) -> Habits:
    return Habits(**{name: fmean(one[name] for one in told) for name in told[0]})


def _stored(rows: Sequence[SampledRow]) -> dict[str, Tensor]:
    return {
        "rows.ids": torch.tensor([token for row in rows for token in row.ids], dtype=torch.int64),
        "rows.sizes": torch.tensor([[len(row.ids), row.start, len(row.anchor)] for row in rows], dtype=torch.int64).reshape(-1, 3),
        "rows.advantages": torch.tensor([row.advantage for row in rows], dtype=torch.float64),
        "rows.before": torch.tensor([score for row in rows for score in row.before], dtype=torch.float64),
        "rows.anchor": torch.tensor([score for row in rows for score in row.anchor], dtype=torch.float64),
    }


def _read_back(state: Mapping[str, Tensor]) -> list[SampledRow]:
    if "rows.ids" not in state:
        return []
    ids, before, anchor = (iter(state[f"rows.{name}"].tolist()) for name in ("ids", "before", "anchor"))
    found = []
    for (length, start, held), advantage in zip(state["rows.sizes"].tolist(), state["rows.advantages"].tolist(), strict=True):
        tokens = tuple(next(ids) for _ in range(length))
        scores = tuple(next(before) for _ in range(length - start))
        found.append(SampledRow(tokens, start, advantage, scores, tuple(next(anchor) for _ in range(held))))
    return found


def joined(asked: AskedRow, completion: tuple[int, ...], scores: tuple[float, ...], advantage: float) -> SampledRow:
    """A question with a completion of it."""
    return SampledRow((*asked.prompt, *completion), asked.start, advantage, scores)
