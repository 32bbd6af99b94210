"""Lines of highlights and of quarters that are called as a line of the statements is, and print its figures: what they are is said there.

A table of key figures prints "Equity holders of the Bank" without the heading that says whose profit it is, and years without saying
whether something is of them or at their end. Where a row has a statement's label and its figure of a year, it is that line.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

from finfoundry.core.document import Fact
from finfoundry.core.fiscal import parse_iso, span

STATEMENTS = frozenset({"balance", "income", "cash flow"})
QUARTERS, QUARTER, YEAR = 4, 3, 12  # of a year; months
_Row = tuple[int | None, int | None, str]


def with_known_lines(facts: Sequence[Fact]) -> list[Fact]:
    """The facts, those of rows without a concept with that of the statement's line whose label and figures they print."""
    lines = _lines(facts)
    rows = defaultdict[_Row, list[Fact]](list)
    for fact in facts:
        if _is_unknown(fact) and _label(fact) in lines:
            rows[_row(fact)].append(fact)
    known = {row: line for row, found in rows.items() if _prints(found, line := lines[row[2]])}
    return [_as(fact, own) if _is_unknown(fact) and (own := known.get(_row(fact))) and _is_of(fact, own) else fact for fact in facts]


def _lines(facts: Sequence[Fact]) -> Mapping[str, Sequence[Fact]]:
    """The figures of the group's statements by label: of labels that name one line, all of whose figures are known as one thing."""
    found = defaultdict[str, list[Fact]](list)
    for fact in facts:
        if fact.statement in STATEMENTS and fact.scope == "consolidated" and fact.metric and not fact.dimensions:
            found[_label(fact)].append(fact)
    one = {label: line for label, line in found.items() if len({(fact.concept, fact.table, fact.row) for fact in line}) == 1}
    return {label: line for label, line in one.items() if line[0].concept is not None}


def _label(fact: Fact) -> str:
    return fact.metric[-1].strip().casefold()


def _row(fact: Fact) -> _Row:
    return fact.table, fact.row, _label(fact)


def _is_unknown(fact: Fact) -> bool:
    """Whether a fact is an amount of the group of which nothing tells what it is."""
    plain = fact.concept is None and fact.statement not in STATEMENTS and not fact.dimensions
    return plain and bool(fact.metric) and fact.scope == "consolidated" and fact.unit != "ratio"


def _prints(row: Sequence[Fact], line: Sequence[Fact]) -> bool:
    """Whether a row has a figure of the line at the same day, or its quarters add up to the line's year."""
    ends = {parse_iso(fact.period).end: fact.value for fact in line}
    if any(ends.get(parse_iso(fact.period).end) == fact.value != 0 for fact in row):
        return True
    last = max(parse_iso(fact.period).end for fact in row)
    quarters = len(row) == QUARTERS and all(parse_iso(fact.period).months == QUARTER for fact in row)
    return quarters and last in ends and sum(fact.value for fact in row) == ends[last] != 0


def _is_of(fact: Fact, line: Sequence[Fact]) -> bool:
    """Whether a figure is of a span, or of a day on which the line's years, or balances, end: not of the half-year beside them."""
    own, ends = parse_iso(fact.period), [parse_iso(one.period).end for one in line]
    return not own.instant or any((own.end.month, own.end.day) == (end.month, end.day) for end in ends)


def _as(fact: Fact, line: Sequence[Fact]) -> Fact:
    """The fact as one of the line: of the year that ends on its day, where the line is of years."""
    own = parse_iso(fact.period)
    year = next((period for one in line if (period := parse_iso(one.period)).months == YEAR), None)
    if own.instant and year is not None:
        own = span(own.end, YEAR)
    return replace(fact, concept=line[0].concept, period=own.iso)
