"""What to search for: the question without company, period and boilerplate, its metrics in the words that statements print."""

from __future__ import annotations

import re

from finfoundry.ask.lexicon.formula import names_in
from finfoundry.ask.lexicon.metric_terms import metrics
from finfoundry.ask.lexicon.ports import Route, SearchQuery
from finfoundry.ask.lexicon.spans import asked_periods
from finfoundry.ask.lexicon.vocabulary import tokens
from finfoundry.ask.lexicon.word_lists import word_list
from finfoundry.ask.plan.asked_spans import spans_of
from finfoundry.ask.retrieve.evidence_ranking import says_what
from finfoundry.ask.understand.intent import RULE_NUMBER, Intent
from finfoundry.ask.understand.question_text import masked_out
from finfoundry.ask.understand.subject import Subject
from finfoundry.core.answer import Language
from finfoundry.core.language import simplified
from finfoundry.core.periods import FoundPeriod
from finfoundry.knowledge.facts.table.concepts import concepts

EXPANSIONS = 6  # printed names added to a query
WHOLLY_LINES = 2.0  # share of facts where a question says nothing but lines, period, company, and how to compare them
MOSTLY_OTHER, OTHER_WORDS = 0.5, 4  # where so many other words are left, a line is named by the way
STATEMENT_OF_LINE = 0.7  # weight of a statement that the question does not name, but that has one of its lines
_KINDS = (
    ("8-K", re.compile(r"\b8-?k\b", re.I)),
    ("10-Q", re.compile(r"\b10-?q\b|quarterly report", re.I)),
    ("10-K", re.compile(r"\b10-?k\b", re.I)),
    ("earnings", re.compile(r"\bearnings (?:release|call|announcement)\b|press release", re.I)),
    ("half-year report", re.compile(r"半年报|半年度报告")),
)

_FORM = re.compile(r"\b(?:form\s+)?(?:10-[kq]|8-k|20-f|40-f|6-k)(?:/a)?\b", re.I)

# Expectations for a year are also in filings of earlier years: then no filing is preferred for its year.
_AHEAD = re.compile(
    r"\b(?:expect(?:s|ed|ation|ations)?|forecasts?|guidance|outlook|project(?:ed|ions?)|anticipate[sd]?)\b|预计|预期|预测|展望|指引", re.I
)


def search_query(intent: Intent, subject: Subject, collection: str | None, limit: int, each: int = 1) -> SearchQuery:
    """The search for a question: ``limit`` pages, ``each`` passages a page. A kind of filing that the question names is a filter where the
    subject has such filings.
    """
    named = next((kind for kind, pattern in _KINDS if pattern.search(intent.question)), None)
    kind = named if any(document.kind == named for document in subject.documents) else None
    span = next(reversed(spans_of(intent, subject.calendar)), None)
    day = max((found.period.end for found in intent.periods if found.period and _is_day(found)), default=None)
    year = span.year if span else day.year if day else None
    if _AHEAD.search(intent.core):
        span, year = None, None
    return SearchQuery(
        search_text(intent), k=limit, collection=collection, entity=subject.name, period=str(year) if year else None, kind=kind,
        question=intent.question, months=span.months if span else None, route=route_of(intent, year), passages=each,
        others=tuple(name for name in intent.entities if subject.name and name != subject.name),
    )  # fmt: skip


def _is_day(found: FoundPeriod) -> bool:
    """Whether a period is a date that closes no fiscal year: something happened on it, and filings print it."""
    return found.kind == "date" and found.period is not None and found.fiscal_year is None


def route_of(intent: Intent, year: int | None = None) -> Route:
    """The concepts of the question's metrics, and the statements that it names or that have such lines, each with its weight."""
    wanted = [metric for name in lines_of(intent) if (metric := metrics().get(name)) and metric.concepts]
    weights = {metric.statement: STATEMENT_OF_LINE for metric in wanted if metric.statement} | dict.fromkeys(intent.statements, 1.0)
    content = {word for word in intent.rest if len(word) > 1} - word_list("structure")
    share = WHOLLY_LINES if not content else 1.0 if len(content) < OTHER_WORDS else MOSTLY_OTHER
    return Route(tuple(metric.concepts for metric in wanted), tuple(weights.items()), intent.scope or "consolidated", year, share)


def search_text(intent: Intent) -> str:
    """The words that carry content, a day among them, then the metrics as printed. Of a question whose last clause says nothing of what it
    asks ("Who went and who came?") those of all of it.
    """
    printed = printed_names(intent)
    kept = _content(intent, intent.masked)
    if not printed and intent.masked.strip() != intent.question.strip() and not says_what(kept):
        kept = _content(intent, masked_out(intent.question, intent.named))
    return " ".join([kept, *printed]).strip() or intent.question


def asked_text(intent: Intent) -> str:
    """The same of all of a question, with the case that it puts before it asks."""
    return _content(intent, masked_out(intent.question, intent.named))


def without_forms(text: str) -> str:
    """The text with the forms of filings blanked out: "Form 10-K" tells which paper is meant, and is neither a name nor a number in it."""
    return masked_out(text, [match.span() for match in _FORM.finditer(text)])


def asked_as_written(intent: Intent) -> str:
    """All of a question without its companies, forms, numbers of rules and periods, word for word: $3.04bn is one number there."""
    rules = (found.span() for found in RULE_NUMBER.finditer(simplified(intent.question)))
    return _without_periods(without_forms(masked_out(intent.question, [*intent.named, *rules])))


def _without_periods(text: str) -> str:
    return masked_out(text, [(found.start, found.end) for found in asked_periods(text) if not _is_day(found)])


def _content(intent: Intent, text: str) -> str:
    text = _without_periods(without_forms(text))
    if intent.language == "zh":
        return re.sub(r"\s+", " ", text).strip()
    text = re.sub(r"['’]s\b", "", text)
    return " ".join(text[token.start : token.end] for token in tokens(text) if token.text not in word_list("empty"))


def printed_names(intent: Intent) -> list[str]:
    """Labels of the statement lines of the question's metrics: "working capital" is total current assets and liabilities."""
    return [printed for name in lines_of(intent)[:EXPANSIONS] if (printed := _printed(name, intent.language))]


def lines_of(intent: Intent) -> list[str]:
    """The metrics named, formulae taken apart."""
    library = intent.vocabulary.library
    pending, found = [mention.name for mention in intent.mentions], list[str]()
    while pending:
        name = pending.pop(0)
        if name in library:
            pending += sorted(names_in(library[name].expression))
        elif name not in found:
            found.append(name)
    return found


def _printed(name: str, language: Language) -> str | None:
    metric = metrics().get(name)
    if metric is None or not metric.concepts:
        return None
    labels = next((concept.labels for concept in concepts() if concept.name == metric.concepts[0]), ())
    return next((label for label in labels if bool(re.search(r"[\u4e00-\u9fff]", label)) == (language == "zh")), None)
