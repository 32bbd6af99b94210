"""What a person says of a rule in place of what was read: the day from which it is in force, its end, its rank, its title.

Proposed by one person, approved by a second one, withdrawn or undone by either; each act is an audit record in its transaction.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from finfoundry.core.display import Display, escaped
from finfoundry.core.errors import InputError, NotFound
from finfoundry.core.principal import Principal
from finfoundry.core.rules.law import Matter
from finfoundry.knowledge.corrections.corrected_fields import check_why
from finfoundry.knowledge.ids import document_id, document_number, no_document
from finfoundry.knowledge.laws.said_value import check_value
from finfoundry.runtime import audit
from finfoundry.runtime.approval import Acts, acts_of, not_writable, refuse_own, refuse_unchanged
from finfoundry.runtime.database import Connection, Database


@dataclass(frozen=True, slots=True)
class LawCorrection(Acts):
    """A statement by hand with its state. ``value`` is an ISO date, a title or a level."""

    id: int
    document: str
    name: str  # of the document
    matter: Matter
    value: str
    why: str
    label: str
    state: Literal["proposed", "approved", "retired"]

    @classmethod
    def show_all(cls, rows: Sequence[LawCorrection], display: Display) -> None:
        header = ("id", "state", "document", "name", "matter", "value", "why", "proposed", "approved")
        cells = [[str(row.id), row.state, row.document, row.name, row.matter, row.value, row.why, *row.shown_acts()] for row in rows]
        display.table(header, cells)

    def show_on(self, display: Display) -> None:
        display.line(f"{self.document}  {escaped(self.name)}: {self.matter} {escaped(self.value)}")
        display.line(f"  {escaped(self.why)}")
        display.line(f"  statement {self.id}, {self.state}, proposed by {escaped(self.proposed_by)}")


class LawCorrections:
    """The statements by hand of one database, as a person may see and make them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def propose(self, principal: Principal, document: str, matter: str, value: str, why: str) -> LawCorrection:
        """Keep a statement; nothing changes until a second person approves it. Raises NotFound, NotPermitted, InputError."""
        said, reason = check_value(matter, value), check_why(why)
        with self._database.transaction(principal) as connection:
            query = (
                "SELECT d.id, d.label_id, l.name, l.id = ANY (writable_labels()) FROM documents d JOIN labels l ON l.id = d.label_id"
                " WHERE d.id = %s"
            )
            found = connection.execute(query, (document_number(document),)).fetchone()
            if found is None:
                raise no_document(document)
            if not found[3]:
                raise not_writable(principal, found[2])
            made = connection.execute(
                "INSERT INTO law_statements (document_id, label_id, matter, value, source, quote, state, proposed_by, proposed_proof,"
                " proposed_at) VALUES (%s, %s, %s, %s, 'hand', %s, 'proposed', %s, %s, clock_timestamp()) RETURNING id",
                (*found[:2], matter, said, reason, principal.user, principal.proof),
            ).fetchone()
            kept = _one(connection, made[0] if made else 0)
            _record(connection, principal, "law statement proposed", kept)
            return kept

    def approve(self, principal: Principal, number: int) -> LawCorrection:
        """Put a statement in force. Raises NotFound, NotPermitted for the one who proposed it, InputError for one that is not proposed."""
        with self._database.transaction(principal) as connection:
            made = _one(connection, number, lock=True)
            if made.state != "proposed":
                raise InputError(f"Statement {number} is {made.state}, not proposed", remedy="See finfoundry laws corrections")
            refuse_own(principal, made, f"statement {number}")
            update = (
                "UPDATE law_statements SET state = 'approved', approved_by = %s, approved_proof = %s, approved_at = clock_timestamp()"
                " WHERE id = %s"
            )
            refuse_unchanged(connection.execute(update, (principal.user, principal.proof, number)).rowcount, principal, made.label)
            return self._ended(connection, principal, number, "law statement approved")

    def retire(self, principal: Principal, number: int) -> LawCorrection:
        """Withdraw a proposal, or undo a statement that is in force. Raises NotFound, NotPermitted, InputError."""
        with self._database.transaction(principal) as connection:
            made = _one(connection, number, lock=True)
            if made.state == "retired":
                raise InputError(f"Statement {number} is retired already", remedy="See finfoundry laws corrections")
            update = "UPDATE law_statements SET state = 'retired', retired_by = %s, retired_at = clock_timestamp() WHERE id = %s"
            refuse_unchanged(connection.execute(update, (principal.user, number)).rowcount, principal, made.label)
            return self._ended(connection, principal, number, "law statement retired")

    def listed(self, principal: Principal, state: str | None = None) -> list[LawCorrection]:
        """The statements by hand on documents that the principal may read, by their numbers."""
        with self._database.transaction(principal) as connection:
            query = f"{_READ} AND (%(state)s::text IS NULL OR s.state = %(state)s) ORDER BY s.id"
            return [_correction(row) for row in connection.execute(query, {"state": state})]

    def _ended(self, connection: Connection, principal: Principal, number: int, action: str) -> LawCorrection:
        now = _one(connection, number)
        _record(connection, principal, action, now)
        return now


_READ = (
    "SELECT s.id, s.document_id, d.name, s.matter, s.value, s.quote, l.name, s.state, s.proposed_by, s.proposed_at, s.proposed_proof,"
    " s.approved_by, s.approved_at, s.approved_proof, s.retired_by, s.retired_at FROM law_statements s"
    " JOIN documents d ON d.id = s.document_id JOIN labels l ON l.id = s.label_id WHERE s.source = 'hand'"
)


def _one(connection: Connection, number: int, *, lock: bool = False) -> LawCorrection:
    row = connection.execute(f"{_READ} AND s.id = %s{' FOR UPDATE OF s' if lock else ''}", (number,)).fetchone()
    if row is None and lock:  # who may only read locks nothing, and is told so below
        row = connection.execute(f"{_READ} AND s.id = %s", (number,)).fetchone()
    if row is None:
        raise NotFound(f"There is no statement {number} by hand", remedy="See finfoundry laws corrections")
    return _correction(row)


def _correction(row: Sequence[object]) -> LawCorrection:
    number, document, name, matter, value, why, label, state, *acts = row
    return LawCorrection(number, document_id(document), name, matter, value, why, label, state, **acts_of(acts))  # type: ignore[arg-type]


def _record(connection: Connection, principal: Principal, action: str, made: LawCorrection) -> None:
    step = audit.AuditStep("law statement", {"statement": made, "proof": principal.proof}, (made.document,))
    audit.append(connection, audit.AuditRecord(principal.user, action, (step,), target=str(made.id)))
