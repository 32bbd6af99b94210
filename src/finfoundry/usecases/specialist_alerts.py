"""Alerts on accounts, over one home: raised by score and rules together, worded from what they rest on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd

from finfoundry.app import App
from finfoundry.core.errors import InputError, IntegrityError
from finfoundry.core.principal import Principal
from finfoundry.runtime.audit import AuditRecord, AuditStep, append, plain
from finfoundry.specialists.families.aml import alerts, aml
from finfoundry.specialists.families.aml.alerts import Alert, AlertBatch, Raised, Suspicion
from finfoundry.specialists.families.aml.aml_lifecycle import AmlLifecycle, of_accounts
from finfoundry.specialists.families.aml.typologies import Rules, TypologyFinding, findings, read_rules
from finfoundry.specialists.families.family import FamilyScores, Options
from finfoundry.specialists.models.specialist import Specialist
from finfoundry.specialists.scoring.replay import output_of
from finfoundry.specialists.scoring.score import ScoredRow
from finfoundry.usecases.given_data import Given
from finfoundry.usecases.narratives.alert_narrative import Case, Fired, NarratedTransfer, draft
from finfoundry.usecases.run_specialist import Desk


@dataclass(frozen=True)
class AskedAlerts:
    """Which accounts are judged, by which transfers up to which day, and by which rules."""

    given: Given
    rules: Path | None = None


@dataclass(frozen=True)
class Judged:
    """An account by score and by rules, side by side."""

    account: str
    score: float | None
    probability: float | None
    alert: bool | None  # by the score alone
    refused: str | None
    findings: list[TypologyFinding]


@dataclass(frozen=True)
class Monitored:
    """Accounts by score and rules, the record of the scores, and what came into the queue where that was asked."""

    specialist: str
    as_of: str
    rules: str  # SHA-256
    record: str
    accounts: list[Judged]
    raised: Raised | None = None


class AlertDesk:
    """Acts for a principal, in one home."""

    def __init__(self, app: App, desk: Desk) -> None:
        self._app, self._desk = app, desk

    def judge(self, principal: Principal, folder: Path, asked: AskedAlerts, *, open_: bool) -> Monitored:
        """Score accounts of a file and apply the rules; with ``open_`` accounts with an alert or a finding go into the queue.

        Raises InputError: no day is given, or the specialist is of another family; as ``Desk.score``.
        """
        lifecycle, made, _ = self._desk.families.open(folder)
        accounts, as_of = of_accounts(lifecycle), _day(asked.given.options.get("as_of"))
        known = _known(accounts, made, asked.given.options)
        scored = self._desk.score(principal, folder, asked.given, reasons=True)
        return self._judged(principal, scored, as_of, known, read_rules(asked.rules), open_=open_)

    def watch(
        self, principal: Principal, name: str, rows: Sequence[Mapping[str, Any]], transfers: pd.DataFrame | None, as_of: str
    ) -> Monitored:
        """``judge`` in service: by the version in use, with the product's rules; accounts with an alert or a finding go into the queue.

        Raises InputError: ``as_of`` is empty, or the specialist is of another family; as ``Desk.serve``.
        """
        made = self._desk.in_use(principal, name)
        accounts, options = of_accounts(self._desk.families.of(made)), {"transfers": transfers, "as_of": _day(as_of)}
        known = _known(accounts, made, options)
        scored = self._desk.serve(principal, name, rows, reasons=True, options=options, past=known)
        return self._judged(principal, scored, as_of, known, read_rules(), open_=True)

    def _judged(
        self, principal: Principal, scored: FamilyScores, as_of: str, known: aml.KnownTransfers, rules: Rules, *, open_: bool
    ) -> Monitored:
        judged = [_by_rules(row, known, rules) for row in scored.rows]
        found = Monitored(scored.specialist, as_of, rules.digest, str(scored.record), judged)
        return replace(found, raised=self._raise(principal, scored, found)) if open_ else found

    def _raise(self, principal: Principal, scored: FamilyScores, found: Monitored) -> Raised:
        batch = AlertBatch(scored.specialist, scored.version, found.record, found.as_of, found.rules)
        suspicions = [
            Suspicion(one.account, output_of(row), bool(one.alert), one.findings)
            for one, row in zip(found.accounts, scored.rows, strict=True)
            if one.alert or one.findings
        ]
        with self._app.database.transaction(principal) as connection:
            return alerts.open_alerts(connection, principal, batch, suspicions, len(scored.rows))

    def narrative(self, principal: Principal, name: str, number: int, language: str) -> Alert:
        """Draft the narrative of an alert from its own figures, and add it to the case. Raises NotFound, NotPermitted, InputError."""
        case = _case(alerts.shown(self._app.database, principal, name, number))
        told = draft(case, "zh" if language == "zh" else "en")
        answer = told.answer
        if answer.status != "answered":
            raise IntegrityError(f"The narrative was withheld: {answer.reason}", remedy="Report this with the record of the alert")
        answer.disclosure = self._app.disclose(answer.language, answer.id)
        label = plain(answer.disclosure)
        content = {"language": answer.language, "text": answer.text, "figures": len(answer.figures), "disclosure": label}
        alert = alerts.add(self._app.database, principal, name, number, "narrative", content)
        steps = (
            AuditStep("specialist", {"alert": number, "record": case.record}),
            AuditStep("binding", told.binding),
            AuditStep("answer", answer),
        )
        with self._app.database.transaction(principal) as connection:
            append(connection, AuditRecord(principal.user, "explanation", steps, target=answer.id))
        return alert


def _known(accounts: AmlLifecycle, made: Specialist, options: Options) -> aml.KnownTransfers:
    return accounts.past_given(made, options) or aml.known_of(made, None, None)


def _day(as_of: str | None) -> str:
    """Raises InputError: none is given."""
    if not as_of:
        raise InputError("No day of the judgement is given", remedy="Say up to when transfers count, with --as-of")
    return as_of


def _by_rules(row: ScoredRow, known: aml.KnownTransfers, rules: Rules) -> Judged:
    found = findings(known.graph, row.id, rules, known.as_of or 0.0, dated=known.dated)
    return Judged(row.id, row.score, row.probability, row.alert, row.refused, found)


def _case(alert: Alert) -> Case:
    """What an alert rests on, as it was recorded; what was seen again later counts, too."""
    again = [entry.content for entry in alert.entries if entry.kind == "seen again"]
    latest: Mapping[str, Any] = again[-1] if again else {"output": alert.output, "findings": alert.findings, "as_of": alert.as_of}
    probability = latest["output"].get("probability")
    return Case(
        alert.id, alert.specialist, alert.account, latest["as_of"], alert.record,
        None if probability is None else Decimal(str(probability)), [_fired(one) for one in latest["findings"]],
    )  # fmt: skip


def _fired(found: Mapping[str, Any]) -> Fired:
    moved = [NarratedTransfer(one["source"], one["destination"], Decimal(one["amount"]), one["when"]) for one in found["transfers"]]
    figures, thresholds = ({name: Decimal(value) for name, value in found[part].items()} for part in ("figures", "thresholds"))
    return Fired(found["rule"], moved, figures, thresholds)
