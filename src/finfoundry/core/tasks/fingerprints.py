"""What texts say, as digests: enough to find the same or nearly the same text again, not enough to read it.

The sketch of a text is the smallest hashes of its character 5-grams; how many two sketches share estimates how much the texts do
(bottom-k sketches; Broder, 1997).
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from finfoundry.core.errors import IntegrityError

GRAM, SKETCH = 5, 32  # letters of a gram; hashes of a sketch
LEAST = 20  # letters below which only an exact match counts
SHORT = 8  # letters below which a line of a prompt is nobody's question
NEAR = 0.9  # share of the sketch that two near texts have in common


def plain(text: str) -> str:
    """The text for comparison: without spaces, and without differences of letter case and width."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).casefold()


def pieces(text: str) -> tuple[str, ...]:
    """A prompt whole and by its lines, each once, since a prompt may hold a question in one; a line that names it, without its name too."""
    lines = (part for line in text.splitlines() for part in (line, line.replace("：", ":", 1).partition(":")[2]))
    return tuple(dict.fromkeys([text, *(part.strip() for part in lines if len(plain(part)) >= SHORT)]))


def grams(text: str) -> set[str]:
    normal = plain(text)
    return {normal[place : place + GRAM] for place in range(max(1, len(normal) - GRAM + 1))}


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """``exact``: 8 bytes of the whole text. ``sketch``: at most SKETCH ascending hashes, none for a short text."""

    exact: int
    sketch: tuple[int, ...]


def fingerprint(text: str) -> Fingerprint:
    normal = plain(text)
    if len(normal) < LEAST:
        return Fingerprint(_hash(normal, 8), ())
    return Fingerprint(_hash(normal, 8), tuple(sorted(_hash(gram, 4) for gram in grams(text))[:SKETCH]))


def _hash(text: str, size: int) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=size).digest(), "little")


class Fingerprints:
    """The fingerprints of many texts; ``knows`` compares another text with them."""

    def __init__(self, found: Iterable[Fingerprint]) -> None:
        self._all = list(found)
        self._exact = {one.exact for one in self._all}
        self._by_hash: dict[int, list[int]] = defaultdict(list)
        for place, one in enumerate(self._all):
            for each in one.sketch:
                self._by_hash[each].append(place)

    def __iter__(self) -> Iterator[Fingerprint]:
        return iter(self._all)

    def __len__(self) -> int:
        return len(self._all)

    def knows(self, text: str) -> str | None:
        """'exact' where a text equals one of these, 'near' where it shares most of its sketch with one, else None."""
        wanted = fingerprint(text)
        if wanted.exact in self._exact:
            return "exact"
        return "near" if self._near(wanted.sketch) else None

    def _near(self, sketch: Sequence[int]) -> bool:
        shared: dict[int, int] = defaultdict(int)
        for each in sketch:
            for place in self._by_hash.get(each, ()):
                shared[place] += 1
        return any(count >= NEAR * max(len(sketch), len(self._all[place].sketch)) for place, count in shared.items())

    def write(self, path: Path) -> None:
        """An ``.npz`` file of digests, whole or not at all."""
        partial = path.with_name(f".{path.name}.part.npz")
        exact = np.array([one.exact for one in self._all], dtype=np.uint64)
        lengths = np.array([len(one.sketch) for one in self._all], dtype=np.uint8)
        hashes = np.array([each for one in self._all for each in one.sketch], dtype=np.uint32)
        np.savez_compressed(partial, exact=exact, lengths=lengths, hashes=hashes)
        partial.replace(path)


def read_fingerprints(path: Path) -> Fingerprints:
    """Raises IntegrityError for a file that is gone or broken."""
    try:
        with np.load(path, allow_pickle=False) as stored:
            exact, lengths, hashes = stored["exact"], stored["lengths"], stored["hashes"]
        ends = np.cumsum(lengths, dtype=np.int64)
        if len(exact) != len(lengths) or (len(ends) and ends[-1] != len(hashes)):
            raise ValueError("its parts do not fit together")
    except (OSError, ValueError, KeyError, EOFError) as error:
        raise IntegrityError(
            f"{path} does not hold the fingerprints of a model's training rows ({error})", remedy="Train the model again: finfoundry train"
        ) from error
    starts = ends - lengths
    return Fingerprints(
        Fingerprint(int(whole), tuple(int(one) for one in hashes[start:end])) for whole, start, end in zip(exact, starts, ends, strict=True)
    )
