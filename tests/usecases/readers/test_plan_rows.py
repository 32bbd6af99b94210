"""What a planner learns from: every row holds by what reads its plans, says what its wording asks, and knows no company and no label."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from finfoundry.ask.lexicon.entities import EntityNames
from finfoundry.ask.lexicon.formula import names_in
from finfoundry.ask.lexicon.metric_terms import vocabulary
from finfoundry.ask.plan.plan_model import SCHEMA, read
from finfoundry.ask.reader.learnt_reading import Reading
from finfoundry.ask.reader.question_form import QuestionForm
from finfoundry.ask.reader.tuned_plan import OfferedLine, as_written, asked, drawn_text
from finfoundry.ask.reader.written_plan import WrittenPlan
from finfoundry.ask.understand.intent import understand
from finfoundry.core.periods import CALENDAR_YEAR
from finfoundry.core.tasks import load_task, rows
from finfoundry.evals.rows import Item, Reply
from finfoundry.evals.suites.question_readings import READINGS, written_text
from finfoundry.usecases.readers.agreement import AgreedReading
from finfoundry.usecases.readers.filled_questions import FilledQuestion, Filler
from finfoundry.usecases.readers.plan_rows import REFUSED, UNKNOWN_FORM, plan_rows
from finfoundry.usecases.readers.reader_rows import write_rows
from finfoundry.usecases.readers.wordings import Wording, wordings

MIXED = tuple(wordings()[::9])


@pytest.fixture(scope="module")
def filled() -> list[FilledQuestion]:
    filler = Filler(seed=4)
    return [filler.fill(wording, 0) for wording in MIXED]


def test_every_row_is_read_back_as_a_plan_that_keeps_to_the_schema(filled: list[FilledQuestion]) -> None:
    """Open questions are read as no plan; what cannot be drawn up so, or does not hold, is counted and no row."""
    made = plan_rows(filled, seed=4)
    assert set(made.left_out) == {UNKNOWN_FORM, REFUSED}
    assert len(made.lines) > 0.6 * len(filled)
    shows, kinds = (set(SCHEMA["properties"][name]["enum"]) for name in ("show", "kind"))
    for row in map(json.loads, made.lines):
        question, plan = row["text"].splitlines()[0], json.loads(row["plan"])
        planned = read(row["plan"], understand(question, EntityNames([]), vocabulary()), CALENDAR_YEAR)
        assert (planned is None) == (plan["kind"] == "open")
        assert plan["show"] in shows
        assert plan["kind"] in kinds
        assert len(plan["metrics"]) <= 8


def test_labels_are_copied_from_the_question_or_from_the_lines_that_are_offered(filled: list[FilledQuestion]) -> None:
    copied = {"question": 0, "line": 0, "definition": 0}
    for row in map(json.loads, plan_rows(filled, seed=4).lines):
        question, *lines = row["text"].splitlines()
        labels = [line.removeprefix("- ").partition(": ")[0] for line in lines]
        definitions = " ".join(line.partition(" = ")[2] for line in lines)
        for metric in json.loads(row["plan"])["metrics"]:
            place = "line" if metric["label"] in labels else "definition" if metric["label"] in definitions else "question"
            copied[place] += 1
            assert metric["label"] in {"line": labels, "definition": definitions, "question": question}[place]
    assert min(copied["question"], copied["line"]) > 0.2 * sum(copied.values())
    assert copied["definition"] > 0.05 * sum(copied.values())


def test_the_plan_of_a_defined_metric_is_that_of_its_definition() -> None:
    """Over the lines that the definition names, each in each year; the metric itself is none of the plan's."""
    wording = Wording(
        9, "en", "f", "By how much did {m1} of {company} change from {y2} to {y1}?", ("m1[y1] - m1[y2]",), "calculation", "money"
    )
    filler = Filler(seed=1)
    rows = [json.loads(row) for row in plan_rows([filler.fill(wording, copy) for copy in range(60)], seed=1).lines]
    defined = [(line[2:].split(" = "), json.loads(row["plan"])) for row in rows for line in row["text"].splitlines()[1:] if " = " in line]
    assert len(defined) > 3
    for (name, definition), plan in defined:
        labels = [metric["label"] for metric in plan["metrics"]]
        parts = [label for label in dict.fromkeys(labels) if label in definition]
        assert parts
        assert name not in labels
        assert len(labels) == 2 * len(parts), "each part in both years"
        for part in parts:
            definition = definition.replace(part, next(one["name"] for one in plan["metrics"] if one["label"] == part))
        assert plan["expression"].startswith(definition.replace(" ", "")), "the later year first"


def test_questions_of_people_that_were_agreed_on_are_rows_of_the_planner(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As those of the reader are; one whose reading makes no plan is counted."""
    monkeypatch.setattr("finfoundry.usecases.readers.reader_rows.wordings", lambda: MIXED[:40])
    text = "What part of Ferry ticket sales would Dredging costs of the company eat up in 2020, in percent?"
    share = AgreedReading(text, Reading(("Ferry ticket sales", "Dredging costs"), QuestionForm(("under", "plus")), "percent", 0.0))
    grown = AgreedReading(
        "Dredging costs higher by 2020?", Reading(("Dredging costs",), QuestionForm(("plus",), limited=True), "yes_no", 0.0)
    )
    without = write_rows(tmp_path / "without", each=1, plans=True)
    made = write_rows(tmp_path / "with", each=1, asked=[share, grown], plans=True)
    assert (made.plans - without.plans, made.plans_unseen) == (1, without.plans_unseen)
    assert made.without_plan[REFUSED] == without.without_plan[REFUSED] + 1
    row = json.loads((tmp_path / "with" / "question-plans.jsonl").read_text("utf-8").splitlines()[-1])
    plan = json.loads(row["plan"])
    assert row["text"].splitlines()[0] == text
    assert row["family"] == row["wording"] != ""
    assert (plan["kind"], plan["show"], plan["expression"]) == ("calculation", "percent", "a/b")
    assert [metric["year"] for metric in plan["metrics"]] == [2020, 2020]


def test_a_plan_comes_back_as_it_was_written(filled: list[FilledQuestion]) -> None:
    """As drawn up and as written it is the same plan to the suite that compares readers."""
    for one in filled:
        text = drawn_text(one.plan, one.wording.kind, one.wording.show, {})
        if text is None:
            assert len(one.plan.compute) != 1 or len(names_in(one.plan.compute[0])) > 8
            continue
        back = as_written(text)
        assert back is not None
        want, got = (written_text(plan.metrics, plan.years, plan.compute, plan.show) for plan in (one.plan, back))
        assert READINGS.score(Item("", one.question, want), Reply(got)).verdict == "correct"


def test_each_metric_in_each_year_has_a_letter_and_the_label_that_is_offered() -> None:
    plan = WrittenPlan(("net dues", "tolls"), (112, 111), ("(a1-a2)/b1",), "percent")
    text = drawn_text(plan, "calculation", "percent", {"net dues": "Quay levies"})
    assert text is not None
    assert json.loads(text) == {
        "kind": "calculation", "expression": "(a-b)/c", "show": "percent",
        "metrics": [
            {"name": "a", "label": "Quay levies", "year": 2023}, {"name": "b", "label": "Quay levies", "year": 2022},
            {"name": "c", "label": "tolls", "year": 2023},
        ],
    }  # fmt: skip
    assert as_written(text) == WrittenPlan(("Quay levies", "tolls"), (2023, 2022), ("(a1-a2)/b1",), "percent")
    assert drawn_text(WrittenPlan(("dues",), (0,), ("a1", "a1"), "money"), "lookup", "money", {}) is None
    assert asked("Dues?", [OfferedLine("Quay levies", "dues"), OfferedLine("Tolls")]) == "Dues?\n- Quay levies: dues\n- Tolls"


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", '{"kind": "lookup"}', '{"kind": "lookup", "metrics": [1], "expression": "a", "show": "money"}',
     '{"kind": "lookup", "metrics": [{"name": "a", "label": "x", "year": 1}], "expression": "b", "show": "money"}'],
)  # fmt: skip
def test_what_is_no_plan(text: str) -> None:
    assert as_written(text) is None


def test_no_name_of_a_company_stands_in_a_row() -> None:
    wording = Wording(9, "en", "f", "What did {company} earn in {m1} in {y1}?", ("m1[y1]",), "lookup", "money")
    filler = Filler(seed=1)
    named = [one for one in (filler.fill(wording, copy) for copy in range(30)) if one.names]
    assert named
    for row in plan_rows(named, seed=1).lines:
        assert "did the company earn" in json.loads(row)["text"]


def test_rows_of_unseen_families_are_apart_and_a_task_reads_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("finfoundry.usecases.readers.reader_rows.wordings", lambda: MIXED)
    made = write_rows(tmp_path, each=1, seed=5, plans=True)
    learned, unseen = (rows(load_task(name), tmp_path) for name in ("question-plans", "question-plans-unseen"))
    assert (made.plans, made.plans_unseen) == (len(learned), len(unseen))
    assert not {row.fields["family"] for row in learned} & {row.fields["family"] for row in unseen}
    assert sum(made.without_plan.values()) > 0
    assert write_rows(tmp_path / "none", each=1, seed=5).plans == 0
    assert not (tmp_path / "none" / "question-plans.jsonl").exists()
