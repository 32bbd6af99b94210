"""Rules over one home: listed with their standing, checked for what cites rules that are gone, brought up to date as a package."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any, Literal, Self

from psycopg.types.json import Jsonb

from finfoundry.app import App
from finfoundry.ask.compose.law_sentences import gone
from finfoundry.core.display import Display, escaped
from finfoundry.core.document import Parsed
from finfoundry.core.errors import FinfoundryError, InputError, NotFound
from finfoundry.core.principal import Principal
from finfoundry.core.rules.law import LawStatement
from finfoundry.knowledge.ids import document_number
from finfoundry.knowledge.laws.law_view import LawView, iso
from finfoundry.knowledge.laws.package import PackageEntry, read_package
from finfoundry.knowledge.laws.register import Law
from finfoundry.knowledge.laws.titles import title_key
from finfoundry.knowledge.storage import document_entry, document_rows
from finfoundry.machine import workers
from finfoundry.runtime import audit
from finfoundry.runtime.approval import refuse_unchanged
from finfoundry.runtime.database import Connection

Change = Literal["new", "amended", "earlier", "repealed", "ended", "unchanged"]
OWN = ("policy", "product")  # levels of what an institution writes itself


@dataclass(frozen=True, slots=True)
class LawFinding:
    """What a check found in a document: that a clause cites a rule which is gone, or why its days are not known."""

    document: str
    name: str
    title: str
    clause: str
    page: int | None
    said: str

    @classmethod
    def show_all(cls, rows: Sequence[Self], display: Display) -> None:
        header = ("document", "title", "clause", "page", "finding")
        display.table(header, [[row.document, row.title, row.clause or "-", str(row.page or "-"), row.said] for row in rows])


@dataclass(frozen=True, slots=True)
class LawChange:
    """What a package changes of one rule."""

    change: Change
    title: str
    file: str
    effective: str | None
    said: str
    faults: list[str] = field(default_factory=list)

    def cells(self) -> list[str]:
        return [self.change, self.title, self.file or "-", self.effective or "?", self.said, "; ".join(self.faults)]


@dataclass(frozen=True, slots=True)
class LawUpdate:
    """A package previewed (``id`` None) or applied: its changes, who applied it and who took it back when (ISO 8601)."""

    id: int | None
    collection: str
    changes: list[LawChange]
    applied_by: str | None = None
    applied_at: str | None = None
    taken_back_by: str | None = None
    taken_back_at: str | None = None

    def show_on(self, display: Display) -> None:
        state = "preview" if self.id is None else f"update {self.id}, applied by {self.applied_by} {self.applied_at}"
        state += f", taken back by {self.taken_back_by} {self.taken_back_at}" if self.taken_back_by else ""
        display.line(f"{escaped(self.collection)}: {escaped(state)}")
        display.table(("change", "title", "file", "effective", "what", "faults"), [one.cells() for one in self.changes])

    @classmethod
    def show_all(cls, rows: Sequence[Self], display: Display) -> None:
        for row in rows:
            row.show_on(display)


class LawDesk:
    """What the command line and the service both do with rules."""

    def __init__(self, app: App) -> None:
        self._app = app

    def laws(self, principal: Principal, collection: str | None = None, day: date | None = None) -> list[LawView]:
        """The rules that the principal may read, each version, as they stand on a day (None: today). Raises NotFound for a collection that
        is not there.
        """
        self._app.policy.require_collection(principal, collection)
        found = self._app.store.laws(principal, collection)
        return [LawView.of(law, day or date.today()) for law in sorted(found, key=lambda one: (one.key, one.effective or date.min))]

    def law(self, principal: Principal, document: str, day: date | None = None) -> LawView:
        """Raises NotFound for a document that is no rule."""
        found = next((law for law in self._app.store.laws(principal) if law.document == document), None)
        if found is None:
            raise NotFound(f"There is no rule {document[:40]!r}", remedy="See finfoundry laws list")
        return LawView.of(found, day or date.today())

    def check(self, principal: Principal, collection: str | None = None) -> list[LawFinding]:
        """Clauses of the institution's own papers that cite rules which are gone, and rules whose days are not known. Raises NotFound for a
        collection that is not there.
        """
        self._app.policy.require_collection(principal, collection)
        today, every = date.today(), self._app.store.laws(principal)
        own = [law for law in every if collection in (None, law.collection)]
        clauses = self._app.store.clauses(principal, [law.document for law in own if law.level in OWN])
        found = []
        for law in own:
            skipped = {law.key, *(title_key(said.value) for said in law.statements if said.matter == "repeals")}
            for clause in clauses.get(law.document, ()) if law.in_force(today) is not False else ():
                for title, end in gone([clause.text], every, today):
                    if title_key(title) not in skipped:
                        told = f"cites {title}, {end.kind} {end.day}" + (f" by {end.by}" if end.by else "")
                        found.append(LawFinding(law.document, law.name, law.title, clause.number, clause.page, told))
            found += [LawFinding(law.document, law.name, law.title, "", None, fault) for fault in law.faults]
        return found

    def preview(self, principal: Principal, path: Path, *, collection: str) -> LawUpdate:
        """What a package would change; nothing is kept. Raises InputError as ``read_package``, and for a file that cannot be read."""
        return LawUpdate(None, collection, [change for change, *_ in self._changes(principal, path, collection)])

    def apply(self, principal: Principal, path: Path, *, collection: str, label: str = "general") -> LawUpdate:
        """Put a package in force in one transaction, with its audit record. Raises InputError, NotFound, NotPermitted."""
        changes = self._changes(principal, path, collection)
        indexed = {entry.file: document_rows.index(parsed) for _, entry, parsed in changes if parsed is not None}
        with self._app.database.transaction(principal) as connection:
            label_id = document_entry.label_number(connection, label)
            elsewhere = [law for law in self._app.store.laws(principal, collection) if law.label != label]
            kept = [_without(change, entry, elsewhere) for change, entry, _ in changes]
            number = _insert(connection, principal, collection, label_id, kept)
            for change, entry, parsed in changes:
                if change.change == "unchanged":
                    continue
                if parsed is not None:
                    document_entry.enter(
                        connection, principal, indexed[entry.file], entry.data, collection=collection, label=label, update=number
                    )
                else:
                    self._end(connection, principal, entry, collection, number)
            made = _one(connection, number)
            step = audit.AuditStep("law update", {"update": made})
            audit.append(connection, audit.AuditRecord(principal.user, "laws updated", (step,), target=str(number)))
        return made

    def take_back(self, principal: Principal, number: int) -> LawUpdate:
        """Remove what an update brought, in one transaction. Raises NotFound, NotPermitted, InputError where it was taken back."""
        with self._app.database.transaction(principal) as connection:
            made = _one(connection, number)
            if made.taken_back_by:
                raise InputError(f"Update {number} was taken back already", remedy="See finfoundry laws updates")
            update = "UPDATE law_updates SET taken_back_by = %s, taken_back_at = clock_timestamp() WHERE id = %s AND taken_back_by IS NULL"
            refuse_unchanged(connection.execute(update, (principal.user, number)).rowcount, principal, made.collection)
            brought = (
                "SELECT document_id FROM law_statements GROUP BY document_id"
                " HAVING bool_and(coalesce(update_id, 0) = %s OR source = 'hand')"
            )
            for (document,) in connection.execute(brought, (number,)).fetchall():
                counts = document_entry.remove(connection, document)
                document_entry.record(connection, principal, "document removed", document, {"update": number, "counts": counts})
            connection.execute("DELETE FROM law_statements WHERE update_id = %s", (number,))
            ended = _one(connection, number)
            step = audit.AuditStep("law update", {"update": ended})
            audit.append(connection, audit.AuditRecord(principal.user, "law update taken back", (step,), target=str(number)))
        return ended

    def updates(self, principal: Principal) -> list[LawUpdate]:
        """The updates under labels that the principal may read."""
        with self._app.database.transaction(principal) as connection:
            return [_update(row) for row in connection.execute(f"{_READ} ORDER BY u.id")]

    def _changes(self, principal: Principal, path: Path, collection: str) -> list[tuple[LawChange, PackageEntry, Parsed | None]]:
        entries = read_package(path, self._app.settings.max_file_bytes)
        parsed = self._parsed([entry for entry in entries if entry.file])
        there = self._app.store.laws(principal, collection)
        held = {one.sha256 for one in self._app.store.documents(principal, collection)}
        found: list[tuple[LawChange, PackageEntry, Parsed | None]] = []
        for entry in entries:
            one = parsed.get(entry.file)
            found.append((_change(entry, one, there, held), entry, one))
        repeals = [(change, statement.value) for change, entry, one in found for statement in _statements(entry, one)
                   if statement.matter == "repeals" and change.change != "unchanged"]  # fmt: skip
        for change, title in repeals:
            if any(law.key == title_key(title) for law in there):
                told = LawChange("repealed", title, "", change.effective, f"by {change.title}")
                found.append((told, PackageEntry("", b"", ()), None))
        return found

    def _parsed(self, entries: Sequence[PackageEntry]) -> dict[str, Parsed]:
        found: dict[str, Parsed] = {}
        with workers(self._app.settings, 1) as pool:
            for outcome in pool.parse_all((Path(entry.file), entry.data) for entry in entries):
                if isinstance(outcome.result, FinfoundryError):
                    raise InputError(f"{outcome.path}: {outcome.result.message}", remedy=outcome.result.remedy)
                found[outcome.path.as_posix()] = outcome.result
        for entry in entries:
            one = found[entry.file]
            one.document.name = Path(entry.file).name
            certificate = one.certificate
            certificate.law = [*_titled(certificate.law, one, entry), *entry.statements]
        return found

    def _end(self, connection: Connection, principal: Principal, entry: PackageEntry, collection: str, number: int) -> None:
        """Say of the latest version of a rule that is there when it ends. Entries that only tell of a repeal say nothing here."""
        title = entry.said("title")
        if title is None:
            return
        law = _latest(self._app.store.laws(principal, collection), title)
        if law is None:
            raise NotFound(f"The collection {collection} holds no rule {title!r}", remedy="Name its file, or put its title right")
        insert = (
            "INSERT INTO law_statements (document_id, label_id, matter, value, source, quote, update_id)"
            " SELECT id, label_id, %s, %s, 'manifest', %s, %s FROM documents WHERE id = %s AND label_id = ANY (writable_labels())"
        )
        for said in entry.statements:
            if said.matter != "title":
                done = connection.execute(insert, (said.matter, said.value, said.quote, number, document_number(law.document)))
                refuse_unchanged(done.rowcount, principal, law.label)


def _titled(statements: Sequence[LawStatement], parsed: Parsed, entry: PackageEntry) -> list[LawStatement]:
    """What a file says; with a title where neither it nor the manifest gives one: a rule without a title would be none."""
    if entry.said("title") or any(one.matter == "title" for one in statements):
        return list(statements)
    return [LawStatement("title", parsed.document.profile.title or Path(entry.file).stem, "manifest", entry.file), *statements]


def _statements(entry: PackageEntry, parsed: Parsed | None) -> Sequence[LawStatement]:
    return parsed.certificate.law if parsed else entry.statements


def _change(entry: PackageEntry, parsed: Parsed | None, there: Sequence[Law], held: set[str]) -> LawChange:
    statements = _statements(entry, parsed)
    said = {one.matter: one.value for one in reversed(statements)} | {one.matter: one.value for one in entry.statements}
    title, effective = said["title"], said.get("effective")
    if parsed is None:
        law = _latest(there, title)
        if law is None:
            raise NotFound(
                f"The package ends {title!r}, which the collection does not hold", remedy="Put its title right, or name its file"
            )
        return LawChange("ended", law.title, "", iso(law.effective), f"no more in force from {said['expires']}")
    if parsed.document.sha256 in held:
        return LawChange("unchanged", title, entry.file, effective, "the same bytes are there")
    earlier = [law for law in there if law.key == title_key(title)]
    faults = _contradictions(statements)
    if effective is None:
        faults.append("no day from which it is in force is stated")
    if not earlier:
        return LawChange("new", title, entry.file, effective, "", faults)
    last = earlier[-1]
    if effective and last.effective and effective == last.effective.isoformat():
        faults.append(f"{last.name} is a version from the same day")
    later = not effective or not last.effective or effective >= last.effective.isoformat()
    return LawChange("amended" if later else "earlier", title, entry.file, effective, f"beside {last.name} ({iso(last.effective)})", faults)


def _contradictions(statements: Sequence[LawStatement]) -> list[str]:
    """Where text and manifest say different days; the manifest's count."""
    found = []
    for matter in ("effective", "expires"):
        days = {one.source: one.value for one in statements if one.matter == matter}
        if len(set(days.values())) > 1:
            found.append(f"{matter}: the text says {days['text']}, the manifest {days['manifest']}")
    return found


def _latest(laws: Sequence[Law], title: str) -> Law | None:
    return next((law for law in reversed(laws) if law.key == title_key(title)), None)


def _without(change: LawChange, entry: PackageEntry, elsewhere: Sequence[Law]) -> LawChange:
    """A change as it is kept: without what it says of rules under other labels than the update's, whose readers may not read those."""
    same = [law for law in elsewhere if law.key == title_key(change.title)]
    if not same:
        return change
    if change.change == "ended":
        return replace(change, title=entry.said("title") or "", effective=None)
    named = {law.name for law in same}
    said = "" if change.said.startswith("beside ") else change.said
    return replace(change, said=said, faults=[fault for fault in change.faults if not any(name in fault for name in named)])


def _insert(connection: Connection, principal: Principal, collection: str, label: int, changes: Sequence[LawChange]) -> int:
    content = Jsonb(audit.plain(changes), dumps=document_rows.json_text)
    row = connection.execute(
        "INSERT INTO law_updates (label_id, collection_id, content, applied_by) VALUES (%s, collection_named(%s), %s, %s) RETURNING id",
        (label, collection, content, principal.user),
    ).fetchone()
    return int(row[0]) if row else 0


_READ = (
    "SELECT u.id, c.name, u.content, u.applied_by, u.applied_at, u.taken_back_by, u.taken_back_at FROM law_updates u"
    " JOIN collections c ON c.id = u.collection_id"
)


def _one(connection: Connection, number: int) -> LawUpdate:
    row = connection.execute(f"{_READ} WHERE u.id = %s", (number,)).fetchone()
    if row is None:
        raise NotFound(f"There is no update {number}", remedy="See finfoundry laws updates")
    return _update(row)


def _update(row: Sequence[Any]) -> LawUpdate:
    number, collection, content, applied_by, applied_at, taken_by, taken_at = row
    changes = [LawChange(**one) for one in content]
    at = applied_at.isoformat(timespec="seconds")
    return LawUpdate(number, collection, changes, applied_by, at, taken_by, taken_at.isoformat(timespec="seconds") if taken_at else None)
