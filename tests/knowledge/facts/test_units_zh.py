"""Units of Chinese tables: rates are no money, whatever the table's unit line says; quarters have a year."""

from __future__ import annotations

import pytest
from tests.knowledge.facts.papers import COVER_ZH, document, table, values

from finfoundry.core.document import Block
from finfoundry.knowledge.facts.extract import extract


def facts_of(rows: list[list[str]], label: str, unit: str = "人民币百万元") -> list[tuple[str, str | None, str]]:
    blocks = [Block("paragraph", unit), table(rows)]
    return values(extract(document(blocks, cover=COVER_ZH)), label)


INDICATORS = [
    ["项目", "2020年12月31日", "2019年12月31日"],
    ["客户贷款总额", "4,974,186", "4,276,865"],
    ["流动比率", "1.85", "1.73"],
    ["资产质量(%)", "", ""],
    ["不良贷款率(6)", "0.86", "0.91"],
    ["拨备覆盖率(7)", "389.45", "346.80"],
    ["净利差(4)", "2.45", "2.64"],
]  # fmt: skip


@pytest.mark.parametrize(("label", "value"), [("不良贷款率", "0.0086"), ("拨备覆盖率", "3.8945"), ("净利差", "0.0245")])
def test_rates_are_percentages_below_a_unit_of_money(label: str, value: str) -> None:
    assert facts_of(INDICATORS, label)[0][:2] == (value, "ratio")


def test_amounts_keep_the_unit_of_money_and_times_are_times() -> None:
    assert facts_of(INDICATORS, "客户贷款总额")[0][:2] == ("4974186000000", "CNY")
    assert facts_of(INDICATORS, "流动比率")[0][:2] == ("1.85", "ratio")


def test_people_are_counted() -> None:
    rows = [["项目", "2020年", "2019年"], ["公司研发人员的数量", "269", "251"], ["研发人员数量占比", "18.63", "17.21"]]
    assert facts_of(rows, "公司研发人员的数量", "单位：元")[0][:2] == ("269", "count")
    assert facts_of(rows, "研发人员数量占比", "单位：元")[0][:2] == ("0.1863", "ratio")


@pytest.mark.parametrize("label", ["截止报告期末普通股股东总数(户)", "在职员工的数量合计", "门店数量（家）"])
def test_holders_staff_and_shops_are_counted(label: str) -> None:
    assert facts_of([["项目", "2020年12月31日"], [label, "1,444"]], label, "单位：元")[0][:2] == ("1444", "count")


def test_sentences_of_a_table_above_head_no_columns() -> None:
    """A table of decisions whose columns the next one happens to share: its sentences name years that are not the figures'."""
    rows = [["决策程序", "董事报酬依照2005年第二次临时股东大会审议通过的议案执行。"], ["在职员工的数量合计", "1,444"]]
    [(value, unit, period)] = facts_of(rows, "在职员工的数量合计")
    assert (value, unit) == ("1444", "count")
    assert "2005" not in period


def test_quarters_without_a_year_are_those_of_the_report() -> None:
    rows = [["", "第一季度", "第二季度", "第三季度", "第四季度"], ["营业收入", "62,991.57", "62,612.35", "74,793.06", "117,627.33"]]
    found = facts_of(rows, "营业收入", "单位：万元")
    quarters = [("01-01", "03-31"), ("04-01", "06-30"), ("07-01", "09-30"), ("10-01", "12-31")]
    assert [period for _, _, period in found] == [f"2020-{first}/2020-{last}" for first, last in quarters]


def test_an_amount_in_yuan_keeps_its_own_unit() -> None:
    rows = [["项目", "2020年", "2019年"], ["每10股派息金额（含税，人民币元）", "2.102", "1.937"], ["派息总额", "18,283", "15,696"]]
    assert facts_of(rows, "每10股派息金额（含税，人民币元）")[0][:2] == ("2.102", "CNY")
    assert facts_of(rows, "派息总额")[0][:2] == ("18283000000", "CNY")


@pytest.mark.parametrize("title", ["母公司和主要子公司的员工情况", "公司盈利且母公司可供普通股股东分配利润为正但未提出分红预案"])
def test_what_only_speaks_of_the_parent_makes_no_table_its_own(title: str) -> None:
    rows = [["专业构成类别", "专业构成人数（人）"], ["销售人员", "189"], ["技术人员", "269"]]
    found = extract(document([Block("paragraph", title), table(rows)], cover=COVER_ZH))
    assert {fact.scope for fact in found} == {"consolidated"}
