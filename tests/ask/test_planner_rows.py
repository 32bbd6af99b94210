"""The rows that a planner learns from: each wording filled, its plan true to it, families kept apart."""

from __future__ import annotations

import json
from pathlib import Path
from typing import get_args

import pytest

from finfoundry.ask.lexicon.formula import names_in
from finfoundry.ask.planner.filled_questions import Filler
from finfoundry.ask.planner.planner_rows import write_rows
from finfoundry.ask.planner.wordings import Wording, wordings
from finfoundry.ask.planner.written_plan import PROMPT, Shown, read_written
from finfoundry.core.errors import InputError
from finfoundry.core.tasks import load_task, read


def test_26_3_every_wording_is_filled_and_its_plan_is_one() -> None:
    """No slot is left, metrics are copied from the question, every name of the expressions has a metric and a year."""
    filler = Filler(seed=3)
    for wording in wordings():
        filled = filler.fill(wording, 0)
        assert "{" not in filled.question
        assert all(label in filled.question for label in filled.plan.metrics)
        assert filled.plan.show in get_args(Shown)
        assert read_written(filled.plan.text) == filled.plan
        for expression in filled.plan.compute:
            assert names_in(expression)


def test_26_3_a_plan_says_what_its_wording_asks() -> None:
    wording = Wording(
        1, "en", "f", "With {m2} set against {m1}: FY{y1s} over {y2}?", ("(m1[y1] - m2[y2]) / m2[y1]",), "calculation", "percent"
    )
    plan = Filler().fill(wording, 0).plan
    assert plan.compute == ("(b1-a2)/a1",)
    assert plan.years[0] == plan.years[1] + 1
    latest = Wording(2, "zh-tw", "f", "{m1}比前一年多多少？", ("m1[y0] - m1[y0-1]",), "calculation", "money")
    assert Filler().fill(latest, 0).plan.years == (0, -1)
    roc = Wording(3, "zh-tw", "f", "{r1}年{m1}？", ("m1[y1]",), "lookup", "money")
    filled = Filler().fill(roc, 0)
    assert f"{filled.plan.years[0]}年" in filled.question
    assert filled.plan.years[0] < 200


def test_26_3_families_are_kept_apart_and_rows_of_a_wording_together(tmp_path: Path) -> None:
    made = write_rows(tmp_path, each=2, seed=5)
    learned, unseen = (
        [json.loads(line) for line in (tmp_path / f"{name}.jsonl").read_text("utf-8").splitlines()]
        for name in ("planner", "planner-unseen")
    )
    assert (made.learned, made.unseen) == (len(learned), len(unseen))
    assert not {row["family"] for row in learned} & {row["family"] for row in unseen}
    assert 0.1 < made.unseen_wordings / (made.learned_wordings + made.unseen_wordings) < 0.25
    task = load_task("planner")
    rows = read(task, tmp_path).rows
    assert {row.group for row in rows} == {row["wording"] for row in learned}
    assert task.prompt(rows[0]) == PROMPT.format(question=learned[0]["question"])
    before = (tmp_path / "planner.jsonl").read_bytes()
    write_rows(tmp_path, each=2, seed=5)
    assert (tmp_path / "planner.jsonl").read_bytes() == before


def test_26_3_labels_of_a_store_take_the_place_of_ours(tmp_path: Path) -> None:
    labels = [f"Skerry dues of quay {number}" for number in range(30)] + [f"{number}号码头收入" for number in range(30)]
    write_rows(tmp_path, each=3, labels=labels)
    text = (tmp_path / "planner.jsonl").read_text("utf-8")
    assert "号码头收入" in text
    assert text.lower().count("skerry dues of quay") > 300
    assert "net income" not in text


def test_26_3_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="cannot be written"):
        write_rows(tmp_path / "file")
