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
from finfoundry.binding.sentence.figure_periods import beside, periods_of
from finfoundry.binding.sentence.figured_sentence import FiguredSentence
from finfoundry.binding.sentence.labels import words
from finfoundry.binding.sentence.parts_of_years import with_parts
from finfoundry.binding.sentence.printed import blanked, in_name, of_cents, tells_negative, with_rough
from finfoundry.binding.sentence.scopes import scope_of
from finfoundry.binding.sentence.when import held_within, told_periods, year_of, years_of_dates
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
        told = with_parts(text, *sentence, told)
        named = next((period for period in told if year_of(period)), None)
        base = named or base
        for start, end in _stretches(text, *sentence, numbers, starts):
            own = numbers[bisect.bisect_left(starts, start) : bisect.bisect_left(starts, end)]
            if own:
                claims += _claims(FiguredSentence(text, blank, start, end, own, held_within(told, start, end), base, before), strict=rough)
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


def _claims(read: FiguredSentence, *, strict: bool) -> list[Claim]:
    """The figures of a sentence with what it says of them.

    ``strict``: "more than 600" is never just 600; what the product itself says of a norm or of a class's edge may be.
    """
    sentence = read.text[read.start : read.end]
    markers = tuple(int(found) for found in re.findall(r"\[(\d{1,3})\]", sentence))
    assigned = periods_of(read)
    found = []
    for index, number in enumerate(read.numbers):
        contexts = read.contexts(index)
        nearby = next((context for context in contexts[1:3] if words(context)), sentence)
        order, lead = read.order(index)
        told = hedge(read.text, number.start, number.end, read.gap(index)[0])
        found.append(
            Claim(
                number=number,
                sentence=sentence,
                contexts=contexts,
                nearby=nearby,
                periods=assigned[index],
                scope=scope_of(nearby) or scope_of(sentence),
                direction=read.directions[index],
                negative=tells_negative(nearby),
                bound=told.lean,
                start=read.start,
                order=order,
                lead=lead,
                markers=markers,
                months=read.months(index),
                move=read.move(index),
                earlier=read.markers[index] is not None,
                beside=beside(read, index, assigned[index]),
                heads=read.heads(index, contexts[0]),
                loose=told.loose or bool(told.lean and not told.strict),
                strict=strict and told.strict,
            )
        )
    return found
