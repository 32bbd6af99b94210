"""Texts that are nearly the same, so that what is measured was not learned in other words: makers of public sets reuse their rows."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import pairwise

from finfoundry.governance.guards.labelled_text import LabelledText

ALIKE = 0.5  # share of their pairs of letters, of all that either has, from which on two texts are twins


def without_twins(rows: Sequence[tuple[LabelledText, bool]]) -> list[tuple[LabelledText, bool]]:
    """Rows, each with whether it is held out, without the harmful to learn that have a twin among the harmful that are held out. What is
    made here (a row of an act) stays: acts are held out whole.
    """
    held = [letter_pairs(row.text) for row, apart in rows if apart and row.labels and not row.act]
    places: dict[str, list[int]] = defaultdict(list)
    for place, pairs in enumerate(held):
        for pair in pairs:
            places[pair].append(place)
    return [
        (row, apart) for row, apart in rows if apart or not row.labels or row.act or not _has_twin(letter_pairs(row.text), held, places)
    ]


def _has_twin(pairs: frozenset[str], held: Sequence[frozenset[str]], places: dict[str, list[int]]) -> bool:
    shared = Counter(place for pair in pairs for place in places.get(pair, ()))
    return any(both > ALIKE * (len(pairs) + len(held[place]) - both) for place, both in shared.items())


def letter_pairs(text: str) -> frozenset[str]:
    """Pairs of neighbouring letters and digits, whatever stands between them."""
    letters = "".join(character for character in text.lower() if character.isalnum())
    return frozenset(map("".join, pairwise(letters)))
