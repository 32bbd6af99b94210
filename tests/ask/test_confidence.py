"""An answer's confidence: signals of the answer alone, a threshold that follows from the accepted error."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from finfoundry.ask.compose.confidence import SIGNALS, Calibration, ConfidenceStep, calibration, signals, weighed
from finfoundry.core.answer import Answer, Citation, DocumentName, Figure, Reference
from finfoundry.core.errors import InputError

RATES = Path(__file__).parents[2] / "docs" / "rates.json"  # the runs over questions that nobody had read

CITED = Citation(1, DocumentName("d", "report.pdf"), 3, None, None, "Net income 120")
CELL = Figure("$120", "120", "USD", "2020-12-31", "cell", Reference(citation=1, text="120", metric="Net income"))
FACT = Answer("1", "answered", "en", "Net income was $120 [1].", [CITED], [CELL])
GIVEN = Calibration(
    {"facts": 2.0, "generated": -2.0},
    0.0,
    "a test",
    40,
    (ConfidenceStep(0.9, 0.4, 0.02), ConfidenceStep(0.6, 0.7, 0.05), ConfidenceStep(0.1, 1.0, 0.2)),
)


def test_signals_are_shares() -> None:
    """Each named, each from 0 to 1; a fact is told from what a model wrote."""
    found = signals(FACT, "What was net income?")
    assert set(found) == set(SIGNALS)
    assert all(0 <= value <= 1 for value in found.values())
    assert (found["facts"], found["generated"], found["agreement"]) == (1.0, 0.0, 0.5)
    written = replace(FACT, timings={"generate": 2.0}, tokens={"completion": 20})
    assert (signals(written, "")["facts"], signals(written, "")["generated"]) == (0.0, 1.0)


def test_operands_count_as_figures() -> None:
    """A ratio of two cells is a calculation over two."""
    ratio = Figure("0.5", "0.5", "ratio", None, "calculation", Reference(expression="a / b", operands={"a": CELL, "b": CELL}))
    found = signals(replace(FACT, figures=[ratio]), "x")
    assert (found["calculation"], found["facts"]) == (1.0, 1.0)
    assert found["operands"] == pytest.approx(2 / 6)


def test_the_threshold_follows_from_the_accepted_error() -> None:
    """The lowest one at which the error seen was within it; none at all where it never was."""
    assert GIVEN.threshold(0.05) == 0.6
    assert GIVEN.threshold(0.5) == 0.1
    assert GIVEN.threshold(0.01) > 1


def test_an_unsure_answer_is_withheld_without_its_figures() -> None:
    """In the user's language, with the reason; without a setting all answers are given."""
    written = replace(FACT, timings={"generate": 2.0}, written=True, language="zh")
    assert weighed(written, "x", GIVEN, None).confidence == pytest.approx(0.1192)
    held = weighed(written, "x", GIVEN, 0.05)
    assert (held.status, held.figures, held.citations) == ("withheld", [], [])
    assert not held.written
    assert "把握" in held.text
    assert "5.0%" in (held.reason or "")
    assert weighed(FACT, "x", GIVEN, 0.05).status == "answered"
    none = replace(FACT, status="no_evidence")
    assert weighed(none, "x", GIVEN, 0.05) is none


def test_the_shipped_calibration_is_whole(tmp_path: Path) -> None:
    """It names known signals; a broken file is refused."""
    shipped = calibration()
    assert set(shipped.weights) <= set(SIGNALS)
    assert 0 < shipped.confidence({}) < 1
    (tmp_path / "c.json").write_text(json.dumps({"weights": {}}))
    with pytest.raises(InputError, match="is no calibration"):
        calibration(tmp_path / "c.json")


def told_right() -> tuple[int, int]:
    """Right and wrong answers of the run that README shows; a question that nothing answers is right by having none."""
    groups = json.loads(RATES.read_text("utf-8"))["runs"][0]["groups"]
    return groups["all"]["right"] - groups["unanswerable"]["right"], groups["all"]["wrong"]


@pytest.mark.parametrize("signal", ["none", *SIGNALS])
def test_the_shipped_calibration_claims_no_more_than_was_right_on_questions_that_nobody_had_read(signal: str) -> None:
    right, wrong = told_right()
    assert calibration().confidence({signal: 1.0}) <= right / (right + wrong)


def test_the_shipped_calibration_promises_no_smaller_error_than_there_was() -> None:
    """An accepted error below it withholds all."""
    right, wrong = told_right()
    shipped = calibration()
    assert all(step.error >= wrong / (right + wrong) for step in shipped.steps)
    assert weighed(FACT, "x", shipped, 0.05).status == "withheld"
    assert weighed(FACT, "x", shipped, 0.3).status == "answered"
    assert weighed(FACT, "x", shipped, None).confidence == pytest.approx(shipped.threshold(0.3))
