"""The same row at other times: what a level is compared with."""

from __future__ import annotations

from collections.abc import Iterator

from finfoundry.binding.bind import Matcher
from finfoundry.binding.evidence import EvidenceItem


def year_before(item: EvidenceItem, matcher: Matcher) -> EvidenceItem | None:
    return next((one for years, one in at_other_times(item, matcher) if years == -1), None)


def at_other_times(item: EvidenceItem, matcher: Matcher) -> Iterator[tuple[int, EvidenceItem]]:
    """The same row's items at other times, each with the whole years from the item's time to its own."""
    index = matcher.index
    mine = item.whens[0].period if item.whens else None
    if mine is None:
        return
    for other in index.by_label[index.labels.number(item.label)]:
        one = index.items[other]
        then = one.whens[0].period if one.whens else None
        if then is None or one.unit != item.unit or one.scope != item.scope or one.series != item.series or one.above != item.above:
            continue
        years = round((then.end - mine.end).days / 365.25)
        if years and abs((then.end - mine.end).days - years * 365.25) < 12 and abs(then.days - mine.days) < 12:
            yield years, one
