"""Columns of one time in two currencies: the company's own, and the translation for the reader's convenience."""

from __future__ import annotations

import pytest
from tests.knowledge.facts.papers import Rows, document, table

from finfoundry.core.document import Block
from finfoundry.knowledge.facts.extract import extract

PLAIN = [Block("heading", "Yunling Holdings Limited"), Block("heading", "Annual report 2024"), Block("paragraph", "(in millions)")]


def revenue(head: Rows, cells: list[str]) -> list[tuple[str, str | None, str | None]]:
    """Digits, unit and the column's own name of a row."""
    facts = extract(document([table([*head, ["Revenue", *cells], ["Net income", "1", "2", "3"][: len(cells) + 1]])], cover=PLAIN))
    return [(fact.text, fact.unit, dict(fact.dimensions).get("column")) for fact in facts if fact.metric == ("Revenue",)]


OWN = [("1,300", "CNY", None), ("1,405", "CNY", None), ("193", "USD", "US$")]


@pytest.mark.parametrize(
    "head",
    [
        [["", "2023", "2024", "2024"], ["", "RMB", "RMB", "US$"]],
        [["", "2023", "2024>2", ""], ["", "RMB", "RMB", "US$"]],
        [["", "Year ended December 31,>3", "", ""], ["", "2023 RMB", "2024 RMB", "2024 US$"]],
        [["", "2023年", "2024年", "2024年"], ["", "人民币", "人民币", "US$"]],
    ],
)
def test_the_currency_with_more_years_is_the_companys_own_and_the_other_is_called_as_headed(head: Rows) -> None:
    assert revenue(head, ["1,300", "1,405", "193"]) == OWN


def test_where_neither_has_more_years_each_is_called_as_headed() -> None:
    assert revenue([["", "2024", "2024"], ["", "RMB", "US$"]], ["1,405", "193"]) == [("1,405", "CNY", "RMB"), ("193", "USD", "US$")]


def test_years_in_one_currency_each_are_no_translations() -> None:
    assert revenue([["", "2023", "2024"], ["", "EUR", "US$"]], ["1,300", "193"]) == [("1,300", "EUR", None), ("193", "USD", None)]


@pytest.mark.parametrize("units", [["", "$ million"], ["$ million", ""], ["", "EUR"], ["$ million", "$ million"]])
def test_a_single_currency_names_no_column_even_where_only_some_bear_it(units: list[str]) -> None:
    told = revenue([["", "2022", "2023"], ["", *units]], ["1,300", "1,405"])
    assert [name for _, _, name in told] == [None, None]


def test_one_currency_over_all_columns_is_no_name_of_any() -> None:
    told = revenue([["", "2023", "2024"], ["", "RMB", "RMB"]], ["1,300", "1,405"])
    assert [(text, name) for text, _, name in told] == [("1,300", None), ("1,405", None)]


def test_segments_beside_a_translation_keep_their_names() -> None:
    told = revenue([["", "2024", "2024", "2024"], ["", "Retail", "Cloud", "Cloud"], ["", "RMB", "RMB", "US$"]], ["900", "500", "70"])
    assert told == [("900", "CNY", "Retail"), ("500", "CNY", "Cloud"), ("70", "USD", "Cloud · US$")]


@pytest.mark.parametrize("unit", ["US$ (Note 2)", "US$ (unaudited)", "US$", "US$（附注2）"])
def test_a_reference_beside_a_unit_hides_it_from_no_column(unit: str) -> None:
    assert revenue([["", "2023", "2024", "2024"], ["", "RMB", "RMB", unit]], ["1,300", "1,405", "193"]) == OWN


def test_a_change_in_percent_beside_a_translation_is_of_neither_currency() -> None:
    head = [["", "2023", "2024", "2024", "Change"], ["", "RMB", "RMB", "US$", "%"]]
    facts = extract(
        document([table([*head, ["Revenue", "1,300", "1,405", "193", "8.1"], ["Costs", "90", "99", "14", "10.0"]])], cover=PLAIN)
    )
    assert [(fact.text, fact.unit) for fact in facts][:4] == [("1,300", "CNY"), ("1,405", "CNY"), ("193", "USD"), ("8.1", "ratio")]


@pytest.mark.parametrize("cells", [["$", "$"], ["$", ""], ["$", "none"]])
def test_a_line_that_is_left_open_heads_nothing(cells: list[str]) -> None:
    rows = [["", "2024", "2023"], ["Revenue", "$ 5", "$ 4"], ["Rent", *cells], ["Costs", "3", "2"]]
    facts = extract(document([table(rows)], cover=PLAIN))
    assert [(fact.metric[-1], fact.period[:4], fact.text) for fact in facts][2:] == [("Costs", "2024", "3"), ("Costs", "2023", "2")]
