"""Facts of tables that lost figures are less sure, and answers from them say so; those of other tables are as sure as before."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from tests.knowledge.balance.balance_papers import pdf, read, word

from finfoundry.app import App, open_app
from finfoundry.core.answer import Answer
from finfoundry.core.balance.digit_balance import DigitBalance, LostDigits
from finfoundry.core.document import PERIOD_ASSUMED, Fact
from finfoundry.core.principal import ADMINISTRATOR
from finfoundry.knowledge.balance.balancing import DROPPED, balance_of
from finfoundry.knowledge.balance.lossy_tables import BESIDE_LOST, TABLE_MARK, less_sure
from finfoundry.knowledge.balance.printed import printed
from finfoundry.runtime.settings import Settings

INCOME = [
    ["EUR thousand", "2024", "2023"],
    ["Ferry tickets", "5,210", "4,870"],
    ["Freight", "1,340", "1,615"],
    ["Shop sales", "431", "402"],
]
COSTS = [["EUR thousand", "2024", "2023"], *([f"{name} costs", f"{n},220", f"{n},118"] for n, name in enumerate((
    "Crew", "Fuel", "Harbour", "Repair", "Insurance", "Training", "Catering", "Cleaning", "Security", "Audit", "Legal", "Travel", "Lease",
    "Energy", "Water", "Waste", "Postage", "Advertising", "Licence", "Pilotage", "Towage", "Survey"), 1))]  # fmt: skip


def both(cell: str) -> bytes:
    """A paper with a table of income, one of whose cells is given, and a longer one of costs."""
    tables = "".join(
        f"<p>{title}</p><table>" + "".join("<tr>" + "".join(f"<td>{text}</td>" for text in row) + "</tr>" for row in rows) + "</table>"
        for title, rows in (("Note 3 Income by kind", [*INCOME[:-1], [INCOME[-1][0], cell, "402"]]), ("Note 4 Costs by kind", COSTS))
    )
    return f"<html><body><h1>Southquay Ferries plc annual report 2024</h1>{tables}</body></html>".encode()


@pytest.mark.parametrize(("cell", "sure"), [("431", 1.0), ("431 Mar 6", BESIDE_LOST), ("4 3 1 x", BESIDE_LOST), ("n/a", 1.0), ("–", 1.0)])
def test_facts_of_the_table_that_lost_a_figure_are_less_sure_and_no_others(cell: str, sure: float) -> None:
    parsed, _ = read(both(cell), "report.html")
    assert {fact.confidence for fact in parsed.facts if fact.table == 0} == {sure}
    assert {fact.confidence for fact in parsed.facts if fact.table == 1} == {1.0}
    told = [line for line in parsed.certificate.losses if "stand in tables that lost figures" in line]
    assert len(told) == (sure < 1)
    assert all("table 0 on page 1" in line for line in told)


@pytest.fixture(scope="module")
def app(module_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    (paper := tmp_path_factory.mktemp("papers") / "ferries.html").write_bytes(both("431 Mar 6"))
    with open_app(Settings(home=module_home, worker=False)) as opened:
        opened.agent.engine = None
        opened.ingest(ADMINISTRATOR, [paper])
        yield opened


def asked(app: App, question: str) -> Answer:
    answer = app.ask(ADMINISTRATOR, question)
    assert answer.status == "answered", (answer.text, answer.reason)
    return answer


@pytest.mark.parametrize("question", ["What was the freight of Southquay Ferries in 2024?", "Southquay Ferries 2024年的Freight是多少？"])
def test_an_answer_from_the_table_that_lost_a_figure_says_so(app: App, question: str) -> None:
    answer = asked(app, question)
    assert any("1,340" in warning and "80%" in warning for warning in answer.warnings), answer.warnings


@pytest.mark.parametrize(
    "question", ["What were the fuel costs of Southquay Ferries in 2024?", "Southquay Ferries 2024年的Crew costs是多少？"]
)
def test_an_answer_from_the_table_beside_it_does_not(app: App, question: str) -> None:
    assert not any("80%" in warning for warning in asked(app, question).warnings)


@pytest.mark.parametrize(("label", "mark"), [("Freight", TABLE_MARK), ("Fuel costs", None)])
def test_a_fact_that_is_asked_for_by_its_label_bears_the_mark_of_its_table(app: App, label: str, mark: str | None) -> None:
    assert {one.mark for one in app.facts(ADMINISTRATOR, metric=label) if one.metric == [label]} == {mark}


# ---- what was dropped within a table


@pytest.mark.parametrize(("data", "name"), [(pdf(INCOME, COSTS[:9]), "r.pdf"), (word(INCOME), "r.docx"), (both("431"), "r.html")])
def test_a_figure_that_was_dropped_within_a_table_is_lost_to_it(data: bytes, name: str) -> None:
    parsed, _ = read(data, name)
    document, prints = parsed.document, printed(parsed.document, data)
    block = next(block for page in document.pages for block in page.blocks if block.kind == "table")
    block.cells = [cell for cell in block.cells if cell.text != "1,340"]
    (lost,) = balance_of(prints, document, [fact for fact in parsed.facts if fact.text != "1,340"]).lost
    assert (lost.text, lost.why, lost.table) == ("1,340", DROPPED, 0)


def test_a_figure_that_was_dropped_outside_of_tables_is_lost_to_none() -> None:
    data = pdf(INCOME)
    parsed, _ = read(data, "r.pdf")
    prints = printed(parsed.document, data)
    page = parsed.document.pages[0]
    page.blocks = [block for block in page.blocks if "12 branches" not in block.text]
    assert {lost.table for lost in balance_of(prints, parsed.document, parsed.facts).lost} == {None}


# ---- figures of other tables


def fact(value: str, table: int, *, confidence: float = 1.0, label: str = "Freight", period: str = "2024") -> Fact:
    return Fact((label,), Decimal(value), "EUR", f"{period}-12-31", value, 1, table=table, confidence=confidence)


BALANCE = DigitBalance(lost=[LostDigits(1, "5", "5 x", "", table=0)])


@pytest.mark.parametrize(
    ("other", "sure"),
    [
        (fact("1340", 1), 1.0),  # the same figure
        (fact("1350", 1), BESIDE_LOST),  # which of the two is right is open
        (fact("1350", 1, label="Mail"), 1.0),
        (fact("1350", 1, period="2023"), 1.0),
        (replace(fact("1340.4", 1), precision=1), 1.0),  # the same but for rounding
    ],
)
def test_what_a_table_that_lost_figures_disputes_is_as_unsure(other: Fact, sure: float) -> None:
    first, second = less_sure([fact("1340", 0), other], BALANCE)
    assert (first.confidence, second.confidence) == (BESIDE_LOST, sure)


def test_what_was_less_sure_stays_so() -> None:
    assert less_sure([fact("1", 0, confidence=PERIOD_ASSUMED)], BALANCE)[0].period_assumed
    assert less_sure([fact("1", 0, confidence=0.5)], BALANCE)[0].confidence == 0.5
    assert less_sure([fact("1", 0)], None) == [fact("1", 0)]
