"""Keys by which users come in over HTTP: random, kept as a digest, scoped, expiring, revocable at once."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, get_args

from finfoundry.core.errors import InputError, NotFound, NotPermitted
from finfoundry.core.principal import Principal, require_administrator
from finfoundry.governance.policy import Policy
from finfoundry.runtime import audit
from finfoundry.runtime.audit import AuditRecord, AuditStep
from finfoundry.runtime.database import Connection, Database

Scope = Literal["read", "write", "raw", "audit", "admin"]
Role = Literal["administrator", "auditor", "analyst", "service"]
SCOPES: tuple[Scope, ...] = get_args(Scope)
USUAL: tuple[Scope, ...] = ("read", "write")
ROLES: dict[Role, tuple[Scope, ...]] = {
    "administrator": SCOPES,
    "auditor": ("read", "audit"),
    "analyst": USUAL,
    "service": ("read", "raw"),  # another system: it checks answers, embeds, and uses the base itself
}
PREFIX = "ff_"
TENANT = "(SELECT min(g.name) FROM memberships m JOIN groups g ON g.id = m.group_id WHERE m.user_id = u.id)"  # of a row u of users
_LONGEST = 200
_SPAN = re.compile(r"(\d{1,5})\s*(m|h|d|w)")
_UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}


class UnknownKey(NotPermitted):
    """No key, or one that is unknown, expired or revoked: the message does not say which of these."""


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key as it is shown once, when it is made."""

    key: str
    id: str
    user: str
    scopes: tuple[str, ...]
    expires: str | None


@dataclass(frozen=True, slots=True)
class KeyRow:
    """A key in a list; times in ISO 8601."""

    id: str
    user: str
    scopes: tuple[str, ...]
    created: str
    expires: str | None
    revoked: str | None


@dataclass(frozen=True, slots=True)
class Ended:
    """A user whose keys and tokens were ended, and how many keys these were."""

    user: str
    keys: int


@dataclass(frozen=True, slots=True)
class Bearer:
    """The owner of a key or a token, and the scopes that it opens."""

    principal: Principal
    key_id: str
    scopes: frozenset[str]
    tenant: str | None = None  # with whom the user shares the queue: the first of the user's groups
    api_key: str | None = None  # the id of a key of ours, None for a token or a session
    until: datetime | None = None  # when a token ends

    @classmethod
    def of(
        cls,
        user: str,
        key_id: str,
        scopes: Collection[str],
        tenant: str | None = None,
        *,
        api_key: str | None = None,
        until: datetime | None = None,
    ) -> Bearer:
        """Administrator and auditor follow from the scopes."""
        opened = frozenset(scopes)
        principal = Principal(user, "admin" in opened, "audit" in opened, f"key {api_key}" if api_key else f"token {key_id}")
        return cls(principal, key_id, opened, tenant, api_key, until)

    def require(self, scope: Scope) -> None:
        """Raises NotPermitted."""
        if scope not in self.scopes and "admin" not in self.scopes:
            raise NotPermitted(f"This key does not open {scope!r}", remedy=f"Use a key made with --scope {scope}")


def unknown_key() -> UnknownKey:
    """The one refusal for all that opens nothing."""
    return UnknownKey("This key opens nothing", remedy="Send a valid key: Authorization: Bearer KEY (finfoundry keys create)")


class ApiKeys:
    """The keys of one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def create(self, principal: Principal, user: str, *, expires: str | None = None, scopes: Sequence[str] = USUAL) -> NewKey:
        """A new key for a user, who is added, without grants, where there is none. ``expires``: "12h", "30d" or an ISO 8601 time.

        Raises NotPermitted for anybody but an administrator, InputError for a time or scope that cannot be one.
        """
        require_administrator(principal)
        until, opened = _moment(expires), _scopes(scopes)
        name = Policy(self._database).add_user(principal, user).name
        identifier, secret = secrets.token_hex(6), secrets.token_urlsafe(32)
        key = f"{PREFIX}{identifier}_{secret}"
        with self._database.owner() as connection:
            connection.execute(
                "INSERT INTO api_keys (id, user_id, hash, scopes, expires) SELECT %s, id, %s, %s, %s FROM users WHERE name = %s",
                (identifier, digest_of(key), list(opened), until, name),
            )
            _record(connection, principal, "key created", {"key": identifier, "user": name, "scopes": list(opened)})
        return NewKey(key, identifier, name, opened, until.isoformat() if until else None)

    def keys(self, principal: Principal) -> list[KeyRow]:
        """All keys, the newest first, without what opens them. Raises NotPermitted."""
        require_administrator(principal)
        with self._database.owner() as connection:
            return _rows(connection, "true", {})

    def revoke(self, principal: Principal, identifier: str) -> KeyRow:
        """End a key; the next request with it is refused. Raises NotPermitted, NotFound."""
        require_administrator(principal)
        with self._database.owner() as connection:
            connection.execute("UPDATE api_keys SET revoked = coalesce(revoked, now()) WHERE id = %s", (identifier,))
            found = _rows(connection, "k.id = %(id)s", {"id": identifier})
            if not found:
                raise NotFound(f"There is no key {identifier!r}", remedy="finfoundry keys list names them")
            _record(connection, principal, "key revoked", {"key": identifier, "user": found[0].user})
            return found[0]

    def revoke_all(self, principal: Principal, user: str) -> Ended:
        """End all keys of a user, and all tokens of an identity provider that were issued up to now. Raises NotPermitted, NotFound."""
        require_administrator(principal)
        with self._database.owner() as connection:
            # not before the latest record, so that what was issued until now ends although the clock was set back
            query = "UPDATE users SET tokens_after = greatest(tokens_after, now(), (SELECT max(at) FROM audit_record))"
            found = connection.execute(f"{query} WHERE name = %s RETURNING id", (user,)).fetchone()
            if found is None:
                raise NotFound(f"There is no user {user!r}", remedy="finfoundry users list names them")
            ended = connection.execute("UPDATE api_keys SET revoked = now() WHERE user_id = %s AND revoked IS NULL", found).rowcount
            connection.execute("DELETE FROM sessions WHERE user_id = %s", found)
            _record(connection, principal, "keys of a user revoked", {"key": user, "user": user, "keys": ended})
            return Ended(user, ended)

    def bearer(self, key: str | None) -> Bearer:
        """The owner of this key and its scopes. Read at every request, so that a revoked key is refused at once. Raises UnknownKey."""
        unknown = unknown_key()
        if not key or not key.startswith(PREFIX) or len(key) > _LONGEST or not key.isascii():
            raise unknown
        query = (
            f"SELECT k.id, u.name, k.scopes, {TENANT} FROM api_keys k JOIN users u ON u.id = k.user_id"  # noqa: S608  a constant
            " WHERE k.hash = %s AND k.revoked IS NULL AND (k.expires IS NULL OR k.expires > now())"
        )
        found = self._database.look_up(query, (digest_of(key),))
        if found is None:
            raise unknown
        identifier, user, scopes, tenant = found
        return Bearer.of(user, identifier, scopes, tenant, api_key=identifier)


def digest_of(key: str) -> bytes:
    """What is kept of a key or a session. It has 256 random bits, so a plain digest is enough: there is nothing to guess."""
    return hashlib.sha256(key.encode()).digest()


def _scopes(wanted: Sequence[str]) -> tuple[Scope, ...]:
    unknown = sorted(set(wanted) - set(SCOPES))
    if unknown or not wanted:
        raise InputError(f"{', '.join(unknown) or 'nothing'} is no scope of a key", remedy=f"Scopes are {', '.join(SCOPES)}")
    return tuple(scope for scope in SCOPES if scope in wanted)


def _moment(text: str | None) -> datetime | None:
    """When a key ends, in UTC. Raises InputError."""
    if text is None:
        return None
    span = _SPAN.fullmatch(text.strip().lower())
    if span:
        return datetime.now(UTC) + int(span[1]) * _UNITS[span[2]]
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise InputError(f"{text[:50]!r} is no time", remedy="Write 12h, 30d, or a date such as 2030-01-31") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _rows(connection: Connection, condition: str, parameters: dict[str, Any]) -> list[KeyRow]:
    query = (
        "SELECT k.id, u.name, k.scopes, k.created, k.expires, k.revoked FROM api_keys k JOIN users u ON u.id = k.user_id"  # noqa: S608  constants
        f" WHERE {condition} ORDER BY k.created DESC, k.id"
    )
    rows = connection.execute(query, parameters).fetchall()
    return [KeyRow(identifier, user, tuple(scopes), *(_iso(time) for time in times)) for identifier, user, scopes, *times in rows]  # type: ignore[arg-type]


def _iso(moment: datetime | None) -> str | None:
    return moment.astimezone(UTC).isoformat(timespec="seconds") if moment else None


def _record(connection: Connection, principal: Principal, action: str, change: dict[str, Any]) -> None:
    step = AuditStep("change", {**change, "proof": principal.proof})
    audit.append(connection, AuditRecord(principal.user, action, (step,), target=change["key"]))
