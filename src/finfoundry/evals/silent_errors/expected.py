"""The truth of a made file: figures that it prints, values that no fact may have, and words in which a loss may be told."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

NUMBER = "number"  # a unit: of what is counted, whether a reader calls that count, people or nothing at all


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure that a file prints.

    ``label``: the words that place it, its line first; the others stand in headings or dimensions. ``value`` is in base units, scale and
    sign applied; ``unit`` as of ``core.document.Fact``, or NUMBER. ``period``: ISO 8601; a bare year ("2024") or month stands for its whole
    and for its last day alike, where a paper leaves that open. ``printed``: the characters in the file; ``shown``: the number they are.

    Example: ``Figure(("Revenue",), Decimal(2500000000), "EUR", "2024-01-01/2024-12-31", "2,500", Decimal(2500))``.
    """

    label: tuple[str, ...]
    value: Decimal
    unit: str | None
    period: str
    printed: str
    shown: Decimal
    concept: str | None = None  # by which a tag names it in place of a label
    alien: str | None = None  # words that are not its own: a reader that puts it under them has another label


@dataclass(frozen=True, slots=True)
class NoFigure:
    """What must not become a fact: a value wherever it stands, or, with a label, one under it alone."""

    value: Decimal
    label: str | None = None


@dataclass(frozen=True, slots=True)
class Truth:
    """What a file says. ``told``: words, any of which a loss has that names what this kind of file loses; ``tell``: words, one of which
    must be told though every figure is a fact (a contradiction, a file that was cut); ``issuer``: whose paper it is, where a reader may
    take another's name for it.
    """

    figures: tuple[Figure, ...]
    forbidden: tuple[NoFigure, ...] = ()
    told: tuple[str, ...] = ()
    tell: tuple[str, ...] = ()
    issuer: str | None = None


@dataclass(frozen=True, slots=True)
class Made:
    """A file as a recipe makes it: its bytes, the end of its name ("pdf"), its truth."""

    data: bytes
    suffix: str
    truth: Truth = field(default_factory=lambda: Truth(()))
