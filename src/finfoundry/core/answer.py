"""The answer contract (``docs/schemas/answer.json``).

``value`` is exact, in base units, a decimal string; ``text`` is as printed in the answer. Percents and ratios are fractions, unit
``ratio``; money is ISO 4217; per share is ``USD/share``. A period is an ISO 8601 date or ``start/end``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from finfoundry.core.disclosure import Disclosure
from finfoundry.core.display import Display, escaped
from finfoundry.core.document import Box, Locator
from finfoundry.core.prose import place, prose

Status = Literal["answered", "clarify", "withheld", "refused", "not_permitted", "no_evidence"]
Source = Literal["cell", "span", "calculation", "sql", "specialist", "question"]
Language = Literal["en", "zh"]
TOLD = ("late", "busy", "absent")  # reasons that the text tells in words
SHOWN = 120  # characters of a quote in one line of a terminal
MOST_NEAREST = 5  # passages given where there is no answer
_COLOURS: dict[Status, str] = {
    "answered": "green",
    "clarify": "yellow",
    "withheld": "yellow",
    "no_evidence": "yellow",
    "not_permitted": "red",
    "refused": "red",
}


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

    def shown(self, *, whole: bool = False) -> str:
        """In one line, as markup; ``whole``: with all that is quoted."""
        where = f"box {tuple(map(round, self.box))}" if self.box else place(self.locator or {})
        quote = " ".join(prose(self.quote).split())[: None if whole else SHOWN]
        return escaped(f"{self.document.name} p. {self.page} {where}: “{quote}”")


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

    def show_on(self, display: Display, depth: int = 0) -> None:
        reference = self.reference
        called = f"{reference.field} by {reference.model}, record {reference.record}" if reference.model else ""
        origin = reference.expression or reference.text or reference.metric or called
        value = f"{self.value} {self.unit or ''}".strip()
        display.line("  " * depth + f"[dim]{escaped(self.text)} = {value} ({self.period or '-'}) ← {self.source}: {escaped(origin)}[/]")
        for operand in (reference.operands or {}).values():
            operand.show_on(display, depth + 1)


@dataclass(frozen=True, slots=True)
class TermUsed:
    """A term of the institution's own by which a question was read, as it was then.

    ``said`` are its words in the question, "" where another term names it; ``means`` is the metric, the printed label or the formula that
    it stands for; ``norm`` its level, a decimal string; ``approved`` the day since which it is in force, "" of one that is only tried;
    ``replaces`` what the product means by its words, or by its name, "" where the institution redefines nothing.
    """

    name: str
    kind: str
    version: int
    said: str
    means: str
    definition: str = ""
    norm: str | None = None
    approved: str = ""
    replaces: str = ""


@dataclass(frozen=True, slots=True)
class ChainStep:
    """One step of a chain *cause → … → conclusion*: a metric that moved, told in a sentence whose figures are bound to ``citations``.

    ``first`` and ``last`` are decimal strings in base units. The next step follows by its definition, ``follows``, arithmetic over metrics;
    ``share`` is how much of the next step's change this one accounts for, 1 where it is all. Both None of the conclusion.
    """

    text: str
    metric: str
    moved: Literal["up", "down"]
    first: str
    last: str
    unit: str | None
    follows: str | None
    share: str | None
    citations: list[int]

    def shown(self) -> str:
        """In one line, as markup, with what leads to the next step."""
        share = f"  [dim]→ {float(self.share):.0%}, {escaped(self.follows or '')}[/]" if self.share else ""
        return f"{escaped(self.text)}{share}"


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
    nearest: list[Citation] = field(default_factory=list)  # the closest passages, at most MOST_NEAREST, where there is no answer
    reason: str | None = None
    model: str | None = None
    audit_id: str | None = None
    timings: dict[str, float] = field(default_factory=dict)
    tokens: dict[str, int] = field(default_factory=dict)
    confidence: float | None = None  # that an answer is right, 0 to 1, as calibrated; None where nothing was answered
    terms: list[TermUsed] = field(default_factory=list)  # of the institution's own, by which the question was read
    corrections: list[int] = field(default_factory=list)  # by hand, of facts that it states; a warning says what was read
    chain: list[ChainStep] = field(default_factory=list)  # why, from the first cause to the conclusion; empty where none is shown
    disclosure: Disclosure | None = None  # that it was generated, where the law of the place asks for a label
    written: bool = False  # whether a model wrote its text from passages: what it rests on is then shown whole

    @property
    def shown(self) -> str:
        """The text with its label, for readers who see nothing but text."""
        return f"{self.text}\n\n{self.disclosure.text}" if self.disclosure else self.text

    def show_on(self, display: Display) -> None:
        display.line(f"[bold {_COLOURS[self.status]}]{self.status}[/]  {escaped(self.text)}")
        if self.reason and self.reason not in TOLD:
            display.wrapped(f"  [dim]{escaped(self.reason)}[/]")
        for number, option in enumerate(self.options, 1):  # by which one may be picked
            display.wrapped(f"  {number}. {escaped(option)}")
        for step in self.chain:
            display.wrapped(f"  ⇒ {step.shown()}")
        for figure in self.figures:
            figure.show_on(display, 1)
        for citation in self.citations:
            display.line(f"  [cyan]\\[{citation.marker}][/] {citation.shown(whole=self.written)}")
        for citation in self.nearest:
            display.line(f"  [dim]≈[/] {citation.shown()}")
        for term in self.terms:
            level = f" ≷ {term.norm}" if term.norm else ""
            since = f", approved {term.approved}" if term.approved else ""
            usual = f" (in place of {term.replaces})" if term.replaces else ""
            display.line(f"  [dim]{escaped(f'{term.kind} {term.name}, version {term.version}{since}: {term.means}{level}{usual}')}[/]")
        for warning in self.warnings:
            display.line(f"  [yellow]! {escaped(warning)}[/]")
        if self.disclosure:
            display.line(f"  {escaped(self.disclosure.text)}")
        times = "  ".join(f"{name} {seconds:.2f} s" for name, seconds in self.timings.items())
        display.line(f"  [dim]{escaped(times)}  audit {self.audit_id or '-'}[/]")
