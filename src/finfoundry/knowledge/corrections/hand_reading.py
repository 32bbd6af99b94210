"""A reading by hand: a figure that the reader missed, or a table within a border that a person drew; what it changes, and its state."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from finfoundry.core.display import Display, escaped
from finfoundry.core.document import Box, FactReading
from finfoundry.knowledge.corrections.identity_changes import IdentityChange
from finfoundry.runtime.approval import Acts

ReadingKind = Literal["figure", "table"]
ReadingState = Literal["proposed", "approved", "retired"]


@dataclass(frozen=True, slots=True)
class PlacedReading:
    """How a number reads, and where it stands; ``fact``: its id, "" for one that is not there yet."""

    fact: str
    box: Box | None
    reading: FactReading

    def shown(self) -> str:
        """In one line."""
        one = self.reading
        return f"{' › '.join(one.metric)} ({one.period}): {one.text} = {one.value:,f} {one.unit or ''}".rstrip()


@dataclass(frozen=True, slots=True)
class ReadingDraft:
    """What a reading by hand changes in a document: the facts that come and go, how many of the table stay as they are, what that does to
    its equations, and the corrections that go along with the facts that go. ``box`` is that of the figure, or the border of the table;
    ``columns``: where its columns are parted, where a person said so; ``before``: the borders of the tables that it touches.
    """

    kind: ReadingKind
    document: str
    name: str  # of the document
    page: int
    box: Box | None
    columns: tuple[float, ...]
    comes: list[PlacedReading]
    goes: list[PlacedReading]
    stays: int
    identities: list[IdentityChange]
    conflicts: list[str]
    corrections: list[int]
    before: list[Box]

    @property
    def broken(self) -> list[IdentityChange]:
        """The equations that it breaks."""
        return [one for one in self.identities if one.breaks]

    @property
    def said(self) -> str:
        """What it is, in words."""
        return "a figure that was not read" if self.kind == "figure" else "a table within another border"

    def show_on(self, display: Display) -> None:
        display.line(f"{escaped(self.name)} p. {self.page}: {self.said}, {self.stays} facts of the table stay")
        for colour, mark, placed in (("red", "-", self.goes), ("green", "+", self.comes)):
            for one in placed:
                display.line(f"  [{colour}]{mark} {escaped(one.shown())}[/]")
        for number in self.corrections:
            display.line(f"  [yellow]correction {number} goes along[/]")
        for change in self.identities:
            display.line(f"  [{'red' if change.breaks else 'yellow'}]{escaped(change.shown())}[/]")
        for conflict in self.conflicts:
            display.line(f"  [yellow]conflict: {escaped(conflict)}[/]")


@dataclass(frozen=True, slots=True)
class HandReading(Acts):
    """A reading by hand with its state; retired without an approver: withdrawn, with one: undone."""

    id: int
    change: ReadingDraft
    why: str
    label: str
    state: ReadingState

    @classmethod
    def show_all(cls, rows: Sequence[HandReading], display: Display) -> None:
        """The readings as one table."""
        header = ("id", "state", "document", "page", "label", "reading", "comes", "goes", "why", "proposed", "approved")
        display.table(header, [row.cells() for row in rows])

    def cells(self) -> list[str]:
        """The fields of a row of that table."""
        change = self.change
        told = [str(self.id), self.state, change.name, str(change.page), self.label, change.said]
        return [*told, str(len(change.comes)), str(len(change.goes)), self.why, *self.shown_acts()]

    def shown(self) -> str:
        """In one line: what it changes, and what became of it."""
        change = self.change
        acts = f"approved by {self.approved_by} {self.approved_at}"
        acts += f", undone by {self.retired_by} {self.retired_at}" if self.retired_by else ""
        return f"reading {self.id} of {change.name}, page {change.page}: {change.said}, {len(change.comes)} facts came ({acts})"

    def show_on(self, display: Display) -> None:
        display.show(self.change)
        display.line(f"  {escaped(self.why)}")
        display.line(f"  reading {self.id}, {self.state}, proposed by {escaped(self.proposed_by)} {self.proposed_at}")


@dataclass(frozen=True, slots=True)
class ReadingPair:
    """A reading by hand in force as a row to learn from: the page, the borders of its tables as they were read and as it is right, and the
    facts that were read there, and are right.
    """

    reading: int
    kind: ReadingKind
    document: str
    name: str
    label: str  # of the document: who may read it
    page: int
    box: Box | None
    columns: tuple[float, ...]
    before: list[Box]
    read: list[PlacedReading]
    right: list[PlacedReading]
    why: str

    @classmethod
    def of(cls, made: HandReading) -> ReadingPair:
        one = made.change
        place = (one.document, one.name, made.label, one.page, one.box, one.columns, one.before)
        return cls(made.id, one.kind, *place, one.goes, one.comes, made.why)
