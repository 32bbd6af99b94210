"""What an old binary Office file (an OLE2 compound file) holds, from the names of its streams."""

from __future__ import annotations

import struct

MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENTRY = 128  # bytes of a directory entry
_MOST = 4096  # directory sectors looked at
_END = 0xFFFFFFFA  # sector numbers from here on are marks
_KINDS = (  # in this order: a message may hold documents, a document may hold workbooks
    ("EncryptedPackage", "encrypted"),
    ("__properties_version1.0", "msg"),
    ("WordDocument", "doc"),
    ("PowerPoint Document", "ppt"),
    ("Workbook", "xls"),
    ("Book", "xls"),
)


def kind_of(data: bytes) -> str:
    """encrypted, msg, doc, ppt, xls, or ole for anything else."""
    try:
        names = _root_names(data)
    except (struct.error, IndexError, ValueError):
        return "ole"
    return next((kind for name, kind in _KINDS if name in names), "ole")


def _root_names(data: bytes) -> set[str]:
    """The names of the streams right below the root."""
    entries = _directory(data)
    root = next((entry for entry in entries if entry[66] == 5), entries[0])
    found: set[str] = set()
    waiting, seen = [_number(root, 76)], set()
    while waiting:
        number = waiting.pop()
        if number >= len(entries) or number in seen:
            continue
        seen.add(number)
        entry = entries[number]
        length = int.from_bytes(entry[64:66], "little")
        found.add(entry[: max(length - 2, 0)].decode("utf-16-le", "replace"))
        waiting += [_number(entry, 68), _number(entry, 72)]
    return found


def _directory(data: bytes) -> list[bytes]:
    size = 1 << min(max(int.from_bytes(data[30:32], "little"), 9), 12)
    sectors = [_number(data, 76 + 4 * place) for place in range(109)]
    table = b"".join(_sector(data, number, size) for number in sectors if number < _END)
    entries: list[bytes] = []
    number, count = _number(data, 48), 0
    while number < _END and count < _MOST:
        sector = _sector(data, number, size)
        entries += [sector[start : start + _ENTRY] for start in range(0, len(sector) - _ENTRY + 1, _ENTRY)]
        number, count = _number(table, 4 * number), count + 1
    if not entries:
        raise ValueError("no directory")
    return entries


def _sector(data: bytes, number: int, size: int) -> bytes:
    return data[(number + 1) * size : (number + 2) * size]


def _number(data: bytes, at: int) -> int:
    (value,) = struct.unpack_from("<I", data, at)
    return int(value)
