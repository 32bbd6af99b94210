"""The scorer of pairs that is shipped, and one of one's own."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.base.made_readers import encoder_folder, tuned_folder

from finfoundry.ask.retrieve.pair_scoring import HEAD
from finfoundry.base.evidence_scorer import SCORER_USE, evidence_scorer
from finfoundry.base.tuned_adapter import OFF, SHIPPED, AdapterOnDemand, adapter_folder, read_manifest
from finfoundry.core.encoders.encoder_file import read_forms
from finfoundry.core.encoders.tuned_file import WEIGHTS
from finfoundry.core.errors import ModelError
from finfoundry.runtime.settings import Settings
from finfoundry.usecases.reader_setup import install_scorer

LARGEST = 8_000_000  # bytes that a package may carry for it


def test_the_shipped_scorer_is_the_file_that_its_manifest_names_and_is_small() -> None:
    folder = adapter_folder(Settings(), SCORER_USE, SHIPPED)
    told = read_manifest(folder, SCORER_USE)
    assert (told["base"], told["recipe"]) == ("multilingual-e5-small", "evidence-scorer")
    assert [(form.name, form.kind) for form in read_forms(folder)] == [(HEAD, "score")]
    assert (folder / WEIGHTS).stat().st_size <= LARGEST


def test_without_its_encoder_or_switched_off_there_is_none(tmp_path: Path) -> None:
    assert evidence_scorer(Settings(home=tmp_path)) is None
    assert AdapterOnDemand(Settings(home=tmp_path, scorer=OFF), evidence_scorer)() is None


def test_one_of_ones_own_is_installed_and_serves_by_its_name(tmp_path: Path) -> None:
    encoder_folder(tmp_path / "models" / "multilingual-e5-small")
    told = install_scorer(Settings(home=tmp_path), tuned_folder(tmp_path / "run"), "desk")
    assert (told.setting, told.base) == ("desk", "multilingual-e5-small")
    found = evidence_scorer(Settings(home=tmp_path, scorer="desk"))
    assert found is not None
    assert (tmp_path / "scorers" / "desk").is_dir()
    (tmp_path / "scorers" / "desk" / WEIGHTS).write_bytes(b"other")
    with pytest.raises(ModelError, match="is not the file"):
        evidence_scorer(Settings(home=tmp_path, scorer="desk"))
