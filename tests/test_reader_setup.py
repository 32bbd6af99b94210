"""``finfoundry reader data`` and ``install``: what they print against its schema, what they write, what they refuse."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from tests.base.made_readers import encoder_folder, tuned_folder
from tests.command_line import run_json

from finfoundry.base.question_reader import question_reader
from finfoundry.core.errors import FinfoundryError, InputError, ModelError
from finfoundry.machine import read_settings


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home that holds the encoder which the reader is learned over."""
    monkeypatch.setenv("FINFOUNDRY_HOME", str(tmp_path / "home"))
    encoder_folder(tmp_path / "home" / "models" / "multilingual-e5-small")
    return tmp_path / "home"


def test_data_for_a_reader(tmp_path: Path) -> None:
    told = run_json("reader", "data", "--out", str(tmp_path / "data"), "--each", "1")
    assert told["learned"] == told["learned_wordings"] > 1000
    assert told["left_out"] < 0.06 * told["learned_wordings"]
    assert len((tmp_path / "data" / "question-forms-unseen.jsonl").read_text("utf-8").splitlines()) == told["unseen"]


def test_a_tuned_reader_is_put_into_the_home(tmp_path: Path) -> None:
    tuned = tuned_folder(tmp_path / "run")
    told = run_json("reader", "install", str(tuned), "--name", "own")
    assert (told["setting"], told["base"]) == ("own", "multilingual-e5-small")
    reader = question_reader(read_settings().model_copy(update={"reader": "own"}))
    assert reader is not None
    assert reader.labels_of("question-marks") == ("open", "yes_no")
    with pytest.raises(InputError, match="cannot be called"):
        run_json("reader", "install", str(tuned), "--name", "../own")
    with pytest.raises(InputError, match="cannot be called"):
        run_json("reader", "install", str(tuned), "--name", "off")


def test_what_is_no_tuned_reader_is_not_installed(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="holds no tuned encoder"):
        run_json("reader", "install", str(tmp_path / "nothing"))
    tuned = tuned_folder(tmp_path / "run")
    manifest = json.loads((tuned / "manifest.json").read_text("utf-8"))
    (tuned / "manifest.json").write_text(json.dumps({**manifest, "base": "no-such-encoder"}), "utf-8")
    with pytest.raises(FinfoundryError):
        run_json("reader", "install", str(tuned))
    shutil.rmtree(tuned / "adapter")
    with pytest.raises(ModelError):
        run_json("reader", "install", str(tuned))
