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


def test_an_outlook_names_no_quarter_of_the_paper() -> None:
    """ "Outlook for Q1 2026" over no table does not make 30 September 2025 the end of that quarter."""
    found = read(BALANCES, "## Outlook for Q1 2026", "We expect more of both.", BALANCES.replace("Loans", "Bills"))
    assert (found.document.profile.period, found.document.profile.fiscal_year) == ("2025-09-30", 2025)


def test_of_the_quarters_of_tables_those_of_most_count() -> None:
    fiscal = QUARTERS.replace("Q3 2025", "Q1 2026").replace("Q2 2025", "Q4 2025")
    plan = QUARTERS.replace("Q3 2025", "Q3 2026").replace("Q2 2025", "Q2 2026")
    found = read(BALANCES, fiscal, fiscal.replace("Fees", "Costs"), "## Plan", plan.replace("Losses", "Planned losses"))
    assert periods(found, "Losses")[:2] == ["2025-07-01/2025-09-30", "2025-04-01/2025-06-30"]


YEARS_ZH = "| 百万元 | 2025年 | 2024年 |\n|---|---|---|\n| 收入 | 412 | 380 |\n| 成本 | 390 | 371 |\n"


def read_zh(text: str, *tables: str) -> Parsed:
    return parse("\n\n".join(["# 经营情况", text, *tables]).encode(), "情况.md")


def test_a_year_in_the_text_dates_no_paper_whose_tables_are_of_another() -> None:
    for text in ("港湾银行成立于2009年。", "## 2026年展望\n\n我们预计2026年增长。"):
        found = read_zh(text, YEARS_ZH)
        assert found.document.profile.period == "2025-01-01/2025-12-31"
        assert periods(found, "收入") == ["2025-01-01/2025-12-31", "2024-01-01/2024-12-31"]


def test_balances_of_most_tables_date_a_paper_in_chinese() -> None:
    september = YEARS_ZH.replace("2025年", "2025年9月30日").replace("2024年", "2025年6月30日")
    found = read_zh("各项业务平稳，资产质量良好。", september, september, YEARS_ZH.replace("2025年", "2026年"))
    assert found.document.profile.period == "2025-09-30"


def test_a_title_with_a_year_dates_its_paper() -> None:
    before = YEARS_ZH.replace("2025年", "2023年").replace("2024年", "2022年")
    found = parse(f"# 2025年三季度风险报告\n\n各项业务平稳，资产质量良好。\n\n{before}".encode(), "a.md")
    assert found.document.profile.fiscal_year == 2025
