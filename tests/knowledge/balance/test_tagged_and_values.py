"""Facts with other digits than are printed, and tagged numbers without a fact, are told."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from tests.knowledge.facts.test_ixbrl import FILING

from finfoundry.core.document import Fact
from finfoundry.knowledge.balance.balancing import balance_of
from finfoundry.knowledge.balance.printed import printed
from finfoundry.knowledge.balance.tagged_figures import tag_losses, untold_tags
from finfoundry.knowledge.balance.value_digits import has_printed_digits, other_digits
from finfoundry.knowledge.ingest.parse_file import parse


def fact(text: str, value: str) -> Fact:
    return Fact(("Loans",), Decimal(value), "EUR", "2024-12-31", text, 3)


@pytest.mark.parametrize(
    ("text", "value", "same"),
    [
        ("1,234.50", "1234500000", True),
        ("(65)", "-65000", True),
        ("0.37%", "0.0037", True),
        ("25 basis points", "0.0025", True),
        ("1 234", "1234000", True),
        ("nil", "0", True),
        ("0.00", "0", True),
        ("２５０", "250", True),
        ("250⁹", "250", True),
        ("250⁹", "2509", True),  # which the reader of marks must not do, and the place shows
        ("1,234", "1284", False),
        ("1,234", "12345", False),
        ("(65)", "-56", False),
        ("0", "7", False),
    ],
)
def test_a_scale_moves_the_point_and_changes_no_digit(text: str, value: str, same: bool) -> None:
    assert has_printed_digits(fact(text, value)) is same
    assert bool(list(other_digits([fact(text, value)]))) is not same


def test_a_fact_with_other_digits_accounts_for_none() -> None:
    data = b"item,2024,2023\nRevenue,1234,1100\nCosts,12,9\n"
    parsed = parse(data, "x.csv")
    wrong = [replace(one, value=one.value + 1) if one.text == "1234" else one for one in parsed.facts]
    balance = balance_of(printed(parsed.document, data), parsed.document, wrong)
    assert [one.text for one in balance.lost] == ["1234"]


def test_each_tagged_number_is_told_or_missed() -> None:
    data = FILING.encode()
    parsed = parse(data, "f.htm")
    prints = printed(parsed.document, data)
    assert prints.tags
    assert untold_tags(parsed.facts, prints.tags) == {}
    in_text = next(one for one in parsed.facts if one.table is None and (one.locator or {}).get("anchor") in prints.tags)
    left = [one for one in parsed.facts if one is not in_text]
    (line,) = tag_losses(left, prints.tags)
    assert in_text.text in line
    assert balance_of(prints, parsed.document, left).accounts.get("lost", 0) >= 1
    assert parsed.certificate.losses == [loss for loss in parsed.certificate.losses if "tagged" not in loss]
