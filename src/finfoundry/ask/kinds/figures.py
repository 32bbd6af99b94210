"""Questions for figures: planned, the plan carried out over facts, its results checked, stated and bound."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from itertools import zip_longest

from finfoundry.ask.candidates.corrector import DRAWN, UNITS, put_right
from finfoundry.ask.compose import answer_evidence, term_definitions
from finfoundry.ask.compose.answer_evidence import AnswerPart
from finfoundry.ask.compose.headed_lines import told_together
from finfoundry.ask.compose.left_out import is_of_another
from finfoundry.ask.compose.printed_rates import rate_as_printed
from finfoundry.ask.compose.sentences import compose
from finfoundry.ask.compute.headed_lines import headed_lines
from finfoundry.ask.compute.operands import Operand, Operands
from finfoundry.ask.compute.result_check import Lines, check, other_currency
from finfoundry.ask.compute.results import Computed, carry_out, carry_out_in_part
from finfoundry.ask.compute.vote import (
    MOVES,
    Ballot,
    Group,
    Voter,
    against,
    confirmed,
    drawn_alike,
    drawn_apart,
    grouped,
    may_be_told,
    settled,
)
from finfoundry.ask.context import endings, fetch, holders, reading
from finfoundry.ask.context.attempt import adopt, attempt
from finfoundry.ask.context.question import QuestionContext
from finfoundry.ask.context.timely import Unanswered
from finfoundry.ask.kinds import missing_metric, planners, quotation
from finfoundry.ask.kinds.planners import Proposal
from finfoundry.ask.lexicon.formula import MissingOperandError
from finfoundry.ask.lexicon.metric_terms import metrics
from finfoundry.ask.lexicon.own_vocabulary import term_used
from finfoundry.ask.lexicon.ports import StoredFact
from finfoundry.ask.lexicon.spans import FiscalSpan
from finfoundry.ask.plan.asked_spans import YEAR, compared_with, spans_as_asked, spans_of
from finfoundry.ask.plan.plan_model import reading_meant
from finfoundry.ask.plan.row_labels import plan_by_words
from finfoundry.ask.plan.rules import Plan
from finfoundry.ask.reader.concept_plan import VERY_SURE
from finfoundry.ask.reader.learnt_plan import otherwise_worded, worded_as_printed
from finfoundry.ask.understand.intent import Intent
from finfoundry.ask.understand.stored_labels import differs
from finfoundry.ask.understand.subject import Subject
from finfoundry.core.answer import Answer
from finfoundry.core.errors import PlanError
from finfoundry.core.periods import FiscalYear

Rows = Sequence[Sequence[Computed]]
LINE_SURE = 0.8  # of a line that the base model's states find likely: it is what is asked for, whatever a metric that is named is called
OPTIONS = 20  # companies from which the asker may choose
BY_LABEL = ("label", "line", "concept")  # plans over a row near to the words that are asked for, which may not be what they mean


def of_figures(context: QuestionContext, intent: Intent, subject: Subject, *, model: bool = True) -> Answer | None:
    """The answer by the first plan of a planner that is sure of it, which can be carried out over facts; else by what the other planners'
    plans come to, ``model``: the base model's among them; None where no plan can. Raises Unanswered.
    """
    with context.timed("plan"):
        by_rule = planners.ruled(intent, subject)
    refused: Answer | None = None
    of_nobody = False
    for make in planners.SURE_PLANNERS:
        with context.timed("plan"):
            plan = make(context, intent, subject, by_rule)
        if plan is None:
            continue
        if subject.name is None:
            told, nobodys = _of_whom(context, plan, intent, sure=plan == by_rule and not intent.rest, model=model)
            if told is not None:
                return told
            context.unprinted = True  # it may be of a law, a policy, a product
            of_nobody = of_nobody or nobodys
            continue
        context.trace.add("plan", plan)
        tried = _tried(context, plan, intent, subject)
        answer = next((told for one in tried if (told := from_facts(context, one, intent, subject)) is not None), None)
        if answer is not None and answer.status == "no_evidence" and plan.source == "definition":
            answer = _by_reader(context, intent, subject) or answer  # what a rule took for a definition may be none
        if answer is not None:
            context.conversation.entity = subject.name
            if answer.status != "withheld" or plan.source not in BY_LABEL:
                return answer
            refused = refused or answer  # another plan may find what is meant
    if of_nobody:  # a company's metric, which sentences may hold: then it is asked of which of these
        return quotation.of_sentences(context, intent, subject) or endings.nothing(context, context.words["nothing"], intent)
    return _by_vote(context, intent, subject, model=model) or _released_together(context, subject) or refused


def _released_together(context: QuestionContext, subject: Subject) -> Answer | None:
    """Lines of one label told together, where no plan found the one that is meant; None where they do not bind."""
    for part in context.together[:1]:
        evidence = answer_evidence.of_part(part, (*subject.names, *context.spoken), subject.calendar)
        bound = endings.bind(context, [(part.text, evidence)])
        if not bound.unbound:
            return endings.release(context, bound)
    return None


def _of_whom(context: QuestionContext, plan: Plan, intent: Intent, *, sure: bool, model: bool) -> tuple[Answer | None, bool]:
    """Of a plan without a company: which is meant of those that hold all of it; where none does, None, and whether it is a company's metric
    all the same, which is printed, and in no paper of nobody. Where a rule explains every word (``sure``), so that none may name somebody
    else, the only company that reports on that time is answered for; else never one alone: others may hold the figure under other names.
    """
    with context.timed("retrieve"):
        held = holders.holders_of(context, plan, intent)
    if held is not None and not held.companies:
        return None, not held.nameless and all(_is_printed(context, label) for label in plan.labels.values())
    # too many to be told apart are all that are known
    names = held.companies if held else sorted(context.services.known.of(context.principal, context.collection).entities)
    may_be_alone = len(names) == 1 and sure and not intent.party and not (held and held.nameless)
    alone = may_be_alone and holders.reports_alone(context, names[0], plan, intent)
    if alone and (told := _of_the_only(context, names[0], model=model)) is not None:
        return told, False
    return endings.end(context, "clarify", context.words["which_entity"], options=names[:OPTIONS]), False


def _of_the_only(context: QuestionContext, name: str, *, model: bool) -> Answer | None:
    """The answer for the one company that can be meant, which is said; None where its papers have none."""
    anew = attempt(context, context.warnings)
    anew.subject, anew.intent = subject, intent = reading.read_for(context, name)
    anew.calendar = subject.calendar
    told = of_figures(anew, intent, subject, model=model)
    if told is None or told.status != "answered":
        return None
    adopt(context, anew)
    context.subject, context.intent, context.calendar, context.conversation.entity = subject, intent, subject.calendar, name
    told.warnings.append(context.written(context.words["only_one"].format(entity=context.called(subject))))
    return told


def _is_printed(context: QuestionContext, label: str) -> bool:
    """Whether a table has a row with all the words of a label."""
    return reading.prints(context.services.store, context.principal, None, label, context.collection)


def _tried(context: QuestionContext, plan: Plan, intent: Intent, subject: Subject) -> Iterator[Plan]:
    """The plans to carry out in the place of one, in the order in which they are tried: put right, worded otherwise, and in other units
    where no figure could be computed.
    """
    if _is_plain(plan, intent, subject):
        yield from _worded(plan, intent)
        return
    plan = put_right(context, plan, intent, subject)
    steps = len(context.trace.steps)
    yield from _worded(plan, intent)
    if any(step.kind == "failed" for step in context.trace.steps[steps:]):
        made = put_right(context, plan, intent, subject, UNITS)
        yield from (made,) if made != plan else ()


def _is_plain(plan: Plan, intent: Intent, subject: Subject) -> bool:
    """Whether a plan looks up what the question names, so that there is nothing to put right in it; or no company is known. How something
    moved over a part of a year may be told from its beginning.
    """
    over_a_part = plan.ask in MOVES and any(span.months < YEAR for span in plan.spans)
    named = plan.source not in DRAWN and all(item.expression in metrics() or item.expression in plan.labels for item in plan.items)
    return subject.name is None or (named and not over_a_part and compared_with(intent, subject.calendar) is None)


def _worded(plan: Plan, intent: Intent) -> Iterator[Plan]:
    """A plan, and of a learnt one those with its terms worded otherwise, in the order in which they are tried."""
    if plan.source == "learnt" and (printed := worded_as_printed(plan, intent.vocabulary)) is not None:
        yield printed
    yield plan
    if plan.source == "learnt":
        yield from otherwise_worded(plan)


def _by_reader(context: QuestionContext, intent: Intent, subject: Subject) -> Answer | None:
    plan = planners.plan_by_reader(context, intent, subject)
    answer = from_facts(context, plan, intent, subject) if plan else None
    return answer if answer and answer.status == "answered" else None


# execute and vote


def _by_vote(context: QuestionContext, intent: Intent, subject: Subject, *, model: bool) -> Answer | None:
    """What most of the plans come to that planners make who are not sure by themselves, each asked where the others have not settled it.
    Where none outweighs the others, what the model picks of them; else the asker is asked back.
    """
    voters: list[Voter] = [voter for voter in planners.VOTERS if model or voter != "model"]
    ballots: list[Ballot] = []
    refused: Answer | None = None
    for voter, following in zip_longest(voters, voters[1:]):
        ballots += _cast_in_time(context, voter, intent, subject, ballots)
        groups = grouped(ballots)
        if not settled(groups, following):
            continue
        first = groups[0].ballots[0]
        answer = answer_of(context, first, intent, subject)
        another = _is_of_another(context, intent, answer, first.plan)
        if not another and (answer.status != "withheld" or first.plan.source not in BY_LABEL):
            return answer
        refused, ballots = refused or (None if another else answer), [one for one in ballots if one not in groups[0].ballots]
    groups = against(grouped(ballots))
    if refused or not (may_be_told(groups) or drawn_apart(groups)):
        return refused
    meant = _picked(context, groups) if model else None
    return answer_of(context, meant, intent, subject) if meant else _asked_back(context, intent, subject, groups)


def _is_of_another(context: QuestionContext, intent: Intent, answer: Answer, plan: Plan) -> bool:
    """Whether what a plan in doubt came to is of something else than what is asked."""
    named = context.words["not_answered"].partition("{")[0]
    sure = plan.sure >= (LINE_SURE if plan.source == "line" else VERY_SURE)
    return answer.status == "answered" and is_of_another(intent, answer, named, metric=not sure)


def _cast_in_time(context: QuestionContext, voter: Voter, intent: Intent, subject: Subject, others: Sequence[Ballot]) -> list[Ballot]:
    """The ballots of a planner; none of a model that does not answer, where those of the others may be told. Raises Unanswered."""
    try:
        return cast(context, voter, intent, subject, others)
    except Unanswered:
        if may_be_told(grouped(others)):
            return []
        raise


def cast(context: QuestionContext, voter: Voter, intent: Intent, subject: Subject, others: Sequence[Ballot] = ()) -> list[Ballot]:
    """The plans of a planner that can be carried out, with what they come to; of the model no more once one is confirmed, by another of its
    plans or by the ballots of ``others``.
    """
    ballots: list[Ballot] = []
    proposals = iter(planners.VOTERS[voter](context, intent, subject))
    while not (voter == "model" and ballots and confirmed(ballots, others)):
        with context.timed("plan"):
            proposal = next(proposals, None)
        if proposal is None:
            break
        if (found := _ballot(context, voter, proposal, intent, subject)) is not None:
            ballots.append(found)
    if voter == "model":
        ballots = drawn_alike(ballots)
    if ballots:
        context.trace.add("vote", {"voter": voter, "alone": [one.alone for one in ballots]})
    return ballots


def _ballot(context: QuestionContext, voter: Voter, proposal: Proposal, intent: Intent, subject: Subject) -> Ballot | None:
    """A plan carried out; why one in doubt was not is no reason to tell anybody."""
    doubts, undecided_lines, together = len(context.doubts), len(context.undecided), len(context.together)
    context.trace.add("plan", proposal.plan)
    tried = _tried(context, proposal.plan, intent, subject)
    found = next((one for plan in tried if (one := _executed(context, plan, intent, subject)) is not None), None)
    if not proposal.alone:
        del context.doubts[doubts:], context.undecided[undecided_lines:], context.together[together:]
    return Ballot(voter, *found, proposal.alone, tuple(context.lacking), proposal.spare) if found else None


def _executed(context: QuestionContext, plan: Plan, intent: Intent, subject: Subject) -> tuple[Plan, Rows] | None:
    """The plan whose values are told, with them; None where it has none."""
    rows = _results(context, plan, intent, subject)
    if rows is None or isinstance(rows, MissingOperandError):
        return None
    return _executed(context, plan.of_rates, intent, subject) if plan.of_rates and _all_rates(rows) else (plan, rows)


def answer_of(context: QuestionContext, ballot: Ballot, intent: Intent, subject: Subject) -> Answer:
    """The answer by a plan that was carried out."""
    context.conversation.entity, context.lacking = subject.name, list(ballot.lacking)
    return _told(context, ballot.plan, ballot.rows, intent, subject)


def _picked(context: QuestionContext, groups: Sequence[Group]) -> Ballot | None:
    """Which of several readings the base model picks; None where there is no model, or it picks none."""
    readings = [_in_words(context, group.ballots[0]) for group in groups]
    if context.engine is None or len(set(readings)) < max(2, len(readings)):
        return None
    try:
        with context.timed("plan"):
            picked = reading_meant(context.engine, context.question, readings, context.services.deadline)
    except Unanswered:
        return None
    for completion in picked.completions:
        context.count(completion)
    context.trace.add("picked", {"readings": readings, "place": picked.place})
    return groups[picked.place].ballots[0] if picked.place is not None else None


def _asked_back(context: QuestionContext, intent: Intent, subject: Subject, groups: Sequence[Group]) -> Answer | None:
    """Which of the readings that stand against each other is meant, each in words; None where their words do not tell them apart, or leave
    out the currency or the scope that is asked for.
    """
    if intent.wish.currency or intent.scope:
        return None
    options = list(dict.fromkeys(_in_words(context, group.ballots[0]) for group in groups))
    if len(options) < 2:
        return None
    context.readings, context.conversation.entity = tuple(options), subject.name
    return endings.end(context, "clarify", context.words["which_reading"], options=options)


def _in_words(context: QuestionContext, ballot: Ballot) -> str:
    """What a plan tells: titles and times, no value."""
    words, language = context.words, context.language
    said = [words["lacking"].format(title=one.item.title, span=one.span.words(language)) for row in ballot.rows for one in row]
    return words["join"].join(dict.fromkeys(said))


# the answer


def from_facts(context: QuestionContext, plan: Plan, intent: Intent, subject: Subject) -> Answer | None:
    """The answer composed of a plan's values; None where it cannot be carried out over facts, and passages should be asked instead."""
    rows = _results(context, plan, intent, subject)
    if plan.of_rates and isinstance(rows, list) and _all_rates(rows):
        return from_facts(context, plan.of_rates, intent, subject)
    if isinstance(rows, MissingOperandError):
        if plan.source in ("label", "line", "concept", "model", "learnt") or missing_metric.is_plain(plan, rows):
            return None
        own = any(map(intent.vocabulary.means_its_own, intent.mentions))  # what a paper calls so is another thing
        if not own and (words := plan_by_words(plan, rows.metric)) and (answer := from_facts(context, words, intent, subject)) is not None:
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


def _results(context: QuestionContext, plan: Plan, intent: Intent, subject: Subject) -> Rows | MissingOperandError | None:
    """The plan's values; None where it cannot be carried out, or where its values are not what is asked for; or what is missing."""
    operands = fetch.operands(context, plan, intent, subject)
    context.lacking = []  # of a plan that was tried before
    try:
        with context.timed("retrieve"):
            found, of_year = _carried_out(context, plan, operands, intent, subject), partial(fetch.facts_of_year, context)
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
    alone = plan.ask == "value" and [item.expression for item in plan.items] == [missing.metric] and len(plan.spans) <= 1
    if asked is None or not alone or not missing.span.year:
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
    parts = compose(plan, told, name, intent.wish, context.language, year_of=partial(fetch.facts_of_year, context))
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
    """What the institution's own terms are by which the question was read."""
    norms = intent.vocabulary.norms.get(plan.items[0].expression, []) if plan.ask == "norm" else []
    norm = next((one for one in reversed(norms) if one.entry.norm == plan.limit), None)
    if norm is not None and not any((term.name, term.version) == (norm.entry.name, norm.version) for term in context.terms):
        context.terms = [*context.terms, term_used(norm)]
    if not context.terms:
        return []
    said = term_definitions.told(context.terms, intent.vocabulary, context.language, norm.entry.name if norm else "")
    bound = [text for text in said if not answer_evidence.bind_parts([(text, [])], context.question, context.language).unbound]
    others = term_definitions.other_norms([one for one in norms if one is not norm], context.language)
    for text in (*(one for one in said if one not in bound), *others):  # one with a number, which no document would bind
        context.warn(text)
    return list(map(AnswerPart, bound))


def _warn_about(context: QuestionContext, plan: Plan, rows: Sequence[Sequence[Computed]], published: Mapping[str, str]) -> None:
    """Warn of an assumed period, a restated or contradicted value."""
    if not plan.spans and not plan.recent:  # "the last three years" are named by the answer
        context.warnings.append(context.words["assumed"].format(span=rows[0][-1].span.words(context.language)))
    for operand in (operand for row in rows for computed in row for operand in computed.operands.values()):
        _warn_of_operand(context, operand, published)


def _warn_of_operand(context: QuestionContext, operand: Operand, published: Mapping[str, str]) -> None:
    fact, words = operand.stored.fact, context.words
    said = {"metric": " ".join(fact.metric[-1:]), "value": fact.text, "document": operand.stored.document_name, "on": fact.page}
    if operand.asked_as:
        context.warn(words["renamed"].format(asked=operand.asked_as, **said))
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
