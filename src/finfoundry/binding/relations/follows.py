"""Figures that follow from others of their sentence: a change, a ratio, a difference or a sum of two of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import permutations

from finfoundry.binding.bind import Match, Matcher
from finfoundry.binding.claims import Claim
from finfoundry.binding.derive import calculation
from finfoundry.binding.evidence import EvidenceItem
from finfoundry.binding.sense import fits_unit

WHOLE = 0.8  # of the weight of a row's name: "equity" for "total equity" is enough
_MOST = 8  # figures of a sentence that are reckoned with


def following(match: Match, matches: Sequence[Match], matcher: Matcher) -> Match:
    """The figure as a change, ratio, difference or sum of two others of its sentence, where it is one; as a ratio also to what it names."""
    claim = match.claim
    others = [one.item for one in matches if one.item and one is not match and not one.claim.number.percent]
    ratios = [one.item for one in matches if one.item and one is not match and one.claim.number.percent]
    named = _named_beside(claim, others, matcher) if claim.number.unit == "ratio" and not claim.direction else []
    for expression, a, b in _candidates(claim, others + named, ratios):
        spent = a.value < 0 and b.value < 0  # told without their signs
        value = _value(expression, -a.value if spent else a.value, -b.value if spent else b.value)
        if value is not None and _tells(claim, value, expression):
            unit = "ratio" if "/" in expression or claim.number.points else a.unit
            item = calculation(expression, {"a": a, "b": b}, value, unit)
            if fits_unit(claim.number, item):
                return Match(claim, item)
    return match


def _named_beside(claim: Claim, items: Sequence[EvidenceItem], matcher: Matcher) -> list[EvidenceItem]:
    """The amounts of statements that the sentence names in full, of the time of a figure that it tells."""
    index = matcher.index
    rows = index.labels.covers(index.entities.without(claim.sentence))
    told = {(item.period, item.unit) for item in items}
    places = [place for number, (cover, _) in rows.items() if cover >= WHOLE for place in index.by_label[number]]
    found = [index.items[place] for place in places]
    return [item for item in found if item.principal and (item.period, item.unit) in told and item not in items][:_MOST]


def _candidates(
    claim: Claim, levels: Sequence[EvidenceItem], ratios: Sequence[EvidenceItem]
) -> Iterator[tuple[str, EvidenceItem, EvidenceItem]]:
    number = claim.number
    for a, b in permutations(ratios if number.points else levels, 2):
        alike = a.unit == b.unit or None in (a.unit, b.unit)
        if not alike or a is b:
            continue
        if number.points or not (number.percent or number.unit == "ratio"):
            yield "a - b", a, b
            if not number.points and not claim.direction:
                yield "a + b", a, b
        elif number.percent and claim.direction and a.period != b.period:
            yield "(a - b) / abs(b)", a, b
        elif not number.percent or not claim.direction:
            yield "a / b", a, b


def _value(expression: str, a: Decimal, b: Decimal) -> Decimal | None:
    match expression:
        case "a - b":
            return a - b
        case "a + b":
            return a + b
        case "a / b":
            return a / b if b else None
    return (a - b) / abs(b) if b else None


def _tells(claim: Claim, value: Decimal, expression: str) -> bool:
    """Whether a value prints as the figure; the sign of a change is that of its words."""
    number = claim.number
    signed = expression in ("a - b", "(a - b) / abs(b)") and claim.direction != 0
    if signed and (value > 0) is not (claim.direction > 0) and not claim.negative:
        return False
    low, high = -number.step / 2, number.step / 2
    if claim.bound:
        low, high = (Decimal(0), number.step) if claim.bound > 0 else (-number.step, Decimal(0))
    return low <= abs(value) - abs(number.value) <= high
