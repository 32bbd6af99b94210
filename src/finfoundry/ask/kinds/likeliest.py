"""Questions that nobody is sure to understand: all that they may mean, each carried out and told, of which the base model's states find one
likely to answer, and no other about as likely.

Of companies that records alone tell of the metrics are known, and what is asked of them is not (``ask/candidates/named_plans.py``); of
companies with papers it may be any line (``ask/candidates/line_plans.py``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from finfoundry.ask.candidates.line_plans import Candidate, candidates_of_papers
from finfoundry.ask.candidates.named_plans import plans_named
from finfoundry.ask.context import fetch, opinions, reading
from finfoundry.ask.context.attempt import adopt, attempt, note_guards
from finfoundry.ask.context.question import QuestionContext
from finfoundry.ask.kinds import figures
from finfoundry.ask.plan.asked_spans import times_of
from finfoundry.ask.plan.dimension import asked_for
from finfoundry.ask.plan.rules import Plan, asks_openly
from finfoundry.ask.retrieve.model_opinion import log_odds
from finfoundry.ask.retrieve.pair_scoring import TOLD_HEAD
from finfoundry.ask.retrieve.passages import REASONS
from finfoundry.ask.retrieve.said_again import names_asked_about
from finfoundry.ask.retrieve.sureness import asks_a_number
from finfoundry.ask.understand.intent import Intent
from finfoundry.ask.understand.subject import Subject, concerns_hidden
from finfoundry.core.answer import Answer
from finfoundry.knowledge.search.terms import terms

LIKELY = 0.45  # below which nothing is told of records: half of what is found as likely is right
# The same of papers, and of what would be told without the headings of its line: of 426 questions by hand, read by heads fitted on other
# papers, 39 are answered right and 3 wrong at .8, 57 and 11 at .7.
LIKELY_OF_PAPERS, LIKELY_ALONE = 0.8, opinions.UNLIKELY_TOLD
LIKELY_ALIKE = (
    0.6  # where another candidate tells the same: of 62 questions that may be read 5 of 5 were right so, 4 of 9 alone at .6 to .8
)
APART = 0.4  # log-odds by which the likeliest must be likelier than the next
TOLD = 80  # characters of each that the trace keeps
FOUND, MOSTLY = 10, 6  # passages by which the company is told that nobody named; how many of them must be of its papers
MOST = 10  # candidates that are read: a quarter of a second each on two cores
Made = tuple[Candidate, QuestionContext, Answer]  # what was carried out, as an attempt of its own, with what it would tell


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
    figured = asked_for(intent).relation in ("share", "ratio", "growth")  # "how strong was it, as a share of revenue?" does ask for one
    if _asks_otherwise(context, subject, openly=asks_openly(intent) and not figured):
        return None
    named = (Candidate(plan) for plan in plans_named(intent, subject.calendar))
    read = _read_all(context, list(islice(carried_out(context, named, intent, subject), MOST)))
    return _told(context, subject, read, [one for one in read[1:2] if not _tells_all_of(read[0], one)], LIKELY)


def of_likely_lines(context: QuestionContext, intent: Intent, subject: Subject) -> Answer | None:
    """The likeliest of the metrics that the question may mean and of the lines of the company's papers that leave none of it out, and say
    the names that it has; None as of named metrics. A line that tells the same stands against none. Of a question that names no company,
    of the one whose papers tell of it.
    """
    if subject.name is not None:
        return _of_lines(context, intent, subject)
    name = None if concerns_hidden(context.hidden, context.question, intent) else _company_found(context, intent, subject)
    if name is None:
        return None
    before = context.intent, context.subject, context.calendar
    subject, intent = reading.read_for(context, name)
    context.intent, context.subject, context.calendar = intent, subject, subject.calendar
    told = _of_lines(context, intent, subject)
    if told is None:
        context.intent, context.subject, context.calendar = before
    return told


def _company_found(context: QuestionContext, intent: Intent, subject: Subject) -> str | None:
    """The company of whose papers the first of the passages found is, and most of them are."""
    known = context.services.known.of(context.principal, context.collection)
    owners = {paper: name for name, papers in known.papers.items() for paper in papers}
    found = [owners.get(hit.document_id) for hit in fetch.for_quotation(context, intent, subject)[:FOUND]]
    return found[0] if found and found.count(found[0]) >= MOSTLY else None


def _of_lines(context: QuestionContext, intent: Intent, subject: Subject) -> Answer | None:
    relation, times = asked_for(intent).relation, times_of(intent, subject.calendar)[0]
    compares = len(times) > 1 and not REASONS.search(intent.core)  # "how did it stand against the year before?" asks for no description
    if _asks_otherwise(context, subject, openly=asks_openly(intent) and not compares):
        return None
    if relation == "no figure" or (relation == "verdict" and not asks_a_number(intent)) or (intent.periods and not times):
        return None  # of a time that papers report nothing of, too
    made = carried_out(context, candidates_of_papers(context, intent, subject), intent, subject)
    read = _read_all(context, list(islice((one for one in made if not one[1].left_out), MOST)))
    against = [one for one in read[1:] if not _tell_the_same(one, read[0])]
    bar = LIKELY_OF_PAPERS if len(against) == len(read[1:]) else LIKELY_ALIKE
    if not read or not _says_the_names(read[0].answer, intent) or not _is_likely_alone(context, read[0], bar):
        return None
    return _told(context, subject, read, against, bar)


def _says_the_names(answer: Answer, intent: Intent) -> bool:
    """Whether it says each name that the question has, and what the question takes for a company."""
    said = set(terms(answer.text))
    names = [*names_asked_about(intent.question, intent), *([tuple(terms(intent.unknown))] if intent.unknown else [])]
    return all(said.issuperset(name) for name in names)


def _is_likely_alone(context: QuestionContext, one: Told, bar: float) -> bool:
    """Whether what would be told is likely without the headings that it was read under: what they say the answer does not."""
    if one.likely < bar:
        return False
    alone = opinions.told_likely(one.context, one.answer) or 0.0
    note_guards(context, one.context)
    return alone >= LIKELY_ALONE


def _asks_otherwise(context: QuestionContext, subject: Subject, *, openly: bool) -> bool:
    """Whether no figure of a company is asked for, or nothing reads the states."""
    return subject.name is None or openly or opinions.states_for(context, TOLD_HEAD) is None


def carried_out(context: QuestionContext, candidates: Iterable[Candidate], intent: Intent, subject: Subject) -> Iterator[Made]:
    """The candidates that can be carried out over facts, each as an attempt of its own, and none that tells the same as one before it."""
    told = set[str]()
    for one in candidates:
        made = _attempted(context, one.plan, intent, subject)
        if made is None and one.plan.ask == "change":
            made = _attempted(context, one.plainly.plan, intent, subject)
        if made is not None and made[1].text not in told:
            told.add(made[1].text)
            yield one, *made


def _attempted(context: QuestionContext, plan: Plan, intent: Intent, subject: Subject) -> tuple[QuestionContext, Answer] | None:
    apart = attempt(context, context.warnings)
    apart.trace.add("plan", plan)
    answer = figures.from_facts(apart, plan, intent, subject)
    return (apart, answer) if answer is not None and answer.status == "answered" else None


def _read_all(context: QuestionContext, made: Sequence[Made]) -> list[Told]:
    """What was carried out, the likeliest first; empty where one is not read: then none stands against the others."""
    told = [_read(context, *one) for one in made]
    read = sorted(filter(None, told), key=lambda one: -one.likely)
    cited = [citation.document.id for one in read for citation in one.answer.citations]
    context.trace.add("candidates", [{"told": one.answer.text[:TOLD], "likely": round(one.likely, 3)} for one in read], cited)
    return read if len(read) == len(told) else []


def _told(context: QuestionContext, subject: Subject, read: Sequence[Told], against: Sequence[Told], bar: float) -> Answer | None:
    """The first, where it is likely enough, and none of what stands ``against`` it comes near."""
    if not read or read[0].likely < bar:
        return None
    if any(log_odds(read[0].likely) - log_odds(one.likely) < APART for one in against):
        return None
    adopt(context, read[0].context)
    context.conversation.entity = subject.name
    return read[0].answer


def _tells_all_of(one: Told, other: Told) -> bool:
    """Whether one tells each sentence of the other that has figures, and more besides."""
    said, others = ({text for text, evidence in each.context.stated if evidence} for each in (one, other))
    return others < said


def _tell_the_same(one: Told, other: Told) -> bool:
    """Whether all cells that one shows are shown by the other, or at the times of the other the same: of other times more may be told."""
    cells, others = _cells(one.answer), _cells(other.answer)
    return bool(cells and others) and (cells <= others or {cell for cell in cells if cell[0] in {time for time, _, _ in others}} == others)


def _cells(answer: Answer) -> set[tuple[str | None, str | None, str]]:
    """Period, unit and value of each cell that an answer shows."""
    return {(figure.period, figure.unit, figure.value) for figure in answer.figures if figure.source == "cell"}


def _read(context: QuestionContext, candidate: Candidate, attempted: QuestionContext, answer: Answer) -> Told | None:
    """What an attempt would tell, under its headings, with how likely it answers; None where nothing reads it."""
    text = f"{candidate.headed}: {answer.text}" if candidate.headed else answer.text
    likely = opinions.told_likely(attempted, answer, text)
    note_guards(context, attempted)
    return Told(attempted, answer, likely) if likely is not None else None
