"""A question that goes on from those before it: whose figure, of when, and what is asked of it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter
from tests.ask.memory import MemorySearch, MemoryStore, document

from finfoundry.ask.asker import Agent
from finfoundry.ask.context.question import Conversation
from finfoundry.ask.conversing import chosen, for_company
from finfoundry.ask.dialogue.continued import Known, Unclear, Whole, continued
from finfoundry.ask.dialogue.moved_periods import moved, part_of
from finfoundry.ask.dialogue.topic import MOST_TOPICS, Topic, topic_of
from finfoundry.ask.lexicon.entities import EntityNames
from finfoundry.ask.lexicon.metric_terms import vocabulary
from finfoundry.core.answer import Answer
from finfoundry.core.principal import ADMINISTRATOR

NAMES = EntityNames(
    [("Northwind Traders Inc", ("NWT",)), ("Alder Foods Inc", ()), ("云洲商业银行股份有限公司", ()), ("临溪港务股份有限公司", ())]
)
PARTS = ("Europe", "Paper", "individual", "零售业务", "投资活动")


def read(*questions: str) -> list[str]:
    """Each question in full, after those before it; "?" and the companies where it is asked back."""
    known = Known(NAMES, vocabulary(), lambda _: [], lambda _, words: words in PARTS)
    topics: list[Topic] = []
    found = []
    for question in questions:
        meant = continued(question, topics, known)
        text = meant.text if isinstance(meant, Whole) else question
        found.append("? " + ", ".join(meant.entities) if isinstance(meant, Unclear) else text)
        typed = meant.topic if isinstance(meant, Whole) else None
        topics.append(typed or topic_of(text, NAMES, vocabulary(), lambda _: []))
    return found


SALES, PROFIT = "What was Northwind Traders' revenue in 2023?", "云洲商业银行2024年的净利润是多少？"


@pytest.mark.parametrize(
    ("questions", "whole"),
    [
        ((SALES, "and one year before?"), "What was Northwind Traders' revenue in 2022?"),
        ((SALES, "I mean the second quarter"), "What was Northwind Traders' revenue in second quarter of 2023?"),
        ((SALES, "no, I meant Q3", "same quarter last year"), "What was Northwind Traders' revenue in third quarter of 2022?"),
        ((SALES, "2022?", "so by how much did it go up?"), "By how much did Northwind Traders' revenue change from 2022 to 2023?"),
        ((SALES, "2022?", "difference?", "in percent?"), "By how many percent did Northwind Traders' revenue change from 2022 to 2023?"),
        ((SALES, "in percent?"), "in percent?"),
        ((SALES, "2021?", "difference?", "and its net income in both years?"), "What was Northwind Traders' net income in 2021 and 2023?"),
        ((SALES, "why?"), "Why did Northwind Traders' revenue change in 2023?"),
        (
            (SALES, "what is that as a share of total assets?"),
            "What was Northwind Traders' revenue as a percentage of total assets in 2023?",
        ),
        (("What was Alder Foods' gross profit in FY2023?", "what margin is that"), "What was Alder Foods' gross margin in FY2023?"),
        ((SALES, "Alder Foods?", "and where was NWT a year earlier?"), "What was NWT's revenue in 2022?"),
        ((SALES, "only Europe?"), "What was Northwind Traders' Europe revenue in 2023?"),
        ((SALES, "And adjusted?"), "What was Northwind Traders' adjusted revenue in 2023?"),
        ((SALES, "Europe?", "Paper now, please"), "What was Northwind Traders' Paper revenue in 2023?"),
        ((SALES, "And Alder Foods?", "which one was higher?"), "Which was higher in 2023, Northwind Traders' or Alder Foods' revenue?"),
        ((SALES, "plus total assets?"), "What was Northwind Traders' revenue plus total assets in 2023?"),
        ((SALES, "How much inventory did they hold on that day?"), "How much inventory did Northwind Traders hold on 2023?"),
        ((SALES, "And Alder Foods?", "The year before?", "And Northwind Traders?"), "What was Northwind Traders' revenue in 2022?"),
        ((PROFIT, "再往前一年"), "云洲商业银行2023年的净利润是多少？"),
        ((PROFIT, "2023年呢？", "增长了百分之几"), "云洲商业银行2024年净利润比2023年增长了百分之几？"),
        ((PROFIT, "我问的是第三季"), "云洲商业银行2024年第三季的净利润是多少？"),
        ((PROFIT, "那它的营业收入呢"), "云洲商业银行2024年的营业收入是多少？"),
        (("云洲商业银行2024年的营业收入是多少？", "2024年的收入里理财板块占几成"), "云洲商业银行2024年的收入里理财板块占几成"),
        ((PROFIT, "占营业收入多少"), "云洲商业银行2024年净利润占营业收入的比例是多少？"),
        ((PROFIT, "临溪港务2023年呢", "前一家的营业收入是多少？"), "云洲商业银行2024年的营业收入是多少？"),
        ((PROFIT, "临溪港务2023年呢", "前一家的营业收入是多少？", "后一家呢"), "临溪港务2023年的营业收入是多少？"),
        (("云洲商业银行2024年的营业收入", "其中零售业务的"), "云洲商业银行2024年的零售业务营业收入是多少？"),
        (("临溪港务112年第一季经营活动现金流是多少？", "投资活动呢"), "临溪港务112年第一季的投资活动现金流是多少？"),
        ((PROFIT, "为什么？"), "云洲商业银行2024年净利润变动的原因是什么？"),
        ((SALES, "in billions please"), "What was Northwind Traders' revenue in 2023, in billions?"),
        ((SALES, "What explains its improvement over the previous year?"), "Why did Northwind Traders' revenue change in 2023?"),
        ((SALES, "Europe slice of it?"), "What was Northwind Traders' Europe revenue in 2023?"),
        ((SALES, "and the part from Europe"), "What was Northwind Traders' Europe revenue in 2023?"),
        ((SALES, "How did Europe do on this line?"), "What was Northwind Traders' Europe revenue in 2023?"),
        ((SALES, "Back to 2022 - what did the Europe segment make?"), "What was Northwind Traders' Europe revenue in 2022?"),
        (
            (SALES, "How quickly did Europe grow against 2021?"),
            "By how much did Northwind Traders' Europe revenue change from 2021 to 2023?",
        ),
        (
            (SALES, "Europe?", "what proportion of the group's is that?"),
            "What percentage of Northwind Traders' revenue did Europe account for in 2023?",
        ),
        ((SALES, "Europe?", "and that region one yr earlier"), "What was Northwind Traders' Europe revenue in 2022?"),
        ((SALES, "what proportion of the group's is that?"), "what proportion of the group's is that?"),
        ((PROFIT, "把它换算成亿元给我"), "云洲商业银行2024年的净利润是多少亿元？"),
        ((PROFIT, "改用億元講"), "云洲商业银行2024年的净利润是多少亿元？"),
        ((PROFIT, "比2022年涨了百分之几？"), "云洲商业银行2024年净利润比2022年增长了百分之几？"),
    ],
)
def test_what_is_meant(questions: tuple[str, ...], whole: str) -> None:
    assert read(*questions)[-1].casefold() == whole.casefold()


@pytest.mark.parametrize(
    "question",
    [
        "What was Alder Foods' net income in 2021?",
        "How about Tesla?",
        "And Tesla's revenue?",
        "What did Tesla pay in income taxes in 2022?",
        "Who audits the statements?",
        "Thanks!",
        "那招商银行呢？",
        "招商银行的营业收入呢？",
        "有哪些风险？",
    ],
)
def test_what_says_everything_or_speaks_of_another_is_left_as_it_is(question: str) -> None:
    assert read(SALES, question)[-1] == question
    assert read(PROFIT, question)[-1] == question


def test_a_question_that_its_line_does_not_say_whole_is_not_asked_again_by_it() -> None:
    """Dividends "in cash" are no cash."""
    topic = topic_of("云洲商业银行2024年每10股派多少现金", NAMES, vocabulary(), lambda _: [])
    assert (topic.company, topic.line, topic.periods) == ("云洲商业银行", "", ("2024年",))
    assert topic_of("How many shops does NWT have in Europe?", NAMES, vocabulary(), lambda _: []).line == ""


def test_it_is_asked_which_company_is_meant() -> None:
    assert read(SALES, "云洲商业银行2023年的营业收入呢", "临溪港务2023年的营业收入呢", "前者的净利润是多少？")[-1].startswith("? ")


def test_choices() -> None:
    options = ["Alder Foods Inc", "Northwind Traders Inc"]
    for said in ("Northwind Traders", "I mean Northwind Traders, please", "2", "the second", "the second one", "第二个", "the last one"):
        assert chosen(said, options, NAMES) == "Northwind Traders Inc", said
    for said in ("3", "the second quarter", "NWT's profit in the second quarter", "neither", "2023"):
        assert chosen(said, options, NAMES) is None, said
    assert chosen("1", [], NAMES) is None
    assert for_company("What was revenue?", "Alder Foods Inc", NAMES) == "For Alder Foods Inc, What was revenue?"


def test_periods_are_moved_as_they_are_written() -> None:
    assert [moved(one, -1) for one in ("FY24", "fiscal 2024", "112年第三季", "31 December 2023", "the quarter")] == [
        "FY23", "fiscal 2023", "111年第三季", "31 December 2022", None,
    ]  # fmt: skip
    assert part_of("fiscal 2024", "second quarter") == "second quarter of fiscal 2024"
    assert part_of("the quarter", "second quarter") is None


@given(st.lists(st.text(max_size=40), min_size=2, max_size=4))
@settings(max_examples=60, deadline=None)
def test_any_texts(questions: list[str]) -> None:
    assert len(read(*questions)) == len(questions)


def agent() -> Agent:
    store = MemoryStore()
    for entity, base in (("Northwind Traders Inc", 100), ("Alder Foods Inc", 500)):
        paper = document(entity[:3], entity, 2021)
        store.add(paper, "Assets", "Total assets", {2021: str(base + 21), 2020: str(base + 20)})
        store.add(paper, "Liabilities", "Total liabilities", {2021: str(base + 11), 2020: str(base + 10)})
    return Agent(None, store, MemorySearch())


def test_a_dialogue() -> None:
    asked, conversation = agent(), Conversation()

    def ask(question: str) -> Answer:
        return asked.ask(ADMINISTRATOR, question, conversation=conversation)[0]

    assert ask("What were total assets in 2021?").status == "clarify"
    assert [figure.value for figure in ask("the second").figures] == ["121000000"]
    assert [figure.value for figure in ask("and the year before?").figures] == ["120000000"]
    assert "1" in {figure.value.removesuffix("000000") for figure in ask("by how much did they go up?").figures}
    assert [figure.value for figure in ask("And Alder Foods?").figures] == ["521000000"]
    assert ask("And Tesla's total assets?").figures == []


def test_a_company_in_latin_letters_chosen_for_a_chinese_question_stands_apart_from_its_year() -> None:
    asked, conversation = agent(), Conversation()
    assert asked.ask(ADMINISTRATOR, "2021年的总资产是多少？", conversation=conversation)[0].status == "clarify"
    answer = asked.ask(ADMINISTRATOR, "Alder Foods Inc", conversation=conversation)[0]
    assert [figure.value for figure in answer.figures] == ["521000000"]


@pytest.mark.parametrize(
    ("first", "unknown", "then"),
    [
        ("What were Alder Foods' total assets in 2021?", "What were Gamma's total liabilities in 2020?", "And total assets?"),
        ("What were Alder Foods' total assets in 2021?", "What were Gamma's total liabilities in 2020?", "What were its total assets?"),
        ("What were Alder Foods' total assets in 2021?", "And Netflix's?", "its total liabilities?"),
        ("What were Alder Foods' total assets in 2021?", "Netflix?", "its total liabilities?"),
        ("云洲银行2021年的资产总计是多少？", "青山银行2020年的负债合计是多少？", "它的资产总计呢？"),
    ],
)
def test_what_goes_on_from_an_unknown_company_is_not_of_the_one_before(first: str, unknown: str, then: str) -> None:
    store = MemoryStore()
    for entity, labels in (("Alder Foods Inc", ("Total assets", "Total liabilities")), ("云洲银行股份有限公司", ("资产总计", "负债合计"))):
        paper = document(entity[:3], entity, 2021)
        store.add(paper, "Assets", labels[0], {2021: "21", 2020: "20"})
        store.add(paper, "Liabilities", labels[1], {2021: "11", 2020: "10"})
    asked, conversation = Agent(None, store, MemorySearch()), Conversation()
    answers = [asked.ask(ADMINISTRATOR, question, conversation=conversation)[0] for question in (first, unknown, then)]
    assert [bool(answer.figures) for answer in answers] == [True, False, False]
    assert conversation.entity is None


def test_compared_with_another_company_both_are_asked_for() -> None:
    asked, conversation = agent(), Conversation()
    asked.ask(ADMINISTRATOR, "What were Alder Foods' total assets in 2021?", conversation=conversation)
    answer, _ = asked.ask(ADMINISTRATOR, "Compare it with Northwind Traders", conversation=conversation)
    assert {"521000000", "121000000"} <= {figure.value for figure in answer.figures}


def test_what_is_kept_is_bounded_and_holds_no_figure() -> None:
    asked, conversation = agent(), Conversation()
    for number in range(MOST_TOPICS + 3):
        asked.ask(ADMINISTRATOR, f"What were Alder Foods' total assets in {2020 + number % 2}?", conversation=conversation)
    assert len(conversation.topics) == MOST_TOPICS
    kept = TypeAdapter(Conversation).dump_json(conversation).decode()
    assert "520" not in kept
    assert "521" not in kept
    assert TypeAdapter(Conversation).validate_json(kept) == conversation
    assert TypeAdapter(Conversation).validate_json('{"entity": "Alder Foods Inc", "question": "Why?"}').topics == ()


def test_what_may_no_longer_be_read_is_not_gone_on_from() -> None:
    """A topic and an option of a company whose papers its asker lost are as if they had not been."""
    asked = agent()
    gone = Topic("Cobalt Mines Inc", "Cobalt Mines", "total assets", "", ("2021",))
    conversation = Conversation("Cobalt Mines Inc", "What was it?", (gone,), ("Cobalt Mines Inc", "Alder Foods Inc"))
    answer, _ = asked.ask(ADMINISTRATOR, "and in 2020?", conversation=conversation)
    assert "Cobalt" not in answer.text + "".join(answer.warnings + answer.options)
    assert answer.figures == []
    for pick, company in (
        ("1", ""),
        ("2", "Alder Foods Inc"),
        ("2. Alder Foods Inc", "Alder Foods Inc"),
    ):  # numbers stay as they were shown
        again = Conversation(None, "What was it?", (), ("Cobalt Mines Inc", "Alder Foods Inc"))
        asked.ask(ADMINISTRATOR, pick, conversation=again)
        assert again.question == (f"For {company}, What was it?" if company else pick)
