"""Unit and scale of single rows within a table."""

from __future__ import annotations

import pytest
from tests.knowledge.facts.papers import COVER, document, found, table

from finfoundry.core.document import Block, Fact
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
        ("Rent", "7", "USD", "7000000"), ("其他（元）", "7", "USD", "7"),
        ("转账（元/笔）", "7", "USD", "7"), ("Rent", "€ 7", "EUR", "7000000"),
    ],
)  # fmt: skip
def test_a_row_has_the_unit_that_its_name_tells(label: str, text: str, unit: str, value: str) -> None:
    fact = row(label, text)
    assert (fact.unit, format(fact.value.normalize(), "f")) == (unit, value)


@pytest.mark.parametrize(
    ("label", "text", "unit"),
    [
        ("Weighted average shares outstanding", "438", "shares"), ("Number of employees", "1,200", "count"), ("Margin", "12.5%", "ratio"),
        ("Useful life (in years)", "7", "years"), ("Rent", "7", None), ("Earnings per share", "1.25", None),
    ],
)  # fmt: skip
def test_in_a_scale_that_is_not_understood_only_what_takes_none_has_a_unit(label: str, text: str, unit: str | None) -> None:
    assert row(label, text, note="(in zillions of euros)").unit == unit


def test_rows_below_a_percent_sign_are_percents_but_for_those_with_units() -> None:
    assert row("不良贷款", "1.25", heading="资产质量(%)").unit == "ratio"
    assert row("贷款余额", "1.25", heading="资产质量(%)").unit == "USD"


@pytest.mark.parametrize(
    ("note", "value"),
    [
        ("(in millions, except share data)", 438), ("(in millions, except per share data)", 438_000_000), ("(in millions)", 438_000_000),
        ("(in millions, except shares, which are reflected in thousands, and per share amounts)", 438_000),
        ("(in millions, shares in thousands)", 438_000), ("(dollars in millions; shares in millions)", 438_000_000),
        ("(in millions, shares in thousands, except per share data)", 438_000),
        ("(dollars and shares in thousands, except per share data)", 438_000),
    ],
)  # fmt: skip
def test_shares_take_their_own_scale(note: str, value: int) -> None:
    assert row("Weighted average shares outstanding", "438", note).value == value


@pytest.mark.parametrize(
    ("note", "shares"),
    [
        ("单位：人民币百万元，除股数外", 1), ("除股份数目外，人民币百万元", 1), ("除每股数据外，人民币百万元", None),
        ("人民币百万元", None),
        ("(in millions, except share data)", 1), ("(in millions, other than shares)", 1), ("(in millions, except per share amounts)", None),
    ],
)  # fmt: skip
def test_shares_that_are_excepted_are_printed_in_full(note: str, shares: int | None) -> None:
    measure = read_measure(note)
    assert measure.scale == 10**6
    assert measure.shares == shares


@pytest.mark.parametrize(
    ("label", "text", "heading", "unit", "value"),
    [
        ("Basic", "438", "Weighted average number of shares outstanding (000s)", "shares", "438000"),
        ("Awards excluded from diluted earnings per share", "23", "Shares (in millions)", "shares", "23000000"),
        ("Weighted-average common stock", "732", None, "shares", "732000000"),
        ("Common shares (par value $0.20 per share)", "438", None, "shares", "438000000"),
        ("Long-term debt payable after one year", "438", None, "USD", "438000000"),
        ("Interest rate", "12", "Derivatives designated as hedges", "USD", "12000000"),
        ("Interest rate", "4.5", "Derivatives designated as hedges", "ratio", "0.045"),
    ],
)
def test_unit_and_scale_of_a_row_go_by_what_stands_above_it(label: str, text: str, heading: str | None, unit: str, value: str) -> None:
    fact = row(label, text, heading=heading)
    assert (fact.unit, format(fact.value.normalize(), "f")) == (unit, value)


def test_columns_of_shares_beyond_the_whole_of_equity_are_counts() -> None:
    rows = [
        ["", "Common stock", "Retained earnings", "Treasury stock", "Total", "Common stock issued"],
        ["Balance at December 31, 2023", "$ 18", "$ 900", "$ (300)", "$ 618", "2,442,676,580"],
        ["Balance at December 31, 2024", "18", "950", "(310)", "658", "2,442,676,580"],
    ]
    facts = found(extract(document([table(rows, note="(in millions)")])), "Balance at December 31, 2024")
    assert [(fact.unit, int(fact.value)) for fact in facts] == [
        ("USD", 18_000_000), ("USD", 950_000_000), ("USD", -310_000_000), ("USD", 658_000_000), ("shares", 2_442_676_580),
    ]  # fmt: skip


def test_shares_below_a_header_of_their_own_are_counts_whatever_is_above_them_in_their_column() -> None:
    rows = [
        ["", "Common stock", "Retained earnings"],
        ["Balance at December 31, 2024", "$ 18", "$ 950"],
        ["", "Issued", "Treasury"],
        ["Balance at December 31, 2024", "2,442,676,580", "(548,461,316)"],
    ]
    facts = found(extract(document([table(rows, note="(in millions)")])), "Balance at December 31, 2024")
    assert [(fact.unit, int(fact.value)) for fact in facts] == [
        ("USD", 18_000_000), ("USD", 950_000_000), ("shares", 2_442_676_580), ("shares", -548_461_316),
    ]  # fmt: skip


def test_the_cover_prints_numbers_in_full() -> None:
    cover = table([["Class", "Shares outstanding at January 31, 2025"], ["Class A", "297,897,252"]])
    statement = table([["", "2024"], ["Revenue", "1,000"]], note="(in millions)")
    fact = found(extract(document([statement], cover=[*COVER, cover])), "Class A")[0]
    assert (fact.unit, int(fact.value)) == ("shares", 297_897_252)


@pytest.mark.parametrize(
    ("text", "scale"),
    [
        ("Unless otherwise noted, tables are presented in U.S. dollars in millions.", 10**6),
        ("All dollar amounts are in thousands unless otherwise stated.", 1000),
    ],
)
def test_a_sentence_states_the_scale_of_all_tables_that_state_none(text: str, scale: int) -> None:
    """A table that says in what a per-share figure is printed says nothing of its amounts."""
    rows = [["(Dividends per share in dollars)", "2024", "2023"], ["Deposits", "1,200", "1,100"], ["Loans", "900", "800"]]
    facts = extract(document([Block("paragraph", text)], [table(rows)], [table(rows[1:])]))
    assert {fact.scale for fact in facts} == {scale}
