"""``finfoundry specialists demo``: four families on data made here, each brought into use by three people, and one page about all.

A trainer trains, a validator signs what was found, with one finding left open on purpose, and an approver promotes: each holds one role
under a label of the demonstration, and is no administrator.
"""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

from finfoundry.app import App
from finfoundry.core.principal import Principal
from finfoundry.core.progress import Report, silent
from finfoundry.specialists.families.aml.alerts import Alert
from finfoundry.specialists.families.family import FamilyScores
from finfoundry.specialists.inputs.made_data import laundering, loans, payments, prices
from finfoundry.specialists.lifecycle import roles
from finfoundry.specialists.lifecycle.registry import Registered
from finfoundry.specialists.lifecycle.validations import ChecklistAnswer, Finding, Form, Signed, demands
from finfoundry.specialists.market.market_results import MarketScores
from finfoundry.specialists.models.metrics import MeasuredFigure
from finfoundry.specialists.models.specialist import Specialist, TrainingRequest, load
from finfoundry.specialists.reports import plots
from finfoundry.specialists.reports.checklist import NOT_MET
from finfoundry.specialists.scoring.score import Scored, ScoredRow
from finfoundry.usecases.given_data import Given
from finfoundry.usecases.run_specialist import Desk
from finfoundry.usecases.specialist_alerts import AlertDesk, AskedAlerts

VALIDATOR, APPROVER = (Principal(name, administrator=True) for name in ("demo-validator", "demo-approver"))  # made up, as the data are
LABEL = "demonstration"
FINDINGS = {  # of each family the finding that stays open on purpose
    "credit": "The data are of one year: nothing is known of a downturn",
    "fraud": "Payments in foreign currencies are not in the data",
    "aml": "Accounts were labelled by investigators who saw the rules: what no rule finds is not in the labels",
    "market-risk": "The series hold no day of a crisis",
}
_CONDITION = "Not the only ground of a decision until the open finding is closed"
_FOLDS = 5
_AS_OF = "90"  # days after the first transfer
_SHOWN = 8  # alerts
_STYLE = """body{font:17px/1.6 Georgia,"Songti SC",serif;max-width:64rem;margin:3rem auto;padding:0 1.5rem;color:#1c2430}
h1{font-size:2.2rem;margin-bottom:.2rem}h2{margin-top:3rem;border-bottom:1px solid #d5d9e0}h3{margin:1.8rem 0 .4rem}
table{border-collapse:collapse;font:14px/1.4 system-ui,sans-serif;margin:.8rem 0}
td,th{padding:.3rem .8rem;border-bottom:1px solid #e4e7ec;text-align:left}
td{font-variant-numeric:tabular-nums}figure{display:inline-block;margin:.4rem 1rem .4rem 0}svg{max-width:100%;height:auto}
blockquote{margin:.6rem 0;padding:.2rem 1rem;border-left:3px solid #1f5fa8;background:#f5f7fa}.lead{font-size:1.15rem;color:#3b4657}"""
_LEAD = (
    "A scorecard for made-up loans, a fraud model for made-up payments, a ranking of accounts by made-up transfers, and the risk of made-up"
    " prices. Each was trained with a challenger, measured on rows that it had not seen, hashed and registered; a second person validated"
    " it and left one finding open, a third took it into use. The language model may put a score into words, and changes no digit of it."
)
_CARDS = {"demo-credit": "credit", "demo-fraud": "fraud", "demo-aml": "accounts", "demo-market": "market risk"}


@dataclass(frozen=True, slots=True)
class DemoPage:
    """Where the page lies."""

    page: str


@dataclass(frozen=True)
class Staff:
    """Three people, each with one role."""

    trainer: Principal
    validator: Principal
    approver: Principal


@dataclass(frozen=True)
class Lived:
    """A family through its whole life."""

    folder: Path
    signed: Signed
    entry: Registered
    scored: FamilyScores


def run(app: App, desk: Desk, folder: Path, report: Report = silent) -> DemoPage:
    """Train all four, let each be validated and promoted, score what came later, explain it, and return the page about all of it."""
    folder.mkdir(parents=True, exist_ok=True)
    staff = hired(app)
    credit = _credit(desk, staff, folder, report)
    fraud = _fraud(desk, staff, folder, report)
    aml = _aml(desk, staff, folder, report)
    market = _market(desk, staff, folder, report)
    applicants, alerts = cast(Scored, credit.scored), cast(Scored, fraud.scored)
    declined = max((row for row in applicants.rows if row.refused is None), key=lambda row: row.probability or 0.0)
    told = [desk.explain(staff.trainer, credit.folder, declined.id, language) for language in ("en", "zh")]
    parts = [
        f"<!doctype html><html lang='en'><meta charset='utf-8'><title>Specialists</title><style>{_STYLE}</style>",
        f"<h1>Four specialists</h1><p class='lead'>{_LEAD}</p>",
        f"<h2>Credit</h2>{_measured(load(credit.folder))}",
        f"<h3>The applicant with the highest risk: {html.escape(declined.id)}</h3>{_steps(declined)}",
        *(f"<blockquote lang='{answer.language}'>{html.escape(answer.text)}</blockquote>" for answer in told),
        f"<h2>Fraud</h2>{_measured(load(fraud.folder))}<h3>What a person should look at first</h3>{_alerts(alerts)}",
        f"<h2>Laundering</h2>{_measured(load(aml.folder))}{_case(_worked(app, desk, staff, aml, folder))}",
        f"<h2>Market risk</h2>{_risks(cast(MarketScores, market.scored))}",
        f"<h2>Who answers for them</h2>{_governance([credit, fraud, aml, market])}",
        f"<h2>For the validator</h2><ul>{_links()}</ul></html>",
    ]
    page = folder / "index.html"
    page.write_text("\n".join(parts) + "\n", encoding="utf-8")
    return DemoPage(str(page))


def hired(app: App) -> Staff:
    """The three, under the label of the demonstration; again changes nothing."""
    app.policy.add_label(app.administrator, LABEL)
    people = {role: f"demo-{role}" for role in roles.ROLES}
    for role, name in people.items():
        app.policy.add_user(app.administrator, name)
        app.policy.add_grant(app.administrator, name, LABEL, write=True)
        roles.give(app.database, app.administrator, name, role, LABEL)
    return Staff(*(app.policy.principal(people[role]) for role in ("trainer", "validator", "approver")))


def _links() -> str:
    cards = "".join(f"<li><a href='{folder}/card.html'>The card of {name}</a></li>" for folder, name in _CARDS.items())
    return f"{cards}<li><a href='demo-credit/monitor.html'>Monitoring of credit: what has moved since training</a></li>"


def _credit(desk: Desk, staff: Staff, folder: Path, report: Report) -> Lived:
    """Trained on 2,000 loans, validated on 600 others; 300 later ones are scored and monitored."""
    past, judged, later = (folder / name for name in ("loans.csv", "loans-judged.csv", "loans-later.csv"))
    loans(2000, seed=1).to_csv(past, index=False)
    loans(600, seed=3).to_csv(judged, index=False)
    loans(300, seed=2).to_csv(later, index=False)
    asked = TrainingRequest(
        "credit", str(past), "default", id="id", group="region", purpose="A demonstration on made-up loans.", budget=_FOLDS
    )  # fmt: skip
    lived = _lived(desk, staff, asked, folder / "demo-credit", Given(judged), Given(later), report)
    desk.monitor(staff.trainer, lived.folder, Given(later))
    return lived


def _fraud(desk: Desk, staff: Staff, folder: Path, report: Report) -> Lived:
    """Trained on the first four sixths of the payments, validated on the next, and the last is scored."""
    past, judged, later = (folder / name for name in ("payments.csv", "payments-judged.csv", "payments-later.csv"))
    table = payments(6000, seed=1)
    first, second = len(table) * 4 // 6, len(table) * 5 // 6
    table.iloc[:first].to_csv(past, index=False)
    table.iloc[first:second].to_csv(judged, index=False)
    table.iloc[second:].drop(columns="fraud").to_csv(later, index=False)
    asked = TrainingRequest(
        "fraud", str(past), "fraud", time="at", id="id", entities=("card", "shop"), amount="amount",
        purpose="A demonstration on made-up payments.", budget=_FOLDS,
    )  # fmt: skip
    return _lived(desk, staff, asked, folder / "demo-fraud", Given(judged), Given(later), report)


def _aml(desk: Desk, staff: Staff, folder: Path, report: Report) -> Lived:
    """Trained on half of the accounts, validated on the other; that half is scored as of a day."""
    accounts, moved, _ = laundering(360, 24, seed=1)
    past, judged, paid = (folder / name for name in ("accounts.csv", "accounts-judged.csv", "transfers.csv"))
    accounts.iloc[::2].to_csv(past, index=False)
    accounts.iloc[1::2].to_csv(judged, index=False)
    moved.to_csv(paid, index=False)
    asked = TrainingRequest(
        "aml", str(past), "laundering", id="account", transactions=str(paid), source="from", destination="to", amount="amount",
        purpose="A demonstration on made-up transfers.", budget=_FOLDS,
    )  # fmt: skip
    return _lived(desk, staff, asked, folder / "demo-aml", Given(judged), Given(judged, options={"as_of": _AS_OF}), report)


def _worked(app: App, desk: Desk, staff: Staff, aml: Lived, folder: Path) -> Alert | None:
    """The queue of that day; the riskiest account on which a rule fired, with its narrative in both languages."""
    watch = AlertDesk(app, desk)
    found = watch.judge(
        staff.trainer, aml.folder, AskedAlerts(Given(folder / "accounts-judged.csv", options={"as_of": _AS_OF})), open_=True
    )
    fired = [one for one in (found.raised.opened if found.raised else []) if one.findings]
    if not fired:
        return None
    first = max(fired, key=lambda one: (float(one.output.get("probability") or 0), -one.id))
    for language in ("en", "zh"):
        case = watch.narrative(staff.trainer, first.specialist, first.id, language)
    return case


def _market(desk: Desk, staff: Staff, folder: Path, report: Report) -> Lived:
    """Trained on all days but twenty; validated and scored with these."""
    past, later = folder / "prices.csv", folder / "prices-later.csv"
    table = prices(900, seed=2)
    table.iloc[:-20].to_csv(past, index=False)
    table.to_csv(later, index=False)
    asked = TrainingRequest("market-risk", str(past), prices=("all",), purpose="A demonstration on made-up prices.")
    return _lived(desk, staff, asked, folder / "demo-market", Given(later), Given(later), report)


def filled_in(folder: Path, **changes: Any) -> Form:
    """A validator's form as a made-up validator fills it in: what is not shown is not met, and one finding stays open on purpose."""
    checklist = [
        ChecklistAnswer(asks, "not met", "what is shown says so") if shown.startswith(NOT_MET) else ChecklistAnswer(asks, "met", "", shown)
        for asks, shown in demands(folder)
    ]
    finding = Finding("The data are of one year: nothing is known of a downturn", "medium")
    condition = "Not the only ground of a decision until data of a downturn were validated"
    last = (datetime.now(UTC) + timedelta(days=365)).date()
    return replace(Form("fit with conditions", last, checklist, [finding], [condition]), **changes)


def bring_into_use(
    desk: Desk, folder: Path, given: Given, approver: Principal = APPROVER, validator: Principal = VALIDATOR, **changes: Any
) -> tuple[Signed, Registered]:
    """A version through its own roles: one person validates what another trained, a third one approves it."""
    signed = desk.sign(validator, folder, given, filled_in(folder, **changes))
    return signed, desk.promote(approver, folder)


def _lived(desk: Desk, staff: Staff, asked: TrainingRequest, folder: Path, judged: Given, later: Given, report: Report) -> Lived:
    desk.train(staff.trainer, asked, folder, Given(Path(asked.data)), report, label=LABEL)
    left = {"findings": [Finding(FINDINGS[asked.family], "medium")], "conditions": [_CONDITION]}
    signed, entry = bring_into_use(desk, folder, judged, staff.approver, staff.validator, **left)
    return Lived(folder, signed, entry, desk.score(staff.trainer, folder, later, reasons=True))


def _governance(all_: Sequence[Lived]) -> str:
    rows = [
        [one.entry.family, one.entry.trained_by, one.signed.validated_by, one.signed.outcome, "; ".join(one.signed.findings),
         "; ".join(one.signed.conditions), str(one.entry.decided_by)]
        for one in all_
    ]  # fmt: skip
    return _table(["family", "trained by", "validated by", "found", "left open", "condition", "promoted by"], rows)


def _case(alert: Alert | None) -> str:
    if alert is None:
        return "<p>No rule fired.</p>"
    told = "".join(
        f"<blockquote lang='{entry.content['language']}'>{html.escape(str(entry.content['text']))}</blockquote>"
        for entry in alert.entries
        if entry.kind == "narrative"
    )
    return f"<h3>Alert {alert.id}: account {html.escape(alert.account)}, for an investigator</h3>{told}"


def _risks(scored: MarketScores) -> str:
    rows = [[one.id, *(f"{one.forecasts[name].var:.2%}, {one.forecasts[name].es:.2%}" for name in one.forecasts)] for one in scored.rows]
    names = list(scored.rows[0].forecasts)
    return "<p>Of one day, at 99 %: value at risk, expected shortfall.</p>" + _table(["series", *names], rows)


def _measured(made: Specialist) -> str:
    """What the models did on rows that they had not seen, and the champion's two plots."""
    wanted = [name for name in ("auc", "average_precision", "ks", "ece", "recall_at_1_percent") if name in made.figures[made.champion]]
    rows = [[name.replace("_", " "), *(_figure(figures, name) for figures in made.figures.values())] for name in wanted]
    told = f"<p>{made.lineage.used:,} rows, {made.lineage.events:,} with the event {made.request.target} = {html.escape(made.event)}.</p>"
    table = _table([f"out of fold, 95 % interval ({made.champion} scores)", *made.models], rows)
    return f"{told}{table}<figure>{plots.calibration(made.calibration)}</figure><figure>{plots.gain(made.gains)}</figure>"


def _figure(figures: Mapping[str, MeasuredFigure], name: str) -> str:
    found = figures[name]
    return f"{found.value:.3f}" + (f" ({found.low:.3f} to {found.high:.3f})" if found.low is not None else "")


def _steps(row: ScoredRow) -> str:
    """How the score comes about, from the best one down, to the last point."""
    parts = [(f"{one.column} = {one.value}", one.contribution) for one in row.reasons] + [("other inputs", row.rest or 0.0)]
    told = (
        f"<p>Probability of default {row.probability:.1%}, grade {row.grade}. The best score, what each input takes off it, the score:</p>"
    )
    return f"{told}<figure>{plots.steps(('best score', row.base or 0.0), parts, ('score', row.score or 0.0))}</figure>"


def _alerts(scored: Scored) -> str:
    found = sorted((row for row in scored.rows if row.refused is None), key=lambda row: -(row.probability or 0.0))[:_SHOWN]
    rows = [
        [row.id, f"{row.probability:.1%}", "; ".join(f"{one.column} = {_short(one.value)}" for one in row.reasons[:2])] for row in found
    ]
    alerted = sum(bool(row.alert) for row in scored.rows)
    return f"<p>{alerted} of {scored.scored:,} payments were alerted.</p>" + _table(
        ["payment", "probability of fraud", "first reasons"], rows
    )


def _short(value: str) -> str:
    """A number with four digits, which is enough for a glance."""
    try:
        return f"{float(value):,.4g}"
    except ValueError:
        return value


def _table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    head = "".join(f"<th>{html.escape(cell)}</th>" for cell in header)
    body = "".join("<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<table><tr>{head}</tr>{body}</table>"
