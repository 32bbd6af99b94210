"""Shares in a given table, with and without a percent sign in the cell, the row or the column."""

from __future__ import annotations

from decimal import Decimal

import pytest

from finfoundry.binding.given.tables import TableNumber, read_rows


def only(markup: str) -> TableNumber:
    (found,) = read_rows(markup)
    return found


@pytest.mark.parametrize(
    ("label", "head", "cell", "value"),
    [
        ("Capital ratio", "2023", "0.125", "0.125"),  # a fraction: below two and nothing says percent
        ("Capital ratio", "2023", "12.5", "0.125"),
        ("Capital ratio", "2023", "12.5%", "0.125"),
        ("Capital ratio (%)", "2023", "0.9", "0.009"),  # percent is said: nine tenths of one
        ("Capital ratio", "2023 (%)", "0.9", "0.009"),
        ("资本充足率（%）", "2023年", "0.9", "0.009"),
        ("Operating margin", "2023", "1.99", "1.99"),
        ("Operating margin", "2023", "2.01", "0.0201"),
    ],
)
def test_a_share_is_a_fraction_only_where_no_percent_is_said(label: str, head: str, cell: str, value: str) -> None:
    found = only(f"| Item | {head} |\n|---|---|\n| {label} | {cell} |\n")
    assert (found.value, found.unit) == (Decimal(value), "ratio")


def test_an_amount_next_to_shares_is_none() -> None:
    found = only("| Item (USD million) | 2023 |\n|---|---|\n| Net income | 0.9 |\n")
    assert (found.value, found.unit) == (Decimal("900000"), "USD")
