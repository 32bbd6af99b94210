"""Inputs written after the outcome and repeated rows are told; clean files are left alone."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from finfoundry.specialists.families.credit.credit import CLASSIFIER
from finfoundry.specialists.inputs.folds import folds
from finfoundry.specialists.inputs.made_data import loans
from finfoundry.specialists.lifecycle.leaks import alike, too_good
from finfoundry.specialists.lifecycle.train import prepare
from finfoundry.specialists.models.specialist import TrainingRequest

Made = Callable[[np.ndarray, np.random.Generator], object]  # outcomes, chance → the cells of a column


def chosen(y: np.ndarray, chance: np.random.Generator, share: float, otherwise: float) -> np.ndarray:
    """True for a share of the events, and for another share of the rest."""
    return np.asarray(chance.random(len(y)) < np.where(y == 1, share, otherwise))


PLANTED: dict[str, Made] = {
    "collection_calls": lambda y, c: c.poisson(0.2 + 2.5 * y),
    "recovery_amount": lambda y, c: np.where(chosen(y, c, 0.6, 0.0), c.lognormal(6, 1, len(y)).round(), 0.0),
    "催收次数": lambda y, c: c.poisson(0.3 + 1.5 * y),
    "核销金额": lambda y, c: np.where(chosen(y, c, 0.5, 0.0), c.lognormal(7, 1, len(y)).round(), np.nan),
    "逾期天数": lambda y, c: np.where(y == 1, c.exponential(60, len(y)), c.exponential(12, len(y))).round(),
    "closing_reason": lambda y, c: np.where(chosen(y, c, 0.5, 0.0), "legal", c.choice(["open", "repaid"], len(y))),
    "last_contact": lambda y, c: (c.normal(0, 1, len(y)) + 2.5 * y).round(3),
    "balance_today": lambda y, c: (c.lognormal(8, 0.3, len(y)) * (1 + 2 * y)).round(),
    "exit_survey": lambda y, c: np.where(chosen(y, c, 0.75, 0.1), np.nan, c.normal(0, 1, len(y)).round(3)),
    "case_number": lambda y, c: np.where(chosen(y, c, 0.45, 0.0), c.integers(0, 9999, len(y)), np.nan),
    "flag": lambda y, c: np.where(chosen(y, c, 0.9, 0.06), "A", "B"),
    "status_code": lambda y, c: np.where(y == 1, c.choice([3, 4], len(y), p=[0.8, 0.2]), c.choice([1, 2, 4], len(y), p=[0.5, 0.4, 0.1])),
    "interest_received": lambda y, c: (c.uniform(50, 100, len(y)) * (1 - 0.6 * y)).round(2),
    "late_fee": lambda y, c: np.where(chosen(y, c, 0.35, 0.0), 15.0, 0.0),
    "dpd_max": lambda y, c: np.where(y == 1, c.exponential(40, len(y)), c.exponential(10, len(y))).round(),
    "written_off": lambda y, c: np.where(chosen(y, c, 0.2, 0.0), "yes", "no"),
    "post_default_letters": lambda y, c: c.poisson(0.5 + 0.8 * y),
    "charge_off_month": lambda y, c: np.where(chosen(y, c, 0.4, 0.0), c.integers(1, 13, len(y)), np.nan),
    "sent_to_recovery": lambda y, c: np.where(chosen(y, c, 0.25, 0.05), 1, 0),
}


def warnings_of(table: pd.DataFrame, seed: int) -> list[str]:
    table = table.sample(frac=1, random_state=seed)
    return prepare(CLASSIFIER, TrainingRequest("credit", "", "default", event="1", id="id"), table).warnings


def told(table: pd.DataFrame, seed: int) -> list[str]:
    return [one for one in warnings_of(table, seed) if "after the outcome" in one or "repeat the inputs" in one]


def repeated(table: pd.DataFrame) -> pd.DataFrame:
    """Each row four times, with ids of their own."""
    four = pd.concat([table] * 4, ignore_index=True)
    return four.assign(id=[f"R{number}" for number in range(len(four))])


def test_planted_leaks_and_repeats_are_found() -> None:
    found = 0
    for seed, (name, made) in enumerate(PLANTED.items()):
        table, chance = loans(1500, seed), np.random.default_rng(seed)
        table[name] = made(table["default"].to_numpy(), chance)
        found += any(repr(name) in one for one in told(table, seed))
    found += any("repeat the inputs" in one for one in told(repeated(loans(400, 77)), 77))
    assert len(PLANTED) + 1 == 20
    assert found >= 19


def test_clean_files_have_no_warning() -> None:
    """Sizes from 300 to 5,000 rows; a column of noise, an honest strong input and an honest missing one among them."""
    false = 0
    for seed in range(20):
        rows, chance = (300, 1000, 2500, 5000)[seed % 4], np.random.default_rng(seed)
        table = loans(rows, 100 + seed)
        table["noise"] = chance.normal(size=rows)
        table["bureau_score"] = (chance.normal(size=rows) - 1.2 * table["default"]).round(2)
        table["num_collections_last_12m"] = chance.poisson(0.1 + 0.1 * table["default"])
        table["guarantee"] = np.where(chance.random(rows) < 0.3 + 0.1 * table["default"], np.nan, chance.normal(size=rows))
        false += bool(told(table, seed))
    assert false <= 1


def test_equal_rows_stay_in_one_fold() -> None:
    table = repeated(loans(300, 5))
    names = [name for name in table if name not in ("id", "default")]
    groups = alike(table, names)
    assert groups is not None
    y = table["default"].to_numpy()
    for fit, test in folds(y, None, None, 0, groups):
        assert not set(groups[fit]) & set(groups[test])
    assert sorted(np.concatenate([test for _, test in folds(y, None, None, 0, groups)]).tolist()) == list(range(len(y)))
    assert any("900 of 1200 rows repeat the inputs of another row: equal rows stay in one fold" in one for one in told(table, 1))


def test_few_values_repeat_by_accident_and_few_rows_make_no_groups() -> None:
    chance = np.random.default_rng(1)
    answers = pd.DataFrame({name: chance.choice(["yes", "no"], 500) for name in "abc"})
    assert alike(answers, list("abc")) is None
    assert alike(loans(500, 1), ["income", "debt_ratio", "job"]) is None


def test_a_model_that_is_too_good_is_told() -> None:
    assert too_good(0.8) is None
    assert "0.991" in str(too_good(0.991))
