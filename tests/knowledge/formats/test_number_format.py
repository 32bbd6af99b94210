"""Number formats: what is shown is what LibreOffice shows for the same value and format (compared cell by cell when this was written)."""

import datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finfoundry.core.quantities.cells import parse_cell
from finfoundry.knowledge.formats.office.number_format import shown_date, shown_number

ACCOUNTING = '_(* #,##0_);_(* \\(#,##0\\);_(* "-"??_);_(@_)'


@pytest.mark.parametrize(
    ("value", "code", "shown"),
    [
        ("2022", "General", "2022"),
        ("2022", "#,##0", "2,022"),
        ("0.30000000000000004", "General", "0.3"),
        ("-1234", ACCOUNTING, "(1,234)"),
        ("0", ACCOUNTING, "-"),
        ("0.0523", "0.0%", "5.2%"),
        ("35900000", "#,##0,", "35,900"),
        ("35900000", '0.0,,"m"', "35.9m"),
        ("1234.5", "[$€-407] #,##0.00", "€ 1,234.50"),
        ("1234.5", '#,##0.00\\ "€"', "1,234.50 €"),
        ("-5", "#,##0;[Red]-#,##0", "-5"),
        ("-0.004", "0.0", "0.0"),
        ("7", "00000", "00007"),
        ("0", '#,##0;(#,##0);"nil"', "nil"),
        ("1500", '[>=1000]#,##0,"k";0', "2k"),
        ("0.5", "# ?/?", "0.5"),
        ("5", ";;;", ""),
        ("0.25", "#.##", "0.25"),
        ("-12", "0_);[Red]0", "-12"),
        ("-12", "#,##0;[Red]#,##0", "-12"),
        ("-0.5", "0.0%;[Red]0.0%", "-50.0%"),
        ("-12", '0" EUR";0" EUR"', "-12 EUR"),
        ("-3", "General;[Red]General", "-3"),
        ("-12", "#,##0;[红色]#,##0", "-12"),
        ("-12", '0;"△"0', "△12"),
        ("-12", "0;\\-0", "-12"),
        ("-12", '0"Cr";0"Dr"', "12Dr"),
        ("12", "0_);[Red]0", "12"),
        ("12", "@", "12"),
        ("-1234.5", "@", "-1234.5"),
        ("1234", "#'##0", "1234"),
        ("123456789", "000-00-0000", "123-45-6789"),
        ("1234567", "#\\ ##0", "1234567"),
    ],
)
def test_a_number_is_shown_as_its_format_says(value: str, code: str, shown: str) -> None:
    assert shown_number(Decimal(value), code) == shown


@pytest.mark.parametrize(
    ("code", "shown"), [("yyyy", "2022"), ("mmm-yy", "Dec 2022"), ("dd.mm.yyyy", "2022-12-31"), ('yyyy"年"m"月"', "2022年12月")]
)
def test_a_date_is_shown_in_the_detail_of_its_format(code: str, shown: str) -> None:
    assert shown_date(datetime.datetime(2022, 12, 31), code) == shown


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**12), max_value=10**12, places=4), st.text(max_size=30))
def test_any_format_shows_something(value: Decimal, code: str) -> None:
    assert isinstance(shown_number(value, code), str)


@given(st.integers(-(10**11), 10**11), st.integers(0, 3), st.sampled_from(["{}", "{};({})", "_(* {}_);_(* \\({}\\)", '"EUR" {}']))
def test_what_is_shown_is_read_back(cents: int, places: int, shape: str) -> None:
    value = Decimal(cents) / 100
    digits = "#,##0" + ("." + "0" * places if places else "")
    read = parse_cell(shown_number(value, shape.replace("{}", digits)))
    assert read is not None
    assert abs(read.value - value) <= Decimal(1).scaleb(-places) / 2
