"""A Merkle root over the rows of a batch (RFC 6962): one digest in the audit record commits to every row and its order."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence


class Tree:
    """The root over rows that come in parts of 2**``height``, the last one perhaps shorter; it remembers one digest a level."""

    def __init__(self, height: int) -> None:
        self._height = height
        self._whole: list[tuple[int, bytes]] = []  # full trees from left to right, with their height

    def add(self, rows: Sequence[bytes]) -> str:
        """Take a part; returns the root over it alone."""
        height, digest = self._height, _root(rows)
        own = digest.hex()
        while len(rows) == 1 << self._height and self._whole and self._whole[-1][0] == height:
            digest = _node(self._whole.pop()[1], digest)
            height += 1
        self._whole.append((height, digest))
        return own

    def root(self) -> str:
        """SHA-256 in hexadecimal; of nothing where there is no part."""
        if not self._whole:
            return hashlib.sha256(b"").hexdigest()
        digest = self._whole[-1][1]
        for _, left in reversed(self._whole[:-1]):
            digest = _node(left, digest)
        return digest.hex()


def merkle_root(rows: Sequence[bytes]) -> str:
    """The root over rows that are all in memory, as a hexadecimal digest."""
    return _root(rows).hex()


def _root(rows: Sequence[bytes]) -> bytes:
    """Level by level; a last digest without a partner goes up as it is, which is the tree of the RFC."""
    if not rows:
        return hashlib.sha256(b"").digest()
    level = [hashlib.sha256(b"\0" + row).digest() for row in rows]
    while len(level) > 1:
        pairs = [hashlib.sha256(b"\1" + left + right).digest() for left, right in zip(level[::2], level[1::2], strict=False)]
        level = pairs + level[len(pairs) * 2 :]
    return level[0]


def _node(left: bytes, right: bytes) -> bytes:
    """The digest of a node; its first byte distinguishes it from a leaf."""
    return hashlib.sha256(b"\1" + left + right).digest()
