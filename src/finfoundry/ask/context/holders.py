"""Which companies can answer a question for a figure that names none: those with papers, which the asker may read, that hold every line of
its plan, for the time that it names.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from finfoundry.ask.compute.unprinted_totals import ANCHORS
from finfoundry.ask.context import reading
from finfoundry.ask.context.question import QuestionContext
from finfoundry.ask.lexicon.formula import SUMS, concepts_in, expand, unprinted
from finfoundry.ask.lexicon.metric_terms import metrics
from finfoundry.ask.lexicon.ports import HoldingQuery, StoredDocument, StoredFact
from finfoundry.ask.lexicon.spans import FiscalSpan, calendar_of, matches
from finfoundry.ask.plan.rules import Plan
from finfoundry.ask.understand.intent import Intent
from finfoundry.core.errors import PlanError
from finfoundry.core.formulas import Formula
from finfoundry.core.periods import FiscalYear

Held = Mapping[str, Mapping[str, Collection[str]]]  # name of a metric, or of a label → document → the periods of its figures
ANY_YEAR = FiscalSpan(0)  # where the question names none


def companies_with(context: QuestionContext, plan: Plan, intent: Intent) -> list[str]:
    """The companies that can answer, by their names; all that are known where a wide table has one of the lines, of whichever company."""
    known = context.services.known.of(context.principal, context.collection)
    held = _held(context, plan, intent)
    if held is None:
        return sorted(known.entities)
    papers = {paper.id: paper for paper in known.documents}
    holding = {document for documents in held.values() for document in documents}
    own = {name: [papers[id] for id in ids if id in papers] for name, ids in known.papers.items() if ids & holding}
    return [name for name in sorted(own) if _can_answer(plan, held, own[name], intent.vocabulary.library)]


def _names_in(expression: str, library: Mapping[str, Formula]) -> set[str]:
    """The metrics that an expression takes, and those by which an unprinted total is known: its parts, and the line beside its own."""
    names = concepts_in(expression, library)
    for formula in [formula for name in names if (formula := unprinted(name, library)) is not None]:
        names = names | concepts_in(formula.expression, library)
    parts = {part for name in names & SUMS.keys() for part in concepts_in(SUMS[name], library)}
    return names | parts | {ANCHORS[name] for name in (names | parts) & ANCHORS.keys()}


def _held(context: QuestionContext, plan: Plan, intent: Intent) -> Held | None:
    """What papers hold of each name of a plan: looked up at once for all concepts, and for each label by its words; None where wide tables
    hold any of it.
    """
    names = {name for item in plan.items for name in _names_in(item.expression, intent.vocabulary.library)}
    meant = {name: metrics()[name].concepts for name in names - plan.labels.keys() if name in metrics()}
    concepts = sorted({concept for found in meant.values() for concept in found})
    rows = {name: _rows(context, label) for name, label in plan.labels.items()}
    if _in_wide_tables(context, concepts) or any(stored.structured for found in rows.values() for stored in found):
        return None
    years = [span.year for span in plan.spans]
    about = (min(years) - 2, max(years) + 1) if years else None  # a fiscal year may end in the next, and a mean begins in the one before
    query = HoldingQuery(concepts, intent.scope or "consolidated", context.collection, about)
    found = context.services.store.holdings(context.principal, query)
    held: dict[str, dict[str, set[str]]] = {name: {} for name in (*meant, *rows)}
    for one in found:
        for name in (name for name, own in meant.items() if one.concept in own):
            held[name].setdefault(one.document_id, set()).update(one.periods)
    for name, stored in ((name, stored) for name, found_rows in rows.items() for stored in found_rows):
        held[name].setdefault(stored.document_id, set()).add(stored.fact.period)
    return held


def _rows(context: QuestionContext, label: str) -> list[StoredFact]:
    return list(reading.rows_with(context.services.store, context.principal, None, label, context.collection))


def _in_wide_tables(context: QuestionContext, concepts: Sequence[str]) -> bool:
    tables = context.services.tables
    return tables is not None and any(column.concept in concepts for column in tables.columns(context.principal, context.collection))


def _can_answer(plan: Plan, held: Held, papers: Sequence[StoredDocument], library: Mapping[str, Formula]) -> bool:
    """Whether papers of one company hold what a plan takes; of several values that are asked for, one."""
    calendar = calendar_of([(paper.fiscal_year, paper.period) for paper in papers])
    ids = {paper.id for paper in papers}
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
