"""How long things are kept: documents by label and collection, conversations, audit contents ("traces"), finished uploads.

Rules are in the database, so that all servers over it follow the same ones; the worker applies them once an hour. A document goes as
by ``documents delete``: with all that was made of it, in one transaction, on record. What is asked again of a cached answer is never older
than its documents, and a cached answer itself lives for ``answer_cache_seconds`` at most.
"""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from finfoundry.core.errors import FinfoundryError, InputError, NotFound
from finfoundry.core.principal import Principal, require_administrator
from finfoundry.governance.expiry import expire_contents
from finfoundry.governance.trail import moment
from finfoundry.knowledge.ids import document_id
from finfoundry.knowledge.storage.store import Store
from finfoundry.runtime.audit import AuditRecord, AuditStep, append
from finfoundry.runtime.database import Connection, Database

Subject = Literal["documents", "conversations", "traces", "uploads"]
EVERY = 3600.0  # seconds between two applications by the worker
LOCK = 7246120
log = logging.getLogger("finfoundry.retention")


@dataclass(frozen=True, slots=True)
class Rule:
    """``label`` and ``collection`` narrow a rule for documents; None = all."""

    subject: Subject
    label: str | None
    collection: str | None
    days: int


@dataclass(frozen=True, slots=True)
class Expired:
    """What a rule removed, or would remove."""

    subject: Subject
    label: str | None
    collection: str | None
    days: int
    removed: int


def rules(database: Database) -> list[Rule]:
    """All rules, by subject, label and collection."""
    query = """
        SELECT r.subject, l.name, c.name, r.days FROM retention r LEFT JOIN labels l ON l.id = r.label_id
        LEFT JOIN collections c ON c.id = r.collection_id ORDER BY r.subject, l.name, c.name
    """
    with database.owner() as connection:
        return [Rule(*row) for row in connection.execute(query)]


def set_rule(database: Database, principal: Principal, rule: Rule) -> Rule:
    """Add a rule, or change its days. Raises InputError for one that makes no sense, NotFound for an unknown label or collection."""
    require_administrator(principal)
    if rule.days < 1:
        raise InputError(f"{rule.days} days is no time to keep anything", remedy="Give at least one day")
    if rule.subject != "documents" and (rule.label or rule.collection):
        raise InputError(
            f"Only documents are kept by label and collection, not {rule.subject}", remedy="Leave out --label and --collection"
        )
    with database.owner() as connection:
        place = _place(connection, rule)
        connection.execute(
            "INSERT INTO retention (subject, label_id, collection_id, days) VALUES (%s, %s, %s, %s)"
            " ON CONFLICT (subject, label_id, collection_id) DO UPDATE SET days = excluded.days",
            (rule.subject, *place, rule.days),
        )
        append(
            connection, AuditRecord(principal.user, "retention set", (AuditStep("retention", {"rule": rule, "proof": principal.proof}),))
        )
    return rule


def remove_rule(
    database: Database, principal: Principal, subject: Subject, label: str | None = None, collection: str | None = None
) -> Rule:
    """Keep for ever again. Raises NotFound."""
    require_administrator(principal)
    with database.owner() as connection:
        place = _place(connection, Rule(subject, label, collection, 1))
        query = """
            DELETE FROM retention WHERE subject = %s AND label_id IS NOT DISTINCT FROM %s AND collection_id IS NOT DISTINCT FROM %s
            RETURNING days
        """
        row = connection.execute(query, (subject, *place)).fetchone()
        if row is None:
            raise NotFound(f"There is no such rule for {subject}", remedy="`finfoundry retention list` shows the rules")
        rule = Rule(subject, label, collection, row[0])
        append(
            connection,
            AuditRecord(principal.user, "retention removed", (AuditStep("retention", {"rule": rule, "proof": principal.proof}),)),
        )
    return rule


def apply(store: Store, principal: Principal, *, trial: bool = False, now: datetime | None = None) -> list[Expired]:
    """Follow every rule; with ``trial`` only count. Each rule by itself: one that fails does not keep the others from their work."""
    require_administrator(principal)
    now = now or datetime.now(UTC)
    return [
        Expired(
            rule.subject, rule.label, rule.collection, rule.days, _expire(store, principal, rule, now - timedelta(days=rule.days), trial)
        )
        for rule in rules(store.database)
    ]


def apply_until(store: Store, principal: Principal, stop: threading.Event, every: float = EVERY) -> None:
    """Apply the rules from time to time, in one process of a deployment at a time."""
    while not stop.is_set():
        try:
            with store.database.connect(None) as connection:
                if connection.execute("SELECT pg_try_advisory_lock(%s)", (LOCK,)).fetchone() == (True,):
                    for one in apply(store, principal):
                        if one.removed:
                            log.info("Retention of %s: %d removed", one.subject, one.removed)
        except FinfoundryError as error:
            log.warning("Retention was not applied: %s", error)  # tried again
        stop.wait(every)


def _expire(store: Store, principal: Principal, rule: Rule, before: datetime, trial: bool) -> int:
    if rule.subject == "documents":
        return _expire_documents(store, principal, rule, before, trial)
    conditions = {
        "conversations": (("conversations", "changed < %s"), ("past_conversations", "changed < %s")),
        "uploads": (("uploads", "created < %s AND state IN ('done', 'failed')"),),
        "traces": (("audit_content", "record IN (SELECT id FROM audit_record WHERE at < %s)"),),
    }
    held = conditions[rule.subject]
    with store.database.owner() as connection:
        if trial:
            counts = [connection.execute(f"SELECT count(*) FROM {table} WHERE {of}".encode(), (before,)).fetchone() for table, of in held]  # noqa: S608
            return sum(int(row[0]) for row in counts if row)
        if rule.subject == "traces":
            return expire_contents(connection, principal.user, before, moment(before))
        removed = sum(connection.execute(f"DELETE FROM {table} WHERE {of}".encode(), (before,)).rowcount for table, of in held)  # noqa: S608
        if removed:
            append(
                connection,
                AuditRecord(principal.user, f"{rule.subject} expired", (AuditStep("retention", {"removed": removed, "rule": rule}),)),
            )
        return removed


def _expire_documents(store: Store, principal: Principal, rule: Rule, before: datetime, trial: bool) -> int:
    query = """
        SELECT d.id FROM documents d JOIN labels l ON l.id = d.label_id JOIN collections c ON c.id = d.collection_id
        WHERE d.added < %(before)s AND (%(label)s::text IS NULL OR l.name = %(label)s)
          AND (%(collection)s::text IS NULL OR c.name = %(collection)s)
    """
    with store.database.owner() as connection:
        rows = connection.execute(query, {"before": before, "label": rule.label, "collection": rule.collection}).fetchall()
    if trial:
        return len(rows)
    removed = 0
    for (number,) in rows:
        try:
            store.delete(principal, document_id(number))
        except NotFound:
            continue  # somebody was quicker
        removed += 1
    return removed


def _place(connection: Connection, rule: Rule) -> tuple[int | None, int | None]:
    """The ids of label and collection. Raises NotFound."""
    found: list[int | None] = []
    for table, name in (("labels", rule.label), ("collections", rule.collection)):
        row = connection.execute(f"SELECT id FROM {table} WHERE name = %s".encode(), (name,)).fetchone()  # noqa: S608  constants above
        if name is not None and row is None:
            raise NotFound(
                f"There is no {table[:-1]} {name!r}",
                remedy=f"`finfoundry {'labels' if table == 'labels' else 'documents'} list` shows them",
            )
        found.append(row[0] if row else None)
    return found[0], found[1]
