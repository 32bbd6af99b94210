"""What an adapter taught is in the file, however few bits its weights have."""

from __future__ import annotations

import numpy as np
import pytest
from gguf import GGMLQuantizationType as Q
from numpy.typing import NDArray

from finfoundry.core.model_files.gguf_container import Tensor, floats
from finfoundry.train.gguf_file.blocks import quantised
from finfoundry.train.gguf_file.rounding import directions, rounded

Array = NDArray[np.float32]


def stored(data: NDArray[np.uint8], shape: tuple[int, ...], kind: Q) -> Array:
    return floats(Tensor("", shape, kind, data.view(np.uint8).reshape(-1)))


def grid(kind: Q, shape: tuple[int, int]) -> Array:
    """Weights of a base that was stored in ``kind``."""
    drawn = np.random.default_rng(3).standard_normal(shape).astype(np.float32)
    return stored(quantised(drawn, kind), shape, kind)


def low_rank(shape: tuple[int, int], size: float) -> Array:
    """A change of rank 8 whose weights are of the given size in the mean."""
    source = np.random.default_rng(4)
    change = source.standard_normal((shape[0], 8)) @ source.standard_normal((8, shape[1]))
    found: Array = (change * size / np.sqrt(8)).astype(np.float32)
    return found


def kept(change: Array, was: Array, now: Array) -> float:
    """The share of the change that stands in what was stored."""
    return float(((now - was) * change).sum() / (change * change).sum())


@pytest.mark.parametrize(("base", "kind"), [(Q.Q5_0, Q.Q5_0), (Q.Q4_K, Q.Q4_K), (Q.Q6_K, Q.Q6_K), (Q.Q4_0, Q.Q4_0), (Q.Q5_0, Q.Q4_0)])
def test_a_small_change_survives_the_grid_of_its_base(base: Q, kind: Q) -> None:
    """Plain rounding puts the weights back, or moves them by three times as much; the whole change is kept, within a tenth."""
    shape = (192, 512)
    was, change = grid(base, shape), low_rank(shape, 0.014)
    plain = stored(quantised(was + change, kind), shape, kind)
    ours = stored(rounded(was, was + change, kind), shape, kind)
    assert kept(change, was, ours) == pytest.approx(1, abs=0.1)
    assert abs(kept(change, was, plain) - 1) > abs(kept(change, was, ours) - 1)
    assert np.linalg.norm(ours - was - change) < 0.14 * np.linalg.norm(was)


@pytest.mark.parametrize("kind", [Q.Q8_0, Q.Q4_0])
def test_where_nothing_is_lost_rounding_is_plain(kind: Q) -> None:
    """A fine grid, or no change at all: the bytes are those of llama.cpp."""
    shape = (64, 256)
    was = np.random.default_rng(5).standard_normal(shape).astype(np.float32)
    new = was + (low_rank(shape, 0.2) if kind == Q.Q8_0 else 0)
    assert bytes(rounded(was, new, kind)) == bytes(quantised(new, kind))


def test_the_same_file_every_time() -> None:
    shape = (64, 256)
    was, change = grid(Q.Q5_0, shape), low_rank(shape, 0.01)
    assert bytes(rounded(was, was + change, Q.Q5_0)) == bytes(rounded(was, was + change, Q.Q5_0))


def test_directions_span_a_change() -> None:
    change = low_rank((48, 80), 1.0)
    left, right = directions(change)
    np.testing.assert_allclose(left @ (left.T @ change @ right) @ right.T, change, atol=1e-3)
    assert left.shape == (48, 8)
    assert right.shape == (80, 8)
