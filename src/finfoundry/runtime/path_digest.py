"""The SHA-256 of what a path holds, a file or a folder."""

from __future__ import annotations

import hashlib
from pathlib import Path


def path_digest(path: Path) -> str:
    """SHA-256 of a file, or of the names and digests of a folder's files. Raises OSError."""
    if path.is_dir():
        lines = [f"{file.relative_to(path)} {path_digest(file)}" for file in sorted(path.rglob("*")) if file.is_file()]
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
