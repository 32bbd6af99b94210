"""What people decided on a score, what came of it, and how the version in use did in production, computed from both.

Decisions and outcomes come after the scores that are on record, and are records themselves. A production back-test takes the latest score
that a version gave of each row before its outcome was known.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from pydantic import TypeAdapter, ValidationError

from finfoundry.core import cancellation
from finfoundry.core.errors import InputError, NotFound
from finfoundry.core.principal import Principal
from finfoundry.runtime import audit
from finfoundry.runtime.database import Connection, Database
from finfoundry.specialists.inputs.table import need, read_table
from finfoundry.specialists.models.grades import Grade, back_test, hosmer_lemeshow
from finfoundry.specialists.models.metrics import MeasuredFigure, Metric, figures

_YES, _NO = {"1", "yes", "true"}, {"", "0", "no", "false"}
LEAST = 20  # outcomes below which nothing is computed


@dataclass(frozen=True)
class Decision:
    """What a person decided on a row that was scored. ``override``: against what the score said, for the reason given."""

    id: str
    decision: str
    override: bool = False
    why: str = ""


@dataclass(frozen=True)
class Noted:
    """How many outcomes are on record now; ``unknown``: rows that no version in use has scored."""

    specialist: str
    recorded: int
    unchanged: int
    unknown: list[str]


@dataclass(frozen=True)
class Share:
    """The decisions of one kind: how many there are, how many outcomes are known, how many of them are the event."""

    decision: str
    override: bool
    rows: int
    known: int
    events: int


@dataclass(frozen=True)
class ProductionBackTest:
    """A version in production: its own recorded scores against recorded outcomes."""

    specialist: str
    version: str
    scored: int  # rows
    known: int  # with an outcome
    events: int
    mean_forecast: float
    rate: float
    figures: dict[str, MeasuredFigure]
    grades: list[Grade]
    hosmer_lemeshow_p: float
    decisions: list[Share]
    warnings: list[str]


def read_decisions(path: Path) -> list[Decision]:
    """A table with ``id`` and ``decision``, and where there are overrides ``override`` and ``why``. Raises InputError."""
    table = read_table(path, ("id", "decision", "why", "override"))
    ids, decided = need(table, "id", "row's id"), need(table, "decision", "decision")
    empty = pd.Series("", index=table.index)
    overrides = table.get("override", empty).fillna("").str.strip().str.lower()
    if wrong := sorted(set(overrides) - _YES - _NO):
        raise InputError(f"{path.name}, column 'override': {wrong[0]!r} is neither yes nor no")
    why = table.get("why", empty).fillna("")
    rows = zip(ids.fillna(""), decided.fillna(""), overrides.isin(_YES).tolist(), why, strict=True)
    return [Decision(*row) for row in rows]


def decisions_of(told: Sequence[Mapping[str, Any]]) -> list[Decision]:
    """Raises InputError: another shape."""
    try:
        return TypeAdapter(list[Decision]).validate_python(list(told))
    except ValidationError as error:
        first = error.errors()[0]
        raise InputError(f"decisions, {'.'.join(map(str, first['loc']))}: {first['msg']}") from error


def read_outcomes(path: Path) -> dict[str, bool]:
    """A table with ``id`` and ``event``, 1 or 0. Raises InputError."""
    table = read_table(path, ("id", "event"))
    ids, events = need(table, "id", "row's id").fillna(""), need(table, "event", "outcome").fillna("").str.strip().str.lower()
    if wrong := sorted(set(events) - _YES - (_NO - {""})):
        raise InputError(f"{path.name}, column 'event': {wrong[0]!r} is neither 1 nor 0")
    if ids.duplicated().any():
        raise InputError(f"{path.name}: the id {ids[ids.duplicated()].iloc[0]!r} stands there twice")
    return dict(zip(ids, events.isin(_YES).tolist(), strict=True))


def decide(database: Database, principal: Principal, name: str, decisions: Sequence[Decision]) -> Noted:
    """Record decisions on rows that the version in use has scored. Raises NotFound, InputError: an override without its reason."""
    if unsaid := [one.id for one in decisions if one.override and not one.why.strip()]:
        raise InputError(f"No reason is given for overriding the score of {unsaid[0]!r}", remedy="Say why")
    if empty := [one.id for one in decisions if not one.decision.strip()]:
        raise InputError(f"No decision is given for {empty[0]!r}")
    with database.transaction(principal) as connection:
        version = _in_use(connection, name)
        scores = _records(connection, version, [one.id for one in decisions])
        found = [one for one in decisions if one.id in scores]
        for one in found:
            cancellation.check()
            told = {"specialist": name, "version": version, "score": scores[one.id], **audit.plain(one)}
            record = audit.AuditRecord(principal.user, "decision", (audit.AuditStep("decision", told),), target=version)
            audit.append(connection, record)
            connection.execute(
                "INSERT INTO specialist_decisions (record, score, name, version, id, decision, override, why, person)"
                " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)",
                (record.id, scores[one.id], name, version, one.id, one.decision, one.override, one.why, principal.user),
            )
    return Noted(name, len(found), 0, [one.id for one in decisions if one.id not in scores])


def note(database: Database, principal: Principal, name: str, outcomes: Mapping[str, bool]) -> Noted:
    """Record what came of rows; again the same changes nothing, and another outcome is refused.

    Raises NotFound, InputError; NotPermitted: it may only be read.
    """
    with database.transaction(principal) as connection:
        version = _in_use(connection, name)
        scores = _records(connection, version, list(outcomes))
        known = dict(
            connection.execute("SELECT id, event FROM specialist_outcomes WHERE name = %s AND id = ANY (%s)", (name, list(outcomes)))
        )
        if other := [id_ for id_, event in outcomes.items() if known.get(id_, event) != event]:
            raise InputError(f"Another outcome of {other[0]!r} is on record", remedy="An outcome is final; ask who recorded it")
        new = {id_: event for id_, event in outcomes.items() if id_ in scores and id_ not in known}
        told = {"specialist": name, "version": version, "outcomes": new}
        record = audit.AuditRecord(principal.user, "outcomes", (audit.AuditStep("outcomes", told),), target=version)
        audit.append(connection, record)
        label = connection.execute("SELECT label_id FROM specialists WHERE version = %s", (version,)).fetchone()
        connection.execute(
            "INSERT INTO specialist_outcomes (name, person, record, label_id, id, event)"
            " SELECT %s, %s, %s, %s, * FROM unnest(%s::text[], %s::boolean[])",
            (name, principal.user, record.id, label and label[0], list(new), list(new.values())),
        )
    return Noted(name, len(new), len(known), [id_ for id_ in outcomes if id_ not in scores])


def production(database: Database, principal: Principal, name: str, metrics: Mapping[str, Metric]) -> ProductionBackTest:
    """The version in use against what came of its scores. Raises NotFound, InputError: too few outcomes, or one class."""
    with database.transaction(principal) as connection:
        version = _in_use(connection, name)
        rows = connection.execute(_SCORED, (version, name)).fetchall()
        decided = [Share(*row) for row in connection.execute(_DECIDED, (version,))]
    known = [(probability, event) for probability, event in rows if event is not None]
    y, p = np.array([event for _, event in known], dtype=np.int64), np.array([one for one, _ in known], dtype=np.float64)
    if len(y) < LEAST or not 0 < y.sum() < len(y):
        raise InputError(
            f"{len(y)} of {len(rows)} scored rows have an outcome, {int(y.sum())} of them the event",
            remedy=f"A back-test needs {LEAST} outcomes and both kinds; record them with finfoundry specialists outcomes",
        )
    share = len(y) / len(rows)
    warnings = [f"The outcomes of {1 - share:.0%} of the scored rows are not known: the figures are of the others"] if share < 1 else []
    return ProductionBackTest(
        name, version, len(rows), len(y), int(y.sum()), float(p.mean()), float(y.mean()), figures(y, p, metrics),
        back_test(y, p), hosmer_lemeshow(y, p)[1], decided, warnings,
    )  # fmt: skip


def _in_use(connection: Connection, name: str) -> str:
    row = connection.execute("SELECT version FROM specialists WHERE name = %s AND state = 'promoted'", (name,)).fetchone()
    if row is None:
        raise NotFound(f"No version of {name!r} is promoted", remedy="See finfoundry specialists list")
    return str(row[0])


def _records(connection: Connection, version: str, ids: list[str]) -> dict[str, str]:
    """Row → the record of its latest score."""
    rows = connection.execute(
        "SELECT DISTINCT ON (id) id, record::text FROM specialist_scores WHERE version = %s AND id = ANY (%s)"
        " AND content ? 'probability' ORDER BY id, at DESC",
        (version, ids),
    )
    return dict(rows.fetchall())


# of each row the last score before its outcome was known
_SCORED = """
    SELECT DISTINCT ON (s.id) (s.content ->> 'probability')::float8, o.event
    FROM specialist_scores s LEFT JOIN specialist_outcomes o ON o.name = s.name AND o.id = s.id
    WHERE s.version = %s AND s.name = %s AND s.content ? 'probability' AND (o.at IS NULL OR s.at <= o.at)
    ORDER BY s.id, s.at DESC
"""
_DECIDED = """
    SELECT d.decision, d.override, count(*), count(o.event), count(*) FILTER (WHERE o.event)
    FROM (SELECT DISTINCT ON (id) * FROM specialist_decisions WHERE version = %s ORDER BY id, at DESC) d
    LEFT JOIN specialist_outcomes o ON o.name = d.name AND o.id = d.id GROUP BY 1, 2 ORDER BY 1, 2
"""
