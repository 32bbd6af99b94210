"""What a table is about, where other tables of its paper have the same rows: of sheets of branches by months, one on deposits and one on
loans, only the name of the sheet or the heading tells which. It then heads every row.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from finfoundry.core.document import Fact
from finfoundry.core.periods import find_periods, parse_iso
from finfoundry.knowledge.facts.table.block_table import BlockTable
from finfoundry.knowledge.facts.table.concepts import find_concept, nature_of
from finfoundry.knowledge.facts.table.grid import unit_note

LEAST_ROWS = 2
ALIKE = 0.8  # of the rows of the longer table
LONGEST = 60  # characters
MORE = 3
_PLAIN = re.compile(r"(?:sheet|table|工作表|表)?[\s_-]*\d*", re.IGNORECASE)  # what a program calls a sheet that nobody named
_SPACES = re.compile(r"[\s\u3000]+")
_WHOLE = re.compile(r"(?:(?:sub-?|grand\s+)?total\b.*|others?|.*(?:合计|小计|总计)|其他|其它)", re.IGNORECASE)  # of any table


def under_subjects(facts: list[Fact], tables: Sequence[BlockTable], entity: str | None) -> list[Fact]:
    """The facts, those of tables that differ by their subject alone with the subject before their labels: where the same rows have other
    values of the same time in a table of another subject. Lines that a concept names need none.
    """
    told = _subjects(facts, tables, entity)
    return [_below(fact, told[fact.table]) if fact.table in told and fact.concept is None else fact for fact in facts]


def _below(fact: Fact, subject: str) -> Fact:
    """Deposits of January are those of its last day."""
    held = parse_iso(fact.period).closing.iso if nature_of(subject) == "instant" else fact.period
    return replace(fact, metric=(subject, *fact.metric), period=held)


def _subjects(facts: list[Fact], tables: Sequence[BlockTable], entity: str | None) -> dict[int | None, str]:
    rows = {table.number: _rows(table) for table in tables}
    headed = Counter(table.block.section for table in tables)
    own = [table for table in tables if table.page.source != "flow" or headed[table.block.section] == 1]  # else it heads them together
    named = {table.number: name for table in own if len(rows[table.number]) >= LEAST_ROWS and (name := _name(table, entity))}
    alike = {one: [two for two in named if named[one] != named[two] and _alike(rows[one], rows[two])] for one in named}
    values: dict[int | None, dict[object, Decimal]] = defaultdict(dict)
    for fact in facts:
        if fact.table in named and fact.concept is None:
            values[fact.table][_key(fact)] = fact.value
    clashing = {one for one in named if any(_clash(values[one], values[two]) for two in alike[one])}
    return {one: name for one, name in named.items() if one in clashing or clashing.intersection(alike[one])}


def _clash(mine: dict[object, Decimal], theirs: dict[object, Decimal]) -> bool:
    """Whether two tables give one thing several values."""
    return any(theirs.get(key, value) != value for key, value in mine.items())


def _key(fact: Fact) -> object:
    return fact.metric, fact.dimensions, fact.period, fact.unit, fact.scope


def _rows(table: BlockTable) -> frozenset[str]:
    texts = ("".join(row.text_at(column) for column in table.grid.labels) for row in table.grid.rows if row.values)
    return frozenset(text for text in texts if text and not _WHOLE.fullmatch(text) and find_concept((text,), None) is None)


def _alike(mine: frozenset[str], theirs: frozenset[str]) -> bool:
    return len(mine & theirs) >= max(LEAST_ROWS, ALIKE * max(len(mine), len(theirs)))


def _name(table: BlockTable, entity: str | None) -> str | None:
    """The name of a sheet, or the line above the table where it has none; of a text the heading that the table is under."""
    if table.page.source == "sheet":
        lines = [table.page.name or "", *table.above]
    elif table.page.source == "flow":
        lines = list(table.block.section[-1:])
    else:
        lines = []  # on a printed page the headings that are found are seldom all
    names = [name for line in lines if (name := _subject(line, entity))]
    return next((in_full for name in names[:1] for title in names[1:] if (in_full := _in_full(name, title))), next(iter(names), None))


def _in_full(name: str, title: str) -> str | None:
    """A name as a title below it writes it with a few more characters: a sheet 代销收入 is titled 各分行代销净收入."""
    first = re.search(".{0,2}?".join(map(re.escape, name)), title)
    return first[0] if first and len(first[0]) <= len(name) + MORE else None


def _subject(line: str, entity: str | None) -> str | None:
    """A line without company and time, if it is short and more than a program writes by itself; one that compares times names none."""
    times = find_periods(line)
    if len(times) > 1:
        return None
    for found in times:
        line = line.replace(found.text, " ")
    line = _SPACES.sub(" ", line.replace(entity, " ") if entity else line).strip(" -_–—:：")
    return line if 1 < len(line) <= LONGEST and not _PLAIN.fullmatch(line) and not unit_note(line) else None
