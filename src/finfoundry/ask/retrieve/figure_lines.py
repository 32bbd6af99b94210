"""The lines of tables as a question is held against them: what all the figures of one are of, under the headings of its table."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from finfoundry.ask.lexicon.ports import StoredFact
from finfoundry.core.document import BY_PLACE, Fact
from finfoundry.core.language import simplified
from finfoundry.core.protocols import PairReader
from finfoundry.knowledge.search.terms import terms

HEAD = "figure-pairs"  # the task that the scorer learned
READ = 64  # lines that are read beside the question, those with most of its words
QUESTION = 300  # characters of a question that are read
HEADING = 160  # characters of the headings that a line stands under, the last
LONGEST = 260  # characters of what a line is called


class TablePassage(Protocol):
    """A passage of a table: its rows, a line each, cells parted by ``|``, under the title of the table and the headings of its columns."""

    @property
    def page(self) -> int: ...
    @property
    def text(self) -> str: ...
    @property
    def section(self) -> tuple[str, ...]: ...
    @property
    def kind(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Line:
    """What a figure is of, but for its time: the headings over its table, the path of its label, the headings of its column."""

    headings: tuple[str, ...]
    path: tuple[str, ...]
    members: tuple[str, ...]

    @property
    def read(self) -> str:
        """As an encoder reads it, in simplified characters."""
        own = [part.strip() for part in (*self.path, *self.members) if part.strip()]
        head = " · ".join(dict.fromkeys(part.strip() for part in self.headings if part.strip() and part.strip() not in own))[-HEADING:]
        called = " · ".join(dict.fromkeys(own))[:LONGEST]
        return simplified(f"{head}: {called}" if head else called)


@dataclass(frozen=True, slots=True)
class FoundLine:
    """A line of a paper with its figures, of all times. ``likely`` is how likely it answers as the scorer reads it, ``said`` the share that
    it has of the question's words that any line has, the rarer counting more; 0 to 1.
    """

    line: Line
    facts: tuple[StoredFact, ...]
    likely: float = 0.0
    said: float = 0.0


def line_of(fact: Fact, headings: tuple[str, ...]) -> Line:
    """The line that a fact is a figure of."""
    return Line(headings, fact.metric, tuple(member for axis, member in fact.dimensions if axis != BY_PLACE))


class Headings:
    """The headings over the tables of some pages, found by a row of the table."""

    def __init__(self, passages: Iterable[TablePassage]) -> None:
        self._rows: dict[tuple[int, str], list[tuple[tuple[str, ...], str]]] = {}
        for one in passages:
            if one.kind == "table":
                above = _above(one)
                for row in (row for row in one.text.split("\n") if "|" in row):
                    self._rows.setdefault((one.page, _key(row.partition("|")[0])), []).append((above, _key(row)))

    def of(self, fact: Fact) -> tuple[str, ...]:
        """Those over the table of a fact; empty where no passage has its row."""
        found = self._rows.get((fact.page, _key(fact.metric[-1] if fact.metric else "")), [])
        return next((above for above, row in found if _key(fact.text) in row), ())


def _above(passage: TablePassage) -> tuple[str, ...]:
    """The innermost heading and the last line before the rows, which is the table's title where it has one."""
    lines = passage.text.split("\n")
    first = next((at for at, line in enumerate(lines) if "|" in line), 0)
    return (*passage.section[-1:], *_titles(lines[:first]))


def _titles(lines: Sequence[str]) -> list[str]:
    return [line.strip() for line in lines if line.strip()][:1]


def _key(text: str) -> str:
    return "".join(text.split()).casefold()


def lines_among(found: Iterable[StoredFact], headings: Callable[[StoredFact], tuple[str, ...]]) -> list[FoundLine]:
    """The lines that facts are figures of, each once, in their order."""
    lines: dict[tuple[str, int | None, Line], list[StoredFact]] = {}
    for stored in found:
        if stored.fact.metric and stored.fact.table is not None and not stored.structured:
            line = line_of(stored.fact, headings(stored))
            lines.setdefault((stored.document_id, stored.fact.table, line), []).append(stored)
    return [FoundLine(line, tuple(facts)) for (_, _, line), facts in lines.items()]


def likeliest(question: str, lines: Sequence[FoundLine], pairs: PairReader) -> list[FoundLine]:
    """The lines with most of a question's words (the rarer among them counting more), the likeliest first as the scorer reads them."""
    asked = simplified(question)[:QUESTION]
    said = shares_said(asked, lines)
    order = sorted(range(len(lines)), key=lambda at: -said[at])[:READ]
    told = pairs.scores(HEAD, [(asked, lines[at].line.read) for at in order]) if order else ()
    read = (replace(lines[at], likely=float(score), said=said[at]) for at, score in zip(order, told, strict=True))
    return sorted(read, key=lambda one: -one.likely)


def shares_said(asked: str, lines: Sequence[FoundLine]) -> list[float]:
    """The share that each line has of the words of a question that any line has, the rarer counting more; 0 to 1."""
    words = [frozenset(terms(one.line.read)) for one in lines]
    common = Counter(word for held in words for word in held)
    wanted = {word: math.log(1 + len(lines) / common[word]) for word in set(terms(asked)) if word in common}
    every = sum(wanted.values()) or 1.0
    return [sum(wanted.get(word, 0.0) for word in held) / every for held in words]
