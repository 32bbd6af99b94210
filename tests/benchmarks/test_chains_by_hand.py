"""Memos by hand: their rows are read, and the false chains that are planted differ from the written ones as told."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from chains_by_hand import FILE, false_chains, is_told, paper_rows, summed
from finfoundry.core.answer import ChainStep
from hand_rows import rows

READ = [memo for memo in rows(FILE) if memo["part"] == "read"]


def test_both_parts_hold_thirty_memos_and_each_has_its_review() -> None:
    memos = rows(FILE)
    assert [sum(memo["part"] == part for memo in memos) for part in ("read", "blind")] == [30, 30]
    assert all(set(memo["review"]) == {"links", "cause", "credit", "decision", "remarks"} for memo in memos)


@pytest.mark.parametrize("memo", READ, ids=[memo["id"] for memo in READ])
def test_cause_and_premises_are_rows_of_the_paper(memo: dict[str, Any]) -> None:
    held = {row.label: row for row in paper_rows(memo["paper"])}
    assert memo["cause"] in held
    first, last = held[memo["cause"]].ends
    assert last != first
    assert set(memo["premises"]) <= set(held)


def test_rows_are_read_with_the_earlier_year_first() -> None:
    (row,) = paper_rows("| x | FY24 | FY23 |\n|---|---:|---:|\n| Cost | (1,240) | – |\n")
    assert (row.label, row.ends, row.years) == ("Cost", (Decimal(0), Decimal(1240)), ("FY23", "FY24"))


def test_a_row_that_rows_above_it_come_to_is_said_again_by_them() -> None:
    sums = "| Sales | 90 | 80 |\n| Resin | (30) | (20) |\n| Wages | (20) | (20) |\n| Gross profit | 40 | 40 |\n| Rent | 9 | 8 |\n"
    rows = paper_rows(f"| x | 2024 | 2023 |\n|---|---:|---:|\n{sums}\n| y | 2024 | 2023 |\n|---|---:|---:|\n| Cash | 5 | 4 |\n")
    said = {row.label: [part.label for part in summed(row, rows)] for row in rows}
    assert {label: parts for label, parts in said.items() if parts} == {"Gross profit": ["Sales", "Resin", "Wages"]}


def test_a_step_is_told_at_the_precision_of_the_sentence() -> None:
    step = ChainStep("", "gross_margin", "down", "0.28851", "0.21387", "ratio", None, None, [1])
    assert is_told(step, "Gross margin fell to 21.4% in 2022 from 28.9% in 2021.")
    assert not is_told(step, "Gross margin fell to 21.4% in 2022 from 29.9% in 2021.")


def test_false_chains_are_the_written_one_but_for_a_step() -> None:
    memo = next(memo for memo in READ if memo["id"] == "hm-01")
    planted = dict(false_chains(memo))
    assert set(planted) == {"figure", "direction", "cause"}
    assert all(chain[0] != memo["chain"][0] and chain[1:] == memo["chain"][1:] for chain in planted.values())
