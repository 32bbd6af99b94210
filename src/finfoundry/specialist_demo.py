"""``finfoundry specialists demo``: credit and fraud on data that is made here, and one page about both."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

from finfoundry.core.principal import Principal
from finfoundry.core.progress import Report, silent
from finfoundry.specialist_desk import Desk, Given
from finfoundry.specialists import plots
from finfoundry.specialists.checklist import NOT_MET
from finfoundry.specialists.made_data import loans, payments
from finfoundry.specialists.metrics import Figure
from finfoundry.specialists.registry import Registered
from finfoundry.specialists.score import Row, Scored
from finfoundry.specialists.specialist import Request, Specialist, load
from finfoundry.specialists.validations import Answer, Finding, Form, Signed, demands

VALIDATOR, APPROVER = (Principal(name, administrator=True) for name in ("demo-validator", "demo-approver"))  # made up, as the data are
_SECONDS = 60.0  # of training, each
_SHOWN = 8  # alerts
_STYLE = """body{font:17px/1.6 Georgia,"Songti SC",serif;max-width:64rem;margin:3rem auto;padding:0 1.5rem;color:#1c2430}
h1{font-size:2.2rem;margin-bottom:.2rem}h2{margin-top:3rem;border-bottom:1px solid #d5d9e0}h3{margin:1.8rem 0 .4rem}
table{border-collapse:collapse;font:14px/1.4 system-ui,sans-serif;margin:.8rem 0}
td,th{padding:.3rem .8rem;border-bottom:1px solid #e4e7ec;text-align:left}
td{font-variant-numeric:tabular-nums}figure{display:inline-block;margin:.4rem 1rem .4rem 0}svg{max-width:100%;height:auto}
blockquote{margin:.6rem 0;padding:.2rem 1rem;border-left:3px solid #1f5fa8;background:#f5f7fa}.lead{font-size:1.15rem;color:#3b4657}"""
_LEAD = (
    "A scorecard for made-up loans and a fraud model for made-up payments. Each was trained beside a challenger, calibrated, measured on"
    " rows that it had not seen, hashed and registered. The language model may put a score into words; it cannot change a digit of it."
)

_LINKS = (
    "<li><a href='demo-credit/card.html'>The card of credit</a></li>"
    "<li><a href='demo-credit/monitor.html'>Monitoring of credit: what has moved since training</a></li>"
    "<li><a href='demo-fraud/card.html'>The card of fraud</a></li>"
)


@dataclass(frozen=True, slots=True)
class DemoPage:
    """Where the page lies."""

    page: str


def run(desk: Desk, principal: Principal, folder: Path, report: Report = silent) -> DemoPage:
    """Train both, score what came later, explain one score, and return the page about all of it."""
    folder.mkdir(parents=True, exist_ok=True)
    credit, applicants = _credit(desk, principal, folder, report)
    fraud, alerts = _fraud(desk, principal, folder, report)
    declined = max((row for row in applicants.rows if row.refused is None), key=lambda row: row.probability or 0.0)
    told = [desk.explain(principal, folder / "demo-credit", declined.id, language) for language in ("en", "zh")]
    parts = [
        f"<!doctype html><html lang='en'><meta charset='utf-8'><title>Specialists</title><style>{_STYLE}</style>",
        f"<h1>Two specialists</h1><p class='lead'>{_LEAD}</p>",
        f"<h2>Credit</h2>{_measured(credit)}",
        f"<h3>The applicant with the highest risk: {html.escape(declined.id)}</h3>{_steps(declined)}",
        *(f"<blockquote lang='{answer.language}'>{html.escape(answer.text)}</blockquote>" for answer in told),
        f"<h2>Fraud</h2>{_measured(fraud)}<h3>What a person should look at first</h3>{_alerts(alerts)}",
        f"<h2>For the validator</h2><ul>{_LINKS}</ul></html>",
    ]
    page = folder / "index.html"
    page.write_text("\n".join(parts) + "\n", encoding="utf-8")
    return DemoPage(str(page))


def _credit(desk: Desk, principal: Principal, folder: Path, report: Report) -> tuple[Specialist, Scored]:
    """Trained on 2,000 loans; 300 later ones are scored and monitored."""
    past, later = folder / "loans.csv", folder / "loans-later.csv"
    loans(2000, seed=1).to_csv(past, index=False)
    loans(300, seed=2).to_csv(later, index=False)
    asked = Request(
        "credit", str(past), "default", id="id", group="region", purpose="A demonstration on made-up loans.", budget=_SECONDS
    )  # fmt: skip
    return _lived(desk, principal, asked, folder / "demo-credit", later, report)


def _fraud(desk: Desk, principal: Principal, folder: Path, report: Report) -> tuple[Specialist, Scored]:
    """Trained on the first five sixths of the payments; the rest is scored."""
    past, later = folder / "payments.csv", folder / "payments-later.csv"
    table = payments(6000, seed=1)
    first = len(table) * 5 // 6
    table.iloc[:first].to_csv(past, index=False)
    table.iloc[first:].drop(columns="fraud").to_csv(later, index=False)
    asked = Request(
        "fraud", str(past), "fraud", time="at", id="id", entities=("card", "shop"), amount="amount",
        purpose="A demonstration on made-up payments.", budget=_SECONDS,
    )  # fmt: skip
    return _lived(desk, principal, asked, folder / "demo-fraud", later, report)


def filled_in(folder: Path, **changes: Any) -> Form:
    """A validator's form as a made-up validator fills it in: what is not shown is not met, and one finding stays open on purpose."""
    checklist = [
        Answer(asks, "not met", "what is shown says so") if shown.startswith(NOT_MET) else Answer(asks, "met", "", shown)
        for asks, shown in demands(folder)
    ]
    finding = Finding("The data are of one year: nothing is known of a downturn", "medium")
    condition = "Not the only ground of a decision until data of a downturn were validated"
    last = (datetime.now(UTC) + timedelta(days=365)).date()
    return replace(Form("fit with conditions", last, checklist, [finding], [condition]), **changes)


def bring_into_use(desk: Desk, folder: Path, given: Given, approver: Principal = APPROVER) -> tuple[Signed, Registered]:
    """A version through its own roles: one person validates what another trained, a third one approves it."""
    signed = desk.sign(VALIDATOR, folder, given, filled_in(folder))
    return signed, desk.promote(approver, folder)


def _lived(desk: Desk, principal: Principal, asked: Request, folder: Path, later: Path, report: Report) -> tuple[Specialist, Scored]:
    desk.train(principal, asked, folder, Given(Path(asked.data)), report)
    desk.monitor(principal, folder, Given(later))
    scored = desk.score(principal, folder, Given(later), reasons=True)
    return load(folder), cast(Scored, scored)  # neither is of market risk


def _measured(made: Specialist) -> str:
    """What the models did on rows that they had not seen, and the champion's two plots."""
    wanted = [name for name in ("auc", "average_precision", "ks", "ece", "recall_at_1_percent") if name in made.figures[made.champion]]
    rows = [[name.replace("_", " "), *(_figure(figures, name) for figures in made.figures.values())] for name in wanted]
    told = f"<p>{made.lineage.used:,} rows, {made.lineage.events:,} with the event {made.request.target} = {html.escape(made.event)}.</p>"
    table = _table([f"out of fold, 95 % interval ({made.champion} scores)", *made.models], rows)
    return f"{told}{table}<figure>{plots.calibration(made.calibration)}</figure><figure>{plots.gain(made.gains)}</figure>"


def _figure(figures: Mapping[str, Figure], name: str) -> str:
    found = figures[name]
    return f"{found.value:.3f}" + (f" ({found.low:.3f} to {found.high:.3f})" if found.low is not None else "")


def _steps(row: Row) -> str:
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
