"""Questions that bring their papers: answered over these alone, by the same path and under the same binder, and forgotten."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.test_replay_of_answers import filing

from finfoundry.app import App, open_app
from finfoundry.core.document import Parsed
from finfoundry.core.errors import InputError
from finfoundry.core.principal import ADMINISTRATOR
from finfoundry.knowledge.ingest.parse_file import parse
from finfoundry.runtime.settings import Settings

TABLE = """
Results of the year (in thousands of euros)

| | 2024 | 2023 |
|---|---|---|
| Ferry tickets | 5,210 | 4,870 |
| Freight | 1,340 | 1,615 |
| Total revenue | 6,550 | 6,485 |
| Crew costs | 2,020 | 1,980 |
"""
TEXT = TABLE + "\nFreight fell because the paper mill in Northhaven closed in March.\n"


@pytest.fixture(scope="module")
def app(module_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    (paper := tmp_path_factory.mktemp("papers") / "stored.htm").write_bytes(filing("Southquay Ferries Inc"))
    with open_app(Settings(home=module_home, worker=False)) as opened:
        opened.agent.engine = None
        opened.ingest(ADMINISTRATOR, [paper])
        yield opened


def given(text: str, name: str = "results.md") -> list[Parsed]:
    return [parse(text.encode(), name)]


@pytest.mark.parametrize(
    ("question", "value"),
    [
        ("What was freight in 2023?", "1615000"),
        ("What was total revenue in 2024?", "6550000"),
        ("By how much did crew costs rise in 2024?", "40000"),
        ("2024年的Freight是多少？", "1340000"),
    ],
)
def test_27_6_a_table_that_comes_with_the_question_is_answered_and_bound(app: App, question: str, value: str) -> None:
    answer = app.ask(ADMINISTRATOR, question, papers=given(TEXT))
    assert answer.status == "answered", (answer.text, answer.reason)
    assert value in [figure.value for figure in answer.figures]
    assert {figure.unit for figure in answer.figures} == {"EUR"}
    assert {citation.document.name for citation in answer.citations} == {"results.md"}
    assert app.audit_replay(ADMINISTRATOR, str(answer.audit_id)).ok


def test_27_6_nothing_but_what_was_given_is_asked(app: App) -> None:
    question = "What was Southquay Ferries Inc's revenue in 2024?"
    assert app.ask(ADMINISTRATOR, question).status == "answered"
    before = [one.id for one in app.documents(ADMINISTRATOR)]
    asked = app.ask(ADMINISTRATOR, question, papers=given(TEXT.replace("Total revenue", "Sum")))
    assert asked.status != "answered"
    assert {one.document.name for one in asked.nearest} <= {"results.md"}
    assert [one.id for one in app.documents(ADMINISTRATOR)] == before


def test_27_6_a_paper_with_a_company_is_asked_by_its_name(app: App) -> None:
    paper = [parse(filing("Northhaven Ferries Inc"), "northhaven.htm")]
    answer = app.ask(ADMINISTRATOR, "What was Northhaven Ferries Inc's net income in 2024?", papers=paper)
    assert answer.status == "answered", answer.text
    stored = app.ask(ADMINISTRATOR, "What was Southquay Ferries Inc's net income in 2024?", papers=paper)
    assert stored.status != "answered"


def test_27_6_too_many_papers_are_refused(app: App) -> None:
    with pytest.raises(InputError, match="11 papers"):
        app.ask(ADMINISTRATOR, "What was freight in 2023?", papers=given(TEXT) * 11)
