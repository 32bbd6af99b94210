"""An engine is asked for more when it answers all questions of the exam, and its exam is kept in the home."""

from __future__ import annotations

from pathlib import Path

import pytest

from finfoundry.ask import engine_exam
from finfoundry.ask.engine_exam import examine, kept, tasks
from finfoundry.base.scripted import ScriptedEngine
from finfoundry.runtime.settings import Settings

ANSWERS = [
    ("Northmoor's trade revenue in 2022", "Northmoor's trade revenue was £1,241 million in 2022 [1]."),
    ("overdue by more than 90 days", "They grew by 10% from 3,000 to 3,300 thousand [1], as two wholesalers entered administration [2]."),
    ("关注类贷款", "2023年末关注类贷款为6,015百万元[1]。当年核销不良贷款12.4亿元[2]。"),
    ("多少家分支机构", "NOT FOUND"),
]


def settings(home: Path, **given: str) -> Settings:
    return Settings(home=home, engine="openai", engine_url="http://127.0.0.1:9/v1", **given)  # type: ignore[arg-type]


def test_an_engine_that_answers_all_is_strong() -> None:
    exam = examine(ScriptedEngine(ANSWERS), "by-hand")
    assert (exam.right, exam.of, exam.failed, exam.strong) == (len(tasks()), len(tasks()), (), True)
    assert exam.tokens > 0


@pytest.mark.parametrize(
    "wrong",
    [
        "Northmoor's trade revenue was £1,190 million in 2022 [1].",  # of another year
        "It was £80,022 thousand [2].",  # of another company
        "NOT FOUND",
        "好的。",
    ],
)
def test_one_wrong_answer_is_enough_to_stay_small(wrong: str) -> None:
    exam = examine(ScriptedEngine([(ANSWERS[0][0], wrong), *ANSWERS[1:]]), "by-hand")
    assert (exam.right, exam.strong) == (exam.of - 1, False)
    assert exam.failed == (tasks()[0].question,)


def test_who_answers_what_nothing_answers_is_not_strong() -> None:
    exam = examine(ScriptedEngine([*ANSWERS[:3], (ANSWERS[3][0], "共有311家[2]。")]), "by-hand")
    assert not exam.strong


def test_an_exam_is_of_one_engine_and_model(tmp_path: Path) -> None:
    own, other = settings(tmp_path, model="a"), settings(tmp_path, model="b")
    assert kept(own) is None
    exam = examine(ScriptedEngine(ANSWERS), engine_exam.named(own))
    engine_exam.keep(own, exam)
    assert kept(own) == exam
    assert kept(other) is None


def test_an_exam_that_cannot_be_read_is_none(tmp_path: Path) -> None:
    own = settings(tmp_path)
    engine_exam.keep(own, examine(ScriptedEngine(ANSWERS), engine_exam.named(own)))
    for file in (tmp_path / "engines").iterdir():
        file.write_text("{", "utf-8")
    assert kept(own) is None
