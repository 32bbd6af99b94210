"""Figures inside labels: their unit, scale and words, and the period that each is of."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from tests.knowledge.facts.papers import document, table

from finfoundry.core.document import Cell, Fact, Word
from finfoundry.core.fiscal import Period
from finfoundry.knowledge.facts.extract import extract
from finfoundry.knowledge.facts.table.inline_figures import assign, box_of, figures_inside
from finfoundry.knowledge.facts.table.scale import TableScale

MILLIONS = TableScale(Decimal(10**6), "USD")
NOW, BEFORE = Period(date(2024, 12, 31)), Period(date(2023, 12, 31))


def told(text: str) -> list[tuple[str, str]]:
    return [(format(one.value.normalize(), "f"), one.unit) for one in figures_inside(text, MILLIONS)]


@pytest.mark.parametrize(
    ("text", "figures"),
    [
        ("Common stock, $0.01 par value", [("0.01", "USD/share")]),
        ("Receivables, net of allowances of $14", [("14000000", "USD")]),
        ("Dividends ($1.96 per share)", [("1.96", "USD/share")]),
        ("Land use rights, 50 years", []),
        ("Notes due in 6 months", []),
        ("Paid within 30 days", []),
        ("Common shares: 12,345,678 shares issued", [("12345678", "shares")]),
        ("Common shares: 900 shares issued", [("900000000", "shares")]),
        ("Allowance of 5.5%", [("0.055", "ratio")]),
        ("Goodwill", []),
        ("Series 3 notes", []),
    ],
)
def test_figures_inside_a_label(text: str, figures: list[tuple[str, str]]) -> None:
    assert told(text) == figures


def test_the_words_of_a_figure_are_those_around_it_up_to_the_next_mark() -> None:
    found = figures_inside("Preferred stock: par value $0.01 per share; authorized 5,000,000 shares, none issued", MILLIONS)
    assert [one.words for one in found] == ["par value", "authorized"]


@pytest.mark.parametrize(
    ("behind", "days"),
    [
        (" at June 30, 2024", ["2024-06-30"]), (" authorized at June 30, 2024", ["2024-06-30"]),
        (" at June 30, 2024 and December 31, 2023", ["2024-06-30", "2023-12-31"]),
        (" at June 30, 2024, and December 31, 2023", ["2024-06-30", "2023-12-31"]),
        (" at June 30, 2024 or December 31, 2023", ["2024-06-30"]), (" in all, in the hands of others at June 30, 2024", []),
        (" in few hands June 30, 2024", ["2024-06-30"]), (" in other hands June 30, 2024", []), (" outstanding", []),
    ],
)  # fmt: skip
def test_a_date_is_a_figures_own_where_little_stands_between(behind: str, days: list[str]) -> None:
    (figure,) = figures_inside(f"Common shares: 10,000,000{behind}", MILLIONS)
    assert [day.iso for day in figure.dates] == days


@pytest.mark.parametrize(("right", "down", "it"), [
    (0.0, 0.0, True), (-50.5, 0.0, True), (50.5, 0.0, True), (0.0, -5.5, True), (0.0, 5.5, True),
    (-51.5, 0.0, False), (51.5, 0.0, False), (0.0, -6.5, False), (0.0, 6.5, False),
])  # fmt: skip
def test_a_figure_stands_where_its_word_lies_in_the_cell_or_a_point_beside(right: float, down: float, it: bool) -> None:
    cell = Cell(0, 0, "net of allowances of $14", box=(100.0, 100.0, 200.0, 110.0))
    (figure,) = figures_inside(cell.text, MILLIONS)
    box = (145.0 + right, 103.0 + down, 155.0 + right, 107.0 + down)
    words = [Word("allowances", (120.0, 103.0, 140.0, 107.0)), Word("$14", box)]
    assert box_of(figure, cell, words) == (box if it else cell.box)
    assert box_of(figure, Cell(0, 0, cell.text), words) is None


def test_alike_figures_are_of_the_periods_in_order() -> None:
    figures = figures_inside("Receivables, net of allowances of $14 and $16, respectively", MILLIONS)
    assert [(int(figure.value), period) for figure, period in assign(figures, [NOW, BEFORE], every=True)] == [
        (14_000_000, NOW),
        (16_000_000, BEFORE),
    ]


def test_one_figure_holds_for_all_columns_of_a_balance_sheet_and_else_for_the_first() -> None:
    figures = figures_inside("Receivables, net of allowances of $14", MILLIONS)
    assert [period for _, period in assign(figures, [NOW, BEFORE], every=True)] == [NOW, BEFORE]
    assert [period for _, period in assign(figures, [NOW, BEFORE], every=False)] == [NOW]
    assert assign(figures, [], every=True) == []


def test_a_year_or_a_date_beside_a_figure_is_its_own() -> None:
    by_year = figures_inside("Interest paid (2024, $318; 2023, $463)", MILLIONS)
    assert [(int(figure.value / 10**6), period) for figure, period in assign(by_year, [NOW, BEFORE], every=False)] == [
        (318, NOW),
        (463, BEFORE),
    ]
    behind = figures_inside("Common stock, 10,000,000 shares authorized at June 30, 2024 and December 31, 2023", MILLIONS)
    assert [period.iso for _, period in assign(behind, [NOW, BEFORE], every=False)] == ["2024-06-30", "2023-12-31"]


def rates(*rows: list[str], heading: str = "Notes, at weighted-average interest rate") -> list[Fact]:
    """The facts of percents that stand in the labels of a table of what is owed."""
    euro = [["Euro (1.8%)", "2024–2043", "9,095", "7,087"], ["Sterling (4.9%)", "2038", "954", "900"]]
    grid = table([["(in millions)", "Maturities", "2024", "2023"], [heading], *rows, ["Other currencies"], *euro], title="Long-term debt")
    return [fact for fact in extract(document([grid])) if fact.unit == "ratio"]


@pytest.mark.parametrize(("year", "heading"), [("2032", "Notes"), ("2024–2028", "Notes, at average rates"), ("到期 2032 年", "美元债券"),
                                               ("Notes due 2032", "Notes")])  # fmt: skip
def test_a_percent_beside_another_label_is_a_figure_of_its_row(year: str, heading: str) -> None:
    found = rates(["3.4%", year, "1,508", "1,529"], ["5.25%", year, "602", "603"], heading=heading)
    assert [(fact.text, format(fact.value.normalize(), "f")) for fact in found][:2] == [("3.4%", "0.034"), ("5.25%", "0.0525")]


@pytest.mark.parametrize(
    "labels",
    [["3.4%", "", "508"], ["3.4%", "8%", "508"], ["<3%", "2032", "508"], ["~3%", "2032", "508"], ["$ 5", "2032", "508"]],
    ids=["alone", "beside a figure", "a bound", "about", "money"],
)
def test_a_percent_that_names_its_row_alone_and_a_bound_are_no_figures(labels: list[str]) -> None:
    found = [fact.text for fact in rates([*labels, "529"])]
    assert [text for text in found if text != "8%"] == ["(1.8%)", "(4.9%)"]  # 8% stands in a column of its own
