"""Cells of a table by the words of their row and column: of a company's report at the time asked about, of a paper whoever wrote it; the
first of those beside it, and the share that one has of their whole.

Every word of the question that names neither row nor column has to stand around the table, or in the paper's name and title: whom or what
a question is about decides which paper is meant. Nothing is told where several papers or tables fit and differ.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

from finfoundry.ask.compose.answer_evidence import Parts, calculated, document_of
from finfoundry.ask.compose.printed_numbers import show_fact, show_number
from finfoundry.ask.compute.cells_beside import Beside, Series, decided, first_of, of_time, part_of, quantities_in, series_in
from finfoundry.ask.compute.named_cells import (
    NamedCell,
    NamedRow,
    cell_named,
    cells_named,
    headings_of,
    how_much_said,
    is_lacked,
    is_said,
    label_of,
    likeliest,
    named_beside,
    rows_named,
    size_of,
    without,
)
from finfoundry.ask.compute.operands import Operand
from finfoundry.ask.compute.results import Computed
from finfoundry.ask.context import endings, fetch
from finfoundry.ask.context.question import QuestionContext
from finfoundry.ask.kinds import table_part
from finfoundry.ask.lexicon.asked_periods import stretches_in
from finfoundry.ask.lexicon.metric_terms import metrics
from finfoundry.ask.lexicon.ports import FactQuery, Hit, StoredFact
from finfoundry.ask.lexicon.spans import FiscalSpan, asked_periods, span_of
from finfoundry.ask.lexicon.unsaid_year import in_latest_year
from finfoundry.ask.lexicon.word_lists import word_list
from finfoundry.ask.plan.asked_spans import spans_of
from finfoundry.ask.plan.dimension import SHARE, asked_for, dimension_of_unit
from finfoundry.ask.plan.expressions import PlannedExpression
from finfoundry.ask.plan.rules import DOWN, UP, Plan
from finfoundry.ask.retrieve.around_tables import above, around, holds, is_explained, printed_rows
from finfoundry.ask.retrieve.passages import REASONS
from finfoundry.ask.understand.comparison import OPEN, order_of, superlative_in
from finfoundry.ask.understand.intent import Intent
from finfoundry.ask.understand.question_text import masked_out
from finfoundry.ask.understand.stored_labels import without_notes
from finfoundry.ask.understand.subject import Subject, concerns_hidden
from finfoundry.binding.evidence import CellEvidence, Evidence
from finfoundry.core.answer import Answer
from finfoundry.core.language import has_han, language_of
from finfoundry.core.period_patterns import MONTH, flags
from finfoundry.core.periods import Period, parse_iso

PAPERS = 3  # whose passages are found first, that are looked at
FACTS = 600  # of a paper of few tables; a report with more is read by the kinds that know statements
CELLS = 4  # of a row that are told together


def of_table_cell(context: QuestionContext, intent: Intent, subject: Subject) -> Answer | None:
    """The cell of a company's report, at the one time that the question names, of which it says row and column word for word."""
    spans = spans_of(intent, subject.calendar)
    if len(spans) != 1 or intent.definitions or OPEN.search(intent.core) or order_of(intent.masked) is not None:
        return None
    if asked_for(intent).relation in ("verdict", "growth", "difference"):
        return None
    (span,) = spans
    wanted, scope = span.at(subject.calendar), intent.scope or "consolidated"
    with context.timed("retrieve"):
        every = fetch.facts_of_year(context, subject.name or "", wanted.end.year)
    facts = [one for one in every if one.fact.table is not None and not one.structured and one.fact.scope == scope and one.fact.metric]
    cell = cell_named(table_part.text_of(intent), [one for one in facts if parse_iso(one.fact.period).end == wanted.end])
    if cell is None or table_part.words_left(intent, cell.names) or not _is_asked(intent, cell):
        return None
    beside = [one for mention in intent.mentions if (one := named_beside(cell, facts, mention.text, _phrases(mention.name))) is not None]
    told = [_computed(one, span, intent) for one in (cell, *beside)]
    plan = Plan("value", tuple(one.item for one in told), (span,), source="label")
    return table_part.told(context, intent, subject, plan, *told)


def _phrases(name: str) -> tuple[str, ...]:
    return metrics()[name].say if name in metrics() else ()


def _computed(cell: NamedCell, span: FiscalSpan, intent: Intent) -> Computed:
    """Of a part that has a column of its own the line is told: "net earnings of Retail", elsewhere "the premium of Plan B"."""
    row, column = (name.strip(" /-–") for name in cell.names)
    of, what = (column, row) if intent.vocabulary.exact(row) and not intent.vocabulary.exact(column) else (row, column)
    title = f"{of}的{what}" if language_of(row + column) == "zh" else f"{what} of {of}"
    fact = cell.stored.fact
    return Computed(
        PlannedExpression(title, "part", None), span, fact.value, fact.unit, "part", {"part": Operand("part", span, cell.stored)}
    )


def _is_asked(intent: Intent, cell: NamedCell) -> bool:
    """Whether a figure, and one of its kind, is what the question asks for beside the names of row and column."""
    asked = asked_for(replace(intent, masked=masked_out(intent.masked, cell.places), mentions=()))
    kind = dimension_of_unit(cell.stored.fact.unit).kind
    fits = asked.relation == "level" or (asked.relation in ("ratio", "share") and kind == "number")
    return fits and (not asked.kinds or kind in asked.kinds or asked.relation == "share")


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
        found = [row for paper in _papers(hits, subject) for row in rows_named(text, _facts_of(context, paper))]
        row = likeliest(found)
        cells = cells_named(text, row, CELLS)
    if row is None or not cells or _says_of_another(text, row, cells, printed_rows(cells[0], hits)):
        return None
    if asked.kinds and any(dimension_of_unit(one.fact.unit).kind not in asked.kinds for one in cells):
        return None
    if not _stands_in(text, cells, [hit for hit in hits if hit.document_id == cells[0].document_id], subject):
        return None
    in_words = [] if _names_a_column(text, row) else list(_in_words(cells, printed_rows(cells[0], hits)))
    context.lacking = [*context.lacking, *(column for column, said in in_words if any(map(str.isdigit, said)))]
    return _told(context, cells, [one for one in in_words if one[0] not in context.lacking], intent, subject)


def _names_a_column(text: str, row: NamedRow) -> bool:
    rest = without(text, row.label)
    return any(how_much_said(rest, part) for one in row.cells for part in headings_of(one))


def _in_words(cells: Sequence[StoredFact], lines: Sequence[Sequence[str]]) -> Iterator[tuple[str, str]]:
    """The cells of a row that say something and no figure that is told, each under its heading: "not offered"."""
    headings, label = {part for one in cells for part in headings_of(one)}, label_of(cells[0])
    for line in lines[1:]:
        if len(line) == len(lines[0]) and without_notes(line[0]).strip() == label:
            for heading, said in zip(lines[0][1:], line[1:], strict=True):
                if heading and without_notes(heading).strip() not in headings and any(map(str.isalnum, said)):
                    yield heading, said


def _papers(hits: Sequence[Hit], subject: Subject) -> list[str]:
    """The ids of the papers that the first passages are of; of a company that is asked about, its own."""
    own = {document.id for document in subject.documents} if subject.name else None
    return list(dict.fromkeys(hit.document_id for hit in hits if own is None or hit.document_id in own))[:PAPERS]


def _facts_of(context: QuestionContext, paper: str) -> list[StoredFact]:
    facts = context.services.store.facts(context.principal, FactQuery(document_id=paper, limit=FACTS + 1))
    tabled = [one for one in facts if one.fact.table is not None and one.fact.metric and not one.structured]
    return tabled if len(facts) <= FACTS else []


def _says_of_another(text: str, row: NamedRow, cells: Sequence[StoredFact], lines: Sequence[Sequence[str]]) -> bool:
    """Whether a question names a row of the table better than the one found, or a column that is not among the cells: one in words."""
    known = [row.label, *(part for one in cells for part in headings_of(one))]
    rows = [label for label, *_ in lines if row.said < how_much_said(text, label) == size_of(label)]
    return bool(rows) or any(is_lacked(text, heading, known) for _, *headings in lines[:1] for heading in headings)


def _stands_in(text: str, cells: Sequence[StoredFact], hits: Sequence[Hit], subject: Subject) -> bool:
    """Whether all that the question says besides the row and its columns stands around the table, and it asks for no largest of several."""
    named = [label_of(cells[0]), *{part for one in cells for part in headings_of(one)}]
    if order_of(text) is not None and order_of(" ".join(named)) is None:
        return False
    return is_explained(text, named, " ".join([*_whose(cells[0], subject), *around(cells[0], hits, named)]))


def _whose(cell: StoredFact, subject: Subject) -> Iterator[str]:
    """What tells whose paper it is: its name, its title, who wrote it."""
    yield from (cell.document_name, cell.fact.entity or "")
    yield from (document.title or "" for document in subject.documents if document.id == cell.document_id)


def _told(
    context: QuestionContext, cells: Sequence[StoredFact], in_words: Sequence[tuple[str, str]], intent: Intent, subject: Subject
) -> Answer:  # fmt: skip
    """A sentence a cell, bound to it; then what stands in words in the others of the row."""
    parts: list[tuple[str, list[Evidence]]] = []
    for one in cells:
        column = " ".join(headings_of(one))
        said = {"row": label_of(one), "column": column, "figure": show_fact(one.fact, intent.wish, context.language)}
        told = context.words["cell" if column else "plain_cell"].format(**said)
        own = replace(one.fact, entity=None)  # a paper's table may be of another than who wrote it: a borrower, a product
        parts.append((told, [CellEvidence(own, document_of(one), (), (column,), subject.calendar)]))
    row = label_of(cells[0])
    parts += [(context.words["cell"].format(row=row, column=column, figure=f"“{said}”"), []) for column, said in in_words]
    return _released(context, parts, cells, subject)


def _released(context: QuestionContext, parts: Parts, cells: Sequence[StoredFact], subject: Subject) -> Answer:
    """The sentences bound."""
    context.trace.add("evidence", [one.id for one in cells], [one.document_id for one in cells])
    context.conversation.entity = subject.name or context.conversation.entity
    return endings.release(context, endings.bind(context, parts))


# --- the first of several cells, and shares of their whole -----------------------------------------------------------------------

_MONTH = flags(rf"(?<![\d年/.-])(?:1[0-2]|0?[1-9])月|\b{MONTH}")
_WHICH_TIME = re.compile(
    r"\b(?:which|what)\s+(?:year|quarter|month|day|date)s?\b|哪[一几]?个?[年月季天日]", re.I
)  # columns of times are no series
GRAMMAR = (
    "members",
    "members_zh",
    "superlatives",
    "of_parts",
    "parts",
    "sized",
    "whole",
)  # of questions for a first or a share


def asks_of_several(intent: Intent) -> bool:
    """Whether a question asks which of several is the first, or what share one has of all: one of both."""
    return (order_of(intent.masked) is None) == (asked_for(intent).relation == "share")


def of_cells_beside(context: QuestionContext, intent: Intent, subject: Subject) -> Answer | None:
    """The first of the rows or the columns of a table of a paper, or the share of one of them; None where papers or words do not decide."""
    if intent.definitions or REASONS.search(intent.core) or concerns_hidden(context.hidden, context.question, intent):
        return None
    moved = asked_for(intent).relation in ("verdict", "growth", "difference") or any(way.search(intent.core) for way in (UP, DOWN))
    if moved or table_part.NOT_THE_FIRST.search(intent.core) or _asks_more(intent):
        return None
    order, text = order_of(intent.masked), masked_out(intent.question, intent.named)
    with context.timed("retrieve"):
        hits = fetch.for_quotation(context, intent, subject)
        every = [facts for paper in _papers(hits, subject) if (facts := _facts_of(context, paper))]
        series = [one for facts in every for one in _series_at_time(text, intent, subject, facts)]
        found = [one for each in series if (one := first_of(text, each, order) if order else part_of(text, each))]
        one = decided(text, [one for one in found if _is_all(text, one, series, hits, intent, subject)], series)
    return None if one is None else _told_first(context, one, intent, subject) if order else _told_share(context, one, intent, subject)


def _series_at_time(text: str, intent: Intent, subject: Subject, facts: Sequence[StoredFact]) -> list[Series]:
    """The series of a paper at the one time that a question names, by its date or, where it tells none, by a heading: 2月."""
    last = max(parse_iso(one.fact.period).end for one in facts)
    unread, times = _unread_times(text, subject, last), _times(text, intent, subject, facts)
    series = [one for one in series_in(facts) if all(one.is_headed(time) for time in unread)]
    return of_time(series, next(iter(times), None)) if len(times) <= 1 else []


def _unread_times(text: str, subject: Subject, last: date) -> list[str]:
    """The times that a question names and that are no stretch of a calendar: a month without its year."""
    dated = in_latest_year(text, subject.calendar, last) or text
    periods = asked_periods(dated)
    lost = [dated[one.start : one.end] for one in periods if one.period is None and span_of(one, subject.calendar) is None]
    rest = masked_out(dated, [(one.start, one.end) for one in periods])
    named = [found[0] for found in (*_MONTH.finditer(rest), *stretches_in(rest)) if found[0] != "may"]
    return [*lost, *named]


def _times(text: str, intent: Intent, subject: Subject, facts: Sequence[StoredFact]) -> set[Period]:
    """The times that a question names; a part of a year without its year is of the latest that a paper's figures are of."""
    last = max(parse_iso(one.fact.period).end for one in facts)
    periods = intent.periods or asked_periods(in_latest_year(text, subject.calendar, last) or "")
    spans = [one.period or ((span := span_of(one, subject.calendar)) and span.at(subject.calendar)) for one in periods]
    return {span for span in spans if span}


def _asks_more(intent: Intent) -> bool:
    """Whether a question that asks for a first asks for its share, too, for another metric of it, or which time it was."""
    superlative = superlative_in(intent.masked)
    place = intent.masked.find(superlative)
    sides = {one.start < place for one in intent.mentions} if superlative else set()
    return bool(superlative) and (
        len(sides) > 1 or SHARE.search(intent.masked) is not None or _WHICH_TIME.search(intent.masked) is not None
    )


def _is_all(
    text: str, one: Beside, series: Sequence[Series], hits: Sequence[Hit], intent: Intent, subject: Subject
) -> bool:  # fmt: skip
    """Whether the table and what it stands under explain all that the question says, its time apart; what only another column or row of it
    is called explains nothing of this one.
    """
    first = one.series.first
    last = parse_iso(first.fact.period).end
    dated = in_latest_year(text, subject.calendar, last) or text
    plain = masked_out(dated, [(found.start, found.end) for found in asked_periods(dated)]).replace(superlative_in(text) or "\0", " ", 1)
    for time in _unread_times(text, subject, last):
        plain = plain.replace(time, " ", 1)
    over = () if one.series.grouped else above(first, hits)
    others = {part for each in series if each.table == one.series.table for part in each.own} - set(one.series.measure)
    stands = " ".join([*_whose(first, subject), *over])
    for part in sorted(others, key=len, reverse=True):
        stands = stands.replace(part, " ")
    printed = " ".join([stands, *one.series.measure, one.series.kind])
    share = order_of(intent.masked) is None
    named = [*one.series.said(plain), *first.fact.metric[:-1], *(cell.stem for cell in one.cells if share)]
    return _is_of_quantity(text, one.series, stands, intent) and is_explained(plain, named, printed, GRAMMAR)


def _is_of_quantity(text: str, series: Series, stands: str, intent: Intent) -> bool:
    """Whether the metrics that a question names, and the words that make another quantity of a name, are those of a series, where it has
    a heading of its own: the largest of 不良贷款 is not that of 不良率.
    """
    own = " ".join(series.measure) if series.own else f"{' '.join(series.measure)} {stands}"
    around = " ".join([own, stands, series.kind, *(one.name for one in series.cells if order_of(intent.masked) is None)])
    for mention in intent.mentions:
        phrases = (mention.text, *_phrases(mention.name))
        if not any(is_said(around, phrase) for phrase in phrases):
            return False
        if any(is_said(own, phrase) for phrase in phrases):
            text = text.replace(mention.text, " ")
    asked = quantities_in(text)
    if order_of(intent.masked) is None:  # a share is asked for
        for word in sorted(word_list("of_parts"), key=len, reverse=True):
            text = text.replace(word, " ") if has_han(word) else text
        asked = quantities_in(text) - word_list("of_parts") - word_list("parts")
    return asked <= quantities_in(own)


def _told_first(context: QuestionContext, one: Beside, intent: Intent, subject: Subject) -> Answer | None:
    """The first with its figure, against the evidence of all beside it."""
    first, by = one.cells[0], _measure(context, one, intent, subject)
    said = {
        "member": first.name,
        "figure": show_fact(first.stored.fact, intent.wish, context.language),
        "when": _when(context, first.stored),
    }
    text = context.words["first_by" if by else "first_of"].format(by=by, superlative=superlative_in(intent.masked).lower(), **said)
    return _if_bound(context, [(text, _evidence(one, subject))], one, subject)


def _measure(context: QuestionContext, one: Beside, intent: Intent, subject: Subject) -> str:
    """What the cells are, in one name: where neither column nor row says it, the innermost heading of their section."""
    sections = [hit.section for hit in fetch.for_quotation(context, intent, subject) if hit.section and holds(hit, one.series.first)]
    return one.series.by or next((section[-1] for section in sections), "")


def _told_share(context: QuestionContext, one: Beside, intent: Intent, subject: Subject) -> Answer | None:
    """The share, with the two figures that it is computed from."""
    (part, whole), words, by = one.cells, context.words, _measure(context, one, intent, subject)
    title = words["share_by" if by else "share_of"].format(part=part.stem, whole=whole.name, by=by)
    value = part.value / whole.value
    share = calculated("part / whole", {"part": part.stored, "whole": whole.stored}, value, title, subject.calendar)
    shown = show_number(value, "ratio", "percent", intent.wish, context.language)
    text = words["share_told"].format(title=title, figure=shown, when=_when(context, part.stored))
    named = [(cell.printed or by, cell.stored) for cell in one.cells]
    operands = words["join"].join(
        f"{name}{words['space']}{show_fact(stored.fact, intent.wish, context.language)}" for name, stored in named
    )
    return _if_bound(context, [(text, [share]), (words["basis"].format(operands=operands), _evidence(one, subject))], one, subject)


def _if_bound(context: QuestionContext, parts: Parts, one: Beside, subject: Subject) -> Answer | None:
    """The answer; None where the binder does not hold a figure, as of a row called "7 (watch)"."""
    answer = _released(context, parts, [cell.stored for cell in one.cells], subject)
    return answer if answer.status == "answered" else None


def _when(context: QuestionContext, stored: StoredFact) -> str:
    """The time of a figure; empty where the paper states none."""
    time = stored.fact.period.replace("/", context.words["until"])
    return "" if stored.fact.period_assumed else context.words["at_time"].format(time=time)


def _evidence(one: Beside, subject: Subject) -> list[Evidence]:
    """All the cells told or compared, whoever the paper is of: so that a figure binds to no other of them."""
    return [
        CellEvidence(replace(cell.stored.fact, entity=None), document_of(cell.stored), (), (cell.name, one.series.by), subject.calendar)
        for cell in one.cells
    ]
