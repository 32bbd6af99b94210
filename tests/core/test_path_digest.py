"""The digest of a folder stands for its files and for nothing else."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from finfoundry.core.errors import ModelError
from finfoundry.runtime.path_digest import path_digest


def folder(path: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_text(text, "utf-8")
    return path


def test_a_folder_is_its_names_and_its_files(tmp_path: Path) -> None:
    one = path_digest(folder(tmp_path / "one", {"a": "1", "in/b": "2"}))
    assert one == path_digest(folder(tmp_path / "same", {"in/b": "2", "a": "1"}))
    for place, other in enumerate(({"a": "1", "in/b": "3"}, {"a": "1", "b": "2"}, {"a": "2", "in/b": "1"}, {"a": "1"})):
        assert one != path_digest(folder(tmp_path / str(place), other))


def test_two_files_are_not_one_whose_name_holds_the_line_of_the_other(tmp_path: Path) -> None:
    two = folder(tmp_path / "two", {"a": "1", "b": "2"})
    forged = folder(tmp_path / "forged", {f"a {path_digest(two / 'a')}\nb": "2"})
    with pytest.raises(ModelError, match="control characters"):
        path_digest(forged)


@pytest.mark.parametrize("target", ["a", "in", "nothing"])
def test_a_folder_with_a_link_has_no_digest(tmp_path: Path, target: str) -> None:
    made = folder(tmp_path / "made", {"a": "1", "in/b": "2"})
    (made / "link").symlink_to(made / target)
    with pytest.raises(ModelError, match="is a link"):
        path_digest(made)


def test_a_folder_with_a_pipe_has_no_digest(tmp_path: Path) -> None:
    made = folder(tmp_path / "made", {"a": "1"})
    os.mkfifo(made / "pipe")
    with pytest.raises(ModelError, match="no plain file"):
        path_digest(made)
