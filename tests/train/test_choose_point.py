"""The gate's choice of a point of WARP's front: a tiny front of its own, each point asked an exam by an engine that serves it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.command_line import run, run_json
from tests.train.conftest import opened_over, rows, write_task

from finfoundry.app import App
from finfoundry.core.errors import InputError
from finfoundry.core.principal import Principal
from finfoundry.evals.suites import safety
from finfoundry.release.candidate import MODEL
from finfoundry.release.gate import Verdict
from finfoundry.train.base import Base
from finfoundry.train.export.forms import export
from finfoundry.train.export.manifest import read_manifest
from finfoundry.train.warp.warp_run import WarpSetting, warp
from finfoundry.usecases import choose_point, release_model
from finfoundry.usecases.choose_point import PointChoice, choose
from finfoundry.usecases.release_model import ReleaseDesk

ANA, BO = Principal("ana"), Principal("bo")


@pytest.fixture(scope="module")
def app(bases: Callable[[str], Base]) -> Iterator[App]:
    with opened_over(bases("llama")) as opened:
        yield opened


@pytest.fixture
def front(setting: Callable[..., WarpSetting], monkeypatch: pytest.MonkeyPatch) -> WarpSetting:
    """A front of two points: the whole way earns .8, half of it .6, the start .1; the safety suites are left out of the exam."""
    monkeypatch.setattr(safety, "SAFETY", ())
    told = setting(beside=False, iterations=1)
    warp(told)
    earned(told, start=0.1, half=0.6, whole=0.8)
    return told


def earned(told: WarpSetting, *, start: float, half: float, whole: float) -> None:
    path = told.out / "warp.json"
    found = json.loads(path.read_text("utf-8"))
    found["start"]["reward"] = start
    for point in found["points"]:
        point["reward"] = {0.5: half, 1.0: whole}[point["share"]]
    path.write_text(json.dumps(found), "utf-8")


def desk_of(app: App, told: WarpSetting, *, improve: bool = False) -> ReleaseDesk:
    """A desk whose exam asks a task that nobody learned; its margin lets anything pass, unless it must improve."""
    task = str(write_task(told.data, "exam", [[f"9{text}", label] for text, label in rows(40, seed=9)]))
    path = Path(task)
    path.write_text(path.read_text("utf-8") + "split: [0, 0, 1]\nmax_tokens: 4\n", "utf-8")
    desk = ReleaseDesk(app)
    suites, better = ([], [task]) if improve else ([task], [])
    desk.fix_exam(BO, MODEL, told.data, "a test", suites=suites, improve=better, margins={} if improve else {task: 0.99}, near=1.0)
    return desk


def chosen(desk: ReleaseDesk, told: WarpSetting) -> PointChoice:
    return choose(desk, ANA, told.out, "q8_0", "a test", lambda folder, form: export(folder, told.base, [form]))


def test_the_best_point_that_passes_is_proposed_with_its_evidence(app: App, front: WarpSetting) -> None:
    desk = desk_of(app, front)
    made = chosen(desk, front)
    assert (made.chosen, made.folder) == (1.0, str(front.out / "warp" / "point-1.00"))
    assert [(one.share, one.passed, one.release is not None) for one in made.points] == [(1.0, True, True), (0.5, False, False)]
    assert made.points[1].why == ["a point that earns no less passed"]
    shown = desk.register.show(made.release or 0)
    assert shown.release.state == "candidate"
    assert shown.evidence
    kept = shown.manifest["front"]
    assert (kept["point"]["share"], kept["start_reward"], kept["refused_before"]) == (1.0, 0.1, [])
    assert kept["sha256"] == made.front
    assert read_manifest(Path(made.folder)).front == kept
    assert json.loads((front.out / "choice.json").read_text("utf-8"))["release"] == made.release
    assert chosen(desk, front).release == made.release, "what was proposed is not proposed again"


@pytest.mark.slow
def test_where_none_passes_the_start_remains(app: App, front: WarpSetting) -> None:
    desk = desk_of(app, front, improve=True)
    made = chosen(desk, front)
    assert (made.chosen, made.release, made.folder) == (None, None, "")
    assert made.why == "none of 2 points may be promoted, 2 were asked: the start remains"
    first, second = made.points
    assert all("no improvement is shown" in one.why[0] for one in made.points)
    told = read_manifest(Path(second.folder)).front["refused_before"]
    assert [(one["share"], one["release"], one["why"]) for one in told] == [(1.0, first.release, first.why)]


@pytest.mark.slow
def test_a_choice_that_was_stopped_goes_on_behind_what_was_refused(app: App, front: WarpSetting, monkeypatch: pytest.MonkeyPatch) -> None:
    desk, judged, calls = desk_of(app, front), release_model._judged, list[int]()

    def strict(*given: Any) -> Verdict:
        """The first is refused, and before the second is judged somebody stops."""
        calls.append(1)
        if len(calls) == 2:
            raise KeyboardInterrupt
        found = judged(*given)
        failed = tuple(replace(one, passed=False, why="lost") for one in found.findings)
        return Verdict(passed=False, findings=failed) if len(calls) == 1 else found

    monkeypatch.setattr(release_model, "_judged", strict)
    with pytest.raises(KeyboardInterrupt):
        chosen(desk, front)
    made = chosen(desk, front)
    assert len(calls) == 3, "the refused one is not judged again"
    assert (made.chosen, [one.passed for one in made.points]) == (0.5, [False, True])
    assert made.why.startswith("point 0.50 passed, after 1 that earn more or as much were refused")
    kept = desk.register.show(made.release or 0).manifest["front"]
    assert kept["refused_before"] == [{"share": 1.0, "release": made.points[0].release, "why": made.points[0].why}]


def test_what_earns_no_more_than_the_start_is_never_asked(app: App, front: WarpSetting) -> None:
    earned(front, start=0.7, half=0.7, whole=0.6)
    made = chosen(desk_of(app, front), front)
    assert [one.why for one in made.points] == [["it earns no more than the start"]] * 2
    assert made.exam is None
    assert made.release is None


def test_a_folder_without_a_front_is_refused(app: App, tmp_path: Path) -> None:
    desk = ReleaseDesk(app)
    with pytest.raises(InputError, match="holds no front of WARP"):
        choose(desk, ANA, tmp_path, "q8_0", "a test", lambda _, __: None)
    (tmp_path / "warp.json").write_text(json.dumps({"name": "a", "start": {"reward": 0}, "points": []}), "utf-8")
    with pytest.raises(InputError, match="no point of WARP yet"):
        choose(desk, ANA, tmp_path, "q8_0", "a test", lambda _, __: None)


def test_the_command_ends_with_1_where_the_start_remains(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, home: Path) -> None:
    made = PointChoice("warp", "q8_0", "0" * 64, 3, None, None, "models/tuned", 0.5, [], "none of 0 points may be promoted")
    monkeypatch.setenv("FINFOUNDRY_HOME", str(home))

    def remains(*_: object) -> PointChoice:
        return made

    monkeypatch.setattr(choose_point, "choose", remains)
    found = run_json("release", "choose", str(tmp_path), "--why", "a test", status=1)
    assert found["folder"] == "models/tuned"
    assert "none of 0 points" in run("release", "choose", str(tmp_path), "--why", "a test", status=1)
