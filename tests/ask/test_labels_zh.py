"""Chinese labels: what a question names between company and "是多少"."""

from __future__ import annotations

import pytest

from finfoundry.ask.lexicon.entities import EntityNames
from finfoundry.ask.lexicon.metric_terms import vocabulary
from finfoundry.ask.plan.row_labels import plan_as_printed, plan_by_label
from finfoundry.ask.retrieve.evidence_ranking import asks_an_amount
from finfoundry.ask.understand.intent import Intent, understand
from finfoundry.binding.sentence.claims import read_claims
from finfoundry.core.periods import CALENDAR_YEAR

NAMES = EntityNames([("示例银行股份有限公司", ("示例银行",))])


def intent(question: str) -> Intent:
    return understand(question, NAMES, vocabulary(), CALENDAR_YEAR)


def test_a_label_may_stand_on_both_sides_of_the_period() -> None:
    plan = plan_by_label(intent("示例银行个人住房贷款2019年末的不良贷款率是多少？"), CALENDAR_YEAR)
    assert plan is not None
    assert set(plan.labels.values()) == {"个人住房贷款不良贷款率"}


def test_a_label_is_looked_for_with_what_most_lines_leave_unsaid_and_without() -> None:
    asked = intent("示例银行的无担保公司债余额，从2021年底到2022年9月底增减了多少？")
    said = [plan_by_label(asked, CALENDAR_YEAR, bare=bare) for bare in (False, True)]
    assert [set(plan.labels.values()) if plan else None for plan in said] == [{"无担保公司债余额"}, {"无担保公司债"}]
    assert plan_by_label(intent("示例银行的无担保公司债，从2021年底到2022年9月底增减了多少？"), CALENDAR_YEAR, bare=True) is None


@pytest.mark.parametrize(("question", "amount"), [("长青树美元的预定利率", True), ("保单的额度？", True), ("利率变动型是什么意思", False)])
def test_a_bare_rate_or_amount_asks_for_a_figure(question: str, *, amount: bool) -> None:
    assert asks_an_amount(question) is amount


@pytest.mark.parametrize(
    ("question", "label"),
    [
        ("示例银行2019年研发人员数量占比是多少？", "研发人员数量占比"),
        ("示例银行2019年净利润率差为多少？", "净利润率差"),
        ("示例银行2019年净利润是多少？", None),
    ],
)
def test_a_label_that_says_more_than_the_metric_in_it_is_looked_for_as_printed(question: str, label: str | None) -> None:
    plan = plan_as_printed(intent(question), CALENDAR_YEAR)
    assert (plan.items[0].title if plan else None) == label


@pytest.mark.parametrize(
    "text", ["前五名客户合计销售金额为206,860,533.40元。", "2019年每10股转增数为3股。", "最大十家客户贷款比率为39.42%。"]
)
def test_numbers_of_a_name_claim_nothing(text: str) -> None:
    assert len(read_claims(text)) == 1
