"""Questions planned by the learnt planner: its plans are read, checked, carried out over facts, and answered where they agree."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from tests.ask.memory import MemorySearch
from tests.ask.plan_cases import harbour

from finfoundry.ask.asker import Agent
from finfoundry.ask.lexicon.entities import EntityNames
from finfoundry.ask.lexicon.metric_terms import vocabulary
from finfoundry.ask.plan.rules import Plan
from finfoundry.ask.planner.learnt_plan import Planner, agreed, read_plan
from finfoundry.ask.planner.written_plan import WrittenPlan, masked, read_written
from finfoundry.ask.understand.intent import understand
from finfoundry.base.scripted import ScriptedEngine
from finfoundry.core.answer import Answer
from finfoundry.core.errors import PlanError
from finfoundry.core.periods import CALENDAR_YEAR
from finfoundry.core.principal import ADMINISTRATOR

SHARE = "Taking Tarn's Ferry ticket sales for 2020 on the one hand, what part of them would Dredging costs eat up, in percent?"
SHARE_PLAN = WrittenPlan(("Ferry ticket sales", "Dredging costs"), (2020,), ("b1/a1",), "percent").text
OTHER_PLAN = WrittenPlan(("Ferry ticket sales", "Dredging costs"), (2020,), ("a1/b1",), "percent").text


def asked(question: str, plans: Sequence[str]) -> tuple[Answer, ScriptedEngine]:
    """The answer where the planner writes these plans, one after another."""
    engine = ScriptedEngine([("", list(plans))])
    agent = Agent(None, harbour(), MemorySearch(), planner=Planner(engine))
    return agent.ask(ADMINISTRATOR, question)[0], engine


def read(question: str, written: WrittenPlan) -> Plan | None:
    return read_plan(written.text, understand(question, EntityNames([("Tarn Harbours Inc", ["Tarn"])]), vocabulary()), CALENDAR_YEAR)


def test_26_3_a_question_that_no_rule_explains_is_answered_by_the_planner() -> None:
    without = Agent(None, harbour(), MemorySearch()).ask(ADMINISTRATOR, SHARE)[0]
    assert without.status == "no_evidence"
    answer, engine = asked(SHARE, [SHARE_PLAN])
    assert answer.status == "answered"
    assert "83.3" in answer.text
    assert len(engine.requests) == 3
    assert "the company's Ferry ticket sales" in engine.requests[0].messages[0].content  # of whom it asks is nothing to the planner


def test_26_3_plans_that_differ_are_not_answered() -> None:
    """With two against one the two decide; three that differ decide nothing."""
    assert asked(SHARE, [SHARE_PLAN, OTHER_PLAN, SHARE_PLAN])[0].status == "answered"
    level = WrittenPlan(("Dredging costs",), (2020,), ("a1",), "money").text
    assert asked(SHARE, [SHARE_PLAN, OTHER_PLAN, level])[0].status == "no_evidence"


def test_26_3_a_rule_goes_first_and_an_open_question_is_not_planned() -> None:
    answer, engine = asked("What were Tarn's ferry ticket sales in 2020?", [SHARE_PLAN])
    assert answer.status == "answered"
    assert not engine.requests
    assert not asked("Why did Tarn's ferry ticket sales fall in 2020?", [SHARE_PLAN])[1].requests


@pytest.mark.parametrize(
    ("values", "place"),
    [
        ((1, 1, None), 0), ((None, 2, 2), 1), ((1, 2, 2), 1), ((1, None, None), 0), ((None, 1, None), None), ((1, 2, None), None),
        ((1, 2, 3), None), ((None, None, None), None), ((), None),
    ],
)  # fmt: skip
def test_26_3_what_plans_agree_on(values: Sequence[int | None], place: int | None) -> None:
    assert agreed(values) == place


def test_26_3_several_years_and_several_things() -> None:
    """One item by its years; two by one year; a growth by its latest year; of the latest years as many as are asked for."""
    plan = read(
        "Tarn: Pilotage fees 2018, 2019, 2020, as a row please",
        WrittenPlan(("Pilotage fees",), (2020, 2019, 2018), ("a3", "a2", "a1"), "money"),
    )
    assert plan is not None
    assert [span.year for span in plan.spans] == [2018, 2019, 2020]
    assert [item.expression for item in plan.items] == ["label_pilotage_fee"]
    plan = read("Tarn's Pilotage fees & Deckhands, 2020?", WrittenPlan(("Pilotage fees", "Deckhands"), (2020,), ("a1", "b1"), "money"))
    assert plan is not None
    assert len(plan.items) == 2
    plan = read("Tarn Pilotage fees up by what, 2020?", WrittenPlan(("Pilotage fees",), (2020, 2019), ("(a1-a2)/a2",), "percent"))
    assert plan is not None
    assert plan.items[0].expression == "(label_pilotage_fee - prior(label_pilotage_fee)) / prior(label_pilotage_fee)"
    plan = read("Tarn Pilotage fees, latest and the one before", WrittenPlan(("Pilotage fees",), (0, -1), ("a1", "a2"), "money"))
    assert plan is not None
    assert (plan.spans, plan.recent) == ((), 2)


@pytest.mark.parametrize(
    "written",
    [
        WrittenPlan(("Dredging costs",), (2020,), ("a1",), "money"),  # not copied from the question
        WrittenPlan(("Pilotage fees",), (2015,), ("a1",), "money"),  # a year that it does not name
        WrittenPlan(("Pilotage fees",), (0,), ("a1",), "money"),  # the latest, where it names one
        WrittenPlan(("Pilotage fees",), (2020,), ("a1/a1",), "ratio"),  # comes to one whatever the figures are
        WrittenPlan(("Pilotage fees",), (2020,), ("a1*7",), "money"),  # a number out of nowhere
        WrittenPlan(("Pilotage fees",), (2020,), ("b1",), "money"),  # no such metric
        WrittenPlan(("Pilotage fees", "Deckhands"), (2020, 2019), ("a1", "b2"), "money"),  # each in another year
    ],
)
def test_26_3_a_plan_that_does_not_hold_is_none(written: WrittenPlan) -> None:
    with pytest.raises(PlanError):
        read(
            "Tarn's Pilotage fees and Deckhands of 2020 against 2019?" if "Deckhands" in written.text else "Tarn's Pilotage fees of 2020?",
            written,
        )


@pytest.mark.parametrize("text", ["", "{}", '{"metrics":["x"],"years":[2020],"compute":["a1+"],"show":"money"}', "[1]"])
def test_26_3_what_is_no_plan_is_refused(text: str) -> None:
    with pytest.raises(PlanError):
        read_plan(text, understand("Tarn's x of 2020?", EntityNames([]), vocabulary()), CALENDAR_YEAR)


def test_26_3_years_of_the_republic_are_read() -> None:
    """As many years after 1911, as the question writes them."""
    plan = read("Tarn民國109年度的引航員是多少？", WrittenPlan(("引航員",), (109,), ("a1",), "money"))
    assert plan is not None
    assert plan.spans[0].year == 2020


def test_26_3_names_are_masked() -> None:
    question = "Did Tarn's fees beat Tarn Harbours' fees?"
    assert masked(question, [(4, 8), (21, 34)], "en") == "Did the company's fees beat the company' fees?"
    assert masked("禾研港务2020年收入", [(0, 4), (0, 4)], "zh") == "该公司2020年收入"
    written = WrittenPlan(("净利润",), (2020,), ("a1",), "money")
    assert read_written(written.text) == written


def test_26_3_the_planner_knows_a_growth_by_words_that_rules_do_not() -> None:
    """The result of a plan of its own is held against what the question is said to ask only where words say it."""
    question = "How many percent above or below 2019 did the Dredging costs of Tarn come out in 2020?"
    plan = WrittenPlan(("Dredging costs",), (2020, 2019), ("(a1-a2)/a2",), "percent").text
    answer = asked(question, [plan])[0]
    assert answer.status == "answered"
    assert "9.4%" in answer.text


def test_26_3_a_named_ratio_is_set_against_what_it_is_of() -> None:
    """An EBITDA margin is one of revenue: a plan without revenue is not carried out, whatever EBITDA is said to be."""
    question = "What was the EBITDA margin of Tarn for 2020? EBITDA here is operating income with Dredging costs added back."
    plan = WrittenPlan(("operating income", "Dredging costs"), (2020,), ("a1/(a1+b1)",), "percent").text
    assert asked(question, [plan])[0].status == "no_evidence"
