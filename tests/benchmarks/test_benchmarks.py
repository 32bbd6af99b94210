"""What may be measured: few scripts, each named where a reader looks, each with its usage, each saying what it needs."""

from __future__ import annotations

import ast
import re
import runpy
import sys
from pathlib import Path

import pytest

from docs import figures
from finfoundry.core.errors import NotFound
from measures import carried_out, measures, run

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "benchmarks"
FAMILIES = ("light", "releases", "service", "specialists", "training")
SCRIPTS = sorted(path.name for path in FOLDER.glob("*.py"))
COMMANDS = [name for name in SCRIPTS if "__main__" in (FOLDER / name).read_text("utf-8")]
MEASURES = [(family, measure) for family in FAMILIES for measure in measures(family)]
MOST = 60


def told() -> str:
    """The pages on which a reader looks for a command, and the commands of the rows of figures."""
    pages = [*ROOT.glob("*.md"), ROOT / "Makefile", *(ROOT / "docs").glob("*.md"), *(ROOT / "docs" / "decisions").glob("*.md")]
    return "\n".join(
        [*(page.read_text("utf-8") for page in pages if page.name != "CHANGELOG.md"), *(row.command for row in figures.figures())]
    )


def docstring(path: Path) -> str:
    return ast.get_docstring(ast.parse(path.read_text("utf-8"))) or ""


def test_there_are_few_scripts() -> None:
    assert len(SCRIPTS) <= MOST


def test_each_is_named_by_a_figure_or_a_page() -> None:
    text = told()
    assert [name for name in COMMANDS if f"benchmarks/{name}" not in text] == []


def test_each_measure_of_a_family_is_named_by_a_figure_or_a_page() -> None:
    text = told()
    assert [(family, one) for family, one in MEASURES if not re.search(rf"benchmarks/{family}\.py {one}(?![\w-])", text)] == []


def test_each_measure_that_is_named_is_there() -> None:
    named = re.findall(rf"benchmarks/({'|'.join(FAMILIES)})\.py ([a-z][a-z-]*)", told())
    assert len(named) > len(MEASURES)
    assert set(named) - set(MEASURES) == set()


def test_each_says_what_it_measures_and_how_it_is_run() -> None:
    assert [name for name in COMMANDS if f"python benchmarks/{name}" not in docstring(FOLDER / name)] == []
    paths = {(family, one): FOLDER / "measures" / family / f"{one.replace('-', '_')}.py" for family, one in MEASURES}
    assert [key for key, path in paths.items() if f"python benchmarks/{key[0]}.py {key[1]}" not in docstring(path)] == []


@pytest.mark.filterwarnings("default")  # of the libraries that they load
@pytest.mark.parametrize("name", COMMANDS)
def test_each_shows_its_help_without_data(name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("FINFOUNDRY_DATA", "nowhere")
    monkeypatch.setattr(sys, "argv", [str(FOLDER / name), "--help"])
    with pytest.raises(SystemExit) as ended:
        runpy.run_path(str(FOLDER / name), run_name="__main__")
    assert ended.value.code in (0, None)
    assert len(capsys.readouterr().out) > 100


@pytest.mark.parametrize("family", FAMILIES)
def test_a_family_tells_its_measures_and_which_is_not_there(
    family: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", [f"{family}.py", "nothing"])
    with pytest.raises(SystemExit) as ended:
        run(family, "What is measured.")
    assert ended.value.code == 2
    assert set(measures(family)) <= set(capsys.readouterr().err.split())


def nothing_there() -> None:
    (FOLDER / "no-such-file").read_bytes()


def not_pulled() -> None:
    raise NotFound("The model is not there", remedy="Run `finfoundry pull`")


def not_installed() -> None:
    raise ModuleNotFoundError("No module named 'trl'")


@pytest.mark.parametrize(
    ("main", "said"), [(nothing_there, "FINFOUNDRY_DATA"), (not_pulled, "finfoundry pull"), (not_installed, "Install")]
)
def test_what_one_needs_and_does_not_find_is_said(main: object, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert callable(main)
    with pytest.raises(SystemExit) as ended:
        carried_out(main)
    assert ended.value.code == 2
    assert said in capsys.readouterr().err


def test_another_fault_is_no_lack() -> None:
    with pytest.raises(ZeroDivisionError):
        carried_out(lambda: print(1 / 0))
