"""What was answered, scored by a challenger, too: once the answer is recorded, in a transaction of its own."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import pandas as pd

from finfoundry.core.principal import Principal
from finfoundry.runtime.database import Connection, Database
from finfoundry.specialists.lifecycle.batches import ScoringBatch, score_blocks
from finfoundry.specialists.lifecycle.registry import Registry
from finfoundry.specialists.lifecycle.shadow import Served, Shadow, failed, pair
from finfoundry.specialists.models.classifier import Classifier
from finfoundry.specialists.models.specialist import Specialist
from finfoundry.specialists.scoring.score import Scored

Past = Callable[[Specialist, Connection], Any]  # what the inputs of a challenger look back on, as those of the version in use did
log = logging.getLogger("finfoundry.specialists")


class AnsweredScores(Protocol):
    """Scores that were given by the version in use."""

    @property
    def version(self) -> str: ...
    @property
    def record(self) -> str | None: ...


@dataclass(frozen=True)
class Beside:
    """A challenger, for what one person was answered. Whatever goes wrong is the challenger's, and goes into the audit alone."""

    database: Database
    registry: Registry
    served: Served
    principal: Principal
    challenger: Shadow

    def rows(self, family: Classifier, answered: Scored, table: pd.DataFrame, past: Past) -> None:
        """Score the challenger's share of the rows of a table. ``past`` is of the whole table."""
        places = [place for place, row in enumerate(answered.rows) if self.challenger.sees(row.id)]

        def score(connection: Connection, made: Specialist) -> str:
            batch = ScoringBatch(family, self.principal, made, self.challenger.name, None, self.about(answered))
            rows = iter([table.iloc[places].reset_index(drop=True)])
            return str(score_blocks(self.registry, batch, rows, past(made, connection), reasons=False, within=connection).record)

        if places:
            self.apart(answered, score)

    def about(self, answered: AnsweredScores) -> dict[str, Any]:
        """What the record of the challenger's scores says of those that were answered."""
        return {"challenges": answered.version, "answered": answered.record}

    def apart(self, answered: AnsweredScores, score: Callable[[Connection, Any], str]) -> None:
        """Score by the challenger, and note the pair. ``score`` is given the challenger, and returns the record of what it said."""
        try:
            with self.database.transaction(self.principal) as connection:
                record = score(connection, self.served(self.challenger.version))
                pair(connection, record, str(answered.record), self.challenger, answered.version)
        except Exception as error:  # noqa: BLE001 - no fault of a challenger may spoil an answer that is recorded already
            log.warning("the challenger %s of %s failed: %s", self.challenger.version[:12], self.challenger.name, type(error).__name__)
            failed(self.database, self.principal, self.challenger, str(answered.record), f"{type(error).__name__}: {error}")
