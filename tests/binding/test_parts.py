"""A name of a part of the company in a sentence: the figure is where that part's table is, never the company's or another part's."""

from __future__ import annotations

from decimal import Decimal

import pytest

from finfoundry.binding import Checker
from finfoundry.core.document import Block, Cell, Certificate, Document, Fact, Page, Parsed, Profile

NAME = "Larkspur, Inc."
MILLION = Decimal(1_000_000)
TABLES: dict[str, dict[tuple[str, ...], tuple[int, int]]] = {
    "Consolidated statements of income": {
        ("Revenue",): (1250, 1000),
        ("Operating profit",): (211, 180),
        ("Net income",): (127, 160),
        ("Net income attributable to Larkspur",): (120, 150),
    },
    "Northern Stores": {("Total revenue",): (510, 390), ("Operating profit",): (96, 81)},
    "Southern Stores": {("Total revenue",): (740, 610), ("Operating profit",): (115, 99)},
    "Segment revenue": {("Revenue", "Northern Stores"): (510, 390), ("Revenue", "Southern Stores"): (740, 610)},
    "Changes of a fund": {("Net income",): (16, 31)},
}


def _facts() -> list[Fact]:
    return [
        Fact(
            path, value * MILLION, "USD", f"{year}-04-01/{year}-06-30", f"{value:,}", 1, entity=NAME, scale=MILLION,
            statement=None if table else "income", table=table,
        )
        for table, rows in enumerate(TABLES.values())
        for path, values in rows.items()
        for year, value in zip((2023, 2022), values, strict=True)
    ]  # fmt: skip


@pytest.fixture(scope="module")
def checker() -> Checker:
    profile = Profile(entity=NAME, aliases=("Larkspur",), period="2023-04-01/2023-06-30", fiscal_year=2023)
    blocks = [Block("table", "", title=title, cells=[Cell(0, 0, "Revenue"), Cell(0, 1, "1")]) for title in TABLES]
    return Checker(
        [Parsed(Document("q.pdf", "0" * 64, "application/pdf", 1, [Page(1, 612, 792, blocks)], profile), _facts(), Certificate())]
    )


@pytest.mark.parametrize(
    "text",
    [
        "Northern Stores operating profit was $96 million in the quarter.",
        "Operating profit was $211 million in the quarter.",
        "Northern Stores accounted for about 41% of total revenue in the quarter.",
    ],
)
def test_a_parts_figure_is_that_of_its_table(checker: Checker, text: str) -> None:
    report = checker.check(text)
    assert [(one.text, one.reason) for one in report.figures if not one.bound] == []
    assert [one.status for one in report.sentences] == ["supported"]


@pytest.mark.parametrize(
    "text",
    [
        "Northern Stores operating profit was $211 million in the quarter.",
        "Southern Stores generated an operating profit of $96 million in the quarter.",
        "Net income nearly halved in the quarter.",
        "Net income attributable to Larkspur was $127 million in the quarter.",
        "Southern Stores ranked second among the segments, with revenue of $740 million in the quarter.",
    ],
)
def test_the_companys_figure_or_another_parts_is_none_of_it(checker: Checker, text: str) -> None:
    assert all(one.status != "supported" for one in checker.check(text).sentences)
