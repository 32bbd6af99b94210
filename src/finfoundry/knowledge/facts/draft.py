"""What is known of a paper between two passes, and what a pass is. A draft is never changed: each pass gives the next one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from finfoundry.core.document import Document, Doubts, Fact, Profile
from finfoundry.core.periods import CALENDAR_YEAR, FiscalYear
from finfoundry.knowledge.facts.periods.period_resolution import Calendar
from finfoundry.knowledge.facts.table.block_table import BlockTable
from finfoundry.knowledge.facts.table_facts import TableReading
from finfoundry.knowledge.facts.table_measure import UsualMeasure


@dataclass(frozen=True, slots=True)
class Draft:
    """A paper as far as it is read. The document is there from the beginning, every other field is added by passes."""

    document: Document
    paper: Document  # as it is read: in simplified characters, with years in full
    traditional: bool = False  # the document is in traditional characters
    profile: Profile = field(default_factory=Profile)
    fiscal: FiscalYear = CALENDAR_YEAR  # by which undated years are dated
    calendar: Calendar = field(default_factory=lambda: Calendar(CALENDAR_YEAR, None))
    tables: tuple[BlockTable, ...] = ()  # those that hold numbers
    usual: UsualMeasure = field(default_factory=UsualMeasure)
    readings: tuple[TableReading, ...] = ()  # of each table
    facts: tuple[Fact, ...] = ()
    doubts: Doubts = field(default_factory=Doubts)


@dataclass(frozen=True, slots=True)
class Pass:
    """One step of reading. ``reads`` and ``adds`` name fields of a draft: it looks at no other, and gives no other anew. ``why``: what it
    does, and why it stands where it stands.
    """

    name: str
    run: Callable[[Draft], Draft]
    reads: tuple[str, ...]
    adds: tuple[str, ...]
    why: str
