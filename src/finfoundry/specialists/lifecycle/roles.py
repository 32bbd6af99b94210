"""Who may train, validate and approve the specialists of a label. Using them is reading the label (``governance/policy.py``)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from finfoundry.core.errors import InputError, NotFound, NotPermitted
from finfoundry.core.principal import Principal, require_administrator
from finfoundry.runtime import audit
from finfoundry.runtime.database import Connection, Database

Role = Literal["trainer", "validator", "approver"]
ROLES: tuple[Role, ...] = get_args(Role)


@dataclass(frozen=True, slots=True)
class RoleGrant:
    """A user's role with the specialists of a label."""

    user: str
    role: str
    label: str
    given_by: str


def give(database: Database, principal: Principal, user: str, role: str, label: str) -> RoleGrant:
    """Raises NotPermitted for who is no administrator, InputError for no such role, NotFound for no such user or label."""
    require_administrator(principal)
    if role not in ROLES:
        raise InputError(f"There is no role {role!r}", remedy=f"Choose one of {', '.join(ROLES)}; to use is to read: finfoundry grants add")
    with database.owner() as connection:
        found = connection.execute(
            "INSERT INTO specialist_roles (label_id, user_id, role, given_by)"
            " SELECT l.id, u.id, %s, %s FROM labels l, users u WHERE l.name = %s AND u.name = %s"
            " ON CONFLICT (label_id, user_id, role) DO UPDATE SET given_by = specialist_roles.given_by RETURNING given_by",
            (role, principal.user, label, user),
        ).fetchone()
        if found is None:
            raise NotFound(f"There is no user {user!r} or no label {label!r}", remedy="See finfoundry users list, finfoundry labels list")
        _noted(connection, principal, "specialist role given", RoleGrant(user, role, label, principal.user))
    return RoleGrant(user, role, label, str(found[0]))


def take(database: Database, principal: Principal, user: str, role: str, label: str) -> None:
    """Raises NotPermitted for who is no administrator, NotFound where the user has no such role."""
    require_administrator(principal)
    with database.owner() as connection:
        gone = connection.execute(
            "DELETE FROM specialist_roles r USING labels l, users u WHERE l.id = r.label_id AND u.id = r.user_id"
            " AND (u.name, r.role, l.name) = (%s, %s, %s) RETURNING 1",
            (user, role, label),
        ).fetchone()
        if gone is None:
            raise NotFound(f"{user} is no {role} of {label!r}", remedy="See finfoundry specialists roles")
        _noted(connection, principal, "specialist role taken", RoleGrant(user, role, label, principal.user))


def given(database: Database) -> list[RoleGrant]:
    """All roles."""
    with database.owner() as connection:
        rows = connection.execute(
            "SELECT u.name, r.role, l.name, r.given_by FROM specialist_roles r JOIN labels l ON l.id = r.label_id"
            " JOIN users u ON u.id = r.user_id ORDER BY l.name, r.role, u.name"
        ).fetchall()
    return [RoleGrant(*row) for row in rows]


def require(connection: Connection, principal: Principal, role: Role, label: str) -> None:
    """Check a role, in a transaction of the owner's. Raises NotPermitted: neither an administrator nor one with this role."""
    if principal.administrator:
        return
    found = connection.execute(
        "SELECT 1 FROM specialist_roles r JOIN labels l ON l.id = r.label_id JOIN users u ON u.id = r.user_id"
        " WHERE (u.name, r.role, l.name) = (%s, %s, %s)",
        (principal.user, role, label),
    ).fetchone()
    if found is None:
        raise NotPermitted(
            f"{principal.user} is no {role} of specialists under {label!r}",
            remedy=f"Ask an administrator: finfoundry specialists role-give {principal.user} {role} --label {label}",
        )


def _noted(connection: Connection, principal: Principal, action: str, role: RoleGrant) -> None:
    step = audit.AuditStep("role", {"role": role, "proof": principal.proof})
    audit.append(connection, audit.AuditRecord(principal.user, action, (step,)))
