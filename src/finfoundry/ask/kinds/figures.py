"""Questions for figures: planned, the plan carried out over facts, its results checked, stated and bound."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial

from finfoundry.ask.compose import answer_evidence
from finfoundry.ask.compose.answer_evidence import AnswerPart
from finfoundry.ask.compose.headed_lines import told_together
from finfoundry.ask.compose.sentences import compose
from finfoundry.ask.compute.headed_lines import headed_lines
from finfoundry.ask.compute.operands import Operand, Operands
from finfoundry.ask.compute.result_check import VERY_SURE, Lines, check, other_currency
from finfoundry.ask.compute.results import Computed, carry_out, carry_out_in_part, rate_as_printed
from finfoundry.ask.context import endings, fetch, holders, reading
from finfoundry.ask.context.question import QuestionContext
from finfoundry.ask.kinds import missing_metric, quotation
from finfoundry.ask.lexicon.formula import MissingOperandError
from finfoundry.ask.lexicon.own_vocabulary import in_words, name_of, term_used
from finfoundry.ask.lexicon.ports import StoredFact
from finfoundry.ask.lexicon.spans import FiscalSpan
from finfoundry.ask.lexicon.word_lists import word_list
from finfoundry.ask.lines.meant_line import meant_line
from finfoundry.ask.plan.asked_spans import spans_as_asked, spans_of
from finfoundry.ask.plan.member_plan import names_asked, plans_by_member
from finfoundry.ask.plan.multi_year import plan_over_years
from finfoundry.ask.plan.plan_model import plan_by_model
from finfoundry.ask.plan.row_labels import plan_as_printed, plan_by_label, plan_by_words, plan_printed_ratios
from finfoundry.ask.plan.rules import Plan, asks_openly, plan_by_rule, wants_number
from finfoundry.ask.plan.unexplained import for_whom, unexplained
from finfoundry.ask.reader.learnt_plan import learnt_plan, otherwise_worded, worded_as_printed
from finfoundry.ask.reader.learnt_reading import SURE
from finfoundry.ask.reader.named_numbers import names_number
from finfoundry.ask.understand.intent import Intent, without_mentions
from finfoundry.ask.understand.stored_labels import differs, says_word
from finfoundry.ask.understand.subject import Subject
from finfoundry.core.answer import Answer
from finfoundry.core.errors import PlanError
from finfoundry.core.formulas import formulas
from finfoundry.core.periods import FiscalYear

Planner = Callable[[QuestionContext, Intent, Subject, Plan | None], Plan | None]
OPTIONS = 20  # companies from which the asker may choose
NAMES = 4  # runs of words of a question that are looked up as names of parts


def of_figures(context: QuestionContext, intent: Intent, subject: Subject, planners: Sequence[Planner] | None = None) -> Answer | None:
    """The answer by the first plan that can be carried out over facts; None where no plan can. Raises Unanswered."""
    with context.timed("plan"):
        by_rule = _plan_by_rule(intent, subject)
    refused: Answer | None = None
    for make in planners or PLANNERS:
        with context.timed("plan"):
            plan = make(context, intent, subject, by_rule)
        if plan is None:
            continue
        if subject.name is None:
            if (told := _of_whom(context, plan, intent, planners or PLANNERS)) is not None:
                return told
            context.unprinted = True  # it may be of a law, a policy, a product
            continue
        context.trace.add("plan", plan)
        printed = worded_as_printed(plan, intent.vocabulary.library) if plan.source == "learnt" else None
        tried = (*([printed] if printed else []), plan, *otherwise_worded(plan)) if plan.source == "learnt" else (plan,)
        answer = next((told for one in tried if (told := _from_facts(context, one, intent, subject)) is not None), None)
        if answer is not None and answer.status == "no_evidence" and plan.source == "definition" and make is not _plan_by_reader:
            answer = _by_reader(context, intent, subject) or answer  # what a rule took for a definition may be none
        if answer is not None:
            context.conversation.entity = subject.name
            if answer.status != "withheld" or plan.source not in ("label", "line"):
                return answer
            refused = refused or answer  # a row of the words that are asked for, which is not what they mean: another plan may find that
    return _released_together(context, subject) or refused


def _released_together(context: QuestionContext, subject: Subject) -> Answer | None:
    """Lines of one label told together, where no plan found the one that is meant; None where they do not bind."""
    for part in context.together[:1]:
        evidence = answer_evidence.of_part(part, (*subject.names, *context.spoken), subject.calendar)
        bound = endings.bind(context, [(part.text, evidence)])
        if not bound.unbound:
            return endings.release(context, bound)
    return None


def _of_whom(context: QuestionContext, plan: Plan, intent: Intent, planners: Sequence[Planner]) -> Answer | None:
    """Of a plan without a company: which of those is meant that can answer, or the answer of the only one; None where none can."""
    with context.timed("retrieve"):
        names = holders.companies_with(context, plan, intent)
    if len(names) == 1:
        return _of_the_only_one(context, names[0], planners)
    return endings.end(context, "clarify", context.words["which_entity"], options=names[:OPTIONS]) if names else None


def _of_the_only_one(context: QuestionContext, name: str, planners: Sequence[Planner]) -> Answer | None:
    """The answer of the one company that can give it, which is said; None, and nothing is known of it, where it does not."""
    before = context.intent, context.subject, context.calendar, context.conversation.entity
    subject, intent = reading.read_for(context, name)
    context.intent, context.subject, context.calendar = intent, subject, subject.calendar
    answer = of_figures(context, intent, subject, planners)
    if answer is None or answer.status != "answered":
        context.intent, context.subject, context.calendar, context.conversation.entity = before
        return None
    answer.warnings.append(context.written(context.words["only_company"].format(entity=context.called(subject))))
    return answer


def _by_reader(context: QuestionContext, intent: Intent, subject: Subject) -> Answer | None:
    plan = _plan_by_reader(context, intent, subject, None)
    answer = _from_facts(context, plan, intent, subject) if plan else None
    return answer if answer and answer.status == "answered" else None


# planning


def _plan_by_rule(intent: Intent, subject: Subject) -> Plan | None:
    library, calendar = intent.vocabulary.library, subject.calendar
    over_years = plan_over_years(intent, calendar, library) if len(spans_of(intent, calendar)) > 1 else None
    plan = over_years or plan_by_rule(intent, calendar, library)
    return None if plan and plan.ask == "direction" and plan.yes_no and _says_more(intent) else plan


_EVERY_YEAR = re.compile(r"\b(?:(?:every|each)\s+year|steadily|consistently|continuously)\b|逐年|每年|连年", re.IGNORECASE)


def _says_more(intent: Intent) -> bool:
    """Whether a question for a direction holds a number that must be reached, or is about every year: up or down is no answer to it."""
    words = without_mentions(intent, intent.masked)
    return names_number(words) or _EVERY_YEAR.search(words) is not None


def _plan_as_printed(context: QuestionContext, intent: Intent, subject: Subject, by_rule: Plan | None) -> Plan | None:
    """Labels of lines, or of ratios, that a document of the company prints word for word."""
    if subject.name is None:
        return None
    if any(mention.formula and mention.name not in formulas() for mention in intent.mentions):
        return None  # what the institution defined goes before what a document calls so
    plan = plan_as_printed(intent, subject.calendar) if intent.language == "zh" else None
    if plan is None and by_rule is not None and any(item.expression in formulas() for item in by_rule.items):
        plan = plan_printed_ratios(by_rule, formulas())
    asked = [item.expression for item in plan.items if item.expression in plan.labels] if plan else []
    operands = fetch.operands(context, plan, intent, subject) if plan and asked else None
    return plan if operands and all(operands.printed(name) for name in asked) else None


def _plan_of_words(_: QuestionContext, __: Intent, ___: Subject, by_rule: Plan | None) -> Plan | None:
    return by_rule


def _plan_by_label(_: QuestionContext, intent: Intent, subject: Subject, __: Plan | None) -> Plan | None:
    return plan_by_label(intent, subject.calendar)


def _plan_by_bare_label(_: QuestionContext, intent: Intent, subject: Subject, __: Plan | None) -> Plan | None:
    return plan_by_label(intent, subject.calendar, bare=True)


def _plan_by_words(_: QuestionContext, __: Intent, ___: Subject, by_rule: Plan | None) -> Plan | None:
    return plan_by_words(by_rule)


def _plan_by_member(context: QuestionContext, intent: Intent, subject: Subject, _: Plan | None) -> Plan | None:
    """A metric of a segment, product or region, where a fact bears both names for the time asked about."""
    names = names_asked(intent)
    if subject.name is None or not names or asks_openly(intent):
        return None
    rows = fetch.rows_named(context, subject.name, names[:NAMES])
    for plan in plans_by_member(intent, rows, subject.calendar):
        operands = fetch.operands(context, plan, intent, subject)
        named = set(spans_of(intent, subject.calendar))  # of a range its ends; what lies between may lack
        if plan.spans and all(operands.find(name, span) for name in plan.labels for span in named.intersection(plan.spans)):
            return plan
    return None


def _plan_corrected(context: QuestionContext, intent: Intent, subject: Subject, by_rule: Plan | None) -> Plan | None:
    """The learnt reader's plan where a rule would only look figures up and leaves words over, and the reader is very sure that something is
    computed of them.
    """
    if by_rule is None or by_rule.ask not in ("value", "change") or by_rule.yes_no or not intent.left:
        return None  # "which was bigger" asks for a verdict, not for the sum of the two
    if not all(item.expression.isidentifier() for item in by_rule.items):
        return None
    if any(item.expression in intent.vocabulary.library for item in by_rule.items):
        return None  # a ratio by its name
    plan = _plan_by_reader(context, intent, subject, None, VERY_SURE)
    if plan is None:
        return None
    computed = not all(item.expression.isidentifier() for item in plan.items)
    return plan if computed or len(plan.spans) > len(by_rule.spans) > 1 else None


def _plan_by_reader(context: QuestionContext, intent: Intent, subject: Subject, _: Plan | None, sure: float = SURE) -> Plan | None:
    """By the learnt reader, of a known company: what it is not sure of, or what does not fit the question, is no plan."""
    if subject.name is None or not subject.documents or asks_openly(intent):
        return None
    reader = context.reader()
    if reader is None:
        return None
    try:
        plan = learnt_plan(reader, intent, subject.calendar, sure)
        plan = None if plan and not plan.labels and _names_a_part(context, intent, subject.name) else plan
        context.trace.add("read", {"reader": reader.identity, "sure": plan is not None})
        return plan
    except PlanError as error:
        context.trace.add("failed", error.message)
        return None


def _names_a_part(context: QuestionContext, intent: Intent, entity: str) -> bool:
    """Whether a word that nothing explains stands in a column of the rows that are asked for, whose whole is then no answer: 第三阶段."""
    words = set(unexplained(intent)) - word_list("kinds_of_parts")
    rows = fetch.rows_named(context, entity, [mention.text for mention in intent.mentions]) if words else []
    members = {member for stored in rows if not stored.structured for _, member in stored.fact.dimensions}
    return any(says_word(member, word) for word in words for member in members)


def _plan_by_line(context: QuestionContext, intent: Intent, subject: Subject, _: Plan | None) -> Plan | None:
    """Over the line of a table that the question means, where the likeliest sentence of the papers states its figures, too, or neither
    another line nor a surer sentence tells otherwise.
    """
    found = meant_line(context, intent, subject)
    if found is None:
        return None
    said = quotation.likeliest(context, intent, subject)
    if said is not None and quotation.states(said.quotable.text, [operand.stored.fact for operand in found.figures]):
        return found.plan
    return None if found.rivalled or (said is not None and said.worth > found.worth) else found.plan


def _plan_by_model(context: QuestionContext, intent: Intent, subject: Subject, _: Plan | None) -> Plan | None:
    """Only for a question that wants a number of a known entity: the model would plan anything."""
    if context.engine is None or subject.name is None or not subject.documents or not wants_number(intent):
        return None
    fetch.for_prompt(context, intent, subject)  # before the model, which may come late
    drafted = plan_by_model(context.engine, intent, subject.calendar, context.services.deadline)
    for completion in drafted.completions:
        context.count(completion)
    return drafted.plan


WITHOUT_MODEL: tuple[Planner, ...] = (
    _plan_corrected, _plan_as_printed, _plan_of_words, _plan_by_label, _plan_by_bare_label, _plan_by_words, _plan_by_member,
    _plan_by_reader, _plan_by_line,
)  # fmt: skip
PLANNERS = (*WITHOUT_MODEL, _plan_by_model)


# the answer


def _from_facts(context: QuestionContext, plan: Plan, intent: Intent, subject: Subject) -> Answer | None:
    """The composed answer; None when passages should be asked instead."""
    rows = _results(context, plan, intent, subject)
    if plan.of_rates and isinstance(rows, list) and _all_rates(rows):
        return _from_facts(context, plan.of_rates, intent, subject)
    if isinstance(rows, MissingOperandError):
        if plan.source in ("label", "line", "model", "learnt") or missing_metric.is_plain(plan, rows):
            return None
        if (words := plan_by_words(plan, rows.metric)) and (answer := _from_facts(context, words, intent, subject)) is not None:
            return answer  # a ratio that the documents print themselves
        return missing_metric.missing(context, rows, plan, intent, subject)
    return None if rows is None else _told(context, plan, rows, intent, subject)


def _all_rates(rows: Sequence[Sequence[Computed]]) -> bool:
    return all(operand.stored.fact.unit == "ratio" for row in rows for computed in row for operand in computed.operands.values())


def _told(context: QuestionContext, plan: Plan, rows: Sequence[Sequence[Computed]], intent: Intent, subject: Subject) -> Answer:
    if (own := other_currency(intent.wish.currency, rows)) is not None:
        text = context.words["other_currency"].format(own=own, asked=intent.wish.currency)
        return endings.nothing(context, text, intent)
    return _stated(context, plan, rows, intent, subject)


def _results(
    context: QuestionContext, plan: Plan, intent: Intent, subject: Subject
) -> Sequence[Sequence[Computed]] | MissingOperandError | None:
    """The plan's values; None where it cannot be carried out, or where its values are not what is asked for; or what is missing."""
    operands = fetch.operands(context, plan, intent, subject)

    def of_year(entity: str, year: int) -> Sequence[StoredFact]:
        return fetch.facts_of_year(context, entity, year)

    try:
        with context.timed("retrieve"):
            found = _carried_out(context, plan, operands, intent, subject)
            rows = [[one if one.lookup else rate_as_printed(one, of_year) for one in row] for row in found]
        lines = Lines(context.services.store, context.principal, subject.name, context.collection)
        reasons = check(plan, rows, intent, subject.calendar, lines).reasons
    except MissingOperandError as missing:
        context.undecided += map(partial(_both_told, context), operands.undecided)
        context.doubts += [context.words["not_in_section"]] if context.section else []
        context.together += _together(context, plan, missing, operands, intent, subject)
        context.trace.add("missing", {"metric": missing.metric, "span": missing.span.key})
        return missing
    except PlanError as error:
        context.trace.add("failed", str(error))
        return None
    if reasons:
        context.trace.add("unchecked", list(reasons))
        context.doubts += reasons
    return None if reasons else rows


def _both_told(context: QuestionContext, figures: Sequence[StoredFact]) -> str:
    """That a document gives several figures under one label, each with its page."""
    words, first = context.words, figures[0]
    differing = [first, *(one for one in figures if differs(one, first))]
    places = dict.fromkeys(words["other_place"].format(value=one.fact.text, page=one.fact.page) for one in differing)
    return words["undecided"].format(metric=first.fact.metric[-1], document=first.document_name, places=words["join"].join(places))


def _together(
    context: QuestionContext, plan: Plan, missing: MissingOperandError, operands: Operands, intent: Intent, subject: Subject
) -> list[AnswerPart]:
    """The lines of the label that alone is asked for, told in one sentence, where their headings tell them apart."""
    asked = plan.labels.get(missing.metric)
    if asked is None or plan.ask != "value" or [item.expression for item in plan.items] != [missing.metric] or len(plan.spans) > 1:
        return []
    found = (headed_lines(figures, asked, partial(fetch.headings_over, context)) for figures in operands.undecided)
    name = context.called(subject, intent.scope)
    return [told_together(lines, missing.span, name, intent.wish, context.language) for lines in found if lines]


def _carried_out(
    context: QuestionContext, plan: Plan, operands: Operands, intent: Intent, subject: Subject
) -> Sequence[Sequence[Computed]]:
    """The plan's values; of several that a question names, those that are there: the others are named as not answered."""
    library = intent.vocabulary.library
    try:
        return carry_out(plan, operands, library)
    except MissingOperandError:
        rows, lacking = carry_out_in_part(plan, operands, library)
        if not rows or not _may_lack(plan, [span for _, span in lacking], intent, subject):
            raise
    if plan.source == "rule" and (whole := _in_one_row(context, plan, rows[0], intent, subject)) is not None:
        return whole
    context.lacking = [context.words["lacking"].format(title=item.title, span=span.words(context.language)) for item, span in lacking]
    return rows


def _may_lack(plan: Plan, lacking: Sequence[FiscalSpan], intent: Intent, subject: Subject) -> bool:
    """Whether values may be left out: any of known metrics; of lines found by their labels only those within a range."""
    named = spans_of(intent, subject.calendar)
    return plan.source == "rule" or (plan.source in ("label", "line") and not any(span in named for span in lacking))


def _in_one_row(
    context: QuestionContext, plan: Plan, told: Sequence[Computed], intent: Intent, subject: Subject
) -> Sequence[Sequence[Computed]] | None:
    """The values of a row that a document prints under the very words of the question, a table of several years, where it holds all of them
    and the same as ``told``, which the statements hold.
    """
    worded = plan_by_words(plan) if len(plan.items) == 1 else None
    if worded is None or len(worded.labels) != 1:
        return None
    (name,) = worded.labels
    rows: dict[tuple[str, int | None, int | None], list[StoredFact]] = {}
    for stored in fetch.operands(context, worded, intent, subject).candidates(name):
        rows.setdefault((stored.document_id, stored.fact.table, stored.fact.row), []).append(stored)
    for facts in (row for row in rows.values() if len(row) >= len(plan.spans)):
        operands = fetch.operands(context, replace(worded, rows={name: facts}), intent, subject)
        with suppress(PlanError):
            (found,) = carry_out(worded, operands, intent.vocabulary.library)
            if {(one.span, one.value) for one in told} <= {(one.span, one.value) for one in found}:
                return [found]
    return None


def _stated(context: QuestionContext, plan: Plan, rows: Sequence[Sequence[Computed]], intent: Intent, subject: Subject) -> Answer:
    name = context.called(subject, intent.scope)
    told = in_asked_order(rows, intent, subject.calendar) if plan.ask == "value" else rows
    parts = compose(plan, told, name, intent.wish, context.language)
    used = [operand for row in rows for computed in row for operand in computed.operands.values()]
    context.trace.add("evidence", [operand.stored.id for operand in used], [operand.stored.document_id for operand in used])
    _warn_about(context, plan, rows, subject.published)
    parts += _defined(context, plan, intent)
    names = (*subject.names, *context.spoken)
    bound = endings.bind(context, [(part.text, answer_evidence.of_part(part, names, subject.calendar)) for part in parts])
    return endings.release(context, bound)


def in_asked_order(rows: Sequence[Sequence[Computed]], intent: Intent, calendar: FiscalYear) -> list[list[Computed]]:
    """The values of each row by the order in which the question names their times; those that it does not name last."""
    asked = spans_as_asked(intent, calendar)
    return [sorted(row, key=lambda one: asked.index(one.span) if one.span in asked else len(asked)) for row in rows]


def _defined(context: QuestionContext, plan: Plan, intent: Intent) -> list[AnswerPart]:
    """What the institution's own formulas are, in words; as a warning where that holds a number, which no document would bind."""
    words = intent.vocabulary
    if plan.ask == "norm" and (norm := words.norms.get(plan.items[0].expression)) is not None:
        context.terms = list(dict.fromkeys([*context.terms, term_used(norm)]))
    said = []
    for term in (term for term in context.terms if term.kind == "formula"):
        formula = in_words(term.means, words, context.language)
        text = context.words["own_formula"].format(title=term.said or name_of(term.name, words, context.language), formula=formula)
        if answer_evidence.bind_parts([(text, [])], context.question, context.language).unbound:
            context.warn(text)
        else:
            said.append(AnswerPart(text))
    return said


def _warn_about(context: QuestionContext, plan: Plan, rows: Sequence[Sequence[Computed]], published: Mapping[str, str]) -> None:
    """Warn of an assumed period, a restated or contradicted value, a weak document."""
    if not plan.spans and not plan.recent:  # "the last three years" are named by the answer
        context.warnings.append(context.words["assumed"].format(span=rows[0][-1].span.words(context.language)))
    if context.intent is not None and (phrase := for_whom(context.intent)) is not None:
        context.warn(context.words["for_whom"].format(phrase=phrase))
    for operand in (operand for row in rows for computed in row for operand in computed.operands.values()):
        _warn_of_operand(context, operand, published)
        if operand.stored.mark:
            context.warn(f"{operand.stored.document_name}: {operand.stored.mark}")


def _warn_of_operand(context: QuestionContext, operand: Operand, published: Mapping[str, str]) -> None:
    fact, words = operand.stored.fact, context.words
    said = {"metric": " ".join(fact.metric[-1:]), "value": fact.text, "document": operand.stored.document_name, "on": fact.page}
    if operand.earlier is not None:
        other = operand.earlier
        older = published.get(other.document_id, "") < published.get(operand.stored.document_id, "")
        named = {"other": other.fact.text, "other_document": other.document_name, "page": other.fact.page}
        context.warn(words["restated" if older else "contradicted"].format(**named, **said))
    if operand.rivals:
        places = (words["other_place"].format(value=rival.fact.text, page=rival.fact.page) for rival in operand.rivals[:3])
        context.warn(words["conflict"].format(others=words["join"].join(dict.fromkeys(places)), **said))
    for other in operand.namesakes[:1]:
        named = {"other": other.fact.text, "other_metric": " ".join(other.fact.metric[-1:]), "page": other.fact.page}
        context.warn(words["namesake"].format(**named, **said))
    if fact.confidence < 0.9 and not operand.stored.correction:
        why = words["undated" if fact.period_assumed else "ocr"]
        context.warn(why.format(period=fact.period, confidence=f"{fact.confidence:.0%}", **said))
