"""From a tuned model's folder to what serves, with a real engine: judged in its served form, promoted, taken back, no request lost."""

from __future__ import annotations

import hashlib
import itertools
import json
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from psycopg.types.json import Jsonb
from tests.conftest import short_home
from tests.contracts.models import CHAT, weights
from tests.release.exams import yes_no

from finfoundry.app import App, open_app
from finfoundry.base.llama import start_engine
from finfoundry.core.errors import InputError, IntegrityError, ModelError, NotPermitted
from finfoundry.core.principal import Principal
from finfoundry.core.protocols import Completion, Message, Request
from finfoundry.core.tasks.fingerprints import Fingerprints, fingerprint
from finfoundry.evals.suites import safety
from finfoundry.release.candidate import MODEL, Candidate, tuned
from finfoundry.release.engine import EngineOnDemand
from finfoundry.release.register import serving
from finfoundry.release.serving import label, pause, served, stop_if_changed
from finfoundry.release.training_rows import check_training
from finfoundry.runtime.settings import Settings
from finfoundry.runtime.supervisor import Supervisor
from finfoundry.usecases.release_model import ReleaseDesk

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
    yes_no(made)
    return made


def learned(folder: Path, *texts: str) -> dict[str, str]:
    """The fingerprints of training rows, as the toolchain writes them."""
    path = folder / "data-fingerprints.npz"
    Fingerprints(map(fingerprint, texts)).write(path)
    return {"path": path.name, "sha256": hashlib.sha256(path.read_bytes()).hexdigest()}


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
    told["data"] = {"fingerprints": learned(folder, "Is the earth larger than the moon?")}
    (folder / "manifest.json").write_text(json.dumps(told), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, data: Path) -> Path:
    return model_folder(tmp_path_factory.mktemp("models") / "tuned", "tuned", b"9", data / "yes-no.yaml")


def examined(app: App, data: Path, *, improve: bool = False) -> ReleaseDesk:
    """A desk with an exam of one task of eight items, fixed by Bo. Its margin is wide: so few items show no small loss."""
    desk, task = ReleaseDesk(app), str(data / "yes-no.yaml")
    suites, better = ([], [task]) if improve else ([task], [])
    desk.fix_exam(BO, MODEL, data, "a test", suites=suites, improve=better, margins={} if improve else {task: 0.4})
    return desk


def proposed(app: App, folder: Path, data: Path, *, improve: bool = False) -> tuple[ReleaseDesk, int]:
    desk = examined(app, data, improve=improve)
    return desk, desk.propose(ANA, tuned(folder, "q8_0"), "a test").id


@pytest.fixture(autouse=True)
def no_safety_suites(monkeypatch: pytest.MonkeyPatch) -> None:
    """They ask eighty questions of 40 tokens each time; that they are always asked is a test of the exam's."""
    monkeypatch.setattr(safety, "SAFETY", ())


def test_a_model_that_is_no_better_is_refused_where_it_must_improve(app: App, folder: Path, data: Path) -> None:
    desk, number = proposed(app, folder, data, improve=True)
    shown = desk.register.show(number)
    assert shown.release.state == "refused"
    assert {one["suite"]: one["role"] for one in shown.verdict["findings"] if one["measure"] != "form"} == {"yes-no": "improve"}
    assert [one["suite"] for one in shown.verdict["findings"] if not one["passed"]] == ["yes-no"]
    with pytest.raises(NotPermitted, match="the gate refused"):
        desk.promote(BO, [number], "hope")


def test_a_promotion_and_its_way_back_lose_no_request(app: App, folder: Path, data: Path) -> None:
    """Requests go on all the while; each is answered whole, by the model of before or the one of after, in this order."""
    desk, number = proposed(app, folder, data)
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


@pytest.mark.slow
def test_a_new_base_is_taken_by_tuning_all_that_serves_again(app: App, folder: Path, data: Path, tmp_path: Path) -> None:
    desk, number = proposed(app, folder, data)
    with pytest.raises(InputError, match="no tuned model serves"):
        desk.upgrade(ANA, CHAT, tmp_path / "none", "a newer base")
    desk.promote(BO, [number], "ours")
    told: list[dict[str, Any]] = []

    def tune(recipe: dict[str, Any], form: str, _: Path, out: Path) -> Path:
        told.append(recipe)
        out.parent.mkdir(parents=True, exist_ok=True)
        assert form == "q8_0"
        return model_folder(out, "tuned", b"7", data / "yes-no.yaml")

    new = str(weights(CHAT) / "model.gguf")
    made = desk.upgrade(ANA, new, tmp_path / "upgrade", "a newer base", tune)
    assert [recipe["base"] for recipe in told] == [new]
    assert {(line.suite, line.role) for line in made.table} == {("yes-no", "keep")}
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


def test_a_data_folder_that_is_not_there(app: App, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no data folder"):
        ReleaseDesk(app).fix_exam(BO, MODEL, tmp_path / "none", "a test")


def test_an_adapter_of_another_base_is_refused_before_it_is_run(app: App, data: Path, tmp_path: Path) -> None:
    """The fault that a merge script does not see."""
    path = tmp_path / "adapter.gguf"
    path.write_bytes(b"GGUF")
    sha = hashlib.sha256(b"GGUF").hexdigest()
    manifest = {"name": "stray", "data": {"fingerprints": learned(tmp_path, "Something else.")}}
    stray = Candidate("stray", "stray", "lora", path, sha, "other", "c" * 64, manifest, tmp_path)
    desk, task = ReleaseDesk(app), str(data / "yes-no.yaml")
    desk.fix_exam(BO, "stray", data, "a test", suites=[task], margins={task: 0.4})
    with pytest.raises(InputError, match="stray was learned on other"):
        desk.propose(ANA, stray, "a test")


def test_rows_in_a_folder_are_no_evidence_and_changed_rows_are_not_promoted(app: App, folder: Path, data: Path) -> None:
    """Verdicts that somebody who owns the database edited are seen: they give another verdict than the one that was recorded."""
    desk, number = proposed(app, folder, data)
    key = next(iter(desk.register.show(number).evidence.values()))[1]
    with app.database.owner() as connection:
        connection.execute(
            "UPDATE release_rows SET row = jsonb_set(row, '{verdict}', '\"correct\"') WHERE key = %s AND row->>'verdict' = 'wrong'", (key,)
        )
        changed = connection.execute("SELECT count(*) FROM release_rows WHERE key = %s", (key,)).fetchone()
    assert changed is not None
    assert changed[0] == 8
    with pytest.raises(IntegrityError, match="not those that were judged"):
        desk.promote(BO, [number], "better")
    with app.database.owner() as connection:
        connection.execute("DELETE FROM release_rows WHERE key = %s", (key,))
    with pytest.raises(IntegrityError, match="8 rows of suite"):
        desk.promote(BO, [number], "better")
    assert desk.register.serving() == {}


@pytest.mark.slow
@pytest.mark.parametrize(("side", "right"), [(0, False), (1, True)])
def test_evidence_that_does_not_repeat_is_not_promoted(app: App, folder: Path, data: Path, side: int, right: bool) -> None:
    """Rows made up under the right keys, by somebody who owns the database: what serves made worse, or the candidate better. The gate
    believes them, what is asked again of both sides does not.
    """
    desk = examined(app, data)
    honest = desk.propose(ANA, tuned(folder, "q8_0"), "a test")
    turned = {"yes": "no", "no": "yes"}
    key = next(iter(desk.register.show(honest.id).evidence.values()))[side]
    with app.database.owner() as connection:
        for item, row in connection.execute("SELECT item, row FROM release_rows WHERE key = %s", (key,)).fetchall():
            said = row["gold"] if right else turned[row["gold"]]
            told = {"value": float(right), "verdict": "correct" if right else "wrong", "labels": [said], "slip": False}
            connection.execute("UPDATE release_rows SET row = row || %s WHERE key = %s AND item = %s", (Jsonb(told), key, item))
    forged = desk.propose(ANA, tuned(folder, "q8_0"), "a test")
    assert forged.passed, "the gate judges the rows that it is given"
    try:
        with pytest.raises(IntegrityError, match="does not repeat"):
            desk.promote(BO, [forged.id], "better")
    finally:
        with app.database.owner() as connection:
            connection.execute("DELETE FROM release_rows")
    assert desk.register.serving() == {}


@pytest.mark.slow
def test_other_bytes_under_an_approved_digest_neither_start_nor_serve_on(app: App, folder: Path, data: Path) -> None:
    desk, number = proposed(app, folder, data)
    desk.promote(BO, [number], "ours")
    try:
        what = served(app.settings, desk.register.serving())
        path, sound = what.weights, what.weights.read_bytes()
        assert not path.is_symlink()
        assert not stop_if_changed(what, app.database, app.supervisor)
        path.write_bytes(sound[:-4] + b"evil")
        assert stop_if_changed(what, app.database, app.supervisor)
        assert what.process not in [one.name for one in app.supervisor.status() if one.state == "ready"]
        with pytest.raises(ModelError, match="does not start"):
            start_engine(app.settings, app.supervisor, what)
        app.supervisor.stop(what.process)
        path.write_bytes(sound)
        start_engine(app.settings, app.supervisor, what).close()
    finally:
        desk.rollback(BO, MODEL, "a test")


def test_items_that_changed_since_the_exam_was_fixed_are_refused(app: App, folder: Path, data: Path) -> None:
    desk = examined(app, data)
    rows = data / "rows.json"
    sound = rows.read_text(encoding="utf-8")
    rows.write_text(sound.replace('"no"', '"yes"', 1), encoding="utf-8")
    try:
        with pytest.raises(IntegrityError, match="are not those of exam"):
            desk.propose(ANA, tuned(folder, "q8_0"), "a test")
    finally:
        rows.write_text(sound, encoding="utf-8")


@pytest.mark.parametrize(
    ("text", "why"),
    [("Is 5 larger than 3?", "1 word for word"), ("is  5 LARGER than 3？", "1 word for word"), ("Is 55 larger than 3?", "")],
)
def test_a_candidate_trained_on_rows_of_its_exam_is_refused(app: App, data: Path, tmp_path: Path, text: str, why: str) -> None:
    made = model_folder(tmp_path / "leaky", "leaky", b"5", data / "yes-no.yaml")
    told = json.loads((made / "manifest.json").read_text(encoding="utf-8"))
    told["data"]["fingerprints"] = learned(made, "The moon is made of cheese.", text)
    (made / "manifest.json").write_text(json.dumps(told), encoding="utf-8")
    candidate, exam_ = tuned(made, "q8_0"), examined(app, data).register.exam(MODEL)
    if not why:
        check_training(candidate, exam_)
        return
    with pytest.raises(InputError, match=why):
        check_training(candidate, exam_)


def test_a_tuned_model_that_does_not_say_what_it_learned_is_refused(app: App, folder: Path, data: Path) -> None:
    candidate, exam_ = tuned(folder, "q8_0"), examined(app, data).register.exam(MODEL)
    with pytest.raises(IntegrityError, match="does not say on which rows"):
        check_training(replace(candidate, manifest={"name": "tuned"}), exam_)
    stray = candidate.manifest | {"data": {"fingerprints": {"path": "data-fingerprints.npz", "sha256": "0" * 64}}}
    with pytest.raises(IntegrityError, match="is not the file"):
        check_training(replace(candidate, manifest=stray), exam_)


def test_an_engine_is_stopped_only_when_it_was_idle_for_long_and_another_serves() -> None:
    since: dict[str, float] = {}
    assert pause(["old"], replaced=True, idle=lambda _: True, since=since, now=0.0) == []
    assert pause(["old"], replaced=True, idle=lambda _: False, since=since, now=9.0) == []  # a request came after all
    assert pause(["old"], replaced=True, idle=lambda _: True, since=since, now=11.0) == []
    assert pause(["old"], replaced=False, idle=lambda _: True, since=since, now=22.0) == []  # what should serve is not up
    assert pause(["old"], replaced=True, idle=lambda _: True, since=since, now=23.0) == []
    assert pause(["old"], replaced=True, idle=lambda _: True, since=since, now=33.0) == ["old"]
