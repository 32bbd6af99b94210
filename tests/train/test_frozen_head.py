"""A head over the states of an encoder that stays as it is: what it learns, and that it is served as it was learned."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from tests.train import tiny_encoder

from finfoundry.base.text_encoder import TextEncoder
from finfoundry.core.model_files.encoder_file import encoder_graph
from finfoundry.core.model_files.heads import Head, HeadForm, read_forms, write_forms
from finfoundry.core.model_files.tuned_file import stored_head, tuned_graph
from finfoundry.train.methods.frozen_head import HeadRecipe, Scored, heads_of_one_layer, learned_head, scores_of, write_head

TEXTS = [f"{'z' if number % 2 else 'q'}{number} card" for number in range(120)]
FORM = HeadForm("letters", "several", ("z", "odd"), (1, 2))
NOTHING = (np.empty((0, 0), np.float32), np.empty(0, np.float32))


def states(folder: Path, layers: tuple[int, ...]) -> np.ndarray:
    form = HeadForm("states", "vector", (), layers)
    return served(folder, encoder_graph(tiny_encoder.encoder(), [Head(form, *NOTHING)]), form).states("states", TEXTS)


def served(folder: Path, graph: bytes, form: HeadForm) -> TextEncoder:
    base = tiny_encoder.base(folder / "base")
    shutil.copyfile(base.tokenizer_file, folder / "tokenizer.json")
    (folder / "model.onnx").write_bytes(graph)
    write_forms(folder, (form,))
    return TextEncoder(folder)


def test_it_tells_what_the_states_know_and_is_served_as_it_was_learned(tmp_path: Path) -> None:
    known = states(tmp_path / "states", FORM.layers)
    wanted = np.array([[text.startswith("z")] * 2 for text in TEXTS], np.float32)
    recipe = HeadRecipe(width=16, epochs=40, batch=16)
    head = learned_head(FORM, known, wanted, recipe)
    write_head(tmp_path / "learned", head, "")
    assert read_forms(tmp_path / "learned") == (FORM,)
    told = served(tmp_path / "served", tuned_graph(tiny_encoder.encoder(), tmp_path / "learned"), FORM).labels(
        "letters", [[t] for t in TEXTS]
    )
    assert ((told > 0.5) == (wanted > 0.5)).mean() > 0.95
    again = learned_head(FORM, known, wanted, recipe)
    assert np.array_equal(head.weight, again.weight)


def test_layers_that_no_head_reads_are_left_out(tmp_path: Path) -> None:
    one, two = states(tmp_path / "one", (1,)), states(tmp_path / "two", (1, 2))
    assert one.shape[1] * 2 == two.shape[1]
    assert np.allclose(one, two[:, : one.shape[1]], atol=1e-4)
    sizes = [len((tmp_path / name / "model.onnx").read_bytes()) for name in ("one", "two")]
    assert sizes[0] < sizes[1]


@pytest.mark.parametrize("layer", [0, 3])
def test_a_layer_that_there_is_not_is_refused(layer: int) -> None:
    with pytest.raises(ValueError, match="of a model that has 2"):
        encoder_graph(tiny_encoder.encoder(), [Head(HeadForm("states", "vector", (), (layer,)), *NOTHING)])


def linear(weight: np.ndarray) -> Head:
    return Head(HeadForm("before", "score", ("score",), (1,)), weight[None].astype(np.float32), np.array([0.5], np.float32))


def shared(rows: int = 400, width: int = 12) -> tuple[list[Scored], np.ndarray]:
    """Two kinds of text, each right where the same two numbers of its states differ in sign: no linear head tells it."""
    states = np.random.default_rng(1).normal(size=(rows, width)).astype(np.float32)
    right = (states[:, 0] * states[:, 1] < 0).astype(np.float32)
    before = linear(np.eye(1, width)[0] * 0.1)
    forms = [HeadForm(name, "score", ("score",), (1,)) for name in ("first", "second")]
    half = rows // 2
    return [
        Scored(form, states[part], right[part], before) for form, part in zip(forms, (slice(half), slice(half, rows)), strict=True)
    ], states


SOON = HeadRecipe(width=24, epochs=150, batch=32, rate=1e-2, decay=0.01, dropout=0.0, inner_dropout=0.0, nets=1)


def test_heads_of_one_layer_tell_what_none_tells_alone_and_begin_from_those_of_before() -> None:
    parts, _ = shared()
    first, second = heads_of_one_layer(parts, SOON)
    assert first.inner is not None
    assert second.inner is not None
    assert np.array_equal(first.inner[0], second.inner[0])
    for part, head in zip(parts, (first, second), strict=True):
        assert np.mean((scores_of(head, part.states) > 0) == part.right) > 0.85


def test_heads_of_one_layer_go_on_from_such_heads() -> None:
    parts, states = shared()
    before = heads_of_one_layer(parts, SOON)
    again = heads_of_one_layer(
        [replace(part, before=head) for part, head in zip(parts, before, strict=True)], replace(SOON, epochs=5, rate=1e-4)
    )
    told, new = scores_of(before[0], states), scores_of(again[0], states)
    assert np.corrcoef(told, new)[0, 1] > 0.9
    assert before[0].inner is not None
    assert again[0].inner is not None
    assert len(again[0].inner[0]) == SOON.width + len(before[0].inner[0])  # those of before once, not once a head


def test_a_layer_that_does_not_fit_its_head_is_no_head() -> None:
    heads = heads_of_one_layer(shared()[0], replace(SOON, epochs=1))
    assert heads[0].inner is not None
    tensors = {"heads.inner.weight": heads[0].inner[0][1:], "heads.inner.bias": heads[0].inner[1][1:]}
    tensors |= {"heads.first.weight": heads[0].weight, "heads.first.bias": heads[0].bias}
    with pytest.raises(ValueError, match="the head first has"):
        stored_head(heads[0].form, tensors)


def test_a_shared_layer_is_stored_once_and_a_linear_head_beside_it_reads_the_states() -> None:
    parts, states = shared()
    heads = heads_of_one_layer(parts, replace(SOON, epochs=1))
    assert heads[0].inner is not None
    alone = linear(np.arange(12.0))
    tensors = {"heads.inner.weight": heads[0].inner[0], "heads.inner.bias": heads[0].inner[1]}
    tensors |= {
        f"heads.{head.form.name}.{name}": of for head in (*heads, alone) for name, of in (("weight", head.weight), ("bias", head.bias))
    }
    for head in (*heads, alone):
        found = stored_head(head.form, tensors)
        assert np.allclose(scores_of(found, states), scores_of(head, states))
    assert stored_head(alone.form, tensors).inner is None
