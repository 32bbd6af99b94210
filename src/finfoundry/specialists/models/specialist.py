"""A trained specialist: all that it needs to score, in files whose hashes are kept next to them.

DIR/specialist.json   models as plain numbers, schema, calibration, figures, lineage
DIR/history.parquet   (fraud) the transactions that later windows still look back on; (aml) the transfers
DIR/card.html, .md    the card with its plots
DIR/checklist.json    what the specialist shows of each demand of the checklist
DIR/manifest.json     SHA-256 of each file; the digest over them is the version
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd
from pydantic import TypeAdapter, ValidationError

from finfoundry.core.errors import InputError, IntegrityError, NotFound
from finfoundry.specialists.inputs.schema import Schema, Values
from finfoundry.specialists.inputs.table import file_digest
from finfoundry.specialists.models.binning import Bins
from finfoundry.specialists.models.calibrate import LogisticCalibration
from finfoundry.specialists.models.fairness import Fairness
from finfoundry.specialists.models.grades import Grade
from finfoundry.specialists.models.metrics import MeasuredFigure
from finfoundry.specialists.models.scorecard import Scorecard
from finfoundry.specialists.models.segment_stability import PortfolioPart
from finfoundry.specialists.models.trees import Trees

MANIFEST, MODEL, HISTORY = "manifest.json", "specialist.json", "history.parquet"
CARD = ("card.html", "card.md")
CHECKLIST = "checklist.json"
DIGITS = 10  # decimals of a probability as printed, kept and replayed


@dataclass(frozen=True)
class TrainingRequest:
    """What was asked for when training."""

    family: str
    data: str
    target: str = ""
    time: str | None = None
    fold: str | None = None
    group: str | None = None
    id: str | None = None
    exclude: tuple[str, ...] = ()
    entities: tuple[str, ...] = ()
    amount: str | None = None
    transactions: str | None = None
    source: str | None = None
    destination: str | None = None
    transfer_time: str | None = None  # the column of the transfers' times
    window_days: float = 10.0  # what counts as close in time, in days, or steps where times are plain numbers
    rising: tuple[str, ...] = ()
    falling: tuple[str, ...] = ()
    purpose: str = ""
    delay_days: float = 7.0
    outcome_days: float = 0.0  # from a row's time until its outcome is known, or steps where times are plain numbers
    seed: int = 0
    budget: int = 5  # folds: with fewer than there are, the others are left out and one search for settings serves all
    least_events: int = 20  # below it training is refused
    alerts: float | None = None  # the share of rows that people can look at
    alert_cost: float | None = None  # what looking at one costs, in the currency of the amounts
    prices: tuple[str, ...] = ()  # what each series is; "all" for all
    returns: tuple[str, ...] = ()
    spreads: tuple[str, ...] = ()
    returns_in: str = ""  # parts or percent, where the user says it
    champion: str = ""  # which of the two models scores; as the family has it where not said
    var_level: float = 0.99  # of value at risk and of expected shortfall
    es_level: float = 0.975
    trained_by: str = "administrator"
    cuts: tuple[tuple[str, tuple[float, ...]], ...] = ()  # of columns whose bins a person drew
    special: tuple[float, ...] = ()  # codes in columns of numbers that are no quantity; each gets a bin of its own
    event: str = ""  # the target's value that is the event: as the user says, else as training found it
    date_order: Literal["", "dmy", "mdy"] = ""  # which comes first in dates that can be read both ways; as the cells show where not said
    own: Mapping[str, Any] = field(default_factory=dict)  # options of a family that have no field here

    @property
    def groups(self) -> tuple[str, ...]:
        """The columns that fairness is measured by, as --group names them."""
        return tuple(part.strip() for part in (self.group or "").split(",") if part.strip())

    def skipped(self) -> set[str]:
        """Columns that are never inputs."""
        named = (self.target, self.time, self.fold, self.id, *self.groups)
        return {name for name in named if name} | set(self.exclude)


@dataclass(frozen=True)
class Lineage:
    """Where a specialist comes from."""

    data_sha256: str
    rows: int
    used: int
    events: int
    period: str | None
    trained_at: str
    seconds: float
    versions: Mapping[str, str]


@dataclass(frozen=True)
class Bar:
    """One bar of a distribution or of a calibration plot."""

    label: str
    rows: int
    events: int = 0
    forecast: float = 0.0  # mean probability


@dataclass(frozen=True)
class FittedModel:
    """One model of a specialist with its calibration."""

    form: Scorecard | Trees
    calibration: LogisticCalibration

    def probability(self, values: Values) -> np.ndarray:
        """Calibrated probability of the event, rounded to the digits that are printed: shape (rows,)."""
        return np.asarray(np.round(self.calibration(self.form.margin(values)), DIGITS))


@dataclass(frozen=True)
class Proof:
    """What the champion did on rows that it was not fitted to: grades, segments, stretches of time, folds, groups."""

    grades: list[Grade]
    hosmer_lemeshow_p: float
    by_segment: list[PortfolioPart]
    by_time: list[PortfolioPart]
    by_fold: list[PortfolioPart]
    fairness: list[Fairness]


@dataclass
class Specialist:
    """A classifier of one family. ``reference`` holds the training distributions: column or ``score`` → shares."""

    request: TrainingRequest
    event: str
    schema: Schema
    champion: str
    models: dict[str, FittedModel]
    figures: dict[str, dict[str, MeasuredFigure]]
    reference: dict[str, tuple[float, ...]]
    edges: tuple[float, ...]  # of the score's reference classes
    lineage: Lineage
    warnings: list[str] = field(default_factory=list)
    proof: Proof | None = None
    threshold: float | None = None  # the probability from which on a row is alerted
    calibration: list[Bar] = field(default_factory=list)
    gains: list[tuple[float, float]] = field(default_factory=list)
    version: str = ""
    history: Any = field(default=None)  # a pandas table; in a file of its own, not in the JSON
    past: Any = field(default=None)  # what the family makes of it when it is first needed

    @property
    def inputs(self) -> list[str]:
        """The names of the columns that the models read."""
        return self.schema.names

    @property
    def model(self) -> FittedModel:
        """The champion."""
        return self.models[self.champion]

    @property
    def bins(self) -> tuple[Bins, ...]:
        """The bins of the scorecard, whether it is the champion or not."""
        return next(model.form.bins for model in self.models.values() if isinstance(model.form, Scorecard))


def check_room(folder: Path) -> None:
    """Raises InputError where no specialist can be written: the folder holds other things, or cannot be made."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"{folder} cannot be made: {error}", remedy="Give another folder with --out") from error
    if any(path.name not in ("card.html", "card.md") for path in folder.iterdir()) and not (folder / MANIFEST).exists():
        raise InputError(f"{folder} is not empty and holds no specialist", remedy="Give a new folder with --out")


def save(specialist: Specialist, folder: Path) -> str:
    """Write a specialist into a folder that has room for it; returns its version. Raises InputError as ``check_room``."""
    check_room(folder)
    files = {MODEL: _dump(specialist)}
    if specialist.history is not None:
        files[HISTORY] = specialist.history.to_parquet(index=False)
    else:
        (folder / HISTORY).unlink(missing_ok=True)
    return write_sealed(folder, files)


def write_sealed(folder: Path, files: Mapping[str, bytes]) -> str:
    """Write files and, last, their manifest. Returns the digest over them, which is the version."""
    hashes = {name: hashlib.sha256(data).hexdigest() for name, data in sorted(files.items())}
    version = hashlib.sha256(json.dumps(hashes, sort_keys=True).encode()).hexdigest()
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in files.items():
        (folder / name).write_bytes(data)
    (folder / MANIFEST).write_text(json.dumps({"version": version, "files": hashes}, indent=2) + "\n")
    return version


def seal_documents(folder: Path, names: Iterable[str]) -> str:
    """Take what was written of a specialist under its seal; returns the version, which covers it. Raises as ``check_sealed``."""
    check_sealed(folder)
    sealed = json.loads((folder / MANIFEST).read_text())["files"]
    return write_sealed(folder, {name: (folder / name).read_bytes() for name in (*sealed, *names)})


def check_sealed(folder: Path) -> str:
    """The version of a folder whose files are as they were written.

    Raises:
        NotFound: no specialist lies there.
        IntegrityError: a file was altered, added to the manifest or is missing.
    """
    path = folder / MANIFEST
    if not path.is_file():
        raise NotFound(f"There is no specialist in {folder}", remedy="Train one with finfoundry specialists train … --out DIR")
    try:
        manifest = json.loads(path.read_text())
        hashes, version = dict(manifest["files"]), str(manifest["version"])
    except (ValueError, KeyError, TypeError) as error:
        raise IntegrityError(f"{path} is damaged", remedy="Restore the folder from the registry or train again") from error
    if hashlib.sha256(json.dumps(hashes, sort_keys=True).encode()).hexdigest() != version:
        raise IntegrityError(f"{path} was altered", remedy="Restore the folder from the registry or train again")
    for name, expected in hashes.items():
        if not (folder / name).is_file() or file_digest(folder / name) != expected:
            raise IntegrityError(f"{folder / name} was altered or is missing", remedy="Restore the folder from the registry or train again")
    return version


def load(folder: Path) -> Specialist:
    """Read a specialist back, unaltered. Raises NotFound, IntegrityError."""
    version = check_sealed(folder)
    try:
        specialist = TypeAdapter(Specialist).validate_json((folder / MODEL).read_bytes())
    except ValidationError as error:
        raise IntegrityError(f"{folder / MODEL} is of another version of finfoundry", remedy="Train again") from error
    specialist.version = version
    specialist.request = replace(specialist.request, event=specialist.event)  # earlier versions did not keep it there
    if (folder / HISTORY).is_file():
        specialist.history = pd.read_parquet(folder / HISTORY)
    return specialist


def family_of(folder: Path) -> str:
    """The family of the specialist in a folder. Raises NotFound, IntegrityError."""
    check_sealed(folder)
    return str(json.loads((folder / MODEL).read_text())["request"]["family"])


def _dump(specialist: Specialist) -> bytes:
    left_out: dict[str, Any] = {"history": True, "past": True, "version": True} | without_own(specialist.request)
    return TypeAdapter(Specialist).dump_json(specialist, indent=1, exclude=left_out)


def without_own(request: TrainingRequest) -> dict[str, Any]:
    """What a file leaves out of a request: options that no family brought, which earlier versions did not write."""
    return {} if request.own else {"request": {"own"}}
