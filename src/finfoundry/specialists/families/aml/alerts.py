"""The queue of alerts on accounts: opened by score or rules, worked on with notes, closed by two people. Every act is an audit record.

The tables carry the label of the specialist: the database lets those see an alert who may read the label, and those act who may write it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

from psycopg.types.json import Jsonb

from finfoundry.core.errors import InputError, NotFound, NotPermitted
from finfoundry.core.principal import Principal, is_proved
from finfoundry.runtime import audit
from finfoundry.runtime.database import Connection, Database
from finfoundry.specialists.families.aml.typologies import TypologyFinding

Outcome = Literal["report", "no suspicion"]
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)
State = Literal["open", "proposed", "closed"]
STATES: tuple[State, ...] = get_args(State)
_LONGEST = 20_000  # characters of a note


@dataclass(frozen=True, slots=True)
class Entry:
    """One step of a case: a note, a narrative, a proposal, its return, the closing."""

    kind: str
    content: Mapping[str, Any]
    person: str
    at: str
    record: str


@dataclass(frozen=True, slots=True)
class Alert:
    """One account under suspicion. ``findings`` are the rules that fired, each with its transfers; ``score`` is the record of its score."""

    id: int
    specialist: str
    version: str
    account: str
    as_of: str
    state: str
    outcome: str | None
    output: Mapping[str, Any]
    findings: Sequence[Mapping[str, Any]]
    opened_by: str
    opened_at: str
    proposed_by: str | None
    closed_by: str | None
    closed_at: str | None
    score: str
    record: str
    entries: Sequence[Entry] = ()


@dataclass(frozen=True, slots=True)
class Suspicion:
    """What an alert is opened by: the recorded output, whether the score alone calls for a person, and the rules that fired."""

    account: str
    output: Mapping[str, Any]
    alerted: bool
    findings: Sequence[TypologyFinding]

    @property
    def content(self) -> dict[str, Any]:
        return {"output": audit.plain(self.output), "alerted": self.alerted, "findings": audit.plain(self.findings)}

    def fingerprint(self, version: str) -> str:
        """What it rests on: the findings; without any, that this version alerts."""
        rests: Any = self.content["findings"] or version
        return hashlib.sha256(audit.canonical(rests)).hexdigest()


@dataclass(frozen=True, slots=True)
class AlertBatch:
    """Where suspicions come from: specialist, the record of its scores, the day of the judgement, the digest of the rules."""

    name: str
    version: str
    score: str
    as_of: str
    rules: str


@dataclass
class Raised:
    """What came of a batch. ``again``: an alert of the account is open and was added to; ``known``: the same was closed before."""

    specialist: str
    accounts: int
    score: str
    opened: list[Alert] = field(default_factory=list)
    again: list[int] = field(default_factory=list)
    known: list[str] = field(default_factory=list)


def open_alerts(connection: Connection, principal: Principal, batch: AlertBatch, found: Sequence[Suspicion], accounts: int) -> Raised:
    """Put suspicions into the queue. Raises NotPermitted: the principal may only read the label."""
    raised = Raised(batch.name, accounts, batch.score)
    label = connection.execute("SELECT label_id FROM specialists WHERE version = %s", (batch.version,)).fetchone()
    if label is None:
        raise NotFound(f"There is no version {batch.version[:12]} of {batch.name!r}")
    _require_writing(connection, int(label[0]), batch.name)
    for one in found:
        _open(connection, principal, batch, int(label[0]), one, raised)
    return raised


def _open(connection: Connection, principal: Principal, batch: AlertBatch, label: int, one: Suspicion, raised: Raised) -> None:
    query = (
        "SELECT id, state, fingerprint FROM aml_alerts WHERE (label_id, name, account) = (%s, %s, %s) ORDER BY id DESC LIMIT 1 FOR UPDATE"
    )
    last = connection.execute(query, (label, batch.name, one.account)).fetchone()
    print_ = one.fingerprint(batch.version)
    if last and last[2] == print_:
        raised.known.append(one.account) if last[1] == "closed" else raised.again.append(last[0])
        return
    content = {**one.content, "rules": batch.rules}
    if last and last[1] != "closed":
        told = {**content, "score": batch.score, "as_of": batch.as_of}
        _enter(connection, principal, last[0], label, "seen again", told)
        connection.execute("UPDATE aml_alerts SET fingerprint = %s WHERE id = %s", (print_, last[0]))
        raised.again.append(last[0])
        return
    about = {"specialist": batch.name, "version": batch.version, "account": one.account, "as_of": batch.as_of, "score": batch.score}
    record = audit.AuditRecord(principal.user, "alert opened", (audit.AuditStep("alert", {**about, **content}),), target=batch.version)
    audit.append(connection, record)
    row = connection.execute(
        "INSERT INTO aml_alerts (label_id, name, version, account, as_of, score, content, fingerprint, opened_by, record)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s) RETURNING id",
        (label, batch.name, batch.version, one.account, batch.as_of, batch.score, Jsonb(content), print_, principal.user, record.id),
    ).fetchone()
    raised.opened.append(_one(connection, batch.name, int(row[0]) if row else 0))


def listed(database: Database, principal: Principal, name: str, state: str | None = None) -> list[Alert]:
    """The queue of a specialist, the riskiest first. Raises InputError: no such state."""
    if state is not None and state not in STATES:
        raise InputError(f"There is no state {state!r}", remedy=f"Choose one of {', '.join(STATES)}")
    with database.transaction(principal) as connection:
        rows = connection.execute(
            f"{_ALERTS} WHERE name = %s AND (%s::text IS NULL OR state = %s)"
            " ORDER BY (content -> 'output' ->> 'probability')::float8 DESC NULLS LAST, id",
            (name, state, state),
        ).fetchall()
    return [_alert(row) for row in rows]


def shown(database: Database, principal: Principal, name: str, number: int) -> Alert:
    """One alert with its case. Raises NotFound."""
    with database.transaction(principal) as connection:
        return _one(connection, name, number)


def note(database: Database, principal: Principal, name: str, number: int, text: str) -> Alert:
    """Add a note. Raises NotFound, InputError, NotPermitted."""
    return add(database, principal, name, number, "note", {"text": _said(text)})


def add(database: Database, principal: Principal, name: str, number: int, kind: str, content: Mapping[str, Any]) -> Alert:
    """Add to the case of an alert that is not closed. Raises NotFound, NotPermitted."""
    with database.transaction(principal) as connection:
        label = _locked(connection, name, number)[0]
        _enter(connection, principal, number, label, kind, content)
        return _one(connection, name, number)


def propose(database: Database, principal: Principal, name: str, number: int, outcome: str, why: str) -> Alert:
    """Propose to close an alert. Raises NotFound, NotPermitted, InputError: no outcome, no reason, no narrative to report."""
    if outcome not in OUTCOMES:
        raise InputError(f"There is no outcome {outcome!r}", remedy=f"Choose one of {', '.join(OUTCOMES)}")
    why = _said(why)
    with database.transaction(principal) as connection:
        label, state, *_ = _locked(connection, name, number)
        if state != "open":
            raise InputError(f"Alert {number} is {state}", remedy="Return the proposal first, or let another person close it")
        drafted = connection.execute("SELECT 1 FROM aml_case_entries WHERE alert = %s AND kind = 'narrative'", (number,)).fetchone()
        if outcome == "report" and drafted is None:
            raise InputError(f"Alert {number} has no narrative to report", remedy="Draft one: finfoundry specialists alerts narrative")
        connection.execute(
            "UPDATE aml_alerts SET state = 'proposed', outcome = %s, proposed_by = %s, proposed_proof = %s WHERE id = %s",
            (outcome, principal.user, principal.proof, number),
        )
        _enter(connection, principal, number, label, "proposed", {"outcome": outcome, "why": why})
        return _one(connection, name, number)


def close(database: Database, principal: Principal, name: str, number: int) -> Alert:
    """Close an alert as proposed. Raises NotFound; InputError: nothing is proposed; NotPermitted: by the one who proposed it."""
    with database.transaction(principal) as connection:
        label, outcome = _second(connection, principal, name, number)
        connection.execute(
            "UPDATE aml_alerts SET state = 'closed', closed_by = %s, closed_proof = %s, closed_at = now() WHERE id = %s",
            (principal.user, principal.proof, number),
        )
        _enter(connection, principal, number, label, "closed", {"outcome": outcome})
        return _one(connection, name, number)


def send_back(database: Database, principal: Principal, name: str, number: int, why: str) -> Alert:
    """Return a proposal: the alert is open again. Raises as ``close``, and InputError without a reason."""
    why = _said(why)
    with database.transaction(principal) as connection:
        label, outcome = _second(connection, principal, name, number)
        connection.execute(
            "UPDATE aml_alerts SET state = 'open', outcome = NULL, proposed_by = NULL, proposed_proof = NULL WHERE id = %s", (number,)
        )
        _enter(connection, principal, number, label, "returned", {"outcome": outcome, "why": why})
        return _one(connection, name, number)


def _second(connection: Connection, principal: Principal, name: str, number: int) -> tuple[int, str]:
    """The label and the outcome proposed, for another than the one who proposed it. Raises InputError, NotPermitted."""
    label, state, outcome, proposed_by, proof = _locked(connection, name, number)
    if state != "proposed":
        raise InputError(f"Nothing is proposed for alert {number}: it is {state}", remedy="Propose an outcome first")
    if proposed_by == principal.user:
        raise NotPermitted(f"{principal.user} proposed this and may not decide on it", remedy="Let a second person do it")
    if is_proved(principal.proof) and not is_proved(proof):
        raise NotPermitted(
            f"nothing proves that {proposed_by} proposed this, so that it may have been you",
            remedy="Let it be proposed again, with a key (FINFOUNDRY_KEY)",
        )
    return label, outcome


def _said(text: str) -> str:
    if not text.strip() or len(text) > _LONGEST:
        raise InputError(f"Give a text of at most {_LONGEST:,} characters")
    return text.strip()


def _locked(connection: Connection, name: str, number: int) -> tuple[int, str, str, str, str]:
    """Label, state, outcome, who proposed it and how that is known. Raises NotFound, NotPermitted; InputError: closed."""
    query = "SELECT label_id, state, outcome, proposed_by, proposed_proof FROM aml_alerts WHERE (name, id) = (%s, %s)"
    seen = connection.execute(query, (name, number)).fetchone()
    if seen is None:
        raise NotFound(f"There is no alert {number} of {name!r}", remedy="See finfoundry specialists alerts list")
    _require_writing(connection, int(seen[0]), name)
    found = connection.execute(f"{query} FOR UPDATE", (name, number)).fetchone() or seen
    if found[1] == "closed":
        raise InputError(f"Alert {number} is closed", remedy="What comes to light later opens a new one")
    return int(found[0]), str(found[1]), found[2], found[3], found[4]


def _require_writing(connection: Connection, label: int, name: str) -> None:
    if not connection.execute("SELECT %s = ANY ((SELECT writable_labels())::integer[])", (label,)).fetchone() == (True,):
        raise NotPermitted(f"You may not work on alerts of {name!r}", remedy="Ask an administrator for a grant that may write")


def _enter(connection: Connection, principal: Principal, alert: int, label: int, kind: str, content: Mapping[str, Any]) -> None:
    told = audit.plain(content)
    step = audit.AuditStep("case", {"alert": alert, "kind": kind, **told, "proof": principal.proof})
    record = audit.AuditRecord(principal.user, f"alert {kind}", (step,), target=str(alert))
    audit.append(connection, record)
    connection.execute(
        "INSERT INTO aml_case_entries (alert, label_id, kind, content, person, proof, record) VALUES (%s, %s, %s, %s, %s, %s, %s)",
        (alert, label, kind, Jsonb(told), principal.user, principal.proof, record.id),
    )


_ALERTS = (
    "SELECT id, name, version, account, as_of, state, outcome, content, opened_by, opened_at, proposed_by, closed_by, closed_at, score,"
    " record FROM aml_alerts"
)


def _one(connection: Connection, name: str, number: int) -> Alert:
    row = connection.execute(f"{_ALERTS} WHERE (name, id) = (%s, %s)", (name, number)).fetchone()
    if row is None:
        raise NotFound(f"There is no alert {number} of {name!r}", remedy="See finfoundry specialists alerts list")
    query = "SELECT kind, content, person, at, record FROM aml_case_entries WHERE alert = %s ORDER BY id"
    case = connection.execute(query, (number,)).fetchall()
    return _alert(row, [Entry(kind, content, person, at.isoformat(), str(record)) for kind, content, person, at, record in case])


def _alert(row: tuple[Any, ...], entries: Sequence[Entry] = ()) -> Alert:
    number, name, version, account, as_of, state, outcome, content, opened_by, opened_at, proposed_by, closed_by, closed_at, *records = row
    return Alert(
        number, name, version, account, as_of, state, outcome, content["output"], content["findings"], opened_by, opened_at.isoformat(),
        proposed_by, closed_by, closed_at.isoformat() if closed_at else None, str(records[0]), str(records[1]), tuple(entries),
    )  # fmt: skip
