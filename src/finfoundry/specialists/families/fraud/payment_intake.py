"""Payments into the state that fraud's windows look back on, and their scores: by route, command and worker, each exactly once.

A batch of payments is entered, scored and recorded in one transaction. What waits for the worker lies in the database; the worker enters it
under the identity of who sent it.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

import pandas as pd
from psycopg.types.json import Jsonb

from finfoundry.core.errors import InputError, NotFound, NotPermitted
from finfoundry.core.principal import Principal
from finfoundry.runtime import audit, jobs
from finfoundry.runtime.database import Connection, Database
from finfoundry.specialists.families.fraud import fraud
from finfoundry.specialists.families.fraud.payments import Entered, Payments, Stream
from finfoundry.specialists.families.fraud.timeline import day
from finfoundry.specialists.families.fraud.windows import Ledger
from finfoundry.specialists.inputs.table import times
from finfoundry.specialists.inputs.target import texts_of
from finfoundry.specialists.lifecycle.batches import ScoringBatch as Scoring
from finfoundry.specialists.lifecycle.batches import score_blocks
from finfoundry.specialists.lifecycle.beside import Beside
from finfoundry.specialists.lifecycle.registry import Registry
from finfoundry.specialists.lifecycle.shadow import Shadow, shadow_of
from finfoundry.specialists.lifecycle.validate import Refused
from finfoundry.specialists.models.specialist import Specialist
from finfoundry.specialists.scoring.score import Scored
from finfoundry.specialists.scoring.scores import ENTER_PAYMENTS

Served = Callable[[str], Any]  # version -> what it holds


@dataclass(frozen=True)
class Taken:
    """What came of a batch. ``late`` payments lie before one that was known: they count from their own time on, and scores that were given
    stay. ``corrected``: labels that say another thing than before.
    """

    specialist: str
    version: str
    entered: int
    repeated: int
    late: int
    refused: list[Refused]
    labels: int
    labels_repeated: int
    corrected: int
    unknown: list[str]
    known_until: str | None
    scores: Scored | None

    def after(self, earlier: Taken | None, first: int) -> Taken:
        """This and what was taken before it; ``first``: the rows before this one's first."""
        refused = [Refused(one.row + first, one.reason) for one in self.refused]
        if earlier is None:
            return replace(self, refused=refused)
        counts = ("entered", "repeated", "late", "labels", "labels_repeated", "corrected")
        sums: dict[str, Any] = {name: getattr(earlier, name) + getattr(self, name) for name in counts}
        unknown, scores = earlier.unknown + self.unknown, _both(earlier.scores, self.scores)
        return replace(self, **sums, refused=earlier.refused + refused, unknown=unknown, scores=scores)


@dataclass(frozen=True)
class PaymentBatch:
    """Payments on their way through the worker."""

    id: str
    specialist: str
    state: Literal["waiting", "done", "failed"]
    result: dict[str, Any] | None  # as ``Taken``, or the error


class PaymentIntake:
    """Takes in the payments that reach one process. ``served`` loads a version."""

    def __init__(self, database: Database, registry: Registry, served: Served) -> None:
        self._database, self._registry, self._served = database, registry, served
        self._payments = Payments()
        self._seeded: set[tuple[str, str]] = set()

    def enter(
        self,
        principal: Principal,
        name: str,
        rows: Sequence[Mapping[str, Any]] | pd.DataFrame,
        labels: Mapping[str, bool],
        *,
        score: bool = True,
        reasons: bool = False,
    ) -> Taken:
        """Enter payments and labels, and score the payments by the version in use.

        Raises NotFound: none is promoted, or it is not the principal's; NotPermitted: it may only be read; InputError.
        """
        version = self._registry.promoted(principal, name)
        made = self._fraud(version, name)
        self.seed(name, made)
        table = (rows if isinstance(rows, pd.DataFrame) else pd.DataFrame(list(rows))).reset_index(drop=True)
        with self._registry.serving(principal, name) as (now, connection):
            if now != version:
                raise InputError(f"Another version of {name!r} came into use meanwhile", remedy="Send the payments again")
            stream = self._payments.locked(connection, name, made.request, _label(connection, version))
            good, refused = _readable(table, made) if len(table) else (table, [])
            challenger = shadow_of(connection, name) if score else None
            try:
                fit, taken = self._enter(
                    connection, principal, made, name, stream, good, refused, labels, challenger, score=score, reasons=reasons
                )
            except BaseException:
                self._payments.drop(stream)
                raise
        if challenger is not None and taken.scores is not None:
            self.challenge(principal, challenger, taken.scores, fit)
        return taken

    def challenge(self, principal: Principal, challenger: Shadow, answered: Scored, table: pd.DataFrame) -> None:
        """Score payments that were answered by a challenger, too, on the state that the version in use looks back on."""

        def past(made: Specialist, connection: Connection) -> Ledger | None:
            return self.look(connection, made, challenger.name, table, challenges=True)

        Beside(self._database, self._registry, self._served, principal, challenger).rows(fraud.CLASSIFIER, answered, table, past)

    def _enter(
        self, connection: Connection, principal: Principal, made: Specialist, name: str, stream: Stream, table: pd.DataFrame,
        refused: list[Refused], labels: Mapping[str, bool], challenger: Shadow | None, *, score: bool, reasons: bool,
    ) -> tuple[pd.DataFrame, Taken]:  # fmt: skip
        payments = fraud.payments_of(table, made.request) if len(table) else []
        found, ledger = self._payments.enter(connection, stream, made.request, payments, labels)
        _record(connection, principal, made, name, found)
        ids = pd.Series([one.id for one in payments], index=table.index, dtype=object)
        differing = ids.isin(found.differing)
        refused = refused + [Refused(int(row) + 1, f"the payment {ids[row]!r} is known with other values") for row in ids.index[differing]]
        fit = table[~differing & ~ids.duplicated()].drop(columns=made.request.target, errors="ignore").reset_index(drop=True)
        scoring = Scoring(fraud.CLASSIFIER, principal, made, name, None, {} if challenger is None else {"challenger": challenger})
        scores = (
            score_blocks(self._registry, scoring, iter([fit]), ledger, reasons=reasons, within=connection) if score and len(fit) else None
        )
        last = stream.timeline.last
        counted = asdict(found)
        counted.pop("differing")
        until = None if last is None else day(last)
        return fit, Taken(name, made.version, refused=refused, known_until=until, scores=scores, **counted)

    def look(self, connection: Connection, made: Specialist, name: str, table: pd.DataFrame, *, challenges: bool = False) -> Ledger | None:
        """What a table of payments looks back on, itself included, without entering it: the state, or None where it has not begun.

        A version that ``challenges`` shares the state of the one in use, and adds nothing of its own training to it.

        Raises InputError: a version that ``challenges`` looks back on other windows than the version in use.
        """
        stream = self._payments.find(connection, name, made.request, _label(connection, made.version)) if made.request.id else None
        if challenges and stream is None:
            raise InputError(f"Version {made.version[:12]} looks back on other windows than the version in use")
        if stream is None or not (challenges or made.version in stream.seeded):
            return None
        good, _ = _readable(table.reset_index(drop=True), made)
        return self._payments.look(connection, stream, made.request, fraud.payments_of(good, made.request) if len(good) else [])

    def seed(self, name: str, made: Specialist) -> None:
        """Enter what training kept, once: the windows of a version in use begin with it."""
        if (name, made.version) in self._seeded or not made.request.id:
            return
        with self._database.owner() as connection:
            label = _label(connection, made.version)
            self._payments.make(connection, name, made.request, label)
            stream = self._payments.locked(connection, name, made.request, label)
            if made.version not in stream.seeded:
                stream.seeded.append(made.version)
                history = made.history if made.history is not None else pd.DataFrame()
                past = fraud.payments_of(history, made.request) if len(history) else []
                if made.request.id not in history:  # versions before this one did not keep it
                    past = [replace(one, id=f"{made.version[:12]} {one.id}") for one in past]
                self._payments.enter(connection, stream, made.request, past, {})
        self._seeded.add((name, made.version))

    def queue(
        self, principal: Principal, name: str, rows: Sequence[Mapping[str, Any]], labels: Mapping[str, bool], *, score: bool = True
    ) -> PaymentBatch:
        """Keep payments for the worker, in one transaction with the job. Raises NotFound, NotPermitted."""
        identifier = uuid.uuid4()
        version = self._registry.promoted(principal, name)
        made = self._fraud(version, name)
        self.seed(name, made)
        with self._database.transaction(principal) as connection:
            self._payments.locked(connection, name, made.request, _label(connection, version))
            connection.execute(
                "INSERT INTO payment_inbox (id, person, administrator, name, content) VALUES (%s, %s, %s, %s, %s)",
                (
                    identifier,
                    principal.user,
                    principal.administrator,
                    name,
                    Jsonb({"rows": list(rows), "labels": dict(labels), "score": score}),
                ),
            )
            jobs.add(connection, ENTER_PAYMENTS, str(identifier), {"batch": str(identifier)})
        return PaymentBatch(str(identifier), name, "waiting", None)

    def batch(self, principal: Principal, identifier: str) -> PaymentBatch:
        """What became of a batch; only who sent it sees it. Raises NotFound."""
        with self._database.transaction(principal) as connection:
            row = connection.execute(
                "SELECT id, name, state, result FROM payment_inbox WHERE id::text = %s AND person = %s", (identifier, principal.user)
            ).fetchone()
        if row is None:
            raise NotFound(f"No batch {identifier[:50]!r}", remedy="Send the payments again: each counts once")
        return PaymentBatch(str(row[0]), *row[1:])

    def work(self, payload: dict[str, Any]) -> None:
        """The worker's part. A second run after a crash finds the payments there: each counts once."""
        with self._database.worker() as connection:
            row = connection.execute(
                "SELECT person, administrator, name, content FROM payment_inbox WHERE id = %s AND state = 'waiting'", (payload["batch"],)
            ).fetchone()
        if row is None:
            return
        person, administrator, name, content = row
        try:
            taken = self.enter(Principal(person, administrator), name, content["rows"], content["labels"], score=content["score"])
            state, result = "done", audit.plain(replace(taken, scores=None)) | {"record": taken.scores.record if taken.scores else None}
        except (InputError, NotFound, NotPermitted) as error:
            state, result = "failed", {"error": str(error)}
        with self._database.worker() as connection:
            connection.execute(
                "UPDATE payment_inbox SET state = %s, result = %s, content = NULL WHERE id = %s", (state, Jsonb(result), payload["batch"])
            )

    def _fraud(self, version: str, name: str) -> Specialist:
        made = self._served(version)
        if not isinstance(made, Specialist) or made.request.family != fraud.CLASSIFIER.name:
            raise InputError(f"{name!r} is no specialist of fraud: it looks back on no payments")
        if not made.request.id:
            raise InputError(f"{name!r} was trained without ids, so that a payment could be counted twice", remedy="Train it with --id")
        return made


def _both(first: Scored | None, second: Scored | None) -> Scored | None:
    if first is None or second is None:
        return first or second
    first.rows.extend(replace(row, row=row.row + len(first.rows)) for row in second.rows)
    warnings = list(dict.fromkeys([*first.warnings, *second.warnings]))
    return replace(first, scored=first.scored + second.scored, refused=first.refused + second.refused, warnings=warnings)


def _label(connection: Connection, version: str) -> int:
    row = connection.execute("SELECT label_id FROM specialists WHERE version = %s", (version,)).fetchone()
    if row is None:
        return -1  # of no stream: the version is not registered, or not to be seen
    return int(row[0])


def _readable(table: pd.DataFrame, made: Specialist) -> tuple[pd.DataFrame, list[Refused]]:
    """The rows that can be entered, and the others with why. Raises InputError: a column is missing."""
    request = made.request
    fraud.need_windows(table, request)
    why = fraud.unreadable(table, request, made.schema)
    moments = times(table[str(request.time)])
    late = moments > pd.Timestamp.now(tz=moments.dt.tz) if pd.api.types.is_datetime64_any_dtype(moments) else moments != moments
    for row in table.index[late]:
        why[int(row)] = f"column {request.time!r}: {table[request.time].iloc[row]} lies in the future"
    for row in table.index[~fraud.readable(table, request)]:
        why[int(row)] = f"column {request.time!r}: no readable time"
    ids = texts_of(table[request.id]).where(table[request.id].notna(), "") if request.id in table else pd.Series("", index=table.index)
    for row in table.index[ids == ""]:
        why[int(row)] = f"column {request.id!r}: empty"
    return table.drop(index=list(why)), [Refused(row + 1, told) for row, told in sorted(why.items())]


def _record(connection: Connection, principal: Principal, made: Specialist, name: str, found: Entered) -> None:
    told = {"specialist": name, "version": made.version, **asdict(found)}
    audit.append(
        connection, audit.AuditRecord(principal.user, "payments entered", (audit.AuditStep("payments", told),), target=made.version)
    )
