"""Recorded scores as a tool of the agent and of the service: which specialists are in use, and what they returned of a row.

It needs the database alone, none of the libraries that train and score.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from finfoundry.core.principal import Principal
from finfoundry.core.protocols import CutOff, ModelFigures, RecordedScore, SpecialistName
from finfoundry.runtime.database import Connection, Database

ENTER_PAYMENTS = "enter payments"  # a job of the worker
_NAMES = """
    SELECT DISTINCT ON (name) name, family, CASE WHEN state = 'promoted' THEN version END
    FROM specialists ORDER BY name, state <> 'promoted', trained_at DESC
"""
_SCORES = """
    SELECT DISTINCT ON (s.name, s.id) s.name, m.family, s.version, s.record, s.id, s.at, s.content
    FROM specialist_scores s JOIN specialists m ON m.version = s.version AND m.name = s.name
    WHERE m.state = 'promoted' AND s.name = ANY (%s) AND s.id = ANY (%s)
    ORDER BY s.name, s.id, s.at DESC
"""


_BEYOND = """
    SELECT name, family, version, record, id, at, content, count(*) OVER () FROM (
        SELECT DISTINCT ON (s.name, s.id) s.name, m.family, s.version, s.record, s.id, s.at, s.content, (s.content->>'score')::numeric score
        FROM specialist_scores s JOIN specialists m ON m.version = s.version AND m.name = s.name
        WHERE m.state = 'promoted' AND s.name = ANY (%(models)s)
        ORDER BY s.name, s.id, s.at DESC
    ) latest
    WHERE CASE WHEN %(below)s THEN score < %(bound)s ELSE score > %(bound)s END
    ORDER BY CASE WHEN %(below)s THEN score ELSE -score END, name, id LIMIT %(most)s
"""
_CUT_OFF = """
    SELECT m.version, p.cutoff, p.higher_is_safer, p.set_by, p.at FROM specialists m JOIN specialist_policies p ON p.version = m.version
    WHERE m.name = %s AND m.state = 'promoted' ORDER BY p.at DESC, p.id DESC LIMIT 1
"""


class Scores:
    """Keeps ``core.protocols.Specialists``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @staticmethod
    def forget(connection: Connection, person: str) -> int:
        """Delete what a person scored and sent, in the transaction that erases the person's key; how many scores there were."""
        connection.execute("DELETE FROM payment_inbox WHERE person = %s", (person,))
        return connection.execute("DELETE FROM specialist_scores WHERE person = %s", (person,)).rowcount

    @staticmethod
    def pseudonymise(connection: Connection, person: str, subject: str) -> None:
        """Take a person's name off decisions, outcomes, cut-offs, roles and alerts, which stay; as an administrator."""
        connection.execute("SELECT pseudonymise_person(%s, %s)", (person, f"erased {subject}"))

    def names(self, principal: Principal) -> list[SpecialistName]:
        with self._database.transaction(principal) as connection:
            return [SpecialistName(*row) for row in connection.execute(_NAMES)]

    def scores(self, principal: Principal, models: Sequence[str], rows: Sequence[str]) -> list[RecordedScore]:
        with self._database.transaction(principal) as connection:
            found = connection.execute(_SCORES, (list(models), list(rows))).fetchall()
        scores = [
            RecordedScore(name, family, version, str(record), id_, at.isoformat(timespec="seconds"), content)
            for name, family, version, record, id_, at, content in found
        ]
        return sorted(scores, key=lambda one: (rows.index(one.row), models.index(one.model)))

    def beyond(
        self, principal: Principal, models: Sequence[str], bound: Decimal, most: int, *, below: bool
    ) -> tuple[int, Sequence[RecordedScore]]:
        """How many rows have a latest score below (else above) the bound, by versions in use; ``most`` of them, the furthest first."""
        told = {"models": list(models), "bound": bound, "most": most, "below": below}
        with self._database.transaction(principal) as connection:
            found = connection.execute(_BEYOND, told).fetchall()
        scores = [
            RecordedScore(name, family, version, str(record), id_, at.isoformat(timespec="seconds"), content)
            for name, family, version, record, id_, at, content, _ in found
        ]
        return (int(found[0][-1]) if found else 0), scores

    def cut_off(self, principal: Principal, model: str) -> CutOff | None:
        with self._database.transaction(principal) as connection:
            row = connection.execute(_CUT_OFF, (model,)).fetchone()
        return CutOff(model, row[0], row[1], row[2], row[3], row[4].isoformat(timespec="seconds")) if row else None

    def figures(self, principal: Principal, model: str) -> ModelFigures | None:
        with self._database.transaction(principal) as connection:
            row = connection.execute("SELECT version, figures FROM specialists WHERE name = %s AND state = 'promoted'", (model,)).fetchone()
        if row is None or row[1] is None:
            return None
        found = {name: (one["value"], one["low"], one["high"]) for name, one in row[1]["figures"].items()}
        return ModelFigures(model, row[0], row[1]["model"], found)
