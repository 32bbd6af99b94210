"""The reader that the settings name: put together once, whole; none where there is none; named with what is wrong."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from tests.base.made_readers import encoder_folder, installed, tuned_folder

from finfoundry.base.question_reader import question_reader
from finfoundry.core.errors import ModelError
from finfoundry.core.model_files.tuned_file import read_safetensors, tuned_graph
from finfoundry.runtime.settings import Settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    encoder_folder(tmp_path / "models" / "multilingual-e5-small")
    installed(tuned_folder(tmp_path / "run"), tmp_path, "own")
    return Settings(home=tmp_path, reader="own")


def test_a_reader_is_put_together_once(settings: Settings) -> None:
    first = question_reader(settings)
    assert first is not None
    told = first.labels("question-marks", [["card"]])
    assert told.shape == (1, 2)
    written = (first.folder / "model.onnx").stat().st_mtime_ns
    again = question_reader(settings)
    assert again is not None
    assert (again.labels("question-marks", [["card"]]) == told).all()
    assert (first.folder / "model.onnx").stat().st_mtime_ns == written
    assert sorted(path.name for path in (settings.home / "readers").iterdir() if path.is_dir()) == sorted([first.folder.name, "own"])


def test_there_is_none_where_it_is_off_or_its_encoder_was_not_pulled(tmp_path: Path) -> None:
    assert question_reader(Settings(home=tmp_path, reader="off")) is None
    assert question_reader(Settings(home=tmp_path)) is None


def test_what_is_wrong_is_named(settings: Settings) -> None:
    with pytest.raises(ModelError, match="holds no reader of questions"):
        question_reader(settings.model_copy(update={"reader": "other"}))
    own = settings.home / "readers" / "own"
    weights = (own / "adapter_model.safetensors").read_bytes()
    (own / "adapter_model.safetensors").write_bytes(weights + b"x")
    with pytest.raises(ModelError, match="is not the file that its manifest names"):
        question_reader(settings)
    (own / "adapter_model.safetensors").write_bytes(weights)
    shutil.rmtree(settings.home / "models")
    with pytest.raises(ModelError, match="finfoundry pull multilingual-e5-small"):
        question_reader(settings)


def test_a_reader_of_another_base_is_refused(tmp_path: Path) -> None:
    encoder_folder(tmp_path / "models" / "multilingual-e5-small")
    installed(tuned_folder(tmp_path / "run", base_sha256="0" * 64), tmp_path, "own")
    with pytest.raises(ModelError, match="over another multilingual-e5-small"):
        question_reader(Settings(home=tmp_path, reader="own"))
    assert [path.name for path in (tmp_path / "readers").iterdir() if path.is_dir()] == ["own"]


@pytest.mark.parametrize("data", [b"", b"\x00" * 8, b"\xff" * 20, b"\x02\x00\x00\x00\x00\x00\x00\x00[]"])
def test_what_is_no_safetensors_file_is_told(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"safetensors|JSON|no"):
        read_safetensors(data)


def test_an_adapter_that_lacks_a_head_is_told(tmp_path: Path) -> None:
    from tests.train.tiny_encoder import encoder

    tuned = tuned_folder(tmp_path / "run")
    (tuned / "adapter" / "heads.json").write_text('[{"name": "other", "kind": "one", "labels": ["a"]}]')
    with pytest.raises(ValueError, match="holds no heads"):
        tuned_graph(encoder(), tuned / "adapter")
