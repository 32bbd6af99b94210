"""What tables measure that is no money: a unit of things is read from label or heading, whatever amounts are counted in."""

from __future__ import annotations

from decimal import Decimal

import pytest

from finfoundry.knowledge.facts.table.measured_things import measured, stated_of_things
from finfoundry.knowledge.ingest.parse_file import parse


@pytest.mark.parametrize(
    ("text", "things"),
    [
        ("万毫升", 10_000),
        ("库存量（吨）", 1),
        ("发电量（亿千瓦时）", 10**8),
        ("Production (thousand tonnes)", 1000),
        ("Sold (in millions of gallons)", 10**6),
        ("Deliveries (vehicles)", 1),
        ("NUMBER", 1),
        ("营业收入（万元）", None),
        ("Vehicles", None),
        ("(in thousands)", None),
        ("年度", None),
        ("Shares (in millions)", None),
        ("MT", None),
        ("Deferred revenue (miles)", None),
        ("Interest expense (units)", None),
        ("营业收入（家）", None),
        ("Sales volume (units)", 1),
    ],
)
def test_a_measure_of_things_is_told_from_money(text: str, things: int | None) -> None:
    assert measured(text) == (None if things is None else Decimal(things))


def table(*rows: tuple[str, ...]) -> str:
    return f"<table>{''.join('<tr>' + ''.join(f'<td>{cell}</td>' for cell in row) + '</tr>' for row in rows)}</table>"


def test_counts_of_things_do_not_take_the_scale_of_the_amounts_around_them() -> None:
    said = "<h1>Annual report 2024</h1><p>For the year ended December 31, 2024 (Dollars in millions)</p>"
    money = table(("", "2024"), ("Revenue", "$5,120"))
    shops = table(("Shops at home", "Number"), ("Factory shops", "213"), ("Total", "377"))
    facts = parse(f"<html><body>{said}{money}{shops}</body></html>".encode(), "report.html").facts
    assert {(fact.text, fact.value, fact.unit) for fact in facts if fact.text in ("213", "377")} == {
        ("213", Decimal(213), "count"),
        ("377", Decimal(377), "count"),
    }


def test_a_column_of_units_gives_each_row_its_own() -> None:
    rows = table(("产品", "单位", "2024年"), ("疫苗", "万毫升", "1,215.5"), ("饲料", "吨", "1,215.5"))
    parsed = parse(f"<html><body><p>2024年年度报告</p><p>单位：元</p>{rows}</body></html>".encode(), "report.html")
    found = {fact.metric[0]: (fact.value, fact.unit) for fact in parsed.facts}
    assert found == {"疫苗": (Decimal(12_155_000), "count"), "饲料": (Decimal("1215.5"), "count")}


def test_the_parts_of_a_table_of_operating_figures_have_their_own_scales() -> None:
    said = "<h1>Quarterly report</h1><p>Three months ended June 30, 2024</p>"
    rows = table(
        ("", "2024"),
        ("Average Daily Parcel Volume (in thousands):", ""),
        ("Overnight", "1,540"),
        ("Ground", "9,320"),
        ("Total Average Daily Parcel Volume", "10,860"),
        ("Average Revenue Per Parcel:", ""),
        ("Overnight", "$ 21.70"),
        ("Ground", "10.15"),
        ("Operating Days", "63"),
        ("Revenue (in millions):", ""),
        ("Overnight", "$ 2,105"),
        ("Ground", "5,960"),
        ("Total Revenue", "$ 8,065"),
    )
    facts = parse(f"<html><body>{said}{rows}</body></html>".encode(), "report.html").facts
    assert {fact.text: (fact.value, fact.unit) for fact in facts} == {
        "1,540": (Decimal(1_540_000), "count"),
        "9,320": (Decimal(9_320_000), "count"),
        "10,860": (Decimal(10_860_000), "count"),
        "$ 21.70": (Decimal("21.70"), "USD"),
        "10.15": (Decimal("10.15"), "USD"),
        "63": (Decimal(63), "count"),
        "$ 2,105": (Decimal(2_105_000_000), "USD"),
        "5,960": (Decimal(5_960_000_000), "USD"),
        "$ 8,065": (Decimal(8_065_000_000), "USD"),
    }


def test_money_below_a_measure_and_counts_below_a_scale_are_what_they_were() -> None:
    said = "<h1>Quarterly report</h1><p>Three months ended June 30, 2024</p><p>(in millions)</p>"
    rows = table(
        ("", "2024"),
        ("Figures of the group (in millions)", ""),
        ("Sales", "$ 41"),
        ("Number of branches", "312"),
        ("Losses per stage", "6.5"),
        ("Parcel volume", "7.5"),
    )
    facts = parse(f"<html><body>{said}{rows}</body></html>".encode(), "report.html").facts
    assert {fact.text: (fact.value, fact.unit) for fact in facts} == {
        "$ 41": (Decimal(41_000_000), "USD"),
        "312": (Decimal(312), "count"),
        "6.5": (Decimal(6_500_000), "USD"),
        "7.5": (Decimal(7_500_000), "USD"),
    }


def test_a_row_outside_the_parts_of_a_table_with_several_scales_has_no_unit() -> None:
    said = "<h1>Quarterly report</h1><p>Three months ended June 30, 2024</p>"
    visits = (("Visits (in thousands):", ""), ("North", "82"), ("South", "70"), ("Total Visits", "152"))
    takings = (("Takings (in millions):", ""), ("North", "$ 9"), ("South", "4"), ("Total Takings", "$ 13"))
    rows = table(("", "2024"), *visits, *takings, ("Profit", "3"))
    facts = parse(f"<html><body>{said}{rows}</body></html>".encode(), "report.html").facts
    assert {fact.text: fact.unit for fact in facts}["3"] is None


@pytest.mark.parametrize(
    ("texts", "things"),
    [
        (["Sales in units, except where noted"], 1),
        (["", "(in thousands of units)"], 1000),
        (["单位：辆"], 1),
        (["销量（单位：万台）"], 10_000),
        (["In millions, except units"], None),
        (["In millions, except volumes in units"], None),
        (["Investments in units of funds"], None),
        (["单位：万元"], None),
        (["Revenue (units)"], None),
    ],
)
def test_a_table_says_of_all_its_numbers_what_they_count(texts: list[str], things: int | None) -> None:
    assert stated_of_things(texts) == (None if things is None else Decimal(things))


def test_what_a_table_counts_is_no_money_but_for_its_signs_and_lines_of_amounts() -> None:
    said = "# Brandt Pumps annual report 2023\n\nAmounts in tables are in millions of US dollars.\n\n"
    rows = (
        "| Sales in units, except where noted | 2023 |\n|---|---|\n| Large pumps | 2,075 |\n| Revenue | 412 |\n| Spare parts | $ 36.1 |\n"
    )
    found = {fact.metric[0]: (fact.value, fact.unit) for fact in parse(f"{said}{rows}".encode(), "report.md").facts}
    assert found == {
        "Large pumps": (Decimal(2075), "count"),
        "Revenue": (Decimal(412_000_000), "USD"),
        "Spare parts": (Decimal("36100000.0"), "USD"),
    }


def test_a_chinese_table_of_cars_holds_no_money() -> None:
    cars = "单位：辆\n\n| 车型 | 2023年 |\n|---|---|\n| 轿车销量 | 2,075 |\n\n"
    money = "单位：元\n\n| 项目 | 2023年 |\n|---|---|\n| 营业收入 | 1,663 |\n"
    facts = parse(f"# 江河股份有限公司 2023年年度报告\n\n{cars}{money}".encode(), "report.md").facts
    assert [(fact.metric[0], fact.value, fact.unit) for fact in facts] == [
        ("轿车销量", Decimal(2075), "count"),
        ("营业收入", Decimal(1663), "CNY"),
    ]
