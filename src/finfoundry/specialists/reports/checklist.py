"""What a validator looks for in the documentation of a model, written from public guidance; each item is answered from the specialist.

Sources: SR 26-2 (2026), which replaced SR 11-7 (Federal Reserve, model risk management); OCC Comptroller's Handbook, Model Risk
Management (2021); EBA/GL/2017/16 (estimation of PD); ECB, Instructions for reporting the validation results of internal models (2019);
商业银行资本管理办法 (2023)，附件3 (内部评级体系); IFRS 9 B5.5; 12 CFR 1002.9 (adverse action); 个人信息保护法第二十四条; Regulation (EU)
2024/1689 (AI Act), Art. 10-15 and Annex IV.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from finfoundry.specialists.models.classifier import Classifier
from finfoundry.specialists.models.metrics import MeasuredFigure
from finfoundry.specialists.models.scorecard import Scorecard
from finfoundry.specialists.models.specialist import Proof, Specialist
from finfoundry.specialists.models.stability import MOVED, STABLE
from finfoundry.specialists.models.trees import Trees

GAP = "missing"
NOT_MET, JUDGED = "not met", "for the validator to judge"


@dataclass(frozen=True)
class ChecklistItem:
    """``asks``: the demand; ``source``: whose; ``section``: where the card answers it at length; ``found``: the answer, short."""

    asks: str
    source: str
    section: str
    found: Callable[[Specialist, Classifier], str]
    people: bool = False  # only of models about people
    short: Callable[[Specialist, Classifier], bool] = lambda _made, _family: False  # what is shown does not meet the demand by itself


def answers(made: Specialist, family: Classifier) -> list[tuple[str, str, str, str, str]]:
    """(demand, what is shown, verdict, section, source) of every item that concerns the family.

    What is not there reads ``missing``. The verdict is ``not met`` where what is shown says so itself, else it is the validator's.
    """
    found = []
    for item in CHECKLIST:
        if family.about_people or not item.people:
            shown = item.found(made, family) or GAP
            verdict = NOT_MET if shown == GAP or item.short(made, family) else JUDGED
            found.append((item.asks, shown, verdict, item.section, item.source))
    return found


def _proof(made: Specialist) -> Proof:
    return made.proof or Proof([], 1.0, [], [], [], [])


def _figure(made: Specialist, name: str) -> str:
    told = [f"{model} {_interval(figures[name])}" for model, figures in made.figures.items() if name in figures]
    return "; ".join(told)


def _interval(figure: MeasuredFigure) -> str:
    return f"{figure.value:.4f} [{figure.low:.4f}, {figure.high:.4f}]" if figure.low is not None else f"{figure.value:.4f}"


def _data(made: Specialist, _family: Classifier) -> str:
    told = made.lineage
    return f"{told.used} of {told.rows} rows used, {told.events} events; SHA-256 {told.data_sha256}"


def _period(made: Specialist, _family: Classifier) -> str:
    return made.lineage.period or "no time was given: whether the figures hold over time is not shown"


def _quality(made: Specialist, _family: Classifier) -> str:
    empty = sum(column.missing > 0 for column in made.schema)
    return f"{len(made.schema.columns)} inputs with type, range and empty cells, {empty} with empty cells; {len(made.warnings)} notes"


def _method(made: Specialist, _family: Classifier) -> str:
    names = [f"{name}: {'scorecard' if isinstance(model.form, Scorecard) else 'boosted trees'}" for name, model in made.models.items()]
    return f"{'; '.join(names)}; champion {made.champion}"


def _settings(made: Specialist, _family: Classifier) -> str:
    return settings_of(made)


def settings_of(made: Specialist) -> str:
    """What the searches ended with."""
    told = []
    for name, model in made.models.items():
        if isinstance(model.form, Scorecard):
            told.append(f"{name}: inverse penalty {model.form.strength:g}, {len(model.form.bins)} inputs")
        elif isinstance(model.form, Trees):
            told.append(f"{name}: " + ", ".join(f"{key} {value}" for key, value in model.form.settings.items()))
    return "; ".join(told)


def _direction(made: Specialist, _family: Classifier) -> str:
    request = made.request
    asked = [f"rising {', '.join(request.rising)}"] * bool(request.rising) + [f"falling {', '.join(request.falling)}"] * bool(
        request.falling
    )
    trends = [f"{bins.column} {bins.trend}" for bins in made.bins if bins.trend != "free"]
    return "; ".join([*asked, f"found: {', '.join(trends) or 'none'}"])


def _grades(made: Specialist, _family: Classifier) -> str:
    grades = _proof(made).grades
    low = sum(grade.jeffreys_p < 0.05 for grade in grades)
    return f"{len(grades)} grades, {low} with a forecast that is too low at 5 %; Hosmer-Lemeshow p {_proof(made).hosmer_lemeshow_p:.3f}"


def _stability(made: Specialist, _family: Classifier) -> str:
    known = [part.auc for part in _proof(made).by_fold if part.auc is not None]
    return f"AUC of the folds {min(known):.4f} to {max(known):.4f}" if known else ""


def _segments(made: Specialist, _family: Classifier) -> str:
    parts = _proof(made).by_segment
    worst = max(parts, key=lambda part: abs(part.rate - part.forecast), default=None)
    if worst is None:
        return "no segment has 30 rows"
    return f"{len(parts)} segments; the widest gap is {abs(worst.rate - worst.forecast):.4f}, in {worst.name}"


def _fairness(made: Specialist, _family: Classifier) -> str:
    found = _proof(made).fairness
    if not found:
        return "no group was given with --group: not measured"
    return f"by {made.request.group}: least selection rate ratio {min(one.selection_ratio for one in found):.4f} of {len(found)} groups"


CHECKLIST = (
    ChecklistItem("Purpose, users and limits of use", "SR 26-2; AI Act Annex IV(1)", "Purpose and use",
         lambda made, family: made.request.purpose or family.purpose),
    ChecklistItem("The event that is forecast", "EBA/GL/2017/16 §6; 商业银行资本管理办法附件3", "Data",
         lambda made, _: f"{made.event!r} of the column {made.request.target!r}"),
    ChecklistItem("Data: source, size, unaltered", "SR 26-2; AI Act Art. 10", "Data", _data),
    ChecklistItem("Data: period, and whether it stands for today", "EBA/GL/2017/16 §4.2", "Data", _period,
         short=lambda made, _: made.lineage.period is None),
    ChecklistItem("Data: quality, missing values", "SR 26-2; 商业银行资本管理办法附件3", "Data", _quality),
    ChecklistItem("Inputs left out, and why", "OCC Handbook 2021", "Inputs left out",
         lambda made, _: f"{len(made.schema.left_out)} columns were left out"),
    ChecklistItem("Rejected applicants", "OCC Handbook 2021", "Data", lambda _made, _family: "no reject inference was made", people=True),
    ChecklistItem("Method and its published sources", "SR 26-2; AI Act Annex IV(2)", "Method", _method),
    ChecklistItem("Settings, and how they were chosen", "AI Act Annex IV(2)", "Method", _settings),
    ChecklistItem("Versions and seed, so that it can be made again", "SR 26-2", "Method",
         lambda made, _: f"seed {made.request.seed}; lightgbm {made.lineage.versions.get('lightgbm', '')}"),
    ChecklistItem("Directions of the inputs make sense", "商业银行资本管理办法附件3; ECB 2019", "Points", _direction),
    ChecklistItem("Discrimination, with its uncertainty", "ECB 2019 §2.5", "Outcomes analysis",
         lambda made, _: f"AUC {_figure(made, 'auc')}"),
    ChecklistItem("Calibration: forecast against outcome", "ECB 2019 §2.5; IFRS 9 B5.5", "Outcomes analysis",
         lambda made, _: f"ECE {_figure(made, 'ece')}"),
    ChecklistItem("Calibration by grade, tested", "ECB 2019 (Jeffreys); EBA/GL/2017/16 §5.3", "Grades", _grades,
         short=lambda made, _: any(grade.jeffreys_p < 0.05 for grade in _proof(made).grades)),
    ChecklistItem("A benchmark on the same rows", "SR 26-2", "Outcomes analysis",
         lambda made, _: f"{', '.join(made.models)} on the same folds; Gini {_figure(made, 'gini')}"),
    ChecklistItem("It holds in parts of the portfolio", "SR 26-2; ECB 2019", "Segments", _segments,
         short=lambda made, _: not _proof(made).by_segment),
    ChecklistItem("It is stable", "ECB 2019 (PSI)", "Stability", _stability),
    ChecklistItem("Reasons of a single score", "12 CFR 1002.9(b)(2); AI Act Art. 13", "Explanation",
         lambda made, _: "points below 0, of worse bins only" if isinstance(made.model.form, Scorecard) else "exact TreeSHAP values"),
    ChecklistItem("Fairness between groups", "AI Act Art. 10(2)(f); 12 CFR 1002.4", "Fairness", _fairness, people=True,
         short=lambda made, _: not _proof(made).fairness),
    ChecklistItem("Decisions about people stay with people", "个人信息保护法第二十四条; AI Act Art. 14", "Purpose and use",
         lambda _made, _family: "a person decides; adverse action names the reasons in their order", people=True),
    ChecklistItem("Assumptions and limits", "SR 26-2; AI Act Annex IV(3)", "Limits",
         lambda made, _: f"schema of {len(made.schema.columns)} inputs enforced row by row"),
    ChecklistItem("Monitoring, with thresholds", "SR 26-2; AI Act Art. 72", "Monitoring plan",
         lambda _made, _family: f"PSI {STABLE} watch, {MOVED} moved"),
    ChecklistItem("Record of automated decisions about people", "个人信息保护法第二十四条; AI Act Art. 12", "Records",
         lambda _made, _family: "each batch is recorded with purpose, version and inputs; a person decides", people=True),
    ChecklistItem("Developer named, and a second person for approval", "SR 26-2; 商业银行资本管理办法", "Sign-off",
         lambda made, _: f"trained by {made.request.trained_by}"),
    ChecklistItem("Each score recorded and replayable", "AI Act Art. 12", "Records",
         lambda made, _: f"audit record a batch, Merkle root; {len(made.models)} models kept as numbers"),
)  # fmt: skip
