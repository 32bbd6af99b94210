"""The evidence of one answer, indexed once: then each figure is a few lookups."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from finfoundry.binding.entities import Entities
from finfoundry.binding.evidence import (
    CalculationEvidence,
    Evidence,
    EvidenceItem,
    PassageEvidence,
    SpecialistEvidence,
    TableEvidence,
    question_items,
    read_items,
)
from finfoundry.binding.labels import Labels
from finfoundry.core.periods import FoundPeriod, find_periods

_DIGIT, _LETTER = re.compile(r"\d"), re.compile(r"[^\W\d_]")


@dataclass(slots=True)
class AskedText:
    """What the question says: used where the sentence itself is silent."""

    text: str
    periods: tuple[FoundPeriod, ...]
    entities: frozenset[int]
    items: list[EvidenceItem] = field(default_factory=list)


class EvidenceIndex:
    """The items of the evidence by value and by label, and what the question says."""

    def __init__(self, evidence: Sequence[Evidence], question: str = "") -> None:
        read = read_items(evidence)
        self.items, self.evidence_of = [item for item, _ in read], [number for _, number in read]
        self.values = [abs(item.value) for item in self.items]
        self.labels = Labels(item.label for item in self.items)
        self.label_of = [self.labels.number(item.label) for item in self.items]
        self.by_label: dict[int, list[int]] = {}
        for index, number in enumerate(self.label_of):
            self.by_label.setdefault(number, []).append(index)
        leaves = {(item.reference.metric or "").rpartition(" > ")[2].lower() for item in self.items if item.source == "cell"}
        named = {name.lower() for one in evidence if isinstance(one, SpecialistEvidence) for name in one.inputs if _LETTER.search(name)}
        self.digit_names = [name for name in sorted(leaves | named, key=len, reverse=True) if _DIGIT.search(name) and not name.isdigit()]
        self.entities = Entities((item.entity for item in self.items), leaves, told(evidence, question))
        self.computed_for = Entities(one.aliases for one in evidence if isinstance(one, CalculationEvidence))
        self.question = AskedText(question, tuple(find_periods(question)), self.entities.named(question), question_items(question))


def told(evidence: Sequence[Evidence], question: str) -> str:
    """All that the evidence and the question say; nothing where the evidence is not texts alone, as rows and cells say no more of whose."""
    if not all(isinstance(one, PassageEvidence | TableEvidence) for one in evidence):
        return ""
    tables = (f"{one.caption} {one.markup}" for one in evidence if isinstance(one, TableEvidence))
    return " ".join([question, *(one.text for one in evidence if isinstance(one, PassageEvidence)), *tables])
