"""Columns of changes without a sign: percents or amounts, by what the rows come to."""

from __future__ import annotations

import pytest
from tests.knowledge.facts.papers import document, found, table

from finfoundry.core.document import Fact
from finfoundry.knowledge.facts import extract


def changes(*rows: list[str]) -> list[Fact]:
    return extract(
        document([table([["", "2024", "2023", "Change"], *rows], title="Consolidated Statements of Operations", note="(in millions)")])
    )


@pytest.mark.parametrize(
    ("rows", "unit"),
    [
        ([["Revenue", "220", "200", "10.0"], ["Net income", "36", "30", "20.0"]], "ratio"),
        ([["Revenue", "220", "200", "20"], ["Net income", "36", "30", "6"]], "USD"),
        ([["Revenue", "220", "200", "10.0"], ["Net income", "90", "77", "13"]], "USD"),  # one of each: no proof
        ([["Revenue", "220", "200", "10.0"]], "USD"),  # a single row proves nothing
        ([["Revenue", "150", "100", "50"], ["Net income", "180", "100", "80"]], "USD"),  # both ways: no proof
    ],
)
def test_a_change_is_a_percent_where_two_rows_prove_it(rows: list[list[str]], unit: str) -> None:
    change = found(changes(*rows), "Revenue")[2]
    assert (change.unit or "USD") == unit


def test_changes_under_a_heading_that_repeats_are_each_of_the_time_left_of_them() -> None:
    change = "Change 2023 vs. 2022"
    over = ["", "Three months ended September 30,", "", change, change, "Nine months ended September 30,", "", change, change]
    years = ["", "2023", "2022", "", "", "2023", "2022", "", ""]
    rows = [["Marketing", "90", "100", "$ (10)", "(10)%", "285", "300", "$ (15)", "(5)%"]]
    grid = table([over, years, *rows], title="Expenses", note="(in millions)")
    told = {(one.period, one.unit): str(one.value) for one in extract(document([grid])) if one.dimensions}
    assert told["2023-07-01/2023-09-30", "ratio"] == "-0.10"
    assert told["2023-01-01/2023-09-30", "ratio"] == "-0.05"


@pytest.mark.parametrize("heading", ["V%", "%", "+/-"])
@pytest.mark.parametrize("first", [["6,127", "5,200", "18%"], ["$ 61", "$ 52", "17%"], ["(612)", "520", "18%"]])
def test_a_percent_beside_amounts_makes_no_percent_of_a_small_amount(heading: str, first: list[str]) -> None:
    rows = [["", "2024>3"], ["", "2024", "2023", heading], ["Revenue", *first], ["Dividends on preferred stock", "(58)", "(67)", "13%"]]
    facts = extract(document([table(rows, title="Consolidated Statements of Operations", note="(in millions)")]))
    told = found(facts, "Dividends on preferred stock")[:2]
    assert [(str(one.value), one.unit) for one in told] == [("-58000000", "USD"), ("-67000000", "USD")]


@pytest.mark.parametrize(
    "above",
    [
        [], [["Loans", "6,127", "5,200"]],  # amounts of another row stand beside no percent
        [["Loans", "61", "52"]], [["Tier 1 ratio", "12.10%", "11.90%"]],
    ],
)  # fmt: skip
def test_a_number_beside_a_percent_of_another_year_is_one(above: list[list[str]]) -> None:
    facts = extract(document([table([["", "2024", "2023"], *above, ["Cost of risk", "1.00%", "1.04"]], note="(in millions)")]))
    assert [(format(one.value, "f"), one.unit) for one in found(facts, "Cost of risk")] == [("0.0100", "ratio"), ("0.0104", "ratio")]
