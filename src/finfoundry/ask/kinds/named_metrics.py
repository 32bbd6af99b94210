"""Questions whose metrics are known and whose other words are not: all that may be asked of these, told each way, of which the base model's
states find one likely to answer, and no other about as likely.
"""

from __future__ import annotations

from dataclasses import dataclass

from finfoundry.ask.candidates.named_plans import plans_named
from finfoundry.ask.context import opinions
from finfoundry.ask.context.attempt import adopt, attempt, note_guards
from finfoundry.ask.context.question import QuestionContext
from finfoundry.ask.kinds import figures
from finfoundry.ask.plan.rules import Plan, asks_openly
from finfoundry.ask.retrieve.model_opinion import log_odds
from finfoundry.ask.retrieve.pair_scoring import ROWS_HEAD
from finfoundry.ask.understand.intent import Intent
from finfoundry.ask.understand.subject import Subject
from finfoundry.core.answer import Answer

LIKELY = 0.3  # below which nothing is told
APART = 0.4  # log-odds by which the likeliest must be likelier than the next
TOLD = 80  # characters of each that the trace keeps
MOST = 10  # candidates that are read: a quarter of a second each on two cores


@dataclass(frozen=True, slots=True)
class Told:
    """One way to read the question, carried out: what would be told, and how likely it answers."""

    context: QuestionContext
    answer: Answer
    likely: float


def of_named_metrics(context: QuestionContext, intent: Intent, subject: Subject) -> Answer | None:
    """The likeliest of what the metrics that are named may be asked for; None where the states find none likely, or two about alike, or do
    not read one of them: then none stands against the others.
    """
    if subject.name is None or asks_openly(intent) or opinions.states_for(context, ROWS_HEAD) is None:
        return None
    made = (_carried_out(context, plan, intent, subject) for plan in plans_named(intent, subject.calendar))
    told = [_read(context, *one) for one in list(filter(None, made))[:MOST]]
    read = sorted(filter(None, told), key=lambda one: -one.likely)
    cited = [citation.document.id for one in read for citation in one.answer.citations]
    context.trace.add("candidates", [{"told": one.answer.text[:TOLD], "likely": round(one.likely, 3)} for one in read], cited)
    if not read or len(read) < len(told) or read[0].likely < LIKELY:
        return None
    if len(read) > 1 and log_odds(read[0].likely) - log_odds(read[1].likely) < APART:
        return None
    adopt(context, read[0].context)
    context.conversation.entity = subject.name
    return read[0].answer


def _carried_out(context: QuestionContext, plan: Plan, intent: Intent, subject: Subject) -> tuple[QuestionContext, Answer] | None:
    """A plan carried out, as an attempt of its own; None where it has no answer."""
    apart = attempt(context, context.warnings)
    apart.trace.add("plan", plan)
    answer = figures.from_facts(apart, plan, intent, subject)
    return (apart, answer) if answer is not None and answer.status == "answered" else None


def _read(context: QuestionContext, attempted: QuestionContext, answer: Answer) -> Told | None:
    """What an attempt would tell, with how likely it answers; None where nothing reads it."""
    likely = opinions.told_likely(attempted, answer)
    note_guards(context, attempted)
    return Told(attempted, answer, likely) if likely is not None else None
