"""A product's sales, costs and margin in one table, its sales of two years in another: which row is which, and what else its row says."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.ask.memory import MemorySearch, MemoryStore, document

from finfoundry.ask.asker import Agent
from finfoundry.core.answer import Answer
from finfoundry.core.principal import ADMINISTRATOR

COLUMNS = {"营业收入": "5837.92", "营业成本": "3282.24", "毛利率": "43.78"}


def asked(question: str) -> Answer:
    """Of a maker whose report prints one label in three tables: its sales under 营业收入, again with last year's, and its costs so."""
    store = MemoryStore()
    paper = document("maker", "衡川药业股份有限公司", 2019, ("衡川药业",), language="zh")
    for column, (heading, amount) in enumerate(COLUMNS.items(), 1):
        percent = heading == "毛利率"
        unit, scale = ("ratio", 1) if percent else ("CNY", 1_000_000)
        store.add(paper, None, "医药中间体", {2019: amount}, statement="segments", table=1, unit=unit, scale=scale)
        fact = replace(store.held[-1].fact, dimensions=(("column", heading),), row=7, column=column)
        store.held[-1] = replace(store.held[-1], fact=replace(fact, value=fact.value / 100, scale=fact.scale / 100) if percent else fact)
    for table, amounts in ((2, {2019: "5837.92", 2018: "4055.07"}), (3, {2019: "3282.24", 2018: "2728.42"})):
        store.add(paper, None, "医药中间体", amounts, statement=None, table=table, unit="CNY")
        for at in (-2, -1):
            period = store.held[at].fact.period
            store.held[at] = replace(
                store.held[at], fact=replace(store.held[at].fact, row=9, period=f"{period[:4]}-01-01/{period[:4]}-12-31")
            )
    store.add(paper, "Assets", "资产总计", {2019: "26400"}, table=4)
    return Agent(None, store, MemorySearch()).ask(ADMINISTRATOR, question)[0]


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("衡川药业2019年医药中间体卖了多少钱，同比涨了百分之几", ["43.97%", "58.38亿", "40.55亿"]),
        ("衡川药业2019年医药中间体收入同比增长多少", ["43.97%"]),
        ("衡川药业2019年医药中间体营业成本同比增长多少", ["20.30%"]),
        ("衡川药业2019年医药中间体收入比2018年多了还是少了，差额是多少", ["17.83亿"]),
        ("衡川药业2019年医药中间体的收入和毛利率", ["58.38亿", "43.78%"]),
        ("衡川药业2019年医药中间体的营业成本和毛利率", ["32.82亿", "43.78%"]),
    ],
)
def test_a_row_is_known_by_the_figure_that_another_table_prints_under_a_heading(question: str, said: list[str]) -> None:
    answer = asked(question)
    assert answer.status == "answered", answer.reason
    assert all(one in answer.text for one in said), answer.text
    assert "未回答" not in answer.text


def test_of_one_label_alone_neither_of_two_figures_is_told() -> None:
    answer = asked("衡川药业2019年医药中间体是多少")
    assert answer.status == "no_evidence"
