"""Rows asked in other ways: the right answer stays, and it is on offer."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.train.conftest import rows, write_task
from tests.train.test_data import material

from finfoundry.core.errors import InputError
from finfoundry.core.tasks import Task, TaskRow, load_task, task_names
from finfoundry.train.data.wordings import _places, reworded
from finfoundry.train.recipe import Recipe

MANY = [str(seed) for seed in range(60)]
NEWS = {"text": "谁{见}过", "entity": "甲公司", "head": "甲公司", "tail": "乙公司"}
LABELLED = [task for name in task_names() if (task := load_task(name)).kind in ("choice", "choices") and "options" not in task.asked]


def row_of(target: str) -> TaskRow:
    return TaskRow("a/1", dict(NEWS), target, "谁")


@pytest.mark.parametrize("task", LABELLED, ids=lambda task: task.name)
def test_the_answer_is_on_offer_and_the_row_is_whole_whatever_is_drawn(task: Task) -> None:
    if not {*task.asked} <= {*NEWS}:
        pytest.skip("asks for other fields")
    right = task.words[-1]
    asked, answers = set(), set()
    for seed in MANY:
        (message,), answer = reworded(task, row_of(right), seed)
        assert answer in message.content
        assert right in message.content
        assert NEWS["text"] in message.content
        asked.add(message.content)
        answers.add(answer)
    assert len(asked) > 40
    assert right in answers
    assert len(answers) > 10


def test_another_name_says_in_the_question_which_label_it_stands_for() -> None:
    task = load_task("tfns")
    for seed in MANY:
        (message,), answer = reworded(task, row_of("bearish"), seed)
        if answer != "bearish":
            assert f"{answer} (bearish)" in message.content or f"{answer}. bearish" in message.content


def test_several_answers_are_named_as_the_options_are() -> None:
    task = load_task("finnl")
    for seed in MANY:
        (message,), answer = reworded(task, row_of("中国 公司"), seed)
        first, second = answer.split()
        assert first != second
        assert first in message.content
        assert second in message.content


def test_the_same_seed_asks_the_same() -> None:
    task = load_task("tfns")
    assert reworded(task, row_of("bearish"), "7") == reworded(task, row_of("bearish"), "7")


@pytest.mark.parametrize(
    ("template", "parts"),
    [
        ("Is it good, bad or so so?\n{text}", ("Is it ", "?\n{text}")),
        ("{text}\n是so so、bad还是good？", ("{text}\n是", "？")),
        ("{text}: good or bad?", None),  # not all of them
        ("{text}:", None),
    ],
)
def test_the_list_of_labels_is_found_in_a_template(template: str, parts: tuple[str, str] | None) -> None:
    assert _places(template, ("good", "bad", "so so")) == parts


@given(st.text(max_size=30), st.text(max_size=30), st.integers(0, 10**6))
def test_no_text_of_a_row_or_label_breaks_a_wording(text: str, label: str, seed: int) -> None:
    labels = {"0": label, "1": "}{0}", "2": "%s"}
    task = load_task("tfns").model_copy(update={"labels": labels, "templates": ["{text}: %s"]})
    (message,), answer = reworded(task, TaskRow("a/1", {"text": text}, task.words[0], text), str(seed))
    assert text in message.content
    assert answer in message.content


def test_what_has_no_labels_is_asked_as_ever() -> None:
    task = load_task("finna")
    row = TaskRow("a/1", {"text": "谁"}, "标题", "谁")
    assert reworded(task, row, "1") == (task.messages(row), "标题")


def test_a_share_of_the_rows_is_asked_anew_and_the_others_are_as_they_were(recipe: Callable[..., Recipe], data: Path) -> None:
    write_task(data, "cards", rows(200))
    before, half, every = (material(recipe(data={"reworded": share}), data).lessons["cards"] for share in (0.0, 0.5, 1.0))
    assert [one.id for one in before] == [one.id for one in half] == [one.id for one in every]
    changed = sum(one.messages != other.messages for one, other in zip(before, half, strict=True))
    assert 0.3 < changed / len(before) < 0.7
    assert all(one.messages != other.messages for one, other in zip(before, every, strict=True))
    assert [one.texts for one in every] == [one.texts for one in before]


def test_only_what_is_answered_in_words_is_asked_in_other_words(recipe: Callable[..., Recipe]) -> None:
    with pytest.raises(InputError, match=r"data.reworded asks in other words .* by the method instruct"):
        recipe(method="encode", forms=["adapter"], data={"reworded": 0.5})
