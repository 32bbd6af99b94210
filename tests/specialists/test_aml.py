"""Features of an account: of its own neighbourhood, and of what had happened by the day of the judgement."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from finfoundry.core.errors import InputError
from finfoundry.specialists.families.aml import aml
from finfoundry.specialists.families.aml.graph import HOPS, Transfers, account_features, transfers
from finfoundry.specialists.inputs.made_data import laundering
from finfoundry.specialists.lifecycle.train import prepare
from finfoundry.specialists.models.specialist import TrainingRequest

Edge = tuple[int, int, int, int]
EDGES = some.lists(
    some.tuples(some.integers(0, 9), some.integers(0, 9), some.sampled_from([10, 11, 50, 900]), some.integers(0, 40)), min_size=3
)
REQUEST = TrainingRequest("aml", "", "laundering", id="account", source="from", destination="to", amount="amount")


def graph(edges: list[Edge]) -> Transfers:
    source, destination, amount, time = zip(*edges, strict=True)
    return transfers(
        [f"a{one}" for one in source], [f"a{one}" for one in destination], np.array(amount, dtype=float), np.array(time, dtype=float)
    )  # fmt: skip


def within(found: Transfers, accounts: set[str], hops: int) -> set[str]:
    """Counted here by walking, not by the code under test."""
    pairs = [(found.names[a], found.names[b]) for a, b in zip(found.source, found.destination, strict=True)]
    for _ in range(hops):
        accounts = accounts | {end for pair in pairs if set(pair) & accounts for end in pair}
    return accounts


@settings(max_examples=80, deadline=None)
@given(EDGES, some.tuples(some.integers(0, 14), some.integers(0, 14), some.sampled_from([10, 900, 100_000]), some.integers(0, 400)))
def test_a_transfer_between_strangers_changes_no_feature(edges: list[Edge], new: Edge) -> None:
    before, together = graph(edges), graph([*edges, new])
    near = within(together, {f"a{new[0]}", f"a{new[1]}"}, HOPS)
    others = [name for name in before.names if name not in near]
    pd.testing.assert_frame_equal(account_features(before).loc[others], account_features(together).loc[others], check_exact=True)


@settings(max_examples=40, deadline=None)
@given(EDGES, EDGES, some.integers(0, 40))
def test_a_later_transfer_changes_nothing_before_it(edges: list[Edge], later: list[Edge], day: int) -> None:
    earlier = [one for one in edges if one[3] <= day] or [(0, 1, 10, 0)]
    more = [(a, b, amount, time + day + 1) for a, b, amount, time in later]
    known = aml.KnownTransfers(graph([*earlier, *more]), dated=False)
    alone = account_features(graph(earlier))
    found = known.of(list(alone.index), np.full(len(alone), float(day)))
    pd.testing.assert_frame_equal(found.set_axis(alone.index), alone, check_exact=True)


@settings(max_examples=25, deadline=None)
@given(EDGES, some.permutations(range(8)))
def test_the_order_of_the_rows_changes_nothing(edges: list[Edge], order: list[int]) -> None:
    mixed = sorted(edges, key=lambda one: order[sum(one) % 8])
    pd.testing.assert_frame_equal(account_features(graph(edges)), account_features(graph(mixed)), check_exact=True)


@pytest.fixture(scope="module")
def dated(tmp_path_factory: pytest.TempPathFactory) -> tuple[pd.DataFrame, pd.DataFrame, TrainingRequest]:
    """Accounts that are judged on days of their own, with transfers that have dates."""
    accounts, moved, _ = laundering(200, 16, seed=4)
    moved["time"] = (pd.Timestamp("2024-01-01") + pd.to_timedelta(moved["time"], unit="D")).dt.strftime("%Y-%m-%d %H:%M:%S")
    accounts["judged"] = [f"2024-0{2 + number % 3}-15" for number in range(len(accounts))]
    path = tmp_path_factory.mktemp("aml") / "transfers.csv"
    moved.to_csv(path, index=False)
    return accounts, moved, replace(REQUEST, time="judged", transactions=str(path), transfer_time="time", budget=2)


def test_each_account_is_judged_as_of_its_own_day(dated: tuple[pd.DataFrame, pd.DataFrame, TrainingRequest]) -> None:
    accounts, moved, request = dated
    found = aml.features(accounts, request, None)
    for day in sorted(set(accounts["judged"])):
        rows = accounts["judged"] == day
        early = aml.recall(moved[pd.to_datetime(moved["time"]) <= day], request)
        want = account_features(early.graph).reindex(accounts.loc[rows, "account"].astype(str))
        got = found.loc[rows, list(want.columns)]
        np.testing.assert_array_equal(got.to_numpy(), want.to_numpy())
    assert found["in amount"].notna().mean() > 0.8


def test_one_account_in_service_is_judged_as_in_its_file(dated: tuple[pd.DataFrame, pd.DataFrame, TrainingRequest]) -> None:
    accounts, moved, request = dated
    known = aml.recall(moved, request)
    together = aml.features(accounts, request, known)
    for row in (0, 57, 131):
        pd.testing.assert_frame_equal(aml.features(accounts.iloc[[row]], request, known), together.iloc[[row]], check_exact=True)


def test_without_days_of_judgement_training_warns(dated: tuple[pd.DataFrame, pd.DataFrame, TrainingRequest]) -> None:
    accounts, _, request = dated
    assert "--time" in prepare(aml.CLASSIFIER, replace(request, time=None, exclude=("judged",)), accounts).warnings[0]
    assert "--time" not in " ".join(prepare(aml.CLASSIFIER, request, accounts).warnings)


def test_as_of_a_day_that_is_said(dated: tuple[pd.DataFrame, pd.DataFrame, TrainingRequest]) -> None:
    accounts, moved, request = dated
    known = aml.recall(moved, request)
    moment = aml.moment_of("2024-03-01", known, request)
    found = aml.features(accounts.drop(columns="judged"), request, replace(known, as_of=moment))
    want = account_features(known.graph.until(moment)).reindex(accounts["account"].astype(str))
    np.testing.assert_array_equal(found[list(want.columns)].to_numpy(), want.to_numpy())
    for wrong in ("17", "the day after", ""):
        with pytest.raises(InputError, match="--as-of"):
            aml.moment_of(wrong, known, request)
    with pytest.raises(InputError, match="not of one kind"):
        aml.features(accounts.assign(judged=3.0), request, known)


@pytest.mark.parametrize(
    ("column", "cell", "why"),
    [
        ("amount", -5.0, "no amount of a transfer"),
        ("amount", 0.0, "no amount of a transfer"),
        ("amount", 4e15, "no amount of a transfer"),
        ("amount", "abc", "is no amount"),
        ("amount", None, "is no amount"),
        ("to", None, "no account"),
        ("time", "yesterday", "no readable time"),
        ("time", "2199-01-01", "lies in the future"),
    ],
)
def test_transfers_that_cannot_be_are_refused(
    dated: tuple[pd.DataFrame, pd.DataFrame, TrainingRequest], column: str, cell: object, why: str
) -> None:
    _, moved, request = dated
    table = moved.astype({column: object})
    table.loc[3, column] = cell
    with pytest.raises(InputError, match=rf"row 4, column '{column}': .*{why}"):
        aml.recall(table, request)
    with pytest.raises(InputError, match="--transfer-time"):
        aml.recall(moved.rename(columns={"time": "when"}), request)
