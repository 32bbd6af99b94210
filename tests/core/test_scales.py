"""Words of scale against what they mean: listed here once more by their meaning, as dictionaries of the languages have them."""

from __future__ import annotations

from decimal import Decimal

import pytest

from finfoundry.core import scales
from finfoundry.core.unit_lines import read_unit_line

MEANING = {
    3: "thousand tsd tausend millier migliaia milhares milhar duizend duizenden tys tis тыс тысяч",
    5: "lakh lac",
    6: "million mln mn mio million(s) millionen millones millón milione milioni milhão milhões miljoen miljoner millioner млн миллионов",
    7: "crore",
    9: "billion bn bln mrd mia md mld milliarde milliarden milliard miliardi млрд",
    12: "trillion tn",
}
HAN = {
    2: "百", 3: "千 仟 千个 천", 4: "万 萬", 5: "十万 十萬", 6: "百万 百萬 佰万 佰萬 백만", 7: "千万 千萬 仟万 仟萬", 8: "亿 億 억",
    9: "十亿 十億 십억", 10: "百亿 百億", 11: "千亿 千億", 12: "万亿 萬億 兆",
}  # fmt: skip
LETTERS = {3: "k miles th", 5: "l", 6: "m mm mill", 7: "cr", 9: "b"}
PREFIXES = {3: "T t k K", 6: "M m", 9: "B Md"}
ZEROS = {3: "000", 4: "0,000", 6: "000,000 000.000 000000", 9: "000,000,000"}
FACTORS = {0: "1", 1: "ten 10", 2: "hundred 100", 3: "1,000 1000", 4: "10,000", 5: "100,000"}


def by_word(meaning: dict[int, str]) -> dict[str, int]:
    return {word: power for power, words in meaning.items() for word in words.split()}


@pytest.mark.parametrize(
    ("table", "meaning"),
    [
        (scales.WORDS, MEANING), (scales.HAN, HAN), (scales.LETTERS, LETTERS), (scales.PREFIXES, PREFIXES), (scales.ZEROS, ZEROS),
        (scales.MULTIPLIERS, FACTORS),
    ],
)  # fmt: skip
def test_b8_every_word_of_scale_has_the_power_that_it_means(table: dict[str, int], meaning: dict[int, str]) -> None:
    assert table == by_word(meaning)


@pytest.mark.parametrize(("word", "power"), by_word(MEANING).items())
def test_b8_a_table_in_these_words_is_read_in_their_scale(word: str, power: int) -> None:
    assert read_unit_line(f"CHF {word}").scale == Decimal(10) ** power


@pytest.mark.parametrize(("word", "power"), [(word, power) for word, power in by_word(HAN).items() if word != "千个"])
def test_b8_a_table_in_chinese_japanese_and_korean_words_is_read_in_their_scale(word: str, power: int) -> None:
    assert read_unit_line(f"单位：{word}美元").scale == Decimal(10) ** power


@pytest.mark.parametrize(("text", "power"), [("BRL mil", 3), ("R$ mil", 3), ("mil CZK", 6), ("CZK mil", 6)])
def test_b8_a_word_that_languages_share_means_what_it_does_where_the_currency_is_used(text: str, power: int) -> None:
    assert read_unit_line(text).scale == Decimal(10) ** power
