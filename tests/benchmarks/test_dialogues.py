"""Dialogues judged: what is right is found right, what is planted false is not."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from dialogues import CLOCK, Dialogue, Turn, dialogues, fails_alone, holds, line_by, line_of, means_of, plain, verdict
from finfoundry.core.answer import Answer, Status

SALES = Turn("and the year before?", [["num:51217000000"]], "year")
GROWTH = Turn("how much growth is that?", [["pct:-10.9", "pct:10.9", "pct:-10.95"]], "change")
BOTH = Turn("net income in both years", [["num:5700000000"], ["num:5070000000"]], "metric")
OPEN = Turn("What was revenue in 2023?", [["num:22055000000", "?"]], "ambiguous")
LIMIT = Turn("几个人在场", [["2名", "两名"]], "follow")


def told(text: str, status: Status = "answered") -> Answer:
    return Answer("1", status, "en", text)


@pytest.mark.parametrize(
    ("turn", "text"),
    [
        (SALES, "Sales were $51.217 billion in 2023."),
        (SALES, "Sales were $51,217 million."),
        (GROWTH, "Revenue fell 10.9% in Q2 2023."),
        (GROWTH, "Revenue decreased by 10.95%."),
        (BOTH, "Net income was $5,700 million in 2024. Net income was $5,070 million in 2023."),
        (OPEN, "Revenue was $22.055 billion in Q2."),
        (LIMIT, "應當有兩名以上業務人員在場。"),
        (Turn("How big was the net loss?", [["num:49472000"]], "first"), "The net loss was $49.472 million."),
        (Turn("比例", [["pct:18.63"]], "ratio"), "占比为18.63%。"),
        (Turn("count", [["num:377"]], "first"), "There were 377 stores."),
        (Turn("points", [["0.24"]], "change"), "下降0.24个百分点。"),
    ],
)
def test_right(turn: Turn, text: str) -> None:
    assert verdict(turn, told(text))[0] == "right"


@pytest.mark.parametrize(
    ("turn", "text"),
    [
        (SALES, "Sales were $51.362 billion in 2024."),  # another year's figure
        (SALES, "Sales were $51.217 million."),  # another scale
        (SALES, "Sales were $51.217 billion. Sales were $48.763 billion."),  # and one more beside it
        (SALES, "Sales were about $52 billion."),  # rounded wrongly
        (GROWTH, "Revenue fell 9.1%."),
        (GROWTH, "Revenue was $10.9 billion."),  # no percentage
        (BOTH, "Net income was $5,700 million in 2024."),  # one of two
        (OPEN, "Revenue was $24.766 billion."),
        (LIMIT, "应当有12名业务人员在场。"),
        (Turn("points", [["0.24"]], "change"), "下降10.24个百分点。"),
        (Turn("the operating result", [["num:49472000"]], "first"), "The operating loss was $49.472 million."),
        (Turn("share", [["pct:18.63"]], "ratio"), "占比为81.63%。"),
        (Turn("per share", [["num:2.42"]], "first"), "EPS was $2.54."),
    ],
)
def test_planted_false_answers_are_wrong(turn: Turn, text: str) -> None:
    assert verdict(turn, told(text))[0] == "wrong"


def test_a_question_back_is_right_only_where_the_turn_is_ambiguous() -> None:
    assert verdict(OPEN, told("Which quarter?", "clarify")) == ("right", "")
    assert verdict(SALES, told("Which year?", "clarify")) == ("not answered", "clarify")
    assert verdict(OPEN, told("None.", "no_evidence"))[0] == "not answered"


def test_where_nothing_answers_no_answer_is_right() -> None:
    unanswerable = Turn("How many members did the rewards app of Tarn have?", (), "none")
    assert verdict(unanswerable, told("None.", "no_evidence")) == ("right", "")
    assert verdict(unanswerable, told("Tarn had 5 members.")) == ("wrong", "nothing answers it")


def test_numbers_are_found_whole() -> None:
    assert holds("at most 3 cards", "3")
    assert not holds("at most 13 cards", "3")
    assert not holds("3.5 cards", "3")
    assert holds(plain("在 10 日內；⼀年"), "一年")  # a compatibility character


def test_lines_and_files(tmp_path: Path) -> None:
    row = {"id": "A", "part": "read", "lang": "en", "turns": [{"question": "q", "paper": "p", "must": [["num:1"]], "follow": "first"}]}
    (tmp_path / "d.jsonl").write_text(json.dumps(row) + "\n", encoding="utf-8")
    (found,) = dialogues(tmp_path / "d.jsonl")
    assert found == Dialogue("A", "read", "en", (Turn("q", [["num:1"]], "first"),))
    line = line_of("all", [["right", "right"], ["right", "wrong"], ["not answered", "right"]])
    assert (line["dialogues"], line["all right"], line["turns"], line["right"]) == (3, 1, 6, 4)
    causes = fails_alone([found], [["wrong", "right", "wrong"]], [["right", "right", "wrong"]])
    assert (causes["in full too"], causes["in the conversation alone"], causes["in full alone"]) == (1, 1, 0)


def test_each_means_has_its_verdicts_and_its_seconds() -> None:
    quoted, late = (replace(told("Sales were $51.217 billion."), timings={CLOCK: taken}) for taken in (1.0, 4.0))
    read, by_model = replace(late, model="small"), replace(late, model="small", written=True)
    means = [means_of(one) for one in (quoted, read, by_model, told("None.", "no_evidence"))]
    assert means == ["words quoted", "words quoted", "the model", "none"]
    line = line_by("words quoted", [("right", quoted), ("wrong", late)])
    assert (line["right"], line["wrong"], line["median s"], line["longest s"]) == (1, 1, 2.5, 4.0)
    assert "median s" not in line_by("the model", [])
