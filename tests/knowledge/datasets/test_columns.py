"""How columns of a wide table are read."""

from __future__ import annotations

from decimal import Decimal

import pytest

from finfoundry.core.errors import InputError, ParseError
from finfoundry.knowledge.datasets.columns import DatasetReading, columns_of, decimal, period_of, suspects, year_of
from finfoundry.knowledge.datasets.sheets import read

CSV = """股票代码,公司简称,报告年份,净利润,基本每股收益,职工人数,毛利率,存货（万元）,注册地址
600001,甲股份,2020,-1.0,0.5,100,12.5,3,上海市一路1号
600002,乙股份,2020,-1.0,0.7,200,22.5,4,杭州市二路2号
600003,丙股份,2021年,"1,300",nan,300,32.5,5,北京市三路3号
""".encode()


def grid(data: bytes = CSV):  # type: ignore[no-untyped-def]
    return read(data, "demo.csv")[0]


def test_roles_units_and_concepts_follow_from_names_and_content() -> None:
    columns = {column.name: column for column in columns_of(grid(), DatasetReading(missing=("-1",), currency="CNY"))}
    assert columns["股票代码"].role == "code"
    assert columns["公司简称"].role == "entity"
    assert columns["报告年份"].role == "period"
    assert (columns["净利润"].unit, columns["净利润"].concept, columns["净利润"].missing) == ("CNY", "ProfitLoss", 2)
    assert columns["基本每股收益"].unit == "CNY/share"
    assert (columns["职工人数"].unit, columns["职工人数"].instant) == ("count", True)
    assert (columns["存货（万元）"].factor, columns["存货（万元）"].instant) == (Decimal(10000), True)
    assert columns["注册地址"].kind == "text"


def test_a_rate_without_a_unit_is_text_until_it_is_named() -> None:
    columns = {column.name: column for column in columns_of(grid(), DatasetReading())}
    assert columns["毛利率"].kind == "text"
    assert columns["毛利率"].note
    named = {column.name: column for column in columns_of(grid(), DatasetReading(percents=("毛利率",)))}
    assert (named["毛利率"].unit, named["毛利率"].factor) == ("ratio", Decimal("0.01"))


def test_a_code_for_missing_values_is_suspected_and_never_assumed() -> None:
    columns = columns_of(grid(), DatasetReading())
    assert next(column for column in columns if column.name == "净利润").missing == 0
    assert suspects(grid(b"name,a\nx,-1\ny,-1\nz,3\n"), columns_of(grid(b"name,a\nx,-1\ny,-1\nz,3\n"), DatasetReading())) == ["-1"]


def test_a_code_may_be_named_for_one_column_alone() -> None:
    columns = {column.name: column for column in columns_of(grid(), DatasetReading(missing=("职工人数=100", "-1")))}
    assert (columns["职工人数"].missing, columns["净利润"].missing, columns["基本每股收益"].missing) == (1, 2, 0)


def test_a_table_without_companies_and_a_column_that_is_not_there() -> None:
    with pytest.raises(InputError, match="names companies"):
        columns_of(grid(b"a,b\n1,2\n3,4\n"), DatasetReading())
    with pytest.raises(InputError, match="no column 'x'"):
        columns_of(grid(), DatasetReading(period="x"))


@pytest.mark.parametrize("data", [b"", b"one line", b"PK\x03\x04broken"])
def test_a_file_without_a_table_says_so(data: bytes) -> None:
    with pytest.raises(ParseError):
        read(data, "x.xlsx")


@pytest.mark.parametrize(
    ("cell", "value"),
    [("1,234.5", Decimal("1234.5")), ("-1.0", Decimal(-1)), ("1e3", Decimal(1000)), ("abc", None), ("12%", None), ("", None)],
)
def test_plain_numbers(cell: str, value: Decimal | None) -> None:
    assert decimal(cell) == value


def test_periods_are_years_or_dates() -> None:
    assert (year_of("2019年"), period_of("2019年")) == (2019, "2019-01-01/2019-12-31")
    assert (year_of("2020-06-30"), period_of("2020-06-30")) == (2020, "2020-06-30")
    assert (year_of("soon"), period_of(None)) == (None, None)


def units(text: str, reading: DatasetReading = DatasetReading()) -> list[tuple[str | None, Decimal]]:  # noqa: B008  frozen
    columns = columns_of(grid(text.encode()), reading)
    return [(column.unit, column.factor) for column in columns if column.kind == "number"]


def test_an_amount_without_a_stated_currency_has_none() -> None:
    assert units("公司简称,净利润,每股收益\n甲股份,5,0.2\n乙股份,6,0.3\n") == [(None, Decimal(1)), (None, Decimal(1))]


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("公司简称,净利润（元）\n甲股份,5\n", ("CNY", Decimal(1))),
        ("公司简称,净利润（万美元）\n甲股份,5\n", ("USD", Decimal(10**4))),
        ("单位：万元\n公司简称,净利润\n甲股份,5\n", ("CNY", Decimal(10**4))),
        ("主要指标,\n币种：港币\n公司简称,净利润\n甲股份,5\n", ("HKD", Decimal(1))),
        ("in thousands of euros\ncompany,net profit\nHeron,5\n", ("EUR", Decimal(1000))),
        ("公司简称,净利润,币种\n甲股份,5,美元\n乙股份,6,美元\n", ("USD", Decimal(1))),
        ("公司简称,净利润,币种\n甲股份,5,美元\n乙股份,6,欧元\n", (None, Decimal(1))),
        ("in zillions of euros\ncompany,net profit\nHeron,5\n", (None, Decimal(1))),
    ],
)
def test_the_unit_of_a_column_is_stated_in_it_above_it_or_beside_it(text: str, unit: tuple[str | None, Decimal]) -> None:
    assert units(text) == [unit]


def test_a_stated_scale_is_that_of_amounts_alone() -> None:
    assert units("单位：万元\n公司简称,净利润,职工人数\n甲股份,5,100\n") == [("CNY", Decimal(10**4)), ("count", Decimal(1))]
