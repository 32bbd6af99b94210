"""One table to facts: what goes from an opening to a closing balance, and the columns that facts are from."""

from __future__ import annotations

from decimal import Decimal

from tests.knowledge.facts.papers import document, found, table

from finfoundry.core.document import Page
from finfoundry.knowledge.facts import extract
from finfoundry.knowledge.facts.opened_tables import open_table
from finfoundry.knowledge.facts.table.block_table import BlockTable
from finfoundry.knowledge.facts.table_measure import default_measure

YEAR = "2024-01-01/2024-12-31"


def test_below_a_roll_forward_movements_are_of_the_year_and_lines_of_the_balance_sheet_of_its_end() -> None:
    rows = [
        ["", "Total"], ["Balance at January 1, 2024", "10"], ["Additions", "4"], ["Disposals", "(2)"],
        ["Balance at December 31, 2024", "12"], ["Current liabilities", "5"], ["Non-current liabilities", "7"],
    ]  # fmt: skip
    facts = extract(document([table(rows, title="Provisions")]))
    assert [fact.period for label in ("Additions", "Disposals") for fact in found(facts, label)] == [YEAR, YEAR]
    assert [fact.period for fact in found(facts, "Current liabilities")] == ["2024-12-31"]


def test_a_fact_has_the_segment_that_heads_its_column_and_none_where_only_a_year_does() -> None:
    rows = [["", "North", "South"], ["Revenue", "5", "4"], ["Costs", "3", "2"]]
    assert [fact.dimensions for fact in found(extract(document([table(rows)])), "Revenue")] == [
        (("column", "North"),),
        (("column", "South"),),
    ]
    assert {fact.dimensions for fact in extract(document([table([["", "2024", "2023"], *rows[1:]])]))} == {()}


def opened(note: str) -> BlockTable:
    block = table([["", "2024"], ["Revenue", "5"]], note=note)
    found = open_table(1, Page(1, 600, 800, [block]), block, (), 0)
    assert found is not None
    return found


def test_what_most_tables_state_is_the_scale_of_the_others_and_of_shares_where_most_except_them() -> None:
    plain, excepted = opened("(in millions)"), opened("(in millions, except shares in thousands)")
    most = default_measure([plain, plain, opened("(in thousands)")])
    assert (most.scale, most.shares) == (Decimal(10**6), None)
    assert default_measure([plain, excepted]).shares is None
    most = default_measure([plain, excepted, excepted])
    assert (most.scale, most.shares) == (Decimal(10**6), Decimal(1000))
    assert default_measure([]).scale is None
