"""What the family of texts makes: the trained specialist, its scores, its validation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from finfoundry.specialists.families.text import BAR
from finfoundry.specialists.lifecycle.validate import Refused
from finfoundry.specialists.models.calibrate import LogisticCalibration
from finfoundry.specialists.models.metrics import MeasuredFigure
from finfoundry.specialists.models.specialist import Bar, Lineage, TrainingRequest

ENCODER = "encoder"  # the name of its one model


@dataclass(frozen=True)
class ClassFigures:
    """One class on held-back rows: how many are of it, how many are told to be (above the bar), and how many of these are."""

    name: str
    rows: int
    told: int
    right: int


@dataclass
class TextSpecialist:
    """A trained specialist of this family: a calibration over an encoder, which lies among the releases under its SHA-256, ``encoder``.

    ``shares``: of the classes, as the encoder tells them of the training's rows; ``edges`` and ``probabilities``: of the probability.
    """

    request: TrainingRequest
    encoder: str
    classes: list[str]
    calibration: LogisticCalibration
    figures: dict[str, dict[str, MeasuredFigure]]
    by_class: list[ClassFigures]
    bars: list[Bar]
    shares: tuple[float, ...]
    edges: tuple[float, ...]
    probabilities: tuple[float, ...]
    lineage: Lineage
    warnings: list[str] = field(default_factory=list)
    version: str = ""

    @property
    def event(self) -> None:
        """What the probability is of, a class, differs from row to row."""
        return None

    @property
    def inputs(self) -> list[str]:
        """The columns of the texts."""
        return list(columns_of(self.request))

    @property
    def task(self) -> str:
        return str(self.request.own["encoder"])

    @property
    def bar(self) -> float:
        return bar_of(self.request)


def columns_of(request: TrainingRequest) -> tuple[str, ...]:
    return tuple(part.strip() for part in str(request.own.get("text", "")).split(",") if part.strip())


def bar_of(request: TrainingRequest) -> float:
    return float(request.own.get("bar", BAR))


@dataclass(frozen=True, slots=True)
class ScoredText:
    """``class_name`` is None where the probability is below the bar: then no class is told. ``probability``: that the likeliest class is
    the right one. ``refused`` says why there is none.
    """

    row: int
    id: str
    class_name: str | None = None
    likeliest: str | None = None
    probability: float | None = None
    refused: str | None = None


@dataclass(frozen=True)
class TextScores:
    """The classes of a table's rows, which count from 1; ``no_class``: how many are below the bar."""

    specialist: str
    family: str
    version: str
    scored: int
    no_class: int
    refused: int
    bar: float
    rows: Sequence[ScoredText]
    record: str | None = None
    root: str | None = None
    warnings: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class TextValidation:
    """A back-test on other rows. ``models``: the figures of the encoder as it is calibrated."""

    specialist: str
    family: str
    version: str
    rows: int
    used: int
    refused: list[Refused]
    models: dict[str, dict[str, MeasuredFigure]]
    by_class: list[ClassFigures]
    calibration: list[Bar]
    warnings: list[str]
