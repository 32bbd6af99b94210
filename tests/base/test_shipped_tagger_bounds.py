"""The shipped tagger on what nobody would ask: nothing in it makes it read more than its bound, or fail."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np
import pytest

from finfoundry.base.catalogue import MANIFEST, models_folder
from finfoundry.base.taggers.harm_tagger import Tagger, harm_tagger
from finfoundry.core.protocols import FoundSpan
from finfoundry.governance.guards.guards import Guards, tagged_with
from finfoundry.governance.guards.harms import Channel
from finfoundry.governance.guards.readings import LONGEST, MOST_ALONE, MOST_WINDOWS, TURN_CHARACTERS, TURNS
from finfoundry.machine import read_settings

SETTINGS = read_settings()
ENCODER = models_folder(SETTINGS) / SETTINGS.embedder / MANIFEST
READINGS = 4  # ways in which one of these texts is read at most: as it stands, joined, turned round, with digits as letters
STRANGE = {
    "empty": "",
    "spaces": " \n\t ",
    "controls": "\x00\x01\x07\x1b[31m\x7f" * 500,
    "marks that turn text round": "\u202e\u200b\u2066\ufeff" * 500,
    "half a pair": "\ud83d" * 300,
    "many scripts": "净利润 profit прибыль ربح 利益 수익 लाभ κέρδος 😀 " * 400,
    "no end": "a" * 1_000_000,
    "a million in Chinese": "字" * 1_000_000,
    "many sentences": "What is the profit? " * 50_000,
    "nearly base64": "QUJD" * 20_000,
    "marks alone": "=" * 100_000,
}


class Counting:
    """The tagger with what it was asked to read."""

    def __init__(self, tagger: Tagger) -> None:
        self._tagger, self.identity = tagger, tagger.identity
        self.read: list[str] = []

    def labels_of(self, head: str) -> Sequence[str]:
        return self._tagger.labels_of(head)

    def labels(self, head: str, texts: Sequence[Sequence[str]]) -> Any:
        self.read += [text for (text,) in texts]
        return self._tagger.labels(head, texts)

    def spans(self, head: str, text: str) -> Sequence[FoundSpan]:
        return self._tagger.spans(head, text)


@cache
def shipped() -> tuple[Tagger, dict[str, float]]:
    found = harm_tagger(SETTINGS)
    assert found is not None
    return found


@pytest.mark.skipif(not ENCODER.is_file(), reason="the encoder was not pulled into the home")
@pytest.mark.parametrize("channel", ["question", "answer"])
@pytest.mark.parametrize("text", STRANGE.values(), ids=STRANGE.keys())
def test_strange_texts_are_read_within_the_bound(text: str, channel: Channel) -> None:
    reader = Counting(shipped()[0])
    told = Guards(lambda: tagged_with((reader, shipped()[1]))).decide(channel, text, ["x" * 10 * TURN_CHARACTERS] * 2 * TURNS)
    assert told
    assert np.isfinite(told.score)
    assert not told.stops
    asked = [one for one in reader.read if one != "profit"]  # asked once of each tagger, whether it knows the task
    assert len(asked) <= (READINGS + 1) * MOST_WINDOWS + MOST_ALONE * READINGS
    assert max(map(len, asked), default=0) <= max(LONGEST.values()) + len("passage: ")
