"""Figures of one paper that contradict each other: equations that hold but for a power of ten or a sign, one figure at two scales.

Which of them is wrong is not decided: all that take part are less sure, which answers say, and the certificate names them.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from decimal import Decimal

from finfoundry.core.document import Document, Fact
from finfoundry.knowledge.facts.tags.sense import of_both_signs, side_of
from finfoundry.knowledge.facts.tags.tag_checks import as_contradicted
from finfoundry.knowledge.ingest.identities import Tried, tried_identities

POWERS = (3, 6, 9, 4, 8)  # thousand, million, billion, 万, 亿
DIGITS = 3  # that two figures share where one is the other at another scale
MOST = 20  # that a certificate names
_TURNABLE = re.compile(r"Equity|IncomeLoss|ProfitLoss|ProvidedByUsedIn|IncreaseDecrease")
_REVERSED = re.compile(r"\b(?:decrease|less|deficit|deficiency|used)\b|^减|减少|赤字", re.IGNORECASE)


def marked(document: Document, facts: Sequence[Fact]) -> list[Fact]:
    """The facts, those less sure that contradict another; adds to ``document.contradicted`` what contradicts what, and where.

    >>> marked(document, facts)  # doctest: +SKIP
    # document.contradicted: ["assets = liabilities + equity (2024-12-31) holds only with 'Total liabilities' '600' (page 2) times 1,000"]
    """
    found = [*_equations(facts), *_scales(facts), *_signs(facts)]
    disputed = {id(fact) for part, _ in found for fact in part}
    document.contradicted = list(dict.fromkeys([*document.contradicted, *(why for _, why in found)]))
    return [as_contradicted(fact) if id(fact) in disputed else fact for fact in facts]


def _equations(facts: Sequence[Fact]) -> Iterator[tuple[list[Fact], str]]:
    """Equations that fail as printed, and hold with one of their figures at another scale or with another sign."""
    for one in tried_identities(facts):
        if not one.identity.held and (change := _change(one)) is not None:
            fact, how = change
            place = f"{fact.metric[-1][:80]!r} {fact.text!r} (page {fact.page})"
            yield [*one.left, *one.right], f"{one.identity.name} ({one.identity.period}) holds only with {place} {how}"


def _change(one: Tried) -> tuple[Fact, str] | None:
    """The figure with which an equation would hold, and how that is changed; None where no single change does."""
    off = one.identity.left - one.identity.right
    for side, facts in ((1, one.left), (-1, one.right)):
        for fact in facts:
            value = abs(fact.value) if one.sizes else fact.value
            for factor, how in _changes(fact, one):
                moved = value * (factor - 1)
                seen = min(abs(moved), abs(value * factor)) > 4 * one.slack  # not where all that it does is to leave the figure out
                if seen and abs(off + side * moved) <= one.slack:
                    return fact, how
    return None


def _changes(fact: Fact, one: Tried) -> Iterator[tuple[Decimal, str]]:
    yield from ((Decimal(10) ** power, f"times {10**power:,}") for power in POWERS)
    yield from ((Decimal(1).scaleb(-power), f"divided by {10**power:,}") for power in POWERS)
    lossy = any(side_of(other.metric) == "loss" for other in (*one.left, *one.right))  # one is printed with brackets, or without
    if one.signed and not lossy and _TURNABLE.search(fact.concept or "") and not _REVERSED.search(fact.metric[-1]):
        yield Decimal(-1), "with the other sign"


def _scales(facts: Sequence[Fact]) -> Iterator[tuple[list[Fact], str]]:
    """One figure of the whole company that is printed twice with the same digits, and read at two scales."""
    groups: dict[tuple[object, ...], list[Fact]] = defaultdict(list)
    for fact in facts:
        if fact.concept and not fact.dimensions and len(_digits(fact)) >= DIGITS:
            groups[fact.concept, fact.scope, fact.period, fact.unit, _digits(fact)].append(fact)
    for group in groups.values():
        first = group[0]
        other = next((fact for fact in group if abs(fact.value) != abs(first.value)), None)
        if other is not None:
            yield (
                [first, other],
                (
                    f"{first.concept} ({first.period}) is {_plain(first)} by {first.text!r} on page {first.page},"
                    f" {_plain(other)} by {other.text!r} on page {other.page}"
                ),
            )


def _signs(facts: Sequence[Fact]) -> Iterator[tuple[list[Fact], str]]:
    """Rows that name a loss, or cash used, and print figures with and without brackets, where no tag says which is which."""
    for one, other in of_both_signs([fact for fact in facts if "tags" not in (fact.locator or {})]):
        where = f"page {one.page}: {one.metric[-1][:80]!r} is printed as {one.text!r} and as {other.text!r}"
        yield [one, other], f"{where}: which of the signs is the loss or the outflow is not said"


def _digits(fact: Fact) -> str:
    """The digits of a value without the zeros around them."""
    return "".join(map(str, fact.value.as_tuple().digits)).strip("0")


def _plain(fact: Fact) -> str:
    text = format(fact.value, ",f")
    return text.rstrip("0").rstrip(".") if "." in text else text
