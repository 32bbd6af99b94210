"""What scores questions beside what may answer them on its way to service: sentences, lines of tables, and both by a model's states."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file
from tests.conftest import short_home
from tests.release.exams import RIGHT, WRONG, home_opened, pairs, readings, roll_all_back, told_of, tuned_encoder
from tests.train import tiny
from tests.train.tiny_encoder import HIDDEN

from finfoundry.app import App
from finfoundry.ask.retrieve import figure_lines, pair_scoring
from finfoundry.base.catalogue import MANIFEST
from finfoundry.base.state_reader import StateReader
from finfoundry.base.text_encoder import TextEncoder
from finfoundry.base.tuned_adapter import RETRY
from finfoundry.core.errors import InputError, IntegrityError, ModelError, NotPermitted
from finfoundry.core.model_files.decoder_file import decoder_graph
from finfoundry.core.model_files.encoder_text import encode_texts
from finfoundry.core.model_files.heads import Array, HeadForm, write_forms
from finfoundry.core.model_files.tuned_file import CONFIG, WEIGHTS
from finfoundry.core.principal import Principal
from finfoundry.evals.suites import pair_scores
from finfoundry.release.candidate import APART, FIGURES, OWN_SUITES, READER, SCORER, SCORERS, STATES, tuned
from finfoundry.release.exam import own_suites
from finfoundry.release.register import serving_digest
from finfoundry.release.scoring_side import SCORING
from finfoundry.release.serving_scorer import ScorerOnDemand, scorer_of
from finfoundry.runtime.path_digest import path_digest
from finfoundry.usecases.evaluation.systems import serving_side
from finfoundry.usecases.release_model import ReleaseDesk

ANA, BO = Principal("ana"), Principal("bo")
BASE = "two-layers"  # not the base of the shipped one, so that none serves where none was released
HEADS = {SCORER: pair_scoring.HEAD, FIGURES: figure_lines.HEAD}
LOOKED = [("fee of pier 3", f"{RIGHT} 3"), ("fee of pier 3", f"{WRONG} 3"), ("who pays?", "ab pays")]


@pytest.fixture(scope="module")
def direction(tmp_path_factory: pytest.TempPathFactory) -> tuple[Array, float]:
    """In which the states of a question with what answers it lie from those with what does not, and how far on it the middle lies."""
    form = HeadForm("states", "vector", ())
    folder = tuned_encoder(tmp_path_factory.mktemp("states"), "states", {form: (np.empty((0, 0)), np.empty(0))}, "")
    encoder = TextEncoder(folder / "onnx")
    right, wrong = (encoder.states("states", [f"fee of pier {n} {told} {n}" for n in range(40)]).mean(0) for told in (RIGHT, WRONG))
    found = (right - wrong) / np.square(right - wrong).sum()
    return found, float(found @ (right + wrong) / 2)


def scorer_folder(
    folder: Path, direction: tuple[Array, float], worth: float, slot: str = SCORER, *, learned: str = "how old is it?"
) -> Path:
    """A scorer that tells what answers from what does not, the surer the more ``worth``; below 0 it takes the one for the other."""
    form = HeadForm(HEADS[slot], "score", ("score",))
    weights = (direction[0][None] * worth, np.array([-direction[1] * worth]))
    assert weights[0].shape == (1, HIDDEN)
    return tuned_encoder(folder, slot, {form: weights}, learned)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return pairs(readings(tmp_path_factory.mktemp("exam")))


@pytest.fixture(scope="module")
def opened() -> Iterator[App]:
    home = short_home()
    model = home / "models" / BASE / "model.gguf"
    model.parent.mkdir(parents=True)
    tiny.write_gguf(model, "qwen2")
    (model.parent / MANIFEST).write_text("{}")
    with home_opened(home) as app:
        yield app


@pytest.fixture
def app(opened: App) -> Iterator[App]:
    """A home in which no scorer was released."""
    yield opened
    roll_all_back(opened, BO, *SCORERS)


def examined(app: App, data: Path, slot: str) -> ReleaseDesk:
    desk = ReleaseDesk(app)
    desk.fix_exam(BO, slot, data, "what scorers must tell", margins=dict.fromkeys(own_suites(slot)[0], 0.1), suites=own_suites(slot)[0])
    return desk


@pytest.mark.parametrize(("slot", "stem"), [(SCORER, "evidence"), (FIGURES, "figures")])
def test_a_better_scorer_serves_a_worse_one_is_refused_and_the_one_before_comes_back_bit_equal(
    app: App, data: Path, tmp_path: Path, direction: tuple[Array, float], slot: str, stem: str
) -> None:
    """Also where the engine is somebody else's: a scorer is of this home."""
    desk = examined(app, data, slot)
    source = app.agent.scorer if slot == SCORER else app.agent.figures
    assert source is not None
    assert source() is None, "none is installed, and the encoder of the shipped one was not pulled"
    releases = []
    for worth in (3.0, 12.0):
        folder = scorer_folder(tmp_path / f"{worth}", direction, worth, slot)
        release = desk.propose(ANA, tuned(folder, "onnx"), "tuned on more questions")
        assert (release.state, release.slot) == ("candidate", slot), release.refusals
        with pytest.raises(NotPermitted, match="may not promote"):
            desk.promote(ANA, [release.id], "mine")
        desk.promote(BO, [release.id], "tells more")
        shutil.rmtree(folder)  # the trainer's files are not what serves
        found = source()
        assert found is not None
        assert found.identity == release.sha256 == serving_digest(app.database, slot)
        releases.append((release, found.scores(HEADS[slot], LOOKED)))
    first = desk.register.show(releases[0][0].id).verdict["findings"]
    assert {one["suite"]: (one["role"], one["serving"], one["candidate"]) for one in first} == {
        f"{stem}-first": ("keep", 0, 1), f"{stem}-told": ("keep", 0.5, 1), f"{stem}-safety": ("safety", 1, 1),
    }  # fmt: skip
    assert serving_side(app, slot).sha256 == releases[1][0].sha256
    before = desk.register.serving()
    worse = desk.propose(ANA, tuned(scorer_folder(tmp_path / "worse", direction, -3.0, slot), "onnx"), "a test")
    assert worse.state == "refused"
    assert {line.split(":")[0] for line in worse.refusals} == {f"{stem}-first", f"{stem}-told", f"{stem}-safety"}
    with pytest.raises(NotPermitted, match="the gate refused"):
        desk.promote(BO, [worse.id], "hope")
    assert desk.register.serving() == before
    assert ScorerOnDemand(slot, app.settings, lambda: releases[0][0].sha256)() is not None
    off = app.settings.model_copy(update={slot.replace("-", "_"): "off"})
    assert ScorerOnDemand(slot, off, lambda: releases[0][0].sha256)() is None
    desk.rollback(BO, slot, "complaints")
    found = source()
    assert found is not None
    assert found.scores(HEADS[slot], LOOKED).tobytes() == releases[0][1].tobytes(), "every bit is that of before"
    assert path_digest(app.settings.home / "releases" / f"{found.identity}.onnx") == found.identity
    desk.rollback(BO, slot, "complaints")
    assert source() is None


def test_other_bytes_are_neither_promoted_nor_scored_with(app: App, data: Path, tmp_path: Path, direction: tuple[Array, float]) -> None:
    desk, clock = examined(app, data, SCORER), [0.0]
    release = desk.propose(ANA, tuned(scorer_folder(tmp_path / "run", direction, 5.0), "onnx"), "a test")
    kept = app.settings.home / "releases" / f"{release.sha256}.onnx" / "heads.json"
    sound = kept.read_text("utf-8")
    kept.write_text(sound + " ")
    with pytest.raises(ModelError, match="not the scorer that was approved"):
        desk.promote(BO, [release.id], "as good")
    kept.write_text(sound)
    desk.promote(BO, [release.id], "as good")
    loaded, begun = (ScorerOnDemand(SCORER, app.settings, lambda: release.sha256, lambda: clock[0]) for _ in range(2))
    before = loaded()
    kept.write_text(sound + " ")
    try:
        clock[0] += RETRY + 1
        assert loaded() is before, "what was loaded when it was sound goes on"
        with pytest.raises(ModelError, match="not the scorer that was approved"):
            begun()  # one that starts now has none: a question says so in its trace and goes on by words
    finally:
        kept.write_text(sound)
    with pytest.raises(ModelError, match="not the scorer that was approved"):
        begun()
    clock[0] += RETRY + 1
    assert begun() is not None


def states_folder(app: App, folder: Path, bias: float, spread: float = 0.03) -> Path:
    """A state reader as the toolchain leaves it, over a model of two layers; what it gives moves around ``bias``."""
    model = app.settings.home / "models" / BASE / "model.gguf"
    source, adapter = np.random.default_rng(1), folder / "adapter"
    adapter.mkdir(parents=True)
    weights = dict[str, Array]()
    for name in HEADS.values():
        weights[f"base_model.model.heads.{name}.weight"] = source.normal(scale=spread, size=(1, 64)).astype(np.float32)
        weights[f"base_model.model.heads.{name}.bias"] = np.full(1, bias, np.float32)
    save_file(weights, adapter / WEIGHTS, {"base_sha256": path_digest(model)})
    (adapter / CONFIG).write_text(json.dumps({"r": 2, "lora_alpha": 4, "base_model_name_or_path": BASE}))
    write_forms(adapter, [HeadForm(name, "score", ("score",), (2,), "last") for name in HEADS.values()])
    return told_of(folder, STATES, "adapter", {"base": BASE, "base_sha256": path_digest(model)}, "how old is it?")


def test_a_state_reader_is_put_together_of_what_was_approved_and_taken_back(app: App, data: Path, tmp_path: Path) -> None:
    desk, states = examined(app, data, STATES), app.agent.states
    assert states is not None
    loud = desk.propose(ANA, tuned(states_folder(app, tmp_path / "loud", 9.0), "adapter"), "a test")
    assert (loud.slot, loud.state) == (STATES, "refused"), "it takes whatever stands there for an answer"
    assert {"evidence-safety", "figures-safety"} <= {line.split(":")[0] for line in loud.refusals}
    releases = []
    for spread in (0.03, 0.06):
        folder = states_folder(app, tmp_path / f"{spread}", -9.0, spread)
        release = desk.propose(ANA, tuned(folder, "adapter"), "a test")
        assert release.state == "candidate", release.refusals
        desk.promote(BO, [release.id], "as good")
        shutil.rmtree(folder)
        found = states()
        assert isinstance(found, StateReader)
        assert (found.identity, found.reads("quotation-pairs")) == (release.sha256[:16], False)
        releases.append((release, found.scores(pair_scoring.HEAD, LOOKED)))
    assert releases[0][1].tobytes() != releases[1][1].tobytes()
    desk.rollback(BO, STATES, "complaints")
    first, scores = releases[0]
    found = states()
    assert found is not None
    assert found.scores(pair_scoring.HEAD, LOOKED).tobytes() == scores.tobytes(), "every bit is that of before"
    kept = app.settings.home / "releases" / f"{first.sha256}.adapter" / "heads.json"
    sound = kept.read_text("utf-8")
    kept.write_text(sound.replace('"last"', '"mean"'))
    try:
        with pytest.raises(ModelError, match="not the state-reader that was approved"):
            scorer_of(STATES, app.settings, first.sha256)
    finally:
        kept.write_text(sound)
    model = app.settings.home / "models" / BASE / "model.gguf"
    whole = model.read_bytes()
    shutil.rmtree(app.settings.home / "state-readers")
    model.write_bytes(whole + b" ")
    try:
        with pytest.raises(ModelError, match="learned over another"):
            scorer_of(STATES, app.settings, first.sha256)
    finally:
        model.write_bytes(whole)
    again = scorer_of(STATES, app.settings, first.sha256)
    assert again is not None
    assert again.scores(pair_scoring.HEAD, LOOKED).tobytes() == scores.tobytes(), "put together anew, it is the same"


def test_a_candidate_is_proposed_as_what_it_is(app: App, data: Path, tmp_path: Path, direction: tuple[Array, float]) -> None:
    desk = examined(app, data, SCORER)
    learned = scorer_folder(tmp_path / "learned", direction, 3.0, learned="fee of pier 7")
    with pytest.raises(InputError, match="word for word"):
        desk.propose(ANA, tuned(learned, "onnx"), "a test")
    told = json.loads((learned / "manifest.json").read_text("utf-8"))
    told["forms"]["adapter"] = {"path": "adapter", "sha256": path_digest(learned / "adapter"), "bytes": 1, "metrics": {}}
    (learned / "manifest.json").write_text(json.dumps(told))
    with pytest.raises(InputError, match="holds no state reader"):
        tuned(learned, "adapter")
    other = HeadForm("cards", "score", ("score",))
    assert (
        tuned(tuned_encoder(tmp_path / "other", "cards", {other: (np.ones((1, HIDDEN)), np.ones(1))}, ""), "onnx").slot == "encoder:cards"
    )
    states = states_folder(app, tmp_path / "states", -9.0)
    (states / "manifest.json").write_text((states / "manifest.json").read_text("utf-8").replace(BASE, "another-base"))
    with pytest.raises(IntegrityError, match="learned on another base"):
        tuned(states, "adapter")
    for slot, suite in ((SCORER, "figures-first"), (FIGURES, "evidence-told"), (STATES, "question-values"), (READER, "evidence-first")):
        with pytest.raises(InputError, match=f"does not measure the {slot}"):
            desk.fix_exam(BO, slot, data, "a test", suites=[suite])
    with pytest.raises(InputError, match="evidence-pairs"):
        desk.fix_exam(BO, SCORER, tmp_path, "a test")


def test_stale_evidence_is_not_promoted(
    app: App, data: Path, tmp_path: Path, direction: tuple[Array, float], monkeypatch: pytest.MonkeyPatch
) -> None:
    for code in (TextEncoder, encode_texts, StateReader, decoder_graph):
        assert any(code.__module__ == one or code.__module__.startswith(f"{one}.") for one in SCORING)
    desk = examined(app, data, SCORER)
    release = desk.propose(ANA, tuned(scorer_folder(tmp_path / "run", direction, 4.0), "onnx"), "a test")
    monkeypatch.setattr("finfoundry.release.scoring_side.code_digest", lambda *_: "code of another version")
    with pytest.raises(IntegrityError, match="of another scorer, or of other code"):
        desk.promote(BO, [release.id], "as good")
    assert desk.register.serving() == {}


def test_what_is_read_is_named_by_the_tasks_and_asked_of_every_slot() -> None:
    heads = {kind[0].system: kind for kind in (pair_scores.SENTENCES, pair_scores.LINES)}
    assert heads.keys() == HEADS.keys()
    assert own_suites(STATES)[1] == ("evidence-safety", "figures-safety")
    assert OWN_SUITES.keys() >= {*APART}
