"""The language of a text, by its letters."""

from __future__ import annotations

import pytest

from finfoundry.core.language import language_of, sentences


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("What was net income?", "en"), ("净利润是多少？", "zh"), ("EBITDA 2024 是多少", "zh"),
        ("Kweichow Moutai's 茅台 brand of liquor", "en"),
        ("abcdefgh营收", "zh"), ("abcdefghi营收", "en"), ("营", "zh"), ("", "en"), ("—— ?", "en"), ("2024", "en"),
    ],
)  # fmt: skip
def test_a_text_is_chinese_where_a_fifth_of_its_letters_are(text: str, language: str) -> None:
    assert language_of(text) == language


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("原文说：“该厂于2024年停产。”[1]下一句。", ["原文说：“该厂于2024年停产。”[1]", "下一句。"]),
        ("他說：「停產。」後來（見附註。）復產。", ["他說：「停產。」", "後來（見附註。）", "復產。"]),
        ("In its words: “The pier closed in 2024.” [1]", ["In its words: “The pier closed in 2024.” [1]"]),
        ("The bank said “it closed in 2024.” [1] Then more.", ["The bank said “it closed in 2024.” [1]", "Then more."]),
    ],
)
def test_a_closing_mark_belongs_to_the_sentence_that_it_closes(text: str, parts: list[str]) -> None:
    assert [text[start:end].strip() for start, end in sentences(text)] == parts
