"""How sure a quotation is: which signs speak for it, and what no sign can make up for."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.ask.memory import MemorySearch, MemoryStore, document

from finfoundry.ask.asker import Agent
from finfoundry.ask.context import reading
from finfoundry.ask.context.question import QuestionContext
from finfoundry.ask.kinds import quotation
from finfoundry.ask.retrieve.evidence_ranking import Evidence, shipped
from finfoundry.ask.retrieve.quotable import quotables
from finfoundry.ask.retrieve.said_again import mix_up
from finfoundry.ask.retrieve.sureness import prints_a_figure, sureness
from finfoundry.core.principal import ADMINISTRATOR

PAPER = document("northwind-2020", "Northwind Traders Inc", 2020, ("NWT",))
PIER = "The eastern pier of Northwind was closed in 2020 because its planks had rotted."
BEHIND = "It is to be opened again once the Harbour Board has looked at it."


def signs_of(question: str, *texts: str, worth: float = 0.6, whole: float | None = None) -> dict[str, float]:
    """Of a question and a passage whose first sentence is the likeliest and is quoted alone."""
    search = MemorySearch()
    search.add(PAPER, " ".join(texts))
    agent = Agent(None, MemoryStore([PAPER]), search)
    context = agent.begun(ADMINISTRATOR, question)
    intent, subject = reading.understood(context)
    best = [Evidence(one, worth if not place else 0.01) for place, one in enumerate(quotables(search.hits))]
    signs = quotation.signs(context, intent, subject, quotation.Choice(best, [best[0].quotable], read=False))
    return signs if whole is None else signs | {"whole": whole}


QUESTION = "Why was the eastern pier of Northwind closed?"


@given(lower=st.floats(0.001, 0.99), more=st.floats(0.001, 0.9))
def test_the_likelier_the_sentence_the_surer_the_answer(lower: float, more: float) -> None:
    higher = min(lower + more * (1 - lower), 0.999)
    assert sureness(signs_of(QUESTION, PIER, worth=lower)) <= sureness(signs_of(QUESTION, PIER, worth=higher))


@pytest.mark.parametrize(
    ("sign", "surer", "less_sure"),
    [
        ("covered", "Why was the eastern pier closed?", "Why was the western ferry cancelled?"),
        (
            "names_said",
            "Which planks of Northwind had rotted in the Eastern pier?",
            "Which planks of Northwind had rotted in the Tall Barn?",
        ),
    ],
)
def test_words_and_names_of_the_question_that_are_said_speak_for_the_answer(sign: str, surer: str, less_sure: str) -> None:
    said, unsaid = signs_of(surer, PIER), signs_of(less_sure, PIER)
    assert said[sign] > unsaid[sign]
    assert sureness(said) > sureness(unsaid)


def test_every_weight_has_its_sign_and_every_sign_its_weight() -> None:
    assert set(signs_of(QUESTION, PIER)) == set(shipped("told"))


def test_the_sentences_around_the_likeliest_are_quoted_with_it() -> None:
    search = MemorySearch()
    search.add(PAPER, f"Northwind has two piers. {PIER} {BEHIND} Tea is sold on both.")
    agent = Agent(None, MemoryStore([PAPER]), search)
    before, first, behind, last = quotables(search.hits)
    best = [Evidence(first, 0.8), Evidence(last, 0.02), Evidence(behind, 0.01), Evidence(before, 0.01)]
    context = replace_evidence(agent.begun(ADMINISTRATOR, QUESTION), best)
    intent, subject = reading.understood(context)
    assert list(quotation.choose(context, intent, subject).chosen) == [before, first, behind]


def replace_evidence(context: QuestionContext, best: list[Evidence]) -> QuestionContext:
    context.evidence = best
    return context


@pytest.mark.parametrize(
    ("other", "mixed"), [("His brother Bob Larkin left in June.", True), ("His brother Tom Larkin left in June.", False)]
)
def test_a_first_name_that_somebody_else_has_is_not_the_one_asked_about(other: str, *, mixed: bool) -> None:
    search = MemorySearch()
    search.add(PAPER, f"In May the board asked Robert A. Iverson back as the head of the ferries. {other}")
    found = quotables(search.hits)
    agent = Agent(None, MemoryStore([PAPER]), search)
    context = agent.begun(ADMINISTRATOR, "Since when is Bob Iverson back?")
    _, subject = reading.understood(context)
    names = [("bob", "iverson")]
    assert mix_up(found[0], names, subject, found) is mixed
    assert not mix_up(replace(found[0], text="Bob Iverson came back."), names, subject, found)


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("計算之指定保險金低於五仟元者，一次給付予受益人。", True),
        ("逾期金额不得超过本金的百分之二十。", True),
        ("The fee is 3 percent of the sum.", True),
        ("本公司將一次給付指定保險金予受益人。", False),
        ("On 3 May 2020 the pier was closed.", False),
    ],
)
def test_a_figure_is_printed_in_digits_or_in_words(text: str, printed: bool) -> None:
    search = MemorySearch()
    search.add(PAPER, text)
    assert prints_a_figure(quotables(search.hits)[0]) is printed
