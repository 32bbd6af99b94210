"""Several rankings made one, by the ranks of pages: a page that two rankings found comes before a page that one found.

Pure functions over what the rankings found: the same here, in a search and in the replay of its log.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

# Cormack, Clarke and Büttcher, Reciprocal Rank Fusion, 2009, with less smoothing than their 60: the rankings here are of different
# kinds (words, meaning, facts), and the first places of each are worth more than agreement further down.
FUSION = 10

Place = tuple[int, int]  # a document, and in it a page or, where the file has none, a passage


def ranked(found: Iterable[Place]) -> list[Place]:
    """Each place once, at its first rank."""
    return list(dict.fromkeys(found))


def fuse(rankings: Sequence[tuple[float, Sequence[Place]]], factors: Mapping[int, float]) -> dict[Place, float]:
    """Each place's score: its reciprocal ranks, each ranking with its share, times how near its document is to what was asked."""
    scores: dict[Place, float] = {}
    for share, ranking in rankings:
        for rank, place in enumerate(ranking, 1):
            scores[place] = scores.get(place, 0.0) + share / (FUSION + rank)
    return {place: score * factors.get(place[0], 1.0) for place, score in scores.items()}
