"""A tagger that knows a few words: what stands in for the trained one where the path of a decision is tested, not its quality."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from finfoundry.core.protocols import FoundSpan
from finfoundry.governance.guards.guards import BARS, TaggedWith
from finfoundry.governance.guards.harms import harms

WORDS = {
    "launder": "fraud",
    "洗钱": "fraud",
    "end my life": "self_harm",
    "obey me": "injection",
    "dynamite": "violence",
}


class WordTagger:
    identity = "words"

    def __init__(self) -> None:
        self.read: list[str] = []

    def labels_of(self, head: str) -> Sequence[str]:
        assert head == "guard-harms"
        return tuple(harms())

    def labels(self, head: str, texts: Sequence[Sequence[str]]) -> NDArray[np.float32]:
        assert head == "guard-harms"
        self.read += [text for (text,) in texts]
        plain = [" ".join(text.lower().split()) for (text,) in texts]
        rows = [[any(WORDS[word] == label and word in text for word in WORDS) for label in harms()] for text in plain]
        return np.array(rows, np.float32) * 0.9

    def spans(self, head: str, text: str) -> Sequence[FoundSpan]:
        raise NotImplementedError

    def source(self) -> TaggedWith:
        return TaggedWith(self, BARS)
