"""A parsed document, as parsers make it and others read it."""

from __future__ import annotations

from tests.knowledge.facts.papers import document, found, table

from finfoundry.core.document import Block
from finfoundry.knowledge.facts import extract

FIRST = table([["", "2023", "2022"], ["Deposits", "1,200", "1,100"], ["Loans", "900", "800"]])
SECOND = table([["Bonds", "700"], ["Notes", "500"]])  # of another width


def year_of(second: Block) -> str:
    (bonds,) = found(extract(document([FIRST], [second])), "Bonds")
    return bonds.period[:4]


def test_a_table_stands_by_itself_unless_the_parser_says_that_it_goes_on() -> None:
    assert year_of(Block("table", SECOND.text, cells=SECOND.cells, continued=True)) == "2023"
    assert year_of(Block("table", SECOND.text, cells=SECOND.cells)) == "2024"  # of the report
