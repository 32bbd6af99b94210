"""What the series did after their forecasts, and a market-risk specialist in production, computed from both.

A forecast counts if it was recorded before the day that it is of had ended; of several forecasts of one day the last one does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from finfoundry.core.errors import InputError, NotFound
from finfoundry.core.principal import Principal
from finfoundry.runtime import audit
from finfoundry.runtime.database import Connection, Database
from finfoundry.specialists.inputs.table import TableSource
from finfoundry.specialists.lifecycle.outcomes import LEAST, Noted
from finfoundry.specialists.market.market_data import read_returns
from finfoundry.specialists.market.market_models import MODELS, t_tail
from finfoundry.specialists.market.market_results import MarketRisk
from finfoundry.specialists.market.market_tests import BackTest, back_test

GAP = 7  # days that may lie between a forecast and the next day on which the series was quoted
_YEAR = 250  # days of the traffic light


@dataclass(frozen=True)
class MarketBackTest:
    """A version in production: its own recorded forecasts against recorded moves. ``late``: forecasts recorded when their day was over."""

    specialist: str
    version: str
    forecasts: int
    known: int  # with the move of the next day
    late: int
    tests: list[BackTest]
    warnings: list[str]


def note_moves(database: Database, principal: Principal, name: str, made: MarketRisk, source: TableSource) -> Noted:
    """Record what the series did on days after the first forecast; again the same changes nothing. ``source``: as it is given for scoring.

    Raises NotFound, InputError: no dates, or another move is on record; NotPermitted: it may only be read.
    """
    table = read_returns(source, made.request, made.kinds).table
    if not pd.api.types.is_datetime64_any_dtype(table.index):
        raise InputError(f"{source.name} has days without dates", remedy="Give the date of each day")
    with database.transaction(principal) as connection:
        version, label = _in_use(connection, name)
        first = dict(connection.execute(_FIRST, (name,)).fetchall())
        moves = {
            (str(series), day.date()): float(move)
            for series, cells in table.items()
            for day, move in cells.dropna().items()
            if str(series) in first and day.date() > date.fromisoformat(first[str(series)])
        }
        known = {(series, day): move for series, day, move in connection.execute(_KNOWN, (name,))}
        if other := [key for key, move in moves.items() if abs(known.get(key, move) - move) > 1e-9]:
            series, day = other[0]
            raise InputError(f"Another move of {series!r} on {day} is on record", remedy="An outcome is final; ask who recorded it")
        new = {key: move for key, move in moves.items() if key not in known}
        _write(connection, principal, name, version, label, new)
    return Noted(name, len(new), len(moves) - len(new), [str(series) for series in table if str(series) not in first])


def _write(connection: Connection, principal: Principal, name: str, version: str, label: int, moves: dict[tuple[str, date], float]) -> None:
    rows = [{"series": series, "day": day.isoformat(), "move": move} for (series, day), move in moves.items()]
    step = audit.AuditStep("outcomes", {"specialist": name, "version": version, "moves": rows})
    record = audit.AuditRecord(principal.user, "outcomes", (step,), target=version)
    audit.append(connection, record)
    connection.execute(
        "INSERT INTO specialist_moves (name, person, record, label_id, series, day, move)"
        " SELECT %s, %s, %s, %s, * FROM unnest(%s::text[], %s::date[], %s::float8[])",
        (name, principal.user, record.id, label, [series for series, _ in moves], [day for _, day in moves], list(moves.values())),
    )


def production(database: Database, principal: Principal, name: str, made: MarketRisk) -> MarketBackTest:
    """The back-test of the version in use. Raises NotFound; InputError: fewer days than a back-test needs."""
    with database.transaction(principal) as connection:
        version, _ = _in_use(connection, name)
        rows = connection.execute(_FORECAST, (GAP, version, name)).fetchall()
    known = [row for row in rows if row[3] is not None]
    timely = [row for row in known if row[4]]
    tests, warnings = [], []
    for series in dict.fromkeys(row[0] for row in timely):
        own = [row for row in timely if row[0] == series]
        if len(own) < LEAST:
            warnings.append(f"{series}: {len(own)} days are known; {LEAST} are needed")
            continue
        if len(own) < _YEAR:
            warnings.append(f"{series}: {len(own)} days are known; the traffic light is of {_YEAR}, and the tests see only gross faults")
        tests += _tests(made, series, own)
    late = len(known) - len(timely)
    if late:
        warnings.append(f"{late} forecasts were recorded when their day was over, and do not count")
    if not tests:
        raise InputError(
            f"Of {len(timely)} of {len(rows)} forecasts the next day's move is recorded, and was still to come when they were made",
            remedy=f"A back-test needs {LEAST} of a series; record what it did with finfoundry specialists outcomes {name} --data FILE",
        )
    return MarketBackTest(name, version, len(rows), len(timely), late, tests, warnings)


def _tests(made: MarketRisk, series: str, rows: Sequence[tuple[Any, ...]]) -> list[BackTest]:
    """Critical values are simulated under the model's own shocks."""
    losses = -np.array([row[3] for row in rows], dtype=np.float64)
    _, points = t_tail(made.parameters[series]["nu"], made.levels)
    tails = np.tile(points / points.mean(), (len(rows), 1))
    found = []
    for model in MODELS:
        told = [row[2][model] for row in rows]
        pairs = np.array([(one["var"], one["es"], one.get("es_var") or one["var"]) for one in told], dtype=np.float64)
        found.append(back_test(series, model, losses, pairs, tails, made.levels))
    return found


def _in_use(connection: Connection, name: str) -> tuple[str, int]:
    row = connection.execute("SELECT version, label_id FROM specialists WHERE name = %s AND state = 'promoted'", (name,)).fetchone()
    if row is None:
        raise NotFound(f"No version of {name!r} is promoted", remedy="See finfoundry specialists list")
    return str(row[0]), int(row[1])


_FIRST = "SELECT id, min(content ->> 'date') FROM specialist_scores WHERE name = %s AND content -> 'forecasts' ? 'historical' GROUP BY 1"
_KNOWN = "SELECT series, day, move FROM specialist_moves WHERE name = %s"
# of each series and last day of its data the last forecast that was recorded in time (or, where none was, the first), and the day after
_FORECAST = """
    SELECT DISTINCT ON (s.id, s.content ->> 'date')
        s.id, s.content ->> 'date', s.content -> 'forecasts', next.move, s.at < next.day + 1 AS timely
    FROM specialist_scores s LEFT JOIN LATERAL (
        SELECT day, move FROM specialist_moves m
        WHERE m.name = s.name AND m.series = s.id AND m.day > (s.content ->> 'date')::date ORDER BY day LIMIT 1
    ) next ON next.day <= (s.content ->> 'date')::date + %s
    WHERE s.version = %s AND s.name = %s AND s.content -> 'forecasts' ? 'historical'
    ORDER BY 1, 2, (s.at < next.day + 1) DESC NULLS LAST, s.at DESC
"""
