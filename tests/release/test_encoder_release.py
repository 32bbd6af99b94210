"""An encoder of a task of one's own on its way to service: examined by its task, promoted, asked by its name, taken back."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from tests.conftest import short_home
from tests.release.exams import RIGHT, WRONG, home_opened, roll_all_back, tuned_encoder
from tests.train.tiny_encoder import HIDDEN

from finfoundry.app import App
from finfoundry.base.text_encoder import TextEncoder
from finfoundry.core.errors import InputError, IntegrityError, ModelError, NotFound, NotPermitted
from finfoundry.core.model_files.heads import Array, HeadForm
from finfoundry.core.principal import Principal
from finfoundry.core.tasks import load_task, rows
from finfoundry.release.apart_slots import commonest_classes
from finfoundry.release.candidate import ENCODES, tuned
from finfoundry.release.serving import learned_place, served
from finfoundry.release.serving_encoders import ReleasedEncoders, read
from finfoundry.usecases.release_model import ReleaseDesk

ANA, BO = Principal("ana"), Principal("bo")
SLOT = f"{ENCODES}tone"
TONE = HeadForm("tone", "one", ("good", "bad"))


def task_of_tone(folder: Path, count: int = 160) -> Path:
    """The file of a task with two classes, with its rows beside it, all of them of the test."""
    told = {
        "name": "tone", "title": "How it sounds", "language": "en", "licence": "Apache-2.0",
        "source": {"paths": ["tone.json"], "columns": ["text", "label"]}, "target": "label", "kind": "choice",
        "labels": {"g": "good", "b": "bad"}, "templates": ["{text} = "], "metrics": ["accuracy"], "split": [0, 0, 1],
    }  # fmt: skip
    rows = [[f"pier {number} {(RIGHT, WRONG)[number % 2]} {number}", "gb"[number % 2]] for number in range(count)]
    (folder / "tone.json").write_text(json.dumps(rows))
    (folder / "tone.yaml").write_text(json.dumps(told))
    return folder / "tone.yaml"


def between(folder: Path) -> tuple[Array, float]:
    """In which the states of good texts lie from those of bad ones, and how far on it the middle lies."""
    states = tuned_encoder(folder, "states", {HeadForm("states", "vector", ()): (np.empty((0, 0)), np.empty(0))}, "")
    encoder = TextEncoder(states / "onnx")
    good, bad = (encoder.states("states", [f"pier {n} {told} {n}" for n in range(40)]).mean(0) for told in (RIGHT, WRONG))
    found = (good - bad) / np.square(good - bad).sum()
    return found, float(found @ (good + bad) / 2)


def tone_folder(folder: Path, direction: tuple[Array, float], worth: float = 8.0, learned: str = "how old is it?") -> Path:
    """An encoder that tells good texts from bad ones, the surer the more ``worth``; below 0 it takes the ones for the others."""
    rows = np.stack([direction[0], -direction[0]]) * worth
    return tuned_encoder(folder, "tone", {TONE: (rows, np.array([-direction[1], direction[1]]) * worth)}, learned)


@pytest.fixture(scope="module")
def direction(tmp_path_factory: pytest.TempPathFactory) -> tuple[Array, float]:
    return between(tmp_path_factory.mktemp("states"))


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("exam")
    task_of_tone(folder)
    return folder


@pytest.fixture(scope="module")
def opened() -> Iterator[App]:
    with home_opened(short_home()) as app:
        yield app


@pytest.fixture
def app(opened: App) -> Iterator[App]:
    """A home in which no encoder of a task serves."""
    yield opened
    roll_all_back(opened, BO, SLOT)


def examined(app: App, data: Path) -> ReleaseDesk:
    desk = ReleaseDesk(app)
    desk.fix_exam(BO, SLOT, data, "what it must tell", suites=[str(data / "tone.yaml")])
    return desk


def test_an_encoder_serves_by_its_task_once_promoted_and_no_more_once_rolled_back(
    app: App, data: Path, tmp_path: Path, direction: tuple[Array, float]
) -> None:
    """Also where the engine is somebody else's: it is of this home."""
    desk, encoders = examined(app, data), ReleasedEncoders(app.settings, app.database)
    folder = tone_folder(tmp_path / "run", direction)
    release = desk.propose(ANA, tuned(folder, "onnx"), "tuned on more letters")
    assert (release.state, release.slot, release.against) == ("candidate", SLOT, {}), release.refusals
    [finding] = desk.register.show(release.id).verdict["findings"]
    assert (finding["suite"], finding["role"], finding["n"]) == ("tone", "improve", 160)
    assert finding["candidate"] > 0.9 > 0.5 == finding["serving"], "none serves: the commonest class is right of one half"
    with pytest.raises(NotFound, match="No encoder of the task 'tone' serves"):
        encoders.read("tone", ["ab"])
    with pytest.raises(NotPermitted, match="may not promote"):
        desk.promote(ANA, [release.id], "mine")
    desk.promote(BO, [release.id], "as good")
    shutil.rmtree(folder)  # the trainer's files are not what serves
    found = encoders.read("tone", [f"pier 7 {RIGHT} 7"])
    assert (found.task, found.sha256) == ("tone", release.sha256)
    assert found.labels["good"] > found.labels["bad"]
    assert sum(found.labels.values()) == pytest.approx(1, abs=1e-5)
    assert encoders.learned(release.sha256).knows("how old is it?") == "exact"
    again = desk.propose(ANA, tuned(tone_folder(tmp_path / "again", direction, learned="how deep is it?"), "onnx"), "another story")
    assert again.sha256 == release.sha256
    assert encoders.learned(release.sha256).knows("how old is it?") == "exact", "as two people approved it"
    desk.promote(BO, [again.id], "the story was another")
    assert encoders.learned(release.sha256).knows("how deep is it?") == "exact"
    desk.rollback(BO, SLOT, "it was not")
    assert encoders.learned(release.sha256).knows("how old is it?") == "exact"
    prints = desk.register.show(release.id).manifest["data"]["fingerprints"]["sha256"]
    learned = learned_place(app.settings, prints)
    learned.write_bytes(learned.read_bytes() + b" ")
    with pytest.raises(IntegrityError, match="holds other fingerprints"):
        encoders.learned(release.sha256)
    (tmp_path / "model.gguf").write_bytes(b"GGUF")
    of_ours = app.settings.model_copy(update={"model": str(tmp_path / "model.gguf")})
    assert served(of_ours, desk.register.serving()) == served(of_ours, {}), "the engine runs what it ran"
    assert desk.rollback(BO, SLOT, "complaints") == []
    with pytest.raises(NotFound):
        encoders.read("tone", ["ab"])


@pytest.mark.parametrize("split", [(0, 0, 1), (0.5, 0, 0.5)])
def test_the_first_encoder_of_a_task_is_better_than_the_commonest_class_or_refused(
    app: App, direction: tuple[Array, float], tmp_path: Path, split: tuple[float, float, float]
) -> None:
    """Of the training part, where there is one, of those that are asked elsewhere; one that always tells it shows nothing."""
    file = task_of_tone(tmp_path, 400)
    file.write_text(json.dumps(json.loads(file.read_text()) | {"split": split}))
    desk = examined(app, tmp_path)
    exam = desk.register.exam(SLOT)
    [(_, commonest)] = commonest_classes(exam).items()
    part = rows(load_task(file), tmp_path, "train" if split[0] else "test")
    assert Counter(row.target for row in part).most_common(1)[0][1] == sum(row.target == commonest for row in part)
    always = {TONE: (np.zeros((2, HIDDEN)), np.array([9.0, 0.0] if commonest == "good" else [0.0, 9.0]))}
    release = desk.propose(ANA, tuned(tuned_encoder(tmp_path / "always", "tone", always, "how old is it?"), "onnx"), "a test")
    assert release.state == "refused"
    assert "tone: no improvement is shown" in release.refusals[0]
    told = desk.propose(ANA, tuned(tone_folder(tmp_path / "run", direction, 7.5), "onnx"), "a test")
    assert told.state == "candidate"
    desk.promote(BO, [told.id], "better than the commonest class")


def test_a_worse_encoder_of_the_task_is_refused(app: App, data: Path, tmp_path: Path, direction: tuple[Array, float]) -> None:
    desk = examined(app, data)
    release = desk.propose(ANA, tuned(tone_folder(tmp_path / "run", direction), "onnx"), "a test")
    desk.promote(BO, [release.id], "as good")
    worse = desk.propose(ANA, tuned(tone_folder(tmp_path / "worse", direction, -8.0), "onnx"), "a test")
    assert (worse.state, worse.against) == ("refused", {SLOT: release.id})


def test_other_bytes_than_those_approved_are_not_promoted(app: App, data: Path, tmp_path: Path, direction: tuple[Array, float]) -> None:
    desk = examined(app, data)
    release = desk.propose(ANA, tuned(tone_folder(tmp_path / "run", direction, 9.0), "onnx"), "a test")
    kept = app.settings.home / "releases" / f"{release.sha256}.onnx" / "heads.json"
    kept.write_text(kept.read_text("utf-8").replace("good", "gold"))
    with pytest.raises(ModelError, match=f"not the {SLOT} that was approved"):
        desk.promote(BO, [release.id], "as good")


def test_an_encoder_is_examined_by_its_own_task_and_on_rows_that_it_did_not_learn(
    app: App, data: Path, tmp_path: Path, direction: tuple[Array, float]
) -> None:
    desk = examined(app, data)
    with pytest.raises(InputError, match=f"does not measure the {SLOT}"):
        desk.fix_exam(BO, SLOT, data, "a test", suites=["tfns"])
    with pytest.raises(InputError, match="there is no suite tone"):
        desk.fix_exam(BO, SLOT, data, "a test")
    leaky = tone_folder(tmp_path / "leaky", direction, learned=f"pier 6 {RIGHT} 6")
    with pytest.raises(InputError, match="1 word for word"):
        desk.propose(ANA, tuned(leaky, "onnx"), "a test")
    two = {TONE: (np.zeros((2, HIDDEN)), np.zeros(2)), HeadForm("topic", "one", ("a",)): (np.zeros((1, HIDDEN)), np.zeros(1))}
    with pytest.raises(InputError, match="learned 2 tasks: tone, topic"):
        tuned(tuned_encoder(tmp_path / "two", "two", two, ""), "onnx")


def test_what_a_setting_names_is_installed_and_serves_as_no_encoder_of_its_task(tmp_path: Path) -> None:
    head, remedy = "personal-spans", "finfoundry privacy install"
    weights = {HeadForm(head, "spans", ("name",)): (np.zeros((1, HIDDEN)), np.zeros(1))}
    with pytest.raises(InputError, match=f"learned {head}, which is asked of no release") as refused:
        tuned(tuned_encoder(tmp_path / "run", head, weights, ""), "onnx")
    assert remedy in str(refused.value)


@pytest.mark.parametrize("form", [HeadForm("tone", "spans", ("name",)), HeadForm("tone", "vector", ())])
def test_token_classes_and_vectors_have_a_place_too(tmp_path: Path, form: HeadForm) -> None:
    weights = (np.zeros((len(form.outputs), HIDDEN)), np.array([0.0, 9.0, 0.0][: len(form.outputs)]))
    candidate = tuned(tuned_encoder(tmp_path / "run", "tone", {form: weights}, ""), "onnx")
    assert candidate.slot == SLOT
    with pytest.raises(InputError, match="asked of one text, and 2 were given"):
        read(TextEncoder(candidate.path), "tone", ["ab c", "ab"])
    found = read(TextEncoder(candidate.path), "tone", ["ab c"])
    assert {(one.label, one.start) for one in found.spans} == ({("name", 0), ("name", 1), ("name", 3)} if form.labels else set())
    assert np.linalg.norm(found.vector) == pytest.approx(0 if form.labels else 1, abs=1e-5)
