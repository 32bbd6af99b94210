"""Office files are zip archives: look before unpacking, so that a small file cannot fill the memory."""

from __future__ import annotations

import io
import zipfile

from finfoundry.core.errors import ParseError

MAX_UNPACKED = 512 * 1024 * 1024  # bytes
MAX_RATIO = 200  # unpacked to packed; honest sheets reach about 30


def check_archive(data: bytes, name: str) -> int:
    """Return the unpacked size in bytes; raise ParseError for a broken or bomb-like archive."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, OSError) as error:
        raise ParseError(
            f"{name} is not a readable Office file ({error})", remedy="Open it and save it again, or export it as PDF."
        ) from error
    if any(entry.flag_bits & 1 for entry in entries):
        raise ParseError(f"{name} is protected by a password", remedy="Remove the password and ingest it again.")
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > MAX_UNPACKED or unpacked > MAX_RATIO * max(len(data), 64 * 1024):
        raise ParseError(
            f"{name} would unpack to {unpacked:,} bytes, like a zip bomb", remedy="Split the file, or check where it comes from."
        )
    return unpacked
