"""A part that the words name, a place or a segment, has to be one of what the figure is bound to."""

from __future__ import annotations

from decimal import Decimal

import pytest

from finfoundry.binding import CellEvidence, verify
from finfoundry.core.answer import DocumentName
from finfoundry.core.document import Fact

TABLE = """| USD million | 2024 | 2023 |
|---|---|---|
| Total revenue | 1,234 | 1,100 |
| Cloud | 300 | 200 |
| Europe | 400 | 300 |
"""
ABROAD = "| USD million | 2024 |\n|---|---|\n| Revenue of the Americas | 500 |\n| Revenue of Europe | 400 |\n| Europe | 9 |\n"
BARE = "Total revenue was $1,234 million in 2024."
PROSE = "Europe and Cloud grew strongly in 2024. Acme's total revenue was $1,234 million in 2024. Cloud revenue was $300 million in 2024."


def status(sentence: str, evidence: str) -> str:
    (checked,) = verify(sentence, [evidence]).sentences
    return checked.status


@pytest.mark.parametrize("evidence", [TABLE, BARE, PROSE])
@pytest.mark.parametrize(
    "sentence",
    [
        "Revenue in Europe was $1,234 million in 2024.", "In Europe, revenue was $1,234 million in 2024.",
        "Revenue was $1,234 million in Europe in 2024.", "Revenue of Cloud was $1,234 million in 2024.",
        "Cloud revenue was $1,234 million in 2024.",
    ],
)  # fmt: skip
def test_the_whole_is_not_that_of_a_part(sentence: str, evidence: str) -> None:
    assert status(sentence, evidence) == "unsupported"


def test_who_brings_it_in_is_such_a_part() -> None:
    told = "In 2024 Cloud brought in revenue of $1,234 million."
    assert [status(told, one) for one in (TABLE, BARE)] == ["unsupported", "unsupported"]


@pytest.mark.parametrize(
    ("sentence", "evidence"),
    [
        ("Revenue in Europe was $400 million in 2024.", TABLE), ("Cloud revenue was $300 million in 2024.", TABLE),
        ("Revenue from Cloud was $300 million in 2024.", PROSE), ("Acme's revenue was $1,234 million in 2024.", PROSE),
        ("Cloud and Europe brought in $300 million and $400 million, respectively, in 2024.", TABLE),
        ("In 2024 the Americas had more revenue than Europe: $500 million against $400 million.", ABROAD),
        ("Europe, unlike Cloud, came to $400 million in 2024.", TABLE),
        ("Revenue in Fiscal 2024 was $1,234 million.", BARE), ("Total Revenue for FY2024 was $1,234 million.", TABLE),
        ("According to the Consolidated Statement of Operations, revenue was $1,234 million in 2024.", BARE),
        ("Revenue was 1,234 million Swiss francs in 2024.", "| CHF million | 2024 |\n|---|---|\n| Revenue | 1,234 |\n"),
    ],
)  # fmt: skip
def test_a_part_that_the_line_names_holds_and_so_does_a_whole_without_one(sentence: str, evidence: str) -> None:
    assert status(sentence, evidence) == "supported"


def test_a_fiscal_year_is_nobodys_name() -> None:
    million = Decimal(1_000_000)
    fact = Fact(("Revenue",), 1234 * million, "USD", "2024-01-01/2024-12-31", "1,234", 1, entity="Acme Holdings, Inc.", scale=million)
    rows = [CellEvidence(fact, DocumentName("0" * 64, "report.pdf"))]
    assert verify("Revenue for FY2024 was $1,234 million.", rows).holds
    assert not verify("Revenue for CR2024 was $1,234 million.", rows).holds
