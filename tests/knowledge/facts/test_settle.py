"""Columns that lead from one balance to the next."""

from __future__ import annotations

import pytest
from tests.knowledge.facts.papers import document, found, table

from finfoundry.core.document import Block
from finfoundry.knowledge.facts import extract


@pytest.mark.parametrize("opening", ["December 31, 2023", "January 1, 2024"])
def test_between_two_dated_columns_are_the_movements_of_the_span_between_them(opening: str) -> None:
    rows = [
        ["", opening, "Additions", "Payments", "December 31, 2024"],
        ["Severance", "5", "4", "(2)", "7"],
        ["Other", "3", "2", "(1)", "4"],
    ]
    facts = extract(document([table(rows)]))
    span = "2024-01-01/2024-12-31"
    assert [fact.period for fact in found(facts, "Severance")] == ["2023-12-31", span, span, "2024-12-31"]


def test_years_with_all_earlier_ones_beside_them_are_no_periods_but_parts() -> None:
    over = Block("paragraph", "The amortized cost of loans by the year in which they were made at December 31, 2024 was as follows:")
    rows = [
        ["", "2024", "2023", "2022", "Prior", "Revolving", "Total"],
        ["Dealer loans", "50", "40", "30", "20", "10", "150"],
        ["Consumer loans", "5", "4", "3", "2", "1", "15"],
    ]
    facts = found(extract(document([over, table(rows)])), "Dealer loans")
    assert {fact.period for fact in facts} == {"2024-12-31"}
    assert [dict(fact.dimensions).get("column") for fact in facts[:4]] == ["2024", "2023", "2022", "Prior"]


def test_years_without_a_column_of_earlier_ones_stay_periods() -> None:
    rows = [["", "2024", "2023", "2022"], ["Revenue", "50", "40", "30"], ["Net income", "5", "4", "3"]]
    facts = found(extract(document([table(rows)])), "Revenue")
    assert [fact.period for fact in facts] == [f"{year}-01-01/{year}-12-31" for year in (2024, 2023, 2022)]
