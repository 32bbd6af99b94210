"""What the family of market risk makes: the trained specialist, its forecasts, its validation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from finfoundry.specialists.market.garch import Fit
from finfoundry.specialists.market.market_data import Kind
from finfoundry.specialists.market.market_models import Forecast, Levels, Stressed
from finfoundry.specialists.market.market_tests import BackTest
from finfoundry.specialists.market.portfolio import Portfolio
from finfoundry.specialists.market.scenarios import Shocks
from finfoundry.specialists.models.metrics import MeasuredFigure
from finfoundry.specialists.models.specialist import Lineage, TrainingRequest
from finfoundry.specialists.scoring.score import ScoreReason


@dataclass(frozen=True)
class Today:
    """The forecast after the last day of a series, which is its ``id``: a file has a column a series, and each gets one row.

    ``score``: the champion's value at risk; ``base`` (at the series' usual volatility) + Σ contributions + ``rest`` = ``score``.
    ``stress``: value at risk after one more day of the scenario's return; ``stressed``: of the worst twelve months of the file.
    ``warning`` says that breaches cluster, ``refused`` why there is no forecast. ``fallback``: why volatility is no GARCH process's.
    """

    id: str
    date: str | None = None
    score: float | None = None
    volatility: float | None = None
    forecasts: Mapping[str, Forecast] = field(default_factory=dict)
    stress: Mapping[str, float] = field(default_factory=dict)
    warning: str | None = None
    base: float | None = None
    reasons: list[ScoreReason] = field(default_factory=list)
    rest: float | None = None
    refused: str | None = None
    kind: Kind = "prices"  # of spreads all figures are in the unit of the spread
    stressed: Stressed | None = None
    fallback: str = ""


@dataclass
class MarketRisk:
    """A trained specialist of this family. ``parameters``: series → GARCH parameters; ``fallbacks``: why those of a series are none."""

    request: TrainingRequest
    series: list[str]
    kinds: dict[str, Kind]
    parameters: dict[str, dict[str, float]]
    tests: list[BackTest]
    figures: dict[str, dict[str, MeasuredFigure]]
    lineage: Lineage
    warnings: list[str] = field(default_factory=list)
    version: str = ""
    fallbacks: dict[str, str] = field(default_factory=dict)

    @property
    def event(self) -> None:
        """A series has none."""
        return None

    @property
    def inputs(self) -> list[str]:
        """The series."""
        return self.series

    @property
    def levels(self) -> Levels:
        return Levels(self.request.var_level, self.request.es_level)

    @property
    def until(self) -> str:
        """The last day of the training."""
        return str(self.lineage.period).partition(" / ")[2]

    def fit(self, series: str) -> Fit:
        """The fit of a series in training."""
        return Fit(self.parameters[series], self.fallbacks.get(series, ""))


@dataclass(frozen=True)
class MarketValidation:
    """Back-tests on other data. ``models``: how many series pass each test, and the pooled breach rate."""

    specialist: str
    family: str
    version: str
    rows: int
    models: dict[str, dict[str, MeasuredFigure]]
    tests: list[BackTest]
    warnings: list[str]


@dataclass(frozen=True)
class MarketScores:
    """The forecasts of every series, and of the positions where some were given."""

    specialist: str
    family: str
    version: str
    rows: list[Today]
    record: str | None = None
    root: str | None = None
    warnings: list[str] = field(default_factory=list)
    portfolio: Portfolio | None = None


@dataclass(frozen=True)
class AskedRisk:
    """What a score is to show besides: scenarios by series, and positions."""

    shocks: Shocks = field(default_factory=dict)
    positions: Path | None = None
