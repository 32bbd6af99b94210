"""A figure of an answer with all that it is computed from: every operand with its citation, and the pages on which they stand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from finfoundry.app import App
from finfoundry.core.answer import Answer, Citation, Figure
from finfoundry.core.principal import Principal
from finfoundry.server.console.evidence.marked_page import MarkedPage, Target, marked_page

MOST_PAGES = 12  # shown at once


@dataclass(frozen=True, slots=True)
class ShownOperand:
    """A figure that stands in a document; ``name`` is its letter in the expression."""

    name: str
    figure: Figure
    citation: Citation


@dataclass(frozen=True, slots=True)
class BoundFigure:
    figure: Figure
    operands: tuple[ShownOperand, ...]
    pages: tuple[MarkedPage, ...]


def bound_figure(app: App, principal: Principal, answer: Answer, figure: Figure) -> BoundFigure:
    """All pages that a figure rests on, each with all its operands marked. Raises NotFound for one that may not be read."""
    operands = tuple(_operands(figure, answer.citations))
    places: dict[tuple[str, int], list[Target]] = {}
    for one in operands:
        places.setdefault((one.citation.document.id, one.citation.page), []).append(_target(one))
    pages = tuple(
        marked_page(app.store.document(principal, document), app.store.page(principal, document, number), targets)
        for (document, number), targets in list(places.items())[:MOST_PAGES]
    )
    return BoundFigure(figure, operands, pages)


def _target(operand: ShownOperand) -> Target:
    return Target(operand.citation.box, operand.citation.locator, operand.figure.reference.text or operand.citation.quote)


def _operands(figure: Figure, citations: Sequence[Citation], name: str = "") -> Iterator[ShownOperand]:
    if figure.reference.citation is not None:
        yield from (ShownOperand(name, figure, one) for one in citations if one.marker == figure.reference.citation)
    for key, part in (figure.reference.operands or {}).items():
        yield from _operands(part, citations, f"{name}.{key}" if name else key)
