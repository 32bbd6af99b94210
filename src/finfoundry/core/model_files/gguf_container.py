"""A GGUF file taken apart without unpacking it: the bytes of its keys, its tensors' descriptions, its data as a map of memory.

A vocabulary of 262,000 signs takes ten seconds to read into objects and a tenth of one to step over; a tuned model has the keys of
its base, so their bytes are copied. Layout: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
"""

from __future__ import annotations

import math
import os
import struct
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from gguf import GGML_QUANT_SIZES, GGMLQuantizationType, dequantize
from numpy.typing import NDArray

from finfoundry.core.errors import ModelError

SIZES = {0: 1, 1: 1, 2: 2, 3: 2, 4: 4, 5: 4, 6: 4, 7: 1, 10: 8, 11: 8, 12: 8}
STRING, ARRAY = 8, 9
ALIGNMENT = 32
MOST_DIMENSIONS = 4


@dataclass(frozen=True, slots=True)
class Tensor:
    """``shape`` as numpy has it: rows first (GGUF lists the width first). ``data`` are the raw bytes."""

    name: str
    shape: tuple[int, ...]
    kind: GGMLQuantizationType
    data: NDArray[np.uint8]

    def rows(self, start: int, end: int) -> Tensor:
        """Some rows of a matrix, as a matrix: blocks lie within rows."""
        each, end = self.data.size // self.shape[0], min(end, self.shape[0])
        return Tensor(self.name, (end - start, *self.shape[1:]), self.kind, self.data.reshape(-1)[start * each : end * each])


def floats(tensor: Tensor) -> NDArray[np.float32]:
    """The weights of a tensor, in its shape."""
    if tensor.kind == GGMLQuantizationType.F32:
        return tensor.data.view(np.float32).reshape(tensor.shape)
    if tensor.kind == GGMLQuantizationType.F16:
        return tensor.data.view(np.float16).astype(np.float32).reshape(tensor.shape)
    block, size = GGML_QUANT_SIZES[tensor.kind]
    rows = tensor.data.reshape(*tensor.shape[:-1], tensor.shape[-1] // block * size)
    found: NDArray[np.float32] = dequantize(rows, tensor.kind)
    return found


@dataclass(frozen=True)
class Container:
    """``keys``: name -> (start, start of the value, end) in ``head``, the bytes of all keys."""

    head: bytes
    keys: dict[str, tuple[int, int, int]]
    tensors: dict[str, Tensor]

    def number(self, key: str) -> int:
        """A whole number of 32 bits. Raises KeyError."""
        return int.from_bytes(self._value(key), "little")

    def text(self, key: str) -> str:
        """Raises KeyError."""
        return self._value(key)[8:].decode("utf-8")

    def real(self, key: str) -> float:
        """A number of 32 bits with a point. Raises KeyError."""
        return float(np.frombuffer(self._value(key), "<f4")[0])

    def texts(self, key: str) -> list[str]:
        """An array of texts. Raises KeyError, ValueError."""
        view, texts, place = memoryview(self._value(key)), [], 12
        for _ in range(int.from_bytes(view[4:12], "little")):
            text, place = _string(view, place)
            texts.append(text)
        return texts

    def numbers(self, key: str, kind: str) -> NDArray[Any]:
        """An array of numbers of a numpy type. Raises KeyError, ValueError."""
        return np.frombuffer(self._value(key)[12:], kind)

    def _value(self, key: str) -> bytes:
        _, start, end = self.keys[key]
        return self.head[start:end]

    @property
    def architecture(self) -> str:
        return self.text("general.architecture")


def open_container(path: Path) -> Container:
    """Raises ModelError for a file that is no GGUF or is cut short, within time and memory that follow from its size."""
    try:
        return _parse(np.memmap(path, dtype=np.uint8, mode="r"))
    except (struct.error, ValueError, KeyError, IndexError, OverflowError, MemoryError) as error:
        raise ModelError(f"{path} is not a whole GGUF file ({error})", remedy="Pull the model again") from error


def _parse(data: NDArray[np.uint8]) -> Container:
    view = data.data
    magic, version, tensors, count = struct.unpack_from("<4sIQQ", view, 0)
    if magic != b"GGUF" or version not in (2, 3):
        raise ValueError("wrong magic or version")
    place, keys = 24, {}
    begin = place
    for _ in range(count):
        start = place
        name, place = _string(view, place)
        (kind,) = struct.unpack_from("<I", view, place)
        end = _skip(view, place + 4, kind)
        keys[name] = (start - begin, place + 4 - begin, end - begin)
        place = end
    head = bytes(view[begin:place])
    entries: list[tuple[str, tuple[int, ...], GGMLQuantizationType, int]] = []
    for _ in range(tensors):
        name, place = _string(view, place)
        (dimensions,) = struct.unpack_from("<I", view, place)
        if dimensions > MOST_DIMENSIONS:
            raise ValueError(f"a tensor of {dimensions} dimensions")
        *shape, kind, offset = struct.unpack_from(f"<{dimensions}QIQ", view, place + 4)
        place += 4 + 8 * dimensions + 12
        entries.append((name, tuple(reversed(shape)), GGMLQuantizationType(kind), offset))
    start = _aligned(place)
    found = {}
    for name, dims, form, offset in entries:
        size = byte_size(dims, form)
        if start + offset + size > len(data):
            raise ValueError(f"{name} lies behind its end")
        found[name] = Tensor(name, dims, form, data[start + offset : start + offset + size])
    return Container(head, keys, found)


def _string(view: memoryview, place: int) -> tuple[str, int]:
    (length,) = struct.unpack_from("<Q", view, place)
    return bytes(view[place + 8 : place + 8 + length]).decode("utf-8"), place + 8 + length


def _skip(view: memoryview, place: int, kind: int) -> int:
    if kind == STRING:
        return int(place + 8 + struct.unpack_from("<Q", view, place)[0])
    if kind != ARRAY:
        return place + SIZES[kind]
    item, length = struct.unpack_from("<IQ", view, place)
    place += 12
    if item in SIZES:
        return int(place + SIZES[item] * length)
    if item != STRING:
        raise ValueError(f"an array of type {item}")  # of arrays, too: llama.cpp takes none
    for _ in range(length):
        place = _skip(view, place, item)
    return place


def byte_size(shape: Iterable[int], kind: GGMLQuantizationType) -> int:
    block, size = GGML_QUANT_SIZES[kind]
    return math.prod(shape) // block * size


def _aligned(place: int) -> int:
    return -(-place // ALIGNMENT) * ALIGNMENT


@dataclass(frozen=True, slots=True)
class Planned:
    """A tensor to be written; ``make`` gives its bytes when their turn comes, so that one is held at a time."""

    name: str
    shape: tuple[int, ...]
    kind: GGMLQuantizationType
    make: Callable[[], Any]


def write_container(path: Path, head: bytes, count: int, tensors: list[Planned]) -> None:
    """``head``: the bytes of ``count`` keys. The file appears whole or not at all."""
    partial = path.with_name(f".{path.name}.part")
    offsets, place = [], 0
    for tensor in tensors:
        offsets.append(place)
        place = _aligned(place + byte_size(tensor.shape, tensor.kind))
    try:
        with partial.open("wb") as file:
            file.write(struct.pack("<4sIQQ", b"GGUF", 3, len(tensors), count) + head)
            for tensor, offset in zip(tensors, offsets, strict=True):
                name = tensor.name.encode()
                shape = tuple(reversed(tensor.shape))
                file.write(struct.pack(f"<Q{len(name)}sI{len(shape)}QIQ", len(name), name, len(shape), *shape, int(tensor.kind), offset))
            file.write(bytes(_aligned(file.tell()) - file.tell()))
            start = file.tell()
            for tensor, offset in zip(tensors, offsets, strict=True):
                file.write(bytes(start + offset - file.tell()))
                file.write(np.ascontiguousarray(tensor.make()).data)
            file.write(bytes(_aligned(file.tell()) - file.tell()))
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def with_text(container: Container, key: str, text: str) -> tuple[bytes, int]:
    """The keys with one more text, or with it in the place of the old one; and how many there are."""
    name, value = key.encode(), text.encode()
    entry = struct.pack(f"<Q{len(name)}sIQ{len(value)}s", len(name), name, STRING, len(value), value)
    if key not in container.keys:
        return container.head + entry, len(container.keys) + 1
    start, _, end = container.keys[key]
    return container.head[:start] + entry + container.head[end:], len(container.keys)
