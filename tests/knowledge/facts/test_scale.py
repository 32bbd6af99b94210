"""Unit and scale of single rows within a table."""

from __future__ import annotations

import pytest
from tests.knowledge.facts.papers import document, found, table

from finfoundry.core.document import Fact
from finfoundry.knowledge.facts import extract
from finfoundry.knowledge.facts.table.scale import read_measure


def row(label: str, text: str, note: str = "(in millions of US dollars)", heading: str | None = None) -> Fact:
    above = [[heading, ""]] if heading else []
    facts = extract(document([table([["", "2024"], ["Revenue", "1,000"], *above, [label, text]], note=note)]))
    return found(facts, label)[0]


@pytest.mark.parametrize(
    ("label", "text", "unit", "value"),
    [
        ("Capital ratio (%)", "12.5", "ratio", "0.125"), ("资本充足率（注1）", "12.5", "ratio", "0.125"),
        ("资本充足率", "12.5", "ratio", "0.125"),
        ("流动比率（倍）", "1.5", "ratio", "1.5"), ("Current ratio", "1.5", "ratio", "1.5"), ("应收账款周转率", "6.2", "ratio", "6.2"),
        ("Effective tax rate", "21.5", "ratio", "0.215"), ("Number of employees", "1,200", "count", "1200"),
        ("Basic earnings per share", "1.25", "USD/share", "1.25"), ("Weighted average shares outstanding", "438", "shares", "438000000"),
        ("Useful life (in years)", "7", "years", "7"), ("Revenue (in thousands)", "7", "USD", "7000"),
        ("Members", "41.5", "count", "41500000"),
        ("Rent", "7", "USD", "7000000"), ("其他（元）", "7", "USD", "7"), ("Rent", "€ 7", "EUR", "7000000"),
    ],
)  # fmt: skip
def test_b8_a_row_has_the_unit_that_its_name_tells(label: str, text: str, unit: str, value: str) -> None:
    fact = row(label, text)
    assert (fact.unit, format(fact.value.normalize(), "f")) == (unit, value)


@pytest.mark.parametrize(
    ("label", "text", "unit"),
    [
        ("Weighted average shares outstanding", "438", "shares"), ("Number of employees", "1,200", "count"), ("Margin", "12.5%", "ratio"),
        ("Useful life (in years)", "7", "years"), ("Rent", "7", None), ("Earnings per share", "1.25", None),
    ],
)  # fmt: skip
def test_b8_in_a_scale_that_is_not_understood_only_what_takes_none_has_a_unit(label: str, text: str, unit: str | None) -> None:
    assert row(label, text, note="(in zillions of euros)").unit == unit


def test_b8_rows_below_a_percent_sign_are_percents_but_for_those_with_units() -> None:
    assert row("不良贷款", "1.25", heading="资产质量(%)").unit == "ratio"
    assert row("贷款余额", "1.25", heading="资产质量(%)").unit == "USD"


@pytest.mark.parametrize(
    ("note", "value"),
    [
        ("(in millions, except share data)", 438), ("(in millions, except per share data)", 438_000_000), ("(in millions)", 438_000_000),
        ("(in millions, except shares, which are reflected in thousands, and per share amounts)", 438_000),
        ("(in millions, shares in thousands)", 438_000), ("(dollars in millions; shares in millions)", 438_000_000),
    ],
)  # fmt: skip
def test_b8_shares_take_their_own_scale(note: str, value: int) -> None:
    assert row("Weighted average shares outstanding", "438", note).value == value


@pytest.mark.parametrize(
    ("note", "shares"),
    [
        ("单位：人民币百万元，除股数外", 1), ("除股份数目外，人民币百万元", 1), ("除每股数据外，人民币百万元", None),
        ("人民币百万元", None),
        ("(in millions, except share data)", 1), ("(in millions, other than shares)", 1), ("(in millions, except per share amounts)", None),
    ],
)  # fmt: skip
def test_b8_shares_that_are_excepted_are_printed_in_full(note: str, shares: int | None) -> None:
    measure = read_measure(note)
    assert measure.scale == 10**6
    assert measure.shares == shares
