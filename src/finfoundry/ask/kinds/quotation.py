"""An answer by quotation: where one to five sentences of the papers answer, they are the answer, word for word, with page and box.

What is quoted is chosen by ``ask/retrieve/evidence_ranking``, and only where that is sure. A list is quoted with the line that leads to it.
A row of a table is not quoted: a cell means nothing without its column, unit and scale. Where the sentences are not sure enough, rows are
told by their figures, alone or with a sentence (``ask/lines/told_rows.py``), then, where names are asked for, a heading with those that
stand under it (``ask/retrieve/sub_headings.py``).
What answers a question for a figure prints one and speaks of its line; of a company's papers what says the names asked about is quoted.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import replace
from decimal import Decimal
from typing import NamedTuple

from finfoundry.ask.compose import answer_evidence
from finfoundry.ask.compose.answer_evidence import Parts
from finfoundry.ask.compose.asked_time import of_times
from finfoundry.ask.compute.named_cells import headings_of
from finfoundry.ask.context import endings, fetch, opinions
from finfoundry.ask.context.question import QuestionContext
from finfoundry.ask.context.quotation_lead import Lead, lead, leads, shared_title, title_of
from finfoundry.ask.context.unsaid_unit import unit_left_out
from finfoundry.ask.lexicon.ports import Hit, StoredFact
from finfoundry.ask.lexicon.spans import FiscalSpan
from finfoundry.ask.lines.told_rows import rows_told
from finfoundry.ask.plan.asked_spans import spans_of
from finfoundry.ask.plan.dimension import asked_for
from finfoundry.ask.plan.rules import asks_openly
from finfoundry.ask.retrieve import figure_lines
from finfoundry.ask.retrieve.evidence_ranking import (
    Evidence,
    asks_when,
    of_another,
    of_auditor,
    refers,
    says_what,
    speaks_of,
)
from finfoundry.ask.retrieve.pair_scoring import HEAD, ROWS_HEAD
from finfoundry.ask.retrieve.query import asked_as_written, search_text
from finfoundry.ask.retrieve.quotable import Quotable, says_itself
from finfoundry.ask.retrieve.quotation_choice import (
    beside_rows,
    chosen_of,
    contradicting,
    cut_off,
    goes_on_with,
    is_last,
    rest_of,
    with_sentences_whole,
    with_those_around,
    worth_told,
)
from finfoundry.ask.retrieve.said_again import mix_up, names_asked_about, said_otherwise, unsaid_numbers
from finfoundry.ask.retrieve.sub_headings import HeadedNames, asks_for_names, headings_asked_about, names_under
from finfoundry.ask.retrieve.sureness import asks_a_line, asks_a_number, bar_of, prints_a_figure, signs_of, sureness
from finfoundry.ask.retrieve.told_figures import tells_such_a_figure
from finfoundry.ask.retrieve.whole_lists import with_lists_whole
from finfoundry.ask.support.denied_quotations import denying, differ
from finfoundry.ask.understand.intent import Intent
from finfoundry.ask.understand.subject import Subject, concerns_hidden
from finfoundry.binding.bind import Bound
from finfoundry.binding.evidence import CellEvidence
from finfoundry.core.answer import Answer
from finfoundry.core.instructions import gives_instructions
from finfoundry.core.language import is_question
from finfoundry.core.periods import undated
from finfoundry.core.quantities.numbers import find_numbers

BESIDE = 0.3  # of the likeliest one's worth that another must have to be quoted beside it
BESIDE_A_FIGURE = 0.5  # the same where one figure is asked for: another sentence's figures would be answers, too
ROUNDED = Decimal("0.006")  # by how much a figure that a sentence rounds may be off
_SCALES = (-2, 0, 3, 4, 6, 8, 9)  # powers of ten by which a sentence may print less than a figure
NEXT = 2  # passages behind one in which a list may go on
ROWS = 2  # rows of tables of which the states are read beside sentences, half a second each
_END = re.compile(r"[a-z.,;:)%]")
_MARKER = re.compile(r"\[\d{1,3}\]")


def of_sentences(context: QuestionContext, intent: Intent, subject: Subject) -> Answer | None:
    """The sentences that answer, quoted; None where none does for sure, or, unless the base model's states tell, where a result that was
    computed does not hold: it may be the answer, wrongly read.
    """
    enough = context.left_out or context.refused or says_what(search_text(intent))
    if concerns_hidden(context.hidden, context.question, intent) or not enough:
        return None
    only_as_read = context.doubts or context.left_out or (intent.unknown and intent.mentions)
    if only_as_read and opinions.states_for(context, HEAD) is None:
        return None
    choice = choose(context, intent, subject)
    if only_as_read and (not choice.best or choice.best[0].state is None):
        return None
    told = _told(context, intent, subject, choice)
    told = told or _told(context, intent, subject, with_rows(context, intent, subject, choice))
    return told or _told(context, intent, subject, with_names(context, intent, subject, choice))


def _told(context: QuestionContext, intent: Intent, subject: Subject, choice: Choice) -> Answer | None:
    """What is chosen as the answer; None where it is not sure enough, or must not be, which the trace tells the reason of."""
    chosen = choice.chosen
    if not chosen or not _surely(context, signs(context, intent, subject, choice)):
        return None
    companies = _companies(chosen, subject)
    if subject.name is None and companies and context.unprinted and len(subject.known) > 1:
        return endings.end(context, "clarify", context.words["which_entity"], options=sorted(companies))
    others, denials = contradicting(chosen, choice.best, subject), denying(chosen, choice.best, subject)
    whole = _with_rests(context, with_sentences_whole([*chosen, *others, *denials], may_be_told))
    why = _why_not(context, intent, subject, choice, companies)
    bound = None if why else _bound_as_asked(context, intent, subject, whole)
    if bound is not None and not bound.unbound:
        warn_of_others(context, others, denied=differ([*chosen, *denials], subject))
        return _released(context, subject, whole, bound)
    told = {"why": why or "a figure of it is bound to nothing", "text": " ".join(one.text for one in chosen)}
    context.trace.add("not quoted", told, [one.hit.document_id for one in chosen])
    return None


def _with_rests(context: QuestionContext, whole: Sequence[Quotable]) -> list[Quotable]:
    """With the rest of each sentence that the end of a page cuts off, a quotation of its own from the next page, right behind it."""
    told: list[Quotable] = []
    for one in whole:
        rest = rest_of(one, fetch.behind(context, one.hit, NEXT)) if is_last(one) else []
        told += [part for part in (one, *rest) if part not in told]
    return told


def deciding(context: QuestionContext, intent: Intent, subject: Subject) -> Quotable | None:
    """The sentence that answers, where it may be quoted for sure; None where none does."""
    choice = choose(context, intent, subject)
    first = [one for one in choice.chosen[:1] if not one.cells]
    if not first or not _surely(context, signs(context, intent, subject, choice)):
        return None
    why = _why_not(context, intent, subject, choice, _companies(first, subject))
    return None if why else next(iter(with_sentences_whole(first, may_be_told)), None)


def _why_not(context: QuestionContext, intent: Intent, subject: Subject, choice: Choice, companies: Set[str]) -> str | None:
    """Why what is sure enough must not be told; None where nothing stands against it."""
    best, chosen = choice.best, choice.chosen
    if not _tells_the_figure(chosen, intent, by_states=best[0].state is not None):
        return "it prints no such figure"
    if subject.name is None and len(companies) > 1 and not context.unprinted:
        return "sentences of several companies answer nothing about one that is not named"
    if unsaid := _unsaid(intent, choice):
        return f"it does not say {', '.join(sorted(unsaid))}"
    names, found = names_asked_about(context.question, intent), [one.quotable for one in best]
    return "it tells of another name" if companies and mix_up(best[0].quotable, names, subject, found) else None


def _unsaid(intent: Intent, choice: Choice) -> Set[str]:
    """The numbers of a question that what is chosen does not say. Where the base model's states tell that it answers, only those in whose
    place it has others, or that something else which was read says: the rest tell which paper is meant, or are the asker's own.
    """
    asked, read = undated(asked_as_written(intent)), [one.quotable for one in choice.best if one.state is not None]
    unsaid = unsaid_numbers(asked, choice.chosen)
    return unsaid - unsaid_numbers(asked, read) | said_otherwise(unsaid, asked, choice.chosen) if read else unsaid


def _bound_as_asked(context: QuestionContext, intent: Intent, subject: Subject, chosen: Sequence[Quotable]) -> Bound:
    """The quotations bound; of rows of figures those of the times asked about, where they can be told alone."""
    times = spans_of(intent, subject.calendar) if asked_for(intent).relation == "level" else ()
    bound = _bound(context, chosen, subject, times)
    return _bound(context, chosen, subject) if bound.unbound and times else bound


def warn_of_others(context: QuestionContext, others: Sequence[Quotable], *, denied: bool) -> None:
    """Tell that sentences which contradict each other are quoted: by other figures, by a denial."""
    for told, key in ((bool(others), "quoted_otherwise"), (denied, "quoted_denied")):
        if told:
            context.warn(context.words[key])


def _released(context: QuestionContext, subject: Subject, chosen: Sequence[Quotable], bound: Bound) -> Answer:
    """The answer, with what it rests on."""
    cited = list({one.hit.chunk_id: one.hit for one in chosen if not one.cells}.values())
    if cells := [cell.stored for one in chosen for cell in one.cells]:
        context.trace.add("evidence", [one.id for one in cells], [one.document_id for one in cells])
    context.trace.add("evidence", [hit.chunk_id for hit in cited], [hit.document_id for hit in cited])
    context.conversation.entity = subject.name or context.conversation.entity
    return endings.release(context, bound, [one.of for one in leads(context, chosen)])


def _tells_the_figure(chosen: Sequence[Quotable], intent: Intent, *, by_states: bool) -> bool:
    """Whether what is chosen prints a figure where one is asked for; where no states tell that it answers, one of the kind asked for, and
    of a line that is named, too.
    """
    if by_states:
        return not asks_a_number(intent) or any(map(prints_a_figure, chosen))
    asked = asked_for(intent)
    of_a_figure = asks_a_number(intent) or asks_a_line(intent)
    return not of_a_figure or any(prints_a_figure(one) and tells_such_a_figure(one.text, asked) for one in chosen)


def _bound(context: QuestionContext, chosen: Sequence[Quotable], subject: Subject, times: Sequence[FiscalSpan] = ()) -> Bound:
    """The quotations bound, behind what tells whose they are, before the unit that their paper says elsewhere."""
    unit = next((unit for one in chosen if not one.cells and (unit := unit_left_out(context, one))), None)
    sentences = [one for one in chosen if not one.cells]
    said = quoted_whole(context, sentences, subject, times) if sentences else []
    parts = [*_rows(context, [one for one in chosen if one.cells], subject), *said, *([(unit, [])] if unit else ())]
    return endings.bind(context, parts)


def quoted_whole(context: QuestionContext, chosen: Sequence[Quotable], subject: Subject, times: Sequence[FiscalSpan] = ()) -> Parts:
    """Quotations behind the line that tells whose they are, and under which heading; a plain one over rows and sentences together."""
    found = leads(context, chosen)
    line = found[0] if len(found) == 1 else Lead(context.words["quoted"])
    return [(line.text, []), *quoted(context, chosen, subject, times, under=shared_title(chosen) if line.under else "")]


class Choice(NamedTuple):
    """What may be quoted, the likeliest first; what of it is, if it is sure enough, empty where nothing can be; whether a model ``read``
    the likeliest.
    """

    best: Sequence[Evidence]
    chosen: Sequence[Quotable]
    read: bool


def choose(context: QuestionContext, intent: Intent, subject: Subject) -> Choice:
    """As likely as the base model finds them, where there is one."""
    with context.timed("retrieve"):
        best = with_lists_whole(_that_may_answer(context, intent, subject))
        read = opinions.as_read(context, best)
        best = best if read is None else _with_unread(read, best)
        beside = BESIDE_A_FIGURE if asks_a_number(intent) else BESIDE
        best = [*best, *_cut_off(context, best, beside)]
        chosen = _of_one_rule(context, chosen_of(best, beside), best)
    whole = chosen and best[0].quotable in chosen
    return Choice(best, with_those_around(chosen, best) if whole else (), read is not None)


def _cut_off(context: QuestionContext, best: Sequence[Evidence], beside: float) -> list[Evidence]:
    """The items of lists that would be quoted in passages behind them that were not found: those need not have words of the question."""
    known = {one.quotable.hit.chunk_id for one in best}
    ends = {one.hit.chunk_id: one for one in cut_off(best, beside)}.values()
    more = [item for last in ends for item in goes_on_with(last, fetch.behind(context, last.hit, NEXT))]
    return [Evidence(item, 0.0) for item in more if item.hit.chunk_id not in known and may_be_quoted(item)]


def with_rows(context: QuestionContext, intent: Intent, subject: Subject, choice: Choice) -> Choice:
    """Rows of tables, alone or with the likeliest sentence, whichever most likely answers all that is asked for, read in one piece; nothing
    where no row may, or nothing reads the model's states that was taught so, and no figures where reasons are asked for.
    """
    reads = opinions.states_for(context, ROWS_HEAD) is not None and not asks_openly(intent)
    rows = opinions.rows_by_states(context, rows_told(context, intent, subject, ROWS)) if reads else []
    may = beside_rows(rows, choice.best)
    told = [opinions.quoted_by_states(context, one) or 0.0 for one in may]
    return Choice([*rows, *choice.best], may[told.index(max(told))] if may else (), read=True)


def with_names(context: QuestionContext, intent: Intent, subject: Subject, choice: Choice) -> Choice:
    """The likeliest heading that the question speaks of, with what stands under it, where it asks for such names; nothing where no model's
    states are read. Before it is read such a list is as likely as the likeliest of what stands under its heading.
    """
    lists: list[HeadedNames] = []
    best: list[Evidence] = []
    reads = opinions.states_for(context, HEAD) is not None and asks_for_names(intent.core)
    for first, path in headings_asked_about(search_text(intent), fetch.evidence(context, intent, subject)) if reads else ():
        hit = first.quotable.hit
        found = names_under(path, hit, fetch.blocks_under(context, hit.document_id, path))
        if found and all(map(may_be_quoted, (found.heading, *found.names))):
            lists.append(found)
            best.append(replace(first, quotable=found.whole))
    read = opinions.as_read(context, _as_asked(context, intent, subject, best)) if best else None
    if not read:
        return Choice((), (), read=True)
    told = next(one for one in lists if one.whole == read[0].quotable)
    return Choice([*read, *choice.best], [told.heading, *told.names], read=True)


def signs(context: QuestionContext, intent: Intent, subject: Subject, choice: Choice) -> dict[str, float]:
    """What tells how sure it is that what is chosen answers."""
    told, by_states = worth_told(choice.best, read=choice.read), choice.best[0].state is not None
    with context.timed("retrieve"):
        quoted = opinions.quoted_by_states(context, choice.chosen) if by_states else None
        whole = None if by_states else fetch.paired(context, intent, choice.chosen)
    read = choice.best[0].worth if whole is None else whole
    return signs_of(context.question, intent, subject, choice.best, choice.chosen, told, read, quoted, of_papers=bool(context.papers))


def _surely(context: QuestionContext, signs: Mapping[str, float]) -> bool:
    """Whether it is sure enough to be the answer; the trace tells by which signs."""
    sure = sureness(signs)
    context.trace.add("sureness", {"sure": round(sure, 3)} | {name: round(sign, 3) for name, sign in signs.items() if sign})
    return sure >= bar_of(signs)


def _with_unread(read: Sequence[Evidence], fit: Sequence[Evidence]) -> list[Evidence]:
    """What was read, and behind it, at no worth, what was not: the items of a list are quoted with the line that leads to it."""
    known = [one.quotable for one in read]
    return [*read, *(replace(one, worth=0.0) for one in fit if one.quotable not in known)]


def _that_may_answer(context: QuestionContext, intent: Intent, subject: Subject) -> list[Evidence]:
    """What may be quoted, of nobody else and of no other time than the question's, the likeliest first."""
    return _as_asked(context, intent, subject, [one for one in fetch.evidence(context, intent, subject) if may_be_quoted(one.quotable)])


def _as_asked(context: QuestionContext, intent: Intent, subject: Subject, found: Sequence[Evidence]) -> list[Evidence]:
    """Without what is of somebody else, of another time or of another name than the question's."""
    read = opinions.states_for(context, HEAD) is not None
    best = [one for one in found if read or not of_another(context.question, one.quotable)]
    named = [one for one in best if not intent.unknown or speaks_of(one.quotable, intent.unknown)]
    return _of_the_year(named, intent, subject, read=read)


def likeliest(context: QuestionContext, intent: Intent, subject: Subject) -> Evidence | None:
    """The sentence that answers most surely, as the model reads them; None where none may, or there is no model."""
    if context.engine is None and opinions.states_for(context, figure_lines.HEAD) is None:
        return None  # lines, which it is held against, are then read by no model either
    return next(iter(opinions.as_read(context, _that_may_answer(context, intent, subject)) or ()), None)


def holds(text: str, values: Iterable[Decimal]) -> bool:
    """Whether a text has each of some values, in whatever scale."""
    said = [number.value for number in find_numbers(text)]
    return all(any(_alike(one, value) for one in said) for value in values)


def _alike(one: Decimal, other: Decimal) -> bool:
    """Whether two numbers are one, rounded and in any scale, or as a percentage."""
    if not one or not other:
        return one == other
    return any(abs(abs(other / one) / Decimal(10) ** power - 1) < ROUNDED for power in _SCALES)


def _of_one_rule(context: QuestionContext, chosen: Sequence[Quotable], best: Sequence[Evidence]) -> Sequence[Quotable]:
    """Of clauses of rules those of the likeliest one's rule: what several rules say of the same words answers nothing."""
    rules = {clause.hit.document_id for clause in context.clauses}
    first = best[0].quotable.hit.document_id if best else None
    return [one for one in chosen if one.hit.document_id == first] if first in rules else chosen


def _companies(chosen: Sequence[Quotable], subject: Subject) -> set[str]:
    """The companies whose papers sentences are of."""
    entities = {document.id: document.entity for document in subject.documents if document.entity}
    return {entities[one.hit.document_id] for one in chosen if one.hit.document_id in entities}


def may_be_quoted(one: Quotable) -> bool:
    """Not the end of a sentence that a passage begins with, nor a question, nor what tells where to look, nor an auditor's usual words, nor
    what looks like a citation of ours; a row only where no figure in it needs its column to be understood.
    """
    if one.text.endswith(("?", "？")):
        return False
    row = one.form == "row" and not says_itself(one.text)
    return not (row or _END.match(one.text) or refers(one) or of_auditor(one) or _MARKER.search(one.text))


def may_be_told(whole: Quotable) -> bool:
    """Whether a sentence may be quoted of which a clause was found."""
    return may_be_quoted(whole) and not gives_instructions(whole.text)


def _of_the_year(best: Sequence[Evidence], intent: Intent, subject: Subject, *, read: bool) -> list[Evidence]:
    """Without what speaks of other years than the question does, or of years long before its paper's where the question names none and does
    not ask when. A rule is of no year: the one that the question names may be that of its title. Where a model's states are ``read``, what
    came before or is to come is left to them, in the paper of the year asked about or where none is.
    """
    wanted = {found.fiscal_year for found in intent.periods if found.fiscal_year} | _years(intent.question)
    years = {document.id: document.fiscal_year for document in subject.documents}
    rules = {document.id: _years(document.title or document.name) for document in subject.documents if document.kind == "regulation"}

    def fits(one: Quotable) -> bool:
        told = _years(one.text)
        own = years.get(one.hit.document_id)
        if not wanted:
            return read or not told or own is None or max(told) >= own - 1 or asks_when(intent.core)
        if one.hit.document_id in rules and (not told or rules[one.hit.document_id] & wanted):
            return True
        if read and told and own in wanted:
            return bool(told & wanted) or max(told) > (own or 0)
        return bool(told & wanted) if told else own in wanted | {None}

    return [one for one in best if fits(one.quotable)]


def _years(text: str) -> set[int]:
    return {int(year) for year in re.findall(r"(?<!\d)(?:19|20)\d\d(?!\d)", text)}


def quoted(
    context: QuestionContext, chosen: Sequence[Quotable], subject: Subject, times: Sequence[FiscalSpan] = (), *, under: str = ""
) -> Parts:
    """Each quotation with its own span as its evidence, the first under a heading with that, but for the one that all stand ``under``.
    ``times``: of rows of figures only theirs.
    """
    parts, heading = [], under
    for one in chosen:
        title = title_of(one)
        told = context.words["quotation"].format(text=of_times(one.text, times, subject.calendar))
        if title and title != heading:
            told = context.words["asked_there" if is_question(title) else "headed"].format(heading=title, quotation=told)
        heading = title
        parts.append((told, answer_evidence.of_hits([_span(one)], subject, fetch.facts_on(context))))
    return parts


def _rows(context: QuestionContext, rows: Sequence[Quotable], subject: Subject) -> Parts:
    """Rows of tables, each with its cells as its evidence; in a paper of no company whoever they are of: a borrower, a product."""
    parts: list[tuple[str, list[CellEvidence]]] = [(lead(context, [one.hit for one in rows], "rows").text, [])] if rows else []
    for row in rows:
        cells = [(cell.stored, " ".join(headings_of(cell.stored))) for cell in row.cells]
        parts.append((row.text, [_cell(stored, column, subject) for stored, column in cells]))
    return parts


def _cell(stored: StoredFact, column: str, subject: Subject) -> CellEvidence:
    fact = stored.fact if subject.name else replace(stored.fact, entity=None)
    return CellEvidence(fact, answer_evidence.document_of(stored), subject.names if subject.name else (), (column,), subject.calendar)


def _span(one: Quotable) -> Hit:
    """The passage cut down to what is quoted of it."""
    return replace(one.hit.cut(one.text), kind="text")
