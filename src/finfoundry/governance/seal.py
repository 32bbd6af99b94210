"""Sealing: the one place that chains audit records and signs the head, and that says whether all is as it was.

The head is kept in three places: in the database, in ``home/audit/head.json``, and wherever a receipt of it was sent or printed.
The file is written before the commit (as ``sealing``) and after it (as ``sealed``), so that a kill between the two raises no alarm.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import syslog
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from finfoundry.core.display import Display, escaped
from finfoundry.core.errors import InputError, IntegrityError
from finfoundry.core.principal import Principal, require_administrator
from finfoundry.governance.chain import START, ChainEntry, Head, Link, Problem, Signer, check, link
from finfoundry.governance.trail import COLUMNS, check_contents, entry_of, moment
from finfoundry.runtime.audit import AuditRecord, AuditStep, append
from finfoundry.runtime.database import Connection, Database
from finfoundry.runtime.keys import Master, write_durably

Announce = Callable[[Head], None]
_BATCH = 2000
_LOCK = 0x5EA1


@dataclass(frozen=True, slots=True)
class Heads:
    """What the file in the home holds: the head that was sealed, and the one that was being sealed when it was last written."""

    sealed: Head | None = None
    sealing: Head | None = None


@dataclass(slots=True)
class Verification:
    """What ``verify`` found. ``unsealed`` records wait for the sealer; ``erased`` counts steps whose key was deleted on record."""

    ok: bool = True
    records: int = 0
    sealed: int = 0
    unsealed: int = 0
    erased: int = 0
    head: str | None = None  # the receipt
    problems: list[Problem] = field(default_factory=list)

    def show_on(self, display: Display) -> None:
        told = "[bold green]the chain holds[/]" if self.ok else "[bold red]THE CHAIN DOES NOT HOLD[/]"
        display.wrapped(f"{told}  {self.records} records, {self.sealed} sealed, {self.unsealed} waiting, {self.erased} steps erased")
        for problem in self.problems:
            where = " ".join(filter(None, (str(problem.sequence or ""), problem.record)))
            display.line(f"  [red]{escaped(problem.message)}[/] {where}")
        if self.head:
            display.line(f"  receipt (keep it elsewhere): {escaped(self.head)}")


def seal(database: Database, home: Path, announce: Announce | None = None) -> Head | None:
    """Chain all records that were committed since, sign the new head and put it into the home. None when there was nothing to do.

    Raises:
        IntegrityError: the chain does not go on from the head outside the database: sealing on would cover up the loss.
    """
    signer = Signer.open(home)
    with locked(home):
        heads = read_heads(home)
        with database.owner() as connection:
            head = _extend(connection, signer, heads, home)
        if head is not None:
            write_heads(home, Heads(sealed=head))
            if announce is not None:
                announce(head)
    return head


def verify(database: Database, home: Path, *, receipts: Iterable[str] = (), contents: bool = True) -> Verification:
    """Check every link, signature, record, key and content; ``receipts`` are heads kept elsewhere.

    Sealing waits meanwhile, writing does not.
    """
    kept = [Head.from_receipt(receipt) for receipt in receipts]
    with locked(home), database.owner() as connection:
        return examine(connection, home, kept, contents=contents)


def examine(connection: Connection, home: Path, receipts: Iterable[Head] = (), *, contents: bool = True) -> Verification:
    """``verify`` inside a transaction of the owner's; the caller sees to it that nobody seals meanwhile."""
    found = Verification()
    stored = _stored_heads(connection)
    outside = [*receipts, *_outside(home, stored, found.problems)]
    found.problems += check(_links(connection), [*stored, *outside], Signer.open(home))
    lost = {head.sequence for head in outside if head not in stored}
    found.problems += [Problem(f"Removed: the head signed at {number} is not in the database", number) for number in sorted(lost)]
    found.records, found.sealed, found.unsealed = _counts(connection)
    found.problems += _unchained(connection)
    found.head = stored[-1].receipt() if stored else None
    if contents:
        found.erased = check_contents(connection, Master.open(home), found.problems)
    found.ok = not found.problems
    return found


def resume(database: Database, home: Path, principal: Principal, reason: str) -> Head | None:
    """Go on sealing from the end that the database has, after it was restored from a backup: the loss is recorded, not hidden.

    Raises:
        NotPermitted: the principal is no administrator.
        IntegrityError: what the database still has is not whole.
    """
    require_administrator(principal)
    signer = Signer.open(home)
    with locked(home), database.owner() as connection:
        stored = _stored_heads(connection)
        problems = [*check(_links(connection), stored, signer), *_unchained(connection)]
        if problems:
            remedy = "Restore the database from another backup, and see finfoundry audit verify"
            raise IntegrityError(f"The chain cannot be resumed: {problems[0].message}", remedy=remedy)
        lost = [head.receipt() for head in _outside_or_none(home)]
        step = AuditStep("resumed", {"reason": reason, "lost": lost, "from": stored[-1].receipt() if stored else None})
        append(connection, AuditRecord(principal.user, "chain resumed", (step,)))
        write_heads(home, Heads(sealed=stored[-1] if stored else None))
    return seal(database, home)


def last_receipt(connection: Connection) -> str | None:
    """The receipt of the head that the database holds; None where nothing was sealed yet."""
    stored = _stored_heads(connection, last_only=True)
    return stored[0].receipt() if stored else None


def announce_to_syslog(head: Head) -> None:
    """Send the receipt to the system's log, from where it can go to another machine."""
    syslog.syslog(syslog.LOG_NOTICE | syslog.LOG_AUTH, head.receipt())


def read_heads(home: Path) -> Heads:
    """The heads in the home's file.

    Raises:
        IntegrityError: the file is damaged.
    """
    path = _path(home)
    if not path.exists():
        return Heads()
    try:
        stored = json.loads(path.read_text("ascii"))
        sealed, sealing = (Head.from_receipt(stored[name]) if stored[name] else None for name in ("sealed", "sealing"))
    except (ValueError, KeyError, TypeError, InputError) as error:
        raise IntegrityError(f"{path} is damaged", remedy="Restore it from a backup, or from a receipt of the chain's head") from error
    return Heads(sealed, sealing)


def write_heads(home: Path, heads: Heads) -> None:
    """Replace the home's file as a whole."""
    path = _path(home)
    new = path.with_suffix(".new")
    receipts = {name: head.receipt() if head else None for name, head in (("sealed", heads.sealed), ("sealing", heads.sealing))}
    write_durably(new, json.dumps(receipts, indent=1) + "\n")
    new.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    os.fsync(folder)
    os.close(folder)


def _extend(connection: Connection, signer: Signer, heads: Heads, home: Path) -> Head | None:
    connection.execute("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))
    last = _last_head(connection, signer, heads)
    head: Head | None = None
    sequence, previous = (last.sequence, last.hash) if last else (0, START)
    while batch := _take_pending(connection):
        links = []
        for entry in batch:
            current = link(sequence + 1, previous, entry)
            sequence, previous = current.sequence, current.hash
            links.append((current.sequence, current.record, current.previous, current.hash))
        connection.cursor().executemany("INSERT INTO audit_chain (sequence, record, previous, hash) VALUES (%s, %s, %s, %s)", links)
        head = signer.sign(sequence, previous, moment(datetime.now(UTC)))
    if head is not None:
        values = (head.sequence, head.hash, head.at, head.signature)
        connection.execute("INSERT INTO audit_head (sequence, hash, at, signature) VALUES (%s, %s, %s, %s)", values)
        write_heads(home, Heads(sealed=last, sealing=head))
    return head


def _last_head(connection: Connection, signer: Signer, heads: Heads) -> Head | None:
    """The head to go on from, after comparing database and home."""
    stored = _stored_heads(connection, last_only=True)
    last = stored[0] if stored else None
    if last is not None and not signer.signed(last):
        raise IntegrityError("The chain was signed by another home", remedy="Seal it there: FINFOUNDRY_HOME must hold its keys/seal.key")
    known = [head for head in (heads.sealed, heads.sealing) if head is not None]
    agrees = last in known if known and last else last is None and heads.sealed is None
    at_end = _last_link(connection) == ((last.sequence, last.hash) if last else None)
    if not (agrees and at_end):
        remedy = "Run finfoundry audit verify, which says where. Restored from a backup? Then resume the chain (docs/governance.md)"
        raise IntegrityError("The audit chain does not end where its head outside the database says", remedy=remedy)
    return last


def _last_link(connection: Connection) -> tuple[int, bytes] | None:
    row = connection.execute("SELECT sequence, hash FROM audit_chain ORDER BY sequence DESC LIMIT 1").fetchone()
    return row and (row[0], bytes(row[1]))


def _take_pending(connection: Connection) -> list[ChainEntry]:
    rows = connection.execute(
        f"WITH taken AS (DELETE FROM audit_pending WHERE record IN (SELECT record FROM audit_pending LIMIT {_BATCH}) RETURNING record)"  # noqa: S608  a constant
        f" SELECT {COLUMNS} FROM audit_record r JOIN taken ON taken.record = r.id ORDER BY r.at, r.id"
    )
    return [entry_of(row) for row in rows]


def _stored_heads(connection: Connection, *, last_only: bool = False) -> list[Head]:
    order = "DESC LIMIT 1" if last_only else "ASC"
    rows = connection.execute(f"SELECT sequence, hash, at, signature FROM audit_head ORDER BY sequence {order}")  # noqa: S608  a constant
    return [Head(sequence, bytes(digest), at, bytes(signature)) for sequence, digest, at, signature in rows]


def _links(connection: Connection) -> Iterator[tuple[Link, ChainEntry | None]]:
    query = (
        f"SELECT c.sequence, c.record, c.previous, c.hash, {COLUMNS} FROM audit_chain c"  # noqa: S608  a constant
        " LEFT JOIN audit_record r ON r.id = c.record ORDER BY c.sequence"
    )
    with connection.cursor("audit_links") as cursor:
        for sequence, record, previous, digest, *row in cursor.execute(query):
            yield Link(sequence, str(record), bytes(previous), bytes(digest)), entry_of(tuple(row)) if row[0] else None


def _counts(connection: Connection) -> tuple[int, int, int]:
    query = "SELECT (SELECT count(*) FROM audit_record), (SELECT count(*) FROM audit_chain), (SELECT count(*) FROM audit_pending)"
    row = connection.execute(query).fetchone()
    return row or (0, 0, 0)


def _unchained(connection: Connection) -> Iterator[Problem]:
    rows = connection.execute(
        "SELECT r.id FROM audit_record r WHERE NOT EXISTS (SELECT FROM audit_chain c WHERE c.record = r.id)"
        " AND NOT EXISTS (SELECT FROM audit_pending p WHERE p.record = r.id) ORDER BY r.at"
    )
    for (record,) in rows:
        yield Problem(f"Inserted or unchained: record {record} is neither in the chain nor waiting for it", record=str(record))


def _outside(home: Path, stored: list[Head], problems: list[Problem]) -> list[Head]:
    """The heads in the home that the database must agree with."""
    try:
        heads = read_heads(home)
    except IntegrityError as error:
        problems.append(Problem(str(error)))
        return []
    if stored and heads == Heads():
        problems.append(Problem(f"No head outside the database: without {_path(home)} a cut tail could not be seen"))
    finished = heads.sealing is not None and bool(stored) and stored[-1].sequence >= heads.sealing.sequence
    return [head for head in (heads.sealed, heads.sealing if finished else None) if head is not None]


def _outside_or_none(home: Path) -> list[Head]:
    try:
        heads = read_heads(home)
    except IntegrityError:  # lost with the rest
        return []
    return [head for head in (heads.sealed, heads.sealing) if head is not None]


def _path(home: Path) -> Path:
    return home / "audit" / "head.json"


@contextlib.contextmanager
def locked(home: Path) -> Iterator[None]:
    """One sealer at a time; the kernel lets go when the process dies."""
    folder = home / "audit"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (folder / "lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
