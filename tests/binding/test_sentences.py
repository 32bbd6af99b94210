"""What whole sentences claim: relative times, changes told twice, multiples, extremes, tables and lists, each against one small report."""

from __future__ import annotations

from decimal import Decimal

import pytest

from finfoundry.binding import CheckedSentence, Checker, verify
from finfoundry.core.document import Block, Certificate, Document, Fact, Page, Parsed, Profile

NAME = "Larkspur, Inc."
YEARS = (2023, 2022, 2021)
STATEMENT = {
    "Net sales": (19457, 17967, 17421),
    "Cost of sales": (8131, 7719, 7046),
    "Operating profit": (3984, 2893, 3332),
    "Net loss": (-460, -121, -90),
    "Inventories": (3999, 2757, 1910),
}
SEGMENTS = {("Segments", "Pet Nutrition", "Net sales"): (4290, 3713, 3311), ("Segments", "Europe", "Net sales"): (2737, 2548, 2840)}


def _fact(metric: tuple[str, ...], year: int, millions: int, statement: str | None) -> Fact:
    period = f"{year}-12-31" if metric[-1] == "Inventories" else f"{year}-01-01/{year}-12-31"
    value, scale = Decimal(millions) * 1_000_000, Decimal(1_000_000)
    return Fact(metric, value, "USD", period, f"{millions:,}", 1, entity=NAME, scale=scale, statement=statement)


@pytest.fixture(scope="module")
def checker() -> Checker:
    facts = [
        _fact((name,), year, value, "balance" if name == "Inventories" else "income")
        for name, values in STATEMENT.items()
        for year, value in zip(YEARS, values, strict=True)
    ]
    facts += [_fact(path, year, value, None) for path, values in SEGMENTS.items() for year, value in zip(YEARS, values, strict=True)]
    blocks = [Block("header", "(Dollars in Millions)"), Block("paragraph", "Charges for the closure of the plant were $2,650 in 2023.")]
    profile = Profile(entity=NAME, aliases=("Larkspur",), period="2023-01-01/2023-12-31", fiscal_year=2023)
    document = Document("r.pdf", "0" * 64, "application/pdf", 1, [Page(1, 612, 792, blocks)], profile)
    return Checker([Parsed(document, facts, Certificate())])


HELD_UP = [
    "Net sales reached $19,457 million in 2023, up from $17,967 million a year earlier.",
    "Net sales were $19,457 million in 2023, compared with $17,967 million the year before.",
    "Operating profit climbed by $1,091 million, or nearly 38%, to $3,984 million.",
    "Operating profit rose from $2,893 million to $3,984 million in 2023.",
    "Inventories rose by $1,242 million in 2023.",
    "The net loss widened to $460 million in 2023.",
    "Net sales of Pet Nutrition were $4,290 million in 2023.",
    "At $8,131 million, cost of sales in 2023 was the highest in three years.",
    "Inventories of $3,999 million in 2023 were about 2.1 times the $1,910 million of 2021.",
    "Charges for the closure of the plant were $2,650 million in 2023.",
    "Net sales climbed from $17,967 million to $19,457 million.",
    "Cost of sales topped $8,000 million in 2023.",
    "Net sales were about $19,500 million in 2023.",
    "The net loss grew by $339 million in 2023.",
    "Inventories of $3,999 million were up 45% from the end of 2022.",
    "Operating profit of $3,984 million compares with $2,893 million a year before.",
    "Pet Nutrition was the largest segment in 2023, with net sales of $4,290 million.",
]
WRONG = [
    ("Net sales reached $17,967 million in 2023, up from $19,457 million a year earlier.", "other year"),
    ("Operating profit climbed by $1,901 million, or nearly 38%, to $3,984 million.", "not there"),
    ("Operating profit fell to $3,984 million in 2023.", "direction differs"),
    ("Inventories rose by $3,999 million in 2023.", "sibling row"),
    ("Net income was $460 million in 2023.", "sign differs"),
    ("Adjusted operating profit was $3,984 million in 2023.", "sibling row"),
    ("Net sales were $4,290 million in 2023.", "sibling row"),
    ("At $8,131 million, cost of sales in 2023 was the lowest in three years.", "lowest: does not follow"),
    ("Operating profit more than doubled to $3,984 million in 2023.", "doubled: does not follow"),
]


@pytest.mark.parametrize("text", HELD_UP)
def test_what_follows_from_the_facts_is_supported(checker: Checker, text: str) -> None:
    assert [(one.status, one.reason) for one in checker.check(text).sentences] == [("supported", None)]


@pytest.mark.parametrize(("text", "reason"), WRONG)
def test_what_does_not_follow_is_unsupported(checker: Checker, text: str, reason: str) -> None:
    (sentence,) = checker.check(text).sentences
    assert sentence.status == "unsupported"
    assert reason in str(sentence.reason)


def test_a_sentence_without_a_figure_is_unchecked_and_a_heading_is_no_sentence(checker: Checker) -> None:
    report = checker.check("At the end of 2023:\n- inventories: $3,999 million\n- the auditor is unknown")
    assert [one.status for one in report.sentences] == ["supported", "unchecked"]
    assert report.holds


def test_rows_of_a_table_are_sentences(checker: Checker) -> None:
    table = "| $ million | 2023 | 2022 |\n|---|---|---|\n| Net sales | 19,457 | 17,967 |\n| Cost of sales | 7,719 | 8,131 |\n"
    report = checker.check(table)
    assert [one.status for one in report.sentences] == ["supported", "unsupported"]
    assert (
        [table[one.start : one.end] for one in report.figures]
        == [one.text for one in report.figures]
        == ["19,457", "17,967", "7,719", "8,131"]
    )


def test_a_sentence_tells_its_claims_and_its_evidence(checker: Checker) -> None:
    report = checker.check("Net sales rose 8.3% to $19,457 million in 2023.")
    (sentence,) = report.sentences
    assert isinstance(sentence, CheckedSentence)
    assert [(one.relation, one.direction, one.periods) for one in sentence.claims] == [("change", 1, ["2023"]), ("level", 0, ["2023"])]
    assert sentence.evidence
    assert set(sentence.evidence) <= {one.marker for one in report.citations}


def test_traditional_characters_years_of_the_republic_and_a_bare_yuan() -> None:
    table = "單位：新台幣仟元\n\n| 項目 | 112年第三季 | 111年第三季 |\n|---|---|---|\n| 營業收入 | 70,492,597 | 62,478,083 |\n"
    report = verify("112年第三季營業收入704.93億元，較去年同期的624.78億元成長約12.8%。", [table])
    assert [(one.text, one.reason) for one in report.figures] == [("704.93億元", None), ("624.78億元", None), ("12.8%", None)]
    assert [one.status for one in report.sentences] == ["supported"]
    assert report.citations[0].quote.startswith("營業收入")


@pytest.mark.parametrize(
    "sentence",
    [
        "It is not true that net sales were $500 million in 2024.", "Net sales did not reach $500 million in 2024.",
        "Net sales never had been $500 million in 2024.", "Net sales were budgeted at $500 million in 2024.",
    ],
)  # fmt: skip
def test_what_is_denied_or_planned_is_not_supported(sentence: str) -> None:
    paper = "<table><tr><th>$ in millions</th><th>2024</th></tr><tr><td>Net sales</td><td>500</td></tr></table>"
    assert verify("Net sales were $500 million in 2024.", [paper]).sentences[0].status == "supported"
    assert verify(sentence, [paper]).sentences[0].status != "supported"


ZH = """单位：亿元

| 项目 | 2020年 | 2019年 | 2018年 |
|---|---|---|---|
| 营业收入 | 15.82 | 11.27 | 18.97 |
| 归属于上市公司股东的净利润 | 4.06 | 2.21 | 7.54 |
| 归属于上市公司股东的扣除非经常性损益的净利润 | 3.92 | 2.15 | 7.33 |
| 投资活动产生的现金流量净额 | -3.86 | 4.13 | 1.20 |
"""


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("2018年至2020年，营业收入分别为18.97亿元、11.27亿元和15.82亿元。", "supported"),
        ("2020年至2018年，营业收入分别为18.97亿元、11.27亿元和15.82亿元。", "unsupported"),
        ("2020年归属于上市公司股东的净利润为4.06亿元，比上年的2.21亿元增加了1.85亿元。", "supported"),
        ("公司2020年扣非后归属于上市公司股东的净利润为3.92亿元。", "supported"),
        ("公司2020年扣非后归属于上市公司股东的净利润为4.06亿元。", "unsupported"),
        ("2020年投资活动现金净流出3.86亿元。", "supported"),
        ("2020年投资活动现金净流入3.86亿元。", "unsupported"),
        ("2020年营业收入为15.82亿元；归属于上市公司股东的净利润仍低于2018年。", "supported"),
    ],
)
def test_chinese_sentences(text: str, status: str) -> None:
    assert [one.status for one in verify(text, [ZH]).sentences] == [status]


def test_a_segment_that_a_table_is_headed_by_is_the_one_that_is_named() -> None:
    table = "Retail segment\n\n| Retail, in USD million | 2024 | 2023 |\n|---|---|---|\n| Revenue | 1,234 | 1,100 |\n"
    told = [verify(f"Revenue of the {name} segment was $1,234 million in 2024.", [table]).holds for name in ("Retail", "Custody")]
    assert told == [True, False]


@pytest.mark.parametrize(
    "sentence",
    [
        "Net sales declined from $17,967 million to $19,457 million.",
        "Net sales were $19,457 million in 2023, down 8% from $17,967 million a year earlier.",
        "Net sales were $19,457 million in 2023, less than the $17,967 million of 2022.",
        "Cost of sales topped $7,000 million in 2023 by far, at $8,313 million.",
        "The net loss shrank by $339 million in 2023.",
        "Europe was the largest segment in 2023, with net sales of $2,737 million.",
    ],
)
def test_what_a_sentence_says_against_its_own_figures_or_the_facts(checker: Checker, sentence: str) -> None:
    assert [one.status for one in checker.check(sentence).sentences] == ["unsupported"]


def test_changes_are_those_of_the_levels_before_them_in_order() -> None:
    table = "单位：亿元\n\n| 项目 | 2020年 | 2019年 |\n|---|---|---|\n| 营业收入 | 12.00 | 10.00 |\n| 净利润 | 3.00 | 2.00 |\n"
    told = [verify(f"2020年营业收入12亿元，净利润3亿元，同比分别增长{rates}。", [table]).holds for rates in ("20%和50%", "50%和20%")]
    assert told == [True, False]


def test_cents_are_parts_of_a_dollar() -> None:
    table = "<table><tr><th></th><th>2023</th></tr><tr><td>Diluted earnings per share ($)</td><td>0.44</td></tr></table>"
    assert verify("Diluted earnings per share were 44 cents in 2023.", [table]).holds
    assert not verify("Diluted earnings per share were 46 cents in 2023.", [table]).holds


@pytest.mark.parametrize(("text", "status"), [("未分配利润为5亿元。", "supported"), ("未分配利润尚未达到5亿元。", "unchecked")])
def test_undistributed_profit_denies_nothing(text: str, status: str) -> None:
    table = "单位：亿元\n\n| 项目 | 2020年 |\n|---|---|\n| 未分配利润 | 5 |\n"
    assert [one.status for one in verify(text, [table]).sentences] == [status]


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("Net sales rose for the second consecutive year, to $19,457 million in 2023.", "supported"),
        ("Operating profit rose for the second consecutive year, to $3,984 million in 2023.", "unsupported"),
        ("Net sales rose for the fifth straight year, to $19,457 million in 2023.", "unchecked"),
        ("Operating profit hit a record of $2,893 million in 2022.", "unsupported"),
        ("Net sales were a record $19,457 million in 2023.", "unchecked"),
        ("Larkspur made a net loss of $3,984 million in 2023.", "unsupported"),
    ],
)
def test_records_and_runs_of_years_are_held_against_the_years_that_are_there(checker: Checker, text: str, status: str) -> None:
    assert [one.status for one in checker.check(text).sentences] == [status]
