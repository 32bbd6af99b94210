"""The scorers of pairs that are shipped, of sentences and of lines of tables, and one of one's own in the place of either."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.base.made_readers import encoder_folder, tuned_folder

from finfoundry.ask.retrieve import figure_lines, pair_scoring
from finfoundry.base.evidence_scorer import FIGURES_USE, SCORER_USE, evidence_scorer, figure_scorer
from finfoundry.base.text_encoder import TextEncoder
from finfoundry.base.tuned_adapter import OFF, SHIPPED, AdapterOnDemand, AdapterUse, adapter_folder, read_manifest
from finfoundry.core.errors import ModelError
from finfoundry.core.model_files.heads import FORMS, read_forms
from finfoundry.core.model_files.tuned_file import WEIGHTS
from finfoundry.runtime.settings import Settings
from finfoundry.usecases.readers.reader_setup import install_scorer

LARGEST = 8_000_000  # bytes that a package may carry for one
USES = {
    "sentences": (SCORER_USE, pair_scoring.HEAD, "evidence-scorer"),
    "lines": (FIGURES_USE, figure_lines.HEAD, "figure-scorer"),
}


@pytest.mark.parametrize(("use", "head", "recipe"), USES.values(), ids=USES)
def test_a_shipped_scorer_is_the_file_that_its_manifest_names_and_is_small(use: AdapterUse, head: str, recipe: str) -> None:
    folder = adapter_folder(Settings(), use, SHIPPED)
    told = read_manifest(folder, use)
    assert (told["base"], told["recipe"]) == ("multilingual-e5-small", recipe)
    assert [(form.name, form.kind) for form in read_forms(folder)] == [(head, "score")]
    assert (folder / WEIGHTS).stat().st_size <= LARGEST


@pytest.mark.parametrize(("scorer", "setting"), [(evidence_scorer, "scorer"), (figure_scorer, "figure_scorer")], ids=USES)
def test_without_its_encoder_or_switched_off_there_is_none(
    scorer: Callable[[Settings], TextEncoder | None], setting: str, tmp_path: Path
) -> None:
    settings = Settings(home=tmp_path)
    assert scorer(settings.model_copy(update={setting: SHIPPED})) is None
    assert AdapterOnDemand(settings.model_copy(update={setting: OFF}), scorer)() is None


def test_one_of_ones_own_is_installed_and_serves_by_its_name(tmp_path: Path) -> None:
    encoder_folder(tmp_path / "models" / "multilingual-e5-small")
    told = install_scorer(Settings(home=tmp_path), tuned_folder(tmp_path / "run"), "desk")
    assert (told.variable, told.setting, told.base) == ("FINFOUNDRY_SCORER", "desk", "multilingual-e5-small")
    found = evidence_scorer(Settings(home=tmp_path, scorer="desk"))
    assert found is not None
    assert (tmp_path / "scorers" / "desk").is_dir()
    (tmp_path / "scorers" / "desk" / WEIGHTS).write_bytes(b"other")
    with pytest.raises(ModelError, match="is not the file"):
        evidence_scorer(Settings(home=tmp_path, scorer="desk"))


def test_what_learned_lines_is_installed_as_a_scorer_of_lines(tmp_path: Path) -> None:
    encoder_folder(tmp_path / "models" / "multilingual-e5-small")
    forms = tuned_folder(tmp_path / "run") / "adapter" / FORMS
    own = json.loads(forms.read_text("utf-8"))[0]["name"]
    forms.write_text(forms.read_text("utf-8").replace(own, figure_lines.HEAD), "utf-8")
    with pytest.raises(ModelError, match="does not fit"):  # its weights are of the other head
        install_scorer(Settings(home=tmp_path), tmp_path / "run", "lines")
    assert (tmp_path / "figure-scorers" / "lines").is_dir()
