"""A tagger that knows texts by their words and runs of characters alone: fitted in seconds, asked in a millisecond, with no encoder.

Runs of one to three characters and of one to three words (a Chinese character is a word) are hashed, and one logistic regression a label
reads which of them are there. It knows what it was shown and little of what only means the same: it stands guard where no encoder
was tuned. Beside an encoder it tells apart what that one's states confuse.
"""

from __future__ import annotations

import hashlib
import json
import re
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from finfoundry.core.errors import InputError, ModelError
from finfoundry.core.protocols import FoundSpan

FILE, LABELS = "lexical.npz", "labels.json"
PLACES = 2**16  # of each kind of run
_WORD = re.compile(r"[a-z']+|[\u4e00-\u9fff]")
Floats = NDArray[np.float32]


def places_of(text: str) -> list[int]:
    """The numbers of the runs in a text, each once; below ``2 * PLACES``."""
    return sorted(set(_places(text.lower())))


def _places(text: str) -> Iterator[int]:
    data = [character.encode("utf-8", "replace") for character in text]
    words = [word.encode() for word in _WORD.findall(text)]
    for length in (1, 2, 3):
        for start in range(len(data) - length + 1):
            yield zlib.crc32(b"".join(data[start : start + length])) % PLACES
        for start in range(len(words) - length + 1):
            yield PLACES + zlib.crc32(b" ".join(words[start : start + length])) % PLACES


class LexicalTagger:
    """One head; ``weights`` of shape (2 * PLACES, labels), ``bias`` (labels,)."""

    def __init__(self, labels: Sequence[str], weights: Floats, bias: Floats) -> None:
        self._labels, self._weights, self._bias = tuple(labels), weights, bias
        self.folder = Path()

    @classmethod
    def read(cls, folder: Path) -> LexicalTagger:
        """Raises ModelError where the file is damaged."""
        try:
            labels = json.loads((folder / LABELS).read_text("utf-8"))
            with np.load(folder / FILE, allow_pickle=False) as told:
                made = cls(labels, told["weights"].astype(np.float32), told["bias"].astype(np.float32))
            if made._weights.shape != (2 * PLACES, len(labels)):
                raise ValueError("its weights are of another shape")
        except (OSError, ValueError, KeyError, TypeError, zlib.error) as error:
            raise ModelError(f"{folder / FILE} is no tagger: {error}", remedy="Install it again: finfoundry guards install DIR") from error
        made.folder = folder
        return made

    def write(self, folder: Path) -> None:
        """Raises OSError."""
        folder.mkdir(parents=True, exist_ok=True)
        np.savez_compressed(folder / FILE, weights=self._weights.astype(np.float16), bias=self._bias)
        (folder / LABELS).write_text(json.dumps(self._labels) + "\n", "utf-8")

    @property
    def identity(self) -> str:
        """The digest of its weights."""
        return hashlib.sha256((self.folder / FILE).read_bytes()).hexdigest()[:16] if self.folder.parts else "not kept"

    def loaded(self) -> LexicalTagger:
        return self

    def labels_of(self, head: str) -> Sequence[str]:  # noqa: ARG002  there is one head
        return self._labels

    def labels(self, head: str, texts: Sequence[Sequence[str]]) -> Floats:  # noqa: ARG002
        """Probabilities, shape (texts, labels)."""
        logits = np.stack([self._logits(places_of(" ".join(text))) for text in texts])
        told: Floats = (1 / (1 + np.exp(-logits))).astype(np.float32)
        return told

    def _logits(self, places: Sequence[int]) -> Floats:
        """Each kind of run counts as a unit vector, whatever the length of the text."""
        found: Floats = self._bias.copy()
        for part in ([one for one in places if one < PLACES], [one for one in places if one >= PLACES]):
            if part:
                found += self._weights[part].sum(0) / np.sqrt(len(part))
        return found

    def spans(self, head: str, text: str) -> Sequence[FoundSpan]:  # noqa: ARG002
        raise InputError("this tagger tells labels of texts, and no places in them")
