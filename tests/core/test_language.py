"""The language of a text, by its letters."""

from __future__ import annotations

import pytest

from finfoundry.core.language import language_of


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("What was net income?", "en"), ("净利润是多少？", "zh"), ("EBITDA 2024 是多少", "zh"),
        ("Kweichow Moutai's 茅台 brand of liquor", "en"),
        ("abcdefgh营收", "zh"), ("abcdefghi营收", "en"), ("营", "zh"), ("", "en"), ("—— ?", "en"), ("2024", "en"),
    ],
)  # fmt: skip
def test_b8_a_text_is_chinese_where_a_fifth_of_its_letters_are(text: str, language: str) -> None:
    assert language_of(text) == language
