"""The golden master: a slice of it holds on this code; what differs is told apart; what models tell is asked for once."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.ask.memory import MemorySearch, MemoryStore

from finfoundry.ask.asker import Agent
from parity.bank import MEMORY, STORES, Question, read, write
from parity.compare import compare, kinds, verdict
from parity.doors import KeptPairs, Scores, Watch
from parity.harvest import kept, note
from parity.record import Answerer, Row, asked_here, record, rows_of, undated
from parity.suites import SLICE, small_bank, write_stores

GOLDEN = Path(__file__).parent / "golden.jsonl"
SALES = "What were Tarn's total assets in 2020?"


@pytest.fixture(scope="module")
def golden() -> list[Row]:
    return rows_of(GOLDEN)


@pytest.fixture(scope="module")
def bank(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("bank")
    small_bank(folder)
    return folder


def question_of(row: Row) -> Question:
    return Question(row["suite"], row["id"], row["over"], row["place"], (row["question"],))


@pytest.mark.parametrize("suite", SLICE)
def test_every_answer_of_the_slice_is_as_it_was(golden: list[Row], bank: Path, suite: str) -> None:
    """Where an answer is meant to change, `python -m parity slice` writes them anew: look at each difference first."""
    before = [row for row in golden if row["suite"] == suite]
    found = asked_here([question_of(row) for row in before], bank)
    different = [(verdict(old, new), old["id"], old["text"], new["text"]) for old, new in zip(before, found, strict=True)]
    assert [one for one in different if one[0] != "same"] == []


def test_the_slice_holds_answers_of_each_kind_and_no_fault(golden: list[Row]) -> None:
    assert {row["status"] for row in golden} >= {"answered", "no_evidence"}
    assert "error" not in {row["status"] for row in golden}
    assert min(Counter(row["suite"] for row in golden).values()) >= 10


BEFORE: Row = {
    "suite": "s", "id": "1", "question": "q", "status": "answered", "language": "en", "text": "t", "values": [["1", "USD", "2020", "cell"]],
    "cells": ["a p. 1 [1 2 3 4] = 1"], "cited": ["a p. 1 [1 2 3 4]"], "nearest": [], "warnings": [], "options": [], "reason": None,
    "seconds": 1.0, "kind": "figures",
}  # fmt: skip


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({}, "same"),
        ({"seconds": 9.0, "kind": "another", "tried": ["a", "b"]}, "same"),
        ({"status": "no_evidence", "text": "", "values": []}, "status"),
        ({"values": [["2", "USD", "2020", "cell"]], "text": "u"}, "value"),
        ({"values": [["1", "EUR", "2020", "cell"]]}, "value"),
        ({"cells": ["a p. 2 [1 2 3 4] = 1"], "text": "u"}, "cells"),
        ({"nearest": ["b p. 1 [null]"]}, "passages"),
        ({"text": "u"}, "text"),
        ({"warnings": ["w"]}, "said besides"),
        ({"status": "error", "text": "KeyError: 1"}, "new error"),
        ({"question": "p"}, "another question"),
    ],
)
def test_the_first_thing_that_differs_names_a_row(change: Row, found: str) -> None:
    assert verdict(BEFORE, BEFORE | change) == found


def test_a_row_that_one_record_lacks_is_gone_or_new() -> None:
    assert (verdict(BEFORE, None), verdict(None, BEFORE)) == ("gone", "new")


def test_a_comparison_counts_what_differs_and_shows_it(tmp_path: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    rows = [BEFORE | {"id": str(number), "processor": 0.2} for number in range(3)]
    old.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    new.write_text("".join(json.dumps(row | ({"text": "otherwise"} if row["id"] == "1" else {})) + "\n" for row in rows), "utf-8")
    said: list[str] = []
    assert (compare(old, old, say=said.append), compare(old, new, 2, said.append)) == (0, 1)
    assert any("otherwise" in line for line in said)


def test_a_record_goes_on_where_it_was_stopped(tmp_path: Path) -> None:
    write_stores(tmp_path)
    asked = [Question("s", str(number), MEMORY, "harbour", (SALES.replace("2020", str(2018 + number)),)) for number in range(3)]
    write(tmp_path, asked)
    out = tmp_path / "out"
    record(asked[:1], out, tmp_path, "none", None)
    first = out.read_text("utf-8")
    out.write_text(first + '{"suite": "s", "id": "1", "ques', "utf-8")  # a line that a kill cut off
    record(list(read(tmp_path)), out, tmp_path, "none", None)
    rows = rows_of(out)
    assert [row["id"] for row in rows] == ["0", "1", "2"]
    assert first == out.read_text("utf-8")[: len(first)]
    assert [row["kind"] for row in rows] == ["figures"] * 3
    said: list[str] = []
    kinds(out, said.append)
    assert any("figures" in line for line in said)


def test_turns_of_a_conversation_go_on_from_each_other(tmp_path: Path) -> None:
    write_stores(tmp_path)
    asked = Question("s", "talk", MEMORY, "tarn", (SALES, "And the year before?"), talks=True)
    rows = asked_here([asked], tmp_path)
    assert [row["id"] for row in rows] == ["talk#0", "talk#1"]
    assert "2019" in rows[1]["text"]


def test_an_answer_that_does_not_come_is_a_row(tmp_path: Path) -> None:
    write_stores(tmp_path)
    answerer = Answerer(tmp_path, "none", Watch(), None, None)
    rows = list(answerer.rows(Question("s", "1", MEMORY, "harbour", ("",)), profiled=False))
    assert [row["status"] for row in rows] == ["error"]


def test_what_a_test_asks_is_kept_with_its_store_but_no_store_of_its_own(tmp_path: Path) -> None:
    class Own(MemoryStore):
        pass

    (tmp_path / STORES).mkdir()
    assert kept(tmp_path, (MemoryStore(), MemorySearch())) == kept(tmp_path, (MemoryStore(), MemorySearch()))
    assert kept(tmp_path, (Own(), MemorySearch())) is None
    note(tmp_path, Agent(None, MemoryStore(), MemorySearch()), SALES, None)
    assert len((tmp_path / "harvest.jsonl").read_text("utf-8").splitlines()) == 1


class Counting:
    """A scorer that tells lengths and says how often it was asked."""

    identity = "lengths"

    def __init__(self) -> None:
        self.asked: list[int] = []

    def scores(self, head: str, texts: Sequence[Sequence[str]]) -> NDArray[np.float32]:  # noqa: ARG002
        self.asked.append(len(texts))
        return np.asarray([len(text[1]) / 10 for text in texts], np.float32)


def test_a_model_is_asked_of_each_text_once_and_by_the_next_run_of_none(tmp_path: Path) -> None:
    scorer, watch = Counting(), Watch()
    first = KeptPairs("scorer", scorer, Scores(tmp_path / "scores"), watch)
    told = first.scores("head", [("q", "a"), ("q", "bb"), ("q", "a")]).tolist()
    assert scorer.asked == [2]
    assert first.scores("head", [("q", "bb"), ("q", "ccc")]).tolist()[0] == told[1]
    assert scorer.asked == [2, 1]
    again = KeptPairs("scorer", scorer, Scores(tmp_path / "scores"), watch)
    assert again.scores("head", [("q", "a"), ("q", "ccc")]).tolist()[0] == told[0]
    assert scorer.asked == [2, 1]
    assert again.scores("other head", [("q", "a")]).tolist() == [told[0]]
    assert scorer.asked == [2, 1, 1]
    assert watch.now.asked == {"scorer": 8, "scorer runs": 4}


def test_a_text_is_kept_without_the_day_of_today() -> None:
    assert undated("in force on 2019-03-01, seen on 1 March 2019") == "in force on 2019-03-01, seen on 1 March 2019"
