"""Products in 8 bits: near those of floats, whatever few inputs are a hundred times as large as the others."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
from numpy.typing import NDArray

from finfoundry.core.model_files.decoder_file import OPSET
from finfoundry.core.model_files.onnx_file import Graph, value
from finfoundry.core.model_files.quantised_product import by_blocks, by_tokens

Floats = NDArray[np.float32]
Product = Callable[[Graph, str, str, Floats], str]
INPUTS, OUTPUTS, TOKENS = 1536, 768, 9


def computed(product: Product, weight: Floats, x: Floats, folder: Path | None = None) -> Floats:
    beside = (folder / "model.onnx.data").open("wb") if folder else None
    graph = Graph(beside=beside)
    graph.add("Identity", [product(graph, "own", "x", weight)], "y")
    file = graph.encode([value("x", "float32", (1, "tokens", INPUTS))], [value("y", "float32", (1, "tokens", OUTPUTS))], opset=OPSET)
    if beside and folder:
        beside.close()
        (folder / "model.onnx").write_bytes(file)
    session = onnxruntime.InferenceSession(folder / "model.onnx" if folder else file)
    (found,) = session.run(None, {"x": x[None]})
    of_one: Floats = found[0]
    return of_one


def drawn() -> tuple[Floats, Floats]:
    """A weight, and tokens of which one is all large, and each has one large input, as in language models."""
    numbers = np.random.default_rng(4)
    weight = numbers.normal(scale=0.025, size=(OUTPUTS, INPUTS)).astype(np.float32)
    x = numbers.normal(size=(TOKENS, INPUTS)).astype(np.float32)
    x[0] *= 300
    return weight, x


@pytest.mark.parametrize("product", [by_blocks, by_tokens])
def test_products_are_near_those_of_floats(product: Product) -> None:
    weight, x = drawn()
    wanted = x @ weight.T
    off = np.linalg.norm(computed(product, weight, x) - wanted, axis=1) / np.linalg.norm(wanted, axis=1)
    assert off.max() < 0.03


def test_a_large_token_takes_no_digits_of_the_others() -> None:
    weight, x = drawn()
    assert np.allclose(computed(by_tokens, weight, x)[1:], computed(by_tokens, weight, x[1:]), rtol=0.02, atol=0.02)


def test_what_is_zero_stays_zero() -> None:
    weight, x = drawn()
    weight[3] = 0
    x[2] = 0
    found = computed(by_tokens, weight, x)
    assert not found[2].any()
    assert not found[:, 3].any()


def test_matrices_beside_the_graph_give_the_same(tmp_path: Path) -> None:
    weight, x = drawn()
    assert np.array_equal(computed(by_tokens, weight, x, tmp_path), computed(by_tokens, weight, x))
    assert (tmp_path / "model.onnx.data").stat().st_size >= weight.size
    assert (tmp_path / "model.onnx").stat().st_size < 20_000
