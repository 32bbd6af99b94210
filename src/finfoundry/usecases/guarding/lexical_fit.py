"""Fitting the tagger that knows texts by their words: seconds on one core."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from finfoundry.base.catalogue import MANIFEST
from finfoundry.base.taggers.harm_tagger import BARS_FILE, BESIDE
from finfoundry.base.taggers.lexical_tagger import FILE, PLACES, LexicalTagger, places_of
from finfoundry.governance.guards.bars import MeasuredText, held_bars, rows_of
from finfoundry.governance.guards.guards import PASSAGE_LIKE
from finfoundry.governance.guards.harms import ANY, harms, policy_version
from finfoundry.governance.guards.tagger_rows import ROWS, asked

STRENGTH = 20.0  # the inverse of the regularisation
ENOUGH = 1e-2  # a step of the fit that changes less than this is its last: finer ones change no decision
OUTPUTS = (*harms(), ANY)  # of a tagger that is fitted; whether a text is harmful at all is learned better than which harm it is
NEVER = -9.0  # the logit of a label that no text has
Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class LexicalFit:
    """``rows`` learned from, the ``harmful`` among them; ``bars`` by channel; ``sha256`` of what was written."""

    folder: str
    rows: int
    harmful: int
    bars: dict[str, float]
    sha256: str


def fit_lexical(rows: Path, out: Path) -> LexicalFit:
    """Fit one logistic regression a label on ``guard-harms.jsonl`` of a folder, and bars on the rows beside it. Raises InputError where
    they are not there.
    """
    told = rows_of(rows / ROWS)
    wanted = wanted_of(told)
    found = word_matrix([asked(row.text, passage=row.channel in PASSAGE_LIKE) for row in told])
    digest = write_words(out, fitted_words(OUTPUTS, found, wanted), len(told))
    bars = held_bars(LexicalTagger.read(out), rows)
    (out / BARS_FILE).write_text(json.dumps(bars, indent=1) + "\n", "utf-8")
    return LexicalFit(str(out), len(told), int(wanted[:, -1].sum()), bars, digest)


def wanted_of(rows: Sequence[MeasuredText]) -> Floats:
    """What a tagger is to tell of each row, shape (rows, ``OUTPUTS``), zeros or ones."""
    return np.array([[*(label in row.labels for label in harms()), row.harmful] for row in rows], np.float32)


def write_words(folder: Path, tagger: LexicalTagger, rows: int, beside: Mapping[str, float] | None = None) -> str:
    """The tagger and its manifest; ``beside``: of what how much it counts beside one over an encoder. Its SHA-256. Raises OSError."""
    tagger.write(folder)
    digest = hashlib.sha256((folder / FILE).read_bytes()).hexdigest()
    says = {"kind": "lexical", "sha256": digest, "policy": policy_version(), "rows": rows, BESIDE: dict(beside or {})}
    (folder / MANIFEST).write_text(json.dumps(says, indent=1) + "\n", "utf-8")
    return digest


def word_matrix(texts: Sequence[str]) -> Any:
    """Sparse, shape (texts, 2 * PLACES), each kind of run a unit vector."""
    from scipy.sparse import csr_matrix

    values, columns, ends = list[float](), list[int](), [0]
    for text in texts:
        places = places_of(text)
        short = sum(place < PLACES for place in places)
        sizes = (max(1, short) ** -0.5, max(1, len(places) - short) ** -0.5)
        columns += places
        values += [sizes[place >= PLACES] for place in places]
        ends.append(len(columns))
    return csr_matrix((np.array(values, np.float32), columns, ends), shape=(len(texts), 2 * PLACES))


def fitted_words(labels: Sequence[str], found: Any, wanted: Floats) -> LexicalTagger:
    """One logistic regression a label over a matrix of words; ``wanted`` (texts, labels), zeros or ones."""
    weights, bias = np.zeros((found.shape[1], len(labels)), np.float32), np.full(len(labels), NEVER, np.float32)
    for number in np.flatnonzero(wanted.any(0)):
        weights[:, number], bias[number] = _fitted(found, wanted[:, number] > 0)
    return LexicalTagger(labels, weights, bias)


def _fitted(found: Any, wanted: Any) -> tuple[Any, float]:
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(C=STRENGTH, solver="liblinear", max_iter=60, tol=ENOUGH).fit(found, wanted)
    return model.coef_[0], float(model.intercept_[0])
