"""Look into a GGUF file without loading it: llama.cpp aborts its process on a malformed one, so it is checked first.

Layout: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
"""

from __future__ import annotations

import math
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from finfoundry.core.errors import ModelError
from finfoundry.runtime.path_digest import path_digest

SCALARS = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d"}
STRING, ARRAY = 8, 9
MOST_ITEMS = 10_000_000  # of an array; characters of a text: more is damage
MOST_KEYS, MOST_TENSORS, MOST_DIMENSIONS = 100_000, 100_000, 4  # the largest models have some 100 and 3,000, and llama.cpp takes four
MOST_HEADER = 512 * 1024 * 1024  # bytes; a vocabulary of 262,000 signs takes 10 MB
MOST_ALIGNMENT = 65_536
# tensor type -> (weights, bytes) of a block; types not listed here are not measured
BLOCKS = {0: (1, 4), 1: (1, 2), 2: (32, 18), 3: (32, 20), 6: (32, 22), 7: (32, 24), 8: (32, 34), 10: (256, 84), 11: (256, 110)}
BLOCKS |= {12: (256, 144), 13: (256, 176), 14: (256, 210), 15: (256, 292), 24: (1, 1), 26: (1, 4), 28: (1, 8), 30: (1, 2)}


@dataclass(frozen=True)
class GgufHeader:
    keys: dict[str, Any]  # arrays are left out: only their length is kept
    tensors: int
    end: int  # the file must have at least so many bytes

    @property
    def architecture(self) -> str:
        return str(self.keys.get("general.architecture", ""))

    @property
    def context(self) -> int:
        """Tokens that the model was trained on; 0 where the file does not say. Raises ValueError where what it says is no count."""
        found = self.keys.get(f"{self.architecture}.context_length", 0)
        if isinstance(found, bool) or not isinstance(found, int) or found < 0:
            raise ValueError(f"a context of {str(found)[:40]!r} tokens")
        return found


def check_gguf(path: Path) -> GgufHeader:
    """Read the header and compare the extents of the tensors with the size of the file. Raises ModelError, within time and memory that
    follow from the size, whoever wrote the file.
    """
    remedy = f"Delete it and pull the model again, or put a whole GGUF file in its place: {path}"
    try:
        with path.open("rb") as file:
            header = _read(file)
            _ = header.context  # llama.cpp would end without a word about it
    except OSError as error:
        raise ModelError(f"cannot read {path}: {error.strerror}", remedy="Check the path and its permissions") from error
    except (struct.error, ValueError, UnicodeDecodeError, MemoryError, OverflowError) as error:
        raise ModelError(f"{path.name} is not a whole GGUF file ({error})", remedy=remedy) from error
    size = path.stat().st_size
    if size < header.end:
        raise ModelError(f"{path.name} is cut short: {size} bytes, {header.end} are needed", remedy=remedy)
    if not header.architecture or not header.tensors:
        raise ModelError(f"{path.name} names no architecture or holds no tensors", remedy=remedy)
    return header


def check_digest(path: Path, sha256: str) -> None:
    """Raises ModelError when the file, or the folder of a reader, is not the one with this SHA-256."""
    try:
        found = path_digest(path)
    except OSError as error:
        raise ModelError(f"cannot read {path}: {error.strerror}", remedy="Check the path and its permissions") from error
    if found != sha256:
        raise ModelError(
            f"{path} is not the file that was approved: its SHA-256 is {found[:12]}…, approved is {sha256[:12]}…",
            remedy="Pull the model again, or propose and promote the new weights: finfoundry release propose",
        )


def _read(file: IO[bytes]) -> GgufHeader:
    magic, version, tensors, count = _unpack(file, "4sIQQ")
    if magic != b"GGUF":
        raise ValueError("wrong magic")
    if version not in (2, 3):
        raise ValueError(f"version {version}")
    if tensors > MOST_TENSORS or count > MOST_KEYS:
        raise ValueError(f"impossible counts: {count} keys, {tensors} tensors")
    keys: dict[str, Any] = {}
    for _ in range(count):
        name = _string(file)
        if name in keys:
            raise ValueError(f"the key {name[:60]!r} occurs twice")
        keys[name] = _value(file, *_unpack(file, "I"))
    extents = [_tensor(file) for _ in range(tensors)]
    alignment = keys.get("general.alignment", 32)
    if not isinstance(alignment, int) or not 0 < alignment <= MOST_ALIGNMENT:
        raise ValueError("impossible alignment")
    start = -(-file.tell() // alignment) * alignment
    return GgufHeader(keys, tensors, start + max(extents, default=0))


def _tensor(file: IO[bytes]) -> int:
    """Read one tensor's description; return where its data ends, counted from the start of the data."""
    _string(file)
    (dimensions,) = _unpack(file, "I")
    if dimensions > MOST_DIMENSIONS:
        raise ValueError(f"a tensor of {dimensions} dimensions")
    *shape, kind, offset = _unpack(file, f"{dimensions}QIQ")
    weights, size = BLOCKS.get(kind, (1, 0))
    return int(offset + math.prod(shape) // weights * size)


def _value(file: IO[bytes], kind: int) -> Any:
    if kind in SCALARS:
        return _unpack(file, SCALARS[kind])[0]
    if kind == STRING:
        return _string(file)
    if kind != ARRAY:
        raise ValueError(f"a value of unknown type {kind}")
    item, length = _unpack(file, "IQ")
    if length > MOST_ITEMS:
        raise ValueError("an array of impossible length")
    if item in SCALARS:
        file.seek(length * struct.calcsize(SCALARS[item]), 1)
        _within_bounds(file)
    elif item == STRING:
        for _ in range(length):
            _string(file)
    else:
        raise ValueError(f"an array of type {item}")  # of arrays, too: llama.cpp takes none
    return length


def _string(file: IO[bytes]) -> str:
    (length,) = _unpack(file, "Q")
    if length > MOST_ITEMS:
        raise ValueError("a text of impossible length")
    _within_bounds(file)
    text = file.read(length)
    if len(text) != length:
        raise ValueError("it ends within its header")
    return text.decode("utf-8", "replace")


def _within_bounds(file: IO[bytes]) -> None:
    if file.tell() > MOST_HEADER:
        raise ValueError(f"a header of more than {MOST_HEADER:,} bytes")


def _unpack(file: IO[bytes], form: str) -> tuple[Any, ...]:
    size = struct.calcsize("<" + form)
    data = file.read(size)
    if len(data) != size:
        raise ValueError("it ends within its header")
    return struct.unpack("<" + form, data)
