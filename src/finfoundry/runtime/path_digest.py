"""The SHA-256 of what a path holds, a file or a folder."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from finfoundry.core.errors import ModelError


def path_digest(path: Path) -> str:
    """SHA-256 of a file, or of a folder's files: the pairs of name and digest, as JSON, so that no name reads like another pair.

    Raises OSError, and ModelError for a folder that holds a link, a file that is none, or a name with control characters.
    """
    if path.is_dir():
        pairs = [(file.relative_to(path).as_posix(), path_digest(file)) for file in sorted(path.rglob("*")) if _is_file(file)]
        return hashlib.sha256(json.dumps(pairs).encode()).hexdigest()
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _is_file(path: Path) -> bool:
    """False for a folder. What a link points to may change without the folder."""
    if path.is_symlink() or not (path.is_file() or path.is_dir()) or any(ord(one) < 32 or ord(one) == 127 for one in path.name):
        raise ModelError(f"{str(path)!r} is a link, no plain file, or has control characters in its name", remedy="Export the form again")
    return path.is_file()
