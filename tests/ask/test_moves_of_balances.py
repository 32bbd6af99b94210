"""How a balance moved over a part of a year, or against a year before: questions by another hand than the code, over a paper of both."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

from tests.ask.memory import MemorySearch, MemoryStore, document

from finfoundry.ask.asker import Agent
from finfoundry.core.principal import ADMINISTRATOR

ROWS = [json.loads(line) for line in Path(__file__).with_name("moves_of_balances.jsonl").read_text(encoding="utf-8").splitlines()]
PAPER = replace(document("holm-2021", "Holm Yards Inc", 2021, ("Holm",)), period="2021-01-01/2021-06-30")
TIMES = {2018: "2020-06-30", 2019: "2020-12-31", 2020: "2021-06-30"}  # of receivables, by the years with which they are added
FLOWS = {2018: "2020-01-01/2020-06-30", 2019: "2021-01-01/2021-06-30", 2020: "2020-01-01/2020-12-31"}
IN_MILLIONS = {"": 1.0, "million": 1.0, "万": 0.01, "萬": 0.01, "亿": 100.0, "億": 100.0}


def yards() -> MemoryStore:
    held = MemoryStore()
    held.add(PAPER, "AccountsReceivableNetCurrent", "Receivables", {2018: "40", 2019: "50", 2020: "60"})
    held.add(PAPER, "Revenues", "Revenue", {2018: "90", 2019: "120", 2020: "200"}, statement="income", table=1)
    for number, one in enumerate(held.held):
        times = TIMES if one.fact.statement == "balance" else FLOWS
        held.held[number] = replace(one, fact=replace(one.fact, period=times[int(one.fact.period[:4])]))
    return held


def told(row: dict[str, Any]) -> str:
    answer = Agent(None, yards(), MemorySearch()).ask(ADMINISTRATOR, row["question"])[0]
    if answer.status != "answered":
        return "none"
    shown = figures(re.sub(r"(?:19|20)\d\d年?|FY\d+|H\d|\[\d+\]", "", answer.text))
    assert not shown & {_said(one) for one in row["never"]}, (row["question"], answer.text)
    return "right" if shown & {_said(one) for one in row["tells"]} else "in part"


def figures(text: str) -> set[str]:
    """Amounts in millions, and percentages."""
    found = re.findall(r"(\d[\d,]*(?:\.\d+)?)\s*(%|million|万|萬|亿|億)?", text)
    return {_said(f"{number}%") if unit == "%" else f"{float(number.replace(',', '')) * IN_MILLIONS[unit]:g}" for number, unit in found}


def _said(figure: str) -> str:
    return f"{float(figure.rstrip('%')):.1f}%" if figure.endswith("%") else f"{float(figure):g}"


def test_nothing_is_told_of_another_base_than_the_one_that_is_asked_for() -> None:
    """Without a learnt reader; what is told in part says so."""
    found = Counter(map(told, ROWS))
    assert found["right"] >= 27
    assert found["in part"] <= 2
