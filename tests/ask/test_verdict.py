"""What a yes means, read off an expression that is above nothing."""

from __future__ import annotations

from decimal import Decimal

import pytest

from finfoundry.ask.reader.verdict import Verdict, unsigned, verdict_of


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
def test_26_3_a_yes_is_held_against_nothing_or_a_number(computed: str, verdict: Verdict) -> None:
    assert verdict_of(computed) == verdict


def test_26_3_a_fall_is_told_without_the_nothing_that_it_is_taken_from() -> None:
    assert (unsigned("0-(a1-a2)"), unsigned("a1-a2")) == ("a1 - a2", "a1-a2")
