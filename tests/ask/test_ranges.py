"""A range is all its years; a level stands before its growth; "last year" is the year before the latest that papers report on."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.ask.memory import MemorySearch, MemoryStore, document

from finfoundry.ask.asker import Agent
from finfoundry.ask.lexicon.entities import EntityNames
from finfoundry.ask.lexicon.metric_terms import vocabulary
from finfoundry.ask.plan.asked_spans import all_between, spans_of
from finfoundry.ask.understand.intent import understand
from finfoundry.core.answer import Answer
from finfoundry.core.periods import CALENDAR_YEAR
from finfoundry.core.principal import ADMINISTRATOR

NAMES = EntityNames([("Northwind Traders Inc", ["NWT"]), ("海东生物股份有限公司", ["海东生物"])])
SALES = {2021: "300", 2020: "500", 2019: "400", 2018: "320"}


def ask(question: str, language: str, sales: dict[int, str] = SALES) -> Answer:
    store = MemoryStore()
    chinese = language == "zh"
    name, alias = ("海东生物股份有限公司", "海东生物") if chinese else ("Northwind Traders Inc", "NWT")
    paper = document("paper", name, 2021, (alias,), language=language)
    unit = "CNY" if chinese else "USD"
    store.add(paper, "Revenues", "营业收入" if chinese else "Total revenue", sales, statement="income", unit=unit)
    store.add(paper, "Assets", "资产总计" if chinese else "Total assets", {2020: "90", 2019: "80", 2018: "70"}, unit=unit, table=1)
    return Agent(None, store, MemorySearch()).ask(ADMINISTRATOR, question)[0]


def in_order(text: str, *said: str) -> bool:
    """Whether a text has these words in this order."""
    places = [text.find(one) for one in said]
    return -1 not in places and places == sorted(places)


# --- a range -------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("question", "spans"),
    [
        ("What was NWT's revenue from 2018 to 2020?", ["fy2018", "fy2019", "fy2020"]),
        ("What was NWT's revenue between fiscal 2018 and 2020?", ["fy2018", "fy2019", "fy2020"]),
        ("NWT revenue 2018-2020", ["fy2018", "fy2019", "fy2020"]),
        ("What was NWT's revenue from Q1 2019 to Q4 2019?", ["fy2019q1", "fy2019q2", "fy2019q3", "fy2019q4"]),
        ("What was NWT's revenue from Q3 2019 to Q2 2020?", ["fy2019q3", "fy2019q4", "fy2020q1", "fy2020q2"]),
        ("海东生物2018至2020年各年营业收入", ["fy2018", "fy2019", "fy2020"]),
        ("海东生物在2018年和2020年之间的营业收入", ["fy2018", "fy2019", "fy2020"]),
        ("海东生物107年至109年的营业收入", ["fy2018", "fy2019", "fy2020"]),
        ("What was NWT's revenue in 2018 and 2020?", ["fy2018", "fy2020"]),
        ("Compare NWT's revenue in 2018 to 2020.", ["fy2018", "fy2020"]),
        ("海东生物2018年和2020年的营业收入", ["fy2018", "fy2020"]),
        ("What was NWT's revenue from 2001 to 2020?", ["fy2001", "fy2020"]),
        ("Give NWT's revenue quarter by quarter for 2020.", ["fy2020q1", "fy2020q2", "fy2020q3", "fy2020q4"]),
        ("海东生物2020年各季度的营业收入", ["fy2020q1", "fy2020q2", "fy2020q3", "fy2020q4"]),
        ("What was NWT's revenue per quarter in Q2 2020?", ["fy2020q2"]),
    ],
)
def test_the_spans_of_a_range(question: str, spans: list[str]) -> None:
    intent = understand(question, NAMES, vocabulary(), CALENDAR_YEAR)
    assert [span.key for span in all_between(intent, spans_of(intent, CALENDAR_YEAR))] == spans


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("What was NWT's revenue from 2018 to 2020?", "en"),
        ("What was NWT's revenue each year from 2018 to 2020?", "en"),
        ("NWT's revenue 2018-2020", "en"),
        ("What was NWT's revenue between 2018 and 2020?", "en"),
        ("海东生物2018至2020年各年营业收入是多少？", "zh"),
        ("海东生物从2018年到2020年的营业收入是多少？", "zh"),
    ],
)
def test_a_level_over_a_range_is_told_of_each_year(question: str, language: str) -> None:
    answer = ask(question, language)
    figures = ("3.20亿", "4.00亿", "5.00亿") if language == "zh" else ("$320 million", "$400 million", "$500 million")
    assert in_order(answer.text, *figures), answer.text
    assert answer.status == "answered"


def test_a_change_over_a_range_compares_its_ends() -> None:
    text = ask("How much did NWT's revenue grow between 2018 and 2020?", "en").text
    assert "$180 million" in text
    assert "2019" not in text


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("What was NWT's revenue in 2020 and how fast did it grow?", "en"),
        ("海东生物2020年营收较前一年增加还是减少？幅度多大？", "zh"),
        ("海东生物2020年营业收入同比变动百分之几？金额由多少变多少？", "zh"),
        ("海東生物2020年營業收入是增加還是減少？跟2019年差多少？", "zh"),
    ],
)
def test_how_far_a_line_moved_is_not_left_out_where_it_is_told(question: str, language: str) -> None:
    answer = ask(question, language)
    assert answer.status == "answered"
    assert "Not answered" not in answer.text
    assert "未回答" not in answer.text


@pytest.mark.parametrize(
    "question",
    [
        "海东生物2020年的资产总计是多少？总资产中受限的有多少？",
        "海东生物2020年的营业收入是多少？营收主要来自哪里？",
        "海东生物2020年的营业收入是多少？其中海外营收占比？",
    ],
)
def test_what_is_asked_besides_a_line_by_another_name_is_left_out(question: str) -> None:
    assert "未回答" in ask(question, "zh").text


def test_how_far_it_moved_is_left_out_where_only_a_level_is_told() -> None:
    assert "幅度多大" in ask("海东生物2020年的营业收入是多少？幅度多大？", "zh").text.partition("未回答")[2]


def test_a_year_of_the_range_that_lacks_is_named() -> None:
    answer = ask("What was NWT's revenue from 2018 to 2020?", "en", {2020: "500", 2018: "320"})
    assert in_order(answer.text, "$320 million", "$500 million", "Not answered: revenue for FY2019"), answer.text
    assert "2017年的总资产" in ask("海东生物2017年至2019年的总资产", "zh").text


def test_a_row_of_several_years_that_agrees_with_the_statement_holds_what_that_lacks() -> None:
    """The statement prints two years, a summary three in the words of the question; one that differs from the statement does not count."""
    for summary, told in (("400", "3.20亿"), ("401", "未回答")):
        store = MemoryStore()
        paper = document("paper", "海东生物股份有限公司", 2020, ("海东生物",), language="zh")
        store.add(paper, "Revenues", "营业总收入", {2020: "500", 2019: "400"}, statement="income", unit="CNY")
        store.add(paper, None, "营业收入", {2020: "500", 2019: summary, 2018: "320"}, statement=None, unit="CNY", table=1)
        store.held[2:] = [replace(one, fact=replace(one.fact, row=2)) for one in store.held[2:]]
        text = Agent(None, store, MemorySearch()).ask(ADMINISTRATOR, "海东生物2018年至2020年的营业收入是多少？")[0].text
        assert told in text, text


# --- a level and its growth ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("question", "language", "level", "moved"),
    [
        ("What was NWT's revenue in 2020 and its growth?", "en", "$500 million", "rose 25.0%"),
        ("What was NWT's revenue in 2020, and by what percentage did it grow?", "en", "$500 million", "rose 25.0%"),
        ("What was NWT's revenue in 2020 and how much did it grow?", "en", "$500 million", "rose by $100 million"),
        ("海东生物2020年营业收入是多少，同比增长多少？", "zh", "5.00亿元", "同比增长25.00%"),
        ("海东生物2020年营业收入及同比增长率是多少？", "zh", "5.00亿元", "同比增长25.00%"),
        ("海东生物2020年卖了多少钱，同比涨了百分之几？", "zh", "5.00亿元", "同比增长25.00%"),
    ],
)
def test_a_level_stands_before_its_movement(question: str, language: str, level: str, moved: str) -> None:
    answer = ask(question, language)
    sentences = answer.text.split("。" if language == "zh" else "]. ")
    assert level in sentences[0], answer.text
    assert moved in sentences[1], answer.text
    assert "Not answered" not in answer.text
    assert {figure.source for figure in answer.figures} >= {"cell", "calculation"}


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("What was NWT's revenue growth in 2020?", "en"),
        ("How much did NWT's revenue grow in 2020 and 2019?", "en"),
        ("海东生物2020年营业收入同比增长多少？", "zh"),
        ("海东生物2020年营业收入有多少增长？", "zh"),
        ("海东生物2020年营业收入与上年同期相比增长多少？", "zh"),
    ],
)
def test_a_movement_alone_is_told_alone(question: str, language: str) -> None:
    first = ask(question, language).text.split("。" if language == "zh" else ". ")[0]
    assert "25.0" in first or "$100 million" in first, first


# --- last year -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("question", "language", "told", "read"),
    [
        ("What was NWT's revenue last year?", "en", "$500 million", "What was NWT's revenue in FY2020?"),
        ("What was last year's revenue of NWT?", "en", "$500 million", "What was FY2020's revenue of NWT?"),
        ("海东生物去年营业收入是多少？", "zh", "5.00亿元", "海东生物2020年营业收入是多少"),
        ("海东生物前年营业收入是多少？", "zh", "4.00亿元", "海东生物2019年营业收入是多少"),
    ],
)
def test_last_year_is_the_one_before_the_latest_and_the_answer_says_so(question: str, language: str, told: str, read: str) -> None:
    answer = ask(question, language)
    assert told in answer.text, answer.text
    assert any(read in warning for warning in answer.warnings), answer.warnings


@pytest.mark.parametrize(("question", "language"), [("What was NWT's revenue this year?", "en"), ("海东生物今年营业收入是多少？", "zh")])
def test_this_year_is_the_latest(question: str, language: str) -> None:
    assert ("3.00亿元" if language == "zh" else "$300 million") in ask(question, language).text


def test_what_is_compared_with_last_year_is_of_the_latest() -> None:
    answer = ask("How much did NWT's revenue fall compared with last year?", "en")
    assert "$200 million" in answer.text, answer.text
    assert not any("Understood as" in warning for warning in answer.warnings)
