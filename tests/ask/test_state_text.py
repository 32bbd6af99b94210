"""What of a paper is read where the states of the base model are: a row with what stands over it, a list with its items, under titles."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import pytest
from tests.ask.memory import MemorySearch, document

from finfoundry.ask.retrieve.pair_scoring import READ_CHARACTERS, READ_ITEMS, STATE_HEADING, state_text
from finfoundry.ask.retrieve.quotable import OVER_ROWS, Quotable, quotables

PAPER = document("tarn-2024", "Tarn Harbours Inc", 2024)


def read_of(text: str, kind: Literal["text", "table"] = "text") -> list[Quotable]:
    search = MemorySearch()
    search.add(PAPER, text, 9, kind)
    return quotables(search.hits)


def test_a_row_is_read_under_its_columns() -> None:
    (row, *_) = [
        one
        for one in read_of("Fees of the port\nUSD million | 2024 | 2023\nBerth fees collected | 57 | 41", "table")
        if "Berth" in one.text
    ]
    assert state_text(row, "").endswith("USD million | 2024 | 2023 / Berth fees collected | 57 | 41")


def test_a_line_that_leads_to_a_list_is_read_with_its_items() -> None:
    lead = next(
        one for one in read_of("The port charges for the following:\n• berths\n• cranes by the hour\n• pilots") if one.text.endswith(":")
    )
    assert state_text(lead, "").endswith("The port charges for the following: • berths; • cranes by the hour; • pilots")


def test_the_title_of_a_paper_of_nobody_stands_over_it_in_simplified_characters() -> None:
    (one,) = read_of("逾期三十日仍不繳付者，本契約停止效力。")
    assert state_text(one, "保險單條款").startswith("保险单条款")
    assert state_text(one, "").endswith("逾期三十日仍不缴付者，本契约停止效力。")


@pytest.mark.parametrize(("lead", "text"), [("The port charges for:", "• crane {}"), ("", "Dues of the port master " * 40 + "{}")])
def test_it_is_bounded(lead: str, text: str) -> None:
    """A sentence, a row and a list that are long, under long headings."""
    said = "\n".join(filter(None, [lead, *(text.format(number) * 3 for number in range(20))]))
    search = MemorySearch()
    search.add(PAPER, said, 9)
    hit = replace(search.hits[0], section=("heading " * 40,))
    for form in ("sentence", "row"):
        one = Quotable(hit, lead or said, form, hit.section, before="USD million | " * 60)
        read = state_text(one, "title " * 200)
        most = READ_CHARACTERS["en"] + READ_ITEMS["en"] + STATE_HEADING + OVER_ROWS + len(": ") + len(" / ")
        assert 300 < len(read) <= most
