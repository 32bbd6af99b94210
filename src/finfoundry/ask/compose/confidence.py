"""How likely an answer is right: signals of the answer itself, weighed by a calibration that was fitted on judged answers.

The calibration is a file (``data/confidence.json``, or one of one's own): weights of a logistic regression, the split that it was fitted
on, and for falling thresholds the error that was seen on answers which the fit had not. An administrator sets the error that he accepts;
the threshold follows.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from importlib.resources import files
from pathlib import Path

from finfoundry.ask.compose.sentences import templates
from finfoundry.core.answer import MOST_NEAREST, Answer, Figure
from finfoundry.core.errors import InputError

SIGNALS = (
    "facts", "generated", "planned", "calculation", "operands", "figures", "tables", "copied", "warnings", "documents", "words", "agreement"
)  # fmt: skip
_TELLING = re.compile(r"[a-z]{4,}|[\u4e00-\u9fff]{2}")


def signals(answer: Answer, question: str) -> dict[str, float]:
    """The features of an answer from which its confidence is computed, each from 0 to about 1.

    facts: each figure is a cell or computed of cells · generated: the model wrote the text · planned: the model chose the plan ·
    calculation, operands: arithmetic, and over how many figures · figures, copied: how many are bound, the share of passages among them ·
    tables: rows of wide tables · warnings, documents, words: how many · agreement: share of the question's content words in what is quoted.
    """
    figures = list(_all(answer.figures))
    sources = [one.source for one in figures]
    quoted = " ".join([*(citation.quote for citation in answer.citations), *(one.reference.metric or "" for one in figures)]).lower()
    asked = set(_TELLING.findall(question.lower()))
    generated = "generate" in answer.timings  # as the weights were fitted: also where the model only read, and wrote nothing
    return {
        "facts": float(bool(sources) and not generated and set(sources) <= {"cell", "calculation", "sql"}),
        "generated": float(generated),
        "planned": float(answer.tokens.get("completion", 0) > 0 and not generated),
        "calculation": float("calculation" in sources),
        "operands": min(1.0, max((len(one.reference.operands or ()) for one in figures), default=0) / 6),
        "figures": min(1.0, len(answer.figures) / 6),
        "tables": float("sql" in sources),
        "copied": sources.count("span") / len(sources) if sources else 0.0,
        "warnings": min(1.0, (len(answer.warnings) - len(answer.corrections)) / 3),  # what two people put right is no doubt
        "documents": min(1.0, len({citation.document.id for citation in answer.citations}) / 3),
        "words": min(1.0, len(answer.text) / 600),
        "agreement": sum(word in quoted for word in asked) / len(asked) if asked else 0.0,
    }


def _all(figures: list[Figure]) -> Iterator[Figure]:
    """Figures and the operands that they were computed of."""
    for figure in figures:
        yield figure
        yield from _all(list((figure.reference.operands or {}).values()))


@dataclass(frozen=True, slots=True)
class ConfidenceStep:
    """Answering only at ``threshold`` or above, the share ``coverage`` of the answers was kept and ``error`` of those were wrong."""

    threshold: float
    coverage: float
    error: float


@dataclass(frozen=True, slots=True)
class Calibration:
    """Weights by signal, and what was seen on the half of the answers that the fit had not."""

    weights: Mapping[str, float]
    bias: float
    fitted_on: str
    answers: int
    steps: tuple[ConfidenceStep, ...]

    def confidence(self, found: Mapping[str, float]) -> float:
        """The probability that an answer with these signals is right."""
        total = self.bias + sum(weight * found.get(name, 0.0) for name, weight in self.weights.items())
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, total))))

    def threshold(self, accepted: float) -> float:
        """The lowest confidence from which on no more than ``accepted`` of the answers were wrong; above 1 where that was never so."""
        within = [step.threshold for step in self.steps if step.error <= accepted]
        return min(within, default=1.01)


def calibration(path: Path | None = None) -> Calibration:
    """The shipped calibration, or that of a file. Raises InputError for a file that is none."""
    try:
        source = path or files("finfoundry.ask") / "data" / "confidence.json"
        held = json.loads(source.read_text(encoding="utf-8"))
        steps = tuple(ConfidenceStep(**step) for step in held.pop("steps"))
        return Calibration(**held, steps=steps)
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise InputError(f"{path or 'confidence.json'} is no calibration: {error}", remedy="Write one with finfoundry calibrate") from error


def weighed(answer: Answer, question: str, given: Calibration, accepted: float | None) -> Answer:
    """The answer with its confidence; withheld where that is below the threshold of the accepted error."""
    if answer.status != "answered":
        return answer
    sure = round(given.confidence(signals(answer, question)), 4)
    least = given.threshold(accepted) if accepted is not None else 0.0
    if sure >= least:
        return replace(answer, confidence=sure)
    reason = f"confidence {sure:.2f} is below {least:.2f}, which an accepted error of {accepted:.1%} asks for"
    text = templates()[answer.language]["unsure"]
    nearest = answer.citations[:MOST_NEAREST]
    held = replace(answer, status="withheld", text=text, citations=[], figures=[], nearest=nearest, written=False)
    return replace(held, reason=reason, confidence=sure)
