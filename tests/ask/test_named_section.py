"""A question that names a note is answered from it alone; of notes alike, from the one whose headings have words of the question."""

from __future__ import annotations

import pytest
from tests.ask.memory import MemorySearch, MemoryStore, document, statements

from finfoundry.ask.asker import Agent
from finfoundry.ask.understand.named_section import named_section
from finfoundry.core.answer import Answer
from finfoundry.core.principal import ADMINISTRATOR

NOTES = ("Notes", "NOTE 15 — Operating segments"), ("Notes", "NOTE 9 — Leased equipment")


def answer(question: str, label: str = "Depreciation of equipment", concept: str | None = None) -> Answer:
    """Of a company with statements and a line of one label in two notes: 310 million in that on segments, 77 in that on leases."""
    store = MemoryStore()
    paper = document("heron", "Heron Corp", 2021, ("Heron",))
    statements(store, paper, [2021])
    store.over[paper.id] = [("Consolidated balance sheets",), ("Consolidated statements of income",), *NOTES]
    for table, amount in ((2, "310"), (3, "77")):
        store.add(paper, concept, label, {2021: amount}, statement=None, table=table, page=table + 8)
    return Agent(None, store, MemorySearch()).ask(ADMINISTRATOR, question)[0]


@pytest.mark.parametrize(
    ("named", "amount"),
    [
        ("in the segment note", "$310 million"),
        ("in note 15", "$310 million"),
        ("under note 9", "$77 million"),
        ("per the leased equipment note", "$77 million"),
    ],
)
def test_the_note_that_a_question_names_is_the_one_that_answers(named: str, amount: str) -> None:
    told = answer(f"What was Heron's depreciation of equipment in 2021 {named}?")
    assert told.status == "answered", told.reason
    assert amount in told.text


def test_of_a_note_that_no_heading_bears_nothing_is_told() -> None:
    assert answer("What was Heron's depreciation of equipment in 2021 in the pension note?").status == "no_evidence"


def test_a_note_without_the_line_tells_nothing() -> None:
    told = answer("What was Heron's goodwill at the end of 2021 in the segment note?")
    assert told.status == "no_evidence"
    assert "prints no such line" in (told.reason or "")


def test_a_known_metric_is_taken_from_the_note_though_a_statement_prints_it() -> None:
    told = answer("What were Heron's revenues in 2021 in the segment note?", "Revenues", "Revenues")
    assert told.status == "answered", told.reason
    assert "$310 million" in told.text
    assert "$1,021 million" in answer("What were Heron's revenues in 2021?", "Revenues", "Revenues").text


def test_of_two_notes_the_one_whose_heading_has_a_word_of_the_question() -> None:
    assert answer("What was Heron's depreciation of equipment in 2021?").status == "no_evidence"
    told = answer("I am writing about segments: what was Heron's depreciation of equipment in 2021?")
    assert told.status == "answered", told.reason
    assert "$310 million" in told.text


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("depreciation in the segment note", "in the segment note"),
        ("the balance under notes payable", None),  # a debt
        ("outstanding in the senior note", None),  # no heading says so
        ("折旧在分部报告中是多少", "分部报告"),
        ("2021年度报告中的折旧", None),
    ],
)
def test_what_names_a_section(text: str, named: str | None) -> None:
    headings = [("NOTE 15 — Operating segments",), ("NOTE 16 — Notes payable",), ("十六、分部信息",), ("2021年年度报告全文",)]
    found = named_section(text, headings)
    assert (text[found.start : found.end] if found else None) == named
