"""Which time each figure of a sentence is of."""

from __future__ import annotations

from finfoundry.binding.sentence import claim_patterns as said
from finfoundry.binding.sentence.figured_sentence import FiguredSentence
from finfoundry.binding.sentence.when import resolved, spread_years, year_of
from finfoundry.core.periods import FoundPeriod


def periods_of(sentence: FiguredSentence) -> list[tuple[FoundPeriod, ...]]:
    """For each figure of a sentence the times that it is of, a change of two; none where the sentence does not tell."""
    numbers, periods, rows = sentence.numbers, sentence.periods, sentence.rows
    levels = [index for index, change in enumerate(sentence.changes) if not change]
    if not periods:
        return [()] * len(numbers)
    found: list[tuple[FoundPeriod, ...]] = []
    in_order = len(levels) == len(periods) > 1 and not any(_is_only_compared(sentence, period) for period in periods)
    one_row = in_order is False and levels and rows[levels[0]] == (levels[0], levels[-1])
    spread = spread_years(periods, len(levels)) if one_row and periods[-1].end <= numbers[levels[0]].start else []
    moved = in_order and (_moved(sentence, levels) or _is_behind(sentence, levels, periods))
    listed = {} if in_order else said.in_order(sentence.text[: sentence.end], numbers, [rows[at] for at in levels], periods)
    places = {index: place for place, index in enumerate(levels)}
    for index in range(len(numbers)):
        if sentence.changes[index]:
            found.append(_around(sentence, index) or tuple(sentence.absolute))
        elif index in listed:
            found.append((listed[index],))
        elif spread:
            found.append((spread[places[index]],))
        elif in_order:
            place = places[index]
            found.append((periods[1 - place if moved else place],))
        elif len(periods) == 1 and len(levels) == 1:
            found.append(() if _is_base(sentence, periods[0], index) else tuple(periods))
        else:
            nearest = _nearest(sentence, index)
            found.append((nearest,) if nearest else ())
    return found


def beside(sentence: FiguredSentence, index: int, assigned: tuple[FoundPeriod, ...]) -> tuple[FoundPeriod, ...]:
    """The one time that a sentence names, for a level that it is not said to be of: behind "than" or "against" may stand another line of
    the same time.
    """
    told = {period.text: period for period in sentence.absolute}
    if sentence.changes[index] or len(told) != 1 or sentence.relative:
        return ()
    return tuple(told.values()) if not assigned or not assigned[0].text else ()


def _is_only_compared(sentence: FiguredSentence, period: FoundPeriod) -> bool:
    """Whether a relative time only tells with what something is compared, and no figure is of it: "flat on the year before, at 42"."""
    if period not in sentence.relative:
        return False
    if not said.COMPARED_WITH.search(sentence.text, max(sentence.start, period.start - said.NEAR), period.start):
        return False
    following = next((number.start for number in sentence.numbers if number.start >= period.end), None)
    between = sentence.text[period.end : following]
    return following is None or bool(said.CLAUSE.search(between) or said.MOVED.search(between))


def _is_base(sentence: FiguredSentence, period: FoundPeriod, index: int) -> bool:
    """Whether a time is only that of what a figure is compared with, not told itself: "up 9 % from the end of 2022"."""
    if sentence.markers[index] is not None or not sentence.moves or period.start < sentence.numbers[index].end:
        return False
    return said.BASE.search(sentence.text, max(sentence.start, period.start - said.BEFORE_LEVEL), period.start) is not None


def _is_base_of_change(sentence: FiguredSentence, period: FoundPeriod, index: int) -> bool:
    """Whether a time is that of what a change before the figure is measured from: "比上年同期少了11%，为75亿"."""
    between = [place for place in range(index) if sentence.numbers[place].start >= period.end]
    based = said.BASE.search(sentence.text, max(sentence.start, period.start - said.BEFORE_LEVEL), period.start)
    return based is not None and any(sentence.changes[place] for place in between)


def _moved(sentence: FiguredSentence, levels: list[int]) -> bool:
    """ "Its revenue of 2020 went from 2019's 11 to 15": two times before two figures, the later one's first."""
    if len(levels) != 2:
        return False
    one, other = sentence.periods
    first, second = (sentence.numbers[level] for level in levels)
    if other.end > first.start:
        return False
    onwards = said.STARTING.search(sentence.text, other.end, first.start) and said.ARRIVING.search(sentence.text, first.end, second.start)
    later = (year_of(one) or 0) > (year_of(other) or 0)
    return said.FROM.search(sentence.text[one.end : other.start]) is not None or bool(onwards and later)


def _is_behind(sentence: FiguredSentence, levels: list[int], periods: list[FoundPeriod]) -> bool:
    """Whether the second of two times stands right behind the first of two figures: "in 2023 … from 11 a year earlier to 15"."""
    if len(levels) != 2:
        return False
    first, (one, other) = sentence.numbers[levels[0]], periods
    return one.end <= first.start and first.end <= other.start and not sentence.text[first.end : other.start].strip()


def _around(sentence: FiguredSentence, index: int) -> tuple[FoundPeriod, ...]:
    start, end = sentence.gap(index)[0], sentence.tail(index)[1]
    return tuple(period for period in sentence.absolute if start <= period.start < end)


def _nearest(sentence: FiguredSentence, index: int) -> FoundPeriod | None:
    """The period of a figure: in its own gap or tail, else the one before, not across a comparison."""
    gap_start, gap_end = sentence.gap(index)
    tail_end = sentence.tail(index)[1]
    row, lead = sentence.order(index)
    if row and row[0] < row[1] - 1 and sentence.markers[index + row[1] - 1 - row[0]] is None:  # a row shares what follows its last
        tail_end = max(tail_end, sentence.tail(index + row[1] - 1 - row[0])[1])
    compared = [period for period in sentence.periods if _is_only_compared(sentence, period)]
    own = [period for period in sentence.periods if gap_start <= period.start < tail_end and period not in compared]
    if not own and row and lead:
        start, end = sentence.gap(index - row[0])
        own = [period for period in sentence.periods if start <= period.start < end]
    marker = sentence.markers[index]
    if marker is not None:
        first = _is_first_of_two(sentence, index, marker)
        own = [period for period in own if period.start > marker and (period.start < gap_end or not first)]
        if not own and sentence.anchor and _is_earlier(sentence, index, marker):
            return resolved(said.A_YEAR_EARLIER, sentence.anchor)
    if own:
        number = sentence.numbers[index]
        return min(own, key=lambda period: period.start - number.end if period.start >= number.end else number.start - period.end)
    arrived = said.ARRIVING.search(sentence.text[gap_start:gap_end]) if sentence.moves and index else None
    if arrived and said.STARTS.search(sentence.text, sentence.start, gap_start):
        earlier_year = [period for period in sentence.absolute if period.start >= gap_start or period.end <= sentence.gap(index - 1)[0]]
        return earlier_year[-1] if earlier_year else None
    before = [period for period in sentence.periods if period.start < gap_start and period not in compared]
    own_time = [period for period in before if not _is_base_of_change(sentence, period, index)]
    if own_time and own_time[-1] is not before[-1]:
        return own_time[-1]
    earlier = [period for period in before if not _compared(sentence, period.end, gap_end)]
    if earlier:
        return earlier[-1]
    later = [period for period in sentence.periods if period.start >= tail_end and not _compared(sentence, gap_end, period.start)]
    return next((period for period in later if not _is_base(sentence, period, index)), None)


def _is_earlier(sentence: FiguredSentence, index: int, marker: int) -> bool:
    """Whether such a level is of a year before: no time is named for it."""
    return _is_first_of_two(sentence, index, marker) or all(period.start < marker for period in sentence.absolute)


def _is_first_of_two(sentence: FiguredSentence, index: int, marker: int) -> bool:
    """ "From 11 to 15 in 2023": the one time is that of the second."""
    onwards = said.ONWARDS.match(sentence.text, sentence.numbers[index].end) and said.STARTS.match(sentence.text, marker)
    return onwards is not None and len(sentence.absolute) < 2


def _compared(sentence: FiguredSentence, start: int, end: int) -> bool:
    return any(start <= position < end for position in sentence.compares)
