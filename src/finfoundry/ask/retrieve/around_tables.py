"""What stands around a table, and whether it explains what a question says besides the table's own rows and columns."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise, takewhile

from finfoundry.ask.compute.named_cells import is_said, label_of
from finfoundry.ask.lexicon.polarity import DENIALS
from finfoundry.ask.lexicon.ports import Hit, StoredFact
from finfoundry.ask.lexicon.vocabulary import tokens
from finfoundry.ask.lexicon.word_lists import word_list
from finfoundry.ask.retrieve.evidence_ranking import concepts_of
from finfoundry.ask.retrieve.quotable import quotables
from finfoundry.core.language import has_han, simplified
from finfoundry.core.quantities.numbers import parse_cell
from finfoundry.knowledge.search.terms import terms

LONE = 1  # Chinese characters that need not stand in the paper: the 去 of 去上海
INITIALS = range(2, 6)  # words that are known by these
_PUNCTUATION = re.compile(r"[^\w\0\1]+")
_RUN = re.compile("(\1?)([^\0\1]+)(\0?)")  # a run of characters, behind the word that asks which, before a name
_WHICH = re.compile(r"哪一?\w|\bhow\s+(?:big|large|high|low|small|long|much|many)\b", re.I)  # with the word by which it counts: 哪一档
_CAPITALS = re.compile(r"\b[A-Z]{2,5}s?\b")


def holds(hit: Hit, cell: StoredFact) -> bool:
    """Whether a passage is the table of a cell."""
    return hit.kind == "table" and hit.document_id == cell.document_id and cell.fact.text in hit.text and label_of(cell) in hit.text


def printed_rows(cell: StoredFact, hits: Sequence[Hit]) -> list[list[str]]:
    """The rows of the cell's table as they are printed, cell by cell: those in words are no facts."""
    tables = [hit.text for hit in hits if holds(hit, cell)]
    return [[part.strip() for part in line.split("|")] for text in tables for line in text.split("\n") if "|" in line]


def above(cell: StoredFact, hits: Sequence[Hit]) -> Iterator[str]:
    """What a table stands under: the headings of its section, and the lines before its first row with a number."""
    for hit in hits:
        if holds(hit, cell):
            yield from hit.section
            yield from takewhile(lambda line: not any(parse_cell(part.strip()) for part in line.split("|")[1:]), hit.text.split("\n"))


def around(cell: StoredFact, hits: Sequence[Hit], named: Sequence[str]) -> Iterator[str]:
    """The headings of the sections that have the table, and the sentences of these that speak of the row or of one of its columns, and deny
    nothing: 一类城市指北京、上海. What another row or another sentence says tells nothing of this one.
    """
    sections = {hit.section for hit in hits if holds(hit, cell)}
    yield from (part for section in sections for part in section)
    for one in quotables([hit for hit in hits if hit.section in sections]):
        denies = any(token.text in DENIALS for token in tokens(one.text)) or bool(DENIALS & set(one.text))
        if one.form != "row" and not denies and any(is_said(one.text, words) for words in named):
            yield one.text


def is_explained(text: str, named: Iterable[str], printed: str, grammar: Sequence[str] = ()) -> bool:
    """Whether all that a question says besides what is ``named`` of the table is printed around it, or is grammar, of questions and of the
    lists of words given.
    """
    names = list(named)
    if has_han(text):
        return _stray(_WHICH.sub("\1", text), names, printed, grammar) <= LONE
    text = _WHICH.sub(" ", text)
    stems = set(terms(" ".join([*names, printed]))) | _initials(printed, text) | {stem for one in grammar for stem in _stems_of(one)}
    return all(any(phrase <= stems for phrase in concept) for concept in concepts_of(text))


def _stems_of(name: str) -> set[str]:
    return set(terms(" ".join(word_list(name))))


def _initials(printed: str, text: str) -> set[str]:
    """The words in capitals of a text that are the first letters of words that stand in a row: CRE for "commercial real estate"."""
    words = [token.text for token in tokens(printed)]
    short = {found[0].rstrip("s").lower() for found in _CAPITALS.finditer(text)}
    runs = ("".join(word[0] for word in words[at : at + size]) for size in INITIALS for at in range(len(words) - size + 1))
    return {stem for run in short.intersection(runs) for stem in terms(run)}


def _stray(text: str, named: Iterable[str], printed: str, grammar: Sequence[str]) -> int:
    """How many characters of a Chinese question neither ask, nor are its grammar, nor name row or column, nor stand in the paper beside the
    neighbour that they have in the question. One right before a name makes it another one (外转账手续费), one right behind the word that
    asks which is what is asked for (哪个月): each is too much.
    """
    left, said = _without_leads(simplified(text)), simplified(printed)
    asking = frozenset[str]().union(*(word_list(name) for name in ("asking_zh", "structure", *grammar)))
    for words, sign in ((sorted(map(simplified, named), key=len, reverse=True), "\0"), (sorted(asking, key=len, reverse=True), " ")):
        for one in words:
            left = left.replace(one, sign) if one and has_han(one) else left
    count = 0
    for which, run, names in (found.groups() for part in _PUNCTUATION.split(left) for found in _RUN.finditer(part)):
        alone = _alone(run, said)
        count += sum(alone) + LONE * ((bool(which) and alone[0]) + (bool(names) and alone[-1]))
    return count


def _without_leads(text: str) -> str:
    """A text without the words that lead up to what is asked: 帮我看看."""
    leads = tuple(word_list("leads_zh"))
    left = text.strip()
    while left.startswith(leads):
        left = next(left.removeprefix(lead) for lead in sorted(leads, key=len, reverse=True) if left.startswith(lead)).lstrip()
    return left


def _alone(run: str, said: str) -> list[bool]:
    """Of each character of a run whether it stands in a text without its neighbours; of a run of one whether it is not there."""
    pairs = [a + b in said for a, b in pairwise(run)] if len(run) > 1 else [run in said]
    return [not any(pairs[max(at - 1, 0) : at + 1]) for at in range(len(run))]
