"""Which files may become documents: plain ones that lie outside the home."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from finfoundry.core.errors import InputError
from finfoundry.knowledge.ingest.ingest_files import files_below
from finfoundry.knowledge.ingest.loading import load


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "postgres.json").write_text("a password")
    return tmp_path / "home"


def test_a_symbolic_link_in_a_folder_is_refused_and_its_target_named_nowhere(home: Path, tmp_path: Path) -> None:
    shared = tmp_path / "shared"
    shared.mkdir()
    (shared / "plain.md").write_text("plain")
    (shared / "minutes.md").symlink_to(home / "postgres.json")
    (shared / "folder").symlink_to(home)
    files = list(files_below([shared]))
    assert [file.name for file in files] == ["folder", "minutes.md", "plain.md"]
    assert load(files[2], 100, home) == b"plain"
    for file in files[:2]:
        with pytest.raises(InputError, match="is a symbolic link") as refused:
            load(file, 100, home)
        assert "postgres.json" not in str(refused.value)


def test_a_link_named_by_itself_is_refused_too(home: Path, tmp_path: Path) -> None:
    (tmp_path / "papers").mkdir()
    (tmp_path / "papers" / "a.md").write_text("plain")
    (tmp_path / "link").symlink_to(tmp_path / "papers")
    assert list(files_below([tmp_path / "link"])) == [tmp_path / "link"]
    with pytest.raises(InputError, match="symbolic link"):
        load(tmp_path / "link", 100, home)


def test_nothing_is_read_below_the_home_also_not_by_another_way_there(home: Path, tmp_path: Path) -> None:
    (tmp_path / "way").symlink_to(home)
    for path in (home / "postgres.json", tmp_path / "way" / "postgres.json"):
        with pytest.raises(InputError, match="lies in the home"):
            load(path, 100, home)


def test_what_is_no_plain_file_is_refused_without_waiting(home: Path, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path, why in ((tmp_path / "pipe", "a pipe"), (Path("/dev/zero"), "a device"), (tmp_path, "a folder"), (tmp_path / "no", "No such")):
        with pytest.raises(InputError, match=why):
            load(path, 100, home)


def test_a_file_over_the_bound_names_the_bound_and_the_setting(home: Path, tmp_path: Path) -> None:
    (tmp_path / "large.md").write_bytes(b"x" * 101)
    with pytest.raises(InputError, match=r"101 bytes, more than the 100 allowed.*FINFOUNDRY_MAX_FILE_BYTES"):
        load(tmp_path / "large.md", 100, home)
