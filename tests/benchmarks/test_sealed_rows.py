"""The command of the sealed rows: what it passes on, how it ends, and what it says where something lacks."""

from __future__ import annotations

import json
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


PRINTED = """en            n   40  right 30.0 % [18, 45]         late or failed 52 %  wrong 10 %  no_evidence 8 %
all           n  119  right 31.1 % [23, 40]         late or failed 53 %  no_evidence 8 %  wrong 8 %
some line of progress
metric        n    2  right 100.0 % [34, 100]
"""


def test_what_is_printed_is_counted() -> None:
    found = sealed.counted(PRINTED)
    assert list(found) == ["en", "all", "metric"]
    assert found["all"] == {"right": 37, "wrong": 10, "no answer": 9, "late": 63}
    assert all(sum(counts.values()) == n for counts, n in zip(found.values(), (40, 119, 2), strict=True))


def test_a_run_is_kept_in_the_place_of_the_one_before(tmp_path: Path) -> None:
    file = tmp_path / "rates.json"
    for name, right in (("delivered", 1), ("none", 2), ("delivered", 3)):
        sealed.keep(file, name, {"all": {"right": right}}, "python benchmarks/sealed.py questions")
    kept = json.loads(file.read_text("utf-8"))["runs"]
    assert [(run["name"], run["groups"]["all"]["right"]) for run in kept] == [("delivered", 3), ("none", 2)]
