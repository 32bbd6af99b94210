"""Kahneman-Tversky optimisation (Ethayarajh et al., 2024, arXiv 2402.01306, equation 7): answers that were wanted or not, each by itself.

What an answer gains is set against what answers that do not belong to their question gain on average: those of a pack estimate the
divergence from the reference, as those of a batch do in TRL.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from finfoundry.core.errors import InputError
from finfoundry.train.data.left_out import LeftOut
from finfoundry.train.data.material import Material
from finfoundry.train.data.preferences import PreferenceRow
from finfoundry.train.methods.instruct import TOO_LONG
from finfoundry.train.methods.method import Start
from finfoundry.train.methods.pairs import PairLoss, PairRow, is_held_back, lesson, side_by_side
from finfoundry.train.packing import Pack, RowTokens, Steps
from finfoundry.train.recipe import Preference, Recipe
from finfoundry.train.text import encode, within

Messages = tuple[tuple[str, str], ...]  # role and content of each


@dataclass(frozen=True)
class WantedRow(PairRow):
    """A question with an answer, then with the answer to another; ``wanted``: whether the first is one that people want."""

    wanted: bool

    @property
    def line(self) -> str:
        return f"{super().line}:{int(self.wanted)}"


def rows(material: Material, tokenizer: Any, recipe: Recipe) -> list[RowTokens]:
    """Both answers of each pair, by themselves, none twice. Raises InputError naming one that is longer than the context, unless such are
    dropped, and where all answer one conversation.
    """
    talks: dict[Messages, dict[tuple[str, bool], tuple[str, PreferenceRow]]] = {}
    for name, row in zip(material.preference_ids, material.preferences, strict=True):
        if not is_held_back(row):
            talk = talks.setdefault(tuple((one["role"], one["content"]) for one in row.messages), {})
            talk.setdefault((row.chosen, True), (name, row))
            talk.setdefault((row.rejected, False), (name, row))
    if len(talks) < 2:
        raise InputError(
            f"the recipe {recipe.name} finds {len(talks)} conversations to learn from",
            remedy="kto sets answers against those to another conversation: give pairs of two at least in data.preferences",
        )
    of = list(talks.values())
    found, names = list[WantedRow](), list[str]()
    for talk, following in zip(of, of[1:] + of[:1], strict=True):
        for ((answer, wanted), (name, row)), (other, _) in zip(talk.items(), itertools.cycle(following)):
            pair = side_by_side(encode(tokenizer, lesson(row, answer)), encode(tokenizer, lesson(row, other)))
            found.append(WantedRow(pair.ids, pair.start, pair.second, pair.asked, wanted))
            names.append(name)
    kept = within(names, found, recipe.context, drop=recipe.data.too_long == "drop")
    material.manifest.note_long(", ".join(recipe.data.preferences), len({*names} - {names[place] for place in kept}))
    sides = (f"{names[place]} {'chosen' if found[place].wanted else 'rejected'}" for place in sorted({*range(len(found))} - {*kept}))
    material.left_out += [LeftOut(side, TOO_LONG) for side in sides]
    return [found[place] for place in kept]


class KtoLoss(PairLoss):
    """The summed loss of the answers of a pack."""

    told = Preference()

    def forward(self, pack: Pack) -> Tensor:
        """The summed loss, a scalar."""
        gained, unrelated = self.ratios(pack).unbind(1)
        drift = unrelated.mean().detach().clamp(min=0)
        wanted = torch.tensor([isinstance(row, WantedRow) and row.wanted for row in pack.rows], device=gained.device)
        signs = torch.where(wanted, 1.0, -1.0)
        weights = torch.where(wanted, self.told.wanted, self.told.unwanted)
        return (weights * (1 - torch.sigmoid(self.told.beta * signs * (gained - drift)))).sum()


def begin(module: KtoLoss, start: Start) -> Steps:
    module.told = start.recipe.preference
    module.keep_reference(start)
    return start.order
