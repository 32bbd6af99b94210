"""What the guards decided, who objects, and what became of it: written in the transaction of the act, read by who may."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from finfoundry.core.errors import InputError, NotFound, NotPermitted
from finfoundry.core.principal import Principal, require_auditor
from finfoundry.governance.guards.guards import PASSAGE_LIKE, GuardDecision
from finfoundry.governance.guards.harms import STOPS, Channel, harms
from finfoundry.governance.guards.labelled_text import LabelledText
from finfoundry.governance.trail import AuditTrace, Trail
from finfoundry.runtime import audit
from finfoundry.runtime.database import Connection, Database
from finfoundry.runtime.keys import Master

LONGEST_REASON = 2_000  # characters
MOST_LISTED = 500
OBJECTIONS = "objections"  # the family of what is learned from them
Wanted = Literal["answer", "refuse"]
_SAID: tuple[Channel, ...] = ("question", "answer")  # channels by which one text comes, which the record has
_DECIDED = (
    "SELECT id, record, person, channel, action, label, score, bar, tagger, policy, at FROM guard_decisions ORDER BY id DESC LIMIT %s"
)
_OBJECTED = "SELECT id, act, person, wanted, label, state, decided_by, at, decided_at FROM guard_objections"


@dataclass(frozen=True, slots=True)
class GuardDecided:
    """A decision as it is listed; ``record`` is the act in the audit, where its words are."""

    id: int
    record: str
    person: str
    channel: str
    action: str
    label: str
    score: float
    bar: float
    tagger: str
    policy: str
    at: str


@dataclass(frozen=True, slots=True)
class GuardObjection:
    """An objection without its words. ``wanted``: how ``act``, a record of the audit, should have been taken."""

    id: int
    act: str
    person: str
    wanted: str
    label: str
    state: str
    decided_by: str | None
    at: str
    decided_at: str | None


def keep(connection: Connection, principal: Principal, record: str, decisions: Iterable[GuardDecision]) -> None:
    """Add the decisions of an act to the list, in its transaction: those that did anything."""
    for one in decisions:
        if one.counts:
            connection.execute(
                "INSERT INTO guard_decisions (record, person, channel, action, label, score, bar, tagger, policy)"
                " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)",
                (record, principal.user, one.channel, one.action, one.label, one.score, one.bar, one.tagger, one.policy),
            )


class GuardRegister:
    """Decisions and objections of one home. A person sees her own, an auditor or administrator all."""

    def __init__(self, database: Database, home: Path) -> None:
        self._database, self._home = database, home

    def decisions(self, principal: Principal, limit: int = MOST_LISTED) -> list[GuardDecided]:
        """The latest, the newest first."""
        return [_guard_decided(row) for row in self._rows(principal, _DECIDED, (limit,))]

    def objections(self, principal: Principal, limit: int = MOST_LISTED) -> list[GuardObjection]:
        return [_objection(row) for row in self._rows(principal, f"{_OBJECTED} ORDER BY id DESC LIMIT %s", (limit,))]

    def object_to(self, principal: Principal, act: str, wanted: Wanted, reason: str = "", label: str = "") -> GuardObjection:
        """Say how an act of one's own should have been taken. Raises NotFound for another's, InputError for a label that is none, a reason
        that is too long, a second objection.
        """
        if len(reason) > LONGEST_REASON:
            raise InputError(f"the reason has {len(reason)} characters, more than {LONGEST_REASON}", remedy="Say it shorter")
        if label and label not in harms():
            raise InputError(f"there is no label {label[:40]!r}", remedy=f"Labels are {', '.join(harms())}")
        with self._database.owner() as connection:
            _require_own(connection, principal, act)
            step = audit.AuditStep("objection", {"act": act, "wanted": wanted, "label": label, "reason": reason})
            record = audit.append(connection, audit.AuditRecord(principal.user, "guard objection", (step,), target=act))
            row = connection.execute(
                "INSERT INTO guard_objections (record, act, person, wanted, label) VALUES (%s, %s, %s, %s, %s)"
                " ON CONFLICT (act, person) DO NOTHING RETURNING id, act, person, wanted, label, state, decided_by, at, decided_at",
                (record, act, principal.user, wanted, label),
            ).fetchone()
            if row is None:  # undoes the record, too
                raise InputError(f"you have objected to {act} before", remedy="Wait until it is decided")
        return _objection(row)

    def decide(self, principal: Principal, number: int, *, uphold: bool) -> GuardObjection:
        """Uphold or dismiss an open objection of another person. Raises NotFound, NotPermitted."""
        require_auditor(principal)
        with self._database.owner() as connection:
            row = connection.execute("SELECT person, state FROM guard_objections WHERE id = %s FOR UPDATE", (number,)).fetchone()
            if row is None or row[1] != "open":
                raise NotFound(f"There is no open objection {number}", remedy="List them: finfoundry guards objections")
            if row[0] == principal.user:
                raise NotPermitted("Nobody decides about an objection of their own", remedy="Ask another auditor")
            state = "upheld" if uphold else "dismissed"
            step = audit.AuditStep("objection decided", {"objection": number, "state": state, "proof": principal.proof})
            audit.append(connection, audit.AuditRecord(principal.user, "guard objection decided", (step,), target=str(number)))
            decided = connection.execute(
                "UPDATE guard_objections SET state = %s, decided_by = %s, decided_proof = %s, decided_at = clock_timestamp() WHERE id = %s"
                " RETURNING id, act, person, wanted, label, state, decided_by, at, decided_at",
                (state, principal.user, principal.proof, number),
            ).fetchone()
        return _objection(decided or ())

    def upheld(self, principal: Principal) -> list[LabelledText]:
        """The texts of upheld objections as they should have been tagged, for the data of the next tagger; what was erased is left out."""
        require_auditor(principal)
        with self._database.owner() as connection:
            rows = connection.execute("SELECT act, wanted, label FROM guard_objections WHERE state = 'upheld' ORDER BY id").fetchall()
            trail = Trail(connection, Master.open(self._home))
            kept = [row for act, wanted, label in rows for row in _learned(trail.trace(str(act)), wanted, label)]
            step = audit.AuditStep("dataset", {"objections": len(kept)})
            audit.append(connection, audit.AuditRecord(principal.user, "guard objections exported", (step,)))
        return kept

    def _rows(self, principal: Principal, query: str, values: tuple[object, ...]) -> list[tuple[Any, ...]]:
        entered = self._database.owner() if principal.auditor else self._database.transaction(principal)
        with entered as connection:
            return list(connection.execute(query, values).fetchall())


def pseudonymise_guarded(connection: Connection, person: str, subject: str) -> None:
    """Take a person's name off what the guards decided and off objections, which stay; as an administrator."""
    connection.execute("SELECT pseudonymise_guarded(%s, %s)", (person, f"erased {subject}"))


def _require_own(connection: Connection, principal: Principal, act: str) -> None:
    try:
        row = connection.execute(
            "SELECT k.name FROM audit_record r LEFT JOIN audit_key k ON k.subject = r.actor WHERE r.id = %s", (uuid.UUID(act),)
        ).fetchone()
    except ValueError:
        row = None
    if row is None or row[0] != principal.user:
        raise NotFound(f"There is no act {act[:40]!r} of yours", remedy="Give the audit_id that stands in the answer")


def _learned(trace: AuditTrace, wanted: Wanted, label: str) -> list[LabelledText]:
    """The texts of an act by the channel in which the guards stopped them, or noticed the label that they should have been refused as; of
    none the question. Nothing of what was erased, nor where it should have been refused and nobody says as what.
    """
    if wanted == "refuse" and not label:
        return []
    guards = [step for step in trace.steps if step.kind == "guard"]
    if any(step.erased for step in guards):
        return []  # what the guards saw is not known any more
    decided = [step.content for step in guards if step.content]
    if wanted == "answer":
        meant = [one["channel"] for one in decided if one["action"] in STOPS]
    else:
        seen = [one["channel"] for one in decided if one["label"] == label and one["action"] != "pass"]
        meant = [channel for channel in seen if channel in _SAID]
        if seen and not meant:
            return []  # a passage alone had it, which was stopped
    labels = (label,) if wanted == "refuse" else ()
    return [
        LabelledText(text, labels, OBJECTIONS, passage=channel in PASSAGE_LIKE)
        for channel in dict.fromkeys(meant or ["question"])
        for text in _texts(trace, channel)
    ]


def _texts(trace: AuditTrace, channel: Channel) -> list[str]:
    """What came by a channel, as far as the record has it: of the base under its own name in the call, of passages those stopped."""
    call, told = trace.one("call"), trace.one(channel)
    if channel not in _SAID:
        return [
            step.content["text"] for step in trace.steps if step.kind == "stopped" and step.content and step.content["channel"] == channel
        ]
    if told is not None:
        return [str(told["text"])]
    if call is None:
        return []
    asked = [one["content"] for one in call["request"]["messages"] if one["role"] == "user"]
    return [text for text in (asked[-1:] if channel == "question" else [call["completion"]["text"]]) if text]


def _guard_decided(row: tuple[Any, ...]) -> GuardDecided:
    number, record, person, channel, action, label, score, bar, tagger, policy, at = row
    return GuardDecided(number, str(record), person, channel, action, label, score, bar, tagger, policy, at.isoformat(timespec="seconds"))


def _objection(row: tuple[Any, ...]) -> GuardObjection:
    number, act, person, wanted, label, state, decided_by, at, decided_at = row
    moment = decided_at.isoformat(timespec="seconds") if decided_at else None
    return GuardObjection(number, str(act), person, wanted, label, state, decided_by, at.isoformat(timespec="seconds"), moment)
