"""Folders, calibration in time, the bar of events, fairness with intervals and intersections, a budget that no clock decides."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from finfoundry.core.errors import InputError, IntegrityError, NotPermitted
from finfoundry.core.principal import Principal
from finfoundry.governance.policy import Policy
from finfoundry.runtime import audit
from finfoundry.runtime.database import Database
from finfoundry.runtime.keys import Master
from finfoundry.specialists.families.credit import credit as family
from finfoundry.specialists.inputs.made_data import loans
from finfoundry.specialists.inputs.table import TableSource
from finfoundry.specialists.lifecycle import roles
from finfoundry.specialists.lifecycle.registry import Registry
from finfoundry.specialists.lifecycle.train import _cross_calibrated, _forward_parts, prepare, train
from finfoundry.specialists.lifecycle.validate import validate
from finfoundry.specialists.models.calibrate import fit_calibration
from finfoundry.specialists.models.fairness import by_columns, wilson
from finfoundry.specialists.models.policy import CutOffPolicy as CutOff
from finfoundry.specialists.models.specialist import MODEL, TrainingRequest, write_sealed

from .conftest import ANA, Credit

DAN, EVE = Principal("dan"), Principal("eve")


@pytest.fixture
def registry(database: Database, credit: Credit, tmp_path: Path) -> Registry:
    """dan may read the label of the version that ana trained, eve may not."""
    with database.owner() as connection:
        audit.install(connection, Master.open(tmp_path))
    policy, made = Policy(database), Registry(database)
    policy.add_label(ANA, "sensitive")
    for who in (DAN, EVE):
        policy.add_user(ANA, who.user)
    policy.add_grant(ANA, "dan", "sensitive")
    made.register(ANA, credit.folder)
    return made


def test_a_folder_obeys_the_label_of_its_version(registry: Registry, credit: Credit) -> None:
    assert registry.admit(DAN, credit.folder) == credit.specialist.version
    with pytest.raises(NotPermitted, match="eve may not use"):
        registry.admit(EVE, credit.folder)


def test_training_obeys_the_label(registry: Registry, database: Database) -> None:
    for who in (DAN, EVE):
        with pytest.raises(NotPermitted, match="no trainer"):
            registry.check_label(who, "sensitive")
        roles.give(database, ANA, who.user, "trainer", "sensitive")
    registry.check_label(DAN, "sensitive")
    with pytest.raises(NotPermitted, match="may not read the label"):
        registry.check_label(EVE, "sensitive")


def test_a_copied_or_resealed_folder_is_refused(registry: Registry, credit: Credit, tmp_path: Path) -> None:
    renamed = shutil.copytree(credit.folder, tmp_path / "other")
    with pytest.raises(IntegrityError, match="copied, renamed or sealed anew"):
        registry.admit(DAN, renamed)
    resealed = shutil.copytree(credit.folder, tmp_path / "copy" / "loans")
    told = json.loads((resealed / MODEL).read_text())
    told["threshold"] = 0.9
    names = json.loads((resealed / "manifest.json").read_text())["files"]
    write_sealed(resealed, {name: json.dumps(told).encode() if name == MODEL else (resealed / name).read_bytes() for name in names})
    with pytest.raises(IntegrityError, match="copied, renamed or sealed anew"):
        registry.admit(ANA, resealed)


def test_a_cut_off_is_set_by_an_approver(registry: Registry, database: Database, credit: Credit) -> None:
    asked = CutOff(Decimal(500), higher_is_safer=True, gain=Decimal(100), loss=Decimal(900))
    with pytest.raises(NotPermitted, match="dan is no approver"):
        registry.set_policy(DAN, credit.folder, asked)
    roles.give(database, ANA, "dan", "approver", "sensitive")
    with pytest.raises(NotPermitted, match="nothing proves"):
        registry.set_policy(replace(DAN, proof="key 3"), credit.folder, asked)
    registry.set_policy(DAN, credit.folder, asked)


def test_under_time_a_calibration_sees_earlier_rows_only() -> None:
    random = np.random.default_rng(5)
    time = pd.Series(np.repeat(np.arange(200), 5)).sample(frac=1, random_state=1).reset_index(drop=True)
    margin = random.normal(size=1000)
    y = (random.random(1000) < 1 / (1 + np.exp(1 - margin))).astype(np.int64)
    parts = _forward_parts(time, y, 0.0)
    assert len(parts) == 4
    for fit, test in parts:
        assert time.iloc[fit].max() < time.iloc[test].min()
    before = _cross_calibrated(margin, y, parts)
    assert np.isnan(before[time < 40]).all(), "the first stretch has nothing before it"
    late = time.to_numpy() >= 160
    after = _cross_calibrated(np.where(late, margin + 3, margin), np.where(late, 1 - y, y), parts)
    np.testing.assert_array_equal(before[~late], after[~late])
    fit, test = parts[-1]
    np.testing.assert_allclose(before[test], fit_calibration(margin[fit], y[fit])(margin[test]), atol=1e-9)
    with pytest.raises(InputError, match="both outcomes that were known"):
        _forward_parts(time, (time == 199).astype(int).to_numpy(), 0.0)


@pytest.mark.slow
def test_figures_under_time_are_of_the_rows_that_were_judged(tmp_path: Path) -> None:
    table = loans(600, seed=3)
    table["at"] = pd.date_range("2020-01-01", periods=600).astype(str)
    request = TrainingRequest("credit", "", "default", time="at", id="id", budget=2)
    made = train(family.CLASSIFIER, request, tmp_path / "loans", source=TableSource("made", table, ""))
    assert made.proof is not None
    assert (
        sum(one.rows for one in made.proof.by_time)
        == sum(one.rows for one in made.proof.by_fold)
        == sum(one.rows for one in made.calibration)
    )
    assert sum(one.rows for one in made.calibration) < 180, "a fifth of the rows out of fold have none before them"


def test_fewer_events_than_the_bar_are_refused(credit: Credit) -> None:
    table = loans(700, seed=3)
    few = pd.concat([table[table["default"] == 0], table[table["default"] == 1].head(19)])
    with pytest.raises(InputError, match=r"19 events in .* fewer than 20 are refused"):
        prepare(family.CLASSIFIER, TrainingRequest("credit", "", "default", id="id"), few)
    assert prepare(family.CLASSIFIER, TrainingRequest("credit", "", "default", id="id", least_events=15), few).y.sum() == 19
    later = loans(400, seed=8)
    rare = pd.concat([later[later["default"] == 0], later[later["default"] == 1].head(9)])
    with pytest.raises(InputError, match="needs 10 events"):
        validate(family.CLASSIFIER, credit.specialist, "loans", TableSource("later", rare, ""))


def test_fairness_has_intervals_and_intersections() -> None:
    """In neither column alone is anything wrong; where both meet it is."""
    random = np.random.default_rng(1)
    region, sex = random.choice(["north", "south"], 4000), random.choice(["f", "m"], 4000)
    hit = (region == "north") == (sex == "f")
    probability = np.where(random.random(4000) < np.where(hit, 0.4, 0.8), 0.05, 0.5)
    y = (random.random(4000) < 0.2).astype(np.int64)
    found = by_columns(pd.DataFrame({"region": region, "sex": sex}), ("region", "sex"), probability, y, 0.2)
    assert {one.by for one in found} == {"region", "sex", "region & sex"}
    single = [one for one in found if one.by != "region & sex"]
    assert all(one.selection_ratio > 0.9 for one in single)
    crossed = {one.group: one for one in found if one.by == "region & sex"}
    assert set(crossed) == {"north & f", "north & m", "south & f", "south & m"}
    for name in ("north & f", "south & m"):
        one = crossed[name]
        assert one.selection_ratio_interval is not None
        assert one.equal_opportunity_interval is not None
        assert one.selection_ratio_interval[0] < one.selection_ratio < one.selection_ratio_interval[1] < 0.8
        assert one.equal_opportunity_interval[1] < 0
        assert one.selection_rate_interval[0] < 0.4 < one.selection_rate_interval[1]


def test_the_intervals_cover_what_they_should() -> None:
    random = np.random.default_rng(2)
    hits = random.binomial(80, 0.3, 2000)
    covered = [low <= 0.3 <= high for low, high in (wilson(int(one), 80) for one in hits)]
    assert 0.93 < np.mean(covered) < 0.97
    inside, total = 0, 0
    for _ in range(400):
        groups, chosen = np.repeat(["a", "b"], 200), np.concatenate([random.random(200) < 0.5, random.random(200) < 0.4])
        found = {one.group: one for one in by_columns(pd.DataFrame({"g": groups}), ("g",), np.where(chosen, 0.0, 1.0), None, 0.5)}
        if found["b"].selection_ratio_interval:
            total += 1
            inside += found["b"].selection_ratio_interval[0] <= 0.8 <= found["b"].selection_ratio_interval[1]
    assert inside / total > 0.93


@pytest.mark.slow
def test_the_budget_counts_folds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However slow the machine is, the same data give the same specialist."""
    source = TableSource("made", loans(300, seed=1), "")
    request = TrainingRequest("credit", "", "default", id="id", budget=2)
    first = train(family.CLASSIFIER, request, tmp_path / "a", source=source)
    ticks = iter(range(0, 10**9, 10_000))
    monkeypatch.setattr("finfoundry.specialists.lifecycle.train.clock.monotonic", lambda: float(next(ticks)))
    second = train(family.CLASSIFIER, request, tmp_path / "b", source=source)
    assert second.models == first.models
    assert second.figures == first.figures
    assert any("The budget allowed 2 of 5 folds" in one for one in second.warnings)
    assert first.proof is not None
    assert len(first.proof.by_fold) == 2
