"""Curves as a TensorBoard event file, written without TensorBoard: records of TFRecord, each an ``Event`` of protocol buffers.

A record is its length (8 bytes), the masked CRC-32C of these, the event, and that event's masked CRC-32C (tensorflow,
core/lib/io/record_writer.h); an event has ``wall_time`` (1, double), ``step`` (2, varint), ``file_version`` (3) or ``summary`` (5), and a
summary values with ``tag`` (1) and ``simple_value`` (2, float) (core/util/event.proto, framework/summary.proto).
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from pathlib import Path

FILE = "events.out.tfevents.0000000000.finfoundry"
_POLYNOMIAL = 0x82F63B78  # of CRC-32C (Castagnoli), reflected
_LENGTHS = 2  # wire type of what says its length


def write_events(folder: Path, scalars: Iterable[tuple[str, int, float, float]]) -> Path:
    """Write scalars, each (tag, step, value, seconds since the run began), into one file of a folder; what was there is replaced."""
    folder.mkdir(parents=True, exist_ok=True)
    events = [_event(0.0, 0, _bytes(3, b"brain.Event:2"))]
    events += [_event(seconds, step, _bytes(5, _bytes(1, _value(tag, value)))) for tag, step, value, seconds in scalars]
    partial = folder / f".{FILE}.part"
    partial.write_bytes(b"".join(map(_record, events)))
    return partial.replace(folder / FILE)


def _event(seconds: float, step: int, what: bytes) -> bytes:
    return b"\x09" + struct.pack("<d", seconds) + b"\x10" + _varint(step) + what


def _value(tag: str, value: float) -> bytes:
    return _bytes(1, tag.encode()) + b"\x15" + struct.pack("<f", value)


def _bytes(field: int, data: bytes) -> bytes:
    return bytes([field << 3 | _LENGTHS]) + _varint(len(data)) + data


def _varint(number: int) -> bytes:
    found = b""
    while number > 127:
        found += bytes([number & 127 | 128])
        number >>= 7
    return found + bytes([number])


def _record(data: bytes) -> bytes:
    length = struct.pack("<Q", len(data))
    return length + struct.pack("<I", masked(length)) + data + struct.pack("<I", masked(data))


def masked(data: bytes) -> int:
    """The CRC-32C of bytes, turned and shifted as TFRecord has it."""
    crc = 0xFFFFFFFF
    for byte in data:
        crc = _TABLE[(crc ^ byte) & 255] ^ crc >> 8
    crc ^= 0xFFFFFFFF
    return ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF


def _table() -> tuple[int, ...]:
    found = []
    for byte in range(256):
        for _ in range(8):
            byte = byte >> 1 ^ (_POLYNOMIAL if byte & 1 else 0)
        found.append(byte)
    return tuple(found)


_TABLE = _table()
