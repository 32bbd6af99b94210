"""The fictional bank's books: the same seed gives the same books, and every identity holds in every year and scope."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from finfoundry.core.document import Scope
from finfoundry.demo.bank import SCOPES, SEGMENTS, YEAR, YEARS, Bank


def test_the_seed_decides() -> None:
    assert Bank().amounts == Bank().amounts
    assert Bank(1).amounts != Bank(2).amounts


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32))
def test_identities_hold_for_any_seed(seed: int) -> None:
    bank = Bank(seed)
    for scope in SCOPES:
        for year in YEARS:
            check_year(bank, scope, year)
        for year in YEARS[1:]:
            check_cash(bank, scope, year)


def check_year(bank: Bank, scope: Scope, year: int) -> None:
    def amount(key: str) -> Decimal:
        return bank.amount(key, scope, year)

    assert amount("total_assets") == amount("total_liabilities") + amount("total_equity")
    assert amount("net_profit") == amount("profit_before_tax") + amount("income_tax")
    assert amount("net_profit") == amount("attributable_profit") + amount("minority_profit")
    assert amount("loans") == amount("gross_loans") + amount("allowance")
    assert all(value == value.to_integral_value() for value in bank.amounts.values())
    assert amount("investments") > 0


def check_cash(bank: Bank, scope: Scope, year: int) -> None:
    assert bank.amount("opening_cash", scope, year) == bank.amount("closing_cash", scope, year - 1)
    flows = ("operating_cash", "investing_cash", "financing_cash", "exchange_effect")
    change = sum(bank.amount(key, scope, year) for key in flows)
    assert bank.amount("closing_cash", scope, year) == bank.amount("opening_cash", scope, year) + change
    kept = bank.amount("attributable_profit", scope, year) + bank.amount("dividends", scope, year)
    assert bank.amount("own_equity", scope, year) == bank.amount("own_equity", scope, year - 1) + kept


@pytest.mark.parametrize("key", ["operating_income", "profit_before_tax"])
def test_segments_add_up(key: str) -> None:
    bank = Bank()
    parts = bank.segments(key)
    assert len(parts) == len(SEGMENTS)
    assert sum(parts) == bank.amount(key)


def test_ratios_are_fractions_of_printed_precision() -> None:
    bank = Bank()
    assert bank.ratio("cost_to_income") == Decimal("0.3040")
    assert bank.earnings_per_share(YEAR) == Decimal("1.40")
