"""Whose currency a sign is: the table's where it begins or fills it, else its row's; and what ¥ is in a paper of another currency."""

from __future__ import annotations

import pytest
from tests.knowledge.facts.papers import Rows, document, table

from finfoundry.core.document import Block
from finfoundry.knowledge.facts.extract import extract

PLAIN = [Block("heading", "Heron Bank plc"), Block("heading", "Annual report 2024")]
HEAD = ["", "2024", "2023"]
LOANS: Rows = [["Retail loans", "1,210", "1,100"], ["Mortgages", "900", "800"]]


def units(rows: Rows, note: str | None) -> dict[str, set[str | None]]:
    told: dict[str, set[str | None]] = {}
    for fact in extract(document([table([HEAD, *rows], note=note)], cover=PLAIN)):
        told.setdefault(fact.metric[-1], set()).add(fact.unit)
    return told


@pytest.mark.parametrize(
    ("label", "cells", "unit"),
    [
        ("US branch (in $)", ("$45", "$40"), "USD"), ("US branch", ("$45", "40"), "USD"), ("Swiss branch", ("CHF 45", "CHF 40"), "CHF"),
        ("UK branch", ("£45", "£40"), "GBP"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("first", [False, True])
def test_a_row_with_another_sign_is_in_its_currency_and_the_others_in_the_stated_one(
    label: str, cells: tuple[str, str], unit: str, *, first: bool
) -> None:
    rows = [[label, *cells], *LOANS] if first else [*LOANS, [label, *cells]]
    told = units(rows, "EUR million")
    assert told == {label: {unit}, "Retail loans": {"EUR"}, "Mortgages": {"EUR"}}


def test_a_sign_on_the_first_row_is_of_the_table_where_no_other_currency_is_stated() -> None:
    assert units([["Retail loans", "$1,210", "$1,100"], LOANS[1]], "(in millions)")["Mortgages"] == {"USD"}
    assert units([["Retail loans", "$1,210", "$1,100"], LOANS[1]], "in thousands of Canadian dollars")["Mortgages"] == {"CAD"}


def test_signs_on_all_rows_win_over_a_line_above() -> None:
    signed = [[label, f"${one}", f"${other}"] for label, one, other in LOANS]
    assert units(signed, "EUR million") == {"Retail loans": {"USD"}, "Mortgages": {"USD"}}


@pytest.mark.parametrize(
    ("label", "stated", "unit"),
    [
        ("Bank loans (RMB)", "EUR", "CNY"), ("Bank loans (RMB)", "USD", "CNY"), ("Bank loans (JPY)", "USD", "JPY"),
        ("Revenue Japan", "EUR", None), ("Revenue Japan", "JPY", "JPY"), ("Revenue Japan", "CNY", "CNY"),
    ],
)  # fmt: skip
def test_a_yen_sign_is_no_dollar_and_no_euro(label: str, stated: str, unit: str | None) -> None:
    told = units([*LOANS, [label, "¥400,000", "¥300,000"]], f"{stated} thousand")
    assert told == {label: {unit}, "Retail loans": {stated}, "Mortgages": {stated}}


def test_a_currency_in_brackets_is_the_rows_where_none_is_stated() -> None:
    told = units([["Assets (USD)", "45", "40"], ["Assets (net)", "45", "40"]], None)
    assert told == {"Assets (USD)": {"USD"}, "Assets (net)": {None}}


@pytest.mark.parametrize(("stated", "unit"), [("EUR", None), ("JPY", "JPY"), ("CNY", "CNY")])
def test_a_table_in_yen_signs_is_of_the_papers_currency_where_that_is_one_of_them(stated: str, unit: str | None) -> None:
    others = [table([HEAD, *LOANS], note=f"{stated} million") for _ in range(3)]
    facts = extract(document(others, [table([HEAD, *LOANS], note="(¥ million)")], cover=PLAIN))
    assert {fact.unit for fact in facts if fact.table == 3} == {unit}
    assert {fact.unit for fact in facts if fact.table != 3} == {stated}
