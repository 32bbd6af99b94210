"""What the pages say of suites: one row of figures each, in one place, each read, blind or made; and parts of the agent that are there."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

from finfoundry.evals.suites import suite_names
from finfoundry.usecases.evaluation.evaluate import Evaluation  # noqa: F401  its import registers the suites that stand on more than core

ROOT = Path(__file__).parents[2]
PAGES = [*ROOT.glob("README*.md"), *(ROOT / "docs").rglob("*.md")]
SHOWN = re.compile(r"`(?:finfoundry|…)(?: evaluate)? (?P<rest>[^`]+)`")
MEASURED = re.compile(r"\d\s?%|EM \d|\.\d{3}\b")


def rows(page: Path) -> list[list[str]]:
    """The cells of the lines of its tables."""
    lines = page.read_text(encoding="utf-8").splitlines()
    return [[cell.strip() for cell in line.strip()[1:-1].split("|")] for line in lines if line.startswith("|") and "---" not in line]


def commands(cells: list[str]) -> list[str]:
    """Each suite that a row's command evaluates, with the options that make it another figure."""
    found = []
    for cell in cells:
        for match in SHOWN.finditer(cell):
            names = [word for word in match["rest"].split() if word in suite_names()]
            options = " ".join(re.findall(r"--system \S+", match["rest"]))
            found += [f"{name} {options}".strip() for name in names]
    return found


def test_b7_each_suite_has_its_figures_in_one_row_of_one_page() -> None:
    told = [(command, page.name) for page in PAGES for cells in rows(page) if MEASURED.search(cells[-1]) for command in commands(cells)]
    assert len(told) > 15
    assert {page for _, page in told} == {"figures.md"}
    assert [command for command, count in Counter(command for command, _ in told).items() if count > 1] == []


def test_b2_each_figure_of_a_set_is_named_read_blind_or_made() -> None:
    tables = (ROOT / "docs" / "figures.md").read_text(encoding="utf-8").split("## Running")[0]
    lines = [line for line in tables.splitlines() if line.startswith("|") and "---" not in line]
    heads = [line for line in lines if line.startswith("| what |")]
    assert len(heads) == 2
    cells = [[cell.strip() for cell in line[1:-1].split("|")] for line in lines if line not in heads]
    assert all(len(one) == 5 for one in cells), [one for one in cells if len(one) != 5]
    assert {one[3] for one in cells} == {"read", "blind", "made"}
    assert [one[3] for one in cells if "zh-generated-blind" in one[2]] == ["blind"]


def test_b7_the_table_of_suites_holds_no_results() -> None:
    page = (ROOT / "docs" / "evaluation.md").read_text(encoding="utf-8")
    table = [line for line in page.split("## Suites")[1].split("## Systems")[0].splitlines() if line.startswith("|")][2:]
    assert len(table) > 10
    assert all(line.count("|") == 4 for line in table)
    assert not [line for line in table if re.search(r"\d\s?%", line)]
