"""What the pages say of suites: one row of figures each, in one place, each read, blind or made; and parts of the agent that are there."""

from __future__ import annotations

import re
from collections import Counter
from itertools import dropwhile, takewhile
from pathlib import Path

from docs import figures
from finfoundry.evals.suites import suite_names
from finfoundry.usecases.evaluation.evaluate import Evaluation  # noqa: F401  its import registers the suites that stand on more than core

ROOT = Path(__file__).parents[2]
FIGURES = {ROOT / page for page in figures.PAGES}
LAB = ROOT / "docs" / "lab"  # written once and not kept up to date
PAGES = [page for page in (*ROOT.glob("README*.md"), *(ROOT / "docs").rglob("*.md")) if page not in FIGURES and page.parent != LAB]
SHOWN = re.compile(r"`(?:finfoundry|…)(?: evaluate)? (?P<rest>[^`]+)`")
MEASURED = re.compile(r"\d\s?%|EM \d|\.\d{3}\b")


def rows(page: Path) -> list[list[str]]:
    """The cells of the lines of its tables."""
    lines = page.read_text(encoding="utf-8").splitlines()
    return [[cell.strip() for cell in line.strip()[1:-1].split("|")] for line in lines if line.startswith("|") and "---" not in line]


def suites(command: str) -> list[str]:
    """Each suite that a command evaluates, with the options that make it another figure."""
    names = [word for word in command.split() if word in suite_names()]
    options = " ".join(re.findall(r"--system \S+", command))
    return [f"{name} {options}".strip() for name in names]


def test_each_suite_has_its_figures_in_one_row_of_one_page() -> None:
    # The part of a suite that is held out is a figure of its own.
    kept = [
        (suite, row.seen) for row in figures.figures() if row.command.startswith("finfoundry evaluate") for suite in suites(row.command)
    ]
    assert len(kept) > 15
    assert [suite for suite, count in Counter(kept).items() if count > 1] == []


def test_no_other_page_tells_what_a_suite_measured() -> None:
    shown = [(page.name, cells) for page in PAGES for cells in rows(page) if MEASURED.search(cells[-1])]
    assert [(page, cells) for page, cells in shown if any(suites(match["rest"]) for cell in cells for match in SHOWN.finditer(cell))] == []


def test_the_blind_family_of_questions_is_named_blind() -> None:
    assert [row.seen for row in figures.figures() if "zh-generated-blind" in row.command] == ["blind"]


def test_the_table_of_suites_holds_no_results() -> None:
    page = (ROOT / "docs" / "evaluation.md").read_text(encoding="utf-8")
    behind = dropwhile(lambda line: not line.startswith("|"), page.split("## Suites")[1].splitlines())
    table = list(takewhile(lambda line: line.startswith("|"), behind))[2:]
    assert len(table) > 10
    assert all(line.count("|") == 4 for line in table)
    assert not [line for line in table if re.search(r"\d\s?%", line)]
