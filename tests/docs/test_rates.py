"""README and the limits say how often the product is right, as the kept runs say; a page that says something else is noticed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from docs import rates

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("page", rates.PAGES)
def test_a_page_shows_the_table(page: str) -> None:
    text = (ROOT / page).read_text("utf-8")
    assert rates.table(page) in text


def test_shares_are_those_of_the_run() -> None:
    run = json.loads(rates.RUNS.read_text("utf-8"))["runs"][0]
    counts = run["groups"]["all"]
    shares = [f"{100 * counts[column] / sum(counts.values()):.0f}" for column in rates.COLUMNS]
    assert f"| {sum(counts.values())} | {' | '.join(shares)} |" in rates.table("README.md")
    assert run["commit"] in rates.table("docs/zh/limits.md")


def test_a_page_that_says_something_else_is_mended() -> None:
    stale = f"before\n{rates.BEGIN}\n| all | 100 % right |\n{rates.END}\nafter"
    assert "100 % right" not in rates.written(stale, "README.md")
    assert rates.written("a page without marks", "README.md") == "a page without marks"
