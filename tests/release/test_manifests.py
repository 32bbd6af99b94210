"""A folder of a tuned model may come from anybody: what its manifest says becomes names of files, so it is looked at first."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from finfoundry.core.errors import ModelError
from finfoundry.release.candidate import tuned
from finfoundry.train.export.manifest import read_manifest

WEIGHTS = b"weights"


def folder_of(folder: Path, **changes: Any) -> Path:
    record = {"path": "model.gguf", "sha256": hashlib.sha256(WEIGHTS).hexdigest(), "bytes": len(WEIGHTS)}
    record |= changes.pop("form", {})
    told = {"name": "tuned", "base": "base", "base_sha256": "00", "forms": {"q8_0": record, "lora": record}, **changes}
    folder.mkdir(exist_ok=True)
    (folder / "model.gguf").write_bytes(WEIGHTS)
    (folder / "manifest.json").write_text(json.dumps(told))
    return folder


def test_an_honest_folder_is_a_candidate(tmp_path: Path) -> None:
    assert tuned(folder_of(tmp_path / "a"), "q8_0").slot == "model"
    assert tuned(folder_of(tmp_path / "a"), "lora").slot == "tuned"


@pytest.mark.parametrize("name", ["../../../evil", "model", "a/b", ".hidden", "", "x" * 200, "A", "a\nb", 5, None, {}])
def test_a_name_that_would_lie_elsewhere_is_refused(tmp_path: Path, name: Any) -> None:
    with pytest.raises(ModelError, match="holds no tuned model"):
        tuned(folder_of(tmp_path / "a", name=name), "lora")


@pytest.mark.parametrize("name", ["../../../evil", "a/b", ".hidden", "", 5])
def test_nor_can_it_be_installed(tmp_path: Path, name: Any) -> None:
    with pytest.raises(ModelError, match="holds no tuned model"):
        read_manifest(folder_of(tmp_path / "a", name=name))


@pytest.mark.parametrize("path", ["../secret", "/etc/hostname", "link.gguf"])
def test_weights_lie_in_their_folder(tmp_path: Path, path: str) -> None:
    """Else a release would copy any file of the machine into the home, where the engine reads it."""
    (tmp_path / "secret").write_bytes(WEIGHTS)
    folder = folder_of(tmp_path / "a", form={"path": path})
    (folder / "link.gguf").symlink_to(tmp_path / "secret")
    with pytest.raises(ModelError, match="lies outside"):
        tuned(folder, "q8_0")


@pytest.mark.parametrize(
    "told", ["[]", "5", "null", '{"forms": []}', "[" * 100_000, '{"name": "a", "base": 1, "base_sha256": "", "forms": {}}']
)
def test_what_is_no_manifest_is_told(tmp_path: Path, told: str) -> None:
    (tmp_path / "manifest.json").write_text(told)
    for read in (lambda: tuned(tmp_path, "q8_0"), lambda: read_manifest(tmp_path)):
        with pytest.raises(ModelError, match="holds no tuned model"):
            read()
