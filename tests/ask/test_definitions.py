"""Definitions that a question gives, as formulas."""

from __future__ import annotations

import pytest

from finfoundry.ask.lexicon.definitions import definitions
from finfoundry.ask.lexicon.metric_terms import vocabulary

VOCABULARY = vocabulary()


def only(question: str) -> str:
    found = definitions(question, VOCABULARY)
    assert len(found) == 1
    return found[0].expression


@pytest.mark.parametrize(
    ("question", "expression"),
    [
        ("How good is the cover? Define cover as receivables plus cash divided by total liabilities.",
         "accounts_receivable + cash_and_equivalents / total_liabilities"),
        ("Their yield is defined as: FY2017 operating income / (average shareholders' equity for FY2016 and FY2017).",
         "operating_income[2017] / (mean(shareholders_equity, 2016, 2017))"),
        ("How long do suppliers wait? Supplier days are computed as: 360 * (average trade payables between FY2019 and FY2020) / (FY2020 cost of sales + change in inventories between FY2019 and FY2020).",  # noqa: E501
         "360 * (mean(accounts_payable, 2019, 2020)) / (cost_of_revenue[2020] + (inventory[2020] - inventory[2019]))"),
        ("Spare cash is calculated as: (cash from operations - capex).", "(operating_cash_flow - capital_expenditure)"),
        ("流动比率定义为流动资产除以流动负债，2020年是多少？", "total_current_assets / total_current_liabilities"),
        ("资产周转率的计算公式为营业收入/平均总资产。", "revenue / average(total_assets)"),
        ("净利润增长率=(净利润-上年净利润)/上年净利润，2020年是多少？", "(net_income - prior(net_income)) / prior(net_income)"),
        ("What was X's ROA, defined as net profit divided by total assets at the end of the year?", "net_income / total_assets"),
        ("算算云溪2019年的归母净利率（归母净利润÷营收）", "net_income_attributable / revenue"),
        ("Debt is defined as: year-end total liabilities / total assets at the close of the period.", "total_liabilities / total_assets"),
        ("Net debt is defined as long-term debt less cash and cash equivalents.", "long_term_debt - cash_and_equivalents"),
    ],
)  # fmt: skip
def test_definitions_of_questions(question: str, expression: str) -> None:
    assert only(question) == expression


def test_definitions_may_use_each_other() -> None:
    found = {
        item.name: item.expression for item in definitions("X is defined as: Y + 1. Y is defined as: net income / revenue.", VOCABULARY)
    }
    assert found == {"X": "(net_income / revenue) + 1", "Y": "net_income / revenue"}


def test_unknown_terms_become_labels() -> None:
    (found,) = definitions("Occupied share is defined as: occupied rooms / available rooms.", VOCABULARY)
    assert found.labels == {"label_occupied_room": "occupied rooms", "label_available_room": "available rooms"}


@pytest.mark.parametrize(
    "question", ["What is revenue?", "Revenue is defined as the money that comes in.", "a = b", "什么是净利润？", "= = = /"]
)
def test_what_is_no_formula_is_left_out(question: str) -> None:
    assert definitions(question, VOCABULARY) == []


def test_numbers_alone_define_nothing() -> None:
    """A base of an index is no ratio: it once ended the question in an error."""
    question = "Set 2018 = 100 %. By how many percent does the depreciation expense of 2020 exceed it?"
    assert definitions(question, vocabulary()) == []
