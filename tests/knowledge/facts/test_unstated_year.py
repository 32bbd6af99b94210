"""Papers of no known kind that state no period: what their balance days and the names of their quarters say of it."""

from __future__ import annotations

from finfoundry.core.document import Parsed
from finfoundry.knowledge.ingest.parse_file import parse

BALANCES = "| USD m | 30 Sep 2025 | 30 Jun 2025 |\n|---|---|---|\n| Loans | 412 | 380 |\n| Deposits | 520 | 498 |\n"
QUARTERS = "| USD m | Q3 2025 | Q2 2025 |\n|---|---|---|\n| Losses | 3.9 | 2.2 |\n| Fees | 8.1 | 7.7 |\n"


def read(*tables: str) -> Parsed:
    return parse("\n\n".join(["# Risk report of the month", *tables]).encode(), "risk.md")


def periods(found: Parsed, label: str) -> list[str]:
    return [fact.period for fact in found.facts if fact.metric[-1] == label]


def test_the_third_quarter_that_ends_with_september_is_the_calendars() -> None:
    found = read(BALANCES, BALANCES, QUARTERS)
    assert periods(found, "Losses") == ["2025-07-01/2025-09-30", "2025-04-01/2025-06-30"]
    assert found.document.profile.period == "2025-07-01/2025-09-30"


def test_a_quarter_whose_name_is_not_the_calendars_tells_the_fiscal_year() -> None:
    """September ends the first quarter of a year that ends with June."""
    found = read(BALANCES, QUARTERS.replace("Q3 2025", "Q1 2026").replace("Q2 2025", "Q4 2025"))
    assert periods(found, "Losses") == ["2025-07-01/2025-09-30", "2025-04-01/2025-06-30"]


def test_a_balance_day_alone_ends_no_year() -> None:
    years = "| % | 2024 | 2023 |\n|---|---|---|\n| Return | 5.38 | 8.91 |\n| Benchmark | 4.95 | 8.10 |\n"
    assert periods(read(BALANCES, years), "Return") == ["2024-01-01/2024-12-31", "2023-01-01/2023-12-31"]


def test_a_balance_day_beside_that_of_the_year_before_ends_a_year() -> None:
    annual = BALANCES.replace("30 Jun 2025", "30 Sep 2024")
    found = read(annual, annual.replace("Loans", "Bills"))
    assert found.document.profile.period == "2024-10-01/2025-09-30"
