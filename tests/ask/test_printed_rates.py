"""How a line moved is told with the rate that the paper prints beside both amounts."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from tests.ask.memory import MemorySearch, MemoryStore, document

from finfoundry.ask.asker import Agent
from finfoundry.core.principal import ADMINISTRATOR

QUESTION = "How did Tarn Mills' marketing expenses change from 2023 to 2024?"


def told(heading: str, rate: str) -> str:
    """The answer over a row of two amounts and a rate of change in percent under a heading."""
    store, paper = MemoryStore(), document("tarn", "Tarn Mills Inc.", 2024, ("Tarn Mills",))
    store.add(paper, None, "Marketing expenses", {2024: "2082", 2023: "2427", 2022: rate}, statement=None, table=1)
    *amounts, last = [replace(one, fact=replace(one.fact, row=0)) for one in store.held]
    fact = replace(
        last.fact, value=Decimal(rate) / 100, unit="ratio", scale=Decimal("0.01"), precision=len(rate.partition(".")[2]),
        period=amounts[0].fact.period, dimensions=(("column", heading),), text=rate,
    )  # fmt: skip
    store.held = [*amounts, replace(last, fact=fact)]
    return Agent(None, store, MemorySearch()).ask(ADMINISTRATOR, QUESTION)[0].text


@pytest.mark.parametrize(("heading", "rate"), [("% Change", "-14"), ("Total Change", "-14.2"), ("Marketing · % Change", "-14")])
def test_a_printed_rate_that_says_the_same_is_told_with_its_own_digits(heading: str, rate: str) -> None:
    assert f"fell by $345 million ({rate[1:]}%)" in told(heading, rate)


@pytest.mark.parametrize(
    ("heading", "rate"),
    [
        ("% Change", "14"),  # the other way
        ("% Change", "-19"),  # of something else
        ("Change at constant currency", "-15"),  # near, and said to be another
        ("Margin", "-14"),  # no rate of change
    ],
)
def test_any_other_rate_leaves_the_computed_one(heading: str, rate: str) -> None:
    assert "fell by $345 million (14.2%)" in told(heading, rate)
