"""Questions that ended without an answer and may be learned from: taken from the audit, where their words lie under the asker's key."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from finfoundry.core.principal import Principal
from finfoundry.governance.trail import AuditTrace, Trail
from finfoundry.runtime.audit import AuditStep
from finfoundry.runtime.database import Database
from finfoundry.runtime.keys import Master

ENDINGS = ("no_evidence", "withheld")
_LATEST = 1000  # questions
LEARNABLE = "learnable"  # the kind of step with which a record says that its question may be learned from


@dataclass(frozen=True, slots=True)
class UnansweredQuestion:
    """``record`` is that of the audit; ``question`` as it was asked in full, ``status`` how it ended."""

    record: str
    at: str
    user: str
    status: str
    question: str
    collection: str | None

    COLUMNS: ClassVar[tuple[str, ...]] = ("record", "at", "user", "status", "question")


def learnable(status: str) -> tuple[AuditStep, ...]:
    """The step for the record of an answer with this status; none where it was answered."""
    return (AuditStep(LEARNABLE, {"status": status}),) if status in ENDINGS else ()


def unanswered(database: Database, home: Path, principal: Principal) -> list[UnansweredQuestion]:
    """The latest of them, the newest first: one's own; of an auditor or administrator all. What was erased, or expired, is left out.

    Raises IntegrityError for words that were altered.
    """
    everybody = principal.auditor or principal.administrator
    with database.owner() as connection:
        found = connection.execute(
            "SELECT r.id FROM audit_record r JOIN audit_key k ON k.subject = r.actor"
            " WHERE r.action = 'answer' AND r.steps @> '[{\"kind\": \"learnable\"}]' AND (%s OR k.name = %s) ORDER BY r.at DESC LIMIT %s",
            (everybody, principal.user, _LATEST),
        ).fetchall()
        trail = Trail(connection, Master.open(home))
        return [one for (record,) in found if (one := _question(trail.trace(str(record)))) is not None]


def _question(trace: AuditTrace) -> UnansweredQuestion | None:
    asked, ended = trace.one("question"), trace.one(LEARNABLE)
    if asked is None or ended is None:
        return None
    return UnansweredQuestion(trace.id, trace.at, trace.user or "", ended["status"], asked["text"], asked["collection"])
