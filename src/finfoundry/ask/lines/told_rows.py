"""Rows of tables as they can be told beside sentences: a row's figures of the times asked about, each under its column and its time.

A row as it is printed says nothing without its columns, unit and scale; its facts have them. Whether a row answers is read as of all that
would be quoted (``ask/context/opinions.py``). What is said of nobody else and of no other time than the question's is decided here, as of
sentences in ``ask/kinds/quotation.py``.
"""

from __future__ import annotations

from calendar import month_name
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date

from finfoundry.ask.compose.printed_numbers import show_fact
from finfoundry.ask.compute.named_cells import headings_of, how_much_said
from finfoundry.ask.context import fetch
from finfoundry.ask.context.question import QuestionContext
from finfoundry.ask.lexicon.ports import Hit, StoredFact
from finfoundry.ask.lexicon.spans import matches, near, span_like
from finfoundry.ask.lines.likely_lines import likely_lines
from finfoundry.ask.lines.line_plan import title_of
from finfoundry.ask.plan.asked_spans import spans_of
from finfoundry.ask.retrieve.evidence_ranking import Evidence, of_another, speaks_of
from finfoundry.ask.retrieve.figure_lines import FoundLine, likeliest
from finfoundry.ask.retrieve.query import asked_text
from finfoundry.ask.retrieve.quotable import Quotable, ToldCell
from finfoundry.ask.understand.intent import Intent
from finfoundry.ask.understand.subject import Subject
from finfoundry.core.answer import Language
from finfoundry.core.document import BY_PLACE
from finfoundry.core.periods import FiscalYear, Period, parse_iso

LEAST = 0.005  # what a row must be worth to be read: of 49 questions without such a row 3 had a figure asked for in any
ANYWHERE = 24  # lines of all papers of a company that are looked at
ELSEWHERE = 4  # rows of them that are read behind those of the pages found
MOST = 6  # figures of a row that are told
LONGEST = 120  # characters of a label, of what it stands under, of a column's headings: a longer one is a sentence that was cut to cells
PATH = " › "  # between what a row stands under and its label
_MONTHS = frozenset(month_name)
_SIGNS = {  # between names, before a figure, behind it, behind the last, between figures
    "en": (", ", ": ", ";", ".", " "),
    "zh": ("，", "：", "；", "。", ""),
}


def rows_told(context: QuestionContext, intent: Intent, subject: Subject, most: int) -> list[Evidence]:
    """The rows that may answer, of the tables on the pages found and those whose labels have the question's words, the likeliest first: by
    how likely an encoder finds their lines, and the share of the question's words that these have; behind them some of the likeliest lines
    of all papers of the company, which may share no word with it. Of a company that is named only its own, else those of papers without a
    company. None where there is no encoder, or the parent alone is asked about.
    """
    if (scorer := context.figures()) is None or intent.scope == "parent":
        return []
    with context.timed("retrieve"):
        own = {document.id for document in subject.documents} if subject.name else subject.nameless
        lines = [one for one in fetch.lines(context, intent, subject) if one.facts[0].document_id in own]
        read = likeliest(asked_text(intent), lines if intent.periods else _of_the_latest_papers(lines), scorer)
        found = sorted(_may_answer(context, read, intent, subject), key=lambda one: -one.worth)
    anywhere = _may_answer(context, likely_lines(context, intent, subject, ANYWHERE), intent, subject)
    near = _once([one for one in found if one.worth >= LEAST], subject)[:most]
    known = set(map(_place, near))
    return [*near, *[one for one in _once(anywhere, subject) if _place(one) not in known][:ELSEWHERE]]


def _may_answer(context: QuestionContext, lines: Sequence[FoundLine], intent: Intent, subject: Subject) -> list[Evidence]:
    """The rows of lines, in their order, as far as they may be told."""
    told = [(max(row, key=_worth), _of_the_question(row, context.question, intent, subject)) for row in _rows(lines)]
    found = [Evidence(_told(first, facts, intent, subject.calendar), _worth(first)) for first, facts in told if facts]
    return [one for one in found if _may_be_told(one.quotable, context.question, intent)]


def _place(row: Evidence) -> tuple[object, ...]:
    stored = row.quotable.cells[0].stored
    return stored.document_id, stored.fact.table, stored.fact.row


def _worth(one: FoundLine) -> float:
    return one.likely * one.said


def _of_the_latest_papers(lines: Sequence[FoundLine]) -> list[FoundLine]:
    """Those of the papers whose figures are the latest, where no time is asked about."""
    ends: dict[str, date] = {}
    for stored in (stored for one in lines for stored in one.facts):
        ends[stored.document_id] = max(ends.get(stored.document_id, date.min), parse_iso(stored.fact.period).end)
    return [one for one in lines if near(ends[one.facts[0].document_id], max(ends.values()))]


def _rows(lines: Iterable[FoundLine]) -> Iterable[list[FoundLine]]:
    """The lines of each row of a table: what its figures are of, but for their columns."""
    rows: dict[tuple[object, ...], list[FoundLine]] = {}
    for one in lines:
        first = one.facts[0]
        rows.setdefault((first.document_id, first.fact.table, first.fact.row, one.line.path), []).append(one)
    return rows.values()


def _of_the_question(row: Sequence[FoundLine], question: str, intent: Intent, subject: Subject) -> list[StoredFact]:
    """The figures of a row that are told, of the group, none where it has none of a time asked about: with those of a year before, to
    compare, as far as there is room; else of the columns alone that the question names.
    """
    whose = {document.entity for document in subject.documents}
    own = [one for line in row for one in line.facts if not subject.name or one.fact.entity in whose]
    facts = _amounts([one for one in own if one.fact.scope == "consolidated"])
    spans = spans_of(intent, subject.calendar)
    wanted, before = [span.at(subject.calendar) for span in spans], [span.prior.at(subject.calendar) for span in spans]
    if facts and not intent.periods:
        last = max(parse_iso(one.fact.period).end for one in facts)
        wanted, before = [Period(last)], [Period(last.replace(year=last.year - 1, day=min(last.day, 28)))]
    asked = [one for one in facts if _is_of(one, wanted)]
    beside = [one for one in facts if one in asked or (asked and _is_of(one, before))]
    return next((some for some in (beside, asked, _of_columns(asked, question)) if len(some) <= MOST), [])


def _amounts(facts: Sequence[StoredFact]) -> list[StoredFact]:
    """Without rates beside an amount of the same column and time: they tell how it stands to others."""
    told = {(one.fact.dimensions, one.fact.period) for one in facts if one.fact.unit != "ratio"}
    return [one for one in facts if one.fact.unit != "ratio" or (one.fact.dimensions, one.fact.period) not in told]


def _is_of(one: StoredFact, times: Sequence[Period]) -> bool:
    return any(matches(one.fact.period, time) for time in times)


def _of_columns(facts: Sequence[StoredFact], question: str) -> list[StoredFact]:
    """Those of the columns that have most of the question's words; all where none has any."""
    said = [sum(how_much_said(question, part) for part in headings_of(one)) for one in facts]
    return [one for one, much in zip(facts, said, strict=True) if much == max(said)]


def _may_be_told(row: Quotable, question: str, intent: Intent) -> bool:
    """Whether a row is a row, of nobody else, and speaks of what is taken for a name that no paper is known by."""
    named = (part for cell in row.cells for part in (cell.stored.fact.metric[-1], *headings_of(cell.stored)))
    of_whom = not intent.unknown or speaks_of(row, intent.unknown)
    return of_whom and not of_another(question, row) and max(map(len, named)) <= LONGEST


def _once(rows: Sequence[Evidence], subject: Subject) -> list[Evidence]:
    """The rows without those that a later paper of the company prints, too, of the same columns and times: it may have restated them."""
    ends = {document.id: document.period.rpartition("/")[2] for document in subject.documents if document.period}
    latest: dict[tuple[object, ...], str] = {}
    for one in rows:
        latest[_printed(one)] = max(latest.get(_printed(one), ""), ends.get(one.quotable.hit.document_id, ""))
    return [one for one in rows if ends.get(one.quotable.hit.document_id, "") == latest[_printed(one)]]


def _printed(row: Evidence) -> tuple[object, ...]:
    facts = [cell.stored.fact for cell in row.quotable.cells]
    return facts[0].metric[-1], *((fact.dimensions, fact.period) for fact in facts)


def _told(first: FoundLine, facts: Sequence[StoredFact], intent: Intent, calendar: FiscalYear) -> Quotable:
    """A row as what can be quoted, its figures in the order of their columns."""
    stored, headings = facts[0], tuple(part for part in first.line.headings if part.strip())
    ordered = sorted(facts, key=lambda one: one.fact.column or 0)
    cells = tuple(map(ToldCell, ordered, _in_words(_called(first), ordered, intent, calendar)))
    text = _SIGNS[intent.language][-1].join(cell.text for cell in cells)
    place = f"{stored.document_id}/{stored.fact.page}/{stored.fact.row or 0}"
    hit = Hit(
        place, stored.document_id, stored.document_name, stored.fact.page, 0.0, text, headings, stored.fact.box,
        stored.fact.locator, "table", stored.mark,
    )  # fmt: skip
    return Quotable(hit, text, "cells", headings, cells=cells)


def _called(first: FoundLine) -> str:
    """A row's label, with what it stands under where that does not say it, too."""
    title = title_of(replace(first.line, members=()))
    above = [part for part in map(str.strip, first.line.path[-2:-1]) if part and part not in title and len(part) <= LONGEST]
    return PATH.join([*above, title])


def _in_words(label: str, facts: Sequence[StoredFact], intent: Intent, calendar: FiscalYear) -> Iterator[str]:
    """Each figure under its column and time, the first behind the label; what the one before has, too, is not said again."""
    comma, colon, stop, end, _ = _SIGNS[intent.language]
    before: str | None = None
    for at, one in enumerate(facts):
        columns = (member for axis, member in one.fact.dimensions if axis != BY_PLACE)
        column = " ".join(member for member in columns if member not in _MONTHS)  # the time tells it
        again = before is None or (before and not column)  # a figure of no column is not of the one before it
        names = (label if again else "", column if column != before else "", _when(one, calendar, intent.language))
        named = comma.join(part for part in names if part)
        figure = show_fact(one.fact, intent.wish, intent.language)
        yield f"{named}{colon if named else ''}{figure}{end if at == len(facts) - 1 else stop}"
        before = column


def _when(one: StoredFact, calendar: FiscalYear, language: Language) -> str:
    """The time of a figure as a reader writes it; empty where the paper states none."""
    if one.fact.period_assumed:
        return ""
    period = parse_iso(one.fact.period)
    if period.instant:
        return period.end.isoformat()
    span = span_like(period, calendar)
    return span.words(language) if span else one.fact.period.replace("/", " to " if language == "en" else "至")
