from __future__ import annotations

import re
from pathlib import Path

import pytest

from finfoundry.base.catalogue import catalogue, chat_model, entry, installed, model_folder
from finfoundry.core.errors import ModelError, NotFound
from finfoundry.runtime.settings import Settings


def test_the_defaults_are_in_the_catalogue() -> None:
    settings = Settings()
    assert entry(settings.model).purpose == "chat"
    assert entry(settings.embedder).purpose == "embedding"
    assert set(entry(settings.model).languages) == {"zh", "en"}


@pytest.mark.parametrize("name", list(catalogue()))
def test_every_entry_can_be_pulled_or_says_what_it_lacks(name: str) -> None:
    model = catalogue()[name]
    assert model.files
    for file in model.files.values():
        assert file.huggingface or file.modelscope or file.index
        assert file.sha256 is None or re.fullmatch("[0-9a-f]{64}", file.sha256)
        assert file.sha256 is None or file.bytes  # a known digest comes with a known size
        for location in (file.huggingface, file.modelscope):
            assert location is None or location.count("/") == 2
    assert (model.dimensions is not None) == (model.purpose == "embedding")


def test_a_misspelt_name_is_answered_with_the_nearest() -> None:
    with pytest.raises(NotFound, match="qwen3-4b"):
        entry("qwen3-4")


def test_an_embedder_is_no_chat_model(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="not a chat model"):
        chat_model(Settings(home=tmp_path, model="multilingual-e5-small"))


def test_a_path_is_taken_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "own.gguf"
    with pytest.raises(ModelError, match=r"own\.gguf is not a file"):
        chat_model(Settings(home=tmp_path, model=str(file)))
    file.write_bytes(b"GGUF")
    assert chat_model(Settings(home=tmp_path, model=str(file))) == file


def test_what_is_not_pulled_names_the_command(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="finfoundry pull qwen3-8b"):
        model_folder(Settings(home=tmp_path), "qwen3-8b")
    assert installed(Settings(home=tmp_path)) == []
