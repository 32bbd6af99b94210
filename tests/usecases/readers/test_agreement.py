"""Questions without an answer that several readings agree on: what is drawn, who witnesses, which row it makes."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from tests.ask.memory import MemorySearch
from tests.ask.plan_cases import harbour
from tests.ask.test_learnt_plan import AS_SHARE, SHARE, SetReader

from finfoundry.ask.asker import Agent
from finfoundry.ask.plan.rules import Plan
from finfoundry.ask.reader.learnt_reading import MARKS_HEAD, read_question
from finfoundry.core.principal import ADMINISTRATOR
from finfoundry.core.protocols import TextReader
from finfoundry.core.tasks import load_task, read
from finfoundry.usecases.readers.agreement import CERTAIN, AgreedReading, DrawnReader, Outcome, agreed_reading, figures_meant, shortened
from finfoundry.usecases.readers.reader_rows import write_rows

ASIDE = (
    "For the file, taking Tarn's Ferry ticket sales for 2020 on the one hand; what part of them would Dredging costs eat up, in percent?"
)
PLAIN = "What were Dredging costs as a percentage of Ferry ticket sales of Tarn in 2020?"


def ask(question: str, reader: TextReader | None, *, model: bool = False) -> Outcome | None:
    assert not model
    answer, trace = Agent(None, harbour(), MemorySearch(), reader=lambda: reader).ask(ADMINISTRATOR, question)
    plans = [step.content for step in trace.steps if isinstance(step.content, Plan)]
    return Outcome(plans[-1].source, figures_meant(answer.figures)) if answer.status == "answered" and plans else None


def asked_by_rules(question: str, reader: TextReader | None, *, model: bool = False) -> Outcome | None:
    """As ``ask``; rules read a part of the question in the wording that they know."""
    return ask(question if reader else PLAIN, reader, model=model)


def test_what_is_drawn_is_certain_and_drawn_by_its_probability() -> None:
    unsure = SetReader(AS_SHARE, sure=0.6)
    likeliest = DrawnReader(unsure, 0.0, 0)
    assert (read_question(unsure, SHARE) or pytest.fail("it reads")).sure < 0.7
    reading = read_question(likeliest, SHARE)
    assert reading is not None
    assert (reading.form.time, reading.form.years, reading.sure > 0.9) == ("level", 1, True)
    place = list(unsure.labels_of(MARKS_HEAD)).index("time-level")
    told = [DrawnReader(unsure, 1.0, seed).labels(MARKS_HEAD, [[SHARE]])[0] for seed in range(200)]
    assert 0.75 < np.mean([row[place] == np.float32(CERTAIN) for row in told]) < 0.98, "0.6 against eight of 0.01"
    assert all(
        sum(row[number] > 0.5 for number, name in enumerate(unsure.labels_of(MARKS_HEAD)) if name.startswith("years")) == 1 for row in told
    )
    again = DrawnReader(unsure, 1.0, 3)
    assert (again.labels(MARKS_HEAD, [[SHARE]]) == again.labels(MARKS_HEAD, [[SHARE]])).all()


def test_parts_are_left_out_one_at_a_time() -> None:
    assert shortened("Thanks, what was revenue in 2020, please?") == [
        "what was revenue in 2020, please?", "Thanks, please?", "Thanks, what was revenue in 2020?",
    ]  # fmt: skip
    assert all(one != SHARE for one in shortened(SHARE))
    assert "那么2020年的收入是多少？" in shortened("您好，那么2020年的收入是多少？")


def test_a_reading_is_believed_with_a_witness_only() -> None:
    assert ask(SHARE, SetReader(AS_SHARE, sure=0.6)) is None, "it is not sure"
    found = agreed_reading(ASIDE, SetReader(AS_SHARE, sure=0.6), asked_by_rules)
    assert found is not None
    assert found.reading.metrics == ("Ferry ticket sales", "Dredging costs")
    assert found.reading.form.roles == ("under", "plus")
    assert "the company" in found.text

    def alone(question: str, reader: TextReader | None, *, model: bool = False) -> Outcome | None:
        return ask(question, reader, model=model) if question == ASIDE else None

    assert agreed_reading(ASIDE, SetReader(AS_SHARE, sure=0.6), alone) is None
    calls = list[bool]()

    def base_model(question: str, reader: TextReader | None, *, model: bool = False) -> Outcome | None:
        calls.append(model)
        return (
            Outcome("model", (ask(ASIDE, DrawnReader(SetReader(AS_SHARE), 0.0, 0)) or pytest.fail("it reads")).figures)
            if model
            else alone(question, reader)
        )

    assert agreed_reading(ASIDE, SetReader(AS_SHARE, sure=0.6), base_model, model=True) == found
    assert calls[-1]
    assert agreed_reading(ASIDE, SetReader({}, sure=0.6), asked_by_rules) is None


def test_the_reader_is_no_witness_of_itself() -> None:
    """It reads the same of a question that is made shorter: a fault of its own would be there, too."""
    assert any(ask(one, DrawnReader(SetReader(AS_SHARE), 0.0, 0)) for one in shortened(ASIDE))
    assert not any(ask(one, None) for one in shortened(ASIDE))
    assert agreed_reading(ASIDE, SetReader(AS_SHARE, sure=0.6), ask) is None


@pytest.mark.parametrize(("field", "other"), [("period", "2019-01-01/2019-12-31"), ("metrics", (("Yacht dues", "2020-01-01/2020-12-31"),))])
def test_the_same_value_of_another_period_or_metric_is_no_witness(field: str, other: object) -> None:
    def besides(question: str, reader: TextReader | None, *, model: bool = False) -> Outcome | None:
        told = asked_by_rules(question, reader, model=model)
        return told if told is None or reader else Outcome("rule", frozenset(replace(one, **{field: other}) for one in told.figures))  # type: ignore[arg-type]

    assert agreed_reading(ASIDE, SetReader(AS_SHARE, sure=0.6), asked_by_rules) is not None
    assert agreed_reading(ASIDE, SetReader(AS_SHARE, sure=0.6), besides) is None


def test_what_was_agreed_on_is_a_row_to_learn(tmp_path: Path) -> None:
    found = agreed_reading(ASIDE, SetReader(AS_SHARE, sure=0.6), asked_by_rules)
    assert found is not None
    told = write_rows(tmp_path, each=1, asked=[found, AgreedReading(found.text, found.reading)])
    lines = (tmp_path / "question-forms.jsonl").read_text("utf-8").splitlines()
    assert told.learned == len(lines)
    row = json.loads(lines[-1])
    assert [(row["text"][start:end], role) for start, end, role in row["spans"]] == [
        ("Ferry ticket sales", "under"),
        ("Dredging costs", "plus"),
    ]
    assert row["marks"] == "time-level years-1 join-together show-percent"
    for task in ("question-roles", "question-marks"):
        assert read(load_task(task), tmp_path).rows[-1].group == row["wording"]
