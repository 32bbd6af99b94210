"""The layers that are fitted on questions by hand begin as those that are there, and learn what the states say besides."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from finfoundry.ask.retrieve.figure_lines import HEAD as LINES
from finfoundry.ask.retrieve.pair_scoring import HEAD, QUOTED_HEAD
from finfoundry.base.catalogue import MANIFEST
from finfoundry.base.state_reader import STATES_USE
from finfoundry.base.tuned_adapter import read_manifest
from finfoundry.core.model_files.heads import Head, HeadForm
from finfoundry.core.model_files.tuned_file import WEIGHTS, stored_heads
from finfoundry.runtime.path_digest import path_digest
from finfoundry.train.methods.frozen_head import scores_of, write_head
from state_heads import Pair, apart, fitted, write

WIDTH, ROWS = 8, 4000
OWN = Head(HeadForm(HEAD, "score", ("score",), (20,), "last"), np.eye(1, WIDTH, dtype=np.float32), np.zeros(1, np.float32))


def pairs(place: int, name: str = HEAD) -> list[Pair]:
    """Of which those are right whose state is above zero at a place."""
    states = np.random.default_rng(1).normal(size=(ROWS, WIDTH)).astype(np.float32)
    return [
        Pair(name, "q", "p", bool(state[place] > 0), at % 5, score=float(OWN.weight[0] @ state), state=state)
        for at, state in enumerate(states)
    ]


def right(found: list[Pair], told: np.ndarray) -> float:
    return float(np.mean([one.right == (score > 0) for one, score in zip(found, told, strict=True)]))


def on_another_fifth(found: list[Pair]) -> float:
    """The share that is told rightly of the last fifth by a head that was fitted on the others."""
    learned, held = ([one for one in found if (one.fifth == 4) is last] for last in (False, True))
    head = fitted({found[0].head: learned}, {HEAD: OWN})[found[0].head]
    return right(held, scores_of(head, np.stack([one.state for one in held])))


@pytest.mark.parametrize("name", [HEAD, LINES])
def test_what_the_head_tells_already_is_kept(name: str) -> None:
    assert on_another_fifth(pairs(0, name)) > 0.9


@pytest.mark.parametrize("name", [HEAD, LINES])
def test_what_it_does_not_tell_is_learned_and_holds_on_papers_of_another_fifth(name: str) -> None:
    found = pairs(3, name)
    assert right(found, np.array([one.score for one in found])) < 0.65
    assert on_another_fifth(found) > 0.75


def test_each_pair_is_told_by_heads_of_the_other_fifths() -> None:
    found = pairs(3, LINES)[:400]
    assert right(found, apart({LINES: found}, {HEAD: OWN})[LINES]) > 0.8


def test_what_is_written_is_what_was_fitted(tmp_path: Path) -> None:
    found = {name: pairs(place, name)[:600] for place, name in enumerate((HEAD, QUOTED_HEAD, LINES), 2)}
    heads = fitted(found, {HEAD: OWN})
    adapter = tmp_path / "before"
    write_head(adapter, OWN, "0" * 64)
    (adapter / MANIFEST).write_text(json.dumps({"base": "tiny", "sha256": path_digest(adapter / WEIGHTS)}))
    write(adapter, [heads[name] for name in found], tmp_path / "after", 3)
    states = np.stack([one.state for one in found[HEAD]])
    for stored in stored_heads(tmp_path / "after"):
        assert np.allclose(scores_of(stored, states), scores_of(heads[stored.form.name], states), atol=0.05)
    assert read_manifest(tmp_path / "after", STATES_USE)["questions_by_hand"] == 3
