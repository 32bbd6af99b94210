"""The plain tokeniser finds every run of digits, and nothing else."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finfoundry.knowledge.balance.digit_runs import as_raised, digit_runs, digits_of, has_digits


@pytest.mark.parametrize(
    ("text", "runs"),
    [
        ("7,412", ["7412"]),
        ("1,234.50 and (65)", ["123450", "65"]),
        ("１，２３４", ["1234"]),
        ("1'234'567", ["1234567"]),
        ("2,500⁹", ["2500", "9"]),
        ("310⁽ᵃ⁾", ["310"]),
        ("0.67 1", ["067", "1"]),
        ("750 Mar 2036", ["750", "2036"]),
        ("二〇二四年", ["2024"]),
        ("三百五十万元、十二", []),
        ("31.12.2024", ["31122024"]),
        ("no digits, only words.", []),
        ("5,", ["5"]),
    ],
)
def test_a_run_is_digits_with_what_groups_them(text: str, runs: list[str]) -> None:
    assert list(digits_of(text)) == runs
    assert [run.digits for run in digit_runs(text)] == runs
    assert has_digits(text) == bool(runs) or not runs


def test_raised_digits_are_runs_of_their_own() -> None:
    assert [run.raised for run in digit_runs("1,234" + as_raised("1"))] == [False, True]


@given(st.text(alphabet="0123456789,. ()$%⁹²年月abcé１２３-—\n", max_size=60))
def test_each_digit_is_in_exactly_one_run(text: str) -> None:
    runs = digit_runs(text)
    assert sum(len(run.digits) for run in runs) == sum(sign.isdigit() for sign in text)
    for run in runs:
        assert text[run.start : run.start + len(run.text)] == run.text
    assert all(one.start + len(one.text) <= other.start for one, other in pairwise(runs))
