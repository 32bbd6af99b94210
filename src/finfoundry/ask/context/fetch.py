"""What the store and the search hold for a question: operands of a plan, facts of a page, passages."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import partial

from finfoundry.ask.compose.law_sentences import standing
from finfoundry.ask.compute.operands import Operands, TableLines
from finfoundry.ask.context.question import QuestionContext
from finfoundry.ask.lexicon.metric_terms import metrics
from finfoundry.ask.lexicon.ports import FactQuery, Hit, SearchQuery, StoredFact
from finfoundry.ask.plan.rules import Plan
from finfoundry.ask.reader.written_plan import masked
from finfoundry.ask.retrieve import passages
from finfoundry.ask.retrieve.closest_passages import closest
from finfoundry.ask.retrieve.evidence_ranking import Evidence, EvidenceScorer, WordsAndMeaning, in_print, ranked
from finfoundry.ask.retrieve.figure_lines import FoundLine, Headings, lines_among
from finfoundry.ask.retrieve.pair_scoring import WordsMeaningAndPairs, whole_score
from finfoundry.ask.retrieve.query import asked_text, search_query, search_text
from finfoundry.ask.retrieve.quotable import Quotable, quotables
from finfoundry.ask.understand.asked_day import asked_days
from finfoundry.ask.understand.intent import Intent
from finfoundry.ask.understand.named_section import heading_words
from finfoundry.ask.understand.subject import Subject
from finfoundry.core import cancellation
from finfoundry.core.answer import Citation
from finfoundry.core.document import BY_PLACE, Block, Scope
from finfoundry.core.language import language_of
from finfoundry.core.protocols import PairReader

CANDIDATES = 400  # facts fetched for one concept, all periods and documents
NEAR = 200  # facts whose labels are near to a name
EVERY = 20_000  # facts of one company that end in one year
LEAST, PAIRED = 0.5, 1.5  # seconds that must be left for an encoder to read sentences, and to read them beside the question
QUOTABLE = 30  # passages looked through for sentences that answer, and of which a prompt is made
PAGES = 16  # whose tables are looked through for a line
MANY = 2000  # facts of one page, or of one statement of one document


def operands(context: QuestionContext, plan: Plan, intent: Intent, subject: Subject) -> Operands:
    """The operands that a plan takes, looked up when they are asked for."""

    def fetch(concept: str | None, label: str | None) -> Sequence[StoredFact]:
        query = FactQuery(entity=subject.name, concept=concept, metric=label, collection=context.collection, limit=CANDIDATES)
        return _clear(context.services.store.facts(context.principal, query))

    def of_statement(statement: str, year: int) -> Sequence[StoredFact]:
        query = FactQuery(entity=subject.name, period=str(year), statement=statement, collection=context.collection, limit=MANY)
        return context.services.store.facts(context.principal, query)

    scope = intent.scope or "consolidated"
    revisions = {document.id: document.revision for document in subject.documents}
    weigh = partial(_weigh, context, revisions) if scope == "consolidated" else partial(_weigh, context, revisions, scope=scope)
    compared = context.intent is not None and len(context.intent.entities) > 1  # of companies, what is of one day or year with each
    return Operands(
        fetch, weigh, subject.calendar, metrics(), context.question, plan.labels, subject.published, scope, plan.exact, plan.rows,
        partial(facts_of_page, context), compared=compared, headings=partial(headings_over, context), section=context.section,
        statements=intent.statements, telling=heading_words(intent.masked),
        of_statement=of_statement if subject.name is not None and len(subject.documents) > 1 else None,
    )  # fmt: skip


def _weigh(
    context: QuestionContext, revisions: Mapping[str, int], document: str, statement: str, scope: Scope = "consolidated"
) -> Mapping[int, TableLines]:
    """Known lines by table, of one statement of one document. Documents change by corrections alone, so that it is kept until then."""
    weights = context.services.weights
    key = (document, statement if scope == "consolidated" else f"{scope} {statement}", revisions.get(document, 0))
    if key not in weights:
        query = FactQuery(document_id=document, statement=statement, scope=scope, limit=MANY)
        lines: dict[tuple[int, int], set[str]] = {}
        chinese: set[int] = set()
        for stored in context.services.store.facts(context.principal, query):
            if stored.fact.concept and stored.fact.table is not None and not stored.fact.dimensions:
                lines.setdefault((stored.fact.table, stored.fact.page), set()).add(stored.fact.concept)
                chinese |= {stored.fact.table} if language_of(" ".join(stored.fact.metric)) == "zh" else set()
        weights[key] = {table: TableLines(len(found), page, table in chinese) for (table, page), found in lines.items()}
    return weights[key]


def headings_over(context: QuestionContext, stored: StoredFact) -> tuple[str, ...]:
    """The headings over the table of a figure, outermost first, its title last; none where it stands in no table of a page."""
    kept, document, table = context.services.headings, stored.document_id, stored.fact.table
    if table is None or stored.structured:
        return ()
    if document not in kept:
        kept[document] = context.services.store.table_headings(context.principal, document)
    return kept[document][table] if table < len(kept[document]) else ()


def rows_named(context: QuestionContext, entity: str, names: Sequence[str]) -> list[StoredFact]:
    """Facts of a company whose labels are near to any of the names."""
    queries = [FactQuery(entity=entity, metric=name, collection=context.collection, limit=NEAR) for name in names]
    found = {stored.id: stored for query in queries for stored in context.services.store.facts(context.principal, query)}
    return _clear(found.values())


def _clear(found: Iterable[StoredFact]) -> list[StoredFact]:
    """Without figures that nothing but their place tells from others of their row: they answer nothing."""
    return [stored for stored in found if all(axis != BY_PLACE for axis, _ in stored.fact.dimensions)]


def facts_of_concept(context: QuestionContext, entity: str, concept: str) -> Sequence[StoredFact]:
    """Figures of a concept of a company, of all times and parts."""
    query = FactQuery(entity=entity, concept=concept, collection=context.collection, limit=CANDIDATES)
    return context.services.store.facts(context.principal, query)


def facts_of_year(context: QuestionContext, entity: str, year: int) -> Sequence[StoredFact]:
    """All facts of a company whose period ends in a year."""
    query = FactQuery(entity=entity, period=str(year), collection=context.collection, limit=EVERY)
    return _clear(context.services.store.facts(context.principal, query))


def lines(context: QuestionContext, intent: Intent, subject: Subject) -> list[FoundLine]:
    """The lines of tables on the pages found for a question, and those whose labels have its words."""
    hits = for_quotation(context, intent, subject)
    pages = list(dict.fromkeys((hit.document_id, hit.page) for hit in hits))[:PAGES]
    queries = [FactQuery(document_id=document, page=page, limit=MANY) for document, page in pages]
    facts = [one for query in queries for one in _clear(context.services.store.facts(context.principal, query))]
    if subject.name is not None:
        facts += rows_named(context, subject.name, [asked_text(intent)])
    above = {document: Headings(hit for hit in hits if hit.document_id == document) for document in {hit.document_id for hit in hits}}
    found = {one.id: one for one in facts}
    return lines_among(found.values(), lambda one: above[one.document_id].of(one.fact) if one.document_id in above else ())


def facts_on(context: QuestionContext) -> Callable[[Hit], Sequence[StoredFact]]:
    """Looks up the facts of the page that a passage lies on."""
    return lambda hit: facts_of_page(context, hit.document_id, hit.page)


def facts_of_page(context: QuestionContext, document: str, page: int) -> Sequence[StoredFact]:
    """The facts of a page."""
    return context.services.store.facts(context.principal, FactQuery(document_id=document, page=page, limit=MANY))


def found(context: QuestionContext, intent: Intent, subject: Subject, pages: int, each: int = 1) -> list[Hit]:
    """``each`` passages of each of the first ``pages``, of the entity named; documents on the period named go before others."""
    return list(context.search.search(context.principal, _query(context, intent, subject, pages, each)))


def _query(context: QuestionContext, intent: Intent, subject: Subject, pages: int, each: int) -> SearchQuery:
    """The search for a question, in the papers that it names, where it does."""
    return replace(search_query(intent, subject, context.collection, pages, each), document_ids=context.papers or None)


def for_quotation(context: QuestionContext, intent: Intent, subject: Subject) -> list[Hit]:
    """The passages that quotations are chosen from, searched for once, in the question's words and in those of papers."""
    if context.hits is None:
        query = _query(context, intent, subject, QUOTABLE, passages.PASSAGES)
        hits = context.search.search(context.principal, replace(query, text=in_print(query.text)))
        context.hits = _in_force(context, list(hits))[:QUOTABLE]
    return context.hits


def behind(context: QuestionContext, hit: Hit, most: int) -> Sequence[Hit]:
    """The passages right behind one in its document, of which a question may not have the words."""
    return context.search.behind(context.principal, hit, most)


def blocks_under(context: QuestionContext, document: str, path: tuple[str, ...]) -> Sequence[tuple[int, Block]]:
    """The block of a heading and the headings and paragraphs that stand right under it, each with its page."""
    return context.services.store.blocks_under(context.principal, document, path)


def _in_force(context: QuestionContext, hits: list[Hit]) -> list[Hit]:
    """The passages without those of rules that were not in force on the day asked about; of none else, these, with a warning."""
    laws = {law.document: law for law in context.services.store.laws(context.principal)}
    asked = asked_days(context.question) if laws else None
    day = asked.last if asked and not asked.fault else date.today()  # rules are in force by the day of the place
    kept = [hit for hit in hits if hit.document_id not in laws or laws[hit.document_id].in_force(day) is not False]
    if kept or not hits:
        return kept
    for law in {hit.document_id: laws[hit.document_id] for hit in hits}.values():
        context.warn(standing(law, day, context.words, laws)[0])
    return hits


def nearest(context: QuestionContext) -> list[Citation]:
    """The closest passages, for who gets no answer. Whoever's papers the question is about, and whether there are such, the search is the
    same: so that neither its places nor its time tell of what may not be read.
    """
    if context.intent is None or context.subject is None:
        return []
    return closest(evidence(context, context.intent, context.subject), search_text(context.intent))


def evidence(context: QuestionContext, intent: Intent, subject: Subject) -> list[Evidence]:
    """What can be quoted of the passages found, the likeliest answer first; ranked once. Where the time is nearly over, by words alone."""
    if context.evidence is None:
        found = quotables(for_quotation(context, intent, subject))
        left = cancellation.remaining()
        words = WordsAndMeaning(context.search.likeness if left is None or left > LEAST else _no_likeness)
        pairs = _pairs(context)
        scorer: EvidenceScorer = words if pairs is None else WordsMeaningAndPairs(words, pairs, titles(context))
        question = masked(context.question, intent.named, context.language)
        context.evidence = ranked(question, search_text(intent), found, scorer)
    return context.evidence


def _pairs(context: QuestionContext) -> PairReader | None:
    """The scorer of pairs, where there is one and time for it."""
    left = cancellation.remaining()
    return context.scorer() if left is None or left > PAIRED else None


def paired(context: QuestionContext, intent: Intent, chosen: Sequence[Quotable]) -> float | None:
    """How likely all that is chosen answers, read beside the question in one piece, 0 to 1; None where no scorer of pairs reads it."""
    pairs = _pairs(context)
    question = masked(context.question, intent.named, context.language)
    title = titles(context).get(chosen[0].hit.document_id, "")
    return None if pairs is None else whole_score(pairs, question, chosen, title)


def titles(context: QuestionContext) -> dict[str, str]:
    """The titles of documents without a company, which sentences do not say again, by document id."""
    documents = context.services.known.of(context.principal, context.collection).documents
    return {one.id: one.title for one in documents if one.title and one.entity is None}


def _no_likeness(question: str, texts: Sequence[str]) -> Sequence[float]:  # noqa: ARG001
    return ()
