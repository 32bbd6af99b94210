"""The same row at other times: what a level is compared with."""

from __future__ import annotations

import bisect
from collections.abc import Iterator

from finfoundry.binding.bind import Matcher
from finfoundry.binding.evidence import EvidenceItem

_YEAR, _NEAR = 365.25, 12  # days; of a span that is as long, of a year's end


def year_before(item: EvidenceItem, matcher: Matcher) -> EvidenceItem | None:
    return next((one for years, one in at_other_times(item, matcher) if years == -1), None)


def at_other_times(item: EvidenceItem, matcher: Matcher) -> Iterator[tuple[int, EvidenceItem]]:
    """The same row's items at other times, each with the whole years from the item's time to its own."""
    for days, one in at_any_time(item, matcher):
        years = round(days / _YEAR)
        if years and abs(days - years * _YEAR) < _NEAR:
            yield years, one


def at_any_time(item: EvidenceItem, matcher: Matcher) -> Iterator[tuple[int, EvidenceItem]]:
    """The same row's items of spans as long, or of days, each with the days from the item's time to its own."""
    index = matcher.index
    mine = item.dates
    if mine is None:
        return
    for place in index.by_label[index.labels.number(item.label)]:
        one = index.items[place]
        then = one.dates
        other_unit = one.unit != item.unit and item.source != "calculation"  # a row whose first operand is one of this row
        if then is None or other_unit or one.scope != item.scope or one.series != item.series or one.above != item.above:
            continue
        days = (then.end - mine.end).days
        if abs(days) > _NEAR and abs(then.days - mine.days) < _NEAR:
            yield days, one


def of_its_name(item: EvidenceItem, matcher: Matcher) -> Iterator[EvidenceItem]:
    """The dated amounts that any table prints under the same name, of spans of any length."""
    index, name = matcher.index, item.label.alternatives[0]
    for number, known in enumerate(index.labels.known):
        for place in index.by_label.get(number, ()) if known.alternatives and known.alternatives[0] == name and not known.required else ():
            one = index.items[place]
            if one.unit == item.unit and one.scope == item.scope and one.source == "cell" and one.whens and not one.change:
                yield one


def twins(item: EvidenceItem, matcher: Matcher) -> Iterator[EvidenceItem]:
    """What other tables print under the same name with the same value for the same time."""
    index = matcher.index
    first, last = bisect.bisect_left(index.values, abs(item.value)), bisect.bisect_right(index.values, abs(item.value))
    for one in index.items[first:last]:
        alike = one.unit == item.unit and one.scope == item.scope and one.source == "cell" and not one.change
        if alike and one.dates == item.dates and one.label.alternatives[0] == item.label.alternatives[0] and one is not item:
            yield one


def printed(item: EvidenceItem, matcher: Matcher) -> Iterator[EvidenceItem]:
    """The cells of the figure's own value, unit and year."""
    index = matcher.index
    low, high = abs(item.value) - item.step / 2, abs(item.value) + item.step / 2
    for one in index.items[bisect.bisect_left(index.values, low) : bisect.bisect_right(index.values, high)]:
        year = one.whens[0].fiscal_year if one.whens else None
        of_year = not item.whens or year == item.whens[0].fiscal_year
        if one.source == "cell" and one.unit == item.unit and of_year and one is not item:
            yield one
