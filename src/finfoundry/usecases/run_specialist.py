"""Specialists of one home: the life cycle joined to registry, audit, narration. What the command line and the API call."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd
from pydantic import TypeAdapter

from finfoundry.app import App
from finfoundry.core.answer import Answer
from finfoundry.core.errors import InputError, NotFound
from finfoundry.core.principal import Principal
from finfoundry.core.progress import Progress, Report, silent
from finfoundry.governance.sealed import sealed
from finfoundry.governance.trail import recall
from finfoundry.runtime.audit import canonical, plain
from finfoundry.runtime.database import Connection
from finfoundry.specialists.families import aml, fraud
from finfoundry.specialists.families.families import MARKET_RISK, classifier
from finfoundry.specialists.families.family import Family, as_given
from finfoundry.specialists.inputs.look import Look, look
from finfoundry.specialists.inputs.table import TableSource, file_digest, read_blocks, read_source
from finfoundry.specialists.lifecycle import market_replay, market_risk
from finfoundry.specialists.lifecycle.batches import ScoringBatch, score_blocks
from finfoundry.specialists.lifecycle.beside import Beside
from finfoundry.specialists.lifecycle.payment_intake import PaymentIntake, Taken
from finfoundry.specialists.lifecycle.registry import LABEL, Registered, Registry
from finfoundry.specialists.lifecycle.serving import SpecialistLoader
from finfoundry.specialists.lifecycle.shadow import Shadow, set_shadow, shadow_of
from finfoundry.specialists.lifecycle.train import train
from finfoundry.specialists.lifecycle.validate import Monitoring, Validation, monitor, validate
from finfoundry.specialists.lifecycle.validations import Form, Signed, demands
from finfoundry.specialists.market.market_results import AskedRisk, MarketRisk, MarketScores, MarketValidation
from finfoundry.specialists.models import specialist
from finfoundry.specialists.models.metrics import MeasuredFigure
from finfoundry.specialists.models.specialist import Specialist, TrainingRequest, check_room, check_sealed, family_of
from finfoundry.specialists.reports.card import Card, seal_card, sealed_card, write_card, write_market_card, write_monitoring
from finfoundry.specialists.scoring.merkle import merkle_root
from finfoundry.specialists.scoring.replay import Replayed, again, told
from finfoundry.specialists.scoring.score import Scored, text_columns
from finfoundry.usecases.specialist_explanation import ExplanationRequest, explain
from finfoundry.usecases.specialist_policies import AskedPolicy, PolicyReport, report_policy

MOST_ENTERED = 2_000  # payments that are entered in one transaction
MOST_SQL_ROWS = 1_000_000


@dataclass(frozen=True)
class TrainedSpecialist:
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
    models: dict[str, dict[str, MeasuredFigure]]
    warnings: list[str]


@dataclass(frozen=True)
class Given:
    """Where data come from: a file, or one SELECT over the wide tables of the store; for aml, transfers, and up to when they count."""

    data: Path | None = None
    sql: str | None = None
    transactions: Path | None = None
    as_of: str | None = None


class Desk:
    """Acts for a principal, in one home."""

    def __init__(self, app: App) -> None:
        self._app, self.database = app, app.database
        self.registry = Registry(app.database, self._sealed)
        self._served = SpecialistLoader(self.registry, app.settings.home).load
        self.intake = PaymentIntake(app.database, self.registry, self._served)

    def source(self, principal: Principal, given: Given, text: Sequence[str] = ()) -> TableSource:
        """The table that was given. Raises InputError: neither or both of file and SQL, or unreadable."""
        if (given.data is None) == (given.sql is None):
            raise InputError("Data are missing, or given twice", remedy="Give either --data FILE or --sql QUERY")
        if given.data is not None:
            return read_source(given.data, text)
        found = self._app.query_tables(principal, str(given.sql), MOST_SQL_ROWS)
        if not found.rows or found.truncated:
            raise InputError("The query found no rows" if not found.rows else f"The query found more than {MOST_SQL_ROWS:,} rows")
        table = pd.DataFrame(found.rows, columns=list(found.columns))
        for name in table:
            numbers = pd.to_numeric(table[name], errors="coerce")  # the store's Decimals, too
            if name not in text and int(numbers.notna().sum()) == int(table[name].notna().sum()):
                table[name] = numbers
        return TableSource("the query", table, hashlib.sha256(table.to_csv(index=False).encode()).hexdigest())

    def read(self, path: Path) -> Look:
        """How a file is read, and what its columns are taken for. Raises InputError."""
        return look(path)

    def train(
        self, principal: Principal, request: TrainingRequest, folder: Path, given: Given, report: Report = silent, *, label: str = LABEL
    ) -> TrainedSpecialist:
        """Train, write, register as a candidate. Raises InputError, NotFound."""
        self.registry.check_label(principal, label)
        check_room(folder)
        request = replace(request, trained_by=principal.user)
        names = [name for name in (request.id, *request.entities) if name]
        source = self.source(principal, given, names)
        if request.family == MARKET_RISK:
            market = market_risk.train(request, folder, report, source)
            write_market_card(folder, market)
            seal_card(folder, market, None)
            entry = self.registry.register(principal, folder, label)
            lineage = market.lineage
            return TrainedSpecialist(
                entry.name, entry.family, entry.version, str(folder), entry.state, lineage.rows, lineage.used, 0, None,
                market.series, market.figures, market.warnings
            )  # fmt: skip
        made = train(classifier(request.family), request, folder, report, source)
        write_card(folder, made, classifier(request.family))
        seal_card(folder, made, classifier(request.family))
        entry = self.registry.register(principal, folder, label)
        lineage = made.lineage
        return TrainedSpecialist(
            entry.name, entry.family, entry.version, str(folder), entry.state, lineage.rows, lineage.used, lineage.events, made.event,
            made.schema.names, made.figures, made.warnings,
        )  # fmt: skip

    def validate(self, principal: Principal, folder: Path, given: Given | TableSource) -> Validation | MarketValidation:
        """Back-test on other data. Raises InputError, NotFound, and as ``Registry.admit``."""
        self.registry.admit(principal, folder)
        name = folder.resolve().name
        if family_of(folder) == MARKET_RISK:
            source = given if isinstance(given, TableSource) else self.source(principal, given)
            return market_risk.validate(market_risk.load(folder), name, source)
        made = specialist.load(folder)
        family = classifier(made.request.family)
        if isinstance(given, TableSource):
            return validate(family, made, name, given)
        return validate(family, made, name, self.source(principal, given, sorted(text_columns(made))), _past(family, made, given))

    def score(
        self,
        principal: Principal,
        folder: Path,
        given: Given,
        *,
        reasons: bool,
        out: Path | None = None,
        asked: AskedRisk | None = None,
        report: Report = silent,
    ) -> Scored | MarketScores:
        """Score a file and audit the batch. Raises InputError, NotFound, and as ``Registry.admit``."""
        self.registry.admit(principal, folder)
        name = folder.resolve().name
        if family_of(folder) == MARKET_RISK:
            found = self._score_market(principal, market_risk.load(folder), name, self.source(principal, given), asked)
            return replace(found, warnings=[*self._standing(found.version), *found.warnings])
        made = specialist.load(folder)
        family = classifier(made.request.family)
        if asked is not None and (asked.shocks or asked.positions):
            raise InputError(f"The family {family.name} takes neither scenarios nor positions")
        blocks, digest = self._blocks(principal, family, made, given)
        past = _past(family, made, given)
        with self._app.database.transaction(principal) if family.name == fraud.FAMILY.name else nullcontext() as within:
            if within:  # it looks back on the state of the windows, under the reader's own rights
                table = next(blocks)
                blocks, past = iter([table]), self.intake.look(within, made, name, table)
            batch = ScoringBatch(principal, made, name, digest)
            scored = score_blocks(self.registry, batch, blocks, past, reasons=reasons, out=out, report=report, within=within)
        return replace(scored, warnings=[*self._standing(made.version), *scored.warnings])

    def _blocks(self, principal: Principal, family: Family, made: Specialist, given: Given) -> tuple[Iterator[pd.DataFrame], str]:
        """The table in blocks where each row stands for itself; whole where rows make each other's inputs."""
        text = sorted(text_columns(made))
        if given.data is not None and family.features is as_given:
            return read_blocks(given.data, text), file_digest(given.data) if given.data.is_file() else ""
        source = self.source(principal, given, text)
        return iter([source.table]), source.digest

    def _standing(self, version: str) -> list[str]:
        """What a reader of scores must know of a version that is not in use."""
        state = self.registry.state(version)
        if state == "promoted":
            return []
        told = "is retired" if state == "retired" else "is a candidate that nobody promoted"
        return [f"This version {told}: its scores are recorded, but support no decision, and questions do not find them"]

    def _score_market(
        self,
        principal: Principal,
        made: MarketRisk,
        name: str,
        source: TableSource,
        asked: AskedRisk | None = None,
        about: Mapping[str, Any] | None = None,
    ) -> MarketScores:
        scored, rows = market_risk.score_kept(made, name, source, asked)
        record, root = self.registry.record(principal, market_risk.head(made, name, source.digest) | plain(about or {}), rows)
        return replace(scored, record=record, root=root)

    def serve(
        self,
        principal: Principal,
        name: str,
        rows: Sequence[Mapping[str, Any]],
        *,
        reasons: bool,
        asked: aml.Asked | None = None,
        known: aml.KnownTransfers | None = None,
    ) -> Scored | MarketScores:
        """Score rows by the version in use. ``asked``: accounts by other transfers, or up to a day; ``known``: the same, where it was made.

        Raises as ``in_use``, and InputError.
        """
        table = pd.DataFrame(list(rows))
        with self.registry.serving(principal, name) as (version, connection):
            made = self._served(version)
            if asked is not None and (family := made.request.family) != aml.FAMILY.name:
                raise InputError(f"The family {family} takes neither transfers nor a day of the judgement")
            challenger = shadow_of(connection, name)
            about = {} if challenger is None else {"challenger": challenger}
            if isinstance(made, Specialist):
                past: Any = known
                if made.request.family == fraud.FAMILY.name:
                    past = self.intake.look(connection, made, name, table)
                elif asked is not None and known is None:
                    past = aml.known_of(made, asked.transfers, asked.as_of)
                batch = ScoringBatch(principal, made, name, None, about)
                scored = score_blocks(self.registry, batch, iter([table]), past, reasons=reasons, within=connection)
        if isinstance(made, Specialist):
            if challenger is not None:
                self._challenge(principal, challenger, scored, table, asked)
            return scored
        digest = hashlib.sha256(canonical(plain(list(rows)))).hexdigest()
        source = TableSource("the rows", table, digest)
        forecast = self._score_market(principal, made, name, source, about=about)
        if challenger is not None:
            Beside(self.database, self.registry, self._served, principal, challenger).series(forecast, source)
        return forecast

    def _challenge(self, principal: Principal, challenger: Shadow, answered: Scored, table: pd.DataFrame, asked: aml.Asked | None) -> None:
        """Score rows that were answered by a challenger, too, on what the version in use was given."""

        def past(made: Specialist, _: Connection) -> aml.KnownTransfers | None:
            return None if asked is None else aml.known_of(made, asked.transfers, asked.as_of)

        if answered.family == fraud.FAMILY.name:
            self.intake.challenge(principal, challenger, answered, table)
        else:
            Beside(self.database, self.registry, self._served, principal, challenger).rows(answered, table, past)

    def challenge(self, principal: Principal, version: str, share: float) -> Shadow:
        """Raises as ``shadow.set_shadow``."""
        return set_shadow(self.database, self._served, principal, version, share)

    def in_use(self, principal: Principal, name: str) -> Specialist | MarketRisk:
        """The version in use. Raises NotFound: none is promoted, or it is not the principal's to use."""
        return self._served(self.registry.promoted(principal, name))

    def enter(
        self, principal: Principal, name: str, given: Given, *, score: bool = True, reasons: bool = False, report: Report = silent
    ) -> Taken:
        """Enter a file of payments, and of labels where it has the target's column, in blocks. Raises as ``Intake.enter``."""
        made = self.in_use(principal, name)
        text = sorted(text_columns(made)) if isinstance(made, Specialist) else ()
        table, total = self.source(principal, given, text).table, None
        for first in range(0, len(table), MOST_ENTERED):
            block = table.iloc[first : first + MOST_ENTERED]
            taken = self.intake.enter(principal, name, block, {}, score=score, reasons=reasons)
            total = taken.after(total, first)
            report(Progress("entering", first + len(block), len(table), "payments"))
        if total is None:
            raise InputError("There are no payments to enter")
        return total

    def monitor(self, principal: Principal, folder: Path, given: Given) -> Monitoring:
        """Stability, fairness and refusals of a file; writes ``monitor.html`` there. Raises InputError, and as ``Registry.admit``."""
        self.registry.admit(principal, folder)
        name = folder.resolve().name
        if family_of(folder) == MARKET_RISK:
            found = market_risk.monitor(market_risk.load(folder), name, self.source(principal, given))
        else:
            made = specialist.load(folder)
            family = classifier(made.request.family)
            source = self.source(principal, given, sorted(text_columns(made)))
            found = monitor(family, made, name, source, _past(family, made, given))
        write_monitoring(folder, found)
        return found

    def card(self, folder: Path) -> Card:
        """The card under the seal; of a specialist of before, which has none, it is written. Raises NotFound, IntegrityError."""
        if found := sealed_card(folder):
            return found
        if family_of(folder) == MARKET_RISK:
            return write_market_card(folder, market_risk.load(folder))
        made = specialist.load(folder)
        return write_card(folder, made, classifier(made.request.family))

    def promote(self, principal: Principal, folder: Path) -> Registered:
        """Raises as ``Registry.promote``."""
        return self.promote_version(principal, check_sealed(folder))

    def promote_version(self, principal: Principal, version: str) -> Registered:
        """The same for a version that lies in the registry."""
        found = self.registry.promote_version(principal, version)
        if found.family == fraud.FAMILY.name and isinstance(made := self._served(found.version), Specialist):
            self.intake.seed(found.name, made)
        return found

    def sign(self, principal: Principal, folder: Path, given: Given, form: Form) -> Signed:
        """Back-test on the validator's own data and put the validation on record. Raises as ``Registry.sign`` and ``validate``."""
        return self._signed(principal, folder, self.validate(principal, folder, given), form)

    def sign_rows(self, principal: Principal, version: str, rows: Sequence[Mapping[str, Any]], form: Form) -> Signed:
        """The same for a version of the registry, on rows. Raises as ``sign``."""
        folder = self.registry.restore(version, self._app.settings.home / "specialists")
        source = TableSource("the rows", pd.DataFrame(list(rows)), hashlib.sha256(canonical(plain(list(rows)))).hexdigest())
        return self._signed(principal, folder, self.validate(principal, folder, source), form)

    def _signed(self, principal: Principal, folder: Path, found: Validation | MarketValidation, form: Form) -> Signed:
        figures = TypeAdapter(Validation | MarketValidation).dump_json(found)
        return self.registry.sign(principal, check_sealed(folder), form, [asks for asks, _ in demands(folder)], json.loads(figures))

    def _sealed(self, record: str) -> Any:
        return sealed(self._app.database, self._app.settings.home, record).one("validation")

    def policy(self, principal: Principal, folder: Path, asked: AskedPolicy, given: Given) -> PolicyReport:
        """Weigh a cut-off, and put it in force where asked. Raises InputError, NotFound, NotPermitted for the one who trained."""
        self.registry.admit(principal, folder)
        if asked.against is not None:
            self.registry.admit(principal, asked.against)
        source = None
        if given.data is not None or given.sql is not None:
            source = self.source(principal, given, sorted(text_columns(specialist.load(folder))))
        return report_policy(self.registry, principal, folder, asked, source)

    def replay(self, principal: Principal, record: str) -> Replayed:
        """Compute a recorded batch again from its recorded inputs. Raises NotFound, NotPermitted, IntegrityError."""
        trace = recall(self._app.database, self._app.settings.home, principal, record)
        batch, rows = trace.one("batch"), trace.one("rows")
        if trace.action != "scores" or batch is None:
            raise NotFound(f"The record {record} holds no scores, or they were erased")
        if rows is None and isinstance(batch.get("parts"), list):
            parts = [self.replay(principal, part) for part in batch["parts"]]
            different = [one for part in parts for one in part.different][:20]
            rows_ok = all(part.ok for part in parts) and sum(part.rows for part in parts) == batch["rows"]
            covered = sorted({name for part in parts for name in part.covered})
            left_out = list(dict.fromkeys(one for part in parts for one in part.left_out))
            roots_ok = all(part.root_ok for part in parts)
            return Replayed(record, batch["rows"], sum(part.same for part in parts), different, roots_ok, rows_ok, covered, left_out)
        if rows is None:
            raise NotFound(f"The rows of the record {record} were erased")
        root_ok = merkle_root(_leaves(rows)) == batch["root"]
        folder = self.registry.restore(batch["version"], self._app.settings.home / "specialists")
        if batch["family"] == MARKET_RISK:
            different, (covered, left_out) = market_replay.again(market_risk.load(folder), rows), market_replay.covered(rows)
        else:
            made, beside = specialist.load(folder), trace.one("transfers") or {}
            different, (covered, left_out) = again(made, rows, batch, beside), told(made, rows, batch, beside)
        same, ok = len(rows) - len(different), not different and root_ok
        return Replayed(record, len(rows), same, different[:20], root_ok, ok, covered, left_out)

    def explain(
        self,
        principal: Principal,
        folder: Path,
        row: str,
        language: str,
        audience: str | None = None,
        transactions: Path | None = None,
        as_of: str | None = None,
    ) -> Answer:
        """Put the latest score of a row by this very version into words. Raises NotFound, and as ``Registry.admit``."""
        self.registry.admit(principal, folder)
        asked = ExplanationRequest(folder, row, "zh" if language == "zh" else "en", audience, transactions, as_of)
        return explain(self._app, self.registry, principal, asked)


def _past(family: Family, made: Specialist, given: Given) -> Any:
    """Of transfers that were given beside the data, up to the day that was given. Raises InputError where the family takes none."""
    if given.transactions is None and given.as_of is None:
        return None
    if family.name != aml.FAMILY.name:
        raise InputError(f"The family {family.name} takes no {'--as-of' if given.transactions is None else '--transactions'}")
    return aml.known_of(made, given.transactions, given.as_of)


def _leaves(rows: list[dict[str, Any]]) -> list[bytes]:
    return [canonical(plain(row)) for row in rows]
