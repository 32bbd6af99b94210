"""Two readings of one file: which facts came out otherwise when it was read again, as after an upgrade of the reader."""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from psycopg.types.json import Jsonb

from finfoundry.core.display import Display, escaped
from finfoundry.core.document import Fact
from finfoundry.core.principal import Principal
from finfoundry.knowledge.ids import document_id, document_number, no_document
from finfoundry.knowledge.reader_version import reader_version
from finfoundry.knowledge.storage.document_rows import clean
from finfoundry.runtime.database import Connection, Database

UNKNOWN = "a reader of before this was kept"
SHOWN = 40  # changes that a terminal shows
Kind = Literal["new", "gone", "changed"]
Key = tuple[int, str, tuple[str, ...]]  # page, printed text, label path: what a reader cannot change of a figure's place
# What two readers may make otherwise of one printed figure.
FIELDS = ("value", "unit", "period", "entity", "concept", "scope", "dimensions")
Told = dict[str, str | None]


@dataclass(frozen=True, slots=True)
class FactChange:
    """One printed figure of which two readings made different facts; ``before`` is None of a new one, ``after`` of one that is gone."""

    kind: Kind
    page: int
    text: str
    metric: tuple[str, ...]
    before: Told | None
    after: Told | None

    def __str__(self) -> str:
        """
        >>> print(FactChange("changed", 3, "3,275", ("Total assets",), {"value": "3275"}, {"value": "3275000000"}))
        page 3: Total assets “3,275”: value 3275 → 3275000000
        """
        label = f"page {self.page}: {' › '.join(self.metric)} “{self.text}”"
        if self.before is None or self.after is None:
            told = self.after or self.before or {}
            parts = (told.get(name) for name in ("value", "unit", "period"))
            return f"{label}: {self.kind} ({', '.join(filter(None, parts))})"
        both = [(name, self.before.get(name), self.after.get(name)) for name in FIELDS]
        differ = [f"{name} {one} → {other}" for name, one, other in both if one != other]
        return f"{label}: {'; '.join(differ)}"


@dataclass(frozen=True, slots=True)
class ReadingDiff:
    """The last reading of a document against the one before; ``before`` and ``before_reader`` are None where it was read once."""

    document: str
    name: str
    reader: str | None
    read_at: str | None
    before: str | None
    before_reader: str | None
    new: int
    gone: int
    changed: int
    changes: list[FactChange]

    def show_on(self, display: Display) -> None:
        if self.before_reader is None:
            display.line(f"{escaped(self.name)} was read once, by {escaped(self.reader or UNKNOWN)}")
            return
        display.line(f"{escaped(self.name)}: {self.new} facts new, {self.gone} gone, {self.changed} changed")
        display.line(f"{escaped(self.before_reader)} → {escaped(self.reader or '')}, {self.read_at}")
        for change in self.changes[:SHOWN]:
            display.line(escaped(str(change)))
        if len(self.changes) > SHOWN:
            display.line(f"… and {len(self.changes) - SHOWN} more: --json tells all")


@dataclass(frozen=True, slots=True)
class Compared:
    """A reading beside the one that it replaces: the number of that document and its reader, None where there is none."""

    before: int | None = None
    before_reader: str | None = None
    changes: tuple[FactChange, ...] = ()


def compared(connection: Connection, facts: Sequence[Fact], before: int | None) -> Compared:
    """The facts of a file that is read again beside those of the document that it replaces, while that is still there."""
    if before is None:
        return Compared()
    found = connection.execute("SELECT reader FROM readings WHERE document_id = %s", (before,)).fetchone()
    return Compared(before, found[0] if found else UNKNOWN, tuple(changes_of(_facts_of(connection, before), facts)))


def keep(connection: Connection, number: int, reading: Compared) -> None:
    """Note by which reader a document was read, with what came out otherwise than before."""
    told = Jsonb([dataclasses.asdict(change) for change in reading.changes])
    insert = "INSERT INTO readings (document_id, reader, before_id, before_reader, changes) VALUES (%s, %s, %s, %s, %s)"
    connection.execute(insert, (number, reader_version(), reading.before, reading.before_reader, told))


def diff(database: Database, principal: Principal, id: str) -> ReadingDiff:
    """The last reading of a document against the one before. Raises NotFound for one that is not there or not visible."""
    query = """
        SELECT d.name, r.reader, r.read_at, r.before_id, r.before_reader, coalesce(r.changes, '[]') FROM documents d
        LEFT JOIN readings r ON r.document_id = d.id WHERE d.id = %s
    """
    with database.transaction(principal) as connection:
        found = connection.execute(query, (document_number(id),)).fetchone()
    if found is None:
        raise no_document(id)
    name, reader, at, before, before_reader, told = found
    changes = [FactChange(**row | {"metric": tuple(row["metric"])}) for row in told]
    counts = {kind: sum(change.kind == kind for change in changes) for kind in ("new", "gone", "changed")}
    earlier = document_id(before) if before is not None else None
    return ReadingDiff(id, name, reader, at.isoformat() if at else None, earlier, before_reader, changes=changes, **counts)


def changes_of(before: Sequence[Fact], after: Sequence[Fact]) -> Iterator[FactChange]:
    """What two readings of one file made otherwise, by page. Figures are known again by page, printed text and label; of several alike
    those that stayed as they were go first, the others pair off in their order.
    """
    old, new = _by_key(before), _by_key(after)
    for key in sorted(old.keys() | new.keys()):
        left, right = _without_same(old[key], new[key])
        page, text, metric = key
        for place in range(max(len(left), len(right))):
            one, other = (side[place] if place < len(side) else None for side in (left, right))
            kind: Kind = "new" if one is None else "gone" if other is None else "changed"
            yield FactChange(kind, page, text, metric, one, other)


def _by_key(facts: Sequence[Fact]) -> defaultdict[Key, list[Told]]:
    found = defaultdict[Key, list[Told]](list)
    for fact in facts:
        found[fact.page, clean(fact.text) or "", tuple(clean(part) or "" for part in fact.metric)].append(
            {name: _told(getattr(fact, name)) for name in FIELDS}
        )
    return found


def _without_same(left: list[Told], right: list[Told]) -> tuple[list[Told], list[Told]]:
    left, right = list(left), list(right)
    for one in list(left):
        if one in right:
            left.remove(one)
            right.remove(one)
    return left, right


def _told(value: object) -> str | None:
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, tuple):
        return "; ".join(f"{axis}: {member}" for axis, member in value) or None
    return str(value) if value is not None else None


def _facts_of(connection: Connection, number: int) -> list[Fact]:
    query = (
        "SELECT metric, value, nullif(unit, ''), period, text, page, entity, concept, scope, dimensions FROM facts"
        " WHERE document_id = %s ORDER BY ordinal"
    )
    return [
        Fact(
            tuple(metric), value, unit, period, text, page, entity, concept, scope,
            tuple((str(axis), str(member)) for axis, member in dimensions),
        )
        for metric, value, unit, period, text, page, entity, concept, scope, dimensions in connection.execute(query, (number,)).fetchall()
    ]  # fmt: skip
