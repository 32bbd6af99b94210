"""Quarters that name no year are those of the year reported on, where several are side by side."""

from __future__ import annotations

import pytest
from tests.knowledge.facts.papers import COVER, COVER_ZH, document, found, table

from finfoundry.core.document import Block
from finfoundry.knowledge.facts import extract

OF_2020 = ["2020-01-01/2020-03-31", "2020-04-01/2020-06-30", "2020-07-01/2020-09-30", "2020-10-01/2020-12-31"]
OF_2024 = [period.replace("2020", "2024") for period in OF_2020]


def periods(heads: list[str], label: str, cover: list[Block]) -> list[str]:
    rows = [["", *heads], [label, *map(str, range(5, 5 + len(heads)))], ["其他", *map(str, range(1, 1 + len(heads)))]]
    return [fact.period for fact in found(extract(document([table(rows)], cover=cover)), label)]


@pytest.mark.parametrize("count", [3, 4])
def test_quarters_side_by_side_are_of_the_year_of_the_report(count: int) -> None:
    for heads in (["第一季度", "第二季度", "第三季度", "第四季度"], ["1季度", "2季度", "3季度", "4季度"]):
        assert periods(heads[:count], "营业收入", COVER_ZH) == OF_2020[:count]
    heads = ["First Quarter", "Second Quarter", "Third Quarter", "Fourth Quarter"]
    assert periods(heads[:count], "Revenue", COVER) == OF_2024[:count]


def test_quarters_keep_the_year_that_their_header_names() -> None:
    heads = ["2019年第一季度", "2019年第二季度", "2019年第三季度"]
    assert periods(heads, "营业收入", COVER_ZH) == [period.replace("2020", "2019") for period in OF_2020[:3]]


OF_MONTHS = ["2024-01-01/2024-01-31", "2024-02-01/2024-02-29", "2024-03-01/2024-03-31"]


@pytest.mark.parametrize(
    "heads",
    [
        ["2024-01", "2024-02", "2024-03"], ["01/2024", "02/2024", "03/2024"], ["202401", "202402", "202403"],
        ["2024.01", "2024.02", "2024.03"], ["2024/01", "2024/02", "2024/03"], ["2024年1月", "2024年2月", "2024年3月"],
        ["1月", "2月", "3月"], ["一月", "二月", "三月"], ["Jan", "Feb", "Mar"], ["January", "February", "March"],
        ["Jan-24", "Feb-24", "Mar-24"],
    ],
)  # fmt: skip
def test_months_over_columns_date_them_however_they_are_written(heads: list[str]) -> None:
    assert periods(heads, "Revenue", COVER) == OF_MONTHS
    for total in ("Total", "合计", "YTD"):  # of the months beside it, and not of the year
        assert periods([*heads, total], "Revenue", COVER) == [*OF_MONTHS, "2024-01-01/2024-03-31"]


def test_a_total_that_no_months_in_a_row_lead_to_is_of_the_period_reported_on() -> None:
    assert periods(["2024-01", "2024-03", "2024-07", "Total"], "Revenue", COVER)[-1] != "2024-01-01/2024-07-31"
    assert periods(["2024", "2023", "Total"], "Revenue", COVER)[:2] == ["2024-01-01/2024-12-31", "2023-01-01/2023-12-31"]
    assert periods(["North", "South", "Total"], "Revenue", COVER) == ["2024-01-01/2024-12-31"] * 3


def test_months_without_a_year_are_of_the_year_that_is_told_around_them() -> None:
    rows = [["Sales 2023", "Jan", "Feb", "Mar"], ["Revenue", "5", "6", "7"], ["Costs", "1", "2", "3"]]
    of_2023 = ["2023-01-01/2023-01-31", "2023-02-01/2023-02-28", "2023-03-01/2023-03-31"]
    assert [fact.period for fact in found(extract(document([table(rows)])), "Revenue")] == of_2023
    rows[0][0] = ""
    assert [fact.period for fact in found(extract(document([table(rows, title="Sales by month in 2023")])), "Revenue")] == of_2023


def test_months_without_a_year_lie_in_the_fiscal_year() -> None:
    cover = [Block("heading", "Example Holdings plc"), Block("paragraph", "Annual report for the year ended 30 June 2024")]
    assert periods(["Jul", "Aug", "Jan"], "Revenue", cover) == ["2023-07-01/2023-07-31", "2023-08-01/2023-08-31", "2024-01-01/2024-01-31"]


@pytest.mark.parametrize(
    "heads",
    [
        ["Jan", "Feb", "Jan", "Feb"],
        ["202401", "202402", "305100"],
        ["2024.01", "2024.05", "2024.06"],
        ["May", "Smith", "Jones"],
        ["13月", "14月"],
    ],
)
def test_what_is_no_run_of_months_dates_no_column(heads: list[str]) -> None:
    assert not {period for period in periods(heads, "Revenue", COVER) if period in OF_MONTHS}


def test_columns_of_months_keep_the_first_row_of_figures() -> None:
    facts = extract(document([table([["", "Jan", "Feb"], ["Revenue", "10", "11"], ["Costs", "1", "2"]])]))
    assert [(fact.metric[-1], int(fact.value)) for fact in facts] == [("Revenue", 10), ("Revenue", 11), ("Costs", 1), ("Costs", 2)]
