"""Measures against the field's own libraries, intervals against their definitions, comparison of two runs."""

from __future__ import annotations

import math
import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest
from sklearn.metrics import f1_score
from sklearn.preprocessing import MultiLabelBinarizer

from finfoundry.core.errors import InputError
from finfoundry.evals.curve import curve, error_at
from finfoundry.evals.differences import difference
from finfoundry.evals.intervals import mcnemar, wilson
from finfoundry.evals.measures import MEASURES, rouge_l
from finfoundry.evals.rows import Row
from finfoundry.usecases.compare_runs import compare_rows

LABELS = ("a", "b", "c")


def row(name: str, *, right: bool = True, **changed: object) -> Row:
    made = Row(name, "", name, "q", "g", "t", "answered", "correct" if right else "wrong", float(right))
    for key, value in changed.items():
        setattr(made, key, value)
    return made


def labelled(pairs: list[tuple[list[str], list[str]]]) -> list[Row]:
    return [row(str(i), right=gold == found, gold_labels=gold, labels=found) for i, (gold, found) in enumerate(pairs)]


@given(st.lists(st.tuples(st.sampled_from(LABELS), st.sampled_from(LABELS)), min_size=1, max_size=40))
@settings(deadline=None, max_examples=40)
def test_macro_f1_is_that_of_scikit_learn(pairs: list[tuple[str, str]]) -> None:
    """Over labels that occur on either side."""
    counts = MEASURES["macro_f1"].counts(labelled([([gold], [found]) for gold, found in pairs]))
    ours = MEASURES["macro_f1"].value(counts.sum(axis=0))
    gold, found = zip(*pairs, strict=True)
    assert float(ours) == pytest.approx(f1_score(gold, found, average="macro", zero_division=0))


@given(st.lists(st.tuples(*[st.lists(st.sampled_from(LABELS), unique=True, min_size=1)] * 2), min_size=1, max_size=20))
@settings(deadline=None, max_examples=40)
def test_micro_f1_of_many_labels_is_that_of_scikit_learn(pairs: list[tuple[list[str], list[str]]]) -> None:
    """Sets of labels, pooled."""
    counts = MEASURES["micro_f1"].counts(labelled(pairs))
    binary = MultiLabelBinarizer(classes=LABELS)
    gold, found = (binary.fit_transform([pair[side] for pair in pairs]) for side in (0, 1))
    assert float(MEASURES["micro_f1"].value(counts.sum(axis=0))) == pytest.approx(f1_score(gold, found, average="micro"))


def test_entity_f1_counts_spans_with_their_type() -> None:
    """A right place with the wrong type is one missed and one invented; a doubled prediction counts once."""
    gold = [[0, 2, "ORG"], [5, 7, "PER"]]
    made = row("1", gold_labels=gold, labels=[[0, 2, "ORG"], [0, 2, "ORG"], [5, 7, "LOC"]])
    assert MEASURES["entity_f1"].counts([made]).tolist() == [[1, 2, 1]]


@given(st.integers(0, 60), st.integers(1, 60))
def test_wilson_is_scipys(hits: int, n: int) -> None:
    """Against the reference implementation."""
    hits = min(hits, n)
    ours = wilson(hits, n)
    theirs = binomtest(hits, n).proportion_ci(method="wilson")
    assert (ours.low, ours.high) == pytest.approx((theirs.low, theirs.high), abs=1e-9)


@given(st.integers(0, 40), st.integers(0, 40))
def test_mcnemar_is_the_exact_binomial_test(one: int, other: int) -> None:
    """Two-sided, of a fair coin."""
    if one + other:
        assert mcnemar(one, other) == pytest.approx(min(1.0, binomtest(min(one, other), one + other).pvalue))


def test_intervals_of_groups_are_wider() -> None:
    """Ten rows of one page are one page."""
    chance = random.Random(1)
    alone = [row(str(i), right=chance.random() < 0.5) for i in range(200)]
    together = [row(str(i), right=i // 20 % 2 == 0, group=str(i // 20)) for i in range(200)]
    one, other = (MEASURES["correct"].estimate(rows) for rows in (alone, together))
    assert (one.method, other.method) == ("wilson", "bootstrap")
    assert other.high - other.low > 2 * (one.high - one.low)
    assert one.low < 0.5 < one.high


def test_nothing_measured_is_no_number() -> None:
    """No rows give no value rather than a crash."""
    for measure in MEASURES.values():
        assert math.isnan(measure.estimate([]).value)


def test_confidence_that_tells_the_truth_has_no_calibration_error() -> None:
    """Ten answers at .85 with 85 in 100 right; and one set that boasts."""
    honest = [row(str(i), right=i < 85, confidence=0.85) for i in range(100)]
    boasting = [row(str(i), right=i < 50, confidence=0.95) for i in range(100)]
    assert MEASURES["ece"].estimate(honest).value == pytest.approx(0)
    assert MEASURES["ece"].estimate(boasting).value == pytest.approx(0.45)


def test_the_curve_answers_the_surest_first() -> None:
    """Equal confidences stand together, and what was not answered is never covered."""
    rows = [row("1", confidence=0.9), row("2", confidence=0.9, right=False), row("3", confidence=0.5), row("4")]
    rows[3].verdict = "no_evidence"
    points = curve(rows)
    assert [(point.coverage, point.error) for point in points] == [(0.5, 0.5), (0.75, pytest.approx(1 / 3))]
    assert error_at(points, 0.6) == points[1]
    assert error_at(points, 0.9) is None


@pytest.mark.parametrize(
    ("gold", "text", "characters", "value"),
    [("净利润增长", "净利润下降", True, 0.6), ("the cat sat", "the cat ran", False, 2 / 3), ("ＡＢ", "ab", True, 1.0), ("", "", True, 1.0)],
)
def test_rouge_l(gold: str, text: str, characters: bool, value: float) -> None:
    """By characters in Chinese, by words in English."""
    assert rouge_l(gold, text, characters=characters) == pytest.approx(value)


def test_two_runs_are_compared_in_pairs() -> None:
    """Gains, losses, flips; items of one run alone are left out and counted."""
    first = [row(str(i), right=i % 2 == 0) for i in range(40)] + [row("only")]
    second = [row(str(i), right=i % 2 == 0 or i < 20) for i in range(40)]
    found = compare_rows(first, second, (MEASURES["correct"],))
    assert (found.n, found.only_first, found.gained, found.lost) == (40, 1, 10, 0)
    assert found.p == pytest.approx(2 / 2**10)
    assert found.differences["correct"].difference == pytest.approx(0.25)
    assert 0 < found.differences["correct"].low < found.differences["correct"].lower < 0.25
    assert [flip.after for flip in found.flips] == ["correct"] * 10
    with pytest.raises(InputError, match="no item in common"):
        compare_rows(first[:1], second[1:2], (MEASURES["correct"],))


def test_labels_of_both_runs_share_their_columns() -> None:
    """A label that only one run says must not shift the other's counts."""
    first = labelled([(["a"], ["a"]), (["b"], ["b"])])
    second = labelled([(["a"], ["c"]), (["b"], ["b"])])
    found = difference(first, second, MEASURES["macro_f1"])
    assert found.first == pytest.approx(1.0)
    assert found.second == pytest.approx(1 / 3)


def test_a_bootstrap_is_the_same_again() -> None:
    """Seeded."""
    rows = [row(str(i), value=float(np.sin(i)) ** 2) for i in range(50)]
    assert MEASURES["mean"].estimate(rows) == MEASURES["mean"].estimate(rows)
