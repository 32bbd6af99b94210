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
    assert "was 1.3% in FY2020" in growth(header, "1.3%")


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
    assert "was 1.2% in FY2020" in growth(header, rate, now)


@pytest.mark.parametrize(("label", "said"), [("Comparable sales", "was 15.6% in FY2020"), ("Renewal rate", "was 56.0% in FY2020")])
def test_a_percentage_that_is_itself_a_growth_is_told_as_it_is(label: str, said: str) -> None:
    """Comparable sales grew by the printed percentage; a ratio is a level, and its growth is computed."""
    store = MemoryStore()
    store.add(PAPER, None, label, {2020: "0.156", 2019: "0.10"}, statement=None, unit="ratio", scale=1)
    answer = Agent(None, store, MemorySearch()).ask(ADMINISTRATOR, f"What was Northwind's {label.lower()} growth in FY2020?")[0]
    assert said in answer.text
