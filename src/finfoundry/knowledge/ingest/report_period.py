"""Whether the statements of a report end when its cover says that the period reported on ends."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date

from finfoundry.core.document import Document, Fact
from finfoundry.core.periods import parse_iso
from finfoundry.knowledge.facts.extract import FULL, STATEMENTS

KINDS = frozenset({"10-K", "10-Q", "20-F", "annual report", "half-year report", "quarterly report"})
NEAR = 7  # days: years of weeks end near the end of a month
LEAST = 2  # statements that agree on another day


def other_end(document: Document, facts: Sequence[Fact]) -> str | None:
    """What is to be said where no statement has a column for the period of the cover, and several end on one other day; else None."""
    period = parse_iso(document.profile.period) if document.profile.period and document.profile.kind in KINDS else None
    latest = list(_latest_ends(facts).values())
    if period is None or any(abs((day - period.end).days) <= NEAR for day in latest):
        return None
    day = max(latest, key=latest.count, default=None)
    if day is None or latest.count(day) < LEAST:
        return None
    return f"the latest columns of the statements end on {day}, the period that the cover states on {period.end}"


def _latest_ends(facts: Sequence[Fact]) -> dict[int | None, date]:
    """The last day that columns of each table bear which is a statement of the company itself."""
    lines: dict[int | None, set[tuple[str, ...]]] = defaultdict(set)
    ends: dict[int | None, set[date]] = defaultdict(set)
    for fact in facts:
        if fact.statement in STATEMENTS and fact.scope == "consolidated":
            lines[fact.table].add(fact.metric)
            ends[fact.table].add(parse_iso(fact.period).end)
    return {table: max(ends[table]) for table, found in lines.items() if len(found) >= FULL}
