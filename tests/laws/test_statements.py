"""What rules say of their own validity, and what they do not say."""

from __future__ import annotations

import time

import pytest
from tests.laws.papers import MEALS, notice, parsed, said, travel

from finfoundry.knowledge.laws.stated_dates import read_date
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
