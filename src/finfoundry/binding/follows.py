"""Figures that follow from others of their sentence: a change, a ratio, a difference or a sum of two of them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal, DivisionByZero, InvalidOperation
from itertools import permutations

from finfoundry.binding.bind import Match, Matcher
from finfoundry.binding.derive import calculation
from finfoundry.binding.evidence import EvidenceItem
from finfoundry.binding.expression import evaluate
from finfoundry.binding.part_and_whole import is_part
from finfoundry.binding.sense import Sense, fits_sign, fits_unit
from finfoundry.binding.sentence.claim import Claim
from finfoundry.binding.sentence.claim_patterns import LESS_OR_MORE_THAN
from finfoundry.binding.sentence.parts_of_years import with_parts
from finfoundry.binding.sentence.when import When, agree, told_periods
from finfoundry.binding.series import at_any_time, of_its_name, printed, twins
from finfoundry.core.errors import PlanError

WHOLE = 0.8  # of the weight of a row's name: "equity" for "total equity" is enough
_NAME = re.compile(r"\b[a-h]\b")  # of an operand
_MONTHS = 12  # "of the full year"
_MOST = 8  # figures of a sentence that are reckoned with
_YEAR, _NEAR = 365.25, 12  # days; of a span's end from that of another year's
_JUDGED = re.compile(r"\b(?:improv|better|worse|deteriorat)\w*|改善|恶化|好转", re.IGNORECASE)
_A_YEAR = 380  # days between two closings of a year at most


def following(match: Match, matches: Sequence[Match], matcher: Matcher, text: str) -> Match:
    """The figure as the level of another one's row at another time, as a change of such a row, or as a ratio, difference or sum of two
    others of its sentence, where it is one; as a ratio also to what it names.
    """
    claim = match.claim
    found = (
        _carried(match, matches, matcher, text)
        or _ratio_then(match, matches, matcher, text)
        or _changed(match, matches, matcher)
        or _ratio_moved(match, matches, matcher)
        or _of_itself(match, matches, matcher)
    )
    if found:
        return Match(claim, found)
    others = [one.item for one in matches if one.item and one is not match and not one.claim.number.percent]
    ratios = [one.item for one in matches if one.item and one is not match and one.claim.number.percent]
    named = _named_beside(claim, others, matcher) if claim.number.unit == "ratio" and not claim.direction else []
    for expression, a, b in _candidates(claim, others + named, ratios):
        value = _value(expression, a, b)
        if value is not None and _tells(claim, value, expression):
            unit = "ratio" if "/" in expression or claim.number.points else a.unit
            item = calculation(expression, {"a": a, "b": b}, value, unit)
            if fits_unit(claim.number, item):
                return Match(claim, item)
    return match


def _levels(match: Match, matches: Sequence[Match]) -> list[Match]:
    """The other figures of the sentence that are levels of a dated row: the nearest before the figure first, then those behind it."""
    others = [one for one in matches if one is not match and any(_cells(one))]
    before = [one for one in others if one.claim.number.start < match.claim.number.start]
    if match.claim.order and match.claim.number.percent:  # "1 and 2, up 8 % and 27 %"
        place, count = match.claim.order
        row = [one for one in matches if one.claim.order and one.claim.lead == match.claim.lead]
        levels = [one for one in before if one not in row and not one.claim.number.percent]
        return [levels[place]] if len(levels) == count else []
    return [*reversed(before), *(one for one in others if one not in before)]


def _cells(match: Match) -> Iterator[EvidenceItem]:
    """The cells of dated rows that a figure is, or may be."""
    found = (match.item, *match.others) if match.item else ()
    return (item for item in found if item and item.source == "cell" and item.series)


def _tellings(match: Match, matches: Sequence[Match], matcher: Matcher) -> Iterator[tuple[Match, EvidenceItem]]:
    """The nearest level of the sentence as its item, and as those of other tables that print the same row's same number."""
    for told in _levels(match, matches)[:1]:
        for cell in _cells(told):
            yield from ((told, item) for item in (cell, *twins(cell, matcher)))


def _carried(match: Match, matches: Sequence[Match], matcher: Matcher, text: str) -> EvidenceItem | None:
    """The row of a level that was told before, at the other time that the words tell: "…, compared with 42 a year earlier"."""
    claim = match.claim
    if claim.number.points or (claim.number.percent and claim.direction and not claim.move) or _names_a_row(claim, matcher):
        return None
    sense = Sense(matcher.index, claim, text)
    for told, item in _tellings(match, matches, matcher):
        if item.change or not fits_unit(claim.number, item):
            continue
        for days, one in at_any_time(item, matcher):
            timely = _is_then(sense.whens, one, days) if sense.whens else _is_told_apart(claim, told.claim, days)
            alike = fits_sign(claim, one) or (one.value < 0 and item.value < 0 < told.claim.number.value)
            low, high = claim.window
            if timely and alike and claim.admits(abs(one.value)) and low <= abs(one.value) - abs(claim.number.value) <= high:
                return one
    return None


def _ratio_then(match: Match, matches: Sequence[Match], matcher: Matcher, text: str) -> EvidenceItem | None:
    """A computed ratio that was told before, at the other time that the words tell: "from 30 % to 32 % of sales"."""
    claim = match.claim
    if claim.number.unit != "ratio" or claim.number.points or (claim.direction and not claim.earlier):
        return None
    sense = Sense(matcher.index, claim, text)
    for told, item in _computed(match, matches):
        for days, one in _at_other_times(item, matcher):
            timely = _is_then(sense.whens, one, days) if sense.whens else _is_told_apart(claim, told.claim, days)
            if timely and one.value > 0 and _tells(replace(claim, direction=0), one.value, item.text):
                return one
    return None


def _ratio_moved(match: Match, matches: Sequence[Match], matcher: Matcher) -> EvidenceItem | None:
    """By how many points a computed ratio that is told beside the figure moved: "widened by 2 points to 32 % of sales"."""
    claim = match.claim
    if not claim.number.points or not claim.direction:
        return None
    for _, item in _computed(match, matches):
        for days, before in _at_other_times(item, matcher):
            value = item.value - before.value
            if _is_before(claim, before, days) and _tells(claim, value, "a - b"):
                earlier = {f"{name}_before": one for name, one in before.terms}
                expression = f"({item.text}) - ({_NAME.sub(lambda name: f'{name[0]}_before', item.text)})"
                return calculation(expression, {**dict(item.terms), **earlier}, value, "ratio")
    return None


def _computed(match: Match, matches: Sequence[Match]) -> Iterator[tuple[Match, EvidenceItem]]:
    """The other figures of a sentence that are quotients of rows of one time, the nearest first."""
    for one in sorted(matches, key=lambda one: abs(one.claim.number.start - match.claim.number.start)):
        item = one.item if one is not match else None
        if item and item.terms and "/" in item.text and len({term.dates for _, term in item.terms}) == 1:
            yield one, item


def _at_other_times(item: EvidenceItem, matcher: Matcher) -> Iterator[tuple[int, EvidenceItem]]:
    """A quotient over the same rows at other times, each with the days from the item's time to its own."""
    (first, of_first), *rest = item.terms
    others = {name: dict(at_any_time(term, matcher)) for name, term in rest}
    for days, one in at_any_time(of_first, matcher):
        terms = {first: one} | {name: then[days] for name, then in others.items() if days in then}
        if len(terms) == len(item.terms):
            try:
                value = evaluate(item.text, {name: term.value for name, term in terms.items()})
            except (PlanError, DivisionByZero, InvalidOperation):
                continue
            yield days, calculation(item.text, terms, value, item.unit)


def _is_then(claimed: tuple[When, ...], one: EvidenceItem, days: int) -> bool:
    """Whether a row's item is of the time told; "in 2022" next to a quarter or half is the one of that year, whole years from it."""
    when, years = one.whens[0], round(days / _YEAR)
    if any(agree(told, when) for told in claimed):
        return True
    named = {told.year for told in claimed if told.kind == "year"}
    return bool(years) and abs(days - years * _YEAR) < _NEAR and when.fiscal_year in named


def _names_a_row(claim: Claim, matcher: Matcher) -> bool:
    """Whether the words right before a figure name a row of their own."""
    own = matcher.index.entities.without(claim.heads[0].partition(" … ")[0]) if claim.heads else ""
    labels = matcher.index.labels
    return labels.tells(own) and any(cover >= WHOLE for cover, _ in labels.covers(own).values())


def _is_told_apart(claim: Claim, told: Claim, days: int) -> bool:
    """Whether a level without a time of its own may be of so many days from the one that it is told beside."""
    if claim.earlier or any(period.kind == "relative" for period in claim.periods):
        return days < 0
    return days > 0 if told.earlier else abs(days) < _A_YEAR


def _changed(match: Match, matches: Sequence[Match], matcher: Matcher) -> EvidenceItem | None:
    """By how much a level that is told beside the figure moved since another time of its row: "10.87 %, 1 basis point lower"."""
    row = [one.claim for one in matches if one.claim.order and one.claim.lead == match.claim.lead] if match.claim.order else []
    claim, number = match.claim, match.claim.number
    claim = replace(claim, direction=claim.direction or next((one.direction for one in row if one.direction), 0))
    if not claim.direction or claim.move or _names_a_row(claim, matcher):
        return None
    for _, item in _tellings(match, matches, matcher):
        if item.change or (item.unit == "ratio" and not number.points) or (number.points and item.unit != "ratio"):
            continue
        expression = "a - b" if number.points or not number.percent else "(a - b) / abs(b)"
        for days, before in at_any_time(item, matcher):
            value = _value(expression, item, before, judged=_JUDGED.search(claim.sentence) is not None)
            if not _is_before(claim, before, days) or value is None or not _tells(claim, value, expression):
                continue
            found = calculation(expression, {"a": item, "b": before}, value, "ratio" if number.percent or number.points else item.unit)
            if fits_unit(number, found):
                return found
    return None


def _of_itself(match: Match, matches: Sequence[Match], matcher: Matcher) -> EvidenceItem | None:
    """What part a level is of its own row at another time that the sentence names: "less than a quarter of the first quarter's"."""
    claim = match.claim
    if not claim.number.percent or claim.direction or claim.number.points or _names_a_row(claim, matcher):
        return None
    sentence = claim.sentence
    whens = [When.found(one) for one in with_parts(sentence, 0, len(sentence), told_periods(sentence)) if one.kind != "relative"]
    for _, item in _tellings(match, matches, matcher):
        for one in of_its_name(item, matcher):
            annual = claim.months == _MONTHS and one.whens[0].kind == "year" and one.whens[0].fiscal_year == item.whens[0].fiscal_year
            if one.dates != item.dates and (annual or any(agree(when, one.whens[0]) for when in whens)):
                value = _value("a / b", item, one)
                if value is not None and _tells(claim, value, "a / b"):
                    return calculation("a / b", {"a": item, "b": one}, value, "ratio")
    return None


def _is_before(claim: Claim, before: EvidenceItem, days: int) -> bool:
    """Whether a change may be one since the time of an item: within a year, or since the time that its words name."""
    if days >= 0:
        return False
    return days > -_A_YEAR or any(agree(When.found(period), before.whens[0]) for period in claim.periods if period.kind != "relative")


def _named_beside(claim: Claim, items: Sequence[EvidenceItem], matcher: Matcher) -> list[EvidenceItem]:
    """The amounts of statements that the sentence names in full, of the time of a figure that it tells."""
    index = matcher.index
    rows = index.labels.covers(index.entities.without(claim.sentence))
    told = {(one.dates, one.unit) for item in items for one in (item, *(printed(item, matcher) if item.source == "span" else ()))}
    places = [place for number, (cover, _) in rows.items() if cover >= WHOLE for place in index.by_label[number]]
    found = [index.items[place] for place in places]
    return [item for item in found if item.principal and (item.dates, item.unit) in told and item not in items][:_MOST]


def _candidates(
    claim: Claim, levels: Sequence[EvidenceItem], ratios: Sequence[EvidenceItem]
) -> Iterator[tuple[str, EvidenceItem, EvidenceItem]]:
    number = claim.number
    for a, b in permutations(ratios if number.points else levels, 2):
        alike = a.unit == b.unit or None in (a.unit, b.unit)
        if not alike or a is b or _runs_backwards(claim, a, b):
            continue
        if number.points or not (number.percent or number.unit == "ratio"):
            yield "a - b", a, b
            if not number.points and not claim.direction and (a.dates == b.dates or a.series == b.series):
                yield "a + b", a, b
        elif number.percent and claim.direction and a.dates != b.dates:
            yield "(a - b) / abs(b)", a, b
        elif not number.percent or (not claim.direction and is_part(a, b, claim)):
            yield "a / b", a, b


def _runs_backwards(claim: Claim, a: EvidenceItem, b: EvidenceItem) -> bool:
    """Whether a movement would be one from a later time to an earlier, and no "than" behind the figure sets the two beside each other."""
    ends = [one.dates.end for one in (a, b) if one.dates]
    if not claim.direction or len(ends) < 2 or ends[0] >= ends[1]:
        return False
    return LESS_OR_MORE_THAN.match(claim.sentence, max(claim.number.end - claim.start, 0)) is None


def _value(expression: str, one: EvidenceItem, other: EvidenceItem, *, judged: bool = False) -> Decimal | None:
    """Two losses or outflows are reckoned by their sizes: a loss grows by its size, unless it is ``judged``, "improved"."""
    sizes = one.value < 0 and other.value < 0 and not judged
    a, b = (-one.value, -other.value) if sizes else (one.value, other.value)
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
    if signed and (value > 0) is not (claim.direction > 0):
        return False
    low, high = claim.window
    return claim.admits(abs(value)) and low <= abs(value) - abs(number.value) <= high
