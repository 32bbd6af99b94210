"""A run is resumable after a kill, refuses another run's folder, marks slips and errors, and writes a report that opens its errors."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from finfoundry.base.scripted import ScriptedEngine
from finfoundry.core.errors import EngineError, InputError
from finfoundry.core.tasks import load_task
from finfoundry.demo.report import annual_report
from finfoundry.evals.compare import compare
from finfoundry.evals.measures import MEASURES
from finfoundry.evals.report import causes, write_report
from finfoundry.evals.rows import Evidence, Item, Reply, Row, Score, read_rows
from finfoundry.evals.run import Suite, run, sample
from finfoundry.evals.suites.tasks import items, task_solver, task_suite

ITEMS = [Item(str(i), f"What is {i}?", str(i), "odd" if i % 2 else "even", evidence=(Evidence("a/report.pdf", 2),)) for i in range(10)]


def score(item: Item, reply: Reply) -> Score:
    return Score("correct" if reply.text == item.gold else "wrong", float(reply.text == item.gold), "not that")


SUITE = Suite("numbers", "Numbers.", "answer", lambda _: ITEMS, score, (MEASURES["correct"], MEASURES["wrong"]))


def say(item: Item) -> Reply:
    return Reply(item.gold if int(item.id) < 7 else "<b>no</b>", prompt_tokens=3, completion_tokens=1)


def test_a_killed_run_goes_on_where_it_stopped(tmp_path: Path) -> None:
    """Half a line is cut off, what is there is not asked again, and the result is that of an unbroken run."""
    whole = run(SUITE, say, tmp_path, tmp_path / "whole")
    run(SUITE, say, tmp_path, tmp_path / "cut", limit=4)
    rows = tmp_path / "cut" / "rows.jsonl"
    rows.write_text(rows.read_text() + read_rows(tmp_path / "whole" / "rows.jsonl")[9].line[:40])
    asked = []
    again = run(SUITE, lambda item: (asked.append(item.id), say(item))[1], tmp_path, tmp_path / "cut")  # type: ignore[func-returns-value]
    assert len(asked) == 6
    assert (again.n, again.measures, again.verdicts) == (10, whole.measures, whole.verdicts)
    assert again.kinds["odd"].verdicts == {"correct": 3, "wrong": 2}
    assert again.tokens.prompt == 30


def test_a_smaller_sample_lies_in_the_larger() -> None:
    """So a run can be made larger without asking again."""
    assert sample(ITEMS, 3, 1) == sample(ITEMS, 6, 1)[:3]
    assert sample(ITEMS, 3, 1) != sample(ITEMS, 3, 2)


def test_another_run_is_not_overwritten(tmp_path: Path) -> None:
    """The folder says which run it holds."""
    run(SUITE, say, tmp_path, tmp_path / "out", limit=2)
    with pytest.raises(InputError, match="another model"):
        run(SUITE, say, tmp_path, tmp_path / "out", model="other")
    (tmp_path / "out" / "rows.jsonl").write_text("{}\n{}\n")
    with pytest.raises(InputError, match=r"line 1 of .* is no row"):
        run(SUITE, say, tmp_path, tmp_path / "out")


def test_errors_are_named_and_asked_again(tmp_path: Path) -> None:
    """A passing error becomes a row, an engine that is gone ends the run, and the next run heals both."""

    def dying(item: Item) -> Reply:
        if item.id in ("2", "6", "7", "8"):
            raise EngineError("the engine died")
        return say(item)

    with pytest.raises(EngineError, match="3 questions in a row"):
        run(SUITE, dying, tmp_path, tmp_path / "out")
    assert [row.verdict for row in read_rows(tmp_path / "out" / "rows.jsonl")].count("error") == 3
    assert run(SUITE, say, tmp_path, tmp_path / "out").verdicts["correct"].value == pytest.approx(0.7)


def test_the_report_opens_errors_with_their_page(tmp_path: Path) -> None:
    """The page of the truth is an image beside the report; what a model said is escaped."""
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "report.pdf").write_bytes(annual_report().data)
    result = run(SUITE, say, tmp_path, tmp_path / "out" / "numbers")
    (tmp_path / "out" / "numbers" / "causes.yaml").write_text('"7": "counting: stops at six"\n"8": "counting"\n')
    text = write_report(tmp_path / "out", "Test", [(SUITE, result)], tmp_path).read_text(encoding="utf-8")
    assert text.count("<details>") == 3
    assert "&lt;b&gt;no&lt;/b&gt;" in text
    assert "<b>no</b>" not in text
    assert 'src="pages/report-2.jpg"' in text
    assert (tmp_path / "out" / "pages" / "report-2.jpg").stat().st_size > 5000
    assert "<svg" in text
    assert "Cause: counting: stops at six" in text
    assert "<li>counting: 2</li>" in text


def test_like_reasons_count_together() -> None:
    """Figures and names in quotes do not part them."""
    rows = [Row(str(i), "", "", "", "", "", "", "wrong", 0, f"no fact “X{i}” in {2000 + i}") for i in range(3)]
    assert causes(rows) == [("no fact … in …", 3)]


def test_two_folders_are_compared(tmp_path: Path) -> None:
    """Runs of one suite; anything else is refused."""
    for name, threshold in (("a", 5), ("b", 9)):
        run(SUITE, lambda item, t=threshold: Reply(item.gold if int(item.id) < t else "no"), tmp_path, tmp_path / name)  # type: ignore[misc]
    found = compare(tmp_path / "a", tmp_path / "b")
    assert (found.gained, found.lost, found.n) == (4, 0, 10)
    with pytest.raises(InputError, match="holds no run"):
        compare(tmp_path / "a", tmp_path)
    about = json.loads((tmp_path / "b" / "run.json").read_text())
    (tmp_path / "b" / "run.json").write_text(json.dumps(about | {"suite": "other"}))
    with pytest.raises(InputError, match="two suites"):
        compare(tmp_path / "a", tmp_path / "b")


def test_a_slip_is_asked_again_and_marked(tmp_path: Path) -> None:
    """A free answer in another form is no wrong label: it is constrained, and the result says how often."""
    (tmp_path / "en_tasks").mkdir()
    tweets = "".join(f"tweet {'good' if i % 2 else 'bad'} {i},{i % 2}\n" for i in range(100))
    (tmp_path / "en_tasks" / "tfns_train.csv").write_text("text,label\n" + tweets)
    engine = ScriptedEngine([("good", ["I think it is good.", '"bullish"'] * 50), ("bad", "Bearish.")])
    task = load_task("tfns")
    result = run(task_suite(task), task_solver(engine, task), tmp_path, tmp_path / "out")
    assert result.measures["accuracy"].value == 1.0
    rows = read_rows(tmp_path / "out" / "rows.jsonl")
    assert len(rows) == len(items(task, tmp_path)) > 3
    assert [row.slip for row in rows] == ["good" in row.question for row in rows]
    assert all(request.schema == {"type": "string", "enum": list(task.words)} for request in engine.requests if request.schema)
