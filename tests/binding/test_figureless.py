"""Sentences without a figure, decided by the items that they name; what they say besides leaves them undecided."""

from __future__ import annotations

import pytest

from finfoundry.binding import verify

TABLE = """In millions of dollars
| | December 31, 2024 | December 31, 2023 | December 31, 2022 |
|---|---|---|---|
| Total assets | 900 | 800 | 850 |
| Total liabilities | 600 | 650 | 640 |
| Retained earnings | 120 | 100 | 90 |
"""
TABLE_ZH = """单位：万元
| | 2024年 | 2023年 | 2022年 |
|---|---|---|---|
| 营业收入 | 500 | 450 | 470 |
| 净利润 | 60 | 50 | 40 |
"""


def status(sentence: str, evidence: str) -> str:
    (checked,) = verify(sentence, [evidence]).sentences
    return checked.status


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("Total assets rose.", "supported"), ("Total assets fell in 2024.", "unsupported"),
        ("Total assets exceeded total liabilities.", "supported"), ("Total liabilities exceeded total assets.", "unsupported"),
        ("Total assets at the end of 2023 were higher than total liabilities.", "supported"),
        ("Retained earnings were the highest in three years.", "supported"),
        ("Total liabilities were the highest in three years.", "unsupported"),
        ("Total assets rose while total liabilities fell.", "supported"),
        ("Total assets rose while total liabilities increased.", "unsupported"),
    ],
)  # fmt: skip
def test_what_the_items_say_decides(sentence: str, expected: str) -> None:
    assert status(sentence, TABLE) == expected


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("2024年的净利润为三年来最高。", "supported"), ("2023年的营业收入是三年来最低的。", "supported"),
        ("2024年的营业收入是三年来最低的。", "unsupported"), ("2024年营业收入增加，净利润也增长。", "supported"),
        ("2023年营业收入有所增加。", "unsupported"),
    ],
)  # fmt: skip
def test_the_same_in_chinese(sentence: str, expected: str) -> None:
    assert status(sentence, TABLE_ZH) == expected


@pytest.mark.parametrize(
    "sentence",
    [
        "Total assets rose because of acquisitions.",  # the reason is in no item
        "Management expects that total assets rise.",
        "Total assets did not fall.",
        "Deposits rose.",  # of which there is no row
        "Total assets were the highest in nine years.",  # which are not stored
        "Retained earnings of the European business rose.",
    ],
)
def test_what_the_items_do_not_say_stays_unchecked(sentence: str) -> None:
    assert status(sentence, TABLE) == "unchecked"


def test_a_decided_sentence_shows_the_cells_that_decide() -> None:
    report = verify("Total assets exceeded total liabilities.", [TABLE])
    assert {report.citations[marker - 1].quote for marker in report.sentences[0].evidence} == {"Total assets 900", "Total liabilities 600"}
