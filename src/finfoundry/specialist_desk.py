"""Specialists of one home: the life cycle joined to registry, audit, narration. What the command line and the API call."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd

from finfoundry.agent.narrate import narrate
from finfoundry.app import App
from finfoundry.core.answer import Answer
from finfoundry.core.audit import canonical, plain
from finfoundry.core.errors import InputError, NotFound
from finfoundry.core.principal import Principal
from finfoundry.core.progress import Report, silent
from finfoundry.core.protocols import RecordedScore
from finfoundry.governance.trail import recall
from finfoundry.specialists import aml, market_risk, specialist
from finfoundry.specialists.card import Card, write_card, write_evidence, write_market_card, write_monitoring
from finfoundry.specialists.families import MARKET_RISK, classifier
from finfoundry.specialists.graph import explain as explain_account
from finfoundry.specialists.market_risk import MarketScores, MarketValidation
from finfoundry.specialists.merkle import merkle_root
from finfoundry.specialists.metrics import Figure
from finfoundry.specialists.registry import Registered, Registry
from finfoundry.specialists.replay import Replayed, again, kept
from finfoundry.specialists.score import Scored, inputs, score_inputs
from finfoundry.specialists.specialist import Request, Specialist, check_sealed, family_of
from finfoundry.specialists.table import file_digest, read_table
from finfoundry.specialists.train import train
from finfoundry.specialists.validate import Monitoring, Validation, monitor, validate


@dataclass(frozen=True)
class Trained:
    """What training printed: figures are out of fold, of data that a fit had not seen."""

    name: str
    family: str
    version: str
    folder: str
    state: str
    rows: int
    used: int
    events: int
    event: str | None
    inputs: list[str]
    models: dict[str, dict[str, Figure]]
    warnings: list[str]


class Desk:
    """Acts for a principal, in one home."""

    def __init__(self, app: App) -> None:
        self._app = app
        self.registry = Registry(app.database)

    def train(self, principal: Principal, request: Request, folder: Path, report: Report = silent) -> Trained:
        """Train, write, register as a candidate. Raises InputError."""
        request = replace(request, trained_by=principal.user)
        if request.family == MARKET_RISK:
            market = market_risk.train(request, folder, report)
            write_market_card(folder, market)
            entry = self.registry.register(principal, folder)
            told = market.lineage
            return Trained(
                entry.name, entry.family, entry.version, str(folder), entry.state, told.rows, told.used, 0, None,
                market.series, market.figures, market.warnings
            )  # fmt: skip
        made = train(classifier(request.family), request, folder, report)
        write_card(folder, made, classifier(request.family))
        entry = self.registry.register(principal, folder)
        told = made.lineage
        return Trained(
            entry.name, entry.family, entry.version, str(folder), entry.state, told.rows, told.used, told.events, made.event,
            made.schema.names, made.figures, made.warnings,
        )  # fmt: skip

    def validate(self, folder: Path, data: Path) -> Validation | MarketValidation:
        """Back-test on other data. Raises InputError, NotFound, IntegrityError."""
        name = folder.resolve().name
        if family_of(folder) == MARKET_RISK:
            return market_risk.validate(market_risk.load(folder), name, data)
        made = specialist.load(folder)
        return validate(classifier(made.request.family), made, name, data)

    def score(self, principal: Principal, folder: Path, data: Path, *, reasons: bool) -> Scored | MarketScores:
        """Score a file and audit the batch. Raises InputError, NotFound, IntegrityError."""
        name = folder.resolve().name
        if family_of(folder) == MARKET_RISK:
            return self._score_market(principal, folder, data)
        return self.score_table(principal, specialist.load(folder), name, read_table(data), reasons=reasons, digest=file_digest(data))

    def score_table(
        self, principal: Principal, made: Specialist, name: str, table: pd.DataFrame, *, reasons: bool, digest: str | None = None
    ) -> Scored:
        """Score rows and audit them as one batch. Raises InputError."""
        ready = inputs(classifier(made.request.family), made, table)
        scored = score_inputs(made, name, ready, reasons=reasons)
        batch = {"specialist": name, "family": scored.family, "version": scored.version, "model": scored.model, "data_sha256": digest}
        record, root = self.registry.record(principal, batch, kept(made, ready, scored))
        return replace(scored, record=record, root=root)

    def _score_market(self, principal: Principal, folder: Path, data: Path) -> MarketScores:
        made, name = market_risk.load(folder), folder.resolve().name
        scored = market_risk.score(made, name, data)
        batch = {"specialist": name, "family": MARKET_RISK, "version": made.version, "model": "all", "data_sha256": file_digest(data)}
        rows = [{"id": row.series, "inputs": None, "output": plain(row)} for row in scored.rows]
        record, root = self.registry.record(principal, batch, rows)
        return replace(scored, record=record, root=root)

    def monitor(self, folder: Path, data: Path) -> Monitoring:
        """Stability, fairness and refusals of a file; writes ``monitor.html`` into the folder. Raises InputError."""
        name = folder.resolve().name
        if family_of(folder) == MARKET_RISK:
            raise InputError("A market-risk specialist is monitored by its back-tests", remedy="Use finfoundry specialists validate")
        made = specialist.load(folder)
        found = monitor(classifier(made.request.family), made, name, data)
        write_monitoring(folder, found)
        return found

    def card(self, folder: Path) -> Card:
        """Write the card anew. Raises NotFound, IntegrityError."""
        if family_of(folder) == MARKET_RISK:
            return write_market_card(folder, market_risk.load(folder))
        made = specialist.load(folder)
        return write_card(folder, made, classifier(made.request.family))

    def promote(self, principal: Principal, folder: Path) -> Registered:
        """Raises NotPermitted for the one who trained it."""
        return self.registry.promote(principal, folder)

    def retire(self, principal: Principal, folder: Path) -> Registered:
        return self.registry.retire(principal, folder)

    def replay(self, principal: Principal, record: str) -> Replayed:
        """Compute a recorded batch again from its recorded inputs. Raises NotFound, NotPermitted, IntegrityError."""
        trace = recall(self._app.database, self._app.settings.home, principal, record)
        batch, rows = trace.one("batch"), trace.one("rows")
        if trace.action != "scores" or batch is None or rows is None:
            raise NotFound(f"The record {record} holds no scores, or they were erased")
        folder = self.registry.restore(batch["version"], self._app.settings.home / "specialists")
        if family_of(folder) == MARKET_RISK:
            raise InputError(
                "Forecasts of market risk are replayed by scoring the same file again", remedy="Its SHA-256 stands in the record"
            )
        made = specialist.load(folder)
        different = again(made, rows)
        root_ok = batch["parts"] > 1 or merkle_root(_leaves(rows)) == batch["root"]
        return Replayed(record, len(rows), len(rows) - len(different), different[:20], root_ok, not different and root_ok)

    def explain(self, principal: Principal, folder: Path, row: str, language: str, audience: str = "customer") -> Answer:
        """Put a row's latest score into words; every figure is bound to it, or the text is withheld. Raises NotFound."""
        name = folder.resolve().name
        family_of(folder)
        record, output = self.registry.find(principal, name, row)
        if "refused" in output:
            raise NotFound(f"The row {row} was not scored: {output['refused']}")
        made = RecordedScore(name, family_of(folder), check_sealed(folder), record, row, "", output)
        answer = narrate(self._app.engine, made, "zh" if language == "zh" else "en", audience)
        if family_of(folder) == aml.FAMILY.name:
            answer.warnings.append(self._picture(folder, row))
        return answer

    def _picture(self, folder: Path, account: str) -> str:
        """Draw the sub-graph around an account for the investigator; says where it lies, or that there is none."""
        found = explain_account(aml.read_transfers(specialist.load(folder).request), account)
        if found is None:
            return f"No pattern of transfers stands out around {account}"
        page = write_evidence(folder, found)
        return f"Pattern {found.pattern} around {found.collector}, {len(found.edges)} transfers: {page}"


def _leaves(rows: list[dict[str, Any]]) -> list[bytes]:
    return [canonical(plain(row)) for row in rows]
