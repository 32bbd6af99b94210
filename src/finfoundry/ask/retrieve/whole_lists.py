"""Lists as one answer: a line that leads to a list is as likely to answer as any part of it, and its items are told with it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from finfoundry.ask.retrieve.evidence_ranking import Evidence


def with_lists_whole(best: Sequence[Evidence]) -> list[Evidence]:
    """The likeliest first, each list by the line that leads to it: who asks for a list is answered by no item of it, and each item takes
    from the others. Their items come last, at no worth of their own.
    """
    at = {(one.quotable.hit.chunk_id, one.quotable.text): place for place, one in enumerate(best)}
    items: dict[int, list[int]] = defaultdict(list)
    for place, one in enumerate(best):
        lead = at.get((one.quotable.hit.chunk_id, one.quotable.lead)) if one.quotable.form == "item" else None
        if lead is not None:
            items[lead].append(place)
    listed = {place for places in items.values() for place in places}
    heads = [
        replace(one, worth=max(best[part].worth for part in (place, *items[place])))
        for place, one in enumerate(best)
        if place not in listed
    ]
    return [*sorted(heads, key=lambda one: -one.worth), *(replace(best[place], worth=0.0) for place in sorted(listed))]
