"""Keys of a GGUF file with new values: the bytes of all others stay as they are."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from finfoundry.core.model_files.gguf_container import ARRAY, STRING, Container

UINT32, INT32, FLOAT32, BOOL = 4, 5, 6, 7
NUMPY: dict[int, Any] = {UINT32: np.uint32, INT32: np.int32, FLOAT32: np.float32}

Value = None | int | float | bool | str | Sequence[str] | NDArray[Any]


def texts(container: Container, key: str) -> list[str]:
    """An array of texts. Raises KeyError, and ValueError for another type."""
    view, place, length = _array(container, key, STRING)
    found = []
    for _ in range(length):
        (size,) = struct.unpack_from("<Q", view, place)
        found.append(bytes(view[place + 8 : place + 8 + size]).decode("utf-8"))
        place += 8 + size
    return found


def numbers(container: Container, key: str) -> NDArray[Any]:
    """An array of whole numbers or floats of 32 bits. Raises KeyError, and ValueError for another type."""
    _, start, _ = container.keys[key]
    kind = int.from_bytes(container.head[start : start + 4], "little")
    view, place, length = _array(container, key, kind)
    return np.frombuffer(view, NUMPY[kind], length, place).copy()


def _array(container: Container, key: str, wanted: int) -> tuple[memoryview, int, int]:
    begin, start, _ = container.keys[key]
    view = memoryview(container.head)
    (outer,) = struct.unpack_from("<I", view, start - 4)
    kind, length = struct.unpack_from("<IQ", view, start)
    if outer != ARRAY or kind != wanted or begin >= start:
        raise ValueError(f"{key} is no such array")
    return view, start + 12, length


def with_values(container: Container, values: Mapping[str, Value]) -> tuple[bytes, int]:
    """The bytes of all keys with these values, in their old places where they had one, and how many there are; None takes a key out."""
    pieces, place = list[bytes](), 0
    known = sorted((container.keys[key], key) for key in values if key in container.keys)
    for (start, _, end), key in known:
        pieces += [container.head[place:start], b"" if values[key] is None else _entry(key, values[key])]
        place = end
    added = [_entry(key, value) for key, value in values.items() if key not in container.keys and value is not None]
    gone = sum(values[key] is None for _, key in known)
    return b"".join((*pieces, container.head[place:], *added)), len(container.keys) + len(added) - gone


def _entry(key: str, value: Value) -> bytes:
    kind, written = _written(value)
    return struct.pack("<Q", len(key.encode())) + key.encode() + struct.pack("<I", kind) + written


def _written(value: Any) -> tuple[int, bytes]:
    if isinstance(value, bool):
        return BOOL, struct.pack("<?", value)
    if isinstance(value, int):
        return UINT32, struct.pack("<I", value)
    if isinstance(value, float):
        return FLOAT32, struct.pack("<f", value)
    if isinstance(value, str):
        return STRING, _text(value)
    if isinstance(value, np.ndarray):
        kind = next(kind for kind, dtype in NUMPY.items() if value.dtype == dtype)
        return ARRAY, struct.pack("<IQ", kind, len(value)) + value.tobytes()
    return ARRAY, struct.pack("<IQ", STRING, len(value)) + b"".join(map(_text, value))


def _text(value: str) -> bytes:
    data = value.encode()
    return struct.pack("<Q", len(data)) + data
