"""Which companies can answer a question for a figure that names none: those with papers, which the asker may read, that hold every line of
its plan, for the time that it names.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from itertools import product
from typing import NamedTuple

from finfoundry.ask.compute.unprinted_totals import ANCHORS
from finfoundry.ask.context import reading
from finfoundry.ask.context.question import QuestionContext
from finfoundry.ask.lexicon.formula import SUMS, concepts_in, expand, unprinted
from finfoundry.ask.lexicon.metric_terms import metrics
from finfoundry.ask.lexicon.ports import FactQuery, HoldingQuery, StoredDocument, StoredFact
from finfoundry.ask.lexicon.spans import FiscalSpan, calendar_of, matches
from finfoundry.ask.plan.rules import Plan
from finfoundry.ask.understand.intent import Intent
from finfoundry.core.errors import PlanError
from finfoundry.core.formulas import Formula
from finfoundry.core.names.spoken_names import entity_key
from finfoundry.core.periods import FiscalYear, parse_iso

Held = dict[str, dict[str, set[str]]]  # name of a metric, or of a label → document, or company of records → the periods of its figures
RECORDS = 400  # of wide tables, of one concept in one year, that are looked through for the companies which they are of
LOOKED_UP = 60  # concepts and years
ANY_YEAR = FiscalSpan(0)  # where the question names none


class Holders(NamedTuple):
    """The ``companies`` that can answer, by their names; and whether papers of no company hold a line that is asked for."""

    companies: Sequence[str]
    nameless: bool


def holders_of(context: QuestionContext, plan: Plan, intent: Intent) -> Holders | None:
    """Who can answer; None where more records of wide tables hold it than are looked through."""
    known = context.services.known.of(context.principal, context.collection)
    held = _held(context, plan, intent)
    if held is None:
        return None
    papers = {paper.id: paper for paper in known.documents}
    holding = {document for documents in held.values() for document in documents}
    own = {name: ids for name in known.entities if (ids := known.papers.get(name, frozenset()) | {name}) & holding}
    calendar = {name: calendar_of([(one.fiscal_year, one.period) for id in ids if (one := papers.get(id))]) for name, ids in own.items()}
    able = [name for name in sorted(own) if _can_answer(plan, held, own[name], calendar[name], intent.vocabulary.library)]
    return Holders(able, any(papers[id].entity is None for id in holding & papers.keys()))


def reports_alone(context: QuestionContext, name: str, plan: Plan, intent: Intent) -> bool:
    """Whether the papers that the asker may read are, for the time that a question names, of one company alone. Another one may hold the
    same line under another name, or print it in a later paper.
    """
    if not plan.spans or not all(found.fiscal_year for found in intent.periods):
        return False
    first, known = min(span.year for span in plan.spans), context.services.known.of(context.principal, context.collection)
    own, tables = known.papers.get(name, frozenset()), context.services.tables
    others = (paper for paper in known.documents if paper.id not in own and _may_report(paper))
    ended = all(paper.period is not None and parse_iso(paper.period).end.year < first for paper in others)
    return ended and not (tables and any(year >= first for year in tables.years(context.principal, context.collection)))


def _may_report(paper: StoredDocument) -> bool:
    """Whether a paper may be a company's report: one whose company is not known, where it is of a time and no rule."""
    of_a_time = paper.period is not None or paper.fiscal_year is not None
    return paper.entity is not None or (of_a_time and paper.kind != "regulation")


def _names_in(expression: str, library: Mapping[str, Formula]) -> set[str]:
    """The metrics that an expression takes, and those by which an unprinted total is known: its parts, and the line beside its own."""
    names = concepts_in(expression, library)
    for formula in [formula for name in names if (formula := unprinted(name, library)) is not None]:
        names = names | concepts_in(formula.expression, library)
    parts = {part for name in names & SUMS.keys() for part in concepts_in(SUMS[name], library)}
    return names | parts | {ANCHORS[name] for name in (names | parts) & ANCHORS.keys()}


def _held(context: QuestionContext, plan: Plan, intent: Intent) -> Held | None:
    """What papers hold of each name of a plan, looked up at once for all concepts, and for each label by its words; and what records of
    wide tables hold. None where these are too many.
    """
    names = {name for item in plan.items for name in _names_in(item.expression, intent.vocabulary.library)}
    meant = {name: metrics()[name].concepts for name in names - plan.labels.keys() if name in metrics()}
    concepts = sorted({concept for found in meant.values() for concept in found})
    rows = {name: _rows(context, label) for name, label in plan.labels.items()}
    years = [span.year for span in plan.spans]
    about = (min(years) - 2, max(years) + 1) if years else None  # a fiscal year may end in the next, and a mean begins in the one before
    near = sorted({year + step for year in years for step in range(-2, 2)})
    records = _records(context, concepts, near)
    if records is None:
        return None
    query = HoldingQuery(concepts, intent.scope or "consolidated", context.collection, about)
    found = context.services.store.holdings(context.principal, query)
    held: Held = {name: {} for name in (*meant, *rows)}
    for one in found:
        for name in (name for name, own in meant.items() if one.concept in own):
            held[name].setdefault(one.document_id, set()).update(one.periods)
    of_concepts = ((name, stored) for name, own in meant.items() for stored in records if stored.fact.concept in own)
    holder = _holders_of_records(context)
    for name, stored in (*of_concepts, *((name, stored) for name, found_rows in rows.items() for stored in found_rows)):
        of = holder.get(entity_key(stored.fact.entity or ""), "") if stored.structured else stored.document_id
        held[name].setdefault(of, set()).add(stored.fact.period)
    return held


def _records(context: QuestionContext, concepts: Sequence[str], years: Sequence[int]) -> list[StoredFact] | None:
    """The figures of wide tables of some concepts, for the years asked about; None where there may be more than are looked through."""
    tables = context.services.tables
    columns = tables.columns(context.principal, context.collection) if tables is not None else ()
    told = sorted({column.concept for column in columns if column.concept in concepts and column.concept})
    found: list[StoredFact] = []
    if told and not 0 < len(told) * len(years) <= LOOKED_UP:
        return None
    for concept, year in product(told, years):
        query = FactQuery(concept=concept, period=str(year), collection=context.collection, limit=RECORDS)
        facts = context.services.store.facts(context.principal, query)
        if len(facts) >= RECORDS:
            return None
        found += [stored for stored in facts if stored.structured]
    return found


def _holders_of_records(context: QuestionContext) -> Mapping[str, str]:
    """The companies by the keys of all their names."""
    known = context.services.known.of(context.principal, context.collection)
    return {entity_key(alias): name for name, aliases in known.entities.items() for alias in (*aliases, name)}


def _rows(context: QuestionContext, label: str) -> list[StoredFact]:
    return list(reading.rows_with(context.services.store, context.principal, None, label, context.collection))


def _can_answer(plan: Plan, held: Held, ids: Collection[str], calendar: FiscalYear, library: Mapping[str, Formula]) -> bool:
    """Whether papers or records of one company hold what a plan takes; of several values that are asked for, one."""
    spans = plan.spans or (ANY_YEAR,)
    there = (_is_there(item.expression, span, held, ids, calendar, library) for item in plan.items for span in spans)
    return any(there) if plan.ask == "value" else all(there)


def _is_there(
    expression: str, span: FiscalSpan, held: Held, papers: Collection[str], calendar: FiscalYear, library: Mapping[str, Formula]
) -> bool:
    def find(name: str, at: FiscalSpan) -> str | None:
        periods = (period for paper, found in held.get(name, {}).items() if paper in papers for period in found)
        instant = metrics()[name].instant if name in metrics() else None
        fit = (one for one in periods if instant in (None, "/" not in one))
        return name if any(not span.year or matches(one, at.at(calendar)) for one in fit) else None

    def lines(name: str, at: FiscalSpan) -> list[str]:
        anchor = find(ANCHORS[name], at) if name in ANCHORS else None
        return [anchor] if anchor else []

    try:
        expand(expression, span, find, library, lines)
    except PlanError:
        return False
    return True
