"""Separated values: separators, decimal commas and what was assumed."""

import pytest

from finfoundry.knowledge.formats.office.separated import find_separator, parse_csv


def cells(text: str) -> list[str]:
    return [cell.text for block in parse_csv(text.encode(), "x.csv").pages[0].blocks for cell in block.cells]


def test_a4_semicolons_and_decimal_commas_are_read() -> None:
    text = "Posten;2023;2022\nErlöse;1.234,50;987,6\nAnteil;12,5%;-3,25\nStück;10.000;9.500\n"
    assert cells(text) == ["Posten", "2023", "2022", "Erlöse", "1,234.50", "987.6", "Anteil", "12.5%", "-3.25", "Stück", "10,000", "9,500"]


def test_points_stay_points_where_the_file_writes_them() -> None:
    assert cells("Item;2023\nSales;1,234.50\nShare;0.125\n") == ["Item", "2023", "Sales", "1,234.50", "Share", "0.125"]


@pytest.mark.parametrize("gap", [" ", "\u00a0", "\u202f", "'", "’"])
def test_gaps_between_thousands_are_commas(gap: str) -> None:
    assert cells(f"Item;2023\nSales;1{gap}234{gap}567\n")[-1] == "1,234,567"


def test_thousands_that_could_be_decimals_are_read_and_said() -> None:
    document = parse_csv(b"Posten;2023\nA;1.234\nB;5.678\nC;9.012\n", "x.csv")
    assert document.pages[0].blocks[0].cells[-1].text == "9,012"
    assert any("1.234" in loss and "thousands" in loss for loss in document.losses)


@pytest.mark.parametrize(
    ("text", "separator"),
    [
        ("sep=|\na|b\n", "|"),
        ("Report of the year\n\nItem,2023\nSales,\"1,234\"\n", ","),
        ("Item;2023\nSales, net;1,5\nCosts;2,5\n", ";"),
        ("a\tb\n1,5\t2,5\n", "\t"),
        ("one line without any", ","),
    ],
)  # fmt: skip
def test_the_separator_is_found(text: str, separator: str) -> None:
    assert find_separator(text) == separator


def test_the_line_that_names_the_separator_is_no_row() -> None:
    assert cells("sep=;\nItem;2023\nSales;5\n") == ["Item", "2023", "Sales", "5"]
