"""The scores from which a text is stopped, fitted on harmless texts that the tagger did not learn from; others are then measured."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from finfoundry.core.errors import InputError
from finfoundry.core.language import language_of
from finfoundry.core.protocols import TextReader
from finfoundry.governance.guards.guards import HEAD, LANGUAGES, PASSAGE_LIKE, Guards, label_bar, language_bar, tagged_with
from finfoundry.governance.guards.harms import STOPS, Channel, harms
from finfoundry.governance.guards.plain_questions import PLAIN
from finfoundry.governance.guards.tagger_rows import NONE, ROWS, UNSEEN, asked

MADE = "made-"  # begins the families of requests that have a near neighbour
SPARED: dict[Channel, float] = {"question": 0.012, "passage": 0.006, "tool_result": 0.006, "answer": 0.003}  # of the harmless, stopped
SPARED_FAMILY = 0.02  # of the harmless questions of one family
SPARED_PLAIN = 0.001  # of those of a family that is never to be refused
SPARED_NEIGHBOURS = 0.05  # of the harmless questions that differ from a harmful one in a few words
FEWEST = 50  # texts of a family whose share is told
LOWEST, HIGHEST = 0.05, 0.99  # bar
GRID = (HIGHEST, 0.97, *(round(0.95 - 0.025 * step, 3) for step in range(37)))  # bars that a label may have, from the highest
CLEAR = 1e-9
AT_ONCE = 64  # texts that are tagged together
Probabilities = NDArray[np.float32]


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


def fitted_bars(rows: Sequence[MeasuredText], told: Probabilities, names: Sequence[str]) -> dict[str, float]:
    """The bar of each channel: of harmless rows no more than ``SPARED`` lie above it, of no family of questions more than
    ``SPARED_FAMILY`` (of plain ones ``SPARED_PLAIN``), and of questions with a harmful neighbour no more than ``SPARED_NEIGHBOURS``. Of
    questions, where there are harmful ones to fit it on, each label has a bar of its own instead, by the same shares; and each language of
    which there are both has its own, too. ``told``: probabilities of rows that were not learned from, shape (rows, names).
    """
    bars = _fitted(rows, told, names, SPARED)
    for language in LANGUAGES:
        own = [number for number, row in enumerate(rows) if row.channel == "question" and language_of(row.text) == language]
        part = [rows[number] for number in own]
        if len({row.harmful for row in part}) > 1 and len(own) < len(rows):
            found = _fitted(part, told[own], names, {"question": SPARED["question"]})
            bars |= {language_bar(key, language): bar for key, bar in found.items()}
    return bars


def _fitted(rows: Sequence[MeasuredText], told: Probabilities, names: Sequence[str], spared: Mapping[Channel, float]) -> dict[str, float]:
    bars: dict[str, float] = {}
    for channel, share in spared.items():
        stopping = [number for number, name in enumerate(names) if harms()[name].actions[channel] in STOPS]
        scores = 1 - np.prod(1 - told[:, stopping], axis=1)
        like = [number for number, row in enumerate(rows) if not row.harmful and (row.channel == "question") is (channel == "question")]
        near = [number for number in like if channel == "question" and rows[number].family.startswith(MADE)]
        far = sorted({*like} - {*near})
        families = [(part, _spared(rows[part[0]].family)) for part in _families(far, rows)] if channel == "question" else []
        parts = [(part, most) for part, most in ((far, share), (near, SPARED_NEIGHBOURS), *families) if part]
        above = [float(np.quantile(scores[part], 1 - most)) for part, most in parts]
        bars[channel] = round(min(HIGHEST, max(LOWEST, *above)), 4) if above else 0.5
        if channel == "question" and parts and any(row.harmful for row in rows):
            own = label_bars([names[number] for number in stopping], rows, told[:, stopping], parts)
            bars |= {label_bar(channel, name): bar for name, bar in own.items()}
            bars[channel] = HIGHEST
    return bars


def label_bars(
    names: Sequence[str], rows: Sequence[MeasuredText], told: Probabilities, spared: Sequence[tuple[Sequence[int], float]]
) -> dict[str, float]:
    """A bar a label, so that as many harmful questions as can be are caught, each family counting alike, while of each part of the harmless
    no more than its share is stopped. Step by step that bar is lowered which catches most for what it costs.
    """
    steps = np.searchsorted(-np.array(GRID), -told.ravel(), "left").reshape(told.shape)  # the first bar that each chance reaches
    worth, left = _worth(rows), np.ones(len(rows), bool)
    room = [(np.array(part), most * len(part)) for part, most in spared]
    level = np.full(len(names), -1)
    while True:
        best: tuple[int, int] | None = None
        value = 0.0
        for number in range(len(names)):
            gain = np.cumsum(np.bincount(steps[left, number], worth[left], len(GRID) + 1))[:-1]
            cost = np.zeros(len(GRID))
            for part, most in room:
                more = np.cumsum(np.bincount(steps[part[left[part]], number], minlength=len(GRID) + 1))[:-1]
                cost = np.maximum(cost, ((~left[part]).sum() + more) / (most + CLEAR))
            values = np.where((cost <= 1) & (gain > 0), gain / (cost + CLEAR), 0.0)
            if values.max() > value:
                best, value = (number, int(values.argmax())), float(values.max())
        if best is None:
            return {name: GRID[max(0, at)] for name, at in zip(names, level, strict=True)}
        level[best[0]] = max(level[best[0]], best[1])
        left &= steps[:, best[0]] > level[best[0]]


def _worth(rows: Sequence[MeasuredText]) -> NDArray[np.float64]:
    """What it counts to catch each row: nothing for the harmless; all harmful questions of a family together one."""
    harmful = [row.harmful and row.channel == "question" for row in rows]
    sizes = Counter(row.family for row, one in zip(rows, harmful, strict=True) if one)
    return np.array([1 / sizes[row.family] if one else 0.0 for row, one in zip(rows, harmful, strict=True)])


def _spared(family: str) -> float:
    return SPARED_PLAIN if family.startswith(PLAIN) else SPARED_FAMILY


def _families(places: Sequence[int], rows: Sequence[MeasuredText]) -> list[list[int]]:
    """The places of each family that is large enough to tell a share."""
    found = defaultdict[str, list[int]](list)
    for place in places:
        found[rows[place].family].append(place)
    return [part for part in found.values() if len(part) >= FEWEST]


def held_bars(reader: TextReader, folder: Path) -> dict[str, float]:
    """The same by the held-out rows of families that were learned. Raises InputError where the rows cannot be read."""
    known = {row.family for row in rows_of(folder / ROWS)}
    held = [row for row in rows_of(folder / UNSEEN) if row.family in known and not row.harmful]
    texts = [[asked(row.text, passage=row.channel in PASSAGE_LIKE)] for row in held]
    told = [reader.labels(HEAD, texts[start : start + AT_ONCE]) for start in range(0, len(texts), AT_ONCE)]
    return fitted_bars(held, np.concatenate(told), reader.labels_of(HEAD))


def scored(reader: TextReader) -> Callable[[str, Channel], float]:
    """What the guards compare with a bar."""
    guards = Guards(lambda: tagged_with((reader, dict.fromkeys(SPARED, 0.0))))

    def score(text: str, channel: Channel) -> float:
        decision = guards.decide(channel, text)
        return decision.score if decision else 0.0

    return score
