"""Spans whose first day stands in a row above the header that their last day is in; days on which a year begins; what has passed of one."""

from __future__ import annotations

from tests.knowledge.facts.papers import Rows, document, found, table

from finfoundry.core.document import Block, Fact
from finfoundry.knowledge.facts import extract

NINE_MONTHS = [
    Block("heading", "示范电子股份有限公司及子公司"),
    Block("heading", "合并财务报告"),
    Block("heading", "民国112年及111年第三季"),
    Block("paragraph", "单位：新台币仟元"),
]
HEADS = ["至9月30日", "电源", "自动化", "合计"]
BY_PRODUCT = [
    ["112年7月1日", "", "", ""],
    HEADS,
    ["合约收入", "3,100", "1,500", "4,600"],
    ["其他收入", "110", "50", "160"],
    ["112年1月1日", "", "", ""],
    HEADS,
    ["外部客户", "", "", ""],
    ["合约收入", "9,100", "4,200", "13,300"],
    ["其他收入", "310", "120", "430"],
    ["111年1月1日", "", "", ""],
    HEADS,
    ["外部客户", "", "", ""],
    ["合约收入", "8,800", "3,900", "12,700"],
    ["其他收入", "280", "110", "390"],
]
PLANT = [
    ["112年1月1日", "土地", "机器", "合计"],
    ["成本", "900", "500", "1,400"],
    ["累计折旧", "( 200)", "( 100)", "( 300)"],
    ["112年", "", "", ""],
    ["期初余额", "700", "400", "1,100"],
    ["折旧费用", "( 60)", "( 30)", "( 90)"],
    ["期末余额", "640", "370", "1,010"],
]


def facts_of(rows: Rows) -> list[Fact]:
    """What a report on nine months says in a table of its notes."""
    return extract(document([table(rows)], cover=NINE_MONTHS))


def periods(facts: list[Fact], label: str) -> list[str]:
    """The times of a line, each once, in their order."""
    return list(dict.fromkeys(fact.period for fact in found(facts, label)))


def test_a_span_begins_in_the_row_above_its_header() -> None:
    facts = facts_of(BY_PRODUCT)
    spans = ["2023-07-01/2023-09-30", "2023-01-01/2023-09-30", "2022-01-01/2022-09-30"]
    assert periods(facts, "合约收入") == periods(facts, "其他收入") == spans


def test_no_span_ends_on_the_day_on_which_a_year_begins() -> None:
    facts = facts_of(PLANT)
    assert periods(facts, "成本") == periods(facts, "累计折旧") == ["2022-12-31"]


def test_what_moved_a_balance_in_the_year_of_a_report_on_a_part_moved_it_in_that_part() -> None:
    facts = facts_of(PLANT)
    assert periods(facts, "折旧费用") == ["2023-01-01/2023-09-30"]
    assert periods(facts, "期末余额") == ["2023-09-30"]


def test_a_balance_after_a_change_of_rules_is_not_dated_onto_the_one_before_it() -> None:
    facts = facts_of([["", "111年12月31日", "112年1月1日"], ["资产总计", "5,000", "5,100"], ["负债总计", "2,000", "2,050"]])
    assert [fact.period for fact in found(facts, "资产总计")] == ["2022-12-31", "2023-01-01"]


def test_a_paper_in_chinese_counts_no_weeks_whatever_day_a_span_in_it_ends_on() -> None:
    vesting = table([["既得期间110年10月2日至112年7月1日止", "数量"], ["员工认股权", "300"]])
    days = table([["112年1月1日", "111年1月1日"], ["900", "800"]])
    facts = extract(document([vesting, days, days, table(PLANT)], cover=NINE_MONTHS))
    assert periods(facts, "成本") == ["2022-12-31"]
