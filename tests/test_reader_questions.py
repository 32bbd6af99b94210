"""Real questions without an answer as data for the reader: by leave, under the asker's key, where readings agree over what one may read."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.ask.test_learnt_plan import LEVEL, SetReader
from tests.conftest import short_home

from finfoundry.app import App, open_app
from finfoundry.base.scripted import ScriptedEngine
from finfoundry.core.errors import InputError
from finfoundry.core.principal import ADMINISTRATOR, Principal
from finfoundry.core.progress import Progress
from finfoundry.core.protocols import Completion, Request
from finfoundry.demo.report import annual_report, client_report
from finfoundry.governance.expiry import expire_contents
from finfoundry.governance.trail import moment, recall, records
from finfoundry.governance.unanswered import unanswered
from finfoundry.runtime.settings import Settings
from finfoundry.runtime.supervisor import Supervisor
from finfoundry.usecases.readers.reader_data import data_with_questions, questions

ANA, BO, EVA = Principal("ana"), Principal("bo"), Principal("eva", auditor=True)
SHARE = "如果把船头上的摊开,云洲商业银行股份有限公司2024年净利润占营业收入的百分之几?"  # as it is kept: half-width signs
UNSURE = SetReader({"净利润": "plus", "营业收入": "under"}, LEVEL, sure=0.6)


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """Ana and Bo read the bank's paper; Eva, an auditor, reads none."""
    home = short_home()
    with open_app(Settings(home=home, learn_from_questions=True)) as opened:
        papers = tmp_path_factory.mktemp("papers")
        (papers / "open.pdf").write_bytes(annual_report().data)
        (papers / "client.pdf").write_bytes(client_report())
        for user in ("ana", "bo"):
            opened.policy.add_user(ADMINISTRATOR, user, [])
            opened.policy.add_grant(ADMINISTRATOR, user, "general")
        opened.ingest(ADMINISTRATOR, [papers / "open.pdf", papers / "client.pdf"])
        opened.agent.engine = None
        opened.agent.reader = lambda: UNSURE
        yield opened
    Supervisor(home).stop()


def test_a_question_is_learned_from_by_leave_only(app: App, tmp_path: Path) -> None:
    before = app.ask(ANA, SHARE)
    assert before.status == "no_evidence"
    assert app.ask(ANA, "云洲商业银行股份有限公司2024年的净利润是多少？").status == "answered"
    app.settings = app.settings.model_copy(update={"learn_from_questions": False})
    app.ask(ANA, SHARE + "急用")
    app.settings = app.settings.model_copy(update={"learn_from_questions": True})
    assert [one.question for one in questions(app, ANA)] == [SHARE]
    assert questions(app, BO) == []
    assert [one.user for one in questions(app, EVA)] == ["ana"]

    told = data_with_questions(app, ANA, tmp_path / "data", each=1)
    assert told.asked == 1
    row = json.loads((tmp_path / "data" / "question-forms.jsonl").read_text("utf-8").splitlines()[-1])
    assert [(row["text"][start:end], role) for start, end, role in row["spans"]] == [("净利润", "plus"), ("营业收入", "under")]
    assert "云洲" not in row["text"]
    exported = next(one for one in records(app.database, ADMINISTRATOR) if one.action == "questions exported")
    assert exported.user == "ana"
    assert recall(app.database, app.settings.home, ADMINISTRATOR, exported.id).one("dataset")["questions"] == [before.audit_id]
    assert data_with_questions(app, EVA, tmp_path / "none", each=1).asked == 0, "over what she may read there is no value"


def test_no_reader_no_readings(app: App, tmp_path: Path) -> None:
    reads = app.agent.reader
    app.agent.reader = lambda: None
    try:
        with pytest.raises(InputError, match="no reader"):
            data_with_questions(app, ANA, tmp_path / "data")
    finally:
        app.agent.reader = reads


def test_a_question_goes_with_its_asker_and_with_the_time_of_traces(app: App) -> None:
    app.ask(BO, SHARE)
    app.ask(BO, SHARE)
    assert len(questions(app, BO)) == 1, "each text once"
    app.audit_erase("user", "bo")
    assert questions(app, BO) == []
    app.ask(ANA, SHARE)
    assert unanswered(app.database, app.settings.home, ANA)
    now = datetime.now(UTC)
    with app.database.owner() as connection:
        expire_contents(connection, "eva", now, moment(now))
    assert questions(app, EVA) == []


@pytest.mark.slow
def test_questions_of_the_store_in_other_words_are_learned_where_the_figures_are_the_same(app: App, tmp_path: Path) -> None:
    """The base model adds a word to each question, or takes another year; what it wrote is not asked for again."""
    faithful = ScriptedEngine([("", "")])
    reader, app.agent.reader = app.agent.reader, None
    faithful.chat = lambda request: Completion(f"劳驾，{_question(request)}", 1, 1)  # type: ignore[method-assign]
    try:
        app.agent.engine = faithful
        steps = list[Progress]()
        told = data_with_questions(app, ANA, tmp_path / "data", each=1, asked=False, paraphrase=4, report=steps.append)
        assert told.reworded + sum(told.dropped.values()) == 4
        assert told.reworded > 0
        assert [one.done for one in steps] == [1, 2, 3, 4]
        assert "云洲" not in (tmp_path / "data" / "question-forms.jsonl").read_text("utf-8")

        app.agent.engine = ScriptedEngine([])  # it would fail
        assert data_with_questions(app, ANA, tmp_path / "data", each=1, asked=False, paraphrase=4) == told
        app.agent.engine = faithful
        faithful.chat = lambda request: Completion(_question(request).replace("2024", "2023") + "？", 1, 1)  # type: ignore[method-assign]
        other = data_with_questions(app, ANA, tmp_path / "other", each=1, asked=False, paraphrase=4)
        assert other.dropped.get("words lost", 0) + other.dropped.get("repeated", 0) == 4
        app.agent.engine = None
        with pytest.raises(InputError, match="no base model"):
            data_with_questions(app, ANA, tmp_path / "none", asked=False, paraphrase=4)
    finally:
        app.agent.reader, app.agent.engine = reader, None


def _question(request: Request) -> str:
    return request.messages[-1].content.splitlines()[1]


def test_a_collection_is_asked_for_the_formulas_that_its_lines_give(app: App, tmp_path: Path) -> None:
    """Beside the labels of its rows their names fill the wordings."""
    labels = {fact.metric[-1] for fact in app.facts(ANA, collection="default", limit=20_000) if fact.metric}
    told = data_with_questions(app, ANA, tmp_path / "data", each=1, collection="default", asked=False)
    assert told.labels > len(labels)
    learned = (tmp_path / "data" / "question-forms.jsonl").read_text("utf-8")
    assert "资产负债率" in learned
    assert "资产负债率" not in labels
