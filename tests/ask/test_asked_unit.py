"""The unit in which a question wants its answer."""

from __future__ import annotations

from decimal import Decimal

import pytest

from finfoundry.ask.understand.question_text import asked_unit


@pytest.mark.parametrize(
    ("question", "power", "word", "currency"),
    [
        ("State the turnover of Heron Mills in crores of rupees.", 7, "crore", "INR"),
        ("How large was the order book, in CHF millions?", 6, "million", "CHF"),
        ("Heron Mills' borrowings in thousands of Norwegian kroner?", 3, "thousand", "NOK"),
        ("What were total assets in billions in 2024?", 9, "billion", None),
        ("Give equity in dollars in millions", 6, "million", None),
        ("What was the profit in Japanese yen?", None, "", "JPY"),
        ("负债合计以港币百万元计是多少？", 6, "百万元", "HKD"),
        ("總資產是多少億新臺幣？", 8, "亿元", "TWD"),
        ("营业收入是多少亿？", 8, "亿元", None),
        ("净利润（单位：万元）", 4, "万元", None),
        ("折合美元是多少", None, "", "USD"),
    ],
)
def test_questions_use_the_same_grammar(question: str, power: int | None, word: str, currency: str | None) -> None:
    asked = asked_unit(question)
    assert asked == (None if power is None else Decimal(10**power), word, currency)


@pytest.mark.parametrize(
    "question", ["What was revenue in 2024?", "Sales in Euro area countries", "Loans in Real Estate", "有几千家门店？", "在美国有多少人？"]
)
def test_other_words_ask_for_no_unit(question: str) -> None:
    assert asked_unit(question) == (None, "", None)
