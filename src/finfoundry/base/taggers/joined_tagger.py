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
    """What reads beside an encoder. ``shares``: how much it counts, of questions by language, and of all else under ``PASSAGE``; nothing
    where it is silent.
    """

    reader: TextReader
    shares: Mapping[str, float]


class JoinedTagger:
    """A tagger over an encoder and others that tell the same labels: of a text the mean of their logits. ``folder`` holds what was
    learned.
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
        shares = np.array([[share_of(" ".join(text), one.shares) for text in texts] for one in self.beside])
        logits = logits_of(self.encoder.labels(head, texts)) * (1 - shares.sum(0))[:, None]
        for one, share in zip(self.beside, shares, strict=True):
            if (counted := np.flatnonzero(share)).size:
                told = one.reader.labels(head, [texts[int(number)] for number in counted])
                logits[counted] += logits_of(told) * share[counted, None]
        joined: Floats = (1 / (1 + np.exp(-logits))).astype(np.float32)
        return joined

    def spans(self, head: str, text: str) -> Sequence[FoundSpan]:
        return self.encoder.spans(head, text)


def share_of(text: str, shares: Mapping[str, float]) -> float:
    """How much of a text as a tagger is asked counts for what has these shares."""
    kind, _, said = text.partition(": ")
    return shares.get(language_of(said) if kind == QUESTION else PASSAGE, 0.0)


def logits_of(told: Floats) -> NDArray[np.float64]:
    """Of probabilities, which are taken to be a little away from none and from certainty."""
    clear = np.clip(told.astype(np.float64), CLEAR, 1 - CLEAR)
    logits: NDArray[np.float64] = np.log(clear / (1 - clear))
    return logits
