"""The answer contract (``docs/schemas/answer.json``).

``value`` is exact, in base units, a decimal string; ``text`` is as printed in the answer. Percents and ratios are fractions, unit
``ratio``; money is ISO 4217; per share is ``USD/share``. A period is an ISO 8601 date or ``start/end``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from finfoundry.core.disclosure import Disclosure
from finfoundry.core.document import Box, Locator

Status = Literal["answered", "clarify", "withheld", "refused", "not_permitted", "no_evidence"]
Source = Literal["cell", "span", "calculation", "sql", "specialist", "question"]
Language = Literal["en", "zh"]


@dataclass(frozen=True, slots=True)
class DocumentName:
    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Citation:
    """Where a reader can see it: page from 1, box in points from the top left, or a locator for sheets and HTML."""

    marker: int
    document: DocumentName
    page: int
    box: Box | None
    locator: Locator | None
    quote: str


@dataclass(frozen=True, slots=True)
class Reference:
    """What a figure is bound to. Which fields are set depends on the figure's source:

    cell, span: citation, text, scale, entity, metric · calculation: expression, operands · sql: query, row, column ·
    specialist: model, record, field · question: text.
    """

    citation: int | None = None
    text: str | None = None
    scale: str | None = None
    entity: str | None = None
    metric: str | None = None
    expression: str | None = None
    operands: dict[str, Figure] | None = None
    query: str | None = None
    row: int | None = None
    column: str | None = None
    model: str | None = None
    record: str | None = None
    field: str | None = None


@dataclass(frozen=True, slots=True)
class Figure:
    text: str
    value: str
    unit: str | None  # None for money whose currency is stated nowhere
    period: str | None
    source: Source
    reference: Reference


@dataclass(slots=True)
class Answer:
    id: str
    status: Status
    language: Language
    text: str
    citations: list[Citation] = field(default_factory=list)
    figures: list[Figure] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    options: list[str] = field(default_factory=list)
    nearest: list[Citation] = field(default_factory=list)  # the closest passages, where there is no answer
    reason: str | None = None
    model: str | None = None
    audit_id: str | None = None
    timings: dict[str, float] = field(default_factory=dict)
    tokens: dict[str, int] = field(default_factory=dict)
    confidence: float | None = None  # that an answer is right, 0 to 1, as calibrated; None where nothing was answered
    disclosure: Disclosure | None = None  # that it was generated, where the law of the place asks for a label

    @property
    def shown(self) -> str:
        """The text with its label, for readers who see nothing but text."""
        return f"{self.text}\n\n{self.disclosure.text}" if self.disclosure else self.text
