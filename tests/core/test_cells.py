"""Cells as numbers, by their printed suffixes: each against its definition."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finfoundry.core.quantities.cells import parse_cell


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("5.2%", "5.2"), ("(5.2)%", "-5.2"), ("12‰", "1.2"), ("25 bps", "0.25"), ("150 basis points", "1.5"), ("3.5个百分点", "3.5"),
        ("0.8 percentage points", "0.8"), ("40个基点", "0.4"),
    ],
)  # fmt: skip
def test_b8_a_share_is_read_in_hundredths_whatever_its_sign(text: str, value: str) -> None:
    found = parse_cell(text)
    assert found is not None
    assert (found.value, found.percent) == (Decimal(value), True)


@given(
    st.decimals(min_value=0, max_value=9999, places=2),
    st.sampled_from([("‰", "0.1"), (" bps", "0.01"), ("%", "1"), (" basis points", "0.01")]),
)
def test_b8_a_suffix_scales_every_number_alike(number: Decimal, suffix: tuple[str, str]) -> None:
    sign, factor = suffix
    found = parse_cell(f"{number}{sign}")
    assert found is not None
    assert found.value == number * Decimal(factor)
