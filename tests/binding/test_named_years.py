"""Tables whose columns are headed by years alone are compared by these as those with dates are by their days."""

from __future__ import annotations

import pytest

from finfoundry.binding import verify

TABLE = """In millions of dollars
| | {} | {} | {} |
|---|---|---|---|
| Total assets | 900 | 800 | 850 |
| Total liabilities | 600 | 650 | 640 |
| Sales | 700 | 650 | 690 |
| Operating income (loss) | (90) | (60) | (50) |
| Net income | 80 | 41 | 20 |
"""
HEADS = {
    "years": ("2024", "2023", "2022"),
    "fiscal": ("FY2024", "FY2023", "FY2022"),
    "dates": tuple(f"Year ended December 31, {year}" for year in (2024, 2023, 2022)),
}


def status(sentence: str, heads: str) -> str:
    (checked,) = verify(sentence, [TABLE.format(*HEADS[heads])]).sentences
    return checked.status


@pytest.mark.parametrize("heads", HEADS)
@pytest.mark.parametrize(
    "sentence",
    [
        "Sales rose in 2024.", "Sales rose.", "Net income nearly doubled to $80 million in 2024.", "Operating loss rose in 2024.",
        "Net income in 2024 was the highest in three years.", "Net income of $80 million in 2024 was the highest in three years.",
        "Net income rose for the second consecutive year in 2024.", "Total assets exceeded total liabilities in 2023.",
        "Sales were $700 million in 2024, compared with $650 million a year earlier.", "Sales were $700 million.",
    ],
)  # fmt: skip
def test_what_the_years_show_holds(sentence: str, heads: str) -> None:
    assert status(sentence, heads) == "supported"


@pytest.mark.parametrize("heads", HEADS)
@pytest.mark.parametrize(
    "sentence",
    [
        "Sales fell in 2024.", "Net income tripled to $80 million in 2024.", "Operating loss fell in 2024.",
        "Sales rose to $650 million in 2023.",
        "Sales in 2023 were the highest in three years.", "Sales of $650 million in 2023 were the highest in three years.",
        "Total liabilities exceeded total assets in 2023.", "Sales were $650 million.",
        "Sales were $700 million in 2024, compared with $690 million a year earlier.",
    ],
)  # fmt: skip
def test_what_they_do_not_show_does_not(sentence: str, heads: str) -> None:
    assert status(sentence, heads) == "unsupported"


def test_rows_are_set_beside_each_other_year_by_year() -> None:
    table = "| USD million | 2024 | 2023 |\n|---|---|---|\n| Sales | 500 | 900 |\n| Costs | 600 | 400 |\n"
    told = ("Costs exceeded sales in 2024.", "Costs exceeded sales in 2023.", "Sales exceeded costs in 2023.")
    assert [verify(one, [table]).sentences[0].status for one in told] == ["supported", "unsupported", "supported"]


def test_a_column_of_two_years_is_no_year_of_them() -> None:
    table = "| USD million | 2024 | 2023 vs 2022 | 2023 |\n|---|---|---|---|\n| Sales | 700 | 60 | 750 |\n"
    assert verify("Sales fell in 2024.", [table]).sentences[0].status == "supported"
