"""What tables measure that is no money: a unit of things is read from label or heading, whatever amounts are counted in."""

from __future__ import annotations

from decimal import Decimal

import pytest

from finfoundry.knowledge.facts.table.measured_things import measured
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
