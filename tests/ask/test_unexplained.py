"""A word that no vocabulary explains stops a plan only where it can change what is asked: by its place, or as a word of the store."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.ask.memory import MemorySearch, MemoryStore, document

from finfoundry.ask.asker import Agent
from finfoundry.ask.lexicon.entities import EntityNames
from finfoundry.ask.lexicon.metric_terms import vocabulary
from finfoundry.ask.plan.rules import plan_by_rule
from finfoundry.ask.plan.unexplained import doubtful, unexplained
from finfoundry.ask.understand.intent import Intent, understand
from finfoundry.core.formulas import formulas
from finfoundry.core.periods import CALENDAR_YEAR
from finfoundry.core.principal import ADMINISTRATOR

NAMES = EntityNames([("Cobalt Ferries Inc", ["Cobalt"]), ("青禾港务股份有限公司", ["青禾港务"])])
VOCABULARY = vocabulary()


def read(question: str, *printed: str) -> Intent:
    """The question as read over a store whose lines have the words ``printed``."""
    intent = understand(question, NAMES, VOCABULARY)
    return replace(intent, printed=frozenset(word for word in doubtful(intent) if word in printed))


HARMLESS = [
    "请给青禾港务2021年的营业收入",
    "麻烦您给青禾港务2021年的营业收入",
    "For tomorrow's audit committee I want Cobalt's revenue of 2021.",  # a stated reason
    "We are drafting a lender presentation: what was Cobalt's revenue in 2021?",
    "Would you be so good as to dig up revenue for Cobalt, fiscal 2021?",  # a request in the form of a yes/no question
    "Sorry to bother you - Cobalt, revenue, 2021.",  # an aside
    "What revenue did Cobalt declare for 2021?",  # what the company did to report it
    "What does the 2021 filing of Cobalt give for revenue?",  # where it is printed
    "As reported by the company, what was Cobalt's revenue in 2021, rounded to two decimals?",
    "有劳，给我青禾港务2021年营业收入",
    "开会要念，青禾港务2021年的营业收入是多少？",
    "審計同事催得急，麻煩您查青禾港务2021年的营业收入",  # in traditional characters
    "青禾港务2021年收获了多少营业收入？",
    "业务部门在问，青禾港务2021年营业收入是多少？",  # who asks
    "做对公业务的同事在问，青禾港务2021年营业收入是多少？",
    "我做渡轮业务，青禾港务2021年营业收入是多少？",
    "Rough seas for Cobalt. What was its revenue in 2021?",  # what no line has
]

CHANGING = [
    "What was Cobalt's ferry revenue in 2021?",  # next to the metric
    "What was Cobalt's revenue from ferries in 2021?",  # tied to it
    "What was the seasonality of Cobalt's revenue in 2021?",  # said of it
    "For the ferry arm, what was Cobalt's revenue in 2021?",
    "Excluding disposals: what was Cobalt's revenue in 2021?",
    "I need for my slides the ferry revenue of Cobalt in 2021.",
    "What revenue did brokers pencil in for Cobalt in 2021?",  # another subject
    "What would Cobalt's revenue have been in 2021?",
    "How did Cobalt's revenue look in 2021?",
    "Did Cobalt triple its revenue in 2021?",
    "What revenue did Cobalt forgo in 2021?",
    "How much accounts payable did Cobalt settle in 2021?",  # what is done to a balance is a movement
    "What was Cobalt's revenue in 2021 and that of Drydock?",  # another name
    "青禾港务2021年渡轮营业收入是多少？",
    "青禾港务2021年渡轮的营业收入是多少？",
    "青禾港务2021年营业收入波动幅度是多少？",
    "扣除停航影响，青禾港务2021年营业收入是多少？",
    "青禾港务子公司2021年的营业收入是多少？",
    "青禾港务2021年归还了多少短期借款？",
    "就渡轮而言，青禾港务2021年营业收入是多少？",
    "摆渡业务这一块，青禾港务2021年营业收入是多少？",  # of a part of the company, whatever its paper calls it
    "駁運生意2021年為青禾港务帶來多少營業收入？",
]


@pytest.mark.parametrize("question", HARMLESS)
def test_what_says_nothing_of_the_figure_stops_no_plan(question: str) -> None:
    intent = read(question)
    assert not unexplained(intent)
    plan = plan_by_rule(intent, CALENDAR_YEAR, formulas())
    assert plan is not None
    assert (plan.ask, [item.expression for item in plan.items], [span.year for span in plan.spans]) == ("value", ["revenue"], [2021])


@pytest.mark.parametrize("question", CHANGING)
def test_what_belongs_to_the_figure_stops_the_plan(question: str) -> None:
    intent = read(question)
    assert unexplained(intent)
    assert plan_by_rule(intent, CALENDAR_YEAR, formulas()) is None


@pytest.mark.parametrize(
    ("question", "word"),
    [("How much revenue did Cobalt charter in 2021?", "charter"), ("请为渡轮部门核对青禾港务2021年的营业收入", "为渡轮部门核对")],
)
def test_a_word_in_a_harmless_place_stops_the_plan_where_lines_have_it(question: str, word: str) -> None:
    found = doubtful(read(question))
    assert [one for one in found if one in word]
    assert not unexplained(read(question))
    assert unexplained(read(question, *found))


def test_without_a_look_at_the_store_every_word_counts() -> None:
    assert unexplained(understand("What revenue did Cobalt declare for 2021?", NAMES, VOCABULARY)) == ["declare"]


def _ask(question: str, *labels: str) -> str:
    """The status of the answer over a store of one company with these lines besides its revenue."""
    store, paper = MemoryStore(), document("cobalt-2021", "Cobalt Ferries Inc", 2021, ("Cobalt",))
    store.add(paper, "Revenues", "Revenue", {2021: "640"}, statement="income")
    for label in labels:
        store.add(paper, None, label, {2021: "75"}, statement="income")
    return Agent(None, store, MemorySearch()).ask(ADMINISTRATOR, question)[0].status


def test_the_store_decides_over_what_its_reader_may_see() -> None:
    question = "How much revenue did Cobalt charter in 2021?"
    assert _ask(question) == "answered"
    assert _ask(question, "Charter income") == "no_evidence"


def test_no_figure_of_the_whole_is_told_of_a_part_that_the_paper_calls_otherwise() -> None:
    assert _ask_zh("青禾港务2021年营业收入是多少？") == "answered"
    assert _ask_zh("摆渡这块业务，青禾港务2021年营业收入是多少？") == "no_evidence"


def _ask_zh(question: str) -> str:
    store, paper = MemoryStore(), document("qinghe-2021", "青禾港务股份有限公司", 2021, ("青禾港务",))
    store.add(paper, "Revenues", "营业收入", {2021: "640"}, statement="income", unit="CNY")
    return Agent(None, store, MemorySearch()).ask(ADMINISTRATOR, question)[0].status


def test_what_is_owned_is_of_what_the_sentence_before_speaks_of() -> None:
    question = "Barges look tired at Cobalt. How far did its revenue fall in 2021?"
    assert "barge" in unexplained(read(question, "barge"))
    assert unexplained(read("Cobalt looks tired. How far did its revenue fall in 2021?")) == unexplained(
        read("How far did Cobalt's revenue fall in 2021?")
    )


@pytest.mark.parametrize(
    "question",
    [
        "In the income statement of Cobalt, which revenue is shown for 2021?",
        "Tell me Cobalt's revenue of 2021, going by the cash flow statement.",
    ],
)
def test_a_statement_and_a_determiner_are_no_further_questions(question: str) -> None:
    plan = plan_by_rule(read(question), CALENDAR_YEAR, formulas())
    assert plan is not None
    assert [item.expression for item in plan.items] == ["revenue"]


def test_a_year_that_is_not_read_as_one_stops_the_plan() -> None:
    assert "2021" in unexplained(read("2021号文件里，青禾港务的营业收入有多少？"))
