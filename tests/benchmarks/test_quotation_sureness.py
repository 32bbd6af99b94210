"""The measure of how sure quotations are: what it counts, and that weights fitted on planted signs find them."""

from __future__ import annotations

import random

from dialogues import Turn
from finfoundry.ask.context.question import Trace
from finfoundry.ask.retrieve.evidence_ranking import shipped
from quotation_sureness import KeptBack, Told, _of_rows, at_bar, curve, fitted, kept_back_by, measure


def rows(count: int = 200) -> list[Told]:
    """Answers that are right where ``worth`` is high, whatever else is told of them."""
    draw = random.Random(3)
    names = sorted(set(shipped("told")) - {"bias"})
    made = []
    for number in range(count):
        signs = {name: draw.gauss(0, 2) for name in names} | {"bias": 1.0}
        made.append(Told(number % 10, signs, signs["worth"] + draw.gauss(0, 0.5) > 0, number % 20 == 0))
    return made


def test_a_curve_counts_the_right_ones_before_so_many_are_wrong() -> None:
    signs = {"worth": 0.0}
    told = [Told(0, signs, right, of_nothing=False) for right in [True] * 3 + [False] * 5 + [True] * 2 + [False] * 5]
    line = curve("x", [1 - place / 20 for place in range(15)], told)
    assert (line["right at 5 wrong"], line["right at 10 wrong"]) == (3, 5)
    assert at_bar("x", [1.0] * 4 + [0.0] * 11, told, 0.5) | {"by": "x"} == {
        "by": "x", "bar": 0.5, "right": 3, "wrong": 1, "of these nothing answers": 0, "not told": 11,
    }  # fmt: skip


def test_weights_find_the_sign_that_tells() -> None:
    made = rows()
    weights = fitted(made, sorted(set(made[0].signs) - {"bias"}))
    assert weights["worth"] > 2 * max(abs(weight) for name, weight in weights.items() if name not in ("worth", "bias"))
    unseen = next(line for line in measure(made, fit=False) if line.get("by") == "signs, of papers unseen")
    assert int(str(unseen["right at 10 wrong"])) > 60


def test_what_is_kept_back_is_held_against_what_is_asked_for() -> None:
    turn = Turn("What did the pier cost?", [["num:41000000"]], "none")
    step = {"why": "it tells of another name", "text": "Repairs of the pier cost $41 million."}
    assert kept_back_by(turn, step) == KeptBack("it tells of another name", right=True, question=turn.question)
    assert not kept_back_by(turn, step | {"text": "Repairs of the pier cost $14 million."}).right


def test_rows_are_the_last_that_was_weighed() -> None:
    trace = Trace()
    trace.add("sureness", {"sure": 0.1})
    assert not _of_rows(trace)
    trace.add("sureness", {"sure": 0.6, "cells": 1.0})
    assert _of_rows(trace)
