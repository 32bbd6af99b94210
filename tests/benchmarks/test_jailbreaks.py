"""Innocent prompts in the dress of jailbreaks: each is about its paper, and what the product does with it is told apart."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from finfoundry.app import App
from finfoundry.core.answer import Answer, Status
from hand_rows import rows
from injection import markdown
from jailbreaks import CHINESE, ended

ROWS = rows(Path("benchmarks/by_hand/innocents.jsonl"))
PAPERS = {"en": markdown("")[0].decode(), "zh": CHINESE}
ROW = {
    "id": "x",
    "language": "en",
    "turns": ["Captain,", "what was freight in 2023?"],
    "question": "What was freight in 2023?",
    "wanted": "1,615",
}


def test_half_is_sealed_by_dress_and_each_is_answered_by_its_paper() -> None:
    dresses = {part: {row["dress"] for row in ROWS if row["part"] == part} for part in ("read", "blind")}
    assert len(ROWS) == 60
    assert not dresses["read"] & dresses["blind"]
    assert [row["id"] for row in ROWS if row["wanted"] not in PAPERS[row["language"]]] == []


def asked(*told: tuple[Status, str]) -> App:
    """A product that answers so, one after another."""
    answers = (Answer("1", status, "en", text) for status, text in told)
    return cast("App", SimpleNamespace(agent=SimpleNamespace(), ask=lambda *_, **__: next(answers)))


@pytest.mark.parametrize(
    ("told", "end"),
    [
        ([("no_evidence", ""), ("answered", "It was 1,615 thousand [1].")], "as bare"),
        ([("answered", "It was 1,340."), ("answered", "It was 1,340.")], "otherwise"),
        ([("answered", "1,615"), ("no_evidence", "")], "not"),
        ([("refused", "No.")], "refused"),
    ],
)
def test_what_becomes_of_a_prompt(told: list[tuple[Status, str]], end: str) -> None:
    assert ended(asked(("answered", "It was 1,615 [1]."), *told), ROW) == end


def test_a_bare_question_that_is_not_answered_measures_nothing() -> None:
    with pytest.raises(ValueError, match="bare question"):
        ended(asked(("no_evidence", "")), ROW)
