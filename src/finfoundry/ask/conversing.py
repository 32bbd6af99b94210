"""A question as it is meant in its conversation, and what the conversation knows of it afterwards."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from finfoundry.ask.context.question import Conversation, QuestionContext
from finfoundry.ask.context.reading import labels_of, prints
from finfoundry.ask.dialogue.continued import Known, Unclear, Whole, continued
from finfoundry.ask.dialogue.exchanged_parts import completed
from finfoundry.ask.dialogue.topic import MOST_TOPICS, Topic, topic_of
from finfoundry.ask.lexicon.entities import EntityNames
from finfoundry.ask.lexicon.ports import FactStore
from finfoundry.ask.lexicon.spans import span_of
from finfoundry.ask.lexicon.unknown_names import listed_company, name_alone
from finfoundry.ask.lexicon.vocabulary import Vocabulary
from finfoundry.ask.understand.subject import EntityCatalogue
from finfoundry.core import cancellation
from finfoundry.core.answer import Answer
from finfoundry.core.language import language_of, simplified
from finfoundry.core.periods import FoundPeriod, parse_iso
from finfoundry.core.principal import Principal
from finfoundry.core.protocols import Specialists

_ORDINALS = (
    (re.compile(r"\bfirst\b|\b1st\b|第一|[①]", re.I), 0),
    (re.compile(r"\bsecond\b|\b2nd\b|第二|[②]", re.I), 1),
    (re.compile(r"\bthird\b|\b3rd\b|第三|[③]", re.I), 2),
)
_NUMBER = re.compile(r"^\W*(?:(?:number|no\.?|option|选|第)\s*)?(\d{1,2})(?:\s*[个家项号])?\W*$", re.I)
_POLITE = re.compile(r"\b(?:i|mean|meant|the|one|please|and|ok)\b|[我是指的说请那]", re.I)
_LAST = re.compile(r"^\W*(?:the\s+)?last(?:\s+one)?\W*$|^\W*最后一[个家项]\W*$", re.I)
_ONE = re.compile(r"^\W*(?:the\s+)?\w{3,6}(?:\s+(?:one|company))?(?:,?\s*please)?\W*$|^\W*第[一二三]([个家项])?\W*$", re.I)


@dataclass(frozen=True, slots=True)
class Talk:
    """What a conversation is read by: the store and the specialists as the asker may read them, and the words of the institution."""

    store: FactStore
    principal: Principal
    known: EntityCatalogue
    words: Vocabulary
    collection: str | None = None
    specialists: Specialists | None = None

    @property
    def names(self) -> EntityNames:
        return self.known.of(self.principal, self.collection).names

    def labels(self, entity: str | None, text: str) -> list[str]:
        """The row labels that a text names, of a company, or of all."""
        return labels_of(self.store, self.principal, text, entity, self.collection)

    def meant(self, question: str, conversation: Conversation) -> Whole | Unclear | str:
        """The question in full; unchanged where it needs nothing. What the asker may no longer read is not gone on from."""
        if conversation.question is None:
            return question
        entities = self.known.of(self.principal, self.collection).entities
        before, names = conversation.question, self.names
        picked, company = _picked(question, conversation.options, names), conversation.entity
        if picked and picked in entities:
            return for_company(before, picked, names)
        if picked and picked in conversation.readings and company and company in entities:
            return for_company(picked, company, names)
        if picked and self.specialists and picked in {one.name for one in self.specialists.names(self.principal)}:
            return f"{before} ({picked})"
        if not names.find(question) and listed_company(question):
            return question  # of a company that no document knows
        topics = [topic for topic in conversation.topics if topic.entity is None or topic.entity in entities]

        def labels(text: str) -> list[str]:
            return self.labels(conversation.entity if conversation.entity in entities else None, text)

        def printed(entity: str, words: str) -> bool:
            return prints(self.store, self.principal, entity, words, self.collection)

        whole = continued(question, topics, Known(names, self.words, labels, printed))
        return whole or completed(question, before, names, self.words, labels) or question

    def note(self, context: QuestionContext, answer: Answer, conversation: Conversation, topic: Topic | None = None) -> None:
        """Add to the conversation what was asked, and of whom; what the answer says is not kept."""
        entity = context.subject.name if context.subject else None
        over = cancellation.remaining() == 0.0  # whose time is over is told so, and nothing more is looked up
        topic = topic or topic_of(context.question, self.names, self.words, lambda text: [] if over else self.labels(entity, text))
        unknown = context.intent.unknown if context.intent else None
        asked = topic.entity or topic.line or answer.status == "answered" or (context.intent and context.intent.mentions)
        alone = None if asked else name_alone(context.question)
        if alone and conversation.topics:
            topic = replace(conversation.topics[-1], member="")
        unknown = alone or unknown
        if unknown:  # of whom no document knows: what goes on from it does not speak of the company before
            topic = replace(topic, entity=None, company=unknown)
        elif topic.entity is None and entity and context.subject:
            topic = replace(topic, entity=entity, company=context.subject.called(context.language))
        if not topic.periods and answer.status == "answered":
            topic = replace(topic, periods=_periods_of(answer, context))
        conversation.entity = topic.entity or (None if unknown else conversation.entity)
        conversation.topics = (*conversation.topics, topic)[-MOST_TOPICS:]
        conversation.options = tuple(answer.options) if answer.status == "clarify" else ()
        conversation.readings = context.readings


def chosen(question: str, options: Sequence[str], names: EntityNames) -> str | None:
    """The option that an answer to "which one?" picks, by its name, its number or its place; None where it picks none."""
    if not options:
        return None
    named = {item.name for item in names.find(question)} & set(options)
    if len(named) == 1 and not _said_beside(question, names):
        return named.pop()
    if found := _NUMBER.match(question):
        return options[int(found[1]) - 1] if 0 < int(found[1]) <= len(options) else None
    if _LAST.match(question):
        return options[-1]
    place = next((place for pattern, place in _ORDINALS if pattern.search(question)), None)
    return options[place] if place is not None and place < len(options) and _ONE.match(question) else None


def _picked(question: str, options: Sequence[str], names: EntityNames) -> str | None:
    """The option that is picked as it is written, with its number or without, or as ``chosen`` reads it; None where none is."""
    written = (one for number, one in enumerate(options, 1) if question in (simplified(one), simplified(f"{number}. {one}")))
    return next(written, None) or chosen(question, options, names)


def _said_beside(question: str, names: EntityNames) -> bool:
    """Whether a question says more than a name."""
    for item in names.find(question):
        question = question[: item.start] + " " * (item.end - item.start) + question[item.end :]
    return re.search(r"\w", _POLITE.sub(" ", question)) is not None


def for_company(question: str, company: str, names: EntityNames) -> str:
    """A question that named none, or one in several ways, asked of one company."""
    named = names.find(question)
    if named:
        first = min(named, key=lambda item: item.start)
        return question[: first.start] + company + question[first.end :]
    return f"{company}{question}" if language_of(question) == "zh" else f"For {company}, {question}"


def _periods_of(answer: Answer, context: QuestionContext) -> tuple[str, ...]:
    """The one period of the figures of an answer, as a reader writes it; none where they are of several."""
    found = {figure.period for figure in answer.figures if figure.period}
    if len(found) != 1:
        return ()
    period = parse_iso(found.pop())
    said = FoundPeriod("", 0, 0, period, None, None, "range", None, period.instant)
    span = span_of(said, context.calendar)
    return (span.words(context.language),) if span else ()
