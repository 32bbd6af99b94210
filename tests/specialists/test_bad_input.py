"""Bad input: the message names column and row, the good rows are scored, the rest come back with reasons."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from finfoundry.core.errors import InputError
from finfoundry.specialists.families.credit.credit import CLASSIFIER
from finfoundry.specialists.families.fraud import fraud
from finfoundry.specialists.families.fraud.windows import names_of
from finfoundry.specialists.inputs import table
from finfoundry.specialists.inputs.made_data import payments
from finfoundry.specialists.inputs.schema import infer
from finfoundry.specialists.inputs.table import TableSource, read_blocks, read_table
from finfoundry.specialists.inputs.target import event_of, outcomes
from finfoundry.specialists.lifecycle.train import prepare
from finfoundry.specialists.market.market_data import read_returns, read_scenarios
from finfoundry.specialists.models.specialist import TrainingRequest
from finfoundry.specialists.scoring.score import SeenIds, inputs, score_inputs, text_columns

from .conftest import Credit

REQUEST = TrainingRequest("credit", "", "default", id="id")


def test_a_missing_target_names_what_there_is(credit: Credit) -> None:
    with pytest.raises(InputError, match=r"no column 'deflt' \(the target\).*income"):
        prepare(CLASSIFIER, TrainingRequest("credit", "", "deflt"), credit.table)


def test_a_constant_and_an_empty_column_are_left_out_and_said(credit: Credit) -> None:
    table = credit.table.assign(country="CN", note=np.nan)
    prepared = prepare(CLASSIFIER, REQUEST, table)
    told = " ".join(prepared.warnings)
    assert "'country' was left out: it is constant" in told
    assert "'note' was left out: it is empty" in told


def test_bad_cells_of_training_are_named_by_row_and_column(credit: Credit) -> None:
    table = credit.table.astype({"income": object})
    table.loc[10, "income"], table.loc[20, "income"] = "much", float("inf")
    table["default"] = table["default"].astype(object)
    table.at[3, "default"] = None  # is left out before; the rows behind it keep their numbers
    prepared = prepare(CLASSIFIER, REQUEST, table)
    assert len(prepared.y) == len(table) - 3
    told = " ".join(prepared.warnings)
    assert "row 11, column 'income': 'much' is not a number" in told
    assert "row 21, column 'income': infinite" in told


def test_rows_without_an_outcome_or_with_a_repeated_id_are_left_out_and_said(credit: Credit) -> None:
    table = credit.table.astype({"default": object})
    table.loc[0:9, "default"] = None
    table.at[30, "id"] = str(table.at[29, "id"])
    prepared = prepare(CLASSIFIER, REQUEST, table)
    told = " ".join(prepared.warnings)
    assert "10 rows have no outcome" in told
    assert "first: row 31" in told


def test_a_future_date_is_left_out_in_training_and_refused_in_scoring(credit: Credit) -> None:
    dates = pd.date_range("2020-01-01", periods=len(credit.table), freq="D").astype(str).to_numpy(dtype=object)
    dates[5], dates[6] = "2999-01-01", "no date"
    table = credit.table.assign(opened=dates)
    prepared = prepare(CLASSIFIER, TrainingRequest("credit", "", "default", id="id", time="opened"), table)
    told = " ".join(prepared.warnings)
    assert "1 rows lie in the future (first: row 6)" in told
    assert "1 rows have no readable time in 'opened' (first: row 7)" in told
    dated = replace(credit.specialist, request=replace(credit.specialist.request, time="opened"))
    rows = score_inputs(dated, "loans", inputs(CLASSIFIER, dated, table.head(9)), reasons=False).rows
    assert [row.row for row in rows if row.refused] == [6, 7]
    assert "lies in the future" in str(rows[5].refused)
    assert "no readable time" in str(rows[6].refused)


def test_the_order_of_the_file_changes_nothing_where_there_is_a_time(credit: Credit) -> None:
    table = credit.table.assign(opened=pd.date_range("2020-01-01", periods=len(credit.table), freq="D").astype(str))
    request = TrainingRequest("credit", "", "default", id="id", time="opened")
    there, here = (prepare(CLASSIFIER, request, one) for one in (table, table.sample(frac=1, random_state=2)))
    assert there.schema == here.schema
    np.testing.assert_array_equal(there.y, here.y)
    for name in there.schema.names:
        np.testing.assert_array_equal(there.values[name], here.values[name])


def test_the_order_of_dates_changes_nothing_for_fraud_and_an_unreadable_one_hurts_nobody_else() -> None:
    table = payments(500, seed=9)
    request = TrainingRequest("fraud", "", "fraud", time="at", entities=("card", "shop"), amount="amount", event="1")
    good = fraud.features(table, request, None)
    spoilt = table.assign(at=table["at"].astype(str))
    spoilt.loc[len(table)] = {**table.iloc[100].to_dict(), "at": "never"}
    found = fraud.features(spoilt.sample(frac=1, random_state=0), request, None).sort_index()
    names = names_of(request.entities)
    np.testing.assert_array_equal(found[names].to_numpy()[:-1], good[names].to_numpy())
    assert found[names].iloc[-1].isna().all()


def test_blocks_number_their_rows_through_and_see_a_repeated_id(credit: Credit, tmp_path: Path) -> None:
    table = credit.table.drop(columns="default").head(90)
    table.at[70, "id"] = str(table.at[3, "id"])
    table.at[75, "id"] = str(table.at[70, "id"])
    table.to_csv(tmp_path / "many.csv", index=False)
    seen, rows = SeenIds(), []
    for block in read_blocks(tmp_path / "many.csv", sorted(text_columns(credit.specialist)), rows=20):
        rows += score_inputs(credit.specialist, "loans", inputs(CLASSIFIER, credit.specialist, block, None, seen), reasons=True).rows
    whole = score_inputs(
        credit.specialist, "loans", inputs(CLASSIFIER, credit.specialist, read_table(tmp_path / "many.csv")), reasons=True
    ).rows
    assert rows == whole
    assert [row.row for row in rows] == list(range(1, 91))
    assert [row.row for row in rows if "stands already in row 4" in str(row.refused)] == [71, 76]


def test_ids_keep_their_leading_zeros(tmp_path: Path) -> None:
    (tmp_path / "ids.csv").write_text("id,x\n007,1\n010,2.5\n")
    table = read_table(tmp_path / "ids.csv")
    assert table["id"].tolist() == ["007", "010"]
    assert table["x"].tolist() == [1.0, 2.5]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a,a\n1,2\n", "two columns named 'a'"),
        ("a,b\n1,2,3\n", "cannot be read as a table"),
        ("", "cannot be read as a table"),
        ("a,b\n", "no rows"),
        ('a\n"unclosed\n1', "cannot be read as a table"),
    ],
)
def test_files_that_are_no_tables(tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / "bad.csv").write_text(text)
    with pytest.raises(InputError, match=told):
        read_table(tmp_path / "bad.csv")


@pytest.mark.parametrize(("suffix", "encoding"), [(".csv", "gbk"), (".csv.gz", "gb18030"), (".tsv", "utf-8")])
def test_encodings_separators_and_compression(tmp_path: Path, suffix: str, encoding: str) -> None:
    table = pd.DataFrame({"收入": [100, 200], "职业": ["教师", "医生"], "违约": ["是", "否"]})
    table.to_csv(tmp_path / f"zh{suffix}", index=False, encoding=encoding, sep="\t" if suffix == ".tsv" else ";")
    pd.testing.assert_frame_equal(read_table(tmp_path / f"zh{suffix}"), table, check_dtype=False)


def test_an_empty_cell_in_the_target_does_not_change_its_event() -> None:
    assert event_of(pd.Series([0.0, 1.0, np.nan]), "default") == event_of(pd.Series([0, 1]), "default") == "1"
    assert outcomes(pd.Series([0.0, 1.0, np.nan]), "1").tolist() == [0, 1, -1]


def test_a_column_that_numbers_the_rows_or_only_names_them_is_left_out() -> None:
    table = pd.DataFrame({"number": range(1, 301), "name": [f"n{n}" for n in range(300)], "x": np.arange(300) % 7})
    schema = infer(table, set())
    assert schema.names == ["x"]
    assert set(schema.left_out) == {"number", "name"}


def dated(**columns: Any) -> TableSource:
    table = pd.DataFrame({"date": pd.bdate_range("2020-01-01", periods=len(next(iter(columns.values()))))} | columns)
    return TableSource("prices.csv", table, "")


def test_series_are_told_apart_and_named_when_bad() -> None:
    request = TrainingRequest("market-risk", "")
    with pytest.raises(InputError, match="nobody said what the column 'change' holds"):
        read_returns(dated(price=[10.0, 11.0, 12.0], change=[0.01, -0.02, 0.0], volume=[0, 5, 7]), request)
    told = replace(request, returns=("change",), prices=("price",))
    found = read_returns(dated(price=[10.0, 11.0, 12.0], change=[0.01, -0.02, 0.0], volume=[0, 5, 7]), told)
    assert found.kinds == {"price": "prices", "change": "returns"}
    with pytest.raises(InputError, match="row 2, column 'price': an infinite value"):
        read_returns(dated(price=[10.0, np.inf, 12.0]), request)
    with pytest.raises(InputError, match="day 2020-01-02: -1 is no price"):
        read_returns(dated(price=[10.0, -1.0, 12.0]), request, {"price": "prices"})
    late = dated(price=[10.0, 11.0, 12.0])
    shuffled = TableSource("prices.csv", late.table.iloc[[2, 0, 1]], "")
    pd.testing.assert_frame_equal(read_returns(shuffled, request).table, read_returns(late, request).table)


def test_scenarios(tmp_path: Path) -> None:
    (tmp_path / "scenarios.csv").write_text("scenario,A,B\ncrash,-0.2,\nrise,0.1,0.05\n")
    assert read_scenarios(tmp_path / "scenarios.csv") == {"crash": {"A": -0.2}, "rise": {"A": 0.1, "B": 0.05}}
    (tmp_path / "percent.csv").write_text("scenario,A\ncrash,-20\n")
    with pytest.raises(InputError, match="row 1, column 'A'"):
        read_scenarios(tmp_path / "percent.csv")


@pytest.mark.parametrize("suffix", ["csv", "csv.gz", "parquet"])
def test_a_table_too_large_for_the_memory_is_refused_whole_and_read_in_blocks(
    tmp_path: Path, suffix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    frame, path = payments(5000, seed=1), tmp_path / f"payments.{suffix}"
    frame.to_parquet(path) if suffix == "parquet" else frame.to_csv(path, index=False)
    assert len(read_table(path)) == 5000
    monkeypatch.setattr(table, "free_memory", lambda: 1_000_000)
    with pytest.raises(InputError, match=r"about [\d,]+ rows of 6 columns") as refused:
        read_table(path)
    assert "--out" in str(refused.value.remedy)
    assert sum(len(block) for block in read_blocks(path, rows=700)) == 5000
