"""Comparisons as people write them, against one annual paper: differences, shares and ratios of rows that a sentence names. For each true
sentence a false one of the same build.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

import pytest

from finfoundry.binding import Checker
from finfoundry.binding.sentence.checked_sentence import CheckedSentence
from finfoundry.core.document import Certificate, Document, Fact, Page, Parsed, Profile

MILLION = Decimal(1_000_000)
NAMES = {"en": "Wendlow Mills, Inc.", "zh": "汀川科技股份有限公司"}
ALIASES = {"en": ("Wendlow",), "zh": ("汀川科技",)}
FLOWS = {
    ("Net sales",): (8200, 7500, "income"),
    ("Cost of sales",): (4510, 4300, "income"),
    ("Operating income",): (1394, 1275, "income"),
    ("Operating activities", "Cash provided by operating activities"): (1600, 1310, "cash flow"),
    ("Investing activities", "Capital expenditures"): (-1216, -472, "cash flow"),
    ("Financing activities", "Dividends paid"): (-640, -590, "cash flow"),
    ("Financing activities", "Repurchases of common stock"): (-960, -1405, "cash flow"),
    ("Segment results", "Bakery"): (-310, -402, None),
    ("Segment results", "Flour"): (1770, 1650, None),
}
FLOWS_ZH = {
    ("营业收入",): (4600, 4300, "income"),
    ("营业成本",): (2760, 2709, "income"),
    ("净利润",): (529, 460, "income"),
    ("一、经营活动产生的现金流量", "经营活动产生的现金流量净额"): (705, 389, "cash flow"),
    ("三、筹资活动产生的现金流量", "分配股利支付的现金"): (-256, -143, "cash flow"),
}
QUARTERS = {"en": {("Net sales",): (1900, 450, 2450, 3400)}, "zh": {("营业收入",): (1000, 230, 1610, 1760)}}
YEARS = tuple(enumerate((2023, 2022)))
BALANCES = {"en": {("Inventories",): (930, 1010)}, "zh": {("货币资金",): (1250, 980)}}


def _checker(language: Literal["en", "zh"]) -> Checker:
    flows, unit = (FLOWS, "USD") if language == "en" else (FLOWS_ZH, "CNY")
    times = [
        (path, f"{year}-01-01/{year}-12-31", values[at], statement) for path, (*values, statement) in flows.items() for at, year in YEARS
    ]
    days = [(path, f"{year}-12-31", values[at], "balance") for path, values in BALANCES[language].items() for at, year in YEARS]
    quarters = [
        (path, f"2023-{3 * at + 1:02}-01/2023-{3 * at + 3:02}-{day}", value, None)
        for path, values in QUARTERS[language].items()
        for at, (value, day) in enumerate(zip(values, (31, 30, 30, 31), strict=True))
    ]
    facts = [
        Fact(path, value * MILLION, unit, time, f"{value:,}", 1, entity=NAMES[language], scale=MILLION, statement=statement)
        for path, time, value, statement in [*times, *days, *quarters]
    ]
    profile = Profile(
        entity=NAMES[language], aliases=ALIASES[language], period="2023-01-01/2023-12-31", fiscal_year=2023, language=language
    )
    paper = Document(f"{language}.pdf", "0" * 64, "application/pdf", 1, [Page(1, 612, 792, [])], profile)
    return Checker([Parsed(paper, facts, Certificate())])


@pytest.fixture(scope="module")
def checkers() -> dict[str, Checker]:
    return {"en": _checker("en"), "zh": _checker("zh")}


PAIRS = [  # true, false
    (
        "Wendlow's net sales of $8,200 million in 2023 were $700 million above the 2022 figure.",
        "Wendlow's net sales of $8,200 million in 2023 were $700 million below the 2022 figure.",
    ),
    (
        "Dividends of $640 million in 2023 cost Wendlow $50 million more than the year before.",
        "Dividends of $640 million in 2023 cost Wendlow $50 million less than the year before.",
    ),
    (
        "Bakery lost $310 million in 2023, a $92 million smaller loss than in 2022.",
        "Bakery lost $310 million in 2023, a $92 million larger loss than in 2022.",
    ),
    (
        "In 2023, against the year before, Wendlow sold goods for more and held inventories of $930 million.",
        "In 2022, against the year before, Wendlow sold goods for more and held inventories of $930 million.",
    ),
    ("Operating income in 2023 was not even $1.4 billion.", "Operating income in 2023 was not even $1.39 billion."),
    ("2023年汀川科技净利润5.29亿元，比上年多了约0.69亿元。", "2023年汀川科技净利润5.29亿元，比上年少了约0.69亿元。"),
    ("2023年汀川科技净利润5.29亿元，比上年高约0.69亿元。", "2023年汀川科技净利润5.29亿元，比上年低约0.69亿元。"),
    ("2023年汀川科技净利润比上年增加0.69亿元。", "2023年汀川科技净利润比上年增加4.60亿元。"),
    ("2023年汀川科技净利润较上年高0.69亿元。", "2023年汀川科技净利润较上年高5.29亿元。"),
    (
        "Inventories were $930 million in 2023, compared to $1,010 million in 2022, a decrease of 7.9%.",
        "Inventories were $930 million in 2023, compared to $1,010 million in 2022, an increase of 8.6%.",
    ),
    (
        "Inventories of $1,010 million in 2022 were $80 million higher than those of $930 million in 2023.",
        "Inventories were $930 million in 2023 and $1,010 million in 2022, an increase of $80 million.",
    ),
    (
        "Wendlow paid out $1,600 million in 2023, dividends of $640 million and repurchases of common stock of $960 million.",
        "Wendlow paid out $1,700 million in 2023, dividends of $640 million and repurchases of common stock of $960 million.",
    ),
    (
        "The second quarter was Wendlow's weakest of 2023, with net sales of $450 million.",
        "The third quarter was Wendlow's weakest of 2023, with net sales of $450 million.",
    ),
    (
        "Net sales in the second quarter of 2023 were $450 million, less than a quarter of those of the first quarter.",
        "Net sales in the second quarter of 2023 were $450 million, less than a fifth of those of the first quarter.",
    ),
    ("三季度汀川科技在2023年的营业收入是16.1亿元。", "二季度汀川科技在2023年的营业收入是16.1亿元。"),
    ("2023年第二季度汀川科技营业收入2.3亿元，不到一季度的四分之一。", "2023年第二季度汀川科技营业收入2.3亿元，不到一季度的五分之一。"),
    ("2023年第四季度汀川科技进账17.6亿元。", "2023年第三季度汀川科技进账17.6亿元。"),
    (
        "Cost of sales took some 55 cents of every dollar of net sales that Wendlow made in 2023.",
        "Cost of sales took some 65 cents of every dollar of net sales that Wendlow made in 2023.",
    ),
    (
        "Operating income was 17 cents for every dollar of net sales in 2023.",
        "Operating income was 17 cents for every dollar of cost of sales in 2023.",
    ),
    ("汀川科技2022年的货币资金跌破10亿元。", "汀川科技2022年的货币资金跌破9.8亿元。"),
    ("2023年汀川科技净利润与营业收入之比为11.50%。", "2023年汀川科技净利润与营业收入之比为12.50%。"),
    ("2023年汀川科技的营业收入为46亿元,净利润为,5.29亿元。", "2023年汀川科技的营业收入为46亿元,净利润为,5.92亿元。"),
]


@pytest.mark.parametrize("text", [true for true, _ in PAIRS])
def test_a_true_comparison_is_supported(checkers: dict[str, Checker], text: str) -> None:
    assert [(one.status, one.reason) for one in _checked(checkers, text)] == [("supported", None)]


@pytest.mark.parametrize("text", [false for _, false in PAIRS])
def test_a_false_comparison_is_not(checkers: dict[str, Checker], text: str) -> None:
    assert [one.status for one in _checked(checkers, text)] == ["unsupported"]


def _checked(checkers: dict[str, Checker], text: str) -> list[CheckedSentence]:
    return checkers["en" if text.isascii() else "zh"].check(text).sentences
