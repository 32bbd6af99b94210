"""The rows that the reader learns from: each wording filled, its plan true to it, its metrics marked, families kept apart."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import get_args

import pytest

from finfoundry.ask.lexicon.formula import names_in
from finfoundry.ask.reader.written_plan import Shown
from finfoundry.core.errors import InputError
from finfoundry.core.tasks import load_task, read
from finfoundry.usecases.readers.filled_questions import Filler
from finfoundry.usecases.readers.reader_rows import write_rows
from finfoundry.usecases.readers.wordings import Wording, wordings


def test_every_wording_is_filled_and_its_metrics_are_marked() -> None:
    """No slot is left, metrics stand where the spans say, every name of the expressions has a metric and a year."""
    filler = Filler(seed=3)
    for wording in wordings():
        filled = filler.fill(wording, 0)
        assert "{" not in filled.question
        assert {filled.question[start:end] for start, end, _ in filled.spans} == set(filled.plan.metrics)
        assert all(filled.question[start:end] == filled.plan.metrics[number] for start, end, number in filled.spans)
        assert filled.plan.show in get_args(Shown)
        for expression in filled.plan.compute:
            assert names_in(expression) <= {f"{letter}{year}" for letter in "abcdefgh" for year in range(1, len(filled.plan.years) + 1)}


def test_a_plan_says_what_its_wording_asks() -> None:
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


def test_the_name_of_the_company_asked_about_is_marked_and_no_other() -> None:
    wording = Wording(4, "zh", "f", "{other}出具的报告里，{company}{y1}年{m1}是多少？", ("m1[y1]",), "lookup", "money")
    filled = [Filler(seed=9).fill(wording, copy) for copy in range(40)]
    named = [one for one in filled if one.names]
    assert 8 < len(named) < 28
    for one in named:
        ((start, end),) = one.names
        assert one.question[:start].endswith("报告里，")
        assert re.match(r"\d{4}年", one.question[end:])
    assert all("里，该公司" in one.question for one in filled if not one.names)
    assert len({one.question for one in filled}) == 40


@pytest.mark.slow
def test_families_are_kept_apart_and_rows_of_a_wording_together(tmp_path: Path) -> None:
    made = write_rows(tmp_path, each=2, seed=5)
    names = ("question-forms", "question-forms-unseen")
    learned, unseen = ([json.loads(line) for line in (tmp_path / f"{name}.jsonl").read_text("utf-8").splitlines()] for name in names)
    assert (made.learned, made.unseen) == (len(learned), len(unseen))
    assert not {row["family"] for row in learned} & {row["family"] for row in unseen}
    assert 0.1 < made.unseen_wordings / (made.learned_wordings + made.unseen_wordings) < 0.25
    for name in ("question-roles", "question-marks"):
        task = load_task(name)
        rows = read(task, tmp_path).rows
        assert {row.group for row in rows} == {row["wording"] for row in learned}
        assert task.texts(rows[0]) == (learned[0]["text"],)
    before = (tmp_path / "question-forms.jsonl").read_bytes()
    write_rows(tmp_path, each=2, seed=5)
    assert (tmp_path / "question-forms.jsonl").read_bytes() == before


def test_labels_of_a_store_take_the_place_of_ours(tmp_path: Path) -> None:
    labels = [f"Skerry dues of quay {number}" for number in range(30)] + [f"{number}号码头收入" for number in range(30)]
    write_rows(tmp_path, each=3, labels=labels)
    text = (tmp_path / "question-forms.jsonl").read_text("utf-8")
    assert "号码头收入" in text
    assert text.lower().count("skerry dues of quay") > 300
    assert "cash and cash equivalents" not in text.lower()


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="cannot be written"):
        write_rows(tmp_path / "file")


def test_spans_as_annotation_tools_write_them(tmp_path: Path) -> None:
    """A row without spans is named with its file."""
    row = {"text": "Fees of 2020", "spans": [[0, 4, "plus"]], "wording": "w", "marks": "open"}
    (tmp_path / "question-forms.jsonl").write_text(json.dumps(row) + "\n", "utf-8")
    (found,) = read(load_task("question-roles"), tmp_path).rows
    assert (found.target, found.group, set(found.fields)) == ("plus: Fees", "w", {"text", "wording"})
    (tmp_path / "question-forms.jsonl").write_text(json.dumps(row) + "\n" + json.dumps({**row, "spans": [[0]]}) + "\n", "utf-8")
    with pytest.raises(InputError, match=r"entry 2 of .*question-forms\.jsonl has no spans"):
        read(load_task("question-roles"), tmp_path)
