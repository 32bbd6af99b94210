"""A Merkle root over the rows of a batch (RFC 6962): one digest in the audit record stands for every row and its order."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence


def merkle_root(rows: Sequence[bytes]) -> str:
    """SHA-256 in hexadecimal. Leaves and nodes are told apart by a first byte; a node without a sibling moves up as it is."""
    level = [hashlib.sha256(b"\0" + row).digest() for row in rows]
    if not level:
        return hashlib.sha256(b"").hexdigest()
    while len(level) > 1:
        paired = [hashlib.sha256(b"\1" + left + right).digest() for left, right in zip(level[::2], level[1::2], strict=False)]
        level = paired + level[2 * len(paired) :]
    return level[0].hex()
