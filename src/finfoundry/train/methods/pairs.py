"""Two answers to one conversation as a row, and what a model, and the one that it began as, make of them.

The reference is the model at its start. Its log-probabilities are computed once and kept in the folder of the run: of an adapter they are
those of the base with the adapter off, so that no second copy of any weight is held and no step reads the pairs twice.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import torch
from safetensors import safe_open
from safetensors.torch import save_file
from torch import Tensor

from finfoundry.core.protocols import Message
from finfoundry.train.branched import BranchedRow
from finfoundry.train.data.left_out import LeftOut
from finfoundry.train.data.material import Material
from finfoundry.train.data.preferences import PreferenceRow
from finfoundry.train.loss import CausalLoss
from finfoundry.train.machine import first_process
from finfoundry.train.methods.instruct import TOO_LONG
from finfoundry.train.methods.method import Start
from finfoundry.train.packing import Pack, RowTokens, fit
from finfoundry.train.recipe import Recipe
from finfoundry.train.text import Lesson, encode, within

REFERENCE = "reference.safetensors"
HELD_BACK = 0.1  # share of the conversations that are kept to measure on


@dataclass(frozen=True)
class PairRow(RowTokens):
    """Two texts side by side, each the conversation and an answer to it. ``start`` is where the first answer begins, ``second`` where the
    second text does, ``asked`` where its answer does.
    """

    second: int
    asked: int

    @property
    def targets(self) -> int:
        return 1  # a pair counts once in the mean

    @property
    def lengths(self) -> tuple[int, ...]:
        return (self.second, len(self.ids) - self.second)

    @property
    def spans(self) -> tuple[tuple[int, int], ...]:
        return ((self.start, self.second), (self.asked, len(self.ids)))

    @property
    def line(self) -> str:
        return f"{super().line}:{self.second}:{self.asked}"


@dataclass(frozen=True)
class ForkedRow(BranchedRow):
    """A pair whose conversation is read once, for both answers."""

    @property
    def targets(self) -> int:
        return 1


def side_by_side(first: RowTokens, second: RowTokens) -> PairRow:
    return PairRow((*first.ids, *second.ids), first.start, len(first.ids), len(first.ids) + second.start)


def rows(material: Material, tokenizer: Any, recipe: Recipe) -> list[RowTokens]:
    """The pairs that are learned. Raises InputError naming a pair that is longer than the context, unless the recipe drops such."""
    ids = zip(material.preference_ids, material.preferences, strict=True)
    learned = [(name, row) for name, row in ids if not is_held_back(row)]
    found = [encoded(row, tokenizer) for _, row in learned]
    kept = within((name for name, _ in learned), found, recipe.context, drop=recipe.data.too_long == "drop")
    material.manifest.note_long(", ".join(recipe.data.preferences), len(found) - len(kept))
    material.left_out += [LeftOut(learned[place][0], TOO_LONG) for place in sorted({*range(len(found))} - {*kept})]
    return [found[place] for place in kept]


def forked(row: RowTokens) -> RowTokens:
    """A pair with its conversation once; as it is where the conversations differ."""
    if not isinstance(row, PairRow) or row.ids[: row.start] != row.ids[row.second : row.asked]:
        return row
    sides = (RowTokens(row.ids[: row.second], row.start), RowTokens(row.ids[row.second :], row.start))
    return ForkedRow((*sides[0].ids, *row.ids[row.asked :]), row.start, rows=sides)


def held_back(material: Material, tokenizer: Any, recipe: Recipe) -> list[PairRow]:
    """The pairs that are measured on."""
    found = [encoded(row, tokenizer) for row in material.preferences if is_held_back(row)]
    return [row for row in found if len(row.ids) <= recipe.context]


def is_held_back(row: PreferenceRow) -> bool:
    """By a digest of the conversation: on every machine the same, and never one question on both sides."""
    text = "\n".join(message["content"] for message in row.messages)
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8]) / 2**64 < HELD_BACK


def encoded(row: PreferenceRow, tokenizer: Any) -> PairRow:
    """The better answer first."""
    better, worse = (encode(tokenizer, lesson(row, answer)) for answer in (row.chosen, row.rejected))
    return side_by_side(better, worse)


def lesson(row: PreferenceRow, answer: str) -> Lesson:
    messages = tuple(Message(one["role"], one["content"]) for one in row.messages)  # type: ignore[arg-type]
    return Lesson(row.source, row.source, messages, answer)


class PairLoss(CausalLoss):
    """Begins with what its recipe asks and with the reference of its rows: ``reference(pack)`` is (rows, 2)."""

    def __init__(self, model: Any) -> None:
        super().__init__(model)
        self.known: dict[RowTokens, Tensor] = {}

    def sides(self, pack: Pack) -> tuple[Tensor, Tensor]:
        """Log-probability of each answer as a whole, and its length in tokens, both (rows, 2)."""
        lengths = [last - first for row in pack.rows for first, last in row.spans]
        sums = torch.stack([part.sum() for part in torch.split(self.scores(pack), lengths)])
        return sums.reshape(-1, 2), torch.tensor(lengths, device=sums.device).reshape(-1, 2)

    def ratios(self, pack: Pack) -> Tensor:
        """By how much each answer became likelier than it was to the reference, (rows, 2), in nats."""
        sums, _ = self.sides(pack)
        return sums - torch.stack([self.known[row] for row in pack.rows]).to(sums.device)

    def read(self, rows: Sequence[RowTokens], start: Start) -> Tensor:
        """What the model as it is now makes of the rows, (rows, 2), in their order."""
        found: dict[RowTokens, Tensor] = {}
        was = self.training
        self.eval()
        kind = self.model.device.type
        with torch.no_grad(), torch.autocast(kind, start.dtype, enabled=start.dtype != torch.float32):
            for pack in fit(list(dict.fromkeys(rows)), start.recipe.pack):
                found |= dict(zip(pack.rows, self.sides(pack)[0].cpu(), strict=True))
        self.train(was)
        return torch.stack([found[row] for row in rows])

    def keep_reference(self, start: Start) -> None:
        """Compute it, or take it from the folder where an earlier process of this run did."""
        path = start.folder / REFERENCE
        mine = asdict(start.identity)
        if path.is_file():
            with safe_open(path, "pt") as file:
                if file.metadata() == mine:
                    self.known = dict(zip(start.rows, file.get_tensor("scores"), strict=True))
                    return
        scores = self.read(start.rows, start)
        if first_process():
            partial = path.with_name(f".{path.name}.part")
            save_file({"scores": scores}, partial, mine)
            partial.replace(path)
        self.known = dict(zip(start.rows, scores, strict=True))


def preferred(first: Tensor, second: Tensor) -> float:
    """The share of pairs whose better side is told to be it."""
    return float((first > second).float().mean())
