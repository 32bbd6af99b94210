"""The target of a classification: which of its two values is the event (default, fraud, laundering).

Words decide or nobody does: a value that names a bad outcome is the event, the other of a value that names a good one; of yes and no, 1
and 0, the column's name says which. Codes that say nothing (1 and 2, Y and N under "Loan_Status") are asked about, never guessed.
"""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from finfoundry.core.errors import InputError
from finfoundry.specialists.inputs.schema import Schema, Values

# Beginnings of words, Chinese words, and short words that count only whole. Negation before one turns it round: "not fully paid", 未违约.
_BAD = (
    "default", "fraud", "denied", "deny", "declin", "reject", "delinq", "dlq", "overdue", "arrear", "charged", "chargeoff", "chargeback",
    "writeoff", "written", "launder", "suspicious", "illicit", "churn", "attrit", "nonperforming", "bankrupt", "unpaid",
    "坏", "违约", "欺诈", "逾期", "拒绝", "核销", "洗钱", "可疑", "不良", "流失", "破产", "违规",
)  # fmt: skip
_GOOD = (
    "repaid", "repay", "performing", "legit", "genuine", "approv", "accept", "survive",
    "好", "正常", "履约", "通过", "结清", "还清", "已还", "还款", "批准",
)  # fmt: skip
_WHOLE = {**dict.fromkeys(("bad", "late", "loss", "npl"), "bad"), **dict.fromkeys(("good", "paid", "normal", "clean"), "good")}
_NOT = ("not", "no", "non", "un", "never", "without", "未", "非", "无", "没", "没有")
_YES = frozenset(["1", "1.0", "true", "yes", "y", "t", "是", "有", "positive"])
_NO = frozenset(["0", "0.0", "-1", "-1.0", "false", "no", "n", "f", "否", "无", "没有", "negative"])
_HAN = "|".join(sorted((word for word in (*_BAD, *_GOOD, *_NOT) if not word.isascii()), key=len, reverse=True))
_WORD = re.compile(rf"{_HAN}|[A-Z]+(?![a-z])|[A-Z]?[a-z]+")

# Inputs with which the risk of a borrower rises: where the "event" becomes rarer with them, the good outcome was taken for it.
_RISKY = re.compile(r"arrear|delinq|dlq|overdue|past_?due|days_?late|utili[sz]ation|逾期|欠款|使用率", re.IGNORECASE)
_CLEARLY = 3.0  # standard errors by which the event must be rarer


def event_of(cells: pd.Series, name: str, given: str = "") -> str:
    """The value that is the event; ``given`` is what the user says it is.

    Raises:
        InputError: not exactly two values, ``given`` is none of them, or no word says which of them is the event.
    """
    counts = texts_of(cells.dropna()).value_counts()
    values = sorted(str(value) for value in counts.index)
    if len(values) != 2:
        shown = ", ".join(repr(value) for value in values[:5])
        kind = "only one class" if len(values) == 1 else f"{len(values)} different values"
        raise InputError(f"The target {name!r} has {kind} ({shown})", remedy="Give a column with exactly two values, such as 0 and 1")
    if given:
        return _said(values, name, given)
    found = _by_values(values) or _by_name(values, name)
    if found is None:
        raise InputError(
            f"Nothing says which value of {name!r} is the event: {values[0]!r} or {values[1]!r}",
            remedy=f"Say it with --event, such as --event {values[1]}: the outcome that is to be foreseen, a default or a fraud",
        )
    return found


def _said(values: list[str], name: str, given: str) -> str:
    match = [value for value in values if given in (value, value.removesuffix(".0")) or given.strip().lower() == value.strip().lower()]
    if len(match) != 1:
        raise InputError(f"--event {given!r} is no value of {name!r}", remedy=f"Choose one of: {', '.join(map(repr, values))}")
    return match[0]


def _by_values(values: list[str]) -> str | None:
    """The value that is the event, by a word of one of the values; None where words decide nothing or contradict each other."""
    meant = [outcome(value) for value in values]
    if meant[0] == meant[1]:
        return None
    if "bad" in meant:
        return values[meant.index("bad")]
    return values[1 - meant.index("good")]


def _by_name(values: list[str], name: str) -> str | None:
    """Of yes and no by the column's name: "is_fraud", "repaid"."""
    yes = [value for value in values if value.strip().lower() in _YES]
    no = [value for value in values if value.strip().lower() in _NO]
    if len(yes) != 1 or len(no) != 1:
        return None
    return {"bad": yes[0], "good": no[0]}.get(outcome(name) or "")


def outcome(text: str) -> str | None:
    """'bad' or 'good', as the words of a text name an outcome; None where none does, or two disagree."""
    found, negated = set(), False
    for word in _WORD.findall(text.replace("-", " ").replace("_", " ")):
        plain = word.lower()
        if plain in _NOT:
            negated = not negated
            continue
        kind = _WHOLE.get(plain) or next((kind for kind, words in (("bad", _BAD), ("good", _GOOD)) if plain.startswith(words)), None)
        if kind:
            found.add({"bad": "good", "good": "bad"}[kind] if negated else kind)
            negated = False
    return found.pop() if len(found) == 1 else None


def against_direction(schema: Schema, values: Values, y: np.ndarray) -> list[str]:
    """Columns of arrears or utilisation with whose larger half the event is clearly rarer: a sign that it is the good outcome.

    By the difference of two shares in standard errors. ``y``: 1 where the event took place, shape (rows,).
    """
    found = []
    for column in schema.columns:
        if column.kind != "number" or not _RISKY.search(column.name):
            continue
        cells = np.asarray(values[column.name], dtype=np.float64)
        known = np.isfinite(cells)
        high = known & (cells > np.median(cells[known])) if known.any() else known
        low = known & ~high
        if min(high.sum(), low.sum()) < 30:
            continue
        above, below = y[high].mean(), y[low].mean()
        share = y[known].mean()
        error = float(np.sqrt(share * (1 - share) * (1 / high.sum() + 1 / low.sum())))
        if error > 0 and (below - above) / error > _CLEARLY:
            found.append(column.name)
    return found


def outcomes(cells: pd.Series, event: str) -> np.ndarray:
    """1 where the event took place, 0 where not, -1 where the cell is empty: int8 of shape (rows,)."""
    return np.where(cells.isna(), -1, texts_of(cells) == event).astype(np.int8)


def texts_of(cells: pd.Series) -> pd.Series:
    """Cells as text; a whole number has no decimals, whether its column has empty cells (and so is of floats) or not."""
    if pd.api.types.is_float_dtype(cells):
        return cells.map(lambda cell: str(int(cell)) if np.isfinite(cell) and cell == int(cell) else str(cell)).astype(object)
    return cells.astype(str)
