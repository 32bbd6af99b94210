"""How many of something a company has, where no table says it and a sentence does: "we had 31,241 employees", 营业网点为738家.

The noun is what the question asks for, its words all in the clause that has the number; the year is the one that the sentence names, else
that of the report. Nothing is answered where sentences differ.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from finfoundry.ask.compose import answer_evidence
from finfoundry.ask.context import endings, fetch
from finfoundry.ask.context.question import QuestionContext
from finfoundry.ask.lexicon.metric_terms import metrics
from finfoundry.ask.lexicon.ports import FactQuery, Hit
from finfoundry.ask.lexicon.vocabulary import tokens
from finfoundry.ask.lexicon.word_lists import word_list
from finfoundry.ask.plan.asked_spans import spans_of
from finfoundry.ask.plan.dimension import asked_for
from finfoundry.ask.plan.member_plan import names_asked
from finfoundry.ask.plan.rules import asks_openly
from finfoundry.ask.understand.comparison import order_of, word_pattern
from finfoundry.ask.understand.intent import Intent
from finfoundry.ask.understand.subject import Subject
from finfoundry.core.answer import Answer
from finfoundry.core.language import language_of, simplified
from finfoundry.core.periods import FiscalYear, find_periods
from finfoundry.core.quantities.numbers import PrintedNumber, find_numbers

PAGES, PASSAGES = 6, 3  # searched through
NEXT = 6  # words behind a number, one of which is what it counts
_SENTENCE = re.compile(r"(?<=[。！？；])|(?<=[.!?;])\s+(?=[A-Z])|\n(?![a-z])")
_CLAUSE = re.compile(r"[（(;；]|[,，](?!\d)")
# What there is: a verb of having or being right before the number, but for words that say how nearly. How many came, went or were dealt
# with is told by other verbs: "we laid off some 300".
_THERE_ARE = re.compile(
    r"(?:\b(?:had|has|have|employ(?:s|ed|ing)?|operat(?:es?|ed|ing)|was|were|is|are|with|of|total(?:s|ed|led|ing)|number(?:s|ed|ing))|:)\s+(?:(?:only|some|about|around"
    r"|approximately|roughly|nearly|almost|over|a\s+total\s+of|(?:more|less|fewer)\s+than|in\s+total)\s+){0,2}$",
    re.IGNORECASE,
)
_THERE_ARE_ZH = re.compile("(?<![所没国享占持])有(?![限关效权色])|共[有计设]|总[计共数]|合计|设[有立]|[为达计是:：][约近]?$")
_IDLE = ("empty", "structure", "of_parts", "ties", "whole")  # lists of words that say nothing of who is counted
_DIGITS_BEFORE, _DIGITS_BEHIND = re.compile(r"\d[,，.]?$"), re.compile(r"[,，.]?\d")  # columns that were read as one run
_TIE_ZH = re.compile(
    r"(?:总?数量?|总[计共]|共[计有]?|合计|人数|户数|家数|余额?|已?达到?|超过|[为是有约计近的：:\s（(]|在[^，,]{1,6}|分别)*"
)  # noun, then number
_COUNTED = frozenset({None, "count", "shares"})


@dataclass(frozen=True, slots=True)
class ToldCount:
    """A number of things as a passage prints it, and the fiscal year that it is of."""

    hit: Hit
    noun: str
    number: PrintedNumber
    year: int
    unit: str = ""  # the measure word behind a Chinese number


def of_told_count(context: QuestionContext, intent: Intent, subject: Subject) -> Answer | None:
    """The count as a sentence gives it; None where a table has such a line, no sentence gives it, or several differ."""
    spans = spans_of(intent, subject.calendar)
    if len(spans) != 1 or spans[0].months != 12 or _is_tabled(context, intent, subject):
        return None
    with context.timed("retrieve"):
        hits = fetch.found(context, intent, subject, PAGES, PASSAGES)
        years = {document.id: document.fiscal_year for document in subject.documents}
        found = [
            one for noun in _nouns(intent) for hit in hits if hit.kind != "table"
            for one in told(hit, noun, subject.calendar, years.get(hit.document_id)) if one.year == spans[0].year
        ]  # fmt: skip
    if len({one.number.value for one in found}) != 1:
        return None
    return _answer(context, intent, subject, found[0], spans[0].words(intent.language))


def asks_a_count(intent: Intent) -> bool:
    """Whether a level is asked for."""
    asked = asked_for(intent)
    plain = asked.relation == "level" and (not asked.kinds or "count" in asked.kinds)
    return plain and not intent.definitions and not asks_openly(intent) and order_of(intent.masked) is None


def _is_tabled(context: QuestionContext, intent: Intent, subject: Subject) -> bool:
    """Whether a line of the company has what is asked for."""
    names = [name for one in intent.mentions for name in metrics()[one.name].concepts]
    queries = (FactQuery(entity=subject.name, concept=name, collection=context.collection, limit=1) for name in names)
    return any(context.services.store.facts(context.principal, query) for query in queries)


def _nouns(intent: Intent) -> list[str]:
    """The words for what is counted: the metric named, else the run of words that nothing explains. Of several runs each is asked for, or
    one of another: what counts one of them does not answer.
    """
    if intent.mentions:
        phrases = (phrase for one in intent.mentions for phrase in (one.text, *metrics()[one.name].say))
        return list(dict.fromkeys(phrase for phrase in phrases if language_of(phrase) == intent.language))
    runs = [nouns for run in names_asked(intent) if (nouns := _nouns_of(run))]
    return runs[0] if len(runs) == 1 else []


def _nouns_of(run: str) -> list[str]:
    """What a run of words may count, without those that name no thing."""
    if language_of(run) == "zh":
        idle_zh = word_pattern("of_parts")
        bare = re.sub(f"^(?:{idle_zh})+|(?:{idle_zh})+$", "", run)
        return list(dict.fromkeys(one for one in (bare, re.sub("(?:总数|数量|数)$", "", bare)) if len(one) > 1))
    idle = word_list("structure") | word_list("of_parts") | word_list("documents") | word_list("ties")
    said = " ".join(run[one.start : one.end] for one in tokens(run) if one.text not in idle)
    return [said] if said else []


def told(hit: Hit, noun: str, calendar: FiscalYear, year: int | None) -> Iterator[ToldCount]:
    """The counts of a noun in a passage; ``year`` is that of its document."""
    for sentence in _SENTENCE.split(hit.text):
        if not sentence or not _has(sentence, noun):
            continue
        starts = [0, *(found.end() for found in _CLAUSE.finditer(sentence)), len(sentence)]
        for start, end in pairwise(starts):
            before, clause = sentence[:start], sentence[start:end]
            numbers = [one for one in find_numbers(clause) if _counts(one, clause)]
            if numbers and (_has(clause, noun) or (_has(before, noun) and not _has(sentence[end:], noun))):
                named = _years(clause, calendar) or _years(before, calendar) or ([year] if year else [])
                state = _is_state(clause[: numbers[0].start])
                if state and _beside(numbers[-1], clause, noun) and not _of_some(numbers[-1], clause, noun):
                    yield from (ToldCount(hit, noun, number, when, _measure(number, clause)) for number, when in _of_years(numbers, named))
                break


def _is_state(before: str) -> bool:
    """Whether the words of a clause before its number say what there is."""
    if language_of(before) == "zh":
        return _THERE_ARE_ZH.search(before) is not None and "其中" not in before
    return _THERE_ARE.search(before) is not None


def _measure(number: PrintedNumber, clause: str) -> str:
    """The measure word behind a Chinese number that does not hold it itself."""
    unit = clause[number.end : number.end + 1] if language_of(clause) == "zh" and number.text[-1:].isdigit() else ""
    return unit if unit.isalpha() else ""


def _of_years(numbers: Sequence[PrintedNumber], years: Sequence[int]) -> list[tuple[PrintedNumber, int]]:
    """One number with the last year named; several with as many years in their order: "2023 and 2022 … 79,100 and 82,500"."""
    if len(numbers) == 1:
        return [(numbers[0], years[-1])] if years else []
    return list(zip(numbers, years, strict=True)) if len(numbers) == len(years) == len(set(years)) else []


def _of_some(number: PrintedNumber, clause: str, noun: str) -> bool:
    """Whether only some are counted: what stands behind an English noun says of which, "employees in North America were covered by …"."""
    if language_of(noun) == "zh":
        return False
    said = {one.text for one in tokens(noun)}
    after = [one.text for one in tokens(clause[number.end :])]
    last = max((at for at, word in enumerate(after) if word in said), default=-1)
    return not all(any(word in word_list(name) for name in _IDLE) for word in after[last + 1 :])


def _years(text: str, calendar: FiscalYear) -> list[int]:
    """The fiscal years that a text names, by themselves or by their last day."""
    found = find_periods(text, fiscal_year_end=calendar)
    ends = {one.period.end: calendar.year_of(one.period.end) for one in found if one.kind == "date" and one.period}
    last = {day: year for day, year in ends.items() if (day.month, day.day) == (calendar.end.month, calendar.end.day)}
    years = (one.fiscal_year or (last.get(one.period.end) if one.period else None) for one in found)
    return [year for year in years if year]


def _counts(number: PrintedNumber, text: str) -> bool:
    """Whether a number may count things: whole, without a unit, no year and no day."""
    dated = any(one.start <= number.start < one.end for one in find_periods(text))
    whole = not (
        _DIGITS_BEFORE.search(text[: number.start]) or _DIGITS_BEHIND.match(text, number.start + len(number.text.rstrip("人家名个")))
    )
    return number.unit in _COUNTED and not number.precision and not number.percent and number.value > 0 and not dated and whole


def _beside(number: PrintedNumber, clause: str, noun: str) -> bool:
    """Whether nothing else is counted: behind an English number stands a word of the noun, or none that is counted ("192 fluid ounces")."""
    if not _has(clause, noun):
        return True
    if language_of(noun) == "zh":
        between = re.split(re.escape(simplified(noun)), simplified(clause[: number.start]))[-1]
        return simplified(noun) not in simplified(clause[: number.start]) or _TIE_ZH.fullmatch(between) is not None
    after = [one.text for one in tokens(clause[number.end :])][:NEXT]
    said = {one.text for one in tokens(noun)}
    return bool(said & set(after)) or not after or after[0] in word_list("ties") | word_list("copula") | word_list("limits") | {"and"}


def _has(text: str, noun: str) -> bool:
    if language_of(noun) == "zh":
        return simplified(noun) in simplified(text)
    return {one.text for one in tokens(noun)} <= {one.text for one in tokens(text)}


def _in_full(one: ToldCount, intent: Intent) -> str:
    """The noun with the characters before it that question and passage share: 在建项目, of which 在 seemed to say nothing."""
    noun = one.noun
    while (at := intent.question.find(noun)) > 0 and language_of(noun) == "zh" and intent.question[at - 1] + noun in one.hit.text:
        noun = intent.question[at - 1] + noun
    return noun


def _answer(context: QuestionContext, intent: Intent, subject: Subject, one: ToldCount, when: str) -> Answer | None:
    words = context.words
    span = words["at_end"].format(span=when)
    number = f"{re.sub('[^0-9,.]+$', '', one.number.text)}{one.unit}"
    text = words["told_count"].format(entity=subject.name, noun=_in_full(one, intent), number=number, when=span)
    parts = [(text, answer_evidence.of_hits([one.hit], subject, fetch.facts_on(context)))]
    bound = endings.bind(context, parts)
    if bound.unbound:
        return None
    context.trace.add("evidence", [one.hit.chunk_id], [one.hit.document_id])
    context.conversation.entity = subject.name
    return endings.release(context, bound)
