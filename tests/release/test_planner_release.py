"""A tuned planner on its way to service: compared with what plans without it, refused where it plans worse, used once promoted."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.conftest import short_home
from tests.release.exams import readings, yes_no

from finfoundry.app import App, open_app
from finfoundry.ask.reader.tuned_plan import PLANNER
from finfoundry.base.llama import Served
from finfoundry.base.scripted import ScriptedEngine
from finfoundry.core.errors import InputError, NotPermitted
from finfoundry.core.principal import Principal
from finfoundry.core.tasks.fingerprints import Fingerprints, fingerprint
from finfoundry.evals.suites import safety
from finfoundry.release.candidate import MODEL, tuned
from finfoundry.runtime.settings import Settings
from finfoundry.runtime.supervisor import Supervisor
from finfoundry.usecases.release_model import ReleaseDesk

ANA, BO = Principal("ana"), Principal("bo")
OPEN = '{"kind": "open", "metrics": [], "expression": "", "show": "money"}'
FEES = '{"kind": "lookup", "metrics": [{"name": "a", "label": "fees", "year": 0}], "expression": "a", "show": "money"}'
GOOD, BAD = b"GGUF good", b"GGUF bad"


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[App]:
    """A home whose engine runs from a script: by examples it takes every question for an open one; a good planner reads fees, a bad one
    reads them everywhere.
    """
    home, model = short_home(), tmp_path / "model.gguf"
    model.write_bytes(b"GGUF")

    def started(_: Settings, __: Supervisor, what: Served) -> ScriptedEngine:
        loaded = {path.stem: path.read_bytes() for path in what.adapters.glob("*.gguf")}
        planned = [(r"^fees of pier", FEES), ("", OPEN)] if loaded.get(PLANNER) == GOOD else [("", FEES)]
        return ScriptedEngine([("You turn a question", OPEN), *planned], adapters=list(loaded))

    monkeypatch.setattr("finfoundry.usecases.release_model.start_engine", started)
    with open_app(Settings(home=home, model=str(model), worker=False)) as opened:
        yield opened
    Supervisor(home).stop()


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Two hundred questions: most ask for no figure."""
    made = tmp_path / "exam"
    made.mkdir()
    return readings(made)


def planner_folder(folder: Path, weights: bytes, name: str = PLANNER, base: bytes = b"GGUF") -> Path:
    """An adapter as the toolchain leaves it."""
    folder.mkdir(parents=True)
    (folder / "adapter.gguf").write_bytes(weights)
    Fingerprints([fingerprint("Which fees of 2019?")]).write(folder / "prints.npz")
    told = {
        "name": name, "base": "model", "base_sha256": hashlib.sha256(base).hexdigest(), "recipe": {"name": name},
        "forms": {"lora": {"path": "adapter.gguf", "sha256": hashlib.sha256(weights).hexdigest(), "bytes": len(weights), "metrics": {}}},
        "data": {"fingerprints": {"path": "prints.npz", "sha256": hashlib.sha256((folder / "prints.npz").read_bytes()).hexdigest()}},
    }  # fmt: skip
    (folder / "manifest.json").write_text(json.dumps(told))
    return folder


def test_a_planner_that_fails_its_gate_is_not_used_and_one_that_passes_is_until_it_is_rolled_back(
    app: App, data: Path, tmp_path: Path
) -> None:
    desk, planner = ReleaseDesk(app), app.agent.planner
    assert planner is not None
    with pytest.raises(InputError, match="does not measure the question-planner"):
        desk.fix_exam(BO, PLANNER, data, "what planners must plan", suites=["tfns"])
    desk.fix_exam(BO, PLANNER, data, "what planners must plan")
    bad = desk.propose(ANA, tuned(planner_folder(tmp_path / "bad", BAD), "lora"), "tuned too long")
    assert (bad.state, bad.slot) == ("refused", PLANNER)
    findings = {one["suite"]: one for one in desk.register.show(bad.id).verdict["findings"] if one["measure"] != "form"}
    assert {name: one["serving"] for name, one in findings.items()} == {
        "question-readings": 0.75, "question-values": 0.75, "question-sure": 1.0, "question-safety": 1.0,
    }  # fmt: skip
    assert not any(one["passed"] for one in findings.values())
    with pytest.raises(NotPermitted, match="the gate refused"):
        desk.promote(BO, [bad.id], "hope")
    assert planner() is None
    good = desk.propose(ANA, tuned(planner_folder(tmp_path / "good", GOOD), "lora"), "tuned on our rows")
    assert good.state == "candidate"
    assert planner() is None, "a candidate serves nobody"
    desk.promote(BO, [good.id], "plans more, and nothing wrongly")
    assert planner() == PLANNER
    desk.rollback(BO, PLANNER, "a test")
    assert planner() is None


def test_evidence_of_a_planner_stands_whatever_other_adapters_serve(
    app: App, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that was promoted since the proposal, and those that move to a new base with it."""
    monkeypatch.setattr(safety, "SAFETY", ())
    desk, task = ReleaseDesk(app), str(yes_no(data))
    desk.fix_exam(BO, PLANNER, data, "what planners must plan")
    for slot in (MODEL, "other"):
        desk.fix_exam(BO, slot, data, "a test", suites=[task], margins={task: 0.9})
    good = desk.propose(ANA, tuned(planner_folder(tmp_path / "good", GOOD), "lora"), "tuned on our rows")
    other = desk.propose(ANA, tuned(planner_folder(tmp_path / "other", b"GGUF other", "other"), "lora"), "for another task")
    desk.promote(BO, [other.id], "as good")
    desk.promote(BO, [good.id], "plans more, and nothing wrongly")
    new = tmp_path / "new.gguf"
    new.write_bytes(b"GGUF new")

    def tune(recipe: dict[str, Any], _: str, __: Path, out: Path) -> Path:
        return planner_folder(out, GOOD if recipe["name"] == PLANNER else b"GGUF other", recipe["name"], new.read_bytes())

    upgrade = desk.upgrade(ANA, str(new), tmp_path / "upgrade", "a newer base", tune)
    assert upgrade.passed
    desk.promote(BO, [one.id for one in upgrade.releases], "all hold")
    assert {*desk.register.serving()} == {MODEL, PLANNER, "other"}
