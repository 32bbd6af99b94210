"""Specialists of one home: the life cycle joined to registry, audit, narration. What the command line and the API call.

What differs between families is theirs (``specialists/families``): here nothing asks which one it is.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar, cast

import pandas as pd
from pydantic import TypeAdapter

from finfoundry.app import App
from finfoundry.core.answer import Answer
from finfoundry.core.errors import InputError, NotFound
from finfoundry.core.principal import Principal
from finfoundry.core.progress import Progress, Report, silent
from finfoundry.governance.sealed import sealed
from finfoundry.governance.trail import recall
from finfoundry.release.serving_encoders import ReleasedEncoders
from finfoundry.runtime.audit import canonical, plain
from finfoundry.specialists.families.family import (
    FamilyScores,
    FamilyValidation,
    Options,
    RecordedBatch,
    ScoringOrder,
    ServedRows,
    SpecialistData,
    Trained,
)
from finfoundry.specialists.families.fraud.fraud_lifecycle import intake_of
from finfoundry.specialists.families.fraud.payment_intake import PaymentIntake, Taken
from finfoundry.specialists.families.serving import Families, Opened
from finfoundry.specialists.inputs.look import Look, look
from finfoundry.specialists.lifecycle.registry import LABEL, Registered, Registry
from finfoundry.specialists.lifecycle.shadow import Shadow, set_shadow, shadow_of
from finfoundry.specialists.lifecycle.validate import Monitoring
from finfoundry.specialists.lifecycle.validations import Form, Signed, demands
from finfoundry.specialists.models.metrics import MeasuredFigure
from finfoundry.specialists.models.specialist import TrainingRequest, check_room, check_sealed
from finfoundry.specialists.reports.card import write_monitoring
from finfoundry.specialists.reports.pages import Card, seal_card, sealed_card
from finfoundry.specialists.scoring.merkle import merkle_root
from finfoundry.specialists.scoring.replay import Replayed
from finfoundry.usecases.given_data import Given, GivenData, GivenRows
from finfoundry.usecases.specialist_explanation import ExplanationRequest, explain
from finfoundry.usecases.specialist_policies import AskedPolicy, PolicyReport, report_policy

MOST_ENTERED = 2_000  # payments that are entered in one transaction
Scores = TypeVar("Scores")


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


class Desk:
    """Acts for a principal, in one home."""

    def __init__(self, app: App) -> None:
        self._app, self.database = app, app.database
        self.registry = Registry(app.database, self._sealed)
        self.families = Families(app.database, self.registry, app.settings.home, ReleasedEncoders(app.settings, app.database))

    @property
    def intake(self) -> PaymentIntake:
        """Where payments are entered."""
        return intake_of(self.families)

    def read(self, path: Path) -> Look:
        """How a file is read, and what its columns are taken for. Raises InputError."""
        return look(path)

    def open(self, principal: Principal, folder: Path) -> Opened:
        """A specialist that the principal may use. Raises NotFound, and as ``Registry.admit``."""
        self.registry.admit(principal, folder)
        return self.families.open(folder)

    def data(self, principal: Principal, given: Given) -> GivenData:
        """What was given, as the principal may read it."""
        return GivenData(self._app, principal, given)

    def train(
        self, principal: Principal, request: TrainingRequest, folder: Path, given: Given, report: Report = silent, *, label: str = LABEL
    ) -> TrainedSpecialist:
        """Train, write, register as a candidate. Raises InputError, NotFound."""
        self.registry.check_label(principal, label)
        check_room(folder)
        lifecycle = self.families.named(request.family)
        names = [name for name in (request.id, *request.entities) if name]
        source = self.data(principal, given).table(names)
        made: Trained = lifecycle.train(replace(request, trained_by=principal.user), folder, report, source)
        lifecycle.write_card(folder, made)
        seal_card(folder, lifecycle.demands(made))
        entry = self.registry.register(principal, folder, label, lifecycle.champion)
        lineage = made.lineage
        return TrainedSpecialist(
            entry.name, entry.family, entry.version, str(folder), entry.state, lineage.rows, lineage.used, lineage.events, made.event,
            made.inputs, made.figures, made.warnings,
        )  # fmt: skip

    def validate(self, principal: Principal, folder: Path, given: Given) -> FamilyValidation:
        """Back-test on other data. Raises InputError, NotFound, and as ``Registry.admit``."""
        return self._validated(principal, folder, self.data(principal, given), given.options)

    def _validated(self, principal: Principal, folder: Path, data: SpecialistData, options: Options) -> FamilyValidation:
        opened = self.open(principal, folder)
        opened.lifecycle.family.check("validate", options)
        return opened.lifecycle.validate(opened.made, opened.name, data, options)

    def score(
        self, principal: Principal, folder: Path, given: Given, *, reasons: bool, out: Path | None = None, report: Report = silent
    ) -> FamilyScores:
        """Score a file and audit the batch. Raises InputError, NotFound, and as ``Registry.admit``."""
        opened = self.open(principal, folder)
        opened.lifecycle.family.check("score", given.options)
        order = ScoringOrder(principal, opened.name, reasons, out, report)
        found = opened.lifecycle.score(opened.made, order, self.data(principal, given), given.options)
        return _warned(found, self._standing(found.version))

    def _standing(self, version: str) -> list[str]:
        """What a reader of scores must know of a version that is not in use."""
        state = self.registry.state(version)
        if state == "promoted":
            return []
        told = "is retired" if state == "retired" else "is a candidate that nobody promoted"
        return [f"This version {told}: its scores are recorded, but support no decision, and questions do not find them"]

    def serve(
        self,
        principal: Principal,
        name: str,
        rows: Sequence[Mapping[str, Any]],
        *,
        reasons: bool,
        options: Options | None = None,
        past: Any = None,
    ) -> FamilyScores:
        """Score rows by the version in use. ``past``: what they look back on by the options, where the caller has made it.

        Raises as ``in_use``, and InputError.
        """
        options = options or {}
        with self.registry.serving(principal, name) as (version, connection):
            made = self.families.served(version)
            lifecycle = self.families.of(made)
            lifecycle.family.check("serve", options)
            challenger = shadow_of(connection, name)
            about = {} if challenger is None else {"challenger": challenger}
            served = ServedRows(principal, name, rows, pd.DataFrame(list(rows)), reasons, connection, about)
            scored = lifecycle.serve(made, served, options, past)
        if challenger is not None:
            lifecycle.challenge(challenger, scored, served, options)
        return scored

    def challenge(self, principal: Principal, version: str, share: float) -> Shadow:
        """Raises as ``shadow.set_shadow``."""
        return set_shadow(self.database, principal, version, share, self.families.check_challenger)

    def in_use(self, principal: Principal, name: str) -> Any:
        """The version in use. Raises NotFound: none is promoted, or it is not the principal's to use."""
        return self.families.served(self.registry.promoted(principal, name))

    def enter(
        self, principal: Principal, name: str, given: Given, *, score: bool = True, reasons: bool = False, report: Report = silent
    ) -> Taken:
        """Enter a file of payments, and of labels where it has the target's column, in blocks. Raises as ``Intake.enter``."""
        made = self.in_use(principal, name)
        table, total = self.data(principal, given).table(self.families.of(made).text_columns(made)).table, None
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
        opened = self.open(principal, folder)
        opened.lifecycle.family.check("monitor", given.options)
        found = opened.lifecycle.monitor(opened.made, opened.name, self.data(principal, given), given.options)
        write_monitoring(folder, found)
        return found

    def card(self, folder: Path) -> Card:
        """The card under the seal; of a specialist of before, which has none, it is written. Raises NotFound, IntegrityError."""
        if found := sealed_card(folder):
            return found
        lifecycle, made, _ = self.families.open(folder)
        return lifecycle.write_card(folder, made)

    def promote(self, principal: Principal, folder: Path) -> Registered:
        """Raises as ``Registry.promote``."""
        return self.promote_version(principal, check_sealed(folder))

    def promote_version(self, principal: Principal, version: str) -> Registered:
        """``promote`` of a version that is in the registry. Raises as ``Registry.promote_version``."""
        found = self.registry.promote_version(principal, version)
        self.families.named(found.family).promoted(found.name, found.version)
        return found

    def sign(self, principal: Principal, folder: Path, given: Given, form: Form) -> Signed:
        """Back-test on the validator's own data and put the validation on record. Raises as ``Registry.sign`` and ``validate``."""
        return self._signed(principal, folder, self.validate(principal, folder, given), form)

    def sign_rows(self, principal: Principal, version: str, rows: Sequence[Mapping[str, Any]], form: Form) -> Signed:
        """``sign`` for a version of the registry, on rows. Raises as ``sign``."""
        folder = self.registry.restore(version, self._app.settings.home / "specialists")
        return self._signed(principal, folder, self._validated(principal, folder, GivenRows(rows), {}), form)

    def _signed(self, principal: Principal, folder: Path, found: FamilyValidation, form: Form) -> Signed:
        figures: bytes = TypeAdapter(type(found)).dump_json(found)
        return self.registry.sign(principal, check_sealed(folder), form, [asks for asks, _ in demands(folder)], json.loads(figures))

    def _sealed(self, record: str) -> Any:
        return sealed(self._app.database, self._app.settings.home, record).one("validation")

    def policy(self, principal: Principal, folder: Path, asked: AskedPolicy, given: Given) -> PolicyReport:
        """Weigh a cut-off, and put it in force where asked. Raises InputError, NotFound, NotPermitted for the one who trained."""
        opened = self.open(principal, folder)
        against = None if asked.against is None else self.open(principal, asked.against)
        source = None
        if given.data is not None or given.sql is not None:
            source = self.data(principal, given).table(opened.lifecycle.text_columns(opened.made))
        return report_policy(self.registry, principal, folder, asked, source, opened, against)

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
        lifecycle = self.families.named(batch["family"])
        found = lifecycle.again(lifecycle.load(folder), RecordedBatch(batch, rows, trace.one))
        same, ok = len(rows) - len(found.different), not found.different and root_ok
        return Replayed(record, len(rows), same, found.different[:20], root_ok, ok, found.covered, found.left_out)

    def explain(
        self, principal: Principal, folder: Path, row: str, language: str, audience: str | None = None, options: Options | None = None
    ) -> Answer:
        """Put the latest score of a row by this very version into words. Raises NotFound, and as ``Registry.admit``."""
        opened = self.open(principal, folder)
        asked = ExplanationRequest(folder, row, "zh" if language == "zh" else "en", audience, options or {})
        return explain(self._app, self.registry, principal, opened, asked)


def _warned(found: Scores, told: list[str]) -> Scores:
    """Scores of whichever family, with these warnings before their own."""
    scored = cast(Any, found)
    return cast(Scores, replace(scored, warnings=[*told, *scored.warnings]))


def _leaves(rows: list[dict[str, Any]]) -> list[bytes]:
    return [canonical(plain(row)) for row in rows]
