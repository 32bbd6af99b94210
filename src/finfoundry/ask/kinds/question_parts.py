"""A question of several parts answered part by part, each by rules over facts; the parts without an answer are named. Of what is asked
whether it is the same over years the papers of each year are asked, and quoted.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from finfoundry.ask.candidates.named_plans import LESS
from finfoundry.ask.context import endings, fetch, reading
from finfoundry.ask.context.question import Conversation, QuestionContext
from finfoundry.ask.kinds import figures, quotation
from finfoundry.ask.lexicon.spans import FiscalSpan
from finfoundry.ask.lexicon.vocabulary import tokens
from finfoundry.ask.lexicon.word_lists import word_list
from finfoundry.ask.plan.dimension import asked_for
from finfoundry.ask.plan.text_field import without_sameness, years_of
from finfoundry.ask.retrieve.quotable import Quotable
from finfoundry.ask.understand.coordination import coordinated
from finfoundry.ask.understand.intent import Intent, asks_yes_no
from finfoundry.ask.understand.question_text import QuestionPart, is_computed, masked_out, parted
from finfoundry.ask.understand.subject import Subject
from finfoundry.binding.evidence import Evidence
from finfoundry.core.answer import Answer
from finfoundry.core.language import simplified
from finfoundry.core.periods import undated

By = Literal["words", "states", "model"]  # words alone, the base model's states, too, or also what it says
OF_READING = ("states", "guard", "stopped")  # steps of a part that are steps of the whole question
YEARS = 5  # of which papers are asked whether something is the same in them
YEARLY = frozenset({"10-K", "20-F", "annual report"})
# of a metric, no figure
MANNER: re.Pattern[str] = re.compile(r"\b(?:polic|method|treatment|principle|basis\b)|政策|方法|原则", re.IGNORECASE)
READ = 2  # ways to write a question for each thing in which the model is asked which lines are meant


def of_every_part(context: QuestionContext, intent: Intent, subject: Subject) -> Answer | None:  # noqa: ARG001  each part is read anew
    """The answers to the parts in one text; None where a part has none, or where what follows a conjunction may be no part of its own."""
    return _of_parts(context, sure=True)


def of_some_parts(context: QuestionContext, intent: Intent, subject: Subject) -> Answer | None:  # noqa: ARG001  each part is read anew
    """The answers to the parts that have one in one text, with what the others are about; None where no part has one."""
    return _of_parts(context, sure=False)


def of_things_side_by_side(context: QuestionContext, intent: Intent, subject: Subject) -> Answer | None:  # noqa: ARG001  each is read anew
    """A question for several things, answered thing by thing in one text; None where one has no answer, or two have the same figures: what
    stands side by side may be the name of one thing.
    """
    if is_computed(intent.core) or asked_for(intent).relation not in ("level", "growth", "difference"):
        return None
    ways = list(coordinated(intent))
    read: list[tuple[By, tuple[str, ...]]] = [("words", way) for way in ways]
    if context.engine or context.services.states:
        read += [("model", way) for way in ways[:READ]]
    for by, questions in read:
        if told := _told_each(context, questions, by):
            context.trace.add("parts", list(questions))
            return _in_one(context, told)
    return None


def _told_each(context: QuestionContext, questions: Sequence[str], by: By) -> list[QuestionContext]:
    """The answer to each; empty where one has none, or two show the same cell."""
    told: list[QuestionContext] = []
    for question in questions:
        asked = _answered(context, QuestionPart(question, question, question), by)
        if asked is None or any(_same_evidence(asked, other) for other in told):
            return []
        told.append(asked)
    return told


def _same_evidence(one: QuestionContext, other: QuestionContext) -> bool:
    """Whether two answers show a figure of the same cell."""
    places = [{repr(item.place) for _, evidence in each.stated for found in evidence for item in found.items()} for each in (one, other)]
    return not places[0].isdisjoint(places[1])


def _of_parts(context: QuestionContext, *, sure: bool) -> Answer | None:
    parts = parted(context.question, context.language, sure=sure)
    if parts and not parts[0].asks and not context.vocabulary.find(parts[0].about):
        return None  # what the rest is asked of: 生物制药这块，毛利率是多少
    if any(LESS.match(part.about.strip()) for part in parts[1:]):
        return None  # what is taken off what is asked before: 贷款余额，剔除房地产贷款后是多少
    told = [(part, asked) for part in parts if (asked := _answered(context, part, "states")) is not None]
    if not told or (sure and len(told) < len(parts)):
        return None
    context.trace.add("parts", [part.question for part in parts])
    done = [part for part, _ in told]
    lacking = [part.words if context.language == "en" else part.about for part in parts if part not in done]
    return _in_one(context, [asked for _, asked in told], lacking)


def _in_one(context: QuestionContext, told: Sequence[QuestionContext], lacking: Sequence[str] = ()) -> Answer:
    """What was answered of each part as one answer, which says what is lacking."""
    for warning in (warning for asked in told for warning in asked.warnings):
        context.warn(warning)
    context.terms = list(dict.fromkeys([*context.terms, *(term for asked in told for term in asked.terms)]))
    context.lacking = [*(line for asked in told for line in asked.lacking), *lacking]
    return endings.release(context, endings.bind(context, [sentence for asked in told for sentence in asked.stated]))


def _answered(context: QuestionContext, part: QuestionPart, by: By) -> QuestionContext | None:
    """A context of its own, of the same company, in which the part was answered without a plan or a text of the model. ``by`` tells what
    may say which line of a table is meant. What was read of a paper, and what the guards did about it, is told with the whole question,
    and read once.
    """
    company = context.conversation.entity or next(iter(context.intent.entities if context.intent else ()), None)
    engine = context.services.engine if by == "model" else None
    states = context.services.states if by != "words" else None
    services = replace(context.services, engine=engine, states=states, tables=None, specialists=None)
    asked = QuestionContext(
        services, context.principal, part.question, context.collection, Conversation(entity=company), context.hidden, context.vocabulary
    )
    asked.lines_told, asked.states_told, asked.allowance = context.lines_told, context.states_told, context.allowance
    answer = _by_rules(asked)
    context.trace.steps += [step for step in asked.trace.steps if step.kind in OF_READING]
    return asked if answer is not None and answer.status == "answered" else None


def _by_rules(context: QuestionContext) -> Answer | None:
    """The answer that rules and labels plan; None where they plan none, or its subject is not clear."""
    intent, subject = reading.understood(context)
    if intent.ambiguous or intent.unknown or subject.name is None:
        return None
    return figures.of_figures(context, intent, subject, model=False)


# --- whether something is the same over years ---------------------------------------------------------------------------------------


def asks_of_years(intent: Intent, subject: Subject) -> bool:
    """Whether it is asked, to be answered with yes or no, whether something is the same in several years."""
    asked = asks_yes_no(intent) and without_sameness(intent.core) is not None
    return asked and 1 < len(years_of(intent, subject.calendar)) <= YEARS


def of_each_year(context: QuestionContext, intent: Intent, subject: Subject) -> Answer | None:
    """The sentence by which the papers of each year answer, quoted; that they are the same only where they are, but for years, word
    for word: what else they say is left to who reads them. None where the first or the last year has none for sure, or where a sentence
    tells of the change itself, which is quoted like others.
    """
    thing, years = _thing(intent), years_of(intent, subject.calendar)
    if not thing or _tells_of_it(quotation.deciding(context, intent, subject)):
        return None
    told = {year: one for year in years if (one := _in_year(context, thing, year, subject)) is not None}
    if not {years[0], years[-1]} <= told.keys():
        return None
    alike = len({re.sub(r"\s", "", simplified(undated(one.text))) for one in told.values()}) == 1
    parts: list[tuple[str, Sequence[Evidence]]] = [(context.words["same_words" if alike else "own_words"], [])]
    for year, one in told.items():
        (text, evidence), *_ = quotation.quoted(context, [one], subject)
        parts.append((context.words["of_year"].format(span=FiscalSpan(year).words(context.language), quotation=text), evidence))
    context.lacking = [FiscalSpan(year).words(context.language) for year in years if year not in told]
    hits = [one.hit for one in told.values()]
    context.trace.add("evidence", [hit.chunk_id for hit in hits], [hit.document_id for hit in hits])
    bound = endings.bind(context, parts)
    return None if bound.unbound else endings.release(context, bound)


def _thing(intent: Intent) -> str:
    """What is asked about, without the company, the years, and whether it is the same."""
    text = masked_out(intent.masked, [(found.start, found.end) for found in intent.periods])
    text = without_sameness(text) or ""
    if intent.language == "zh":
        asking = "|".join(sorted(word_list("asking_zh") - {"的", "和", "或", "与"}, key=len, reverse=True))
        return re.sub(rf"\s|[，,？?。]|{asking}|相比|之间|期间|以来|年度", "", text).strip("的与和从到至在跟较比年")
    text = re.sub(r"['’]s\b|\b(?:between|remain\w*|stay\w*|\d+)\b", " ", text)
    told = [word for word in tokens(text) if word.text not in word_list("empty") | word_list("structure")]
    return " ".join(text[told[0].start : told[-1].end].split()) if told else ""


def _tells_of_it(sentence: Quotable | None) -> bool:
    return sentence is not None and without_sameness(sentence.text) is not None


def _in_year(context: QuestionContext, thing: str, year: int, subject: Subject) -> Quotable | None:
    """The sentence that tells it in the papers of a year, those of the whole year where there are such; None where none does for sure."""
    papers = [one for one in subject.documents if one.fiscal_year == year]
    papers = [one for one in papers if one.kind in YEARLY] or papers
    asked = QuestionContext(
        context.services, context.principal, context.words["thing_of_year"].format(thing=thing, year=year), context.collection,
        Conversation(entity=subject.name), context.hidden, context.vocabulary,
    )  # fmt: skip
    if not papers:
        return None
    own_intent, own_subject = reading.understood(asked)
    asked.papers = tuple(one.id for one in papers)
    fetch.for_quotation(asked, own_intent, own_subject)
    asked.papers = ()  # the question names none
    told = quotation.deciding(asked, own_intent, own_subject) if own_subject.name == subject.name else None
    context.trace.steps += [step for step in asked.trace.steps if step.kind in OF_READING]
    return told
