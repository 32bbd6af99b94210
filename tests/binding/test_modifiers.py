"""What stands before a row's name and makes it another thing, and what may stand there: against made balances in English and Chinese."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import pytest

from finfoundry.binding import verify
from finfoundry.binding.bind import bind
from finfoundry.binding.evidence import CellEvidence
from finfoundry.binding.sentence.phrases import phrases
from finfoundry.core.answer import DocumentName
from finfoundry.core.document import Fact

PAPER = DocumentName("0" * 64, "report.pdf")
ROWS = [
    ("Total assets", 9000, "USD", "2023-12-31", "balance", "Assets"),
    ("Total liabilities", 6000, "USD", "2023-12-31", "balance", "Liabilities"),
    ("Total equity", 3000, "USD", "2023-12-31", "balance", "StockholdersEquity"),
    ("Property, plant and equipment, net", 1200, "USD", "2023-12-31", "balance", "PropertyPlantAndEquipmentNet"),
    ("Revenues", 4000, "USD", "2023-01-01/2023-12-31", "income", "Revenues"),
    ("Cost of sales", 2500, "USD", "2023-01-01/2023-12-31", "income", "CostOfRevenue"),
    ("Gross profit", 1500, "USD", "2023-01-01/2023-12-31", "income", "GrossProfit"),
    ("Interest income, net", 210, "USD", "2023-01-01/2023-12-31", "income", None),
]
ROWS_ZH = [
    ("资产总计", 9000, "CNY", "2023-12-31", "balance", "Assets"),
    ("负债合计", 6000, "CNY", "2023-12-31", "balance", "Liabilities"),
    ("营业收入", 4000, "CNY", "2023-01-01/2023-12-31", "income", "Revenues"),
    ("营业成本", 2500, "CNY", "2023-01-01/2023-12-31", "income", "CostOfRevenue"),
    ("归属于母公司股东的净利润", 700, "CNY", "2023-01-01/2023-12-31", "income", "NetIncomeLoss"),
]


def _evidence(rows: Sequence[tuple[str, int, str, str, str, str | None]]) -> list[CellEvidence]:
    million = Decimal(1_000_000)
    return [
        CellEvidence(
            Fact(
                (name,), value * million, unit, period, f"{value:,}", 1, entity="Heron", scale=million, statement=statement, concept=concept
            ),
            PAPER,
        )
        for name, value, unit, period, statement, concept in rows
    ]


@pytest.mark.parametrize(
    "sentence",
    [
        "Heron's total assets were $9.0 billion at the end of 2023.",
        "At the end of 2023 the company's reported assets stood at $9,000 million.",
        "The group had sizeable liabilities of $6.0 billion at the end of 2023.",
        "In 2023, the company generated revenue of $4.0 billion.",
        "Heron booked record annual revenue of $4.0 billion in 2023.",
        "Heron's property, plant and equipment was $1.2 billion at the end of 2023.",
        "Heron's gross margin was 37.5% in 2023.",
        "Net interest income was $210 million in 2023.",
        "In 2023 Heron spent $2.5 billion on making what it sold, its cost of sales.",
        "Total assets and total liabilities were $9.0 billion and $6.0 billion, respectively, at the end of 2023.",
        "Total equity was 50% of Heron's total liabilities at the end of 2023.",
        "Heron reported an unchanged gross profit of $1.5 billion in 2023.",
        "Audited gross profit was $1.5 billion in 2023.",
        "Its bottom-line gross profit was $1.5 billion in 2023.",
        "In 2023 Heron made a respectable gross profit of $1.5 billion.",
        "Flat revenue of $4.0 billion was booked in 2023.",
    ],
)
def test_what_changes_nothing_may_stand_before_a_name(sentence: str) -> None:
    assert verify(sentence, _evidence(ROWS)).holds


@pytest.mark.parametrize(
    "sentence",
    [
        "Pledged assets were $9.0 billion at the end of 2023.",
        "Heron's intangible assets stood at $9,000 million at the end of 2023.",
        "Lease liabilities amounted to $6.0 billion at the end of 2023.",
        "At the end of 2023, private equity came to $3.0 billion.",
        "Heron held $9.0 billion of foreign assets at the end of 2023.",
        "Heron booked deferred revenue of $4.0 billion in 2023.",
        "Brazilian revenue was $4.0 billion in 2023.",
        "The competitor's revenue was $4.0 billion in 2023.",
        "Heron's leased property, plant and equipment was $1.2 billion at the end of 2023.",
        "The industry's gross margin was 37.5% in 2023.",
        "Payroll cost of sales was $2.5 billion in 2023.",
        "Total equity was 50% of Heron's lease liabilities at the end of 2023.",
        "The group had impaired total assets of $9.0 billion at the end of 2023.",
        "Monthly revenue was $4.0 billion in 2023.",
        "Italy revenue was $4.0 billion in 2023.",
        "In 2023, Growth revenue was $4.0 billion.",
        "Distributable gross profit was $1.5 billion in 2023.",
        "Secured total assets were $9.0 billion at the end of 2023.",
        "Gross profit of its subsidiaries was $1.5 billion in 2023.",
        "Revenue of the industry was $4.0 billion in 2023.",
    ],
)
def test_a_kind_or_part_is_not_the_whole(sentence: str) -> None:
    assert not verify(sentence, _evidence(ROWS)).holds


@pytest.mark.parametrize(
    "sentence",
    [
        "截至2023年末，公司总资产为90亿元。",
        "2023年公司实现营业收入40亿元。",
        "2023年集团整体营业收入达到40亿元。",
        "2023年归母净利润为7亿元。",
        "截至2023年末，账面负债合计60亿元。",
        "2023年公司毛利率为37.5%。",
        "2023年公司取得可观的营业收入40亿元。",
        "2023年公司巨额营业成本达25亿元。",
        "2023年公司创下营业收入40亿元的新高。",
    ],
)
def test_what_changes_nothing_may_stand_before_a_chinese_name(sentence: str) -> None:
    assert verify(sentence, _evidence(ROWS_ZH)).holds


@pytest.mark.parametrize(
    "sentence",
    [
        "截至2023年末，公司抵押资产为90亿元。",
        "截至2023年末，租赁负债合计60亿元。",
        "2023年公司境外营业收入40亿元。",
        "2023年子公司的营业收入达到40亿元。",
        "2023年行业毛利率为37.5%。",
        "2023年，境外业务实现营业收入40亿元。",
        "2023年，营业收入中的境外部分为40亿元。",
        "2023年，月均营业收入为40亿元。",
        "2023年，欧洲的营业收入为40亿元。",
    ],
)
def test_a_kind_or_part_is_not_the_whole_in_chinese(sentence: str) -> None:
    assert not verify(sentence, _evidence(ROWS_ZH)).holds


def test_words_of_grammar_part_the_phrases_of_a_sentence() -> None:
    found = phrases("Heron's pledged assets rose, on purchases of its customers' plants")
    assert [[word.text for word in phrase.words] for phrase in found] == [
        ["heron", "pledged", "assets"],
        ["purchases"],
        ["customers", "plants"],
    ]
    assert [word.owns for word in found[2].words] == [True, False]


def test_of_linked_phrases_the_link_is_known() -> None:
    assert [phrase.link for phrase in phrases("purchases of property and equipment")] == ["", "of", "and"]


def test_a_quarter_is_told_as_quarterly() -> None:
    quarter = [("Revenues", 1000, "USD", "2023-10-01/2023-12-31", "income", "Revenues")]
    assert verify("Quarterly revenue was $1.0 billion.", _evidence(quarter)).holds
    assert not verify("Monthly revenue was $1.0 billion.", _evidence(quarter)).holds


def test_who_a_sentence_begins_with_may_be_the_company_that_no_evidence_names() -> None:
    rows = ["利润表\n\n| 单位：亿元 | 2023年 |\n|---|---|\n| 营业收入 | 40 |\n"]
    assert verify("开元机械的营业收入2023年为40亿元。", rows).holds
    assert not verify("行业的营业收入2023年为40亿元。", rows).holds


def test_what_is_put_together_from_its_evidence_names_things_as_that_does() -> None:
    rows = _evidence(ROWS_ZH)
    sentence = "截至2023年末，公司抵押资产为90亿元。"
    assert bind(sentence, rows).unbound
    assert not bind(sentence, rows, composed=True).unbound


PARTS = "| USD million | 2024 | 2023 |\n|---|---|---|\n| Total revenue | 1,234 | 1,100 |\n| Cloud | 300 | 200 |\n| Europe | 400 | 300 |\n"
PROFITS = "| 万元 | 2024年 | 2023年 |\n|---|---|---|\n| 利润总额 | 75 | 60 |\n| 净利润 | 60 | 50 |\n"


def test_rows_of_a_table_stand_over_none_of_its_others() -> None:
    told = (
        "Cloud revenue was $1,234 million in 2024.",
        "European revenue was $1,234 million in 2024.",
        "Total revenue was $1,234 million in 2024.",
    )
    assert [verify(one, [PARTS]).holds for one in told] == [False, False, True]
    assert verify("2024年利润总额为75万元。", [PROFITS]).holds
