"""What is told together of what may answer: the likeliest with what is nearly as likely, lists whole and in the order of the paper."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import takewhile

from finfoundry.ask.lexicon.ports import Hit
from finfoundry.ask.retrieve.clause_ranking import alike
from finfoundry.ask.retrieve.evidence_ranking import Evidence
from finfoundry.ask.retrieve.passages import ordinal
from finfoundry.ask.retrieve.quotable import LONGEST, WHOLE_SENTENCE, Quotable, follow, quotables, whole_sentence
from finfoundry.ask.understand.subject import Subject
from finfoundry.core.language import goes_on, is_question
from finfoundry.core.quantities.numbers import find_numbers
from finfoundry.knowledge.search.terms import terms

TWICE = 0.6  # share of the shorter one's words by which two sentences tell the same
QUOTES, ROOM = 5, 1500  # sentences quoted, and their characters
IN_SHORT = 700  # characters of a list of items that are told whole; of longer ones each by its beginning
BEGINNING = 60  # characters that it has at least
TELLING, CONTRADICTING = 5, 2  # words that sentences must share to be the same but for their figures; of these that are shown
LISTED = 16  # the same with the items of a list
LEAST_LISTED, LIST_ROOM = 3, 6000  # items of a list, and their characters before they are cut
_STOP = re.compile(r"[,，;；。(（]|\.\s|[：:]\s")
_LEADS = re.compile(r"[:：]$")
_PART = re.compile(
    r"\s*(?:(?:或者?|以及|及|和|or|and)\s*)?(?:[①-⑳]|[(（](?:\d{1,2}|[a-z]|[ivx]{1,4}|[一二三四五六七八九十]{1,3})[)）])", re.IGNORECASE
)
_PART_ENDS = re.compile(r"[;；](?:\s*(?:or|and|及|或|和))?$", re.IGNORECASE)


def beside_rows(rows: Sequence[Evidence], best: Sequence[Evidence]) -> list[list[Quotable]]:
    """What may be told of rows of tables: the likeliest alone, with the next of its table, with the likeliest sentence, unless that leads
    to a list.
    """
    if not rows:
        return []
    first, *others = rows
    second = next((one for one in others if _table(one) == _table(first)), None)
    sentences = [one for one in best[:1] if not _LEADS.search(one.quotable.text)]
    beside = [one.quotable for one in (second, *sentences) if one is not None]
    return [[first.quotable], *([first.quotable, one] for one in beside)]


def _table(row: Evidence) -> tuple[str, int | None]:
    first = row.quotable.cells[0].stored
    return first.document_id, first.fact.table


def chosen_of(best: Sequence[Evidence], beside: float) -> list[Quotable]:
    """The likeliest with what is nearly as likely, and the lists that they lead to, heading by heading. Empty where nothing is found, and
    without the likeliest where it cannot be quoted whole.
    """
    if not best:
        return []
    found, near = _in_order(best), _near(best, beside)
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


def with_those_around(chosen: Sequence[Quotable], best: Sequence[Evidence]) -> list[Quotable]:
    """With the sentences before and behind the likeliest, where it is a sentence, too: they say what it leaves to them."""
    first, room = best[0].quotable, ROOM - sum(len(one.text) for one in chosen)
    around = [one.quotable for one in best if follow(first, one.quotable) or follow(one.quotable, first)]
    more = [one for one in around if one.form == first.form == "sentence" and one not in chosen and len(one.text) <= room / 2]
    return sorted([*chosen, *more], key=lambda one: _place(one, chosen))


def with_sentences_whole(chosen: Sequence[Quotable], may_be_told: Callable[[Quotable], bool]) -> list[Quotable]:
    """Each clause as the whole sentence that it is of, as far as there is room and that may be told; each sentence once."""
    told: list[Quotable] = []
    room = ROOM - sum(len(one.text) for one in chosen)
    for one in chosen:
        whole = replace(one, text=whole_sentence(one)) if one.form == "sentence" or one.text.endswith((";", "；")) else one
        more = len(whole.text) - len(one.text)
        fits = whole if more <= room and len(whole.text) <= LONGEST and may_be_told(whole) else one
        if not any(_is_of(fits, other) for other in told):
            told = [*(other for other in told if not _is_of(other, fits)), fits]
            room -= len(fits.text) - len(one.text)
    return told


def _is_of(one: Quotable, other: Quotable) -> bool:
    """Whether it stands within the other; two parts of a passage that were cut out of it are each for itself."""
    return one.hit.chunk_id == other.hit.chunk_id and one.hit.text == other.hit.text and one.text in other.text


def _place(one: Quotable, chosen: Sequence[Quotable]) -> tuple[int, int, int]:
    """Where it stands: as its heading's first among what is chosen, then in the order of the paper."""
    headings = [(other.hit.document_id, other.title) for other in chosen]
    own = (one.hit.document_id, one.title)
    return headings.index(own) if own in headings else len(headings), ordinal(one.hit), one.place


def worth_told(best: Sequence[Evidence], *, read: bool = False) -> float:
    """How likely the first answers, or what is quoted with it: where a paper tells the same again, each telling may be the one that does,
    and of a list each item that a model has ``read``. Sentences of one pattern about several things, each with figures of its own, do not
    tell the same.
    """
    first, wrong = best[0].quotable, 1 - best[0].worth
    for one in best[1:QUOTES]:
        again = alike(one.quotable.text, first.text) >= TWICE and figures_of(one.quotable.text) == figures_of(first.text)
        if again or (read and _of_one_list(first, one.quotable)):
            wrong *= 1 - one.worth
    return 1 - wrong


def _of_one_list(one: Quotable, other: Quotable) -> bool:
    """Whether both are items that nothing but a heading leads to, of the same passage."""
    return one.form == other.form == "item" and one.hit.chunk_id == other.hit.chunk_id and one.above == other.above


def contradicting(chosen: Sequence[Quotable], best: Sequence[Evidence], subject: Subject) -> list[Quotable]:
    """What says a chosen sentence again with other figures, in its paper or one of the same company and period."""
    same_paper = papers_alike(subject)
    told = [(one, _without_figures(one.text)) for one in chosen if not one.cells]
    others = (one.quotable for one in best if one.quotable not in chosen and one.quotable.form not in ("row", "cells"))
    return [
        other
        for other in others
        if not other.cells
        and any(
            len(words) >= TELLING
            and words == _without_figures(other.text)
            and one.title == other.title  # else it may be the same of another segment
            and same_paper(one, other)
            and figures_of(one.text) != figures_of(other.text)
            for one, words in told
        )
    ][:CONTRADICTING]


def papers_alike(subject: Subject) -> Callable[[Quotable, Quotable], bool]:
    """Whether two quotations are of one paper, or of two of the same company and period."""
    of = {document.id: (document.entity, document.period) for document in subject.documents if document.entity and document.period}

    def alike_papers(one: Quotable, other: Quotable) -> bool:
        own, its = one.hit.document_id, other.hit.document_id
        return own == its or (own in of and of[own] == of.get(its))

    return alike_papers


def _without_figures(text: str) -> list[str]:
    """The words of a text, each figure as the same sign; days and years stay."""
    for number in reversed(find_numbers(text)):
        text = f"{text[: number.start]} # {text[number.end :]}"
    return terms(text)


def figures_of(text: str) -> set[Decimal]:
    """The values of the figures that a text prints."""
    return {number.value for number in find_numbers(text)}


def _with_list(first: Quotable, found: Sequence[Quotable]) -> list[Quotable]:
    """A sentence that ends in a colon with the items behind it; else the sentence, an item behind the line that leads to its list."""
    if not _LEADS.search(first.text):
        return [*_leading(first, found), *_enumerated(first, found)]
    whole = _listed(first, found)
    return whole if len(whole) > 1 else []


def _listed(lead: Quotable, found: Sequence[Quotable]) -> list[Quotable]:
    """A line that leads to a list and the items behind it, over the ends of passages, as far as these were found."""
    whole = [lead]
    for other in found[found.index(lead) + 1 :]:
        if other.form != "item" or not (follow(whole[-1], other) or _goes_on(whole[-1], other)):
            break
        whole.append(other)
    return whole


def cut_off(best: Sequence[Evidence], beside: float) -> list[Quotable]:
    """Of the lists that would be quoted, what each ends with where that is the last of its passage: it may go on in the next."""
    found, near = _in_order(best), _near(best, beside)
    ends = [_listed(lead, found)[-1] for lead in near if _LEADS.search(lead.text)]
    return [one for one in ends if one.place == max(other.place for other in quotables([one.hit], every=True))]


def goes_on_with(last: Quotable, hits: Sequence[Hit]) -> list[Quotable]:
    """The items with which the passages right behind the end of a list begin."""
    items = list(takewhile(lambda one: one.form == "item", quotables(hits)))
    return items if items and _goes_on(last, items[0]) else []


def is_last(one: Quotable) -> bool:
    """Whether a sentence, or an item, is the last of its passage and has no stop: the end of a page may have cut it off."""
    if one.form not in ("sentence", "item") or WHOLE_SENTENCE.search(one.text):
        return False
    return any(one.text.endswith(last.text) for last in quotables([one.hit])[-1:])


def rest_of(last: Quotable, hits: Sequence[Hit]) -> list[Quotable]:
    """The sentence with which a passage goes on that begins right behind, where it goes on in it."""
    first = [one for one in quotables(hits, every=True) if one.form in ("sentence", "item")][:1]
    return [one for one in first if goes_on(last.text, one.text)]


def _in_order(best: Sequence[Evidence]) -> list[Quotable]:
    """As the papers print it."""
    return sorted((one.quotable for one in best), key=lambda one: (one.hit.document_id, ordinal(one.hit), one.place))


def _near(best: Sequence[Evidence], beside: float) -> list[Quotable]:
    """What is nearly as likely as the likeliest."""
    return [one.quotable for one in best[:QUOTES] if one.worth >= beside * best[0].worth]


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
