"""From a row to the models that learned it, and from an answer to its model: by digests, at once, within the audit's permission."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from finfoundry.app import open_app
from finfoundry.core.errors import IntegrityError, NotPermitted
from finfoundry.core.principal import ADMINISTRATOR, Principal
from finfoundry.runtime.settings import Settings
from finfoundry.train.base import Base
from finfoundry.train.data.personal import Screen
from finfoundry.train.data.row_list import read_row_list
from finfoundry.train.recipe import Recipe
from finfoundry.train.runs.training_run import carry_out, prepared
from finfoundry.usecases.privacy.lineage import of_answer, of_row

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


def test_an_answer_leads_to_its_model_for_who_may_read_the_audit(module_home: Path) -> None:
    with open_app(Settings(home=module_home, worker=False)) as app:
        app.agent.engine = None
        answer = app.ask(ADMINISTRATOR, "What was revenue in 2024?")
        told = of_answer(app, ADMINISTRATOR, str(answer.audit_id), [])
        assert (told.answer, told.model, told.models) == (answer.id, None, [])
        with pytest.raises(NotPermitted):
            of_answer(app, Principal("ana"), str(answer.audit_id), [])
