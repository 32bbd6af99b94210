"""Raised marks are written so that no number takes them for its digits; what is raised and no mark stays as it is."""

import pytest

from finfoundry.core.language import is_power, with_raised
from finfoundry.core.quantities.cells import parse_cell


@pytest.mark.parametrize(
    ("before", "text", "written"),
    [
        ("250", "9", "⁹"), ("2,500", "12", "¹²"), ("310", "(a)", "⁽a⁾"), ("310", "a", "⁽a⁾"), ("Revenue", "a", "⁽a⁾"),
        ("310", "1,2", "¹ ²"), ("310", "[1]", "⁽¹⁾"), ("310", "(1)(b)", "⁽¹⁾ ⁽b⁾"), ("营业收入", "1", "¹"), ("310", "（1）", "⁽¹⁾"),
        ("m", "2", "²"), ("10", "-3", "⁻³"),
    ],
)  # fmt: skip
def test_marks_and_powers_are_superscript_characters(before: str, text: str, written: str) -> None:
    assert with_raised(before, text) == written


@pytest.mark.parametrize(
    ("before", "text"), [("31", "st"), ("2", "nd"), ("N", "o"), ("1", "e"), ("Nordfjord", "TM"), ("310", "*"), ("x", "注")]
)
def test_what_is_raised_and_no_mark_stays_as_it_is(before: str, text: str) -> None:
    assert with_raised(before, text) == text


def test_a_power_belongs_to_a_unit_of_length() -> None:
    assert is_power("45,000 m", "2")
    assert is_power("Area (km", "2")
    assert is_power("ft", "3")
    assert not is_power("EUR 45m", "4")
    assert not is_power("Programm", "2")
    assert not is_power("250", "2")


@pytest.mark.parametrize(
    ("text", "value"), [("250⁹", 250), ("310⁽a⁾", 310), ("(310)⁽¹⁾", -310), ("310¹ ²", 310), ("310⁽a⁾⁽b⁾", 310), ("$45m²", 45_000_000)]
)
def test_a_number_with_marks_is_the_number(text: str, value: int) -> None:
    read = parse_cell(text)
    assert read is not None
    assert read.value == value


@pytest.mark.parametrize("text", ["45,000 m²", "45,000m³", "12 km²", "1,200 ft²", "⁽a⁾", "²"])
def test_an_area_is_no_amount_in_millions(text: str) -> None:
    assert parse_cell(text) is None
