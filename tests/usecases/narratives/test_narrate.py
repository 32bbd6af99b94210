"""A specialist's score in an answer: a changed digit is withheld."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finfoundry.ask.compose.answer_evidence import rebind
from finfoundry.ask.scores.score_fields import evidence_of
from finfoundry.core.answer import Language
from finfoundry.core.protocols import RecordedScore
from finfoundry.runtime.audit import plain
from finfoundry.usecases.narratives.narrate import Pattern, narrate, tell

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
    answer = narrate(SCORE, language).answer
    assert answer.status == "answered"
    assert {figure.source for figure in answer.figures} == {"specialist"}
    assert [figure.reference.field for figure in answer.figures] == ["score", "probability", "grade"]
    assert answer.text.index("inq last") < answer.text.index("credit amount")


@given(st.integers(0, 2), st.integers(1, 9))
def test_one_changed_digit_is_withheld(place: int, step: int) -> None:
    digits = list("514")
    digits[place] = str((int(digits[place]) + step) % 10)
    answer = tell([(f"The score is {''.join(digits)}.", [EVIDENCE])], "en").answer
    assert answer.status == "withheld"
    assert not any(character.isdigit() for character in answer.text)


def test_a_changed_probability_is_withheld() -> None:
    assert tell([("The probability is 8.24%.", [EVIDENCE])], "en").answer.status == "answered"
    assert tell([("The probability is 8.34%.", [EVIDENCE])], "en").answer.status == "withheld"


PATTERN = Pattern(
    "fan-in",
    "77",
    {"transfers": Decimal(6), "accounts": Decimal(7), "sum moved": Decimal("12345.67"), "largest transfer": Decimal("2100.50")},
)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_report_of_a_pattern_is_bound_and_binds_again(language: Language) -> None:
    told = narrate(SCORE, language, "investigator", pattern=PATTERN)
    assert told.answer.status == "answered", told.answer.reason
    fields = [figure.reference.field for figure in told.answer.figures]
    assert {"transfers", "accounts", "sum moved", "largest transfer", "contribution of credit_amount"} <= set(fields)
    assert "77" in told.answer.text
    assert rebind(plain(told.binding))["text"] == told.answer.text


def test_each_weight_is_bound_to_its_own_reason() -> None:
    told = narrate(SCORE, "en", "validator").answer
    assert "Effect of inq last 6mths on the score: -114." in told.text
    assert {"contribution of inq_last_6mths", "contribution of credit_amount"} <= {str(figure.reference.field) for figure in told.figures}


def test_like_names_of_inputs_do_not_hinder() -> None:
    reasons = [{"column": f"in partners: {how} amount min max", "contribution": value} for how, value in (("out", 0.7182818), ("in", 0.31))]
    output = {"score": -1.5, "probability": 0.2, "grade": 8, "base": -3.0, "rest": 0.4717182, "reasons": reasons}
    for language in ("en", "zh"):
        told = narrate(RecordedScore("watch", "aml", "v", "record", "17", "", output), language, "investigator", pattern=PATTERN).answer
        assert told.status == "answered", told.reason


def test_a_forecast_of_market_risk_is_told() -> None:
    both = {"var": 0.0352, "es": 0.0517}
    output = {"volatility": 0.0123, "forecasts": {"historical": {"var": 0.03, "es": 0.04}, "filtered_historical": both}}
    told = narrate(RecordedScore("stocks", "market-risk", "v", "record", "ACME", "", output), "zh").answer
    assert [figure.value for figure in told.figures] == ["0.0123", "0.0352", "0.0517"], told.reason
