"""The parts of statements of units: cues in several scripts, signs of two letters and marks, currencies by their names."""

from __future__ import annotations

from decimal import Decimal

import pytest

from finfoundry.core.quantities import unit_parts
from finfoundry.core.quantities.unit_lines import read_unit_line


@pytest.mark.parametrize("cue", ["单位", "單位", "単位", "단위", "Unit", "Amounts in", "Figures in", "Angaben in", "Montants en"])
@pytest.mark.parametrize(("scale", "power"), [("million", 6), ("billion", 9)])
def test_a_cue_announces_a_scale(cue: str, scale: str, power: int) -> None:
    assert read_unit_line(f"{cue}: {scale}").scale == Decimal(10) ** power or read_unit_line(f"{cue} {scale}").scale == Decimal(10) ** power


@pytest.mark.parametrize("cue", ["单位", "單位", "単位", "단위"])
def test_a_cue_in_chinese_japanese_or_korean_states_units_of_one(cue: str) -> None:
    assert read_unit_line(f"{cue}：元").scale == 1
    assert read_unit_line(f"{cue}：股").scale == 1


@pytest.mark.parametrize(
    ("sign", "code"),
    [
        ("US$", "USD"), ("U.S.$", "USD"), ("US $", "USD"), ("HK$", "HKD"), ("A$", "AUD"), ("C$", "CAD"), ("NT$", "TWD"), ("R$", "BRL"),
        ("Kč", "CZK"), ("zł", "PLN"), ("€", "EUR"), ("£", "GBP"), ("Canadian $", "CAD"), ("Swiss francs", "CHF"),
        ("Hong Kong dollars", "HKD"),
    ],
)  # fmt: skip
def test_a_sign_or_a_name_is_its_currency(sign: str, code: str) -> None:
    line = read_unit_line(f"in millions of {sign}")
    assert (line.scale, line.currency) == (Decimal(10**6), code)
    behind = read_unit_line(f"{sign} million")
    assert (behind.scale, behind.currency) == (Decimal(10**6), code)


def test_a_sign_and_a_mark_further_on_are_two() -> None:
    assert read_unit_line("CHF million  US   $ million").currency == "CHF"
    assert read_unit_line("in thousands of US  $").currency == "USD"


COUNTS = ["a", "an", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "several", "few", "some", "many"]


@pytest.mark.parametrize("count", COUNTS)
def test_so_many_millions_are_a_sum_and_no_scale(count: str) -> None:
    for text in (f"{count} million euros", f"({count} million euros)"):
        assert (read_unit_line(text).scale, read_unit_line(text).unread) == (None, None)


def test_words_that_say_nothing_of_units_are_known_whatever_is_beside_them(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [
        "Expressed in thousands of Canadian dollars, except per share data", "US $ millions", "R'000", "T€ 5", "(In US dollars) 1,000's",
        "Net sales of Hong Kong and Swiss francs", "A$m | C$ | kr. | Rs. in lakhs", "单位：新臺幣仟元",
        "hundreds of U.S. Dollars . , $ 10,000",
    ]  # fmt: skip
    quick = [unit_parts.parts_of(text) for text in texts]
    monkeypatch.setattr(unit_parts, "_whatever_is_beside", lambda _: None)
    assert quick == [unit_parts.parts_of(text) for text in texts]
