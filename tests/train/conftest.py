"""Tiny bases, recipes and data of the project's own."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from tests.train import tiny

from finfoundry.train.base import Base
from finfoundry.train.data.personal import Screen
from finfoundry.train.recipe import Recipe, parse_recipe

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
