"""Growth as papers print it, beside the one computed from the printed amounts."""

from __future__ import annotations

import pytest
from tests.ask.memory import MemorySearch, MemoryStore, document
from tests.ask.test_segment_ranking import YEARS, table

from finfoundry.ask.asker import Agent
from finfoundry.core.principal import ADMINISTRATOR

PAPER = document("northwind-2020", "Northwind Traders Inc", 2020, ("Northwind",))
QUESTION = "What was Northwind's revenue growth in FY2020?"


def growth(header: str, rate: str, now: str = "94943") -> str:
    """The answer where the income statement holds two amounts, and another table one of them with a rate beside it."""
    store = MemoryStore()
    store.add(PAPER, "Revenues", "Sales", {2019: "93775", 2020: "94943"}, statement="income", table=1)
    period, before = YEARS
    table(store, 2, "Sales by region", {("Worldwide",): (now, "93775", rate)}, periods=(period, before, period), headers=("", "", header))
    return Agent(None, store, MemorySearch()).ask(ADMINISTRATOR, QUESTION)[0].text


@pytest.mark.parametrize("header", ["% Change", "Percent Increase (Decrease)", "Percent Change \u00b7 2020 vs. 2019"])
def test_the_printed_rate_goes_before_the_computed_one(header: str) -> None:
    assert "rose 1.3% in FY2020" in growth(header, "1.3%")


@pytest.mark.parametrize(
    ("header", "rate", "now"),
    [
        ("Percent Change \u00b7 Operations", "1.3%", "94943"),  # at constant currencies
        ("% Change", "6.1%", "94943"),  # of something else
        ("% Change", "1.3%", "90000"),  # beside another amount
        ("% Change", "1%", "94943"),  # says less
        ("Percent to Sales", "1.3%", "94943"),
    ],
)
def test_another_rate_does_not(header: str, rate: str, now: str) -> None:
    assert "rose 1.2% in FY2020" in growth(header, rate, now)


@pytest.mark.parametrize(("label", "said"), [("Comparable sales", "rose 15.6% in FY2020"), ("Renewal rate", "was 56.0% in FY2020")])
def test_a_percentage_that_is_itself_a_growth_is_told_as_it_is(label: str, said: str) -> None:
    """Comparable sales grew by the printed percentage; a ratio is a level, and its growth is computed."""
    store = MemoryStore()
    store.add(PAPER, None, label, {2020: "0.156", 2019: "0.10"}, statement=None, unit="ratio", scale=1)
    answer = Agent(None, store, MemorySearch()).ask(ADMINISTRATOR, f"What was Northwind's {label.lower()} growth in FY2020?")[0]
    assert said in answer.text


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("罗山农商银行2020年资本充足率比2019年提高了多少个百分点？", "资本充足率下降0.24个百分点"),
        ("罗山农商银行2020年资本充足率同比增长多少？", "资本充足率下降0.24个百分点"),
        ("罗山农商银行2020年资本充足率的增长率是多少？", "资本充足率增长率为-1.74%"),
    ],
)
def test_a_rate_moves_by_points_but_where_its_growth_is_named(question: str, said: str) -> None:
    """The line is of no known concept, in a table that is no statement: its printed label is found."""
    store = MemoryStore()
    bank = document("luoshan", "罗山农村商业银行股份有限公司", 2020, ("罗山农商银行",))
    store.add(bank, None, "资本充足率", {2019: "0.1376", 2020: "0.1352"}, statement=None, unit="ratio", scale=1)
    assert said in Agent(None, store, MemorySearch()).ask(ADMINISTRATOR, question)[0].text
