"""Separated values: separators, decimal commas and what was assumed."""

import pytest

from finfoundry.knowledge.formats.office.separated import find_separator, parse_csv


def cells(text: str) -> list[str]:
    return [cell.text for block in parse_csv(text.encode(), "x.csv").pages[0].blocks for cell in block.cells]


def test_semicolons_and_decimal_commas_are_read() -> None:
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


def rows_of(text: str) -> list[list[str]]:
    (table,) = parse_csv(text.encode(), "data.csv").pages[0].blocks
    return [line.split("\t") for line in table.text.split("\n")]


HEAD = "EUR million,2024,2023\nRevenue,310,300\n"
READ = [["EUR million", "2024", "2023"], ["Revenue", "310", "300"]]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (HEAD + '"Costs,250,240\nProfit,60,60\nTax,10,10\n', 3),
        (HEAD + '"Costs,250,240\nProfit,60,60\n"Tax",10,10\n', 3),
        (HEAD + 'Costs,250,240\nProfit,60,60\n"Tax,10,10', 5),
        (HEAD + "Costs,250,240\nProfit,60,60\n'Tax,10,10\n", None),
    ],
)
def test_a_quotation_that_never_closes_takes_no_rows_and_is_said(text: str, line: int | None) -> None:
    rows = rows_of(text)
    assert rows[:2] == READ
    assert [row[1:] for row in rows[2:]] == [["250", "240"], ["60", "60"], ["10", "10"]]
    losses = parse_csv(text.encode(), "data.csv").losses
    assert losses == ([f"1 quotation marks never close: their lines are read by themselves (line {line})"] if line else [])


@pytest.mark.parametrize(
    ("line", "cell"),
    [
        ('"Costs\nof all ships",250,240\n', "Costs\nof all ships"),
        ('"Costs, net\nof subsidies",250,240\n', "Costs, net\nof subsidies"),
        ('"Pipes 5"" wide",250,240\n', 'Pipes 5" wide'),
        ('Pipes 5" wide,250,240\n', 'Pipes 5" wide'),
        ('"成本",250,240\n', "成本"),
    ],
)
def test_quotations_that_close_are_cells(line: str, cell: str) -> None:
    document = parse_csv((HEAD + line + "Profit,60,60\n").encode(), "data.csv")
    assert {found.text for found in document.pages[0].blocks[0].cells} >= {cell, "250", "240", "60"}
    assert document.losses == []


def test_a_file_of_open_quotations_alone_keeps_its_rows() -> None:
    document = parse_csv(("a,b,c\n" + '"x,1,2\n' * 300).encode(), "data.csv")
    assert len(document.pages[0].blocks[0].cells) == 903


@pytest.mark.parametrize(
    ("end", "cut"),
    [
        ("Costs,250,240\nProfit,6", True),
        ("Costs,250,240\nProfit,60,60", False),
        ("Costs,250,240\nProfit,60,60\n", False),
        ("Costs,250,240\nProfit,6\n", False),
        ("Costs,250\nProfit,6", False),
        ("Costs,250,240\nSource: own figures", False),
    ],
)
def test_a_file_that_ends_inside_of_a_row_is_said_to(end: str, cut: bool) -> None:
    document = parse_csv((HEAD + end).encode(), "data.csv")
    assert bool(document.cut_short) == cut
