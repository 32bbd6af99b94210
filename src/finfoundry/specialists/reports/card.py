"""The model card: one page that a validator reads, as HTML with plots and as Markdown. Written from the specialist's own files.

Its sections follow public guidance on model documentation: SR 26-2 and its forerunner SR 11-7 (purpose, data, method, limits, outcomes
analysis, monitoring), 商业银行资本管理办法 (rating models), IFRS 9 practice, 个人信息保护法第二十四条, EU AI Act Annex IV.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from finfoundry.specialists.families.family import Family
from finfoundry.specialists.families.graph_evidence import GraphEvidence
from finfoundry.specialists.inputs.table import file_digest
from finfoundry.specialists.lifecycle import market_risk
from finfoundry.specialists.lifecycle.validate import Monitoring
from finfoundry.specialists.market.market_models import CHAMPION
from finfoundry.specialists.market.market_results import MarketRisk
from finfoundry.specialists.models.metrics import MeasuredFigure
from finfoundry.specialists.models.scorecard import BASE_ODDS, BASE_SCORE, POINTS_TO_DOUBLE, Scorecard
from finfoundry.specialists.models.segment_stability import PortfolioPart
from finfoundry.specialists.models.specialist import (
    CARD,
    CHECKLIST,
    MANIFEST,
    MODEL,
    FittedModel,
    Proof,
    Specialist,
    check_sealed,
    seal_documents,
)
from finfoundry.specialists.reports import plots
from finfoundry.specialists.reports.checklist import JUDGED, MARKET, answers, settings_of

Table = tuple[Sequence[str], Sequence[Sequence[Any]]]  # header, rows
_STYLE = """body{font:16px/1.55 Georgia,"Songti SC",serif;max-width:62rem;margin:3rem auto;padding:0 1.5rem;color:#1c2430}
h1{font-size:2rem;margin-bottom:.2rem}h2{margin-top:2.4rem;border-bottom:1px solid #d5d9e0;padding-bottom:.3rem}
table{border-collapse:collapse;font:14px/1.4 system-ui,sans-serif;margin:1rem 0}td,th{padding:.3rem .8rem;border-bottom:1px solid #e4e7ec;text-align:left}
td{font-variant-numeric:tabular-nums}figure{display:inline-block;margin:.6rem 1rem .6rem 0}svg{max-width:30rem;height:auto}.meta{color:#5b6573}"""
_PROTECTED = re.compile(
    r"(?<![a-z])(?:sex|gender|race|ethnic\w*|nationality|foreign\w*|religion|marital|age|disab\w*|pregnan\w*)(?![a-z])|性别|民族|种族|国籍|宗教|婚姻|年龄|残疾",
    re.IGNORECASE,
)
_BREACHES = "Breaches of the filtered historical value at risk, against as many as are expected (1)"
_CAVEAT = "Groups were given for this comparison only and are no input. Whether a difference is lawful is a legal question that no figure answers."


@dataclass(frozen=True)
class Card:
    """Where the card lies, and the sections it has."""

    html: str
    markdown: str
    sections: list[str]


@dataclass(frozen=True)
class Section:
    """A heading, paragraphs, tables and plots (SVG)."""

    title: str
    paragraphs: Sequence[str] = ()
    tables: Sequence[Table] = ()
    plots: Sequence[str] = ()


def write_card(folder: Path, made: Specialist, family: Family) -> Card:
    """Write ``card.html`` and ``card.md`` into the folder."""
    return _write(folder, "card", f"{folder.resolve().name} ({family.name})", _model(folder), _sections(made, family))


def sealed_card(folder: Path) -> Card | None:
    """The card that lies under the seal; None of a specialist of before. Raises IntegrityError where a file was altered."""
    check_sealed(folder)
    if CARD[0] not in json.loads((folder / MANIFEST).read_text())["files"]:
        return None
    page, text = (folder / name for name in CARD)
    titles = [line.removeprefix("## ") for line in text.read_text("utf-8").splitlines() if line.startswith("## ")]
    return Card(str(page), str(text), titles)


def seal_card(folder: Path, made: Specialist | MarketRisk, family: Family | None) -> str:
    """Take the card, with what the specialist shows of each demand of the checklist, under the seal; returns the version."""
    names = ("asks", "shown", "verdict", "section", "source")
    if isinstance(made, Specialist) and family is not None:
        rows = [dict(zip(names, row, strict=True)) for row in answers(made, family)]
    else:
        rows = [dict(zip(names, (asks, f"see {section}", JUDGED, section, ""), strict=True)) for asks, section in MARKET]
    (folder / CHECKLIST).write_text(json.dumps(rows, indent=1, ensure_ascii=False) + "\n", "utf-8")
    return seal_documents(folder, (*CARD, CHECKLIST))


def _model(folder: Path) -> str:
    """What the card is of: it lies under the seal itself, and so cannot name the version."""
    return f"model {file_digest(folder / MODEL)[:16]}" if (folder / MODEL).is_file() else ""


def write_market_card(folder: Path, made: MarketRisk) -> Card:
    """The same for market risk."""
    names = ["series", "model", "days", "breaches", "expected", "kupiec_p", "christoffersen_p", "zone", "es_p", "z1_p", "z2_p"]
    rows = [[getattr(test, name) for name in names] for test in made.tests]
    told = [test for test in made.tests if test.model == CHAMPION][:40]
    sections = [
        Section("Purpose and use", [made.request.purpose or _measured(made)]),
        Section(
            "Data",
            [f"{made.lineage.used} days, {made.lineage.period}; SHA-256 {made.lineage.data_sha256}.", f"Series: {', '.join(made.series)}."],
        ),
        Section("Method", [(market_risk.__doc__ or "").strip()]),
        Section(
            "Outcomes analysis",
            ["Walk-forward: each day's forecast uses only the days before it.", f"{_BREACHES}:"],
            [_figures(made.figures), (names, rows)],
            [plots.bars([test.series for test in told], [test.breaches / test.expected for test in told], _BREACHES)],
        ),
        Section("Limits", ["One day; positions together by their common past; no liquidity.", *made.warnings]),
        Section("Monitoring plan", ["Validate monthly; three breaches within 50 days give a warning when scoring."]),
        _sign_off(made.request.trained_by, made.lineage.trained_at),
    ]
    return _write(folder, "card", f"{folder.resolve().name} (market-risk)", _model(folder), sections)


def _measured(made: MarketRisk) -> str:
    return (
        f"One day's value at risk at {made.levels.var:.1%} and expected shortfall at {made.levels.es:.1%} of each series, and of positions."
    )


def write_monitoring(folder: Path, found: Monitoring) -> Card:
    """Write ``monitor.html`` and ``monitor.md``: what has moved."""
    moved = [[one.name, one.psi, one.by_chance, one.reading] for one in found.stability]
    rates = {name: figure.value for name, figure in found.figures.items() if "rate" in name}
    pictures = [plots.bars([one.name for one in found.stability[:15]], [one.psi for one in found.stability[:15]], "PSI")] if moved else []
    sections = [
        Section("Alerts", found.alerts or ["None."]),
        Section("Outcomes", [] if found.figures else ["The file holds no outcomes."], [_figures({"now": found.figures})] if found.figures else [],
                [plots.bars(list(rates), list(rates.values()), "Rates")] if rates else []),
        Section("Stability", ["Population stability index against training: below 0.1 stable, from 0.25 moved; \"too few\" rows where chance alone reaches it."] if moved else ["Without fixed inputs: see the outcomes."],
                [(["what", "PSI", "chance reaches", "reading"], moved)] if moved else [], pictures),
        Section("Refused rows", [f"{found.refused} of {found.rows} rows were refused."], [(["row", "why"], [[one.row, one.reason] for one in found.refusals])]),
        Section("Groups", [_CAVEAT] if found.fairness else ["No group was given."], [_fair(found.fairness)] if found.fairness else []),
    ]  # fmt: skip
    return _write(folder, "monitor", f"Monitoring of {found.specialist}", f"version {found.version[:16]}", sections)


def write_evidence(folder: Path, found: GraphEvidence) -> Path:
    """Write the sub-graph that explains an account: a picture and its transfers in order of time."""
    name = "evidence-" + "".join(letter if letter.isalnum() else "_" for letter in found.account)
    told = f"{found.pattern} around {found.collector}: {len(found.accounts)} accounts, {len(found.edges)} transfers."
    table: Table = (["from", "to", "amount", "time"], found.edges)
    _write(
        folder, name, f"Account {found.account}", "", [Section("Pattern", [told], [table], [plots.network(found.edges, found.collector)])]
    )
    return folder / f"{name}.html"


def _data(made: Specialist, family: Family) -> Section:
    request, told = made.request, made.lineage
    data = [
        f"{told.rows} rows were given, {told.used} used, {told.events} with the event {made.event!r} of {request.target!r}; SHA-256 {told.data_sha256}.",
        f"Probabilities are of {request.target} = {made.event}; scorecard points fall as they rise, scores of trees rise with them.",
        f"Period: {told.period}." if told.period else "No time was given: splits are stratified, so stability over time is not shown.",
        "Rejected applicants are not in the data; no reject inference was made, so figures hold for the accepted only."
        if family.about_people
        else "",
    ]
    schema = [
        [c.name, c.kind, f"{c.low:g} to {c.high:g}" if c.kind == "number" else ", ".join(c.categories[:12]), c.missing] for c in made.schema
    ]
    return Section("Data", [text for text in data if text], [(["input", "type", "range or categories", "missing in training"], schema)])


def _method(made: Specialist, family: Family) -> Section:
    request, told = made.request, made.lineage
    split = "forward in time" if request.time else f"by {request.fold}" if request.fold else "five stratified folds"
    method = [
        f"Champion: {made.champion}. Both models were trained on the same rows and inputs; penalty, size and rounds were chosen inside each fold.",
        (
            f"Scorecard: optimal binning (Navas-Palencia 2020), weight of evidence, ridge logistic regression; {BASE_SCORE} points at {BASE_ODDS}:1 odds,"
            f" {POINTS_TO_DOUBLE} points double the odds (Siddiqi 2006). Challenger or champion trees: LightGBM, reasons by exact TreeSHAP."
        ),
        f"Validation: {split}. Probabilities by Platt's method on out-of-fold margins, with a second slope below the base rate where the data tell it (Kull et al. 2017). Seed {request.seed}.",
        *(f"Calibration of {name}: {_calibrated(model)}." for name, model in made.models.items()),
        f"Settings found: {settings_of(made)}.",
        "Versions: " + ", ".join(f"{name} {version}" for name, version in told.versions.items()) + ".",
    ]
    if made.threshold is not None:
        share = request.alerts if request.alerts is not None else family.alerts
        cost = f"; alerted where the expected loss reaches {request.alert_cost:g}" if request.alert_cost is not None else ""
        method.append(f"Alerts: the riskiest {share:.2%} of rows out of fold, from a probability of {made.threshold:.6f}{cost}.")
    if request.rising or request.falling:
        method.append(f"Monotone as asked: rising {', '.join(request.rising) or 'none'}; falling {', '.join(request.falling) or 'none'}.")
    return Section("Method", method)


def _calibrated(model: FittedModel) -> str:
    """How margins become probabilities, and whether that is a fall-back."""
    found = model.calibration
    if found.fallback:
        return f"log odds shifted by {found.shift:.4g} until the mean forecast is the rate, as a fall-back: {found.fallback}"
    bent = f", {found.lower:.4g} below {found.centre:.4g}" if found.lower is not None else ""
    return f"converged; slope {found.slope:.4g}{bent}, shift {found.shift:.4g}"


def _sections(made: Specialist, family: Family) -> list[Section]:
    request = made.request
    pictures = [plots.calibration(made.calibration), plots.gain(made.gains)]
    proof = made.proof or Proof([], 1.0, [], [], [], [])
    names = ["grade", "rows", "forecast", "events", "rate", "low", "high", "jeffreys_p", "binomial_p"]
    grades: Table = (names, [[getattr(one, name) for name in names] for one in proof.grades])
    checks = answers(made, family)
    people = [
        "The score supports a decision that a person makes. Adverse action names the reasons of the score in their order.",
        "个人信息保护法第二十四条：个人有权要求说明，并有权拒绝仅通过自动化决策作出的决定。 EU AI Act: creditworthiness of natural persons is high-risk (Annex III 5b).",
    ]
    return [
        Section("Purpose and use", [request.purpose or family.purpose, *(people if family.about_people else [])]),
        _data(made, family),
        Section("Inputs left out", ["Columns of the data that are no input: constant or empty, names of rows, dates, free text, or too good to be true."], [(["column", "why"], list(made.schema.left_out.items()))]),
        Section("Binned and not used", ["Columns that were binned and have no part in the scorecard."], [(["column", "why"], _not_used(made))]),
        _method(made, family),
        Section("Outcomes analysis", ["Both models out of fold on the same rows, with 95 % bootstrap intervals."], [_figures(made.figures)], pictures),
        Section("Grades", [f"Master scale; Jeffreys interval and p-value of a forecast that is too low. Hosmer-Lemeshow p {proof.hosmer_lemeshow_p:.4f}."], [grades]),
        Section("Segments", ["The champion in the bins of the three most telling inputs, out of fold."], [_parts(proof.by_segment)]),
        Section("Stability", ["Each fold by itself, and stretches of time where a time was given. Against later data: finfoundry specialists monitor."],
                [_parts([*proof.by_fold, *proof.by_time])]),
        *[Section("Points", [f"{name}: offset {model.form.offset}."], [_points(model.form)]) for name, model in made.models.items() if isinstance(model.form, Scorecard)],
        Section("Explanation", [_explanation(made)]),
        Section("Fairness", [f"By {request.group!r}, out of fold; again when validating and monitoring. {_CAVEAT}" if request.group else "No group was given with --group: not measured.",
                             *_protected(made, family)],
                [_fair(proof.fairness)] if proof.fairness else []),
        Section("Limits", ["A row outside the schema (type, range, category, unexpected missing) is refused, not scored.", *made.warnings]),
        Section("Monitoring plan", ["Population stability of score and inputs (PSI 0.1 watch, 0.25 moved), refusals, groups, and back-tests once outcomes are known.",
                                    "An alert goes to the owner named below; a moved score or a grade whose forecast is too low calls for a new validation."]),
        Section("Records", ["Every batch of scores is one record of the audit trail with a Merkle root over its rows, and can be replayed to the last digit. A version is the SHA-256 over its files; an altered file is refused."]),
        Section("Validator's checklist", ["Written from public guidance; what is shown stands at length in the section named. A verdict is the validator's, in a sealed record."],
                [(["demand", "shown", "verdict", "section", "source"], checks)]),
        _sign_off(request.trained_by, made.lineage.trained_at),
    ]  # fmt: skip


def _not_used(made: Specialist) -> list[list[str]]:
    forms = [model.form for model in made.models.values() if isinstance(model.form, Scorecard)]
    return [[name, why] for form in forms for name, why in form.left_out.items()]


def _explanation(made: Specialist) -> str:
    if isinstance(made.model.form, Scorecard):
        return f"The reasons of a score are the inputs in bins worse than the portfolio (points below 0), the largest first; {made.model.form.offset} points, the base, is the score at the portfolio's odds in each input. Base + reasons + rest = score, exactly."
    return "The reasons of a score are exact TreeSHAP values in log odds (Lundberg et al. 2020), the largest first. Base + reasons + rest = score."


def _protected(made: Specialist, family: Family) -> list[str]:
    """Inputs whose names suggest what the law protects: the validator is told, nothing is left out unasked."""
    named = [name for name in made.schema.names if _PROTECTED.search(name)] if family.about_people else []
    return (
        [f"Inputs whose names suggest a protected attribute: {', '.join(named)}. Leave them out with --exclude where the law asks it."]
        if named
        else []
    )


def _parts(parts: Sequence[PortfolioPart]) -> Table:
    names = ["name", "rows", "events", "forecast", "rate", "auc"]
    return names, [[getattr(one, name) for name in names] for one in parts]


def _figures(models: Mapping[str, Mapping[str, MeasuredFigure]]) -> Table:
    names = list(dict.fromkeys(name for figures in models.values() for name in figures))
    return ["figure", *models], [[name, *(_interval(figures.get(name)) for figures in models.values())] for name in names]


def _interval(figure: MeasuredFigure | None) -> str:
    if figure is None:
        return ""
    return f"{figure.value:.4f}" + (f" [{figure.low:.4f}, {figure.high:.4f}]" if figure.low is not None and figure.high is not None else "")


def _points(card: Scorecard) -> Table:
    rows = [
        [
            bins.column,
            bins.trend,
            label,
            bins.rows[number],
            bins.events[number] / max(bins.rows[number], 1),
            bins.woe[number],
            points[number],
        ]
        for bins, points in zip(card.bins, card.points, strict=True)
        for number, label in enumerate(bins.labels)
        if bins.rows[number]
    ]
    return ["input", "trend of the risk", "bin", "rows", "event rate", "weight of evidence", "points"], rows


def _fair(rows: Sequence[Any]) -> Table:
    names = ["by", "group", "rows", "selection_rate", "selection_ratio", "mean_forecast", "rate", "equal_opportunity_difference"]
    intervals = ["selection_rate_interval", "selection_ratio_interval", "equal_opportunity_interval"]
    return [*names, *intervals], [
        [*(getattr(row, name) for name in names), *(_between(getattr(row, name)) for name in intervals)] for row in rows
    ]


def _between(found: tuple[float, float] | None) -> str:
    return f"{found[0]:.3f} to {found[1]:.3f}" if found else ""


def _sign_off(trained_by: str, at: str) -> Section:
    told = (
        "Validations with their findings, conditions and expiry, and who promoted, are sealed records: finfoundry specialists validations."
    )
    return Section("Sign-off", [told], [(["act", "name", "date"], [["trained by", trained_by, at]])])


def _write(folder: Path, name: str, title: str, version: str, sections: Sequence[Section]) -> Card:
    page, text = folder / f"{name}.html", folder / f"{name}.md"
    page.write_text(_html(title, version, sections), encoding="utf-8")
    text.write_text(_markdown(title, version, sections), encoding="utf-8")
    return Card(str(page), str(text), [section.title for section in sections])


def _html(title: str, version: str, sections: Sequence[Section]) -> str:
    parts = [f"<!doctype html><html lang='en'><meta charset='utf-8'><title>{html.escape(title)}</title><style>{_STYLE}</style>"]
    parts.append(f"<h1>{html.escape(title)}</h1><p class='meta'>{version}</p>")
    for section in sections:
        parts.append(f"<h2>{html.escape(section.title)}</h2>")
        parts += [f"<p>{html.escape(text)}</p>" for text in section.paragraphs]
        parts += [f"<figure>{svg}</figure>" for svg in section.plots]
        for header, rows in section.tables:
            head = "".join(f"<th>{html.escape(str(cell))}</th>" for cell in header)
            body = "".join("<tr>" + "".join(f"<td>{html.escape(_cell(cell))}</td>" for cell in row) + "</tr>" for row in rows)
            parts.append(f"<table><tr>{head}</tr>{body}</table>")
    return "\n".join(parts) + "</html>\n"


def _markdown(title: str, version: str, sections: Sequence[Section]) -> str:
    lines = [f"# {title}", "", version, ""]
    for section in sections:
        lines += [f"## {section.title}", ""]
        for text in section.paragraphs:
            lines += [text, ""]
        for header, rows in section.tables:
            lines += ["| " + " | ".join(map(str, header)) + " |", "|" + " --- |" * len(header)]
            lines += ["| " + " | ".join(_cell(cell).replace("|", "\\|") for cell in row) + " |" for row in rows]
            lines.append("")
    return "\n".join(lines)


def _cell(value: Any) -> str:
    return "" if value is None else f"{value:.4g}" if isinstance(value, float) else str(value)
