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
def test_b8_a_change_is_a_percent_where_two_rows_prove_it(rows: list[list[str]], unit: str) -> None:
    change = found(changes(*rows), "Revenue")[2]
    assert (change.unit or "USD") == unit
