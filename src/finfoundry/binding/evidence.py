"""What a figure can be bound to. Every kind of evidence is read into items: one number each, with all that gives it meaning."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal

from finfoundry.binding.entities import cut_names
from finfoundry.binding.expression import in_order
from finfoundry.binding.given.tables import read_rows
from finfoundry.binding.sentence.claim import Claim
from finfoundry.binding.sentence.claim_patterns import PER_SHARE, listed_name, may_be_money
from finfoundry.binding.sentence.claims import read_claims
from finfoundry.binding.sentence.labels import MetricLabel, Words, is_rate_of_change, label, sentence_label, words
from finfoundry.binding.sentence.when import When
from finfoundry.core.answer import DocumentName, Figure, Reference, Source
from finfoundry.core.document import Box, ChunkPlace, Fact, Locator, Scope, Word, box_of
from finfoundry.core.language import sentences
from finfoundry.core.names.company_names import other_names
from finfoundry.core.periods import FiscalYear, Period, find_periods, span
from finfoundry.core.quantities.unit_lines import UnitLine

LONGEST_QUOTE = 700  # characters: a sentence that is quoted whole is not cut
_PARTS_OF_YEAR = (3, 6, 9)  # months
_STATEMENTS = ("income", "balance", "cash flow", "comprehensive income")
_CLAUSE = re.compile(r"[;；。，：]|[.,:](?=\s|$)")


@dataclass(frozen=True, slots=True)
class CitedPlace:
    """Where a reader can see a piece of evidence; a citation without its marker."""

    document: DocumentName
    page: int
    box: Box | None = None
    locator: Locator | None = None
    quote: str = ""


@dataclass(frozen=True, slots=True)
class EvidenceItem:
    """One number of the evidence. ``step`` is the worth of its last printed digit, 0 where it is exact."""

    value: Decimal
    unit: str | None
    source: Source
    text: str
    label: MetricLabel
    whens: tuple[When, ...] = ()  # any of them may be meant; empty = not known
    step: Decimal = Decimal(0)
    entity: tuple[str, ...] = ()  # its name and aliases; empty = not known
    scope: Scope | None = None
    place: CitedPlace | None = None
    reference: Reference = field(default_factory=Reference)
    period: str | None = None
    signed: bool = True  # False where the source prints an outflow or a decrease without a sign
    direction: int = 0  # of a change in prose: 1 a rise, -1 a fall
    move: int = 0  # of a level in prose: the direction in which the words say that it moved
    places: tuple[tuple[str, CitedPlace], ...] = ()  # of a calculation: operand and its place
    unstated: bool = False  # a stored fact whose currency is stated nowhere: nothing that names one is bound to it
    above: Words = frozenset()  # words of the headings over its table, which a label does not have
    change: bool = False  # of a table's column of changes: a rate or an amount
    column: str = ""  # what heads its column, besides a time
    concept: str | None = None  # what the row is, where it is known
    principal: bool = False  # of a statement, so that its name alone means it
    terms: tuple[tuple[str, EvidenceItem], ...] = ()  # of a calculation: operand and the item that it is
    series: str = ""  # the metric's own name, without its period: what is compared over time

    @property
    def dates(self) -> Period | None:
        """Those of its time, by which items are compared; None where it has none, or several of which some are only named."""
        if not self.whens:
            return None
        return self.whens[0].dates if len(self.whens) == 1 else self.whens[0].period


@dataclass(frozen=True, slots=True)
class CellEvidence:
    """A fact read from a table. ``names`` are other names under which it was asked for."""

    fact: Fact
    document: DocumentName
    aliases: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    fiscal: FiscalYear | None = None
    above: str = ""  # what stands over its table

    def items(self) -> list[EvidenceItem]:
        """The fact as one item, with its row's path as the label and its box as the place."""
        fact, names = self.fact, _entity(self.fact.entity, self.aliases)
        series = " > ".join((*(part for part in fact.metric if not _only_dates(part)), *(member for _, member in fact.dimensions)))
        return [
            EvidenceItem(
                value=fact.value,
                unit=fact.unit,
                unstated=fact.unit is None,
                source="cell",
                text=fact.text,
                label=label(
                    tuple(cut_names(part, names) for part in fact.metric),
                    (*self.names, *_own_name(fact, names)),
                    fact.dimensions,
                    fact.concept,
                ),
                whens=(When.of(fact.period, self.fiscal),) if fact.period else (),
                step=fact.scale.scaleb(-fact.precision),
                entity=names,
                scope=fact.scope,
                place=CitedPlace(
                    self.document, fact.page, fact.box, fact.locator, f"{fact.metric[-1] if fact.metric else ''} {fact.text}".strip()
                ),
                reference=Reference(text=fact.text, scale=plain(fact.scale), entity=fact.entity, metric=" > ".join(fact.metric)),
                period=fact.period or None,
                above=words(cut_names(self.above, names)) if self.above else frozenset(),
                change=is_rate_of_change(fact.dimensions),
                column=" > ".join(member for axis, member in fact.dimensions if axis == "column"),
                concept=fact.concept,
                principal=fact.statement in _STATEMENTS and not fact.dimensions,
                series=series,
            )
        ]


@dataclass(frozen=True, slots=True)
class PassageEvidence:
    """A passage of running text. With its words, each number gets a box of its own; else that of the part which its sentence begins in:
    ``parts``, in their order. ``read``: from where to where whoever wrote from it had it before them; all where none is given.
    """

    text: str
    document: DocumentName
    page: int = 1
    box: Box | None = None
    locator: Locator | None = None
    words: tuple[Word, ...] = ()
    entity: str | None = None
    aliases: tuple[str, ...] = ()
    period: str | None = None  # of the document, where the passage names none
    fiscal: FiscalYear | None = None
    stated: UnitLine | None = None  # what the page's heading says of its amounts: "(Dollars in Millions)"
    parts: tuple[ChunkPlace, ...] = ()
    read: tuple[tuple[int, int], ...] = ()

    def place_of(self, said: str, beside: str = "") -> CitedPlace:
        """The place of the sentence read that holds most words of a text, the first of these; of all where it quotes all or says nothing.
        Where none has a word of it ("So it is."), that of what stands ``beside`` it.
        """
        wanted, whole, told = words(said), self.text.strip(), list(sentences(self.text))
        spans = [span for span in told if any(span[0] < end and start < span[1] for start, end in self.read)] or told
        shared = [len(wanted & words(self.text[slice(*span)])) for span in spans]
        if beside and not any(shared):
            return self.place_of(beside)
        if whole in said or not wanted:
            return self._place(0, whole)
        start, end = spans[shared.index(max(shared))]
        return self._place(start, self.text[start:end])

    def _place(self, start: int, sentence: str) -> CitedPlace:
        """Where a sentence that begins at a character stands."""
        part = next((one for one in reversed(self.parts) if one.start <= start), None)
        box, locator = (part.box, part.locator) if part else (self.box, self.locator)
        return CitedPlace(self.document, self.page, box, locator, sentence.strip()[:LONGEST_QUOTE])

    def items(self) -> list[EvidenceItem]:
        """An item for each figure of the text, with the meaning that its sentence gives it; another for one in the scale of the page."""
        found = []
        for claim in read_claims(self.text):
            item = _in_own_dollars(self._item(claim), self.stated.currency if self.stated else None)
            found.append(item)
            line, number = self.stated, claim.number
            if line and line.scale and number.scale == 1 < line.scale and may_be_money(number):
                value, step = item.value * line.scale, item.step * line.scale
                found.append(replace(item, value=value, step=step, unit=item.unit or line.currency))
        return found

    def _item(self, claim: Claim) -> EvidenceItem:
        number = claim.number
        whens = tuple(when for period in claim.periods if (when := When.told(period, self.period, self.fiscal)))
        place = self._place(claim.start, claim.sentence)
        return EvidenceItem(
            value=number.value,
            unit=_unit_of(claim),
            source="span",
            text=number.text,
            label=sentence_label(listed_name(claim.lead, claim.order) or claim.nearby, claim.contexts[-2]),
            whens=whens or ((self._inherited(self.period, claim),) if self.period and not claim.periods else ()),
            step=number.step,
            entity=_entity(self.entity, self.aliases),
            scope=claim.scope,
            place=replace(place, box=box_of(number.text, self.words) or place.box),
            reference=Reference(text=number.text, scale=plain(number.scale), entity=self.entity, metric=claim.nearby.strip()[:120] or None),
            period=next((when.iso for when in whens if when.iso), None),
            signed=not claim.negative,
            direction=claim.direction,
            move=claim.move,
        )

    def _inherited(self, period: str, claim: Claim) -> When:
        """The time of a sentence that names none: its document's period. A document on less than a year gives the span up to its end that
        the words tell ("in the second quarter"), else only its fiscal year, since it also speaks of days around its period.
        """
        when = When.of(period, self.fiscal)
        if when.period and when.kind in ("quarter", "half", "range") and claim.months in _PARTS_OF_YEAR and not claim.earlier:
            return When.of(span(when.period.end, claim.months).iso, self.fiscal)
        return when if when.kind == "year" else When(year=when.fiscal_year, kind="year", fiscal=self.fiscal)


@dataclass(frozen=True, slots=True)
class TableEvidence:
    """A table given as HTML, Markdown or tab-separated text. Its scale and currency are read from its caption, note and header."""

    markup: str
    document: DocumentName
    page: int = 1
    box: Box | None = None
    locator: Locator | None = None
    caption: str = ""
    entity: str | None = None
    aliases: tuple[str, ...] = ()
    scope: Scope | None = None
    fiscal: FiscalYear | None = None
    dollar: str | None = None  # what a bare "$" means in its paper

    def items(self) -> list[EvidenceItem]:
        """An item for each number of the table, labelled by its row's path, dated by its column."""
        found = [
            EvidenceItem(
                value=row.value,
                unit=row.unit,
                source="cell",
                text=row.text,
                label=label(row.path),
                whens=tuple(When.found(period, self.fiscal) for period in row.periods if period.kind != "relative"),
                step=row.step,
                entity=_entity(self.entity, self.aliases),
                scope=row.scope or self.scope,
                place=CitedPlace(
                    self.document, self.page, self.box, self.locator, f"{row.path[-1] if row.path else ''} {row.text}".strip()
                ),
                reference=Reference(text=row.text, scale=plain(row.scale), entity=self.entity, metric=" > ".join(row.path)),
                above=words(row.above),
                period=next((found.period.iso for found in row.periods if found.period), None),
                series=" > ".join(row.path),
            )
            for row in read_rows(self.markup, self.caption)
        ]
        return [_in_own_dollars(item, self.dollar) for item in found]


@dataclass(frozen=True, slots=True)
class RowEvidence:
    """One row of an SQL result: column name → value. ``units`` give a column's unit, None where none is stated; columns of text say what
    the row is about.
    """

    query: str
    row: int
    columns: Mapping[str, object]
    units: Mapping[str, str | None] = field(default_factory=dict)
    entity: str | None = None

    def items(self) -> list[EvidenceItem]:
        """An item for each number in the row, labelled by its column's name; the row's texts give the period."""
        columns = sorted(self.columns.items())  # as a record of it keeps them
        about = " ".join(str(value) for name, value in columns if isinstance(value, str) and name not in self.units)
        whens = tuple(When.found(period) for period in find_periods(about))
        found = []
        for column, given in columns:
            value = Decimal(given) if isinstance(given, str) and column in self.units else given  # as a record of it holds it
            if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
                continue
            found.append(
                EvidenceItem(
                    value=Decimal(str(value)),
                    unit=self.units.get(column),
                    source="sql",
                    text=str(value),
                    label=MetricLabel(
                        alternatives=label((column.replace("_", " "),)).alternatives, beside=sentence_label(about).alternatives[0]
                    ),
                    whens=whens,
                    entity=_entity(self.entity, ()),
                    reference=Reference(query=self.query, row=self.row, column=column),
                )
            )
        return found


@dataclass(frozen=True, slots=True)
class CalculationEvidence:
    """A number computed from figures: ``expression`` over ``operands``, its value exact."""

    expression: str
    operands: Mapping[str, Figure]
    value: Decimal
    unit: str | None = None
    name: str = ""  # of what it is: "quick ratio"
    period: str | None = None
    places: Mapping[str, CitedPlace] = field(default_factory=dict)  # operand → its place, for the citations
    fiscal: FiscalYear | None = None
    aliases: tuple[str, ...] = ()  # names of the company, whose digits are no figures
    scope: Scope | None = None  # of all operands; None where they do not say

    def items(self) -> list[EvidenceItem]:
        """The value as one item, labelled by its name; without one, by the metrics of its operands."""
        operands = in_order(self.expression, self.operands)
        beside = " ".join(figure.reference.metric or "" for figure in operands.values())
        return [
            EvidenceItem(
                value=self.value,
                unit=self.unit,
                source="calculation",
                text=self.expression,
                label=MetricLabel(
                    alternatives=label((self.name,)).alternatives if self.name else (sentence_label(beside).alternatives[0],),
                    beside=sentence_label(f"{beside} {self.name}").alternatives[0],
                    prose=not self.name,
                ),
                whens=(When.of(self.period, self.fiscal),) if self.period else (),
                reference=Reference(expression=self.expression, operands=operands),
                period=self.period,
                places=tuple(in_order(self.expression, self.places).items()),
                signed=False,
                scope=self.scope,
            )
        ]


@dataclass(frozen=True, slots=True)
class SpecialistEvidence:
    """What a small model returned of one row: field → value, never altered.

    ``names``: other words for a field. ``inputs``: names of columns, of the model and of the row, in which digits are no figures.
    ``sentence``: where the fields are those of one fixed sentence, which is then what each of them is called.
    """

    model: str
    record: str
    fields: Mapping[str, Decimal]
    units: Mapping[str, str] = field(default_factory=dict)
    names: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    inputs: tuple[str, ...] = ()
    sentence: str = ""

    def items(self) -> list[EvidenceItem]:
        """An item for each field, labelled by the sentence and its clauses, or by the field's names where there is no sentence."""
        clauses = tuple(part for part in _CLAUSE.split(self.sentence) if part.strip())
        return [
            EvidenceItem(
                value=value,
                unit=self.units.get(name),
                source="specialist",
                text=str(value),
                label=label((self.sentence,), clauses) if clauses else label((name.replace("_", " "),), self.names.get(name, ())),
                reference=Reference(model=self.model, record=self.record, field=name),
            )
            for name, value in sorted(self.fields.items())
        ]


Evidence = CellEvidence | PassageEvidence | TableEvidence | RowEvidence | CalculationEvidence | SpecialistEvidence


def _own_name(fact: Fact, names: tuple[str, ...]) -> tuple[str, ...]:
    """What a part whose name begins with another name of the company is called without it: "Network" for "Google Network"."""
    leaf = fact.metric[-1] if fact.metric else ""
    bare = cut_names(leaf, (*names, *other_names(names)))
    return (bare,) if bare != leaf and words(bare) != words(cut_names(leaf, names)) and words(bare) else ()


def _unit_of(claim: Claim) -> str | None:
    """The unit of a number in prose: of money that its name says is one per share, money per share."""
    unit = claim.number.unit
    per_share = unit is not None and unit.isalpha() and unit.isupper() and PER_SHARE.search(claim.name)
    return f"{unit}/share" if per_share and claim.number.scale == 1 else unit


def plain(value: Decimal) -> str:
    """A decimal string without an exponent and without trailing zeros."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _only_dates(name: str) -> bool:
    """Whether a part of a row's name is a time and nothing else: what is compared over time is called without it."""
    return bool(name) and not words(name) and bool(find_periods(name))


def _in_own_dollars(item: EvidenceItem, dollar: str | None) -> EvidenceItem:
    """An item of a bare "$" in the currency that its paper means by it."""
    bare = item.unit == "USD" and dollar in _DOLLARS and "US" not in item.text
    return replace(item, unit=dollar) if bare else item


_DOLLARS = frozenset(("TWD", "HKD"))


def _entity(name: str | None, aliases: tuple[str, ...]) -> tuple[str, ...]:
    return (name, *aliases) if name else aliases
