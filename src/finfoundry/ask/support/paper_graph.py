"""What stands in which relation in a paper, as it was parsed: a row in its table, an item in the list under a heading, a part in its total,
a person or a firm in its office. And the evidence of such a sentence with what says so, and without it.
"""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Literal

from finfoundry.ask.retrieve.quotable import Quotable
from finfoundry.ask.support.made_sentences import MARK, records, said_of, words
from finfoundry.ask.support.paper_sentences import PaperSentences, evidence_text, read_as
from finfoundry.core.answer import Language
from finfoundry.core.language import language_of, simplified
from finfoundry.core.quantities.numbers import find_numbers
from finfoundry.knowledge.search.terms import terms

Form = Literal["row", "item", "part", "attribute"]
LONGEST: dict[Language, int] = {"en": 60, "zh": 20}  # characters of a name
FEWEST_PARTS = 2
NEAR = 200  # pieces of a paper that tell of a relation's ends, the nearest first
PLENTY = 0.5  # of the words of one end of a relation: a piece of evidence with more may say it


@dataclass(frozen=True, slots=True)
class Relation:
    """``thing`` stands in or under ``under``, as ``origin`` says; ``text`` is a sentence that says so, ``span`` where the thing stands."""

    form: Form
    thing: str
    under: str
    origin: Quotable
    text: str
    span: tuple[int, int]
    whole: Quotable | None = None  # of a part: the row that says the total


def relations(paper: PaperSentences, company: str, source: random.Random) -> Iterator[Relation]:
    """Those that the paper's parsed form gives, each told in one of its ways."""
    for one in paper.all:
        if one.title and (one.form == "item" or (one.form == "row" and find_numbers(one.text.partition("|")[2]))):
            yield from _told(one.form, one, _name(one), one.title, source)
    for whole, parts in _totals(paper.all):
        for part in parts:
            yield from (replace(told, whole=whole) for told in _told("part", part, _name(part), _name(whole), source))
    for record in records(paper.all):
        text, span = said_of(record, record.value, company, source)
        under = f"{text[: span[0]]} {text[span[1] :]}".replace(company or " ", " ")
        yield Relation("attribute", record.value, under, record.quotable, text, span)


def evidence_of(relation: Relation, paper: PaperSentences) -> tuple[str, str] | None:
    """The evidence of a relation with what says so, and without it, though both of its ends are told of elsewhere. None where the paper
    tells of one of them nowhere else, or what is left may say the relation too.
    """
    thing, text = _terms(relation.thing), relation.text
    held = [(one, _terms(read_as(one))) for one in paper.nearest(f"{text} {relation.origin.text}", NEAR) if one != relation.origin]
    of_under = relation.whole or next((one for one, said in held if not thing & said and _tells_under(said, relation)), None)
    of_thing = next((one for one, said in held if thing <= said and _apart(one, said, relation, paper)), None)
    if not thing or of_under is None or of_thing is None:
        return None
    left = [of_under, of_thing]
    sure = thing <= _terms(evidence_text([relation.origin], text)) and thing <= _terms(evidence_text(left, text))
    return (evidence_text([relation.origin, *left], text), evidence_text(left, text)) if sure else None


def _tells_under(said: frozenset[str], relation: Relation) -> bool:
    """Whether a piece tells of what a thing stands under; of an office or a relation to the company at least of the same matter."""
    under = _terms(relation.under)
    return len(said & under) > PLENTY * len(under) or (relation.form == "attribute" and len(said & _matter(relation)) > 1)


def _apart(one: Quotable, said: frozenset[str], relation: Relation, paper: PaperSentences) -> bool:
    """Whether a piece that tells of a thing says nothing of what it stands under, and neither does what stands under its heading."""
    matter = _matter(relation)
    most = 0 if relation.form == "attribute" else PLENTY * len(matter)
    if one.heading == relation.origin.heading or len(said & matter) > most:
        return False
    beside = (other.text for other in paper.all if other.hit.chunk_id == one.hit.chunk_id and other.heading == one.heading)
    under = _terms(relation.under)
    return len(_terms(" ".join(beside)) & under) <= PLENTY * len(under)


def _matter(relation: Relation) -> frozenset[str]:
    """The words by which a piece may say a relation: those of what the thing stands under, of an office all that says who holds it."""
    told = relation.under if relation.form != "attribute" else f"{relation.under} {relation.origin.text}"
    return _terms(told) - _terms(relation.thing)


def _told(form: Form, origin: Quotable, thing: str, under: str, source: random.Random) -> Iterator[Relation]:
    language = language_of(thing)
    named = all(1 < len(name) <= LONGEST[language] and not find_numbers(name) and any(map(str.isalpha, name)) for name in (thing, under))
    if not named or not _terms(thing) or not _terms(under) or language_of(under) != language or _terms(thing) & _terms(under):
        return
    before, _, after = source.choice(words()["graph"][language][form]).replace("{under}", under).partition("{thing}")
    yield Relation(form, thing, under, origin, f"{before}{thing}{after}", (len(before), len(before) + len(thing)))


def _name(one: Quotable) -> str:
    """What a row or an item is called: its first cell, without the mark of a list."""
    text = simplified(one.text).partition("|")[0] if one.form == "row" else MARK.sub("", simplified(one.text))
    return re.sub(r"\s+", " ", text).strip(" .。;；,，:：")


def _totals(found: Sequence[Quotable]) -> Iterator[tuple[Quotable, list[Quotable]]]:
    """The rows of a table whose figures are, in each column, the sum of the rows right above, with those."""
    tables: dict[str, list[Quotable]] = defaultdict(list)
    for one in found:
        if one.form == "row":
            tables[one.hit.chunk_id].append(one)
    for rows in tables.values():
        figures = [[number.value for number in find_numbers(one.text.partition("|")[2])] for one in rows]
        for place, row in enumerate(rows):
            if parts := _parts(figures, place):
                yield row, rows[place - parts : place]


def _parts(figures: Sequence[Sequence[Decimal]], place: int) -> int:
    """How many rows right above a row add up to it, the fewest that do; 0 where none do. What is taken off is no part."""
    whole, sums = figures[place], [Decimal(0)] * len(figures[place])
    for above in range(place - 1, -1, -1):
        if len(figures[above]) != len(whole) or not whole or any(one * of <= 0 for one, of in zip(figures[above], whole, strict=True)):
            return 0
        sums = [one + other for one, other in zip(sums, figures[above], strict=True)]
        if place - above >= FEWEST_PARTS and sums == list(whole):
            return place - above
    return 0


def _terms(text: str) -> frozenset[str]:
    return frozenset(terms(simplified(text)))
