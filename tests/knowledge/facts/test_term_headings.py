"""A heading over a row of terms: the terms are headings, and the unit of the heading is none of the rates below them."""

from __future__ import annotations

import io

import openpyxl
import pytest
from tests.knowledge.facts.papers import Rows, document, table

from finfoundry.core.document import Block, Fact
from finfoundry.knowledge.facts.extract import extract
from finfoundry.knowledge.ingest.parse_file import parse

PLAIN = [Block("heading", "Heron Bank plc"), Block("heading", "Annual report 2024")]
RATES: Rows = [["AAA", "2.1", "2.4", "2.8", "3.1"], ["BBB", "4.65", "4.9", "5.1", "5.5"]]


def matrix(heading: str, terms: list[str], title: str = "Lending rates 2024, in percent", rates: Rows = RATES) -> list[Fact]:
    return extract(document([table([["", f"{heading}>4"], ["Rating", *terms], *rates], title=title)], cover=PLAIN))


@pytest.mark.parametrize("heading", ["Term in years", "Term (years)", "期限（年）", "Remaining months"])
@pytest.mark.parametrize("title", ["Lending rates 2024, in percent", "Lending rates 2024 (%)"])
def test_a_row_of_terms_heads_the_rates_below_it(heading: str, title: str) -> None:
    facts = matrix(heading, ["1", "3", "5", "10"], title)
    assert {fact.unit for fact in facts} == {"ratio"}
    assert [(fact.metric[-1], format(fact.value.normalize(), "f")) for fact in facts[:2]] == [("AAA", "0.021"), ("AAA", "0.024")]
    assert [dict(fact.dimensions)["column"] for fact in facts[:4]] == [f"{heading}: {term}" for term in ("1", "3", "5", "10")]


@pytest.mark.parametrize("merged", [False, True])
def test_a_sheet_that_keeps_the_heading_apart_is_read_alike(*, merged: bool) -> None:
    book, stream = openpyxl.Workbook(), io.BytesIO()
    sheet = book.active
    assert sheet is not None
    for row in (
        ["Lending rates 2024, in percent"],
        [None, "Term in years"],
        ["Rating", 1, 3, 5, 10],
        ["AAA", 2.1, 2.4, 2.8, 3.1],
        ["BBB", 4.65, 5],
    ):
        sheet.append(row)
    if merged:
        sheet.merge_cells("B2:E2")
    book.save(stream)
    facts = parse(stream.getvalue(), "rates.xlsx").facts
    assert {fact.metric[-1] for fact in facts} == {"AAA", "BBB"}
    assert {fact.unit for fact in facts} == {"ratio"}


@pytest.mark.parametrize(
    ("heading", "terms"),
    [
        ("Term in years", ["10", "3", "5", "1"]), ("Term in years", ["1.5", "3", "5", "10"]), ("Branches", ["1", "3", "5", "10"]),
        ("Term in years", ["1", "1", "3", "5"]),
    ],
)  # fmt: skip
def test_a_row_that_does_not_count_what_its_heading_says_is_no_heading(heading: str, terms: list[str]) -> None:
    assert "Rating" in {fact.metric[-1] for fact in matrix(heading, terms)}


def test_a_column_of_lives_in_years_is_still_in_years() -> None:
    facts = extract(
        document([table([["", "Useful life in years", "Cost"], ["Plant", "8", "900"], ["Ships", "25", "700"]], title="2024")], cover=PLAIN)
    )
    assert [fact.unit for fact in facts if fact.text in ("8", "25")] == ["years", "years"]
