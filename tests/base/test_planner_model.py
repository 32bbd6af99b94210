"""The planner that the settings name: found with its base and its digests, or named with what is missing."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

import pytest

from finfoundry.base.planner_model import SHIPPED, planner_model
from finfoundry.core.errors import FinfoundryError
from finfoundry.runtime.settings import Settings


def home(folder: Path, base: str = "gemma-3-270m") -> Settings:
    """A home with a base and a planner that was made for ``base``."""
    weights, planner = folder / "models" / "gemma-3-270m", folder / "planners" / "own"
    for part in (weights, planner):
        part.mkdir(parents=True)
    (weights / "manifest.json").write_text("{}")
    (weights / "model.gguf").write_bytes(b"weights")
    (planner / "own.gguf").write_bytes(b"adapter")
    told = {"base": base, "sha256": hashlib.sha256(b"adapter").hexdigest()}
    (planner / "manifest.json").write_text(json.dumps(told))
    return Settings(home=folder, planner="gemma-3-270m+own")


def test_26_3_a_planner_runs_beside_the_chat_model(tmp_path: Path) -> None:
    settings = home(tmp_path)
    found = planner_model(settings)
    assert found.process == "planner"
    assert found.adapters == tmp_path / "planners" / "own"
    assert (str(found.adapters / "own.gguf"), hashlib.sha256(b"adapter").hexdigest()) in found.digests


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ("gemma-3-270m", r"BASE\+NAME"), ("nothing+own", r"BASE\+NAME"), ("gemma-3-270m+other", "no planner other"),
        ("qwen2.5-coder-1.5b-instruct+own", "finfoundry pull qwen2.5-coder-1.5b-instruct"),
    ],
)  # fmt: skip
def test_26_3_what_is_missing_is_named(tmp_path: Path, setting: str, said: str) -> None:
    with pytest.raises(FinfoundryError) as raised:
        planner_model(home(tmp_path).model_copy(update={"planner": setting}))
    assert re.search(said, f"{raised.value.message} {raised.value.remedy}")


def test_26_3_the_planner_that_is_shipped_is_whole(tmp_path: Path) -> None:
    """Of the base of the catalogue, with the bytes of its manifest, and small."""
    settings = home(tmp_path).model_copy(update={"planner": f"gemma-3-270m+{SHIPPED}"})
    (path, sha256), (_, base) = planner_model(settings).digests
    assert hashlib.sha256(Path(path).read_bytes()).hexdigest() == sha256
    manifest = json.loads((Path(path).parent / "manifest.json").read_text("utf-8"))
    assert manifest["base_sha256"] == base
    assert Path(path).stat().st_size == manifest["bytes"] <= 10 * 2**20


def test_26_3_a_planner_of_another_base_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FinfoundryError, match="was made for smollm2"):
        planner_model(home(tmp_path, base="smollm2-135m-instruct"))
