"""Key figures and quarters that are called as a line of the statements is, and print its figures."""

from __future__ import annotations

from tests.knowledge.facts.papers import Rows, document, table

from finfoundry.core.document import Fact
from finfoundry.knowledge.facts import extract

STATEMENT: Rows = [
    ["Income statement (in millions)", "2024", "2023"], ["Revenue", "900", "800"], ["Cost of sales", "300", "250"],
    ["Operating profit", "600", "550"], ["Profit before tax", "500", "450"], ["Income tax", "100", "90"],
    ["Profit for the year", "400", "360"],
    ["Attributable to:", "", ""], ["Equity holders of the Bank", "370", "340"], ["Non-controlling interests", "30", "20"],
]  # fmt: skip


def of(rows: Rows, label: str = "Equity holders of the Bank") -> list[Fact]:
    return [fact for fact in extract(document([table(rows)], [table(STATEMENT)])) if fact.metric[-1] == label and fact.table == 0]


def test_a_row_of_key_figures_is_the_line_whose_label_and_figures_it_prints() -> None:
    found = of([["Key figures (in millions)", "2024", "2023", "2022"], ["Equity holders of the Bank", "370", "340", "310"]])
    assert {fact.concept for fact in found} == {"NetIncomeLoss"}
    assert [fact.period for fact in found] == [f"{year}-01-01/{year}-12-31" for year in (2024, 2023, 2022)]


def test_quarters_that_add_up_to_the_year_are_of_its_line() -> None:
    found = of([["(in millions)", "Q1 2024", "Q2 2024", "Q3 2024", "Q4 2024"], ["Equity holders of the Bank", "80", "90", "100", "100"]])
    assert {fact.concept for fact in found} == {"NetIncomeLoss"}
    assert [fact.period[:10] for fact in found] == ["2024-01-01", "2024-04-01", "2024-07-01", "2024-10-01"]


def test_the_same_label_with_other_figures_is_another_line() -> None:
    found = of([["Equity (in millions)", "2024", "2023"], ["Equity holders of the Bank", "5,100", "4,900"]])
    assert {fact.concept for fact in found} == {None}
    quarters = of([["(in millions)", "Q1 2024", "Q2 2024", "Q3 2024", "Q4 2024"], ["Equity holders of the Bank", "80", "90", "100", "101"]])
    assert {fact.concept for fact in quarters} == {None}


def test_a_half_year_beside_the_years_stays_what_it_is() -> None:
    heads = ["Key figures (in millions)", "31 December 2024", "30 June 2024", "31 December 2023"]
    found = of([heads, ["Equity holders of the Bank", "370", "180", "340"]])
    assert [(fact.period[-10:], fact.concept) for fact in found] == [
        ("2024-12-31", "NetIncomeLoss"), ("2024-06-30", None), ("2023-12-31", "NetIncomeLoss"),
    ]  # fmt: skip
