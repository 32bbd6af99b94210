"""What a learned reader adds to the rules for personal data, the texts that it learns from, and what masking leaves to answer from."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.ask.memory import MemorySearch

from finfoundry.ask.asker import Agent
from finfoundry.ask.given.given_papers import given_papers
from finfoundry.core.errors import InputError
from finfoundry.core.principal import ADMINISTRATOR
from finfoundry.core.protocols import FoundSpan
from finfoundry.core.tasks import load_task
from finfoundry.core.tasks.task_rows import read
from finfoundry.governance.personal.filled_slots import personal_data
from finfoundry.governance.personal.personal_rows import personal_rows, write_rows
from finfoundry.governance.personal_text import WINDOW, personal_spans, windows, without_personal
from finfoundry.knowledge.ingest.parse_file import parse


class Marks:
    """A reader that marks these words wherever they stand, as surely as it is told."""

    identity = "marks"

    def __init__(self, words: dict[str, str], probability: float = 0.95) -> None:
        self.words, self.probability = words, probability

    def labels_of(self, head: str) -> Sequence[str]:
        return sorted({head, *self.words.values()})

    def labels(self, head: str, texts: Sequence[Sequence[str]]) -> NDArray[np.float32]:
        return np.zeros((len(texts), len(head)), np.float32)

    def spans(self, head: str, text: str) -> list[FoundSpan]:
        assert head == "personal-spans"
        assert len(text) <= WINDOW
        places = ((text.find(word), word, label) for word, label in self.words.items())
        return [FoundSpan(at, at + len(word), label, self.probability) for at, word, label in places if at >= 0]


def test_a_name_that_no_word_introduces_is_found_by_the_reader_alone() -> None:
    text = "Ursula Quint and the auditors met at noon."
    assert without_personal(text) == text
    assert without_personal(text, Marks({"Ursula Quint": "name"})) == "[name] and the auditors met at noon."
    assert without_personal(text, Marks({"Ursula Quint": "name"}, 0.4)) == text  # not sure enough


def test_a_number_is_taken_at_a_lower_bar_than_a_name_or_a_date() -> None:
    text = "She never used 56384554 since 2 April 1980, says Ursula Quint."
    reader = Marks({"56384554": "account", "2 April 1980": "birth", "Ursula Quint": "name"}, 0.6)
    assert without_personal(text, reader) == "She never used [account] since 2 April 1980, says Ursula Quint."


def test_of_a_number_that_was_marked_in_part_nothing_is_left() -> None:
    text = "他从未使用6256012309891013991，也不用AB381206C。"
    told = without_personal(text, Marks({"62": "account", "381206C": "identity"}))
    assert told == "他从未使用[account]，也不用[id]。"


def test_groups_of_one_number_are_one() -> None:
    text = "The funds left 7156 8206-9929 and FR11PHTW16655989."
    reader = Marks({"7156": "account", "8206": "account", "9929": "account", "FR": "account"})
    assert [one.text for one in personal_spans(text, reader)] == ["7156 8206-9929", "FR11PHTW16655989"]


def test_rules_know_better_what_proves_itself_and_what_is_a_company() -> None:
    text = "卡号6222021806004173521，由嘉树食品公司代发。"
    reader = Marks({"6222021806004173521": "phone", "嘉树食品": "name"})
    assert [(one.kind, one.text) for one in personal_spans(text, reader)] == [("card", "6222021806004173521")]


def test_a_long_text_is_read_in_windows_that_end_where_sentences_do() -> None:
    text = "The minutes were read. " * 30 + "Ursula Quint left early."
    pieces = list(windows(text))
    assert "".join(piece for _, piece in pieces) == text
    assert all(text[start : start + len(piece)] == piece for start, piece in pieces)
    assert all(len(piece) <= WINDOW for _, piece in pieces)
    assert all(piece.rstrip().endswith(".") for _, piece in pieces)
    assert without_personal(text, Marks({"Ursula Quint": "name"})).endswith("[name] left early.")


def test_made_texts_mark_what_is_personal_and_nothing_else(tmp_path: Path) -> None:
    learned, unseen = personal_rows(60, 3)
    assert len(learned) == 120
    held = set(personal_data("layouts")["unseen"])
    assert {row.register for row in unseen} == held
    assert not held & {row.register for row in learned}
    for row in (*learned, *unseen):
        ends = [0, *(end for _, end, _ in row.spans)]
        assert all(before <= start < end for before, (start, end, _) in zip(ends, row.spans, strict=False))
        assert all(row.text[start:end].strip() for start, end, _ in row.spans)
    assert personal_rows(60, 3) == (learned, unseen)
    assert personal_rows(60, 4)[0] != learned
    names = [row.text[start:end] for row in learned for start, end, kind in row.spans if kind == "name"]
    assert len(set(names)) > 0.9 * len(names)  # put together from syllables: hardly one occurs twice
    (tmp_path / "plain.txt").write_text("Interest is paid monthly.\n\n利率按年计算。\n", "utf-8")
    told = write_rows(tmp_path, 20, 3, tmp_path / "plain.txt")
    assert told.learned == 42
    rows = read(load_task("personal-spans"), tmp_path).rows
    assert len(rows) == 42
    last = json.loads((tmp_path / "personal-spans.jsonl").read_text("utf-8").splitlines()[-1])
    assert (last["text"], last["spans"]) == ("利率按年计算。", [])


def test_what_cannot_be_read_or_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"none\.txt"):
        write_rows(tmp_path, 20, 0, tmp_path / "none.txt")


PAPER = """
Results of the year (in thousands of euros)

Prepared by Ursula Quint, 14 Harrow Lane, Tarn LP17 5TW, telephone +44 20 7946 0958.

| | 2024 | 2023 |
|---|---|---|
| Freight | 1,340 | 1,615 |
| Total revenue | 6,550 | 6,485 |
"""


def test_a_masked_paper_is_answered_as_before() -> None:
    masked = without_personal(PAPER, Marks({"Ursula Quint": "name", "14 Harrow Lane, Tarn LP17 5TW": "address"}))
    assert not any(word in masked for word in ("Quint", "Harrow", "7946"))

    def answer(paper: str) -> list[tuple[str, str | None, str | None]]:
        papers = given_papers([parse(paper.encode(), "results.md")], MemorySearch())
        told = Agent(None, papers, papers).ask(ADMINISTRATOR, "What was total revenue in 2024?")[0]
        return [(figure.value, figure.unit, figure.period) for figure in told.figures]

    assert answer(masked) == answer(PAPER)
    assert answer(masked)[0][0] == "6550000"
