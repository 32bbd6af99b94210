"""A line of a table that a question means without saying its words: found by an encoder that has read questions beside lines.

Nothing is taken that another line, nearly as likely, tells otherwise; and nothing of another kind than the one asked for.
"""

from __future__ import annotations

from collections.abc import Sequence

from finfoundry.ask.compute.operands import Operand
from finfoundry.ask.context import fetch
from finfoundry.ask.context.question import QuestionContext
from finfoundry.ask.plan.dimension import asked_for, dimension_of_unit
from finfoundry.ask.plan.line_plan import NAME, plans_by_line
from finfoundry.ask.plan.rules import Plan, asks_openly
from finfoundry.ask.retrieve.figure_lines import likeliest
from finfoundry.ask.retrieve.query import asked_text
from finfoundry.ask.understand.intent import Intent
from finfoundry.ask.understand.stored_labels import differs
from finfoundry.ask.understand.subject import Subject

SURE = 0.5  # how likely the line must be (benchmarks/figure_questions.py)
BESIDE = 0.7  # of the likeliest one's likelihood that another line must have to speak against it
LOOKED_AT = 12  # lines


def plan_of_meant_line(context: QuestionContext, intent: Intent, subject: Subject, _: Plan | None) -> Plan | None:
    """A plan over the likeliest line that has figures for the times asked about; None where none is likely, or several are and differ."""
    asked = asked_for(intent)
    if subject.name is None or asked.relation == "no figure" or asks_openly(intent) or (scorer := context.figures()) is None:
        return None
    lines = fetch.lines(context, intent, subject)
    if asked.relation == "level" and asked.kinds:
        lines = [one for one in lines if {dimension_of_unit(stored.fact.unit).kind for stored in one.facts} & asked.kinds]
    ranked = [one for one in likeliest(asked_text(intent), lines, scorer)[:LOOKED_AT] if one.likely >= SURE * BESIDE]
    told = [
        (one, plan, found) for one, plan in plans_by_line(intent, subject.calendar, ranked)
        if (found := _figures(context, plan, intent, subject))
    ]  # fmt: skip
    if not told or told[0][0].likely < SURE:
        return None
    first, plan, figures = told[0]
    rivals = [found for one, _, found in told[1:] if one.likely >= BESIDE * first.likely]
    context.trace.add("line", {"read": first.line.read, "likely": round(first.likely, 3), "beside": len(rivals)})
    return None if any(_tell_otherwise(figures, found) for found in rivals) else plan


def _figures(context: QuestionContext, plan: Plan, intent: Intent, subject: Subject) -> list[Operand]:
    """The line's figures of the times of its plan, of the latest where it names none; empty where one is missing or doubtful."""
    operands = fetch.operands(context, plan, intent, subject)
    spans = plan.spans or operands.spans(NAME)[:1]
    found = [operand for span in spans if (operand := operands.find(NAME, span)) is not None and not operand.rivals]
    return found if len(found) == len(spans) else []


def _tell_otherwise(figures: Sequence[Operand], others: Sequence[Operand]) -> bool:
    """Whether two lines have different figures for one of the times."""
    of_span = {one.span: one.stored for one in others}
    return any(one.span not in of_span or differs(one.stored, of_span[one.span]) for one in figures)
