"""Canaries: planted where the recipe says, kept by a model that sees them often, not by one that sees them once; and the gate's limit."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from finfoundry.core.errors import InputError
from finfoundry.release.candidate import Candidate
from finfoundry.release.training_rows import check_memorised
from finfoundry.train.base import Base
from finfoundry.train.data.canaries import SOURCE, canaries
from finfoundry.train.data.personal import Screen
from finfoundry.train.recipe import Recipe
from finfoundry.train.runs.training_run import TrainedModel, carry_out, prepared

Made = Callable[..., Recipe]
Bases = Callable[[str], Base]
PLANTED = {"count": 4, "repeats": 1, "references": 63}


def test_canaries_are_the_same_each_time_and_none_is_among_its_references(recipe: Made) -> None:
    told = canaries(recipe(canaries=PLANTED))
    assert told == canaries(recipe(canaries=PLANTED))
    assert told != canaries(recipe(canaries=PLANTED, seed=1))
    assert len({one.asked for one in told}) == 4
    assert all(one.secret not in one.others and len(set(one.others)) == 63 for one in told)
    assert canaries(recipe()) == []


@pytest.mark.slow
def test_what_a_model_sees_often_it_keeps_and_what_it_sees_once_it_does_not(
    recipe: Made, bases: Bases, data: Path, screen: Screen, tmp_path: Path
) -> None:
    def trained(name: str, **given: object) -> TrainedModel:
        told = recipe(weights="full", lora={}, canaries=PLANTED | given.pop("canaries", {}), **given)  # type: ignore[operator]
        made = prepared(told, bases("llama"), data, tmp_path / name, screen)
        (planted,) = (one for one in made.material.manifest.sources if one.name == SOURCE)
        assert planted.kept == 4 * (told.canaries.repeats if told.canaries else 0)
        return carry_out(made, tmp_path / name, "test")

    often = trained("often", epochs=12, learning_rate=0.005, canaries={"repeats": 16}).metrics
    assert often["canary_exposure"] > 4.5
    assert often["canary_exposure_highest"] == pytest.approx(math.log2(64))
    once = trained("once", epochs=1, learning_rate=1e-5).metrics
    assert once["canary_exposure"] < 3
    assert once["canaries_extracted"] == 0
    assert once["canary_exposure"] < often["canary_exposure"]


def test_documents_carry_canaries_too(recipe: Made, bases: Bases, data: Path, screen: Screen, tmp_path: Path) -> None:
    (data / "notes.txt").write_text("The harbour dues are paid in spring.\n" * 4, "utf-8")
    source = {"tasks": [], "corpus": {"paths": ["notes.txt"], "licence": "CC0-1.0", "held_back": 0}}
    told = recipe(method="pretrain", weights="full", lora={}, data=source, canaries=PLANTED)
    found = carry_out(prepared(told, bases("llama"), data, tmp_path / "run", screen), tmp_path / "run", "test")
    assert 0 <= found.metrics["canary_exposure"] <= 6


def test_an_encoder_learns_no_texts_to_keep(recipe: Made) -> None:
    with pytest.raises(InputError, match="canaries need a language model"):
        recipe(method="encode", canaries=PLANTED)


@pytest.mark.parametrize(("bits", "extracted", "refused"), [(2.9, 0.0, False), (3.1, 0.0, True), (1.0, 0.25, True)])
def test_a_model_that_tells_what_it_learned_is_not_proposed(tmp_path: Path, bits: float, extracted: float, *, refused: bool) -> None:
    metrics = {"canary_exposure": bits, "canaries_extracted": extracted}
    manifest = {"metrics": metrics, "recipe": {"canaries": {"limit": 3.0}}}
    candidate = Candidate("model", "tuned", "q8_0", tmp_path, "", "base", "", manifest, tmp_path)
    if refused:
        with pytest.raises(InputError, match="tuned keeps what it was trained on"):
            check_memorised(candidate)
    else:
        check_memorised(candidate)
    check_memorised(replace(candidate, manifest={"metrics": metrics, "recipe": {"canaries": None}}))


@pytest.mark.parametrize(
    "metrics",
    [{}, {"canary_exposure": 1.0}, {"canaries_extracted": 0.0}, {"canary_exposure": math.nan, "canaries_extracted": 0.0},
     {"canary_exposure": 1.0, "canaries_extracted": math.nan}, {"canary_exposure": None, "canaries_extracted": 0.0}],
)  # fmt: skip
def test_a_model_whose_canaries_nobody_measured_is_not_proposed(tmp_path: Path, metrics: dict[str, float]) -> None:
    manifest = {"metrics": metrics, "recipe": {"canaries": {"limit": 3.0}}}
    with pytest.raises(InputError, match="does not say how far they are exposed"):
        check_memorised(Candidate("model", "tuned", "q8_0", tmp_path, "", "base", "", manifest, tmp_path))
