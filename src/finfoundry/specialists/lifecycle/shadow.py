"""A challenger in production: it scores a share of the traffic next to the version in use, is shown to nobody, and is compared by outcomes.

Which rows it sees is decided by their ids, so that a row is in the share or is not, however often it comes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from finfoundry.core.errors import InputError, NotFound, NotPermitted
from finfoundry.core.principal import Principal
from finfoundry.runtime import audit
from finfoundry.runtime.database import Connection, Database
from finfoundry.specialists.lifecycle import roles
from finfoundry.specialists.lifecycle.outcomes import LEAST
from finfoundry.specialists.models.metrics import Metric

RESAMPLES = 1000
Served = Callable[[str], Any]  # loads a version


@dataclass(frozen=True)
class Shadow:
    """A version that scores ``share`` of the rows of ``name``."""

    name: str
    version: str
    share: float
    set_by: str

    def sees(self, id_: str) -> bool:
        """Whether a row is in the share, which another version's share has nothing to do with."""
        drawn = hashlib.sha256(f"{self.version} {id_}".encode()).digest()
        return int.from_bytes(drawn[:8], "big") < self.share * 2**64


@dataclass(frozen=True)
class ChallengerDifference:
    """A figure of both on the same rows; ``low`` and ``high`` are the paired 95 % interval of the challenger's less the one in use's."""

    in_use: float
    challenger: float
    difference: float
    low: float
    high: float


@dataclass(frozen=True)
class ChallengerComparison:
    """The version in use and a challenger on rows that both scored, in production."""

    specialist: str
    in_use: str
    challenger: str
    scored: int  # rows, by both
    known: int  # with an outcome
    events: int
    mean_in_use: float
    mean_challenger: float
    rate: float
    figures: dict[str, ChallengerDifference]
    warnings: list[str]


def set_shadow(database: Database, principal: Principal, version: str, share: float, check: Callable[[str, str, str], None]) -> Shadow:
    """Let a candidate score a share of the traffic of its name; the challenger before it ends.

    ``check`` (family, version in use, candidate) raises InputError where the family cannot compare the two.

    Raises:
        NotPermitted: no approver, or the one who trained it.
        NotFound: it was never registered, or no version of its name is in use.
        InputError: no candidate, another label or family than the version in use, what cannot be compared, or no share.
    """
    if not 0 < share <= 1:
        raise InputError(f"{share:g} is no share of the traffic", remedy="Give one above 0, at most 1, such as 0.2")
    with database.owner() as connection:
        row = connection.execute(_ONE, (version,)).fetchone()
        if row is None:
            raise NotFound(f"The registry has no version {version[:12]}", remedy="Train it with finfoundry specialists train")
        name, family, state, label, trained_by = row
        roles.require(connection, principal, "approver", label)
        if trained_by == principal.user:
            raise NotPermitted(f"{principal.user} trained this version and may not send traffic to it", remedy="Let a second person do it")
        if state != "candidate":
            raise InputError(f"Version {version[:12]} is {state}: a challenger is a candidate")
        used = connection.execute(_USED, (name,)).fetchone()
        if used is None:
            raise NotFound(f"No version of {name!r} is promoted", remedy="See finfoundry specialists list")
        if used[:2] != (family, label):
            raise InputError(
                f"A challenger of {name!r} is of its family and under its label ({used[0]}, {used[1]})",
                remedy=f"This is {family} under {label}",
            )
        check(family, used[2], version)
        end(connection, principal, name)
        connection.execute(
            "INSERT INTO specialist_shadows (name, version, share, set_by, proof) VALUES (%s, %s, %s, %s, %s)",
            (name, version, share, principal.user, principal.proof),
        )
        step = audit.AuditStep("specialist", {"name": name, "version": version, "share": share, "proof": principal.proof})
        audit.append(connection, audit.AuditRecord(principal.user, "specialist challenger set", (step,), target=version))
    return Shadow(name, version, share, principal.user)


def end_shadow(database: Database, principal: Principal, name: str) -> None:
    """Raises NotFound: there is no challenger; NotPermitted: no approver."""
    with database.owner() as connection:
        row = connection.execute(f"{_LABEL} AND ended_at IS NULL", (name,)).fetchone()
        if row is None:
            raise NotFound(f"No challenger of {name!r} is set", remedy="Set one with finfoundry specialists challenger")
        roles.require(connection, principal, "approver", str(row[0]))
        end(connection, principal, name)


def end(connection: Connection, principal: Principal, name: str, version: str | None = None) -> None:
    """End the challenger of a name, or only this version where one is given, in a transaction of the owner's: it scores no more."""
    gone = connection.execute(
        "UPDATE specialist_shadows SET ended_by = %s, ended_at = now() WHERE name = %s AND ended_at IS NULL"
        " AND version = coalesce(%s, version) RETURNING version",
        (principal.user, name, version),
    ).fetchone()
    if gone is not None:
        step = audit.AuditStep("specialist", {"name": name, "version": gone[0]})
        audit.append(connection, audit.AuditRecord(principal.user, "specialist challenger ended", (step,), target=str(gone[0])))


def shadow_of(connection: Connection, name: str) -> Shadow | None:
    """The challenger of a name that the principal may read, while it is a candidate under the label of the version in use."""
    row = connection.execute(_ACTIVE, (name,)).fetchone()
    return Shadow(*row) if row else None


def pair(connection: Connection, record: str, answered: str, shadow: Shadow, answering: str) -> None:
    """Note that two records are of the same rows."""
    connection.execute(
        "INSERT INTO specialist_shadow_scores (record, answered, version, answering) VALUES (%s, %s, %s, %s)",
        (record, answered, shadow.version, answering),
    )


def failed(database: Database, principal: Principal, shadow: Shadow, answered: str, why: str) -> None:
    """Record in the audit that a challenger failed, and why; who asked for the score does not see it."""
    told = {"name": shadow.name, "version": shadow.version, "answered": answered, "why": why}
    with database.transaction(principal) as connection:
        record = audit.AuditRecord(
            principal.user, "specialist challenger failed", (audit.AuditStep("specialist", told),), target=shadow.version
        )
        audit.append(connection, record)


def compare(database: Database, principal: Principal, name: str, metrics: Mapping[str, Metric]) -> ChallengerComparison:
    """The latest challenger of a name against the version in use. Raises NotFound, InputError: too few outcomes, or one class."""
    with database.transaction(principal) as connection:
        in_use, challenger = latest(connection, name)
        rows = connection.execute(_PAIRS, (challenger, in_use, name)).fetchall()
    known = [one for one in rows if one[2] is not None]
    y, used, other = (np.array([float(one[place]) for one in known]) for place in (2, 0, 1))
    if len(y) < LEAST or not 0 < y.sum() < len(y):
        raise InputError(
            f"{len(y)} of {len(rows)} rows that both scored have an outcome, {int(y.sum())} of them the event",
            remedy=f"A comparison needs {LEAST} outcomes and both kinds; record them with finfoundry specialists outcomes",
        )
    found = {metric: _paired(y, used, other, measure) for metric, measure in metrics.items()}
    warnings = [f"The outcomes of {1 - len(y) / len(rows):.0%} of the rows are not known: the figures are of the others"]
    return ChallengerComparison(
        name, in_use, challenger, len(rows), len(y), int(y.sum()), float(used.mean()), float(other.mean()), float(y.mean()), found,
        warnings if len(y) < len(rows) else [],
    )  # fmt: skip


def latest(connection: Connection, name: str) -> tuple[str, str]:
    """The version in use and its latest challenger. Raises NotFound."""
    row = connection.execute(_LATEST, (name,)).fetchone()
    if row is None:
        raise NotFound(f"{name!r} has no version in use with a challenger", remedy="Set one: finfoundry specialists challenger DIR")
    return str(row[0]), str(row[1])


def _paired(y: np.ndarray, used: np.ndarray, other: np.ndarray, measure: Metric) -> ChallengerDifference:
    """Resampled within the classes, both on the same rows; percentiles of the difference (Efron and Tibshirani 1993, chapter 13)."""
    random = np.random.default_rng(0)
    classes = [np.flatnonzero(y == kind) for kind in (0, 1)]
    drawn = []
    for _ in range(RESAMPLES):
        rows = np.concatenate([random.choice(one, len(one)) for one in classes])
        drawn.append(measure(y[rows], other[rows]) - measure(y[rows], used[rows]))
    low, high = np.quantile(drawn, (0.025, 0.975))
    one, two = measure(y, used), measure(y, other)
    return ChallengerDifference(one, two, two - one, float(low), float(high))


_ONE = "SELECT m.name, family, state, l.name, trained_by FROM specialists m JOIN labels l ON l.id = m.label_id WHERE version = %s"
_USED = "SELECT family, l.name, version FROM specialists m JOIN labels l ON l.id = m.label_id WHERE m.name = %s AND state = 'promoted'"
_LABEL = (
    "SELECT l.name FROM specialist_shadows s JOIN specialists m ON m.version = s.version JOIN labels l ON l.id = m.label_id"
    " WHERE s.name = %s"
)
_ACTIVE = """
    SELECT s.name, s.version, s.share, s.set_by FROM specialist_shadows s
    JOIN specialists m ON m.version = s.version JOIN specialists u ON u.name = s.name AND u.state = 'promoted' AND u.label_id = m.label_id
    WHERE s.name = %s AND s.ended_at IS NULL AND m.state = 'candidate'
"""
_LATEST = """
    SELECT u.version, s.version FROM specialist_shadows s JOIN specialists u ON u.name = s.name AND u.state = 'promoted'
    WHERE s.name = %s AND s.version <> u.version ORDER BY s.at DESC LIMIT 1
"""
# of each row the last pair of scores before its outcome was known
_PAIRS = """
    SELECT DISTINCT ON (one.id) (one.content ->> 'probability')::float8, (other.content ->> 'probability')::float8, o.event
    FROM specialist_shadow_scores p
    JOIN specialist_scores other ON other.record = p.record
    JOIN specialist_scores one ON one.record = p.answered AND one.id = other.id
    LEFT JOIN specialist_outcomes o ON o.name = one.name AND o.id = one.id
    WHERE p.version = %s AND p.answering = %s AND one.name = %s
        AND one.content ? 'probability' AND other.content ? 'probability' AND (o.at IS NULL OR one.at <= o.at)
    ORDER BY one.id, one.at DESC
"""
