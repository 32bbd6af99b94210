"""The stretches of time that a question asks about, by the company's calendar."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from finfoundry.ask.lexicon.metric_terms import metrics
from finfoundry.ask.lexicon.spans import FiscalSpan, span_ending, span_in_month, span_of
from finfoundry.ask.understand.intent import Intent
from finfoundry.core.periods import FiscalYear, FoundPeriod

YEAR, QUARTER = 12, 3  # months
MOST = 10  # spans of a range
_BY_QUARTER = re.compile(
    r"\b(?:quarter[\s-]+by[\s-]+quarter|(?:by|per|each|every)\s+quarter|(?:each\s+of\s+(?:the|its)\s+(?:four\s+)?|(?:all|the)\s+four\s+)quarters)\b"
    r"|逐季|[各每]个?季|分季度|按季|四个季度",
    re.I,
)
_SAME_PART = re.compile(r"度?(?:的)?同(?:期|季|一期间)")
_THE_SAME_PART_OF = re.compile(
    r"\b(?:same|comparable|corresponding)\s+(?:quarter|period|half|months)\s+(?:of|in|for)\s+(?:fiscal\s+)?(?:year\s+)?$",
    re.I,
)
_FROM_DAY = re.compile(r"from\b|.*(?:\d\s*日)?[至到]", re.I)
_COMPARED_WITH = re.compile(
    r"[较比与和同跟从自由及、]\s*$|\b(?:from|to|with|than|versus|vs\.?|against|and|since|over)\s+(?:the\s+|its\s+)?$", re.I
)


def spans_of(intent: Intent, calendar: FiscalYear) -> list[FiscalSpan]:
    """The spans named, in order of time, each once. With a single one also the year before, where words mean it; only the year before where
    they name its last day (期初) and compare it with nothing. Of a year that is asked about by quarters these.
    """
    if (ends := _between_days(intent, calendar)) is not None:
        return ends
    spans = set(_spans_named(intent, calendar).values())
    if len(spans) == 1 and min(spans).months == YEAR and _BY_QUARTER.search(intent.core):
        return [replace(span, through=through, months=QUARTER) for span in spans for through in range(QUARTER, YEAR + 1, QUARTER)]
    earlier = [found for found in intent.periods if found.offset == -1 and not _same_in_brackets(found, intent)]
    if len(spans) != 1 or not earlier:
        return sorted(spans)
    alone = all(found.instant and not _COMPARED_WITH.search(intent.core[: found.start]) for found in earlier)
    (span,) = spans
    opened = alone and span.months == span.through  # the day before a part that begins with its year
    before = {FiscalSpan(span.year - 1) if opened else span.prior}
    return sorted(before if alone else spans | before)


def times_of(intent: Intent, calendar: FiscalYear) -> tuple[list[FiscalSpan], bool]:
    """The spans named, or those that end in the months named, and whether it is these: of a month only what stood at its end is told."""
    spans = spans_of(intent, calendar)
    closes = [] if spans else _closes_of(intent, calendar)
    return spans or closes, bool(closes)


def _closes_of(intent: Intent, calendar: FiscalYear) -> list[FiscalSpan]:
    """Where every time that a question names is a month in which a quarter ends, or the day on which one does, the spans that end then, in
    order of time: papers tell what stood at their ends ("borrowings in June 2023"), and nothing of the month.
    """
    dated = [found for found in intent.periods if found.offset is None]
    ends = [span_in_month(found.period, calendar) or _closed(found, calendar) for found in dated if found.period]
    spans = {span for span in ends if span}
    if not spans or len(ends) < len(dated) or None in ends:
        return []
    before = {span.prior for span in spans} if len(spans) == 1 and len(dated) < len(intent.periods) else set()
    return sorted(spans | before)


def _closed(found: FoundPeriod, calendar: FiscalYear) -> FiscalSpan | None:
    return span_of(found, calendar) if found.instant or (found.period and found.period.instant) else None


def spans_as_asked(intent: Intent, calendar: FiscalYear) -> list[FiscalSpan]:
    """The spans in the order in which the question names them, the year before for its words among them."""
    spans = spans_of(intent, calendar)
    latest = max(spans, default=None)
    named = sorted(intent.periods, key=lambda found: found.start)
    by_place = _spans_named(intent, calendar)
    meant = (latest.prior if found.offset == -1 and latest else by_place.get(found.start) for found in named)
    return all_between(intent, list(dict.fromkeys(span for span in meant if span is not None and span in spans)))


def all_between(intent: Intent, spans: Sequence[FiscalSpan]) -> list[FiscalSpan]:
    """The spans, each with those between it and the next one where the question names the two as the ends of a range: "from 2018 to 2020",
    2018至2020年. None between those of more than ``MOST``.
    """
    ends = _ends_of_ranges(intent)
    filled = list(spans[:1])
    for span, after in pairwise(spans):
        between = _between(span, after) if frozenset((span.year, after.year)) in ends else []
        filled += [*between, after]
    return filled if len(filled) <= MOST else list(spans)


def _between(one: FiscalSpan, other: FiscalSpan) -> list[FiscalSpan]:
    """The spans of one length between two; empty where the two differ in length."""
    first, last = (span.year * YEAR + span.through for span in (one, other))
    ends = range(first + one.months, last, one.months) if one.months == other.months else ()
    return [replace(one, year=(end - 1) // YEAR, through=(end - 1) % YEAR + 1) for end in ends]


TO = re.compile(r"\s*(?:[-–—~～至到]|\b(?:to|through|until|till)\b)\s*(?:the\s+)?(?:(?:fiscal|financial)\s+)?(?:end\s+of\s+)?", re.I)
_AND = re.compile(r"\s*(?:and|[和与至到])\s*", re.I)
_BETWEEN = re.compile(r"\bbetween\s+(?:the\s+)?(?:(?:fiscal|financial)\s+)?(?:years?\s+)?$", re.I)
_BETWEEN_ZH = re.compile(r"(?:这?几?年)?之?间")
_SET_AGAINST = re.compile(r"\b(?:compar\w*|versus|vs)\b|对比|相比|比较", re.I)


def _ends_of_ranges(intent: Intent) -> set[frozenset[int]]:
    """The years of the first and the last of each range that the question names; none where it sets the two against each other."""
    text = intent.question
    dated = sorted((found for found in intent.periods if found.fiscal_year), key=lambda found: found.start)
    if _SET_AGAINST.search(intent.core):
        return set()
    return {
        frozenset((one.fiscal_year or 0, other.fiscal_year or 0))
        for one, other in pairwise(dated)
        if TO.fullmatch(text[one.end : other.start])
        or (_AND.fullmatch(text[one.end : other.start]) and (_BETWEEN.search(text[: one.start]) or _BETWEEN_ZH.match(text, other.end)))
    }


_BASE = re.compile(
    r"(?:\bthan|\bversus|\bvs\.?|\bagainst|\bcompar\w+\s+(?:with|to)|\brelative\s+to|\b(?:up|down)\s+(?:from|on))\s+"
    r"(?:(?:it|they|that)\s+(?:was|were)\s+)?(?:(?:in|at|for|of)\s+)?(?:the\s+)?(?:end\s+of\s+)?(?:(?:fiscal|financial)\s+)?(?:year\s+)?$"
    r"|(?:(?<![占同环可])比|(?<!比)较|相比于?)$",
    re.I,
)
_BESIDE_ZH, _COMPARED_ZH = re.compile(r"[与和同跟]$"), re.compile(r"(?:[年季]?[末底]|同期|时|的)?(?:相比|相较|对比|比较|比(?![例率重值]))")


def compared_with(intent: Intent, calendar: FiscalYear) -> FiscalSpan | None:
    """The one time that a question names, where it names it to compare another with: 跟2018年比, "more than in 2018"."""
    found = intent.periods[0] if len(intent.periods) == 1 else None
    span = span_of(found, calendar) if found and found.offset is None else None
    if found is None or span is None or spans_of(intent, calendar) != [span]:
        return None
    before, behind = intent.core[: found.start].rstrip(" 公司"), intent.core[found.end :].lstrip()
    base = _BASE.search(intent.core[: found.start]) or _BASE.search(before)
    return span if base or (_BESIDE_ZH.search(before) and _COMPARED_ZH.match(behind)) else None


def years_said(intent: Intent, calendar: FiscalYear) -> dict[int, int]:
    """The years that the question says where the company's calendar calls the time otherwise, each with that year: 2024 of a year that
    ends in January 2024.
    """
    said: dict[int, int] = {}
    for found in intent.periods:
        span, year = span_of(found, calendar), _YEAR.findall(found.text)
        if span is not None and year and int(year[-1]) != span.year:
            said[int(year[-1])] = span.year
    return said


_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")


def with_year_before(intent: Intent, latest: int) -> str | None:
    """The question with the fiscal year in place of "last year" or 去年, the year before the ``latest`` one; None where it names another
    time, too, or only compares with that year.
    """
    (found, *others) = intent.periods or (None,)
    if found is None or others or (found.offset or 0) >= 0 or _COMPARED_WITH.search(intent.core[: found.start]):
        return None
    said = _YEAR_BEFORE.match(intent.question, found.start)
    if said is None:
        return None
    before, after, year = intent.question[: said.start()], intent.question[said.end() :], latest + (found.offset or 0)
    if intent.language == "zh":
        return f"{before}{year}年{after}"
    joined = _PREPOSITION.search(before) or after.startswith(("'", "’")) or not before.strip()
    return f"{before}{'' if joined else 'in '}FY{year}{after}"


_YEAR_BEFORE = re.compile(
    r"(?:the\s+)?(?:last|previous|prior|preceding)\s+(?:fiscal\s+)?year\b(?!\s*-?\s*end)|(?:去年|上一?年度?|前年)(?!度?同)", re.I
)
_PREPOSITION = re.compile(r"\b(?:in|for|of|during|at)\s+(?:the\s+)?$", re.I)


def _spans_named(intent: Intent, calendar: FiscalYear) -> dict[int, FiscalSpan]:
    """The spans of the periods, by where these begin. A year of which the same part is meant, 110年同期 or "the same quarter of 2022", has
    the other one's part.
    """
    spans = {found.start: span for found in intent.periods if (span := span_of(found, calendar))}
    parts = {(span.through, span.months) for span in spans.values() if span.months < YEAR}
    same = [
        found.start for found in intent.periods
        if _SAME_PART.match(intent.core[found.end :]) or _THE_SAME_PART_OF.search(intent.core[: found.start])
    ]  # fmt: skip
    if len(parts) == 1:
        (part,) = parts
        spans |= {start: FiscalSpan(spans[start].year, *part) for start in same if start in spans and spans[start].months == YEAR}
    return spans


def _same_in_brackets(word: FoundPeriod, intent: Intent) -> bool:
    """Whether the year that a relative word means is named in brackets behind it: "last fiscal year (Example, FY24)"."""
    behind = (intent.question[word.end : found.start] for found in intent.periods if found.start > word.end and found.offset is None)
    return any(re.fullmatch(r"\s*[(（][^()（）]{0,30}", between) for between in behind)


def _between_days(intent: Intent, calendar: FiscalYear) -> list[FiscalSpan] | None:
    """Where a balance is asked for over a stretch between two days, the times that end on them: "cash from 1 October to 1 July"."""
    found = intent.periods[0] if len(intent.periods) == 1 else None
    if found is None or found.period is None or found.period.start is None or not _FROM_DAY.match(found.text) or not intent.mentions:
        return None
    if not all(one.name in metrics() and metrics()[one.name].instant for one in intent.mentions):
        return None
    ends = [span_ending(day, calendar) for day in (found.period.start, found.period.end)]
    return [span for span in ends if span] if all(ends) and ends[0] != ends[1] else None
