"""What a draft stands on, as the binder reads it: the facts cited, the calculations, the passages."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from finfoundry.ask.compose.sentences import AnswerPart
from finfoundry.ask.compute.operands import Operand
from finfoundry.ask.compute.results import Computed
from finfoundry.ask.lexicon.ports import Hit, StoredDocument, StoredFact
from finfoundry.ask.understand.subject import Subject
from finfoundry.binding.evidence import CalculationEvidence, CellEvidence, CitedPlace, Evidence, PassageEvidence, TableEvidence, plain
from finfoundry.core.answer import DocumentName, Figure, Reference
from finfoundry.core.periods import FiscalYear
from finfoundry.core.quantities.numbers import find_numbers

COVERED = 0.4  # share of a table's printed numbers that are facts: years and notes among them are none


def of_part(part: AnswerPart, aliases: Sequence[str], calendar: FiscalYear) -> list[Evidence]:
    """Each fact shown as printed, then each calculation."""
    cells: dict[str, CellEvidence] = {}
    for operand in part.operands:
        cells.setdefault(operand.stored.id, _cell(operand.stored, aliases, (), calendar))
    for computed in part.computed:
        if computed.lookup is not None:
            cells[computed.lookup.stored.id] = _cell(computed.lookup.stored, aliases, (computed.item.title,), calendar)
    return [*cells.values(), *(_calculation(computed, aliases, calendar) for computed in part.computed if computed.lookup is None)]


def _cell(stored: StoredFact, aliases: Sequence[str], names: tuple[str, ...], calendar: FiscalYear) -> CellEvidence:
    return CellEvidence(stored.fact, document_of(stored), tuple(aliases), names, calendar)


def of_hits(hits: Sequence[Hit], subject: Subject, facts_on: Callable[[Hit], Sequence[StoredFact]]) -> list[Evidence]:
    """The passages in their order, each with the entity and period of its document; then the facts of those that are tables.

    A number of a table means nothing without its row, period, unit and scale: it binds through its cell alone. Where the tables of a page
    gave few facts, the passage itself is read as a table.
    """
    documents = {document.id: document for document in subject.documents}
    found: list[Evidence] = []
    cells: dict[str, Evidence] = {}
    for hit in hits:
        if hit.kind != "table":
            found.append(_passage(hit, documents.get(hit.document_id), subject))
            continue
        facts = [stored for stored in facts_on(hit) if prints(hit.text, stored.fact.text)]
        cells |= {stored.id: _cell(stored, subject.names, (), subject.calendar) for stored in facts}
        printed = {_digits(number.text) for number in find_numbers(hit.text)}
        covered = len(printed & {_digits(stored.fact.text) for stored in facts}) >= COVERED * len(printed)
        found.append(_table(hit, documents.get(hit.document_id), subject, read=not covered))
    return [*found, *cells.values()]


def prints(text: str, number: str) -> bool:
    """Whether the number stands in the text, and not within a longer one."""
    return re.search(rf"(?<![\d.,]){re.escape(number)}(?![.,]?\d)", text) is not None


def _digits(text: str) -> str:
    return re.sub(r"[^\d.]", "", text)


def _passage(hit: Hit, document: StoredDocument | None, subject: Subject) -> PassageEvidence:
    return PassageEvidence(
        hit.text, DocumentName(hit.document_id, hit.document_name), hit.page, hit.box, hit.locator,
        entity=document.entity if document else None, aliases=subject.aliases, period=document.period if document else None,
        fiscal=subject.calendar if subject.name else None,
    )  # fmt: skip


def _table(hit: Hit, document: StoredDocument | None, subject: Subject, *, read: bool) -> TableEvidence:
    """The table as a place to cite; with its numbers when ``read``."""
    return TableEvidence(
        hit.text.replace(" | ", "\t") if read else "", DocumentName(hit.document_id, hit.document_name), hit.page, hit.box, hit.locator,
        caption=hit.text, entity=document.entity if document else None, aliases=subject.aliases,
        fiscal=subject.calendar if subject.name else None,
    )  # fmt: skip


def document_of(stored: StoredFact) -> DocumentName:
    return DocumentName(stored.document_id, stored.document_name)


def _calculation(computed: Computed, aliases: Sequence[str], calendar: FiscalYear) -> CalculationEvidence:
    return CalculationEvidence(
        computed.expression,
        {name: _figure(operand) for name, operand in computed.operands.items()},
        computed.value,
        computed.unit,
        name=computed.item.title,
        period=_period(computed, calendar),
        places={name: _place(operand.stored) for name, operand in computed.operands.items()},
        fiscal=calendar,
        aliases=tuple(aliases),
    )


def _period(computed: Computed, calendar: FiscalYear) -> str:
    """The span; of balances alone its last day."""
    period = computed.span.at(calendar)
    balances = all("/" not in operand.stored.fact.period for operand in computed.operands.values())
    return period.end.isoformat() if balances else period.iso


def _figure(operand: Operand) -> Figure:
    fact = operand.stored.fact
    reference = Reference(text=fact.text, scale=plain(fact.scale), entity=fact.entity, metric=" > ".join(fact.metric))
    return Figure(fact.text, plain(fact.value), fact.unit, fact.period, "cell", reference)


def _place(stored: StoredFact) -> CitedPlace:
    fact = stored.fact
    quote = f"{fact.metric[-1] if fact.metric else ''} {fact.text}".strip()
    return CitedPlace(document_of(stored), fact.page, fact.box, fact.locator, quote)
