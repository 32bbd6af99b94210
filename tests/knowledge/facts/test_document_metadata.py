"""What a paper is on: its kind and period, and when its company's years end, from the days that texts and tables name."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.knowledge.facts.papers import COVER, document, table

from finfoundry.core.document import Block
from finfoundry.knowledge.facts.issuers.document_metadata import _same_quarter, _weeks_apart, common_ends, read_profile
from finfoundry.knowledge.facts.issuers.named_years import named_years
from finfoundry.knowledge.ingest.parse_file import parse

SATURDAY = date(2024, 9, 28)


@given(st.integers(-800, 800))
def test_years_of_weeks_end_52_or_53_of_them_apart_or_twice_as_many(days: int) -> None:
    other = SATURDAY + timedelta(days=days)
    apart = _weeks_apart(other, SATURDAY, Counter([other, SATURDAY]))
    assert apart is (abs(days) in (52 * 7, 53 * 7, 104 * 7, 105 * 7) and (other + timedelta(days=1)).day != 1)


@pytest.mark.parametrize(
    "text",
    [
        "Fiscal 2019 was a year of 52 weeks. By fiscal 2019 we mean the year; fiscal 2019, of 52 weeks, ended February 1, 2020.",
        "The fiscal year 2019 ended on February 1, 2020.",
        "In the 52 weeks ended February 1, 2020 (“fiscal 2019”) we opened stores.",
        "It was the year ended February 1, 2020 or fiscal year 2019.",
    ],
)
def test_a_year_is_called_as_the_text_calls_it(text: str) -> None:
    assert named_years(document([Block("paragraph", text)])) == {date(2020, 2, 1): 2019}
    assert named_years(document([Block("table", text)])) == {}


def test_a_form_10_k_is_on_the_year_though_its_cover_tells_of_the_last_quarter_first() -> None:
    cover = [Block("heading", "FORM 10-K"), Block("paragraph", "Results for the quarter ended December 31, 2024"), *COVER[2:]]
    profile, _ = read_profile(document(cover=cover))
    assert (profile.kind, profile.fiscal_year, profile.period) == ("10-K", 2024, "2024-01-01/2024-12-31")


@pytest.mark.parametrize("weeks", [-105, -104, -53, 52, 53, 104, 105])  # 52 before it ends a month
def test_a_month_end_named_nearby_says_that_years_are_of_months(weeks: int) -> None:
    other = SATURDAY + timedelta(weeks=weeks)
    assert _weeks_apart(other, SATURDAY, Counter([other]))
    assert not _weeks_apart(other, SATURDAY, Counter([other, date(other.year, 9, 30)]))
    assert _weeks_apart(other, SATURDAY, Counter([other, date(other.year, 6, 30)]))


@pytest.mark.parametrize(
    ("day", "same"),
    [
        (date(2023, 9, 30), True), (date(2022, 10, 1), True), (date(2024, 9, 28), True), (date(2023, 10, 9), True),
        (date(2023, 6, 30), False), (date(2024, 12, 31), False), (date(2023, 10, 11), False),
    ],
)  # fmt: skip
def test_days_about_a_year_apart_end_the_same_quarter(day: date, same: bool) -> None:
    assert _same_quarter(day, SATURDAY) is _same_quarter(SATURDAY, day) is same


@pytest.mark.parametrize(("day", "weeks"), [(date(2025, 9, 22), True), (date(2025, 9, 23), False)])
def test_a_month_end_is_nearby_within_a_week(day: date, weeks: bool) -> None:
    assert _weeks_apart(day, day - timedelta(weeks=52), Counter([day, date(2025, 9, 30)])) is weeks


@pytest.mark.parametrize(
    ("head", "period"),
    [
        ("Quarterly risk report Q3 2025", "2025-07-01/2025-09-30"),
        ("Risk report", "2025-09-30"),  # a day alone ends no year
        ("Q1 2025", "2025-07-01/2025-09-30"),  # the quarter that ends that day, in whichever year it is the first
    ],
)
def test_a_paper_headed_with_a_quarter_that_a_table_ends_is_on_that_quarter_and_on_no_year(head: str, period: str) -> None:
    buckets = table([["Bucket", "30 Sep 2025", "30 Jun 2025"], ["Strong", "50", "40"], ["Watch", "5", "4"]])
    profile, _ = read_profile(document([buckets], cover=[Block("heading", head)]))
    assert profile.period == period


def test_the_first_of_a_month_next_to_the_last_of_the_one_before_is_a_balance_brought_on() -> None:
    days = ["January 1, 2024", "December 31, 2023", "October 1, 2022", "December 31, 2022", "January 2, 2023"]
    assert sorted(common_ends(document([table([["", *days], ["Balance", "1", "2", "3", "4", "5"]])], cover=[]))) == [
        date(2022, 10, 1), date(2022, 12, 31), date(2023, 1, 2), date(2023, 12, 31),
    ]  # fmt: skip


@pytest.mark.parametrize(("report", "kind"), [("ANNUAL", "10-K"), ("QUARTERLY", "10-Q")])
def test_the_checked_box_names_the_form(report: str, kind: str) -> None:
    boxes = [f"{'☒' if one == report else '☐'} {one} REPORT PURSUANT TO SECTION 13" for one in ("ANNUAL", "QUARTERLY", "TRANSITION")]
    profile, _ = read_profile(document(cover=[Block("paragraph", box) for box in boxes]))
    assert profile.kind == kind


@pytest.mark.parametrize(
    "word", ["OR", "AND", "NONE", "THE", "OF", "YES", "NO", "NA", "ON", "TO", "IN", "STOCK", "VALUE", "SHARE", "PAR", "DUE"]
)
def test_a_word_below_trading_symbol_is_no_ticker(word: str) -> None:
    def aliases(below: str) -> tuple[str, ...]:
        rows = [["Title of each class", "Trading Symbol"], ["Common shares", below]]
        return read_profile(document(cover=[*COVER, table(rows)]))[0].aliases

    assert "EXH" in aliases("EXH")
    assert word not in aliases(word)


@pytest.mark.parametrize(
    ("text", "weeks"), [("We have a 52- or 53-week fiscal year.", True), ("Our fiscal year is the calendar year.", False)]
)
def test_a_year_of_weeks_may_end_with_a_month(text: str, weeks: bool) -> None:
    cover = [Block("heading", "FORM 10-Q"), Block("paragraph", "For the quarterly period ended July 1, 2023"), Block("paragraph", text)]
    sheet = table([["", "Jul 1, 2023", "Dec 31, 2022"], ["Total assets", "50", "40"]])
    _, fiscal = read_profile(document([sheet, sheet], cover=cover))
    assert (fiscal.end.isoformat(), fiscal.weeks) == ("2022-12-31", weeks)


def test_a_list_of_named_years_is_paired_with_its_ends() -> None:
    """Each name with its own day: else every figure of the report is a year off."""
    text = (
        "References to “fiscal 2024,” “fiscal 2023,” and “fiscal 2022” refer to our fiscal years ended August 31, 2024, August 31, 2023, "
        "and August 31, 2022, respectively."
    )
    assert named_years(document([Block("paragraph", text)])) == {date(2024 - back, 8, 31): 2024 - back for back in (0, 1, 2)}


QUARTERLY = [
    Block("heading", "FORM 10-Q"),
    Block("paragraph", "For the quarterly period ended June 30, 2023"),
    Block("paragraph", "Example Holdings, Inc."),
    Block("paragraph", "(Exact name of registrant as specified in its charter)"),
]


@pytest.mark.parametrize("says", [False, True])
def test_the_first_day_of_a_year_makes_no_years_of_weeks(says: bool) -> None:
    """Equity is dated January 1, 2022, just 52 weeks before December 31, 2022; the quarters end with months."""
    rows = [["", "June 30, 2023", "December 31, 2022"], ["Cash", "5", "4"], ["Inventory", "3", "2"]]
    equity = [["", "Total"], ["Equity, January 1, 2022", "7"], ["Net income", "2"], ["Equity, June 30, 2022", "9"]]
    pages = [[table(rows)], [table(rows)], [table(equity)], [table(equity)], [table(equity)]]
    said = [Block("paragraph", "Our fiscal year is a 52- or 53-week year.")] if says else []
    _, fiscal = read_profile(document(said, *pages, cover=QUARTERLY))
    assert fiscal.end == date(2022, 12, 31)
    assert fiscal.weeks is says


@pytest.mark.parametrize(
    ("said", "end"),
    [
        ("For the years ended December 31, 2017, 2018 and 2019", "2019-12-31"),
        ("For the years ended December 31, 2019, 2018 and 2017", "2019-12-31"),
        ("For the years ended June 30, 2018 and 2019", "2019-06-30"),
        ("For the year ended June 30, 2019, ahead of our plan for fiscal 2020", "2019-06-30"),
    ],
)
def test_of_years_that_are_told_together_a_paper_is_on_the_latest(said: str, end: str) -> None:
    assert (parse(said.encode(), "note.md").document.profile.period or "").endswith(f"/{end}")


def test_a_year_long_past_in_running_text_is_not_what_a_paper_without_a_form_is_on() -> None:
    """Its table is on later days, which are then no days to come."""
    said = "The tax of the year ended December 31, 2016 was paid in instalments."
    rows = "| | December 31, 2018 | December 31, 2019 |\n|---|---|---|\n| Tax credits | 9,196 | 49,891 |"
    assert parse(said.encode(), "note.md").document.profile.fiscal_year == 2016
    read = parse(f"{said}\n\n{rows}\n".encode(), "note.md")
    assert read.document.profile.fiscal_year == 2019
    assert [(fact.period, fact.dimensions) for fact in read.facts] == [("2018-12-31", ()), ("2019-12-31", ())]
