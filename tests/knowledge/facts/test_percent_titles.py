"""Numbers that a title or note says to be percents, and rows of amounts among percents."""

from __future__ import annotations

import pytest

from finfoundry.core.document import Fact
from finfoundry.knowledge.ingest.parse_file import parse


def figures(text: str) -> dict[str, tuple[str, str | None]]:
    facts: list[Fact] = parse(text.encode(), "paper.md").facts
    return {fact.text: (format(fact.value.normalize(), "f"), fact.unit) for fact in facts}


def test_a_title_in_percent_is_of_all_its_numbers() -> None:
    table = "| | 31 May 2024 | 30 April 2024 |\n|---|---|---|\n| Bills | 21.5 | 20.25 |\n| Shares | 61.0 | (0.75) |\n"
    found = figures(f"# Harbour Reserve Fund\n\nAll amounts are in US dollars.\n\n## Allocation (% of assets)\n\n{table}")
    assert found == {"21.5": ("0.215", "ratio"), "20.25": ("0.2025", "ratio"), "61.0": ("0.61", "ratio"), "(0.75)": ("-0.0075", "ratio")}


def test_a_column_or_a_cell_with_a_unit_of_its_own_is_no_percent() -> None:
    table = "| 等级 | 门槛（万元） | 利率 |\n|---|---|---|\n| 甲级 | 60 | 5.15 |\n| 乙级 | 200 | 4.35 |\n"
    found = figures(f"# 收费标准\n\n2024年8月1日发布\n\n## 融资\n\n单位：年化%\n\n{table}")
    assert found == {"60": ("600000", "CNY"), "5.15": ("0.0515", "ratio"), "200": ("2000000", "CNY"), "4.35": ("0.0435", "ratio")}


def test_a_row_that_states_a_scale_is_of_amounts_in_a_column_of_percents() -> None:
    rows = "".join(f"| Ratio {name} | {value}% | 1.5% |\n" for name, value in zip("ABCD", ("3.1", "4.2", "5.3", "6.4"), strict=True))
    table = f"| | 31 May 2024 | 30 April 2024 |\n|---|---|---|\n{rows}| Fraud losses (USD m) | 2.6 | 1.9 |\n"
    assert figures(f"# Risk report\n\n{table}")["2.6"] == ("2600000", "USD")


def test_a_corner_in_percent_is_of_all_rows_below_it() -> None:
    table = "| 监管指标（%） | 2024年12月31日 | 2023年12月31日 |\n|---|---|---|\n| 拨贷比 | 3.51 | 3.42 |\n| 留存比 | 30.25 | 28.10 |\n"
    found = figures(f"# 栖霞湾银行年度报告\n\n除特别注明外，金额单位为人民币百万元\n\n{table}")
    assert found["3.51"] == ("0.0351", "ratio")


def test_a_ratio_without_a_sign_among_signed_percents_is_so_many_times_and_no_money() -> None:
    table = "| | 31 May 2024 |\n|---|---|\n| Volatility | 6.9% |\n| Sharpe ratio | 0.41 |\n| Tracking error | 2.15% |\n| Beta | 1.1 |\n"
    assert figures(f"# Harbour Reserve Fund\n\nAll amounts are in US dollars.\n\n{table}")["0.41"] == ("0.41", "ratio")


def test_a_ratio_of_more_than_ten_without_a_sign_has_no_unit() -> None:
    rows = "| Return on equity | 15.2% |\n| Cost growth | 12.2% |\n| Total capital | 145 |\n| Buffer ratio | 14.5 |\n"
    found = figures(f"# Harbour Bank\n\nAll amounts are in US dollars.\n\n| Metric | 2024 |\n|---|---|\n{rows}")
    assert found["14.5"] == ("14.5", None)


@pytest.mark.parametrize(
    "title",
    [
        "Lending rates 2024 (in %)", "Deposit rates 2024, percent per year", "Rates of 2024, in percent p.a.", "Rates of 2024 (% p.a.)",
        "Rates of 2024, % a year", "Rates of 2024, per cent",
    ],
)  # fmt: skip
def test_a_title_may_say_percent_in_brackets_or_behind_a_comma(title: str) -> None:
    table = "| Grade | Secured | Open |\n|---|---|---|\n| AAA | 2.1 | 2.95 |\n| BBB | 4.65 | 5.6 |\n"
    found = figures(f"# Harrow Bank plc\n\n## {title}\n\n{table}")
    assert found["4.65"] == ("0.0465", "ratio")
    assert found["2.95"] == ("0.0295", "ratio")


@pytest.mark.parametrize("title", ["Loans of 2024 (over 5 %)", "Loans of 2024, of which percent of assets", "Loans of 2024 at 5 percent"])
def test_a_title_that_only_speaks_of_percents_makes_none(title: str) -> None:
    table = "| EUR million | Secured | Open |\n|---|---|---|\n| Firms | 2.1 | 2.95 |\n| Homes | 4.65 | 5.6 |\n"
    assert figures(f"# Harrow Bank plc\n\n## {title}\n\n{table}")["4.65"] == ("4650000", "EUR")
