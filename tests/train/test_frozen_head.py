"""A head over the states of an encoder that stays as it is: what it learns, and that it is served as it was learned."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
from tests.train import tiny_encoder

from finfoundry.base.text_encoder import TextEncoder
from finfoundry.core.model_files.encoder_file import encoder_graph
from finfoundry.core.model_files.heads import Head, HeadForm, read_forms, write_forms
from finfoundry.core.model_files.tuned_file import tuned_graph
from finfoundry.train.methods.frozen_head import HeadRecipe, learned_head, write_head

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
