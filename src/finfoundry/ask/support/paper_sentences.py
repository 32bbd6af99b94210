"""What papers say, sentence by sentence and row by row, and the few of these that a sentence is held against."""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Literal

from finfoundry.ask.lexicon.ports import Hit
from finfoundry.ask.retrieve.evidence_ranking import Concept, concepts_of
from finfoundry.ask.retrieve.quotable import Quotable, quotables
from finfoundry.binding.evidence import Evidence, PassageEvidence, TableEvidence
from finfoundry.core.document import Document, Parsed
from finfoundry.core.language import simplified
from finfoundry.knowledge.search.terms import terms
from finfoundry.knowledge.storage.chunks import chunk, weight

MOST = 3  # pieces of evidence that one sentence is held against
ROOM = 380.0  # of them together, in Latin letters (``weight``): with the sentence what an encoder reads in some 30 ms
PIECE = 220.0  # of one of them
LEAST = 40.0  # of room, for a piece that says something
AROUND = 0.4  # what a word counts that stands in the heading or before it, of one in it
_CLAUSE = re.compile(r"[^,;，；、|]*[,;，；、|]\s*|[^,;，；、|]+$")
_TAG = re.compile(r"<[^>]+>")
_CELLS = re.compile(r"</t[dh]>\s*<t[dh][^>]*>|\t")

Told = Parsed | Document | Evidence


class PaperSentences:
    """All that can be quoted of papers, found by words: as BM25 ranks, a word by what stands for it too. In simplified characters."""

    def __init__(self, hits: Sequence[Hit], names: Iterable[str] = ()) -> None:
        """``names`` are of the companies that the papers are of: they hold without being said again."""
        self.all = quotables(hits, every=True)
        self.names = frozenset(part for name in names for part in (simplified(name).lower(), *re.findall(r"[a-z][\w&]+", name.lower())))
        self._places: dict[str, dict[int, float]] = defaultdict(dict)
        for number, one in enumerate(self.all):
            for term in {*terms(f"{one.title} {one.before}")}:
                self._places[term][number] = AROUND
            for term in {*terms(one.text)}:
                self._places[term][number] = 1.0
        self._norms = [1 / (1 + 0.15 * math.log1p(weight(one.text) / 60)) for one in self.all]

    def nearest(self, sentence: str, most: int = MOST) -> list[Quotable]:
        """Those that hold most of a sentence's words, the rare ones counting more, the nearest first. Empty where none holds any."""
        worth: dict[int, float] = defaultdict(float)
        for concept in concepts_of(sentence):
            held = self._holding(concept)
            rarity = math.log1p(len(self.all) / (1 + len(held)))
            for number, share in held.items():
                worth[number] += rarity * share
        ranked = sorted(worth, key=lambda number: (-worth[number] * self._norms[number], number))
        return [self.all[number] for number in ranked[:most]]

    def _holding(self, concept: Concept) -> dict[int, float]:
        """The places that hold a phrase of a concept, all its words, each with how far."""
        found: dict[int, float] = {}
        for phrase in concept:
            places = [self._places.get(term, {}) for term in phrase]
            for number in set.intersection(*map(set, places)) if places else ():
                found[number] = max(found.get(number, 0.0), min(one[number] for one in places))
        return found


def evidence_text(found: Sequence[Quotable], sentence: str) -> str:
    """Pieces of evidence as the checker reads them: each under its heading, the nearest first, as far as there is room; of a long one the
    part that says most of the sentence.
    """
    parts, left, said = list[str](), ROOM, frozenset(terms(sentence))
    for one in found:
        room = min(PIECE, left)
        if room < LEAST:
            break
        parts.append(_cut(simplified(read_as(one)), room, said))
        left -= weight(parts[-1])
    return " • ".join(parts)


def read_as(one: Quotable) -> str:
    """A sentence under its heading; a row under what stands above it."""
    head = one.title or (one.before if one.form == "row" else "")
    return f"{head[-60:]}: {one.text}" if head and head not in one.text else one.text


def _cut(text: str, room: float, said: frozenset[str]) -> str:
    """The run of clauses that fits into the room and shares most words with the sentence."""
    if weight(text) <= room:
        return text
    clauses = _CLAUSE.findall(text)
    runs = [_run(clauses[first:], room) for first in range(len(clauses))]
    return max(runs, key=lambda run: len(said & set(terms(run))))


def _run(clauses: Sequence[str], room: float) -> str:
    run = clauses[0]
    for clause in clauses[1:]:
        if weight(run) + weight(clause) > room:
            break
        run += clause
    while weight(run) > room:
        run = run[: int(len(run) * room / weight(run))]
    return run


def sentences_of(given: Iterable[Told]) -> PaperSentences:
    """What can be quoted of parsed papers, or of evidence that was given as text."""
    told = list(given)
    return PaperSentences([hit for one in told for hit in hits_of(one)], [name for one in told for name in names_of(one)])


def names_of(told: Told) -> Iterator[str]:
    """The company that a paper or a text is of, by all its names."""
    profile = told.document.profile if isinstance(told, Parsed) else told.profile if isinstance(told, Document) else None
    entity, aliases = (profile.entity, profile.aliases) if profile else (getattr(told, "entity", None), getattr(told, "aliases", ()))
    yield from filter(None, (entity, *aliases))


def hits_of(told: Told, id: str | None = None) -> Iterator[Hit]:
    """The passages of a parsed paper, by its id in the store where it has one, or of a text that was given. Of other evidence none."""
    if isinstance(told, Parsed | Document):
        document = told.document if isinstance(told, Parsed) else told
        for one in chunk(document):
            place = str(one.ordinal), id or document.sha256[:16], document.name, one.page
            yield Hit(*place, 0.0, one.text, one.section, one.box, one.locator, one.kind, None)
    elif isinstance(told, PassageEvidence):
        yield _hit(told, told.text, "text")
    elif isinstance(told, TableEvidence):
        yield _hit(told, "\n".join(filter(None, [told.caption, *_rows(told.markup)])), "table")


def _hit(told: PassageEvidence | TableEvidence, text: str, kind: Literal["text", "table"]) -> Hit:
    name = told.document
    return Hit(name.id, name.id, name.name, told.page, 0.0, text, (), told.box, told.locator, kind, None)


def _rows(markup: str) -> Iterator[str]:
    """The rows of a table in HTML, Markdown or tab-separated text."""
    for line in re.split(r"</tr>|\n", markup):
        row = " ".join(_TAG.sub(" ", _CELLS.sub(" | ", line)).split()).strip("| ")
        if row.strip("-| :"):
            yield row if "|" in row else f"{row} |"
