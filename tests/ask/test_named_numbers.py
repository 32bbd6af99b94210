"""Years that a question names outside the clause that asks, and numbers that are written in words."""

from __future__ import annotations

import pytest

from finfoundry.ask.lexicon.spans import FiscalSpan
from finfoundry.ask.reader.named_numbers import number_named, spans_named
from finfoundry.core.errors import PlanError
from finfoundry.core.periods import CALENDAR_YEAR


@pytest.mark.parametrize(
    ("question", "years"),
    [
        ("One hears tolls were different in 2020. By what percentage from 2019?", [2019, 2020]),
        ("引两年通行费，2025与2024，请核", [2024, 2025]),
        ("通行费：2013年？2014年？2015年？", [2013, 2014, 2015]),
        ("ferry tolls cagr 2014-2016", [2014, 2016]),
        ("ferry tolls (2022/2021)", [2021, 2022]),
        ("Did 2,015 ferries bring 2020 tolls of 2012 million?", [2020]),
        ("Were tolls 2015.5 in 2016?", [2016]),
        ("How many tolls?", []),
    ],
)
def test_years_are_read_all_over_the_question(question: str, years: list[int]) -> None:
    assert [span.year for span in spans_named(question, (), (), CALENDAR_YEAR)] == years


def test_years_inside_metrics_are_none_and_quarters_stay_quarters() -> None:
    assert spans_named("5% notes due 2027, 2024", ("5% notes due 2027",), (), CALENDAR_YEAR) == [FiscalSpan(2024)]
    quarter = FiscalSpan(2018, 6, 3)
    named = spans_named("Q2 2018 landed. Tolls against Q2 2017, not 2016?", (), (quarter,), CALENDAR_YEAR)
    assert named == [FiscalSpan(2017, 6, 3), quarter]


@pytest.mark.parametrize(
    ("question", "number"),
    [
        ("Was it above 5 % of tolls in 2024?", "(5 / 100)"), ("more than ten per cent of tolls", "(10 / 100)"), ("逾二成吗", "(2 / 10)"),
        ("有没有三成半", "(3.5 / 10)"), ("below one third of tolls in 2021", "(1 / 3)"), ("不到一半", "(1 / 2)"),
        ("1.5 times 2023", "1.5"), ("more than 5 percentage points", "(5 / 100)"), ("超过三成五", "(3.5 / 10)"),
        ("at least double", "2"), ("有两倍多吗", "2"), ("站上一点五倍", "1.5"), ("five times its tolls", "5"),
        ("make up most of its tolls in the most recent year", "(1 / 2)"), ("out of every hundred crowns", "100"),
        ("Question 4. Was it more than three times?", "3"), ("4.6 就该公司而言，是否逾50%？", "(50 / 100)"),
        ("超过三分之二吗", "(2 / 3)"), ("百分之十五以上", "(15 / 100)"), ("more than half of tolls", "(1 / 2)"),
        ("高于两成吗", "(2 / 10)"),
    ],
)  # fmt: skip
def test_a_bar_is_read_in_digits_and_in_words(question: str, number: str) -> None:
    assert number_named(question).expression == number


@pytest.mark.parametrize("question", ["is it high?", "between 5 % and 7 %?", "in the last three quarters"])
def test_no_number_or_several_are_no_bar(question: str) -> None:
    with pytest.raises(PlanError, match="no one number"):
        number_named(question)


@pytest.mark.parametrize(
    "question",
    [
        "exceed 5 billion",
        "超过5亿元",
        "百分之三点五",
        "above 30 bps",
        "over 3.5 million",
        "高于3万",
    ],
)
def test_a_number_of_which_a_part_is_read_is_none(question: str) -> None:
    with pytest.raises(PlanError):
        number_named(question)


def test_to_double_is_to_grow_by_once_and_a_bar_of_days_is_no_year() -> None:
    assert [number_named("did it double?", grown=grown).expression for grown in (False, True)] == ["2", "1"]
    assert number_named("on 365 days, above 60?", without="365") == ("60", "60")


def test_a_year_has_365_days_unless_the_question_says_otherwise() -> None:
    assert [number_named(said, days=True).expression for said in ("in days?", "on 360 days, in 2020?")] == ["365", "360"]
