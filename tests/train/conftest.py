"""Tiny bases, recipes and data of the project's own."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import torch
from tests.conftest import short_home
from tests.train import tiny

from finfoundry.app import App, open_app
from finfoundry.runtime.settings import Settings
from finfoundry.runtime.supervisor import Supervisor
from finfoundry.train.base import Base
from finfoundry.train.data.personal import Screen
from finfoundry.train.recipe import Recipe, parse_recipe
from finfoundry.train.rewards import REWARDS, SampledAnswer
from finfoundry.train.warp.warp_recipe import WarpRecipe
from finfoundry.train.warp.warp_run import WarpSetting

torch.set_num_threads(1)  # models of two layers: threads would only wait for each other

TASK = """
name: {name}
title: Is it a card or a loan
language: en
licence: {licence}
source: {{paths: [{name}.json], columns: [text, label]}}
target: label
kind: choice
labels: {{c: card, l: loan}}
templates: ["{{text}} = "]
metrics: [accuracy]
"""


@contextmanager
def opened_over(base: Base) -> Iterator[App]:
    """A home of its own whose engine runs a tiny base; what was started in it is stopped."""
    home = short_home()
    try:
        with open_app(Settings(home=home, model=str(base.path), threads=1, worker=False)) as opened:
            yield opened
    finally:
        Supervisor(home).stop()


@pytest.fixture(scope="session")
def bases(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Base]:
    folder = tmp_path_factory.mktemp("bases")
    return lambda architecture: tiny.base(folder, architecture)


@pytest.fixture
def screen() -> Screen:
    return Screen(lambda _: [], lambda text: text)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A folder with one task, ``cards.yaml`` and its rows."""
    folder = tmp_path / "data"
    folder.mkdir()
    write_task(folder, "cards", rows(120))
    return folder


def rows(count: int, seed: int = 0) -> list[list[str]]:
    source = random.Random(seed)
    words = {"c": ["visa", "chip", "pin", "atm", "swipe"], "l": ["rate", "term", "house", "repay", "years"]}
    found = []
    for number in range(count):
        label = "cl"[number % 2]
        found.append([f"{number} " + " ".join(source.choices(words[label], k=source.randint(2, 6))), label])
    return found


def write_task(folder: Path, name: str, rows: list[list[str]], licence: str = "CC0-1.0") -> Path:
    (folder / f"{name}.json").write_text(json.dumps(rows), "utf-8")
    path = folder / f"{name}.yaml"
    path.write_text(TASK.format(name=name, licence=licence), "utf-8")
    return path


@pytest.fixture
def recipe(data: Path) -> Callable[..., Recipe]:
    """A small recipe over ``cards``, with what is given instead."""

    def made(**given: Any) -> Recipe:
        told: dict[str, Any] = {
            "name": "cards", "base": "tiny", "method": "instruct", "weights": "lora", "lora": {"rank": 4, "alpha": 8},
            "data": {"tasks": [{"task": str(data / "cards.yaml")}], "licences": ["CC0-1.0"]}, "context": 64, "pack": 128, "packs": 2,
            "epochs": 1, "learning_rate": 0.01, "precision": "fp32", "checkpoint_every": 4, "forms": [],
        }  # fmt: skip
        told["data"] |= given.pop("data", {})
        return parse_recipe(told | given, "test")

    return made


def _letters(answered: SampledAnswer) -> float:
    return sum(letter < "n" for letter in answered.text) / max(1, len(answered.text))


def _brief(answered: SampledAnswer) -> float:
    return 1 - answered.tokens / answered.room


@pytest.fixture
def setting(
    recipe: Callable[..., Recipe], bases: Callable[[str], Base], data: Path, tmp_path: Path, screen: Screen
) -> Callable[..., WarpSetting]:
    """WARP over ``cards`` with two made rewards, ``other`` held out, with what is given instead."""
    write_task(data, "other", rows(30, seed=5))

    def made(out: str = "warp", **given: Any) -> WarpSetting:
        policy = recipe(
            method="grpo", rewards={"letters": 1.0}, sampling={"prompts": 3, "completions": 4, "tokens": 6}, epochs=0.1, pack=256,
            learning_rate=0.02, warmup=0, checkpoint_every=2, data={"held_out": [str(data / "other.yaml")]},
        )  # fmt: skip
        told: dict[str, Any] = {
            "name": "tiny-warp", "policy": policy, "members": [{"letters": 1.0}, {"brief": 1.0}], "points": [0.5, 1.0], "items": 10,
            "measured": {"letters": 0.5, "brief": 0.5},
        }  # fmt: skip
        rewards = {**REWARDS, "letters": _letters, "brief": _brief}
        return WarpSetting(WarpRecipe(**told | given), bases("llama"), data, tmp_path / out, screen, "0", rewards=rewards)

    return made
