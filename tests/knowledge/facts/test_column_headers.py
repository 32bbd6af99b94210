"""What headers say of time: lengths in months and weeks, days, years, edges; and of scope and unit over their columns."""

from __future__ import annotations

from datetime import date

import pytest
from tests.knowledge.facts.papers import COVER, COVER_ZH, Rows, document, found, table

from finfoundry.core.document import Block, Fact
from finfoundry.core.fiscal import FiscalYear
from finfoundry.knowledge.facts import extract
from finfoundry.knowledge.facts.header_times.timing import Timing, months_said, read_timing
from finfoundry.knowledge.facts.table.column_headers import header_outside
from finfoundry.knowledge.facts.table.header_detection import read_grid

JUNE = FiscalYear(2024, date(2024, 6, 30))


def facts_of(rows: Rows, **options: object) -> list[Fact]:
    return extract(document([table(rows, **options)]))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "months"),
    [
        ("Three months ended March 31, 2025", 3), ("six months ended", 6), ("Nine Months Ended", 9), ("twelve months ended", 12),
        ("thirteen weeks ended", 3), ("Twenty-six weeks ended", 6), ("thirty-nine weeks ended", 9), ("Fifty-two weeks ended", 12),
        ("fifty-three weeks ended", 12), ("1 month ended", 1), ("2 months", 2), ("4 months ended", 4), ("5 months ended", None),
        ("quarter ended March 31", 3), ("Second Quarter", 3), ("Half-year", 6), ("First half 2024", 6), ("Years ended June 30", 12),
        ("For the year", 12), ("Q1 YTD 2025", 3), ("Q2 YTD 2025", 6), ("Q3 year-to-date 2025", 9), ("Q4 YTD", 12),
        ("due within 3 months", None), ("Less than 6 months", None), ("December 31, 2024", None), ("2024年度", 12),
        ("截至2024年6月30日止六個月", 6), ("截至2024年9月30日止9个月", 9), ("截至2024年3月31日止的三个月", 3), ("2024年末", None),
    ],
)  # fmt: skip
def test_the_length_of_time_that_a_header_names(text: str, months: int | None) -> None:
    assert months_said(text) == months


@pytest.mark.parametrize("weeks", [12, 13, 14, 24, 26, 27, 36, 39, 40, 52, 53])
def test_weeks_that_reports_count_are_the_quarters_that_they_are_nearest_to(weeks: int) -> None:
    assert months_said(f"{weeks} weeks ended") == 3 * min((1, 2, 3, 4), key=lambda quarters: abs(quarters * 13 - weeks))


def test_weeks_that_are_no_quarters_are_none() -> None:
    assert [months_said(f"{weeks} weeks ended") for weeks in (1, 4, 20, 32, 46)] == [None] * 5


def test_a_header_to_date_is_the_part_of_the_year_up_to_its_quarter() -> None:
    timing = read_timing("Q2 YTD 2025", None)
    assert (timing.year, timing.months, timing.quarter) == (2025, 6, 2)


@pytest.mark.parametrize(
    ("text", "end", "months", "instant"),
    [
        ("As of fiscal 2024", date(2024, 6, 30), None, True),
        ("As of December 31, 2023", date(2023, 12, 31), None, True),
        ("December 31, 2023", date(2023, 12, 31), None, None),
        ("Three months ended December 31, 2023", date(2023, 12, 31), 3, None),
        ("2024年上半年", date(2024, 6, 30), 6, None),
        ("2023年12月31日", date(2023, 12, 31), None, None),
        ("2023年末", date(2023, 12, 31), None, True),
    ],
)
def test_a_full_date_and_what_it_ends(text: str, end: date, months: int | None, instant: bool | None) -> None:
    timing = read_timing(text, JUNE if "fiscal" in text else None)
    assert (timing.end, timing.months) == (end, months)
    assert bool(timing.instant) == bool(instant)


def test_fiscal_years_and_quarters_keep_their_names() -> None:
    assert (read_timing("Fiscal 2024", None).year, read_timing("Fiscal 2024", None).end) == (2024, None)
    quarter = read_timing("Q3 2024", None)
    assert (quarter.year, quarter.quarter, quarter.months) == (2024, 3, 3)
    assert read_timing("Revenue", JUNE).dated is False
    assert read_timing("Prior year", None).offset == -1
    assert read_timing("Current year", None).offset == 0


def test_a_bare_year_says_no_more_than_the_words_around_it() -> None:
    assert read_timing("2024", JUNE) == Timing(year=2024)
    assert read_timing("As of 2024", None) == Timing(year=2024, instant=True)
    assert read_timing("Year ended 2024", None) == Timing(year=2024, months=12)


def test_years_of_weeks_whose_day_is_told_once_end_on_one_day_of_the_week() -> None:
    cover = [Block("heading", "FORM 10-K"), Block("paragraph", "For the fiscal year ended September 28, 2024"), *COVER[2:]]
    rows = [["52 weeks ended September 28,", "2024", "2023", "2022"], ["Revenue", "5", "4", "3"], ["Cost of revenue", "3", "2", "1"]]
    facts = extract(document([table(rows, title="Statements of Operations")], cover=cover))
    assert [fact.period.rpartition("/")[2] for fact in found(facts, "Revenue")] == ["2024-09-28", "2023-09-30", "2022-10-01"]


def test_columns_of_group_and_company_have_their_scopes() -> None:
    facts = facts_of(
        [
            ["", "Consolidated>2", "", "Parent company>2", ""],
            ["", "2024", "2023", "2024", "2023"],
            ["Total assets", "90", "80", "50", "40"],
        ],
        title="Balance sheets",
        note="(in millions)",
    )
    assert [(fact.scope, fact.period[:4], int(fact.value / fact.scale)) for fact in found(facts, "Total assets")] == [
        ("consolidated", "2024", 90), ("consolidated", "2023", 80), ("parent", "2024", 50), ("parent", "2023", 40),
    ]  # fmt: skip


def test_each_column_has_the_unit_that_stands_over_it() -> None:
    facts = facts_of([["", "2024>2", ""], ["", "£m", "US$m"], ["Revenue", "10", "13"], ["Costs", "4", "5"]])
    assert [(fact.unit, int(fact.value)) for fact in found(facts, "Revenue")] == [("GBP", 10_000_000), ("USD", 13_000_000)]


def test_a_column_of_growth_is_a_ratio_and_of_no_concept() -> None:
    facts = facts_of([["", "2024", "2023", "% change"], ["Revenue", "110", "100", "10.0%"], ["Net income", "60", "50", "20.0%"]])
    (_, _, growth) = found(facts, "Revenue")
    assert (growth.unit, growth.concept, str(growth.value)) == ("ratio", None, "0.100")
    assert [fact.concept for fact in found(facts, "Revenue")[:2]] == ["Revenues", "Revenues"]


def test_a_column_of_the_group_in_a_statement_named_after_the_parent_is_the_groups() -> None:
    rows = [["项目", "2020年12月31日>2", ""], ["", "合并", "母公司"], ["货币资金", "90", "50"], ["资产总计", "95", "55"]]
    facts = extract(document([table(rows, title="母公司资产负债表")], cover=COVER_ZH))
    assert [(fact.scope, int(fact.value)) for fact in found(facts, "资产总计")] == [("consolidated", 95), ("parent", 55)]


@pytest.mark.parametrize(
    ("head", "dimensions"),
    [("North", (("column", "North"),)), ("Example Holdings, Inc. and Subsidiaries", ()), ("Parent and its consolidated subsidiaries", ())],
)
def test_a_column_is_told_by_its_segment_and_not_by_whose_statement_it_is(head: str, dimensions: tuple[tuple[str, str], ...]) -> None:
    facts = facts_of([["", f"{head}>2", ""], ["", "2024", "2023"], ["Revenue", "5", "4"], ["Costs", "3", "2"]])
    assert {fact.dimensions for fact in facts} == {dimensions}
    assert len(facts) == 4


def test_words_like_last_year_in_the_line_above_a_headless_table_are_no_periods_of_columns() -> None:
    grid = read_grid(table([["Cash", "5", "4"], ["Inventory", "3", "2"]]))
    columns = header_outside("Compared with the prior year (Dollars in millions) June 29, 2025 December 29, 2024", grid, None)
    assert columns is not None
    assert [columns[number].timing.end for number in (1, 2)] == [date(2025, 6, 29), date(2024, 12, 29)]


def test_a_year_over_a_column_of_shares_is_a_year_and_no_number_of_them() -> None:
    facts = facts_of([["Year ended December 31:", "2024>2", "", "2023>2", ""], ["", "Shares", "Dollars", "Shares", "Dollars"],
                      ["Class A stock issued", "12", "$ 31", "14", "$ 35"]])  # fmt: skip
    assert {(fact.period[:4], fact.column) for fact in facts if fact.metric[-1] == "Class A stock issued"} == {
        ("2024", 1), ("2024", 2), ("2023", 3), ("2023", 4),
    }  # fmt: skip


def test_a_footnote_of_the_year_stands_in_no_date() -> None:
    facts = facts_of([["项目", "2019年(4)12月31 日", "2018年（4）12月31日"], ["资产总额", "90", "80"], ["负债总额", "50", "45"]])
    assert [(fact.period, fact.dimensions) for fact in found(facts, "资产总额")] == [("2019-12-31", ()), ("2018-12-31", ())]


def test_a_bank_over_its_dates_is_the_parent_and_restated_figures_are_of_no_part() -> None:
    rows = [
        ["项目", "本集团>2", "", "本行>2", ""],
        ["", "2024年12月31日", "2023年12月31日（已重述）", "2024年12月31日", "2023年12月31日（已重述）"],
        ["资产总计", "9,120", "8,410", "7,530", "7,115"],
        ["负债合计", "8,120", "7,410", "6,530", "6,115"],
    ]
    facts = facts_of(rows, note="单位：人民币百万元")
    assert [(fact.scope, fact.period, fact.dimensions) for fact in found(facts, "资产总计")] == [
        ("consolidated", "2024-12-31", ()), ("consolidated", "2023-12-31", ()), ("parent", "2024-12-31", ()), ("parent", "2023-12-31", ())
    ]  # fmt: skip


def test_a_title_of_notes_is_none_of_the_titles_over_columns_that_repeat() -> None:
    """The titles lost their spans; "Note" heads a column that was read with the first."""
    rows = [
        ["", "Note", "Group", "", "Company", ""],
        ["", "As at 31 March 2025>2", "", "As at 31 March 2024", "As at 31 March 2025", "As at 31 March 2024"],
        ["Trade receivables", "", "5,664", "4,890", "3,105", "2,852"],
    ]
    facts = facts_of(rows, note="(in millions of US dollars)")
    assert [fact.scope for fact in found(facts, "Trade receivables")] == ["consolidated", "consolidated", "parent", "parent"]
