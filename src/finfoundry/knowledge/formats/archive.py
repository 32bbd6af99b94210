"""Zip archives: Office files are some, and others hold documents. Look before unpacking, so that a small file cannot fill the memory."""

from __future__ import annotations

import hashlib
import io
import re
import stat
import zipfile
import zlib
from collections.abc import Iterator

from finfoundry.core.document import Document, Part
from finfoundry.core.errors import ParseError
from finfoundry.knowledge.formats.parts import apart

MEDIA_TYPE = "application/zip"
MAX_UNPACKED = 512 * 1024 * 1024  # bytes
MAX_RATIO = 200  # unpacked to packed; honest sheets reach about 30
MOST_PARTS = 500  # files of one archive

_LITTER = re.compile(r"(?:^|/)(?:__MACOSX(?:/|$)|\.[^./]|Thumbs\.db$|desktop\.ini$)", re.IGNORECASE)
_OUTSIDE = re.compile(r"^/|^[A-Za-z]:|(?:^|/)\.\.(?:/|$)")


def check_archive(data: bytes, name: str) -> int:
    """Return the unpacked size in bytes; raise ParseError for a broken or bomb-like archive, or one with a password."""
    entries = _entries(data, name)
    if any(entry.flag_bits & 1 for entry in entries):
        raise _protected(name)
    return _unpacked(entries, data, name)


def parse_zip(data: bytes, name: str) -> Document:
    """The files of an archive as parts; the archive itself has no page. Raises ParseError for one that holds none, or is not safe."""
    entries = [entry for entry in _entries(data, name) if not entry.is_dir() and not _LITTER.search(_name(entry))]
    if not entries:
        raise ParseError(f"{name} holds no files", remedy="Check the archive")
    if all(entry.flag_bits & 1 for entry in entries):
        raise _protected(name)
    if len(entries) > MOST_PARTS:
        raise ParseError(f"{name} holds {len(entries):,} files, more than {MOST_PARTS}", remedy="Unpack it and ingest the folder")
    _unpacked(entries, data, name)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = apart(list(_parts(archive, entries)))
    return Document(name, hashlib.sha256(data).hexdigest(), MEDIA_TYPE, len(data), [], parts=parts)


def _entries(data: bytes, name: str) -> list[zipfile.ZipInfo]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, OSError, ValueError) as error:
        raise ParseError(f"{name} is a damaged file ({error})", remedy="Open it and save it again, or export it as PDF.") from error


def _protected(name: str) -> ParseError:
    return ParseError(f"{name} is protected by a password", remedy="Remove the password and ingest it again.")


def _unpacked(entries: list[zipfile.ZipInfo], data: bytes, name: str) -> int:
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > MAX_UNPACKED or unpacked > MAX_RATIO * max(len(data), 64 * 1024):
        raise ParseError(
            f"{name} would unpack to {unpacked:,} bytes, like a zip bomb", remedy="Split the file, or check where it comes from."
        )
    return unpacked


def _name(entry: zipfile.ZipInfo) -> str:
    """The name as it was meant: archives made on Chinese Windows write it in GBK and do not say so."""
    name = entry.filename.replace("\\", "/")
    if entry.flag_bits & 0x800 or name.isascii():
        return name
    raw = entry.filename.encode("cp437", "replace")
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding).replace("\\", "/")
        except UnicodeDecodeError:
            continue
    return name


def _parts(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo]) -> Iterator[Part]:
    """Each file with its bytes, or with the reason why it is not read. What a header promises is not believed."""
    left = MAX_UNPACKED
    for entry in entries:
        name = _name(entry)
        plain = "/".join(step for step in name.split("/") if step not in ("", ".", "..")) or "a file"
        if _OUTSIDE.search(name) or stat.S_ISLNK(entry.external_attr >> 16):
            yield Part(plain, b"", "leads outside the archive", "Check where the archive comes from")
            continue
        if entry.flag_bits & 1:
            yield Part(plain, b"", "is protected by a password", "Remove the password and ingest it again")
            continue
        try:
            with archive.open(entry) as file:
                data = file.read(left + 1)
        except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, OSError, EOFError, ValueError) as error:
            yield Part(plain, b"", f"cannot be unpacked ({error})", "Unpack the archive with another program and ingest the file")
            continue
        left -= len(data)
        if left < 0:
            yield Part(plain, b"", "unpacks to more than its archive says, like a zip bomb", "Check where the archive comes from")
            return
        yield Part(plain, data)
