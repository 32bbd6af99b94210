"""Questions of a store in other words: which paraphrases are learned, and with which spans; what a changed year, metric or sense does."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from tests.ask.plan_cases import LINES, LINES_ZH
from tests.usecases.readers.test_agreement import ask

from finfoundry.ask.reader.written_plan import Shown
from finfoundry.base.scripted import ScriptedEngine
from finfoundry.core.tasks import load_task, read
from finfoundry.usecases.readers.filled_questions import FilledQuestion
from finfoundry.usecases.readers.form_search import form_of
from finfoundry.usecases.readers.paraphrases import figures_of, learned_row, meant_reader, request_for, reworded
from finfoundry.usecases.readers.reader_rows import Rewording, write_rows
from finfoundry.usecases.readers.store_questions import StoredLine, store_questions
from finfoundry.usecases.readers.wordings import Wording, wordings

YEARS = (2018, 2019, 2020)
STORED = [
    *(StoredLine("Tarn", label, year) for label, *_ in LINES for year in YEARS),
    *(StoredLine("禾研港务", label, year) for label, *_ in LINES_ZH for year in YEARS),
]
GROWTH = "By what percentage did Tarn's Dredging costs change from 2019 to 2020?"
FAITHFUL = "In percent, how did Dredging costs of Tarn change between 2019 and 2020?"


def filled(text: str, question: str, expression: str, metrics: tuple[str, ...], show: Shown = "percent") -> FilledQuestion:
    """One of the store's questions, whose wording and words are given."""
    wording = Wording(1, "en", "growth", text, (expression,), "calculation", show)
    one = next(each for each in store_questions(STORED) if each.wording.lang == "en")
    spans = tuple((question.index(metric), question.index(metric) + len(metric), place) for place, metric in enumerate(metrics))
    compute = expression.replace("m1[y1]", "a1").replace("m1[y2]", "a2").replace("m2[y1]", "b1").replace(" ", "")
    start = question.index("Tarn")
    plan = replace(one.plan, metrics=metrics, years=(2020, 2019)[: 1 + ("a2" in compute)], compute=(compute,), show=show)
    return FilledQuestion(wording, question, plan, spans, ((start, start + 4),))


@cache  # the forms of all wordings are read for it: not while tests are only looked for
def grown() -> FilledQuestion:
    text = "By what percentage did {company}'s {m1} change from {y2} to {y1}?"
    return filled(text, GROWTH, "(m1[y1] - m1[y2]) / m1[y2]", ("Dredging costs",))


def learned(text: str, one: FilledQuestion | None = None) -> FilledQuestion | str:
    one = one or grown()
    figures = figures_of(one, ask)
    assert figures
    return learned_row(one, text, figures, None, ask)


def test_a_faithful_paraphrase_is_a_row_whose_spans_are_found_again() -> None:
    row = learned(FAITHFUL)
    assert isinstance(row, FilledQuestion)
    assert row.question == "In percent, how did Dredging costs of the company change between 2019 and 2020?"
    assert [(row.question[start:end], number) for start, end, number in row.spans] == [("Dredging costs", 0)]
    assert (row.plan, row.wording, row.names) == (grown().plan, grown().wording, ())


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        (GROWTH.replace("?", " ?"), "repeated"),
        (FAITHFUL.replace("2019", "2018"), "words lost"),
        (FAITHFUL.replace("Dredging costs", "Pilotage fees"), "words lost"),
        (FAITHFUL.replace("Dredging costs", "the cost of dredging"), "words lost"),
        (FAITHFUL.replace("Tarn", "the port"), "words lost"),
        ("How did Dredging costs of Tarn change between 2019 and 2020, to the nearest 5?", "words lost"),
        ("", "words lost"),
        ("What were Dredging costs of Tarn in 2019 and 2020?", "other figures"),
        ("What was the average of Dredging costs of Tarn in 2019 and 2020?", "other figures"),
        ("Do the sparrows of Tarn sing louder of Dredging costs than the 2019 larks or those of 2020?", "no figures"),
    ],
)
def test_a_paraphrase_that_asks_for_something_else_is_dropped(text: str, cause: str) -> None:
    assert learned(text) == cause


def test_a_metric_within_another_is_not_taken_for_it() -> None:
    one = filled(
        "What was {company}'s {m1} in {y1}?", "What was Tarn's Berth rental income in 2020?", "m1[y1]", ("Berth rental income",), "money"
    )
    assert learned("Tell me Berth rental income of Skerry Marina of Tarn for 2020.", one) == "other figures"
    assert isinstance(learned("For 2020, Berth rental income of Tarn was what?", one), FilledQuestion)


def test_what_the_store_does_not_answer_is_not_asked_in_other_words() -> None:
    one = filled("What was {company}'s {m1} in {y1}?", "What was Tarn's Lighthouse toll in 2020?", "m1[y1]", ("Lighthouse toll",), "money")
    assert figures_of(one, ask) is None


def test_the_stores_questions_name_its_companies_lines_and_years() -> None:
    """Of learned families alone, every year that the plan needs is one that the line has a figure of; the same seed gives the same."""
    found = [one for one, _ in zip(store_questions(STORED, 3), range(200), strict=False)]
    assert len({one.question for one in found}) == 200
    assert found == [one for one, _ in zip(store_questions(STORED, 3), range(200), strict=False)]
    for one in found:
        assert not one.wording.unseen
        assert form_of(one.wording) is not None
        assert {one.question[start:end] for start, end in one.names} == {"Tarn" if one.wording.lang == "en" else "禾研港务"}
        assert all(year + 1911 in YEARS or year in (*YEARS, 0, -1, -2) for year in one.plan.years)
    assert next(store_questions([StoredLine("Tarn", "Dredging costs", 2020)]), None) is not None
    assert not list(store_questions([]))


def test_the_base_model_is_told_what_stays_and_its_first_line_is_taken() -> None:
    engine = ScriptedEngine([("Put this question", f'\n"{FAITHFUL}"\nThis asks for the same.')])
    assert reworded(engine, grown(), 0) == FAITHFUL
    asked = engine.requests[0].messages[-1].content
    assert asked.endswith("Keep word for word: Tarn | Dredging costs | 2019 | 2020")
    assert engine.requests[0].temperature > 0
    assert request_for(grown(), 0).messages != request_for(grown(), 1).messages, "another style"


@pytest.mark.slow
def test_rows_in_other_words_are_learned_with_the_family_of_their_wording(tmp_path: Path) -> None:
    wording = next(one for one in wordings() if not one.unseen and form_of(one) is not None and len(one.metrics) == 1)
    row = learned(FAITHFUL)
    assert isinstance(row, FilledQuestion)
    told = write_rows(tmp_path, each=1, reworded=Rewording([replace(row, wording=wording)], {"words lost": 2}))
    assert (told.reworded, told.dropped) == (1, {"words lost": 2})
    for task in ("question-roles", "question-marks"):
        last = read(load_task(task), tmp_path).rows[-1]
        assert last.group == f"wording {wording.number}"
    assert "the company change between 2019" in (tmp_path / "question-forms.jsonl").read_text("utf-8").splitlines()[-1]


def test_a_question_is_read_as_it_is_meant() -> None:
    assert meant_reader(grown()).roles == {"Dredging costs": "plus"}
    assert "time-growth" in meant_reader(grown()).marks
