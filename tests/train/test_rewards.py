"""The rewards of the product, each on answers that it must tell apart."""

from __future__ import annotations

import json

import pytest

from finfoundry.core.protocols import Message
from finfoundry.train.rewards import REWARDS, SampledAnswer


def plan(expression: str, *metrics: tuple[str, str, int], kind: str = "calculation", show: str = "percent") -> str:
    told = [{"name": name, "label": label, "year": year} for name, label, year in metrics]
    return json.dumps({"kind": kind, "metrics": told, "expression": expression, "show": show})


TABLE = "Acme Corp, fiscal 2024, in millions of dollars. Revenue was $120 million in 2024 and $100 million in 2023."

NOTHING = plan("a / (a - a)", ("a", "Net sales", 2024))
GROWTH = plan("(a - b) / b", ("a", "Net sales", 2024), ("b", "Net sales", 2023))


def said(text: str, expected: str = "", texts: tuple[str, ...] = (), *, finished: bool = True) -> SampledAnswer:
    return SampledAnswer((Message("user", "?"),), text, expected, texts, "made", finished, 4, 8)


@pytest.mark.parametrize(
    ("name", "better", "worse"),
    [
        ("right", said("1,200.0", "1200"), said("1300", "1200")),
        ("right", said('{"b": 2, "a": 1}', '{"a":1,"b":2}'), said('{"a": 1}', '{"a":1,"b":2}')),
        ("right", said("Card.", "card"), said("loan", "card")),
        ("executed", said("(a - b) / b", "0.2", ("a = 120, b = 100",)), said("(b - a) / b", "0.2", ("a = 120, b = 100",))),
        ("executed", said('{"expression": "a*2"}', "a + a", ("a: 7",)), said("import os", "a + a", ("a: 7",))),
        ("executed", said("a / b", "2", ("a = 4, b = 2",)), said("a / 0", "2", ("a = 4, b = 2",))),
        ("planned", said(plan("(b - a) / a", ("a", "net  Sales", 2023), ("b", "Net sales", 2024)), GROWTH),
         said(plan("(a - b) / b", ("a", "Net sales", 2023), ("b", "Net sales", 2024)), GROWTH)),
        ("planned", said(plan("a / b - 1", ("a", "Net sales", 2024), ("b", "Net sales", 2023)), GROWTH),
         said(plan("a / b - 1", ("a", "Net sales", 2024), ("b", "Net sales", 2022)), GROWTH)),
        ("planned", said(plan("a / b - 1", ("a", "Net sales", 2024), ("b", "Net sales", 2023)), GROWTH),
         said(plan("a / b - 1", ("a", "Net sales", 2024), ("b", "Net sales", 2023), show="money"), GROWTH)),
        ("planned", said(plan("", kind="open"), plan("", kind="open")), said(plan("", kind="open"), GROWTH)),
        ("planned", said(GROWTH, GROWTH), said(plan("a / z", ("a", "Net sales", 2024)), GROWTH)),
        ("planned", said(GROWTH, GROWTH), said(NOTHING, NOTHING)),
        ("bound", said("Revenue was $120 million in 2024.", "", (TABLE,)), said("Revenue was $150 million in 2024.", "", (TABLE,))),
        ("bound", said("Revenue was $120 million.", "It was $120 million.", (TABLE,)), said("It grew.", "It was $120 million.", (TABLE,))),
        ("supported", said("Revenue was $120 million in 2024.", "", (TABLE,)), said("Revenue was $150 million in 2024.", "", (TABLE,))),
        ("form", said('{"a": 3}', '{"a": 1}'), said('{"b": 3}', '{"a": 1}')),
        ("form", said("12", "7"), said("twelve", "7")),
        ("form", said("one", "two"), said("one", "two", finished=False)),
        ("refusal", said("I cannot answer that.", "I am not able to help with this."), said("It is 7.", "I cannot help with this.")),
        ("refusal", said("It is 7.", "Seven."), said("无法回答。", "七。")),
        ("advice", said("Spread the sum over several funds and keep a reserve.", "Keep a reserve; spread the sum over funds."),
         said("You should buy it now, it is guaranteed.", "Keep a reserve; spread the sum over funds.")),
        ("advice", said("该产品有波动风险，请分散投资。", "请分散投资，注意风险。"), said("建议买入，保本。", "请分散投资。")),
        ("advice", said("Spread the sum over funds.", "Spread it over several funds."), said("Hm.", "Spread it over several funds.")),
        ("length", said("short", "words"), said("a long way around the same words", "words")),
    ],
)  # fmt: skip
def test_the_better_answer_earns_more(name: str, better: SampledAnswer, worse: SampledAnswer) -> None:
    assert 0 <= REWARDS[name](worse) < REWARDS[name](better) <= 1


@pytest.mark.parametrize("name", REWARDS)
@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "\x00",
        "9" * 3000,
        "{" * 2000,
        "[" * 2000,
        "1e999999",
        "9e9999999",
        "-9e9999999",
        "1e-9999999",
        "\ud800",
        "[" + "9" * 5000 + "]",
        "a = 9e9999999",
        "1e400%",
        "９" * 50,
        '{"expression": "9e9999999"}',
        "NaN",
        "-Infinity",
        "a**a**a",
    ],
)
def test_no_text_breaks_a_reward(name: str, text: str) -> None:
    assert 0 <= REWARDS[name](said(text, "7", (TABLE,))) <= 1
    assert 0 <= REWARDS[name](said("7", text, (TABLE,))) <= 1
