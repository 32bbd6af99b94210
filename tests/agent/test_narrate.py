"""A specialist's score in an answer: a changed digit is withheld."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finfoundry.agent.narrate import narrate, tell
from finfoundry.agent.score_fields import evidence_of
from finfoundry.core.answer import Language
from finfoundry.core.protocols import RecordedScore

OUTPUT = {
    "score": 514,
    "probability": 0.0823580517,
    "grade": 7,
    "base": 891.0,
    "rest": -41.0,
    "reasons": [{"column": "inq_last_6mths", "contribution": -114.0}, {"column": "credit_amount", "contribution": -92.0}],
}
SCORE = RecordedScore("german", "credit", "version", "record", "17", "", OUTPUT)
EVIDENCE = evidence_of(SCORE)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_true_score_is_told_and_bound(language: Language) -> None:
    answer = narrate(None, SCORE, language)
    assert answer.status == "answered"
    assert {figure.source for figure in answer.figures} == {"specialist"}
    assert [figure.reference.field for figure in answer.figures] == ["score", "probability", "grade"]
    assert answer.text.index("inq last") < answer.text.index("credit amount")


@given(st.integers(0, 2), st.integers(1, 9))
def test_one_changed_digit_is_withheld(place: int, step: int) -> None:
    digits = list("514")
    digits[place] = str((int(digits[place]) + step) % 10)
    answer = tell(f"The score is {''.join(digits)}.", EVIDENCE, "en")
    assert answer.status == "withheld"
    assert not any(character.isdigit() for character in answer.text)


def test_a_changed_probability_is_withheld() -> None:
    assert tell("The probability is 8.24%.", EVIDENCE, "en").status == "answered"
    assert tell("The probability is 8.34%.", EVIDENCE, "en").status == "withheld"
