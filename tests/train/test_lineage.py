"""From a row to the models that learned it, and from an answer to its model: by digests, at once, within the audit's permission."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from finfoundry.app import App, open_app
from finfoundry.core.errors import IntegrityError, NotPermitted
from finfoundry.core.principal import ADMINISTRATOR, Principal
from finfoundry.governance.answer_models import note_model
from finfoundry.runtime.settings import Settings
from finfoundry.train.base import Base
from finfoundry.train.data.personal import Screen
from finfoundry.train.data.row_list import read_row_list
from finfoundry.train.export.manifest import FormRecord, ModelManifest
from finfoundry.train.recipe import Recipe
from finfoundry.train.runs.training_run import carry_out, prepared
from finfoundry.usecases.privacy import lineage
from finfoundry.usecases.privacy.lineage import of_answer, of_models, of_row

Made = Callable[..., Recipe]
Bases = Callable[[str], Base]


def test_a_row_leads_to_its_models_and_a_model_to_its_rows(recipe: Made, bases: Bases, data: Path, screen: Screen, tmp_path: Path) -> None:
    made = prepared(recipe(), bases("llama"), data, tmp_path / "run", screen)
    carry_out(made, tmp_path / "run", "test")
    listed = read_row_list(tmp_path / "run")
    (lessons,) = made.material.lessons.values()
    assert [row.row for row in listed] == [one.id for one in lessons]
    began = time.perf_counter()
    (told,) = of_row(f"  {lessons[0].about.upper()} ", [tmp_path / "run"])
    assert time.perf_counter() - began < 1
    assert lessons[0].id in [row.row for row in told.found]
    assert told.sources == {"cards": len(listed)}
    assert told.data_sha256 == made.material.manifest.sha256
    assert list(told.files) == ["cards.json"]
    assert of_row("a text that nobody learned", [tmp_path / "run"]) == []
    with pytest.raises(IntegrityError, match="does not say which rows"):
        of_row("a text", [tmp_path])


@pytest.mark.parametrize(
    ("label", "wrote"),
    [
        ("tiny+dev-desk-notes", ["desk-notes"]),
        ("tiny+desk-notes", []),
        ("other+dev-desk-notes", []),
        ("tiny-notes", []),
        ("tiny", []),
        ("notes", ["notes"]),
        ("anything@" + "n" * 12, ["notes"]),
        ("desk-notes@" + "0" * 12, []),
        (None, []),
    ],
)
def test_an_answer_is_of_the_model_of_exactly_that_name(label: str | None, wrote: list[str], tmp_path: Path) -> None:
    folders = [tuned(tmp_path, name) for name in ("desk-notes", "notes", "tiny")]
    app = SimpleNamespace(database=None, settings=SimpleNamespace(home=tmp_path))
    answer: dict[str, Any] = {"id": "1", "model": label, "citations": []}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lineage, "recall", lambda *_: SimpleNamespace(one=lambda _: answer))
        told = of_answer(cast(App, app), ADMINISTRATOR, "1", folders)
    assert [one.model for one in told.models] == wrote


def tuned(folder: Path, name: str) -> Path:
    """A model's folder as far as lineage reads it."""
    form = FormRecord("model.gguf", name[0] * 64, 1)
    told = ModelManifest(name, "", "", "tiny", "", "", {}, "", {"sources": [], "sha256": ""}, 1, 1, 0.0, forms={"lora": form})
    (folder / name).mkdir()
    (folder / name / "manifest.json").write_text(json.dumps(asdict(told)), "utf-8")
    (folder / name / "data-rows.jsonl").write_text("", "utf-8")
    return folder / name


def test_an_answer_leads_to_its_model_for_who_may_read_the_audit(module_home: Path) -> None:
    with open_app(Settings(home=module_home, worker=False)) as app:
        app.agent.engine = None
        answer = app.ask(ADMINISTRATOR, "What was revenue in 2024?")
        told = of_answer(app, ADMINISTRATOR, str(answer.audit_id), [])
        assert (told.answer, told.model, told.models) == (answer.id, None, [])
        with pytest.raises(NotPermitted):
            of_answer(app, Principal("ana"), str(answer.audit_id), [])


def test_a_model_leads_to_the_answers_that_it_wrote_at_once(module_home: Path, tmp_path: Path) -> None:
    folders = [tuned(tmp_path, name) for name in ("desk-notes", "other")]
    with open_app(Settings(home=module_home, worker=False)) as app:
        app.agent.engine = None
        answer = app.ask(ADMINISTRATOR, "What was revenue in 2023?")
        with app.database.transaction(ADMINISTRATOR) as connection:
            note_model(connection, str(answer.audit_id), None)
        assert of_models(app, ADMINISTRATOR, folders) == [], "no model wrote a word of it"
        with app.database.transaction(ADMINISTRATOR) as connection:
            note_model(connection, str(answer.audit_id), "tiny+dev-desk-notes")
        began = time.perf_counter()
        (told,) = of_models(app, ADMINISTRATOR, folders)
        assert time.perf_counter() - began < 1
        assert (told.record, told.model) == (answer.audit_id, "tiny+dev-desk-notes")
        assert of_models(app, ADMINISTRATOR, folders[1:]) == []
        with pytest.raises(NotPermitted):
            of_models(app, Principal("ana"), folders)
        with pytest.raises(NotPermitted), app.database.transaction(Principal("ana")) as connection:
            connection.execute("SELECT model FROM answer_models")
