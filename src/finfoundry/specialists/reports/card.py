"""The model card: one page that a validator reads, as HTML with plots and as Markdown. Written from the specialist's own files.

Its sections follow public guidance on model documentation: SR 26-2 and its forerunner SR 11-7 (purpose, data, method, limits, outcomes
analysis, monitoring), 商业银行资本管理办法 (rating models), IFRS 9 practice, 个人信息保护法第二十四条, EU AI Act Annex IV.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from finfoundry.specialists.lifecycle.validate import Monitoring
from finfoundry.specialists.models.binning import SMOOTHING
from finfoundry.specialists.models.classifier import Classifier
from finfoundry.specialists.models.scorecard import BASE_ODDS, BASE_SCORE, POINTS_TO_DOUBLE, Scorecard
from finfoundry.specialists.models.segment_stability import PortfolioPart
from finfoundry.specialists.models.specialist import FittedModel, Proof, Specialist
from finfoundry.specialists.models.stability import DEFINITION, MOVED, STABLE
from finfoundry.specialists.reports import plots
from finfoundry.specialists.reports.checklist import answers, settings_of
from finfoundry.specialists.reports.pages import Card, Section, Table, figures_table, model_line, sign_off, write_pages

_PROTECTED = re.compile(
    r"(?<![a-z])(?:sex|gender|race|ethnic\w*|nationality|foreign\w*|religion|marital|age|disab\w*|pregnan\w*)(?![a-z])|性别|民族|种族|国籍|宗教|婚姻|年龄|残疾",
    re.IGNORECASE,
)
_CAVEAT = "Groups were given for this comparison only and are no input. Whether a difference is lawful is a legal question that no figure answers."


def write_card(folder: Path, made: Specialist, family: Classifier) -> Card:
    """Write ``card.html`` and ``card.md`` into the folder."""
    return write_pages(folder, "card", f"{folder.resolve().name} ({family.name})", model_line(folder), _sections(made, family))


def write_monitoring(folder: Path, found: Monitoring) -> Card:
    """Write ``monitor.html`` and ``monitor.md``: what has moved."""
    moved = [[one.name, one.psi, one.by_chance, one.reading] for one in found.stability]
    rates = {name: figure.value for name, figure in found.figures.items() if "rate" in name}
    pictures = [plots.bars([one.name for one in found.stability[:15]], [one.psi for one in found.stability[:15]], "PSI")] if moved else []
    sections = [
        Section("Alerts", found.alerts or ["None."]),
        Section("Outcomes", [] if found.figures else ["The file holds no outcomes."], [figures_table({"now": found.figures})] if found.figures else [],
                [plots.bars(list(rates), list(rates.values()), "Rates")] if rates else []),
        Section("Stability", [f"{DEFINITION} Below {STABLE} stable, from {MOVED} moved; \"too few\" rows where chance alone reaches it."] if moved else ["Without fixed inputs: see the outcomes."],
                [(["what", "PSI", "chance reaches", "reading"], moved)] if moved else [], pictures),
        Section("Refused rows", [f"{found.refused} of {found.rows} rows were refused."], [(["row", "why"], [[one.row, one.reason] for one in found.refusals])]),
        Section("Groups", [_CAVEAT] if found.fairness else ["No group was given."], [_fair(found.fairness)] if found.fairness else []),
    ]  # fmt: skip
    return write_pages(folder, "monitor", f"Monitoring of {found.specialist}", f"version {found.version[:16]}", sections)


def _data(made: Specialist, family: Classifier) -> Section:
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


def _method(made: Specialist, family: Classifier) -> Section:
    request, told = made.request, made.lineage
    split = "forward in time" if request.time else f"by {request.fold}" if request.fold else "five stratified folds"
    method = [
        f"Champion: {made.champion}. Both models were trained on the same rows and inputs; penalty, size and rounds were chosen inside each fold.",
        (
            f"Scorecard: optimal binning (Navas-Palencia 2020), weight of evidence, ridge logistic regression; {BASE_SCORE} points at {BASE_ODDS}:1 odds,"
            f" {POINTS_TO_DOUBLE} points double the odds (Siddiqi 2006). Challenger or champion trees: LightGBM, reasons by exact TreeSHAP."
        ),
        SMOOTHING,
        f"Validation: {split}{_purged(made, family)}. Probabilities by Platt's method on out-of-fold margins, with a second slope below the base rate where the data tell it (Kull et al. 2017). Seed {request.seed}.",
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


def _purged(made: Specialist, family: Classifier) -> str:
    """What is said of rows whose outcome was not yet known at a border in time; empty where the split is not by time."""
    if not made.request.time:
        return ""
    days = family.until_known(made.request)
    if not days:
        return ", without a window of outcomes: rows whose outcome was not yet known at a border may have been fitted on (--outcome-days)"
    return f"; no row was fitted on whose outcome, known {days:g} days or steps after it, was not known at the border"


def _calibrated(model: FittedModel) -> str:
    """How margins become probabilities, and whether that is a fall-back."""
    found = model.calibration
    if found.fallback:
        return f"log odds shifted by {found.shift:.4g} until the mean forecast is the rate, as a fall-back: {found.fallback}"
    bent = f", {found.lower:.4g} below {found.centre:.4g}" if found.lower is not None else ""
    return f"converged; slope {found.slope:.4g}{bent}, shift {found.shift:.4g}"


def _sections(made: Specialist, family: Classifier) -> list[Section]:
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
        Section("Outcomes analysis", ["Both models out of fold on the same rows, with 95 % bootstrap intervals."], [figures_table(made.figures)], pictures),
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
        Section("Monitoring plan", [f"Population stability of score and inputs (PSI {STABLE} watch, {MOVED} moved: {DEFINITION}), refusals, groups, and back-tests once outcomes are known.",
                                    "An alert goes to the owner named below; a moved score or a grade whose forecast is too low calls for a new validation."]),
        Section("Records", ["Every batch of scores is one record of the audit trail with a Merkle root over its rows, and can be replayed to the last digit. A version is the SHA-256 over its files; an altered file is refused."]),
        Section("Validator's checklist", ["Written from public guidance; what is shown stands at length in the section named. A verdict is the validator's, in a sealed record."],
                [(["demand", "shown", "verdict", "section", "source"], checks)]),
        sign_off(request.trained_by, made.lineage.trained_at),
    ]  # fmt: skip


def _not_used(made: Specialist) -> list[list[str]]:
    forms = [model.form for model in made.models.values() if isinstance(model.form, Scorecard)]
    return [[name, why] for form in forms for name, why in form.left_out.items()]


def _explanation(made: Specialist) -> str:
    if isinstance(made.model.form, Scorecard):
        return f"The reasons of a score are the inputs in bins worse than the portfolio (points below 0), the largest first; {made.model.form.offset} points, the base, is the score at the portfolio's odds in each input. Base + reasons + rest = score, exactly."
    return "The reasons of a score are exact TreeSHAP values in log odds (Lundberg et al. 2020), the largest first. Base + reasons + rest = score."


def _protected(made: Specialist, family: Classifier) -> list[str]:
    """A warning to the validator of inputs whose names suggest what the law protects; nothing is left out unasked."""
    named = [name for name in made.schema.names if _PROTECTED.search(name)] if family.about_people else []
    return (
        [f"Inputs whose names suggest a protected attribute: {', '.join(named)}. Leave them out with --exclude where the law asks it."]
        if named
        else []
    )


def _parts(parts: Sequence[PortfolioPart]) -> Table:
    names = ["name", "rows", "events", "forecast", "rate", "auc"]
    return names, [[getattr(one, name) for name in names] for one in parts]


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
