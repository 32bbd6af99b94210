"""Rounding that keeps what was learned.

The weights of a base that was itself stored in few bits lie on the grid of their blocks. What tuning adds is mostly less than half a step
of that grid, so plain rounding puts nearly every weight back where it was: measured on an adapter of ``gemma-3-270m`` in Q4_K_M, 2 to 17 %
of the change was left. On a coarser grid (Q4_0) many weights lie just between two steps, and the least change moves them by a whole half:
three times the change was stored. So noise first takes the weights off their grid (dither: Gray and Stockham, 1993), and what is missing
in the directions of the change is then added again and rounded anew, until the file holds it (error feedback).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from gguf import GGMLQuantizationType
from numpy.typing import NDArray

from finfoundry.core.model_files.gguf_container import Tensor, floats
from finfoundry.train.gguf_file.blocks import quantised

RANK = 64  # directions of a change that are kept at most; adapters have 8 to 64
SMALL = 0.02  # of the strongest direction: weaker ones are none
PASSES = 4
DITHER = 0.5  # of what plain rounding loses
ENOUGH = 0.05  # of the change may be missing, or too much

Array = NDArray[np.float32]


def rounded(old: Array, new: Array, kind: GGMLQuantizationType) -> NDArray[Any]:
    """The bytes of ``new`` (rows, width) in blocks of ``kind``, such that the change from ``old`` is kept."""
    change = new - old
    if not change.any():
        return quantised(new, kind)
    left, right = directions(change)
    lost = new - _stored(new, kind)
    if np.linalg.norm(left.T @ lost @ right) <= ENOUGH * np.linalg.norm(change):
        return quantised(new, kind)
    chance = np.random.default_rng(0)
    spread = DITHER * np.sqrt(3 * np.mean(lost * lost, dtype=np.float64))  # of a uniform noise with so large a part of that error
    start = new + chance.uniform(-spread, spread, new.shape).astype(np.float32)
    aimed: Array = start
    for _ in range(PASSES):
        missing = left.T @ (new - _stored(aimed, kind)) @ right
        aimed = np.asarray(aimed + left @ missing @ right.T, np.float32)
    return quantised(aimed, kind)


def directions(change: Array, rank: int = RANK) -> tuple[Array, Array]:
    """Orthonormal (rows, n) and (width, n), n at most ``rank``, between which a change acts (Halko et al., 2011, algorithm 4.4)."""
    rank = min(rank, *change.shape)
    drawn = np.random.default_rng(0).standard_normal((change.shape[1], rank), dtype=np.float32)
    right, _ = np.linalg.qr(change.T @ (change @ (change.T @ (change @ drawn))))
    left, _ = np.linalg.qr(change @ right)
    turned, strength, back = np.linalg.svd(left.T @ change @ right)
    strong = strength > SMALL * strength[0]
    return np.asarray(left @ turned[:, strong], np.float32), np.asarray(right @ back[strong].T, np.float32)


def _stored(weights: Array, kind: GGMLQuantizationType) -> Array:
    """The weights as a reader of the file gets them: quantised and taken back to floats, in the same shape."""
    return floats(Tensor("", weights.shape, kind, quantised(weights, kind).view(np.uint8).reshape(-1)))
