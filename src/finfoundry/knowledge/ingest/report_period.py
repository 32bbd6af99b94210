"""Whether the statements of a report end when its cover says that the period reported on ends."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from finfoundry.core.document import Document, Fact
from finfoundry.core.periods import Period, parse_iso
from finfoundry.knowledge.facts.table.statements import FULL, STATEMENTS

KINDS = frozenset({"10-K", "10-Q", "20-F", "annual report", "half-year report", "quarterly report"})
NEAR = 7  # days: years of weeks end near the end of a month
LEAST = 2  # statements that agree on another day
CALLED = {"balance": "balance sheet", "income": "income statement", "cash flow": "cash flow statement"}


def other_end(document: Document, facts: Sequence[Fact]) -> str | None:
    """What is to be said where no statement has a column for the period of the cover, and several end on one other day; else None."""
    period, latest = _of_cover(document), [one.end for one in _latest(facts)]
    if period is None or any(_is_near(day, period) for day in latest):
        return None
    day = max(latest, key=latest.count, default=None)
    if day is None or latest.count(day) < LEAST:
        return None
    return f"the latest columns of the statements end on {day}, the period that the cover states on {period.end}"


def shifted(document: Document, facts: Sequence[Fact]) -> list[str]:
    """What is to be said of each statement of which no table has a column for the period of the cover, where those of another have: one
    table alone may rightly be older, as the opening balance of what was bought, the statement that a report is about is not.
    """
    period = _of_cover(document)
    ends: dict[str, list[date]] = defaultdict(list)
    for one in _latest(facts):
        ends[one.statement].append(one.end)
    off = [name for name, days in ends.items() if period is not None and not any(_is_near(day, period) for day in days)]
    if period is None or len(off) == len(ends):
        return []
    return [
        f"the latest column of the {CALLED[name]} ends on {max(ends[name])}, the period that the cover states on {period.end}"
        for name in sorted(off)
    ]


def _of_cover(document: Document) -> Period | None:
    return parse_iso(document.profile.period) if document.profile.period and document.profile.kind in KINDS else None


def _is_near(day: date, period: Period) -> bool:
    return abs((day - period.end).days) <= NEAR


class _Latest(NamedTuple):
    """The last day that columns of a table bear, and which statement the table is."""

    statement: str
    end: date


def _latest(facts: Sequence[Fact]) -> list[_Latest]:
    """Of each table which is a statement of the company itself."""
    lines: dict[int | None, set[tuple[str, ...]]] = defaultdict(set)
    ends: dict[int | None, set[date]] = defaultdict(set)
    named: dict[int | None, Counter[str]] = defaultdict(Counter)
    for fact in facts:
        if fact.statement in STATEMENTS and fact.scope == "consolidated":
            lines[fact.table].add(fact.metric)
            ends[fact.table].add(parse_iso(fact.period).end)
            named[fact.table][fact.statement] += 1
    return [_Latest(named[table].most_common(1)[0][0], max(ends[table])) for table, found in lines.items() if len(found) >= FULL]
