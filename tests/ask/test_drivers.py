"""Questions about reasons, answered by how the line moved and by what the paper says of it."""

from __future__ import annotations

from decimal import Decimal

import pytest
from tests.ask.memory import MemorySearch, MemoryStore, document

from finfoundry.ask.asker import Agent
from finfoundry.ask.kinds.drivers import DriverQuery, given
from finfoundry.core.answer import Answer
from finfoundry.core.principal import ADMINISTRATOR
from finfoundry.knowledge.search.passages import Hit

REASON = "Revenue increased $25 million, or 5%, in 2020, driven by higher volumes in all regions."


def ask(question: str, *texts: str) -> Answer:
    """Over a paper whose revenue grows from 500 to 525 million, its costs from 300 to 330 million, and these passages."""
    paper = document("nw-2020", "Northwind Holdings, Inc.", 2020, ("NWT",))
    store, search = MemoryStore(), MemorySearch()
    store.add(paper, "Revenues", "Revenue", {2019: "500", 2020: "525"}, statement="income", table=1)
    store.add(paper, "CostOfRevenue", "Cost of goods sold", {2019: "300", 2020: "330"}, statement="income", table=1)
    for text in texts:
        search.add(paper, text)
    return Agent(None, store, search).ask(ADMINISTRATOR, question)[0]


def test_the_movement_is_told_from_the_facts_and_the_reason_in_the_papers_own_words() -> None:
    answer = ask("Why did NWT's revenue increase in FY2020?", f"Overview\n{REASON} Costs are discussed below.")
    assert answer.status == "answered"
    assert "rose to $525 million in FY2020 from $500 million in FY2019" in answer.text
    assert f"“{REASON}”" in answer.text
    assert "Costs are" not in answer.text
    assert answer.model is None
    assert len(answer.citations) == 2  # the place of the two cells, and the sentence


@pytest.mark.parametrize("question", ["Why did NWT's revenue fall in FY2020?", "What caused the decline in NWT's revenue in FY2020?"])
def test_what_did_not_happen_is_put_right_and_gets_no_reasons(question: str) -> None:
    answer = ask(question, REASON)
    assert answer.text.startswith("No. Northwind Holdings' revenue rose to $525 million")
    assert "driven by" not in answer.text


@pytest.mark.parametrize(
    "question",
    [
        "Why did NWT's lantern licence revenue fall in FY2020?", "NWT 2020年灯塔许可收入为什么下降？",
        "Why did NWT's Harbour Lights revenue grow in FY2020?", "What explains the growth of revenue at NWT's Harbour unit in FY2020?",
        "Why did NWT's ferry revenue increase in FY2020?", "NWT 2020年渡轮业务收入为什么上升？",
    ],
)  # fmt: skip
def test_a_movement_of_a_line_that_words_beside_it_may_mean_is_not_that_of_the_whole(question: str) -> None:
    assert "525" not in ask(question, REASON).text


def test_words_for_how_far_it_moved_make_no_other_line() -> None:
    answer = ask("So why on earth did NWT's revenue climb this sharply in FY2020?", REASON)
    assert "rose to $525 million" in answer.text
    assert f"“{REASON}”" in answer.text


@pytest.mark.parametrize(
    "question",
    [
        "What caused revenue to increase at NWT in FY2020?", "Explain why revenue grew at NWT in 2020",
        "What drove revenue up at NWT in FY2020?",
        "What was behind revenue growth at NWT in FY2020?", "Why did NWT's net revenue increase in FY2020?",
    ],
)  # fmt: skip
def test_words_that_ask_make_no_other_line_either(question: str) -> None:
    assert f"“{REASON}”" in ask(question, REASON).text


def test_a_part_of_a_total_that_belongs_to_somebody_asks_for_no_reasons() -> None:
    answer = ask("What was NWT's revenue attributable to shareholders in FY2020?", REASON)
    assert "driven by" not in answer.text
    assert f"“{REASON}”" in ask("What was the increase in NWT's revenue in FY2020 attributable to?", REASON).text


@pytest.mark.parametrize(
    "question",
    [
        "Why was NWT's revenue lower than expected in FY2020?",
        "Why was NWT's revenue lower than its peers' in FY2020?",
        "Why did NWT's revenue decrease and its cost of goods sold increase in FY2020?",
    ],
)
def test_what_is_set_beside_something_else_is_no_movement(question: str) -> None:
    assert ask(question, REASON).status == "no_evidence"


@pytest.mark.parametrize(
    "text",
    [
        "Emerging markets revenue increased $25 million, or 5%, in 2020, driven by higher volumes.",  # a part of it
        "Revenue increased $7 million in 2020, driven by higher volumes.",  # of a segment: another amount
        "Revenue decreased in 2020 due to lower volumes.",  # not how it moved
        "Revenue increased 5% in 2018, driven by higher volumes.",  # another year
        "Revenue increased 5% in the fourth quarter, driven by higher volumes.",  # a part of the year
        "Revenue increased $25 million, or 5%, in 2020.",  # no reason
        "Revenue increased due to the following:",  # the reasons stand elsewhere
        "The auditor attended all meetings because of the new rules on revenue.",  # no movement
    ],
)
def test_other_sentences_are_no_reasons(text: str) -> None:
    assert ask("Why did NWT's revenue increase in FY2020?", text).status == "no_evidence"


def test_a_margin_is_explained_by_the_costs_where_the_paper_says_nothing_of_the_margin() -> None:
    points = "Cost of goods sold increased as a percent to sales driven by:\n• dearer freight\n• new factories"
    answer = ask("What drove NWT's gross margin change in FY2020?", points)
    assert "37.1%" in answer.text
    assert "• dearer freight • new factories" in answer.text


def asked(*labels: str, first: int = 500, last: int = 525) -> DriverQuery:
    return DriverQuery(labels, frozenset(), frozenset({2020}), (Decimal(first) * 1_000_000, Decimal(last) * 1_000_000))


def hit(text: str) -> Hit:
    return Hit("d/1", "d", "d.pdf", 1, 1.0, text, (), None, None, "text", None)


def test_where_a_sentence_prints_the_amounts_others_are_left_out() -> None:
    vague = hit("Revenue increased due to new stores.")
    assert [reason.text for reason in given([vague, hit(REASON)], asked("revenue"))] == [REASON]
    assert [reason.text for reason in given([vague], asked("revenue"))] == ["Revenue increased due to new stores."]


def test_the_increase_is_told_with_the_sentence_before_it() -> None:
    text = "Revenue was $525 million and $500 million in 2020 and 2019. The increase primarily reflected higher volumes."
    assert [reason.text for reason in given([hit(text)], asked("revenue"))] == [text]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("1、2020年公司营业收入较上年增长5%，主要系销量增加所致；", "2020年公司营业收入较上年增长5%，主要系销量增加所致；"),
        ("项目 | 本期 | 上期 | 变动说明\n营业收入 | 525,000,000 | 500,000,000 | 主要系销量增加所致", "营业收入：主要系销量增加所致"),
        ("项目 | 本期 | 上期 | 变动说明\n营业收入 | 52,500 | 50,000 | 主要系销量增加所致", "营业收入：主要系销量增加所致"),
    ],
)
def test_chinese_papers_give_reasons_in_sentences_and_in_rows(text: str, said: str) -> None:
    assert [reason.text for reason in given([hit(text)], asked("营业收入"))] == [said]


@pytest.mark.parametrize(
    "text",
    [
        "化工行业营业收入较上年增长5%，主要系销量增加所致。",
        "营业收入较上年减少5%，主要系销量减少所致。",
        "营业收入 | 12,345 | 11,111 | 主要系销量增加所致",
    ],
)
def test_reasons_of_other_lines_are_not_taken_in_chinese_either(text: str) -> None:
    assert given([hit(text)], asked("营业收入")) == []


@pytest.mark.parametrize(
    "text",
    [
        "The decrease in revenue was due to lower volumes.",  # said before the line: not how it moved
        "Revenue increased $90 million, or 5%, driven by higher volumes.",  # a part that grew at the same rate
        "Revenue growth of BRIGHTLAMP was driven by new shops.",  # a product
        "Revenue increased in the first half of 2020 due to new shops.",
        "Operating loss increased due to new shops.",
    ],
)
def test_sentences_of_parts_are_told_from_those_of_the_whole(text: str) -> None:
    assert given([hit(text)], asked("revenue", "operating loss")) == []


def test_of_several_sentences_without_amounts_none_is_taken() -> None:
    texts = [hit("Revenue increased due to new shops."), hit("Revenue increased due to new prices.")]
    assert given(texts, asked("revenue")) == []


def test_without_a_movement_in_the_facts_the_sentence_must_name_the_year() -> None:
    unknown = DriverQuery(("revenue",), frozenset(), frozenset({2020}))
    named = hit("Revenue increased in 2020 due to new shops.")
    assert [reason.hit for reason in given([named], unknown)] == [named]
    assert given([hit("Revenue increased due to new shops.")], unknown) == []
