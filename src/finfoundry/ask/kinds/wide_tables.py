"""What wide tables answer before facts are asked: rankings, counts and statistics by SQL, and texts of cells."""

from __future__ import annotations

from finfoundry.ask.compose.ranking_text import companies_told
from finfoundry.ask.compute import ranking_sql
from finfoundry.ask.context import endings
from finfoundry.ask.context.question import QuestionContext
from finfoundry.ask.lexicon.entities import is_company
from finfoundry.ask.plan.company_selection import plan_selection
from finfoundry.ask.plan.text_field import answer_field, plan_field
from finfoundry.ask.understand.intent import Intent
from finfoundry.ask.understand.subject import Subject
from finfoundry.core.answer import Answer
from finfoundry.core.errors import PlanError


def over_companies(context: QuestionContext, intent: Intent, _: Subject) -> Answer | None:
    """The answer to a question over all companies; None when it is none, or no table can answer it."""
    tables = context.services.tables
    selection = plan_selection(intent, intent.vocabulary.library) if tables is not None else None
    if tables is None or selection is None:
        return None
    years = tables.years(context.principal, context.collection)
    year = selection.year or (years[0] if years else None)
    if year is None:
        return None
    context.trace.add("plan", selection)
    collection = tables.collection_id(context.principal, context.collection) if context.collection else None
    columns = tables.columns(context.principal, context.collection)
    try:
        compiled = ranking_sql.Compiler(columns, intent.vocabulary.library, context.question, year, collection).compile(
            selection, context.words["companies"]
        )
    except PlanError as error:
        context.trace.add("failed", str(error))
        return None
    with context.timed("query"):
        result = tables.query(context.principal, compiled.query)
    context.trace.add("sql", {"query": result.query, "columns": result.columns, "rows": result.rows})
    parts = companies_told(selection, compiled, result, year, context.words, intent.wish, context.language)
    if not parts:
        return endings.nothing(context, context.words["no_rows"], intent)
    if selection.year is None:
        context.warn(context.words["assumed"].format(span=f"{year}年" if context.language == "zh" else f"FY{year}"))
    return endings.release(context, endings.bind(context, parts))


def of_field(context: QuestionContext, intent: Intent, subject: Subject) -> Answer | None:
    """The answer to a question for a text; None when it asks for something else, or documents may answer it."""
    tables = context.services.tables
    if tables is None or subject.name is None:
        return None
    plan = plan_field(intent, tables.fields(context.principal, context.collection), subject.calendar)
    if plan is None:
        return None
    cells = tables.texts(context.principal, subject.name, plan.columns, context.collection) if plan.columns else []
    found = answer_field(plan, cells, context.called(subject), context.words, context.language, context.question)
    if found is None and subject.documents:
        beside = tables.beside(context.principal, [document.id for document in subject.documents], plan.phrases)
        found = answer_field(plan, beside, context.called(subject), context.words, context.language, context.question)
    if found is None:
        named = context.words["no_field"].format(field=plan.title, entity=context.called(subject))
        return None if subject.documents else endings.nothing(context, named, intent)
    if is_company(subject.name):
        context.trace.published.update(found.values)
    context.trace.add("plan", plan)
    context.trace.add("evidence", [citation.quote for citation in found.citations], [citation.document.id for citation in found.citations])
    return endings.quote(context, found.text, found.citations)
