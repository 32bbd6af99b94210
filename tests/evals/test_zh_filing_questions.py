"""Questions on Chinese reports as documents: reviewed figures and what counts as stating them."""

from __future__ import annotations

from pathlib import Path

import pytest

from finfoundry.evals.judging import Truth
from finfoundry.evals.rows import Item, Reply
from finfoundry.evals.suites import zh_filing_questions
from finfoundry.evals.suites.reports_zh import FULL_NAME, NAME, Reports
from finfoundry.evals.suites.zh_filing_questions import OneReport, gold, printed_figure, reviewed, score, truth


@pytest.mark.parametrize(
    ("text", "figure", "stated"),
    [
        ("不良贷款率为0.86%。", "0.86%", True),
        ("不良贷款率为86.00万元。", "0.86%", False),
        ("不良贷款率为0.86个百分点。", "0.86%", False),  # a percentage is stated as one
        ("利息净收入为2,402.24亿元。", "240224百万元", True),
        ("利息净收入约为0.2万亿元。", "240224百万元", False),  # too coarse
        ("研发人员为74人。", "74人", True),
        ("每10股派2.10元。", "2.102元", True),
    ],
)
def test_a_figure_counts_in_any_scale_but_a_percentage_only_as_one(text: str, figure: str, stated: bool) -> None:
    item = Item("1", "多少？", figure, meta={"truth": Truth(figures=(printed_figure(figure),))})
    assert (score(item, Reply(text)).verdict == "correct") == stated


def test_reviewed_questions_have_an_answer_or_are_absent() -> None:
    questions = reviewed()["questions"]
    assert len({one["ask"] for one in questions}) == len(questions) >= 60
    assert all(bool(gold(one)) != (one["kind"] == "absent") for one in questions)


def test_names_in_any_form_written_down_and_what_is_not_there_must_not_be_answered() -> None:
    item = Item("1", "谁是董事会秘书？", "李二", "text", meta={"truth": truth({"ask": "谁是董事会秘书？", "says": ["李二|李贰"]})})
    assert score(item, Reply("董事会秘书为李贰[1]。")).verdict == "correct"
    absent = Item("2", "存货是多少？", "", "absent", meta={})
    assert score(absent, Reply("存货为5元。")).verdict == "wrong"
    assert score(absent, Reply("", "no_evidence")).verdict == "correct"


def test_addresses_are_compared_without_spaces_and_scheme() -> None:
    item = Item("1", "网址？", "http://www.example.cn/", "text", meta={"truth": Truth(names=(("http://www.example.cn/",),))})
    assert score(item, Reply("网址为 www.example.cn。")).verdict == "correct"


def test_generated_questions_leave_out_what_the_workbook_holds_wrongly_or_not_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    key = ("600999", 2020)
    row = {NAME: "示例科技", FULL_NAME: "示例科技股份有限公司", "营业收入": "1000", "职工人数": "0", "公司邮箱": "x", "法定代表人": "王一"}
    held = Reports(())
    held.rows[key] = row
    monkeypatch.setattr(zh_filing_questions, "reports", lambda _: held)
    made = OneReport(Path(), key, ["公司邮箱"]).make(40)
    assert {item.gold for item in made} == {"1000", "王一"}
    assert all(item.kind.startswith("generated") for item in made)
