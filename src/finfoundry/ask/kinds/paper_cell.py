"""Cells of a table of a paper by the words of their row and column, whoever's paper it is: a limit, a fee, a rate of a policy or a tariff.

The question names the row by all the words of its label, and of its columns those that have most of the question's words are told. Every
other word of the question has to stand in the section of the table, or in the paper's name and title: whom or what a question is about
decides which paper is meant. Nothing is told where rows of several papers or tables fit, or of several times.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from finfoundry.ask.compose.answer_evidence import document_of
from finfoundry.ask.compose.sentences import show_number
from finfoundry.ask.context import endings, fetch
from finfoundry.ask.context.question import QuestionContext
from finfoundry.ask.lexicon.polarity import DENIALS
from finfoundry.ask.lexicon.ports import FactQuery, Hit, StoredFact
from finfoundry.ask.lexicon.vocabulary import tokens
from finfoundry.ask.lexicon.word_lists import word_list
from finfoundry.ask.plan.dimension import asked_for, dimension_of_unit
from finfoundry.ask.retrieve.evidence_ranking import concepts_of
from finfoundry.ask.retrieve.passages import REASONS
from finfoundry.ask.retrieve.quotable import quotables
from finfoundry.ask.understand.comparison import order_of
from finfoundry.ask.understand.intent import Intent
from finfoundry.ask.understand.question_text import masked_out
from finfoundry.ask.understand.stored_labels import without_notes
from finfoundry.ask.understand.subject import Subject, concerns_hidden
from finfoundry.binding.evidence import CellEvidence
from finfoundry.core.answer import Answer
from finfoundry.core.language import has_han, simplified
from finfoundry.knowledge.search.terms import terms

PAPERS = 3  # whose passages are found first, that are looked at
FACTS = 600  # of a paper of few tables; a report with more is read by the kinds that know statements
CELLS = 4  # of a row that are told together
LONE = 1  # Chinese characters that need not stand in the paper: the 去 of 去上海
_PUNCTUATION = re.compile(r"[^\w]+")


@dataclass(frozen=True, slots=True)
class PaperRow:
    """The cells of a row of a table, and how much of the question its label says."""

    cells: tuple[StoredFact, ...]
    said: int


def of_paper_cell(context: QuestionContext, intent: Intent, subject: Subject) -> Answer | None:
    """The cells that the question names, each under its row and column; None where its words do not decide which."""
    asked = asked_for(intent)
    if context.doubts or intent.definitions or intent.periods or REASONS.search(intent.core):
        return None
    if asked.relation in ("verdict", "growth", "difference") or concerns_hidden(context.hidden, context.question, intent):
        return None
    text = masked_out(intent.question, intent.named)
    with context.timed("retrieve"):
        hits = fetch.for_quotation(context, intent, subject)
        found = [row for paper in _papers(hits, subject) for row in _rows_named(text, _facts_of(context, paper))]
        row = _likeliest(found)
        cells = _cells_named(text, row)
    if row is None or not cells or _says_of_another(text, row, cells, _lines_of(cells[0], hits)):
        return None
    if asked.kinds and any(dimension_of_unit(one.fact.unit).kind not in asked.kinds for one in cells):
        return None
    if not _stands_in(text, cells, [hit for hit in hits if hit.document_id == cells[0].document_id], subject):
        return None
    return _told(context, cells, intent, subject)


def _papers(hits: Sequence[Hit], subject: Subject) -> list[str]:
    """The ids of the papers that the first passages are of; of a company that is asked about, its own."""
    own = {document.id for document in subject.documents} if subject.name else None
    return list(dict.fromkeys(hit.document_id for hit in hits if own is None or hit.document_id in own))[:PAPERS]


def _facts_of(context: QuestionContext, paper: str) -> list[StoredFact]:
    facts = context.services.store.facts(context.principal, FactQuery(document_id=paper, limit=FACTS + 1))
    tabled = [one for one in facts if one.fact.table is not None and one.fact.metric and not one.structured]
    return tabled if len(facts) <= FACTS else []


def _rows_named(text: str, facts: Iterable[StoredFact]) -> Iterator[PaperRow]:
    rows: dict[tuple[object, ...], list[StoredFact]] = defaultdict(list)
    for one in facts:
        rows[one.document_id, one.fact.table, one.fact.row, one.fact.metric].append(one)
    for cells in rows.values():
        row = PaperRow(tuple(cells), _said(text, _label(cells[0])))
        if row.said and row.said == _size(_label(cells[0])):
            yield row


def _said(text: str, words: str) -> int:
    """How much of some words a text says: stems; of Chinese ones the characters, where it has all of them in a row."""
    if has_han(words):
        return _size(words) if simplified(words) in simplified(text) else 0
    return len(set(terms(words)) & set(terms(text)))


def _size(words: str) -> int:
    return len(words) if has_han(words) else len(set(terms(words)))


def _likeliest(found: Sequence[PaperRow]) -> PaperRow | None:
    """The row whose label says most of the question; None where several do."""
    longest = max((row.said for row in found), default=0)
    best = [row for row in found if row.said == longest]
    return best[0] if len(best) == 1 else None


def _cells_named(text: str, row: PaperRow | None) -> list[StoredFact]:
    """The cells of the columns that have most of the question's words, and of those with words that these lack; none where they are too
    many, or of several times.
    """
    if row is None:
        return []
    worths = [sum(_said(text, part) for part in _parts(one)) for one in row.cells]
    most = [one for one, worth in zip(row.cells, worths, strict=True) if worth == max(worths)]
    known = [_label(row.cells[0]), *(part for one in most for part in _parts(one))]
    cells = [one for one in row.cells if one in most or any(_lacked(text, part, known) for part in _parts(one))]
    return cells if len(cells) <= CELLS and len({one.fact.period for one in cells}) == 1 else []


def _lacked(text: str, heading: str, known: Sequence[str]) -> bool:
    """Whether a question says of a heading what none of those known has."""
    if has_han(heading):
        return _said(text, heading) > 0 and not any(heading in one for one in known)
    return not set(terms(heading)) & set(terms(text)) <= {stem for one in known for stem in terms(one)}


def _lines_of(cell: StoredFact, hits: Sequence[Hit]) -> list[list[str]]:
    """The rows of the cell's table as they are printed, cell by cell: those in words are no facts."""
    tables = [hit.text for hit in hits if _holds(hit, cell)]
    return [[part.strip() for part in line.split("|")] for text in tables for line in text.split("\n") if "|" in line]


def _holds(hit: Hit, cell: StoredFact) -> bool:
    return hit.kind == "table" and hit.document_id == cell.document_id and cell.fact.text in hit.text and _label(cell) in hit.text


def _says_of_another(text: str, row: PaperRow, cells: Sequence[StoredFact], lines: Sequence[Sequence[str]]) -> bool:
    """Whether a question names a row of the table better than the one found, or a column that is not among the cells: one in words."""
    known = [_label(cells[0]), *(part for one in cells for part in _parts(one))]
    rows = [label for label, *_ in lines if row.said < _said(text, label) == _size(label)]
    return bool(rows) or any(_lacked(text, heading, known) for _, *headings in lines[:1] for heading in headings)


def _label(one: StoredFact) -> str:
    return without_notes(one.fact.metric[-1]).strip()


def _parts(one: StoredFact) -> list[str]:
    """The headings of a cell's column, each by itself."""
    return [part.strip() for _, member in one.fact.dimensions for part in member.split("·")]


def _stands_in(text: str, cells: Sequence[StoredFact], hits: Sequence[Hit], subject: Subject) -> bool:
    """Whether all that the question says besides the row and its columns stands around the table, and it asks for no largest of several."""
    label, columns = _label(cells[0]), {part for one in cells for part in _parts(one)}
    titles = [document.title or "" for document in subject.documents if document.id == cells[0].document_id]
    printed = " ".join([cells[0].document_name, cells[0].fact.entity or "", *titles, *columns, *_around(cells[0], hits, [label, *columns])])
    if order_of(text) is not None and order_of(" ".join([label, *columns])) is None:
        return False
    if has_han(text):
        return _stray(text, [label, *columns], printed) <= LONE
    stems = set(terms(f"{label} {printed}"))
    return all(any(phrase <= stems for phrase in concept) for concept in concepts_of(text))


def _around(cell: StoredFact, hits: Sequence[Hit], named: Sequence[str]) -> Iterator[str]:
    """The headings of the sections that have the table, and the sentences of these that speak of the row or of one of its columns, and deny
    nothing: 一类城市指北京、上海. What another row or another sentence says tells nothing of this one.
    """
    sections = {hit.section for hit in hits if _holds(hit, cell)}
    yield from (part for section in sections for part in section)
    for one in quotables([hit for hit in hits if hit.section in sections]):
        denies = any(token.text in DENIALS for token in tokens(one.text)) or bool(DENIALS & set(one.text))
        if one.form != "row" and not denies and any(_said(one.text, words) == _size(words) for words in named):
            yield one.text


def _stray(text: str, named: Iterable[str], printed: str) -> int:
    """How many characters of a Chinese question neither ask, nor are its grammar, nor name row or column, nor stand in the paper beside the
    neighbour that they have in the question.
    """
    left, said = simplified(text), simplified(printed)
    for words in [*map(simplified, named), *sorted(word_list("asking_zh") | word_list("structure"), key=len, reverse=True)]:
        left = left.replace(words, " ") if words and has_han(words) else left
    return sum(_alone(run, said) for run in _PUNCTUATION.sub(" ", left).split())


def _alone(run: str, said: str) -> int:
    """How many characters of a run stand in a text with none of their neighbours; of a run of one whether it does not stand there."""
    pairs = [run[at : at + 2] in said for at in range(len(run) - 1)] if len(run) > 1 else [run in said]
    return sum(not any(pairs[max(at - 1, 0) : at + 1]) for at in range(len(run)))


def _told(context: QuestionContext, cells: Sequence[StoredFact], intent: Intent, subject: Subject) -> Answer:
    """A sentence a cell, bound to it."""
    context.trace.add("evidence", [one.id for one in cells], [one.document_id for one in cells])
    parts = []
    for one in cells:
        fact, column = one.fact, " ".join(_parts(one))
        figure = show_number(fact.value, fact.unit, None, intent.wish, context.language, fact.scale, fact.precision)
        said = {"row": _label(one), "column": column, "figure": figure}
        told = context.words["cell" if column else "plain_cell"].format(**said)
        own = replace(fact, entity=None)  # a paper's table may be of another than who wrote it: a borrower, a product
        parts.append((told, [CellEvidence(own, document_of(one), (), (column,), subject.calendar)]))
    if cells[0].mark:
        context.warn(f"{cells[0].document_name}: {cells[0].mark}")
    context.conversation.entity = subject.name or context.conversation.entity
    return endings.release(context, endings.bind(context, parts))
