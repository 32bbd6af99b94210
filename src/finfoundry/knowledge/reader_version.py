"""Which reader read a document: the product's version, and a digest of the code by which facts are read."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib import metadata, resources
from importlib.resources.abc import Traversable

READING = ("core", "knowledge")  # packages whose code and words decide what becomes a fact
DIGITS = 8


@cache
def reader_version() -> str:
    """The version of the reader that is installed: "0.1.0+5f0c2a9b". It changes with any line of the code that reads."""
    digest = hashlib.sha256()
    root = resources.files("finfoundry")
    for package in READING:
        for path in sorted(_files(root / package), key=str):
            digest.update(path.read_bytes())
    return f"{metadata.version('finfoundry')}+{digest.hexdigest()[:DIGITS]}"


def _files(folder: Traversable) -> list[Traversable]:
    found = []
    for entry in folder.iterdir():
        if entry.is_dir():
            found += [] if entry.name == "__pycache__" else _files(entry)
        elif entry.name.endswith((".py", ".yaml")):
            found.append(entry)
    return found
