"""A file's bytes as somebody named it: a plain file, not a link, and nothing that finfoundry itself keeps."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

from finfoundry.core.errors import InputError

_LINKS = (errno.ELOOP, errno.EMLINK)  # how systems refuse to open a link that is not to be followed


def load(file: Path, max_bytes: int, home: Path) -> bytes:
    """Read a file that may become a document.

    Raises InputError where it cannot be read, is larger than allowed, is a link or no plain file, or lies in the home: a link that
    somebody left in a shared folder would otherwise show a password of this service to all readers.
    """
    try:
        handle = os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)  # a pipe would be waited for
    except OSError as error:
        if error.errno in _LINKS:
            raise InputError(f"{file} is a symbolic link", remedy="Name the file that it leads to, or put a copy in its place") from error
        raise InputError(f"{file} cannot be read ({error.strerror})", remedy="Check the path and its permissions") from error
    try:
        _check(file, os.fstat(handle), max_bytes)
        if _place(file, handle).is_relative_to(home.resolve()):
            raise InputError(f"{file} lies in the home of finfoundry, {home}", remedy="Keep documents outside FINFOUNDRY_HOME")
        with os.fdopen(handle, "rb", closefd=False) as opened:
            return opened.read(max_bytes)
    finally:
        os.close(handle)


def _check(file: Path, status: os.stat_result, max_bytes: int) -> None:
    if stat.S_ISDIR(status.st_mode):
        raise InputError(f"{file} cannot be read (it is a folder)", remedy="Name a file")
    if not stat.S_ISREG(status.st_mode):
        raise InputError(f"{file} cannot be read (it is a pipe or a device)", remedy="Name a file")
    if status.st_size > max_bytes:
        raise InputError(
            f"{file} has {status.st_size:,} bytes, more than the {max_bytes:,} allowed",
            remedy="Split it, or raise FINFOUNDRY_MAX_FILE_BYTES",
        )


def _place(file: Path, handle: int) -> Path:
    """Where the opened file really lies, whatever its folder was exchanged for since."""
    opened = Path(f"/proc/self/fd/{handle}")
    return opened.resolve() if opened.exists() else file.resolve()
