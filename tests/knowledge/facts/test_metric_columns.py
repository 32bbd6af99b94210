"""Tables whose columns are metrics: their heads, in the middle of another table too, and what is counted in full."""

from __future__ import annotations

from decimal import Decimal

from tests.knowledge.facts.papers import Rows, document, table

from finfoundry.core.document import Fact
from finfoundry.knowledge.facts import extract

BORROWINGS: Rows = [
    ["", "2024", "2023"],
    ["Short-term borrowings", "2,908", "3,285"],
    ["Total borrowings", "13,041", "13,905"],
    ["5. Contracted sales by city", "", ""],
    ["City", "Contracted sales", "Contracted GFA (10,000 sq m)"],
    ["Port Ellery", "2,581", "16.34"],
    ["Marsden", "3,532", "30.51"],
]
HOLDINGS: Rows = [
    ["Security", "Shares held", "Fair value", "% of net asset value"],
    ["Alderbrook Foods", "7,418,042", "733,706", "8.00"],
    ["Castlemaine Optics", "6,038,940", "698,218", "7.61"],
]


def facts_of(rows: Rows, note: str) -> list[Fact]:
    return extract(document([table(rows, note=note)]))


def cell(facts: list[Fact], row: str, column: str) -> Fact:
    (found,) = [one for one in facts if one.metric[-1] == row and (("column", column),) == one.dimensions]
    return found


def test_a_header_below_another_table_names_its_own_columns() -> None:
    facts = facts_of(BORROWINGS, "(in millions of pounds sterling)")
    assert cell(facts, "Port Ellery", "Contracted sales").value == 2_581_000_000
    area = cell(facts, "Port Ellery", "Contracted GFA (10,000 sq m)")
    assert (area.value, area.unit) == (Decimal(163_400), "count")
    assert {one.period[-10:-6] for one in facts if one.metric[-1] == "Marsden"} == {"2024"}  # no column is of 2023


def test_what_is_held_is_counted_in_full_and_a_share_in_percent() -> None:
    facts = facts_of(HOLDINGS, "(in thousands of pounds sterling)")
    held, value, share = (cell(facts, "Alderbrook Foods", head) for head in ("Shares held", "Fair value", "% of net asset value"))
    assert (held.value, held.unit) == (Decimal(7_418_042), "count")
    assert value.value == 733_706_000
    assert (share.value, share.unit) == (Decimal("0.08"), "ratio")


def test_how_many_times_is_no_amount() -> None:
    facts = facts_of([["", "2024", "2023"], ["Cash to short-term debt ratio", "3.03", "2.74"]], "(in millions of pounds sterling)")
    assert {(one.value, one.unit) for one in facts} == {(Decimal("3.03"), "ratio"), (Decimal("2.74"), "ratio")}


def test_an_area_with_a_raised_power_is_counted_and_no_amount() -> None:
    labels = ["Land (m²)", "Lettable area, km²", "Rent (EUR million)", "M2", "Fees ²"]
    rows = [["", "2024", "2023"], *([label, "450", "440"] for label in labels)]
    units = {one.metric[-1].partition(" ")[0]: one.unit for one in facts_of(rows, "(in millions of pounds sterling)")}
    assert units == {"Land": "count", "Lettable": "count", "Rent": "EUR", "M2": "GBP", "Fees": "GBP"}
