"""A quotation cut down to the times asked about: of figures that a sentence tells in a row, of as many times, others' give way to "…".

"31 million, 21 million and 9 million subscribers as of 2023, 2022 and 2021, respectively" answers for 2023 with the first; the others would
be answers to a question that nobody put. What is quoted as evidence stays the whole sentence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from finfoundry.ask.lexicon.spans import FiscalSpan, span_of
from finfoundry.binding.sentence.claim import Claim
from finfoundry.binding.sentence.claims import read_claims
from finfoundry.binding.sentence.when import lengths_in
from finfoundry.core.language import language_of
from finfoundry.core.periods import FiscalYear, FoundPeriod

LEFT_OUT = "…"
_RESPECTIVELY = re.compile(r",?\s*\brespectively\b|分别")
_SHARED = re.compile(r"\b(?:of|ended|ending)\b", re.IGNORECASE)  # begins the end that the stretch before has, too
_SHARED_MONTHS = re.compile(r"\bmonths\b", re.IGNORECASE)  # the same of "three and nine months ended"
_SPACED = re.compile(r"\s*…[\s…]*")

Piece = tuple[int, int]  # start and end of characters


def of_times(text: str, wanted: Sequence[FiscalSpan], calendar: FiscalYear) -> str:
    """The text without the figures, and their times, that rows of figures have of other times than those; whole where no row has one of
    the times, or none of another.
    """
    left = sorted(piece for row in _rows(text) for piece in _left_out(text, row, wanted, calendar))
    if not left:
        return text
    pieces, place = list[str](), 0
    for start, end in left:
        pieces.append(text[place:start])
        place = max(place, end)
    return _spaced(LEFT_OUT.join([*pieces, text[place:]]))


def _spaced(text: str) -> str:
    """As print has it: blanks around the mark between words of English, none before a point or comma."""
    if language_of(text) == "zh":
        return _SPACED.sub(LEFT_OUT, text)
    return re.sub(r"… (?=[,.;:)])", LEFT_OUT, _SPACED.sub(f" {LEFT_OUT} ", text)).strip()


def _rows(text: str) -> Iterator[list[Claim]]:
    """Figures that only "and" and commas join, each of another time."""
    row: list[Claim] = []
    for claim in read_claims(text):
        if claim.order is None or claim.order[0] != len(row):
            row = []
        if claim.order is not None and claim.order[0] == len(row):
            row.append(claim)
            if len(row) == claim.order[1] > 1 and all(len(one.periods) == 1 for one in row):
                yield row


def _left_out(text: str, row: Sequence[Claim], wanted: Sequence[FiscalSpan], calendar: FiscalYear) -> list[Piece]:
    times = [one.periods[0] for one in row]
    spans = [_span(time, calendar) for time in times]
    kept = [span in wanted for span in spans]
    printed = all(time.start < time.end for time in times)  # 2018年至2020年 prints but two of three years
    if all(kept) or not any(kept) or None in spans or len(set(spans)) < len(spans) or not printed:
        return []
    words = [_piece(text, time, before) for before, time in zip([None, *times], times, strict=False)]
    pieces = [*_dropped([(one.number.start, one.number.end) for one in row], kept), *_dropped(words, kept)]
    if sum(kept) == 1 and (said := _RESPECTIVELY.search(text, min(words)[0])):
        pieces.append(said.span())
    return pieces


def _span(time: FoundPeriod, calendar: FiscalYear) -> FiscalSpan | None:
    """The stretch that a time names; "the first nine months of 2023" are not the year."""
    if time.kind in ("range", "half") and time.period is None:
        months = lengths_in(time.text)
        return FiscalSpan(time.fiscal_year, months[0], months[0]) if time.fiscal_year and len(months) == 1 else None
    return span_of(time, calendar)


def _piece(text: str, time: FoundPeriod, before: FoundPeriod | None) -> Piece:
    """Where a time is said, without the end that the one before it shares."""
    if before is None or any(sign.isdigit() for sign in before.text):
        return time.start, time.end
    shared = (_SHARED if "quarter" in before.text.lower() else _SHARED_MONTHS).search(text, time.start, time.end)
    return time.start, len(text[: shared.start()].rstrip()) if shared else time.end


def _dropped(places: Sequence[Piece], kept: Sequence[bool]) -> Iterator[Piece]:
    """What goes with the members of a row that are not kept: what joins them to one that is."""
    for at, (start, end) in enumerate(places):
        if kept[at]:
            continue
        before = next((places[one][1] for one in range(at - 1, -1, -1) if kept[one]), None)
        after = next((places[one][0] for one in range(at + 1, len(places)) if kept[one]), end)
        yield (before, end) if before is not None else (start, after)
