"""The shipped layer over the embedder's vectors reads which metric an everyday question means; without its files nothing is read."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from importlib import resources
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from finfoundry.ask.lexicon.metric_terms import metrics
from finfoundry.base.concept_reader import NONE, SHARPNESS, WEIGHTS, ConceptLayer, EmbeddedConcepts, centred, concept_reader
from finfoundry.core.errors import ModelError
from finfoundry.runtime.settings import Settings

SHIPPED = Path(str(resources.files("finfoundry.ask") / "data" / "concept_reader"))


class Axis:
    """An embedder for which a text is where its first letter stands."""

    def passages(self, texts: Sequence[str], language: str | None = None) -> NDArray[np.float32]:  # noqa: ARG002
        return np.eye(3, dtype=np.float32)[["abc".index(text[0]) for text in texts]]


def layer() -> ConceptLayer:
    return ConceptLayer(("cash", NONE, "tax"), np.full(3, 1 / 3, np.float32), np.eye(3, dtype=np.float32), np.zeros(3, np.float32))


def kept(folder: Path) -> EmbeddedConcepts:
    one = layer()
    held = {"names": np.array(one.names), "centre": one.centre, "weights": one.weights, "bias": one.bias}
    np.savez(folder / WEIGHTS, **{f"en.{part}": value for part, value in held.items()})  # type: ignore[arg-type]
    return EmbeddedConcepts(Axis(), folder, digest(folder))  # type: ignore[arg-type]


def digest(folder: Path) -> str:
    return hashlib.sha256((folder / WEIGHTS).read_bytes()).hexdigest()


def test_vectors_are_read_around_their_centre_and_of_one_length() -> None:
    found = centred(np.array([[3.0, 4.0], [9.0, 1.0]], np.float32), np.array([0.0, 1.0], np.float32))
    assert np.allclose(np.linalg.norm(found, axis=1), SHARPNESS)
    assert np.allclose(found[1], [SHARPNESS, 0.0])


def test_probabilities_are_a_softmax_of_the_layer() -> None:
    told = layer().probabilities(np.eye(3, dtype=np.float32))
    inputs = centred(np.eye(3, dtype=np.float32), layer().centre)
    assert np.allclose(told, np.exp(inputs) / np.exp(inputs).sum(axis=1, keepdims=True), atol=1e-6)


def test_the_likeliest_metric_is_first_and_none_is_left_out(tmp_path: Path) -> None:
    read = kept(tmp_path)
    assert read.likely("c: what went to the taxman?", "en")[0][0] == "tax"
    told = read.likely("b: who chairs the board?", "en")
    assert [name for name, _ in told] == ["cash", "tax"] or [name for name, _ in told] == ["tax", "cash"]
    assert sum(sure for _, sure in told) < 0.5


def test_weights_that_are_damaged_or_others_are_said_with_their_remedy(tmp_path: Path) -> None:
    kept(tmp_path)
    fitted = digest(tmp_path)
    (tmp_path / WEIGHTS).write_bytes((tmp_path / WEIGHTS).read_bytes()[:100])
    for told in (fitted, digest(tmp_path)):
        with pytest.raises(ModelError, match=r"weights\.npz does not load") as failed:
            EmbeddedConcepts(Axis(), tmp_path, told)  # type: ignore[arg-type]
        assert "FINFOUNDRY_CONCEPT_READER=off" in str(failed.value.remedy)


def test_without_its_encoder_or_switched_off_there_is_none(tmp_path: Path) -> None:
    assert concept_reader(Settings(home=tmp_path)) is None
    assert concept_reader(Settings(home=tmp_path, concept_reader="off")) is None


def test_what_is_shipped_names_metrics_of_the_vocabulary_in_both_languages() -> None:
    with np.load(SHIPPED / WEIGHTS) as held:
        for language in ("en", "zh"):
            names = set(map(str, held[f"{language}.names"]))
            assert NONE in names
            assert names - {NONE} <= set(metrics())
            assert held[f"{language}.weights"].shape == (len(held[f"{language}.centre"]), len(names))
