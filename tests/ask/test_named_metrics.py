"""Of known metrics in words that nothing explains, what the base model's states find likeliest is told, and nothing where two are alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from finfoundry.ask import pipeline
from finfoundry.ask.asker import Agent
from finfoundry.ask.candidates.named_plans import plans_named
from finfoundry.ask.context import reading
from finfoundry.ask.kinds.likeliest import of_named_metrics
from finfoundry.ask.retrieve.pair_scoring import TOLD_HEAD
from finfoundry.core.answer import Answer
from finfoundry.core.errors import ModelError
from finfoundry.core.periods import CALENDAR_YEAR
from finfoundry.core.principal import ADMINISTRATOR
from finfoundry.governance.guards.guards import Guards, TaggedWith
from finfoundry.knowledge.datasets.columns import DatasetReading
from finfoundry.knowledge.datasets.dataset_queries import Tables
from finfoundry.knowledge.ingest.import_table import import_tables
from finfoundry.knowledge.ingest.ingest_files import IngestTarget
from finfoundry.knowledge.search.passages import Search
from finfoundry.knowledge.storage.store import Store
from finfoundry.runtime import audit
from finfoundry.runtime.database import Database
from finfoundry.runtime.keys import Master

ROWS = """股票代码,股票简称,年份,净利润,营业收入,营业成本,销售费用,管理费用,财务费用,流动资产合计,非流动资产合计
600001,甲源股份,2020,100,1000,600,30,50,-20,700,800
600002,乙川股份,2020,-50,2000,1900,40,60,10,900,100
600003,丙山股份,2020,300,900,300,20,30,5,300,200
600001,甲源股份,2019,50,500,300,20,40,-5,600,700
"""
UNEXPLAINED = "甲源股份2020年销售费用砸进去多少，管理费用又砸进去多少，老王要听"  # known metrics among words that no rule knows


class States:
    """Finds each text as likely to answer as the first of some words that it holds."""

    identity = "test"

    def __init__(self, likely: dict[str, float]) -> None:
        self.likely, self.read = likely, list[str]()

    def reads(self, head: str) -> bool:
        return head == TOLD_HEAD

    def scores(self, head: str, texts: Sequence[Sequence[str]]) -> NDArray[np.float32]:
        assert self.reads(head)
        self.read += [text for _, text in texts]
        return np.array([next((p for word, p in self.likely.items() if word in text), 0.01) for _, text in texts], np.float32)


@pytest.fixture
def agent(database: Database, tmp_path: Path) -> Agent:
    with database.owner() as connection:
        audit.install(connection, Master.open(tmp_path))
    store = Store(database)
    (tmp_path / "profit.csv").write_text(ROWS, encoding="utf-8")
    reading_of = DatasetReading(missing=("-1",), currency="CNY")
    import_tables(
        store,
        ADMINISTRATOR,
        [tmp_path / "profit.csv"],
        reading_of,
        IngestTarget("default", "general"),
        max_bytes=10**6,
        home=Path("/nowhere"),
    )
    return Agent(None, store, Search(database), tables=Tables(database))


def ask(agent: Agent, question: str, likely: dict[str, float]) -> Answer:
    return replace(agent, states=lambda: States(likely)).ask(ADMINISTRATOR, question)[0]


def planned(agent: Agent, question: str) -> list[str]:
    intent, subject = reading.understood(agent.begun(ADMINISTRATOR, question))
    assert subject.name is not None
    return [" | ".join(item.expression for item in plan.items) for plan in plans_named(intent, CALENDAR_YEAR)]


@pytest.mark.parametrize(
    ("question", "of_two"),
    [
        ("甲源股份2020年营业成本占营业收入的几成，麻烦掐指一算", "cost_of_revenue / revenue"),
        ("甲源股份2020年营业收入里头营业成本占百分之几呢，掐指一算", "cost_of_revenue / revenue"),
        ("甲源股份2020年每百元营业收入要搭进去几元营业成本", "cost_of_revenue / revenue"),
        ("甲源股份2020年营业成本除以营业收入是啥水平", "cost_of_revenue / revenue"),
        ("甲源股份2020年营业成本除以营业收入，净利润先放一边", "cost_of_revenue / revenue"),
    ],
)
def test_the_part_stands_over_its_whole(agent: Agent, question: str, of_two: str) -> None:
    assert of_two in planned(agent, question)
    assert not any(one == "revenue / cost_of_revenue" for one in planned(agent, question))


@pytest.mark.parametrize(
    "question",
    [
        "甲源股份2020年占营业收入的比重，营业成本是多少，掐指一算", "甲源股份2020年营业收入的百分之几是营业成本，掐指一算",
        "甲源股份2020年营业收入扣掉营业成本还剩几成，掐指一算", "甲源股份2020年营业收入有几成被营业成本占去",
    ],
)  # fmt: skip
def test_which_is_over_which_is_not_guessed(agent: Agent, question: str) -> None:
    assert not any("/ revenue" in one or "/ cost_of_revenue" in one for one in planned(agent, question))


def test_a_list_is_added_up_over_the_last_or_over_all(agent: Agent) -> None:
    over_last = planned(agent, "甲源股份2020年销售费用、管理费用加一块儿占营业收入几成，掐指一算")
    assert "(selling_expense + admin_expense) / revenue" in over_last
    over_all = planned(agent, "甲源股份2020年销售费用占销售费用、管理费用、营业成本之和的比重，掐指一算")
    assert [one for one in over_all if "/" in one and "prior" not in one] == [
        "selling_expense / (selling_expense + admin_expense + cost_of_revenue)"
    ]


@pytest.mark.parametrize(
    "question", ["甲源股份2020年海外业务的营业收入，掐指一算", "甲源股份2020年的心气儿如何", "甲源股份2020年华东地区营业收入多少呀"]
)
def test_nothing_is_planned_of_a_division_or_of_no_metric(agent: Agent, question: str) -> None:
    assert planned(agent, question) == []


def test_no_growth_is_planned_that_nobody_asks_for(agent: Agent) -> None:
    assert not any("prior" in one for one in planned(agent, "甲源股份2020年净利润，掐指一算"))
    assert any("prior" in one for one in planned(agent, "甲源股份2020年净利润比上年增了百分之几，掐指一算"))


def test_the_likeliest_is_told_with_its_cells(agent: Agent) -> None:
    answer = ask(agent, UNEXPLAINED, {"未回答": 0.05, "销售费用为30元": 0.9})
    assert answer.status == "answered"
    assert "销售费用为30元" in answer.text
    assert "管理费用为50元" in answer.text
    assert {figure.source for figure in answer.figures} == {"cell"}


@pytest.mark.parametrize("likely", [{"费用": 0.25}, {}])
def test_nothing_unlikely_is_told(agent: Agent, likely: dict[str, float]) -> None:
    assert ask(agent, UNEXPLAINED, likely).status == "no_evidence"


@pytest.mark.parametrize(("likely", "told"), [({"同比": 0.9, "净利润": 0.05}, True), ({"净利润": 0.9}, False)])
def test_nothing_is_told_where_two_are_about_as_likely(agent: Agent, likely: dict[str, float], *, told: bool) -> None:
    context = replace(agent, states=lambda: States(likely)).begun(ADMINISTRATOR, "甲源股份2019年、2020年净利润，老王要听个响")
    answer = of_named_metrics(context, *reading.understood(context))
    assert (answer is not None) == told


def test_what_the_guards_let_no_model_read_is_not_told_and_they_are_recorded(agent: Agent) -> None:
    def broken() -> TaggedWith | None:
        raise ModelError("the tagger is not whole", remedy="Install it again")

    states = States({"费用": 0.9})
    context = replace(agent, states=lambda: states, guards=Guards(broken, "computed")).begun(ADMINISTRATOR, UNEXPLAINED)
    assert of_named_metrics(context, *reading.understood(context)) is None
    assert states.read == []
    assert "guard" in [step.kind for step in context.trace.steps]


def test_without_states_nothing_is_told(agent: Agent) -> None:
    assert agent.ask(ADMINISTRATOR, UNEXPLAINED)[0].status == "no_evidence"


def test_a_cost_that_income_makes_negative_is_told_as_a_share(agent: Agent) -> None:
    assert "-2.00%" in ask(agent, "甲源股份2020年财务费用占营业收入的百分之几，老王要听", {"占": 0.9}).text


def test_metrics_that_share_a_word_are_added_up(agent: Agent) -> None:
    text = ask(agent, "甲源股份2020年三费（销售+管理+财务）加起来占营业收入的百分之几，老王要听", {"之和占": 0.9}).text
    assert "销售费用、管理费用与财务费用之和占营业收入的比例为6.00%" in text


def test_that_a_cost_was_spent_says_no_more_of_it(agent: Agent) -> None:
    assert "30元" in ask(agent, "甲源股份2020年在销售费用上共支出多少元，老王要听", {"销售费用": 0.9}).text


def test_nobody_has_to_say_of_what_a_metric_is_the_sum(agent: Agent) -> None:
    assert "1,500元" in ask(agent, "甲源股份2020年末总资产规模多大，老王要听", {"总资产": 0.9}).text


@pytest.mark.parametrize(("left_out", "told"), [(("管理费用",), True), (("老王要听",), False)])
def test_what_leaves_out_a_metric_that_is_named_gives_way_to_all_that_is(agent: Agent, left_out: tuple[str, ...], *, told: bool) -> None:
    context = replace(agent, states=lambda: States({"未回答": 0.05, "销售费用为30元": 0.9})).begun(ADMINISTRATOR, UNEXPLAINED)
    context.left_out = left_out
    answer = pipeline.all_named(context, *reading.understood(context), [])
    assert (answer is not None and "管理费用为50元" in answer.text) == told


def test_what_is_told_with_more_stands_against_nothing(agent: Agent) -> None:
    told = ask(agent, "甲源股份2020年的毛利与毛利率，老王要听个响", {"毛利率为40.00%": 0.9})
    assert "毛利为400元" in told.text


@pytest.mark.parametrize(("question", "status"), [("营业成本占比如何，即占营业收入的百分比", "answered"), ("净利润如何", "no_evidence")])
def test_a_share_of_records_is_asked_for_however_openly(agent: Agent, question: str, status: str) -> None:
    assert ask(agent, f"甲源股份2020年{question}，老王要听", {"占": 0.9, "净利润": 0.9}).status == status
