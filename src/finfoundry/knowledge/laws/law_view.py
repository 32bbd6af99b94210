"""A rule as it is shown: its days, its standing on a day, and what says so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, Self

from finfoundry.core.display import Display, escaped
from finfoundry.core.rules.law import LawStatement
from finfoundry.knowledge.laws.register import Law


@dataclass(frozen=True, slots=True)
class LawView:
    """A version of a rule as it stands on a day (ISO dates; None: not known). ``state``: whether it is in force then."""

    document: str
    name: str
    collection: str
    label: str
    title: str
    level: str | None
    issued: str | None
    effective: str | None
    until: str | None
    ended_by: str | None
    state: Literal["in force", "not in force", "unknown"]
    standing: str
    versions: list[str]
    statements: list[LawStatement]
    faults: list[str]
    amendments: list[str]  # that count on the day, with their days and titles

    @classmethod
    def of(cls, law: Law, day: date) -> Self:
        end, force = law.until, law.in_force(day)
        return cls(
            law.document, law.name, law.collection, law.label, law.title, law.level, iso(law.issued), iso(law.effective),
            iso(end.day) if end else None, (end.by or "its own text") if end else None,
            "unknown" if force is None else "in force" if force else "not in force", law.standing(day), list(law.versions),
            list(law.statements), list(law.faults), [one.shown() for one in law.amended(day)],
        )  # fmt: skip

    @classmethod
    def show_all(cls, rows: Sequence[Self], display: Display) -> None:
        header = ("document", "title", "level", "effective", "until", "standing")
        cells = [[row.document, row.title, row.level or "-", row.effective or "?", row.until or "-", row.standing] for row in rows]
        display.table(header, cells)

    def show_on(self, display: Display) -> None:
        display.line(f"[bold]{escaped(self.title)}[/]  {self.document}  {escaped(self.name)}  {self.level or 'level not known'}")
        display.line(f"  {escaped(self.standing)}")
        for one in self.statements:
            display.line(f"  {escaped(one.shown())}")


def iso(day: date | None) -> str | None:
    """A day as ISO 8601; None for one that is not known."""
    return day.isoformat() if day else None
