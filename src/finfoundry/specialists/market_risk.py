"""Market risk: one day's value at risk and expected shortfall of each series, walked forward and tested against what happened.

Three models: *historical* (quantile of the last returns), *parametric* (GARCH with skewed or Student t shocks), and *filtered
historical* (GARCH volatility times the quantile of its own past shocks: Barone-Adesi, Giannopoulos, Vosper 1999). Volatility is by
``arch``; a day's forecast uses only the days before it.
"""

from __future__ import annotations

import json
import time as clock
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path

import numpy as np
import pandas as pd
from pydantic import TypeAdapter, ValidationError
from scipy import stats

from finfoundry.core.audit import plain
from finfoundry.core.errors import InputError, IntegrityError
from finfoundry.core.progress import Progress, Report, silent
from finfoundry.specialists.garch import filter_volatility, fit_garch
from finfoundry.specialists.market_data import Kind, read_returns
from finfoundry.specialists.market_tests import LEVEL, christoffersen, impossible, kupiec, shortfall_test, zone
from finfoundry.specialists.metrics import Figure
from finfoundry.specialists.replay import Entry
from finfoundry.specialists.score import Reason
from finfoundry.specialists.specialist import DIGITS, MODEL, Lineage, Request, check_sealed, write_sealed
from finfoundry.specialists.table import Source, read_source
from finfoundry.specialists.validate import Monitoring, Refused

MODELS = ("historical", "filtered_historical", "parametric")
CHAMPION = "filtered_historical"
_LEAST_DAYS = 500
_WINDOW = 1000  # days that a fit looks back on; a filtered quantile looks back on all of them
_REFIT = 125  # days until the parameters are estimated again; the volatility moves every day
_LATEST = 1250  # days walked forward when training
_SHOCKS = {"fall of 10 %": -0.10, "fall of 20 %": -0.20, "rise of 10 %": 0.10}
_LEAST_SCORED = 250  # days
_CLUSTER = 3  # breaches within the last 50 days that give a warning; one in two is expected at 99 %


@dataclass(frozen=True)
class Forecast:
    """One day of one model: losses are positive, in parts of the value."""

    var: float
    es: float

    def __str__(self) -> str:
        return f"VaR {self.var:.2%}, ES {self.es:.2%}"


@dataclass(frozen=True)
class BackTest:
    """A model against a series. ``zone`` is the Basel traffic light over the last 250 days. p-values: small = rejected.

    ``es_p``: one-sided bootstrap test that breaches are no larger than the expected shortfall (McNeil and Frey 2000).
    """

    series: str
    model: str
    days: int
    breaches: int
    expected: float
    kupiec_p: float
    christoffersen_p: float
    zone: str
    es_p: float | None


@dataclass(frozen=True)
class Today:
    """The forecast after the last day of a series, which is its ``id``: a file has a column a series, and each gets one row.

    ``score``: the champion's value at risk; ``base`` (at the series' usual volatility) + Σ contributions + ``rest`` = ``score``.
    ``stress``: value at risk after one more day of the scenario's return. ``warning`` says that breaches cluster, ``refused`` why there
    is no forecast.
    """

    id: str
    date: str | None = None
    score: float | None = None
    volatility: float | None = None
    forecasts: Mapping[str, Forecast] = field(default_factory=dict)
    stress: Mapping[str, float] = field(default_factory=dict)
    warning: str | None = None
    base: float | None = None
    reasons: list[Reason] = field(default_factory=list)
    rest: float | None = None
    refused: str | None = None
    kind: Kind = "prices"  # of spreads all figures are in the unit of the spread


@dataclass
class MarketRisk:
    """A trained specialist of this family. ``parameters``: series → GARCH parameters."""

    request: Request
    series: list[str]
    kinds: dict[str, Kind]
    parameters: dict[str, dict[str, float]]
    tests: list[BackTest]
    figures: dict[str, dict[str, Figure]]
    lineage: Lineage
    warnings: list[str] = field(default_factory=list)
    version: str = ""


@dataclass(frozen=True)
class MarketValidation:
    """Back-tests on other data. ``models``: how many series pass each test, and the pooled breach rate."""

    specialist: str
    family: str
    version: str
    rows: int
    models: dict[str, dict[str, Figure]]
    tests: list[BackTest]
    warnings: list[str]


@dataclass(frozen=True)
class MarketScores:
    """The forecasts of every series."""

    specialist: str
    family: str
    version: str
    rows: list[Today]
    record: str | None = None
    root: str | None = None
    warnings: list[str] = field(default_factory=list)


def tail(sample: np.ndarray) -> Forecast:
    """Value at risk and expected shortfall of a sample of returns."""
    losses = np.sort(-sample)
    var = float(np.quantile(losses, LEVEL))
    return Forecast(var, float(losses[losses >= var].mean()))


def forecasts(returns: np.ndarray, p: Mapping[str, float]) -> dict[str, Forecast]:
    """The three models' forecasts for the day after the last return."""
    recent = returns[-_WINDOW:]
    volatility = filter_volatility(recent, p)
    return _three(recent, volatility, p)


def _three(recent: np.ndarray, volatility: np.ndarray, p: Mapping[str, float]) -> dict[str, Forecast]:
    mean, now = p["mu"] / 100, volatility[-1]
    shocks = tail((recent - mean) / volatility[:-1])
    nu = p["nu"]
    quantile = -float(stats.t.ppf(1 - LEVEL, nu))
    scale = np.sqrt((nu - 2) / nu)
    beyond = float(stats.t.pdf(quantile, nu)) / (1 - LEVEL) * (nu + quantile**2) / (nu - 1)
    return {
        "historical": tail(recent),
        "filtered_historical": Forecast(float(now * shocks.var - mean), float(now * shocks.es - mean)),
        "parametric": Forecast(float(now * scale * quantile - mean), float(now * scale * beyond - mean)),
    }


def walk(returns: np.ndarray, days: int) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """The last ``days`` losses, and for each model the forecasts made the evening before: shape (days, 2) of VaR and ES."""
    start = len(returns) - days
    made: dict[str, list[tuple[float, float]]] = {model: [] for model in MODELS}
    for refit in range(start, len(returns), _REFIT):
        begin, end = max(0, refit - _WINDOW), min(refit + _REFIT, len(returns))
        parameters = fit_garch(returns[begin:refit])
        volatility = filter_volatility(returns[begin : end - 1], parameters)  # each day's value comes from the days before it
        for day in range(refit, end):
            found = _three(returns[begin:day], volatility[: day - begin + 1], parameters)
            for model, forecast in found.items():
                made[model].append((forecast.var, forecast.es))
    return -returns[start:], {model: np.array(pairs) for model, pairs in made.items()}


def back_tests(series: str, losses: np.ndarray, made: Mapping[str, np.ndarray]) -> list[BackTest]:
    """Each model against one series."""
    found = []
    for model, pairs in made.items():
        hits = losses > pairs[:, 0]
        found.append(
            BackTest(
                series, model, len(losses), int(hits.sum()), len(losses) * (1 - LEVEL), kupiec(int(hits.sum()), len(losses)),
                christoffersen(hits), zone(hits), shortfall_test(losses, pairs[:, 0], pairs[:, 1]),
            )
        )  # fmt: skip
    return found


def summary(tests: Sequence[BackTest]) -> dict[str, dict[str, Figure]]:
    """For each model: the share of series on which each test does not reject at 5 %, and the breach rate over all."""
    found: dict[str, dict[str, Figure]] = {}
    for model in MODELS:
        rows = [test for test in tests if test.model == model]
        days, breaches = sum(test.days for test in rows), sum(test.breaches for test in rows)
        interval = stats.beta(breaches + 0.5, days - breaches + 0.5)
        shortfall = [test.es_p for test in rows if test.es_p is not None]
        found[model] = {
            "kupiec_passed": _share([test.kupiec_p for test in rows]),
            "christoffersen_passed": _share([test.christoffersen_p for test in rows]),
            "es_passed": _share(shortfall) if shortfall else Figure(float("nan")),
            "breach_rate": Figure(breaches / days, float(interval.ppf(0.025)), float(interval.ppf(0.975))),
        }
        if not shortfall:
            del found[model]["es_passed"]
    return found


def _share(p_values: Sequence[float]) -> Figure:
    passed = sum(p >= 0.05 for p in p_values)
    interval = stats.beta(passed + 0.5, len(p_values) - passed + 0.5)
    return Figure(passed / len(p_values), float(interval.ppf(0.025)), float(interval.ppf(0.975)))


def train(request: Request, folder: Path, report: Report = silent, source: Source | None = None) -> MarketRisk:
    """Fit every series, walk its latest days forward, and write the specialist. Raises InputError."""
    started = clock.monotonic()
    source = source or read_source(Path(request.data))
    read = read_returns(source, request)
    returns, notes = read.table, read.notes
    tests, parameters, left_out = _test_all(returns, read.kinds, report)
    notes += left_out
    packages = ("finfoundry", "numpy", "pandas", "arch", "scipy")
    lineage = Lineage(
        source.digest, len(returns), len(returns), 0, f"{returns.index[0]} / {returns.index[-1]}",
        datetime.now(UTC).isoformat(timespec="seconds"), round(clock.monotonic() - started, 1),
        {name: metadata.version(name) for name in packages},
    )  # fmt: skip
    kinds = {name: read.kinds[name] for name in parameters}
    found = MarketRisk(request, list(parameters), kinds, parameters, tests, summary(tests), lineage, notes)
    found.version = write_sealed(folder, {MODEL: TypeAdapter(MarketRisk).dump_json(found, indent=1, exclude={"version"})})
    return found


def _test_all(
    returns: pd.DataFrame, kinds: Mapping[str, Kind], report: Report
) -> tuple[list[BackTest], dict[str, dict[str, float]], list[str]]:
    tests: list[BackTest] = []
    parameters: dict[str, dict[str, float]] = {}
    notes: list[str] = []
    for number, name in enumerate(returns):
        report(Progress("back-testing", number, returns.shape[1], "series"))
        series = returns[name].dropna().to_numpy(dtype=np.float64)
        if len(series) < _LEAST_DAYS + 250 or series.std() == 0:
            notes.append(f"The series {name!r} was left out: {len(series)} days, or no movement; {_LEAST_DAYS + 250} are needed")
            continue
        losses, made = walk(series, min(_LATEST, len(series) - _LEAST_DAYS))
        if why := impossible(kinds[str(name)], (pair for pairs in made.values() for pair in pairs.tolist())):
            notes.append(f"The series {name!r} was left out: {why}")
            continue
        tests += back_tests(str(name), losses, made)
        parameters[str(name)] = fit_garch(series[-_WINDOW:])
    if not parameters:
        raise InputError(
            f"No series can be used. {notes[0] if notes else ''}", remedy="Give at least three years of daily prices or returns"
        )
    return tests, parameters, notes


def load(folder: Path) -> MarketRisk:
    """Read a specialist back, unaltered. Raises NotFound, IntegrityError."""
    version = check_sealed(folder)
    try:
        told = json.loads((folder / MODEL).read_bytes())
        before = {name: "prices" if price else "returns" for name, price in told.pop("prices", {}).items()}  # of earlier versions
        found = TypeAdapter(MarketRisk).validate_python({"kinds": before, **told})
    except ValidationError as error:
        raise IntegrityError(f"{folder / MODEL} is of another version of finfoundry", remedy="Train again") from error
    found.version = version
    return found


def validate(specialist: MarketRisk, name: str, source: Source, report: Report = silent) -> MarketValidation:
    """Walk other data forward; a fit never sees the day that it forecasts. Raises InputError."""
    returns = read_returns(source, specialist.request, specialist.kinds).table
    tests, _, notes = _test_all(returns, specialist.kinds, report)
    return MarketValidation(name, "market-risk", specialist.version, len(returns), summary(tests), tests, notes)


def score(specialist: MarketRisk, name: str, source: Source, scenarios: Mapping[str, Mapping[str, float]] | None = None) -> MarketScores:
    """Forecasts for the day after the file's last, with stress and an early warning; a series that cannot be read is returned with why.

    Raises:
        InputError: no series of the specialist is there.
    """
    return score_kept(specialist, name, source, scenarios)[0]


def score_kept(
    specialist: MarketRisk, name: str, source: Source, scenarios: Mapping[str, Mapping[str, float]] | None = None
) -> tuple[MarketScores, list[Entry]]:
    """The same, with what the record keeps of each series, so that a replay needs no file."""
    returns = read_returns(source, specialist.request, specialist.kinds).table
    rows, entries = [], []
    for series in specialist.series:
        values = returns[series].dropna() if series in returns else pd.Series(dtype=np.float64)
        if len(values) < _LEAST_SCORED:
            why = f"column {series!r}: {len(values)} days with a value; {_LEAST_SCORED} are needed"
            rows.append(Today(series, refused=why))
            entries.append({"id": series, "inputs": None, "output": plain(rows[-1])})
            continue
        usual = _SHOCKS if specialist.kinds[series] != "spreads" else {}  # a tenth of a spread is a scenario's to say
        shocks = usual | {label: one[series] for label, one in (scenarios or {}).items() if series in one}
        used = values.to_numpy(dtype=np.float64)[-_WINDOW:]
        rows.append(possible_today(specialist, series, str(values.index[-1])[:10], used, shocks))
        kept = {"date": str(values.index[-1])[:10], "returns": used.tolist(), "shocks": shocks}
        entries.append({"id": series, "inputs": kept, "output": plain(rows[-1])})
    return MarketScores(name, "market-risk", specialist.version, rows), entries


def possible_today(specialist: MarketRisk, series: str, date: str, values: np.ndarray, shocks: Mapping[str, float]) -> Today:
    """The forecasts of a series, or why what comes out cannot be."""
    found = today(specialist, series, date, values, shocks)
    why_not = impossible(specialist.kinds[series], ((one.var, one.es) for one in found.forecasts.values()))
    return Today(series, refused=f"column {series!r}: {why_not}", kind=found.kind) if why_not else found


def monitor(specialist: MarketRisk, name: str, source: Source) -> Monitoring:
    """The latest year against forecasts with the parameters of training: breaches, their zone, clusters. Raises InputError."""
    returns = read_returns(source, specialist.request, specialist.kinds).table
    tests, alerts, refused = [], [], []
    for number, series in enumerate(specialist.series):
        values = returns[series].dropna().to_numpy(dtype=np.float64) if series in returns else np.empty(0)
        if len(values) < 2 * _LEAST_SCORED:
            refused.append(Refused(number + 1, f"column {series!r}: {len(values)} days with a value; {2 * _LEAST_SCORED} are needed"))
            continue
        parameters = specialist.parameters[series]
        found = back_tests(series, -values[-_LEAST_SCORED:], _frozen(values, _LEAST_SCORED, parameters))
        tests += found
        alerts += [f"{series}, {one.model}: {one.breaches} breaches in 250 days, zone {one.zone}" for one in found if one.zone != "green"]
        warning = today(specialist, series, "", values, {}).warning
        alerts += [f"{series}: {warning}"] if warning else []
    if not tests:
        raise InputError(f"{source.name} has no series that can be monitored; {refused[0].reason}")
    flat = {f"{model}: {figure}": value for model, figures in summary(tests).items() for figure, value in figures.items()}
    count = len(specialist.series)
    return Monitoring(name, "market-risk", specialist.version, count, len(refused), refused, [], None, [], flat, alerts)


def _frozen(values: np.ndarray, days: int, parameters: Mapping[str, float]) -> dict[str, np.ndarray]:
    """For the last ``days``, each model's forecasts of the evening before, with parameters that stay: shape (days, 2)."""
    start = len(values) - days
    begin = max(0, start - _WINDOW)
    volatility = filter_volatility(values[begin:-1], parameters)
    made: dict[str, list[tuple[float, float]]] = {model: [] for model in MODELS}
    for day in range(start, len(values)):
        for model, one in _three(values[begin:day], volatility[: day - begin + 1], parameters).items():
            made[model].append((one.var, one.es))
    return {model: np.array(pairs) for model, pairs in made.items()}


def today(specialist: MarketRisk, series: str, date: str, values: np.ndarray, shocks: Mapping[str, float]) -> Today:
    """The forecasts of a series after its last day; the returns are the look-back."""
    p = specialist.parameters[series]
    recent = values[-_WINDOW:]
    volatility = filter_volatility(recent, p)
    made = {model: Forecast(round(one.var, DIGITS), round(one.es, DIGITS)) for model, one in _three(recent, volatility, p).items()}
    usual = tail((recent - p["mu"] / 100) / volatility[:-1])
    hits = -recent[-50:] > volatility[:-1][-50:] * usual.var - p["mu"] / 100
    warning = f"{int(hits.sum())} breaches in the last 50 days; 0.5 are expected" if hits.sum() >= _CLUSTER else None
    stress = {label: round(_after_shock(values, p, shock), DIGITS) for label, shock in shocks.items()}
    base, reasons = _reasons(volatility, usual.var, p["mu"] / 100)
    score = made[CHAMPION].var
    rest = round(score - base - sum(reason.contribution for reason in reasons), DIGITS)
    now = round(float(volatility[-1]), DIGITS)
    return Today(series, date, score, now, made, stress, warning, base, reasons, rest, kind=specialist.kinds[series])


def _reasons(volatility: np.ndarray, quantile: float, mean: float) -> tuple[float, list[Reason]]:
    """The value at risk at the look-back's root mean square volatility, and what adds to it today."""
    now, usual = float(volatility[-1]), float(np.sqrt(np.mean(volatility[:-1] ** 2)))
    parts = [
        Reason("volatility", f"{now:.4%} a day against a usual {usual:.4%}", round((now - usual) * quantile, DIGITS)),
        Reason("mean return", f"{mean:.4%} a day", round(-mean, DIGITS)),
    ]
    adding = sorted((part for part in parts if part.contribution > 0), key=lambda part: -part.contribution)
    return round(usual * quantile, DIGITS), adding


def _after_shock(values: np.ndarray, p: Mapping[str, float], shock: float) -> float:
    """Filtered historical value at risk after one more day with the given return."""
    return forecasts(np.append(values, shock), p)[CHAMPION].var
