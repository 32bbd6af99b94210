"""Sentences made true and false: each false one differs where it is marked, and papers are learned from whole or not at all."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest
from tests.ask.support.made_papers import CHINESE, ENGLISH, chinese, english, paper

from finfoundry.ask.support.false_sentences import KINDS, Others
from finfoundry.ask.support.intensities import made_false_in
from finfoundry.ask.support.made_sentences import records, said_of, told_again, with_other_words
from finfoundry.ask.support.paper_sentences import sentences_of
from finfoundry.ask.support.support_rows import SourcePaper, write_rows
from finfoundry.core.answer import Language
from finfoundry.core.errors import InputError
from finfoundry.core.tasks import load_task
from finfoundry.core.tasks.task_rows import read

OTHERS = Others(["Contoso", "Adatum", "北风银行", "南山银行"], ["wooden toys", "培训"], ["it also owns a fleet of boats", "并定期公布结果"])
CASES: dict[str, tuple[Language, str]] = {
    "entity": ("en", "The company competes with Contoso in Norway."),
    "place": ("zh", "公司注册地在上海市。"),
    "list item": ("en", "It sells tyres, bicycle frames, and steel chains."),
    "clause": ("zh", "贷款人应当保存记录。"),
    "date": ("en", "The agreement ends in March."),
    "added": ("zh", "贷款人可以提前通知借款人。"),
    "cause": ("en", "Revenue fell due to lower demand."),
    "negation": ("en", "The company is listed."),
    "direction": ("zh", "手续费收入较上年增加。"),
    "relation": ("en", "The lender informs the parent."),
    "modality": ("zh", "借款人应当提供资料。"),
    "quantifier": ("en", "At least one director must sign."),
    "role": ("zh", "董事长主持会议。"),
}


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_changes_the_words_that_it_marks(kind: str) -> None:
    language, text = CASES[kind]
    found = KINDS[kind](text, language, OTHERS, random.Random(1))
    assert found is not None
    made, (start, end) = found
    assert made != text
    assert made[start:end].strip()
    assert made[:start].strip(" ，,") in text or kind == "cause"


def test_a_sentence_that_offers_nothing_is_not_made_false() -> None:
    assert made_false_in("slight", "Hm", "en", Others([], [], []), random.Random(0)) is None


def test_a_true_sentence_says_no_less_sure_things_than_the_paper() -> None:
    lender = next(one for one in english().all if "terminate" in one.text)
    for seed in range(20):
        told = told_again(lender, "Northwind", random.Random(seed))
        assert told is not None
        assert "if the borrower" in told  # a condition is never dropped
    assert with_other_words("It purchased a mill.", "en", random.Random(3), share=1.0) in ("It bought a mill.", "It acquired a mill.")


def test_records_are_read_from_their_forms() -> None:
    assert {"Alder & Birch"} <= {one.value for one in records(english().all)}
    found = list(records(chinese().all))
    assert ("董事长", "张明") in {(one.role, one.value) for one in found}
    text, (start, end) = said_of(found[0], "李雷", "北风银行", random.Random(0))
    assert text[start:end] == "李雷"


def test_rows_of_a_paper_are_learned_or_held_out(tmp_path: Path) -> None:
    papers = [
        SourcePaper(f"paper {number}", "Northwind", sentences_of([paper(ENGLISH if number % 2 else CHINESE)]), 20) for number in range(12)
    ]
    told = write_rows(tmp_path, papers, seed=1)
    assert told.learned > told.unseen > 0
    assert told.papers + told.papers_unseen == 12
    rows = {name: [json.loads(line) for line in (tmp_path / f"{name}.jsonl").read_text().splitlines()] for name in FILES}
    assert not {row["paper"] for row in rows[FILES[0]]} & {row["paper"] for row in rows[FILES[1]]}
    for row in (*rows[FILES[0]], *rows[FILES[1]]):
        assert (row["kind"] == "true") == (not row["spans"])
        assert row["evidence"]
        assert all(row["text"][start:end].strip() for start, end, _ in row["spans"])
    assert len(read(load_task("support-spans"), tmp_path).rows) == told.learned
    assert write_rows(tmp_path / "again", papers, seed=1).kinds == told.kinds


def test_papers_without_sentences_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no sentence to learn from"):
        write_rows(tmp_path, [])


FILES = ("support-spans", "support-spans-unseen")
