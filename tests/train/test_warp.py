"""WARP from a recipe to its front, stopped on the way; and the front by points whose area is known."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.tiers import slow_but
from tests.train.made import write_sources

from finfoundry.core.errors import InputError, ModelError
from finfoundry.train import machine
from finfoundry.train.base import Base
from finfoundry.train.data.personal import Screen
from finfoundry.train.export.forms import export
from finfoundry.train.export.learned import read_adapter
from finfoundry.train.recipe import Recipe, shipped
from finfoundry.train.runs.training_run import carry_out, prepared
from finfoundry.train.warp import warp_run
from finfoundry.train.warp.assess import Assessed, Examiner
from finfoundry.train.warp.front import area, volumes
from finfoundry.train.warp.warp_recipe import load_warp
from finfoundry.train.warp.warp_run import WarpSetting, planned, warp

Bases = Callable[[str], Base]
Told = Callable[..., WarpSetting]


def test_from_a_recipe_to_the_front(setting: Told) -> None:
    told = setting()
    plan = planned(told)
    assert len(plan.runs) == 7  # two policies twice, two to average, one as long as all
    assert plan.runs[-1].steps > plan.runs[0].steps
    found = warp(told)
    assert [(one.family, one.share) for one in found.points] == [
        (family, share) for family in ("warp", "average", "single") for share in (0.5, 1.0)
    ]
    assert found.start.divergence == pytest.approx(0, abs=1e-4)
    assert max(one.divergence for one in found.points) > 0.05
    names = {(one.against, one.family, one.over) for one in found.volumes}
    assert ("divergence", "warp", "average") in names
    assert ("forgotten", "warp", "single") in names
    assert all(one.low <= one.high for one in found.volumes)
    assert found.rewards["iteration-2/policy-2"][0].reward == "brief"
    assert (told.out / "divergence.svg").read_text("utf-8").startswith("<svg")
    stored = json.loads((told.out / "warp.json").read_text("utf-8"))
    assert stored["points"][0]["folder"] == found.points[0].folder
    export(Path(found.points[0].folder), told.base, ["q8_0"])


def test_policies_are_merged_along_the_arc_and_drawn_back(setting: Told) -> None:
    told = setting(beside=False, iterations=2, towards=0.5)
    warp(told)
    base = told.base
    one, two, merged = (read_adapter(told.out / f"iteration-1/{name}/adapter", base) for name in ("policy-1", "policy-2", "merged"))
    for name in merged:
        first, second = one.change(name).astype(float), two.change(name).astype(float)
        angle = np.arccos((first * second).sum() / np.linalg.norm(first) / np.linalg.norm(second))
        wanted = 0.5 * (first + second) * np.sin(angle / 2) / np.sin(angle)
        best = np.linalg.svd(wanted, compute_uv=False)[:4]  # at rank 4: the largest directions of it
        np.testing.assert_allclose(np.linalg.svd(merged.change(name), compute_uv=False)[:4], best, atol=1e-4)


def test_the_points_lie_between_the_start_and_what_the_last_iteration_merged(setting: Told) -> None:
    """Not between its iterations: what is drawn back goes back to where all began (algorithm 1 of the paper)."""
    told = setting(beside=False, iterations=2)
    warp(told)
    half, whole, merged = (
        read_adapter(told.out / f"{name}/adapter", told.base) for name in ("warp/point-0.50", "warp/point-1.00", "iteration-2/merged")
    )
    for name in merged:
        np.testing.assert_allclose(whole.change(name), merged.change(name), atol=1e-5)
        np.testing.assert_allclose(half.change(name), 0.5 * merged.change(name).astype(float), atol=1e-5)


@pytest.mark.slow
def test_what_is_finished_is_never_run_again(setting: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    """A stop between two policies, then the same command: the same front as without a stop."""
    alone, hurt = setting("alone", beside=False), setting("hurt", beside=False)
    wanted = warp(alone)
    carried_out, ran = carry_out, list[str]()

    def stopping(ready: Any, folder: Path, *given: Any) -> Any:
        if len(ran) == 3:
            raise KeyboardInterrupt
        ran.append(folder.name)
        return carried_out(ready, folder, *given)

    monkeypatch.setattr(warp_run, "carry_out", stopping)
    with pytest.raises(KeyboardInterrupt):
        warp(hurt)
    ran.clear()
    found = warp(hurt)
    assert len(ran) == 1
    assert [(one.reward, one.divergence, one.forgotten) for one in found.points] == [
        (one.reward, one.divergence, one.forgotten) for one in wanted.points
    ]
    with pytest.raises(InputError, match="another recipe"):
        warp(setting("hurt", iterations=3))


def test_all_points_of_a_folder_are_assessed_in_one_precision(setting: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    """That which the first was assessed in, though the machine would measure otherwise by now; before one was kept it was float32."""
    told, faster = setting(), "bf16"
    told = replace(told, recipe=told.recipe.model_copy(update={"policy": told.recipe.policy.model_copy(update={"precision": "auto"})}))
    monkeypatch.setattr(machine, "_faster", lambda: faster)

    def kept(folder: Path) -> str:
        Examiner(told.recipe, told.base, told.data, None, told.rewards, folder)
        return (folder / machine.PRECISION).read_text("utf-8")

    assert kept(told.out / "new") == "bf16"
    (told.out / "old").mkdir()
    (told.out / "old" / "start.json").write_text("{}", "utf-8")
    assert kept(told.out / "old") == "fp32"
    faster = "fp32"
    assert kept(told.out / "new") == "bf16"


def test_the_area_of_a_front() -> None:
    costs, rewards = np.array([1.0, 2.0, 3.0, 0.5]), np.array([0.5, 0.8, 0.7, 0.2])
    assert area(costs, rewards, 4.0, 0.1) == pytest.approx(3.5 * 0.1 + 3 * 0.3 + 2 * 0.3)
    assert area(costs, rewards, 0.5, 0.1) == 0
    assert area(costs, rewards, 4.0, 0.9) == 0


def test_a_better_front_is_told_from_a_worse_one() -> None:
    chance = np.random.default_rng(0)

    def policy(reward: float, divergence: float) -> Assessed:
        return Assessed((reward + chance.normal(0, 0.05, 60)).tolist(), [divergence] * 60, [1.0 + divergence / 10] * 20, {})

    start = policy(0.2, 0.0)
    families = {"warp": [policy(0.6, 1.0), policy(0.8, 2.0)], "single": [policy(0.4, 1.5), policy(0.7, 3.0)]}
    for against in ("divergence", "forgotten"):
        found = {(one.family, one.over): one for one in volumes(families, start, against)}
        assert found["warp", "single"].low > 0
        assert found["warp", None].value == pytest.approx(found["single", None].value + found["warp", "single"].value, abs=1e-5)


def test_no_front_covers_less_than_nothing() -> None:
    """Policies that forget less than their start do."""
    start = Assessed([0.2] * 20, [0.0] * 20, [1.0] * 20, {})
    found = volumes({"warp": [Assessed([0.6] * 20, [1.0] * 20, [0.5] * 20, {})]}, start, "forgotten")
    assert (found[0].value, found[0].low, found[0].high) == (0, 0, 0)


def test_held_out_tasks_without_rows_are_told_before_training(setting: Told) -> None:
    told = setting()
    (told.data / "other.json").write_text(json.dumps([["7 " + "visa " * 90, "c"]]), "utf-8")
    with pytest.raises(InputError, match=r"no rows of data\.held_out"):
        warp(told)
    assert not (told.out / "iteration-1").exists()


def test_a_start_that_earns_nothing_is_refused_before_training(setting: Told) -> None:
    told = setting(measured={"right": 1.0})
    with pytest.raises(InputError, match="the start earns nothing on 10 evaluation rows") as refused:
        warp(told)
    assert "--start" in str(refused.value.remedy)
    assert not (told.out / "iteration-1").exists()


def test_an_anchor_of_another_base_is_refused_before_training(
    setting: Told, recipe: Callable[..., Recipe], bases: Bases, data: Path, tmp_path: Path, screen: Screen
) -> None:
    """What the policies begin with is what they are held near to: of WARP by ``start``, of ``grpo`` by ``init_adapter``."""
    carry_out(prepared(recipe(), bases("qwen2"), data, tmp_path / "other", screen), tmp_path / "other", "0")
    told = replace(setting(), start=tmp_path / "other")
    with pytest.raises(ModelError, match="was learned on a base with the SHA-256"):
        warp(told)
    assert not (told.out / "iteration-1").exists()
    policy = told.recipe.policy.model_copy(update={"init_adapter": str(tmp_path / "other")})
    with pytest.raises(ModelError, match="was learned on a base with the SHA-256"):
        carry_out(prepared(policy, told.base, data, tmp_path / "policy", screen), tmp_path / "policy", "0", rewards=told.rewards)
    assert not (tmp_path / "policy" / "log.jsonl").exists()


@pytest.mark.parametrize("path", slow_but(sorted(shipped("warp"))[:1], sorted(shipped("warp"))))
def test_a_shipped_recipe_of_warp_is_planned(path: str, bases: Bases, tmp_path: Path, screen: Screen) -> None:
    told = load_warp(Path(path))
    assert told.name == path
    setting = WarpSetting(told, bases("llama"), write_sources(tmp_path / "data"), tmp_path / "out", screen, "0")
    runs = planned(setting).runs
    assert runs
    assert all(run.steps > 0 and run.tokens > 0 for run in runs)
    assert not (tmp_path / "out").exists()


def test_recipes_of_warp_that_cannot_be_followed_are_refused(setting: Told, tmp_path: Path) -> None:
    content = setting().recipe.model_dump(mode="json")
    for change, said in (
        ({"members": [{"letters": 1.0}]}, "members"),
        ({"policy": content["policy"] | {"method": "rejection"}}, "method grpo"),
        ({"policy": content["policy"] | {"data": content["policy"]["data"] | {"held_out": []}}}, "held_out"),
        ({"policy": content["policy"] | {"init_adapter": "models/a"}}, "use --start"),
        ({"members": [{"letters": 1.0}, {"brief": 0.0}]}, "weighs more than 0"),
        ({"points": [0.0]}, "points"),
        ({"points": []}, "points"),
        ({"points": [0.501, 0.502]}, "two digits"),
        ({"pionts": []}, "pionts"),
    ):
        path = tmp_path / "warp.yaml"
        path.write_text(json.dumps(content | change), "utf-8")
        with pytest.raises(InputError, match=said):
            load_warp(path)
    with pytest.raises(InputError, match="warp-smoke"):
        load_warp(tmp_path / "none.yaml")
