"""Which engines are asked to plan and to write: not a model of this home that is too small for it, unless the settings say so."""

from __future__ import annotations

from pathlib import Path

import pytest

from finfoundry.base.llama import DRAFTING_BYTES, drafts
from finfoundry.runtime.settings import Settings


def of_size(folder: Path, size: int) -> str:
    """A sparse file that takes no room."""
    with (file := folder / f"{size}.gguf").open("wb") as weights:
        weights.truncate(size)
    return str(file)


@pytest.mark.parametrize("name", ["qwen2.5-coder-1.5b-instruct", "smollm2-135m-instruct"])
def test_a_small_model_of_the_catalogue_drafts_nothing_before_it_is_pulled(home: Path, name: str) -> None:
    assert not drafts(Settings(home=home, model=name))


@pytest.mark.parametrize(("size", "wanted"), [(DRAFTING_BYTES - 1, False), (DRAFTING_BYTES, True)])
def test_weights_of_one_s_own_draft_by_their_size(home: Path, tmp_path: Path, size: int, wanted: bool) -> None:
    assert drafts(Settings(home=home, model=of_size(tmp_path, size))) is wanted


def test_a_model_whose_size_nobody_knows_drafts(home: Path) -> None:
    assert drafts(Settings(home=home, model="qwen3-8b"))


def test_an_engine_elsewhere_drafts_whatever_its_model_is_called(home: Path) -> None:
    assert drafts(Settings(home=home, model="qwen2.5-coder-1.5b-instruct", engine_url="http://127.0.0.1:9/v1"))


@pytest.mark.parametrize(("said", "model"), [("on", "smollm2-135m-instruct"), ("off", "qwen3-8b")])
def test_the_settings_have_the_last_word(home: Path, said: str, model: str) -> None:
    assert drafts(Settings.model_validate({"home": home, "model": model, "drafts": said})) is (said == "on")
