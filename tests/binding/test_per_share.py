"""Amounts that are told as ones per share, and amounts per share that are told as the whole: neither is the other."""

from __future__ import annotations

import pytest

from finfoundry.binding import verify

TABLE = """In millions of dollars, except per share data
| | Year ended December 31, 2024 | Year ended December 31, 2023 |
|---|---|---|
| Revenue | 1,234 | 1,100 |
| Net income | 150 | 120 |
| Net income attributable to shareholders | 140 | 110 |
| Diluted earnings per share | 1.40 | 1.10 |
"""
PROSE = (
    "Net income and earnings per share were $150 million and $1.40, respectively, in 2024. "
    "A quarterly dividend of $0.50 per share was paid in 2024. Revenue was $1,234 million in 2024, or $12.34 per share."
)
TABLE_ZH = """单位：万元
| | 2024年 | 2023年 |
|---|---|---|
| 营业收入 | 500 | 450 |
| 净利润 | 60 | 50 |
| 基本每股收益（元/股） | 0.55 | 0.45 |
"""


def status(sentence: str, evidence: str) -> str:
    (checked,) = verify(sentence, [evidence]).sentences
    return checked.status


@pytest.mark.parametrize(
    ("sentence", "evidence"),
    [
        ("Revenue per share was $1,234 million in 2024.", TABLE), ("Net income per share was $150 million in 2024.", TABLE),
        ("Earnings per share were $140 million in 2024.", TABLE), ("Revenue per share was $1,234 million in 2024.", PROSE),
        ("2024年每股营业收入为500万元。", TABLE_ZH), ("2024年每股净利润为60万元。", TABLE_ZH),
        ("Earnings per share and net income were $150 million and $1.40 in 2024.", TABLE),
    ],
)  # fmt: skip
def test_an_amount_is_none_per_share(sentence: str, evidence: str) -> None:
    assert status(sentence, evidence) == "unsupported"


@pytest.mark.parametrize(
    ("sentence", "evidence"),
    [
        ("Revenue was $12.34 in 2024.", PROSE), ("Net income was $1.40 in 2024.", PROSE),
        ("Net income was $1.40 in 2024.", TABLE), ("Net income was $1.40 in 2024.", "Net income per share was $1.40 in 2024."),
        ("2024年净利润为0.55元。", TABLE_ZH),
    ],
)  # fmt: skip
def test_an_amount_per_share_is_not_the_whole(sentence: str, evidence: str) -> None:
    assert status(sentence, evidence) == "unsupported"


@pytest.mark.parametrize(
    ("sentence", "evidence"),
    [
        ("Diluted earnings per share were $1.40 in 2024.", TABLE), ("Diluted earnings were $1.40 in 2024.", TABLE),
        ("Net income was $150 million, or $1.40 per share, in 2024.", TABLE), ("Earnings per share rose 27% in 2024.", TABLE),
        ("Earnings per share and net income were $1.40 and $150 million in 2024.", TABLE),
        ("At earnings per share of $1.40, net income reached $150 million in 2024.", TABLE),
        ("Earnings were $1.40 per share in 2024.", "Earnings per share were $1.40 in 2024."),
        ("Net income was 150 million in 2024.", "In 2024 earnings per share reached 1.40, and net income rose to 150 million."),
        ("Net income was $150 million in 2024.", PROSE), ("Earnings per share were $1.40 in 2024.", PROSE),
        ("The quarterly dividend was $0.50 in 2024.", PROSE), ("Revenue per share was $12.34 in 2024.", PROSE),
        ("2024年净利润60万元，每股收益0.55元。", TABLE_ZH), ("2024年净利润和每股收益分别为60万元和0.55元。", TABLE_ZH),
    ],
)  # fmt: skip
def test_what_is_told_as_it_is_holds(sentence: str, evidence: str) -> None:
    assert status(sentence, evidence) == "supported"
