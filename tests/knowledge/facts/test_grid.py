"""What the rows of a table are: headings and notes on units, which look alike and mean different things."""

from __future__ import annotations

import pytest
from tests.knowledge.facts.papers import Rows, document, table

from finfoundry.core.document import Fact
from finfoundry.knowledge.facts import extract
from finfoundry.knowledge.facts.grid import read_grid


def rows_with(line: str) -> Rows:
    return [["", "2024", "2023"], [line], ["Deposits", "1,200", "1,100"], ["Loans", "900", "800"]]


@pytest.mark.parametrize("line", ["(in thousands)", "(In millions, except per share data)", "单位：万元", "（单位：人民币百万元）"])
def test_b8_a_note_on_units_within_a_table_heads_no_rows(line: str) -> None:
    grid = read_grid(table(rows_with(line)))
    assert [row.kind for row in grid.rows] == ["header", "note", "data", "data"]
    assert [fact.metric for fact in extract(document([table(rows_with(line))])) if fact.period == "2024-12-31"] != []
    assert all(line not in fact.metric for fact in extract(document([table(rows_with(line))])))


@pytest.mark.parametrize("line", ["Retail customers", "Corporate customers", "Assets held for sale", "零售客户"])
def test_b8_a_heading_within_a_table_is_no_note_on_units(line: str) -> None:
    grid = read_grid(table(rows_with(line)))
    assert [row.kind for row in grid.rows] == ["header", "heading", "data", "data"]
    if line.isascii() and "held" not in line:  # a line of the statement, and a Chinese line without a colon, may head nothing
        facts: list[Fact] = extract(document([table(rows_with(line))]))
        assert {fact.metric for fact in facts} == {(line, "Deposits"), (line, "Loans")}
