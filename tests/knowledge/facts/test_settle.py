"""Columns that lead from one balance to the next."""

from __future__ import annotations

import pytest
from tests.knowledge.facts.papers import document, found, table

from finfoundry.knowledge.facts import extract


@pytest.mark.parametrize("opening", ["December 31, 2023", "January 1, 2024"])
def test_b8_between_two_dated_columns_are_the_movements_of_the_span_between_them(opening: str) -> None:
    rows = [
        ["", opening, "Additions", "Payments", "December 31, 2024"],
        ["Severance", "5", "4", "(2)", "7"],
        ["Other", "3", "2", "(1)", "4"],
    ]
    facts = extract(document([table(rows)]))
    span = "2024-01-01/2024-12-31"
    assert [fact.period for fact in found(facts, "Severance")] == ["2023-12-31", span, span, "2024-12-31"]
