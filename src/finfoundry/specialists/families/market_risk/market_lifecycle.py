"""Market risk at work: forecasts of series, in place of scores of rows."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from finfoundry.core.errors import InputError
from finfoundry.core.principal import Principal
from finfoundry.core.progress import Report
from finfoundry.runtime.audit import canonical, plain
from finfoundry.runtime.database import Connection
from finfoundry.specialists.families.family import (
    Family,
    FamilyServices,
    Lifecycle,
    Options,
    Recomputed,
    RecordedBatch,
    ScoringOrder,
    ServedRows,
    SpecialistData,
)
from finfoundry.specialists.families.market_risk import market_outcomes, market_replay, market_risk
from finfoundry.specialists.families.market_risk.market_card import demands, write_market_card
from finfoundry.specialists.families.market_risk.market_comparison import MarketComparison, compare_market
from finfoundry.specialists.families.market_risk.market_outcomes import MarketBackTest
from finfoundry.specialists.inputs.table import TableSource, read_source
from finfoundry.specialists.lifecycle.beside import Beside
from finfoundry.specialists.lifecycle.outcomes import Noted
from finfoundry.specialists.lifecycle.shadow import Shadow
from finfoundry.specialists.lifecycle.validate import Monitoring
from finfoundry.specialists.market.market_data import read_scenarios
from finfoundry.specialists.market.market_models import CHAMPION
from finfoundry.specialists.market.market_results import AskedRisk, MarketRisk, MarketScores, MarketValidation
from finfoundry.specialists.market.scenarios import of_factors, read_factors
from finfoundry.specialists.models.specialist import TrainingRequest
from finfoundry.specialists.reports.pages import Card


class MarketLifecycle(Lifecycle[MarketRisk]):
    classifier = None
    champion = CHAMPION

    def __init__(self, family: Family, services: FamilyServices) -> None:
        self.family, self._services = family, services

    def train(self, request: TrainingRequest, folder: Path, report: Report, source: TableSource) -> MarketRisk:
        return market_risk.train(request, folder, report, source)

    def load(self, folder: Path) -> MarketRisk:
        return market_risk.load(folder)

    def write_card(self, folder: Path, made: MarketRisk) -> Card:
        return write_market_card(folder, made)

    def demands(self, made: MarketRisk) -> list[tuple[str, str, str, str, str]]:
        return demands()

    def text_columns(self, made: MarketRisk) -> Collection[str]:
        return ()

    def validate(self, made: MarketRisk, name: str, data: SpecialistData, options: Options) -> MarketValidation:
        return market_risk.validate(made, name, data.table())

    def monitor(self, made: MarketRisk, name: str, data: SpecialistData, options: Options) -> Monitoring:
        return market_risk.monitor(made, name, data.table())

    def score(self, made: MarketRisk, order: ScoringOrder, data: SpecialistData, options: Options) -> MarketScores:
        scenarios = options.get("scenarios")
        shocks = of_factors(read_factors(options.get("factor") or [])) | (read_scenarios(scenarios) if scenarios else {})
        source = data.table()
        scored, entries = market_risk.score_kept(made, order.name, source, AskedRisk(shocks, options.get("positions")))
        record, root = self._services.registry.record(order.principal, market_risk.head(made, order.name, source.digest), entries)
        return replace(scored, record=record, root=root)

    def serve(self, made: MarketRisk, served: ServedRows, options: Options, past: Any = None) -> MarketScores:
        source = _source(served)
        scored, entries = market_risk.score_kept(made, served.name, source)
        head = market_risk.head(made, served.name, source.digest) | plain(served.about)
        with self._services.registry.recording(served.principal, head, served.connection) as recording:
            recording.add(entries)
        return replace(scored, record=recording.record, root=recording.root)

    def check_challenger(self, used: MarketRisk, other: MarketRisk) -> None:
        """Raises InputError: the challenger forecasts other quantiles, or no series of the version in use."""
        common = [series for series in used.series if used.kinds[series] == other.kinds.get(series)]
        if used.levels != other.levels or not common:
            raise InputError(
                "A challenger of market risk forecasts series of the version in use, at its levels: other quantiles cannot be compared",
                remedy=f"Train it with --var-level {used.levels.var:g} --es-level {used.levels.es:g} on {', '.join(used.series[:5])}",
            )

    def challenge(self, challenger: Shadow, answered: MarketScores, served: ServedRows, options: Options) -> None:
        services = self._services
        beside = Beside(services.database, services.registry, services.served, served.principal, challenger)
        challenge_series(beside, answered, _source(served))

    def note_file(self, principal: Principal, name: str, made: MarketRisk, path: Path) -> Noted:
        return market_outcomes.note_moves(self._services.database, principal, name, made, read_source(path))

    def note_rows(self, principal: Principal, name: str, made: MarketRisk, rows: Sequence[Mapping[str, Any]]) -> Noted:
        source = TableSource("the rows", pd.DataFrame(list(rows)), "")
        return market_outcomes.note_moves(self._services.database, principal, name, made, source)

    def back_test(self, principal: Principal, name: str, made: MarketRisk) -> MarketBackTest:
        return market_outcomes.production(self._services.database, principal, name, made)

    def compare(self, principal: Principal, name: str, made: MarketRisk) -> MarketComparison:
        return compare_market(self._services.database, principal, name, made)

    def again(self, made: MarketRisk, batch: RecordedBatch) -> Recomputed:
        return Recomputed(market_replay.again(made, batch.rows), *market_replay.covered(batch.rows))


def challenge_series(beside: Beside, answered: MarketScores, source: TableSource) -> None:
    """Let a challenger forecast its share of the series that were answered."""
    seen = {row.id for row in answered.rows if beside.challenger.sees(row.id)}

    def score(connection: Connection, made: MarketRisk) -> str:
        _, entries = market_risk.score_kept(made, beside.challenger.name, source)
        head = market_risk.head(made, beside.challenger.name, source.digest) | beside.about(answered)
        with beside.registry.recording(beside.principal, head, connection) as recording:
            recording.add([entry for entry in entries if entry["id"] in seen])
        return recording.record

    if seen:
        beside.apart(answered, score)


def _source(served: ServedRows) -> TableSource:
    return TableSource("the rows", served.table, hashlib.sha256(canonical(plain(list(served.rows)))).hexdigest())
