"""Whether a fact has the sign that its cell prints: brackets and a minus are below zero, a bare figure is not."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence, Set
from decimal import Decimal

from finfoundry.core.document import Document, Fact
from finfoundry.knowledge.balance.tagged_figures import tag_of

MOST_TOLD = 10
SETTLED = 0.5  # the confidence of what is told as contradicted already
_BELOW = re.compile(r"^[^\w(（]*[(（]\s*[^\w\s]*\s*\d[^)）]*[)）]\W*$|^[^\w\s-]*\s?[-−－–—▲△][^\w\s]*\d|^\s*[-−－–—▲△]|\d\s?[-−－]$")
_FIGURE = re.compile(r"[^\w]*\d[\d.,，．\s'’]*[^\w]*")


def prints_below_zero(text: str) -> bool:
    """Whether a figure is printed as below zero: "(65)", "-65", "$(65)", "65-", "▲65"; not "65", "(12)%" is."""
    return _BELOW.search(text) is not None


def other_signs(document: Document, facts: Sequence[Fact]) -> Iterator[str]:
    """Which facts are above zero where their cell prints them below, or the other way, each in one line. Only those that are all of their
    cell, without words.
    """
    texts = _texts(document)
    wrong = [
        fact
        for fact in facts
        if fact.value and fact.confidence > SETTLED and (fact.value < 0) is not prints_below_zero(fact.text)
        if _FIGURE.fullmatch(fact.text) and texts.get((fact.table, fact.row, fact.column)) == fact.text
    ]
    yield from _told(wrong, "another sign than is printed")


def other_than_tagged(facts: Sequence[Fact], values: Mapping[str, Decimal]) -> Iterator[str]:
    """Which facts that inline XBRL tags have another amount than their tag, each in one line; ``values``: those of the tags, by their ids.
    The page says the sign of its lines: costs have brackets in a table, and none in their tag. What is told as contradicted already is not
    told again.
    """
    lines = {fact.metric[-1] for fact in facts if fact.table is not None}
    pairs = ((fact, values.get(tag_of(fact) or "")) for fact in facts if values and fact.confidence > SETTLED)
    wrong = [fact for fact, tagged in pairs if tagged is not None and not _same(fact, tagged, lines)]
    yield from _told(wrong, "another value than its tag")


def _told(facts: Sequence[Fact], what: str) -> Iterator[str]:
    for fact in facts[:MOST_TOLD]:
        yield f"page {fact.page}: a fact has {what}: {fact.value:f} for {fact.text!r} ({' › '.join(fact.metric)[:120]})"
    if len(facts) > MOST_TOLD:
        yield f"{len(facts) - MOST_TOLD} further facts have {what}"


def _same(fact: Fact, value: Decimal, lines: Set[str]) -> bool:
    by_line = fact.table is not None or fact.metric[-1] in lines
    return abs(fact.value) == abs(value) if by_line else fact.value == value


def _texts(document: Document) -> dict[tuple[int | None, int | None, int | None], str]:
    """The texts of cells by table, row and column."""
    tables = (block for page in document.pages for block in page.blocks if block.kind == "table")
    return {(number, cell.row, cell.column): cell.text for number, block in enumerate(tables) for cell in block.cells}
