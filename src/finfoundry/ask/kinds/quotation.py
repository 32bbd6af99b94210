"""An answer by quotation: where one to five sentences of the papers answer, they are the answer, word for word, with page and box.

What is quoted is chosen by ``ask/retrieve/evidence_ranking``, and only where that is sure. A list is quoted with the line that leads to it.
Rows of tables are left to the kinds that read figures: a cell means nothing without its column, unit and scale.
What answers a question for a figure prints one and speaks of its line; of a company's papers what says the names asked about is quoted.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import NamedTuple

from finfoundry.ask.compose import answer_evidence
from finfoundry.ask.compose.answer_evidence import Parts
from finfoundry.ask.compose.asked_time import of_times
from finfoundry.ask.context import endings, fetch, opinions
from finfoundry.ask.context.question import QuestionContext
from finfoundry.ask.lexicon.ports import FactQuery, Hit
from finfoundry.ask.lexicon.spans import FiscalSpan
from finfoundry.ask.plan.asked_spans import spans_of
from finfoundry.ask.plan.dimension import asked_for
from finfoundry.ask.retrieve import figure_lines
from finfoundry.ask.retrieve.clause_ranking import alike
from finfoundry.ask.retrieve.evidence_ranking import (
    Evidence,
    asks_when,
    of_another,
    of_auditor,
    refers,
    says_what,
    speaks_of,
)
from finfoundry.ask.retrieve.pair_scoring import HEAD
from finfoundry.ask.retrieve.passages import ordinal
from finfoundry.ask.retrieve.query import asked_as_written, search_text
from finfoundry.ask.retrieve.quotable import Quotable, follow, says_itself
from finfoundry.ask.retrieve.said_again import mix_up, names_asked_about, unsaid_numbers
from finfoundry.ask.retrieve.sureness import SURE, asks_a_line, asks_a_number, prints_a_figure, signs_of, sureness
from finfoundry.ask.retrieve.told_figures import tells_such_a_figure
from finfoundry.ask.retrieve.whole_lists import with_lists_whole
from finfoundry.ask.understand.intent import Intent
from finfoundry.ask.understand.subject import Subject, concerns_hidden
from finfoundry.binding.bind import Bound
from finfoundry.core.answer import Answer
from finfoundry.core.language import is_question, language_of, simplified
from finfoundry.core.periods import undated
from finfoundry.core.quantities.currencies import HAN_NAMES
from finfoundry.core.quantities.numbers import find_numbers
from finfoundry.knowledge.search.terms import terms

BESIDE = 0.3  # of the likeliest one's worth that another must have to be quoted beside it
BESIDE_A_FIGURE = 0.5  # the same where one figure is asked for: another sentence's figures would be answers, too
TWICE = 0.6  # share of the shorter one's words by which two sentences tell the same
LONGEST_TITLE = 80  # characters
ROUNDED = Decimal("0.006")  # by how much a figure that a sentence rounds may be off
_SCALES = (-2, 0, 3, 4, 6, 8, 9)  # powers of ten by which a sentence may print less than a figure
QUOTES, ROOM = 5, 1500  # sentences quoted, and their characters
IN_SHORT = 700  # characters of a list of items that are told whole; of longer ones each by its beginning
BEGINNING = 60  # characters that it has at least
TELLING, CONTRADICTING = 5, 2  # words that sentences must share to be the same but for their figures; of these that are shown
LISTED = 16  # the same with the items of a list
LEAST_LISTED, LIST_ROOM = 3, 6000  # items of a list, and their characters before they are cut
_END = re.compile(r"[a-z.,;:)%]")
_STOP = re.compile(r"[,，;；。(（]|\.\s|[：:]\s")
_PART = re.compile(
    r"\s*(?:(?:或者?|以及|及|和|or|and)\s*)?(?:[①-⑳]|[(（](?:\d{1,2}|[a-z]|[ivx]{1,4}|[一二三四五六七八九十]{1,3})[)）])", re.IGNORECASE
)
_PART_ENDS = re.compile(r"[;；](?:\s*(?:or|and|及|或|和))?$", re.IGNORECASE)
AMOUNTS, NEARLY_ALL = 300, 0.9  # of a paper that are looked at; of these in one unit and scale
_BARE_AMOUNT = re.compile(r"(?:[$＄]|[A-Z]{3})\s?\d{1,3}(?:,\d{3})+(?![\d,]|\s*[仟千百萬万億亿元])")
_SCALE_WORDS = {"1000": ("thousands", "仟元"), "1000000": ("millions", "佰万元")}
_MARKER = re.compile(r"\[\d{1,3}\]")


def of_sentences(context: QuestionContext, intent: Intent, subject: Subject) -> Answer | None:
    """The sentences that answer, quoted; None where none does for sure, or, unless the base model's states tell, where a result that was
    computed does not hold: it may be the answer, wrongly read.
    """
    if concerns_hidden(context.hidden, context.question, intent) or not (context.left_out or says_what(search_text(intent))):
        return None
    only_as_read = context.doubts or context.left_out or (intent.unknown and intent.mentions)
    if only_as_read and opinions.states_for(context, HEAD) is None:
        return None
    choice = choose(context, intent, subject)
    best, chosen = choice.best, choice.chosen
    if only_as_read and (not best or best[0].state is None):
        return None
    if not chosen or not _surely(context, signs(context, intent, subject, choice)):
        return None
    if not _tells_the_figure(chosen, intent, by_states=best[0].state is not None):
        return None
    companies = _companies(chosen, subject)
    if subject.name is None and len(companies) > 1 and not context.unprinted:
        return None  # sentences of several companies answer nothing about one that is not named
    if subject.name is None and companies and context.unprinted and len(subject.known) > 1:
        return endings.end(context, "clarify", context.words["which_entity"], options=sorted(companies))
    names, found = names_asked_about(context.question, intent), [one.quotable for one in best]
    if unsaid_numbers(undated(asked_as_written(intent)), chosen) or (companies and mix_up(best[0].quotable, names, subject, found)):
        return None
    if others := _contradicting(chosen, best, subject):
        chosen = [*chosen, *others]
        context.warn(context.words["quoted_otherwise"])
    times = spans_of(intent, subject.calendar) if asked_for(intent).relation == "level" else ()
    bound = _bound(context, chosen, subject, times)
    if bound.unbound and times:
        bound = _bound(context, chosen, subject)
    if bound.unbound:
        return None
    cited = list({one.hit.chunk_id: one.hit for one in chosen}.values())
    context.trace.add("evidence", [hit.chunk_id for hit in cited], [hit.document_id for hit in cited])
    for hit in cited:
        if hit.mark:
            context.warn(f"{hit.document_name}: {hit.mark}")
    context.conversation.entity = subject.name or context.conversation.entity
    return endings.release(context, bound)


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
    """The quotations bound, behind what tells that they are such, before the unit that their paper says elsewhere."""
    unit = next((unit for one in chosen if (unit := _unit_left_out(context, one))), None)
    parts = [(context.words["quoted"], []), *quoted(context, chosen, subject, times), *([(unit, [])] if unit else ())]
    return endings.bind(context, parts)


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
        best = with_lists_whole(_of_the_year(_that_may_answer(context, intent, subject), intent, subject))
        read = opinions.as_read(context, best)
        best = best if read is None else _with_unread(read, best)
        chosen = _of_one_rule(context, _chosen(best, BESIDE_A_FIGURE if asks_a_number(intent) else BESIDE), best)
    whole = chosen and best[0].quotable in chosen
    return Choice(best, _with_those_around(chosen, best) if whole else (), read is not None)


def signs(context: QuestionContext, intent: Intent, subject: Subject, choice: Choice) -> dict[str, float]:
    """What tells how sure it is that what is chosen answers."""
    told, by_states = _worth_told(choice.best, read=choice.read), choice.best[0].state is not None
    with context.timed("retrieve"):
        quoted = opinions.quoted_by_states(context, choice.chosen) if by_states else None
        whole = None if by_states else fetch.paired(context, intent, choice.chosen)
    read = choice.best[0].worth if whole is None else whole
    return signs_of(context.question, intent, subject, choice.best, choice.chosen, told, read, quoted, of_papers=bool(context.papers))


def _surely(context: QuestionContext, signs: Mapping[str, float]) -> bool:
    """Whether it is sure enough to be the answer; the trace tells by which signs."""
    sure = sureness(signs)
    context.trace.add("sureness", {"sure": round(sure, 3)} | {name: round(sign, 3) for name, sign in signs.items() if sign})
    return sure >= SURE


def _with_unread(read: Sequence[Evidence], fit: Sequence[Evidence]) -> list[Evidence]:
    """What was read, and behind it, at no worth, what was not: the items of a list are quoted with the line that leads to it."""
    known = [one.quotable for one in read]
    return [*read, *(replace(one, worth=0.0) for one in fit if one.quotable not in known)]


def _that_may_answer(context: QuestionContext, intent: Intent, subject: Subject) -> list[Evidence]:
    """What may be quoted, of nobody else and of no other time than the question's, the likeliest first."""
    found = [one for one in fetch.evidence(context, intent, subject) if may_be_quoted(one.quotable)]
    best = [one for one in found if not of_another(context.question, one.quotable)]
    return [one for one in best if not intent.unknown or speaks_of(one.quotable, intent.unknown)]


def likeliest(context: QuestionContext, intent: Intent, subject: Subject) -> Evidence | None:
    """The sentence that answers most surely, as the model reads them; None where none may, or there is no model."""
    if context.engine is None and opinions.states_for(context, figure_lines.HEAD) is None:
        return None  # lines, which it is held against, are then read by no model either
    best = _of_the_year(_that_may_answer(context, intent, subject), intent, subject)
    return next(iter(opinions.as_read(context, best) or ()), None)


def holds(text: str, values: Iterable[Decimal]) -> bool:
    """Whether a text has each of some values, in whatever scale."""
    said = [number.value for number in find_numbers(text)]
    return all(any(_alike(one, value) for one in said) for value in values)


def _alike(one: Decimal, other: Decimal) -> bool:
    """Whether two numbers are one, rounded and in any scale, or as a percentage."""
    if not one or not other:
        return one == other
    return any(abs(abs(other / one) / Decimal(10) ** power - 1) < ROUNDED for power in _SCALES)


def _unit_left_out(context: QuestionContext, one: Quotable) -> str | None:
    """A sentence with the currency and scale of a paper's tables, where a Chinese sentence of it prints amounts without a scale: what
    Taiwan's papers say once, at their beginning, holds for their text, too.
    """
    if not _BARE_AMOUNT.search(one.text) or language_of(one.text) != "zh":
        return None
    facts = context.services.store.facts(context.principal, FactQuery(document_id=one.hit.document_id, limit=AMOUNTS))
    found = Counter((stored.fact.unit, str(stored.fact.scale)) for stored in facts if stored.fact.unit in HAN_NAMES)
    ((unit, scale), count), *_ = found.most_common(1) or [(("", ""), 0)]
    if scale not in _SCALE_WORDS or count < NEARLY_ALL * found.total():
        return None
    english, chinese = _SCALE_WORDS[scale]
    of = (unit or "", english) if context.language == "en" else (HAN_NAMES[unit or ""], chinese)
    return context.words["quoted_unit"].format(currency=of[0], scale=of[1])


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


def _of_the_year(best: Sequence[Evidence], intent: Intent, subject: Subject) -> list[Evidence]:
    """Without what speaks of other years than the question does, or of years long before its paper's where the question names none and does
    not ask when. A rule is of no year: the one that the question names may be that of its title.
    """
    wanted = {found.fiscal_year for found in intent.periods if found.fiscal_year} | _years(intent.question)
    years = {document.id: document.fiscal_year for document in subject.documents}
    rules = {document.id for document in subject.documents if document.kind == "regulation"}

    def fits(one: Quotable) -> bool:
        told = _years(one.text)
        own = years.get(one.hit.document_id)
        if not wanted:
            return not told or own is None or max(told) >= own - 1 or asks_when(intent.core)
        return bool(told & wanted) if told else own in wanted | {None} or one.hit.document_id in rules

    return [one for one in best if fits(one.quotable)]


def _years(text: str) -> set[int]:
    return {int(year) for year in re.findall(r"(?<!\d)(?:19|20)\d\d(?!\d)", text)}


def _chosen(best: Sequence[Evidence], beside: float) -> list[Quotable]:
    """The likeliest with what is nearly as likely, and the lists that they lead to, heading by heading. Empty where nothing is found, and
    without the likeliest where it cannot be quoted whole.
    """
    if not best:
        return []
    found = sorted((one.quotable for one in best), key=lambda one: (one.hit.document_id, ordinal(one.hit), one.place))
    near = [one.quotable for one in best[:QUOTES] if one.worth >= beside * best[0].worth]
    if is_question(
        near[0].title
    ):  # the paper answers its own question, whole, and with nothing else; one that returns is of several things
        own = [one for one in found if one.hit.document_id == near[0].hit.document_id and one.title == near[0].title]
        near = own if len({one.heading for one in own}) == 1 else near
    chosen: list[Quotable] = []
    for one in (whole for first in near for whole in _with_list(first, found)):
        most, room = (LISTED, LIST_ROOM) if one.form == "item" else (QUOTES, ROOM)
        again = one.form == "sentence" and any(one.text == other.text and _of_one_name(one, other) for other in chosen)
        if one not in chosen and not again and len(chosen) < most and sum(len(other.text) for other in chosen) + len(one.text) <= room:
            chosen.append(one)
    return sorted(_in_short(chosen), key=lambda one: _place(one, chosen))


def _of_one_name(one: Quotable, other: Quotable) -> bool:
    """Whether both are of one paper, or of two of one name: one that was printed, and one as it was filed."""
    return one.hit.document_name.rpartition(".")[0] == other.hit.document_name.rpartition(".")[0]


def _in_short(chosen: Sequence[Quotable]) -> list[Quotable]:
    """What is chosen; of a long list each item by its beginning, up to a stop: who asks for all of them is told all of them."""
    items = [one for one in chosen if one.form == "item"]
    if len(items) < LEAST_LISTED or sum(len(one.text) for one in items) <= IN_SHORT:
        return list(chosen)
    most = max(IN_SHORT // len(items), BEGINNING)
    return [replace(one, text=_beginning(one.text, most)) if one.form == "item" else one for one in chosen]


def _beginning(text: str, most: int) -> str:
    if len(text) <= most:
        return text
    stops = (found.start() for found in _STOP.finditer(text, BEGINNING) if found.start() <= most)
    stop = next(stops, text.rfind(" ", BEGINNING, most))
    return text[:stop] if stop > 0 else text[:most]


def _with_those_around(chosen: Sequence[Quotable], best: Sequence[Evidence]) -> list[Quotable]:
    """With the sentences before and behind the likeliest, where it is a sentence, too: they say what it leaves to them."""
    first, room = best[0].quotable, ROOM - sum(len(one.text) for one in chosen)
    around = [one.quotable for one in best if follow(first, one.quotable) or follow(one.quotable, first)]
    more = [one for one in around if one.form == first.form == "sentence" and one not in chosen and len(one.text) <= room / 2]
    return sorted([*chosen, *more], key=lambda one: _place(one, chosen))


def _place(one: Quotable, chosen: Sequence[Quotable]) -> tuple[int, int, int]:
    """Where it stands: as its heading's first among what is chosen, then in the order of the paper."""
    headings = [(other.hit.document_id, other.title) for other in chosen]
    own = (one.hit.document_id, one.title)
    return headings.index(own) if own in headings else len(headings), ordinal(one.hit), one.place


def _worth_told(best: Sequence[Evidence], *, read: bool = False) -> float:
    """How likely the first answers, or what is quoted with it: where a paper tells the same again, each telling may be the one that does,
    and of a list each item that a model has ``read``. Sentences of one pattern about several things, each with figures of its own, do not
    tell the same.
    """
    first, wrong = best[0].quotable, 1 - best[0].worth
    for one in best[1:QUOTES]:
        again = alike(one.quotable.text, first.text) >= TWICE and _figures(one.quotable.text) == _figures(first.text)
        if again or (read and _of_one_list(first, one.quotable)):
            wrong *= 1 - one.worth
    return 1 - wrong


def _of_one_list(one: Quotable, other: Quotable) -> bool:
    """Whether both are items that nothing but a heading leads to, of the same passage."""
    return one.form == other.form == "item" and one.hit.chunk_id == other.hit.chunk_id and one.above == other.above


def _contradicting(chosen: Sequence[Quotable], best: Sequence[Evidence], subject: Subject) -> list[Quotable]:
    """What says a chosen sentence again with other figures, in its paper or one of the same company and period."""
    of = {document.id: (document.entity, document.period) for document in subject.documents if document.entity and document.period}

    def same_paper(one: Quotable, other: Quotable) -> bool:
        if one.title != other.title:
            return False  # the same of another segment
        own, its = one.hit.document_id, other.hit.document_id
        return own == its or (own in of and of[own] == of.get(its))

    told = [(one, _without_figures(one.text)) for one in chosen]
    others = (one.quotable for one in best if one.quotable not in chosen and one.quotable.form != "row")
    return [
        other
        for other in others
        if any(
            len(words) >= TELLING
            and words == _without_figures(other.text)
            and same_paper(one, other)
            and _figures(one.text) != _figures(other.text)
            for one, words in told
        )
    ][:CONTRADICTING]


def _without_figures(text: str) -> list[str]:
    """The words of a text, each figure as the same sign; days and years stay."""
    for number in reversed(find_numbers(text)):
        text = f"{text[: number.start]} # {text[number.end :]}"
    return terms(text)


def _figures(text: str) -> set[Decimal]:
    return {number.value for number in find_numbers(text)}


def _with_list(first: Quotable, found: Sequence[Quotable]) -> list[Quotable]:
    """A sentence that ends in a colon with the items behind it; else the sentence, an item behind the line that leads to its list."""
    if not re.search(r"[:：]$", first.text):
        return [*_leading(first, found), *_enumerated(first, found)]
    whole = [first]
    for other in found[found.index(first) + 1 :]:
        if other.form != "item" or not (follow(whole[-1], other) or _goes_on(whole[-1], other)):
            break
        whole.append(other)
    return whole if len(whole) > 1 else []


def _leading(item: Quotable, found: Sequence[Quotable]) -> list[Quotable]:
    """What leads to the list of an item, itself quoted; an item without it may say nothing."""
    before = [one for one in found if one.hit.chunk_id == item.hit.chunk_id and one.text == item.lead and one.place < item.place]
    return before[-1:]


def _enumerated(first: Quotable, found: Sequence[Quotable]) -> list[Quotable]:
    """A part of an enumeration within a paragraph with the parts before and behind it: "when: (a) …; (b) …; or (c) …"; else it alone."""
    at = found.index(first)
    begin = end = at
    while begin and _next_part(found[begin - 1], found[begin]):
        begin -= 1
    while end + 1 < len(found) and _next_part(found[end], found[end + 1]):
        end += 1
    whole = list(found[begin : end + 1])
    return whole if len(whole) <= QUOTES and sum(len(one.text) for one in whole) <= ROOM else [first]


def _next_part(one: Quotable, other: Quotable) -> bool:
    """Whether an enumeration goes on: one part ends in a semicolon, perhaps with "or" behind it, the other begins with a mark."""
    return _PART_ENDS.search(one.text) is not None and _PART.match(other.text) is not None and (follow(one, other) or _goes_on(one, other))


def _goes_on(one: Quotable, item: Quotable) -> bool:
    """Whether an item belongs to what the passage before its own ends with: to another item, or to the line that leads to it. A table that
    follows is none.
    """
    if ("|" in item.text) != ("|" in one.text):
        return False
    if one.hit.document_id != item.hit.document_id or not 0 <= ordinal(item.hit) - ordinal(one.hit) <= 1:
        return False
    return one.form == "item" or (one.title == item.title and item.place == 0)


def quoted(context: QuestionContext, chosen: Sequence[Quotable], subject: Subject, times: Sequence[FiscalSpan] = ()) -> Parts:
    """Each quotation with its own span as its evidence, the first under a heading with that. ``times``: of rows of figures only theirs."""
    parts, heading = [], None
    for one in chosen:
        title = _title(one)
        told = context.words["quotation"].format(text=of_times(one.text, times, subject.calendar))
        if title and title != heading:
            told = context.words["asked_there" if is_question(title) else "headed"].format(heading=title, quotation=told)
        heading = title
        parts.append((told, answer_evidence.of_hits([_span(one)], subject, fetch.facts_on(context))))
    return parts


def _title(one: Quotable) -> str:
    """Its heading; none where figures are in it, which nothing would bind."""
    return "" if re.search(r"\d|[一二三四五六七八九十百千万亿]", simplified(one.title)) or len(one.title) > LONGEST_TITLE else one.title


def _span(one: Quotable) -> Hit:
    """The passage cut down to what is quoted of it."""
    return replace(one.hit.cut(one.text), kind="text")
