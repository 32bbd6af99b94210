"""A new base, with real tuning: it is done in a process of its own, whose end, however it comes, leaves the desk able to go on."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.train import tiny
from tests.train.conftest import opened_over, rows, write_task

from finfoundry.app import App
from finfoundry.core.errors import ModelError, ProcessError
from finfoundry.core.principal import Principal
from finfoundry.core.progress import Progress
from finfoundry.evals.suites import safety
from finfoundry.release.candidate import MODEL, tuned
from finfoundry.release.gate import Verdict
from finfoundry.release.serving import keep
from finfoundry.train.base import Base
from finfoundry.train.recipe import Recipe
from finfoundry.usecases.release_model import ReleaseDesk
from finfoundry.usecases.train_model import Training

ANA, BO = Principal("ana"), Principal("bo")


@pytest.fixture
def app(bases: Callable[[str], Base]) -> Iterator[App]:
    with opened_over(bases("llama")) as opened:
        yield opened


@pytest.fixture
def desk(app: App, recipe: Callable[..., Recipe], data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ReleaseDesk:
    """What serves was tuned on ``cards``; its exam asks a task that nobody learned, and lets anything pass."""
    monkeypatch.setattr(safety, "SAFETY", ())
    found = ReleaseDesk(app)
    told = recipe(base=app.settings.model, forms=["q8_0"], checkpoint_every=1)
    Training(app.settings).train(told, data, tmp_path / "old")
    candidate = tuned(tmp_path / "old", "q8_0")
    keep(app.settings, candidate)
    task = write_task(data, "exam", [[f"9{text}", label] for text, label in rows(12, seed=9)])
    task.write_text(task.read_text("utf-8") + "split: [0, 0, 1]\nmax_tokens: 4\n", "utf-8")
    exam = found.fix_exam(BO, MODEL, data, "a test", suites=[str(task)], margins={str(task): 0.99}, near=1.0)
    release = found.register.propose(ANA, candidate, Verdict(True, ()), {}, "what serves", exam)
    found.register.promote(BO, [release.id], "without a contest")
    return found


@pytest.fixture
def new(tmp_path: Path) -> str:
    return str(tiny.base(tmp_path, "llama", seed=3).path)


def children() -> list[int]:
    """Of this thread, which are running."""
    return [int(one) for one in Path(f"/proc/self/task/{threading.get_native_id()}/children").read_text("ascii").split()]


class Watch:
    """What is told of training, and what is done at its second step."""

    def __init__(self, then: Callable[[], None]) -> None:
        self.steps, self._then = list[int](), then

    def __call__(self, step: Progress) -> None:
        if step.task.startswith("train "):
            self.steps.append(step.done)
            if len(self.steps) == 2:
                self._then()


def test_what_is_killed_while_it_tunes_is_told_and_goes_on(desk: ReleaseDesk, new: str, tmp_path: Path) -> None:
    before = children()

    def kill() -> None:
        (child,) = set(children()) - {*before}
        os.kill(child, signal.SIGKILL)

    desk.report = Watch(kill)
    with pytest.raises(ProcessError, match="SIGKILL") as raised:
        desk.upgrade(ANA, new, tmp_path / "upgrade", "a newer base")
    assert "goes on where it stopped" in str(raised.value.remedy)
    again = Watch(lambda: None)
    desk.report = again
    made = desk.upgrade(ANA, new, tmp_path / "upgrade", "a newer base")
    assert again.steps[0] > 1, "from the checkpoint"
    assert made.passed
    desk.promote(BO, [one.id for one in made.releases], "all hold")
    assert desk.register.serving()[MODEL].base == new


def test_ctrl_c_ends_the_tuning_after_a_checkpoint(desk: ReleaseDesk, new: str, tmp_path: Path) -> None:
    desk.report, before = Watch(lambda: signal.raise_signal(signal.SIGINT)), children()
    with pytest.raises(KeyboardInterrupt):
        desk.upgrade(ANA, new, tmp_path / "upgrade", "a newer base")
    assert children() == before
    folder = tmp_path / "upgrade" / MODEL / "tuned"
    assert list((folder / "checkpoints").glob("step-*"))
    assert not (folder / "manifest.json").exists()


def test_what_training_refuses_is_told_as_it_is(desk: ReleaseDesk, tmp_path: Path) -> None:
    manifest = desk.register.show(desk.register.serving()[MODEL].id).manifest
    with pytest.raises(ModelError, match="architecture that is not tuned here"):
        desk._tune(manifest, {"base": "qwen3-30b-a3b"}, "q8_0", tmp_path, tmp_path / "out")
