"""Cells of a table by the words of their row and their columns: a region under a metric, a limit or a fee under a service.

The question names the row by all the words of its label, and of its columns those that have most of its other words are meant. Nothing is
taken where rows of several papers or tables fit and differ.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from finfoundry.ask.compute.breakdown_rows import TOTAL, said_beside_change
from finfoundry.ask.lexicon.ports import StoredFact
from finfoundry.ask.lexicon.vocabulary import tokens
from finfoundry.ask.understand.stored_labels import without_notes
from finfoundry.core.language import has_han, simplified
from finfoundry.knowledge.search.terms import terms

SHORTEST = 2  # characters of a name of a row or a column
_MARKS = re.compile(r"[①-⑳*＊]")


@dataclass(frozen=True, slots=True)
class NamedRow:
    """The cells of a row of a table, in their order, and how much of the question its label says."""

    cells: tuple[StoredFact, ...]
    said: int

    @property
    def label(self) -> str:
        return label_of(self.cells[0])


def label_of(one: StoredFact) -> str:
    """The innermost part of a row's label, without notes."""
    return _plain(one.fact.metric[-1])


def headings_of(one: StoredFact) -> list[str]:
    """The headings of a cell's column, each by itself."""
    return [part.strip() for _, member in one.fact.dimensions for part in member.split("·")]


def how_much_said(text: str, words: str) -> int:
    """How much of some words a text says: stems; of Chinese ones the characters, where it has all of them in a row."""
    if has_han(words):
        return size_of(words) if simplified(words) in simplified(text) else 0
    return len(set(terms(words)) & set(terms(text)))


def size_of(words: str) -> int:
    return len(words) if has_han(words) else len(set(terms(words)))


def is_said(text: str, words: str) -> bool:
    """Whether a text says all of some words."""
    return 0 < size_of(words) == how_much_said(text, words)


def without(text: str, words: str) -> str:
    """A text without some words, each once: what is said of a row is not said of its columns again."""
    if has_han(words):
        at = simplified(text).find(simplified(words))
        return f"{text[:at]} {text[at + len(words) :]}" if at >= 0 else text
    left = list(terms(words))
    kept = []
    for word in text.split():
        stems = terms(word)
        if stems and all(stem in left for stem in stems):
            left = [stem for stem in left if stem not in stems]
        else:
            kept.append(word)
    return " ".join(kept)


def rows_named(text: str, facts: Iterable[StoredFact]) -> Iterator[NamedRow]:
    """The rows of tables whose labels a text says whole."""
    rows: dict[tuple[object, ...], list[StoredFact]] = defaultdict(list)
    for one in facts:
        rows[one.document_id, one.fact.table, one.fact.row, one.fact.metric].append(one)
    for cells in rows.values():
        label = label_of(cells[0])
        if len(label) >= SHORTEST and is_said(text, label):
            yield NamedRow(tuple(cells), size_of(label))


def likeliest(found: Sequence[NamedRow]) -> NamedRow | None:
    """The row whose label says most of the question; None where several do."""
    longest = max((row.said for row in found), default=0)
    best = [row for row in found if row.said == longest]
    return best[0] if len(best) == 1 else None


def cells_named(text: str, row: NamedRow | None, most: int) -> list[StoredFact]:
    """The cells of the columns that have most of the question's words, and of those with words that these lack; none where they are more
    than ``most``, or of several times.
    """
    if row is None:
        return []
    rest = without(text, row.label)
    worths = [sum(how_much_said(rest, part) for part in headings_of(one)) for one in row.cells]
    best = [one for one, worth in zip(row.cells, worths, strict=True) if worth == max(worths)]
    known = [row.label, *(part for one in best for part in headings_of(one))]
    cells = [one for one in row.cells if one in best or any(is_lacked(text, part, known) for part in headings_of(one))]
    return cells if len(cells) <= most and len({one.fact.period for one in cells}) == 1 else []


def is_lacked(text: str, heading: str, known: Sequence[str]) -> bool:
    """Whether a question says of a heading what none of those known has."""
    if has_han(heading):
        return how_much_said(text, heading) > 0 and not any(heading in one for one in known)
    return not set(terms(heading)) & set(terms(text)) <= {stem for one in known for stem in terms(one)}


@dataclass(frozen=True, slots=True)
class NamedCell:
    """A cell, the words of its row and its column, and where the question has them."""

    stored: StoredFact
    names: tuple[str, str]
    places: tuple[tuple[int, int], tuple[int, int]]

    @property
    def size(self) -> int:
        return sum(end - start for start, end in self.places)


def cell_named(text: str, facts: Iterable[StoredFact]) -> NamedCell | None:
    """The cell of a report's facts of one time that a text names word for word, row and column, by most of its words: a report has so many
    tables that stems name too many. None where several fit and differ.
    """
    found = [cell for one in facts if (cell := _word_for_word(text, one)) is not None]
    longest = max((cell.size for cell in found), default=0)
    best = [cell for cell in found if cell.size == longest]
    return best[0] if len({(cell.stored.fact.value, cell.stored.fact.unit) for cell in best}) == 1 else None


def named_beside(cell: NamedCell, facts: Iterable[StoredFact], said: str, phrases: Sequence[str]) -> NamedCell | None:
    """The one cell beside another, in its row at its time, whose column is called as a metric is that the question names, too; None where
    it is the cell's own row or column that the question so names, or several fit.
    """
    if any(said in name or name in said for name in cell.names):
        return None
    own, names = cell.stored.fact, {simplified(one).lower() for one in (said, *phrases)}
    place = (cell.stored.document_id, own.table, own.row, own.period)
    row = [
        one for one in facts if (one.document_id, one.fact.table, one.fact.row, one.fact.period) == place and one.fact.column != own.column
    ]
    found = [one for one in row for axis, member in one.fact.dimensions if axis == "column" and simplified(_plain(member)).lower() in names]
    return NamedCell(found[0], (cell.names[0], said), cell.places) if len(found) == 1 else None


def _word_for_word(text: str, one: StoredFact) -> NamedCell | None:
    """The cell, unless its row is a total or its column tells a change."""
    columns = [member for axis, member in one.fact.dimensions if axis == "column"]
    if len(columns) != 1 or not said_beside_change(columns[0]).strip() or TOTAL.search(one.fact.metric[-1]):
        return None
    names = label_of(one), _plain(columns[0])
    if min(map(len, names)) < SHORTEST:
        return None
    pairs = ((a, b) for a in _places(text, names[0]) for b in _places(text, names[1]) if a[1] <= b[0] or b[1] <= a[0])
    places = next(pairs, None)
    return NamedCell(one, names, places) if places else None


def _plain(label: str) -> str:
    """A label or a heading without notes and their marks."""
    return _MARKS.sub("", without_notes(label)).strip(" ·")


def _places(text: str, name: str) -> Iterator[tuple[int, int]]:
    """Where a text has a name word for word; a Chinese one by its characters."""
    if has_han(name):
        yield from (found.span() for found in re.finditer(re.escape(simplified(name)), simplified(text)))
        return
    words, own = tokens(text), [token.text for token in tokens(name)]
    for at in range(len(words) - len(own) + 1) if own else ():
        if [token.text for token in words[at : at + len(own)]] == own:
            yield words[at].start, words[at + len(own) - 1].end
