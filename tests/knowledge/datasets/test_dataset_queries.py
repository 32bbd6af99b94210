"""Wide tables in the database: imported, asked for facts and texts, ranked by SQL, hidden, deleted."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from finfoundry.core.errors import InputError
from finfoundry.core.principal import ADMINISTRATOR, Principal
from finfoundry.knowledge.datasets.columns import DatasetReading
from finfoundry.knowledge.datasets.dataset_queries import Tables
from finfoundry.knowledge.ingest.import_table import Imported, import_tables
from finfoundry.knowledge.ingest.ingest_files import IngestTarget
from finfoundry.knowledge.storage.store import FactQuery, Store
from finfoundry.runtime.database import Database

PROFIT = """股票代码,股票简称,年份,净利润,营业收入,营业总收入
600001,甲股份,2020,100.5,1000,1000
600002,乙股份,2020,-1,2000,2100
600003,丙股份,2020,300,,900
600001,甲股份,2021,200,1500,1500
"""
NAMES = """stock_code,company_full_name,company_short_name,report_year
600001,甲乙丙(集团)股份有限公司,甲股份,2020年
600002,乙股份有限公司,乙股份,2020年
"""
INFO = """股票代码,股票简称,年份,注册地址,法定代表人
600001,甲股份,2020,上海市一路1号,张三
600002,乙股份,2020,浙江省杭州市二路2号,李四
600003,丙股份,2020,上海市三路3号,nan
"""
HOME = Path("/nowhere")
READING = DatasetReading(missing=("-1",), currency="CNY")


@pytest.fixture
def store(database: Database, tmp_path: Path) -> Store:
    store = Store(database)
    for name, text in (("profit.csv", PROFIT), ("names.csv", NAMES), ("info.csv", INFO)):
        (tmp_path / name).write_text(text, encoding="utf-8")
    imported = put(store, tmp_path, "profit.csv", "names.csv", "info.csv")
    assert [(one.outcome, one.facts) for one in imported] == [("added", 10), ("added", 0), ("added", 0)]
    return store


def put(store: Store, folder: Path, *names: str, label: str = "general", trial: bool = False) -> list[Imported]:
    files = [folder / name for name in names]
    return import_tables(store, ADMINISTRATOR, files, READING, IngestTarget("default", label), max_bytes=10**6, home=HOME, trial=trial)


def test_a_cell_is_a_fact_with_its_company_period_and_place(store: Store) -> None:
    (found, *_) = store.facts(ADMINISTRATOR, FactQuery(entity="甲乙丙集团股份有限公司", concept="ProfitLoss", period="2020"))
    fact = found.fact
    assert (fact.value, fact.unit, fact.period, fact.text) == (Decimal("100.5"), "CNY", "2020-01-01/2020-12-31", "100.5")
    assert fact.locator == {"sheet": "profit", "cell": "D2"}
    assert (found.document_name, found.structured) == ("profit.csv", True)


def test_a_missing_value_is_no_fact(store: Store) -> None:
    assert store.facts(ADMINISTRATOR, FactQuery(entity="600002", concept="ProfitLoss")) == []


def test_one_company_bears_its_names_of_all_tables(store: Store) -> None:
    entities = {entity.name: entity for entity in store.entities(ADMINISTRATOR)}
    assert set(entities) == {"甲乙丙(集团)股份有限公司", "乙股份有限公司", "丙股份"}
    assert set(entities["甲乙丙(集团)股份有限公司"].aliases) == {"甲股份", "600001"}
    assert entities["甲乙丙(集团)股份有限公司"].fiscal_years == (2020, 2021)
    assert store.entities(ADMINISTRATOR) is store.entities(ADMINISTRATOR)  # gathered once


def test_texts_are_cited_with_their_cell(store: Store) -> None:
    (cell,) = Tables(store.database).texts(ADMINISTRATOR, "甲股份", ["法定代表人"])
    assert (cell.value, cell.year, cell.locator) == ("张三", 2020, {"sheet": "info", "cell": "E2"})
    assert Tables(store.database).texts(ADMINISTRATOR, "丙股份", ["法定代表人"]) == []


def test_sql_ranks_under_the_policy_of_who_asks(store: Store) -> None:
    query = "SELECT name, value FROM company_numbers WHERE metric = '净利润' AND year = 2020 ORDER BY value DESC"
    assert Tables(store.database).query(ADMINISTRATOR, query).rows == [["丙股份", Decimal(300)], ["甲股份", Decimal("100.5")]]
    assert Tables(store.database).query(Principal("nobody"), query).rows == []
    with pytest.raises(InputError):
        Tables(store.database).query(ADMINISTRATOR, "SELECT * FROM users")


def test_what_one_may_not_read_is_not_known(store: Store, tmp_path: Path) -> None:
    (tmp_path / "secret.csv").write_text("股票代码,股票简称,年份,净利润\n600009,丁股份,2020,5\n", encoding="utf-8")
    put(store, tmp_path, "secret.csv", label="core")
    with store.database.owner() as connection:
        connection.execute("INSERT INTO users (name) VALUES ('ann')")
    assert "丁股份" not in {entity.name for entity in store.entities(Principal("ann"))}
    assert "丁股份" in {entity.name for entity in store.entities(ADMINISTRATOR)}
    assert store.facts(Principal("ann"), FactQuery(entity="丁股份", concept="ProfitLoss")) == []


def test_the_same_file_again_a_newer_one_and_a_trial(store: Store, tmp_path: Path) -> None:
    assert [one.outcome for one in put(store, tmp_path, "profit.csv")] == ["unchanged"]
    assert [one.outcome for one in put(store, tmp_path, "profit.csv", trial=True)] == ["trial"]
    (tmp_path / "profit.csv").write_text(PROFIT.replace("100.5", "101"), encoding="utf-8")
    assert [one.outcome for one in put(store, tmp_path, "profit.csv")] == ["superseded"]
    (found,) = store.facts(ADMINISTRATOR, FactQuery(entity="甲股份", concept="ProfitLoss", period="2020"))
    assert found.fact.value == 101


def test_deleting_takes_the_rows_with_it(store: Store) -> None:
    (document,) = [one for one in store.documents(ADMINISTRATOR) if one.name == "profit.csv"]
    assert store.delete(ADMINISTRATOR, document.id).counts["table_rows"] == 4
    assert store.facts(ADMINISTRATOR, FactQuery(entity="甲股份", concept="ProfitLoss")) == []
    assert "company_numbers" not in str(Tables(store.database).columns(ADMINISTRATOR))


def test_a_bad_file_leaves_nothing_and_does_not_stop_the_rest(store: Store, tmp_path: Path) -> None:
    (tmp_path / "bad.csv").write_text("股票简称,净利润\n甲股份,1\n,2\n", encoding="utf-8")
    (tmp_path / "good.csv").write_text("股票简称,净利润\n戊股份,1\n己股份,2\n", encoding="utf-8")
    bad, good = put(store, tmp_path, "bad.csv", "good.csv")
    assert (bad.outcome, good.outcome) == (None, "added")
    assert bad.error
    assert bad.remedy
    assert "bad.csv" not in {document.name for document in store.documents(ADMINISTRATOR)}
