"""Whether one audit record is sealed: chained, under a head that this home signed. Without the walk over the chain."""

from __future__ import annotations

from pathlib import Path

from finfoundry.core.errors import IntegrityError
from finfoundry.governance.chain import Head, Signer, link
from finfoundry.governance.seal import seal
from finfoundry.governance.trail import COLUMNS, AuditTrace, Trail, entry_of
from finfoundry.runtime.database import Connection, Database
from finfoundry.runtime.keys import Master


def sealed(database: Database, home: Path, record: str) -> AuditTrace:
    """A sealed record with its contents; what waits for the sealer is sealed first.

    Raises:
        NotFound: there is no such record.
        IntegrityError: it is not in the chain, or chain, signature or content are not as they were made.
    """
    seal(database, home)
    with database.owner() as connection:
        _check_chained(connection, Signer.open(home), record)
        return Trail(connection, Master.open(home)).trace(record)


def _check_chained(connection: Connection, signer: Signer, record: str) -> None:
    """From the record's link to the next head: each link is that of its record, and the head at the end is signed."""
    found = connection.execute(
        "SELECT h.sequence, h.hash, h.at, h.signature, c.sequence FROM audit_chain c JOIN audit_head h ON h.sequence >= c.sequence"
        " WHERE c.record = %s ORDER BY h.sequence LIMIT 1",
        (record,),
    ).fetchone()
    if found is None:
        raise IntegrityError(f"The audit record {record} is not sealed", remedy="See finfoundry audit verify")
    end, digest, at, signature, start = found
    rows = connection.execute(
        f"SELECT c.sequence, c.previous, c.hash, {COLUMNS} FROM audit_chain c JOIN audit_record r ON r.id = c.record"  # noqa: S608  a constant
        " WHERE c.sequence BETWEEN %s AND %s ORDER BY c.sequence",
        (start, end),
    ).fetchall()
    head = Head(end, bytes(digest), at, bytes(signature))
    previous: bytes | None = None
    for sequence, before, own, *entry in rows:
        chained = previous in (None, bytes(before)) and link(sequence, bytes(before), entry_of(tuple(entry))).hash == bytes(own)
        if not chained:
            raise IntegrityError(f"The audit chain was altered at {sequence}", remedy="See finfoundry audit verify")
        previous = bytes(own)
    if len(rows) != end - start + 1 or previous != head.hash or not signer.signed(head):
        raise IntegrityError(f"The audit record {record} is not under a signed head", remedy="See finfoundry audit verify")
