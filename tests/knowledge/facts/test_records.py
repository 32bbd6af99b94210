"""Sheets whose rows are records: each row is dated and owned by itself."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from finfoundry.ask.compose.marks import mark_in
from finfoundry.core.document import Fact, Parsed
from finfoundry.core.names.spoken_names import file_key
from finfoundry.knowledge.ingest.parse_file import parse

LONG = """Company,Year,Metric,Value,Unit
Nordfjord Shipping AS,2023,Revenue,1200,EUR million
Nordfjord Shipping AS,2022,Total assets,1100,EUR million
Alder Foods plc,2023,Revenue,"900",GBP thousand
"""
CLIENTS = """Client,Account,Balance EUR,Since
Nordfjord Shipping AS,10023,"1,200.50",2019-03-01
Alder Foods plc,10024,900.10,2020-01-15
Birch Holdings Ltd,10025,77.00,2021-07-09
"""


def read(text: str, name: str = "figures.csv") -> Parsed:
    return parse(text.encode(), name)


def told(facts: list[Fact]) -> list[tuple[str | None, str, str, Decimal, str | None]]:
    return [(fact.entity, fact.metric[-1], fact.period, fact.value, fact.unit) for fact in facts]


def test_a_long_table_gives_each_row_its_company_year_and_unit() -> None:
    found = read(LONG)
    assert told(found.facts) == [
        ("Nordfjord Shipping AS", "Revenue", "2023-01-01/2023-12-31", Decimal(1_200_000_000), "EUR"),
        ("Nordfjord Shipping AS", "Total assets", "2022-12-31", Decimal(1_100_000_000), "EUR"),
        ("Alder Foods plc", "Revenue", "2023-01-01/2023-12-31", Decimal(900_000), "GBP"),
    ]
    assert found.document.profile.entity is None


def test_a_share_of_a_metric_is_not_the_metric() -> None:
    amount, share = read("Company,Year,Metric,Value,Unit\nHeron AS,2023,Revenue,12.5,EUR million\nAlder plc,2023,Revenue,12.5,%\n").facts
    assert (amount.concept, amount.value, amount.unit) == ("Revenues", Decimal(12_500_000), "EUR")
    assert (share.concept, share.value, share.unit) == (None, Decimal("0.125"), "ratio")


def test_a_long_chinese_table_is_not_filed_under_its_first_company() -> None:
    found = read("公司,年份,指标,数值（万元）\n甲乙银行股份有限公司,2022,营业收入,1100\n丙丁证券股份有限公司,2023,净利润,90\n", "长表.csv")
    assert found.document.profile.entity is None
    assert [(entity, metric, period[:4], value) for entity, metric, period, value, _ in told(found.facts)] == [
        ("甲乙银行股份有限公司", "营业收入", "2022", Decimal(11_000_000)),
        ("丙丁证券股份有限公司", "净利润", "2023", Decimal(900_000)),
    ]


def test_periods_down_the_side_date_the_metrics_across() -> None:
    found = read('Period,"Revenue (USD m)",Total assets\nQ1 2023,10.5,90\nQ2 2023,11.0,91\nQ3 2023,11.5,95\n')
    assert told(found.facts)[:2] == [
        (None, "Revenue (USD m)", "2023-01-01/2023-03-31", Decimal(10_500_000), "USD"),
        (None, "Total assets", "2023-03-31", Decimal(90), None),
    ]


def test_a_list_of_clients_is_said_not_to_be_read() -> None:
    found = read(CLIENTS, "clients 2024.csv")
    assert found.facts == []
    assert found.document.profile.entity is None
    assert found.certificate.score < 0.6
    assert found.certificate.mark
    assert any("6 of 6" in loss for loss in found.certificate.losses)


def test_a_day_dates_a_flow_only_where_all_rows_have_it() -> None:
    yearly = read("Date,Account,Amount\n2023-12-31,Revenue,500\n2022-12-31,Revenue,400\n")
    assert [fact.period for fact in yearly.facts] == ["2023-01-01/2023-12-31", "2022-01-01/2022-12-31"]
    assert read("Date,Account,Amount\n2023-12-31,Revenue,500\n2023-09-30,Revenue,400\n").facts == []


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(["Alder Foods plc", "Birch Holdings Ltd"]), st.integers(2010, 2024), st.integers(10**4, 10**9)),
        min_size=2, max_size=12,
    )
)  # fmt: skip
def test_every_row_keeps_its_own_company_year_and_value(rows: list[tuple[str, int, int]]) -> None:
    lines = [f"{company},{year},Revenue,{value}" for company, year, value in rows]
    found = read("Company,Year,Metric,Value\n" + "\n".join(lines))
    assert [(fact.entity, int(fact.period[:4]), fact.value) for fact in found.facts] == [(c, y, Decimal(v)) for c, y, v in rows]


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("clients 2024.csv", None), ("FW results 2024.eml", None), ("year.zip/board memo 2023.docx", None),
        ("Alder Foods results 2024.pdf", "alder foods"), ("ALDER_FOODS_2023_10K.pdf", "alder foods"),
    ],
)  # fmt: skip
def test_part_of_a_file_name_becomes_no_alias(name: str, key: str | None) -> None:
    assert file_key(name) == key


@pytest.mark.parametrize(
    ("header", "row", "value"),
    [
        ("Value,Scale,Currency", "1200,thousand,EUR", 1_200_000),
        ("Value,Currency,Unit", "1200,EUR,thousand", 1_200_000),
        ("Value,Currency,Unit", "1200,EUR,m", 1_200_000_000),
        ("Value (in thousands),Currency", "1200,EUR", 1_200_000),
        ("数值（万元）,币种", "1200,欧元", 12_000_000),
        ("Value,Currency", "1200,EUR", 1200),
    ],
)
def test_scale_and_currency_in_columns_of_their_own_are_read_together(header: str, row: str, value: int) -> None:
    found = read(f"Company,Year,Metric,{header}\nNordfjord Shipping AS,2023,Revenue,{row}\nAlder Foods plc,2023,Revenue,{row}\n")
    assert {(fact.value, fact.unit) for fact in found.facts} == {(Decimal(value), "EUR")}
    assert found.certificate.mark is None


@pytest.mark.parametrize("unit", ["m", "EUR zillion"])
def test_a_scale_in_a_column_that_is_not_understood_marks_the_list(unit: str) -> None:
    found = read(
        f"Company,Year,Metric,Value,Unit\nNordfjord Shipping AS,2023,Revenue,1200,{unit}\nAlder Foods plc,2023,Revenue,900,{unit}\n"
    )
    assert {fact.unit for fact in found.facts} == {None}
    assert "is not understood" in (found.certificate.mark or "")
    assert mark_in(found.certificate.mark or "", "zh").startswith("无法理解计量单位")
    assert found.certificate.score < 1


@pytest.mark.parametrize("unit", ["people", "shares", "%", "EUR"])
def test_a_unit_that_states_no_scale_marks_nothing(unit: str) -> None:
    found = read(f"Company,Year,Metric,Value,Unit\nNordfjord Shipping AS,2023,Level,12,{unit}\nAlder Foods plc,2023,Level,9,{unit}\n")
    assert len(found.facts) == 2
    assert found.certificate.mark is None


@pytest.mark.parametrize(
    "months", ["2024-01 2024-02", "202401 202402", "2024.01 2024.02", "01/2024 02/2024", "2024年1月 2024年2月", "Jan-24 Feb-24"]
)
@pytest.mark.parametrize("head", ["Month", "月份", "Year month"])
def test_rows_of_months_are_dated_by_their_month(months: str, head: str) -> None:
    first, second = months.split()
    found = read(f"Company,{head},Metric,Value\nAlder Foods plc,{first},Revenue,10\nAlder Foods plc,{second},Revenue,11\n")
    assert [(fact.period, int(fact.value)) for fact in found.facts] == [("2024-01-01/2024-01-31", 10), ("2024-02-01/2024-02-29", 11)]


@pytest.mark.parametrize(("head", "first"), [("Year", "2010-11"), ("Year", "2024"), ("Year", "FY2024")])
def test_rows_of_years_are_no_months(head: str, first: str) -> None:
    found = read(f"Company,{head},Metric,Value\nAlder Foods plc,{first},Revenue,10\nAlder Foods plc,2009,Revenue,11\n")
    assert [fact.period[4:11] + fact.period[15:] for fact in found.facts] == ["-01-01/-12-31"] * 2
