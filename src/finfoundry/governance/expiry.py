"""The erasure of audit contents whose time is over: the content is deleted, its entry stays, and a record says what expired.

The chain is over digests, so it holds without the contents. A content that is missing is explained by a record ``traces expired`` whose
target is the moment before which contents went; without such a record ``audit verify`` calls it removed.
"""

from __future__ import annotations

from datetime import datetime

from finfoundry.runtime.audit import AuditRecord, append
from finfoundry.runtime.database import Connection

EXPIRED = "traces expired"


def expire_contents(connection: Connection, user: str, before: datetime, moment: str) -> int:
    """Remove the contents of all records older than ``before``, as owner; how many steps. ``moment`` is the same time as it is hashed."""
    connection.execute("SET LOCAL finfoundry.expiring = 'on'")
    query = "DELETE FROM audit_content WHERE record IN (SELECT id FROM audit_record WHERE at < %s)"
    removed = connection.execute(query, (before,)).rowcount
    connection.execute("SET LOCAL finfoundry.expiring = 'off'")
    if removed:
        append(connection, AuditRecord(user, EXPIRED, target=moment))
    return removed


def expired_before(connection: Connection) -> str:
    """The latest moment before which contents went, in the form of ``Entry.at``; empty where none ever did. A record that names a moment
    after its own explains nothing: contents of that time were not there yet.
    """
    own = """to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"+00:00"')"""
    query = f"SELECT max(target) FROM audit_record WHERE action = %s AND target <= {own}"  # noqa: S608  a constant
    row = connection.execute(query, (EXPIRED,)).fetchone()
    return (row and row[0]) or ""
