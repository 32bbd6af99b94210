"""Statements of scale and currency: what they state, what they leave open, and what stands in the place of a scale and is none."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finfoundry.core.quantities.currencies import ALONE, SHARED
from finfoundry.core.quantities.unit_lines import meant, only_units, own_unit, read_unit_line, unit_phrase

STATED = [
    ("GBP thousands", 3, "GBP"), ("CHF m", 6, "CHF"), ("Amounts in Lakhs", 5, None), ("(Rs. in crores)", 7, "INR"),
    ("TEUR", 3, "EUR"), ("k€", 3, "EUR"), ("Angaben in Mio. CHF", 6, "CHF"), ("Mrd. €", 9, "EUR"), ("£'000", 3, "GBP"),
    ("US$ 000s", 3, "USD"), ("Expressed in thousands of Canadian dollars", 3, "CAD"), ("百万円", 6, "JPY"), ("單位：新臺幣仟元", 3, "TWD"),
    ("港幣千元", 3, "HKD"), ("货币单位：美元千元", 3, "USD"), ("in hundreds of thousands of dollars", 5, "USD"),
    ("₹ lakh crore", 12, "INR"),
    ("Unit: 100 million yen", 8, "JPY"), ("in 1 000 EUR", 3, "EUR"), ("R'000", 3, "ZAR"), ("R$ mil", 3, "BRL"),
    ("除特别注明外，金额单位均为人民币千元", 3, "CNY"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "power", "currency"), STATED)
def test_scale_and_currency_of_a_heading(text: str, power: int, currency: str | None) -> None:
    line = read_unit_line(text)
    assert (line.scale, line.currency, line.unread) == (Decimal(10**power), currency, None)


@pytest.mark.parametrize(
    "text",
    [
        "in gazillions of euros",
        "(in thousends of euros)",
        "GBP 0000",
        "€T",
        "(US$ t)",
        "mil. EUR",
        "单位：美元拾万萬元",
        "in bushels of dollars",
    ],
)
def test_a_scale_that_is_not_understood_never_means_one(text: str) -> None:
    line = read_unit_line(text)
    assert line.scale is None
    assert line.unread


@pytest.mark.parametrize(
    "text",
    [
        "Net sales", "we sold millions of units", "Loans above $5 million", "$100 million credit facility", "百度在线", "万元以上",
        "单位名称", "real estate", "US$ M Holdings", "a million dollars", "Senior notes, $500 million", "top ten customers",
        "growth in volume of euro notes",
    ],
)  # fmt: skip
def test_words_elsewhere_state_no_scale(text: str) -> None:
    line = read_unit_line(text)
    assert (line.scale, line.unread) == (None, None)


@pytest.mark.parametrize("text", ["in whole dollars", "Expressed in Swiss francs", "单位：元", "人民币元", "(in U.S. dollars)"])
def test_units_of_one_are_stated(text: str) -> None:
    assert read_unit_line(text).scale == 1


@pytest.mark.parametrize(
    ("text", "only"), [("£m", True), ("US$'000", True), ("(in thousands of euros)", True), ("单位：万元", True), ("Revenue £m", False)]
)
def test_a_statement_of_units_and_nothing_else(text: str, only: bool) -> None:
    assert only_units(text) is only


def test_what_a_label_states_for_itself() -> None:
    assert own_unit("Revenue (£m)").scale == 10**6
    assert own_unit("Fair value in dollars").scale is None  # of one: that is left to the table


@pytest.mark.parametrize(
    ("printed", "sign", "stated", "code"),
    [
        ("USD", "$", "CAD", "CAD"),
        ("USD", "US$", "CAD", "USD"),
        ("USD", "$", "EUR", "USD"),
        ("CNY", "¥", "JPY", "JPY"),
        ("CNY", "¥", "USD", "CNY"),
        ("CNY", "¥", "EUR", "CNY"),
        ("CNY", "元", "USD", "USD"),
        ("CNY", "元", "EUR", "EUR"),
        ("EUR", "€", "CAD", "EUR"),
        (None, "", "GBP", "GBP"),
    ],
)
def test_a_sign_that_several_currencies_share_is_the_stated_one(printed: str | None, sign: str, stated: str, code: str) -> None:
    _, family = SHARED.get(sign, ("", ALONE))
    assert meant(printed, shared=family, stated=stated) == code
    assert read_unit_line(f"5 {sign}").shared == family


@given(st.text(alphabet="TkmM€$£¥'0, ()元千万百單位:inof thousandmilliocrlakhUSDGBP.", max_size=80))
def test_any_line_is_read(text: str) -> None:
    line = read_unit_line(text)
    assert line.scale is None or line.unread is None
    assert line.scale is None or 1 <= line.scale <= 10**15


@pytest.mark.parametrize(
    ("text", "unread"),
    [
        ("单位：拾万元", "万"), ("单位：万拾元", "万"), ("单位：美元拾万", "万"), ("单位：美元万拾", "万"),
        ("拾万元", "万"), ("单位：亿万元", "亿"),
        ("万拾元", None), ("万万元", "万"), ("单位：元 万万元", "万"),
    ],
)  # fmt: skip
def test_part_of_a_longer_scale_is_none_by_itself(text: str, unread: str | None) -> None:
    assert read_unit_line(text).scale is None
    assert read_unit_line(text).unread == unread


@pytest.mark.parametrize(
    ("text", "power"), [("单位：拾 万元", 4), ("单位：美元 万", 4), ("万元", 4), ("单位：万元", 4), ("单位：千万美元", 7)]
)
def test_a_scale_that_touches_no_other_is_whole(text: str, power: int) -> None:
    assert (read_unit_line(text).scale, read_unit_line(text).unread) == (Decimal(10**power), None)


@pytest.mark.parametrize(
    "word",
    ["whole", "nominal", "constant", "current", "local", "their", "us", "our", "net", "other"],
)
def test_a_plain_word_before_a_currency_is_no_scale(word: str) -> None:
    assert read_unit_line(f"(in {word} of euros)").unread is None


@pytest.mark.parametrize(
    ("text", "power", "currency"),
    [
        ("in crores of rupees", 7, "INR"), ("单位：亿美元", 8, "USD"), ("EUR", None, "EUR"), ("in dollars", 0, "USD"),
        ("in gazillions of euros", None, None), ("Revenue in euros", None, None), ("2024", None, None),
    ],
)  # fmt: skip
def test_a_phrase_of_units_and_nothing_else_states_them(text: str, power: int | None, currency: str | None) -> None:
    line = unit_phrase(text)
    assert (line is None) is (currency is None)
    if line is not None:
        assert (line.scale, line.currency) == (None if power is None else Decimal(10) ** power, currency)


@pytest.mark.parametrize(("text", "only"), [("EUR", False), ("in gazillions of euros", True), ("£m", True), ("Revenue (£m)", False)])
def test_a_currency_alone_states_no_scale_and_one_that_is_not_understood_does(text: str, only: bool) -> None:
    assert only_units(text) is only


@pytest.mark.parametrize("text", ["Gross $", "USD Gross", "Gross (USD)"])
def test_gross_beside_a_currency_is_no_scale(text: str) -> None:
    assert read_unit_line(text).unread is None
    assert read_unit_line("in grosses of pounds").unread


@pytest.mark.parametrize(
    "text",
    [
        "IBAN DE00 1234 5678 9012 3456 00, amounts in EUR",
        "Account 12 0000 0000, EUR",
        "IBAN XX00 1111 2222 00",
        "账号 6222 0000 00 人民币",
        "Form DE00, EUR",
    ],
)
def test_zeros_of_an_account_number_are_no_scale(text: str) -> None:
    assert read_unit_line(text).unread is None


@pytest.mark.parametrize("text", ["EUR '00", "(£00)", "in EUR 00s", "Rs. 00", "£00 2024 2023", "amounts in '00 EUR"])
def test_zeros_beside_a_currency_stay_a_scale_that_is_not_understood(text: str) -> None:
    assert read_unit_line(text).unread == "00"
