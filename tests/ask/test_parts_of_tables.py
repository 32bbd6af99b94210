"""A measure of a part of the company: rows called as the part under a heading that says the measure, and the other way round.

The companies and their questions (``parts_of_tables.jsonl``) are by another hand than the code.
"""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from tests.ask.memory import MemorySearch, MemoryStore, document

from finfoundry.ask.asker import Agent
from finfoundry.core.answer import Answer
from finfoundry.core.document import Fact
from finfoundry.core.principal import ADMINISTRATOR
from finfoundry.knowledge.facts.table.concepts import find_concept
from finfoundry.knowledge.search.terms import terms
from finfoundry.knowledge.storage.fact_query import FactQuery, StoredFact

COMPANIES = [json.loads(line) for line in (Path(__file__).parent / "parts_of_tables.jsonl").read_text(encoding="utf-8").splitlines()]
MILLION = Decimal(1_000_000)
UNITS = {"en": "USD", "zh": "CNY"}


class PrintedStore(MemoryStore):
    """Finds Chinese labels by pairs of characters, as the store does."""

    def _fits(self, stored: StoredFact, query: FactQuery) -> bool:
        if query.metric is None or query.metric.isascii():
            return super()._fits(stored, query)
        held = set(terms(" ".join(stored.fact.metric)))
        return bool(held & set(terms(query.metric))) and super()._fits(stored, replace(query, metric=None))


def agent_of(company: dict[str, Any]) -> Agent:
    """One whose store holds the tables of a company, those of its own statements with their concepts."""
    language = company["language"]
    paper = document("report", company["company"], 2023, language=language)
    store = PrintedStore([paper])
    store.over[paper.id] = [tuple(table["headings"]) for table in company["tables"]]
    for number, table in enumerate(company["tables"]):
        for place, row in enumerate(table["rows"]):
            concept = find_concept(tuple(row["path"]), None) if len(row["path"]) == 1 else None
            for column, (year, value) in enumerate(row["values"].items(), 1):
                period = f"{year}-01-01/{year}-12-31"
                fact = Fact(
                    tuple(row["path"]), Decimal(value) * MILLION, UNITS[language], period, value, 1, paper.entity,
                    concept.name if concept else None, "consolidated", (), "reported", MILLION, 0, (10.0, 10.0, 90.0, 20.0), None,
                    "income" if concept else "notes", number, place, column, 1.0,
                )  # fmt: skip
                store.held.append(StoredFact(f"report/{len(store.held)}", fact, paper.id, paper.name, None))
    return Agent(None, store, MemorySearch())


def asked(agent: Agent, text: str) -> Answer:
    answer, _ = agent.ask(ADMINISTRATOR, text)
    return answer


def told(answer: Answer) -> set[Decimal]:
    """The figures of tables that an answer tells, in millions."""
    every = [one for figure in answer.figures for one in (figure, *(figure.reference.operands or {}).values())]
    return {abs(Decimal(one.value)) / MILLION for one in every if one.source == "cell"}


RIGHT, WRONG = 32, 3  # of the 60 questions with figures: at least and at most (3 and 3 before rows were found by their headings)


def test_parts_that_tables_or_their_headings_name_are_told_and_no_others() -> None:
    right = wrong = 0
    for company in COMPANIES:
        agent = agent_of(company)
        for question in company["questions"]:
            answer = asked(agent, question["text"])
            figures, wanted = told(answer), {abs(Decimal(value)) for value in question["figures"]}
            if not wanted:
                assert answer.status != "answered" or not figures, (question["text"], answer.text)
            elif answer.status == "answered":
                whole = wanted <= figures and not any(mark in answer.text for mark in ("Not answered", "未回答"))
                right, wrong = right + whole, wrong + (not whole)
    assert right >= RIGHT
    assert wrong <= WRONG


def test_a_part_is_named_as_its_row_is() -> None:
    agent = agent_of(COMPANIES[0])
    answer = asked(agent, "What were Veldrane Therapeutics' Lumastrin sales in 2023?")
    assert answer.text == "Veldrane Therapeutics' Lumastrin sales were $212 million in FY2023 [1]."


@pytest.mark.parametrize(
    ("question", "text"),
    [
        (
            "Did Veldrane Therapeutics' Lumastrin sales go up or down from 2022 to 2023?",
            (
                "Veldrane Therapeutics' Lumastrin sales rose to $212 million in FY2023 from $187 million in FY2022 [1]. "
                "Veldrane Therapeutics' Lumastrin sales rose by $25 million (13.4%) [1]."
            ),
        ),
        (
            "Did Veldrane Therapeutics' Lumastrin sales rise in 2023?",
            "Yes. Veldrane Therapeutics' Lumastrin sales rose to $212 million in FY2023 from $187 million in FY2022 [1].",
        ),
    ],
)
def test_who_asks_which_way_an_amount_moved_is_told_by_how_much(question: str, text: str) -> None:
    assert asked(agent_of(COMPANIES[0]), question).text == text


def test_the_company_s_own_line_under_a_heading_of_a_part_is_not_the_part_s() -> None:
    company = {
        "language": "en",
        "company": "Harrowgate Payments, Inc.",
        "tables": [
            {"headings": ["Consulting Services", "Revenue by category, in millions"], "rows": [
                {"path": ["Consulting Services"], "values": {"2022": "187", "2023": "212"}},
                {"path": ["Net revenue"], "values": {"2022": "940", "2023": "1020"}},
            ]},
        ],
    }  # fmt: skip
    answer = asked(agent_of(company), "What net revenue did Harrowgate Payments get from consulting services in 2023?")
    assert told(answer) == {Decimal(212)}, answer.text


def test_the_total_of_a_part_is_not_told_where_all_is_asked_for() -> None:
    path = ["Backlog", "Building products"]
    rows = [{"path": [*path, "Total building products"], "values": {"2023": "131"}}, {"path": [*path, "Doors"], "values": {"2023": "31"}}]
    company = {"company": "Harrow Mills Inc", "language": "en", "tables": [{"headings": ["Backlog"], "rows": rows}]}
    assert told(asked(agent_of(company), "What was Harrow Mills' backlog in total in 2023?")) == set()
    assert told(asked(agent_of(company), "What was Harrow Mills' backlog of total building products in 2023?")) == {Decimal(131)}
