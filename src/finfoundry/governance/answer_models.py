"""Which model wrote which answers: an index beside the audit, whose contents are sealed. It holds no words and no person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from finfoundry.core.principal import Principal, require_auditor
from finfoundry.runtime.database import Connection, Database


@dataclass(frozen=True, slots=True)
class WrittenAnswer:
    """An answer that a model wrote words of; ``record`` is its audit_id, ``model`` the name that says which weights."""

    record: str
    model: str
    at: str

    COLUMNS: ClassVar[tuple[str, ...]] = ("record", "model", "at")


def note_model(connection: Connection, record: str, model: str | None) -> None:
    """Keep it in the transaction of the answer's record; where no model wrote a word, nothing."""
    if model:
        connection.execute("INSERT INTO answer_models (record, model) VALUES (%s, %s)", (record, model))


def models_noted(database: Database, principal: Principal) -> list[str]:
    """The names under which models wrote answers. Raises NotPermitted for who is no auditor."""
    require_auditor(principal)
    with database.owner() as connection:
        rows = connection.execute("SELECT DISTINCT model FROM answer_models ORDER BY model").fetchall()
    return [str(row[0]) for row in rows]


def answers_of(database: Database, principal: Principal, models: list[str], limit: int) -> list[WrittenAnswer]:
    """The latest answers that models of these names wrote, the newest first. Raises NotPermitted for who is no auditor."""
    require_auditor(principal)
    query = "SELECT record, model, at FROM answer_models WHERE model = ANY(%s) ORDER BY at DESC, record LIMIT %s"
    with database.owner() as connection:
        rows = connection.execute(query, (models, limit)).fetchall()
    return [WrittenAnswer(str(record), model, at.isoformat(timespec="seconds")) for record, model, at in rows]
