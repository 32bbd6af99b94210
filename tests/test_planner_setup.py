"""``finfoundry planner data`` and ``install``: what they print against its schema, what they write, what they refuse."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
from tests.command_line import run_json

from finfoundry.base.planner_model import planner_model
from finfoundry.core.errors import FinfoundryError, InputError, IntegrityError
from finfoundry.runtime.settings import Settings


@pytest.fixture
def tuned(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a tuned planner, as its manifest describes it; the home is another."""
    monkeypatch.setenv("FINFOUNDRY_HOME", str(tmp_path / "home"))
    folder = tmp_path / "model"
    folder.mkdir()
    (folder / "adapter.gguf").write_bytes(b"adapter")
    form = {"path": "adapter.gguf", "sha256": hashlib.sha256(b"adapter").hexdigest(), "bytes": 7}
    manifest = {"name": "planner-cpu", "base": "gemma-3-270m", "base_sha256": "0" * 64, "recipe": {}, "forms": {"lora": form}}
    (folder / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    return folder


def test_26_3_data_for_a_planner(tmp_path: Path) -> None:
    told = run_json("planner", "data", "--out", str(tmp_path / "data"), "--each", "1")
    assert told["learned"] == told["learned_wordings"] > 500
    assert len((tmp_path / "data" / "planner-unseen.jsonl").read_text("utf-8").splitlines()) == told["unseen"]


def test_26_3_a_tuned_planner_is_put_into_the_home(tuned: Path, tmp_path: Path) -> None:
    told = run_json("planner", "install", str(tuned), "--name", "own")
    assert told["setting"] == "gemma-3-270m+own"
    base = tmp_path / "home" / "models" / "gemma-3-270m"
    base.mkdir(parents=True)
    (base / "manifest.json").write_text("{}")
    found = planner_model(Settings(home=tmp_path / "home", planner=told["setting"]))
    assert (found.adapters / "own.gguf").read_bytes() == b"adapter"
    with pytest.raises(InputError, match="cannot be called"):
        run_json("planner", "install", str(tuned), "--name", "../own")


def test_26_3_an_adapter_that_was_altered_is_not_installed(tuned: Path, tmp_path: Path) -> None:
    (tuned / "adapter.gguf").write_bytes(b"another")
    with pytest.raises(IntegrityError):
        run_json("planner", "install", str(tuned))
    with pytest.raises(FinfoundryError):
        run_json("planner", "install", str(tmp_path / "nothing"))
