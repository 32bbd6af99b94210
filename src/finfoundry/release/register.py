"""The register: what was proposed, on which evidence, who promoted it, what serves. Every act is a record of the audit, in its transaction.

The one who promotes, and the one who fixed the exam, is not the one who proposed. A rollback needs one person: it only goes back to what
served before.
"""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from finfoundry.core.errors import InputError, NotFound, NotPermitted
from finfoundry.core.principal import Principal, is_proved
from finfoundry.release.candidate import ADAPTER, MODEL, Candidate, compared
from finfoundry.release.exam import Exam, SuiteTerms
from finfoundry.release.gate import Verdict
from finfoundry.runtime import audit
from finfoundry.runtime.database import Connection, Database

LOCK = 7246160  # one decision at a time
Serving = dict[str, "Release"]  # slot -> what serves there; a slot without a release is not in it


@dataclass(frozen=True, slots=True)
class Release:
    """One proposal. ``state``: refused by the gate, candidate, serving, or retired."""

    id: int
    slot: str
    name: str
    form: str
    sha256: str
    base: str
    base_sha256: str
    against: dict[str, int]
    passed: bool
    state: str
    why: str
    proposed_by: str
    proposed_at: str
    exam: int | None
    refusals: tuple[str, ...]
    proof: str  # how it was known who proposed it


@dataclass(frozen=True, slots=True)
class Move:
    """A change of what serves in a slot; ``release`` None is the model of the settings, or no adapter."""

    slot: str
    release: int | None
    before: int | None
    action: str
    why: str
    person: str
    at: str
    proof: str  # how it was known who that is


@dataclass(frozen=True, slots=True)
class Shown:
    """A release with its evidence and its history."""

    release: Release
    verdict: dict[str, Any]
    manifest: dict[str, Any]
    moves: list[Move]
    evidence: dict[str, list[str]]  # suite -> keys of the rows of what served and of the candidate


class Register:
    """``own`` returns the SHA-256 of the settings' model, which serves where no release does."""

    def __init__(self, database: Database, own: Callable[[], str]) -> None:
        self._database = database
        self._own = own

    def fix_exam(self, exam: Exam) -> Exam:
        """Keep an exam; from now on it is the one of its slot. Raises InputError without a reason."""
        _reasoned(exam.why)
        details = audit.plain(exam.suites)
        with self._database.owner() as connection:
            row = connection.execute(
                "INSERT INTO release_exams (slot, data, suites, sampled, seed, why, fixed_by)"
                " VALUES (%s, %s, %s, %s, %s, %s, %s) RETURNING id, fixed_at",
                (exam.slot, exam.data, Jsonb(details), exam.limit, exam.seed, exam.why, exam.fixed_by),
            ).fetchone()
            number, at = row or (0, datetime.now(UTC))  # RETURNING gives a row
            kept = dataclasses.replace(exam, id=number, fixed_at=at.isoformat(timespec="seconds"))
            step = audit.AuditStep("exam", audit.plain(kept))
            audit.append(connection, audit.AuditRecord(exam.fixed_by, "exam fixed", (step,), target=f"{exam.slot}/{kept.id}"))
            return kept

    def exam(self, slot: str, principal: Principal | None = None) -> Exam:
        """The exam in force for a slot. Raises NotFound where none was fixed, NotPermitted where ``principal``, who proposes, fixed it."""
        with self._database.owner() as connection:
            found = _exam(connection, slot)
        if found is None:
            raise NotFound(
                f"No exam is fixed for {slot!r}: nothing can be proposed there",
                remedy=f"Let a person who approves fix one: finfoundry release exam {slot} --data DIR --why REASON --as USER",
            )
        if principal and found.fixed_by == principal.user:
            raise NotPermitted(
                f"{principal.user} fixed exam {found.id} of {slot!r} and may not propose on it",
                remedy="Let a second person do it: --as USER",
            )
        return found

    def propose(
        self,
        principal: Principal,
        candidate: Candidate,
        verdict: Verdict,
        against: Serving,
        why: str,
        exam: Exam,
        evidence: dict[str, list[str]] | None = None,
    ) -> Release:
        """Keep a candidate with its evidence, also one that the gate refused. Raises InputError without a reason."""
        _reasoned(why)
        details = audit.plain(verdict)
        with self._database.owner() as connection:
            fields = {name: getattr(candidate, name) for name in ("slot", "name", "form", "sha256", "base", "base_sha256")}
            served = {slot: release.id for slot, release in against.items()}
            fields |= {"manifest": Jsonb(candidate.manifest), "against": Jsonb(served), "verdict": Jsonb(details)}
            fields |= {"passed": verdict.passed, "why": why, "proposed_by": principal.user, "proof": principal.proof}
            fields |= {"exam": exam.id, "evidence": Jsonb(evidence or {})}
            row = connection.execute(
                f"INSERT INTO releases ({', '.join(fields)}) VALUES ({', '.join(['%s'] * len(fields))}) RETURNING id",  # noqa: S608  our names
                list(fields.values()),
            ).fetchone()
            found = _one(connection, int(row[0]) if row else 0)
            known = {"release": dataclasses.asdict(found), "manifest": candidate.manifest, "verdict": details, "evidence": evidence or {}}
            step = audit.AuditStep("release", known)
            audit.append(connection, audit.AuditRecord(principal.user, "release proposed", (step,), target=str(found.id)))
            return found

    def promote(self, principal: Principal, releases: Sequence[int], why: str) -> list[Release]:
        """Let releases serve, all of them at once or none.

        Raises:
            NotPermitted: the gate refused one, or who promotes has proposed it.
            InputError: what serves is not what it was compared with, or an adapter's base would not serve with it.
            NotFound: there is no such release.
        """
        _reasoned(why)
        with self._database.owner() as connection:
            connection.execute("SELECT pg_advisory_xact_lock(%s)", (LOCK,))
            before = _serving(connection)
            wanted = [_one(connection, number) for number in releases]
            for release in wanted:
                _check(connection, release, principal, before)
            after = before | {release.slot: release for release in wanted}
            self._check_bases(after)
            act = uuid.uuid4()
            for release in wanted:
                _move(connection, principal, act, _Change(release.slot, release, before.get(release.slot)), "promoted", why)
            return [_one(connection, number) for number in releases]

    def check(self, principal: Principal, number: int) -> Release:
        """A release that the principal may promote now. Raises as ``promote`` does."""
        with self._database.owner() as connection:
            release = _one(connection, number)
            _check(connection, release, principal, _serving(connection))
            return release

    def note_confirmed(self, principal: Principal, release: Release, *, asked: int, same: int) -> None:
        """Record how much of a release's evidence was asked again before its promotion, and how many answers were judged the same."""
        step = audit.AuditStep("release", {"release": release.id, "asked_again": asked, "judged_the_same": same})
        with self._database.owner() as connection:
            audit.append(connection, audit.AuditRecord(principal.user, "release evidence repeated", (step,), target=str(release.id)))

    def before(self, slot: str) -> Serving:
        """What would serve after a rollback. Raises NotFound when nothing was promoted, InputError when an adapter would lose its base."""
        with self._database.owner() as connection:
            after, _ = self._undone(connection, slot)
            return after

    def rollback(self, principal: Principal, slot: str, why: str) -> Serving:
        """Undo the promotion of what serves in a slot, and of what was promoted with it; what serves then. Raises NotFound."""
        _reasoned(why)
        with self._database.owner() as connection:
            connection.execute("SELECT pg_advisory_xact_lock(%s)", (LOCK,))
            after, back = self._undone(connection, slot)
            now = _serving(connection)
            act = uuid.uuid4()
            for name in back:
                _move(connection, principal, act, _Change(name, after.get(name), now[name]), "rolled back", why)
            return _serving(connection)

    def _undone(self, connection: Connection, slot: str) -> tuple[Serving, list[str]]:
        """What serves once the last promotion of a slot is undone, and the slots that go back with it."""
        now = _serving(connection)
        if slot not in now:
            raise NotFound(f"No release serves as {slot!r}: there is nothing to roll back", remedy="See finfoundry release list")
        moves = _together(connection, now[slot])
        back = {name: before for name, release, before in moves if name in now and now[name].id == release}
        after = {name: release for name, release in now.items() if name not in back}
        after |= {name: _one(connection, before) for name, before in back.items() if before is not None}
        self._check_bases(after)
        return after, list(back)

    def releases(self) -> list[Release]:
        """All of them, the latest first."""
        with self._database.owner() as connection:
            return _read(connection, "", ())

    def show(self, number: int) -> Shown:
        """Raises NotFound."""
        with self._database.owner() as connection:
            found = _one(connection, number)
            row = connection.execute("SELECT verdict, manifest, evidence FROM releases WHERE id = %s", (number,)).fetchone()
            moves = connection.execute(f"{_MOVES} WHERE %s IN (release, before) ORDER BY id", (number,)).fetchall()
        verdict, manifest, evidence = row or ({}, {}, {})
        return Shown(found, verdict, manifest, [_moved(row) for row in moves], evidence)

    def serving(self) -> Serving:
        return serving(self._database)

    def _check_bases(self, after: Serving) -> None:
        """Adapters serve only with the base on which they were learned. Raises InputError naming the first that would not."""
        for slot, release in sorted((slot, one) for slot, one in after.items() if one.form == ADAPTER):
            model = after[MODEL].sha256 if MODEL in after else self._own()
            if release.base_sha256 != model:
                raise InputError(
                    f"the adapter {slot} was learned on {release.base} ({release.base_sha256[:12]}…); {model[:12]}… would serve with it",
                    remedy="Promote it together with its base (finfoundry release upgrade tunes adapters anew), or roll it back first",
                )


def serving(database: Database) -> Serving:
    """What serves now, by slot."""
    with database.owner() as connection:
        return _serving(connection)


def serving_digest(database: Database, slot: str) -> str | None:
    """The SHA-256 of the release that serves in a slot; None where none does."""
    query = (
        "SELECT r.sha256 FROM release_moves m JOIN releases r ON r.id = m.release"
        " WHERE m.id = (SELECT max(id) FROM release_moves WHERE slot = %s)"
    )
    with database.owner() as connection:
        row = connection.execute(query, (slot,)).fetchone()
    return str(row[0]) if row else None


def _exam(connection: Connection, slot: str) -> Exam | None:
    """The latest exam of a slot."""
    row = connection.execute(
        "SELECT slot, data, suites, sampled, seed, why, fixed_by, id, fixed_at FROM release_exams WHERE slot = %s ORDER BY id DESC LIMIT 1",
        (slot,),
    ).fetchone()
    if row is None:
        return None
    _, data, suites, limit, seed, why, person, number, at = row
    terms = {name: SuiteTerms(**details) for name, details in suites.items()}
    return Exam(slot, data, terms, limit, seed, why, person, number, at.isoformat(timespec="seconds"))


def _check(connection: Connection, release: Release, principal: Principal, before: Serving) -> None:
    if not release.passed:
        raise NotPermitted(f"the gate refused release {release.id}: {'; '.join(release.refusals)}", remedy="Propose a better candidate")
    if release.proposed_by == principal.user:
        raise NotPermitted(
            f"{principal.user} proposed release {release.id} and may not promote it",
            remedy="Let a second person do it, with a key of their own",
        )
    if is_proved(principal.proof) and not is_proved(release.proof):
        raise NotPermitted(
            f"nothing proves that {release.proposed_by} proposed release {release.id}, so that it may have been you",
            remedy="Propose it again, with a key (FINFOUNDRY_KEY)",
        )
    exam = _exam(connection, release.slot)
    if exam is None or exam.id != release.exam:
        raise InputError(f"release {release.id} passed another exam than the one in force", remedy="Propose it again")
    there = {slot: found.id for slot, found in before.items()}
    if any(there.get(slot) != release.against.get(slot) for slot in compared(release.slot)):
        raise InputError(f"release {release.id} was compared with what served then, not with what serves now", remedy="Propose it again")


def _reasoned(why: str) -> None:
    if not why.strip():
        raise InputError("a decision needs its reason", remedy="Give it with --why")


@dataclass(frozen=True, slots=True)
class _Change:
    slot: str
    release: Release | None
    before: Release | None


def _move(connection: Connection, principal: Principal, act: uuid.UUID, change: _Change, action: str, why: str) -> None:
    release, before = change.release, change.before
    connection.execute(
        "INSERT INTO release_moves (act, slot, release, before, action, why, person, proposed_by, proof)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)",
        (
            act,
            change.slot,
            release and release.id,
            before and before.id,
            action,
            why,
            principal.user,
            release and release.proposed_by,
            principal.proof,
        ),
    )
    details = {"slot": change.slot, "release": release and dataclasses.asdict(release), "before": before and before.id, "why": why}
    details |= {"proof": principal.proof}
    target = str(release.id) if release else change.slot
    audit.append(connection, audit.AuditRecord(principal.user, f"release {action}", (audit.AuditStep("release", details),), target=target))


def _together(connection: Connection, release: Release) -> list[tuple[str, int, int | None]]:
    """Slot, release and what served before, for all that was promoted in one act with this release."""
    return connection.execute(
        "SELECT slot, release, before FROM release_moves WHERE act = (SELECT act FROM release_moves"
        " WHERE release = %s AND action = 'promoted' ORDER BY id DESC LIMIT 1) AND action = 'promoted' ORDER BY id",
        (release.id,),
    ).fetchall()


_NOW = "SELECT release FROM release_moves WHERE id IN (SELECT max(id) FROM release_moves GROUP BY slot)"
_STATE = (
    f"CASE WHEN id IN ({_NOW}) THEN 'serving' WHEN id IN (SELECT release FROM release_moves) THEN 'retired'"  # noqa: S608  a constant
    " WHEN passed THEN 'candidate' ELSE 'refused' END AS state"
)
_MOVES = "SELECT slot, release, before, action, why, person, at, proof FROM release_moves"


def _read(connection: Connection, where: str, given: tuple[object, ...]) -> list[Release]:
    columns = "id, slot, name, form, sha256, base, base_sha256, against, passed, why, proposed_by, proposed_at, proof, exam, verdict"
    with connection.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(f"SELECT {columns}, {_STATE} FROM releases {where} ORDER BY id DESC", given).fetchall()  # noqa: S608
    return [_released(row) for row in rows]


def _released(row: dict[str, Any]) -> Release:
    findings = row.pop("verdict")["findings"]
    refusals = tuple(f"{one['suite']}: {one['why']}" for one in findings if not one["passed"])
    return Release(**row | {"proposed_at": row["proposed_at"].isoformat(timespec="seconds")}, refusals=refusals)


def _one(connection: Connection, number: int) -> Release:
    found = _read(connection, "WHERE id = %s", (number,))
    if not found:
        raise NotFound(f"There is no release {number}", remedy="See finfoundry release list")
    return found[0]


def _serving(connection: Connection) -> Serving:
    return {release.slot: release for release in _read(connection, f"WHERE id IN ({_NOW})", ())}


def _moved(row: tuple[Any, ...]) -> Move:
    slot, release, before, action, why, person, at, proof = row
    return Move(slot, release, before, action, why, person, at.isoformat(timespec="seconds"), proof)
