"""A figure of an answer with all that it is computed from: every operand with its citation, and the pages on which they stand."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from finfoundry.app import App
from finfoundry.core.answer import Answer, Citation, Figure, Language
from finfoundry.core.principal import Principal
from finfoundry.server.console.evidence.marked_page import MarkedPage, Target, marked_page
from finfoundry.server.console.written import period_words

MOST_PAGES = 12  # shown at once
_SIGNS = {"/": "÷", "*": "×", "-": "−"}
_NAME = re.compile(r"[^\W\d]\w*|[-*/]")


@dataclass(frozen=True, slots=True)
class ShownOperand:
    """A figure that stands in a document."""

    figure: Figure
    citation: Citation


@dataclass(frozen=True, slots=True)
class BoundFigure:
    figure: Figure
    operands: tuple[ShownOperand, ...]
    pages: tuple[MarkedPage, ...]
    calculation: str  # in words; empty for a figure that is printed


def bound_figure(app: App, principal: Principal, answer: Answer, figure: Figure, language: Language) -> BoundFigure:
    """All pages that a figure rests on, each with all its operands marked. Raises NotFound for one that may not be read."""
    operands = tuple(_operands(figure, answer.citations))
    places: dict[tuple[str, int], list[Target]] = {}
    for one in operands:
        places.setdefault((one.citation.document.id, one.citation.page), []).append(_target(one))
    pages = tuple(
        marked_page(app.store.document(principal, document), app.store.page(principal, document, number), targets)
        for (document, number), targets in list(places.items())[:MOST_PAGES]
    )
    return BoundFigure(figure, operands, pages, calculation_words(figure, language))


def _target(operand: ShownOperand) -> Target:
    return Target(operand.citation.box, operand.citation.locator, operand.figure.reference.text or operand.citation.quote)


def calculation_words(figure: Figure, language: Language) -> str:
    """An expression with the lines and periods that it is computed from: Net profit (year 2024) ÷ Revenue (year 2024)."""
    parts = figure.reference.operands or {}

    def told(found: re.Match[str]) -> str:
        part = parts.get(found[0])
        if part is None:
            return _SIGNS.get(found[0], found[0])
        name = part.reference.metric or calculation_words(part, language) or part.text
        return f"{name} ({period_words(part.period, language)})" if part.period else name

    return _NAME.sub(told, figure.reference.expression or "")


def _operands(figure: Figure, citations: Sequence[Citation]) -> Iterator[ShownOperand]:
    if figure.reference.citation is not None:
        yield from (ShownOperand(figure, one) for one in citations if one.marker == figure.reference.citation)
    for part in (figure.reference.operands or {}).values():
        yield from _operands(part, citations)
