"""Check an answer that someone else wrote against the evidence that they used: which figures hold, and why the others do not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from finfoundry.binding.bind import Citations, Matcher, figure
from finfoundry.binding.evidence import Evidence
from finfoundry.binding.sense import Reason
from finfoundry.binding.sources import from_document, from_parsed, from_text
from finfoundry.core.answer import Citation, Figure
from finfoundry.core.display import Display, escaped
from finfoundry.core.document import Document, Parsed
from finfoundry.core.errors import InputError

Given = Evidence | Parsed | Document | str
_LONGEST = 200_000  # characters of an answer


@dataclass(frozen=True, slots=True)
class CheckedFigure:
    """A figure of the answer. ``start`` and ``end`` are offsets in it; ``nearest`` is what it comes nearest to when it is not bound."""

    text: str
    start: int
    end: int
    bound: bool
    figure: Figure | None = None
    reason: Reason | None = None
    nearest: Figure | None = None


@dataclass(slots=True)
class Report:
    figures: list[CheckedFigure] = field(default_factory=list)
    citations: list[Citation] = field(default_factory=list)
    bound: int = 0
    unbound: int = 0

    @property
    def holds(self) -> bool:
        return not self.unbound

    def show_on(self, display: Display) -> None:
        for one in self.figures:
            nearest = f", nearest {one.nearest.text}" if one.nearest else ""
            told = "[green]bound[/]" if one.bound else f"[red]not bound[/] ({escaped(str(one.reason))}{escaped(nearest)})"
            display.line(f"{told}  {escaped(one.text)}")
            if one.figure:
                one.figure.show_on(display, 1)
        display.wrapped(f"{self.bound} bound, {self.unbound} not")


def verify(answer: str, evidence: Sequence[Given], question: str = "") -> Report:
    """Bind each figure of the answer. No model, no database.

    Evidence is given as parsed documents, as text with or without HTML and Markdown tables, or as evidence of this package.
    Raises InputError when the answer is longer than 200,000 characters.
    """
    if len(answer) > _LONGEST:
        raise InputError(f"the answer has {len(answer)} characters", remedy=f"At most {_LONGEST} are checked")
    read = [one for given in evidence for one in _evidence(given)]
    citations, report = Citations(), Report()
    for match in Matcher(read, question).match(answer):
        number = match.claim.number
        bound = figure(number.text, match.item, citations) if match.item else None
        nearest = figure(match.nearest.text, match.nearest, citations) if match.nearest else None
        report.figures.append(CheckedFigure(number.text, number.start, number.end, bound is not None, bound, match.reason, nearest))
    report.citations = citations.made
    report.bound = sum(one.bound for one in report.figures)
    report.unbound = len(report.figures) - report.bound
    return report


def _evidence(given: Given) -> list[Evidence]:
    if isinstance(given, Parsed):
        return from_parsed(given)
    if isinstance(given, Document):
        return from_document(given)
    return from_text(given) if isinstance(given, str) else [given]
