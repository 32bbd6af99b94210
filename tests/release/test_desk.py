"""From a tuned model's folder to what serves, with a real engine: judged in its served form, promoted, taken back, no request lost."""

from __future__ import annotations

import hashlib
import itertools
import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.conftest import short_home
from tests.contracts.models import CHAT, weights

from finfoundry.app import App, open_app
from finfoundry.core.errors import InputError, IntegrityError, ModelError, NotPermitted
from finfoundry.core.principal import Principal
from finfoundry.core.protocols import Completion, Message, Request
from finfoundry.core.settings import Settings
from finfoundry.core.supervisor import Supervisor
from finfoundry.release.candidate import MODEL, Candidate, tuned
from finfoundry.release.engine import EngineOnDemand
from finfoundry.release.register import serving
from finfoundry.release.serving import label, pause, served
from finfoundry.release_desk import Contest, ReleaseDesk

ANA, BO = Principal("ana"), Principal("bo")
ASKED = Request((Message("user", "Count to ten in words."),), max_tokens=24)


@pytest.fixture(scope="module")
def app() -> Iterator[App]:
    home = short_home()
    with open_app(Settings(home=home, model=str(weights(CHAT) / "model.gguf"), threads=1)) as opened:
        yield opened
    Supervisor(home).stop()


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A task of yes and no."""
    made = tmp_path_factory.mktemp("data")
    task = {
        "name": "yes-no", "title": "Yes or no", "language": "en", "licence": "Apache-2.0",
        "source": {"paths": ["rows.json"], "columns": ["text", "label"]}, "target": "label", "kind": "choice",
        "labels": {"yes": "yes", "no": "no"}, "templates": ["{text} Answer yes or no."], "metrics": ["accuracy"], "split": [0, 0, 1],
        "max_tokens": 2,
    }  # fmt: skip
    (made / "yes-no.yaml").write_text(json.dumps(task), encoding="utf-8")
    rows = [[f"Is {number} larger than 3?", "yes" if number > 3 else "no"] for number in range(6)]
    (made / "rows.json").write_text(json.dumps(rows), encoding="utf-8")
    return made


def model_folder(folder: Path, name: str, letter: bytes, task: Path) -> Path:
    """A folder as the toolchain writes it; the model in it differs from the base by a letter of its name."""
    folder.mkdir()
    data = (weights(CHAT) / "model.gguf").read_bytes()
    changed = data.replace(b"Smollm2 135M", b"Smollm" + letter + b" 135M", 1)
    assert changed != data
    (folder / "model-q8_0.gguf").write_bytes(changed)
    form = {"path": "model-q8_0.gguf", "sha256": hashlib.sha256(changed).hexdigest(), "bytes": len(changed), "metrics": {}}
    recipe = {"name": name, "base": CHAT, "data": {"tasks": [{"task": str(task)}], "held_out": []}}
    told = {"name": name, "base": CHAT, "base_sha256": "b" * 64, "forms": {"q8_0": form}, "recipe": recipe}
    (folder / "manifest.json").write_text(json.dumps(told), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, data: Path) -> Path:
    return model_folder(tmp_path_factory.mktemp("models") / "tuned", "tuned", b"9", data / "yes-no.yaml")


def proposed(app: App, folder: Path, data: Path, out: Path, *, improve: bool) -> tuple[ReleaseDesk, int]:
    desk, task = ReleaseDesk(app), str(data / "yes-no.yaml")
    contest = Contest(data, out, (task,) if improve else (), () if improve else (task,), limit=1)
    return desk, desk.propose(ANA, tuned(folder, "q8_0"), contest, "a test").id


def test_a_model_that_is_no_better_is_refused_where_it_must_improve(app: App, folder: Path, data: Path, tmp_path: Path) -> None:
    desk, number = proposed(app, folder, data, tmp_path, improve=True)
    shown = desk.register.show(number)
    assert shown.release.state == "refused"
    assert {one["suite"]: one["role"] for one in shown.verdict["findings"] if one["measure"] != "form"} == {
        "yes-no": "improve", "safety-refusal": "safety", "safety-over-refusal": "safety",
    }  # fmt: skip
    assert [one["suite"] for one in shown.verdict["findings"] if not one["passed"]] == ["yes-no"]
    with pytest.raises(NotPermitted, match="the gate refused"):
        desk.promote(BO, [number], "hope")


def test_a_promotion_and_its_way_back_lose_no_request(app: App, folder: Path, data: Path, tmp_path: Path) -> None:
    """Requests go on all the while; each is answered whole, by the model of before or the one of after, in this order."""
    desk, number = proposed(app, folder, data, tmp_path, improve=False)
    engine = EngineOnDemand(app.settings, app.supervisor, lambda: served(app.settings, serving(app.database)))
    answers: list[Completion] = []
    failed: list[Exception] = []
    stop = threading.Event()

    def ask() -> None:
        while not stop.is_set():
            try:
                answers.append(engine.chat(ASKED))
            except Exception as error:  # noqa: BLE001  whatever it is, the test tells it
                failed.append(error)

    asking = [threading.Thread(target=ask) for _ in range(2)]
    for thread in asking:
        thread.start()
    try:
        _until(lambda: len(answers) > 2)
        (release,) = desk.promote(BO, [number], "as good, and ours")
        _until(lambda: answers[-1].model == label(release))
        assert desk.rollback(BO, MODEL, "only a test") == []
        _until(lambda: answers[-1].model != label(release))
    finally:
        stop.set()
        for thread in asking:
            thread.join()
        engine.close()
    assert failed == []
    assert all(answer.completion_tokens for answer in answers)
    changes = [one.model for one, other in itertools.pairwise(answers) if one.model != other.model]
    assert len(set(changes)) <= 2
    assert engine.model == app.settings.model, "clients ask for the same name"


def test_a_new_base_is_taken_by_tuning_all_that_serves_again(app: App, folder: Path, data: Path, tmp_path: Path) -> None:
    desk, number = proposed(app, folder, data, tmp_path / "first", improve=False)
    with pytest.raises(InputError, match="no tuned model serves"):
        desk.upgrade(ANA, CHAT, Contest(data, tmp_path / "none"), "a newer base")
    desk.promote(BO, [number], "ours")
    told: list[dict[str, Any]] = []

    def tune(recipe: dict[str, Any], form: str, _: Path, out: Path) -> Path:
        told.append(recipe)
        out.parent.mkdir(parents=True, exist_ok=True)
        assert form == "q8_0"
        return model_folder(out, "tuned", b"7", data / "yes-no.yaml")

    new = str(weights(CHAT) / "model.gguf")
    made = desk.upgrade(ANA, new, Contest(data, tmp_path / "upgrade", others=(), limit=1), "a newer base", tune)
    assert [recipe["base"] for recipe in told] == [new]
    assert {(line.suite, line.role) for line in made.table} >= {("yes-no", "keep"), ("safety-refusal", "safety")}
    assert made.passed
    (release,) = desk.promote(BO, [one.id for one in made.releases], "all hold")
    assert desk.register.serving()[MODEL].id == release.id
    assert [one.id for one in desk.rollback(BO, MODEL, "a test")] == [number]
    desk.rollback(BO, MODEL, "a test")


def _until(condition: object, seconds: float = 120.0) -> None:
    end = time.monotonic() + seconds
    while not condition():  # type: ignore[operator]
        assert time.monotonic() < end
        time.sleep(0.05)


def test_a_file_that_is_not_the_one_in_the_manifest(folder: Path, tmp_path: Path) -> None:
    told = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    (tmp_path / "model-q8_0.gguf").write_bytes((folder / "model-q8_0.gguf").read_bytes()[:-1] + b"x")
    (tmp_path / "manifest.json").write_text(json.dumps(told), encoding="utf-8")
    with pytest.raises(IntegrityError, match=r"model-q8_0\.gguf is not the file"):
        tuned(tmp_path, "q8_0")
    with pytest.raises(InputError, match="no form 'merged'"):
        tuned(tmp_path, "merged")
    with pytest.raises(ModelError, match="holds no tuned model"):
        tuned(tmp_path / "nowhere", "q8_0")


def test_a_data_folder_that_is_not_there(app: App, folder: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no data folder"):
        ReleaseDesk(app).propose(ANA, tuned(folder, "q8_0"), Contest(tmp_path / "none", tmp_path / "out"), "a test")


def test_an_adapter_of_another_base_is_refused_before_it_is_run(app: App, tmp_path: Path) -> None:
    """The fault that a merge script does not see."""
    path = tmp_path / "adapter.gguf"
    path.write_bytes(b"GGUF")
    sha = hashlib.sha256(b"GGUF").hexdigest()
    stray = Candidate("stray", "stray", "lora", path, sha, "other", "c" * 64, {"name": "stray"})
    contest = Contest(tmp_path, tmp_path / "out")
    with pytest.raises(InputError, match="stray was learned on other"):
        ReleaseDesk(app).propose(ANA, stray, contest, "a test")


def test_an_engine_is_stopped_only_when_it_was_idle_for_long_and_another_serves() -> None:
    since: dict[str, float] = {}
    assert pause(["old"], replaced=True, idle=lambda _: True, since=since, now=0.0) == []
    assert pause(["old"], replaced=True, idle=lambda _: False, since=since, now=9.0) == []  # a request came after all
    assert pause(["old"], replaced=True, idle=lambda _: True, since=since, now=11.0) == []
    assert pause(["old"], replaced=False, idle=lambda _: True, since=since, now=22.0) == []  # what should serve is not up
    assert pause(["old"], replaced=True, idle=lambda _: True, since=since, now=23.0) == []
    assert pause(["old"], replaced=True, idle=lambda _: True, since=since, now=33.0) == ["old"]
