"""Merging against the published formulas, written out here a number at a time, and merged models as others are."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from safetensors.torch import load_file, save_file
from tests.train import tiny

from finfoundry.core.errors import InputError, IntegrityError, ModelError
from finfoundry.core.tasks.fingerprints import read_fingerprints
from finfoundry.train.base import Base
from finfoundry.train.data.personal import Screen
from finfoundry.train.export.forms import export
from finfoundry.train.export.learned import read_adapter, read_full
from finfoundry.train.export.manifest import read_manifest
from finfoundry.train.merging.algorithms import METHODS, Merging, Mix
from finfoundry.train.merging.changes import factored
from finfoundry.train.merging.merge import MergeTask, merge
from finfoundry.train.recipe import Recipe
from finfoundry.train.runs.training_run import carry_out, prepared

Made = Callable[..., Recipe]
Bases = Callable[[str], Base]
Numbers = NDArray[np.float64]


def changes(count: int, seed: int = 0) -> list[torch.Tensor]:
    source = torch.Generator().manual_seed(seed)
    return [torch.randn(7, 5, generator=source) for _ in range(count)]


def merged(method: Merging, given: list[torch.Tensor], mix: Mix, seed: int = 0) -> Numbers:
    return METHODS[method](given, mix, torch.Generator().manual_seed(seed)).numpy().astype(np.float64)


def slerp(first: Numbers, second: Numbers, share: float) -> Numbers:
    """mergekit's, with the vectors flat: their angle by unit vectors, their lengths as they are."""
    unit = [vector / np.sqrt((vector**2).sum()) for vector in (first, second)]
    angle = math.acos(float((unit[0] * unit[1]).sum()))
    result: Numbers = math.sin(angle - angle * share) / math.sin(angle) * first + math.sin(angle * share) / math.sin(angle) * second
    return result


def ties(given: list[Numbers], weights: tuple[float, ...], density: float) -> Numbers:
    """Yadav et al. (2023), algorithm 1, one number after the other."""
    result = np.zeros_like(given[0])
    floors = [np.sort(np.abs(one).ravel())[::-1][int(density * one.size) - 1] for one in given]
    for place in np.ndindex(result.shape):
        told = [
            (one[place] * weight, weight) for one, weight, floor in zip(given, weights, floors, strict=True) if abs(one[place]) >= floor
        ]
        sign = 1.0 if sum(value for value, _ in told) >= 0 else -1.0
        agreeing = [(value, weight) for value, weight in told if np.sign(value) == sign]
        if agreeing:
            result[place] = sum(value for value, _ in agreeing) / sum(weight for _, weight in agreeing)
    return result


@pytest.mark.parametrize("share", [0.0, 0.3, 0.5, 1.0])
def test_slerp_goes_along_the_arc(share: float) -> None:
    given = changes(2)
    first, second = (one.numpy().astype(np.float64) for one in given)
    np.testing.assert_allclose(merged("slerp", given, Mix((1, 1), share=share)), slerp(first, second, share), atol=1e-5)
    alike = [given[0], given[0] * 2]
    np.testing.assert_allclose(merged("slerp", alike, Mix((1, 1), share=share)), first * (1 + share), atol=1e-5)


def test_slerp_of_three_takes_them_in_equal_parts() -> None:
    given = changes(3)
    a, b, c = (one.numpy().astype(np.float64) for one in given)
    np.testing.assert_allclose(merged("slerp", given, Mix((1, 1, 1))), slerp(slerp(a, b, 1 / 2), c, 1 / 3), atol=1e-5)


@pytest.mark.parametrize("weights", [(1.0, 1.0, 1.0), (0.5, 2.0, 1.0)])
def test_ties_elects_signs_number_by_number(weights: tuple[float, ...]) -> None:
    given = changes(3, 4)
    wanted = ties([one.numpy().astype(np.float64) for one in given], weights, 0.6)
    np.testing.assert_allclose(merged("ties", given, Mix(weights, density=0.6)), wanted, atol=1e-5)


def test_linear_and_liti_are_straight() -> None:
    given = changes(2, 1)
    first, second = (one.numpy().astype(np.float64) for one in given)
    np.testing.assert_allclose(merged("linear", given, Mix((1, 3))), first / 4 + second * 3 / 4, atol=1e-6)
    np.testing.assert_allclose(merged("liti", given, Mix((1, 1), share=0.3)), 0.7 * first + 0.3 * second, atol=1e-6)
    np.testing.assert_allclose(merged("liti", given[:1], Mix((1,), share=0.3)), 0.3 * first, atol=1e-6)


def test_dare_drops_by_its_seed_and_keeps_the_mean() -> None:
    given = [torch.ones(200, 200), torch.ones(200, 200)]
    found = merged("dare", given, Mix((1, 1), density=0.25), seed=3)
    assert set(np.unique(found).round(6)) == {0.0, 2.0, 4.0}
    assert found.mean() == pytest.approx(1.0, abs=0.02)
    np.testing.assert_array_equal(found, merged("dare", given, Mix((1, 1), density=0.25), seed=3))
    assert (found != merged("dare", given, Mix((1, 1), density=0.25), seed=4)).any()


def test_factors_are_the_best_of_their_rank() -> None:
    source = torch.Generator().manual_seed(0)
    change = torch.randn(40, 6, generator=source) @ torch.randn(6, 50, generator=source)
    for bound in (6, None):
        a, b, kept = factored(change, 6, bound)
        torch.testing.assert_close(b @ a, change, atol=1e-3, rtol=1e-3)
        assert kept == pytest.approx(1.0, abs=1e-4)
        a, b, kept = factored(change, 3, bound)
        sizes = torch.linalg.svdvals(change)
        assert kept == pytest.approx(float((sizes[:3] ** 2).sum() / (sizes**2).sum()), abs=1e-4)
    a, b, _ = factored(torch.zeros(8, 9), 4, None)
    assert float(a.norm()) > 1
    assert not b.any()


def test_factors_have_the_length_that_is_asked_for() -> None:
    change = torch.randn(12, 9, generator=torch.Generator().manual_seed(0))
    a, b, _ = factored(change, 9, None, 0.6)
    torch.testing.assert_close(b @ a, change)
    torch.testing.assert_close(a.norm(dim=1), torch.full((9,), 0.6))


@pytest.fixture
def tuned(recipe: Made, bases: Bases, data: Path, tmp_path: Path, screen: Screen) -> Callable[..., Path]:
    def made(name: str, **given: Any) -> Path:
        folder = tmp_path / name
        carry_out(prepared(recipe(**{"name": name, "epochs": 1} | given), bases("llama"), data, folder, screen), folder, "0")
        return folder

    return made


def test_adapters_become_one_that_is_served(tuned: Callable[..., Path], bases: Bases, tmp_path: Path) -> None:
    """The product of B and A is merged, at twice the rank without loss; the manifest names the parents, and every form can be written."""
    base, parents = bases("llama"), (tuned("a"), tuned("b", seed=5))
    found = merge(MergeTask("both", parents, "slerp", Mix((1, 1)), rank=8), base, tmp_path / "both", "0")
    assert found.kept == pytest.approx(1.0, abs=1e-4)
    one, two, both = (read_adapter(folder / "adapter", base) for folder in (*parents, tmp_path / "both"))
    for name in both:
        wanted = slerp(one.change(name).astype(np.float64), two.change(name).astype(np.float64), 0.5)
        np.testing.assert_allclose(both.change(name), wanted, atol=1e-4)
        # what learns on from it moves as far by a step as what learns on from a parent
        rows = [np.sqrt((adapter.pairs[name][0] ** 2).sum(1).mean()) for adapter in (one, two, both)]
        assert rows[2] == pytest.approx(np.mean(rows[:2]), rel=1e-3)
    told = read_manifest(tmp_path / "both")
    assert [parent["name"] for parent in told.parents] == ["a", "b"]
    assert all(len(parent["sha256"]) == 64 for parent in told.parents)
    assert told.recipe["lora"] == {"rank": 8, "alpha": 16.0, "dropout": 0.0, "targets": "all-linear", "rslora": False, "dora": False}
    assert len(read_fingerprints(tmp_path / "both" / told.data["fingerprints"]["path"])) == 2 * len(
        read_fingerprints(parents[0] / "data-fingerprints.npz")
    )
    export(tmp_path / "both", base, ["lora", "q8_0"])
    assert (tmp_path / "both" / "model-q8_0.gguf").stat().st_size > 0


def test_a_run_begins_with_a_merged_adapter(
    tuned: Callable[..., Path], recipe: Made, bases: Bases, data: Path, tmp_path: Path, screen: Screen
) -> None:
    base = bases("llama")
    merge(MergeTask("m", (tuned("a"), tuned("b", seed=5)), "linear", Mix((1, 1))), base, tmp_path / "m", "0")
    still = recipe(learning_rate=1e-12, epochs=0.1, init_adapter=str(tmp_path / "m"))
    carry_out(prepared(still, base, data, tmp_path / "on", screen), tmp_path / "on", "0")
    was, now = (read_adapter(folder / "adapter", base) for folder in (tmp_path / "m", tmp_path / "on"))
    rows = [len(read_fingerprints(tmp_path / name / "data-fingerprints.npz")) for name in ("a", "b", "on")]
    assert len(read_fingerprints(tmp_path / "m" / "data-fingerprints.npz")) == rows[0] + rows[1] < rows[2], "a release knows them all"
    for name in was:
        np.testing.assert_allclose(now.change(name), was.change(name), atol=1e-5)


def test_full_weights_are_merged_by_what_they_changed(tuned: Callable[..., Path], bases: Bases, tmp_path: Path) -> None:
    base = bases("llama")
    parents = tuple(tuned(name, weights="full", learning_rate=0.002, seed=seed) for name, seed in (("a", 0), ("b", 5)))
    merge(MergeTask("both", parents, "ties", Mix((1, 1), density=0.4)), base, tmp_path / "both", "0")
    start = dict(base.model(torch.float32).named_parameters())
    one, two, both = (read_full(folder / "adapter") for folder in (*parents, tmp_path / "both"))
    for name, tensor in both.items():
        given = [(full[name].float() - start[name].detach()).numpy().astype(np.float64) for full in (one, two)]
        if len(np.unique(np.abs(given[0]))) == given[0].size:  # no two numbers as large as each other: which is kept is clear
            wanted = start[name].detach().numpy() + ties(given, (1, 1), 0.4)
            assert np.mean(np.abs(tensor.numpy() - wanted) > 1e-5) < 0.01
    export(tmp_path / "both", base, ["q8_0"])


@pytest.mark.parametrize(
    ("method", "mix", "said"),
    [
        ("linear", Mix((1, -1)), "above 0"),
        ("dare", Mix((0, 0)), "above 0"),
        ("linear", Mix((1, math.nan)), "above 0"),
        ("slerp", Mix((1, 3)), "takes no weights"),
        ("liti", Mix((2, 1)), "takes no weights"),
        ("ties", Mix((1, 1), share=0.3), "takes no share"),
    ],
)
def test_what_a_method_would_pass_over_is_refused(
    method: Merging, mix: Mix, said: str, tuned: Callable[..., Path], bases: Bases, tmp_path: Path
) -> None:
    one = tuned("a", epochs=0.05)
    with pytest.raises(InputError, match=said):
        merge(MergeTask("m", (one, one), method, mix), bases("llama"), tmp_path / "m", "0")


def test_a_parent_with_broken_weights_is_named(tuned: Callable[..., Path], bases: Bases, tmp_path: Path) -> None:
    base, parents = bases("llama"), (tuned("a", epochs=0.05), tuned("b", epochs=0.05))
    path = parents[1] / "adapter" / "adapter_model.safetensors"
    tensors = load_file(path)
    next(iter(tensors.values()))[0, 0] = math.nan
    save_file(tensors, path, {"format": "pt", "base_sha256": base.sha256})
    with pytest.raises(InputError, match=r"of b holds what is no number"):
        merge(MergeTask("m", parents, "linear", Mix((1, 1))), base, tmp_path / "m", "0")
    assert not (tmp_path / "m").exists()


def test_a_parent_of_which_is_not_known_what_it_learned_is_refused(tuned: Callable[..., Path], bases: Bases, tmp_path: Path) -> None:
    parents = (tuned("a", epochs=0.05), tuned("b", epochs=0.05))
    (parents[1] / "data-fingerprints.npz").unlink()
    with pytest.raises(IntegrityError, match=r"b has no data-fingerprints\.npz"):
        merge(MergeTask("m", parents, "linear", Mix((1, 1))), bases("llama"), tmp_path / "m", "0")
    assert not (tmp_path / "m").exists()


def test_what_does_not_belong_together_is_refused(tuned: Callable[..., Path], bases: Bases, tmp_path: Path) -> None:
    one, full = tuned("a"), tuned("f", weights="full", learning_rate=0.002)
    other = tiny.base(tmp_path, "llama", seed=9)
    with pytest.raises(ModelError, match="was tuned on"):
        merge(MergeTask("m", (one, one), "slerp", Mix((1, 1))), other, tmp_path / "m", "0")
    with pytest.raises(InputError, match="adapters and full weights"):
        merge(MergeTask("m", (one, full), "slerp", Mix((1, 1))), bases("llama"), tmp_path / "m", "0")
    with pytest.raises(InputError, match="2 models at least"):
        merge(MergeTask("m", (one,), "slerp", Mix((1,))), bases("llama"), tmp_path / "m", "0")
    with pytest.raises(InputError, match="from one model to another"):
        merge(MergeTask("m", (one, one, one), "liti", Mix((1, 1, 1))), bases("llama"), tmp_path / "m", "0")
    with pytest.raises(InputError, match="those that are merged"):
        merge(MergeTask("m", (one, one), "slerp", Mix((1, 1))), bases("llama"), one, "0")
    with pytest.raises(InputError, match="holds other files"):
        merge(MergeTask("m", (one, one), "slerp", Mix((1, 1))), bases("llama"), full, "0")
    with pytest.raises(InputError, match="--name"):
        merge(MergeTask("M/1", (one, one), "slerp", Mix((1, 1))), bases("llama"), tmp_path / "m", "0")
    assert not (tmp_path / "m").exists()
    manifest = json.loads((one / "manifest.json").read_text("utf-8"))
    assert manifest["parents"] == []
