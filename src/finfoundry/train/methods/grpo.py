"""Learning from rewards by comparing completions of one question: group relative policy optimisation (Shao et al., 2024, arXiv 2402.03300,
equation 3), a token counted once whatever completion it is of (Yu et al., 2025, arXiv 2503.14476, equation 8), groups in which all earn the
same left out (section 3.2 there).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from finfoundry.core.errors import InputError, SettingsError
from finfoundry.train.data.left_out import LeftOut
from finfoundry.train.data.material import Material
from finfoundry.train.export.forms import write_lora
from finfoundry.train.export.learned import read_adapter
from finfoundry.train.export.manifest import read_manifest
from finfoundry.train.loss import CausalLoss
from finfoundry.train.methods.instruct import TOO_LONG, mixed
from finfoundry.train.methods.method import Start
from finfoundry.train.packing import Pack, RowTokens, Steps
from finfoundry.train.recipe import Recipe, Sampling, parse_recipe
from finfoundry.train.rewards import Reward
from finfoundry.train.rewards.learned import LearnedReward
from finfoundry.train.sampling.anchor import Anchor
from finfoundry.train.sampling.engine_sampler import EngineSampler
from finfoundry.train.sampling.judged import Group, Judge
from finfoundry.train.sampling.rollouts import Rollouts, Teach, joined, row_scores
from finfoundry.train.sampling.rounds import AskedRow, Rounds, SampledRow
from finfoundry.train.sampling.sampler import Sampler, TorchSampler
from finfoundry.train.sampling.trends import trends
from finfoundry.train.text import encode, within
from finfoundry.train.weights import trainable

SMALL = 1e-4  # added to a group's standard deviation, as in TRL
LEARNED = "model:"  # begins the name of a reward that was learned; the rest is a folder


def rows(material: Material, tokenizer: Any, recipe: Recipe) -> list[RowTokens]:
    """Questions. Raises InputError naming one that leaves no room for a completion, unless the recipe drops such."""
    by_task: dict[str, list[RowTokens]] = {}
    for source, lessons in material.lessons.items():
        found = [(lesson, encode(tokenizer, lesson)) for lesson in lessons]
        asked = [RowTokens(row.ids[: row.start], 1) for _, row in found]
        room = recipe.context - recipe.sampling.tokens
        kept = within((lesson.id for lesson in lessons), asked, room, drop=recipe.data.too_long == "drop")
        material.manifest.note_long(source, len(lessons) - len(kept))
        material.left_out += [LeftOut(lessons[place].id, TOO_LONG) for place in sorted({*range(len(lessons))} - {*kept})]
        by_task[source] = [AskedRow(found[place][1].ids, found[place][1].start, found[place][0]) for place in kept]
    return mixed(by_task, recipe.data.temperature, recipe.seed)


def planned(rows: Sequence[RowTokens], recipe: Recipe) -> Steps:
    return Rounds(rows, recipe)


def begin(module: Any, start: Start, teach: Teach | None = None) -> Steps:
    """The rounds of a run. Raises InputError for a reward that is not known, SettingsError where no engine is there that is to sample."""
    recipe, tokenizer = start.recipe, start.base.tokenizer
    sampling = recipe.sampling
    if isinstance(module, GroupLoss):
        module.told = sampling
    judge = Judge(recipe.rewards, known(start))
    anchor = Anchor(start.learned, sampling.anchor)
    decode = partial(tokenizer.decode, skip_special_tokens=True)
    if not isinstance(start.order, Rounds):
        raise TypeError("a policy learns in rounds")
    return Rollouts(
        recipe, start.order, module, sampler_of(module, start), judge, anchor, teach or compared, decode, start.folder, start.dtype
    )


def sampler_of(module: Any, start: Start) -> Sampler:
    """torch, or the engine where the recipe says so. Raises SettingsError."""
    recipe, base = start.recipe, start.base
    end, tokens, temperature = base.tokenizer.eos_token_id, recipe.sampling.tokens, recipe.sampling.temperature
    if not recipe.sampling.engine:
        return TorchSampler(module.model, end, tokens, temperature, start.dtype)
    if start.engine is None:
        raise SettingsError("there is no engine that samples", remedy="Set sampling.engine: false, or run `finfoundry train`")

    def export(path: Path) -> None:
        learned = start.folder / "sampling"
        trainable(recipe).save(module.model, base, learned)
        write_lora(path, read_adapter(learned, base), base)

    score = partial(row_scores, module, pack=recipe.pack, dtype=start.dtype)
    return EngineSampler(start.engine(base, recipe), export, score, start.folder, end, tokens, temperature)


def known(start: Start) -> Mapping[str, Reward]:
    """The rewards that the recipe may name: ours, those from above, and learned ones by their folders."""
    found = dict(start.rewards)
    for name, folder in learned_rewards(start.recipe).items():
        manifest = read_manifest(folder)
        if manifest.base_sha256 != start.base.sha256:
            raise InputError(f"{name} was learned on {manifest.base}, the policy is {start.base.name}", remedy="Learn it on the same base")
        found[name] = LearnedReward(folder, start.base, parse_recipe(manifest.recipe, str(folder)))
    return found


def learned_rewards(recipe: Recipe) -> dict[str, Path]:
    """The folders of the rewards that were learned, by the names in the recipe."""
    return {name: Path(name.removeprefix(LEARNED)) for name in recipe.rewards if name.startswith(LEARNED)}


def compared(groups: Sequence[Group]) -> list[SampledRow]:
    """Every completion of the groups that have a better and a worse one, with its advantage."""
    return [
        joined(group.asked, one.drawn.ids, one.drawn.scores, (one.total - group.mean) / (group.spread + SMALL))
        for group in groups
        if not group.is_even
        for one in group.found
    ]


class GroupLoss(CausalLoss):
    """The summed loss of the tokens of a pack of completions."""

    told = Sampling()

    def forward(self, pack: Pack) -> Tensor:
        """The summed loss, a scalar: the clipped ratio times the advantage, and what the divergence from the anchor costs."""
        rows = [part for row in pack.rows for part in row.held if isinstance(part, SampledRow)]
        scores = self.scores(pack)
        sizes = torch.tensor([row.targets for row in rows], device=scores.device)
        gains = torch.tensor([row.advantage for row in rows], device=scores.device).repeat_interleave(sizes)
        before = scores.detach() if self.told.updates == 1 else _flat([row.before for row in rows], scores)
        ratio = torch.exp(scores - before)
        loss = -torch.minimum(ratio * gains, ratio.clamp(1 - self.told.ratio, 1 + self.told.ratio) * gains)
        if self.told.divergence and rows[0].anchor:
            far = _flat([row.anchor for row in rows], scores) - scores
            loss = loss + self.told.divergence * (far.exp() - far - 1)
        return loss.sum()


def _flat(parts: Sequence[tuple[float, ...]], like: Tensor) -> Tensor:
    return torch.tensor([value for part in parts for value in part], device=like.device)


def finish(_: Any, start: Start) -> dict[str, float]:
    """Each reward in the first and in the last rounds."""
    found = trends(start.folder, start.recipe.rewards)
    return {f"{one.reward}_{when}": value for one in found for when, value in (("first", one.first), ("last", one.last))}
