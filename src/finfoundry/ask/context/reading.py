"""A question read: whom it is about, with whose fiscal calendar, and what it asks in the words that this company's documents print."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from finfoundry.ask.compute.breakdown_rows import same_name
from finfoundry.ask.context.question import QuestionContext
from finfoundry.ask.lexicon.formula import concepts_in
from finfoundry.ask.lexicon.metric_terms import metrics
from finfoundry.ask.lexicon.own_vocabulary import used
from finfoundry.ask.lexicon.ports import FactQuery, FactStore, StoredFact
from finfoundry.ask.lexicon.unsaid_year import in_latest_year
from finfoundry.ask.lexicon.vocabulary import tokens
from finfoundry.ask.lexicon.word_lists import word_list, word_pairs
from finfoundry.ask.plan.asked_spans import with_year_before
from finfoundry.ask.plan.dimension import asked_for
from finfoundry.ask.plan.member_plan import names_asked
from finfoundry.ask.plan.rules import asks_openly, wants_number
from finfoundry.ask.plan.unexplained import beside, doubtful
from finfoundry.ask.reader.learnt_reading import companies_read
from finfoundry.ask.understand.intent import Intent, understand
from finfoundry.ask.understand.named_papers import named_papers, papers_of
from finfoundry.ask.understand.named_section import named_section
from finfoundry.ask.understand.question_text import masked_out
from finfoundry.ask.understand.stored_labels import PIECES, in_order, labels_in, names_word, parts_of, pieces
from finfoundry.ask.understand.subject import Subject, concerns_hidden, dated, named_by_end, subject_of
from finfoundry.core import cancellation
from finfoundry.core.language import simplified
from finfoundry.core.periods import CALENDAR_YEAR, FiscalYear, parse_iso
from finfoundry.core.principal import Principal
from finfoundry.knowledge.laws.said_title import named_law

ROWS = 200  # facts looked through for the labels that a piece of the question may name
SAME_NAME = 2000  # facts of one label
EXAMPLES = 20  # facts looked at to see whether a line has a word
LOOKED_UP = 16  # words of a question that are looked up; more of them are taken for printed
RUNS = 3  # of words of a question without a company, that are looked up as parts of one
SHORTEST_PART, SHORTEST_PART_ZH = 5, 3  # characters
PERIODS = 400  # facts of a cash flow statement


def understood(context: QuestionContext) -> tuple[Intent, Subject]:
    """The intent and the subject of a question; the context learns which terms of the institution it was read by."""
    intent, subject = _understood(context)
    intent = _of_named_section(context, _of_named_papers(context, intent, subject), subject)
    if context.vocabulary.own:
        context.terms = used(context.vocabulary, intent.mentions, (one.expression for one in intent.definitions))
    return intent, subject


def _of_named_section(context: QuestionContext, intent: Intent, subject: Subject) -> Intent:
    """Where a question names a section of the company's papers, figures are looked for there alone, and its words ask for nothing else."""
    store = context.services.store
    over = (path for one in subject.documents for path in store.table_headings(context.principal, one.id)) if subject.name else ()
    section = named_section(intent.masked, over)
    if section is None:
        return intent
    mentions = tuple(one for one in intent.mentions if one.end <= section.start or section.end <= one.start)
    if not mentions:
        return intent  # the section is called as what is asked for
    context.section = section
    place = [(section.start, section.end)]
    left = tuple(word for word in intent.left if word.end <= section.start or section.end <= word.start)
    return replace(intent, masked=masked_out(intent.masked, place), mentions=mentions, left=left)


def _of_named_papers(context: QuestionContext, intent: Intent, subject: Subject) -> Intent:
    """Where a question of no company names papers or a rule, these alone are asked, and what looked like a name of nobody is theirs."""
    if subject.name is not None:
        return intent
    laws = context.services.store.laws(context.principal, context.collection)
    rules = {law.document for law in laws}  # rules are found by their own names and versions
    papers = [one for one in subject.documents if one.id in subject.nameless - rules]
    named = named_papers(context.question, papers, intent.unknown)
    law = named_law(context.question, laws) if named is None and intent.language == "zh" else None
    earns = intent.mentions or (intent.periods and wants_number(intent))  # what a company earns is in no paper that it issues
    if not (named or law or earns):
        named = papers_of(intent.unknown, context.question, papers)
    if named is None:
        context.papers = law.versions if law else ()
        name = simplified(intent.unknown or "")
        of_its_title = law is not None and any(name in key or key in name for key in law.keys)
        return replace(intent, unknown=None) if of_its_title else intent
    context.papers = named.ids  # no sentence of theirs says again by what they are named
    return replace(intent, unknown=None, masked=masked_out(intent.masked, named.spans), named=(*intent.named, *named.spans))


def _understood(context: QuestionContext) -> tuple[Intent, Subject]:
    """The intent, read twice: the second time with the fiscal calendar and the row labels of the entity that the first found."""
    known = context.services.known.of(context.principal, context.collection)
    documents, entities, names = known.documents, known.entities, known.names
    intent = _read(context)
    if found := _part_named(context, intent, entities):
        owner, part = subject_of(found[0], known).called(context.language), found[1]
        context.question = context.question.replace(part, f"{owner}的{part}" if context.language == "zh" else f"{owner}'s {part}", 1)
        context.warnings.append(context.words["understood"].format(question=context.question))
        intent = _read(context)
    named = [(one.start, one.end) for one in names.find(context.question)] or _companies(context) or ()
    context.spoken = tuple(context.question[start:end] for start, end in named)
    alone = all(document.entity for document in documents)
    name = _entity(context, intent, list(entities), alone=alone)
    if name is None and intent.unknown and len(entities) == 1 and alone:
        only = next(iter(entities))
        name = only if _is_label(context, intent, only) else None
    subject = dated(subject_of(name, known), lambda document: _flows(context, document))
    _with_printed_places(context, subject)
    _with_latest_year(context, subject, intent)
    intent = _in_its_words(context, subject, subject.calendar)
    shifted = named_by_end(subject, [found.fiscal_year for found in intent.periods if found.fiscal_year])
    if shifted is None:
        return intent, subject
    end = shifted.calendar.end
    context.warnings.append(context.words["by_end"].format(year=end.year, end=end.isoformat(), own=subject.calendar.year))
    return _in_its_words(context, shifted, shifted.calendar), shifted


def read_for(context: QuestionContext, name: str) -> tuple[Subject, Intent]:
    """One of the companies named, and the question as read with its fiscal calendar and its labels."""
    known = context.services.known.of(context.principal, context.collection)
    subject = dated(subject_of(name, known), lambda document: _flows(context, document))
    return subject, _in_its_words(context, subject, subject.calendar)


def _in_its_words(context: QuestionContext, subject: Subject, calendar: FiscalYear) -> Intent:
    """The question as read with the labels of the company's rows among its terms."""
    intent = _read(context, calendar)
    if subject.name is None:
        return intent
    labels = [] if intent.definitions else _labels(context, intent, subject.name, calendar)
    intent = _read(context, calendar, labels) if labels else intent
    return replace(intent, printed=_printed(context, intent, subject.name)) if intent.left else intent


def _read(context: QuestionContext, calendar: FiscalYear | None = None, labels: Sequence[str] = ()) -> Intent:
    """The question by rule; where no name in it is known, the learnt reader tells which words name a company."""
    names = context.services.known.of(context.principal, context.collection).names
    companies = None if names.find(context.question) else _companies(context)
    return understand(context.question, names, context.vocabulary, calendar, labels, companies)


def _companies(context: QuestionContext) -> tuple[tuple[int, int], ...] | None:
    """Where the question names a company whose figures are asked for; None where no reader tells. A text is read once."""
    if context.question not in context.companies:
        reader = context.reader()
        context.companies[context.question] = companies_read(reader, context.question) if reader else None
    return context.companies[context.question]


def _printed(context: QuestionContext, intent: Intent, entity: str) -> frozenset[str]:
    """Those of the doubtful words that lines of the company have, in their labels, headings or dimensions; of a Chinese run any two
    characters. Of what the asker says of himself only those that a line of the metric has.
    """
    words, spoken = doubtful(intent), beside(intent)
    library = intent.vocabulary.library
    meant = {one for mention in intent.mentions for one in (mention.name, *concepts_in(mention.name, library))}
    concepts = {name for one in meant for name in (metrics()[one].concepts if one in metrics() else ())}

    def has(part: str, *, asked: bool) -> bool:
        cancellation.check()
        query = FactQuery(entity=entity, metric=part, collection=context.collection, limit=EXAMPLES)
        facts = context.services.store.facts(context.principal, query)
        return any(names_word(stored, part) for stored in facts if not asked or stored.fact.concept in concepts)

    return frozenset(word for word in words[:LOOKED_UP] if any(has(part, asked=word in spoken) for part in parts_of(word))) | frozenset(
        words[LOOKED_UP:]
    )


def _labels(context: QuestionContext, intent: Intent, name: str, calendar: FiscalYear) -> list[str]:
    """The labels of the company's rows that the question names, of rows with a figure for a year that it names."""
    years = {found.fiscal_year for found in intent.periods if found.fiscal_year}
    rows = _rows(context.services.store, context.principal, intent.masked, name, context.collection)
    return labels_in(intent.masked, rows, years, calendar)


def labels_of(store: FactStore, principal: Principal, text: str, entity: str | None, collection: str | None) -> list[str]:
    """The labels of rows that a text names word for word, of one company (``entity``) or of all (None)."""
    return labels_in(text, _rows(store, principal, text, entity, collection), set(), CALENDAR_YEAR)


def prints(store: FactStore, principal: Principal, entity: str | None, words: str, collection: str | None) -> bool:
    """Whether a row of a company, or of any (None), has all the words of a text, or its Chinese characters in order, in its label, headings
    or dimensions.
    """
    return next(rows_with(store, principal, entity, words, collection), None) is not None


def rows_with(store: FactStore, principal: Principal, entity: str | None, words: str, collection: str | None) -> Iterator[StoredFact]:
    """The rows by which ``prints`` goes."""
    cancellation.check()
    own = {token.text for token in tokens(words)}
    for stored in store.facts(principal, FactQuery(entity=entity, metric=words, collection=collection, limit=ROWS)):
        text = " ".join((*stored.fact.metric, *(member for _, member in stored.fact.dimensions)))
        if own <= {token.text for token in tokens(text)} and (words.isascii() or in_order(stored, words)):
            yield stored


def _rows(store: FactStore, principal: Principal, text: str, entity: str | None, collection: str | None) -> list[StoredFact]:
    """Facts whose labels are near to a piece of the text."""
    found: dict[str, StoredFact] = {}
    for piece in pieces(text)[:PIECES]:
        cancellation.check()
        query = FactQuery(entity=entity, metric=piece, collection=collection, limit=ROWS)
        found |= {stored.id: stored for stored in store.facts(principal, query)}
    return list(found.values())


def _is_label(context: QuestionContext, intent: Intent, name: str) -> bool:
    """Whether what looks like an unknown company is a term that the one known company prints as a label."""
    unknown = intent.unknown or ""
    return any(unknown in label or label in unknown for label in _labels(context, intent, name, CALENDAR_YEAR))


def _with_printed_places(context: QuestionContext, subject: Subject) -> None:
    """Puts a Chinese question in the words of a company whose papers print a part of the world in English: 大中华区, "Greater China"."""
    if context.language != "zh" or subject.name is None:
        return
    for han, printed in (one for one in word_pairs("places_zh") if one[0] in context.question):
        name = printed.replace("_", " ").title() if not printed.isupper() else printed
        query = FactQuery(entity=subject.name, metric=name, collection=context.collection, limit=EXAMPLES)
        if any(same_name(part, name) for one in context.services.store.facts(context.principal, query) for part in one.fact.metric):
            context.question = context.question.replace(han, f" {name} ", 1)
            return


def _with_latest_year(context: QuestionContext, subject: Subject, intent: Intent) -> None:
    """Puts the year into a question that names a part of one and no year: of the latest that the company reports on; and into one for a
    figure of "last year" the year before the latest. Which is said.
    """
    ends = [parse_iso(one.period).end for one in subject.documents if subject.name and one.period]
    if not ends:
        return
    if not intent.periods:
        whole = in_latest_year(context.question, subject.calendar, max(ends))
    else:
        of_level = intent.mentions and asked_for(intent).relation == "level" and not asks_openly(intent)
        whole = with_year_before(intent, subject.calendar.year_of(max(ends))) if of_level else None
    if whole is not None:
        context.question = whole
        context.warn(context.words["understood"].format(question=whole))


def _part_named(context: QuestionContext, intent: Intent, known: Mapping[str, Sequence[str]]) -> tuple[str, str] | None:
    """The company of which a question that names none names a segment or a product, and the name of that; None where several may be."""
    if intent.entities or concerns_hidden(context.hidden, context.question, intent) or context.conversation.entity in known:
        return None
    looked_up = wants_number(intent) or (intent.mentions and intent.periods and not asks_openly(intent))  # "converse revenue fy2024"
    alone = [intent.unknown] if intent.unknown else _parts_asked(intent) if looked_up and len(known) > 1 else []
    return next(((owner, part) for part in alone if part in context.question and (owner := _owner_of(context, part))), None)


def _parts_asked(intent: Intent) -> list[str]:
    """The words left that may name a part by themselves, without what kind of part it is."""
    kinds = word_list("kinds_of_parts") | word_list("empty") | word_list("structure")
    found: list[str] = []
    for run in names_asked(intent)[:RUNS]:
        words = [word for word in tokens(run) if word.text not in kinds]
        if words and words[-1].end - words[0].start >= (SHORTEST_PART if intent.language == "en" else SHORTEST_PART_ZH):
            found.append(run[words[0].start : words[-1].end])
    return found


def _owner_of(context: QuestionContext, name: str) -> str | None:
    """The one company whose tables have a row of just this name: it is a segment or a product of it."""
    query = FactQuery(metric=name, collection=context.collection, limit=SAME_NAME)
    rows = (stored.fact for stored in context.services.store.facts(context.principal, query))
    owners = {fact.entity for fact in rows if fact.entity and any(same_name(part, name) for part in fact.metric)}
    return owners.pop() if len(owners) == 1 else None


def _flows(context: QuestionContext, document: str) -> list[str]:
    """The periods of a document's cash flow statement."""
    query = FactQuery(document_id=document, statement="cash flow", limit=PERIODS)
    return [stored.fact.period for stored in context.services.store.facts(context.principal, query)]


def _entity(context: QuestionContext, intent: Intent, known: Sequence[str], *, alone: bool) -> str | None:
    """The entity named, or spoken of before, or the only one where all documents are its own and nobody else is asked about."""
    if intent.entities:
        return intent.entities[0]
    if context.conversation.entity in known:
        return context.conversation.entity
    return known[0] if len(known) == 1 and alone and not (intent.unknown or intent.party) else None
