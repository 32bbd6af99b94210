"""Plans that several planners make of a question are grouped by what they tell; what differs and weighs alike is asked back."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.ask.memory import MemorySearch, MemoryStore, document, statements
from tests.ask.test_learnt_plan import LEVEL, SetReader
from tests.ask.test_meant_line import Reads

from finfoundry.ask.asker import Agent
from finfoundry.ask.compute.operands import Operand
from finfoundry.ask.compute.results import Computed
from finfoundry.ask.compute.vote import Ballot, Voter, chosen, drawn_alike, drawn_apart, grouped
from finfoundry.ask.context.question import Conversation
from finfoundry.ask.kinds.planners import VOTERS
from finfoundry.ask.lexicon.spans import FiscalSpan
from finfoundry.ask.plan.expressions import PlannedExpression
from finfoundry.ask.plan.rules import Ask, Plan
from finfoundry.base.scripted import ScriptedEngine, ScriptedReply
from finfoundry.core.answer import Answer
from finfoundry.core.errors import ModelError
from finfoundry.core.principal import ADMINISTRATOR
from finfoundry.core.protocols import Completion, Request

PAPER = document("tarn-2024", "Tarn Harbours Inc", 2024, ("Tarn",))
GUESTS, ADVANCES = "Advances of guests for a berth", "Berth advances"
QUESTION = "How much money in berth advances sat unspent at Tarn in the lull at the end of 2024?"


def drawn(label: str) -> str:
    """A plan of the model that looks up one line."""
    metrics = [{"name": "a", "label": label, "year": 2024}]
    return json.dumps({"kind": "lookup", "metrics": metrics, "expression": "a", "show": "money"})


def ask(
    read: SetReader, likely: Mapping[str, float], engine: ScriptedEngine | None = None, said: Conversation | None = None
) -> tuple[Answer, Agent]:
    """The answer where the reader reads so and the lines are so likely."""
    store, search = MemoryStore(), MemorySearch()
    statements(store, PAPER, (2023, 2024))
    store.add(PAPER, None, GUESTS, {2023: "41", 2024: "57"}, statement=None, table=7, page=9)
    store.add(PAPER, None, ADVANCES, {2023: "12", 2024: "13"}, statement=None, table=7, page=9)
    search.add(PAPER, f"Receivables of the port\nUSD million | 2024 | 2023\n{GUESTS} | 57 | 41\n{ADVANCES} | 13 | 12", 9, "table")
    agent = Agent(engine, store, search, reader=lambda: read, figures=lambda: Reads(dict(likely)))
    return agent.ask(ADMINISTRATOR, QUESTION, conversation=said)[0], agent


class Doubting(SetReader):
    """Is as sure as ``sure`` that a level is asked for, else takes it for a growth."""

    def labels(self, head: str, texts: Sequence[Sequence[str]]) -> NDArray[np.float32]:
        told = super().labels(head, texts)
        told[:, self.labels_of(head).index("time-growth")] = 1 - self.sure
        return told


def reader(label: str, sure: float) -> Doubting:
    return Doubting({label: "plus"}, (*LEVEL[:-1], "show-money"), sure)


def test_two_planners_in_doubt_who_come_to_the_same_are_told() -> None:
    doubted, unlikely = reader("berth advances", 0.5), {ADVANCES: 0.2}
    assert ask(doubted, {})[0].status != "answered", "the reader alone is not sure enough"
    assert ask(reader("berth advances", 0.1), unlikely)[0].status != "answered", "nor is the line"
    answer, _ = ask(doubted, unlikely)
    assert answer.status == "answered"
    assert "$13 million" in answer.text


def test_a_reading_that_is_sure_outweighs_a_line_that_tells_otherwise_which_is_not_looked_for() -> None:
    answer, _ = ask(reader("berth advances", 0.97), {GUESTS: 0.9})
    assert "$13 million" in answer.text


@pytest.mark.parametrize("pick", ["2", "the second one", "berth advances for FY2024"])
def test_plans_that_weigh_alike_and_differ_are_asked_back_and_the_answer_picks_one(pick: str) -> None:
    said = Conversation()
    answer, agent = ask(reader("berth advances", 0.5), {GUESTS: 0.9}, said=said)
    assert answer.status == "clarify"
    assert answer.options == ["Advances of guests for a berth for FY2024", "berth advances for FY2024"]
    assert not any(digits in " ".join([answer.text, *answer.options]) for digits in ("57", "13"))
    assert "$13 million" in agent.ask(ADMINISTRATOR, pick, conversation=said)[0].text


def test_the_model_decides_between_plans_that_weigh_alike() -> None:
    answer, _ = ask(reader("berth advances", 0.5), {GUESTS: 0.9}, ScriptedEngine([("", drawn("Berth advances"))]))
    assert answer.status == "answered"
    assert "$13 million" in answer.text


OWN, OTHER = json.dumps({"reading": 1}), json.dumps({"reading": 2})


def test_a_level_says_nothing_for_how_it_moved() -> None:
    level, moved = ballot("line", "57"), ballot("reader", "41 57", asked="change", spans=(2023, 2024))
    assert len(grouped([level, moved])) == 2


def test_a_line_weighs_as_much_as_the_states_that_read_it_are_sure() -> None:
    line, doubted = ballot("line", "57"), ballot("reader", "13", alone=False)
    assert chosen(grouped([line, doubted])) is None
    read = replace(line, plan=replace(line.plan, sure=0.8))
    found = chosen(grouped([read, doubted]))
    assert found is not None
    assert found.ballots == (read,)


@pytest.mark.parametrize(
    ("told", "other_way_round", "status"),
    [(OTHER, OWN, "answered"), (OWN, OWN, "clarify"), ('{"reading": 0}', '{"reading": 0}', "clarify"), ("no JSON", "no JSON", "clarify")],
)
def test_a_model_whose_plan_decides_nothing_is_asked_which_reading_is_meant_in_either_order(
    told: str, other_way_round: str, status: str
) -> None:
    engine = ScriptedEngine([
        (r"1\. Advances of guests", told), (r"1\. berth advances", other_way_round), ("exact answer", ScriptedReply("Yes", likelihood=0.9)),
        ("", '{"kind": "open", "metrics": [], "expression": "", "show": "money"}'),
    ])  # fmt: skip
    answer, _ = ask(reader("berth advances", 0.5), {GUESTS: 0.9}, engine)
    assert answer.status == status
    assert ("$13 million" in answer.text) is (status == "answered")


class Gone(ScriptedEngine):
    """Says of a line whether it answers, and draws up no plan any more."""

    def chat(self, request: Request) -> Completion:
        if request.schema is not None:
            raise ModelError("its weights are gone")
        return super().chat(request)


def test_without_a_plan_of_the_model_what_the_others_tell_is_asked_back() -> None:
    engine = Gone([("exact answer", ScriptedReply("Yes", likelihood=0.9))])
    assert ask(reader("berth advances", 0.5), {GUESTS: 0.9}, engine)[0].status == "clarify"


def ballot(voter: Voter, value: str, *, alone: bool = True, asked: Ask = "value", spans: Sequence[int] = (2024,)) -> Ballot:
    """A plan that came to these values, one a year, separated by blanks."""
    store = MemoryStore()
    years = dict(zip(spans, value.split(), strict=True))
    store.add(PAPER, None, "Dues", years, statement=None, table=7)
    found = {int(one.fact.period[:4]): one for one in store.held}
    item = PlannedExpression("Dues", "dues", None)
    row = [
        Computed(item, FiscalSpan(year), found[year].fact.value, "USD", "dues", {"dues": Operand("dues", FiscalSpan(year), found[year])})
        for year in spans
    ]
    return Ballot(voter, Plan(asked, (item,), tuple(map(FiscalSpan, spans))), [row], alone)


@pytest.mark.parametrize(
    ("one", "other", "same", "why"),
    [
        (ballot("reader", "57"), ballot("line", "57.3"), True, "within the rounding of the coarser print"),
        (ballot("reader", "57"), ballot("line", "59"), False, "another figure"),
        (ballot("reader", "57"), ballot("line", "-57"), True, "prints differ in signs"),
        (
            ballot("reader", "16"),
            ballot("line", "41 57", asked="change", spans=(2023, 2024)),
            True,
            "a difference, and that the rise",
        ),
        (ballot("reader", "57"), ballot("line", "57", spans=(2023,)), False, "of another year"),
    ],
)
def test_plans_are_grouped_by_what_they_tell(one: Ballot, other: Ballot, same: bool, why: str) -> None:
    assert (len(grouped([one, other])) == 1) is same, why


def test_two_plans_of_one_planner_are_no_two_opinions() -> None:
    doubted = ballot("reader", "57", alone=False)
    assert chosen(grouped([doubted, doubted])) is None
    assert chosen(grouped([doubted, ballot("line", "57", alone=False)])) is not None


def test_two_planners_together_outweigh_a_surer_one() -> None:
    told = chosen(grouped([ballot("line", "57"), ballot("reader", "13", alone=False), ballot("model", "13")]))
    assert told is not None
    assert told.voters == {"reader", "model"}


def test_every_planner_has_a_weight() -> None:
    assert all(0 < ballot(voter, "57").weight < 1 for voter in VOTERS)
    assert all(0 < ballot(voter, "57", alone=False).weight < ballot(voter, "57").weight for voter in VOTERS)


def test_plans_drawn_from_one_model_are_told_alone_where_two_are_alike() -> None:
    drawn = [ballot("model", value, alone=False) for value in ("57", "13", "57.3")]
    told = chosen(grouped(drawn_alike(drawn)))
    assert told is not None
    assert {int(one.rows[0][0].value) for one in told.ballots} == {57_000_000, 57_300_000}
    apart = grouped(drawn_alike(drawn[:2]))
    assert chosen(apart) is None
    assert drawn_apart(apart)
    assert not drawn_apart(grouped([ballot("model", "57"), ballot("reader", "13")]))
