"""Periods as people write them in questions, which no document does."""

from __future__ import annotations

from datetime import date

import pytest

from finfoundry.ask.lexicon.spans import FiscalSpan, as_documents_date, asked_periods, span_in_month, span_of
from finfoundry.ask.understand.question_text import in_full
from finfoundry.core.periods import CALENDAR_YEAR, FiscalYear, month_end


def spans(question: str, calendar: FiscalYear = CALENDAR_YEAR) -> list[str]:
    """The spans that a question names, each once, in its order."""
    found = (span_of(one, calendar) for one in asked_periods(question, calendar))
    return list(dict.fromkeys(span.key for span in found if span))


@pytest.mark.parametrize(
    ("question", "named"),
    [
        ("third-quarter 2023 revenue of Tarn", ["fy2023q3"]),
        ("Tarn's revenue in the 2023 third quarter", ["fy2023q3"]),
        ("revenue, Q3/2023", ["fy2023q3"]),
        ("revenue in the last quarter of 2023", ["fy2023q4"]),
        ("2023's final quarter: what was revenue?", ["fy2023q4"]),
        ("profit for the closing half of fiscal 2023", ["fy2023h2"]),
        ("2023年最后一个季度的营收", ["fy2023q4"]),
        ("112年末季的營收", ["fy2023q4"]),
        ("revenue for the last three months of 2023", ["fy2023q4"]),
        ("revenue in the last fiscal quarter of the year 2023", ["fy2023q4"]),
        ("2023财年最后一季的营收", ["fy2023q4"]),
        ("Excluding the last quarter, 2023 revenue was what?", ["fy2023"]),
        ("Against the last quarter, 2023 Q2 revenue was what?", ["fy2023q2"]),
        ("the last quarter 2023-06-30", ["fy2023q2"]),
        ("in the last quarter 20 branches opened", []),
        ("In the first quarter, 15 branches closed", []),
        ("the second-to-last quarter of 2023", ["fy2023"]),  # of which one word is left that nobody explains
        ("2023年末季节性贷款余额是多少", ["fy2023"]),
        ("截至2023年末季度平均余额是多少", ["fy2023"]),
        ("为期20年最后一季", []),
        ("What was Tarn's last-quarter revenue in 2023?", ["fy2023q4"]),
        ("Tarn's last quarter revenue for the year 2023", ["fy2023q4"]),
        ("revenue in the last two quarters of 2023", ["fy2023h2"]),
        ("How did last quarter's revenue compare with that of 2023?", ["fy2023"]),
        ("revenue of the last quarter and of 2023", ["fy2023"]),
        ("Compared to last quarter of 2023, what was it?", ["fy2023q4"]),
        ("revenue in the last half-year of 2023", ["fy2023h2"]),
        ("revenue in the most recent three months of 2023", ["fy2023"]),
        ("民國112年末季營收", ["fy2023q4"]),
        ("110年、111年末季的營收", ["fy2021q4", "fy2022q4"]),
        ("2023年倒数第二季度营收", ["fy2023"]),
        ("2023年营收最后一季度是多少", ["fy2023q4"]),
        ("revenue in 23Q3", ["fy2023q3"]),
        ("profit in the June 2023 quarter", ["fy2023q2"]),
        ("profit in the September quarter of 2023", ["fy2023q3"]),
        ("six-month 2023 profit", ["fy2023h1"]),
        ("revenue in fiscal 24", ["fy2024"]),
        ("what was revenue in '23?", ["fy2023"]),
        ("net income, Q2 23 alone and first half 23", ["fy2023q2", "fy2023h1"]),
        ("海湾港务2019净息差", ["fy2019"]),
        ("海湾港务2017、2018、2019三年的资产总额", ["fy2017", "fy2018", "fy2019"]),
        ("海湾港务流动负债，2021对比2020，增速", ["fy2021", "fy2020"]),
        ("海湾港务的法人，2019与2020", ["fy2019", "fy2020"]),
        ("海湾港务流动负债,2021对比2020,增速", ["fy2021", "fy2020"]),  # as a question is once it is cleaned
        ("海湾港务的净利润,2021年Q1", ["fy2021q1"]),
        ("海湾港务19、20、21这三年的法人", ["fy2019", "fy2020", "fy2021"]),
        ("海灣港務112上半年營收", ["fy2023h1"]),
        ("海灣港務112H1營收", ["fy2023h1"]),
        ("海灣港務22年Q1營收", ["fy2022q1"]),
        ("海灣港務2022年首季營收", ["fy2022q1"]),
        ("海湾港务20年的销售费用", ["fy2020"]),
        ("海灣港務112年第三季單季營收", ["fy2023q3"]),
        ("海灣港務112年第三季累計營收", ["fy2023m9"]),
        ("海灣港務112年頭三個月的營收", ["fy2023q1"]),
        ("海灣港務112年初到9月底的營收", ["fy2023m9"]),
        ("revenue in the first three quarters of 2023", ["fy2023m9"]),
        ("海湾港务2023年前9个月的营收", ["fy2023m9"]),
        ("海灣港務112年前六個月的營收", ["fy2023h1"]),
        ("海灣港務今年（112年）首季營收跟111年同季比", ["fy2023q1", "fy2022q1"]),
    ],
)
def test_a_period_as_people_ask(question: str, named: list[str]) -> None:
    assert spans(question) == named


@pytest.mark.parametrize(
    ("question", "named"),
    [
        ("second-quarter revenue of Tarn in 2023", ["fy2023q2"]),
        ("How far did nine-month profit fall in 2023 against 2022?", ["fy2023m9", "fy2022m9"]),
        ("Q3 2023 versus 2022", ["fy2023q3", "fy2022q3"]),
        ("111年和112年第三季的每股盈餘", ["fy2022q3", "fy2023q3"]),
        ("revenue in the first three quarters of 2023 versus 2022", ["fy2023m9", "fy2022m9"]),
        ("海湾港务2022年和2023年前9个月的营收", ["fy2022m9", "fy2023m9"]),
        ("112及111年第三季的每股盈餘", ["fy2023q3", "fy2022q3"]),
        ("volume of Q2 2022 and that of 2023", ["fy2022q2", "fy2023q2"]),
    ],
)
def test_a_stretch_apart_from_its_years_is_of_each(question: str, named: list[str]) -> None:
    assert spans(question) == named


@pytest.mark.parametrize(
    "question",
    ["revenue in FY2023 and in Q1 2024", "2023 revenue and that of the first half of 2024", "2023年营业收入和2024年第一季度营业收入"],
)
def test_a_whole_year_beside_a_stretch_stays_whole(question: str) -> None:
    assert "fy2023" in spans(question)


@pytest.mark.parametrize(
    "question",
    [
        "近20年来的营业收入",
        "共有2019家门店",
        "the first three of 12 branches",
        "20和25两年期贷款的利率",
        "15、20两个年级",
        "每20、25两年一次",
    ],
)
def test_a_count_is_no_period(question: str) -> None:
    assert spans(question) == []


def test_the_close_of_a_month_is_a_day() -> None:
    (found,) = asked_periods("inventories at the end of May 2024")
    assert found.period is not None
    assert (found.period.end, found.instant) == (month_end(2024, 5), True)


@pytest.mark.parametrize("words", ["at mid-2024", "in mid-year 2024", "in the middle of 2024"])
def test_the_middle_of_a_year_is_a_day(words: str) -> None:
    (found,) = asked_periods(f"How many members were there {words}?")
    assert found.period is not None
    assert (found.period.end, found.instant) == (month_end(2024, 6), True)
    assert spans(f"How many members were there {words}?") == ["fy2024q2"]


@pytest.mark.parametrize(
    ("day", "month", "span"),
    [
        (date(2023, 12, 31), "June 2023", (2023, 6, 3)),
        (date(2023, 12, 31), "December 2023", (2023, 12, 12)),
        (date(2023, 12, 31), "May 2023", None),
        (date(2023, 9, 30), "September 2023", (2023, 12, 12)),
        (date(2024, 1, 28), "January 2024", (2024, 12, 12)),
    ],
)
def test_a_month_in_which_a_quarter_ends(day: date, month: str, span: tuple[int, int, int] | None) -> None:
    (found,) = asked_periods(f"borrowings in {month}")
    calendar = FiscalYear.ending(day)
    assert found.period is not None
    assert span_in_month(found.period, calendar) == (FiscalSpan(*span) if span else None)


def test_a_question_dated_as_documents_are_is_bound_by_its_own_years() -> None:
    assert as_documents_date("海湾港务2019净息差比2018年低多少", CALENDAR_YEAR, "zh") == "海湾港务 2019年 净息差比2018年低多少"
    assert as_documents_date("What was revenue in 2023?", CALENDAR_YEAR, "en") == "What was revenue in 2023?"
    of_parts = "members at mid-2024, and volume of Q2 2022 and that of 2023"
    dated = as_documents_date(of_parts, CALENDAR_YEAR, "en")
    assert [word for word in ("the end of Q2 FY2024", "Q2 FY2023") if word not in dated] == []


@pytest.mark.parametrize(
    ("question", "quarter"),
    [
        ("What was Acme's full-year revenue for 2023, given that the first quarter was weak?", None),
        ("By how much did Acme's revenue in 2023 exceed that of the fourth quarter?", None),
        ("In 2023, what was Acme's second quarter revenue?", 2),
    ],
)
def test_a_stretch_of_another_clause_or_comparison_is_not_the_years(question: str, quarter: int | None) -> None:
    (year,) = [one for one in asked_periods(question) if one.text == "2023"]
    assert (year.fiscal_year, year.quarter) == (2023, quarter)


@pytest.mark.parametrize("question", ["成立20年的云洲银行营业收入是多少？", "个人消费贷款期限20年可以吗？", "租期15年的合同有多少？"])
def test_how_long_something_lasts_is_no_year(question: str) -> None:
    assert asked_periods(question) == []
    assert in_full(question) == question
