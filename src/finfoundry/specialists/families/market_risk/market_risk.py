"""Market risk: one day's value at risk and expected shortfall of each series, walked forward and tested against what happened.

Three models: *historical* (quantile of the last returns), *parametric* (GARCH with Student t shocks), and *filtered historical* (GARCH
volatility times the quantile of its own past shocks: Barone-Adesi, Giannopoulos, Vosper 1999). Volatility is by ``arch``; a day's forecast
uses only the days before it, and parameters are estimated again every 125 days, in the tests as in service.
"""

from __future__ import annotations

import json
import time as clock
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from pydantic import TypeAdapter, ValidationError
from scipy import stats

from finfoundry.core.errors import InputError, IntegrityError
from finfoundry.core.progress import Progress, Report, silent
from finfoundry.runtime.audit import plain
from finfoundry.specialists.inputs.table import TableSource, read_source
from finfoundry.specialists.lifecycle.validate import Monitoring, Refused
from finfoundry.specialists.market.garch import Parameters, filter_volatility, fit_garch
from finfoundry.specialists.market.market_data import Kind, read_returns
from finfoundry.specialists.market.market_models import (
    CHAMPION,
    LEAST,
    MODELS,
    WINDOW,
    Forecast,
    Levels,
    Walked,
    forecasts,
    parameters_in_service,
    since,
    stress_period,
    stressed,
    tail,
    walk,
)  # fmt: skip
from finfoundry.specialists.market.market_results import AskedRisk, MarketRisk, MarketScores, MarketValidation, Today
from finfoundry.specialists.market.market_tests import BackTest, back_tests, impossible
from finfoundry.specialists.market.portfolio import PORTFOLIO, basis_of, forecast, profits, read_positions, tested
from finfoundry.specialists.market.scenarios import Shocks
from finfoundry.specialists.market.stale_prices import missing_values, why_stale
from finfoundry.specialists.models.metrics import MeasuredFigure
from finfoundry.specialists.models.specialist import DIGITS, MODEL, Lineage, TrainingRequest, check_sealed, without_own, write_sealed
from finfoundry.specialists.scoring.replay import Entry
from finfoundry.specialists.scoring.score import ScoreReason

_LEAST_DAYS = 500
_LATEST = 1250  # days walked forward when training
_SHOCKS = {"fall of 10 %": -0.10, "fall of 20 %": -0.20, "rise of 10 %": 0.10}
_CLUSTER = 3  # breaches within the last 50 days that give a warning; one in two is expected at 99 %
_OLD = 3  # working days after which data are said to be old


def summary(tests: Sequence[BackTest]) -> dict[str, dict[str, MeasuredFigure]]:
    """For each model: the share of series on which each test does not reject at 5 %, and the breach rate over all."""
    found: dict[str, dict[str, MeasuredFigure]] = {}
    for model in MODELS:
        rows = [test for test in tests if test.model == model]
        days, breaches = sum(test.days for test in rows), sum(test.breaches for test in rows)
        interval = stats.beta(breaches + 0.5, days - breaches + 0.5)
        shortfall = [test.es_p for test in rows if test.es_p is not None]
        found[model] = {
            "kupiec_passed": _share([test.kupiec_p for test in rows]),
            "christoffersen_passed": _share([test.christoffersen_p for test in rows]),
            "es_passed": _share(shortfall) if shortfall else MeasuredFigure(float("nan")),
            "acerbi_szekely_passed": _share([test.z2_p for test in rows if test.z2_p is not None]),
            "breach_rate": MeasuredFigure(breaches / days, float(interval.ppf(0.025)), float(interval.ppf(0.975))),
        }
        if not shortfall:
            del found[model]["es_passed"]
    return found


def _share(p_values: Sequence[float]) -> MeasuredFigure:
    passed = sum(p >= 0.05 for p in p_values)
    interval = stats.beta(passed + 0.5, len(p_values) - passed + 0.5)
    return MeasuredFigure(passed / len(p_values), float(interval.ppf(0.025)), float(interval.ppf(0.975)))


def train(request: TrainingRequest, folder: Path, report: Report = silent, source: TableSource | None = None) -> MarketRisk:
    """Fit every series, walk its latest days forward, and write the specialist. Raises InputError."""
    started = clock.monotonic()
    source = source or read_source(Path(request.data))
    read = read_returns(source, request)
    returns, notes = read.table, read.notes
    levels = Levels(request.var_level, request.es_level)
    series = {str(name): returns[name].dropna() for name in returns}
    tests, left_out = _test_all(series, read.kinds, levels, lambda values: _walk_latest(values, levels), report)
    notes += left_out
    fits = {name: fit_garch(series[name].to_numpy(dtype=np.float64)[-WINDOW:]) for name in dict.fromkeys(test.series for test in tests)}
    parameters = {name: fit.parameters for name, fit in fits.items()}
    fallbacks = {name: fit.fallback for name, fit in fits.items() if fit.fallback}
    notes += [f"The series {name!r}: {why}" for name, why in fallbacks.items()]
    packages = ("finfoundry", "numpy", "pandas", "arch", "scipy")
    lineage = Lineage(
        source.digest, len(returns), len(returns), 0, f"{returns.index[0]} / {returns.index[-1]}",
        datetime.now(UTC).isoformat(timespec="seconds"), round(clock.monotonic() - started, 1),
        {name: metadata.version(name) for name in packages},
    )  # fmt: skip
    kinds = {name: read.kinds[name] for name in parameters}
    found = MarketRisk(request, list(parameters), kinds, parameters, tests, summary(tests), lineage, notes, fallbacks=fallbacks)
    found.version = write_sealed(
        folder, {MODEL: TypeAdapter(MarketRisk).dump_json(found, indent=1, exclude={"version": True} | without_own(request))}
    )
    return found


def _test_all(
    series: Mapping[str, pd.Series],
    kinds: Mapping[str, Kind],
    levels: Levels,
    walked: Callable[[pd.Series], Walked],
    report: Report,
) -> tuple[list[BackTest], list[str]]:
    """Every series by every model, and what is to be said of those that were left out or whose fits did not count."""
    tests: list[BackTest] = []
    notes: list[str] = []
    for number, (name, values) in enumerate(series.items()):
        report(Progress("back-testing", number, len(series), "series"))
        if len(values) < _LEAST_DAYS + LEAST or values.std() == 0:
            notes.append(f"The series {name!r} was left out: {len(values)} days, or no movement; {_LEAST_DAYS + LEAST} are needed")
            continue
        if stale := why_stale(name, values):
            notes.append(f"The series {name!r} was used, but {stale}")
        found = walked(values)
        if why := impossible(kinds[name], (pair[:2] for pairs in found.made.values() for pair in pairs.tolist())):
            notes.append(f"The series {name!r} was left out: {why}")
            continue
        if found.fallbacks:
            day, why = next(iter(found.fallbacks.items()))
            notes.append(
                f"The series {name!r}: {len(found.fallbacks)} of the fits did not count; that before {str(values.index[day])[:10]}: {why}"
            )
        tests += back_tests(name, found.losses, found.made, found.tails, levels)
    if not tests:
        raise InputError(
            f"No series can be used. {notes[0] if notes else ''}", remedy="Give at least three years of daily prices or returns"
        )
    return tests, notes


def _walk_latest(values: pd.Series, levels: Levels) -> Walked:
    returns = values.to_numpy(dtype=np.float64)
    return walk(returns, min(_LATEST, len(returns) - _LEAST_DAYS), levels)


def _walk_served(specialist: MarketRisk, name: str, values: pd.Series, days: int) -> Walked:
    """The latest days as they are served: by the training's fit and those that followed where they came after it, else by their own."""
    returns, new = values.to_numpy(dtype=np.float64), since(values, specialist.until)
    if not days <= new < len(returns) - LEAST or name not in specialist.parameters:
        return walk(returns, days, specialist.levels)
    found = walk(returns, new, specialist.levels, specialist.fit(name))
    made, tails = ({model: one[-days:] for model, one in by.items()} for by in (found.made, found.tails))
    return replace(found, losses=found.losses[-days:], made=made, tails=tails)


def load(folder: Path) -> MarketRisk:
    """Read a specialist back, unaltered. Raises NotFound, IntegrityError."""
    version = check_sealed(folder)
    try:
        told = json.loads((folder / MODEL).read_bytes())
        told["request"].setdefault("es_level", 0.99)  # earlier versions had one level for both
        before = {name: "prices" if price else "returns" for name, price in told.pop("prices", {}).items()}  # of earlier versions
        found = TypeAdapter(MarketRisk).validate_python({"kinds": before, **told})
    except ValidationError as error:
        raise IntegrityError(f"{folder / MODEL} is of another version of finfoundry", remedy="Train again") from error
    found.version = version
    return found


def validate(specialist: MarketRisk, name: str, source: TableSource, report: Report = silent) -> MarketValidation:
    """Walk other data forward; a fit never sees the day that it forecasts. Days since the training go as served. Raises InputError."""
    returns = read_returns(source, specialist.request, specialist.kinds).table
    series = {str(one): returns[one].dropna() for one in returns}

    def walked(values: pd.Series) -> Walked:
        new = since(values, specialist.until)
        return _walk_served(specialist, str(values.name), values, new if new >= LEAST else min(_LATEST, len(values) - _LEAST_DAYS))

    tests, notes = _test_all(series, specialist.kinds, specialist.levels, walked, report)
    return MarketValidation(name, "market-risk", specialist.version, len(returns), summary(tests), tests, notes)


def score(specialist: MarketRisk, name: str, source: TableSource, asked: AskedRisk | None = None) -> MarketScores:
    """Forecasts for the day after the file's last, with stress and an early warning; a series that cannot be read is returned with why.

    Raises:
        InputError: no series of the specialist is there, or a position cannot be measured.
    """
    return score_kept(specialist, name, source, asked)[0]


def score_kept(specialist: MarketRisk, name: str, source: TableSource, asked: AskedRisk | None = None) -> tuple[MarketScores, list[Entry]]:
    """``score``, with what the record keeps of each series, so that a replay needs no file. Raises InputError as ``score``."""
    asked = asked or AskedRisk()
    returns = read_returns(source, specialist.request, specialist.kinds).table
    rows: list[Today] = []
    entries: list[Entry] = []
    for series in specialist.series:
        values = returns[series].dropna() if series in returns else pd.Series(dtype=np.float64)
        kept = None
        if len(values) < LEAST:
            rows.append(Today(series, refused=f"column {series!r}: {len(values)} days with a value; {LEAST} are needed"))
        elif stale := why_stale(series, values):
            rows.append(Today(series, refused=stale, kind=specialist.kinds[series]))
        else:
            kept = _kept(specialist, series, values, asked.shocks)
            rows.append(possible_today(specialist, series, kept))
        entries.append({"id": series, "inputs": kept, "output": plain(rows[-1])})
    found = MarketScores(name, "market-risk", specialist.version, rows, warnings=[*_age(returns), *_gaps(specialist, returns)])
    if asked.positions is not None:
        found, entry = _with_portfolio(specialist, found, returns, asked.positions, asked.shocks)
        entries.append(entry)
    return found, entries


def _gaps(specialist: MarketRisk, returns: pd.DataFrame) -> list[str]:
    return missing_values(returns[[name for name in specialist.series if name in returns]])


def head(specialist: MarketRisk, name: str, digest: str) -> dict[str, Any]:
    """The first fields of the audit record of forecasts."""
    return {"specialist": name, "family": "market-risk", "version": specialist.version, "model": "all", "data_sha256": digest}


def _with_portfolio(
    specialist: MarketRisk, found: MarketScores, returns: pd.DataFrame, path: Path, shocks: Shocks
) -> tuple[MarketScores, Entry]:
    if PORTFOLIO in specialist.series:
        raise InputError(f"A series is called {PORTFOLIO!r}, as positions together are", remedy="Rename the column")
    positions = read_positions(path)
    made = profits(returns, {name: kind for name, kind in specialist.kinds.items() if name in specialist.series}, positions)
    basis, told = basis_of(made, positions, shocks, specialist.levels)
    portfolio = forecast(basis, specialist.levels)
    entry = {"id": PORTFOLIO, "inputs": plain(basis), "output": plain(portfolio)}
    return replace(found, portfolio=replace(portfolio, tests=tested(made, specialist.levels), warnings=told)), entry


def _kept(specialist: MarketRisk, series: str, values: pd.Series, shocks: Shocks) -> dict[str, Any]:
    """What the forecasts of a series are computed from."""
    usual = _SHOCKS if specialist.kinds[series] != "spreads" else {}  # a tenth of a spread is a scenario's to say
    returns = values.to_numpy(dtype=np.float64)
    fit = parameters_in_service(returns, since(values, specialist.until), specialist.fit(series))
    start, end, worst = stress_period(values, specialist.levels)
    return {
        "date": str(values.index[-1])[:10],
        "returns": returns[-WINDOW:].tolist(),
        "shocks": usual | {label: one[series] for label, one in shocks.items() if series in one},
        "parameters": fit.parameters,
        "fallback": fit.fallback,
        "period": [start, end, worst.tolist()],
    }


def _age(returns: pd.DataFrame) -> list[str]:
    """What is to be said where the last day, of the file or of a series, is some days ago."""
    if not pd.api.types.is_datetime64_any_dtype(returns.index):
        return []
    now = np.datetime64(datetime.now(UTC).date())
    told: dict[str, list[str]] = {}
    for name in returns:
        last = returns[name].last_valid_index()
        if last is not None and np.busday_count(np.datetime64(last.date()), now) > _OLD:
            told.setdefault(str(last)[:10], []).append(str(name))
    count = {day: int(np.busday_count(np.datetime64(day), now)) for day in told}
    return [
        f"The data of {', '.join(names[:5])}{' …' if names[5:] else ''} end on {day}, {count[day]} working days ago: the risk is that day's"
        for day, names in told.items()
    ]


def possible_today(specialist: MarketRisk, series: str, kept: Mapping[str, Any]) -> Today:
    """The forecasts of a series from what the record keeps of it, or why what comes out cannot be."""
    found = today(specialist, series, kept)
    why_not = impossible(specialist.kinds[series], ((one.var, one.es) for one in found.forecasts.values()))
    return Today(series, refused=f"column {series!r}: {why_not}", kind=found.kind) if why_not else found


def monitor(specialist: MarketRisk, name: str, source: TableSource) -> Monitoring:
    """The latest year against forecasts as they are served: breaches, their zone, clusters. Raises InputError."""
    returns = read_returns(source, specialist.request, specialist.kinds).table
    tests, alerts, refused = [], [*_age(returns), *_gaps(specialist, returns)], []
    for number, series in enumerate(specialist.series):
        values = returns[series].dropna() if series in returns else pd.Series(dtype=np.float64)
        if len(values) < 2 * LEAST:
            refused.append(Refused(number + 1, f"column {series!r}: {len(values)} days with a value; {2 * LEAST} are needed"))
            continue
        if stale := why_stale(series, values):
            refused.append(Refused(number + 1, stale))
            continue
        walked = _walk_served(specialist, series, values, LEAST)
        found = back_tests(series, walked.losses, walked.made, walked.tails, specialist.levels)
        tests += found
        alerts += [
            f"{series}, {one.model}: {one.breaches} breaches in {one.days} days, zone {one.zone}" for one in found if one.zone != "green"
        ]
        alerts += [f"{series}: {why}" for why in list(walked.fallbacks.values())[-1:]]
        warning = today(specialist, series, _kept(specialist, series, values, {})).warning
        alerts += [f"{series}: {warning}"] if warning else []
    if not tests:
        raise InputError(f"{source.name} has no series that can be monitored; {refused[0].reason}")
    flat = {f"{model}: {figure}": value for model, figures in summary(tests).items() for figure, value in figures.items()}
    count = len(specialist.series)
    return Monitoring(name, "market-risk", specialist.version, count, len(refused), refused, [], None, [], flat, alerts)


def today(specialist: MarketRisk, series: str, kept: Mapping[str, Any]) -> Today:
    """The forecasts of a series after its last day. Records of before kept neither parameters nor a period of stress."""
    p: Parameters = kept.get("parameters") or specialist.parameters[series]
    levels, recent = specialist.levels, np.array(kept["returns"], dtype=np.float64)[-WINDOW:]
    volatility = filter_volatility(recent, p)
    made = {model: Forecast(*(round(cell, DIGITS) for cell in told)) for model, told in _told(forecasts(recent, p, levels)).items()}
    usual, _ = tail((recent - p["mu"] / 100) / volatility[:-1], levels)
    hits = -recent[-50:] > volatility[:-1][-50:] * usual.var - p["mu"] / 100
    expected = 50 * (1 - levels.var)
    many = hits.sum() >= max(_CLUSTER, 1 + 3 * expected)
    warning = f"{int(hits.sum())} breaches in the last 50 days; {expected:.1f} are expected" if many else None
    stress = {label: round(_after_shock(recent, p, shock, levels), DIGITS) for label, shock in kept["shocks"].items()}
    base, reasons = _reasons(volatility, usual.var, p["mu"] / 100)
    score = made[CHAMPION].var
    rest = round(score - base - sum(reason.contribution for reason in reasons), DIGITS)
    now = round(float(volatility[-1]), DIGITS)
    period = kept.get("period")
    worst = stressed(period[0], period[1], np.array(period[2], dtype=np.float64), levels, DIGITS) if period else None
    return Today(
        series, kept["date"], score, now, made, stress, warning, base, reasons, rest, kind=specialist.kinds[series], stressed=worst,
        fallback=kept.get("fallback", ""),
    )  # fmt: skip


def _told(made: Mapping[str, Forecast]) -> dict[str, tuple[float, float, float]]:
    return {model: (one.var, one.es, one.es_var or 0.0) for model, one in made.items()}


def _reasons(volatility: np.ndarray, quantile: float, mean: float) -> tuple[float, list[ScoreReason]]:
    """The value at risk at the look-back's root mean square volatility, and what adds to it today."""
    now, usual = float(volatility[-1]), float(np.sqrt(np.mean(volatility[:-1] ** 2)))
    parts = [
        ScoreReason("volatility", f"{now:.4%} a day against a usual {usual:.4%}", round((now - usual) * quantile, DIGITS)),
        ScoreReason("mean return", f"{mean:.4%} a day", round(-mean, DIGITS)),
    ]
    adding = sorted((part for part in parts if part.contribution > 0), key=lambda part: -part.contribution)
    return round(usual * quantile, DIGITS), adding


def _after_shock(values: np.ndarray, p: Parameters, shock: float, levels: Levels) -> float:
    """Filtered historical value at risk after one more day with the given return."""
    return forecasts(np.append(values, shock), p, levels)[CHAMPION].var
