"""What a text says of each of its figures: the words near it, the period, the scope, whether it is of a rise, a fall or a loss.

The same reading serves the answer, whose claims are checked, and a passage of evidence, whose numbers get their meaning from it.
"""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterator
from functools import lru_cache

from finfoundry.binding.sentence import claim_patterns as said
from finfoundry.binding.sentence.claim import Claim
from finfoundry.binding.sentence.labels import words
from finfoundry.binding.sentence.printed import blanked, in_name, of_cents, tells_negative, with_rough
from finfoundry.binding.sentence.scopes import scope_of
from finfoundry.binding.sentence.when import (
    held_within,
    lengths_in,
    own_words,
    resolved,
    spread_years,
    told_periods,
    year_of,
    years_of_dates,
)
from finfoundry.core import cancellation
from finfoundry.core.language import sentences
from finfoundry.core.periods import FoundPeriod
from finfoundry.core.quantities.numbers import PrintedNumber, find_numbers
from finfoundry.core.quantities.rough import hedge

_PASSAGE = 4000  # characters of a text whose reading is kept: what is longer comes but once
_LONGEST = 1000  # characters: what is longer is no sentence, and is read in stretches so that no figure costs more than in one


def read_claims(text: str, names: tuple[tuple[int, int], ...] = (), *, rough: bool = False) -> tuple[Claim, ...]:
    """The figures of the text with their meaning, in order. ``names`` are spans of companies' names, whose digits are none: 三元股份.
    ``rough``: quantities in words are figures too, "two in five" and "doubled", and what is above or below a figure is never just at it.
    """
    return _kept(text, names, rough) if len(text) <= _PASSAGE else _read(text, names, rough)


@lru_cache(maxsize=256)  # the same passages serve question after question
def _kept(text: str, names: tuple[tuple[int, int], ...], rough: bool) -> tuple[Claim, ...]:
    return _read(text, names, rough)


def _read(text: str, names: tuple[tuple[int, int], ...], rough: bool) -> tuple[Claim, ...]:
    printed = with_rough(text, find_numbers(text)) if rough else find_numbers(text)
    found = [of_cents(text, number) for number in printed if not any(start <= number.start < end for start, end in names)]
    periods = told_periods(text)
    period_starts = [period.start for period in periods]
    dated = years_of_dates(periods, found)
    numbers = [number for number in found if number.start not in dated and not in_name(text, number)]
    if not numbers:
        return ()
    starts = [number.start for number in numbers]
    claims: list[Claim] = []
    blank = blanked(text, numbers)
    base: FoundPeriod | None = None
    before = ""
    for sentence in sentences(text):
        cancellation.check()
        told = periods[bisect.bisect_left(period_starts, sentence[0]) : bisect.bisect_left(period_starts, sentence[1])]
        named = next((period for period in told if year_of(period)), None)
        base = named or base
        for start, end in _stretches(text, *sentence, numbers, starts):
            own = numbers[bisect.bisect_left(starts, start) : bisect.bisect_left(starts, end)]
            if own:
                claims += _Sentence(text, blank, start, end, own, held_within(told, start, end), base, before).claims(strict=rough)
            before = blank[start:end]
    return tuple(claims)


def _stretches(text: str, start: int, end: int, numbers: list[PrintedNumber], starts: list[int]) -> Iterator[tuple[int, int]]:
    """A sentence; one that is too long in parts, each cut behind a clause or a word and never within a figure."""
    while end - start > _LONGEST:
        cut = max((match.start() for match in said.CUT.finditer(text, start + _LONGEST // 2, start + _LONGEST)), default=start + _LONGEST)
        last = numbers[place] if (place := bisect.bisect_left(starts, cut) - 1) >= 0 else None
        if last is not None and cut < last.end:
            cut = last.start if last.start > start else last.end
        yield start, cut
        start = cut
    if start < end:
        yield start, end


class _Sentence:
    """The figures of one sentence and the text between them."""

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
        self.periods = [resolved(period, base) for period in own_words(text, periods)]
        self.anchor = base
        self._lengths = lengths_in(text[start:end])
        self._moves = any(pattern.search(text, start, end) for pattern in (said.RISE, said.FALL))
        self.absolute = [period for period in periods if period.kind != "relative"]
        self.breaks = [match.span() for match in said.CLAUSE.finditer(text, start, end) if not self._inside_number(match.start())]
        self._opens = [before for before, _ in self.breaks]
        self._joints = [bool(index) and self._joined(index) for index in range(len(numbers))]
        self._rows = self._ordered()
        self.directions: list[int] = []
        self.changes: list[bool] = []
        for index in range(len(numbers)):
            again = (
                bool(index) and (self.changes[-1] or bool(self.directions[-1] and self._is_put_otherwise(index))) and self._restates(index)
            )
            self.directions.append(self._direction(index) or (self.directions[-1] if again else 0))
            self.changes.append(again or self._is_change(index))
        self._markers = [self._marker(index) for index in range(len(numbers))]
        self.compares = [match.start() for match in said.COMPARE.finditer(text, start, end)]

    def claims(self, *, strict: bool) -> list[Claim]:
        """``strict``: "more than 600" is never just 600; what the product itself says of a norm or of a class's edge may be."""
        sentence = self.text[self.start : self.end]
        markers = tuple(int(found) for found in re.findall(r"\[(\d{1,3})\]", sentence))
        assigned = self._assign_periods()
        found = []
        for index, number in enumerate(self.numbers):
            contexts = self._contexts(index)
            nearby = next((context for context in contexts[1:3] if words(context)), sentence)
            order, lead = self._order(index)
            told = hedge(self.text, number.start, number.end, self._gap(index)[0])
            found.append(
                Claim(
                    number=number,
                    sentence=sentence,
                    contexts=contexts,
                    nearby=nearby,
                    periods=assigned[index],
                    scope=scope_of(nearby) or scope_of(sentence),
                    direction=self.directions[index],
                    negative=tells_negative(nearby),
                    bound=told.lean,
                    start=self.start,
                    order=order,
                    lead=lead,
                    markers=markers,
                    months=self._months(index),
                    move=self._move(index),
                    earlier=self._markers[index] is not None,
                    heads=self._heads(index, contexts[0]),
                    loose=told.loose,
                    strict=strict and told.strict,
                )
            )
        return found

    def _months(self, index: int) -> int:
        """How long the span of a figure is by the words near it, else by those of the whole sentence, if they speak of one only."""
        found = lengths_in(self.text[self._gap(index)[0] : self._tail(index)[1]]) or self._lengths
        return found[0] if len(found) == 1 else 0

    def _heads(self, index: int, near: str) -> tuple[str, ...]:
        tail_start = self.numbers[index].end
        limit = self.numbers[index + 1].start if index + 1 < len(self.numbers) else self.end
        of = said.OF_TAIL.match(self.text, tail_start, limit)
        tail = f" … {of[0]}" if of else ""
        return near.partition(" … ")[0] + tail, self.blank[slice(*self._gap(index))] + tail

    def _inside_number(self, position: int) -> bool:
        place = bisect.bisect_right(self._starts, position) - 1
        return place >= 0 and position < self.numbers[place].end

    def _gap(self, index: int) -> tuple[int, int]:
        """From the end of the number before to this number."""
        return (self.numbers[index - 1].end if index else self.start), self.numbers[index].start

    def _before(self, index: int) -> str:
        start, end = self._gap(index)
        return self.text[max(start, end - 20) : end]

    def _tail(self, index: int) -> tuple[int, int]:
        """From this number to the next break or number."""
        start = self.numbers[index].end
        limit = self.numbers[index + 1].start if index + 1 < len(self.numbers) else self.end
        place = bisect.bisect_left(self._opens, start)
        return start, min(self._opens[place] if place < len(self._opens) else limit, limit)

    def _contexts(self, index: int) -> tuple[str, ...]:
        gap_start, gap_end = self._gap(index)
        end_break = bisect.bisect_left(self._opens, gap_end)
        broken = self._broken(gap_start, gap_end)
        tail_start, tail_end = self._tail(index)
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
        start, end = self._gap(index)
        tail_start, tail_end = self._tail(index)
        before = said.INSIDE.sub("", self.text[max(start, end - 60) : end])
        near = before + " " + self.text[tail_start : min(tail_end, tail_start + 20)]
        near = said.TWO_SIDED.sub(" ", near)
        rise, fall = [match.end() for match in said.RISE.finditer(near)], [match.end() for match in said.FALL.finditer(near)]
        if self.numbers[index].percent and (beside := said.BESIDE.match(self.text, tail_start)):
            return 1 if beside["more"] else -1
        if not rise and not fall:
            return 0
        return 1 if max(rise, default=-1) > max(fall, default=-1) else -1

    def _restates(self, index: int) -> bool:
        """Whether a figure tells a change once more, the other way round: "by 25.6 %, or $2,239 million"."""
        before, number = self.numbers[index - 1], self.numbers[index]
        return before.percent is not number.percent and said.AGAIN.fullmatch(self.text[before.end : number.start]) is not None

    def _is_put_otherwise(self, index: int) -> bool:
        """Whether "or" stands before a figure: "increased $93 million, or 14 %"."""
        return said.OTHERWISE.search(self.text, self.numbers[index - 1].end, self.numbers[index].start) is not None

    def _order(self, index: int) -> tuple[tuple[int, int] | None, str]:
        """(place, count) in a row of figures that only "and" and commas join, or None for one alone; and the words before the row."""
        first, last = self._rows[index]
        if first == last:
            return None, ""
        start, end = self._gap(first)
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

    # ---- periods

    def _assign_periods(self) -> list[tuple[FoundPeriod, ...]]:
        levels = [index for index, change in enumerate(self.changes) if not change]
        if not self.periods:
            return [()] * len(self.numbers)
        found: list[tuple[FoundPeriod, ...]] = []
        in_order = len(levels) == len(self.periods) > 1
        one_row = in_order is False and levels and self._rows[levels[0]] == (levels[0], levels[-1])
        spread = spread_years(self.periods, len(levels)) if one_row and self.periods[-1].end <= self.numbers[levels[0]].start else []
        moved = in_order and self._moved(levels)
        listed = () if in_order else said.in_order(self.text[: self.end], self.numbers, [self._rows[at] for at in levels], self.periods)
        places = {index: place for place, index in enumerate(levels)}
        for index in range(len(self.numbers)):
            if self.changes[index]:
                found.append(self._around(index) or tuple(self.absolute))
            elif index in listed:
                found.append((self.periods[listed.index(index)],))
            elif spread:
                found.append((spread[places[index]],))
            elif in_order:
                place = places[index]
                found.append((self.periods[1 - place if moved else place],))
            elif len(self.periods) == 1 and len(levels) == 1:
                found.append(() if self._is_base(self.periods[0], index) else tuple(self.periods))
            else:
                nearest = self._nearest(index)
                found.append((nearest,) if nearest else ())
        return found

    def _is_base(self, period: FoundPeriod, index: int) -> bool:
        """Whether a time is only that of what a figure is compared with, not told itself: "up 9 % from the end of 2022"."""
        if self._markers[index] is not None or not self._moves or period.start < self.numbers[index].end:
            return False
        return said.BASE.search(self.text, max(self.start, period.start - said.BEFORE_LEVEL), period.start) is not None

    def _is_base_of_change(self, period: FoundPeriod, index: int) -> bool:
        """Whether a time is that of what a change before the figure is measured from: "比上年同期少了11%，为75亿"."""
        between = [place for place in range(index) if self.numbers[place].start >= period.end]
        based = said.BASE.search(self.text, max(self.start, period.start - said.BEFORE_LEVEL), period.start)
        return based is not None and any(self.changes[place] for place in between)

    def _moved(self, levels: list[int]) -> bool:
        """ "Its revenue of 2020 went from 2019's 11 to 15": two times before two figures, the later one's first."""
        if len(levels) != 2:
            return False
        one, other = self.periods
        first, second = (self.numbers[level] for level in levels)
        if other.end > first.start:
            return False
        onwards = said.STARTING.search(self.text, other.end, first.start) and said.ARRIVING.search(self.text, first.end, second.start)
        later = (year_of(one) or 0) > (year_of(other) or 0)
        return said.FROM.search(self.text[one.end : other.start]) is not None or bool(onwards and later)

    def _is_change(self, index: int) -> bool:
        """A percentage or an amount "by" which something changed belongs to two periods."""
        number = self.numbers[index]
        if number.percent and not number.points and said.LEVEL.search(self._before(index)):
            return False  # "widened to 20.5 % from 16.1 %"
        return self.directions[index] != 0 and (
            number.percent or bool(re.search(r"\bby\s?(?:about\s|approximately\s)?$|了约?$", self._before(index)))
        )

    def _around(self, index: int) -> tuple[FoundPeriod, ...]:
        start, end = self._gap(index)[0], self._tail(index)[1]
        return tuple(period for period in self.absolute if start <= period.start < end)

    def _nearest(self, index: int) -> FoundPeriod | None:
        """The period of a figure: in its own gap or tail, else the one before, not across a comparison."""
        gap_start, gap_end = self._gap(index)
        tail_end = self._tail(index)[1]
        row, lead = self._order(index)
        if row and row[0] < row[1] - 1 and self._markers[index + row[1] - 1 - row[0]] is None:  # a row shares what follows its last
            tail_end = max(tail_end, self._tail(index + row[1] - 1 - row[0])[1])
        own = [period for period in self.periods if gap_start <= period.start < tail_end]
        if not own and row and lead:
            start, end = self._gap(index - row[0])
            own = [period for period in self.periods if start <= period.start < end]
        marker = self._markers[index]
        if marker is not None:
            first = self._is_first_of_two(index, marker)
            own = [period for period in own if period.start > marker and (period.start < gap_end or not first)]
            if not own and self.anchor and self._is_earlier(index, marker):
                return resolved(said.A_YEAR_EARLIER, self.anchor)
        if own:
            number = self.numbers[index]
            return min(own, key=lambda period: period.start - number.end if period.start >= number.end else number.start - period.end)
        arrived = said.ARRIVING.search(self.text[gap_start:gap_end]) if self._moves and index else None
        if arrived and said.STARTS.search(self.text, self.start, gap_start):
            earlier_year = [period for period in self.absolute if period.start >= gap_start or period.end <= self._gap(index - 1)[0]]
            return earlier_year[-1] if earlier_year else None
        before = [period for period in self.periods if period.start < gap_start]
        own_time = [period for period in before if not self._is_base_of_change(period, index)]
        if own_time and own_time[-1] is not before[-1]:
            return own_time[-1]
        earlier = [period for period in before if not self._compared(period.end, gap_end)]
        if earlier:
            return earlier[-1]
        later = [period for period in self.periods if period.start >= tail_end and not self._compared(gap_end, period.start)]
        return next((period for period in later if not self._is_base(period, index)), None)

    def _marker(self, index: int) -> int | None:
        """Where the words stand by which a level is what another is compared with: "to 20.5 % from 16.1 %", "against 42"; None without."""
        start, end = self._gap(index)
        start = max(start, end - said.BEFORE_LEVEL)
        moves = (
            self._moves
            or said.ONWARDS.match(self.text, self.numbers[index].end)
            or (index and said.ARRIVING.search(self._before(index - 1)))
        )
        found = said.EARLIER.search(self.text, start, end) or (said.STARTING.search(self.text, start, end) if moves else None)
        return found.start() if found else None

    def _is_earlier(self, index: int, marker: int) -> bool:
        """Whether such a level is of a year before: no time is named for it."""
        return self._is_first_of_two(index, marker) or all(period.start < marker for period in self.absolute)

    def _is_first_of_two(self, index: int, marker: int) -> bool:
        """ "From 11 to 15 in 2023": the one time is that of the second."""
        onwards = said.ONWARDS.match(self.text, self.numbers[index].end) and said.STARTS.match(self.text, marker)
        return onwards is not None and len(self.absolute) < 2

    def _move(self, index: int) -> int:
        """1 or -1 where a level is said to have risen or fallen: right before it, or in the clause behind it where no figure follows."""
        if self.changes[index] or self._markers[index] is not None:
            return 0
        start, end = self._gap(index)
        before = said.TWO_SIDED.sub(" ", self.text[max(start, end - said.BEFORE_LEVEL) : end])
        if said.ARRIVING.search(before):
            if index and self._markers[index - 1] is not None and not said.only_direction(before):  # "fell from 5 to 3"
                start, end = self._gap(index - 1)
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

    def _compared(self, start: int, end: int) -> bool:
        return any(start <= position < end for position in self.compares)
