"""Ways of writing a figure: what each is in plain digits, what none of them is, and what the cells of a table show."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finfoundry.core.quantities.cells import parse_cell
from finfoundry.core.quantities.writings import Writing, plain_digits, writing_of


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("1 234", "1234"), ("12 345 678,50", "12345678.50"), ("1'234'567", "1234567"), ("1’234.5", "1234.5"), ("1,23,456", "123456"),
        ("12,34,567.8", "1234567.8"), ("1.234,56", "1234.56"), ("1.234.567", "1234567"), ("12,5 %", "12.5 %"), ("€ 1,50", "€ 1.50"),
        ("1,234.5", "1,234.5"), ("1,234", "1,234"), ("1.234", "1.234"), ("12,5", "12,5"), ("3 4", "3 4"), ("1 2345", "1 2345"),
        ("1 234 5", "1 234 5"), ("31.12.2024", "31.12.2024"), ("012 345", "012 345"),
    ],
)  # fmt: skip
def test_figures_that_can_be_read_in_one_way_only_are_written_in_plain_digits(text: str, plain: str) -> None:
    assert plain_digits(text) == plain


@pytest.mark.parametrize(
    ("text", "writing", "plain"),
    [
        ("1.234", "decimal comma", "1234"), ("12,5", "decimal comma", "12.5"), ("1,234", "decimal comma", "1.234"),
        ("1.234", "decimal point", "1.234"), ("1.234", "both", None), ("1.234,5", "both", "1234.5"), ("12.5", "both", "12.5"),
        ("5 234", "grouping comma", None), ("5 234", "decimal point", "5234"), ("5 234", "decimal comma", "5234"),
    ],
)  # fmt: skip
def test_others_are_read_as_those_beside_them_and_not_at_all_where_these_differ(text: str, writing: Writing, plain: str | None) -> None:
    assert plain_digits(text, writing) == plain


@pytest.mark.parametrize(
    ("texts", "writing"),
    [
        (("1.234,56", "12"), "decimal comma"), (("12,5 %", "1.234"), "decimal comma"), (("1 234,5", "3"), "decimal comma"),
        (("(0,45)", "1,5", "7,25", "3,1"), "decimal comma"), (("12,5", "4,5", "1,234"), "grouping comma"), (("12,5", "120"), None),
        (("1.234", "12"), None), (("1,234",), "grouping comma"), (("12.5", "4"), "decimal point"), (("1.234,5", "1,234.5"), "both"),
        (("1,23,456", "3.5"), "grouping comma"), (("Bank 12,5 % loan", "7"), None), (("2024", "2023"), None),
    ],
)  # fmt: skip
def test_the_cells_of_a_table_show_their_writing_where_one_of_them_is_sure(texts: tuple[str, ...], writing: Writing | None) -> None:
    assert writing_of(texts) == writing


@given(
    st.decimals(min_value=1000, max_value=99_999_999, places=2),
    st.sampled_from([(" ", ","), ("\u00a0", "."), ("\u202f", ","), ("'", "."), ("’", "."), (".", ",")]),
    st.sampled_from(["{}", "({})", "-{}", "€ {}", "{} EUR"]),
)
def test_a_number_in_groups_of_three_is_itself_in_whatever_way_it_is_written(value: Decimal, marks: tuple[str, str], style: str) -> None:
    groups, decimals = marks
    written = f"{value:,}".replace(",", "_").replace(".", decimals).replace("_", groups)
    found = parse_cell(style.format(written))
    assert found is not None
    assert abs(found.value) == value
    assert (found.value < 0) == (style[0] in "(-")
    assert found.precision == 2
