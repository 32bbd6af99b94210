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


SEGMENTS = """Revenue by segment, in millions of dollars
| | 2024 | 2023 |
|---|---|---|
| Corporate banking | 512 | 430 |
| Retail banking | 470 | 460 |
| Leasing | 90 | 95 |
| Global markets | 90 | 80 |
| Other | 28 | 27 |
| Total revenue | 1,190 | 1,092 |
"""
SEGMENTS_ZH = """分部营业收入 单位：百万元
| | 2024年 | 2023年 |
|---|---|---|
| 公司业务 | 512 | 430 |
| 零售业务 | 470 | 460 |
| 租赁业务 | 90 | 95 |
| 其他 | 28 | 27 |
| 合计 | 1,100 | 1,012 |
"""


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("Corporate banking had the highest revenue.", "supported"), ("Retail banking had the highest revenue.", "unsupported"),
        ("Of all segments, retail banking generated the most revenue in 2023.", "supported"),
        ("Corporate banking generated the most revenue in 2023.", "unsupported"),
        ("The segment with the highest revenue was Corporate banking.", "supported"),
        ("Leasing contributed the largest share of revenue.", "unsupported"),
        ("Retail banking was the second-largest segment by revenue.", "supported"),
        ("Leasing was the second-largest segment by revenue.", "unsupported"),
        ("Corporate banking earned more revenue than retail banking.", "supported"),
        ("Retail banking earned more revenue than corporate banking.", "unsupported"),
        ("Corporate banking earned less revenue than retail banking in 2023.", "supported"),
        ("Corporate banking had less revenue than leasing.", "unsupported"),
        ("Corporate banking earned more revenue than any other segment.", "supported"),
        ("Retail banking had the lowest revenue.", "unsupported"),
    ],
)  # fmt: skip
def test_an_order_of_parts_is_decided_by_all_parts_of_the_table(sentence: str, expected: str) -> None:
    assert status(sentence, SEGMENTS) == expected


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("公司业务收入最高。", "supported"), ("零售业务收入最高。", "unsupported"), ("零售業務收入最高。", "unsupported"),
        ("2023年，零售业务收入最高。", "supported"),
        ("收入最高的分部是公司业务。", "supported"), ("零售业务是第一大业务板块。", "unsupported"),
        ("零售业务收入排名第二。", "supported"), ("租赁业务为第二大分部。", "unsupported"), ("公司業務收入高於零售業務。", "supported"),
        ("零售业务收入高于公司业务。", "unsupported"),
        ("2023年公司业务收入低于零售业务。", "supported"), ("零售业务收入最低。", "unsupported"),
    ],
)  # fmt: skip
def test_an_order_of_parts_in_chinese(sentence: str, expected: str) -> None:
    assert status(sentence, SEGMENTS_ZH) == expected
    traditional = (
        SEGMENTS_ZH.replace("业务", "業務")
        .replace("营业", "營業")
        .replace("单位：百万", "單位：百萬")
        .replace("租赁", "租賃")
        .replace("总", "總")
    )
    assert status(sentence, traditional) == expected


@pytest.mark.parametrize(
    "sentence",
    [
        "Leasing was the third-largest segment by revenue.",  # as large as another
        "Leasing had the lowest revenue.",  # what is left over is less, and may be of several
        "Leasing earned more revenue than global markets.",
        "Wealth management had the highest revenue.",  # a part that the table has not
        "Corporate banking earned more revenue than wealth management.",
        "Corporate banking had the highest revenue in 2022.",
        "Corporate banking had the highest revenue last year.",
        "Corporate banking had the highest profit.", "Corporate banking had the highest revenue growth.",
        "Corporate banking had the highest earnings.", "Corporate banking had the largest market share.",
        "Corporate banking was the largest contributor.",
        "Corporate banking had the highest revenue in Norway.", "Corporate banking's largest market is Norway.",
        "Retail banking's largest product is the mortgage.", "Corporate banking did not have the highest revenue.",
        "Corporate banking had the highest revenue of its history.", "Leasing reported its highest revenue in 2024.",
        "Corporate banking's revenue was more than double leasing's revenue.",
    ],
)  # fmt: skip
def test_an_order_that_the_table_does_not_tell_stays_unchecked(sentence: str) -> None:
    assert status(sentence, SEGMENTS) == "unchecked"


@pytest.mark.parametrize(
    "sentence",
    [
        "2022年公司业务收入最高。",
        "租赁业务收入2024年最高。",
        "公司业务利润最高。",
        "公司业务收入增长最多。",
        "去年公司业务收入最高。",
        "理财业务收入最高。",
    ],
)
def test_an_order_that_a_chinese_table_does_not_tell_stays_unchecked(sentence: str) -> None:
    assert status(sentence, SEGMENTS_ZH) == "unchecked"


def test_parts_that_do_not_come_to_the_printed_sum_decide_no_highest() -> None:
    lacking = SEGMENTS.replace("| Corporate banking | 512 | 430 |\n", "")
    assert status("Retail banking had the highest revenue.", lacking) == "unchecked"
    assert status("Retail banking earned more revenue than leasing.", lacking) == "supported"
    several = SEGMENTS.replace("Revenue by segment", "Revenue and operating income by segment")
    assert status("Corporate banking had the highest revenue.", several) == "unchecked"


def test_a_table_of_parts_of_two_kinds_or_of_one_product_tells_no_order_of_the_company() -> None:
    rows = [("Boots", 60), ("Coats", 40), ("Sales in shops", 70), ("Sales to dealers", 30)]
    table = "".join(["Revenue, in millions of dollars\n| | 2024 |\n|---|---|\n", *(f"| {name} | {of} |\n" for name, of in rows)])
    assert status("Boots had the highest revenue.", table + "| Total revenue | 100 |\n") == "unchecked"
    of_boots = "In millions of dollars\n| | 2024 |\n|---|---|\n| Revenue of boots | |\n| North | 45 |\n| South | 15 |\n| Total | 60 |\n"
    assert status("South had the highest revenue.", of_boots) == "unchecked"


def test_a_question_tells_the_time_of_an_order_and_a_part_of_a_part_is_no_highest() -> None:
    asked = verify("Retail banking had the highest revenue.", [SEGMENTS], "Which segment had the highest revenue in 2023?")
    assert asked.sentences[0].status == "supported"
    parts = "Revenue of leasing, in millions of dollars\n| | 2024 |\n|---|---|\n| Cars | 50 |\n| Ships | 40 |\n| Total revenue | 90 |\n"
    (of_a_part,) = verify("Cars had the highest revenue.", [SEGMENTS, parts]).sentences
    assert of_a_part.status == "unchecked"


def test_an_order_shows_all_parts_or_those_that_speak_against_it() -> None:
    true = verify("Corporate banking had the highest revenue.", [SEGMENTS])
    shown = {true.citations[marker - 1].quote for marker in true.sentences[0].evidence}
    assert shown == {"Corporate banking 512", "Retail banking 470", "Leasing 90", "Global markets 90", "Other 28"}
    false = verify("Retail banking had the highest revenue.", [SEGMENTS])
    assert [one.text for one in false.sentences[0].against] == ["470", "512"]
    assert false.sentences[0].reason == "highest: the figures say otherwise"
