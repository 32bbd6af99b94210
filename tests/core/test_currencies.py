"""The currencies: every national one of ISO 4217 is read beside a scale, and the shared signs and words mean what they may mean."""

from __future__ import annotations

from decimal import Decimal

import pytest

from finfoundry.core.quantities.currencies import HAN_NAMES, SHARED
from finfoundry.core.quantities.unit_lines import read_unit_line

# List one of ISO 4217, amendment 177: without funds, metals and codes of accounting.
NATIONAL = """
AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CLP CNY COP CRC CUP CVE CZK
DJF DKK DOP DZD EGP ERN ETB EUR FJD GBP GEL GHS GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KRW
KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP
PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SLE SOS SRD SSP STN SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU
UZS VES VND VUV WST XAF XCD XOF XPF YER ZAR ZMW
"""


def test_every_national_currency_is_read_beside_a_scale() -> None:
    read = {code: read_unit_line(f"in {code} million") for code in NATIONAL.split()}
    assert len(read) == 148
    assert {code: line for code, line in read.items() if (line.scale, line.currency, line.unread) != (Decimal(10**6), code, None)} == {}


@pytest.mark.parametrize(
    ("word", "meant", "possible"),
    [
        ("$", "USD", {"HKD", "CAD", "AUD", "SGD", "NZD", "TWD", "MXN"}),
        ("¥", "CNY", {"JPY"}),
        ("元", "CNY", {"USD", "HKD", "TWD", "MOP", "SGD", "JPY", "KRW", "EUR", "CAD", "AUD", "NZD"}),
        ("Rs", "INR", {"PKR", "LKR"}),
        ("pound", "GBP", {"EGP"}),
    ],
)
def test_a_shared_sign_means_one_and_may_mean_others(word: str, meant: str, possible: set[str]) -> None:
    assert SHARED[word] == (meant, frozenset({meant, *possible}))


def test_the_name_in_chinese_that_answers_print() -> None:
    printed = {
        "USD": "美元",
        "EUR": "欧元",
        "GBP": "英镑",
        "JPY": "日元",
        "CNY": "人民币",
        "HKD": "港元",
        "TWD": "新台币",
        "CHF": "瑞士法郎",
    }
    assert {code: HAN_NAMES[code] for code in printed} == printed


@pytest.mark.parametrize(
    ("sign", "code"),
    [
        ("KD", "KWD"), ("BD", "BHD"), ("QR", "QAR"), ("SR", "SAR"), ("Dh", "AED"), ("Dhs", "AED"), ("Tk", "BDT"), ("TL", "TRY"),
        ("R", "ZAR"),
        ("N", "NGN"), ("Fr.", "CHF"), ("RM", "MYR"), ("Rp", "IDR"), ("lei", "RON"), ("won", "KRW"), ("real", "BRL"), ("NIS", "ILS"),
    ],
)  # fmt: skip
def test_letters_and_words_that_mean_other_things_are_a_currency_beside_a_scale(sign: str, code: str) -> None:
    line = read_unit_line(f"in {sign} million")
    assert (line.scale, line.currency) == (Decimal(10**6), code)
    assert read_unit_line(f"{sign} Martin").currency is None
