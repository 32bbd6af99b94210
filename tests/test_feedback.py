"""Ratings, corrections, and the data set that they become: from a wrong answer to a model tuned on it. Documents become a corpus."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.conftest import short_home
from tests.train import tiny

from finfoundry.app import App, open_app
from finfoundry.ask.asker import Agent
from finfoundry.ask.retrieve.passages import asking
from finfoundry.base.scripted import ScriptedEngine
from finfoundry.core.answer import Answer
from finfoundry.core.errors import InputError, NotFound, NotPermitted, StoreError
from finfoundry.core.principal import ADMINISTRATOR, Principal
from finfoundry.core.protocols import Request
from finfoundry.demo.report import annual_report, client_report
from finfoundry.governance.guards.guard_register import pseudonymise_guarded
from finfoundry.governance.recorder import Recorder
from finfoundry.knowledge.ingest.ingest_files import forget_sent
from finfoundry.runtime import audit
from finfoundry.runtime.settings import Settings
from finfoundry.runtime.supervisor import Supervisor
from finfoundry.train.conversations import conversations
from finfoundry.train.data.preferences import read_preferences
from finfoundry.train.recipe import parse_recipe
from finfoundry.usecases import uploads
from finfoundry.usecases.corpus import export_corpus
from finfoundry.usecases.feedback import Feedback, FeedbackGiven, Verdict
from finfoundry.usecases.preference_data.making import PreferenceSources, preferences_with_ratings
from finfoundry.usecases.preference_data.rated_pairs import rated_pairs
from finfoundry.usecases.train_model import Training
from finfoundry.usecases.tuning.own_scenes import export_scenes

ANA, BO = Principal("ana"), Principal("bo")
OPEN = "云洲商业银行股份有限公司2024年的净利润是多少？"
SECRET = "What was Linxi Port Group Co., Ltd.'s net profit in 2024?"
SAID = "净利润是一元。[1]"
RIGHT = "2024年净利润以年报第一页为准。"


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """Ana reads both papers, Bo only the one for all."""
    home = short_home()
    with open_app(Settings(home=home)) as opened:
        papers = tmp_path_factory.mktemp("papers")
        (papers / "open.pdf").write_bytes(annual_report().data)
        (papers / "secret.pdf").write_bytes(client_report())
        for user, label in [("ana", "general"), ("ana", "sensitive"), ("bo", "general")]:
            opened.policy.add_user(ADMINISTRATOR, user, [])
            opened.policy.add_grant(ADMINISTRATOR, user, label)
        opened.ingest(ADMINISTRATOR, [papers / "open.pdf"])
        opened.ingest(ADMINISTRATOR, [papers / "secret.pdf"], label="sensitive")
        opened.agent.engine = None  # facts answer
        opened.recorder = Recorder(ScriptedEngine([("", SAID)]))
        yield opened
    Supervisor(home).stop()


@pytest.fixture
def written(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    """Answers are written by a model: it is sent the question, says what is shown, and the call is recorded with the answer."""
    ask = Agent.ask

    def told(agent: Agent, principal: Principal, question: str, *given: Any) -> Any:
        shown, _ = ask(agent, principal, question, *given)
        monkeypatch.setattr(app.recorder, "_engine", ScriptedEngine([("", shown.text)]))
        app.recorder.chat(Request(asking("zh", "[1] (年报, p. 1) 净利润见第一页。", question)))
        return ask(agent, principal, question, *given)

    monkeypatch.setattr(Agent, "ask", told)


def asked(app: App, principal: Principal, question: str) -> Answer:
    answer = app.ask(principal, question)
    assert answer.status == "answered", answer.text
    assert answer.citations
    return answer


def test_what_was_computed_is_no_prompt_and_is_not_taught(app: App, tmp_path: Path) -> None:
    mia = Principal("mia")
    app.policy.add_user(ADMINISTRATOR, "mia", [])
    app.policy.add_grant(ADMINISTRATOR, "mia", "general")
    Feedback(app).add(mia, FeedbackGiven(str(asked(app, mia, OPEN).audit_id), "wrong", RIGHT))
    with pytest.raises(InputError, match=r"no correction of an answer that the model wrote \(1 of computed ones\)"):
        Feedback(app).export(mia, tmp_path)


@pytest.mark.usefixtures("written")
def test_a_correction_becomes_a_row_that_a_recipe_learns_from(app: App, tmp_path: Path) -> None:
    feedback = Feedback(app)
    for metric in ("净利润", "营业收入", "资产总计", "净利润"):
        answer = app.ask(BO, f"云洲商业银行股份有限公司2024年的{metric}是多少？")
        feedback.add(BO, FeedbackGiven(str(answer.audit_id), "wrong", f"{metric}：{RIGHT}", "said too shortly"))
    told = feedback.export(BO, tmp_path / "data")
    assert told.labels.keys() <= {"general"}
    found = list(conversations(tmp_path / "data" / "feedback.jsonl", "feedback.jsonl"))
    assert len(found) == told.rows == 3, "what was corrected twice counts once"
    assert all(RIGHT in talk.answer for talk in found)
    assert {tuple(turn["role"] for turn in talk.turns) for talk in found} == {("system", "user", "assistant")}
    assert {talk.turns[0]["content"] for talk in found} == {asking("zh", "", "")[0].content}, "as it was sent"
    assert json.loads((tmp_path / "data" / "manifest.json").read_text(encoding="utf-8"))["sha256"] == told.sha256

    source = {"paths": ["feedback.jsonl"], "licence": "internal"}
    recipe = parse_recipe(
        {
            "name": "from-feedback", "base": str(tiny.base(tmp_path, "llama").path), "method": "instruct", "weights": "lora",
            "data": {"conversations": [source], "licences": ["internal"], "near_duplicates": 1, "too_long": "drop"},
            "context": 1024, "pack": 1024, "packs": 1, "forms": ["adapter", "lora"],
        },
        "a recipe",
    )  # fmt: skip
    made = Training(app.settings).train(recipe, tmp_path / "data", tmp_path / "model")
    assert made.data.sources[0].licence == "internal"
    assert made.data.rows > 0
    assert (tmp_path / "model" / "adapter.gguf").is_file()


@pytest.mark.usefixtures("written")
def test_nobody_learns_from_what_they_may_not_see(app: App, tmp_path: Path) -> None:
    feedback = Feedback(app)
    answer = asked(app, ANA, SECRET)
    kept = feedback.add(ANA, FeedbackGiven(str(answer.audit_id), "incomplete", "Revenue as in the secret paper."))
    told = feedback.export(ANA, tmp_path / "ana")
    assert told.labels["sensitive"] == 1
    assert kept.record in {one.record for one in feedback.rated(ANA)}
    assert kept.record not in {one.record for one in feedback.rated(BO)}
    assert "secret paper" in (tmp_path / "ana" / "feedback.jsonl").read_text(encoding="utf-8")
    try:
        feedback.export(BO, tmp_path / "bo")
    except InputError:
        return
    assert "secret paper" not in (tmp_path / "bo" / "feedback.jsonl").read_text(encoding="utf-8")


def test_documents_become_a_corpus_that_a_recipe_reads_on(app: App, tmp_path: Path) -> None:
    """Ana's holds both papers, Bo's only the one for all; whoever may read nothing gets none."""
    told = export_corpus(app, ANA, tmp_path / "ana")
    assert told.labels == {"general": 1, "sensitive": 1}
    lines = [json.loads(line) for line in (tmp_path / "ana" / "corpus.jsonl").read_text(encoding="utf-8").splitlines()]
    assert {line["label"] for line in lines} == {"general", "sensitive"}
    assert sum(len(line["text"]) for line in lines) == told.characters
    assert json.loads((tmp_path / "ana" / "manifest.json").read_text(encoding="utf-8"))["sha256"] == told.sha256
    assert export_corpus(app, BO, tmp_path / "bo").labels == {"general": 1}
    assert "Linxi Port" not in (tmp_path / "bo" / "corpus.jsonl").read_text(encoding="utf-8")
    with pytest.raises(InputError, match="nobody may read no document"):
        export_corpus(app, Principal("nobody"), tmp_path / "none")
    recipe = parse_recipe(
        {
            "name": "house", "base": str(tiny.base(tmp_path, "llama").path), "method": "pretrain",
            "data": {"corpus": {"paths": ["corpus.jsonl"], "licence": "internal", "held_back": 0}, "licences": ["internal"]},
        },
        "a recipe",
    )  # fmt: skip
    assert Training(app.settings).dry_run(recipe, tmp_path / "ana", tmp_path / "model").data.sources[0].kept == 2


def test_sections_become_scenes_that_a_recipe_beside_them_learns(app: App, tmp_path: Path) -> None:
    """Ana's are of both papers, Bo's of the one for all: asked as the product asks, answered by words of the passage."""
    told = export_scenes(app, ANA, tmp_path / "ana")
    rows = [json.loads(line) for line in (tmp_path / "ana" / "scenes.jsonl").read_text("utf-8").splitlines()]
    assert (told.rows, told.kinds, set(told.labels)) == (len(rows), {"section": len(rows)}, {"general", "sensitive"})
    for row in rows:
        assert [one["role"] for one in row["messages"]] == ["system", "user", "assistant"]
        assert row["messages"][2]["content"].removesuffix(" [1]") in row["messages"][1]["content"]
    assert json.loads((tmp_path / "ana" / "manifest.json").read_text("utf-8"))["sha256"] == told.sha256
    assert set(export_scenes(app, BO, tmp_path / "bo").labels) == {"general"}
    assert "Linxi Port" not in (tmp_path / "bo" / "scenes.jsonl").read_text("utf-8")
    with pytest.raises(InputError, match="nobody may read no term"):
        export_scenes(app, Principal("nobody"), tmp_path / "none")
    assert not (tmp_path / "none").exists()
    learned = yaml.safe_load((tmp_path / "ana" / "recipe.yaml").read_text("utf-8"))
    recipe = parse_recipe(learned | {"base": str(tiny.base(tmp_path, "llama").path), "context": 4096, "pack": 4096}, "the recipe")
    plan = Training(app.settings).dry_run(recipe, tmp_path / "ana", tmp_path / "model")
    assert plan.data.sources[0].read == len(rows)
    assert plan.plan.rows > 0


@pytest.mark.usefixtures("written")
def test_a_corpus_ends_with_the_grant_and_is_there_only_with_its_record(app: App, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app.policy.remove_grant(ADMINISTRATOR, "ana", "sensitive")
    assert export_corpus(app, ANA, tmp_path / "after").labels == {"general": 1}
    app.policy.add_grant(ADMINISTRATOR, "ana", "sensitive")
    Feedback(app).add(ANA, FeedbackGiven(str(asked(app, ANA, OPEN).audit_id), "wrong", RIGHT))

    def full(*_: object) -> str:
        raise StoreError("The disk of the database is full; nothing was changed")

    monkeypatch.setattr(audit, "append", full)
    with pytest.raises(StoreError):
        export_corpus(app, ANA, tmp_path / "unseen")
    assert list((tmp_path / "unseen").iterdir()) == []
    with pytest.raises(StoreError):
        Feedback(app).export(ADMINISTRATOR, tmp_path / "unseen")
    assert list((tmp_path / "unseen").iterdir()) == []


@pytest.mark.usefixtures("written")
def test_what_was_erased_is_not_learned(app: App, tmp_path: Path) -> None:
    feedback, eve = Feedback(app), Principal("eve")
    app.policy.add_user(ADMINISTRATOR, "eve", [])
    app.policy.add_grant(ADMINISTRATOR, "eve", "general")
    answer = asked(app, eve, OPEN)
    feedback.add(eve, FeedbackGiven(str(answer.audit_id), "wrong", "a correction by eve"))
    app.audit_erase("user", "eve")
    told = feedback.export(ADMINISTRATOR, tmp_path / "data")
    assert told.erased == 1
    assert "by eve" not in (tmp_path / "data" / "feedback.jsonl").read_text(encoding="utf-8")
    with pytest.raises(NotFound, match="of yours"):
        feedback.add(eve, FeedbackGiven(str(answer.audit_id), "wrong"))


def test_what_is_kept_of_the_files_that_a_person_sent_goes_with_the_person(app: App) -> None:
    pia = Principal("pia")
    app.policy.add_user(ADMINISTRATOR, "pia", [])
    app.policy.add_grant(ADMINISTRATOR, "pia", "general", write=True)
    sent = uploads.add(app.database, pia, "my notes.md", b"The fee was 2%.", "default", "general")
    asked(app, pia, OPEN)
    with app.database.transaction(pia) as connection:
        assert forget_sent(connection, "pia") == 0, "an administrator does that"
    assert uploads.find(app.database, pia, sent.id).name == "my notes.md"
    app.audit_erase("user", "pia")
    with pytest.raises(NotFound):
        uploads.find(app.database, pia, sent.id)


@pytest.mark.usefixtures("written")
def test_who_is_erased_leaves_guard_decisions_and_objections_under_no_name(app: App) -> None:
    record = asked(app, ANA, OPEN).audit_id
    gus = Principal("gus")
    app.policy.add_user(ADMINISTRATOR, "gus", [])
    app.policy.add_grant(ADMINISTRATOR, "gus", "general")
    asked(app, gus, OPEN)  # whose name the audit knows from now on
    with app.database.owner() as connection:
        connection.execute(
            "INSERT INTO guard_decisions (record, person, channel, action, label, score, bar, tagger, policy)"
            " VALUES (%s, 'gus', 'question', 'refuse', 'fraud', 1, 0.5, 't', 'p')",
            (record,),
        )
        connection.execute(
            "INSERT INTO guard_objections (record, act, person, wanted, state, decided_by, decided_proof)"
            " VALUES (%(r)s, %(r)s, 'gus', 'answer', 'upheld', 'ana', 'k'), (%(r)s, %(r)s, 'ana', 'answer', 'upheld', 'gus', 'key of gus')",
            {"r": record},
        )
        with pytest.raises(NotPermitted), app.database.transaction(gus) as own:
            pseudonymise_guarded(own, "ana", "x")
    app.audit_erase("user", "gus")
    decided, objected = app.guard_register.decisions(ADMINISTRATOR), app.guard_register.objections(ADMINISTRATOR)
    assert decided[0].person.startswith("erased ")
    assert [(one.person, one.decided_by) for one in objected] == [("ana", decided[0].person), (decided[0].person, "ana")]
    with app.database.owner() as connection:
        assert "gus" not in str(connection.execute("SELECT decided_proof FROM guard_objections").fetchall())


@pytest.mark.usefixtures("written")
def test_a_second_objection_at_the_same_moment_is_told_of_the_first(app: App) -> None:
    act = str(asked(app, ANA, OPEN).audit_id)
    with ThreadPoolExecutor(1) as pool:
        with app.database.owner() as connection:
            connection.execute("INSERT INTO guard_objections (record, act, person, wanted) VALUES (%s, %s, 'ana', 'answer')", (act, act))
            second = pool.submit(app.guard_register.object_to, ANA, act, "answer")
            wait([second], 1)  # it waits for the first
        with pytest.raises(InputError, match="before"):
            second.result()


def test_a_rating_is_its_askers_own(app: App, tmp_path: Path) -> None:
    feedback = Feedback(app)
    answer = asked(app, ANA, OPEN)
    for stranger in (str(answer.audit_id), "x", "00000000-0000-0000-0000-000000000000"):
        with pytest.raises(NotFound, match="of yours"):
            feedback.add(BO, FeedbackGiven(stranger, "right"))
        for other in (ADMINISTRATOR, Principal("lu", auditor=True)):
            with pytest.raises(NotFound, match="of yours"):
                feedback.add(other, FeedbackGiven(stranger, "right"))
    with pytest.raises(InputError, match="more than 20000"):
        feedback.add(ANA, FeedbackGiven(str(answer.audit_id), "wrong", "x" * 20_001))
    assert feedback.add(ANA, FeedbackGiven(str(answer.audit_id), "right")).corrected is False
    with pytest.raises(InputError, match="may read no correction"):
        feedback.export(Principal("nobody"), tmp_path)


@pytest.mark.usefixtures("written")
def test_two_raters_make_a_preference_and_who_disagrees_is_listed(app: App, tmp_path: Path) -> None:
    """Cara and Dan ask the same, get the same, and hold it to be wrong; of another question one holds it to be right."""
    feedback, cara, dan = Feedback(app), Principal("cara"), Principal("dan")
    for one in ("cara", "dan"):
        app.policy.add_user(ADMINISTRATOR, one, [])
        app.policy.add_grant(ADMINISTRATOR, one, "sensitive")
    contested, alone = (f"云洲商业银行股份有限公司2024年的{metric}是多少？" for metric in ("营业收入", "资产总计"))

    def rate(person: Principal, question: str, verdict: Verdict, correction: str = "") -> None:
        feedback.add(person, FeedbackGiven(str(asked(app, person, question).audit_id), verdict, correction))

    shown = asked(app, cara, SECRET).text
    rate(cara, SECRET, "wrong", "As the port says [1].")
    rate(dan, SECRET, "incomplete")
    rate(cara, contested, "wrong", "五元。")
    rate(dan, contested, "right")
    rate(cara, alone, "wrong", "六元。")
    rated = [one for one in feedback.said(cara)[0] if one.person in ("cara", "dan")]
    found = rated_pairs(rated, simulated=False)
    ((_, row),) = found.pairs
    assert (row.chosen, row.rejected, row.source, row.labels) == ("As the port says [1].", shown, "feedback", ("sensitive",))
    assert [message["role"] for message in row.messages] == ["system", "user"]
    assert {one.reason for one in found.left_out} == {"one rater only", "the raters disagree (cara: bad, dan: good)"}
    simulated = rated_pairs(rated, simulated=True)
    assert [row.source for _, row in simulated.pairs] == ["feedback (simulated)"] * 2

    told = preferences_with_ratings(app, cara, PreferenceSources(made=2), tmp_path / "prefs")
    rows = read_preferences(tmp_path / "prefs" / "preferences.jsonl")
    assert told.rows == len(rows)
    assert "As the port says [1]." in {row.chosen for row in rows}
    assert json.loads((tmp_path / "prefs" / "manifest.json").read_text("utf-8"))["made_by"] == "cara"
    with app.database.owner() as connection:
        (count,) = connection.execute("SELECT count(*) FROM audit_record WHERE action = 'preferences exported'").fetchone() or (0,)
    assert count == 1
    app.policy.remove_grant(ADMINISTRATOR, "cara", "sensitive")
    after = preferences_with_ratings(app, cara, PreferenceSources(made=2), tmp_path / "after")
    assert "sensitive" in told.labels
    assert "sensitive" not in after.labels, "what may not be read any more is not learned from"
    assert "As the port says" not in (tmp_path / "after" / "preferences.jsonl").read_text("utf-8")
