"""Counts that only sentences tell: each of 88 papers of invented companies (``told_counts.jsonl``) is a paragraph with one question.

The papers and their questions are by another hand than the code.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from tests.ask.memory import MemorySearch, MemoryStore, document

from finfoundry.ask.asker import Agent
from finfoundry.core.principal import ADMINISTRATOR

CASES = [json.loads(line) for line in (Path(__file__).parent / "told_counts.jsonl").read_text(encoding="utf-8").splitlines()]
RIGHT, WRONG = 64, 0  # of the 88, 15 of which nothing answers: at least and at most (41 and 2 before other days and words were read)


def verdict(case: dict[str, Any]) -> str:
    """Whether the answer prints every number that is right, and none is given where there is none."""
    month, day = map(int, case["year_end"].split("-"))
    end = date(case["year"], month, day)
    start = date(case["year"] - 1, month, day) + timedelta(1)
    language = "en" if case["lang"] == "en" else "zh"
    paper = replace(document("paper", case["company"], case["year"], (case["short"],), language=language), period=f"{start}/{end}")
    search = MemorySearch()
    search.add(paper, case["paper"])
    answer, _ = Agent(None, MemoryStore([paper]), search).ask(ADMINISTRATOR, case["question"])
    if answer.status != "answered":
        return "not answered" if case["answer"] else "right"
    text = answer.text.replace(",", "")
    right = case["answer"] and all(re.search(rf"(?<!\d){number}(?!\d)", text) for number in case["answer"])
    return "right" if right else "wrong"


def test_counts_that_sentences_tell_are_told_and_no_others() -> None:
    found = Counter(map(verdict, CASES))
    assert found["right"] >= RIGHT, found
    assert found["wrong"] <= WRONG, found
