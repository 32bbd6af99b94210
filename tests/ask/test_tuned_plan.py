"""A tuned planner beside the base model: several plans are drawn, what two tell alike is told, what differs is picked or asked back."""

from __future__ import annotations

import json

import pytest
from tests.ask.memory import MemorySearch, MemoryStore, document, statements

from finfoundry.ask.asker import Agent
from finfoundry.ask.context.question import Trace
from finfoundry.ask.reader.tuned_plan import DRAWS, PLANNER, PlannerSource
from finfoundry.base.scripted import ScriptedEngine
from finfoundry.core.answer import Answer
from finfoundry.core.errors import ModelError
from finfoundry.core.principal import ADMINISTRATOR
from finfoundry.core.protocols import Request

PAPER = document("tarn-2024", "Tarn Harbours Inc", 2024, ("Tarn",))
ADVANCES = "Berth advances"
QUESTION = "How much money in berth advances sat unspent at Tarn in the lull at the end of 2024?"
ASKED = r"^How much money in berth advances sat unspent at the company"
OPEN = '{"kind": "open", "metrics": [], "expression": "", "show": "money"}'


def drawn(expression: str) -> str:
    """A plan over the line of 2024 (a) and of the year before (b)."""
    metrics = [{"name": name, "label": ADVANCES, "year": year} for name, year in (("a", 2024), ("b", 2023)) if name in expression]
    return json.dumps({"kind": "calculation", "metrics": metrics, "expression": expression, "show": "money"})


LEVEL, MEAN = drawn("a"), drawn("(a+b)/2")


def ask(plans: list[str], picks: str = "none", planner: PlannerSource = lambda: PLANNER) -> tuple[Answer, Trace, list[Request]]:
    """The answer where the planner draws these plans one after another and the base picks so; with what the planner was asked."""
    store, search = MemoryStore(), MemorySearch()
    statements(store, PAPER, (2023, 2024))
    store.add(PAPER, None, ADVANCES, {2023: "3", 2024: "13"}, statement=None, table=7, page=9)
    search.add(PAPER, f"Receivables of the port\nUSD million | 2024 | 2023\n{ADVANCES} | 13 | 3", 9, "table")
    picked, other_way_round = (json.dumps({"reading": number}) for number in {"first": (1, 2), "place": (1, 1)}.get(picks, (0, 0)))
    script = [(ASKED, plans), (r"1\. berth advances", picked), (r"1\. average berth", other_way_round), ("", OPEN)]
    engine = ScriptedEngine(script, adapters=[PLANNER])
    answer, trace = Agent(engine, store, search, planner=planner).ask(ADMINISTRATOR, QUESTION)
    return answer, trace, [one for one in engine.requests if one.adapter == PLANNER]


def test_27_plans_that_tell_alike_are_told_and_no_third_is_drawn() -> None:
    answer, _, asked = ask([LEVEL])
    assert answer.status == "answered"
    assert "$13 million" in answer.text
    assert [(one.temperature, one.seed) for one in asked] == list(DRAWS[:2])
    (message,) = asked[0].messages
    question, *lines = message.content.splitlines()
    assert "Tarn" not in question
    assert "- Berth advances" in lines


def test_27_what_two_of_three_plans_tell_is_told() -> None:
    answer, _, asked = ask([LEVEL, MEAN, LEVEL])
    assert "$13 million" in answer.text
    assert len(asked) == len(DRAWS)
    answer, _, _ = ask(["no JSON", MEAN, MEAN])
    assert "$8 million" in answer.text


@pytest.mark.parametrize(("picks", "status"), [("first", "answered"), ("place", "clarify"), ("none", "clarify")])
def test_27_plans_that_differ_are_picked_from_once_or_asked_back(picks: str, status: str) -> None:
    """A base that goes by the place of a reading picks none."""
    answer, _, _ = ask([LEVEL, MEAN, "no JSON"], picks)
    assert answer.status == status
    if status == "answered":
        assert "$13 million" in answer.text
    else:
        assert answer.options == ["berth advances for FY2024", "average berth advances for FY2024"]


def test_27_a_plan_that_was_drawn_once_is_not_told() -> None:
    answer, _, _ = ask([LEVEL, "no JSON", "no JSON"])
    assert answer.status not in ("answered", "clarify")


def nowhere() -> str | None:
    raise ModelError("the planner is not loaded")


@pytest.mark.parametrize("planner", [None, lambda: None, nowhere])
def test_27_without_a_planner_the_base_plans_as_ever(planner: PlannerSource | None) -> None:
    """Also where it is not there, which the trace says."""
    store = MemoryStore()
    statements(store, PAPER, (2023, 2024))
    store.add(PAPER, None, ADVANCES, {2023: "12", 2024: "13"}, statement=None, table=7, page=9)
    engine = ScriptedEngine([("You turn a question", LEVEL), ("", OPEN)], adapters=[PLANNER])
    answer, trace = Agent(engine, store, MemorySearch(), planner=planner).ask(ADMINISTRATOR, QUESTION)
    assert "$13 million" in answer.text
    assert {one.adapter for one in engine.requests} == {None}
    assert ("the planner is not loaded" in [step.content for step in trace.steps]) is (planner is nowhere)
