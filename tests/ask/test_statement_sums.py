"""The sums that a statement prints: lines of any name are causes, since the statement's arithmetic says what a total is made of."""

from __future__ import annotations

from decimal import Decimal

import pytest

from finfoundry.ask.asker import Agent
from finfoundry.ask.chains.statement_sums import Line, sums
from finfoundry.ask.given.given_papers import given_papers
from finfoundry.ask.lexicon.ports import StoredFact
from finfoundry.core.answer import Answer
from finfoundry.core.document import Fact, Parsed
from finfoundry.core.principal import ADMINISTRATOR
from finfoundry.knowledge.ingest.parse_file import parse
from finfoundry.usecases.chains.checked_chain import checked_chain


class _NoMeaning:
    def likeness(self, question: str, texts: object) -> list[float]:  # noqa: ARG002
        return []


def line(row: int, first: int, last: int, statement: str = "income", concept: str | None = None) -> Line:
    ends = (("2022", first), ("2023", last))
    facts = [
        Fact((f"line {row}",), Decimal(value), "USD", year, str(value), 1, concept=concept, statement=statement, table=0, row=row)
        for year, value in ends
    ]
    return Line(*(StoredFact(f"{row}/{fact.period}", fact, "d", "d.md", None) for fact in facts))


def told(lines: list[Line]) -> dict[int, list[tuple[int, int]]]:
    return {row: [(part.line.last.fact.row or 0, part.sign) for part in parts] for row, parts in sums(lines).items()}


def test_what_went_into_a_sum_goes_into_none_further_down() -> None:
    lines = [line(1, 900, 950), line(2, 400, 470), line(3, 120, 131), line(4, 520, 601), line(5, 380, 349)]
    assert told(lines) == {4: [(2, 1), (3, 1)], 5: [(1, 1), (4, -1)]}


def test_one_line_among_costs_may_be_other_income() -> None:
    lines = [line(1, 900, 950), line(2, 400, 470), line(3, 17, 29), line(4, 120, 131), line(5, 397, 378)]
    assert told(lines) == {5: [(1, 1), (2, -1), (3, 1), (4, -1)]}


def test_costs_in_brackets_are_taken_off_as_the_amounts_that_they_are() -> None:
    lines = [line(1, 900, 950), line(2, -400, -470), line(3, -120, -131), line(4, 380, 349)]
    assert told(lines) == {4: [(1, 1), (2, -1), (3, -1)]}


def test_a_sum_of_one_year_alone_is_none() -> None:
    assert told([line(1, 900, 950), line(2, 400, 470), line(3, 500, 481)]) == {}


MILL = """# Review: Dunmore Feed Mill

Income statement (US dollars in thousands)

| | 2023 | 2022 |
|---|---|---|
| Feed sales | 24,108 | 23,745 |
| Corn and meal | (16,190) | (15,962) |
| Loss on futures | (1,792) | (84) |
| Operating income | 6,126 | 7,699 |
| Income tax | (1,531) | (1,925) |
| Net income | 4,595 | 5,774 |

Balance sheet (US dollars in thousands)

| | 2023 | 2022 |
|---|---|---|
| Cash | 500 | 400 |
| Inventory | 800 | 700 |
| Total assets | 1,300 | 1,100 |
| Accounts payable | 300 | 300 |
| Total liabilities | 300 | 300 |
"""


def ask(question: str) -> Answer:
    papers = given_papers([paper()], _NoMeaning())  # type: ignore[arg-type]
    return Agent(None, papers, papers).ask(ADMINISTRATOR, question)[0]


def paper() -> Parsed:
    return parse(MILL.encode(), "memo.md")


def test_a_chain_goes_down_to_a_line_that_no_list_of_names_holds() -> None:
    """The paper is titled with its company, the first line is its revenue, and the cause is a cost in brackets."""
    first, *_, last = ask("Why did Dunmore's net income fall in 2023?").chain
    assert (first.metric, first.moved, first.first, first.last) == ("Loss on futures", "up", "84000", "1792000")
    assert '"Loss on futures"' in (first.follows or "")
    assert (last.metric, last.moved) == ("net_income", "down")
    assert first.citations


@pytest.mark.parametrize("question", ["Dunmore's operating margin fell in 2023. Why?", "Why did Dunmore's operating margin fall in 2023?"])
def test_a_bare_why_asks_of_what_was_told(question: str) -> None:
    assert [step.metric for step in ask(question).chain][-1:] == ["operating_margin"]


@pytest.mark.parametrize(
    ("cause", "sound"),
    [
        ("Operating income fell to $6,126 thousand in 2023 from $7,699 thousand in 2022", True),
        ("Inventory rose to $800 thousand in 2023 from $700 thousand in 2022", False),
    ],
)
def test_a_step_leads_where_the_statement_adds_it_up(cause: str, *, sound: bool) -> None:
    chain = f"{cause} -> Net income fell to $4,595 thousand in 2023 from $5,774 thousand in 2022"
    assert checked_chain(chain, [paper()]).sound is sound


def test_days_of_two_years_are_reckoned_on_closing_balances() -> None:
    memo = MILL.replace("| Inventory |", "| Accounts receivable | 90 | 50 |\n| Inventory |")
    papers = given_papers([parse(memo.encode(), "memo.md")], _NoMeaning())  # type: ignore[arg-type]
    answer = Agent(None, papers, papers).ask(ADMINISTRATOR, "Why did Dunmore's receivable days rise in 2023?")[0]
    assert [step.metric for step in answer.chain] == ["accounts_receivable", "days_sales_outstanding"]
    assert "on closing balances" in answer.text
