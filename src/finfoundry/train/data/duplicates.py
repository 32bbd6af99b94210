"""Rows that say the same: exactly, or nearly, by MinHash and locality-sensitive hashing over character 5-grams (Broder, 1997)."""

from __future__ import annotations

import hashlib
from collections.abc import Hashable

from datasketch import MinHash, MinHashLSH

from finfoundry.core.tasks.fingerprints import grams, plain

PERMUTATIONS = 64


class SeenTexts:
    """Texts seen so far. ``like`` finds one of at least the given Jaccard similarity: candidates by hashing, then counted exactly."""

    def __init__(self, threshold: float) -> None:
        self._threshold = threshold
        self._exact: dict[str, list[Hashable]] = {}
        self._index = MinHashLSH(threshold=max(0.1, threshold - 0.1), num_perm=PERMUTATIONS) if threshold < 1 else None
        self._grams: list[tuple[set[str], Hashable]] = []

    def add(self, text: str, tag: Hashable = None) -> None:
        """``tag``: only texts of one tag are alike."""
        self._exact.setdefault(plain(text), []).append(tag)
        if self._index is not None:
            found = grams(text)
            self._index.insert(len(self._grams), _signature(found))
            self._grams.append((found, tag))

    def same(self, text: str) -> list[Hashable]:
        """Tags of the texts that are the same but for case, width and spaces."""
        return self._exact.get(plain(text), [])

    def like(self, text: str, tag: Hashable = None) -> bool:
        """Whether a text of the same tag equals this one (``same``), or shares at least the threshold's part of their grams (Jaccard)."""
        if tag in self.same(text):
            return True
        if self._index is None:
            return False
        found = grams(text)
        candidates = (self._grams[place] for place in self._index.query(_signature(found)))
        return any(tag == other and _jaccard(found, seen) >= self._threshold for seen, other in candidates)


def _jaccard(a: set[str], b: set[str]) -> float:
    return len(a & b) / len(a | b)


def _signature(found: set[str]) -> MinHash:
    signature = MinHash(num_perm=PERMUTATIONS, seed=1, hashfunc=_short)
    signature.update_batch([gram.encode() for gram in found])
    return signature


def _short(data: bytes) -> int:
    return int.from_bytes(hashlib.blake2b(data, digest_size=4).digest(), "little")
