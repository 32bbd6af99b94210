"""Taggers that read a text in different ways, taken together: each is sure of what the others confuse."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from finfoundry.core.errors import ModelError
from finfoundry.core.language import language_of
from finfoundry.core.protocols import FoundSpan, TextReader

PASSAGE = "passage"  # begins a text that is no question, and names how much a reader counts there
QUESTION = "query"  # begins a question as a tagger is asked
CLEAR = 1e-6  # a probability is at least so far from none and from certainty
Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Beside:
    """What reads beside an encoder. ``shares``: how much it counts beside all before it, of questions by language, and of all else under
    ``PASSAGE``; nothing where it is silent. ``doubt``: it is asked where those before it give a label at least this probability, and
    of ``most`` texts at once, those of which they are surest: what a person waits for is bounded.
    """

    reader: TextReader
    shares: Mapping[str, float]
    doubt: float = 0.0
    most: int | None = None


class JoinedTagger:
    """A tagger over an encoder and others that tell the same labels: of a text the mean of their logits, one after another. ``folder``
    holds what was learned.
    """

    def __init__(self, encoder: TextReader, beside: Sequence[Beside], folder: Path) -> None:
        self.encoder, self.beside, self.folder = encoder, tuple(beside), folder

    @property
    def identity(self) -> str:
        """The digests of all."""
        return "+".join((self.encoder.identity, *(one.reader.identity for one in self.beside)))

    def loaded(self) -> JoinedTagger:
        return self

    def labels_of(self, head: str) -> Sequence[str]:
        return self.encoder.labels_of(head)

    def labels(self, head: str, texts: Sequence[Sequence[str]]) -> Floats:
        """Probabilities, shape (texts, labels). Raises ModelError where they tell other labels."""
        if any(tuple(one.reader.labels_of(head)) != tuple(self.labels_of(head)) for one in self.beside):
            raise ModelError(f"what counts beside the tagger in {self.folder} tells other labels", remedy="Fit all: finfoundry guards fit")
        told = self.encoder.labels(head, texts)
        for one in self.beside:
            shares = np.array([share_of(" ".join(text), one.shares) for text in texts])
            sure = told.max(axis=1, initial=0)
            doubted = np.flatnonzero((shares > 0) & (sure >= one.doubt))
            if (counted := doubted[np.argsort(-sure[doubted], kind="stable")][: one.most]).size:
                own = one.reader.labels(head, [texts[int(number)] for number in counted])
                told[counted] = joined_probabilities(told[counted], own, shares[counted])
        return told

    def spans(self, head: str, text: str) -> Sequence[FoundSpan]:
        return self.encoder.spans(head, text)


def share_of(text: str, shares: Mapping[str, float]) -> float:
    """How much of a text as a tagger is asked counts for what has these shares."""
    kind, _, said = text.partition(": ")
    return shares.get(language_of(said) if kind == QUESTION else PASSAGE, 0.0)


def joined_probabilities(before: Floats, own: Floats, shares: NDArray[np.float64]) -> Floats:
    """The mean of two in logits, shape (texts, labels); ``shares`` (texts,) of the second."""
    first, second = (np.log(one / (1 - one)) for one in (np.clip(told.astype(np.float64), CLEAR, 1 - CLEAR) for told in (before, own)))
    found: Floats = (1 / (1 + np.exp(-(1 - shares[:, None]) * first - shares[:, None] * second))).astype(np.float32)
    return found
