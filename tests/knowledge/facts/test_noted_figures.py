"""Figures with the mark of a note behind a space, and columns of percents of which one year prints no sign."""

from __future__ import annotations

import pytest

from finfoundry.core.document import Fact
from finfoundry.knowledge.facts.table.grid import Style, number_of
from finfoundry.knowledge.ingest.parse_file import parse

NOTES = "<p>1 Restated. 2 Until 2026.</p>"


def fees(cell: str, notes: str = NOTES) -> dict[str, tuple[str, str | None]]:
    """Value and unit by printed text, of a table of a fund with one cell in question."""
    rows = f"<tr><td>Gross</td><td>{cell}</td><td>1.41%</td></tr><tr><td>Waiver</td><td>(0.37%)</td><td>(0.39%)</td></tr>"
    head = "<h1>Quartz Income Fund</h1><p>Annual report 2024</p>"
    page = f"<html>{head}<table><tr><th></th><th>2024</th><th>2023</th></tr>{rows}</table>{notes}"
    facts: list[Fact] = parse(f"{page}</html>".encode(), "fund.html").facts
    return {fact.text: (format(fact.value.normalize(), "f"), fact.unit) for fact in facts}


@pytest.mark.parametrize("cell", ["1.37% 1", "1.37 1", "1.37<sup>1</sup>", "1.37% 2"])
def test_a_mark_of_a_note_below_is_no_part_of_its_figure(cell: str) -> None:
    assert ("0.0137", "ratio") in fees(cell).values()


@pytest.mark.parametrize("notes", ["", "<p>3 Restated.</p>", "<p>Restated in 1 of 2 years.</p>", "<p>2 Until 2026.</p>"])
def test_a_digit_that_marks_no_note_leaves_the_cell_unread(notes: str) -> None:
    assert set(fees("1.37% 1", notes)) == {"1.41%", "(0.37%)", "(0.39%)"}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1,100 2", "1100"),
        ("(0.37%) 2", "-0.37"),
        ("1 100 2", "1100"),
        ("12 1", None),
        ("0.67 3", None),
        ("1,100 12", None),
        ("Note 1", None),
    ],
)
def test_marks_are_cut_off_figures_alone(text: str, value: str | None) -> None:
    number = number_of(text, Style(marks=frozenset({"1", "2"})))
    assert (number and format(number.value, "f")) == value


def years(second: str, head: str = "2023") -> dict[str, tuple[str, str | None]]:
    rows = f"| Gross | 1.37% | {second} |\n| Waiver | (0.37%) | (0.37) |\n| Net | 1.00% | 1.04 |\n"
    facts = parse(f"# Quartz Income Fund\n\nAnnual report 2024\n\n| | 2024 | {head} |\n|---|---|---|\n{rows}".encode(), "fund.md").facts
    return {fact.text: (format(fact.value.normalize(), "f"), fact.unit) for fact in facts}


def test_a_year_without_the_sign_beside_one_with_it_is_of_percents() -> None:
    told = years("1.41")
    assert (told["1.41"], told["(0.37)"], told["1.04"]) == (("0.0141", "ratio"), ("-0.0037", "ratio"), ("0.0104", "ratio"))


@pytest.mark.parametrize(
    ("cell", "head", "unit"),
    [("$1.41", "2023", "USD"), ("1.4", "2023", None), ("1,410", "2023", None), ("1.41", "Balance at year end", None)],
)
def test_another_figure_beside_a_percent_is_none(cell: str, head: str, unit: str | None) -> None:
    assert years(cell, head)[cell][1] == unit
