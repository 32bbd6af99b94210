"""Words of scale next to numbers."""

from __future__ import annotations

from decimal import Decimal

import pytest

from finfoundry.core.quantities.numbers import find_numbers, parse_cell


@pytest.mark.parametrize("lakh", ["lakh", "lakhs", "lac", "lacs", "Lakhs"])
@pytest.mark.parametrize(("crore", "power"), [("", 5), (" crore", 12), (" crores", 12)])
def test_a_scale_of_two_words_is_their_product_in_singular_and_plural(lakh: str, crore: str, power: int) -> None:
    (number,) = find_numbers(f"Advances were Rs. 5 {lakh}{crore}.")
    assert (number.value, number.unit) == (5 * Decimal(10) ** power, "INR")
    cell = parse_cell(f"5 {lakh}{crore}")
    assert cell is not None
    assert cell.value == 5 * Decimal(10) ** power
