"""What an answer leaves out of a question, told from its figures and words."""

from __future__ import annotations

from datetime import date

import pytest

from finfoundry.ask.compose.left_out import left_out
from finfoundry.ask.lexicon.entities import EntityNames
from finfoundry.ask.lexicon.metric_terms import vocabulary
from finfoundry.ask.understand.intent import understand
from finfoundry.core.answer import Figure, Reference
from finfoundry.core.periods import CALENDAR_YEAR, FiscalYear

JANUARY = FiscalYear(2023, date(2024, 1, 27), weeks=True)  # the year 2023 ends in January 2024


def figure(value: str, unit: str, period: str, metric: str) -> Figure:
    return Figure(value, value, unit, period, "cell", Reference(metric=metric))


def left(question: str, text: str, *figures: Figure, fiscal: FiscalYear = CALENDAR_YEAR) -> list[str]:
    return left_out(understand(question, EntityNames([]), vocabulary()), text, figures, {}, fiscal, written=False)


def test_two_printed_percentages_are_no_difference() -> None:
    margins = [figure("0.4", "ratio", f"{year}-01-01/{year}-12-31", "Gross margin") for year in (2021, 2022)]
    text = "Gross margin was 40% in FY2021. Gross margin was 40% in FY2022."
    assert left("How much did the gross margin differ between 2021 and 2022?", text, *margins)


def test_a_printed_growth_is_one() -> None:
    growth = figure("0.4", "ratio", "2022-01-01/2022-12-31", "Revenue growth")
    assert left("What was the growth rate of revenue in 2022?", "Revenue growth was 40% in FY2022.", growth) == []


def test_a_difference_that_the_paper_prints_is_told() -> None:
    years = {"201": 2024, "211": 2023, "-10": 2024}
    cells = [figure(value, "USD", f"{year}-01-01/{year}-12-31", "Research") for value, year in years.items()]
    question = "Did they spend more or less on research in 2024, and by how much?"
    assert "by how much" in " ".join(left(question, "Research: 201; 211.", *cells[:2]))
    assert left(question, "Research: 201; 211; -10.", *cells) == []


@pytest.mark.parametrize("cells", [("100", "60", "40"), ("20", "10", "10"), ("40", "40", "0")])
def test_parts_of_a_sum_are_no_difference(cells: tuple[str, ...]) -> None:
    told = [figure(value, "USD", "2024-01-01/2024-12-31", "Research") for value in cells]
    assert left("By how much was research in Europe higher than in Asia in 2024?", "Research: 100; 60; 40.", *told)


def test_years_are_those_of_the_company() -> None:
    one = figure("5", "USD", "2023-01-29/2024-01-27", "Revenue")
    assert left("What was revenue in 2023 and 2024?", "Revenue was 5.", one, fiscal=JANUARY) == ["2024"]


def test_a_longer_term_says_nothing_of_the_one_inside_it() -> None:
    text = "Other liabilities were 5 in FY2024."
    one = figure("5", "USD", "2024-12-31", "Other liabilities")
    assert left("What were other liabilities in 2024? And what were total liabilities?", text, one) == ["total liabilities"]


def test_a_statement_that_is_named_asks_for_no_line() -> None:
    """利润 in 利润表 is no metric."""
    spent = figure("5", "CNY", "2020-01-01/2020-12-31", "研发费用")
    assert left("2020年利润表上列的研发费用是多少？要费用化的那个数。", "2020年的研发费用为5元。", spent) == []


LENT = "“持卡人将渡船月卡转借他人的，处月票价两倍的罚款。”“情节复杂的，审理期限可以延长至四十日。”"


@pytest.mark.parametrize(
    ("question", "unsaid"),
    [
        ("把渡船月卡转借给别人要处多少罚款？情节复杂的审理期限最长延到多少日？", []),
        ("把渡船月卡转借给别人要处多少罚款？码头的灯几点熄灭？", ["码头的灯几点熄灭"]),
    ],
)
def test_a_quotation_answers_what_it_has_most_of_the_terms_of(question: str, unsaid: list[str]) -> None:
    """The words by which a question asks, 给别人 and 多少日, are in no paper."""
    assert left(question, f"原文如下：{LENT}") == unsaid
