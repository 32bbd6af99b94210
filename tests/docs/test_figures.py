"""The table of figures: short cells, a goal that is missed said so, two pages of one file, and commands that are there."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest
from typer.main import get_command

from docs import figures, goals
from finfoundry.cli.main import cli
from finfoundry.evals.suites import suite_names
from finfoundry.usecases.evaluation.evaluate import Evaluation  # noqa: F401  its import registers the suites that stand on more than core

ROOT = Path(__file__).parents[2]
ROWS = figures.figures()
SAID = {True: "yes", False: "no"}


def told(language: str) -> list[list[str]]:
    """The cells of the rows that a page holds, without heads."""
    page = next(page for page, of in figures.PAGES.items() if of == language)
    lines = [line for line in (ROOT / page).read_text("utf-8").splitlines() if line.startswith("| ")]
    cells = [[cell.strip() for cell in line[1:-1].split("|")] for line in lines]
    return [row for row in cells if row[0] != figures.COLUMNS[language][0]]


@pytest.mark.parametrize("language", figures.PAGES.values())
def test_no_cell_is_longer_than_sixty_characters(language: str) -> None:
    rows = told(language)
    assert len(rows) == len(ROWS)
    assert {len(row) for row in rows} == {len(figures.COLUMNS[language])}
    assert [cell for row in rows for cell in row if len(cell) > figures.WIDTH] == []


def test_a_row_says_whether_it_is_reached_as_its_goal_and_figure_say() -> None:
    computed = [(row, goals.reached(row.goal, row.measured)) for row in ROWS if row.goal]
    assert [row for row, met in computed if met is not None and row.reached != SAID[met]] == []
    assert sum(met is not None for _, met in computed) > 0.9 * len(computed)


def test_a_row_is_reached_or_not_where_it_has_a_goal_and_neither_where_it_has_none() -> None:
    assert [row for row in ROWS if row.goal and row.reached not in ("yes", "no")] == []
    assert [row for row in ROWS if not row.goal and row.reached] == []


def test_what_is_not_decided_by_numbers_is_reached_by_no_row() -> None:
    assert [row for row in ROWS if row.goal and goals.reached(row.goal, row.measured) is None and row.reached == "yes"] == []


@pytest.mark.parametrize(
    ("goal", "measured", "met"),
    [
        ("≥ 98", "98", True),
        ("≥ 98", "97.9", False),
        ("≤ 4 %", "4.1 %", False),
        ("< 15 min", "15 min", False),
        ("≥ 95 / ≤ 6 %", "97.1 / 12.4 %", False),
        ("≥ 95 / ≤ 6 %", "97.1 / 5 % (n 300)", True),
        ("≥ .997 / .985 / .99", ".998 / .98 / .997", False),  # a bound without a relation has that of the one before
        ("≥ 95 %", "307 of 307; 120 of 120", True),  # one goal for each of several figures
        ("≥ 95 %", "307 of 307; 90 of 120", False),
        ("0", "1 of 38", False),
        ("0; ≤ 1.2 times", "0 of 15,855; 1.05 times", True),
        ("10 of 10", "9 of 10", False),
        ("100 %; 0", "962 of 962; 0", True),
        ("≥ − 0.3 points", "− 6.2 points (n 50)", False),
        ("≥ + 4 points", "+ 10.1 points [2.1, 18.4]", True),
        ("≤ 1e-4", "7.2e-6", True),
        ("≥ .90; ≥ .86; all above", ".933; .834; two below", False),  # one missed is enough
        ("all pass", "all pass", True),
    ],
)
def test_numbers_of_one_form_are_compared(goal: str, measured: str, met: bool) -> None:
    assert goals.reached(goal, measured) is met


@pytest.mark.parametrize(
    ("goal", "measured"),
    [
        ("≤ 6 s", "5.6 ms"),  # another unit
        ("≥ 95 / ≤ 6 %", "97 %"),  # fewer figures than goals
        ("≤ 20 s", "5.6 s quoted, 22 s nothing found"),
        ("not worse", "+ 1.5 points"),
        ("≥ 95 %", "nearly all"),
        ("5 points outside the interval", "+ 0.4"),
    ],
)
def test_what_is_told_in_words_or_another_form_is_not_decided(goal: str, measured: str) -> None:
    assert goals.reached(goal, measured) is None


def test_a_figure_of_older_code_reaches_nothing() -> None:
    assert goals.reached("≥ 95 %", "100 % †") is False


@pytest.mark.parametrize(("page", "language"), figures.PAGES.items())
def test_a_page_is_what_the_generator_writes(page: str, language: str) -> None:
    text = (ROOT / page).read_text("utf-8")
    assert text == figures.page(language)
    counts = Counter(row.reached for row in ROWS)
    assert all(str(count) in text.split("\n## ", maxsplit=1)[0] for count in counts.values())
    assert len(text.split("\n## ", maxsplit=1)[0].splitlines()) <= 16


def test_both_languages_have_the_same_rows_and_values() -> None:
    words = dict(zip(figures.REACHED["zh"].values(), figures.REACHED["en"].values(), strict=True))
    assert [[*row[1:6], words[row[6]], row[7]] for row in told("zh")] == [row[1:] for row in told("en")]
    assert [row.what for row in ROWS if not re.search(r"[㐀-鿿]", row.what_zh) or row.what == row.what_zh] == []


def test_values_of_a_row_are_of_their_kind() -> None:
    assert {row.section for row in ROWS} == set(figures.SECTIONS)
    assert {row.seen for row in ROWS} == {"read", "blind", "made"}
    assert [row for row in ROWS if not re.fullmatch(r"\d{4}-\d{2}(-\d{2})?", row.date)] == []
    assert [row for row in ROWS if not re.fullmatch(r"([0-9a-f]{8})?", row.commit)] == []
    assert [what for what, count in Counter((row.section, row.what) for row in ROWS).items() if count > 1] == []


def test_a_command_names_what_is_there() -> None:
    commands = sorted({row.command for row in ROWS})
    paths = [(one, path) for one in commands for path in re.findall(r"(?<![\w/])(?:benchmarks|tests|docs)/[\w./-]+", one)]
    assert [(one, path) for one, path in paths if not path.endswith("/") and not (ROOT / path).exists()] == []
    ran = {one: figures.runs(one) for one in commands}
    assert [one for one, run in ran.items() if not ((ROOT / run).is_file() or is_a_target(run) or is_a_command(run))] == []


def is_a_target(ran: str) -> bool:
    return ran.startswith("make ") and f"\n{ran.removeprefix('make ')}:" in (ROOT / "Makefile").read_text("utf-8")


def is_a_command(ran: str) -> bool:
    """Whether its words lead to a command of the program; what else it is given must be suites or recipes."""
    first, *words = ran.split()
    command, context = get_command(cli), None
    while command is not None and hasattr(command, "get_command") and words:
        context = type(command).context_class(command, parent=context, info_name=command.name)
        command = command.get_command(context, words.pop(0))
    recipes = {path.stem for path in (ROOT / "src" / "finfoundry" / "train" / "recipes").glob("*.yaml")}
    return first == "finfoundry" and command is not None and set(words) <= {*suite_names(), *recipes}


@pytest.mark.parametrize("ran", ["finfoundry evaluate no-such-suite", "finfoundry nothing", "make nothing", "benchmarks/none.py"])
def test_a_command_that_is_not_there_is_noticed(ran: str) -> None:
    assert not ((ROOT / ran).is_file())
    assert not (is_a_target(ran))
    assert not (is_a_command(ran))


@pytest.mark.parametrize(
    ("command", "cell"),
    [
        ("make demo", "`make demo`"),
        ("python benchmarks/reader.py --limit 900 --home HOME --part blind --show 40 --json", "`benchmarks/reader.py`"),
        ("python benchmarks/light.py speed smollm2-135m-instruct light/shallow --pairs 6", "`benchmarks/light.py speed`"),
        ("python benchmarks/dialogues.py benchmarks/by_hand/desk.jsonl --home HOME --part blind", "`benchmarks/dialogues.py`"),
        ("pytest tests/server/test_clients.py tests/server/test_responses.py tests/x.py", "`tests/server/test_clients.py`"),
        ("finfoundry evaluate zh-generated --system rules --limit 300 --seed 11 --json", "`finfoundry evaluate zh-generated`"),
    ],
)
def test_a_long_command_is_shown_by_its_name(command: str, cell: str) -> None:
    assert figures.short(command) == cell
