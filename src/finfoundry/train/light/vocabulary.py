"""Which pieces of a tokenizer must stay so that kept text is cut as before.

Both kinds of tokenizer join neighbours, the best pair first, until no pair is left: byte-level BPE by the rank of a merge, SentencePiece
by the score of the joined piece. A text is cut as before if each join that led to its pieces is still there: then among fewer pairs the
same one is the best at every step. What was joined on the way to a piece lies within it, so it follows from the piece alone.
"""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from finfoundry.core.errors import InputError, ModelError
from finfoundry.core.model_files.gguf_container import Container
from finfoundry.train.gguf_file.keys import Value, numbers, texts

TOKENS, SCORES, TYPES, MERGES = (f"tokenizer.ggml.{name}" for name in ("tokens", "scores", "token_type", "merges"))
NORMAL, UNKNOWN, CONTROL, USER_DEFINED, BYTE = 1, 2, 3, 4, 6  # llama.cpp's kinds of tokens
RESERVED = re.compile(r"unused|reserved", re.IGNORECASE)  # signs that no one has given a meaning
MULTIPLE = 8  # rows that kernels of llama.cpp take together: another count would take slower ones, which round otherwise

Ids = NDArray[np.int64]


@dataclass(frozen=True)
class Vocabulary:
    """The pieces of a GGUF file. ``joins`` are the pairs of byte-level BPE in order, empty for SentencePiece; ``named`` the numbers that
    keys name (begin, end, …).
    """

    pieces: Sequence[str]
    types: NDArray[np.int32]
    scores: NDArray[np.float32] | None
    joins: Sequence[str]
    named: dict[str, int]

    @cached_property
    def numbers(self) -> dict[str, int]:
        return {piece: number for number, piece in enumerate(self.pieces)}

    @cached_property
    def _ranks(self) -> dict[str, int]:
        return {join: rank for rank, join in enumerate(self.joins)}

    def rank(self, left: str, right: str) -> float:
        """How early a pair is joined, infinite where it never is."""
        if self.joins:
            return self._ranks.get(f"{left} {right}", math.inf)
        number = self.numbers.get(left + right)
        return math.inf if number is None or self.scores is None else -float(self.scores[number])

    def always(self, template: str) -> set[int]:
        """All bytes, and the signs that have a meaning."""
        signs = {
            number
            for number, (piece, kind) in enumerate(zip(self.pieces, self.types, strict=True))
            if kind in (UNKNOWN, BYTE)
            or (kind in (CONTROL, USER_DEFINED) and (piece in template or not RESERVED.search(piece)))
            or (self.joins and kind == NORMAL and len(piece) == 1)
        }
        return signs | set(self.named.values())

    def with_parts(self, number: int) -> set[int]:
        """A piece and all that is joined on the way to it."""
        return {self.numbers[part] for part in parts(self.pieces[number], self.rank) if part in self.numbers}


def read_vocabulary(container: Container) -> Vocabulary:
    """Raises ModelError for a tokenizer of another kind."""
    try:
        kind = container.text("tokenizer.ggml.model")
        pieces, types = texts(container, TOKENS), numbers(container, TYPES)
        scores = numbers(container, SCORES) if SCORES in container.keys else None
        joins = texts(container, MERGES) if MERGES in container.keys else []
        if (kind, bool(joins), scores is not None) not in {("gpt2", True, False), ("gpt2", True, True), ("llama", False, True)}:
            raise ValueError(f"a tokenizer of the kind {kind}")
    except (KeyError, ValueError) as error:
        raise ModelError(
            f"the vocabulary of this file cannot be trimmed ({error})", remedy="Byte-level BPE (gpt2) and SentencePiece (llama) can be"
        ) from error
    named = {key: container.number(key) for key in container.keys if re.fullmatch(r"tokenizer\.ggml\.\w+_token_id", key)}
    return Vocabulary(pieces, types, scores, joins, {key: number for key, number in named.items() if number < len(pieces)})


def parts(piece: str, rank: Callable[[str, str], float]) -> set[str]:
    """All that stands on the way from single signs to a piece."""
    signs, found = list(piece), {piece, *piece}
    while len(signs) > 1:
        ranks = [rank(left, right) for left, right in itertools.pairwise(signs)]
        best = min(range(len(ranks)), key=ranks.__getitem__)
        if math.isinf(ranks[best]):
            break  # a piece that no text is cut into, such as a sign
        signs[best : best + 2] = [signs[best] + signs[best + 1]]
        found.add(signs[best])
    return found


def chosen(vocabulary: Vocabulary, counts: Ids, template: str, size: int | None) -> Ids:
    """The numbers of the pieces that stay, ascending: signs, bytes, and with their parts the pieces that occur, the most frequent first.

    ``size``: at most so many; what is left of it is filled by the first pieces of the tokenizer, its most frequent. None: all that occur.
    Raises InputError for a size that does not hold the signs.
    """
    kept = vocabulary.always(template)
    wanted = len(vocabulary.pieces) if size is None else min(size, len(vocabulary.pieces))
    wanted = wanted if wanted == len(vocabulary.pieces) else wanted // MULTIPLE * MULTIPLE
    if len(kept) > wanted:
        raise InputError(f"{len(kept):,} pieces are bytes and signs: {wanted:,} cannot hold them", remedy="Raise --size")
    for number in np.argsort(-counts, kind="stable"):
        if not counts[number]:
            break
        if len(added := kept | vocabulary.with_parts(int(number))) > wanted:
            break
        kept = added
    target = min(wanted, math.ceil(len(kept) / MULTIPLE) * MULTIPLE) if size is None else wanted
    rest = [number for number in range(len(vocabulary.pieces)) if number not in kept]
    rest.sort(key=lambda number: vocabulary.types[number] != NORMAL)
    kept |= set(rest[: target - len(kept)])
    return np.array(sorted(kept))


def trimmed_values(vocabulary: Vocabulary, ids: Ids) -> dict[str, Value]:
    """The keys of the tokenizer with these pieces alone, in their old order."""
    pieces = [vocabulary.pieces[number] for number in ids]
    values: dict[str, Value] = {TOKENS: pieces, TYPES: vocabulary.types[ids]}
    if vocabulary.scores is not None:
        values[SCORES] = vocabulary.scores[ids]
    if vocabulary.joins:
        values[MERGES] = list(_joins_of(vocabulary.joins, set(pieces)))
    return values | {key: int(np.searchsorted(ids, number)) for key, number in vocabulary.named.items()}


def _joins_of(joins: Iterable[str], pieces: set[str]) -> Iterable[str]:
    for join in joins:
        left, _, right = join.partition(" ")
        if left in pieces and right in pieces and left + right in pieces:
            yield join
