"""A challenger of market risk against the version in use: the recorded forecasts of both, of the same days, by what the series then did.

Value at risk has a loss that is least on average for the right quantile, value at risk and shortfall together one that is least for the
right pair (Fissler and Ziegel 2016; in the form of Patton, Ziegel and Chen 2019, equation 6). Days are drawn again in blocks, all series of
a day together, so that what hangs together in time and between series stays together (Politis and Romano 1992).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from finfoundry.core.errors import InputError
from finfoundry.core.principal import Principal
from finfoundry.runtime.database import Database
from finfoundry.specialists.families.market_risk.market_outcomes import GAP
from finfoundry.specialists.lifecycle.outcomes import LEAST
from finfoundry.specialists.lifecycle.shadow import RESAMPLES, ChallengerDifference, latest
from finfoundry.specialists.market.market_models import CHAMPION, Levels
from finfoundry.specialists.market.market_results import MarketRisk

Forecast = Mapping[str, Any]  # as it was recorded
Loss = Callable[[float, Forecast, Levels], float]


@dataclass(frozen=True)
class MarketComparison:
    """The version in use and a challenger by their recorded forecasts. ``expected``: the share of days on which a loss is to be above the
    value at risk; of ``figures`` the losses are better where they are lower.
    """

    specialist: str
    in_use: str
    challenger: str
    forecasts: int  # by both, of the same series and day
    known: int  # with the move of the next day
    late: int
    days: int
    expected: float
    figures: dict[str, ChallengerDifference]
    warnings: list[str]


def compare_market(database: Database, principal: Principal, name: str, made: MarketRisk) -> MarketComparison:
    """The latest challenger against the version in use. Raises NotFound; InputError: fewer days than a comparison needs."""
    with database.transaction(principal) as connection:
        in_use, challenger = latest(connection, name)
        rows = connection.execute(_PAIRS, {"gap": GAP, "model": CHAMPION, "version": challenger, "used": in_use, "name": name}).fetchall()
    known = [row for row in rows if row[4] is not None]
    timely = [row for row in known if row[5]]
    days = sorted({row[1] for row in timely})
    if len(days) < LEAST:
        raise InputError(
            f"Of {len(timely)} of {len(rows)} forecasts by both, of {len(days)} days, the next day's move is known and was still to come",
            remedy=f"A comparison needs {LEAST} days; record what the series did with finfoundry specialists outcomes {name} --data FILE",
        )
    figures = {title: _paired(timely, days, loss, made.levels) for title, loss in LOSSES.items()}
    late = len(known) - len(timely)
    warnings = [f"{late} forecasts were recorded when their day was over, and do not count"] if late else []
    return MarketComparison(
        name, in_use, challenger, len(rows), len(timely), late, len(days), round(1 - made.levels.var, 10), figures, warnings
    )  # fmt: skip


def _paired(rows: list[tuple[Any, ...]], days: list[str], loss: Loss, levels: Levels) -> ChallengerDifference:
    """Means over series and days, and of the difference the percentiles of circular blocks of days."""
    by_day: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for _, day, one, other, move, _ in rows:
        by_day[day].append((loss(-move, one, levels), loss(-move, other, levels)))
    sums = np.array([[*np.sum(by_day[day], axis=0), len(by_day[day])] for day in days])
    block, random = int(np.ceil(len(days) ** (1 / 3))), np.random.default_rng(0)
    begins = random.integers(0, len(days), (RESAMPLES, -(-len(days) // block)))
    drawn = (begins[:, :, None] + np.arange(block)).reshape(RESAMPLES, -1)[:, : len(days)] % len(days)
    used, other, count = sums[drawn].sum(axis=1).T
    low, high = np.quantile((other - used) / count, (0.025, 0.975))
    one, two, total = sums.sum(axis=0)
    return ChallengerDifference(float(one / total), float(two / total), float((two - one) / total), float(low), float(high))


def _breach(loss: float, told: Forecast, _: Levels) -> float:
    return float(loss > told["var"])


def _quantile_loss(loss: float, told: Forecast, levels: Levels) -> float:
    return float((levels.var - (loss < told["var"])) * (loss - told["var"]))


def _joint_loss(loss: float, told: Forecast, levels: Levels) -> float:
    """The joint loss of value at risk and shortfall at the level of the shortfall, both as amounts of a loss."""
    es = max(float(told["es"]), 1e-12)
    var = min(float(told.get("es_var") or told["var"]), es)
    return float(max(loss - var, 0.0) / ((1 - levels.es) * es) + var / es + np.log(es) - 1)


LOSSES: Mapping[str, Loss] = {"breach_rate": _breach, "quantile_loss": _quantile_loss, "joint_loss": _joint_loss}
# of each series and last day of the data the last pair of forecasts that were recorded in time (or, where none was, any), and the day after
_PAIRS = """
    SELECT DISTINCT ON (one.id, one.content ->> 'date')
        one.id, one.content ->> 'date', one.content -> 'forecasts' -> %(model)s, other.content -> 'forecasts' -> %(model)s, next.move,
        greatest(one.at, other.at) < next.day + 1 AS timely
    FROM specialist_shadow_scores p
    JOIN specialist_scores other ON other.record = p.record
    JOIN specialist_scores one ON one.record = p.answered AND one.id = other.id AND one.content ->> 'date' = other.content ->> 'date'
    LEFT JOIN LATERAL (
        SELECT day, move FROM specialist_moves m
        WHERE m.name = one.name AND m.series = one.id AND m.day > (one.content ->> 'date')::date ORDER BY day LIMIT 1
    ) next ON next.day <= (one.content ->> 'date')::date + %(gap)s
    WHERE p.version = %(version)s AND p.answering = %(used)s AND one.name = %(name)s
        AND one.content -> 'forecasts' ? %(model)s AND other.content -> 'forecasts' ? %(model)s
    ORDER BY 1, 2, timely DESC NULLS LAST, one.at DESC
"""
