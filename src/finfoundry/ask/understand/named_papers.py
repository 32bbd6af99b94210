"""Papers of no company that a Chinese question names by their titles: a policy, a product, a procedure.

People shorten a title: of 凯基人寿龙保倍美元利率变动型终身寿险 they say 凯基龙保倍. What they say is made of pieces of the title,
side by side, and one of the pieces stands in no other title.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from finfoundry.ask.lexicon.ports import StoredDocument
from finfoundry.core.language import simplified

PIECE, TELLING, NAME = 2, 3, 5  # characters of a piece, of one that no other title has, and of what names a paper by itself
_HAN = re.compile(r"[\u3400-\u9fff]+")
_SENTENCE = re.compile(r"[。；;：:，,「」]")  # no title has it: what stood first in a paper was a sentence
_OPENS, _CLOSES = re.compile(r"[(（]"), re.compile(r"[)）]")  # a sentence that was cut leaves one open


@dataclass(frozen=True, slots=True)
class NamedPapers:
    """The papers that bear one title, by their ids, and where the question names it."""

    ids: tuple[str, ...]
    start: int
    end: int


def named_papers(question: str, papers: Sequence[StoredDocument], unknown: str | None = None) -> NamedPapers | None:
    """The papers whose title a question names, which is in simplified characters; None where it names none, or several.

    ``unknown`` is what looked like a name of nobody known: where what names a paper touches it, a piece that no other title has is enough.
    """
    titles: dict[str, list[str]] = defaultdict(list)
    for paper in papers:
        if paper.title and not _SENTENCE.search(paper.title) and len(_OPENS.findall(paper.title)) == len(_CLOSES.findall(paper.title)):
            titles[simplified(paper.title)].append(paper.id)
    owners: dict[str, set[str]] = defaultdict(set)
    for title in titles:
        for run in _HAN.findall(title):
            for part in (run[at : at + TELLING] for at in range(len(run) - TELLING + 1)):
                owners[part].add(title)
    at = question.find(unknown) if unknown else -1
    named: dict[str, tuple[int, int]] = {}
    for place in range(len(question) - TELLING + 1):
        owner = owners.get(question[place : place + TELLING], set())
        if len(owner) == 1:
            (title,) = owner
            start, end = _covered(question, title, place)
            if end - start >= NAME or (unknown and at >= 0 and start <= at + len(unknown) and at <= end):
                named[title] = max(named.get(title, (0, 0)), (start, end), key=lambda span: span[1] - span[0])
    longest = max((end - start for start, end in named.values()), default=0)
    best = [(title, span) for title, span in named.items() if span[1] - span[0] == longest]
    return NamedPapers(tuple(titles[best[0][0]]), *best[0][1]) if len(best) == 1 else None


def _covered(question: str, title: str, place: int) -> tuple[int, int]:
    """How far around a place the question is made of pieces of a title, side by side."""

    def piece(at: int) -> bool:
        return at >= 0 and _HAN.fullmatch(question[at : at + PIECE]) is not None and question[at : at + PIECE] in title

    start, end = place, place + TELLING
    while piece(start - 1) or piece(start - PIECE):
        start -= 1 if piece(start - 1) else PIECE
    while piece(end - 1) or piece(end):
        end += 1 if piece(end - 1) else PIECE
    return start, min(end, len(question))
