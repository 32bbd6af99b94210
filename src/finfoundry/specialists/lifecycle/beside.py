"""What was answered, scored by a challenger, too: once the answer stands, in a transaction of its own."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pandas as pd

from finfoundry.core.errors import InputError
from finfoundry.core.principal import Principal
from finfoundry.runtime.database import Connection, Database
from finfoundry.specialists.inputs.table import TableSource
from finfoundry.specialists.lifecycle import market_risk
from finfoundry.specialists.lifecycle.batches import ScoringBatch, score_blocks
from finfoundry.specialists.lifecycle.registry import Registry
from finfoundry.specialists.lifecycle.shadow import Served, Shadow, failed, pair
from finfoundry.specialists.market.market_results import MarketRisk, MarketScores
from finfoundry.specialists.models.specialist import Specialist
from finfoundry.specialists.scoring.score import Scored

Past = Callable[[Specialist, Connection], Any]  # what the inputs of a challenger look back on, as those of the version in use did
log = logging.getLogger("finfoundry.specialists")


@dataclass(frozen=True)
class Beside:
    """A challenger, for what one person was answered. Whatever goes wrong is the challenger's, and goes into the audit alone."""

    database: Database
    registry: Registry
    served: Served
    principal: Principal
    challenger: Shadow

    def rows(self, answered: Scored, table: pd.DataFrame, past: Past) -> None:
        """Score the challenger's share of the rows of a table. ``past`` is of the whole table."""
        places = [place for place, row in enumerate(answered.rows) if self.challenger.sees(row.id)]

        def score(connection: Connection) -> str:
            made = self.served(self.challenger.version)
            if not isinstance(made, Specialist):
                raise InputError(f"Version {made.version[:12]} scores no rows")
            batch = ScoringBatch(self.principal, made, self.challenger.name, None, self._about(answered))
            rows = iter([table.iloc[places].reset_index(drop=True)])
            return str(score_blocks(self.registry, batch, rows, past(made, connection), reasons=False, within=connection).record)

        self._apart(answered, score if places else None)

    def series(self, answered: MarketScores, source: TableSource) -> None:
        """Forecast the challenger's share of the series."""
        seen = {row.id for row in answered.rows if self.challenger.sees(row.id)}

        def score(connection: Connection) -> str:
            made = self.served(self.challenger.version)
            if not isinstance(made, MarketRisk):
                raise InputError(f"Version {made.version[:12]} forecasts no series")
            _, entries = market_risk.score_kept(made, self.challenger.name, source)
            head = market_risk.head(made, self.challenger.name, source.digest) | self._about(answered)
            with self.registry.recording(self.principal, head, connection) as recording:
                recording.add([entry for entry in entries if entry["id"] in seen])
            return recording.record

        self._apart(answered, score if seen else None)

    def _about(self, answered: Scored | MarketScores) -> dict[str, Any]:
        return {"challenges": answered.version, "answered": answered.record}

    def _apart(self, answered: Scored | MarketScores, score: Callable[[Connection], str] | None) -> None:
        """Score, and note the pair. ``score`` returns its record; None where nothing is in the share."""
        if score is None:
            return
        try:
            with self.database.transaction(self.principal) as connection:
                pair(connection, score(connection), str(answered.record), self.challenger, answered.version)
        except Exception as error:  # noqa: BLE001 - no fault of a challenger may spoil an answer that stands already
            log.warning("the challenger %s of %s failed: %s", self.challenger.version[:12], self.challenger.name, type(error).__name__)
            failed(self.database, self.principal, self.challenger, str(answered.record), f"{type(error).__name__}: {error}")
