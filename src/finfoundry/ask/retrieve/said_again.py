"""What a question names and which numbers it has, and whether sentences say these: what they are quoted for must be what it asks about."""

from __future__ import annotations

import re
from calendar import month_name
from collections.abc import Sequence, Set

from finfoundry.ask.lexicon.word_lists import word_list
from finfoundry.ask.retrieve.query import without_forms
from finfoundry.ask.retrieve.quotable import Quotable
from finfoundry.ask.understand.intent import Intent
from finfoundry.ask.understand.question_text import masked_out
from finfoundry.ask.understand.subject import Subject
from finfoundry.core.quantities.numbers import find_numbers
from finfoundry.knowledge.search.terms import terms

_NAME = re.compile(r"(?<=[a-z,’'] )[A-Z][a-z]{2,}\b(?:\s+[A-Z][a-z]{2,}\b)*|\b[A-Z]{2,5}\b")
_NAME_ANYWHERE = re.compile(
    r"(?<=[^\s.?!¿¡:;]\s)[A-ZÀ-ÞА-Я][a-zß-ÿа-я]{2,}|[A-Z][a-z]{2,}(?=\s?[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af])"
    r"|(?<=[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af])[A-Z][a-z]{2,}|[\u30a1-\u30fc]{3,}"
)
_NUMBER = re.compile(r"(?<![A-Za-z\d.,-])\d+(?:[.,]\d+)*(?!-|\d|[.,]\d)")
_MEASURE = re.compile(
    r"(?<![A-Za-z\d.,-])(\d+(?:[.,]\d+)*)[\s-]?([A-Za-z]+|[\u4e00-\u9fff%％])"
)  # a number and what it counts: 40 tonnes, 26頁
_SECTION = re.compile(r"^\W*\d{1,3}(?:\.\d{1,3})*[\s.、:：)）—–-]+")  # the number of a section, and no year


def names_asked_about(question: str, intent: Intent) -> list[tuple[str, ...]]:
    """The names that an English question says, without those of companies and of forms, in stems: capitals behind a small word."""
    found = _NAME.finditer(without_forms(masked_out(question, intent.named))) if intent.language == "en" else ()
    known = {*word_list("no_tickers"), *(month.lower() for month in month_name)}
    return [tuple(terms(match[0])) for match in found if match[0].lower() not in known]


def unsaid_names(question: str, said: str) -> list[str]:
    """The proper names of a question in any language that a text does not say: words with a capital, but for the first of a sentence,
    unless another script follows it, and runs of katakana.
    """
    known = word_list("no_tickers") | word_list("not_names") | word_list("empty") | {month.lower() for month in month_name}
    told = (found[0] for found in _NAME_ANYWHERE.finditer(question))
    return [name for name in told if name.lower() not in known and name.lower() not in said.lower()]


def say(chosen: Sequence[Quotable], names: Sequence[tuple[str, ...]], subject: Subject) -> bool:
    """Whether sentences say every name, whole."""
    said = said_by(chosen, subject)
    return all(said.issuperset(name) for name in names)


def mix_up(one: Quotable, names: Sequence[tuple[str, ...]], subject: Subject, found: Sequence[Quotable]) -> bool:
    """Whether a sentence says a part of a name whose rest another that was found says: who asks for Bob Iverson may mean the Robert A.
    Iverson of the paper, but not where it knows another Bob.
    """
    said, anywhere = said_by([one], subject), said_by(found, subject)
    left = [(set(name) - said, name) for name in names]
    return any(rest and len(rest) < len(name) and rest & anywhere for rest, name in left)


def said_by(chosen: Sequence[Quotable], subject: Subject) -> set[str]:
    """The stems of sentences, with what they stand under and the titles of their papers."""
    titles = {document.id: document.title or "" for document in subject.documents}
    read = [[one.text, one.before, one.lead, *one.heading, one.hit.document_name, titles.get(one.hit.document_id, "")] for one in chosen]
    return {stem for texts in read for stem in terms(" ".join(texts))}


def _in_its_paper(one: Quotable) -> str:
    """What is quoted, with what tells which paper it is of: notes due 2032, policy CLP-07; no number of a section."""
    return " ".join([one.text, one.hit.document_name, *(_SECTION.sub("", part) for part in one.heading)])


def numbers_in(*texts: str) -> set[str]:
    """The numbers that texts write in digits. A case with numbers of its own (2.5 million over 9 years) is answered by what says them;
    to a rule that does not it would have to be applied. Days are no such numbers: they tell the time, or which paper is meant.
    """
    return {number for text in texts for number in _NUMBER.findall(text)}


def unsaid_numbers(asked: str, chosen: Sequence[Quotable]) -> set[str]:
    """The numbers of a question that sentences do not say, neither as it writes them nor as what it rounds."""
    told = " ".join(map(_in_its_paper, chosen))
    values = [number.value for number in find_numbers(told)]
    said = {digits for number in find_numbers(asked) if any(map(number.rounds, values)) for digits in numbers_in(number.text)}
    return numbers_in(asked) - numbers_in(told) - said


def said_otherwise(numbers: Set[str], asked: str, chosen: Sequence[Quotable]) -> set[str]:
    """Those of a question's numbers beside which sentences have another of what they count: 75 tonnes, where they tell of 40 tonnes."""
    told = {unit.lower() for _, unit in _MEASURE.findall(" ".join(map(_in_its_paper, chosen)))}
    return {number for number, unit in _MEASURE.findall(asked) if number in numbers and unit.lower() in told}
