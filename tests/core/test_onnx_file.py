"""Files of models: what is written computes what it says, constants come back as they were, and a file that is none is refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from onnxruntime import InferenceSession

from finfoundry.core.model_files.onnx_file import CONTRIB, ML, Graph, message, read_constants, value, varint

ROWS = np.array([[1.5, -2.0, 0.25], [3.0, -4.0, 8.0]], dtype=np.float32)


@pytest.mark.parametrize("data", [b"\xff" * 100_000, b"\x80", b" " + b"\xe3\x80\x80" * 1000, "一".encode() * 1000])
def test_what_is_no_such_file_is_refused_at_once(data: bytes) -> None:
    with pytest.raises((ValueError, IndexError, KeyError)):
        read_constants(data)


@pytest.mark.parametrize(
    ("number", "written"), [(0, b"\0"), (1, b"\1"), (127, b"\x7f"), (128, b"\x80\1"), (300, b"\xac\2"), (-1, b"\xff" * 9 + b"\1")]
)
def test_a_number_is_written_as_the_format_says(number: int, written: bytes) -> None:
    assert varint(number) == written  # Protocol Buffers, "Base 128 Varints": 300 is its own example


@given(st.integers(0, 2**64 - 1), st.integers(1, 200), st.binary(max_size=300))
def test_a_field_is_its_number_its_kind_and_its_content(number: int, field: int, content: bytes) -> None:
    assert message((field, number)) == varint(field << 3) + varint(number)
    assert message((field, content)) == varint(field << 3 | 2) + varint(len(content)) + content
    assert message((field, 1.0)) == varint(field << 3 | 5) + b"\0\0\x80\x3f"


@pytest.mark.parametrize("kind", ["float32", "float64", "uint8", "int8", "int32", "int64", "bool"])
@pytest.mark.parametrize("shape", [(), (3,), (2, 3), (0,)])
def test_constants_come_back_as_they_were(kind: str, shape: tuple[int, ...]) -> None:
    graph, numbers = Graph(), np.ones(shape, dtype=kind)
    graph.constant("one", numbers)
    graph.constant("other", ROWS.T)
    found = read_constants(graph.encode([], []))
    assert found["one"].dtype == numbers.dtype
    assert found["one"].shape == shape
    assert np.array_equal(found["one"], numbers)
    assert np.array_equal(found["other"], ROWS.T)


def computed(graph: Graph, output: bytes, rows: NDArray[Any], domain: tuple[str, int] = (CONTRIB, 1)) -> NDArray[Any]:
    kind = "str" if rows.dtype.kind == "U" else "float32"
    file = graph.encode([value("x", kind, ("rows", *rows.shape[1:]))], [output], domain=domain)
    (found,) = InferenceSession(file, providers=["CPUExecutionProvider"]).run(None, {"x": rows})
    return np.asarray(found)


def test_a_graph_computes_what_it_says_whatever_its_attributes_are() -> None:
    graph = Graph()
    graph.constant("weights", np.array([[1, 0], [0, 2], [3, 4]], dtype=np.float32))
    graph.add("LeakyRelu", ["x"], "bent", alpha=0.25)  # a number with a point
    graph.add("MatMul", ["bent", "weights"], "mixed")
    graph.add("Constant", [], "one", value=np.array([[1.0]], dtype=np.float32))  # a tensor
    graph.add("Add", ["mixed", "one"], "more")
    graph.add("Transpose", ["more"], "turned", perm=[1, 0])  # a list of whole numbers
    graph.add("ReduceMax", ["turned"], "y", axes=[-1], keepdims=0)  # a whole number, and one below nothing
    bent = np.where(ROWS < 0, ROWS * 0.25, ROWS)
    expected = (bent @ np.array([[1, 0], [0, 2], [3, 4]]) + 1).max(axis=0)
    assert np.allclose(computed(graph, value("y", "float32", (2,)), ROWS), expected)


def test_a_graph_with_words_for_attributes_finds_them() -> None:
    graph = Graph()
    graph.add("LabelEncoder", ["x"], "y", domain=ML, keys_strings=["low", "high"], values_int64s=[3, 7], default_int64=-1)
    found = computed(graph, value("y", "int64", ("rows",)), np.array(["high", "none", "low"]), domain=(ML, 2))
    assert found.tolist() == [7, -1, 3]


def test_a_word_is_an_attribute() -> None:
    graph = Graph()
    graph.constant("beside", np.array([0, 1, 0, 0], dtype=np.int64))
    graph.add("Pad", ["x", "beside"], "y", mode="edge")
    assert np.array_equal(computed(graph, value("y", "float32", ("rows", 4)), ROWS), np.pad(ROWS, ((0, 0), (1, 0)), mode="edge"))
