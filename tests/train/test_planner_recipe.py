"""The recipe of the planner, from its rows to an adapter: a few steps over a base of two layers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from finfoundry.ask.reader.tuned_plan import PLANNER
from finfoundry.runtime.settings import Settings
from finfoundry.train.base import Base
from finfoundry.train.export.manifest import read_manifest
from finfoundry.train.recipe import load_recipe
from finfoundry.usecases.readers.reader_rows import write_rows
from finfoundry.usecases.readers.wordings import wordings
from finfoundry.usecases.train_model import Training


def test_the_planner_is_trained_over_another_base_from_its_own_rows(
    bases: Callable[[str], Base], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("finfoundry.usecases.readers.reader_rows.wordings", lambda: wordings()[::400])
    write_rows(tmp_path / "data", each=1, plans=True)
    base, training = bases("gemma3"), Training(Settings(home=tmp_path / "home"))
    recipe = training.on_base(Path(PLANNER), str(base.path))
    assert recipe == load_recipe(Path(PLANNER)).model_copy(update={"base": str(base.path)})
    recipe = recipe.model_copy(update={"context": 1024, "pack": 1024, "packs": 1})  # the tiny base spells its words
    told = training.train(recipe, tmp_path / "data", tmp_path / "run")
    assert told.outcome.steps > 1
    assert told.name == PLANNER, "the slot in which it is released"
    assert {"adapter", "lora"} <= set(read_manifest(tmp_path / "run").forms)
