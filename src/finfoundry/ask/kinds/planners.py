"""Who makes plans for a question for figures: those who are sure of them, each in its turn, and those whose plans are put to the vote."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from finfoundry.ask.compute.result_check import VERY_SURE
from finfoundry.ask.compute.vote import Voter
from finfoundry.ask.context import fetch, opinions, reading
from finfoundry.ask.context.question import QuestionContext
from finfoundry.ask.context.timely import Unanswered
from finfoundry.ask.kinds import quotation
from finfoundry.ask.lexicon.formula import names_in
from finfoundry.ask.lexicon.metric_terms import metrics
from finfoundry.ask.lexicon.ports import StoredFact
from finfoundry.ask.lexicon.vocabulary import Mention, tokens
from finfoundry.ask.lexicon.word_lists import word_list
from finfoundry.ask.lines.meant_line import meant_line
from finfoundry.ask.plan.asked_spans import spans_of
from finfoundry.ask.plan.full_telling import plan_in_full
from finfoundry.ask.plan.member_plan import names_asked, plans_by_member
from finfoundry.ask.plan.multi_year import plan_over_years
from finfoundry.ask.plan.placed_rows import placed, plan_by_place
from finfoundry.ask.plan.plan_model import draft_request, plan_by_model
from finfoundry.ask.plan.row_labels import plan_as_printed, plan_by_label, plan_by_words, plan_printed_ratios
from finfoundry.ask.plan.rules import Plan, asks_openly, plan_by_rule, wants_number
from finfoundry.ask.plan.unexplained import unexplained
from finfoundry.ask.reader import concept_plan
from finfoundry.ask.reader.concept_plan import plans_by_concept
from finfoundry.ask.reader.learnt_plan import learnt_plan, reads_as_metrics
from finfoundry.ask.reader.learnt_reading import SURE
from finfoundry.ask.reader.named_numbers import names_number
from finfoundry.ask.reader.tuned_plan import offered_lines, request, sampled_plans
from finfoundry.ask.retrieve.pair_scoring import TOLD_HEAD
from finfoundry.ask.understand.intent import Intent, without_mentions
from finfoundry.ask.understand.stored_labels import says_word
from finfoundry.ask.understand.subject import Subject
from finfoundry.core.errors import EngineBusy, EngineError, EngineTimeout, PlanError
from finfoundry.core.formulas import formulas
from finfoundry.core.protocols import Chat


@dataclass(frozen=True, slots=True)
class Proposal:
    """A plan that is put to the vote; ``alone``: whether its planner is as sure of it as it must be where no other comes to the same;
    ``spare``: it counts only where another plan of the same planner comes to the same.
    """

    plan: Plan
    alone: bool
    spare: bool = False


SurePlanner = Callable[[QuestionContext, Intent, Subject, Plan | None], Plan | None]
Proposing = Callable[[QuestionContext, Intent, Subject], Iterable[Proposal]]
DOUBTED = 0.3  # how sure the learnt reader must be of a plan that another planner must come to as well
PLACES = 7  # words by which rows are looked up that headings explain
NAMES = 4  # runs of words of a question that are looked up as names of parts


def ruled(intent: Intent, subject: Subject) -> Plan | None:
    library, calendar = intent.vocabulary.library, subject.calendar
    over_years = plan_over_years(intent, calendar, library) if len(spans_of(intent, calendar)) > 1 else None
    plan = over_years or plan_by_rule(intent, calendar, library)
    return None if plan and plan.ask == "direction" and plan.yes_no and _says_more(intent) else plan


_EVERY_YEAR = re.compile(r"\b(?:(?:every|each)\s+year|steadily|consistently|continuously)\b|逐年|每年|连年", re.IGNORECASE)


def _says_more(intent: Intent) -> bool:
    """Whether a question for a direction holds a number that must be reached, or is about every year: up or down is no answer to it."""
    words = without_mentions(intent, intent.masked)
    return names_number(words) or _EVERY_YEAR.search(words) is not None


def _as_printed(context: QuestionContext, intent: Intent, subject: Subject, by_rule: Plan | None) -> Plan | None:
    """Labels of lines, or of ratios, that a document of the company prints word for word."""
    if subject.name is None:
        return None
    if any(map(intent.vocabulary.means_its_own, intent.mentions)):
        return None  # what the institution defined goes before what a document calls so
    plan = plan_as_printed(intent, subject.calendar) if intent.language == "zh" else None
    if plan is None and by_rule is not None and any(item.expression in formulas() for item in by_rule.items):
        plan = plan_printed_ratios(by_rule, formulas())
    asked = [item.expression for item in plan.items if item.expression in plan.labels] if plan else []
    operands = fetch.operands(context, plan, intent, subject) if plan and asked else None
    return plan if operands and all(operands.printed(name) for name in asked) else None


def _of_words(context: QuestionContext, intent: Intent, subject: Subject, by_rule: Plan | None) -> Plan | None:
    """The rule's plan; where it looks one metric up and leaves words over, the one that all words together are very sure to mean."""
    if by_rule is None or not intent.left or len(by_rule.items) != 1 or by_rule.items[0].expression not in metrics():
        return by_rule
    if not unexplained(intent):
        return by_rule
    meant = _by_meaning(context, intent, subject, by_rule)
    same = meant is None or set(_concepts_of(meant)) & set(_concepts_of(by_rule))
    return by_rule if same else meant


def _concepts_of(plan: Plan) -> Iterator[str]:
    return (
        concept for item in plan.items for name in names_in(item.expression) if name in metrics() for concept in metrics()[name].concepts
    )


def _by_meaning(context: QuestionContext, intent: Intent, subject: Subject, _: Plan | None) -> Plan | None:
    """The plan over a metric that the question is very sure to mean in everyday words."""
    return next((plan for plan in _by_concept(context, intent, subject) if plan.sure >= concept_plan.VERY_SURE), None)


def meant_metric(context: QuestionContext, intent: Intent, subject: Subject) -> str | None:
    """The name of the metric that the question is very sure to mean in everyday words."""
    plan = _by_meaning(context, intent, subject, None)
    name = plan.items[0].expression if plan and len(plan.items) == 1 else None
    return name if name in metrics() else None


def _by_label(_: QuestionContext, intent: Intent, subject: Subject, __: Plan | None) -> Plan | None:
    return plan_by_label(intent, subject.calendar)


def _by_bare_label(_: QuestionContext, intent: Intent, subject: Subject, __: Plan | None) -> Plan | None:
    return plan_by_label(intent, subject.calendar, bare=True)


def _by_words(_: QuestionContext, __: Intent, ___: Subject, by_rule: Plan | None) -> Plan | None:
    return plan_by_words(by_rule)


def _by_member(context: QuestionContext, intent: Intent, subject: Subject, _: Plan | None) -> Plan | None:
    """A metric of a segment, product or region, where a fact bears both names for the time asked about."""
    names = names_asked(intent)
    if subject.name is None or not names or asks_openly(intent):
        return None
    rows = fetch.rows_named(context, subject.name, names[:NAMES])
    found = [_of_member(context, intent, subject, rows, metric) for metric in intent.mentions]
    plans = [plan for plan in found if plan is not None]
    return _together(plans) if found and found[-1] is not None else None


def _of_member(context: QuestionContext, intent: Intent, subject: Subject, rows: Sequence[StoredFact], metric: Mention) -> Plan | None:
    """The first plan for a metric of the part that has figures for the times asked about; where a row bears both names, or stands where
    its headings say what it does not.
    """
    for plan in _of_part(context, intent, subject, rows, metric):
        operands = fetch.operands(context, plan, intent, subject)
        named = set(spans_of(intent, subject.calendar))  # of a range its ends; what lies between may lack
        if plan.spans and all(operands.find(name, span) for name in plan.labels for span in named.intersection(plan.spans)):
            return plan
    return None


def _of_part(context: QuestionContext, intent: Intent, subject: Subject, rows: Sequence[StoredFact], metric: Mention) -> Iterator[Plan]:
    """Plans for a metric of a part, each looked for when those before it have no figures."""
    yield from plans_by_member(intent, rows, subject.calendar, metric)
    if (plan := _by_place(context, intent, subject, rows, metric)) is not None:
        yield plan


def _by_place(context: QuestionContext, intent: Intent, subject: Subject, rows: Sequence[StoredFact], metric: Mention) -> Plan | None:
    """The plan over rows that headings explain, among those near to each word that is left, and to the metric."""
    name = subject.name or ""
    more = fetch.rows_named(context, name, [metric.text, *unexplained(intent)][:PLACES])
    found = placed({one.id: one for one in (*rows, *more)}.values(), partial(fetch.headings_over, context))

    def prints(word: str) -> bool:
        return reading.prints(context.services.store, context.principal, name, word, context.collection)

    return plan_by_place(intent, found, subject.calendar, metric, prints)


def _together(plans: Sequence[Plan]) -> Plan:
    """Plans for several metrics of one part as one, where each looks its metric up at the same times; else the one for the last that the
    question names.
    """
    last = plans[-1]
    if any((plan.ask, plan.spans, plan.exact) != ("value", last.spans, last.exact) for plan in plans):
        return last
    items = tuple(dict.fromkeys(item for plan in plans for item in plan.items))
    return replace(last, items=items, labels={name: label for plan in plans for name, label in plan.labels.items()})


def _corrected(context: QuestionContext, intent: Intent, subject: Subject, by_rule: Plan | None) -> Plan | None:
    """The learnt reader's plan where a rule would only look figures up and leaves words over, and the reader is very sure that something is
    computed of them.
    """
    if by_rule is None or by_rule.ask not in ("value", "change") or by_rule.yes_no or not intent.left:
        return None  # "which was bigger" asks for a verdict, not for the sum of the two
    if not all(item.expression.isidentifier() for item in by_rule.items):
        return None
    if any(item.expression in intent.vocabulary.library for item in by_rule.items):
        return None  # a ratio by its name
    plan = plan_by_reader(context, intent, subject, VERY_SURE)
    if plan is None:
        return None
    computed = not all(item.expression.isidentifier() for item in plan.items)
    return plan if computed or len(plan.spans) > len(by_rule.spans) > 1 else None


def plan_by_reader(context: QuestionContext, intent: Intent, subject: Subject, sure: float = SURE, *, second: bool = False) -> Plan | None:
    """By the learnt reader, of a known company, or by its ``second`` reading: what it is less than ``sure`` of, or what does not fit the
    question, is no plan.
    """
    if subject.name is None or not _may_be_read(context, subject) or asks_openly(intent):
        return None
    reader = context.reader()
    if reader is None:
        return None
    try:
        plan = learnt_plan(reader, intent, subject.calendar, sure, second=second)
        plan = None if plan and not plan.labels and _names_a_part(context, intent, subject.name) else plan
        context.trace.add("read", {"reader": reader.identity, "sure": plan is not None and plan.sure >= SURE})
        return plan
    except PlanError as error:
        context.trace.add("failed", error.message)
        return None


def _may_be_read(context: QuestionContext, subject: Subject) -> bool:
    """Whether a question in other words than those that rules explain may be read: of a company that has documents; of one that records
    alone tell of where the base model's states tell, too, that what was found answers. Of 80 questions for what no record holds 26 came to
    a figure of one without them.
    """
    if subject.of_records:
        return opinions.states_for(context, TOLD_HEAD) is not None
    return subject.name is not None


def _names_a_part(context: QuestionContext, intent: Intent, entity: str) -> bool:
    """Whether a word that nothing explains stands in a column of the rows that are asked for, whose whole is then no answer: 第三阶段."""
    words = set(unexplained(intent)) - word_list("kinds_of_parts")
    rows = fetch.rows_named(context, entity, [mention.text for mention in intent.mentions]) if words else []
    members = {member for stored in rows if not stored.structured for _, member in stored.fact.dimensions}
    return any(says_word(member, word) for word in words for member in members)


def readings(context: QuestionContext, intent: Intent, subject: Subject) -> Iterator[Proposal]:
    """The learnt reader's plan; where it is not sure of it, the one of its second reading, too."""
    plan = plan_by_reader(context, intent, subject, DOUBTED)
    sure = plan is not None and plan.sure >= SURE
    if plan is not None:
        yield Proposal(plan, sure)
    if not sure and (second := plan_by_reader(context, intent, subject, 0.0, second=True)) is not None:
        yield Proposal(second, alone=False)


def concepts_meant(context: QuestionContext, intent: Intent, subject: Subject) -> Iterator[Proposal]:
    """The plans over metrics that the question means in everyday words."""
    for plan in _by_concept(context, intent, subject):
        yield Proposal(plan, plan.sure >= concept_plan.SURE)


def _by_concept(context: QuestionContext, intent: Intent, subject: Subject) -> Sequence[Plan]:
    """Plans over metrics of the whole company, made once: none where the question has a word that only a part of it bears."""
    key = (intent.question, subject.name)
    if key not in context.meant:
        reader = context.concepts() if _may_be_read(context, subject) else None
        plans = list(plans_by_concept(reader, intent, subject.calendar)) if reader else []
        context.meant[key] = [plan for plan in plans if not _is_of_a_part(context, plan, intent, subject.name or "")]
        for plan in plans:
            told = {"metric": plan.items[0].title, "sure": round(plan.sure, 3), "part": plan not in context.meant[key]}
            context.trace.add("concept", told)
    return context.meant[key]


def _is_of_a_part(context: QuestionContext, plan: Plan, intent: Intent, entity: str) -> bool:
    """Whether a word of the question stands in the name of a part of the company that has a figure of the metric, too."""
    words = {token.text for token in tokens(intent.masked)} - word_list("kinds_of_parts") - word_list("empty") - word_list("neutral")
    facts = [stored for concept in _concepts_of(plan) for stored in fetch.facts_of_concept(context, entity, concept)]
    members = {member for stored in facts for _, member in stored.fact.dimensions}
    return any(says_word(member, word) for word in words for member in members)


def line_meant(context: QuestionContext, intent: Intent, subject: Subject) -> Iterator[Proposal]:
    """The plan over the line of a table that the question means: to be told alone where the likeliest sentence of the papers states its
    figures, too, or neither another line nor a surer sentence tells otherwise.
    """
    found = meant_line(context, intent, subject)
    if found is None:
        return
    said = quotation.likeliest(context, intent, subject) if found.sure else None
    stated = said is not None and quotation.holds(said.quotable.text, [operand.stored.fact.value for operand in found.figures])
    doubted = found.rivalled or (said is not None and said.worth > found.worth)
    plan = replace(found.plan, sure=found.worth) if context.services.states else found.plan
    yield Proposal(plan, found.sure and (stated or not doubted))


def told_in_full(context: QuestionContext, intent: Intent, subject: Subject) -> Iterator[Proposal]:
    """The metrics that the question names with how each moved, where what it wants of them is said in words that no line has."""
    if subject.name is None or _asks_besides(intent):
        return
    store, principal, entity, collection = context.services.store, context.principal, subject.name, context.collection
    plan = plan_in_full(intent, subject.calendar, lambda word: reading.prints(store, principal, entity, word, collection))
    reader = context.reader() if plan is not None else None
    if plan is not None and reader is not None and reads_as_metrics(reader, intent):
        yield Proposal(plan, alone=True)


def _asks_besides(intent: Intent) -> bool:
    """Whether the question tells more than its core asks: a lead-in may say of what."""
    return "".join(intent.core.split()) != "".join(intent.question.split())


def drafted(context: QuestionContext, intent: Intent, subject: Subject) -> Iterator[Proposal]:
    """The base model's plan and, as far as the time that is left allows, drawn ones that may confirm or contradict it; where a tuned
    planner serves, those of that. Only for a question that wants a number of a known entity: the model would plan anything.
    """
    engine = context.planning_engine()
    if engine is None or subject.name is None or not subject.documents or not wants_number(intent):
        return
    fetch.for_quotation(context, intent, subject)  # before the model, which may come late
    planner = context.planner()
    if planner is not None and (yield from _sampled(context, engine, planner, intent, subject)):
        return
    if context.engine is None:
        return
    deadline, started = context.services.deadline, time.monotonic()
    draft = plan_by_model(context.engine, intent, subject.calendar, deadline)
    for completion in draft.completions:
        context.count(completion)
    if draft.plan is None:
        return
    took = time.monotonic() - started
    yield Proposal(draft.plan, alone=True)
    wanted = draft_request(intent, deadline)
    for plan in sampled_plans(context.engine, wanted, intent, subject.calendar, context.count, draft.plan, took):
        yield Proposal(plan, alone=False, spare=True)


def _sampled(context: QuestionContext, engine: Chat, planner: str, intent: Intent, subject: Subject) -> Generator[Proposal, None, bool]:
    """Plans of the tuned planner; it returns whether that was asked: it may be named where the engine has not loaded it, which the trace
    says.
    """
    names = [*(one.text for one in intent.mentions), *unexplained(intent)][:PLACES]
    lines = offered_lines(intent, [fetch.rows_named(context, subject.name or "", [name]) for name in names])
    if lines:  # the prompt is on record under the documents of steps, and unreadable once they are deleted
        context.trace.add("offered", [one.text for one in lines], [one.document for one in lines if one.document])
    wanted = request(intent, planner, lines, context.services.deadline)
    try:
        for plan in sampled_plans(engine, wanted, intent, subject.calendar, context.count):
            yield Proposal(plan, alone=False)
    except EngineError as error:
        if not _refuses(error):
            raise
        context.trace.add("failed", error.message)
        return False
    return True


def _refuses(error: EngineError) -> bool:
    """Whether an engine says that it cannot do what is asked, and not that it is late or works for others."""
    cause = error.__cause__ if isinstance(error, Unanswered) else error
    return isinstance(cause, EngineError) and not isinstance(cause, EngineBusy | EngineTimeout)


SURE_PLANNERS: tuple[SurePlanner, ...] = (
    _corrected, _as_printed, _of_words, _by_member, _by_label, _by_bare_label, _by_words, _by_meaning,
)  # fmt: skip
VOTERS: Mapping[Voter, Proposing] = {  # the cheapest first
    "reader": readings, "concept": concepts_meant, "line": line_meant, "named": told_in_full, "model": drafted,
}  # fmt: skip
