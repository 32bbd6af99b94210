"""A quotation as a person reads it, and where it stands."""

from __future__ import annotations

import pytest

from finfoundry.core.answer import Citation, DocumentName
from finfoundry.core.prose import place, prose


@pytest.mark.parametrize(
    ("quote", "read"),
    [
        ("Custodian | Ardlinn Services DAC", "Custodian: Ardlinn Services DAC"),
        ("Term: | 5 years", "Term: 5 years"),
        ("行领导 | 1,200 | 900", "行领导：1,200，900"),
        ("Rank | Limit | Limit\nStaff | 550 | 450\nFrom May.", "Rank: Limit;\nStaff: 550, 450\nFrom May."),
        ("We sell tea|coffee.", "We sell tea|coffee."),
        ("Home | ", "Home"),
    ],
)
def test_rows_are_told_as_words_and_all_else_as_it_is(quote: str, read: str) -> None:
    assert prose(quote) == read


def test_a_place_without_a_page_is_told_by_what_a_person_can_find() -> None:
    assert place({"anchor": "block-9", "heading": "4 Monitoring", "row": "3"}) == "under “4 Monitoring”, row 3"
    assert place({"sheet": "Balance", "cell": "B7"}) == "sheet Balance, cell B7"
    assert place({"anchor": "table-2", "cell": "R3C2"}) == "row 3, column 2"
    assert place({"anchor": "x"}) == "x"
    told = Citation(1, DocumentName("d", "rules.docx"), 1, None, {"anchor": "b", "heading": "Fees"}, "Wire | 45").shown()
    assert told == "rules.docx p. 1 under “Fees”: “Wire: 45”"
