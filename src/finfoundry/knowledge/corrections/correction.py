"""A correction by hand: what it changes, its state, and who did what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from finfoundry.core.display import Display, escaped
from finfoundry.core.document import FactReading
from finfoundry.knowledge.corrections.identity_changes import IdentityChange
from finfoundry.runtime.approval import Acts

CorrectionState = Literal["proposed", "approved", "retired"]


@dataclass(frozen=True, slots=True)
class CorrectionDraft:
    """A fact as it was read, as it is given now and as it would be; what that does to the equations of its document, and the conflicts
    that come up.
    """

    fact: str
    document: str
    name: str  # of the document
    page: int
    read: FactReading
    before: FactReading
    after: FactReading
    identities: list[IdentityChange]
    conflicts: list[str]

    @property
    def broken(self) -> list[IdentityChange]:
        """The equations that it breaks."""
        return [one for one in self.identities if one.breaks]

    def show_on(self, display: Display) -> None:
        display.line(f"{self.fact}  {escaped(self.name)} p. {self.page}  {escaped(' › '.join(self.before.metric))} {self.before.period}")
        for field, old, new in self.before.changes(self.after):
            display.line(f"  {field}: [red]{escaped(old)}[/] → [green]{escaped(new)}[/]")
        for one in self.identities:
            display.line(f"  [{'red' if one.breaks else 'green' if one.after == 'holds' else 'yellow'}]{escaped(one.shown())}[/]")
        for conflict in self.conflicts:
            display.line(f"  [yellow]conflict: {escaped(conflict)}[/]")


@dataclass(frozen=True, slots=True)
class Correction(Acts):
    """One version of a correction with its state. ``replaces`` is the correction in force when it was proposed; retired without an
    approver: withdrawn, with one: undone.
    """

    id: int
    change: CorrectionDraft
    why: str
    label: str
    version: int
    replaces: int | None
    state: CorrectionState

    @classmethod
    def show_all(cls, rows: Sequence[Correction], display: Display) -> None:
        """The corrections as one table."""
        header = ("id", "version", "state", "fact", "document", "page", "label", "correction", "why", "proposed", "approved")
        display.table(header, [row.cells() for row in rows])

    def cells(self) -> list[str]:
        """The fields of a row of that table."""
        change = self.change
        said = "; ".join(f"{field} {old} → {new}" for field, old, new in change.before.changes(change.after))
        told = [str(self.id), str(self.version), self.state, change.fact, change.name, str(change.page), " › ".join(change.before.metric)]
        return [*told, said, self.why, *self.shown_acts()]

    def shown(self) -> str:
        """In one line: what it changes, and what became of it."""
        change = self.change
        said = "; ".join(f"{field} {old} → {new}" for field, old, new in change.before.changes(change.after))
        acts = f"approved by {self.approved_by} {self.approved_at}"
        acts += f", undone by {self.retired_by} {self.retired_at}" if self.retired_by else ""
        return f"correction {self.id} of {change.name}, page {change.page}, {' › '.join(change.before.metric)}: {said} ({acts})"

    def show_on(self, display: Display) -> None:
        display.show(self.change)
        display.line(f"  {escaped(self.why)}")
        acts = [f"proposed by {self.proposed_by} {self.proposed_at}"]
        acts += [f"approved by {self.approved_by} {self.approved_at}"] if self.approved_by else []
        acts += [f"retired by {self.retired_by} {self.retired_at}"] if self.retired_by else []
        display.line(f"  correction {self.id}, version {self.version}, {self.state}: {escaped(', '.join(acts))}")
