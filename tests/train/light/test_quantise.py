"""Few bits by importance: less is lost where it counts than by plain rounding, and the engine loads the file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from gguf import GGMLQuantizationType
from tests.train import tiny
from tests.train.light.test_prune import TEXTS, same_as_served

from finfoundry.core.errors import InputError
from finfoundry.core.model_files.gguf_container import Tensor, floats, open_container
from finfoundry.train.base import Base
from finfoundry.train.gguf_file.blocks import quantised
from finfoundry.train.light.quantise import quantise

Bases = Callable[[str], Base]


@pytest.mark.parametrize("kind", [GGMLQuantizationType.Q4_0, GGMLQuantizationType.Q4_K, GGMLQuantizationType.Q6_K])
def test_the_error_goes_where_least_flows_through(kind: GGMLQuantizationType) -> None:
    """The expected squared error of a map's output, with inputs of very different size."""
    source = np.random.default_rng(0)
    weights = source.normal(size=(64, 256)).astype(np.float32)
    importance = np.exp(source.normal(0, 2, 256)).astype(np.float32)

    def error(given: np.ndarray | None) -> float:
        stored = quantised(weights, kind, given).view(np.uint8).reshape(-1)
        return float((np.square(floats(Tensor("", weights.shape, kind, stored)) - weights) * importance).sum())

    assert error(importance) < 0.9 * error(None)
    assert error(np.ones(256, np.float32)) < 1.5 * error(None)


@pytest.mark.parametrize("architecture", tiny.ARCHITECTURES)
@pytest.mark.parametrize("form", ["q8_0", "q4_0"])
def test_the_engine_decodes_as_the_trainer_reads_the_file(architecture: str, form: str, bases: Bases, tmp_path: Path) -> None:
    base = bases(architecture)
    found = quantise(base, TEXTS, tmp_path / "light", form=form, version="1")
    assert found.form == form
    assert found.bytes < 0.6 * found.parent_bytes
    stored = open_container(Path(found.path)).tensors["blk.0.ffn_up.weight"]
    assert stored.kind == {"q8_0": GGMLQuantizationType.Q8_0, "q4_0": GGMLQuantizationType.Q4_0}[form]
    if form == "q8_0":  # the engine rounds activations too: at four bits near ties turn
        same_as_served(Base("light", Path(found.path)), tmp_path)


def test_what_has_few_bits_keeps_them(bases: Bases, tmp_path: Path) -> None:
    first = quantise(bases("llama"), TEXTS, tmp_path / "first", form="q4_0", version="1")
    with pytest.raises(InputError, match="no more bits"):
        quantise(Base("first", Path(first.path)), TEXTS, tmp_path / "second", form="q8_0", version="1")
    with pytest.raises(InputError, match="no form q2_k"):
        quantise(bases("llama"), TEXTS, tmp_path / "second", form="q2_k", version="1")
