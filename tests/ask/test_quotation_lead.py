"""The line over what is quoted: how many passages or rows, of whose paper and year, and their heading."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.ask.memory import MemorySearch, MemoryStore, document

from finfoundry.ask.asker import Agent
from finfoundry.ask.context.quotation_lead import lead
from finfoundry.core.principal import ADMINISTRATOR
from finfoundry.knowledge.storage.store import StoredDocument

PAPER = document("northwind-2020", "Northwind Traders Inc", 2020, ("NWT",))
TEXT = "The Company sells tea in the harbour towns of the north and in three cities of the south."
NEXT = document("northwind-2021", "Northwind Traders Inc", 2021, ("NWT",))
OTHER = replace(document("eastwind-2021", "Eastwind Ferries Inc", 2021), kind=None)
RULE = replace(document("rule", "", 2021), entity=None, title="Harbour Rules", kind="regulation", fiscal_year=None)


@pytest.mark.parametrize(
    ("question", "papers", "heading", "told"),
    [
        ("Who?", (PAPER, PAPER), "", "Two passages of Northwind Traders' 10-K for 2020:"),
        ("Who?", (PAPER, NEXT), "Piers", "Two passages of Northwind Traders' 10-K filings for 2020 and 2021 under Piers:"),
        ("Who?", (PAPER, OTHER), "", "Two passages of Northwind Traders and Eastwind Ferries:"),
        ("Who?", (OTHER,), "", "A passage of Eastwind Ferries' paper for 2021:"),
        ("Who?", (RULE,), "Fees", "A passage of the “Harbour Rules” under Fees:"),
        ("Who?", (replace(RULE, title=None),), "Fees", "In the words of the papers:"),
        ("Who?", (replace(RULE, title="Harbour Rules, 12 of them"),), "", "In the words of the papers:"),
        ("Who?", (replace(OTHER, entity="letter", name="letter.htm"),), "", "A passage of letter.htm:"),
        ("Who?", (PAPER,) * 11, "", "Passages of Northwind Traders' 10-K for 2020:"),
        ("谁？", (PAPER, PAPER, NEXT), "", "以下三处原文出自Northwind Traders 2020年和2021年年度报告："),
        ("谁？", (RULE, RULE), "费用", "以下两处原文出自《Harbour Rules》【费用】部分："),
        ("誰？", (PAPER,), "", "以下原文出自Northwind Traders 2020年年度报告："),
    ],
)
def test_the_line_over_quotations_says_how_many_of_whose_papers(
    question: str, papers: tuple[StoredDocument, ...], heading: str, told: str
) -> None:
    store, search = MemoryStore([PAPER, NEXT, *(one for one in papers if one not in (PAPER, NEXT))]), MemorySearch()
    for page, paper in enumerate(papers, 1):
        search.add(paper, TEXT, page=page)
    assert lead(Agent(None, store, search).begun(ADMINISTRATOR, question), search.hits, heading=heading).text == told


@pytest.mark.parametrize(
    ("question", "count", "told"),
    [
        ("Who?", 1, "A row of a table of Northwind Traders' 10-K for 2020:"),
        ("Who?", 2, "Two rows of tables of Northwind Traders' 10-K for 2020:"),
        ("谁？", 2, "以下两行出自Northwind Traders 2020年年度报告的表格："),
    ],
)
def test_the_line_over_rows_says_how_many_of_whose_tables(question: str, count: int, told: str) -> None:
    store, search = MemoryStore([PAPER]), MemorySearch()
    for page in range(count):
        search.add(PAPER, TEXT, page=page + 1)
    assert lead(Agent(None, store, search).begun(ADMINISTRATOR, question), search.hits, "rows").text == told
