"""The layers that are fitted on questions by hand begin as those that are there, and learn what the states say besides."""

from __future__ import annotations

import numpy as np

from finfoundry.ask.retrieve.pair_scoring import HEAD
from finfoundry.core.model_files.heads import Head, HeadForm
from state_heads import Pair, apart, fitted

WIDTH, ROWS = 8, 200
OWN = Head(HeadForm(HEAD, "score", ("score",), (20,), "last"), np.eye(1, WIDTH, dtype=np.float32), np.zeros(1, np.float32))


def pairs(place: int) -> list[Pair]:
    """Of which those are right whose state is above zero at a place."""
    states = np.random.default_rng(1).normal(size=(ROWS, WIDTH)).astype(np.float32)
    return [
        Pair(HEAD, "q", "p", bool(state[place] > 0), at % 5, score=float(OWN.weight[0] @ state), state=state)
        for at, state in enumerate(states)
    ]


def right(found: list[Pair], told: np.ndarray) -> float:
    return float(np.mean([one.right == (score > 0) for one, score in zip(found, told, strict=True)]))


def test_what_the_layer_tells_already_is_kept() -> None:
    found = pairs(0)
    weight = fitted(found, OWN).weight[0]
    assert int(np.argmax(np.abs(weight))) == 0
    assert right(found, apart(found, OWN)) > 0.9


def test_what_it_does_not_tell_is_learned_and_holds_on_papers_of_other_fifths() -> None:
    found = pairs(3)
    assert right(found, np.array([one.score for one in found])) < 0.65
    assert right(found, apart(found, OWN)) > 0.8
