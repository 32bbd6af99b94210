"""Percentages that amounts beside them show to be changes; figures of one clause, metric or length of time that are told of another."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import pytest

from finfoundry.binding import verify
from finfoundry.binding.sources import columns_of_change
from finfoundry.core.document import Certificate, Document, Fact, Page, Parsed, Profile

THIS, LAST = "2024-01-01/2024-12-31", "2023-01-01/2023-12-31"
AMOUNTS = {"Advertising": (825, 814), "Professional fees": (549, 495), "Travel": (120, 150), "Rent": (200, 190)}


def row(number: int, name: str, now: int, before: int, rate: str) -> list[Fact]:
    """Two years and a percentage under "2024" alone."""
    amounts = [
        Fact((name,), Decimal(value) * 1_000_000, "USD", time, f"{value}", 1, "Kestrel Inc", scale=Decimal(1_000_000), table=0, row=number,
             column=column)
        for column, (value, time) in enumerate(((now, THIS), (before, LAST)), start=1)
    ]  # fmt: skip
    share = Fact((name,), Decimal(rate) / 100, "ratio", "2024-12-31", f"{rate}%", 1, "Kestrel Inc", scale=Decimal("0.01"), table=0,
                 row=number, column=3)  # fmt: skip
    return [*amounts, share]


def paper(rates: Sequence[str]) -> Parsed:
    lines = zip(AMOUNTS.items(), rates, strict=True)
    facts = [fact for number, ((name, (now, before)), rate) in enumerate(lines) for fact in row(number, name, now, before, rate)]
    profile = Profile(entity="Kestrel Inc", period=THIS, fiscal_year=2024)
    return Parsed(Document("a.pdf", "0" * 64, "application/pdf", 1, [Page(1, 1, 1, [])], profile), facts, Certificate())


GROWN = paper(("1", "11", "-20", "5"))


@pytest.mark.parametrize(
    ("sentence", "status"),
    [
        ("Kestrel spent 11% more on professional fees in 2024.", "supported"),
        ("Kestrel spent 11% less on professional fees in 2024.", "unsupported"),
        ("Travel fell 20% in 2024.", "supported"),
        ("Travel rose 20% in 2024.", "unsupported"),
    ],
)
def test_a_column_that_the_amounts_show_to_be_of_changes_holds_the_direction(sentence: str, status: str) -> None:
    (checked,) = verify(sentence, [GROWN]).sentences
    assert checked.status == status, checked.reason


def test_a_column_is_of_changes_where_nearly_all_of_its_rows_are() -> None:
    assert columns_of_change(GROWN.facts) == {(0, 3)}
    assert columns_of_change(paper(("49", "32", "7", "12")).facts) == set(), "shares of a whole"
    assert columns_of_change(paper(("1", "11", "7", "12")).facts) == set(), "half of them by chance"
    assert columns_of_change(GROWN.facts[:6]) == set(), "two rows show nothing"


CLAUSES = "2019年，医药板块销售增长，实现净利润2.95亿元，同比增长47.67%；染料板块需求低迷，仍然实现净利润4.76亿元，同比增长17.43%。"


@pytest.mark.parametrize(
    ("sentence", "status"),
    [
        ("2019年医药板块实现净利润2.95亿元。", "supported"),
        ("2019年染料板块实现净利润4.76亿元。", "supported"),
        ("2019年医药板块实现净利润4.76亿元。", "unsupported"),
        ("2019年染料板块实现净利润2.95亿元。", "unsupported"),
    ],
)
def test_of_two_clauses_that_print_one_metric_each_is_told_of_its_own(sentence: str, status: str) -> None:
    (checked,) = verify(sentence, [CLAUSES]).sentences
    assert checked.status == status, checked.reason


PARTS = """Kestrel Inc
In millions of dollars
| Years ended December 31 | 2024 | 2023 |
|---|---|---|
| Net sales |  |  |
| Snacks | 900 | 870 |
| Pet | 590 | 500 |
| Operating profit |  |  |
| Snacks | 210 | 200 |
| Pet | 146 | 100 |
"""


@pytest.mark.parametrize(
    ("sentence", "status"),
    [
        ("Net sales of Pet were up 18% in 2024.", "supported"),
        ("Operating profit of Pet was up 46% in 2024.", "supported"),
        ("Operating profit of Pet was up 18% in 2024.", "unsupported"),
        ("Net sales of Pet were up 46% in 2024.", "unsupported"),
        ("In the fourth quarter alone net sales of Pet were up 18%.", "unsupported"),
    ],
)
def test_a_change_is_computed_of_the_metric_and_the_time_that_are_told(sentence: str, status: str) -> None:
    (checked,) = verify(sentence, [PARTS]).sentences
    assert checked.status == status, checked.reason
