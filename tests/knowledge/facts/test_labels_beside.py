"""Label columns between the numbers: they say more of a row, or begin a table of their own."""

from __future__ import annotations

from tests.knowledge.facts.papers import document, table

from finfoundry.knowledge.facts import extract

HEAD = ["(in millions)", "2024", "2023", "Location of gain or loss", "2024", "2023"]


def test_a_headed_column_of_texts_says_more_of_the_row_to_its_left() -> None:
    rows = [
        HEAD,
        ["Exchange contracts", "60", "50", "Revenues", "40", "30"],
        ["", "", "", "Cost of sales", "9", "8"],
        ["Rate swaps", "7", "6", "Interest expense", "5", "4"],
    ]
    paths = {fact.text: (fact.metric, fact.concept) for fact in extract(document([table(rows)]))}
    assert paths["60"] == (("Exchange contracts",), None)
    assert paths["40"] == (("Revenues", "Exchange contracts"), None)  # no revenues of the company
    assert paths["9"] == (("Cost of sales", "Exchange contracts"), None)
    assert paths["5"] == (("Interest expense", "Rate swaps"), None)


def test_two_tables_side_by_side_have_labels_of_their_own() -> None:
    rows = [
        ["Assets", "2024", "2023", "Liabilities", "2024", "2023"],
        ["Loans", "60", "50", "Deposits", "40", "30"],
        ["Securities", "7", "6", "Debts", "5", "4"],
    ]
    assert {fact.metric for fact in extract(document([table(rows)])) if fact.text in {"40", "5"}} == {("Deposits",), ("Debts",)}
