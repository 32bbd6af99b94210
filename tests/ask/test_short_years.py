"""A year of two digits is a year where something says so, and nothing else is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finfoundry.ask.understand.question_text import in_full


@pytest.mark.parametrize(
    ("question", "read"),
    [
        ("某银行19年净利润", "某银行2019年净利润"),
        ("21和22年的营业收入分别是多少", "2021和2022年的营业收入分别是多少"),
        ("Sales in 2019 compared with 18?", "Sales in 2019 compared with 2018?"),
        ("Was cash in 2021 higher than in '20?", "Was cash in 2021 higher than in 2020?"),
        ("Inventory 23 vs 22", "Inventory 2023 vs 2022"),
        ("profit for 2020, 21 and 22", "profit for 2020, 2021 and 2022"),
        ("Omega Mill Inc2024年的营业收入", "Omega Mill Inc 2024年的营业收入"),
    ],
)
def test_two_digits_are_a_year(question: str, read: str) -> None:
    assert in_full(question) == read


@pytest.mark.parametrize(
    ("question", "read"),
    [
        ("2020年的营业收入有没有超过10亿元？", "2020年的营业收入是否超过10亿元？"),
        ("2020年底资产总额已经突破100亿了吗？", "2020年底资产总额超过100亿了吗？"),
        ("2020年有没有突破性的产品？", "2020年有没有突破性的产品？"),
        ("营业成本为何？同年营业利润各为何数？", "营业成本是多少？同年营业利润是多少？"),
        ("占比为何，请列示", "占比是多少，请列示"),
        ("净利润下降为何，请说明", "净利润下降为何，请说明"),
        ("净利润为何下降？", "净利润为何下降？"),
        ("各部门分别为何裁员？", "各部门分别为何裁员？"),
        ("净利润÷营业收入等于几？", "净利润除以营业收入等于几？"),
    ],
)
def test_whether_a_number_is_passed_is_asked_in_one_way(question: str, read: str) -> None:
    assert in_full(question) == read


@pytest.mark.parametrize(
    "question",
    [
        "近10年的净利润", "FY2024年的净利润", "10年期国债利率", "成立20年以来", "过去15年平均增速", "前12年", "第19年", "2019年", "1998年",
        "Did sales in 2020 rise by more than 12%?", "the 30 largest customers in 2021", "from 18 branches to 21 branches in 2020",
        "What were net sales in 2020 over 52 weeks?", "compared with 18", "10-K of 2020", "Round to 2 decimals and 10 words",
        "Did revenue grow from 2019 to 95?", "Was the interest cover in 2019 more than 15?", "Did the rating in 2021 move from 12 to 14?",
        "In 2020, was the ratio lower than 25?", "Was the score of 2022 over 20?",
    ],
)  # fmt: skip
def test_other_numbers_stay(question: str) -> None:
    assert in_full(question) == question


@given(st.text())
def test_nothing_but_years_is_added(text: str) -> None:
    """Reading it again changes nothing, and without digits and blanks the text is the same."""
    once = in_full(text)
    assert in_full(once) == once
    told, asked = ([c for c in one if not c.isdigit() and not c.isspace()] for one in (once, text))
    assert told == asked
