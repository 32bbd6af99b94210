"""Answers about a rule: quantities, words and a no, against the article."""

from __future__ import annotations

import pytest
from tests.evals.made_answers import measure

from finfoundry.evals.judging.provisions import Provision, judge_provision, quantities
from finfoundry.evals.rows import Item
from finfoundry.evals.suites import retrieval

DAYS = Provision(
    "第九条", "机构应当在每季度结束后15个工作日内报送报告，罚款不得超过三万元。逾期超过六十日的，由主管部门责令改正。", (("15个工作日",),)
)
WORDS = Provision("第十条", "变更住所的，应当凭书面申请向登记机关备案，不得采用口头形式。", (("书面申请",), ("登记机关", "登记部门")))
NO = Provision("第十一条", "受托人不得将信托财产转为其固有财产。", (), refused=True)


@pytest.mark.parametrize(
    ("provision", "text", "right"),
    [
        (DAYS, "第九条 机构应当在每季度结束后15个工作日内报送报告，罚款不得超过三万元。", True),
        (DAYS, "应在季度结束后的十五个工作日内报送[1]。", True),
        (DAYS, "应在5个工作日内报送。", False),
        (DAYS, "应在115个工作日内报送。", False),
        (DAYS, "应在15日内报送。", False),
        (DAYS, "15个工作日后方可报送。", False),
        (DAYS, "不是15个工作日，而是20个工作日。", False),
        (DAYS, "15个工作日。附件写作20个工作日。", False),
        (DAYS, "第三十条规定：15个工作日。", False),
        (WORDS, "凭书面申请向登记部门备案。", True),
        (WORDS, "凭书面申请或者口头申请向登记机关备案。", False),
        (WORDS, "无需书面申请，向登记机关说明即可。", False),
        (NO, "不可以。", True),
        (NO, "受托人不得将信托财产转为其固有财产。", True),
        (NO, "可以。受托人不得将信托财产转为其固有财产。", False),
        (NO, "受托人可以将信托财产转为其固有财产。", False),
        (NO, "第五条 出租人不予退还押金。", False),
        (NO, "", False),
    ],
)
def test_b1_an_answer_about_a_rule_states_it_whole_and_alone(provision: Provision, text: str, right: bool) -> None:
    assert (judge_provision(provision, "受托人可以将信托财产转为固有财产吗？", text).verdict == "correct") == right


def test_b1_quantities_have_units_and_bounds() -> None:
    found = quantities("不得少于三个月，最长不超过2年，第五条，2020年，5月3日，半年以上")
    assert [(int(one.value), one.unit, one.bound) for one in found] == [(3, "月", "least"), (24, "月", "most"), (6, "月", "least")]


ARTICLES = (
    ("第一条", "支付机构应当自变更之日起10个工作日内，向登记机关报告。", ["10个工作日"]),
    ("第二条", "注册资本最低限额为五千万元，股东不得少于三人。", ["五千万元"]),
    ("第三条", "申请人应当提交书面申请和身份证明。", ["书面申请", "身份证明"]),
    ("第四条", "保管人不得以保管物设定担保。", [{"says": "no"}]),
    ("第五条", "罚款为违法所得的20%以下，拘留不超过七日。", ["20%", "七日"]),
)


def regulations() -> list[Item]:
    held = {"made_1_1.txt": {name: body for name, body, _ in ARTICLES}}
    asked = enumerate(ARTICLES, 1)
    return [retrieval._regulation(number, ["made_1_1", name, "如何规定？", facts], held) for number, (name, _, facts) in asked]


def test_b1_the_judge_of_regulations_takes_true_answers_and_refuses_false_ones() -> None:
    rates = measure("zh-regulations", regulations(), retrieval.score_regulation)
    assert rates.false > 40
    assert rates.false_taken.value <= 0.02, rates.taken
    assert rates.true_taken.value >= 0.97, rates.refused
    assert {"value", "unit", "x10", "bound", "denied", "both", "opposite", "other article", "extra figure"} <= rates.kinds.keys()


def test_b1_searches_are_judged_by_place_and_document() -> None:
    pages = [Item(f"p/{page}", "?", meta={"pages": [("NORTHWIND_2024_10K", page)]}) for page in (3, 40)]
    needed = [Item("b/1", "?", meta={"documents": ["doc_1", "doc_2"]})]
    for name, items, score in (
        ("page-retrieval", pages, retrieval.score_pages),
        ("zh-regulations-search", regulations(), retrieval.score_articles),
        ("bank-kb", needed, retrieval.score_documents),
    ):
        rates = measure(name, items, score)
        assert rates.false
        assert (rates.taken, rates.refused) == ([], [])
