"""The demonstration's data: whole, balanced, in both languages."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from finfoundry.core.tasks import load_task, read
from finfoundry.demo import training


def test_messages_are_many_different_and_balanced() -> None:
    found = training.messages()
    assert len({text for text, _ in found}) == len(found) > 1000
    assert set(Counter(want for _, want in found).values()) == {len(found) // len(training.WANTS)}
    assert found == training.messages()


def test_corrections_ask_what_the_task_asks(tmp_path: Path) -> None:
    task = training.write_data(tmp_path)
    found = training.corrections(task)
    prompts = {load_task(task).prompt(row) for row in read(load_task(task), tmp_path).rows}
    assert {one["prompt"] for one in found} <= prompts
    assert all(one["chosen"] != one["rejected"] for one in found)


def test_the_task_file_reads_its_rows(tmp_path: Path) -> None:
    path = training.write_data(tmp_path)
    assert len(read(load_task(path), tmp_path).rows) == len(training.messages())
    recipe = training.recipe(path, 200)
    assert recipe.base == training.BASE
    assert "q8_0" in recipe.forms
