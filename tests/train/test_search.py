"""A search: what is drawn, which is the best, and that a search that was stopped, or widened, trains nothing twice."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.command_line import run_json

from finfoundry.core.errors import InputError
from finfoundry.train.base import Base
from finfoundry.train.recipe import Recipe, parse_recipe
from finfoundry.train.runs.search import Searched, changed, drawn, search, spaces

Made = Callable[..., Recipe]
OF = Searched("b", "d")


def test_every_combination_or_as_many_as_asked_for() -> None:
    over = spaces(["learning_rate=1e-4,2e-4,3e-4", "lora.rank=4,8"])
    every = drawn(over, None, 0)
    assert len(every) == 6
    assert {"learning_rate": 2e-4, "lora.rank": 8} in every
    some = drawn(over, 4, 1)
    assert len({json.dumps(one) for one in some}) == 4
    assert some == drawn(over, 4, 1)
    assert some != drawn(over, 4, 2)


def test_values_of_a_range_lie_in_it() -> None:
    found = [one["learning_rate"] for one in drawn(spaces(["learning_rate=1e-5..1e-3", "seed=1,2"]), 40, 0)]
    assert all(1e-5 <= rate <= 1e-3 for rate in found)
    assert 8 < sum(rate < 1e-4 for rate in found) < 32, "as many below the middle of the logarithm as above"


@pytest.mark.parametrize(
    ("over", "trials", "said"),
    [
        (["learning_rate"], None, "is no search"),
        (["data.personal=mask,drop"], None, r"data\.personal is not searched over"),
        (["learning_rate=0..1"], 3, "no range above 0"),
        (["learning_rate=a..b"], 3, "no range of numbers"),
        (["learning_rate=1e-4..1e-3"], None, "how many values"),
        (["seed=1,2", "seed=3"], None, "named twice"),
        (["seed=1,2"], 501, "more than 500"),
        (["lora.rang=1,2"], None, r"no key lora\.rang"),
        (["lora.rank=0,2"], None, r"lora\.rank"),
    ],
)
def test_what_is_no_search_is_said_before_the_first_run(
    over: list[str], trials: int | None, said: str, recipe: Made, tmp_path: Path
) -> None:
    def run(*_: object) -> dict[str, Any]:
        raise AssertionError("nothing may be trained")

    with pytest.raises(InputError, match=said):
        search(recipe(development={"share": 0.2}), over, trials, tmp_path, run, OF)
    with pytest.raises(InputError, match="holds no rows back"):
        search(recipe(), ["seed=1"], None, tmp_path, run, OF)
    limited = recipe(development={"share": 0.2}, data={"tasks": [{"task": "tfns", "limit": 9}]})
    with pytest.raises(InputError, match="seed draws which rows"):
        search(limited, ["seed=1,2"], None, tmp_path, run, OF)
    with pytest.raises(InputError, match="with"):
        search(recipe(development={"share": 0.2}, forms=["lora"]), ["weights=lora,full"], None, tmp_path, run, OF)


def test_the_best_is_first_and_what_is_done_is_not_done_again(recipe: Made, tmp_path: Path) -> None:
    """Losses from a table; one run is stopped, one comes to no number."""
    losses = {1: 0.5, 2: 0.2, 3: float("nan"), 4: 0.4}
    asked: list[int] = []
    stop = [2]

    def run(told: Recipe, _: Path) -> dict[str, Any]:
        asked.append(told.seed)
        stopped = told.seed in stop
        return {"stopped": stopped, "development_loss": losses[told.seed], "best_step": 1, "steps": 2, "tokens": 3, "seconds": 0.1}

    told = recipe(development={"share": 0.2})
    with pytest.raises(KeyboardInterrupt):
        search(told, ["seed=1,2,3"], None, tmp_path, run, OF)
    stop.clear()
    search(told, ["seed=1,2,3"], None, tmp_path, run, OF)
    found = search(told, ["seed=1,2,3,4"], None, tmp_path, run, OF)
    for other, of in ((told, Searched("b", "other")), (told, Searched("other", "d")), (told.model_copy(update={"packs": 1}), OF)):
        with pytest.raises(InputError, match="another recipe, base or data"):
            search(other, ["seed=1,2,3,4"], None, tmp_path, run, of)
    assert asked == [1, 2, 2, 3, 4]
    assert [trial.changes["seed"] for trial in found.trials] == [2, 4, 1, 3]
    assert found.trials[-1].loss is None
    best = parse_recipe(yaml.safe_load((tmp_path / "best.yaml").read_text("utf-8")), "best")
    assert best == changed(told, {"seed": 2}).model_copy(update={"forms": told.forms})
    assert len(json.loads((tmp_path / "search.json").read_text("utf-8"))["trials"]) == 4


def test_the_command_trains_each_and_names_the_best(
    recipe: Made, bases: Callable[[str], Base], data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FINFOUNDRY_HOME", str(tmp_path / "home"))
    path = tmp_path / "recipe.yaml"
    path.write_text(json.dumps(recipe(base=str(bases("llama").path), development={"share": 0.2, "every": 2}).model_dump()), "utf-8")
    given = [str(path), "--data", str(data), "--out", str(tmp_path / "out"), "--over", "learning_rate=1e-7,0.02"]
    found = run_json("train", *given)
    assert [trial["changes"]["learning_rate"] for trial in found["trials"]] == [0.02, 1e-7]
    assert found["trials"][0]["loss"] < found["trials"][1]["loss"]
    assert run_json("train", *given)["trials"] == found["trials"]
