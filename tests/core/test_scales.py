"""Words of scale against what others say that they mean: the Common Locale Data Repository (as babel brings it) and Unicode's numbers."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from decimal import Decimal
from itertools import product

import pytest
from babel import Locale

from finfoundry.core.quantities.numbers import find_numbers
from finfoundry.core.quantities.scales import WORDS
from finfoundry.core.quantities.unit_lines import read_unit_line

LANGUAGES = "en de fr es it pt nl sv da nb cs pl ru uk zh zh_Hant ja ko"
# What English papers mean by these, whatever they are elsewhere: "billions" is 10^12 in French, "bn" in Swedish, "tn" a thousand.
ENGLISH = {"billion": 9, "billions": 9, "bn": 9, "bln": 9, "tn": 12, "B": 9}
OTHER_WORDS = {"Bio.", "bio.", "bil.", "bill.", "tri", "mil M"}  # mostly mean other things: not read, and never read as another scale


def printed_by_locales() -> Iterator[tuple[str, int]]:
    """Each word of scale that a locale prints, without its digits, and its power of ten: ("Millionen", 6)."""
    for language in LANGUAGES.split():
        for forms in Locale.parse(language).compact_decimal_formats.values():
            for number, pattern in ((number, pattern.pattern) for by_number in forms.values() for number, pattern in by_number.items()):
                word = pattern.replace("0", "").replace("'", "").replace("\xa0", " ").strip()
                if word and "0" in pattern and not {word, word.lower().rstrip(".")} & set(ENGLISH):
                    yield word, len(number) - pattern.count("0")


OF_LOCALES = sorted(set(printed_by_locales()))


def in_a_heading(word: str) -> str:
    if "\uac00" <= word[0] <= "\ud7a3":
        return f"단위: {word}원"
    return f"单位：{word}美元" if word[0] > "\u3000" else f"CHF {word}"


def test_locales_print_more_than_a_hundred_words_of_scale() -> None:
    assert len(OF_LOCALES) > 100


def test_a_heading_in_the_words_of_a_locale_has_their_scale_or_says_that_it_is_not_read() -> None:
    read = [(word, power, read_unit_line(in_a_heading(word))) for word, power in OF_LOCALES]
    assert [(word, line.scale) for word, power, line in read if line.scale not in (Decimal(10) ** power, None)] == []
    assert [word for word, _, line in read if line.scale is None and line.unread is None and word not in OTHER_WORDS] == []


@pytest.mark.parametrize(("word", "power"), ENGLISH.items())
def test_what_english_and_other_languages_share_is_read_as_english(word: str, power: int) -> None:
    assert read_unit_line(f"CHF {word}").scale == Decimal(10) ** power


@pytest.mark.parametrize("sign", [*"十百千万萬佰仟亿億兆", *(a + b for a, b in product("十百千佰仟", "万萬亿億")), "万亿", "萬億"])
def test_a_chinese_scale_is_the_product_of_what_unicode_says_of_its_signs(sign: str) -> None:
    worth = Decimal(1)
    for one in sign:
        worth *= Decimal(unicodedata.numeric(one))
    line = read_unit_line(f"单位：{sign}美元")
    assert line.scale in (worth, None)
    assert line.scale == worth or line.unread is not None


@pytest.mark.parametrize(("factor", "scale"), list(product([("십", 1), ("백", 2), ("천", 3)], [("만", 4), ("억", 8)])))
def test_a_korean_scale_is_the_product_of_its_syllables(factor: tuple[str, int], scale: tuple[str, int]) -> None:
    line = read_unit_line(f"(단위: {factor[0]}{scale[0]}원)")
    assert (line.scale, line.currency) == (Decimal(10) ** (factor[1] + scale[1]), "KRW")


@pytest.mark.parametrize("power", [3, 4, 5])
@pytest.mark.parametrize("point", [",", ".", "'", "’"])
def test_a_round_number_before_a_currency_is_the_scale_however_it_is_grouped(power: int, point: str) -> None:
    number = f"{10**power:,}".replace(",", point)
    assert read_unit_line(f"in {number} EUR").scale == Decimal(10) ** power
    assert read_unit_line(f"x € {number}").scale == Decimal(10) ** power


def test_a_price_is_no_scale() -> None:
    assert read_unit_line("EUR 1.000").scale is None


@pytest.mark.parametrize("groups", [1, 2, 3])
@pytest.mark.parametrize("currency", ["£", "US$", "EUR", "RMB"])
def test_noughts_behind_a_currency_are_the_digits_left_out(groups: int, currency: str) -> None:
    assert read_unit_line(f"{currency}'{','.join(['000'] * groups)}").scale == Decimal(1000) ** groups


@pytest.mark.parametrize(("factor", "worth"), [("ten", 10), ("tens", 10), ("hundred", 100), ("hundreds", 100)])
@pytest.mark.parametrize(("word", "scale"), [("thousands", 10**3), ("millions", 10**6), ("billions", 10**9)])
def test_a_factor_of_a_scale_multiplies_it(factor: str, worth: int, word: str, scale: int) -> None:
    assert read_unit_line(f"in {factor} of {word} of dollars").scale == worth * scale


@pytest.mark.parametrize("text", ["en miles de millones de euros", "EUR mil millones", "(miles de millones de euros)"])
def test_a_thousand_millions_are_a_billion(text: str) -> None:
    assert read_unit_line(text).scale == Decimal(10) ** 9


@pytest.mark.parametrize(("text", "power"), [("en miles de euros", 3), ("millones de euros", 6), ("in 1 million euros", 6)])
def test_a_thousand_or_a_million_alone_is_itself(text: str, power: int) -> None:
    assert read_unit_line(text).scale == Decimal(10) ** power


@pytest.mark.parametrize(("text", "power"), [
    ("BRL mil", 3), ("R$ mil", 3), ("mil CZK", 6), ("CZK mil", 6), ("R$ mi", 6), ("R$ bi", 9), ("в миллионах рублей", 6),
])  # fmt: skip
def test_a_word_that_languages_share_means_what_it_does_where_the_currency_is_used(text: str, power: int) -> None:
    assert read_unit_line(text).scale == Decimal(10) ** power


@pytest.mark.parametrize("code", ["EUR", "CHF", "GBP", "SEK"])
@pytest.mark.parametrize(("letter", "power"), [("T", 3), ("k", 3), ("M", 6), ("m", 6), ("Md", 9)])
def test_a_letter_before_a_code_and_the_same_number_in_prose(letter: str, power: int, code: str) -> None:
    assert read_unit_line(f"{letter}{code}").scale == Decimal(10) ** power
    if letter in "Tk":
        assert [number.value for number in find_numbers(f"Turnover was {letter}{code} 5.")] == [5 * Decimal(10) ** power]


@pytest.mark.parametrize(("suffix", "power"), [("m", 6), ("mn", 6), ("mm", 6), ("k", 3), ("bn", 9), ("b", 9), ("cr", 7), ("th", 3)])
def test_a_letter_behind_a_code_is_its_scale(suffix: str, power: int) -> None:
    assert read_unit_line(f"(USD {suffix})").scale == Decimal(10) ** power


@pytest.mark.parametrize(("word", "power"), [("lakhs", 5), ("lacs", 5), ("crores", 7), ("lakh crore", 12), ("Tsd.", 3), ("migliaia", 3),
    ("milhares", 3), ("milhar", 3), ("duizenden", 3), ("тысячах", 3), ("Millier", 3), ("Miljarden", 9), ("mio", 6), ("bln", 9), ("tn", 12),
])  # fmt: skip
def test_indian_and_other_words_that_no_locale_prints(word: str, power: int) -> None:
    assert read_unit_line(f"CHF {word}").scale == Decimal(10) ** power


FAMILIES = {  # how words of one power of ten begin in the languages of Europe
    r"thousand|taus|tus|tis|tys|тис|тыс|mila$|milh?ar|millier$|migliai|duizend|tsd": 3,
    r"mill?ion|mill?one|mill?ón|milh(ão|ões)|miljo|милли?он|мільйон": 6,
    r"mill?iard|miljard|bilh(ão|ões)|миллиард|мільярд": 9,
    r"bill?ion[^s(]|bill?ón|billones|biljo|trilh(ão|ões)|триллион|трильйон": 12,
}


def test_a_word_of_scale_is_worth_what_its_family_is() -> None:
    worth = {word: [power for family, power in FAMILIES.items() if re.match(family, word)] for word in WORDS}
    assert [word for word, powers in worth.items() if len(powers) > 1] == []
    meant = {word: Decimal(10) ** (powers or [WORDS[word]])[0] for word, powers in worth.items()}
    assert [word for word, scale in meant.items() if read_unit_line(f"CHF {word}").scale != scale] == []


def test_most_words_of_scale_have_a_family() -> None:
    assert sum(any(re.match(family, word) for family in FAMILIES) for word in WORDS) > 0.8 * len(WORDS)
