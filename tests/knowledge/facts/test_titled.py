"""Memos titled with a company whose name bears no legal form; the line of revenue that is named after a trade."""

from __future__ import annotations

import pytest

from finfoundry.knowledge.ingest.parse_file import parse

HEAD = "Income statement (USD thousand)\n\n| | 2023 | 2022 |\n|---|---|---|\n"
PROFITS = "| Operating income | 20 | 18 |\n| Net income | 9 | 8 |\n"
INCOME = f"{HEAD}| Freight sales | 90 | 80 |\n{PROFITS}"
BALANCE = "Balance sheet (USD thousand)\n\n| | 2023 | 2022 |\n|---|---|---|\n| Inventory | 40 | 30 |\n| Total assets | 70 | 60 |\n"


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Loan review: Pelham Marine Supply", "Pelham Marine Supply"),
        ("Orchard Hill Cooperative — season review", "Orchard Hill Cooperative"),
        ("Consolidated Financial Statements", None),
        ("Figures for the year", None),
    ],
)
def test_the_title_of_a_paper_with_statements_names_its_company(title: str, name: str | None) -> None:
    assert parse(f"# {title}\n\n{INCOME}\n{BALANCE}".encode(), "memo.md").document.profile.entity == name
    assert parse(f"# {title}\n\n{BALANCE}".encode(), "memo.md").document.profile.entity is None  # no company's statements


@pytest.mark.parametrize(
    ("rows", "revenue"),
    [
        ("| Freight sales | 90 | 80 |\n| Carriers | 70 | 62 |", ["Freight sales"]),
        ("| Freight sales | 60 | 50 |\n| Storage sales | 30 | 30 |", []),  # parts of what is not printed
        ("| Interest income | 90 | 80 |\n| Carriers | 70 | 62 |", []),
        ("| Freight sales | 90 | 80 |\n| Net sales | 70 | 62 |", ["Net sales"]),
    ],
)
def test_revenue_named_after_a_trade_is_the_first_line(rows: str, revenue: list[str]) -> None:
    facts = parse(f"{HEAD}{rows}\n{PROFITS}".encode(), "memo.md").facts
    assert [fact.metric[-1] for fact in facts if fact.concept == "Revenues"][::2] == revenue
