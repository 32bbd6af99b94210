"""A tagger that knows texts by their words and runs of characters alone: fitted in seconds, asked in a millisecond, with no encoder; and
one that takes it together with a tagger over an encoder.

Runs of one to three characters and of one to three words (a Chinese character is a word) are hashed, and one logistic regression a label
reads which of them are there. It knows what it was shown and little of what only means the same: it stands guard where no encoder
was tuned. Beside an encoder it tells apart what that one's states confuse.
"""

from __future__ import annotations

import hashlib
import json
import re
import zlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from finfoundry.core.errors import InputError, ModelError
from finfoundry.core.language import language_of
from finfoundry.core.protocols import FoundSpan, TextReader

FILE, LABELS = "lexical.npz", "labels.json"
PASSAGE = "passage"  # begins a text that is no question, and names how much words count there
QUESTION = "query"  # begins a question as a tagger is asked
CLEAR = 1e-6  # a probability is at least so far from none and from certainty
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


class JoinedTagger:
    """A tagger over an encoder and one of words that tells the same labels: of a text the mean of their logits. ``shares`` says how much
    words count, of questions by language, and of all else under ``PASSAGE``; nothing where it is silent. ``folder`` holds what was learned.
    """

    def __init__(self, encoder: TextReader, words: LexicalTagger, shares: Mapping[str, float], folder: Path) -> None:
        self.encoder, self.words, self._shares, self.folder = encoder, words, shares, folder

    @property
    def identity(self) -> str:
        """The digests of both."""
        return f"{self.encoder.identity}+{self.words.identity}"

    def loaded(self) -> JoinedTagger:
        return self

    def labels_of(self, head: str) -> Sequence[str]:
        return self.encoder.labels_of(head)

    def labels(self, head: str, texts: Sequence[Sequence[str]]) -> Floats:
        """Probabilities, shape (texts, labels). Raises ModelError where the two tell other labels."""
        if tuple(self.labels_of(head)) != tuple(self.words.labels_of(head)):
            raise ModelError(f"the words beside the tagger in {self.folder} tell other labels", remedy="Fit both: finfoundry guards fit")
        told = self.encoder.labels(head, texts)
        shares = np.array([share_of(" ".join(text), self._shares) for text in texts], np.float32)
        if (counted := np.flatnonzero(shares)).size:
            words = self.words.labels(head, [texts[int(number)] for number in counted])
            told[counted] = joined_probabilities(told[counted], words, shares[counted])
        return told

    def spans(self, head: str, text: str) -> Sequence[FoundSpan]:
        return self.encoder.spans(head, text)


def share_of(text: str, shares: Mapping[str, float]) -> float:
    """How much words count for a text as a tagger is asked."""
    kind, _, said = text.partition(": ")
    return shares.get(language_of(said) if kind == QUESTION else PASSAGE, 0.0)


def joined_probabilities(encoder: Floats, words: Floats, shares: Floats) -> Floats:
    """The mean of two in logits, shape (texts, labels); ``shares`` (texts,) of the words."""
    first, second = (np.log(one / (1 - one)) for one in (np.clip(told.astype(np.float64), CLEAR, 1 - CLEAR) for told in (encoder, words)))
    found: Floats = (1 / (1 + np.exp(-(1 - shares[:, None]) * first - shares[:, None] * second))).astype(np.float32)
    return found
