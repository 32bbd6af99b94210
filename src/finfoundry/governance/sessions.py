"""Sessions of the page: a random id in the browser, its digest in the database, ended by signing out and by ending the key."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime, timedelta

from finfoundry.governance.api_keys import TENANT, Bearer, digest_of, unknown_key
from finfoundry.runtime import audit
from finfoundry.runtime.database import Database

LONGEST = timedelta(hours=12)
_ID = 43  # characters of an id: 256 bits in base64


class Sessions:
    """The sessions of one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def open(self, bearer: Bearer) -> str:
        """The id of a new session for who came with a key or a token. It ends with what the bearer came with, or after ``LONGEST``."""
        session, ends = secrets.token_urlsafe(32), datetime.now(UTC) + LONGEST
        with self._database.owner() as connection:
            connection.execute("DELETE FROM sessions WHERE expires < now()")
            connection.execute(
                "INSERT INTO sessions (hash, user_id, key_id, scopes, expires) SELECT %s, id, %s, %s, %s FROM users WHERE name = %s",
                (digest_of(session), bearer.api_key, sorted(bearer.scopes), min(ends, bearer.until or ends), bearer.principal.user),
            )
            audit.append(connection, audit.AuditRecord(bearer.principal.user, "signed in"))
        return session

    def bearer(self, session: str | None) -> Bearer:
        """The user of a session, read at every request. Raises UnknownKey for one that does not exist, or no longer."""
        if not session or len(session) != _ID or not session.isascii():
            raise unknown_key()
        query = (
            f"SELECT u.name, s.key_id, s.scopes, {TENANT} FROM sessions s JOIN users u ON u.id = s.user_id"  # noqa: S608  a constant
            " LEFT JOIN api_keys k ON k.id = s.key_id WHERE s.hash = %s AND s.expires > now()"
            " AND k.revoked IS NULL AND (k.expires IS NULL OR k.expires > now())"
            " AND (s.key_id IS NOT NULL OR u.tokens_after IS NULL OR s.opened > u.tokens_after)"
        )
        found = self._database.look_up(query, (digest_of(session),))
        if found is None:
            raise unknown_key()
        user, key, scopes, tenant = found
        return Bearer.of(user, key or "session", scopes, tenant, api_key=key)

    def end(self, session: str | None) -> None:
        """End a session. Nothing happens where there is no such session."""
        if not session:
            return
        with self._database.owner() as connection:
            query = "DELETE FROM sessions s USING users u WHERE s.hash = %s AND u.id = s.user_id RETURNING u.name"
            ended = connection.execute(query, (digest_of(session),)).fetchone()
            if ended is not None:
                audit.append(connection, audit.AuditRecord(ended[0], "signed out"))
