"""What wide tables answer before facts are asked: rankings, counts and statistics by SQL, and texts of cells."""

from __future__ import annotations

from typing import TYPE_CHECKING

from finfoundry.agent import ranking
from finfoundry.agent.entities import is_company
from finfoundry.agent.fields import answer_field, plan_field
from finfoundry.agent.formula import formulas
from finfoundry.agent.selection import plan_selection
from finfoundry.agent.subject import Subject
from finfoundry.agent.understand import Intent
from finfoundry.core.answer import Answer
from finfoundry.core.errors import PlanError

if TYPE_CHECKING:
    from finfoundry.agent.inquiry import Inquiry


def over_companies(inquiry: Inquiry, intent: Intent) -> Answer | None:
    """The answer to a question over all companies; None when it is none, or no table can answer it."""
    tables = inquiry.tables
    selection = plan_selection(intent, formulas()) if tables is not None else None
    if tables is None or selection is None:
        return None
    years = tables.years(inquiry.principal, inquiry.collection)
    year = selection.year or (years[0] if years else None)
    if year is None:
        return None
    inquiry.trace.add("plan", selection)
    collection = tables.collection_id(inquiry.principal, inquiry.collection) if inquiry.collection else None
    columns = tables.columns(inquiry.principal, inquiry.collection)
    try:
        compiled = ranking.Compiler(columns, formulas(), inquiry.question, year, collection).compile(selection, inquiry.words["companies"])
    except PlanError as error:
        inquiry.trace.add("failed", str(error))
        return None
    with inquiry.timed("query"):
        result = tables.query(inquiry.principal, compiled.query)
    inquiry.trace.add("sql", {"query": result.query, "columns": result.columns, "rows": result.rows})
    parts = ranking.compose(selection, compiled, result, year, inquiry.words, intent.wish, inquiry.language)
    if not parts:
        return inquiry.nothing(inquiry.words["no_rows"], intent)
    if selection.year is None:
        inquiry.warn(inquiry.words["assumed"].format(span=f"{year}年" if inquiry.language == "zh" else f"FY{year}"))
    return inquiry.released(inquiry.bind(parts))


def of_field(inquiry: Inquiry, intent: Intent, subject: Subject) -> Answer | None:
    """The answer to a question for a text; None when it asks for something else, or documents may answer it."""
    tables = inquiry.tables
    if tables is None or subject.name is None:
        return None
    plan = plan_field(intent, tables.fields(inquiry.principal, inquiry.collection))
    if plan is None:
        return None
    cells = tables.texts(inquiry.principal, subject.name, plan.columns, inquiry.collection) if plan.columns else []
    found = answer_field(plan, cells, subject.name, inquiry.words, inquiry.language, inquiry.question)
    if found is None and subject.documents:
        beside = tables.beside(inquiry.principal, [document.id for document in subject.documents], plan.phrases)
        found = answer_field(plan, beside, subject.name, inquiry.words, inquiry.language, inquiry.question)
    if found is None:
        named = inquiry.words["no_field"].format(field=plan.title, entity=subject.name)
        return None if subject.documents else inquiry.nothing(named, intent)
    if is_company(subject.name):
        inquiry.trace.published.update(found.values)
    inquiry.trace.add("plan", plan)
    inquiry.trace.add("evidence", [citation.quote for citation in found.citations], [citation.document.id for citation in found.citations])
    return inquiry.quoted(found.text, found.citations)
