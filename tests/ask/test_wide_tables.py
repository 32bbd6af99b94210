"""Questions answered from wide tables, over a real database: rankings, counts, statistics, texts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from finfoundry.ask.asker import Agent
from finfoundry.ask.compose.answer_evidence import rebind
from finfoundry.ask.lexicon.entities import is_company
from finfoundry.ask.retrieve.pair_scoring import TOLD_HEAD
from finfoundry.core.answer import Answer
from finfoundry.core.principal import ADMINISTRATOR
from finfoundry.knowledge.datasets.columns import DatasetReading
from finfoundry.knowledge.datasets.dataset_queries import Tables
from finfoundry.knowledge.ingest.import_table import import_tables
from finfoundry.knowledge.ingest.ingest_files import IngestTarget
from finfoundry.knowledge.search.passages import Search
from finfoundry.knowledge.storage.store import Store
from finfoundry.runtime import audit
from finfoundry.runtime.audit import plain
from finfoundry.runtime.database import Database
from finfoundry.runtime.keys import Master

HOME = Path("/nowhere")
READING = DatasetReading(missing=("-1",), currency="CNY")
PROFIT = """股票代码,股票简称,年份,净利润,营业收入,营业成本,职工人数
600001,甲源股份,2020,100.5,1000,600,10
600002,乙川股份,2020,-50,2000,1900,20
600003,丙山股份,2020,300,900,300,30
600004,丁海股份,2020,-1,800,200,40
600001,甲源股份,2019,50,500,300,10
"""
INFO = """股票代码,股票简称,年份,注册地址,法定代表人,公司邮箱
600001,甲源股份,2020,上海市一路1号,张三,a1@x.cn
600002,乙川股份,2020,浙江省杭州市上海路2号,李四,b@x.cn
600003,丙山股份,2020,中国（上海）自由贸易试验区三路3号,王五,c@x.cn
600004,丁海股份,2020,江苏省苏州工业园区四路4号,孙七,d@x.cn
600001,甲源股份,2019,上海市一路1号,赵六,a1@x.cn
"""


@pytest.fixture
def agent(database: Database, tmp_path: Path) -> Agent:
    with database.owner() as connection:
        audit.install(connection, Master.open(tmp_path))
    store = Store(database)
    for name, text in (("profit.csv", PROFIT), ("info.csv", INFO)):
        (tmp_path / name).write_text(text, encoding="utf-8")
        import_tables(store, ADMINISTRATOR, [tmp_path / name], READING, IngestTarget("default", "general"), max_bytes=10**6, home=HOME)
    return Agent(None, store, Search(database), tables=Tables(database))


def ask(agent: Agent, question: str) -> Answer:
    return agent.ask(ADMINISTRATOR, question)[0]


def test_a_ranking_names_companies_in_order_with_rows_of_sql(agent: Agent) -> None:
    answer, trace = agent.ask(ADMINISTRATOR, "2020年净利润最高的前两家公司是哪些？")
    assert answer.text == "2020年按净利润从高到低依次为：丙山股份，净利润为300元；甲源股份，净利润为100.5元。"
    assert [(figure.source, figure.reference.row, figure.reference.column) for figure in answer.figures] == [
        ("sql", 1, "净利润"), ("sql", 2, "净利润")
    ]  # fmt: skip
    assert answer.figures[0].reference.query
    recorded = next(step.content for step in trace.steps if step.kind == "binding")
    assert rebind(plain(recorded))["text"] == answer.text


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("2020年净利润最低的公司是哪家？", "乙川股份的净利润为亏损50元"),
        ("2020年毛利率最高的公司是谁？", "丁海股份的毛利率为75.00%"),
        ("2020年注册地址在上海的公司中净利润最低的是哪家公司？", "甲源股份的净利润为100.5元"),
        ("2020年净利润为负的公司有多少家？", "共有公司1家"),
        ("2020年注册地址在上海的公司有几家？", "共有公司2家"),
        ("2020年注册地在苏州的公司有几家？", "共有公司1家"),
        ("2020年营业收入超过850元的公司的平均净利润是多少？", "平均值为116.83元"),
        ("2020年所有公司营业收入的总和是多少？", "总和为4,700元"),
        ("2020年净利润增长率最高的公司是哪家？", "甲源股份的净利润增长率为101.00%"),
        ("How many companies had net profit above 200 yuan in 2020?", ""),
    ],
)
def test_statistics_over_companies(agent: Agent, question: str, said: str) -> None:
    answer = ask(agent, question)
    assert answer.status == "answered" or not said, answer.reason
    assert said in answer.text


def test_texts_are_quoted_and_compared(agent: Agent) -> None:
    answer = ask(agent, "甲源股份2020年的法定代表人是谁？")
    assert answer.text == "甲源股份2020年的法定代表人为张三[1]。"
    assert answer.citations[0].locator == {"sheet": "info", "cell": "E2"}
    assert ask(agent, "甲源股份2020年的电子信箱是什么？").text.endswith("a1@x.cn[1]。")
    assert ask(agent, "与2019年相比，2020年甲源股份法定代表人是否相同？").text.startswith("各年不相同。")
    assert ask(agent, "2019-2020年甲源股份的注册地址是否发生变化？").text.startswith("没有变化。")
    assert ask(agent, "甲源股份2020年的外文名称是什么？").status == "no_evidence"
    assert ask(agent, "甲源股份2020年的法定代表人还是2019年的那位吗？").text.startswith("各年不相同。")
    assert ask(agent, "甲源股份2020年的法定代表人还是原来那位吗，有没有变？").text.startswith("有变化。")
    assert ask(agent, "甲源股份2020年的注册地址还是原来那个吗？").text.startswith("各年相同。")
    assert ask(agent, "乙川股份2020年的法定代表人有没有变？").status == "no_evidence"  # nothing tells of 2019
    assert ask(agent, "甲源股份2020年的上一年的法定代表人是谁？").text == "甲源股份2019年的法定代表人为赵六[1]。"
    assert ask(agent, "甲源股份2019年1-5月的法定代表人是谁？").text == "甲源股份2019年的法定代表人为赵六[1]。"
    assert ask(agent, "对比甲源股份2018-2020年的法定代表人是否变更").status == "no_evidence"  # nothing tells of 2018
    assert ask(agent, "甲源股份的法定代表人2020年较上一年还是那位吗？").text.startswith("各年不相同。")


class States:
    """Finds each text so ``likely`` to answer."""

    identity = "test"

    def __init__(self, likely: float) -> None:
        self.likely = likely

    def reads(self, head: str) -> bool:
        return head == TOLD_HEAD

    def scores(self, head: str, texts: Sequence[Sequence[str]]) -> NDArray[np.float32]:
        assert self.reads(head)
        return np.full(len(texts), self.likely, np.float32)


@pytest.mark.parametrize(("likely", "status"), [(0.15, "no_evidence"), (0.3, "answered")])
def test_a_text_that_hardly_answers_is_not_told(agent: Agent, likely: float, status: str) -> None:
    reading = replace(agent, states=lambda: States(likely))
    assert reading.ask(ADMINISTRATOR, "甲源股份2020年的公司邮箱由哪个部门打理？")[0].status == status


def test_words_that_no_rule_explains_are_read_where_states_tell_of_the_answer(agent: Agent) -> None:
    asked: list[bool] = []
    question, reading = "甲源股份2020年手里落下了多少真金白银？", replace(agent, concepts=lambda: asked.append(True))
    assert ask(reading, question).status == "no_evidence"
    assert not asked
    ask(replace(reading, states=lambda: States(0.9)), question)
    assert asked


def test_lookups_ratios_and_growth_come_from_cells(agent: Agent) -> None:
    assert "为1,000元" in ask(agent, "600001在2020年的营业收入是多少？").text
    assert "40.00%" in ask(agent, "甲源股份2020年的毛利率是多少？保留两位小数").text
    assert "101.00%" in ask(agent, "甲源股份2020年净利润增长率是多少？").text
    assert "10.05%（0.10）" in ask(agent, "甲源股份2020年的净利润与营业收入之比是多少？").text
    assert "之比为1.67" in ask(agent, "甲源股份2020年的营业收入是营业成本的几倍？").text
    assert "1,100.5元" in ask(agent, "甲源股份2020年的净利润与营业收入之和是多少元？").text
    assert ask(agent, "丁海股份2020年的净利润是多少？").status == "no_evidence"
    assert ask(agent, "甲源股份2018年的净利润是多少？").status == "no_evidence"


@pytest.mark.parametrize(
    ("question", "options"),
    [
        ("2020年的净利润是多少？", ["丙山股份", "乙川股份", "甲源股份"]),  # of 丁海股份 none is recorded
        ("2019年的营业收入是多少？", ["甲源股份"]),  # others are recorded later, and may tell of it elsewhere
        ("2031年的净利润是多少？", []),
    ],
)
def test_which_company_is_asked_only_of_those_that_records_hold_a_figure_of(agent: Agent, question: str, options: list[str]) -> None:
    answer = ask(agent, question)
    assert (answer.status, answer.options) == ("clarify" if options else "no_evidence", options)


def test_a_companys_mail_address_is_published_and_a_persons_is_not(agent: Agent) -> None:
    answer, trace = agent.ask(ADMINISTRATOR, "甲源股份2020年的公司邮箱是什么？")
    assert "a1@x.cn" in answer.text
    assert "a1@x.cn" in trace.published


@pytest.mark.parametrize(
    ("name", "company"),
    [
        ("甲源股份有限公司", True),
        ("甲源股份", True),
        ("Northwind Traders Inc.", True),
        ("张三", False),
        ("Jane Doe", False),
        ("Inc", False),
    ],
)
def test_a_company_is_told_by_its_legal_form(name: str, *, company: bool) -> None:
    assert is_company(name) is company


@pytest.mark.parametrize(
    ("above", "ranked", "looked_up", "limited"),
    [
        ("", "丙山股份的净利润为300。", "为1,000[1]", "净利润超过200的公司中，净利润的平均值为300"),
        ("单位：万元\n", "丙山股份的净利润为3,000,000元。", "为1,000.00万元[1]", "净利润超过200万元的公司中，净利润的平均值为3,000,000元"),
        ("（美元）\n", "丙山股份的净利润为300美元。", "为1,000美元[1]", ""),
    ],
)
def test_amounts_of_a_wide_table_have_the_unit_that_is_stated(
    database: Database, tmp_path: Path, above: str, ranked: str, looked_up: str, limited: str
) -> None:
    with database.owner() as connection:
        audit.install(connection, Master.open(tmp_path))
    store = Store(database)
    (tmp_path / "profit.csv").write_text(above + PROFIT, encoding="utf-8")
    place = IngestTarget("default", "general")
    import_tables(store, ADMINISTRATOR, [tmp_path / "profit.csv"], DatasetReading(missing=("-1",)), place, max_bytes=10**6, home=HOME)
    agent = Agent(None, store, Search(database), tables=Tables(database))
    assert ranked in ask(agent, "2020年净利润最高的公司是哪家？").text
    assert looked_up in ask(agent, "600001在2020年的营业收入是多少？").text
    condition = limited.partition("的公司")[0] or "净利润超过200"
    assert limited in ask(agent, f"2020年{condition}的公司的平均净利润是多少？").text
