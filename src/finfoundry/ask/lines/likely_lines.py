"""The lines of a company's papers that a question most likely means, wherever they stand: by the words that both have, by the meaning of
what the lines are called, and as an encoder reads them beside the question.

A line that is called otherwise than it is asked for ("what customers owe": accounts receivable) shares no word with the question, and its
page is often not among those found.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from finfoundry.ask.context import fetch
from finfoundry.ask.context.question import QuestionContext
from finfoundry.ask.lexicon.spans import matches
from finfoundry.ask.lines.meant_line import asked_of_line, of_kind, tells_a_movement
from finfoundry.ask.plan.asked_spans import times_of
from finfoundry.ask.retrieve.figure_lines import HEAD, QUESTION, FoundLine, lines_among, shares_said
from finfoundry.ask.retrieve.query import asked_text
from finfoundry.ask.understand.intent import Intent
from finfoundry.ask.understand.subject import Subject
from finfoundry.core import cancellation
from finfoundry.core.language import simplified
from finfoundry.core.periods import parse_iso
from finfoundry.core.protocols import PairReader

BY_WORDS, BY_MEANING = 40, 24  # lines that are read beside the question: of 139 questions by hand 114 had one that answers among these
TAKES = 7.0  # seconds that must be left to read them, and to read what they tell
SLACK = timedelta(days=10)  # by which a year of whole weeks ends later than the calendar's
COMPARED = 2  # times of which a line must have all that any line has: what changed is told of two
HEADINGS = 2  # over the table of a line that are read with it, the innermost
# Of log likelihood as read, log share of the words and likeness, fitted on the lines of 139 questions by hand; by papers that it was not
# fitted on a right line is among the first 12 for 106, the first for 55 (likelihood times words: 97, 51).
READ, SAID, ALIKE = 0.57, 0.51, 15.3
LEAST_READ, LEAST_SAID = 1e-4, 0.05  # what a logarithm is taken of, at least


def likely_lines(context: QuestionContext, intent: Intent, subject: Subject, most: int) -> Sequence[FoundLine]:
    """The likeliest lines with figures of the kind and of the times asked about, of the latest where the question names none, the likeliest
    first; looked for once. None where there is no encoder that reads lines, or too little time.
    """
    scorer, left = context.figures(), cancellation.remaining()
    if scorer is None or subject.name is None:
        return []
    asked = (intent.question, subject.name)
    if asked not in context.lines:
        if left is not None and left < TAKES:
            return []
        with context.timed("retrieve"):
            context.lines[asked] = _ranked(context, intent, subject, subject.name, scorer)
    return context.lines[asked][:most]


def _ranked(context: QuestionContext, intent: Intent, subject: Subject, entity: str, scorer: PairReader) -> list[FoundLine]:
    kind, found = asked_of_line(intent), _of_the_times(context, intent, subject, entity)
    lines = [one for line in found if (one := of_kind(line, kind)).facts and not tells_a_movement(one, kind, intent)]
    asked = simplified(asked_text(intent))[:QUESTION]
    said, alike = shares_said(asked, lines), _likeness(context, asked, lines)
    chosen = list(dict.fromkeys([*_first(said, BY_WORDS), *_first(alike, BY_MEANING)]))
    read = scorer.scores(HEAD, [(asked, lines[at].line.read) for at in chosen]) if chosen else ()
    found = [replace(lines[at], likely=float(score), said=said[at]) for at, score in zip(chosen, read, strict=True)]
    worth = [_worth(one, alike[at]) for one, at in zip(found, chosen, strict=True)]
    return [found[place] for place in _first(worth, len(worth))]


def _of_the_times(context: QuestionContext, intent: Intent, subject: Subject, entity: str) -> list[FoundLine]:
    """The lines of a company's papers that have a figure of a time asked about, with those of the year before, too."""
    spans, of_closes = times_of(intent, subject.calendar)
    times = [span.at(subject.calendar) for span in spans]
    ends = [parse_iso(document.period).end for document in subject.documents if document.period]
    asked = {day.year for time in times for day in (time.end, time.end + SLACK)}
    last = asked or ({max(ends).year} if ends else set())
    before = {year - 1 for year in last}
    facts = {one.id: one for year in sorted(last | before) for one in fetch.facts_of_year(context, entity, year) if not one.structured}
    told = [one for one in facts.values() if not of_closes or parse_iso(one.fact.period).instant]
    lines = lines_among(told, lambda one: fetch.headings_over(context, one)[-HEADINGS:])
    of_time = [(line, [one.fact.period for one in line.facts]) for line in lines]
    if times:
        of = [(line, sum(any(matches(period, time) for period in periods) for time in times)) for line, periods in of_time]
        most = max((count for _, count in of), default=0)
        return [line for line, count in of if count and (count == most or len(times) > COMPARED)]
    return [line for line, periods in of_time if any(parse_iso(period).end.year in last for period in periods)]


def _likeness(context: QuestionContext, asked: str, lines: Sequence[FoundLine]) -> list[float]:
    """How like the question what each line is called is; 0 where there is no embedder."""
    called = [_called(one) for one in lines]
    names = list(dict.fromkeys(called))
    told = dict(zip(names, context.search.likeness(asked, names), strict=False))
    return [told.get(name, 0.0) for name in called]


def _called(one: FoundLine) -> str:
    own = (part.strip() for part in (*one.line.path[-2:], *one.line.members))
    return simplified(" · ".join(dict.fromkeys(part for part in own if part)))


def _first(signs: Sequence[float], most: int) -> list[int]:
    return sorted(range(len(signs)), key=lambda at: -signs[at])[:most]


def _worth(one: FoundLine, alike: float) -> float:
    return READ * math.log(one.likely + LEAST_READ) + SAID * math.log(one.said + LEAST_SAID) + ALIKE * alike
