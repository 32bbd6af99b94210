"""What a current report is about: its items, quoted."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.ask.memory import MemorySearch, MemoryStore, document

from finfoundry.ask.asker import Agent
from finfoundry.ask.kinds.current_report import items_of
from finfoundry.core.answer import Answer
from finfoundry.core.principal import ADMINISTRATOR
from finfoundry.knowledge.search.passages import Hit

COVER = "FORM 8-K\nDate of Report (Date of earliest event reported): May 20, 2022"
ELECTED = "Item 5.02 Departure of Directors.\nOn May 18, 2022, the board named Ms. Rowe chief executive officer. More follows."
EXHIBITS = "Item 9.01 Financial Statements and Exhibits.\n99.1 Press release."


def ask(question: str, *texts: str) -> Answer:
    store, search = MemoryStore(), MemorySearch()
    paper = replace(document("nw-8k", "Northwind Holdings, Inc.", 2022, ("NWT",)), kind="8-K", period="2022-05-20")
    store.papers.append(paper)
    for text in texts:
        search.add(paper, text)
    return Agent(None, store, search).ask(ADMINISTRATOR, question)[0]


@pytest.mark.parametrize(
    "question",
    [
        "Which events does Northwind's 8-K dated May 20, 2022 announce?",
        "What did Northwind's 8-K of May 20, 2022 report?",
        "What is NWT's latest 8-K about?",
    ],
)
def test_the_items_are_quoted_without_what_is_attached(question: str) -> None:
    answer = ask(question, COVER, ELECTED, EXHIBITS)
    assert answer.status == "answered"
    assert answer.text.startswith("Item 5.02 Departure of Directors: On May 18, 2022, the board named Ms. Rowe chief executive officer.")
    assert "9.01" not in answer.text
    assert len(answer.citations) == 1


def test_a_report_of_another_day_does_not_answer() -> None:
    assert ask("Which events does Northwind's 8-K dated June 3, 2022 announce?", COVER, ELECTED).status == "no_evidence"


def test_a_paper_without_items_is_left_to_its_passages() -> None:
    assert ask("What is NWT's latest 8-K about?", COVER, "The company makes glass.").status == "no_evidence"


def test_a_long_item_ends_with_a_sentence_but_not_behind_an_initial() -> None:
    text = f"Item 8.01 Other Events\nThe board met Mary N. Dillon in {'the ' * 60}spring. {'And so on. ' * 40}"
    (item,) = items_of([Hit("d/4", "d", "d.pdf", 2, 1.0, text, (), None, None, "text", None)])
    assert item.text.startswith("Item 8.01 Other Events: The board met Mary N. Dillon")
    assert item.text.endswith("And so on.")
