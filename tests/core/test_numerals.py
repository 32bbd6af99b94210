"""Chinese numerals, in signs and in digits."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finfoundry.core.quantities.numbers import find_numbers
from finfoundry.core.quantities.numerals import chinese_value

SIGNS = "零一二三四五六七八九"


def written(number: int) -> str:
    """A number below ten thousand as it is written: 1,050 is 一千零五十."""
    parts, gap = "", False
    for power, unit in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, number = divmod(number, power)
        if digit:
            parts += ("零" if gap and parts else "") + SIGNS[digit] + unit
        gap = not digit
    return parts


@given(st.integers(1, 9999))
def test_a_number_written_in_signs_is_read(number: int) -> None:
    assert chinese_value(written(number)) == number
    assert chinese_value(f"{written(number)}万") == number * 10_000


@pytest.mark.parametrize(
    ("text", "value"),
    [("百分之12.5", "0.125"), ("百分之十二点五", "0.125"), ("千分之三", "0.003"), ("万分之1,000", "0.1"), ("百分之五", "0.05")],
)
def test_a_fraction_in_words_has_digits_or_signs(text: str, value: str) -> None:
    (found,) = find_numbers(f"利率为{text}。")
    assert (found.value, found.unit) == (Decimal(value), "ratio")
