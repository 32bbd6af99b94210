"""The words of a sentence about each of its figures: those near it, its row of figures, whether they tell a rise, a fall or a change."""

from __future__ import annotations

import bisect
import re

from finfoundry.binding.sentence import claim_patterns as said
from finfoundry.binding.sentence.when import lengths_in, own_words, resolved
from finfoundry.core.periods import FoundPeriod
from finfoundry.core.quantities.numbers import PrintedNumber


class FiguredSentence:
    """The figures of one sentence, or of a stretch of a long one, and the text between them. Figures go by their place in ``numbers``."""

    def __init__(
        self,
        text: str,
        blank: str,
        start: int,
        end: int,
        numbers: list[PrintedNumber],
        periods: list[FoundPeriod],
        base: FoundPeriod | None,
        before: str,
    ) -> None:
        self.text, self.blank, self.start, self.end = text, blank, start, end
        self.numbers, self.before = numbers, before
        self._starts = [number.start for number in numbers]
        own = own_words(text, periods)
        self.periods = [resolved(period, base) for period in own]
        self.relative = [resolved(period, base) for period in own if period.kind == "relative"]
        self.anchor = base
        self._lengths = lengths_in(blank[start:end])
        self.moves = any(pattern.search(text, start, end) for pattern in (said.RISE, said.FALL))
        self.absolute = [period for period in periods if period.kind != "relative"]
        self.breaks = [match.span() for match in said.CLAUSE.finditer(text, start, end) if not self._inside_number(match.start())]
        self._opens = [before for before, _ in self.breaks]
        self._joints = [bool(index) and self._joined(index) for index in range(len(numbers))]
        self.rows = self._ordered()
        self.directions: list[int] = []
        self.changes: list[bool] = []
        for index in range(len(numbers)):
            again = (
                bool(index) and (self.changes[-1] or bool(self.directions[-1] and self._is_put_otherwise(index))) and self._restates(index)
            )
            self.directions.append(self._direction(index) or (self.directions[-1] if again else 0))
            self.changes.append(again or self._is_change(index))
        self.markers = [self._marker(index) for index in range(len(numbers))]
        self.compares = [match.start() for match in said.COMPARE.finditer(text, start, end)]

    def months(self, index: int) -> int:
        """How long the span of a figure is by the words near it, else by those of the whole sentence, if they speak of one only."""
        found = lengths_in(self.blank[self.gap(index)[0] : self.tail(index)[1]]) or self._lengths
        return found[0] if len(found) == 1 else 0

    def heads(self, index: int, near: str) -> tuple[str, ...]:
        """The words before a figure, back to a break, where ``near`` begins, and back to the figure before."""
        tail_start = self.numbers[index].end
        limit = self.numbers[index + 1].start if index + 1 < len(self.numbers) else self.end
        of = said.OF_TAIL.match(self.text, tail_start, limit)
        tail = f" … {of[0]}" if of else ""
        return near.partition(" … ")[0] + tail, self.blank[slice(*self.gap(index))] + tail

    def _inside_number(self, position: int) -> bool:
        place = bisect.bisect_right(self._starts, position) - 1
        return place >= 0 and position < self.numbers[place].end

    def gap(self, index: int) -> tuple[int, int]:
        """From the end of the number before to this number."""
        return (self.numbers[index - 1].end if index else self.start), self.numbers[index].start

    def _before(self, index: int) -> str:
        start, end = self.gap(index)
        return self.text[max(start, end - 20) : end]

    def tail(self, index: int) -> tuple[int, int]:
        """From this number to the next break or number."""
        start = self.numbers[index].end
        limit = self.numbers[index + 1].start if index + 1 < len(self.numbers) else self.end
        place = bisect.bisect_left(self._opens, start)
        return start, min(self._opens[place] if place < len(self._opens) else limit, limit)

    def contexts(self, index: int) -> tuple[str, ...]:
        """The words near a figure, the closest first; the last are those of the sentence before."""
        gap_start, gap_end = self.gap(index)
        end_break = bisect.bisect_left(self._opens, gap_end)
        broken = self._broken(gap_start, gap_end)
        tail_start, tail_end = self.tail(index)
        tail = self.text[tail_start:tail_end]
        if index and not broken > gap_start and re.match(r"\s*(?:of|in)\b", self.text[gap_start:gap_end]):
            broken = gap_end  # "$5 of revenue $6": the words belong to the number before them
        near = self.blank[broken:gap_end] + " … " + tail
        gap = said.ENDED_ASIDE.sub("", self.blank[gap_start:gap_end]) + " … " + tail
        parted = (after for before, after in reversed(self.breaks[:end_break]) if self.text[before:after] in said.PARTING)
        clause_start = next(parted, self.start)
        clause = self.blank[clause_start:gap_end] + " … " + tail
        first = said.ASIDE.sub(" ", self.blank[self.start : gap_end]) + " … " + tail
        whole = self.blank[self.start : self.end]
        return near, gap, clause, first, whole, self.before

    def _broken(self, start: int, end: int) -> int:
        """Where the last break of a stretch ends; its start where there is none."""
        breaks = self.breaks[bisect.bisect_left(self._opens, start) : bisect.bisect_left(self._opens, end)]
        return max((after for _, after in breaks), default=start)

    def _direction(self, index: int) -> int:
        start, end = self.gap(index)
        tail_start, tail_end = self.tail(index)
        before = said.INSIDE.sub("", self.text[max(start, end - 60) : end])
        near = before + " " + self.text[tail_start : min(tail_end, tail_start + 20)]
        near = said.TWO_SIDED.sub(" ", near)
        rise, fall = [match.end() for match in said.RISE.finditer(near)], [match.end() for match in said.FALL.finditer(near)]
        if self.numbers[index].percent and (beside := said.BESIDE.match(self.text, tail_start)):
            return 1 if beside["more"] else -1
        if than := self._than(index):
            return 1 if than["more"] else -1
        if not rise and not fall:
            return 0
        return 1 if max(rise, default=-1) > max(fall, default=-1) else -1

    def _than(self, index: int) -> re.Match[str] | None:
        """What says behind an amount that it is by how much one thing is above or below another: "5 million more than in 2022"."""
        number = self.numbers[index]
        return None if number.percent or number.unit == "ratio" else said.LESS_OR_MORE_THAN.match(self.text, number.end, self.end)

    def _restates(self, index: int) -> bool:
        """Whether a figure tells a change once more, the other way round: "by 25.6 %, or $2,239 million"."""
        before, number = self.numbers[index - 1], self.numbers[index]
        return before.percent is not number.percent and said.AGAIN.fullmatch(self.text[before.end : number.start]) is not None

    def _is_put_otherwise(self, index: int) -> bool:
        """Whether "or" stands before a figure: "increased $93 million, or 14 %"."""
        return said.OTHERWISE.search(self.text, self.numbers[index - 1].end, self.numbers[index].start) is not None

    def order(self, index: int) -> tuple[tuple[int, int] | None, str]:
        """(place, count) in a row of figures that only "and" and commas join, or None for one alone; and the words before the row."""
        first, last = self.rows[index]
        if first == last:
            return None, ""
        start, end = self.gap(first)
        return (index - first, last - first + 1), self.text[start:end]

    def _ordered(self) -> list[tuple[int, int]]:
        """For each figure the indices of the first and the last of its row."""
        rows: list[tuple[int, int]] = []
        for index in range(len(self.numbers)):
            if index == len(rows):
                last = index
                while last + 1 < len(self.numbers) and self._joints[last + 1]:
                    last += 1
                rows += [(index, last)] * (last - index + 1)
        return rows

    def _joined(self, index: int) -> bool:
        """Whether only "and" or a comma separates this figure from the one before, and both are percentages or neither."""
        before, number = self.numbers[index - 1], self.numbers[index]
        if said.BESIDE.match(self.text, number.end):
            return False  # "…, $1.2 billion higher": of the figure before
        return before.percent is number.percent and said.JOINT.fullmatch(self.text, before.end, number.start) is not None

    def _is_change(self, index: int) -> bool:
        """A percentage or an amount "by" which something changed belongs to two periods."""
        number = self.numbers[index]
        if number.percent and not number.points and said.LEVEL.search(self._before(index)):
            return False  # "widened to 20.5 % from 16.1 %"
        return self.directions[index] != 0 and (
            number.percent or self._than(index) is not None or said.BY.search(self._before(index)) is not None
        )

    def _marker(self, index: int) -> int | None:
        """Where the words stand by which a level is what another is compared with: "to 20.5 % from 16.1 %", "against 42"; None without."""
        start, end = self.gap(index)
        start = max(start, end - said.BEFORE_LEVEL)
        moves = (
            self.moves
            or said.ONWARDS.match(self.text, self.numbers[index].end)
            or (index and said.ARRIVING.search(self._before(index - 1)))
        )
        found = said.EARLIER.search(self.text, start, end) or (said.STARTING.search(self.text, start, end) if moves else None)
        return found.start() if found else None

    def move(self, index: int) -> int:
        """1 or -1 where a level is said to have risen or fallen: right before it, or in the clause behind it where no figure follows."""
        if self.changes[index] or self.markers[index] is not None:
            return 0
        start, end = self.gap(index)
        before = said.TWO_SIDED.sub(" ", self.text[max(start, end - said.BEFORE_LEVEL) : end])
        if said.ARRIVING.search(before):
            if index and self.markers[index - 1] is not None and not said.only_direction(before):  # "fell from 5 to 3"
                start, end = self.gap(index - 1)
                before = said.TWO_SIDED.sub(" ", self.text[max(start, end - said.BEFORE_LEVEL) : end])
            if found := said.only_direction(before) or self._moved_by(index):
                return found
        tail = self.text[self.numbers[index].end : self.end] if index + 1 == len(self.numbers) else ""
        return said.only_direction(tail) if said.BEHIND.match(tail) else 0

    def _moved_by(self, index: int) -> int:
        """The direction of the change right before a level: "rose 5 % to 806"."""
        if not index or not self.changes[index - 1]:
            return 0
        between = self.text[self.numbers[index - 1].end : self.numbers[index].start]
        return 0 if said.CLAUSE.search(between) else self.directions[index - 1]
