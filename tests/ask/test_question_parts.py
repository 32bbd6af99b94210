"""A9: a question of several parts is answered whole, or what is not answered is named. A10: what stands in a document is not denied."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest
from tests.ask import nothing_about, question_parts
from tests.ask.made_reports import agent_over
from tests.ask.memory import MemorySearch, MemoryStore, document, statements

from finfoundry.ask.asker import Agent
from finfoundry.ask.context.question import Conversation
from finfoundry.core.answer import Answer
from finfoundry.core.document import Parsed
from finfoundry.core.principal import ADMINISTRATOR
from finfoundry.knowledge.ingest.parse_file import parse
from finfoundry.runtime.postgres import Postgres

ASKED_PARTS, ASKED_NAMES, SEED = 42, 40, 5
Reports = dict[str, tuple[Parsed, bytes]]


@pytest.fixture(scope="module")
def reports() -> Reports:
    draw = random.Random(SEED)
    english, chinese = nothing_about.names(draw, 8)
    data = nothing_about.report(english, chinese, draw)
    found: Reports = {**question_parts.reports(SEED), nothing_about.COLLECTION: (parse(data, "names.html"), data)}
    return found


@pytest.fixture(scope="module")
def agent(postgres: Postgres, reports: Reports, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Agent]:
    with agent_over(postgres, tmp_path_factory.mktemp("keys"), reports) as made:
        yield made


def test_a9_no_part_of_a_question_is_dropped_without_saying_so(agent: Agent, reports: Reports) -> None:
    counts = {"whole": 0, "named": 0}
    for question in question_parts.made({name: parsed for name, (parsed, _) in reports.items()}, ASKED_PARTS, SEED):
        answer = agent.ask(ADMINISTRATOR, question.text, question.collection, Conversation())[0]
        assert not question_parts.silent(question, answer), (question.text, answer.text)
        if answer.status == "answered":
            counts["named" if question_parts.lacking(question, answer) else "whole"] += 1
    assert counts["whole"] > ASKED_PARTS // 2
    assert counts["named"]


def test_a10_what_stands_in_a_document_is_not_denied(agent: Agent, reports: Reports) -> None:
    """Of a name that stands nowhere it is said."""
    draw = random.Random(SEED)
    english, chinese = nothing_about.names(draw, 8)
    text = nothing_about.text_of(reports[nothing_about.COLLECTION][0])
    for question, _, said, wrong in nothing_about.ask(agent, text, nothing_about.questions(english, chinese, ASKED_NAMES)):
        assert wrong is None, (question, said)
    ((_, status, said, _),) = nothing_about.ask(agent, text, iter(["What was Zephyrine's revenue in 2024?"]))
    assert (status, said) == ("no_evidence", "The documents hold nothing about Zephyrine.")
    longer = [f"What was {english[0]} Harbour's revenue in 2024?", f"{chinese[0][:2]}银行2024年的营业收入是多少？"]
    for _, status, said, _ in nothing_about.ask(agent, text, iter(longer)):
        assert (status, said in NOT_FOUND) == ("no_evidence", True), said


NOT_FOUND = ("No answer to this question was found in the documents that you may read.", "在您可以阅读的文档中没有找到这个问题的答案。")
PAPER = document("aldgate-2022", "Aldgate Cranes Ltd", 2022, ("ALDG",))


def ask(question: str, store: MemoryStore | None = None) -> Answer:
    if store is None:
        store = MemoryStore()
        statements(store, PAPER, (2020, 2021, 2022))
    return Agent(None, store, MemorySearch()).ask(ADMINISTRATOR, question)[0]


@pytest.mark.parametrize(
    ("question", "note"),
    [
        ("What was Aldgate's revenue in 2022? And what was its carbon tax?", "carbon tax"),
        ("What were Aldgate's revenue and goodwill in 2022 and in 2013?", "2013"),
        ("What was Aldgate's revenue in 2022, 21 and 14?", "FY2014"),
        ("What was Aldgate's gross profit in 2022? Why did it move?", "Why"),
    ],
)
def test_a9_what_is_not_answered_is_named(question: str, note: str) -> None:
    answer = ask(question)
    assert answer.status == "answered"
    assert note in answer.text.partition("Not answered:")[2]


@pytest.mark.parametrize(
    "question",
    [
        "What was Aldgate's carbon tax in 2022? And what was Aldgate's revenue in 2022?",
        "What was Aldgate's carbon tax in 2022? And what was its revenue?",
        "Aldgate2022年的碳税是多少？营业收入呢？",
        "Did a subsidiary of Aldgate pay a carbon tax in 2022? What was Aldgate's revenue in 2022?",
    ],
)
def test_a_part_of_the_company_is_answered_behind_one_that_is_not(question: str) -> None:
    answer = ask(question)
    assert answer.status == "answered", answer.text
    assert any(words in answer.text.lower() for words in ("not answered", "未回答"))


@pytest.mark.parametrize(
    ("question", "figure"),
    [
        ("By how much do Aldgate's revenue and gross profit differ in 2022?", "-$2,000 million"),
        ("How much less was Aldgate's revenue than its gross profit in 2022?", "$2,000 million"),
        ("Which was larger for Aldgate in 2022, gross profit or revenue, and by how much?", "$2,000 million"),
        ("How much does Aldgate's revenue of 2022 differ from that of 21?", "$1 million"),
    ],
)
def test_a9_a_difference_is_computed(question: str, figure: str) -> None:
    answer = ask(question)
    assert figure in answer.text, answer.text
    assert "Not answered" not in answer.text


def test_a9_the_last_years_are_named_without_a_warning() -> None:
    answer = ask("Aldgate's revenue over the last three years")
    assert all(f"FY{year}" in answer.text for year in (2020, 2021, 2022))
    assert not answer.warnings


def test_a9_an_owner_in_small_letters_is_the_company() -> None:
    """Next to another company, so that it is not known as the only one."""
    store = MemoryStore()
    other = document("bramble-2022", "Bramble Holdings", 2022)
    for paper, table in ((PAPER, 0), (other, 4)):
        statements(store, paper, (2021, 2022), table=table)
    answer = ask("what was aldgate's gross profit in 2022?", store)
    assert answer.text.startswith("Aldgate Cranes' gross profit was $3,022 million")


def test_a9_a_ratio_finds_the_row_that_is_called_by_one_word() -> None:
    store = MemoryStore()
    statements(store, PAPER, (2022,))
    store.add(PAPER, None, "Equity", {2022: "61"})
    assert "50.0%" in ask("What was Aldgate's equity ratio in 2022?", store).text


def test_a9_a_whole_answer_names_nothing() -> None:
    for question in (
        "What were Aldgate's revenue, gross profit and goodwill in 2022?",
        "Did Aldgate's revenue rise from 2021 to 2022?",
        "What was Aldgate's revenue growth in 2022? Answer in percent. Assume that goodwill is not amortised.",
    ):
        assert "Not answered" not in ask(question).text


def test_a9_what_is_called_by_a_word_for_the_company_is_not_said_to_be_left_out() -> None:
    answer = ask("Aldgate Cranes 2022年营业收入是多少？其商誉是多少？")
    assert len(answer.figures) == 2
    assert "未回答" not in answer.text


def test_what_is_taken_off_is_no_part_of_its_own() -> None:
    assert ask("Aldgate Cranes 2022年营业收入，剔除商誉后是多少？").status != "answered"
