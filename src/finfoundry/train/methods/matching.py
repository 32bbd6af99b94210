"""Vectors of texts, learned so that a text is nearer to the one that belongs to it than to any other of its pack.

InfoNCE (van den Oord et al., 2018, section 2.3) over the rows of a pack (Henderson et al., 2017, section 4.4) with hard negatives: cross
entropy of the cosines over a temperature. A text's vector is the mean of its tokens' states, as the encoders of the catalogue were trained.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy, normalize

from finfoundry.train.packing import RowTokens


@dataclass(frozen=True)
class MatchedRow(RowTokens):
    """``parts`` are the lengths of its texts in ``ids``: the text, the one that belongs to it, then those that only seem to."""

    head: str
    parts: tuple[int, ...]
    temperature: float

    @property
    def targets(self) -> int:
        return 1

    @property
    def lengths(self) -> tuple[int, ...]:
        return self.parts

    @property
    def line(self) -> str:
        return f"{super().line}:{self.head}:{','.join(map(str, self.parts))}"

    @property
    def texts(self) -> list[tuple[int, ...]]:
        """The token ids of each of its texts."""
        ends = [sum(self.parts[: place + 1]) for place in range(len(self.parts))]
        return [self.ids[end - length : end] for end, length in zip(ends, self.parts, strict=True)]


def matched(texts: Sequence[tuple[int, ...]], head: str, temperature: float) -> MatchedRow:
    """A row of texts as token ids."""
    return MatchedRow(tuple(token for text in texts for token in text), 0, head, tuple(map(len, texts)), temperature)


def matching_loss(group: Sequence[tuple[Tensor, MatchedRow]]) -> Tensor:
    """The summed cross entropy of the rows of a pack, each with its states, shape (tokens, hidden). What belongs to a row's text, in this
    row or in another with the same text, is no negative of it.
    """
    vectors = [[normalize(part.float().mean(0), dim=0) for part in torch.split(states, list(row.parts))] for states, row in group]
    texts = [row.texts for _, row in group]
    belonging: dict[tuple[int, ...], set[tuple[int, ...]]] = defaultdict(set)
    for text, target, *_ in texts:
        belonging[text].add(target)
    candidates = [(one[1], ids[1]) for one, ids in zip(vectors, texts, strict=True)]
    candidates += [pair for one, ids in zip(vectors, texts, strict=True) for pair in zip(one[2:], ids[2:], strict=True)]
    cosines = torch.stack([one[0] for one in vectors]) @ torch.stack([vector for vector, _ in candidates]).T
    right = [[place != own and ids in belonging[text] for place, (_, ids) in enumerate(candidates)] for own, (text, *_) in enumerate(texts)]
    scores = (cosines / group[0][1].temperature).masked_fill(torch.tensor(right, device=cosines.device), -torch.inf)
    return cross_entropy(scores, torch.arange(len(group), device=scores.device), reduction="sum")
