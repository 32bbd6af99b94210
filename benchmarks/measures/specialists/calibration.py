"""Calibration where events are rare: 1,000 simulated sets with rates from .05 to 5 %.

python benchmarks/specialists.py calibration [SETS]

Margins are log odds that a model may have got wrong: shifted, stretched, compressed, without information, or parting the classes. A mean
forecast that lies further from the rate than a fifth of the rate's 95 % interval (Wilson's, by code of its own: the product's test takes
Jeffreys') is a failure unless it was said. The baseline is Newton's method with clipped steps and no test of convergence, as it was used
before.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import numpy as np

from finfoundry.specialists.models.calibrate import LogisticCalibration, fit_calibration
from measures import described

KINDS = ("true", "shifted", "stretched", "compressed", "noise", "parting", "huge")


def simulated(number: int) -> tuple[str, np.ndarray, np.ndarray]:
    """Kind, margins and outcomes of one set, with at least one event."""
    chance = np.random.default_rng(number)
    kind = KINDS[number % len(KINDS)]
    rate = float(np.exp(chance.uniform(np.log(0.0005), np.log(0.05))))
    rows = int(chance.choice([1000, 3000, 10_000, 30_000]))
    spread = chance.normal(0, chance.uniform(0.3, 2.0), rows)
    odds = np.log(rate / (1 - rate)) + spread - spread.var() / 2
    y = (chance.random(rows) < 1 / (1 + np.exp(-odds))).astype(int)
    y[0] = 1
    margin = {
        "true": odds,
        "shifted": odds + chance.uniform(-8, 8),
        "stretched": odds * chance.uniform(2, 20),
        "compressed": odds * chance.uniform(0.01, 0.3),
        "noise": chance.normal(0, 3, rows),
        "parting": np.where(y == 1, 5.0, -5.0) + chance.normal(0, 0.1, rows),
        "huge": odds * 1e4 + chance.normal(0, 1e4, rows),
    }[kind]
    return kind, margin, y


def before(margin: np.ndarray, y: np.ndarray) -> LogisticCalibration:
    """One slope by Newton's method with clipped steps, kept whether it converged or not."""
    events, others = float(y.sum()), float(len(y) - y.sum())
    target = np.where(y == 1, (events + 1) / (events + 2), 1 / (others + 2))
    columns, answer = np.stack([margin, np.ones_like(margin)], axis=1), np.array([1.0, 0.0])
    for _ in range(50):
        p = 1 / (1 + np.exp(-np.clip(columns @ answer, -40, 40)))
        hessian = (columns * (p * (1 - p))[:, None]).T @ columns + 1e-9 * np.eye(2)
        answer = answer - np.clip(np.linalg.solve(hessian, columns.T @ (p - target)), -2, 2)
    if answer[0] <= 0:
        return LogisticCalibration(1.0, float(np.log((events + 1) / (others + 1))) - float(margin.mean()))
    return LogisticCalibration(float(answer[0]), float(answer[1]))


def far(forecast: np.ndarray, y: np.ndarray, z: float = 1.959964) -> bool:
    """Further from the rate than a fifth of the width of its interval (Wilson 1927)."""
    n, rate = len(y), float(y.mean())
    half = z * np.sqrt(rate * (1 - rate) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return bool(abs(float(forecast.mean()) - rate) > 0.2 * 2 * half)


def failures(sets: int, fit: Callable[[np.ndarray, np.ndarray], LogisticCalibration]) -> tuple[Counter[str], int]:
    """Failures that were not said, by kind of margin, and how often a fall-back was said."""
    found, said = Counter[str](), 0
    for number in range(sets):
        kind, margin, y = simulated(number)
        fitted = fit(margin, y)
        said += bool(fitted.fallback)
        found[kind] += int(far(fitted(margin), y) and not fitted.fallback) + int(not np.isfinite(fitted(margin)).all())
    return found, said


def main() -> None:
    parser = described(__doc__)
    parser.add_argument("sets", type=int, nargs="?", default=1000, help="simulated sets")
    sets = parser.parse_args().sets
    for name, fit in (("calibration", fit_calibration), ("before", before)):
        found, said = failures(sets, fit)
        print(f"{name}: mean forecast off by over a fifth of the rate's interval, unsaid: {found.total()} of {sets} (reach: 0);", end=" ")
        print(f"fall-backs said: {said}; by kind: {dict(found)}")
