"""A plan as a model draws it up: carried out only where it holds."""

from __future__ import annotations

import json

import pytest

from finfoundry.ask.lexicon.entities import EntityNames
from finfoundry.ask.lexicon.metric_terms import vocabulary
from finfoundry.ask.plan.plan_model import read
from finfoundry.ask.plan.rules import Plan
from finfoundry.ask.understand.intent import understand
from finfoundry.core.errors import PlanError
from finfoundry.core.periods import CALENDAR_YEAR

QUESTION = "How much did the net sales of Quillon change in FY2023 against FY2022?"


def planned(question: str, text: str) -> Plan | None:
    return read(text, understand(question, EntityNames([("Quillon Inc", [])]), vocabulary()), CALENDAR_YEAR)


def drawn(expression: str, *labels: str, kind: str = "calculation") -> str:
    """A plan over lines named a, b, …, of 2023 and the years before."""
    metrics = [{"name": chr(97 + number), "label": label, "year": 2023 - number} for number, label in enumerate(labels)]
    return json.dumps({"kind": kind, "metrics": metrics, "expression": expression, "show": "percent"})


def test_a_plan_that_holds() -> None:
    """Names become metrics at their years."""
    plan = planned(QUESTION, drawn("(a - b) / b", "Net sales", "Net sales"))
    assert plan is not None
    assert plan.items[0].expression == "(revenue[2023] - revenue[2022]) / revenue[2022]"
    assert planned(QUESTION, drawn("a", "Net sales", kind="open")) is None


@pytest.mark.parametrize("expression", ["(a - b) / b - (a - b) / b", "a / a", "c - a", "1 + 1", "(a - b", "a - 'b'", "a * True", "a + 1j"])
def test_a_plan_that_does_not_hold(expression: str) -> None:
    """What cancels out, names nothing or something undeclared, has a constant that is no number, or is no arithmetic goes back."""
    with pytest.raises(PlanError):
        planned(QUESTION, drawn(expression, "Net sales", "Net sales"))


@pytest.mark.parametrize("year", [-1_000_000_000, 20242025, 202320242025])
def test_years_far_apart_that_a_question_does_not_name_are_no_plan(year: int) -> None:
    """A model may write any number for a year: a plan of so many years back is refused at once."""
    question = "How much did the net sales of Quillon change?"
    metrics = [{"name": "a", "label": "Net sales", "year": 0}, {"name": "b", "label": "Net sales", "year": year}]
    with pytest.raises(PlanError, match="years apart"):
        planned(question, json.dumps({"kind": "calculation", "metrics": metrics, "expression": "a - b", "show": "money"}))
    metrics[1]["year"] = -1
    near = planned(question, json.dumps({"kind": "calculation", "metrics": metrics, "expression": "a - b", "show": "money"}))
    assert near is not None
    assert near.items[0].expression == "revenue - prior(revenue)"


def test_what_the_question_leaves_out_must_be_in_the_plan() -> None:
    """Growth of sales is not growth without currency and acquisitions; with a line for them it may be."""
    without = "How much did the net sales of Quillon change in FY2023, if we exclude the impact of acquisitions?"
    assert planned(without, drawn("(a - b) / b", "Net sales", "Net sales")) is None
    assert planned(without, drawn("a - b", "Net sales", "Sales of acquisitions")) is not None
