"""The worked example: it goes on where it was stopped, one step can be done apart, and its data are made over the home's own papers."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace

import pytest
from tests.conftest import short_home

import worked_example
from finfoundry.ask.reader.tuned_plan import PLANNER
from finfoundry.evals.paired import items_to_see
from finfoundry.release.candidate import READER
from finfoundry.release.exam import least_limit
from finfoundry.runtime.supervisor import Supervisor
from finfoundry.usecases.readers.wordings import wordings
from worked_example import SLOTS, STATE, Done, Example, go, kept

ROOT = Path(worked_example.__file__).parent.parent


@pytest.fixture
def done(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The steps that were begun; the second fails as long as the list is shorter than three."""
    begun = list[str]()

    def first(_: Example) -> Done:
        begun.append("first")
        return Done("papers", 0)

    def second(_: Example) -> Done:
        begun.append("second")
        if len(begun) < 3:
            raise KeyboardInterrupt
        return Done("rows", 700)

    monkeypatch.setattr(worked_example, "STEPS", {"first": first, "second": second})
    return begun


def test_it_goes_on_where_it_was_stopped(done: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each step is printed with what it took, done now or before; seconds of a sitting that was stopped count."""
    example = Example(tmp_path, rows=9)
    with pytest.raises(KeyboardInterrupt):
        go(example, worked_example.STEPS)
    stopped = kept(example)["steps"]["second"]
    assert stopped["seconds"] >= 0
    assert "result" not in stopped
    go(example, worked_example.STEPS)
    go(example, worked_example.STEPS)
    assert done == ["first", "second", "second"]
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == ["first", "first", "second", "first", "second"]
    assert lines[-1].endswith("700 tokens  rows")
    go(example, ["second"], again=True)
    assert len(done) == 4
    with pytest.raises(SystemExit, match="begun with"):
        go(Example(tmp_path, rows=10), ["first"])


@pytest.mark.slow
def test_its_data_are_of_the_homes_own_papers_and_recipes_learn_few_rows_where_it_is_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    home = short_home()
    few = tuple(one for one in wordings() if len(one.metrics) < 3)[::200]  # the forms of more take seconds to be found
    monkeypatch.setattr("finfoundry.usecases.readers.reader_rows.wordings", lambda: few)
    example = Example(home, rows=12)
    try:
        go(example, ["papers", "data"])
    finally:
        Supervisor(home).stop()
    written = {file.name: file.read_text("utf-8") for file in example.folder("data").glob("*.jsonl")}
    assert {"question-forms.jsonl", "question-plans.jsonl", "question-readings-unseen.jsonl"} <= set(written)
    assert [task.limit for task in example.recipe(PLANNER).data.tasks] == [12]
    assert Example(home).recipe(PLANNER).data.tasks[0].limit is None


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """A desk whose gate refuses the reader."""

    def propose(_: object, slot: str, __: str) -> SimpleNamespace:
        return SimpleNamespace(id=7 if slot == READER else 8, passed=slot != READER)

    finding = {"suite": "question-values", "measure": "accuracy", "serving": 0.5, "candidate": 0.25}
    made = SimpleNamespace(
        propose=propose,
        register=SimpleNamespace(show=lambda _: SimpleNamespace(verdict={"findings": [finding]}), serving=dict),
        promote=lambda *_: None,
    )
    monkeypatch.setattr(worked_example, "ReleaseDesk", lambda *_: made)
    monkeypatch.setattr(Example, "opened", lambda _: _Nothing())
    forms = {form: slot for slot, (_, form) in SLOTS.items()}
    monkeypatch.setattr(worked_example, "tuned", lambda _, form: forms[form])
    return made


class _Nothing:
    def __enter__(self) -> None: ...

    def __exit__(self, *_: object) -> None: ...


def test_what_the_gate_refuses_is_told_and_the_other_serves(
    desk: SimpleNamespace, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    example = Example(tmp_path)
    go(example, ["gate", "promotion"])
    gate, promotion = capsys.readouterr().out.splitlines()
    assert "reader refused (question-values accuracy 0.50 -> 0.25)" in gate
    assert "question-planner passed" in gate
    assert promotion.endswith("question-planner serves as release 8")
    desk.propose = lambda *_: SimpleNamespace(id=9, passed=False)
    go(example, ["gate", "promotion"], again=True)
    assert "nothing passed the gate" in capsys.readouterr().out
    assert json.loads((tmp_path / STATE).read_text("utf-8"))["steps"]["gate"]["passed"] == {}


def test_what_serves_already_is_done_and_without_the_gate_nothing_is_promoted(
    desk: SimpleNamespace, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A sitting that was killed between the promotion and its record is gone on with: a release is not promoted twice."""
    example, promoted = Example(tmp_path), list[list[int]]()
    with pytest.raises(SystemExit, match="the gate is not done"):
        go(example, ["promotion"], again=True)
    desk.propose = lambda _, slot, __: SimpleNamespace(id=7 if slot == READER else 8, passed=True)
    desk.promote = lambda _, releases, __: promoted.append(releases)
    desk.register.serving = lambda: {READER: SimpleNamespace(id=7)}
    go(example, ["gate", "promotion"])
    assert promoted == [[8]]
    desk.register.serving = lambda: {READER: SimpleNamespace(id=7), PLANNER: SimpleNamespace(id=8)}
    go(example, ["promotion"], again=True)
    assert promoted == [[8]]
    assert capsys.readouterr().out.splitlines()[-1].endswith("reader serves as release 7, question-planner serves as release 8")
    assert [one.name for one in tmp_path.iterdir()] == [STATE]


def test_fewer_questions_than_the_exams_need_are_refused_before_anything_is_trained(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    least = least_limit(READER)
    assert least == least_limit(PLANNER) == items_to_see(0.02)
    monkeypatch.setattr("sys.argv", ["worked_example.py", "--home", str(tmp_path / "home"), "--limit", str(least - 1)])
    with pytest.raises(SystemExit):
        worked_example.main()
    assert f"can be passed with {least} at the least" in capsys.readouterr().err
    assert not (tmp_path / "home").exists()
    for docs in ("docs/training.md", "docs/zh/training.md"):
        assert f"--rows 60 --limit {least} " in (ROOT / docs).read_text("utf-8")
