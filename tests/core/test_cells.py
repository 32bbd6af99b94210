"""Cells as numbers, by their printed suffixes: each against its definition."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finfoundry.core.quantities.cells import parse_cell, readings


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("5.2%", "5.2"), ("(5.2)%", "-5.2"), ("12‰", "1.2"), ("25 bps", "0.25"), ("150 basis points", "1.5"), ("3.5个百分点", "3.5"),
        ("0.8 percentage points", "0.8"), ("40个基点", "0.4"),
    ],
)  # fmt: skip
def test_a_share_is_read_in_hundredths_whatever_its_sign(text: str, value: str) -> None:
    found = parse_cell(text)
    assert found is not None
    assert (found.value, found.percent) == (Decimal(value), True)


@given(
    st.decimals(min_value=0, max_value=9999, places=2),
    st.sampled_from([("‰", "0.1"), (" bps", "0.01"), ("%", "1"), (" basis points", "0.01")]),
)
def test_a_suffix_scales_every_number_alike(number: Decimal, suffix: tuple[str, str]) -> None:
    sign, factor = suffix
    found = parse_cell(f"{number}{sign}")
    assert found is not None
    assert found.value == number * Decimal(factor)


@pytest.mark.parametrize(
    ("text", "value", "side"),
    [
        ("1,000 DR", "1000", "debit"), ("DR 1,000", "1000", "debit"), ("CR 400", "400", "credit"), ("400 CR", "400", "credit"),
        ("€ 400.50 CR", "400.50", "credit"), ("400CR", "400", "credit"), ("400 Dr.", "400", "debit"),
    ],
)  # fmt: skip
def test_a_figure_with_the_side_of_its_account_has_that_side_and_no_sign_of_it(text: str, value: str, side: str) -> None:
    found = parse_cell(text)
    assert found is not None
    assert (found.value, found.side) == (Decimal(value), side)


@pytest.mark.parametrize("text", ["5 Cr", "CR", "CR 5%", "Dr. Meyer", "CRD IV 5"])
def test_crores_and_words_are_no_side_of_an_account(text: str) -> None:
    found = parse_cell(text)
    assert found is None or found.side is None


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("2.4x", "2.4", "ratio"), ("2.4 ×", "2.4", "ratio"), ("5.1 X", "5.1", "ratio"), ("3倍", "3", "ratio"), ("2.4x (1)", "2.4", "ratio"),
        ("1,000股", "1000", "shares"), ("1.2 years", "1.2", "years"), ("1.5年", "1.5", "years"), ("2.4", "2.4", None),
        ("€2.4", "2.4", None),
        ("2.4%", "2.4", None), ("2.4m", "2400000", None),
    ],
)  # fmt: skip
def test_a_multiple_shares_and_years_are_what_the_cell_says_that_they_are(text: str, value: str, unit: str | None) -> None:
    found = parse_cell(text)
    assert found is not None
    assert (found.value, found.unit) == (Decimal(value), unit)


@pytest.mark.parametrize(
    ("text", "value", "percent"),
    [
        ("1/4 %", "0.25", True), ("2 1/4%", "2.25", True), ("2-3/8%", "2.375", True), ("2½%", "2.5", True), ("2½", "2.5", False),
        ("¾ %", "0.75", True),
    ],
)  # fmt: skip
def test_a_fraction_is_read_whole(text: str, value: str, percent: bool) -> None:
    found = parse_cell(text)
    assert found is not None
    assert (found.value, found.percent) == (Decimal(value), percent)


@pytest.mark.parametrize(
    "text",
    [
        "1/4",
        "1/3 %",
        "2-3%",
        "2%–3%",
        "5–10",
        "<0.1%",
        ">99",
        "≤5",
        "~300",
        "ca. 250",
        "c. 250",
        "约300",
        "2 years",
        "1 year",
        "'24",
        "’24",
    ],
)
def test_what_is_not_surely_one_number_is_none(text: str) -> None:
    assert parse_cell(text) is None


@pytest.mark.parametrize(("text", "value"), [("'-700", "-700"), ("'(700)", "-700"), ("'1,700", "1700"), ("−700", "-700")])
def test_the_mark_by_which_a_sheet_keeps_a_figure_as_text_is_no_part_of_it(text: str, value: str) -> None:
    found = parse_cell(text)
    assert found is not None
    assert found.value == Decimal(value)


@pytest.mark.parametrize(
    ("text", "precision"), [("25 bps", 2), ("12‰", 1), ("12.5‰", 2), ("5%", 0), ("0.8 percentage points", 1), ("5.25%", 2)]
)
def test_the_places_of_a_share_are_those_of_its_percent(text: str, precision: int) -> None:
    found = parse_cell(text)
    assert found is not None
    assert found.precision == precision


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("1.234", ["1.234", "1234"]), ("12,5", ["12.5"]), ("1,234", ["1234"]), ("1.234,5", ["1234.5"]), ("0.67 1", ["0.67"]),
        ("12.5", ["12.5"]),
        ("Note 1", []), ("5 bps", ["0.0500"]),
    ],
)  # fmt: skip
def test_a_cell_alone_has_one_reading_but_where_a_point_may_group(text: str, values: list[str]) -> None:
    assert [str(number.value) for number in readings(text)] == values


@pytest.mark.parametrize(("text", "value"), [("₹ 400 Cr", "4000000000"), ("Rs. 1.5 Cr.", "15000000"), ("INR 2 CR", "20000000")])
def test_crores_of_rupees_are_ten_millions(text: str, value: str) -> None:
    found = parse_cell(text)
    assert found is not None
    assert (found.value, found.currency, found.scale) == (Decimal(value), "INR", Decimal(10_000_000))
