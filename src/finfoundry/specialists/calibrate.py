"""Calibration: a margin (log odds) becomes a probability by Platt's two numbers, fitted to out-of-fold margins (Platt 1999)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True)
class Calibration:
    """probability = 1 / (1 + exp(-(slope x margin + shift)))."""

    slope: float
    shift: float

    def __call__(self, margin: np.ndarray) -> np.ndarray:
        return np.asarray(1.0 / (1.0 + np.exp(-np.clip(self.slope * margin + self.shift, -40, 40))))


def fit_calibration(margin: np.ndarray, y: np.ndarray) -> Calibration:
    """Maximum likelihood by Newton's method, with Platt's smoothed targets; slope 1 where the margin does not vary."""
    events, others = float(y.sum()), float(len(y) - y.sum())
    target = np.where(y == 1, (events + 1) / (events + 2), 1 / (others + 2))
    columns = np.stack([margin, np.ones_like(margin)], axis=1)
    answer = np.array([1.0, 0.0])
    for _ in range(50):
        p = Calibration(*answer)(margin)
        gradient = columns.T @ (p - target)
        hessian = (columns * (p * (1 - p))[:, None]).T @ columns + 1e-9 * np.eye(2)
        step = np.linalg.solve(hessian, gradient)
        answer = answer - np.clip(step, -2, 2)
        if np.abs(step).max() < 1e-10:
            break
    slope, shift = (float(number) for number in answer)
    return Calibration(slope, shift) if slope > 0 else Calibration(1.0, float(np.log((events + 1) / (others + 1)) - margin.mean()))
