"""Fitting the tagger that knows texts by their words: seconds on one core."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from finfoundry.base.catalogue import MANIFEST
from finfoundry.base.harm_tagger import BARS_FILE
from finfoundry.base.lexical_tagger import FILE, PLACES, LexicalTagger, places_of
from finfoundry.core.errors import InputError
from finfoundry.governance.guards.bars import held_bars
from finfoundry.governance.guards.harms import harms, policy_version
from finfoundry.governance.guards.tagger_rows import NONE, ROWS

STRENGTH = 20.0  # the inverse of the regularisation


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
    try:
        told = [json.loads(line) for line in (rows / ROWS).read_text("utf-8").splitlines()]
    except (OSError, ValueError) as error:
        raise InputError(f"{rows / ROWS} cannot be read ({error})", remedy="Write it: finfoundry guards data --out DIR") from error
    found, labels = _matrix([row["text"] for row in told]), tuple(harms())
    wanted = [set(row["target"].split()) - {NONE} for row in told]
    weights, bias = np.zeros((2 * PLACES, len(labels)), np.float32), np.full(len(labels), -9.0, np.float32)
    for number, label in enumerate(labels):
        is_one = np.array([label in one for one in wanted])
        if is_one.any():
            weights[:, number], bias[number] = _fitted(found, is_one)
    LexicalTagger(labels, weights, bias).write(out)
    digest = hashlib.sha256((out / FILE).read_bytes()).hexdigest()
    says = {"kind": "lexical", "sha256": digest, "policy": policy_version(), "rows": len(told)}
    (out / MANIFEST).write_text(json.dumps(says, indent=1) + "\n", "utf-8")
    bars = held_bars(LexicalTagger.read(out), rows)
    (out / BARS_FILE).write_text(json.dumps(bars, indent=1) + "\n", "utf-8")
    return LexicalFit(str(out), len(told), sum(map(bool, wanted)), bars, digest)


def _matrix(texts: list[str]) -> Any:
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


def _fitted(found: Any, wanted: Any) -> tuple[Any, float]:
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(C=STRENGTH, solver="liblinear", max_iter=60).fit(found, wanted)
    return model.coef_[0], float(model.intercept_[0])
