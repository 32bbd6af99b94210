"""Numbers as answers print them."""

from __future__ import annotations

from decimal import Decimal

import pytest

from finfoundry.ask.compose.printed_numbers import rounded, show_number
from finfoundry.ask.understand.intent import Wish
from finfoundry.core.answer import Language
from finfoundry.core.formulas import Show

MILLION = Wish(Decimal(10**6), "million")


@pytest.mark.parametrize(
    ("value", "unit", "show", "wish", "language", "scale", "precision", "text"),
    [
        ("5466312000", "USD", None, MILLION, "en", "1000", 0, "$5,466 million"),
        ("-12300000", "USD", None, Wish(), "en", "1000000", 1, "-$12.3 million"),
        ("1734000000", "USD", None, Wish(Decimal(10**9), "billion", 2), "en", "1000000", 0, "$1.73 billion"),
        ("0.052", "ratio", "percent", Wish(), "en", "1", 0, "5.2%"),
        ("0.0525", "ratio", None, Wish(), "en", "0.01", 2, "5.25%"),
        ("0.6194", "ratio", None, Wish(), "en", "1000000", 0, "0.62"),  # computed: it has no printed digits
        ("1.7349", "ratio", "ratio", Wish(decimals=2), "en", "1", 0, "1.73"),
        ("0.0036", "ratio", "ratio", Wish(decimals=2), "zh", "1", 0, "0.36%"),
        ("63.857", "days", "days", Wish(), "en", "1", 0, "63.86 days"),
        ("3.456", "USD/share", None, Wish(), "en", "1", 2, "$3.46 per share"),
        ("159169942.74", "CNY", None, Wish(), "zh", "1", 2, "159,169,942.74元"),
        ("159169942.74", "CNY", None, Wish(Decimal(10**4), "万元", 2), "zh", "1", 2, "15,916.99万元"),
        ("660956000000", "CNY", None, Wish(), "zh", "1000000", 0, "6,609.56亿元"),
        ("0.37221", "ratio", "percent", Wish(), "zh", "1", 0, "37.22%"),
        ("1.25", "CNY/share", None, Wish(), "zh", "1", 2, "1.25元/股"),
        ("1234567", "shares", None, Wish(), "en", "1", 0, "1,234,567 shares"),
        ("114000000000", "USD", None, Wish(), "en", "1000000000", 0, "$114 billion"),  # as printed
        ("107500000000", "USD", None, Wish(), "en", "1000000000", 0, "$107,500 million"),  # computed: no printed digit is lost
    ],
)
def test_figures(value: str, unit: str, show: Show | None, wish: Wish, language: Language, scale: str, precision: int, text: str) -> None:
    assert show_number(Decimal(value), unit, show, wish, language, Decimal(scale), precision) == text


def test_half_goes_away_from_zero_and_zero_has_no_sign() -> None:
    assert rounded(Decimal("2.5"), 0) == "3"
    assert rounded(Decimal("-2.5"), 0) == "-3"
    assert rounded(Decimal("-0.001"), 2) == "0.00"
