"""A calibration over a released encoder, learned and measured on rows that the encoder was not tuned on.

The probability that the likeliest class is the right one comes from its log odds, by the calibration of the other families; figures are out
of fold. Rows that are among those of the tuning, word for word or nearly, are left out: on them an encoder is surer than it is right.
"""

from __future__ import annotations

import time as clock
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path

import numpy as np
import pandas as pd
from pydantic import TypeAdapter, ValidationError
from scipy import stats

from finfoundry.core.errors import InputError, IntegrityError
from finfoundry.core.protocols import TextReader
from finfoundry.specialists.families.family import Encoders
from finfoundry.specialists.families.text.text_results import (
    ENCODER,
    ClassFigures,
    TextSpecialist,
    TextValidation,
    bar_of,
    columns_of,
)
from finfoundry.specialists.families.text.texts import read_texts, texts_in
from finfoundry.specialists.inputs.folds import folds
from finfoundry.specialists.inputs.table import TableSource, need, times
from finfoundry.specialists.inputs.target import texts_of
from finfoundry.specialists.lifecycle.validate import Refused
from finfoundry.specialists.models.calibrate import fit_calibration
from finfoundry.specialists.models.curves import calibration_bars
from finfoundry.specialists.models.metrics import MeasuredFigure, Metric, auc, brier, ece, figures, log_loss
from finfoundry.specialists.models.specialist import DIGITS, MODEL, Lineage, TrainingRequest, check_sealed, without_own, write_sealed
from finfoundry.specialists.models.stability import edges_of, shares_between

METRICS: dict[str, Metric] = {"auc": auc, "brier": brier, "log_loss": log_loss, "ece": ece}  # the event: the likeliest class is right
_SHOWN = 20  # refused rows that are listed
_LONG = "the text is longer than the encoder reads"  # of all of them: how long each is would make a reason for every row


@dataclass(frozen=True)
class Labelled:
    """Rows that were read and whose class is known: ``truth``, ``likeliest`` and ``margin`` of shape (rows,). ``places``: their numbers in
    the table.
    """

    places: np.ndarray
    truth: np.ndarray
    likeliest: np.ndarray
    margin: np.ndarray
    refused: dict[int, str]

    @property
    def right(self) -> np.ndarray:
        return np.asarray(self.truth == self.likeliest, dtype=np.int64)


def train(request: TrainingRequest, folder: Path, encoders: Encoders, source: TableSource) -> TextSpecialist:
    """Calibrate the encoder that serves for the task, and write the specialist. Raises InputError, NotFound: none serves."""
    started, task, columns = clock.monotonic(), str(request.own.get("encoder", "")), columns_of(request)
    if not task or not columns or not 0 <= bar_of(request) <= 1:
        raise InputError("A specialist of texts needs --text COLS and --encoder TASK, and a --bar from 0 to 1")
    sha256 = encoders.serving(task)
    reader = encoders.classifier(task, sha256)
    classes, learned = [*reader.labels_of(task)], encoders.learned(sha256)
    kept = labelled(source, request, reader, classes, lambda text: learned.knows(text) is not None)
    right = kept.right
    _check_enough(request, kept)
    out_of_fold = _out_of_fold(request, source.table, kept)
    tested = ~np.isnan(out_of_fold)
    calibration = fit_calibration(kept.margin, right)
    probability = np.round(calibration(kept.margin), DIGITS)
    edges = edges_of(probability)
    found = TextSpecialist(
        request, sha256, classes, calibration,
        {ENCODER: measured(right[tested], out_of_fold[tested], bar_of(request))},
        by_class(classes, kept, out_of_fold, bar_of(request)),
        calibration_bars(right[tested], out_of_fold[tested]),
        tuple(np.bincount(kept.likeliest, minlength=len(classes)) / len(right)),
        edges, shares_between(edges, probability),
        Lineage(
            source.digest, len(source.table), len(right), int(len(right) - right.sum()), None,
            datetime.now(UTC).isoformat(timespec="seconds"), round(clock.monotonic() - started, 1),
            {name: metadata.version(name) for name in ("finfoundry", "numpy", "onnxruntime", "tokenizers")},
        ),
        [*_left_out(kept), *([f"The margins were only shifted: {calibration.fallback}"] if calibration.fallback else [])],
    )  # fmt: skip
    content = TypeAdapter(TextSpecialist).dump_json(found, indent=1, exclude={"version": True} | without_own(request))
    found.version = write_sealed(folder, {MODEL: content})
    return found


def load(folder: Path) -> TextSpecialist:
    """Read a specialist back, unaltered. Raises NotFound, IntegrityError."""
    version = check_sealed(folder)
    try:
        found = TypeAdapter(TextSpecialist).validate_json((folder / MODEL).read_bytes())
    except ValidationError as error:
        raise IntegrityError(f"{folder / MODEL} is of another version of finfoundry", remedy="Train again") from error
    found.version = version
    return found


def validate(made: TextSpecialist, name: str, source: TableSource, encoders: Encoders) -> TextValidation:
    """The specialist as it serves, on other rows whose class is known. Raises InputError: too few, or all told rightly or all wrongly."""
    reader, learned = encoders.classifier(made.task, made.encoder), encoders.learned(made.encoder)
    kept = labelled(source, made.request, reader, made.classes, lambda text: learned.knows(text) is not None)
    right, probability = kept.right, np.round(made.calibration(kept.margin), DIGITS)
    if not 0 < right.sum() < len(right):
        raise InputError(
            f"Of {len(right)} rows whose class is known the likeliest class is right in {int(right.sum())}: nothing can be compared",
            remedy="Give more rows, some of which are hard",
        )
    return TextValidation(
        name, made.request.family, made.version, len(source.table), len(right), refusals(kept.refused),
        {ENCODER: measured(right, probability, made.bar)}, by_class(made.classes, kept, probability, made.bar),
        calibration_bars(right, probability), _left_out(kept),
    )  # fmt: skip


def labelled(
    source: TableSource, request: TrainingRequest, reader: TextReader, classes: Sequence[str], is_learned: Callable[[str], bool]
) -> Labelled:
    """The rows of a table with a class. Raises InputError: a column is missing, or there is a class that the encoder does not tell."""
    cells = need(source.table, request.target, "class").reset_index(drop=True)
    told, known = texts_of(cells).where(cells.notna(), ""), {name: number for number, name in enumerate(classes)}
    if strange := sorted(set(told) - {*known, ""}):
        raise InputError(f"Column {request.target!r} holds {strange[0]!r}, which the encoder does not tell", remedy=f"It tells {classes}")
    texts, refused = texts_in(source.table, columns_of(request))
    for row, one in enumerate(texts):
        if not told[row]:
            refused.setdefault(row, f"column {request.target!r}: empty")
        elif row not in refused and is_learned(max(one, key=len)):  # as training takes what a row is about
            refused[row] = "the encoder was tuned on it, or on nearly the same"
    read = read_texts(reader, request.own["encoder"], texts, refused)
    truth = told.map(known).to_numpy(dtype=np.float64)[read.good].astype(np.int64)
    refused |= dict.fromkeys(read.refused.keys() - refused.keys(), _LONG)
    return Labelled(read.good, truth, read.likeliest[read.good], read.margin[read.good], refused)


def measured(right: np.ndarray, probability: np.ndarray, bar: float) -> dict[str, MeasuredFigure]:
    """The figures of rows, both of shape (rows,). ``accuracy``: the likeliest class is right; ``told``: it is above the bar;
    ``right_of_told``: right where it is. The others are of the probability.
    """
    told = probability >= bar
    shares = {"accuracy": _share(right), "told": _share(told)} | ({"right_of_told": _share(right[told])} if told.any() else {})
    return shares | figures(right, probability, METRICS)


def by_class(classes: Sequence[str], kept: Labelled, probability: np.ndarray, bar: float) -> list[ClassFigures]:
    """``probability``: of shape (rows,), NaN where a row was not tested."""
    truth = np.where(np.isnan(probability), -1, kept.truth)
    told = np.where(np.nan_to_num(probability, nan=-1.0) >= bar, kept.likeliest, -1)
    return [
        ClassFigures(name, int((truth == at).sum()), int((told == at).sum()), int(((told == at) & (truth == at)).sum()))
        for at, name in enumerate(classes)
    ]


def refusals(refused: dict[int, str]) -> list[Refused]:
    """The first refused rows."""
    return [Refused(row + 1, why) for row, why in sorted(refused.items())[:_SHOWN]]


def _out_of_fold(request: TrainingRequest, table: pd.DataFrame, kept: Labelled) -> np.ndarray:
    """The probability of each row by a calibration that did not see it, shape (rows,); NaN where none was fitted before it in time."""
    time = times(need(table, request.time, "time")).iloc[kept.places] if request.time else None
    fold = need(table, request.fold, "fold").iloc[kept.places] if request.fold else None
    found = np.full(len(kept.right), np.nan)
    for fit, test in folds(kept.right, time, fold, request.seed, until_known=request.outcome_days):
        found[test] = fit_calibration(kept.margin[fit], kept.right[fit])(kept.margin[test])
    return found


def _check_enough(request: TrainingRequest, kept: Labelled) -> None:
    rarer = min(kept.right.sum(), len(kept.right) - kept.right.sum())
    if rarer < max(request.least_events, 10):
        raise InputError(
            f"Of {len(kept.right)} rows that the encoder was not tuned on, it tells {int(kept.right.sum())} rightly: a calibration needs"
            f" {max(request.least_events, 10)} right and as many wrong ones",
            remedy="Give more rows with their class; --least-events 10 asks for fewer",
        )


def _left_out(kept: Labelled) -> list[str]:
    """How many rows were refused, by why."""
    if not kept.refused:
        return []
    counts = pd.Series(list(kept.refused.values())).value_counts()
    return [f"{count} rows were left out: {why}" for why, count in counts.items()]


def _share(cells: np.ndarray) -> MeasuredFigure:
    found, count = int(cells.sum()), len(cells)
    interval = stats.beta(found + 0.5, count - found + 0.5)
    return MeasuredFigure(found / count, float(interval.ppf(0.025)), float(interval.ppf(0.975)))
