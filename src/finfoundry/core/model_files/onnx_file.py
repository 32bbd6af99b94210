"""Write an ONNX file: the handful of protobuf messages that the graph of an encoder or a scorecard needs; and read the constants of one.

Field numbers are those of ``onnx.proto`` (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto). Written by hand because the
``onnx`` package would be needed for nothing else.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

ELEMENT_TYPES = {"float32": 1, "uint8": 2, "int8": 3, "int32": 6, "int64": 7, "str": 8, "bool": 9, "float64": 11}
CONTRIB = "com.microsoft"  # onnxruntime's own operators
ML = "ai.onnx.ml"  # the standard's operators for trees and categories
LARGE, PAGE = 1 << 20, 4096  # bytes: of a constant that is kept beside its graph, and what its place there is a multiple of
VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5  # protobuf wire types


def varint(value: int) -> bytes:
    """A whole number as a protobuf varint; a negative one as its complement in 64 bits."""
    value &= (1 << 64) - 1
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])


def message(*fields: tuple[int, int | float | str | bytes]) -> bytes:
    """Encode (field number, value) pairs; int is a varint, float a fixed32, text and bytes are length-delimited."""
    parts = []
    for number, value in fields:
        if isinstance(value, int):
            parts.append(varint(number << 3 | VARINT) + varint(value))
        elif isinstance(value, float):
            parts.append(varint(number << 3 | FIXED32) + struct.pack("<f", value))
        else:
            data = value.encode() if isinstance(value, str) else value
            parts.append(varint(number << 3 | BYTES) + varint(len(data)) + data)
    return b"".join(parts)


@dataclass
class Graph:
    """Collects nodes and constants, then encodes them."""

    nodes: list[bytes] = field(default_factory=list)
    constants: list[bytes] = field(default_factory=list)
    beside: IO[bytes] | None = None  # takes the numbers of large constants: a file next to the graph's, which refers to it by its name
    _known: set[str] = field(default_factory=set)

    def add(self, operator: str, inputs: Sequence[str], output: str | Sequence[str], *, domain: str = "", **attributes: Any) -> str:
        """Add a node and return the name of its first output. An empty input name is an absent optional input."""
        outputs = [output] if isinstance(output, str) else list(output)
        self.nodes.append(
            message(
                *((1, name) for name in inputs),
                *((2, name) for name in outputs),
                (3, outputs[0]),
                (4, operator),
                *((5, _attribute(name, value)) for name, value in attributes.items()),
                (7, domain),
            )
        )
        return outputs[0]

    def constant(self, name: str, array: NDArray[Any]) -> str:
        """Store an array of any shape under ``name``, which is returned as the input of a node."""
        if self.beside and array.nbytes >= LARGE:
            self.constants.append(_kept_beside(name, array, self.beside))
        else:
            self.constants.append(_tensor_of(name, array))
        return name

    def once(self, name: str, array: NDArray[Any]) -> str:
        """``constant`` of what several nodes take: stored the first time."""
        if name not in self._known:
            self._known.add(name)
            self.constant(name, array)
        return name

    def encode(
        self, inputs: Iterable[bytes], outputs: Iterable[bytes], *, opset: int = 17, domain: tuple[str, int] = (CONTRIB, 1)
    ) -> bytes:
        """The graph as an ONNX file; inputs and outputs as ``value`` makes them, ``domain`` is that of the contributed operators."""
        graph = message(
            *((1, node) for node in self.nodes),
            (2, "encoder"),
            *((5, constant) for constant in self.constants),
            *((11, value) for value in inputs),
            *((12, value) for value in outputs),
        )
        opsets = [message((1, ""), (2, opset)), message((1, domain[0]), (2, domain[1]))]
        return message((1, 8), (2, "finfoundry"), (7, graph), *((8, each) for each in opsets))


def value(name: str, element: str, shape: Sequence[int | str]) -> bytes:
    """A graph input or output; a dimension given as text is free."""
    dims = [message((1, size) if isinstance(size, int) else (2, size)) for size in shape]
    tensor = message((1, ELEMENT_TYPES[element]), (2, message(*((1, dim) for dim in dims))))
    return message((1, name), (2, message((1, tensor))))


def _attribute(name: str, value: float | int | str | NDArray[Any] | Sequence[int] | Sequence[str]) -> bytes:
    """A number, a text, a tensor, or a list of whole numbers or of texts."""
    if isinstance(value, int):
        return message((1, name), (3, value), (20, 2))
    if isinstance(value, float):
        return message((1, name), (2, value), (20, 1))
    if isinstance(value, str):
        return message((1, name), (4, value), (20, 3))
    if isinstance(value, np.ndarray):
        return message((1, name), (5, _tensor_of(name, value)), (20, 4))
    texts = bool(value) and isinstance(value[0], str)
    return message((1, name), *((9 if texts else 8, each) for each in value), (20, 8 if texts else 7))


def _tensor_of(name: str, array: NDArray[Any]) -> bytes:
    data = np.ascontiguousarray(array)
    dims = ((1, int(size)) for size in array.shape)
    return message(*dims, (2, ELEMENT_TYPES[data.dtype.name]), (8, name), (9, data.tobytes()))


def _kept_beside(name: str, array: NDArray[Any], file: IO[bytes]) -> bytes:
    """A TensorProto whose numbers lie in another file, where they can be mapped into memory."""
    file.seek(-file.tell() % PAGE, os.SEEK_CUR)
    entries = {"location": Path(file.name).name, "offset": str(file.tell()), "length": str(array.nbytes)}
    file.write(np.ascontiguousarray(array).data)
    dims = ((1, int(size)) for size in array.shape)
    external = ((13, message((1, key), (2, told))) for key, told in entries.items())
    return message(*dims, (2, ELEMENT_TYPES[array.dtype.name]), (8, name), *external, (14, 1))


def read_constants(data: bytes) -> dict[str, NDArray[Any]]:
    """The constants of a file's graph by name, each in its shape in the file. Raises ValueError, IndexError or KeyError for other bytes."""
    (graph,) = (content for number, content in _fields(data) if number == 7)
    return dict(_tensor(bytes(content)) for number, content in _fields(graph) if number == 5)


def read_attributes(data: bytes, operator: str) -> dict[str, float]:
    """The numbers that the first node of an operator bears, by name. Raises KeyError where there is none, ValueError for other bytes."""
    (graph,) = (content for number, content in _fields(data) if number == 7)
    for node in (list(_fields(content)) for number, content in _fields(graph) if number == 1):
        if (4, operator.encode()) in node:
            return dict(found for number, content in node if number == 5 and (found := _number(content)))
    raise KeyError(operator)


def _number(data: bytes) -> tuple[str, float] | None:
    """Name and value of an AttributeProto that holds a whole number or a float32."""
    known = dict(_fields(data))
    if 3 in known:
        return bytes(known[1]).decode(), known[3]
    return (bytes(known[1]).decode(), struct.unpack("<f", known[2])[0]) if 2 in known else None


def _tensor(data: bytes) -> tuple[str, NDArray[Any]]:
    """Name and array of a TensorProto with its numbers in ``raw_data``; its dimensions are written one by one or packed."""
    fields = list(_fields(data))
    dims = [size for number, found in fields if number == 1 for size in ([found] if isinstance(found, int) else _varints(found))]
    known = {number: found for number, found in fields if number != 1}
    elements = {code: name for name, code in ELEMENT_TYPES.items()}
    return bytes(known[8]).decode(), np.frombuffer(known.get(9, b""), elements[known[2]]).reshape(dims)


def _fields(data: bytes) -> Iterator[tuple[int, Any]]:
    """(field number, int or bytes) of one protobuf message."""
    at = 0
    while at < len(data):
        key, at = _read_varint(data, at)
        if key & 7 == VARINT:
            found, at = _read_varint(data, at)
            yield key >> 3, found
            continue
        size, at = _read_varint(data, at) if key & 7 == BYTES else ({FIXED32: 4, FIXED64: 8}[key & 7], at)
        yield key >> 3, data[at : at + size]
        at += size


def _varints(data: bytes) -> Iterator[int]:
    at = 0
    while at < len(data):
        found, at = _read_varint(data, at)
        yield found


def _read_varint(data: bytes, at: int) -> tuple[int, int]:
    """A whole number and where it ends: ten bytes at most, in each the lower seven bits (Protocol Buffers, "Base 128 Varints")."""
    found = 0
    for place, byte in enumerate(data[at : at + 10]):
        found |= (byte & 0x7F) << 7 * place
        if byte < 0x80:
            return found, at + place + 1
    raise ValueError("a number of more than ten bytes, or one that is cut")
