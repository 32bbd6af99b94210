"""Which statement a table is: by its title and by its lines."""

from __future__ import annotations

import pytest

from finfoundry.knowledge.facts.table.statements import scope_of, statement_of, title_of

TITLES = {
    "cash flow": ["Consolidated Statements of Cash Flows", "Statement of consolidated cash flow", "Cash flow statement", "合并现金流量表"],
    "equity": ["Statements of Changes in Equity", "Statements of Stockholders' Equity", "合并所有者权益变动表", "股东权益变动表"],
    "comprehensive income": ["Statements of Comprehensive Income", "Statement of other comprehensive loss"],
    "balance": ["Consolidated Balance Sheets", "Statement of financial position", "Statements of Financial Condition", "合并资产负债表"],
    "income": ["Statements of Income", "Income statement", "Statements of Operations", "Profit and loss account", "合并利润表", "损益表"],
    "segments": ["Reportable segments", "Segment", "分部信息", "主营业务分产品"],
}


@pytest.mark.parametrize(("title", "name"), [(title, name) for name, titles in TITLES.items() for title in titles])
def test_a_title_names_its_statement(title: str, name: str) -> None:
    assert title_of([title]) == name
    assert title_of(["(in millions)", title, "Balance sheet" if name != "balance" else "Cash flow statement"]) == name
    assert title_of([title.upper()]) == name


@pytest.mark.parametrize(
    "text", ["现金流量表补充资料", "The balance sheet is shown below.", "Results", "See income statement", "x" * 200 + " balance sheet"]
)
def test_what_only_speaks_of_a_statement_names_none(text: str) -> None:
    assert title_of([text]) is None


INCOME = ["Revenue", "Cost of revenue", "Gross profit", "Operating income", "Income before income taxes", "Net income", "Interest expense"]


def test_lines_alone_tell_a_statement_where_many_of_them_are_of_it() -> None:
    assert statement_of([], INCOME) == "income"
    assert statement_of(["Consolidated results"], INCOME) == "income"
    assert statement_of([], INCOME[:3]) is None
    assert statement_of([], [*INCOME, *(f"Line {letter}" for letter in "ABCDEFGHIJKLMN")]) is None
    assert statement_of(["Figures are as follows"], INCOME) is None


def test_a_title_counts_where_a_line_fits() -> None:
    assert statement_of(["Consolidated Statements of Cash Flows"], INCOME) == "income"
    assert statement_of(["Statements of Income"], INCOME[:2]) == "income"
    assert statement_of(["Statements of Income"], ["North", "South"]) is None
    assert statement_of(["Statements of Comprehensive Income"], ["Net income", "Other"]) in ("comprehensive income", None)
    assert statement_of(["Statements of Changes in Equity"], ["North", "South"]) == "equity"


def test_many_lines_of_two_statements_are_of_neither() -> None:
    balance = [
        "Total assets",
        "Total liabilities",
        "Inventories",
        "Goodwill",
        "Total current assets",
        "Accounts payable",
        "Accounts receivable",
    ]
    assert statement_of([], balance) == "balance"
    assert statement_of([], INCOME + balance) is None


@pytest.mark.parametrize(
    ("title", "scope"),
    [
        ("合并资产负债表", "consolidated"),
        ("母公司资产负债表", "parent"),
        ("合并及母公司资产负债表", "consolidated"),
        ("Consolidated statements", "consolidated"),
        ("Parent company only", "parent"),
        ("Statements", None),
    ],
)
def test_a_title_says_whose_statement_it_is(title: str, scope: str | None) -> None:
    assert scope_of([title]) == scope


def test_the_composition_of_equity_is_no_balance_sheet() -> None:
    """Its lines stand in one, but none sums up a side: what the paper says elsewhere of total assets is not a part of it."""
    equity = ["股本", "资本公积", "其他综合收益", "盈余公积", "未分配利润", "少数股东权益", "股东权益合计"]
    assert statement_of(["股东权益构成情况"], equity) is None
    assert statement_of([], [*equity, "负债和股东权益总计"]) == "balance"


def test_a_page_with_one_known_line_under_a_whole_title_goes_on_with_its_statement() -> None:
    labels = ["不重分类至损益之项目总额", "后续可能重分类至损益之项目总额", "非控制权益", "本期净利(损)"]
    assert statement_of(["合并综合损益表 / 民国 111 年 1月 1日至 9月 30日"], labels) == "income"
    assert statement_of(["损益表主要项目的说明"], labels) is None


def test_cash_flows_by_a_title_are_told_though_most_lines_are_called_as_in_a_balance_sheet() -> None:
    lines = ["营业活动之净现金流入", "应收账款", "存货", "应付账款", "预付款项"]
    assert statement_of(["营业活动之现金流量", "合并现金流量表 / 民国112年及111年1月1日至3月31日"], lines) == "cash flow"
    assert statement_of(["合并现金流量表"], lines[1:]) is None  # no line of it
