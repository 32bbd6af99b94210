"""Tables as others give them: which cells are numbers, of which row, year, unit and scale."""

from __future__ import annotations

from decimal import Decimal

import pytest

from finfoundry.binding.given.tables import TableNumber, read_rows
from finfoundry.binding.verify import verify


def told(found: TableNumber) -> tuple[str, int | None, str, str | None]:
    """Row, year, value and unit of a number."""
    return found.path[-1], found.periods[0].fiscal_year if found.periods else None, str(found.value.normalize()), found.unit


SPANNED = """<p>Income statement (in thousands of US dollars)</p><table>
<tr><th></th><th colspan="2">2024</th><th colspan="2">2023</th></tr>
<tr><td>Revenue</td><td>$</td><td>5</td><td>$</td><td>4</td></tr>
<tr><td>Costs</td><td colspan="2">3</td><td colspan="2">2</td></tr>
<tr><td rowspan="2">Tax</td><td colspan="2">7</td><td colspan="2">6</td></tr>
<tr><td colspan="2">9</td><td colspan="2">8</td></tr></table>"""


def test_a_heading_stands_over_all_columns_that_it_spans_and_a_number_in_one() -> None:
    found = [(one.periods[0].fiscal_year, int(one.value), one.unit) for one in read_rows(SPANNED)]
    assert found == [
        (2024, 5000, "USD"), (2023, 4000, "USD"), (2024, 3000, "USD"), (2023, 2000, "USD"), (2024, 7000, "USD"), (2023, 6000, "USD"),
        (2024, 9000, "USD"), (2023, 8000, "USD"),
    ]  # fmt: skip
    assert [one.path[-1] for one in read_rows(SPANNED)[:6]] == ["Revenue", "Revenue", "Costs", "Costs", "Tax", "Tax"]


@pytest.mark.parametrize(("mark", "currency"), [("$", "USD"), ("€", "EUR"), ("CHF", "CHF"), ("£", "GBP")])
def test_a_currency_in_a_cell_of_its_own_is_no_label(mark: str, currency: str) -> None:
    (found,) = read_rows(f"| | | 2024 |\n|---|---|---|\n| Revenue | {mark} | 1.25 |\n")
    assert told(found) == ("Revenue", 2024, "1.25", currency)


def test_a_table_of_headings_alone_holds_no_number() -> None:
    assert read_rows("<table><tr><th></th><th>2024</th><th>2023</th></tr><tr><th></th><th>Note 3</th><th></th></tr></table>") == ()


COUNTED = """Figures in millions of dollars

| | 2024 | 2023 |
|---|---|---|
| Revenue | 50 | 40 |
| Number of employees | 1,200 | 1,100 |
| Headcount | 1,300 | 1,000 |
| Earnings per share | 2.50 | 2.25 |
| Operating margin | 12.5% | 11.5% |
"""


def test_people_and_earnings_per_share_take_no_part_in_the_scale_of_the_table() -> None:
    found = {told(one) for one in read_rows(COUNTED) if one.periods[0].fiscal_year == 2024}
    assert found == {
        ("Revenue", 2024, "5E+7", "USD"),
        ("Number of employees", 2024, "1.2E+3", "count"),
        ("Headcount", 2024, "1.3E+3", "count"),
        ("Earnings per share", 2024, "2.5", "USD/share"),
        ("Operating margin", 2024, "0.125", "ratio"),
    }


NOT_READ = """Figures in zillions of euros

| | 2024 | Margin |
|---|---|---|
| Revenue | 50 | 12.5 |
| Number of employees | 1,200 | 12.5 |
| Capital ratio | 14.5 | 12.5 |
| Growth | 4.5% | 12.5 |
| Revenue (EUR million) | 60 | 12.5 |
"""


def test_of_a_table_in_a_scale_that_is_not_understood_only_what_has_none_is_read() -> None:
    found = {(one.path[-1], one.text): (one.value, one.unit) for one in read_rows(NOT_READ) if one.text != "12.5"}
    assert found == {
        ("Number of employees", "1,200"): (Decimal(1200), "count"),
        ("Capital ratio", "14.5"): (Decimal("0.145"), "ratio"),
        ("Growth", "4.5%"): (Decimal("0.045"), "ratio"),
        ("Revenue (EUR million)", "60"): (Decimal(60_000_000), "EUR"),
    }
    margins = [one for one in read_rows(NOT_READ) if one.text == "12.5"]
    assert len(margins) == 5
    assert {(one.value, one.unit) for one in margins} == {(Decimal("0.125"), "ratio")}


SECTIONS = """| USD million | 2024 | 2023 |
|---|---|---|
| Assets | | |
| Cash | 5 | 4 |
| Equity | | |
| Capital | 3 | 2 |
| | 2022 | 2021 |
| Capital | 7 | 6 |
"""


def test_a_row_without_numbers_heads_those_below_it() -> None:
    found = [(*one.path, int(one.value)) for one in read_rows(SECTIONS)][:4]
    assert found == [
        ("Assets", "Cash", 5_000_000), ("Assets", "Cash", 4_000_000), ("Equity", "Capital", 3_000_000),
        ("Equity", "Capital", 2_000_000),
    ]  # fmt: skip


AGES = """| 人民币百万元 | 2024年12月31日 | 2023年12月31日 |
|---|---|---|
| 一年以内 | 12,345 | 11,222 |
| 二至五年 | 745 | 699 |
| 五年以上 | 1,305 | 1,401 |
"""


@pytest.mark.parametrize(
    ("sentence", "holds"),
    [
        ("2024年12月31日五年以上的贷款为13.05亿元。", True),
        ("2024年末，二至五年为7.45亿元。", True),
        ("2024年12月31日一年以内12,345百万元，五年以上1,305百万元。", True),
        ("2024年末，五年以上为7.45亿元。", False),
        ("2023年末，二至五年为7.45亿元。", False),
        ("2024年末，贷款在五年里为13.05亿元。", False),  # no row is called so: a figure of its own
    ],
)
def test_the_number_in_the_name_of_a_row_is_no_figure(sentence: str, holds: bool) -> None:
    assert verify(sentence, [AGES]).holds is holds
