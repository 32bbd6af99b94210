"""The command of the sealed rows: what it passes on, how it ends, and what it says where something lacks."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

import sealed

TOLD = "import sys; print(sys.argv[1:]); raise SystemExit(3)"


@pytest.fixture
def blind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a script of another, which says what it was given; an environment whose Python has a command beside it."""
    (tmp_path / "papers.py").write_text(TOLD, "utf-8")
    monkeypatch.setenv("FINFOUNDRY_HOME", str(tmp_path))
    monkeypatch.setenv("FINFOUNDRY_BLIND", str(tmp_path))
    return tmp_path


def test_options_are_passed_and_the_exit_status_is_the_scripts(blind: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert blind
    assert sealed.main(["questions", "--limit", "60", "--seed", "3", "--lang", "zh"]) == 3
    command = str(Path(sys.executable).with_name("finfoundry"))
    assert capfd.readouterr().out.strip() == str(["questions", command, "--lang", "zh", "--limit", "60", "--seed", "3"])


@pytest.mark.parametrize(
    ("unset", "what", "told"),
    [
        ("FINFOUNDRY_BLIND", "sentences", "--blind FOLDER, or FINFOUNDRY_BLIND"),
        ("FINFOUNDRY_HOME", "sentences", "set FINFOUNDRY_HOME"),
        ("", "wording", "has no wording.py"),
    ],
)
def test_what_lacks_is_said(
    unset: str, what: str, told: str, blind: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert blind
    if unset:
        monkeypatch.delenv(unset)
    with pytest.raises(SystemExit) as ended:
        sealed.main([what])
    assert ended.value.code == 2
    assert told in capsys.readouterr().err


def test_a_folder_that_is_not_there(blind: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        sealed.main(["wording", "--blind", str(blind / "gone")])
    assert "there is no folder" in capsys.readouterr().err
