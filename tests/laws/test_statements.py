"""What rules say of their own validity, and what they do not say."""

from __future__ import annotations

import time

import pytest
from tests.laws.papers import CIRCULAR, DECISION, MEALS, notice, parsed, said, travel

from finfoundry.knowledge.laws.amendments import amended
from finfoundry.knowledge.laws.stated_dates import read_date
from finfoundry.knowledge.laws.statements import _EN, _ZH, _repealed_en, _repealed_zh
from finfoundry.knowledge.laws.titles import TITLE, level_of, title_key


def test_an_english_policy() -> None:
    found = said(travel("1 March 2019", 180))
    assert found == {"title": ["Travel Policy"], "level": ["policy"], "effective": ["2019-03-01"], "issued": ["2015-02-01"]}
    assert said(MEALS)["repeals"] == ["Meals Procedure"]


def test_a_chinese_rule_with_its_repeal_word_for_word() -> None:
    law = parsed(notice("2020年3月1日", 5), "rule.txt").certificate.law
    found = {one.matter: one for one in law}
    assert found["effective"].value == "2020-03-01"
    assert found["effective"].quote == "本办法自2020年3月1日起施行"
    assert found["repeals"].value == "支付机构报送暂行规定"
    assert found["effective"].page == 1


def test_part_of_a_rule_that_is_repealed_is_not_the_rule() -> None:
    text = notice("2020年3月1日", 5).replace("》（银发〔2009〕12号文印发）同时废止", "》（银发〔2009〕12号文印发）第七条同时废止")
    assert "repeals" not in said(text, "rule.txt")


@pytest.mark.parametrize(
    ("day", "fault"),
    [("13月45日", "no calendar"), ("3月1日起施行，本办法自2021年4月1日", "contradictory")],
)
def test_a_day_that_cannot_be_is_named_and_not_guessed(day: str, fault: str) -> None:
    certificate = parsed(notice(f"2020年{day}", 5), "rule.txt").certificate
    assert any(fault in loss for loss in certificate.losses)


def test_a_rule_without_a_day_says_so() -> None:
    certificate = parsed(travel("1 March 2019", 180).replace("Effective from 1 March 2019.", "")).certificate
    assert "the rule states no day from which it is in force" in certificate.losses


def test_a_day_that_may_be_two_is_none() -> None:
    found = read_date("03/04/2020")
    assert found is not None
    assert found.day is None
    assert "two days" in found.fault
    assert read_date("25/04/2020") is not None
    far = read_date("1 May 2345")
    assert far is not None
    assert far.day is None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("《支付管理办法（2019年修订）》", "支付管理办法"),
        ("中国人民银行关于印发《支付管理办法》的通知", "支付管理办法"),
        ("The Travel Policy, version 2.1", "Travel Policy"),
        ("Travel Policy (effective 2020)", "travel policy"),
        ("中华人民共和国商业银行法", "商业银行法"),
        ("境内外汇帐户管理规定", "境内外汇账户管理规定"),
    ],
)
def test_versions_of_a_title_are_one(one: str, other: str) -> None:
    assert title_key(one) == title_key(other)


def test_ranks() -> None:
    assert level_of("中华人民共和国商业银行法", "", "zh") == "law"
    assert level_of("征信业管理条例", "国务院令第631号", "zh") == "administrative regulation"
    assert level_of("规章", "中国人民银行令〔2022〕第2号", "zh") == "departmental rule"
    assert level_of("通知", "银发〔2015〕199号", "zh") == "normative document"
    assert level_of("Bank Act", "", "en") is None


def test_long_titles_and_questions_are_read_at_once() -> None:
    began = time.monotonic()
    assert TITLE.fullmatch("Travel Policy for Staff of Branches") is None
    assert TITLE.fullmatch("Travel Policy for Staff Abroad") is not None
    assert TITLE.fullmatch("Travel Policy for " + "A" * 40 + ": x") is None
    assert list(TITLE.finditer("A " * 4000)) == []
    assert title_key("该办法是否有效？" + "[" + "号[" * 1900).startswith("该办法是否有效")
    title_key("Is it " + " " * 8000 + "in force?")
    assert time.monotonic() - began < 2


@pytest.mark.parametrize(
    "sentence",
    [
        "This policy does not replace the Expense Policy, which still applies.",
        "Where a customer cancels the Card Fee Policy, the fee is refunded.",
        "Where an approval under the Credit Risk Policy is withdrawn, the limit is nil.",
        "Approvals under the Credit Risk Policy are withdrawn.",
        "The Board may withdraw or replaces if needed the Travel Policy.",
        "本行原有规定与《中华人民共和国商业银行法》不一致的同时废止。",
        "未被废止的《信贷审批管理办法》继续执行。",
        "《信贷审批管理办法》规定的审批意见六个月后自动失效。",
        "依《信贷审批管理办法》签订的合同到期失效。",
    ],
)
def test_what_repeals_nothing(sentence: str) -> None:
    assert list(_repealed_en(sentence)) == list(_repealed_zh(sentence)) == []


@pytest.mark.parametrize(
    ("sentence", "titles"),
    [
        ("This policy replaces the Travel Policy and the Meals Procedure.", {"Travel Policy", "Meals Procedure"}),
        ("This policy replaces the Travel Policy but not the Expense Policy.", {"Travel Policy"}),
        ("Unless stated otherwise, this policy, which is not public, supersedes the Travel Policy.", {"Travel Policy"}),
        ("From 1 May 2020 this policy replaces the Travel Policy.", {"Travel Policy"}),
        (
            "With effect from 1 March 2020 the Travel Policy and the Meals Procedure are hereby repealed.",
            {"Travel Policy", "Meals Procedure"},
        ),
        ("The Travel Policy of 1 March 2015 is repealed.", {"Travel Policy"}),
        ("本办法自2020年3月1日起施行，《甲管理办法》（银发〔2009〕12号）、《乙管理办法》自同日起废止。", {"甲管理办法", "乙管理办法"}),
        ("《甲管理办法》和原银监会发布的《乙管理办法》（银监发〔2009〕1号）等文件同时废止。", {"甲管理办法", "乙管理办法"}),
        ("根据《商业银行法》，《甲管理办法》同时予以废止。", {"甲管理办法"}),
        ("现决定废止《甲管理办法》。", {"甲管理办法"}),
    ],
)
def test_what_repeals(sentence: str, titles: set[str]) -> None:
    assert set(_repealed_en(sentence)) | set(_repealed_zh(sentence)) == titles


@pytest.mark.parametrize(
    "text",
    [
        "The previous Credit Risk Policy is withdrawn with effect from 30 June 2021",
        "Our previous policy expires on 30 June 2021",
        "Licences granted under this policy expire on 31 December 2022",
        "This policy covers passports that are valid until 31 December 2021",
        "Passports that are valid until 31 December 2021",
        "Approval expires on 1 March 2021",
        "本办法过渡期有效期至2020年6月30日",
        "本办法颁发的许可证有效期至2020年6月30日",
    ],
)
def test_what_does_not_end_a_rule(text: str) -> None:
    assert not _EN["expires"].search(text)
    assert not _ZH["expires"].search(text)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("This policy expires on 31 December 2022.", "31 December 2022"),
        ("This Travel Policy is effective from 1 March 2020 and expires on 31 December 2022.", "31 December 2022"),
        ("The policy is in force until 31 December 2022.", "31 December 2022"),
        ("Effective from 1 March 2020 until 31 December 2022.", "31 December 2022"),
        ("Title\nExpires: 31 December 2022", "31 December 2022"),
        ("Version 2 | Valid until 31 December 2022", "31 December 2022"),
        ("Expiry date: 2022-12-31", "2022-12-31"),
        ("本办法自2020年1月1日起施行，有效期至2022年12月31日", "2022年12月31日"),
    ],
)
def test_what_ends_a_rule(text: str, day: str) -> None:
    found = _EN["expires"].search(text) or _ZH["expires"].search(text)
    assert found is not None
    assert day in found.groupdict().values()


def test_what_a_rule_amends_is_said_with_its_place() -> None:
    found = [one for one in parsed(CIRCULAR).certificate.law if one.matter == "amends"]
    assert [(one.value, one.page) for one in found] == [("Travel Policy", 1)]
    assert found[0].quote.startswith("Clause 2.2 of the Travel Policy is replaced by the following")
    assert said(DECISION.format(day="2023年6月1日"), "rule.txt")["amends"] == ["支付机构报送管理办法"]
    assert "repeals" not in said(CIRCULAR)


@pytest.mark.parametrize(
    ("sentence", "titles"),
    [
        ("现对《支付机构报送管理办法》作如下修改：", ["支付机构报送管理办法"]),
        ("关于修改《甲管理办法》和《乙管理办法》的决定", ["甲管理办法", "乙管理办法"]),
        ("三、将《甲管理办法》（银发〔2012〕172号文印发）第十三条中“20个工作日”的表述修改为“15个工作日”。", ["甲管理办法"]),
        ("一、《甲管理办法》第三条修改为：", ["甲管理办法"]),
        ("根据2018年3月19日《国务院关于修改和废止部分行政法规的决定》修订", []),
        ("由国务院抓紧提出修改《甲法》和《乙法》的议案。", []),
        ("人民银行与清算行协商修改《关于业务的清算协议》。", []),
        ("本决定不修改《甲管理办法》第五条。", []),
        ("《甲管理办法》第五条未作修改。", []),
        ("对《甲管理办法》暂不修改，将《乙管理办法》第三条修改为：", ["乙管理办法"]),
        ("现对《甲管理办法》作如下修改，未尽事宜另行规定：", ["甲管理办法"]),
        ("This circular amends the Travel Policy as follows.", ["Travel Policy"]),
        ("This circular amends the Travel Policy and the Gifts Policy.", ["Travel Policy", "Gifts Policy"]),
        ("The Travel Policy is amended as follows:", ["Travel Policy"]),
        ("Section 4 of our Gifts and Hospitality Policy is hereby amended to read:", ["Gifts and Hospitality Policy"]),
        ("The Travel Policy may be amended by the board.", []),
        ("If clause 2 of the Travel Policy is replaced, staff are told.", []),
        ("The Travel Policy is replaced by the Conduct Code.", []),
        ("Employees must follow the Travel Policy.", []),
    ],
)
def test_what_amends(sentence: str, titles: list[str]) -> None:
    assert list(amended(sentence, chinese="《" in sentence)) == titles
