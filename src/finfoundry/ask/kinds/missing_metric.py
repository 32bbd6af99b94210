"""What is said of what the documents do not hold: that a metric, or a company, is not in them, once a search has found nothing of it."""

from __future__ import annotations

from finfoundry.ask.context import endings
from finfoundry.ask.context.question import QuestionContext
from finfoundry.ask.lexicon.entities import COMPANY_ZH, name_words
from finfoundry.ask.lexicon.formula import MissingOperandError
from finfoundry.ask.lexicon.metric_terms import title
from finfoundry.ask.lexicon.name_places import ordinary_words
from finfoundry.ask.lexicon.ports import Hit, SearchQuery
from finfoundry.ask.lexicon.vocabulary import holds
from finfoundry.ask.plan.rules import Plan
from finfoundry.ask.understand.intent import Intent
from finfoundry.ask.understand.subject import Subject
from finfoundry.core.answer import Answer
from finfoundry.core.language import has_han, simplified
from finfoundry.core.names.spoken_names import entity_key

LOOKED_AT = 10  # passages in which a name is looked for


def is_plain(plan: Plan, error: MissingOperandError) -> bool:
    """Whether what is missing is all that a rule looked up: then running text may have it."""
    return plan.source == "rule" and len(plan.items) == 1 and plan.items[0].expression == error.metric


def missing(context: QuestionContext, error: MissingOperandError, plan: Plan, intent: Intent, subject: Subject) -> Answer:
    """Name what is missing; where passages speak of it, only that no answer was found."""
    label = plan.labels.get(error.metric) or title(error.metric, context.language)
    if hits := speaking_of(context, label, subject.name):
        return _no_answer(context, intent, hits)
    name = "missing" if error.span.year else "missing_any"
    text = context.words[name].format(metric=label, entity=context.called(subject), span=error.span.words(context.language))
    return endings.nothing(context, text, intent)


def of_unknown(context: QuestionContext, intent: Intent, _: Subject) -> Answer:
    """That the documents hold nothing about what looks like a company; where they do speak of it, only that no answer was found."""
    name = intent.unknown or ""
    if hits := speaking_of(context, name):
        return _no_answer(context, intent, hits)
    answer = endings.nothing(context, context.words["unknown"].format(entity=name), intent)
    if any(speaks_of_part(f"{near.document.name} {near.quote}", name) for near in answer.nearest):
        answer.text = context.written(context.words["nothing"])
    return answer


def speaks_of_part(text: str, name: str) -> bool:
    """Whether a text holds what tells a name from others, though not the whole of it: a word that is no ordinary one, or two Chinese
    characters side by side. A name may be shortened, or cut out of its question with a character too many.

    >>> speaks_of_part("Larkmoor National Bank reported", "Larkmoor Bank"), speaks_of_part("The bank reported", "Larkmoor Bank")
    (True, False)
    """
    key = entity_key(name)
    if has_han(key):
        kind = next((kind for kind in COMPANY_ZH if key.endswith(kind)), "")
        own, plain = key.removesuffix(kind), simplified(text)
        return any(own[at : at + 2] in plain for at in range(len(own) - 1))
    words = {word for word, _, _ in name_words(name)} - ordinary_words()
    return any(word in words for word, _, _ in name_words(text))


def speaking_of(context: QuestionContext, name: str, entity: str | None = None) -> list[Hit]:
    """Passages that hold a name word for word."""
    query = SearchQuery(name, k=LOOKED_AT, collection=context.collection, entity=entity)
    return [hit for hit in context.search.search(context.principal, query) if holds(hit.text, name)]


def _no_answer(context: QuestionContext, intent: Intent, hits: list[Hit]) -> Answer:
    """That no answer was found, with the passages that speak of what was asked."""
    context.hits, context.evidence = hits, None
    return endings.nothing(context, context.words["nothing"], intent)
