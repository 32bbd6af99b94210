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


LOSSES = """In millions of dollars
| | Year ended December 31, 2024 | Year ended December 31, 2023 | Year ended December 31, 2022 |
|---|---|---|---|
| Sales | 700 | 650 | 690 |
| Interest expense | 40 | 30 | 20 |
| Operating income (loss) | (90) | (60) | (50) |
| Net income (loss) | (80) | 25 | 10 |
| Net cash used in investing activities | (45) | (70) | (60) |
| Loss on disposals | 12 | 8 | 9 |
"""
LOSSES_ZH = """单位：万元
| | 2024年 | 2023年 |
|---|---|---|
| 财务费用 | 30 | 20 |
| 利润总额（亏损以“-”号填列） | -90 | -60 |
"""


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("Operating loss exceeded interest expense in 2024.", "supported"), ("Operating loss rose in 2024.", "supported"),
        ("Operating loss fell in 2024.", "unsupported"), ("Net cash used in investing activities fell in 2024.", "supported"),
        ("Loss on disposals rose in 2024.", "supported"), ("Interest expense exceeded loss on disposals in 2024.", "supported"),
        ("Loss on disposals exceeded interest expense in 2024.", "unsupported"),
    ],
)  # fmt: skip
def test_of_a_loss_that_is_told_as_one_its_size_decides(sentence: str, expected: str) -> None:
    assert status(sentence, LOSSES) == expected


@pytest.mark.parametrize(
    "sentence",
    [
        "Operating income rose in 2024.", "Operating income fell in 2024.", "Operating income exceeded interest expense in 2024.",
        "Income on disposals rose in 2024.",
        "Interest expense exceeded operating income in 2024.", "Net loss rose in 2024.", "Net income rose in 2024.",
        "Net loss exceeded loss on disposals in 2023.",  # it was a profit
        "Operating income was the highest in three years.", "Operating loss rose for the second consecutive year.",
    ],
)  # fmt: skip
def test_a_row_below_nothing_decides_nothing_that_is_told_of_a_profit(sentence: str) -> None:
    assert status(sentence, LOSSES) == "unchecked"


def test_a_loss_that_is_printed_without_a_sign_is_no_profit() -> None:
    rows = LOSSES.replace("| Net income (loss) | (80) | 25 | 10 |", "| Net loss | 80 | 70 | 60 |")
    told = ("Net loss rose in 2024.", "Net income rose in 2024.", "Net income exceeded interest expense in 2024.")
    assert [status(one, rows) for one in told] == ["supported", "unchecked", "unchecked"]


def test_the_same_of_losses_in_chinese() -> None:
    assert status("2024年利润总额高于财务费用。", LOSSES_ZH) == "unchecked"
    assert status("2024年利润总额增长。", LOSSES_ZH) == "unchecked"


@pytest.mark.parametrize("sentence", ["Sales rose again in 2024.", "Sales continued to rise in 2024.", "Sales rose further in 2024."])
def test_words_that_tell_of_the_year_before_leave_a_rise_unchecked(sentence: str) -> None:
    assert (status("Sales rose in 2024.", LOSSES), status(sentence, LOSSES)) == ("supported", "unchecked")
    assert status("2023年营业收入继续减少。", TABLE_ZH) == "unchecked"


def test_a_rise_over_several_years_is_decided_by_none_of_them() -> None:
    assert status("Sales rose in 2023 and 2024.", LOSSES) == "unchecked"
    assert status("Sales rose in 2024 compared with 2022.", LOSSES) == "unchecked"
