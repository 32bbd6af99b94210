"""Judges of tasks and of TAT-QA, by answers made false on purpose."""

from __future__ import annotations

from tests.evals.made_answers import measure

from finfoundry.core.tasks import load_task
from finfoundry.core.tasks.task import TaskRow
from finfoundry.evals.rows import Item
from finfoundry.evals.suites import abstention
from finfoundry.evals.suites.tasks import score


def given(number: int, answer: object, scale: str = "") -> Item:
    row = TaskRow(f"t/{number}", {"question": "How much?"}, str(answer), "page")
    return Item(f"t/{number}", "How much?", str(answer), meta={"row": row, "answer": answer, "scale": scale})


def test_b1_the_judge_of_tatqa_takes_true_answers_and_refuses_false_ones() -> None:
    task = load_task("tatqa")
    items = [given(1, "1,250.4", "million"), given(2, ["12.5", "9.25"], "percent"), given(3, "(48)"), given(4, ["two leases", "a licence"])]
    rates = measure("tatqa", items, lambda item, reply: score(task, item, reply))
    assert rates.false >= 20
    assert rates.taken == []
    assert rates.refused == []
    assert {"value", "sign", "scale", "x100", "left out", "one too many", "denied", "both"} <= rates.kinds.keys()


def test_b1_the_judges_of_labelled_tasks_take_true_answers_and_refuse_false_ones() -> None:
    for name in ("finfe", "finnl", "tfns", "banking77"):
        task = load_task(name)
        words = list(task.words)
        golds = [words[0], words[-1]] if task.kind == "choice" else [words[0], " ".join(words[:2])]
        items = [Item(f"{name}/{gold}", "?", gold, meta={"row": TaskRow(name, {"text": "x"}, gold, "g")}) for gold in golds]
        rates = measure(name, items, lambda item, reply, task=task: score(task, item, reply))  # type: ignore[misc]
        assert rates.false
        assert (rates.taken, rates.refused) == ([], []), name


def test_b1_what_is_not_there_must_not_be_answered_in_any_words() -> None:
    rates = measure("abstention", [Item("a/1", "What was it?")], abstention.score)
    assert (rates.taken, rates.refused) == ([], [])
    assert rates.true == rates.false == 3
