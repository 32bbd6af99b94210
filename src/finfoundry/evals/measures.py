"""The field's measures over rows, each as counts that add up and a value of their sum, so that intervals come cheap.

``counts(rows)`` has shape (rows, k); ``value`` maps sums of shape (..., k) to values of shape (...).
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from finfoundry.evals.intervals import Estimate, Floats, bootstrap, wilson
from finfoundry.evals.rows import ANSWERED, Row

BINS = 10  # of confidence, for the calibration error


@dataclass(frozen=True, slots=True)
class Measure:
    name: str
    counts: Callable[[Sequence[Row]], Floats]
    value: Callable[[Floats], Floats]
    better: str = "higher"

    def estimate(self, rows: Sequence[Row]) -> Estimate:
        """The value with its interval; a share of independent rows by Wilson, all else by bootstrap over groups."""
        if not rows:
            return wilson(0, 0)
        counts = self.counts(rows)
        if self.value is share and len({row.group for row in rows}) == len(rows) and set(np.unique(counts)) <= {0.0, 1.0}:
            return wilson(float(counts[:, 0].sum()), int(counts[:, 1].sum()))
        return bootstrap(counts, self.value, [row.group for row in rows])


def share(sums: Floats) -> Floats:
    """The first count over the second, shape (..., 2) to (...)."""
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(sums[..., 0] / sums[..., 1], dtype=np.float64)


def f1(sums: Floats) -> Floats:
    """F1 from counts of true positives, false positives and false negatives, shape (..., 3), to shape (...); 1 where there is nothing to
    find and nothing was found.
    """
    whole = 2 * sums[..., 0] + sums[..., 1] + sums[..., 2]
    return np.where(whole > 0, 2 * sums[..., 0] / np.where(whole > 0, whole, 1), 1.0)


def _macro(sums: Floats) -> Floats:
    """The mean over labels that occur, in truth or prediction."""
    three = sums.reshape(*sums.shape[:-1], -1, 3)
    seen = three.sum(axis=-1) > 0
    return np.asarray((f1(three) * seen).sum(axis=-1) / np.maximum(seen.sum(axis=-1), 1), dtype=np.float64)


def _mean(pick: Callable[[Row], float]) -> Callable[[Sequence[Row]], Floats]:
    return lambda rows: np.array([(pick(row), 1.0) for row in rows], dtype=np.float64).reshape(-1, 2)


def _ratio(above: str, below: str) -> Callable[[Sequence[Row]], Floats]:
    return lambda rows: np.array([(row.counts.get(above, 0), row.counts.get(below, 0)) for row in rows], dtype=np.float64).reshape(-1, 2)


def _hashable(labels: Sequence[Any] | None) -> Counter[Any]:
    return Counter(tuple(label) if isinstance(label, list) else label for label in labels or ())


def _overlap(row: Row) -> tuple[float, float, float]:
    gold, found = _hashable(row.gold_labels), _hashable(row.labels)
    both = sum((gold & found).values())
    return both, sum(found.values()) - both, sum(gold.values()) - both


def _three(rows: Sequence[Row]) -> Floats:
    return np.array([_overlap(row) for row in rows], dtype=np.float64).reshape(-1, 3)


def _three_a_label(rows: Sequence[Row]) -> Floats:
    names = sorted({str(label) for row in rows for label in (*(row.gold_labels or ()), *(row.labels or ()))})
    counts = np.zeros((len(rows), len(names), 3))
    for place, row in enumerate(rows):
        gold, found = {str(one) for one in row.gold_labels or ()}, {str(one) for one in row.labels or ()}
        for number, name in enumerate(names):
            counts[place, number] = (name in gold and name in found, name in found and name not in gold, name in gold and name not in found)
    return counts.reshape(len(rows), -1)


def _bins(rows: Sequence[Row]) -> Floats:
    """Per bin of confidence: its sum, the right ones, and how many."""
    counts = np.zeros((len(rows), BINS, 3))
    for place, row in enumerate(rows):
        if row.confidence is not None and row.verdict in ANSWERED:
            counts[place, min(int(row.confidence * BINS), BINS - 1)] = (row.confidence, row.correct, 1)
    return counts.reshape(len(rows), -1)


def _ece(sums: Floats) -> Floats:
    """Expected calibration error (Naeini et al., 2015): the distance of confidence from accuracy, over bins weighted by their size."""
    three = sums.reshape(*sums.shape[:-1], BINS, 3)
    whole = three[..., 2].sum(axis=-1)
    return np.asarray(np.abs(three[..., 0] - three[..., 1]).sum(axis=-1) / np.maximum(whole, 1), dtype=np.float64)


def _document_means(rows: Sequence[Row]) -> Floats:
    """Per document its precision and its recall; 1 where there is nothing to be wrong about, and nothing was found or missed."""
    counts = [(row.counts["hits"], row.counts["found"], row.counts["truth"]) for row in rows]
    shares = [(*(hits / whole if whole else float(found == truth) for whole in (found, truth)), 1.0) for hits, found, truth in counts]
    return np.array(shares, dtype=np.float64).reshape(-1, 3)


def _f1_of_means(sums: Floats) -> Floats:
    precision, recall = sums[..., 0] / sums[..., 2], sums[..., 1] / sums[..., 2]
    whole = precision + recall
    return np.where(whole > 0, 2 * precision * recall / np.where(whole > 0, whole, 1), 0.0)


def _errors(rows: Sequence[Row]) -> Floats:
    return np.array([(row.verdict == "wrong", row.verdict in ANSWERED) for row in rows], dtype=np.float64).reshape(-1, 2)


MEASURES: dict[str, Measure] = {
    one.name: one
    for one in (
        Measure("correct", _mean(lambda row: row.verdict == "correct"), share),
        Measure("wrong", _mean(lambda row: row.verdict == "wrong"), share, "lower"),
        Measure("error", _errors, share, "lower"),  # of what was answered
        Measure("accuracy", _mean(lambda row: row.verdict == "correct"), share),
        Measure("mean", _mean(lambda row: row.value), share),
        Measure("exact_match", _mean(lambda row: row.verdict == "correct"), share),
        Measure("macro_f1", _three_a_label, _macro),
        Measure("micro_f1", _three, f1),
        Measure("set_f1", _three, f1),
        Measure("entity_f1", _three, f1),
        Measure("char_rouge_l", _mean(lambda row: row.value), share),
        Measure("rouge_l", _mean(lambda row: row.value), share),
        Measure("tatqa_f1", _mean(lambda row: row.value), share),
        Measure("tatqa_em", _mean(lambda row: row.verdict == "correct"), share),
        Measure("number", _mean(lambda row: row.verdict == "correct"), share),
        Measure("ece", _bins, _ece, "lower"),
        Measure("recall", _ratio("hits", "truth"), share),
        Measure("precision", _ratio("right", "found"), share),
        Measure(
            "relations_f1",
            lambda rows: np.array(
                [(r.counts["hits"], r.counts["found"] - r.counts["hits"], r.counts["truth"] - r.counts["hits"]) for r in rows],
                dtype=np.float64,
            ).reshape(-1, 3),
            f1,
        ),
        Measure("document_f1", _document_means, _f1_of_means),  # precision and recall averaged over documents, then F1 of the two
    )
}


def ratio(name: str, above: str, below: str, better: str = "higher") -> Measure:
    """A measure of two counts that a suite's scorer writes."""
    return Measure(name, _ratio(above, below), share, better)


# Texts


def normal(text: str) -> str:
    """Width, case and white space do not count."""
    return re.sub(r"\s+", " ", unicodedata.normalize("NFKC", text)).strip().casefold()


def rouge_l(gold: str, text: str, *, characters: bool) -> float:
    """F1 of the longest common subsequence (Lin, 2004), of words, or of characters where words are not separated."""
    one, other = (list(normal(side).replace(" ", "")) if characters else re.findall(r"\w+", normal(side)) for side in (gold, text))
    if not one or not other:
        return float(one == other)
    common = _longest(one, other)
    return 2 * common / (len(one) + len(other))


def _longest(one: Sequence[str], other: Sequence[str]) -> int:
    before = [0] * (len(other) + 1)
    for sign in one:
        row = [0]
        for place, same in enumerate(other, 1):
            row.append(before[place - 1] + 1 if sign == same else max(before[place], row[-1]))
        before = row
    return before[-1]
