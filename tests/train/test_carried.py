"""A recipe on another base: its rate by the base's width, its steps by the rows."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from finfoundry.core.errors import InputError
from finfoundry.train.base import Base
from finfoundry.train.data.personal import Screen
from finfoundry.train.recipe import Recipe, parse_recipe
from finfoundry.train.runs.carried import LearnedOn, carried, usual_rate
from finfoundry.train.runs.training_run import prepared

Made = Callable[..., Recipe]


def of_width(width: int, kind: str = "llama") -> Any:
    return SimpleNamespace(hidden_size=width, model_type=kind)


def test_the_rate_is_that_of_the_rule(recipe: Made) -> None:
    assert usual_rate(recipe(), of_width(2000)) == pytest.approx(5e-4)
    assert usual_rate(recipe(weights="full", forms=["merged"]), of_width(2000)) == pytest.approx(5e-5)
    assert usual_rate(recipe(), of_width(500)) == pytest.approx(5e-4 * 4**0.781, rel=1e-2)
    assert usual_rate(recipe(), of_width(500, "qwen2")) == pytest.approx(5e-4 * 4**0.0775, rel=1e-2)
    with pytest.raises(InputError, match="no rule is known for the learning rate of an encoder"):
        usual_rate(recipe(), of_width(384, "bert"))


def test_auto_becomes_the_rate_of_the_base_and_is_recorded(
    recipe: Made, bases: Callable[[str], Base], data: Path, tmp_path: Path, screen: Screen
) -> None:
    told = recipe(learning_rate="auto")
    assert parse_recipe(told.model_dump(), "again").digest == told.digest
    base = bases("llama")
    ready = prepared(told, base, data, tmp_path / "out", screen)
    assert ready.recipe.learning_rate == usual_rate(told, base.config)
    with pytest.raises(InputError, match="above 0, or auto"):
        recipe(learning_rate=0)


def test_a_pack_holds_as_many_rows_as_before(recipe: Made) -> None:
    """A base whose template says less around a row packed more rows, and took fewer steps for as many rows."""
    told = recipe(context=256, pack=1024, learning_rate=1e-3)
    shorter = carried(told, LearnedOn(of_width(576), 100.0), LearnedOn(of_width(640), 55.0))
    assert (shorter.context, shorter.pack) == (256, 563)
    assert shorter.learning_rate == pytest.approx(1e-3 * (576 / 640) ** 0.781, rel=1e-2)
    longer = carried(told, LearnedOn(of_width(576), 100.0), LearnedOn(of_width(576), 150.0))
    assert (longer.context, longer.pack, longer.learning_rate) == (384, 1536, 1e-3)
    held = carried(told, LearnedOn(of_width(576), 100.0), LearnedOn(of_width(576), 110.0, longest=300))
    assert held.context == 300, "no row that the recipe learned may be too long"
    least = carried(told, LearnedOn(of_width(576), 100.0), LearnedOn(of_width(576), 10.0))
    assert least.pack == 256, "a pack holds the longest row"
