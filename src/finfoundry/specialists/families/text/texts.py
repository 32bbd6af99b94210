"""Rows with texts, read by an encoder one by one: what stands beside a text in a table changes no digit of what is told of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from finfoundry.core import cancellation
from finfoundry.core.errors import InputError
from finfoundry.core.protocols import TextReader
from finfoundry.specialists.inputs.schema import Checked
from finfoundry.specialists.inputs.table import need
from finfoundry.specialists.inputs.target import texts_of

_CLOSEST = 1e-6  # to 0 and 1, of a probability in single precision before its log odds are taken
Texts = tuple[str, ...]  # side by side


@dataclass(frozen=True)
class ReadTexts:
    """``likeliest``: the number of the likeliest class of each row, ``margin``: its log odds before calibration, both of shape (rows,);
    of refused rows -1 and NaN.
    """

    texts: list[Texts]
    likeliest: np.ndarray
    margin: np.ndarray
    refused: dict[int, str]

    @property
    def good(self) -> np.ndarray:
        """The numbers of the rows that were read, shape (n,)."""
        return np.flatnonzero(self.likeliest >= 0)


def texts_in(table: pd.DataFrame, columns: Sequence[str]) -> tuple[list[Texts], dict[int, str]]:
    """The texts of each row, and the rows where one is missing, with why. Raises InputError: a column is missing."""
    checked, parts = Checked({}, {}, len(table)), []
    for name in columns:
        cells = need(table, name, "text").reset_index(drop=True)
        told = texts_of(cells).where(cells.notna(), "")
        checked.refuse(np.flatnonzero(told.str.strip() == ""), f"column {name!r}: empty")
        parts.append(told.tolist())
    return list(zip(*parts, strict=True)), checked.reasons


def read_texts(reader: TextReader, task: str, texts: list[Texts], refused: dict[int, str]) -> ReadTexts:
    """The likeliest class of each row that is not refused yet; those that are too long are refused, too."""
    likeliest, margin, refused = np.full(len(texts), -1), np.full(len(texts), np.nan), dict(refused)
    for row, one in enumerate(texts):
        cancellation.check()
        if row in refused:
            continue
        try:
            likeliest[row], margin[row] = told_of(reader, task, one)
        except InputError as error:
            refused[row] = error.message
    return ReadTexts(texts, likeliest, margin, refused)


def told_of(reader: TextReader, task: str, texts: Texts) -> tuple[int, float]:
    """The number of the likeliest class, and its log odds. Raises InputError: the text is too long."""
    shares = reader.labels(task, [texts])[0].astype(np.float64)
    best = int(shares.argmax())
    share = float(np.clip(shares[best], _CLOSEST, 1 - _CLOSEST))
    return best, float(np.log(share / (1 - share)))
