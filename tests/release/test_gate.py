"""The gate on rows whose truth is known."""

from __future__ import annotations

import dataclasses
import math
import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.tiers import slow_but

from finfoundry.core.errors import InputError
from finfoundry.evals.measures import MEASURES
from finfoundry.evals.paired import items_to_see, lower_difference
from finfoundry.evals.rows import Row
from finfoundry.release.gate import Role, Trial, digest, judge, needed

CORRECT = MEASURES["correct"]


def row(number: int, right: bool, *, slip: bool = False) -> Row:
    verdict = "correct" if right else "wrong"
    return Row(f"t/{number}", "", f"t/{number}", "?", "gold", "text", "answered", verdict, float(right), slip=slip)


def rows(right: list[bool]) -> list[Row]:
    return [row(number, one) for number, one in enumerate(right)]


def flipped(right: list[bool], losses: int, gains: int) -> list[bool]:
    """Some right ones become wrong and some wrong ones right."""
    chance = random.Random(0)
    lost = set(chance.sample([place for place, one in enumerate(right) if one], losses))
    gained = set(chance.sample([place for place, one in enumerate(right) if not one], gains))
    return [place in gained or (one and place not in lost) for place, one in enumerate(right)]


BEFORE = [number % 4 != 0 for number in range(1000)]


def trial(after: list[bool], role: Role = "keep", margin: float = 0.02, before: list[bool] = BEFORE) -> Trial:
    return Trial("t", role, margin, CORRECT, rows(before), rows(after))


def test_the_same_answers_keep_but_do_not_improve() -> None:
    """The bound of no difference is what a thousand items could hide: above minus the margin, not above 0."""
    (found,) = judge([trial(BEFORE)]).findings
    assert found.passed
    assert -0.004 < found.lower < 0
    assert not judge([trial(BEFORE, margin=0.0)]).passed, "no number of items shows that nothing at all was lost"
    assert not judge([trial(BEFORE, "improve")]).passed


@pytest.mark.parametrize("role", ["keep", "safety"])
def test_too_few_items_are_refused_with_the_number_that_is_needed(role: Role) -> None:
    """Three items on which nothing was lost show nothing."""
    three = [True, True, False]
    (found,) = judge([trial(three, role, before=three)]).findings
    assert not found.passed
    assert found.why.startswith("too few items: 3 cannot show a loss of")
    number = items_to_see(found.margin)
    assert str(number) in found.why
    enough = [True] * number
    assert judge([trial(enough, role, before=enough)]).passed
    assert not judge([trial(enough[1:], role, before=enough[1:])]).passed


def test_a_measure_that_is_no_share_is_bounded_by_what_its_items_could_hide() -> None:
    graded = [dataclasses.replace(one, value=0.5) for one in rows([True] * 10)]
    (found,) = judge([Trial("t", "keep", 0.05, MEASURES["rouge_l"], graded, graded)]).findings
    assert not found.passed
    assert found.lower < -0.2


@pytest.mark.parametrize("loss", [0.02, 0.05, 0.10])
@pytest.mark.parametrize("n", slow_but([20, 60, 150], [20, 60, 150, 200, 300, 500]))
def test_a_true_loss_of_the_margin_passes_in_at_most_5_of_100_cases(loss: float, n: int) -> None:
    """Exactly, by the binomial, where the candidate only loses; three points of gains and losses beside it by 2,000 draws of a seed."""
    lost = [k for k in range(n + 1) if lower_difference(0, k, n) > -loss]
    assert sum(math.comb(n, k) * loss**k * (1 - loss) ** (n - k) for k in lost) <= 0.05
    drawn = np.random.default_rng(n).multinomial(n, [loss + 0.03, 0.03, 0.94 - loss], size=2000)
    bounds = {pair: lower_difference(pair[1], pair[0], n) for pair in {(int(a), int(b)) for a, b, _ in drawn}}
    passed = sum(bounds[int(a), int(b)] > -loss for a, b, _ in drawn)
    assert passed / 2000 <= 0.06, "one point above, for 2,000 draws"


def test_a_loss_past_the_margin_is_refused_and_told() -> None:
    verdict = judge([trial(flipped(BEFORE, 45, 5)), trial(BEFORE)])
    assert not verdict.passed
    assert [one.passed for one in verdict.findings] == [False, True]
    assert verdict.findings[0].difference == pytest.approx(-0.04)
    assert "margin is 0.02" in verdict.refusals[0]


def test_an_improvement_must_be_shown_not_only_measured() -> None:
    assert judge([trial(flipped(BEFORE, 5, 40), "improve")]).passed
    found = judge([trial(flipped(BEFORE, 20, 22), "improve")])
    assert found.findings[0].difference > 0
    assert not found.passed


def test_a_safety_suite_may_not_fall_by_one_item() -> None:
    """Its margin is not asked, nor is chance."""
    assert judge([trial(flipped(BEFORE, 20, 20), "safety", 0.5)]).passed
    assert not judge([trial(flipped(BEFORE, 2, 1), "safety", 0.5)]).passed


def test_a_measure_of_which_less_is_better() -> None:
    wrong = Trial("t", "keep", 0.02, MEASURES["wrong"], rows(BEFORE), rows(flipped(BEFORE, 50, 0)))
    (found,) = judge([wrong]).findings
    assert [found.serving, found.candidate] == pytest.approx([0.25, 0.30])
    assert found.difference == pytest.approx(-0.05)
    assert not found.passed


def test_answers_that_lost_their_form_are_refused_although_the_constraint_mended_them() -> None:
    """A wrong chat template: asked again under a constraint the labels are right, but the form is gone."""
    slipped = [row(number, one, slip=number < 100) for number, one in enumerate(BEFORE)]
    verdict = judge([Trial("t", "improve", 0.02, CORRECT, rows(BEFORE), slipped)])
    (form,) = [one for one in verdict.findings if one.measure == "form"]
    assert form.role == "keep"
    assert form.difference == pytest.approx(-0.1)
    assert not form.passed


def test_the_two_must_have_answered_the_same_items() -> None:
    with pytest.raises(InputError, match="answered 999 items"):
        judge([Trial("t", "keep", 0.02, CORRECT, rows(BEFORE), rows(BEFORE)[1:])])
    with pytest.raises(InputError, match="at least one suite"):
        judge([])
    with pytest.raises(InputError, match="answered 0 items"):
        judge([Trial("t", "keep", 0.02, CORRECT, [], [])])


def test_rows_in_another_order_are_the_same_rows() -> None:
    one, other = rows(BEFORE), rows(flipped(BEFORE, 3, 2))
    assert digest(one) == digest(one[::-1]) != digest(other)
    verdicts = [judge([Trial("t", "keep", 0.02, CORRECT, one, given)]) for given in (other, other[::-1])]
    assert verdicts[0] == verdicts[1]


def test_how_long_an_answer_took_is_no_part_of_the_evidence() -> None:
    one = rows(BEFORE)
    assert digest(one) == digest([dataclasses.replace(each, seconds=1.0) for each in one])


def test_needed_is_the_number_of_items_that_suffices() -> None:
    """For a share of 5 % of differing pairs: n = d (z95 + z99)^2 / margin^2, about 1,972."""
    n, discordant = 400, 0.05
    half_width = 1.6449 * (discordant / n) ** 0.5
    assert needed(half_width, n, 0.02) == pytest.approx(0.05 * (1.6449 + 2.3263) ** 2 / 0.02**2, rel=0.01)
    assert needed(0.0, n, 0.02) == items_to_see(0.02)
    assert needed(half_width, n, 0.0) is None


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 60), st.integers(0, 60), st.floats(0.0, 0.1))
def test_a_larger_margin_never_refuses_what_a_smaller_let_pass(losses: int, gains: int, margin: float) -> None:
    after = flipped(BEFORE, losses, gains)
    assert judge([trial(after, margin=margin)]).passed <= judge([trial(after, margin=margin + 0.01)]).passed
