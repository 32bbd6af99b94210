"""How many of something a company has, where no table says it and a sentence does: "we had 31,241 employees", 营业网点为738家.

The noun is what the question asks for, its words all in the clause that has the number; the day is the one that the sentence names, else
the last of the report's year. Nothing is answered where sentences differ, nor where the sentence leaves out what else the question names.
The sentence is quoted behind the count.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from finfoundry.ask.compose import answer_evidence
from finfoundry.ask.context import endings, fetch
from finfoundry.ask.context.question import QuestionContext
from finfoundry.ask.context.quotation_lead import lead
from finfoundry.ask.kinds import planners
from finfoundry.ask.lexicon.metric_terms import metrics
from finfoundry.ask.lexicon.ports import FactQuery
from finfoundry.ask.lexicon.spans import NEAR_DAYS
from finfoundry.ask.lexicon.vocabulary import tokens
from finfoundry.ask.lexicon.word_lists import word_list
from finfoundry.ask.plan.asked_spans import spans_of
from finfoundry.ask.plan.dimension import asked_for
from finfoundry.ask.plan.member_plan import names_asked
from finfoundry.ask.plan.rules import asks_openly
from finfoundry.ask.plan.unexplained import unexplained
from finfoundry.ask.retrieve.told_counts import MEASURE, PERSONS, ToldCount, says, told
from finfoundry.ask.understand.comparison import order_of, word_pattern
from finfoundry.ask.understand.intent import Intent
from finfoundry.ask.understand.subject import Subject
from finfoundry.core.answer import Answer
from finfoundry.core.language import language_of, simplified
from finfoundry.core.periods import FiscalYear, parse_iso

PAGES, PASSAGES = 6, 3  # searched through
MONTHS = 12  # of a year


def of_told_count(context: QuestionContext, intent: Intent, subject: Subject) -> Answer | None:
    """The count as a sentence gives it; None where a table has such a line, no sentence gives it, or several differ."""
    day = _asked_day(intent, subject.calendar)
    metric = intent.mentions[0].name if intent.mentions else planners.meant_metric(context, intent, subject)
    nouns = _nouns(intent, metric) if day and not _is_tabled(context, subject, metric) else {}
    if day is None or not nouns:
        return None
    with context.timed("retrieve"):
        hits = [hit for hit in fetch.found(context, intent, subject, PAGES, PASSAGES) if hit.kind != "table"]
    closings = {document.id: parse_iso(document.period).end for document in subject.documents if document.period}
    for noun, others in nouns.items():
        found = [
            one for hit in hits for one in told(hit, noun, subject.calendar, closings.get(hit.document_id), intent.core)
            if abs((one.day - day).days) <= NEAR_DAYS and all(says(one.sentence, word) for word in others)
        ]  # fmt: skip
        if found:
            return _answer(context, intent, subject, found[0]) if len({one.number.value for one in found}) == 1 else None
    return None


def _asked_day(intent: Intent, calendar: FiscalYear) -> date | None:
    """The one day at which a count is asked for: the last of a year, or one by its date."""
    spans = spans_of(intent, calendar)
    if len(spans) == 1 and spans[0].months == MONTHS:
        return spans[0].at(calendar).end
    dates = [one.period.end for one in intent.periods if one.instant and one.period]
    return dates[0] if len(dates) == len(intent.periods) == 1 else None


def asks_a_count(intent: Intent) -> bool:
    """Whether a level is asked for."""
    asked = asked_for(intent)
    plain = asked.relation == "level" and (not asked.kinds or "count" in asked.kinds)
    return plain and not intent.definitions and not asks_openly(intent) and order_of(intent.masked) is None


def _is_tabled(context: QuestionContext, subject: Subject, metric: str | None) -> bool:
    """Whether a line of the company has what is asked for."""
    names = metrics()[metric].concepts if metric and metric in metrics() else ()
    queries = (FactQuery(entity=subject.name, concept=name, collection=context.collection, limit=1) for name in names)
    return any(context.services.store.facts(context.principal, query) for query in queries)


def _nouns(intent: Intent, metric: str | None) -> dict[str, list[str]]:
    """The words for what is counted, the question's first, each with those that its sentence must have, too: of the metric that is named or
    very surely meant, else of each run of words that nothing explains.
    """
    phrases, others = list[str](), unexplained(intent)
    if intent.mentions:
        first, *rest = intent.mentions
        phrases, others = [first.text, *_names_of(first.name)], [*others, *(one.text for one in rest)]
    elif metric is not None:
        phrases, others = [*_names_of(metric)], []
    if phrases:
        return {phrase: _telling(others, intent) for phrase in phrases if language_of(phrase) == intent.language}
    if intent.language == "zh" and not _asks_how_many_zh(intent):
        return {}  # 花了多少钱
    runs = {run: nouns for all_of_it in names_asked(intent) for run in _pieces(all_of_it) if (nouns := _nouns_of(run, intent))}
    return {
        noun: _telling([nouns[-1] for other, nouns in runs.items() if other != run], intent)
        for run, nouns in runs.items() for noun in nouns
    }  # fmt: skip


def _names_of(metric: str) -> Sequence[str]:
    return metrics()[metric].say if metric in metrics() else ()


def _telling(words: Sequence[str], intent: Intent) -> list[str]:
    """The words that say what is counted, or of what; not who, nor that it is there."""
    bare = [_without_measure(word, intent) for word in words if word not in PERSONS and not _NUMBER_OF_ZH.fullmatch(simplified(word))]
    return [word for word in bare if word and not re.fullmatch(MEASURE, word)]


def _nouns_of(run: str, intent: Intent) -> list[str]:
    """What a run of words may count, without those that name no thing."""
    if language_of(run) == "zh":
        idle_zh, run = word_pattern("of_parts"), _without_measure(run, intent)
        bare = re.sub(f"^(?:{idle_zh})+|(?:{idle_zh})+$", "", run)
        return list(dict.fromkeys(one for one in (bare, _NUMBER_OF_ZH.sub("", simplified(bare))) if len(one) > 1))
    idle = word_list("structure") | word_list("of_parts") | word_list("documents") | word_list("ties")
    said = " ".join(run[one.start : one.end] for one in tokens(run) if one.text not in idle)
    return [said] if said else []


def _asks_how_many_zh(intent: Intent) -> bool:
    """Whether a Chinese question asks how many: 几家, 客户数量, 代理人是多少."""
    counted = any(_NUMBER_OF_ZH.search(simplified(run)) for run in names_asked(intent))
    asked = re.search(f"{_HOW_MANY_ZH}{MEASURE}|[是有](?:几|幾|多少)[\\s?？。]*$", intent.core)
    return counted or asked is not None or "count" in asked_for(intent).kinds


_NUMBER_OF_ZH = re.compile("(?:总[人户家]?数|数量|[人户家]数|(?<![倍指系基参分级])数)$")
_HOW_MANY_ZH = "(?:的?[共总總]*[有是])?(?:几|幾|多少)"


def _pieces(run: str) -> list[str]:
    """A Chinese run of words on either side of what asks for a number: 機隊 and 飛機 of 機隊有幾架飛機."""
    return [piece for piece in re.split(f"{_HOW_MANY_ZH}{MEASURE}?", run) if piece]


def _without_measure(run: str, intent: Intent) -> str:
    """A Chinese run of words without the measure word that what asks for its number ends with: 门店 of 家门店 behind 多少."""
    asked = re.search(rf"(?:几|幾|多少){re.escape(run)}", intent.core)
    return re.sub(rf"^{MEASURE}(?=..)", "", run) if asked else run


_OF_NOUN_ZH = re.compile("[\u4e00-\u9fff](?<![年月日末底初])")


def _in_full(one: ToldCount, intent: Intent) -> str:
    """The noun with the characters before it that question and passage share: 在建项目, of which 在 seemed to say nothing."""
    noun = one.noun
    while (
        (at := intent.question.find(noun)) > 0
        and _OF_NOUN_ZH.match(intent.question, at - 1)
        and intent.question[at - 1] + noun in one.hit.text
    ):
        noun = intent.question[at - 1] + noun
    return noun


def _answer(context: QuestionContext, intent: Intent, subject: Subject, one: ToldCount) -> Answer | None:
    """What the paper says, word for word, behind the count in a line of its own where that is of a fiscal year's end."""
    evidence = answer_evidence.of_hits([replace(one.hit.cut(one.sentence), kind="text")], subject, fetch.facts_on(context))
    quotation = context.words["quotation"].format(text=one.sentence)
    whose = lead(context, [one.hit])
    for said in (_in_short(context, intent, subject, one), whose.text):
        bound = endings.bind(context, [(said, evidence), (quotation, evidence)]) if said else None
        if bound and not bound.unbound:
            context.trace.add("evidence", [one.hit.chunk_id], [one.hit.document_id])
            context.conversation.entity = subject.name
            return endings.release(context, bound, [whose.of])
    return None


def _in_short(context: QuestionContext, intent: Intent, subject: Subject, one: ToldCount) -> str | None:
    """The count at the end of a year, where the sentence has the noun that is asked for; else None."""
    span = next(iter(spans_of(intent, subject.calendar)), None)
    noun = _in_full(one, intent)
    if span is None or span.months != MONTHS or noun.lower() not in one.sentence.lower():
        return None
    text = one.number.text if intent.language == "zh" else re.sub("[^0-9,.]+$", "", one.number.text)
    when = context.words["at_end"].format(span=span.words(intent.language))
    return context.words["told_count"].format(entity=subject.name, noun=noun, number=text + one.unit, when=when)
