"""What a table that goes from one balance to another says of time by its own structure."""

from __future__ import annotations

from tests.knowledge.facts.papers import Rows, document, found, table

from finfoundry.core.document import Block, Fact
from finfoundry.knowledge.facts import extract
from finfoundry.knowledge.facts.periods.roll_forward import months_rolled

QUARTERLY = [
    Block("heading", "FORM 10-Q"),
    Block("paragraph", "For the quarterly period ended June 30, 2024"),
    Block("paragraph", "Example Holdings, Inc."),
    Block("paragraph", "(Exact name of registrant as specified in its charter)"),
]


def facts_of(rows: Rows, *, interim: bool = False) -> list[Fact]:
    return extract(document([table(rows)], cover=QUARTERLY) if interim else document([table(rows)]))


def periods(facts: list[Fact], label: str) -> list[str]:
    return [fact.period for fact in found(facts, label)]


def test_an_opening_balance_of_the_year_begins_a_column_of_the_year_to_date() -> None:
    rows = [
        ["", "June 30, 2024", "June 30, 2023"],
        ["Balance, beginning of year", "5", "4"],
        ["Claims", "2", "1"],
        ["Balance, end of period", "7", "5"],
    ]
    facts = facts_of(rows, interim=True)
    assert periods(facts, "Balance, beginning of year") == ["2023-12-31", "2022-12-31"]
    assert periods(facts, "Claims") == ["2024-01-01/2024-06-30", "2023-01-01/2023-06-30"]
    assert periods(facts, "Balance, end of period") == ["2024-06-30", "2023-06-30"]


def test_an_opening_balance_of_the_period_begins_a_column_of_the_quarter() -> None:
    rows = [
        ["", "June 30, 2024", "June 30, 2023"],
        ["Balance, beginning of period", "5", "4"],
        ["Claims", "2", "1"],
        ["Balance, end of period", "7", "5"],
    ]
    assert periods(facts_of(rows, interim=True), "Claims") == ["2024-04-01/2024-06-30", "2023-04-01/2023-06-30"]


def test_rows_between_an_opening_balance_and_the_same_adjusted_are_of_its_day() -> None:
    rows = [
        ["", "2024", "2023"],
        ["Balance, beginning of year", "5", "4"],
        ["Effect of a new standard", "1", "1"],
        ["Adjusted balance, beginning of year", "6", "5"],
        ["Claims", "2", "1"],
        ["Balance, end of year", "8", "6"],
    ]
    facts = facts_of(rows)
    assert periods(facts, "Effect of a new standard") == ["2023-12-31", "2022-12-31"]
    assert periods(facts, "Claims") == ["2024-01-01/2024-12-31", "2023-01-01/2023-12-31"]


def test_a_dated_balance_carried_to_the_next_day_is_the_same_balance() -> None:
    rows = [
        ["", "Stock", "Earnings"],
        ["Balance as of December 30, 2023", "5", "4"],
        ["Effect of a new standard", "1", "1"],
        ["Opening balance as of December 31, 2023", "6", "5"],
        ["Net income", "2", "1"],
        ["Balance as of December 28, 2024", "8", "6"],
    ]
    facts = facts_of(rows)
    assert (
        set(periods(facts, "Effect of a new standard")) == set(periods(facts, "Opening balance as of December 31, 2023")) == {"2023-12-30"}
    )
    assert set(periods(facts, "Net income")) == {"2023-12-31/2024-12-28"}


def test_where_only_totals_are_dated_each_dates_the_rows_that_it_sums_up() -> None:
    rows = [
        ["", "Level 1", "Level 2"],
        ["Bonds", "5", "4"],
        ["Shares", "2", "1"],
        ["Total at December 31, 2024", "7", "5"],
        ["Bonds", "3", "4"],
        ["Shares", "1", "1"],
        ["Total at December 31, 2023", "4", "5"],
    ]
    assert periods(facts_of(rows), "Bonds") == ["2024-12-31", "2024-12-31", "2023-12-31", "2023-12-31"]


def test_a_heading_that_names_a_length_or_a_year_leaves_rows_between_the_balances_around_them() -> None:
    for heading in ("Six Months Ended June 30", "2023"):
        rows = [
            ["", "Stock", "Earnings"],
            ["Balance at December 31, 2022", "5", "4"],
            [heading],
            ["Net income", "2", "1"],
            ["Balance at June 30, 2023", "7", "5"],
        ]
        assert set(periods(facts_of(rows, interim=True), "Net income")) == {"2023-01-01/2023-06-30"}


def test_a_heading_of_another_year_goes_before_the_balances() -> None:
    rows = [
        ["", "Stock", "Earnings"],
        ["Balance at December 31, 2022", "5", "4"],
        ["2021"],
        ["Net income", "2", "1"],
        ["Balance at June 30, 2023", "7", "5"],
    ]
    assert set(periods(facts_of(rows, interim=True), "Net income")) != {"2023-01-01/2023-06-30"}


def test_several_parts_of_one_length_roll_as_one() -> None:
    labels = ["Balance at January 1", "Interest", "Balance at December 31"]
    assert months_rolled([*labels, "Returns", *labels]) == 12
    assert months_rolled([*labels, "Balance at March 31", "Balance at June 30"]) is None


def test_earnings_of_a_year_that_are_divided_move_in_the_period_in_which_they_are() -> None:
    rows = [
        ["", "股本", "未分配盈餘", "總計"],
        ["111 年 1月 1日至 9月 30日"],
        ["111 年 1月 1日餘額", "500", "400", "900"],
        ["本期淨利", "-", "90", "90"],
        ["110 年度盈餘指撥及分配"],
        ["普通股現金股利", "-", "( 60)", "( 60)"],
        ["111 年 9月 30日餘額", "500", "430", "930"],
    ]
    facts = facts_of(rows)
    assert set(periods(facts, "普通股現金股利")) == set(periods(facts, "本期淨利")) == {"2022-01-01/2022-09-30"}


def test_a_heading_over_a_balance_begins_another_time() -> None:
    rows = [
        ["", "Stock", "Earnings"],
        ["Balance at December 31, 2022", "5", "4"],
        ["Net income", "2", "1"],
        ["Balance at December 31, 2023", "7", "5"],
        ["Activity of fiscal 2022"],
        ["Balance at December 31, 2021", "3", "3"],
        ["Dividends", "2", "1"],
        ["Balance at December 31, 2022", "5", "4"],
    ]
    assert set(periods(facts_of(rows), "Dividends")) == {"2022-01-01/2022-12-31"}


def test_net_amounts_of_a_day_are_balances() -> None:
    rows = [
        ["", "房屋", "設備"],
        ["成 本"],
        ["112 年 1月 1日餘額", "80", "50"],
        ["增 添", "4", "2"],
        ["112 年 3月 31日餘額", "84", "52"],
        ["累計折舊"],
        ["112 年 1月 1日餘額", "10", "5"],
        ["折舊費用", "1", "1"],
        ["112 年 3月 31日餘額", "11", "6"],
        ["112 年 3月 31日淨額", "73", "46"],
        ["111 年 12月 31日及 112 年 1月 1日淨額", "70", "45"],
    ]
    facts = facts_of(rows)
    assert set(periods(facts, "112 年 3月 31日淨額")) == {"2023-03-31"}
    assert set(periods(facts, "111 年 12月 31日及 112 年 1月 1日淨額")) == {"2022-12-31"}
