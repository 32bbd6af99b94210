"""Causal features: the same in a file and in a stream, and blind to the future."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from finfoundry.core.errors import InputError
from finfoundry.specialists import fraud
from finfoundry.specialists.made_data import payments
from finfoundry.specialists.specialist import Request

REQUEST = Request("fraud", "", "fraud", time="at", entities=("card", "shop"), amount="amount", event="1")
NAMES = fraud.names_of(REQUEST.entities)


def features(table: pd.DataFrame, history: pd.DataFrame | None = None) -> np.ndarray:
    past = fraud.recall(history, REQUEST) if history is not None else None
    return np.asarray(fraud.features(table, REQUEST, past)[NAMES].to_numpy())


def test_stream_and_file_agree_to_the_digit() -> None:
    table = payments(1500, seed=2)
    at = fraud.microseconds(table["at"])
    stream, told, rows = fraud.Stream(REQUEST.entities, REQUEST.delay_days), 0, []
    for row in range(len(table)):
        while at[told] < at[row] - 7 * fraud.DAY:
            stream.label(told, bool(table["fraud"][told]))
            told += 1
        rows.append(stream.features(row, int(at[row]), (table["card"][row], table["shop"][row]), float(table["amount"][row])))
    assert np.array_equal(np.array(rows), features(table), equal_nan=True)


def test_the_future_changes_nothing() -> None:
    table, cut = payments(1200, seed=4), 800
    changed = table.copy()
    shuffled = table.iloc[cut:].sample(frac=1, random_state=0)
    for name in ("card", "shop", "amount", "fraud"):
        changed.loc[cut:, name] = shuffled[name].to_numpy()
    assert np.array_equal(features(table)[:cut], features(changed)[:cut], equal_nan=True)


def test_the_order_of_the_file_changes_nothing() -> None:
    table = payments(600, seed=5)
    mixed = table.sample(frac=1, random_state=1)
    assert np.array_equal(features(mixed), features(table)[mixed.index.to_numpy()], equal_nan=True)


def test_history_goes_before_the_file() -> None:
    table, cut = payments(1000, seed=6), 700
    kept = fraud.keep(table.iloc[:cut], REQUEST)
    later = table.iloc[cut:].reset_index(drop=True)
    assert np.array_equal(features(later, kept), features(table)[cut:], equal_nan=True)
    single = table.iloc[cut : cut + 1].reset_index(drop=True)
    assert np.array_equal(features(single, kept), features(table)[cut : cut + 1], equal_nan=True)
    assert np.array_equal(features(later, table), features(table)[cut:], equal_nan=True), (
        "what the file holds itself is not remembered twice"
    )


def test_few_rows_do_not_turn_what_a_label_means() -> None:
    """One row's past may hold one value only, or more frauds than others; the labels are words, too."""
    table, cut = payments(1000, seed=6), 700
    table.loc[: cut - 1, "fraud"] = (table["card"][:cut] == table["card"][cut]).astype(int)
    words = table.assign(fraud=table["fraud"].map({0: "first kind", 1: "second kind"}))
    request = replace(REQUEST, event="second kind")
    kept = fraud.keep(words.iloc[:cut], request)
    for row in (cut, cut + 1):
        single = words.iloc[row : row + 1].drop(columns="fraud").reset_index(drop=True)
        made = fraud.features(single, request, fraud.recall(kept, request))[NAMES].to_numpy()
        whole = pd.concat([table.iloc[:cut], table.iloc[row : row + 1]], ignore_index=True)
        assert np.array_equal(made, features(whole)[cut:], equal_nan=True)


def test_labels_count_only_after_their_delay() -> None:
    table = payments(800, seed=7)
    early = table["at"] > table["at"].max() - pd.Timedelta(days=7)
    hidden = table.assign(fraud=table["fraud"].where(~early, 1 - table["fraud"]))
    assert np.array_equal(features(table), features(hidden), equal_nan=True)


def test_a_stream_refuses_disorder() -> None:
    stream = fraud.Stream(("card",), 7)
    stream.features(1, 10, ("a",), 5.0)
    with pytest.raises(InputError, match="before one"):
        stream.features(2, 9, ("a",), 5.0)
    with pytest.raises(InputError, match="waits"):
        stream.label(99, True)
