"""Sentences in the words that the regulator prescribes, read as facts."""

from __future__ import annotations

from decimal import Decimal

import pytest
from tests.knowledge.facts.papers import COVER_ZH, document

from finfoundry.core.document import Block, Fact
from finfoundry.knowledge.facts.extract import extract

CUSTOMERS = "前五名客户销售额 27,614.37 万元，占年度销售总额 18.20%；其中前五名客户销售额中关联方销售额 0 万元，占年度销售总额 0%。"
SUPPLIERS = "前五名供应商采购额13,404.60万元，占年度采购总额32.22%；其中关联方采购额0万元。"


def read(text: str) -> list[Fact]:
    return [fact for fact in extract(document([Block("paragraph", text)], cover=COVER_ZH)) if fact.table is None]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            CUSTOMERS,
            [("前五名客户销售额", "276143700.00", "CNY", "27,614.37"), ("前五名客户销售额占年度销售总额比例", "0.1820", "ratio", "18.20%")],
        ),
        (
            SUPPLIERS,
            [
                ("前五名供应商采购额", "134046000.00", "CNY", "13,404.60"),
                ("前五名供应商采购额占年度采购总额比例", "0.3222", "ratio", "32.22%"),
            ],
        ),
        ("向全体股东每 10 股派送现金红利 1.20 元（含税）。", [("每10股派息数（元）（含税）", "1.20", "CNY", "1.20")]),
        ("每十股派发现金股利人民币5元（含税），不送红股。", [("每10股派息数（元）（含税）", "5", "CNY", "5")]),
        ("截至报告期末，本行共有员工174,406人（另有劳务派遣用工15,730人）。", [("员工人数", "174406", "count", "174,406")]),
        ("前五名客户应收账款27,614.37万元，占应收账款总额18.20%。", []),
        ("每10股转增5股。", []),
    ],
)
def test_the_figures_of_a_sentence(text: str, expected: list[tuple[str, str, str, str]]) -> None:
    assert [(fact.metric[-1], format(fact.value, "f"), fact.unit, fact.text) for fact in read(text)] == expected


def test_a_fact_is_the_companys_of_the_year_and_has_a_place() -> None:
    (amount, share) = read(CUSTOMERS)
    assert amount.entity is not None
    assert amount.period == share.period == "2020-01-01/2020-12-31"
    assert (amount.page, amount.scale, share.precision) == (2, Decimal(10_000), 2)


def test_only_the_first_proposal_of_a_report_is_its_own() -> None:
    text = "每10股派发现金红利1.20元（含税）。"
    pages = [[Block("paragraph", text)], [Block("paragraph", text.replace("1.20", "0.60"))]]
    facts = [fact for fact in extract(document(*pages, cover=COVER_ZH)) if fact.table is None]
    assert [fact.text for fact in facts] == ["1.20"]
