"""The items of the evidence of one answer, found by value, by label, by page and by concept; and what the question says."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from finfoundry.binding.breakdown import Breakdown, breakdowns
from finfoundry.binding.entities import Entities
from finfoundry.binding.evidence import (
    CalculationEvidence,
    CellEvidence,
    Evidence,
    EvidenceItem,
    PassageEvidence,
    SpecialistEvidence,
    TableEvidence,
)
from finfoundry.binding.sentence.days import Day, days_in, without_days
from finfoundry.binding.sentence.known_labels import Labels
from finfoundry.binding.sentence.labels import BALANCES, Words, sentence_label, word_lists, words
from finfoundry.core.answer import Reference
from finfoundry.core.language import sentences
from finfoundry.core.periods import FoundPeriod, Period, find_periods, month_end
from finfoundry.core.quantities.numbers import find_numbers

_KEPT = 400  # texts whose reading is kept
_PRINTED_ALONE = frozenset(("attributable", "adjusted", "free", "归属", "归母"))  # of no row that does not print them
_SAYING_NOTHING = BALANCES | word_lists()["times"] | word_lists()["captions"]
_LAST_DAYS = frozenset((month, month_end(year, month).day) for month in range(1, 13) for year in (2023, 2024))
_DIGIT, _LETTER = re.compile(r"\d"), re.compile(r"[^\W\d_]")
_NUMERAL = re.compile("[一二两兩三四五六七八九十]")


def read_items(evidence: Sequence[Evidence]) -> list[tuple[EvidenceItem, int]]:
    """All items, each with the number of its evidence (from 0), by absolute value, the smallest first."""
    return sorted(((item, number) for number, one in enumerate(evidence) for item in one.items()), key=lambda pair: abs(pair[0].value))


def question_items(question: str) -> list[EvidenceItem]:
    """The numbers that the user gave. They bind only what the question supposes, never what it asks about."""
    label = sentence_label(question)
    return [
        EvidenceItem(number.value, number.unit, "question", number.text, label, reference=Reference(text=number.text))
        for number in find_numbers(question)
    ]


class Rows:
    """The rows of the evidence with the words of a sentence that each explains: by its name, the headings above it, its column, the title
    of its table. Rows of one name under two titles are two.
    """

    def __init__(self, items: Sequence[EvidenceItem], label_of: Sequence[int]) -> None:
        numbers: dict[tuple[int, Words], int] = {}
        self.row_of: dict[int, int] = {}
        self.items: list[list[int]] = []
        self._words: list[Words] = []
        holders: dict[str, list[int]] = defaultdict(list)
        for index, item in enumerate(items):
            if item.source != "cell":
                continue
            key = label_of[index], item.above
            if key not in numbers:
                numbers[key] = len(self.items)
                self.items.append([])
                printed, *others = item.label.alternatives
                meant = frozenset[str]().union(*others) - _PRINTED_ALONE
                own = frozenset[str]().union(item.above, item.label.beside, printed, meant, *item.label.required)
                self._words.append(own - _SAYING_NOTHING - words(" ".join(item.entity)))
                for word in self._words[-1]:
                    holders[word].append(numbers[key])
            self.items[numbers[key]].append(index)
            self.row_of[index] = numbers[key]
        self._holders = dict(holders)
        self._kept: dict[Words, dict[int, Words]] = {}

    def known(self, said: Words) -> Words:
        """The words of a text that some row has."""
        return frozenset(word for word in said if word in self._holders)

    def explain(self, said: Words) -> dict[int, Words]:
        """Row → the words of a text that it explains; rows that explain none are left out."""
        known = self.known(said)
        if known not in self._kept:
            if len(self._kept) > _KEPT:
                self._kept.clear()
            rows = {row for word in known for row in self._holders[word]}
            self._kept[known] = {row: self._words[row] & known for row in rows}
        return self._kept[known]


@dataclass(slots=True)
class AskedText:
    """What the question says: used where a sentence of the answer names no period, company or metric itself."""

    text: str
    periods: tuple[FoundPeriod, ...]
    entities: frozenset[int]
    items: list[EvidenceItem] = field(default_factory=list)


class EvidenceIndex:
    """The items of the evidence of one answer by value and by label, and what the question says: then each figure is a few lookups.
    ``earlier`` is what the answer said before: whom it named there is meant on. ``composed``: what is read is put together from this very
    evidence, and names its things as the evidence does.
    """

    def __init__(self, evidence: Sequence[Evidence], question: str = "", earlier: str = "", *, composed: bool = False) -> None:
        self.composed, self._evidence = composed, evidence
        read = read_items(evidence)
        self.items, self.evidence_of = [item for item, _ in read], [number for _, number in read]
        self.place_of = {id(item): place for place, item in enumerate(self.items)}
        self.values = [abs(item.value) for item in self.items]
        self.labels = Labels(item.label for item in self.items)
        self.label_of = [self.labels.number(item.label) for item in self.items]
        self.rows = Rows(self.items, self.label_of)
        self.by_label: dict[int, list[int]] = {}
        for index, number in enumerate(self.label_of):
            self.by_label.setdefault(number, []).append(index)
        leaves = {name for item in self.items for name in _row_names(item.reference, item.source)}
        named = {name.lower() for one in evidence if isinstance(one, SpecialistEvidence) for name in one.inputs if _LETTER.search(name)}
        self.spans_of: dict[tuple[Words, str | None], list[int]] = {}  # figures of prose by their sentence and unit
        for index, item in enumerate(self.items):
            if item.source == "span":
                self.spans_of.setdefault((item.label.alternatives[-1], item.unit), []).append(index)
        digits = (name for name in leaves | named if _has_number(name) and not name.isdigit() and not _is_time(name))
        self.numbered_names = sorted(digits, key=len, reverse=True)
        self.entities = Entities(
            (item.entity for item in self.items), leaves, told(evidence, question), heard(evidence), earlier, lambda: said(evidence)
        )
        self.computed_for = Entities(one.aliases for one in evidence if isinstance(one, CalculationEvidence))
        self._of_concept: dict[str, list[int]] | None = None
        self._on_page: dict[int, list[EvidenceItem]] | None = None
        self.question = AskedText(question, tuple(find_periods(question)), self.entities.named(question), question_items(question))

    def on_page(self, page: int) -> list[EvidenceItem]:
        """The cells of a page."""
        if self._on_page is None:
            self._on_page = {}
            for item in self.items:
                if item.source == "cell" and item.place:
                    self._on_page.setdefault(item.place.page, []).append(item)
        return self._on_page.get(page, [])

    @cached_property
    def breakdowns(self) -> dict[str, list[Breakdown]]:
        """Name of a part, in small letters → the breakdowns that the tables print of it."""
        return breakdowns(self.items, self.evidence_of, self._evidence)

    @cached_property
    def breakdowns_at(self) -> dict[Period | None, list[Breakdown]]:
        """Each breakdown once, by its time."""
        found = defaultdict[Period | None, list[Breakdown]](list)
        for one in {id(one): one for of in self.breakdowns.values() for one in of}.values():
            found[one.dates].append(one)
        return found

    @cached_property
    def days(self) -> frozenset[Day]:
        """The days that the evidence names anywhere, those on which the times of its figures begin or end, and the last ones of months, by
        which years of weeks are told.
        """
        times = [item.dates for item in self.items if item.dates]
        edges = frozenset((day.month, day.day) for time in times for day in (time.start, time.end) if day)
        return edges.union(_LAST_DAYS, days_in(said(self._evidence)))

    @cached_property
    def dated(self) -> list[tuple[Words, str, PassageEvidence]]:
        """The sentences of passages that name a day: what each says besides, and where it stands."""
        passages = [one for one in self._evidence if isinstance(one, PassageEvidence)]
        told = [(one.text[slice(*span)].strip(), one) for one in passages for span in sentences(one.text)]
        return [(words(without_days(text)), text, passage) for text, passage in told if days_in(text)]

    def of_concept(self, concept: str, named: Callable[[str], frozenset[str]]) -> list[int]:
        """The items of amounts whose row is called as a concept is; ``named``: a name → the concepts that have it."""
        if self._of_concept is None:
            self._of_concept = {}
            for index, item in enumerate(self.items):
                leaf = item.series.rpartition(" > ")[2]
                for one in named(item.series) or named(leaf) if item.source != "span" and item.unit != "ratio" else ():
                    self._of_concept.setdefault(one, []).append(index)
        return self._of_concept.get(concept, [])


def _row_names(reference: Reference, source: str) -> Iterator[str]:
    """The names of the rows that a cell, or the operands of a calculation, stand in, as they are compared."""
    figures = [one.reference for one in (reference.operands or {}).values() if one.source == "cell"]
    for one in [reference, *figures] if source == "cell" else figures:
        yield (one.metric or "").rpartition(" > ")[2].lower()


def _has_number(name: str) -> bool:
    """Whether a row's name has digits, or a number in characters: 五年以上, not 一般风险准备."""
    return _DIGIT.search(name) is not None or (_NUMERAL.search(name) is not None and bool(find_numbers(name)))


def _is_time(name: str) -> bool:
    """Whether a row's name says only when: "Balance at August 31, 2023", 2018年. Its digits in a text are a date."""
    bare = name
    for found in reversed(find_periods(name)):
        bare = bare[: found.start] + " " + bare[found.end :]
    return bare != name and not words(bare) - BALANCES


def heard(evidence: Sequence[Evidence]) -> str:
    """The running text of the evidence and the words of its tables, as far as they are Chinese."""
    passages = (one.text for one in evidence if isinstance(one, PassageEvidence))
    rows = (part for one in evidence if isinstance(one, CellEvidence) for part in (*one.fact.metric, one.above))
    return "\n".join(text for text in (*passages, *rows) if not text.isascii())


def said(evidence: Sequence[Evidence]) -> str:
    """All text of the evidence: passages, tables, and the names of rows with the headings over their tables."""
    passages = [one.text for one in evidence if isinstance(one, PassageEvidence)]
    tables = [f"{one.caption} {one.markup}" for one in evidence if isinstance(one, TableEvidence)]
    rows = dict.fromkeys(
        part
        for one in evidence
        if isinstance(one, CellEvidence)
        for part in (*one.fact.metric, *(member for _, member in one.fact.dimensions), one.above)
    )
    return "\n".join([*passages, *tables, *rows])


def told(evidence: Sequence[Evidence], question: str) -> str:
    """The text of the evidence and the question; empty unless all evidence is passages and tables: cells say no more of whose they are."""
    if not all(isinstance(one, PassageEvidence | TableEvidence) for one in evidence):
        return ""
    tables = (f"{one.caption} {one.markup}" for one in evidence if isinstance(one, TableEvidence))
    return " ".join([question, *(one.text for one in evidence if isinstance(one, PassageEvidence)), *tables])
