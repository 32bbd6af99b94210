"""What papers say of rules: their clauses, and statements of title, rank, effect and repeal, each with its source and place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Matter = Literal["title", "level", "issued", "effective", "expires", "repeals", "amends"]
Source = Literal["text", "manifest", "hand"]
Level = Literal["law", "administrative regulation", "departmental rule", "normative document", "policy", "product"]
MATTERS: tuple[Matter, ...] = ("title", "level", "issued", "effective", "expires", "repeals", "amends")
LEVELS: tuple[Level, ...] = (
    "law",
    "administrative regulation",
    "departmental rule",
    "normative document",
    "policy",
    "product",
)  # highest first
ON_ISSUE = "on issue"  # the value of "effective" where a rule is in force from the day on which it is issued
Place = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class LawStatement:
    """One thing that a rule's text, a manifest or a person says of it. ``value`` is an ISO date (or ``ON_ISSUE``), a title or a level.

    ``quote`` is what says so, word for word; in a text with its page, its box and where it begins in its block.
    """

    matter: Matter
    value: str
    source: Source
    quote: str
    page: int | None = None
    box: Place | None = None
    start: int | None = None

    def shown(self) -> str:
        """In one line: what is said, and where."""
        where = f"page {self.page}" if self.page else self.source
        return f"{self.matter} {self.value} ({where}: {self.quote!r})"


@dataclass(frozen=True, slots=True)
class Clause:
    """A numbered clause, section or article with its sub-items, word for word. ``heading``: those above it, outermost first. ``box`` is
    that of its lines on the page on which it begins.
    """

    ordinal: int
    number: str  # as printed: "3.2", "Section 4", "第十二条"; empty where only a heading names it
    heading: tuple[str, ...]
    text: str
    page: int
    box: Place | None = None
    locator: dict[str, str] | None = None  # of a file without pages
