"""Several lines of one label: told together where their headings tell them apart and all belong to one table or note, else not told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from tests.ask.memory import MemorySearch, MemoryStore, document

from finfoundry.ask.asker import Agent
from finfoundry.core.answer import Answer
from finfoundry.core.principal import ADMINISTRATOR

Line = tuple[tuple[str, ...], str, int]  # the headings within its table, its figure, the table

WRITE_OFFS = [(("Card loans", "Consumer"), "576", 3), (("Card loans", "Small business"), "96", 3)]
QUESTION = "What were Heron's net loan write-offs in 2021?"


def answer(lines: Sequence[Line], question: str = QUESTION, over: Sequence[tuple[str, ...]] = ()) -> Answer:
    """Of a company whose paper prints one label several times."""
    chinese = not question.isascii()
    store = MemoryStore()
    paper = document(
        "heron",
        "鹭江股份有限公司" if chinese else "Heron Corp",
        2021,
        ("鹭江股份" if chinese else "Heron",),
        language="zh" if chinese else "en",
    )
    store.over[paper.id] = list(over)
    for path, amount, table in lines:
        label = "坏账损失" if chinese else "Net loan write-offs"
        store.add(paper, None, label, {2021: amount}, statement=None, table=table, unit="CNY" if chinese else "USD", page=table + 1)
        store.held[-1] = replace(store.held[-1], fact=replace(store.held[-1].fact, metric=(*path, label)))
    store.add(paper, "Assets", "资产总计" if chinese else "Total assets", {2021: "26400"}, table=9)
    return Agent(None, store, MemorySearch()).ask(ADMINISTRATOR, question)[0]


def test_lines_of_one_table_are_told_under_the_headings_that_tell_them_apart() -> None:
    told = answer(WRITE_OFFS)
    assert told.status == "answered", told.reason
    assert "$576 million under “Consumer”" in told.text
    assert "$96 million under “Small business”" in told.text
    assert "“Card loans › Net loan write-offs”" in told.text
    assert {figure.reference.text for figure in told.figures} == {"576", "96"}


def test_they_are_told_in_chinese() -> None:
    told = answer([(("应收账款",), "12", 3), (("其他应收款",), "5", 3)], "鹭江股份2021年坏账损失是多少？")
    assert told.status == "answered", told.reason
    assert "的“坏账损失”项下有两个数字：“应收账款”项下为1,200.00万元" in told.text
    assert "“其他应收款”项下为500.00万元" in told.text


def test_lines_of_the_tables_of_one_note_are_told_under_their_titles() -> None:
    over = [("Notes", "Credit losses", title) for title in ("Consumer loans", "Small business loans")]
    told = answer([((), "576", 0), ((), "96", 1)], over=over)
    assert told.status == "answered", told.reason
    assert "under “Consumer loans”" in told.text
    assert "under “Small business loans”" in told.text


@pytest.mark.parametrize(
    "lines",
    [
        [*WRITE_OFFS, (("Fees",), "12", 4)],  # another table prints another figure
        [((), "672", 3), *WRITE_OFFS[:1]],  # which may be the whole, and has no heading
        [(("Card loans",), "610", 3), *WRITE_OFFS],  # a part of the line above it
        [WRITE_OFFS[0], (*WRITE_OFFS[0][:1], "96", 3)],  # nothing tells them apart
        [WRITE_OFFS[0], (("Increase in reserves",), "96", 3)],  # what it is, and a movement
        [((f"Region {name}",), str(7**at), 3) for at, name in enumerate("ABCDEF", 1)],  # too many for a sentence
    ],
)
def test_else_nothing_is_told_but_the_reason(lines: Sequence[Line]) -> None:
    told = answer(lines)
    assert told.status == "no_evidence", told.text
    assert "several figures under this label" in (told.reason or "")


def test_tables_of_two_notes_do_not_belong_together() -> None:
    over = [("Notes", note, f"{note} by type") for note in ("Credit losses", "Acquired loans")]
    assert answer([((), "576", 0), ((), "96", 1)], over=over).status == "no_evidence"


def test_what_is_printed_again_elsewhere_changes_nothing() -> None:
    told = answer([*WRITE_OFFS, (("Highlights",), "576", 5)])
    assert told.status == "answered"
    assert "Highlights" not in told.text
