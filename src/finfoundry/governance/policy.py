"""Users, groups, labels, grants: who may read what.

Only an administrator changes them, and each change is audited in its own transaction. The database enforces them: the row policies
of every table ask the same tables (``runtime/migrations/0001_identity.sql``), so that a change counts from the next transaction on.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TypeVar

from finfoundry.core.errors import InputError, NotFound
from finfoundry.core.principal import ADMINISTRATOR, Principal, require_administrator
from finfoundry.runtime import audit
from finfoundry.runtime.audit import AuditRecord, AuditStep
from finfoundry.runtime.database import Connection, Database

GENERAL = "general"  # the label that every user may read
IDENTITY_PROVIDER = Principal("identity provider", administrator=True)  # adds those whom it knows
RESERVED = (ADMINISTRATOR.user, IDENTITY_PROVIDER.user)
_LONGEST_NAME = 100
_COMPARED, _LISTED = 1000, 20  # collections that a misspelt name is compared with; that are told to who asks for one that is not there
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class User:
    name: str
    groups: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Label:
    """``rank``: the higher, the more sensitive. ``everyone``: every user reads it. ``discoverable``: its documents may be known of."""

    name: str
    rank: int = 0
    everyone: bool = False
    discoverable: bool = False
    description: str = ""


@dataclass(frozen=True, slots=True)
class Grant:
    """``name`` may read what carries ``label``, and add and delete there with ``write``."""

    name: str
    kind: str  # "user" or "group"
    label: str
    write: bool = False


@dataclass(frozen=True, slots=True)
class Hidden:
    """A document that one may know of but not read: whose it is, and for when."""

    entity: str
    aliases: tuple[str, ...]
    fiscal_year: int | None
    period: str | None


class Policy:
    """The policy of one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    # users and groups

    def add_user(self, principal: Principal, name: str, groups: Iterable[str] = ()) -> User:
        """Add a user, or add an existing one to more groups; a group comes into being with its first user.

        Raises:
            NotPermitted: the principal is no administrator.
            InputError: a name that cannot be one, belonged to a user who was removed, or is that of a group (of a user, for a group).
        """
        name, groups = kept_name(name), sorted({kept_name(group) for group in groups})
        with self._change(principal, "user added", {"user": name, "groups": groups}) as connection:
            _refuse_taken(connection, "groups", name)
            _refuse_former(connection, name)
            connection.execute("INSERT INTO users (name) VALUES (%s) ON CONFLICT (name) DO NOTHING", (name,))
            for group in groups:
                _refuse_taken(connection, "users", group)
                connection.execute("INSERT INTO groups (name) VALUES (%s) ON CONFLICT (name) DO NOTHING", (group,))
            connection.execute(
                "INSERT INTO memberships SELECT u.id, g.id FROM users u, groups g WHERE u.name = %s AND g.name = ANY (%s)"
                " ON CONFLICT DO NOTHING",
                (name, groups),
            )
            return _users(connection, name)[0]

    def users(self, principal: Principal) -> list[User]:
        """All users with their groups. Raises NotPermitted."""
        with self._reading(principal) as connection:
            return _users(connection)

    def remove_user(self, principal: Principal, name: str) -> User:
        """Remove a user with memberships, grants and keys. What the user did stays in the audit; ``core.audit.erase`` forgets its contents.
        What belongs to the user stays the user's: nobody else gets the name.

        Raises:
            NotPermitted: the principal is no administrator.
            NotFound: there is no such user.
        """
        with self._change(principal, "user removed", {"user": name}) as connection:
            user = _only(_users(connection, name), "user", name, (user.name for user in _users(connection)))
            connection.execute("DELETE FROM users WHERE name = %s", (name,))
            _drop_empty_groups(connection)
            return user

    def remove_member(self, principal: Principal, name: str, group: str) -> User:
        """Take a user out of a group. Raises NotPermitted, NotFound."""
        with self._change(principal, "member removed", {"user": name, "group": group}) as connection:
            user = _only(_users(connection, name), "user", name, (user.name for user in _users(connection)))
            _only([one for one in user.groups if one == group], f"group of {name}", group, user.groups)
            connection.execute(
                "DELETE FROM memberships WHERE user_id = (SELECT id FROM users WHERE name = %s)"
                " AND group_id = (SELECT id FROM groups WHERE name = %s)",
                (name, group),
            )
            _drop_empty_groups(connection)
            return _users(connection, name)[0]

    # labels

    def add_label(self, principal: Principal, name: str, discoverable: bool = False, description: str = "") -> Label:
        """Add a label, or set whether an existing one is discoverable. Raises NotPermitted, InputError."""
        name = kept_name(name)
        change = {"label": name, "discoverable": discoverable}
        with self._change(principal, "label added", change) as connection:
            connection.execute(
                "INSERT INTO labels (name, discoverable, description) VALUES (%s, %s, %s)"
                " ON CONFLICT (name) DO UPDATE SET discoverable = excluded.discoverable",
                (name, discoverable, description),
            )
            return _labels(connection, name)[0]

    def labels(self, principal: Principal) -> list[Label]:
        """All labels, the most sensitive first. Raises NotPermitted."""
        with self._reading(principal) as connection:
            return _labels(connection)

    def remove_label(self, principal: Principal, name: str) -> Label:
        """Remove a label that no document, no specialist and no term carries, with its grants.

        Raises:
            NotPermitted: the principal is no administrator.
            NotFound: there is no such label.
            InputError: documents, specialists or terms carry it, or it is ``general``.
        """
        if name == GENERAL:
            raise InputError("The label 'general' cannot be removed: documents carry it unless another is given")
        with self._change(principal, "label removed", {"label": name}) as connection:
            label = _only(_labels(connection, name), "label", name, (label.name for label in _labels(connection)))
            _refuse_carried(connection, name)
            connection.execute("DELETE FROM labels WHERE name = %s", (name,))
            return label

    # grants

    def add_grant(self, principal: Principal, name: str, label: str, write: bool = False) -> Grant:
        """Let a user or a group read a label, and change what carries it with ``write``; an existing grant is set to that.

        Raises:
            NotPermitted: the principal is no administrator.
            NotFound: no such user or group, or no such label.
        """
        with self._change(principal, "grant added", {"name": name, "label": label, "write": write}) as connection:
            kind = _kind_of(connection, name)
            _only(_labels(connection, label), "label", label, (one.name for one in _labels(connection)))
            connection.execute(
                "INSERT INTO grants (label_id, user_id, group_id, can_write) VALUES ((SELECT id FROM labels WHERE name = %s),"
                " (SELECT id FROM users WHERE name = %s), (SELECT id FROM groups WHERE name = %s), %s)"
                " ON CONFLICT (label_id, user_id, group_id) DO UPDATE SET can_write = excluded.can_write",
                (label, name, name, write),
            )
            return Grant(name, kind, label, write)

    def grants(self, principal: Principal) -> list[Grant]:
        """All grants. Raises NotPermitted."""
        with self._reading(principal) as connection:
            return _grants(connection)

    def remove_grant(self, principal: Principal, name: str, label: str) -> Grant:
        """Take a grant back. Raises NotPermitted, NotFound."""
        with self._change(principal, "grant removed", {"name": name, "label": label}) as connection:
            given = _grants(connection)
            matching = [grant for grant in given if (grant.name, grant.label) == (name, label)]
            grant = _only(matching, f"grant to {name}", label, (one.label for one in given if one.name == name))
            connection.execute(
                "DELETE FROM grants WHERE label_id = (SELECT id FROM labels WHERE name = %(label)s) AND ("
                "user_id = (SELECT id FROM users WHERE name = %(name)s) OR group_id = (SELECT id FROM groups WHERE name = %(name)s))",
                {"label": label, "name": name},
            )
            _drop_empty_groups(connection)
            return grant

    # what follows from them

    def principal(self, name: str) -> Principal:
        """A user as a principal. Raises NotFound when there is no such user."""
        with self._database.owner() as connection:
            _only(_users(connection, name), "user", name, (), remedy=f"An administrator adds one: finfoundry users add {name}")
        return Principal(name)

    def visible_labels(self, principal: Principal) -> list[str]:
        """The labels whose documents the principal may read."""
        with self._database.transaction(principal) as connection:
            rows = connection.execute("SELECT name FROM labels WHERE id = ANY (readable_labels()) ORDER BY rank DESC, name")
            return [name for (name,) in rows]

    def hidden(self, principal: Principal, collection: str | None = None) -> list[Hidden]:
        """What the principal may know of without reading it: for ``not_permitted``, and for nothing else. Asked at every question,
        so that an answer takes as long where there is something hidden as where there is nothing.
        """
        with self._database.transaction(principal) as connection:
            rows = connection.execute("SELECT entity, aliases, fiscal_year, period FROM discoverable_documents(%s)", (collection,))
            return [Hidden(entity, tuple(aliases), year, period) for entity, aliases, year, period in rows]

    def require_collection(self, principal: Principal, name: str | None) -> None:
        """Raises NotFound for a collection in which the principal may read nothing, nor know of anything: the same words, after the same
        work, whether it is hidden or not there.
        """
        if not name:
            return
        with self._database.transaction(principal) as connection:
            names = [row[0] for row in connection.execute("SELECT name FROM collections ORDER BY name")]
        known = bool(self.hidden(principal, name))  # a paper of a discoverable label: that it may not be read is an answer
        if name not in names and not known:
            raise _no_collection(name, names)

    def version(self) -> str:
        """A digest of users, memberships, labels and grants; it changes with every change of them."""
        with self._database.owner() as connection:
            return version(connection)

    @contextmanager
    def _change(self, principal: Principal, action: str, change: dict[str, object]) -> Iterator[Connection]:
        """A transaction of the owner that ends with the audit record of the change."""
        require_administrator(principal)
        with self._database.owner() as connection:
            before = version(connection)
            yield connection
            step = AuditStep("change", {**change, "policy": [before, version(connection)], "proof": principal.proof})
            audit.append(connection, AuditRecord(principal.user, action, (step,)))

    @contextmanager
    def _reading(self, principal: Principal) -> Iterator[Connection]:
        require_administrator(principal)
        with self._database.owner() as connection:
            yield connection


def _no_collection(name: str, names: Sequence[str]) -> NotFound:
    """The error for a name that is none, with the names that the asker may read, those first that are nearly the same."""
    near = get_close_matches(name[:255], names[:_COMPARED], 3)
    told = f"; near it: {', '.join(map(repr, near))}" if near else ""
    listed = [*near, *(one for one in names if one not in near)]
    more = f" and {len(listed) - _LISTED} more" if len(listed) > _LISTED else ""
    remedy = f"You may read {', '.join(map(repr, listed[:_LISTED]))}{more}" if listed else "There is none that you may read yet"
    return NotFound(f"There is no collection {name[:100]!r}{told}", remedy=remedy)


def version(connection: Connection) -> str:
    """The same inside a transaction, of the application too."""
    row = connection.execute("SELECT version FROM policy_state").fetchone()
    return str(row[0]) if row else ""


def kept_name(text: str) -> str:
    """A name as it is kept: NFKC, trimmed. Raises InputError."""
    name = unicodedata.normalize("NFKC", text).strip()
    if not name or len(name) > _LONGEST_NAME or any(unicodedata.category(character)[0] == "C" for character in name):
        remedy = f"Use 1 to {_LONGEST_NAME} characters, none of them a control character"
        raise InputError(f"{text[:_LONGEST_NAME]!r} cannot be a name", remedy=remedy)
    if name in RESERVED:
        raise InputError(f"The name {name!r} is taken: by it the record means the product's own acts", remedy="Choose another name")
    return name


def _refuse_carried(connection: Connection, label: str) -> None:
    """Raises InputError where documents, specialists or terms carry the label: without it nobody could read them."""
    remedies = {
        "document": "Delete these documents, or ingest them again under another label, first",
        "term": "A term stays as it was used: withdraw the grants instead",
        "specialist": "What a specialist was trained on stays under its label: withdraw the grants instead",
    }
    for what, remedy in remedies.items():
        count = f"SELECT count(*) FROM {what}s WHERE label_id = (SELECT id FROM labels WHERE name = %s)"  # noqa: S608  constants
        (carrying,) = connection.execute(count, (label,)).fetchone() or (0,)
        if carrying:
            raise InputError(f"{carrying} {what}(s) carry the label {label!r}", remedy=remedy)


def _refuse_taken(connection: Connection, table: str, name: str) -> None:
    """Raises InputError for a name in use: users and groups share their names, since a grant names either."""
    if connection.execute(f"SELECT FROM {table} WHERE name = %s", (name,)).fetchone() is not None:
        raise InputError(f"{name!r} is already the name of a {table[:-1]}", remedy="Choose another name")


def _refuse_former(connection: Connection, name: str) -> None:
    """Raises InputError for the name of a removed user: rows name people, and a new person under an old name would inherit them."""
    former = "SELECT FROM former_users WHERE digest = name_digest(%(name)s) AND NOT EXISTS (SELECT FROM users WHERE name = %(name)s)"
    if connection.execute(former, {"name": name}).fetchone() is not None:
        remedy = "Choose another name: what the user who was removed had stays out of reach"
        raise InputError(f"The name {name!r} belonged to a user who was removed", remedy=remedy)


def _kind_of(connection: Connection, name: str) -> str:
    query = "SELECT 'user' FROM users WHERE name = %(name)s UNION ALL SELECT 'group' FROM groups WHERE name = %(name)s"
    row = connection.execute(query, {"name": name}).fetchone()
    if row is None:
        remedy = f"Add it first: finfoundry users add {name}, or finfoundry users add USER --group {name}"
        raise NotFound(f"There is no user or group {name!r}", remedy=remedy)
    return str(row[0])


def _only(found: Sequence[T], what: str, name: str, others: Iterable[str], remedy: str | None = None) -> T:
    """The one found. Raises NotFound, naming what there is instead."""
    if not found:
        there = ", ".join(sorted(others)[:20])
        raise NotFound(f"There is no {what} {name!r}", remedy=remedy or (f"There are: {there}" if there else "There are none yet"))
    return found[0]


def _drop_empty_groups(connection: Connection) -> None:
    """A group exists as long as it has a user or a grant."""
    connection.execute(
        "DELETE FROM groups g WHERE NOT EXISTS (SELECT FROM memberships m WHERE m.group_id = g.id)"
        " AND NOT EXISTS (SELECT FROM grants r WHERE r.group_id = g.id)"
    )


def _users(connection: Connection, name: str | None = None) -> list[User]:
    rows = connection.execute(
        "SELECT u.name, coalesce(array_agg(g.name ORDER BY g.name) FILTER (WHERE g.name IS NOT NULL), '{}') FROM users u"
        " LEFT JOIN memberships m ON m.user_id = u.id LEFT JOIN groups g ON g.id = m.group_id"
        " WHERE %(name)s::text IS NULL OR u.name = %(name)s GROUP BY u.name ORDER BY u.name",
        {"name": name},
    )
    return [User(user, tuple(groups)) for user, groups in rows]


def _labels(connection: Connection, name: str | None = None) -> list[Label]:
    rows = connection.execute(
        "SELECT name, rank, everyone, discoverable, description FROM labels"
        " WHERE %(name)s::text IS NULL OR name = %(name)s ORDER BY rank DESC, name",
        {"name": name},
    )
    return [Label(*row) for row in rows]


def _grants(connection: Connection) -> list[Grant]:
    rows = connection.execute(
        "SELECT coalesce(u.name, g.name), CASE WHEN u.id IS NULL THEN 'group' ELSE 'user' END, l.name, r.can_write"
        " FROM grants r JOIN labels l ON l.id = r.label_id LEFT JOIN users u ON u.id = r.user_id LEFT JOIN groups g ON g.id = r.group_id"
        " ORDER BY 1, 3"
    )
    return [Grant(*row) for row in rows]
