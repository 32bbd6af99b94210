"""Rows that begin alike, laid out as one: what they share is read once, and what each goes on with sees it and nothing of the others.

Completions of one question have most of their tokens in common. What the model makes of each is the same as if each stood alone, for as
many tokens less as the question is long and completions are many.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from finfoundry.train.packing import RowTokens


class BranchedLength(int):
    """The length of a text of which ``stem`` tokens go on in several ways, ``branches`` tokens each."""

    stem: int
    branches: tuple[int, ...]

    def __new__(cls, stem: int, branches: tuple[int, ...]) -> BranchedLength:
        found = super().__new__(cls, stem + sum(branches))
        found.stem, found.branches = stem, branches
        return found


@dataclass(frozen=True)
class BranchedRow(RowTokens):
    """``ids[:start]`` once, then what each of ``rows`` has after it."""

    rows: tuple[RowTokens, ...]

    @property
    def held(self) -> tuple[RowTokens, ...]:
        return self.rows

    @property
    def lengths(self) -> tuple[int, ...]:
        return (BranchedLength(self.start, tuple(row.targets for row in self.rows)),)

    @property
    def spans(self) -> tuple[tuple[int, int], ...]:
        return tuple(self._branches())

    @property
    def positions(self) -> tuple[int, ...]:
        return (*range(self.start), *(self.start + place for row in self.rows for place in range(row.targets)))

    @property
    def predicted(self) -> tuple[int, ...]:
        return tuple(place for first, last in self.spans for place in (self.start - 1, *range(first, last - 1)))

    @property
    def line(self) -> str:
        return f"{super().line}:{self.spans}"

    def _branches(self) -> Iterator[tuple[int, int]]:
        first = self.start
        for row in self.rows:
            yield first, first + row.targets
            first += row.targets


def branched(rows: Sequence[RowTokens], most: int) -> list[RowTokens]:
    """Rows with the same ``ids[:start]`` as one, of at most ``most`` tokens; the others as they are. Each learns, or is read, from
    ``start`` on.
    """
    found: list[list[RowTokens]] = []
    open_: dict[tuple[int, ...], tuple[list[RowTokens], int]] = {}  # by what they share: rows, tokens
    for row in rows:
        stem = row.ids[: row.start]
        group, size = open_.get(stem, ([], most))
        if size + row.targets > most:
            group, size = [], row.start
            found.append(group)
        group.append(row)
        open_[stem] = group, size + row.targets
    return [_joined(group) if len(group) > 1 else group[0] for group in found]


def _joined(rows: Sequence[RowTokens]) -> BranchedRow:
    first, *_ = rows
    ids = (*first.ids[: first.start], *(token for row in rows for token in row.ids[row.start :]))
    return BranchedRow(ids, first.start, rows=tuple(rows))
