"""The scores from which a text is stopped, fitted on harmless texts that the tagger did not learn from; other families are measured."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from finfoundry.core.errors import InputError
from finfoundry.core.language import language_of
from finfoundry.core.protocols import TextReader
from finfoundry.governance.guards.guards import LANGUAGES, Guards, language_bar, tagged_with
from finfoundry.governance.guards.harms import Channel
from finfoundry.governance.guards.plain_questions import PLAIN
from finfoundry.governance.guards.tagger_rows import NONE, ROWS, UNSEEN

MADE = "made-"  # begins the families of requests that have a near neighbour
SPARED: dict[Channel, float] = {"question": 0.012, "passage": 0.006, "tool_result": 0.006, "answer": 0.003}  # of the harmless, stopped
SPARED_FAMILY = 0.01  # of the harmless questions of a family, in the mean of the families
SPARED_PLAIN = 0.001  # of those of a family that is never to be refused
SPARED_NEIGHBOURS = 0.05  # of the harmless questions that differ from a harmful one in a few words
FEWEST = 30  # texts of a family whose share is told
LOWEST, HIGHEST = 0.05, 0.99  # bar
Scores = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class MeasuredText:
    """A row as it was written: ``group`` are rows of one act, of which all are learned from, or none."""

    text: str
    harmful: bool
    family: str
    channel: Channel
    labels: tuple[str, ...] = ()
    group: str = ""


def rows_of(file: Path) -> list[MeasuredText]:
    """The rows of a file that ``finfoundry guards data`` wrote. Raises InputError where it cannot be read."""
    found = []
    try:
        for row in map(json.loads, file.read_text("utf-8").splitlines()):
            kind, _, text = row["text"].partition(": ")
            labels = tuple(label for label in row["target"].split() if label != NONE)
            channel: Channel = "passage" if kind == "passage" else "question"
            found.append(MeasuredText(text, bool(labels), row["family"], channel, labels, row.get("group", "")))
    except (OSError, ValueError, KeyError) as error:
        raise InputError(f"{file} cannot be read ({error})", remedy="Write it: finfoundry guards data --out DIR") from error
    return found


def held_bars(reader: TextReader, folder: Path) -> dict[str, float]:
    """The bar of each channel, fitted on harmless texts that were not learned, of families that were (``ROWS`` and ``UNSEEN`` of a folder):
    other families are measured. No more than ``SPARED`` of the texts lie above it; of families of questions in the mean no more than
    ``SPARED_FAMILY`` (of each plain one ``SPARED_PLAIN``), and of questions with a harmful neighbour no more than ``SPARED_NEIGHBOURS``.
    Each language has a bar of its own for questions, too. Raises InputError where the rows cannot be read.
    """
    known = {row.family for row in rows_of(folder / ROWS)}
    held = [row for row in rows_of(folder / UNSEEN) if row.family in known and not row.harmful]
    score, bars = scored(reader), dict[str, float]()
    for channel in SPARED:
        rows = [row for row in held if (row.channel == "question") is (channel == "question")]
        told = np.array([score(row.text, channel) for row in rows], np.float32)
        bars[channel] = _bar(channel, rows, told)
        if channel == "question":
            bars |= _bars_of_languages(rows, told)
    return bars


def _bars_of_languages(rows: Sequence[MeasuredText], told: Scores) -> dict[str, float]:
    spoken = np.array([language_of(row.text) for row in rows])
    parts = {language: np.flatnonzero(spoken == language) for language in LANGUAGES}
    if not all(part.size for part in parts.values()):
        return {}
    each = {language: _bar("question", [rows[int(place)] for place in part], told[part]) for language, part in parts.items()}
    return {language_bar("question", language): bar for language, bar in each.items()}


def _bar(channel: Channel, rows: Sequence[MeasuredText], told: Scores) -> float:
    """Of harmless rows and their scores, shape (rows,); a half where there are none."""
    near = [place for place, row in enumerate(rows) if channel == "question" and row.family.startswith(MADE)]
    far = sorted({*range(len(rows))} - {*near})
    families = _families(far, rows) if channel == "question" else {}
    plain = [(part, SPARED_PLAIN) for family, part in families.items() if family.startswith(PLAIN)]
    parts = [(far, SPARED[channel]), (near, SPARED_NEIGHBOURS), *plain]
    above = [float(np.quantile(told[part], 1 - most)) for part, most in parts if part]
    above += _mean_bar([told[part] for family, part in families.items() if not family.startswith(PLAIN)])
    return round(min(HIGHEST, max(LOWEST, *above)), 4) if above else 0.5


def _mean_bar(families: Sequence[Scores]) -> list[float]:
    """The score above which ``SPARED_FAMILY`` of the texts of families lie, each family counting alike; none where there is no family."""
    if not families:
        return []
    scores = np.concatenate(families)
    weights = np.concatenate([np.full(len(part), 1 / len(part) / len(families)) for part in families])
    order = np.argsort(-scores)
    return [float(scores[order][np.searchsorted(np.cumsum(weights[order]), SPARED_FAMILY)])]


def _families(places: Sequence[int], rows: Sequence[MeasuredText]) -> dict[str, list[int]]:
    """The places of each family that is large enough to tell a share."""
    found = defaultdict[str, list[int]](list)
    for place in places:
        found[rows[place].family].append(place)
    return {family: part for family, part in found.items() if len(part) >= FEWEST}


def scored(reader: TextReader) -> Callable[[str, Channel], float]:
    """What the guards compare with a bar."""
    guards = Guards(lambda: tagged_with((reader, dict.fromkeys(SPARED, 0.0))))

    def score(text: str, channel: Channel) -> float:
        decision = guards.decide(channel, text)
        return decision.score if decision else 0.0

    return score
