"""The scorer of figures that is shipped, and one of one's own beside a scorer of sentences."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.base.made_readers import encoder_folder, tuned_folder

from finfoundry.ask.retrieve.figure_lines import HEAD
from finfoundry.base.evidence_scorer import FIGURES_USE, figure_scorer
from finfoundry.base.tuned_adapter import OFF, SHIPPED, adapter_folder, read_manifest
from finfoundry.core.encoders.encoder_file import FORMS, read_forms
from finfoundry.core.encoders.tuned_file import WEIGHTS
from finfoundry.core.errors import ModelError
from finfoundry.runtime.settings import Settings
from finfoundry.usecases.reader_setup import install_scorer

LARGEST = 8_000_000  # bytes that a package may carry for it


def test_the_shipped_scorer_is_the_file_that_its_manifest_names_and_is_small() -> None:
    folder = adapter_folder(Settings(), FIGURES_USE, SHIPPED)
    told = read_manifest(folder, FIGURES_USE)
    assert (told["base"], told["recipe"]) == ("multilingual-e5-small", "figure-scorer")
    assert [(form.name, form.kind) for form in read_forms(folder)] == [(HEAD, "score")]
    assert (folder / WEIGHTS).stat().st_size <= LARGEST


def test_without_its_encoder_or_switched_off_there_is_none(tmp_path: Path) -> None:
    assert figure_scorer(Settings(home=tmp_path, figure_scorer=SHIPPED)) is None
    assert figure_scorer(Settings(home=tmp_path, figure_scorer=OFF)) is None


def test_what_a_run_learned_is_installed_as_what_it_scores(tmp_path: Path) -> None:
    encoder_folder(tmp_path / "models" / "multilingual-e5-small")
    settings, run = Settings(home=tmp_path), tuned_folder(tmp_path / "run")
    assert install_scorer(settings, run, "desk").variable == "FINFOUNDRY_SCORER"
    forms = run / "adapter" / FORMS
    forms.write_text(forms.read_text("utf-8").replace(json.loads(forms.read_text("utf-8"))[0]["name"], HEAD), "utf-8")
    with pytest.raises(ModelError, match="does not fit"):  # its weights are of the other head
        install_scorer(settings, run, "lines")
    assert (tmp_path / "figure-scorers" / "lines").is_dir()
