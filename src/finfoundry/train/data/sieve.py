"""What may be learned, row by row: nothing twice, nothing that contradicts, nothing that is reported on. What is left out is listed."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

from finfoundry.core.tasks.fingerprints import plain
from finfoundry.train.data.duplicates import SeenTexts
from finfoundry.train.data.left_out import LeftOut
from finfoundry.train.data.manifest import SourceRecord


@dataclass(frozen=True, slots=True)
class CandidateRow:
    """A row as the sieve sees it. ``asked`` is all that comes before the ``answer``; ``texts`` are what it is about, the first is that by
    which near duplicates are told.
    """

    id: str
    asked: Hashable
    answer: str
    texts: Sequence[str]
    rest: Hashable = ()  # of what was asked, beside the first text

    @classmethod
    def of(cls, id: str, fields: dict[str, str], about: str, answer: str) -> CandidateRow:
        """A row of named texts."""
        asked = tuple(sorted((key, plain(value)) for key, value in fields.items()))
        rest = tuple(sorted((key, plain(value)) for key, value in fields.items() if value != about))
        return cls(id, asked, answer, (about,), rest)


class Sieve:
    """Lets a row pass once; counts the others in the source's record and lists them."""

    def __init__(self, record: SourceRecord, evaluated: SeenTexts, threshold: float, left_out: list[LeftOut]) -> None:
        self._record, self._evaluated, self._left_out = record, evaluated, left_out
        self._asked: dict[Hashable, CandidateRow] = {}
        self._seen = SeenTexts(threshold)

    def passes(self, row: CandidateRow) -> bool:
        """Whether a row is taken: not one that contradicts, repeats or nearly repeats an earlier row, or resembles an evaluated one."""
        known = self._asked.setdefault(row.asked, row)
        if known.answer != row.answer:
            self._record.contradictions += 1
            return self._leave(row, "the same question has another answer", known.id)
        if known is not row:
            self._record.exact_duplicates += 1
            return self._leave(row, "the same row", known.id)
        if any(self._evaluated.like(text) for text in row.texts):
            self._record.leaks += 1
            return self._leave(row, "like a row of an evaluation")
        if self._seen.like(row.texts[0], (row.answer, row.rest)):
            self._record.near_duplicates += 1
            return self._leave(row, "nearly the same as an earlier row")
        self._seen.add(row.texts[0], (row.answer, row.rest))
        return True

    def _leave(self, row: CandidateRow, reason: str, like: str = "") -> bool:
        self._left_out.append(LeftOut(row.id, reason, like))
        return False
