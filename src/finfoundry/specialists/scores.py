"""Recorded scores as a tool of the agent and of the service: which specialists are in use, and what they returned of a row.

It needs the database alone, none of the libraries that train and score.
"""

from __future__ import annotations

from collections.abc import Sequence

from finfoundry.core.database import Connection, Database
from finfoundry.core.principal import Principal
from finfoundry.core.protocols import RecordedScore, SpecialistName

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


class Scores:
    """Keeps ``core.protocols.Specialists``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @staticmethod
    def forget(connection: Connection, person: str) -> int:
        """Delete what a person scored and sent, in the transaction that erases the person's key; how many scores there were."""
        connection.execute("DELETE FROM payment_inbox WHERE person = %s", (person,))
        return connection.execute("DELETE FROM specialist_scores WHERE person = %s", (person,)).rowcount

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
