"""What a family of classifiers adds to what all of them do: how its inputs are made, which models it compares, what it measures."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from finfoundry.specialists.inputs.schema import Schema
from finfoundry.specialists.models.metrics import Metric
from finfoundry.specialists.models.specialist import Specialist, TrainingRequest

Features = Callable[[pd.DataFrame, TrainingRequest, Any], pd.DataFrame]


def as_given(frame: pd.DataFrame, _request: TrainingRequest, _past: Any) -> pd.DataFrame:
    """The columns of the file are the inputs."""
    return frame


@dataclass(frozen=True)
class PastOnRecord:
    """A past that goes into the record of a batch, so that a replay makes the features again.

    ``usual``: what the rows look back on where nothing else is given. ``noted`` goes to the head of the record; ``kept``, of the scored
    rows, into a step called ``step``. ``remade`` (specialist, head, step, entries) gives the ids of recorded rows whose features come out
    otherwise, None where the record does not hold what they were made of.
    """

    step: str
    usual: Callable[[Specialist], Any]
    noted: Callable[[Any], dict[str, object]]
    kept: Callable[[Any, TrainingRequest, pd.DataFrame, Sequence[str], np.ndarray], dict[str, Any]]
    remade: Callable[[Specialist, Mapping[str, Any], Mapping[str, Any], Sequence[Mapping[str, Any]]], list[str] | None]


@dataclass(frozen=True)
class Classifier:
    """``scorecard`` and ``trees`` name the two models in every report; ``champion`` is the one that scores.

    ``features`` makes the inputs: one row for each row of the table, in its order; it may look only at what was known then.
    ``keep`` is the table that later scoring must remember; ``recall`` makes of it, once, the past that ``features`` is given.
    """

    name: str
    purpose: str
    scorecard: str
    trees: str
    champion: str
    metrics: Mapping[str, Metric]
    features: Features = as_given
    keep: Callable[[pd.DataFrame, TrainingRequest], pd.DataFrame] | None = None
    recall: Callable[[pd.DataFrame, TrainingRequest], Any] | None = None
    check: Callable[[pd.DataFrame, TrainingRequest, Schema, Any], tuple[dict[int, str], list[str]]] | None = (
        None  # rows to refuse, what to warn of
    )
    required: tuple[str, ...] = ()  # of the request
    undated: str = ""  # what to warn of where no time is given
    about_people: bool = False
    labels_delayed: bool = False  # whether outcomes are known ``delay_days`` after their rows, at the least
    alerts: float | None = None  # the share of rows that is alerted unless another is asked for
    on_record: PastOnRecord | None = None

    def until_known(self, request: TrainingRequest) -> float:
        """How long after a row its outcome is known, in days, or in steps where times are plain numbers."""
        return max(request.outcome_days, request.delay_days if self.labels_delayed else 0.0)
