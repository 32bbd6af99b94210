"""Ratings, corrections, and the data set that they become: from a wrong answer to a model tuned on it. Documents become a corpus."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.conftest import short_home
from tests.train import tiny

from finfoundry.app import App, open_app
from finfoundry.core.answer import Answer
from finfoundry.core.errors import InputError, NotFound, StoreError
from finfoundry.core.principal import ADMINISTRATOR, Principal
from finfoundry.core.tasks import load_task, rows
from finfoundry.demo.report import annual_report, client_report
from finfoundry.knowledge.ingest.ingest_files import forget_sent
from finfoundry.runtime import audit
from finfoundry.runtime.settings import Settings
from finfoundry.runtime.supervisor import Supervisor
from finfoundry.train.recipe import parse_recipe
from finfoundry.usecases import uploads
from finfoundry.usecases.corpus import export_corpus
from finfoundry.usecases.feedback import Feedback, FeedbackGiven
from finfoundry.usecases.train_model import Training

ANA, BO = Principal("ana"), Principal("bo")
OPEN = "云洲商业银行股份有限公司2024年的净利润是多少？"
SECRET = "What was Linxi Port Group Co., Ltd.'s net profit in 2024?"
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
        yield opened
    Supervisor(home).stop()


def asked(app: App, principal: Principal, question: str) -> Answer:
    answer = app.ask(principal, question)
    assert answer.status == "answered", answer.text
    assert answer.citations
    return answer


def test_a_correction_becomes_a_row_that_a_recipe_learns_from(app: App, tmp_path: Path) -> None:
    feedback = Feedback(app)
    for metric in ("净利润", "营业收入", "资产总计", "净利润"):
        answer = app.ask(BO, f"云洲商业银行股份有限公司2024年的{metric}是多少？")
        feedback.add(BO, FeedbackGiven(str(answer.audit_id), "wrong", f"{metric}：{RIGHT}", "said too shortly"))
    told = feedback.export(BO, tmp_path / "data")
    assert told.labels.keys() <= {"general"}
    task = load_task(told.task)
    found = rows(task, tmp_path / "data")
    assert len(found) == told.rows == 3, "what was corrected twice counts once"
    assert all(RIGHT in row.target for row in found)
    assert json.loads((tmp_path / "data" / "manifest.json").read_text(encoding="utf-8"))["sha256"] == told.sha256

    recipe = parse_recipe(
        {
            "name": "from-feedback", "base": str(tiny.base(tmp_path, "llama").path), "method": "instruct", "weights": "lora",
            "data": {"tasks": [{"task": told.task}], "licences": ["internal"], "near_duplicates": 1, "too_long": "drop"},
            "context": 1024, "pack": 1024, "packs": 1, "forms": ["adapter", "lora"],
        },
        "a recipe",
    )  # fmt: skip
    made = Training(app.settings).train(recipe, tmp_path / "data", tmp_path / "model")
    assert made.data.sources[0].licence == "internal"
    assert made.data.rows > 0
    assert (tmp_path / "model" / "adapter.gguf").is_file()


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


def test_23_11_a_corpus_ends_with_the_grant_and_is_there_only_with_its_record(
    app: App, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
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


def test_23_6_what_is_kept_of_the_files_that_a_person_sent_goes_with_the_person(app: App) -> None:
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


def test_23_10_a_rating_is_its_askers_own(app: App, tmp_path: Path) -> None:
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
