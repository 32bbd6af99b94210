"""The tour, run as its page shows it: every command in order, in an empty home, without a model."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

from finfoundry.cli.main import cli
from finfoundry.demo.report import annual_report

TOUR = Path(__file__).parents[2] / "docs" / "tour.md"
BLOCK = re.compile(r"^```\n(.*?)^```", re.MULTILINE | re.DOTALL)


def lines() -> list[str]:
    return [line for block in BLOCK.findall(TOUR.read_text("utf-8")) for line in block.splitlines() if line.strip()]


class Terminal:
    """Runs lines as a reader would type them; ``ID`` is the document or audit record that was printed last."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._document = self._audit = ""

    def type(self, line: str) -> str:
        """What is printed. Raises AssertionError for a command that fails."""
        if line.startswith("python -m finfoundry.demo "):
            (self._folder / line.split()[-1]).write_bytes(annual_report().data)
            return ""
        if line.startswith("echo "):
            *_, said, sign, name = shlex.split(line)
            with (self._folder / name).open("a" if sign == ">>" else "w", encoding="utf-8") as file:
                print(said, file=file)
            return ""
        words = shlex.split(line, comments=True)
        assert words[0] == "finfoundry", line
        known = self._audit if words[1] == "audit" else self._document
        result = CliRunner().invoke(cli, [known if word == "ID" else word for word in words[1:]], env={"COLUMNS": "200"})
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        self._remember(result.output)
        return f"{result.exit_code} {result.output}"

    def _remember(self, output: str) -> None:
        if found := re.search(r"audit ([0-9a-f]{8}-[0-9a-f-]{27})", output):
            self._audit = found[1]
        if found := re.search(r"(?:added|referenced)\s+(\w+)", output):
            self._document = found[1]


def test_the_tour_runs_as_it_is_written(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FINFOUNDRY_HOME", str(home))
    monkeypatch.chdir(tmp_path)
    terminal = Terminal(tmp_path)
    printed = {line: terminal.type(line) for line in lines()}
    asked = {line: output for line, output in printed.items() if line.startswith("finfoundry ask")}
    assert len(asked) >= 4
    for line, output in asked.items():
        wanted = "not_permitted" if line.endswith("# not permitted") else "answered"
        assert wanted in output, (line, output)
    failed = {line: output for line, output in printed.items() if output and not output.startswith("0 ") and line not in asked}
    assert failed == {}
    assert "1 bound, 0 not" in printed["finfoundry verify note.txt --evidence report.pdf"]
    assert "the chain holds" in printed["finfoundry audit verify"]
    assert json.loads(CliRunner().invoke(cli, ["documents", "list", "--json"]).output)


def test_the_tasks_of_the_tour_are_those_that_are_done_in_a_browser() -> None:
    tasks = re.findall(r"^\| ([^|*`]+?) \| ", TOUR.read_text("utf-8").partition("## In the browser")[2].partition("## ")[0], re.MULTILINE)
    done = (Path(__file__).parents[1] / "server" / "test_tasks.py").read_text("utf-8")
    assert len(tasks) > 20
    assert [task for task in tasks if task != "task" and f'"{task}"' not in done] == []
