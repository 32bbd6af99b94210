"""Figures of one row that nothing tells apart answer nothing; headings that repeat, notes and shares are told apart by what is around."""

from __future__ import annotations

from decimal import Decimal

import pytest
from tests.knowledge.facts.papers import COVER_ZH, Rows, document, table

from finfoundry.core.document import BY_PLACE, Block, Fact
from finfoundry.knowledge.facts import extract
from finfoundry.knowledge.ingest.certificate import certify


def facts(rows: Rows) -> list[Fact]:
    return extract(document([table(rows)]))


def _by_place(fact: Fact) -> bool:
    return any(axis == BY_PLACE for axis, _ in fact.dimensions)


def test_figures_that_no_heading_tells_apart_are_known_by_their_place_and_the_certificate_counts_them() -> None:
    paper = document([table([["(in millions)", "Exchange rates", "Exchange rates"], ["Revenue", "462.0", "419.2"], ["Costs", "30", "30"]])])
    found = extract(paper)

    assert [(fact.text, fact.dimensions[-1]) for fact in found if _by_place(fact)] == [
        ("462.0", ("place", "#2")),
        ("419.2", ("place", "#3")),
    ]
    assert len([fact for fact in found if fact.metric[-1] == "Costs" and not _by_place(fact)]) == 2  # printed twice, it contradicts nothing
    assert paper.doubts.not_told_apart == {0: 2}
    assert any("headings do not tell 2 figures apart" in loss for loss in certify(paper, found).losses)


def test_headings_that_repeat_are_of_the_year_left_of_them() -> None:
    head = ["人民币百万元", "2019年平均余额", "利息收入", "2018年平均余额", "利息收入"]
    found = facts(
        [head, ["客户贷款", "4,655,906", "224,862", "3,990,665", "197,752"], ["投资", "3,318,424", "126,293", "2,783,229", "110,185"]]
    )

    interest = {(fact.metric[-1], fact.period[:4]): fact.value for fact in found if ("column", "利息收入") in fact.dimensions}
    assert interest == {
        ("客户贷款", "2019"): Decimal(224_862_000_000),
        ("客户贷款", "2018"): Decimal(197_752_000_000),
        ("投资", "2019"): Decimal(126_293_000_000),
        ("投资", "2018"): Decimal(110_185_000_000),
    }


BALANCE: Rows = [
    ["CHF000", "2022", "", "2021"],
    ["Property and equipment", "7", "19,467", "22,361"],
    ["Right-of-use assets", "26", "50,362", "47,258"],
    ["Intangible assets", "8", "43,785", "42,713"],
    ["Deferred tax assets", "14 a)", "24,206", "31,848"],
    ["Total non-current assets", "", "137,820", "144,180"],
]


def test_numbers_of_notes_that_nothing_heads_are_no_values() -> None:
    assert {fact.text for fact in facts(BALANCE)}.isdisjoint({"7", "26", "8", "14 a)"})


def test_counts_beside_amounts_are_values() -> None:
    rows: Rows = [
        ["2022", "Stores", "Sales"],
        ["North", "7", "19,467"],
        ["South", "26", "50,362"],
        ["East", "8", "43,785"],
        ["West", "14", "24,206"],
        ["Total", "55", "137,820"],
    ]
    assert {"7", "26", "8", "14", "55"} <= {fact.text for fact in facts(rows)}


def test_earnings_per_share_in_a_column_of_percents_are_amounts_and_the_others_percents() -> None:
    rows: Rows = [
        ["单位：仟元", "2023年", "%", "2022年", "%"],
        ["营业收入", "9,000", "100", "8,000", "100"],
        ["营业成本", "6,500", "72", "6,000", "75"],
        ["营业毛利", "2,500", "28", "2,000", "25"],
        ["营业费用", "1,000", "11", "900", "11"],
        ["营业利益", "1,500", "17", "1,100", "14"],
        ["基本每股盈余", "", "$ 11.39", "", "$ 9.10"],
    ]
    found = facts(rows)

    assert {fact.unit for fact in found if fact.text in {"72", "75", "28"}} == {"ratio"}
    assert [fact.value for fact in found if "每股" in fact.metric[-1]] == [Decimal("11.39"), Decimal("9.10")]


def test_a_table_goes_on_under_the_last_words_of_its_headings() -> None:
    first = table([["主要会计数据", "2020年", "2019年", "本期比上年增减(%)", "2018年"], ["营业收入", "1,582", "1,126", "40.4", "1,896"]])
    second = table([["", "", "", "同期末增减（%）", ""], ["总资产", "6,278", "5,585", "12.4", "6,313"]])
    rest = Block("paragraph", "公司采用公允价值计量的项目，以及其他按照规定应当披露的事项，均列于本页下方。" * 4)
    paper = document([first], [second, rest], cover=COVER_ZH)

    found = [(fact.period[:4], fact.value) for fact in extract(paper) if fact.metric[-1] == "总资产" and fact.unit != "ratio"]
    assert found == [("2020", Decimal(6278)), ("2019", Decimal(5585)), ("2018", Decimal(6313))]


@pytest.mark.parametrize("heading", ["本年比上年增减(%)", "本期比上年同期增减（%）", "2024年比2023年变动(%)", "比上年末增减（%）"])
def test_a_change_is_of_the_first_of_the_years_that_it_compares(heading: str) -> None:
    rows = [
        ["项目", "2024年", "2023年", heading, "2022年"],
        ["营业收入", "1,582", "1,126", "40.5", "1,896"],
        ["净利润", "120", "100", "20.0", "96"],
    ]
    (growth, *_) = [fact for fact in facts(rows) if fact.unit == "ratio"]
    assert (growth.value, growth.period[:4]) == (Decimal("0.405"), "2024")


def test_columns_of_maturities_are_named_by_them_and_amounts_of_a_gain_are_no_unit() -> None:
    debt = facts([["($ millions)", "Total", "1-3 Years", "3-5 Years"], ["Total debt", "$ 32,922", "$ 7,821", "$ 4,048"]])
    assert [dict(fact.dimensions).get("column") for fact in debt] == [None, "1-3 Years", "3-5 Years"]

    head = [["", "2023", "2023"], ["(in millions)", "TOTAL", "AMOUNT OF GAIN (LOSS) ON HEDGES"]]
    revenue = facts([*head, ["Revenues", "$ 12,939", "$ 1"]])
    assert [dict(fact.dimensions).get("column") for fact in revenue] == [None, "AMOUNT OF GAIN (LOSS) ON HEDGES"]
