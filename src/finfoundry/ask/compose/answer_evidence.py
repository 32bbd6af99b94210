"""The evidence of each sentence of a draft, as the binder reads it: the facts cited, the calculations, the passages.

Each sentence is bound against its own evidence; all are joined to one text, and recorded so that a replay can do it again.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import lru_cache, partial

from pydantic import TypeAdapter

from finfoundry.ask.compute.operands import Operand
from finfoundry.ask.compute.results import Computed
from finfoundry.ask.lexicon.metric_terms import usual_phrase
from finfoundry.ask.lexicon.polarity import TAKEN, polarity, turned, without_aside
from finfoundry.ask.lexicon.ports import Hit, StoredDocument, StoredFact
from finfoundry.ask.plan.expressions import PlannedExpression
from finfoundry.ask.understand.subject import Subject
from finfoundry.binding.bind import Bound, bind
from finfoundry.binding.evidence import (
    CalculationEvidence,
    CellEvidence,
    CitedPlace,
    Evidence,
    PassageEvidence,
    RowEvidence,
    SpecialistEvidence,
    TableEvidence,
    plain,
)
from finfoundry.binding.verify import bind_checked
from finfoundry.core.answer import Citation, DocumentName, Figure, Language, Reference
from finfoundry.core.language import has_han
from finfoundry.core.period_patterns import NUMBER_BEGINS
from finfoundry.core.periods import FiscalYear
from finfoundry.core.prose import prose
from finfoundry.core.quantities.numbers import find_numbers
from finfoundry.runtime import audit

MOST_BESIDE = 200  # facts of pages that are no passage's: they are kept with the record of an answer
COVERED = 0.4  # share of a table's printed numbers that are facts: years and notes among them are none


@dataclass(frozen=True, slots=True)
class NamedOperand:
    """``label`` and ``value`` as a sentence tells them: an outflow that a filing prints as a negative without its sign."""

    operand: Operand
    label: str
    value: Decimal


@dataclass(slots=True)
class AnswerPart:
    """One sentence and what its figures are: values computed or looked up, and operands by the names that the sentence gives them."""

    text: str
    computed: list[Computed] = field(default_factory=list)
    operands: list[NamedOperand] = field(default_factory=list)
    levels: list[tuple[Decimal, Computed]] = field(default_factory=list)  # norms of the institution, and what they judge


def of_part(part: AnswerPart, aliases: Sequence[str], calendar: FiscalYear) -> list[Evidence]:
    """Each fact shown as printed, then each calculation."""
    cells: dict[str, CellEvidence] = {}
    for named in part.operands:
        cells.setdefault(named.operand.stored.id, _cell(named.operand.stored, aliases, (named.label,), calendar))
    for computed in part.computed:
        if computed.lookup is not None:
            cells[computed.lookup.stored.id] = _cell(computed.lookup.stored, aliases, (computed.item.title,), calendar)
    computed_ones = [*part.computed, *(_without_sign(named) for named in part.operands if named.operand.flipped)]
    calculations = [_calculation(computed, aliases, calendar) for computed in computed_ones if computed.lookup is None]
    return [*cells.values(), *calculations, *(_level(level, judged, calendar) for level, judged in part.levels)]


def _without_sign(named: NamedOperand) -> Computed:
    """An outflow that a filing prints as a negative, as the amount that it is."""
    operand = named.operand
    item = PlannedExpression(named.label, operand.name, None)
    return Computed(item, operand.span, operand.value, operand.stored.fact.unit, f"-{operand.name}", {operand.name: operand})


def _level(level: Decimal, judged: Computed, calendar: FiscalYear) -> CalculationEvidence:
    """A level that the institution set for what it judges: a calculation without operands."""
    return CalculationEvidence(
        plain(level), {}, level, judged.unit, name=judged.item.title, period=_period(judged, calendar), fiscal=calendar
    )


def _cell(stored: StoredFact, aliases: Sequence[str], names: tuple[str, ...], calendar: FiscalYear) -> CellEvidence:
    called = () if stored.correction and stored.moved else tuple(aliases)  # of whom the question is, a figure of another is not
    return CellEvidence(stored.fact, document_of(stored), called, names, calendar)


def of_hits(
    hits: Sequence[Hit], subject: Subject, facts_on: Callable[[Hit], Sequence[StoredFact]], *, pages: bool = False,
    read: Sequence[str] = (),
) -> list[Evidence]:  # fmt: skip
    """The passages in their order, each with the entity and period of its document; then the facts of those that are tables; with ``pages``
    also those beside them. ``read``: the lines that were read of each passage, by which it is cited.

    A number of a table means nothing without its row, period, unit and scale: it binds through its cell alone. Where the tables of a page
    gave few facts, the passage itself is read as a table.
    """
    documents = {document.id: document for document in subject.documents}

    def cell(stored: StoredFact) -> CellEvidence:  # a paper of another company has not this one's names
        return _cell(stored, subject.names if stored.document_id in documents else (), (), subject.calendar)

    found: list[Evidence] = []
    cells: dict[str, Evidence] = {}
    for number, hit in enumerate(hits):
        if hit.kind != "table":
            spans = _spans(hit.text, read[number]) if read else ()
            found.append(_passage(hit, documents.get(hit.document_id), subject, spans))
            continue
        facts = [stored for stored in facts_on(hit) if prints(hit.text, _as_printed(stored))]
        cells |= {stored.id: cell(stored) for stored in facts}
        printed = {_digits(number.text) for number in find_numbers(hit.text)}
        covered = len(printed & {_digits(_as_printed(stored)) for stored in facts}) >= COVERED * len(printed)
        found.append(_table(hit, documents.get(hit.document_id), subject, read=not covered))
    beside = _of_pages(hits, facts_on, cells) if pages else []
    return [*found, *cells.values(), *map(cell, beside)]


def _of_pages(hits: Sequence[Hit], facts_on: Callable[[Hit], Sequence[StoredFact]], known: Collection[str]) -> list[StoredFact]:
    """The other facts of the pages that passages stand on: what a sentence says of rows is held against them. The first pages, each whole,
    as far as there is room: an order among parts is told by all of them.
    """
    found: list[StoredFact] = []
    for hit in {(hit.document_id, hit.page): hit for hit in hits}.values():
        new = [stored for stored in facts_on(hit) if stored.id not in known]
        if len(found) + len(new) > MOST_BESIDE:
            break
        found += new
    return found


def prints(text: str, number: str) -> bool:
    """Whether the text prints the number, and not within a longer one."""
    return re.search(rf"{NUMBER_BEGINS}{re.escape(number)}(?![.,]?\d)", text) is not None


def _as_printed(stored: StoredFact) -> str:
    """What the passage of a fact's table prints for it: what was read, whatever a person put in its place."""
    return stored.correction.read.text if stored.correction else stored.fact.text


def _digits(text: str) -> str:
    return re.sub(r"[^\d.]", "", text)


def _spans(text: str, lines: str) -> tuple[tuple[int, int], ...]:
    """Where lines stand in a text, whatever breaks it prints in them."""
    printed = (re.search(r"\s*".join(map(re.escape, "".join(line.split()))), text) for line in lines.split("\n") if line.strip())
    return tuple(found.span() for found in printed if found)


def _passage(hit: Hit, document: StoredDocument | None, subject: Subject, read: tuple[tuple[int, int], ...]) -> PassageEvidence:
    return PassageEvidence(
        hit.text, DocumentName(hit.document_id, hit.document_name), hit.page, hit.box, hit.locator,
        entity=document.entity if document else None, aliases=subject.aliases if document else (),
        period=document.period if document else None,
        fiscal=subject.calendar if subject.name else None, parts=hit.places, read=read,
    )  # fmt: skip


def _table(hit: Hit, document: StoredDocument | None, subject: Subject, *, read: bool) -> TableEvidence:
    """The table as a place to cite; with its numbers when ``read``."""
    return TableEvidence(
        hit.text.replace(" | ", "\t") if read else "", DocumentName(hit.document_id, hit.document_name), hit.page, hit.box, hit.locator,
        caption=hit.text, entity=document.entity if document else None, aliases=subject.aliases if document else (),
        fiscal=subject.calendar if subject.name else None,
    )  # fmt: skip


def document_of(stored: StoredFact) -> DocumentName:
    return DocumentName(stored.document_id, stored.document_name)


def _calculation(computed: Computed, aliases: Sequence[str], calendar: FiscalYear) -> CalculationEvidence:
    of_the_parent = bool(computed.operands) and all(one.stored.fact.scope == "parent" for one in computed.operands.values())
    return CalculationEvidence(
        computed.expression,
        {name: _figure(operand.stored) for name, operand in computed.operands.items()},
        computed.value,
        computed.unit,
        name=computed.item.title,
        period=_period(computed, calendar),
        places={name: _place(operand.stored) for name, operand in computed.operands.items()},
        fiscal=calendar,
        aliases=tuple(aliases),
        scope="parent" if of_the_parent else None,
    )


def calculated(
    expression: str, cells: Mapping[str, StoredFact], value: Decimal, name: str, calendar: FiscalYear
) -> CalculationEvidence:  # fmt: skip
    """A plain number computed from cells of one time, whoever they are of."""
    operands = {key: _figure(one) for key, one in cells.items()}
    period = next(iter(cells.values())).fact.period
    places = {key: _place(one) for key, one in cells.items()}
    return CalculationEvidence(expression, operands, value, "ratio", name=name, period=period, places=places, fiscal=calendar)


def _period(computed: Computed, calendar: FiscalYear) -> str:
    """The span as an ISO period; its last day where all operands are balances."""
    period = computed.span.at(calendar)
    balances = all("/" not in operand.stored.fact.period for operand in computed.operands.values())
    return period.end.isoformat() if balances else period.iso


def _figure(stored: StoredFact) -> Figure:
    fact = stored.fact
    reference = Reference(text=fact.text, scale=plain(fact.scale), entity=fact.entity, metric=" > ".join(fact.metric))
    return Figure(fact.text, plain(fact.value), fact.unit, fact.period, "cell", reference)


def _place(stored: StoredFact) -> CitedPlace:
    fact = stored.fact
    quote = f"{fact.metric[-1] if fact.metric else ''} {fact.text}".strip()
    return CitedPlace(document_of(stored), fact.page, fact.box, fact.locator, quote)


_MARKER = re.compile(r"\[(\d+)\]")
_SPACED_MARKER = re.compile(r"\s?\[\d+\]")
_QUOTE = re.compile(r"“(?P<said>(?:[^“”]|“[^“”]*”)*)”(?P<space>\s?)(?P<markers>\[\d+\](?:\s?\[\d+\])*)")
_KINDS = {
    kind.__name__: kind for kind in (CellEvidence, PassageEvidence, TableEvidence, CalculationEvidence, RowEvidence, SpecialistEvidence)
}
Parts = Sequence[tuple[str, Sequence[Evidence]]]


def bind_parts(parts: Parts, question: str, language: Language, *, composed: bool = True, checked: bool = False) -> Bound:
    """Bind each part by its own evidence, after what was said before it, and join them; citations are numbered through. What a model wrote
    is not ``composed``: what it names is held against the evidence more strictly; ``checked``: each of its sentences is, as a whole.
    """
    said = [" ".join(text for text, _ in parts[:number]) for number in range(len(parts))]
    told = zip(parts, said, strict=True)
    binder = bind_checked if checked else partial(bind, composed=composed)
    return _joined([binder(text, evidence, question, earlier) for (text, evidence), earlier in told], language)


def recorded(parts: Parts, question: str, language: Language, *, composed: bool = True, checked: bool = False) -> dict[str, object]:
    """What ``bind_parts`` was given, for the audit record."""
    return {
        "question": question,
        "composed": composed,
        "checked": checked,
        "language": language,
        "parts": [
            {"text": text, "evidence": [{"kind": type(one).__name__, "content": one} for one in evidence]} for text, evidence in parts
        ],
    }


def rebind(content: audit.Json) -> Mapping[str, object]:
    """Do again what ``recorded`` holds: the text, figures and citations as plain values. Raises as pydantic for another shape."""
    parts = [
        (part["text"], [_adapter(one["kind"]).validate_python(one["content"]) for one in part["evidence"]]) for part in content["parts"]
    ]
    told = {"composed": content.get("composed", True), "checked": content.get("checked", False)}  # none of them in older records
    bound = bind_parts(parts, content["question"], content["language"], **told)
    return {"text": bound.text, "figures": audit.plain(bound.figures), "citations": audit.plain(bound.citations)}


def documents(parts: Parts) -> list[str]:
    """The ids of the documents that the evidence lies in."""
    found: dict[str, None] = {}
    for one in (one for _, evidence in parts for one in evidence):
        if isinstance(one, CellEvidence | PassageEvidence | TableEvidence):
            found[one.document.id] = None
        elif isinstance(one, CalculationEvidence):
            found |= dict.fromkeys(place.document.id for place in one.places.values())
    return list(found)


@lru_cache(maxsize=8)
def _adapter(kind: str) -> TypeAdapter[Evidence]:
    return TypeAdapter(_KINDS[kind])


def _joined(parts: Sequence[Bound], language: Language) -> Bound:
    """Sentences bound one by one as one text, citations numbered anew: one place has one number."""
    whole = Bound("")
    numbers: dict[tuple[object, ...], int] = {}
    texts = []
    for part in parts:
        renumbered = {citation.marker: _number(citation, numbers, whole) for citation in part.citations}
        texts.append(_MARKER.sub(lambda match, to=renumbered: f"[{to.get(int(match[1]), match[1])}]", part.text))  # type: ignore[misc]
        whole.figures += [_moved(figure, renumbered) for figure in part.figures]
        whole.unbound += part.unbound
        whole.sentences += part.sentences  # offsets are in their part
    whole.text = _QUOTE.sub(_word_for_word, ("" if language == "zh" else " ").join(texts))
    return whole


def _word_for_word(quote: re.Match[str]) -> str:
    """A quotation as a person reads it: the cells of a row as words, and the markers of its figures behind it with its own, each once."""
    markers = dict.fromkeys(_MARKER.findall(quote["said"] + quote["markers"]))
    said = prose(_SPACED_MARKER.sub("", quote["said"]))
    return f"“{said}”{quote['space']}{''.join(f'[{one}]' for one in markers)}"


def _number(citation: Citation, numbers: dict[tuple[object, ...], int], whole: Bound) -> int:
    key = (citation.document.id, citation.page, citation.box, str(citation.locator), citation.quote)
    if key not in numbers:
        numbers[key] = len(whole.citations) + 1
        whole.citations.append(replace(citation, marker=numbers[key]))
    return numbers[key]


def _moved(figure: Figure, numbers: Mapping[int, int]) -> Figure:
    reference = figure.reference
    operands = {name: _moved(operand, numbers) for name, operand in reference.operands.items()} if reference.operands is not None else None
    citation = numbers[reference.citation] if reference.citation else None
    return replace(figure, reference=replace(reference, citation=citation, operands=operands))


# --- operands as a sentence names them ---------------------------------------------------------------------------------------------

_LATIN = re.compile(r"[A-Za-z]{2}")
_LEAD = re.compile(r"^(?:[一二三四五六七八九十]{1,3}、|[（(][一二三四五六七八九十]{1,3}[)）])?\s*(?:期末|年末)?")  # the sentence says when


def named_operand(operand: Operand, language: Language) -> NamedOperand:
    """The operand in words. A loss is called one, and stands without a sign."""
    label, value = _label(operand, language), operand.stored.fact.value
    side = polarity(label)
    if value < 0 and side in TAKEN:
        return NamedOperand(operand, without_aside(label), -value)
    if value < 0 and side is not None and (other := turned(label)):
        return NamedOperand(operand, other, -value)
    return NamedOperand(operand, label, operand.value)


def _label(operand: Operand, language: Language) -> str:
    """The printed label; in the other language the metric's name where the vocabulary has one, else the label in quotation marks."""
    fact = operand.stored.fact
    printed = _LEAD.sub("", fact.metric[-1]) if fact.metric else operand.name.replace("_", " ")
    foreign = not has_han(printed) and _LATIN.search(printed) if language == "zh" else has_han(printed)
    if not foreign:
        return printed.capitalize() if printed.isupper() and " " in printed else printed
    known = usual_phrase(operand.name, language) or (usual_phrase(fact.concept, language) if fact.concept else None)
    return known or f"“{printed}”"
