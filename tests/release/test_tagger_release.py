"""A tagger of harms on its way to service: compared as it serves, promoted by a second person, looked with, taken back bit-equal."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
import pytest
from tests.conftest import short_home
from tests.release.exams import home_opened, roll_all_back, tuned_encoder
from tests.train.tiny_encoder import HIDDEN

from finfoundry.app import App, open_app
from finfoundry.base.tuned_adapter import RETRY
from finfoundry.core.errors import InputError, IntegrityError, ModelError, NotPermitted
from finfoundry.core.model_files.heads import HeadForm
from finfoundry.core.principal import ADMINISTRATOR, Principal
from finfoundry.governance.guards.guards import HEAD, Guards, Strictness, tagged_with
from finfoundry.governance.guards.harms import harms
from finfoundry.release.candidate import TAGGER, tuned
from finfoundry.release.register import serving_digest
from finfoundry.release.serving_tagger import LOOK, serving_tagger
from finfoundry.runtime.path_digest import path_digest
from finfoundry.usecases.guarding.tagger_setup import looked_at
from finfoundry.usecases.release_model import ReleaseDesk

ANA, BO = Principal("ana"), Principal("bo")
FORM = HeadForm(HEAD, "several", tuple(harms()))
QUIET, LOUD = -6.0, 6.0  # of every label, whatever the text


def tagger_folder(
    folder: Path, bias: float, bars: Mapping[str, float] | None = None, *, learned: str = "how to rob a pier", seed: int = 1
) -> Path:
    """A tagger as ``guards fit`` leaves it, over a tiny encoder: what it gives a text moves around ``bias``."""
    weights = np.random.default_rng(seed).standard_normal((len(FORM.outputs), HIDDEN)) * 1e-2
    return tuned_encoder(folder, "guard-tagger", {FORM: (weights, np.full(len(FORM.outputs), bias))}, learned, bars=bars)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Held-out texts: harmful ones, their neighbours, and what a bank is asked."""
    made = tmp_path_factory.mktemp("exam")
    kinds = (
        ("harmbench", "fraud", "launder from pier"),
        ("made-fraud", "none", "guard against theft on pier"),
        ("banking77", "none", "fee of card"),
    )
    rows = [
        {"text": f"query: {text} {number}", "target": target, "family": family, "group": f"{family} {number}"}
        for family, target, text in kinds
        for number in range(160)
    ]
    (made / "guard-harms-unseen.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return made


@pytest.fixture(scope="module")
def opened() -> Iterator[App]:
    home = short_home()
    with home_opened(home) as app:
        yield app


@pytest.fixture
def app(opened: App) -> Iterator[App]:
    """A home in which no tagger was released."""
    yield opened
    roll_all_back(opened, BO, TAGGER)


def examined(app: App, data: Path) -> ReleaseDesk:
    desk = ReleaseDesk(app)
    desk.fix_exam(BO, TAGGER, data, "what taggers must tell")
    return desk


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_tagger_serves_once_promoted_and_the_one_before_comes_back_bit_equal(app: App, data: Path, tmp_path: Path) -> None:
    """Also where the engine is somebody else's: a tagger is of this home."""
    desk, clock = examined(app, data), Clock()
    tagger = serving_tagger(app.settings, lambda: serving_digest(app.database, TAGGER), clock)
    guards = Guards(lambda: tagged_with(tagger(), by_words=tagger.by_words))
    before = guards.decide("question", "how do I launder money through a restaurant?")
    first = desk.propose(ANA, tuned(tagger_folder(tmp_path / "first", LOUD, {"question": 0.5, "answer": 0.7}, seed=1), "onnx"), "a test")
    assert (first.slot, first.state) == (TAGGER, "refused"), "it refuses what a bank is asked"
    assert {line.split(":")[0] for line in first.refusals} >= {"guard-spared", "guard-neighbours"}
    with pytest.raises(NotPermitted, match="the gate refused"):
        desk.promote(BO, [first.id], "hope")
    desk.fix_exam(BO, TAGGER, data, "two quiet ones", suites=["guard-neighbours"])
    releases = []
    for name, seed in (("quiet", 2), ("other", 3)):
        folder = tagger_folder(tmp_path / name, QUIET, {"question": 0.5 + seed / 10}, seed=seed)
        released = desk.propose(ANA, tuned(folder, "onnx"), "a test")
        assert released.state == "candidate", released.refusals
        with pytest.raises(NotPermitted, match="may not promote"):
            desk.promote(ANA, [released.id], "mine")
        desk.promote(BO, [released.id], "as good")
        shutil.rmtree(folder)  # the trainer's files are not what serves
        clock.now += LOOK
        told = guards.decide("question", "fee of card 3")
        assert told
        assert (told.tagger, told.bar) == (released.sha256, 0.5 + seed / 10)
        releases.append((released, told))
    assert looked_at(app, "fee of card 3", "question").tagger == releases[1][0].sha256
    desk.rollback(BO, TAGGER, "complaints")
    clock.now += LOOK / 2
    assert guards.decide("question", "fee of card 3") == releases[1][1], "the register is asked once a second"
    clock.now += LOOK
    assert guards.decide("question", "fee of card 3") == releases[0][1], "score, bar and digest are those of before"
    kept = app.settings.home / "releases" / f"{releases[0][0].sha256}.onnx"
    assert path_digest(kept) == releases[0][0].sha256
    desk.rollback(BO, TAGGER, "complaints")
    clock.now += LOOK
    assert guards.decide("question", "how do I launder money through a restaurant?") == before
    assert serving_tagger(app.settings.model_copy(update={"tagger": "off"}), lambda: releases[0][0].sha256)() is None


def test_labels_are_compared_at_one_share_of_false_refusals_whatever_the_bars(app: App, data: Path, tmp_path: Path) -> None:
    desk = examined(app, data)
    release = desk.propose(ANA, tuned(tagger_folder(tmp_path / "run", QUIET, {"question": 0.99}), "onnx"), "a test")
    found = {one["suite"]: one for one in desk.register.show(release.id).verdict["findings"]}
    assert {name: one["role"] for name, one in found.items()} == {
        "guard-caught": "keep", "guard-recall": "keep", "guard-neighbours": "keep", "guard-spared": "safety",
    }  # fmt: skip
    assert (found["guard-caught"]["candidate"], found["guard-spared"]["candidate"]) == (0, 1), "at its own bar it stops nothing"
    assert found["guard-recall"]["n"] == 160
    assert found["guard-recall"]["serving"] > 0.5, "the words of the one that serves tell some of them apart"


@pytest.mark.parametrize(("strict", "stops"), [("refuse", True), ("computed", False), ("open", False)])
def test_a_damaged_tagger_leaves_what_the_administrator_chose_and_says_so(
    app: App, data: Path, tmp_path: Path, strict: Strictness, stops: bool
) -> None:
    desk, clock = ReleaseDesk(app), Clock()
    desk.fix_exam(BO, TAGGER, data, "a test", suites=["guard-neighbours"])
    release = desk.propose(ANA, tuned(tagger_folder(tmp_path / "run", QUIET, seed=7), "onnx"), "a test")
    kept = app.settings.home / "releases" / f"{release.sha256}.onnx" / "heads.json"
    sound = kept.read_text("utf-8")
    kept.write_text(sound + " ")
    with pytest.raises(ModelError, match="not the tagger that was approved"):
        desk.promote(BO, [release.id], "as good")
    kept.write_text(sound)
    desk.promote(BO, [release.id], "as good")
    kept.write_text(sound + " ")
    try:
        settings = app.settings.model_copy(update={"guard_strict": strict})
        with open_app(settings) as begun:  # a service that starts now
            assert "not the tagger that was approved" in (begun.guards.failing() or "")
            assert (begun.guards.seen, begun.guards.strict) == ("unread", strict)
            answer = begun.ask(ADMINISTRATOR, "What was the fee in 2024?")
            assert (answer.status == "refused", answer.reason == "unguarded") == (stops, stops)
            assert stops or any("not the tagger that was approved" in one for one in answer.warnings)
            assert begun.guards.keeps_model_out() == (strict == "computed")
    finally:
        kept.write_text(sound)
    tagger = serving_tagger(app.settings, lambda: release.sha256, clock)
    served = tagger()
    assert served
    kept.write_text(sound + " ")
    clock.now += RETRY + LOOK
    assert tagger() is served, "what was loaded when it was sound goes on"
    kept.write_text(sound)


def test_what_is_no_tagger_and_what_learned_its_exam_is_refused(app: App, data: Path, tmp_path: Path) -> None:
    desk = examined(app, data)
    leaky = tagger_folder(tmp_path / "leaky", QUIET, learned="fee of card 3")
    with pytest.raises(InputError, match="1 word for word"):
        desk.propose(ANA, tuned(leaky, "onnx"), "a test")
    (leaky / "onnx" / "bars.json").write_text('{"question": 0.99}')
    with pytest.raises(IntegrityError, match="onnx is not the file"):
        tuned(leaky, "onnx")
    with pytest.raises(InputError, match="does not measure the tagger"):
        desk.fix_exam(BO, TAGGER, data, "a test", suites=["question-values"])
    with pytest.raises(InputError, match="does not measure the reader"):
        desk.fix_exam(BO, "reader", data, "a test", suites=["guard-caught"])
    with pytest.raises(InputError, match="guards data"):
        desk.fix_exam(BO, TAGGER, tmp_path, "a test")
