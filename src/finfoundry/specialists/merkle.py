"""A Merkle root over the rows of a batch (RFC 6962): one digest in the audit record stands for every row and its order."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence


class Tree:
    """The root over rows that come one after the other; it remembers one digest a level."""

    def __init__(self) -> None:
        self._whole: list[tuple[int, bytes]] = []  # full trees from left to right, with their height

    def add(self, row: bytes) -> None:
        height, digest = 0, hashlib.sha256(b"\0" + row).digest()
        while self._whole and self._whole[-1][0] == height:
            digest = _node(self._whole.pop()[1], digest)
            height += 1
        self._whole.append((height, digest))

    def root(self) -> str:
        """SHA-256 in hexadecimal; of nothing where there is no row."""
        if not self._whole:
            return hashlib.sha256(b"").hexdigest()
        digest = self._whole[-1][1]
        for _, left in reversed(self._whole[:-1]):
            digest = _node(left, digest)
        return digest.hex()


def merkle_root(rows: Sequence[bytes]) -> str:
    """Of rows that are all here."""
    tree = Tree()
    for row in rows:
        tree.add(row)
    return tree.root()


def _node(left: bytes, right: bytes) -> bytes:
    """Leaves and nodes are told apart by a first byte."""
    return hashlib.sha256(b"\1" + left + right).digest()
