"""Short names of Chinese companies amid other words, in sentences by another hand: found for most, and hardly where none is meant."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.ask.memory import document

from finfoundry.ask.lexicon.entities import EntityNames
from finfoundry.ask.lexicon.metric_terms import vocabulary
from finfoundry.ask.lexicon.word_edges import is_no_word, is_parted
from finfoundry.ask.understand.intent import understand

COMPANIES = (
    "台原化學纖維股份有限公司", "聯岳電子股份有限公司", "遠洋海運股份有限公司", "示範電子工業股份有限公司", "中岚钢铁股份有限公司",
    "江邮储蓄银行股份有限公司", "和安汽車股份有限公司", "信达光电科技股份有限公司", "国贸通商股份有限公司", "宏海精密工業股份有限公司",
)  # fmt: skip
FOUND = 54  # of 60 sentences; of 40 none


def test_short_names_amid_words_are_found() -> None:
    names = EntityNames([(name, ()) for name in COMPANIES])
    rows = [json.loads(line) for line in (Path(__file__).parent / "short_names.jsonl").read_text(encoding="utf-8").splitlines()]
    told = [(row["company"], {one.name for one in names.find(row["question"]) or names.amid(row["question"])}) for row in rows]
    assert all(found <= {company} for company, found in told if company)
    assert sum(found == {company} for company, found in told if company) >= FOUND
    assert not any(found for company, found in told if not company)


@pytest.mark.parametrize(
    ("question", "named"),
    [
        ("东北地区邮储有多少员工", True),
        ("从邮储拿走的贷款", True),
        ("欠邮储音乐的款", False),
        ("天津邮储有多少员工", False),
        ("投资邮储控股亏了多少", False),
        ("买邮储控股亏了多少", False),
    ],
)
def test_a_listed_name_stands_amid_words_that_make_no_longer_name_with_it(question: str, *, named: bool) -> None:
    names = EntityNames([("中国邮政储蓄银行股份有限公司", ("邮储", "邮储银行"))])
    assert bool(names.amid(question)) == named


def test_a_part_of_an_alias_names_its_company() -> None:
    paper = document("haihe", "江东海禾药业股份有限公司", 2024, ("海禾药业",))
    names = EntityNames([(paper.entity or "", paper.aliases)])
    assert {one.name for one in names.amid("海禾去年卖了多少药")} == {paper.entity}


def test_the_edges_of_words_are_those_of_a_dictionary() -> None:
    text = "关联电子公司欠联电货款"
    assert not is_no_word(text, 1, 3)
    assert is_no_word(text, 7, 9)
    assert not is_no_word(text, 0, 2)
    assert is_parted("从京东拿走", 1, 3)
    assert not is_parted("京东健康", 0, 2)


def test_a_longer_name_that_the_reader_sees_hides_the_short_one_within() -> None:
    question = "上个月长宏海鲜连锁的加盟费要一次确认收入吗？"
    names = EntityNames([("长宏科技股份有限公司", ())])
    at = question.index("长宏海鲜连锁")
    assert understand(question, names, vocabulary(), companies=[(at, at + 6)]).entities == ()


@pytest.mark.parametrize("question", ["湖南华凯文化创意的关联交易", "恒宏精工的应收账款", "天津宏海的利润"])
def test_a_name_that_may_have_begun_before_is_not_cut_short(question: str) -> None:
    assert EntityNames([("凯撒中国文化股份有限公司", ()), (COMPANIES[-1], ())]).amid(question) == []


def test_a_name_that_several_forms_fit_is_found_once() -> None:
    question = "供应商打算起诉联电拖欠设备款"
    names = EntityNames([("聯華電子股份有限公司", ())])
    assert [(one.start, one.name) for one in names.amid(question)] == [(7, "聯華電子股份有限公司")]


def test_the_beginning_of_a_long_question_is_looked_through() -> None:
    names = EntityNames([(name, ()) for name in COMPANIES])
    assert names.amid("欠台化和联电的货款从江储拿走" * 300)
