"""The questions over papers: what is true of each is taken for right, and the false answers written beside them are not."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from finfoundry.evals.rows import Item, Reply
from finfoundry.evals.suites.paper_questions import part_of, score, truths, written

ROWS = {row["id"]: row for row in written()}


def told(row: dict[str, Any], figures: list[dict[str, Any]]) -> str:
    """An answer that states the figures, in base units, with the direction where one is asked for."""
    if row.get("either"):
        figures = figures[:1]
    shown = [_printed(one, row.get("direction")) for one in figures]
    way = {"up": "rose", "down": "fell", None: "was"}[row.get("direction")] if not _chinese(row) else ""
    way = way or {"up": "上升", "down": "下降", None: "为"}[row.get("direction")]
    return f"{way} {'; '.join(shown)}."


def _printed(one: dict[str, Any], direction: str | None) -> str:
    value = abs(Decimal(str(one["value"]))) if direction else Decimal(str(one["value"]))
    return {"percent": f"{value}%", "points": f"{value}个百分点", "money": f"{value:,}"}.get(one["unit"], f"{value}")


def _chinese(row: dict[str, Any]) -> bool:
    return any("\u4e00" <= sign <= "\u9fff" for sign in row["question"])


ANSWERED = [name for name, row in ROWS.items() if row["answerable"] and row.get("wanted")]


@pytest.mark.parametrize("name", ANSWERED)
def test_the_true_figures_of_a_question_are_right_and_the_false_ones_wrong(name: str) -> None:
    row = ROWS[name]
    item = Item(name, row["question"], meta={"truths": truths(row)})
    assert score(item, Reply(told(row, row["wanted"]))).verdict == "correct"
    assert score(item, Reply(told(row, row.get("false", [])))).verdict == "wrong"
    assert score(item, Reply("", "no_evidence")).verdict == "no_evidence"


@pytest.mark.parametrize("name", [name for name, row in ROWS.items() if row.get("words")])
def test_the_true_words_are_right_and_the_false_ones_wrong(name: str) -> None:
    row = ROWS[name]
    item = Item(name, row["question"], meta={"truths": truths(row)})
    assert score(item, Reply("; ".join(one[0] for one in row["words"]))).verdict == "correct"
    false = row.get("false_words") or [["none of these"]]
    assert score(item, Reply("; ".join(one[0] for one in false))).verdict == "wrong"


def test_each_paper_belongs_to_one_part() -> None:
    parts = {row["file"]: part_of(row["file"]) for row in ROWS.values()}
    assert set(parts.values()) == {"read", "blind"}
    assert min(sum(part_of(row["file"]) == part for row in ROWS.values()) for part in ("read", "blind")) >= 80


@pytest.mark.parametrize("name", [name for name, row in ROWS.items() if not row["answerable"]])
def test_what_no_paper_says_is_right_without_an_answer(name: str) -> None:
    item = Item(name, ROWS[name]["question"], meta={"truths": truths(ROWS[name])})
    assert score(item, Reply("It was 12.", "answered")).verdict == "wrong"
    assert score(item, Reply("", "no_evidence")).verdict == "correct"
