"""Percentages that the amounts beside them show to be changes, and which way; changes of a part told of another of its metrics."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import pytest

from finfoundry.binding import verify
from finfoundry.binding.sources import directions_shown
from finfoundry.core.document import Certificate, Document, Fact, Page, Parsed, Profile

YEARS = ("2024-01-01/2024-12-31", "2023-01-01/2023-12-31", "2022-01-01/2022-12-31")
AMOUNTS = {"Advertising": (825, 814, 702), "Professional fees": (549, 495, 458), "Travel": (120, 150, 160), "Rent": (200, 190, 181)}
GROWN = (("1", "16"), ("11", "8"), ("-20", "-6"), ("5", "5"))
MILLION = Decimal(1_000_000)


def cell(name: str, value: Decimal, unit: str, time: str, text: str, scale: Decimal, place: tuple[int, int]) -> Fact:
    return Fact((name,), value, unit, time, text, 1, "Kestrel Inc", scale=scale, table=0, row=place[0], column=place[1])


def row(number: int, name: str, amounts: Sequence[int], rates: Sequence[str]) -> list[Fact]:
    """Three years, and percentages under two of them."""
    found = [
        cell(name, amount * MILLION, "USD", year, str(amount), MILLION, (number, column))
        for column, (amount, year) in enumerate(zip(amounts, YEARS, strict=True), start=1)
    ]
    shares = [
        cell(name, Decimal(rate) / 100, "ratio", year[-10:], f"{rate}%", Decimal("0.01"), (number, column))
        for column, (rate, year) in enumerate(zip(rates, YEARS, strict=False), start=4)
    ]
    return [*found, *shares]


def paper(rates: Sequence[Sequence[str]], more: Sequence[Fact] = ()) -> Parsed:
    lines = zip(AMOUNTS.items(), rates, strict=True)
    facts = [fact for number, ((name, amounts), of) in enumerate(lines) for fact in row(number, name, amounts, of)]
    profile = Profile(entity="Kestrel Inc", period=YEARS[0], fiscal_year=2024)
    return Parsed(Document("a.pdf", "0" * 64, "application/pdf", 1, [Page(1, 1, 1, [])], profile), [*facts, *more], Certificate())


MARGIN = row(9, "Gross profit", (300, 250, 240), ("36",))


@pytest.mark.parametrize(
    ("sentence", "status"),
    [
        ("Kestrel spent 11% more on professional fees in 2024.", "supported"),
        ("Kestrel spent 11% less on professional fees in 2024.", "unsupported"),
        ("Travel fell 20% in 2024.", "supported"),
        ("Travel rose 20% in 2024.", "unsupported"),
        ("Professional fees rose 8% in 2024.", "unsupported"),
        ("Professional fees rose 11% in 2025.", "unsupported"),
        ("Gross profit was 36% of revenue in 2024.", "supported"),
    ],
)
def test_a_rate_that_the_amounts_show_to_be_of_a_change_holds_its_direction(sentence: str, status: str) -> None:
    (checked,) = verify(sentence, [paper(GROWN, MARGIN)]).sentences
    assert checked.status == status, checked.reason


def test_a_column_is_of_changes_where_nearly_all_of_its_rows_are() -> None:
    one = [(rate,) for rate, _ in GROWN]
    assert directions_shown(paper(one).facts) == {(0, 0, 4): 1, (0, 1, 4): 1, (0, 2, 4): -1, (0, 3, 4): 1}
    assert (0, 9, 4) not in directions_shown(paper(one, MARGIN).facts), "a margin among them is none"
    assert directions_shown(paper([("49",), ("32",), ("7",), ("12",)]).facts) == {}, "shares of a whole"
    assert directions_shown(paper([("1",), ("11",), ("7",), ("12",)]).facts) == {}, "half of them by chance"
    assert directions_shown(paper(one).facts[:8]) == {}, "two rows show nothing"


PARTS = """Kestrel Inc
In millions of dollars
| Years ended December 31 | 2024 | 2023 |
|---|---|---|
| Net sales |  |  |
| Snacks | 900 | 870 |
| Pet | 590 | 500 |
| Footwear | 224 | 200 |
| Operating profit |  |  |
| Snacks | 210 | 200 |
| Pet | 146 | 100 |
| Equipment | 115 | 100 |
"""


@pytest.mark.parametrize(
    ("sentence", "status"),
    [
        ("Net sales of Pet were up 18% in 2024.", "supported"),
        ("Operating profit of Pet was up 46% in 2024.", "supported"),
        ("Operating profit of Pet was up 18% in 2024.", "unsupported"),
        ("Net sales of Pet were up 46% in 2024.", "unsupported"),
        ("Equipment profit grew 15% in 2024.", "supported"),
        ("Footwear grew 12% in 2024 while net income fell.", "supported"),
    ],
)
def test_a_change_is_computed_of_the_metric_that_is_told_where_the_part_has_both(sentence: str, status: str) -> None:
    (checked,) = verify(sentence, [PARTS]).sentences
    assert checked.status == status, checked.reason
