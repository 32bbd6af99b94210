"""Causal features: the same in a file and in a stream, and blind to the future."""

from __future__ import annotations

import random
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from finfoundry.specialists.families.fraud import fraud
from finfoundry.specialists.families.fraud.timeline import DAY
from finfoundry.specialists.families.fraud.windows import Ledger, names_of
from finfoundry.specialists.inputs.made_data import payments
from finfoundry.specialists.models.specialist import TrainingRequest

REQUEST = TrainingRequest("fraud", "", "fraud", time="at", entities=("card", "shop"), amount="amount", event="1")
NAMES = names_of(REQUEST.entities)


def features(table: pd.DataFrame, history: pd.DataFrame | None = None) -> np.ndarray:
    past = fraud.recall(history, REQUEST) if history is not None else None
    return np.asarray(fraud.features(table, REQUEST, past)[NAMES].to_numpy())


def test_ledger_and_file_agree_to_the_digit() -> None:
    table = payments(1500, seed=2)
    ledger, waiting, rows = Ledger(REQUEST.entities, REQUEST.delay_days), fraud.payments_of(table, REQUEST), []
    labels = [(one.at, bool(one.fraud)) for one in waiting]
    told = 0
    for one, amount in zip(waiting, table["amount"].tolist(), strict=True):
        one.fraud = None
        known = []
        while labels[told][0] < one.at - 7 * DAY:
            waiting[told].fraud = labels[told][1]
            known.append(waiting[told])
            told += 1
        ledger.tell(known)
        ledger.judge([early for early in known if early.fraud])
        rows.append(ledger.features(one.at, one.keys, amount))
        ledger.enter([one])
    assert np.array_equal(np.array(rows), features(table), equal_nan=True)


@pytest.mark.parametrize("seed", [1, 2])
def test_a_ledger_does_not_depend_on_when_payments_and_labels_came(seed: int) -> None:
    table = payments(900, seed=3)
    ledger, found = Ledger(REQUEST.entities, REQUEST.delay_days), fraud.payments_of(table, REQUEST)
    labels = {one.id: one.fraud for one in found}
    for place, one in enumerate(found):
        one.fraud, one.place = None, place
    chance = random.Random(seed)
    mixed = chance.sample(found, len(found))
    for first in range(0, len(mixed), 90):
        part = mixed[first : first + 90]
        ledger.enter(part)
        told = chance.sample(part, 60)
        for one in told:
            one.fraud = labels[one.id]
        ledger.tell(told)
        ledger.judge([one for one in found if one.fraud])
    rest = [one for one in found if one.fraud is None]
    for one in rest:
        one.fraud = labels[one.id]
    ledger.tell(rest)
    ledger.judge([one for one in found if one.fraud])
    rows = [ledger.features(one.at, one.keys, amount) for one, amount in zip(found, table["amount"].tolist(), strict=True)]
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
