"""Training of a classifier: schema, leakage screen, splits, champion and challenger, calibration, figures out of fold, final fit."""

from __future__ import annotations

import time as clock
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path

import numpy as np
import pandas as pd

from finfoundry.core.errors import InputError
from finfoundry.core.progress import Progress, Report, silent
from finfoundry.specialists.inputs.dates import with_times
from finfoundry.specialists.inputs.folds import Fold, folds, forward
from finfoundry.specialists.inputs.schema import Schema, Values, amounts_of, infer, read, take
from finfoundry.specialists.inputs.table import TableSource, need, read_source, times
from finfoundry.specialists.inputs.target import against_direction, event_of, outcomes
from finfoundry.specialists.lifecycle.leaks import alike, leaks, too_good
from finfoundry.specialists.lifecycle.screen import screen
from finfoundry.specialists.models.binning import Trend, Wishes, bin_column, bin_columns, edit_column, woe_apart
from finfoundry.specialists.models.calibrate import far_from_rate, fit_calibration, rate_interval
from finfoundry.specialists.models.classifier import Classifier
from finfoundry.specialists.models.curves import calibration_bars, gains
from finfoundry.specialists.models.fairness import by_columns
from finfoundry.specialists.models.grades import back_test, hosmer_lemeshow
from finfoundry.specialists.models.metrics import figures
from finfoundry.specialists.models.scorecard import Scorecard, fit_scorecard
from finfoundry.specialists.models.segment_stability import by_segment, by_time, part
from finfoundry.specialists.models.specialist import DIGITS, FittedModel, Lineage, Proof, Specialist, TrainingRequest, save
from finfoundry.specialists.models.stability import reference
from finfoundry.specialists.models.trees import Found, Trees, fit_trees

_OFF = 0.1  # of the rate: as far as the mean forecast of the final model may lie from it on its own rows
_FEW = 200  # events below which figures are wide and this is said


@dataclass(frozen=True)
class TrainingTable:
    """A training table after its checks: only usable rows, in time order where there is a time."""

    frame: pd.DataFrame
    schema: Schema
    values: Values
    y: np.ndarray
    event: str
    time: pd.Series | None
    warnings: list[str]
    alike: np.ndarray | None = None  # groups of equal rows, where rows repeat


def _with_champion(family: Classifier, champion: str) -> Classifier:
    """The family with the model that is to score, where another than the usual one was asked for."""
    if champion not in ("", family.scorecard, family.trees):
        raise InputError(f"{family.name} has no model {champion!r}", remedy=f"Choose {family.scorecard} or {family.trees}")
    return replace(family, champion=champion or family.champion)


def train(
    family: Classifier, request: TrainingRequest, folder: Path, report: Report = silent, source: TableSource | None = None
) -> Specialist:
    """Train both models of a family and write the specialist into ``folder``. ``source``: in place of the file that the request names.

    Raises:
        InputError: a file, column or target that cannot be used.
    """
    started = clock.monotonic()
    family = _with_champion(family, request.champion)
    names = (request.id, request.source, request.destination, *request.entities)
    source = source or read_source(Path(request.data), [name for name in names if name])
    table, order = with_times(source.table, request.time, request.date_order)
    request = replace(request, date_order=order)
    prepared = prepare(family, request, table)
    request = replace(request, event=prepared.event)
    given = prepared.frame[request.fold] if request.fold else None
    wait = family.until_known(request)
    splits = folds(prepared.y, prepared.time, given, request.seed, prepared.alike, wait)
    margins, at, found = _out_of_fold(family, prepared, splits, request, report)
    models, measured, bars, curve, proof, threshold = {}, {}, [], [], None, None
    report(Progress("training", len(splits), len(splits) + 1, "fits"))
    final = fit_models(family, prepared.schema, prepared.values, prepared.y, request, found)
    y = prepared.y[at]
    told = _judged_parts(prepared, at, y, wait) if prepared.time is not None else _random_parts(len(at), request.seed)
    rows = np.sort(np.concatenate([test for _, test in told]))  # those that a calibration was judged on
    for name, form in final.items():
        models[name] = FittedModel(form, fit_calibration(margins[name], y))
        probability = _cross_calibrated(margins[name], y, told)[rows]
        prepared.warnings.extend(_doubt_forecast(name, models[name], probability, y[rows], prepared))
        measured[name] = figures(y[rows], probability, family.metrics, request.seed)
        if warning := too_good(measured[name]["auc"].value):
            prepared.warnings.append(f"{name}: {warning}")
        if name == family.champion:
            bars, curve = calibration_bars(y[rows], probability), gains(y[rows], probability)
            proof = _proof(prepared, final, request, splits, at, rows, probability)
            share = request.alerts if request.alerts is not None else family.alerts
            threshold = float(np.quantile(probability, 1 - share)) if share else None
    champion = models[family.champion].probability(prepared.values)
    edges, shares = reference(prepared.schema, prepared.values, champion)
    specialist = Specialist(
        request=request,
        event=prepared.event,
        schema=prepared.schema,
        champion=family.champion,
        models=models,
        figures=measured,
        reference=shares,
        edges=edges,
        lineage=_lineage(source, prepared, clock.monotonic() - started),
        warnings=prepared.warnings,
        proof=proof,
        threshold=threshold,
        calibration=bars,
        gains=curve,
        history=family.keep(table, request) if family.keep else None,
    )
    specialist.version = save(specialist, folder)
    report(Progress("training", len(splits) + 1, len(splits) + 1, "fits"))
    return specialist


def prepare(family: Classifier, request: TrainingRequest, table: pd.DataFrame) -> TrainingTable:
    """Check a training table and make its inputs. What was left out, and why, is said in the warnings.

    Raises InputError: a column or an option is missing or wrong, one class or too few events are left, or every column alone separates
    the target.
    """
    for name, role in _named(request):
        need(table, name, role)
    if request.alerts is not None and not 0 < request.alerts < 1:
        raise InputError(f"--alerts {request.alerts:g} is no share", remedy="Give the share of rows that people can look at, such as 0.01")
    missing = [name for name in family.required if not getattr(request, name)]
    if missing:
        raise InputError(f"The family {family.name} needs --{missing[0].replace('entities', 'entity')}")
    table, _ = with_times(table, request.time, request.date_order)
    event = event_of(table[request.target], request.target, request.event)
    said = bool(request.event)
    request = replace(request, event=event)
    frame = family.features(table, request, None)
    y = outcomes(table[request.target], event)
    time = times(table[request.time]) if request.time else None
    warnings = [family.undated] if family.undated and not request.time else []
    keep = _usable(table, y, time, request, warnings)
    given = np.flatnonzero(keep)  # row numbers of the file
    if time is not None:
        given = given[np.argsort(time.iloc[given].to_numpy(), kind="stable")]
        time = time.iloc[given].reset_index(drop=True)
    frame, y = frame.iloc[given].reset_index(drop=True), y[given]
    schema = infer(frame, request.skipped(), list(table.columns), request.special)
    checked = read(schema, frame)
    good = checked.good
    if len(good) < len(frame):
        examples = "; ".join(f"row {given[row] + 1}, {why}" for row, why in sorted(checked.reasons.items())[:3])
        warnings.append(f"{len(frame) - len(good)} rows could not be read and were left out: {examples}")
    values, y = take(checked.values, good), y[good]
    if y.sum() in (0, len(y)):
        raise InputError("Only one class is left after unreadable rows were left out", remedy=warnings[-1] if warnings else None)
    if y.sum() < request.least_events:
        raise InputError(
            f"The target has {int(y.sum())} events in {len(y)} usable rows; fewer than {request.least_events} are refused",
            remedy="Give more data, or lower the bar with --least-events, which the card tells",
        )
    if odd := against_direction(schema, values, y):
        _doubt_event(odd, event, request.target, warnings, said=said)
    schema = screen(schema, values, y)
    if not schema.columns:
        raise InputError("Every column alone separates the target", remedy="Give columns that were known before the outcome")
    warnings += [f"The column {name!r} was left out: {why}" for name, why in schema.left_out.items()]
    warnings += leaks(schema, values, y) + _edited(schema, values, y, request)
    if y.sum() < _FEW:
        warnings.append(f"There are only {int(y.sum())} events: intervals are wide")
    frame = frame.iloc[good].reset_index(drop=True)
    groups = alike(frame, schema.names)
    if groups is not None:
        kept = "equal rows stay in one fold" if time is None and not request.fold else "they may stand on both sides of a split"
        warnings.append(f"{len(groups) - len(np.unique(groups))} of {len(groups)} rows repeat the inputs of another row: {kept}")
    return TrainingTable(
        frame, schema, values, y, event, time.iloc[good].reset_index(drop=True) if time is not None else None, warnings, groups
    )


def _doubt_event(columns: list[str], event: str, target: str, warnings: list[str], *, said: bool) -> None:
    """Raises InputError where nobody said that this is the event; else it is a warning."""
    told = f"Rows with more {', '.join(columns)} have clearly fewer events ({target} = {event!r})"
    if not said:
        raise InputError(
            f"{told}: the good outcome was taken for the event", remedy=f"Say which value is the event with --event, {event!r} included"
        )
    warnings.append(f"{told}: check that it is the event")


def _named(request: TrainingRequest) -> list[tuple[str, str]]:
    singles = [(request.target, "target"), (request.time, "time"), (request.fold, "fold"), (request.id, "id")]
    found = [(name, role) for name, role in singles if name] + [(name, "group") for name in request.groups]
    return (
        found
        + [(name, "column to exclude") for name in request.exclude]
        + [(name, "monotone input") for name in request.rising + request.falling]
    )


def _usable(table: pd.DataFrame, y: np.ndarray, time: pd.Series | None, request: TrainingRequest, warnings: list[str]) -> np.ndarray:
    """Rows with an outcome, a readable time that is not in the future, and an id that is new."""
    keep = y >= 0
    if not keep.all():
        warnings.append(f"{int((~keep).sum())} rows have no outcome and were left out; rejected applicants are not inferred")
    if time is not None:
        readable = time.notna().to_numpy()
        if not readable.all():
            first = int(np.argmin(readable)) + 1
            warnings.append(
                f"{int((~readable).sum())} rows have no readable time in {request.time!r} (first: row {first}) and were left out"
            )
        future = readable & _future(time)
        if future.any():
            warnings.append(f"{int(future.sum())} rows lie in the future (first: row {int(np.argmax(future)) + 1}) and were left out")
        keep &= readable & ~future
    if request.amount and request.amount in table:
        amounts = np.isfinite(amounts_of(table[request.amount]))
        if not amounts.all():
            first = int(np.argmin(amounts)) + 1
            warnings.append(f"{int((~amounts).sum())} rows have no amount in {request.amount!r} (first: row {first}) and were left out")
        keep &= amounts
    if request.id:
        repeated = table[request.id].duplicated().to_numpy()
        if repeated.any():
            warnings.append(
                f"{int(repeated.sum())} rows repeat an id of {request.id!r} (first: row {int(np.argmax(repeated)) + 1}): left out"
            )
        keep &= ~repeated
    return keep


def _future(time: pd.Series) -> np.ndarray:
    """Which times lie after now; plain numbers never do."""
    if not pd.api.types.is_datetime64_any_dtype(time):
        return np.zeros(len(time), dtype=bool)
    now = pd.Timestamp.now(tz=time.dt.tz)
    return np.asarray((time > now).to_numpy())


def wishes(request: TrainingRequest) -> Wishes:
    trends: dict[str, Trend] = {**dict.fromkeys(request.rising, "rising"), **dict.fromkeys(request.falling, "falling")}
    return Wishes(trends, dict(request.cuts))


def _edited(schema: Schema, values: Values, y: np.ndarray, request: TrainingRequest) -> list[str]:
    """What the cuts that a person gave change. Raises InputError: a column that has no numbers, or cuts that do not rise."""
    told = []
    numbers = {column.name: column for column in schema if column.kind == "number"}
    for name, cuts in request.cuts:
        if name not in numbers or not cuts or list(cuts) != sorted(set(cuts)):
            raise InputError(f"--cuts {name}: give rising numbers for an input of numbers", remedy=f"Inputs: {', '.join(numbers)}")
        drawn, found = edit_column(numbers[name], values[name], y, cuts), bin_column(numbers[name], values[name], y)
        told.append(
            f"The bins of {name!r} are as given: {len(cuts) + 1} bins, trend {drawn.trend}, information value {drawn.iv:.3f}; "
            f"found were {len(found.splits) + 1}, trend {found.trend}, {found.iv:.3f} (at {', '.join(f'{one:g}' for one in found.splits)})"
        )
    return told


def fit_models(
    family: Classifier, schema: Schema, values: Values, y: np.ndarray, request: TrainingRequest, found: Found | None = None
) -> dict[str, Scorecard | Trees]:
    """Both models on the same rows, with the same bins. ``y``: outcomes, 0 or 1, shape (rows,).

    ``found``: the trees' settings, where there is no time to look for them.
    """
    asked = wishes(request)
    bins = bin_columns(schema, values, y, asked)
    woe = woe_apart(bins, schema, values, y, asked, request.seed)
    return {
        family.scorecard: fit_scorecard(bins, woe, y, request.seed),
        family.trees: fit_trees(bins, values, woe, y, request.seed, found),
    }


def _out_of_fold(
    family: Classifier, prepared: TrainingTable, splits: list[Fold], request: TrainingRequest, report: Report
) -> tuple[dict[str, np.ndarray], np.ndarray, Found | None]:
    """Margins of both models on rows that they were not fitted to, those rows' numbers, and settings where time is too short to search.

    A budget of fewer folds than there are leaves the others out, and the settings of the first serve all; that is said. It counts folds,
    not time, so that the same data give the same specialist on every machine.
    """
    margins: dict[str, list[np.ndarray]] = {family.scorecard: [], family.trees: []}
    used = splits[: max(request.budget, 2)]
    found: Found | None = None
    for number, (fit, test) in enumerate(used):
        report(Progress("training", number, len(splits) + 1, "fits"))
        asked = replace(request, seed=request.seed + number)
        models = fit_models(family, prepared.schema, take(prepared.values, fit), prepared.y[fit], asked, found)
        for name, form in models.items():
            margins[name].append(form.margin(take(prepared.values, test)))
        trees = models[family.trees]
        if len(used) < len(splits) and found is None and isinstance(trees, Trees):
            found = trees.found
    if len(used) < len(splits):
        prepared.warnings.append(
            f"The budget allowed {len(used)} of {len(splits)} folds, and one search for the trees' settings: figures are of their rows"
        )
    rows = np.concatenate([test for _, test in used])
    return {name: np.concatenate(parts) for name, parts in margins.items()}, rows, found


def _proof(
    prepared: TrainingTable,
    models: Mapping[str, Scorecard | Trees],
    request: TrainingRequest,
    splits: list[Fold],
    at: np.ndarray,
    judged: np.ndarray,
    probability: np.ndarray,
) -> Proof:
    """Out of fold, for those of the rows ``at`` that were judged."""
    fold = np.repeat(np.arange(len(splits)), [len(test) for _, test in splits])[: len(at)][judged]
    at = at[judged]
    y = prepared.y[at]
    bins = next(form.bins for form in models.values() if isinstance(form, Scorecard))
    return Proof(
        grades=back_test(y, probability),
        hosmer_lemeshow_p=hosmer_lemeshow(y, probability)[1],
        by_segment=by_segment(bins, take(prepared.values, at), y, probability),
        by_time=by_time(prepared.time.iloc[at], y, probability) if prepared.time is not None else [],
        by_fold=[part(f"fold {number + 1}", y[fold == number], probability[fold == number]) for number in np.unique(fold)],
        fairness=by_columns(prepared.frame.iloc[at], request.groups, probability, y, float(prepared.y.mean())),
    )


_PARTS = 5  # that a calibration is judged on, each by one that did not see it


def _random_parts(rows: int, seed: int) -> list[Fold]:
    order = np.random.default_rng(seed).permutation(rows)
    return [(np.setdiff1d(order, order[number::_PARTS]), order[number::_PARTS]) for number in range(_PARTS)]


def _judged_parts(prepared: TrainingTable, at: np.ndarray, y: np.ndarray, wait: float) -> list[Fold]:
    """The stretches by which a calibration is judged; where the period is too short to leave out rows whose outcome was not known yet, with
    these, which is said.
    """
    assert prepared.time is not None  # noqa: S101  the caller has looked
    try:
        return _forward_parts(prepared.time.iloc[at], y, wait)
    except InputError:
        if not wait:
            raise
        prepared.warnings.append(
            f"The calibration was judged with rows whose outcome was not known yet: outcomes take {wait:g} days, and the period is short"
        )
        return _forward_parts(prepared.time.iloc[at], y, 0.0)


def _forward_parts(time: pd.Series, y: np.ndarray, wait: float) -> list[Fold]:
    """Each stretch of time by the rows strictly before it; the first stretch has none, and is not judged.

    Raises InputError: before no stretch are there both outcomes.
    """
    found = forward(time, [(part + 1) / _PARTS for part in range(_PARTS)], wait)
    usable = [(fit, test) for fit, test in found if 0 < y[fit].sum() < len(fit) and len(test)]
    if not usable:
        raise InputError("No stretch of time has both outcomes that were known before it", remedy="Give a longer period")
    return usable


def _cross_calibrated(margin: np.ndarray, y: np.ndarray, parts: list[Fold]) -> np.ndarray:
    """Probabilities of each part's rows by a calibration that did not see it; NaN for rows that are in none."""
    probability = np.full(len(y), np.nan)
    for fit, test in parts:
        probability[test] = fit_calibration(margin[fit], y[fit])(margin[test])
    return np.round(probability, DIGITS)


def _doubt_forecast(name: str, model: FittedModel, probability: np.ndarray, y: np.ndarray, prepared: TrainingTable) -> list[str]:
    """What must be said of a calibration: that it only shifts, or that a mean forecast is not the rate."""
    found = []
    if model.calibration.fallback:
        found.append(f"The calibration of {name} only shifts its log odds to the rate: {model.calibration.fallback}")
    if far_from_rate(probability, y):
        found.append(
            f"The mean forecast of {name} out of fold is {probability.mean():.4%}, the rate {y.mean():.4%}: do not rely on its level"
        )
    served, (low, high) = float(model.probability(prepared.values).mean()), rate_interval(prepared.y)
    rate = float(prepared.y.mean())
    if not low <= served <= high and abs(served - rate) > _OFF * rate:
        found.append(f"The mean forecast of {name} on the rows of training is {served:.4%}, the rate {rate:.4%}: do not rely on its level")
    return found


def _lineage(source: TableSource, prepared: TrainingTable, seconds: float) -> Lineage:
    time = prepared.time
    packages = ("finfoundry", "numpy", "pandas", "scikit-learn", "lightgbm", "optbinning")
    return Lineage(
        data_sha256=source.digest,
        rows=len(source.table),
        used=len(prepared.y),
        events=int(prepared.y.sum()),
        period=f"{time.min()} / {time.max()}" if time is not None else None,
        trained_at=datetime.now(UTC).isoformat(timespec="seconds"),
        seconds=round(seconds, 1),
        versions={name: metadata.version(name) for name in packages},
    )
