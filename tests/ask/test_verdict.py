"""What a yes means, read off an expression that is above nothing."""

from __future__ import annotations

from decimal import Decimal

import pytest

from finfoundry.ask.reader.verdict import Verdict, check_words, holds_the_bar, unsigned, verdict_of
from finfoundry.core.errors import PlanError


@pytest.mark.parametrize(
    ("computed", "verdict"),
    [
        ("a1-b1", Verdict("a1 - b1", "positive", None)),
        ("0-(a1-a2)", Verdict("a1 - a2", "negative", None)),
        ("a1/b1-15/100", Verdict("a1 / b1", "more", Decimal("0.15"))),
        ("0-(a1/b1-15/100)", Verdict("a1 / b1", "less", Decimal("0.15"))),
        ("0-(a1-a2)/a2-10/100", Verdict("(a1 - a2) / a2", "less", Decimal("-0.1"))),
        ("0-(0-(a1-a2)/a2-10/100)", Verdict("(a1 - a2) / a2", "more", Decimal("-0.1"))),
    ],
)
def test_a_yes_is_held_against_nothing_or_a_number(computed: str, verdict: Verdict) -> None:
    assert verdict_of(computed, limited=verdict.limit is not None) == verdict


def test_the_one_of_a_compound_growth_is_no_bar() -> None:
    growth = "(a1 / a2) ** (1 / 2) - 1"
    assert verdict_of(f"{growth} - 20 / 100", limited=True) == Verdict(growth, "more", Decimal("0.2"))
    assert verdict_of(growth, limited=False) == Verdict(growth, "positive", None)


RISE = Verdict("(a1 - a2) / a2", "more", Decimal("0.1"))
LEVEL = Verdict("a1", "positive", None)


@pytest.mark.parametrize(
    ("verdict", "question"),
    [
        (RISE, "Did tolls drop more than 10% in 2015?"), (RISE, "Did tolls change by more than 10% in 2015?"),
        (RISE, "Did tolls not grow by more than 10%?"), (RISE, "Is it false that tolls grew by more than 10%?"),
        (RISE, "通行费降幅超过10%吗？"), (RISE, "通行费增长没超过10%，对吗？"),
        (LEVEL, "Was 2014 the year in which tolls peaked?"), (LEVEL, "Were tolls a record in 2014?"),
    ],
)  # fmt: skip
def test_words_that_speak_against_a_verdict_stop_it(verdict: Verdict, question: str) -> None:
    with pytest.raises(PlanError):
        check_words(verdict, question, level=verdict.limit is None, moves=verdict.limit is not None)


@pytest.mark.parametrize(
    ("verdict", "question"),
    [
        (RISE, "Did tolls grow by at least 10% in 2015?"), (RISE, "通行费增长是否不低于10%？"), (RISE, "通行费有没有增长10%以上"),
        (Verdict("(a1 - a2) / a2", "less", Decimal("-0.1")), "Did tolls fall by no more than 10%?"), (LEVEL, "Was net income positive?"),
    ],
)  # fmt: skip
def test_a_verdict_that_the_words_agree_with_stands(verdict: Verdict, question: str) -> None:
    check_words(verdict, question, level=verdict.limit is None, moves=verdict.limit is not None)


def test_at_least_is_met_by_just_that() -> None:
    assert holds_the_bar("at least 25%")
    assert holds_the_bar("不低于20%吗")
    assert not holds_the_bar("more than 25%")


def test_a_fall_is_told_without_the_nothing_that_it_is_taken_from() -> None:
    assert (unsigned("0-(a1-a2)"), unsigned("a1-a2")) == ("a1 - a2", "a1-a2")
