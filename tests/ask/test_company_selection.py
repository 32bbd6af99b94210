"""Questions over all companies, and what is understood of them."""

from __future__ import annotations

from decimal import Decimal

import pytest

from finfoundry.ask.lexicon.entities import EntityNames
from finfoundry.ask.lexicon.metric_terms import vocabulary
from finfoundry.ask.plan.company_selection import Selection, plan_selection
from finfoundry.ask.understand.intent import understand
from finfoundry.core.formulas import formulas


def planned(question: str) -> Selection | None:
    return plan_selection(understand(question, EntityNames([("甲乙股份有限公司", ("甲乙股份", "600001"))]), vocabulary()), formulas())


@pytest.mark.parametrize(
    ("question", "stat", "metric", "descending", "first", "last"),
    [
        ("2021年净利润最高的前三家公司是哪些？", "top", "net_income", True, 1, 3),
        ("2020年营业收入排名第五的公司是哪家？", "top", "revenue", True, 5, 5),
        ("2020年研发费用最少的10家公司是哪几家", "top", "rd_expense", False, 1, 10),
        ("2020年净利润排名倒数5名的公司有哪些？", "top", "net_income", False, 1, 5),
        ("哪家公司2019年职工人数最多", "top", "employees", True, 1, 1),
        ("2021年所有公司的平均净利润是多少？", "mean", "net_income", True, 1, 1),
        ("2021年上市公司营业收入的中位数是多少", "median", "revenue", True, 1, 1),
        ("2021年全部公司的研发费用总和是多少", "sum", "rd_expense", True, 1, 1),
        ("Which 3 companies had the highest revenue in 2020?", "top", "revenue", True, 1, 3),
    ],
)
def test_what_is_wanted_of_which_metric(question: str, stat: str, metric: str, descending: bool, first: int, last: int) -> None:
    selection = planned(question)
    assert selection is not None
    assert selection.item is not None
    assert (selection.stat, selection.item.expression) == (stat, metric)
    assert (selection.descending if stat == "top" else descending, selection.first, selection.last) == (descending, first, last)


def test_conditions_are_read_with_their_limits() -> None:
    selection = planned("2020年净利润超过10亿元的公司有多少家？")
    assert selection is not None
    (limit,) = selection.thresholds
    assert (selection.stat, selection.year, limit.item.expression) == ("count", 2020, "net_income")
    assert (limit.comparison, limit.value) == (">", Decimal(10**9))


@pytest.mark.parametrize(("words", "comparison"), [("不低于1亿元", ">="), ("低于1亿元", "<"), ("在1亿元以上", ">="), ("为负", "<")])
def test_comparisons(words: str, comparison: str) -> None:
    selection = planned(f"2020年净利润{words}的公司有多少家？")
    assert selection is not None
    assert selection.thresholds[0].comparison == comparison


@pytest.mark.parametrize("question", ["2021年注册地址在上海的公司中净利润最高的前三家", "2021年注册在上海的企业里净利润最高的3家是？"])
def test_a_place_is_a_condition_on_the_registered_address(question: str) -> None:
    selection = planned(question)
    assert selection is not None
    assert [(one.field, one.place) for one in selection.places] == [("registered_address", "上海")]
    assert (selection.first, selection.last) == (1, 3)


@pytest.mark.parametrize(
    "question",
    [
        "甲乙股份2020年净利润最高的季度是哪个？",  # of one company
        "2020年净利润最高的公司的董事长是谁？",  # asks for more than the selection holds
        "2020年幸福指数最高的公司是哪家？",  # no such metric
        "2019年和2021年净利润最高的公司是哪家？",  # two years
        "为什么公司的净利润会下降？",
    ],
)
def test_what_is_not_fully_understood_is_left_alone(question: str) -> None:
    assert planned(question) is None
