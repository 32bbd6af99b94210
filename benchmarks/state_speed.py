"""How long the base model's states take to read a question beside several texts: its beginning read once, and with each text.

    python benchmarks/state_speed.py QUESTIONS PASSAGES --home HOME [--limit N] [--texts N] [--json]

QUESTIONS and PASSAGES are files of ``by_hand`` (``lobby.jsonl``, ``contrast.jsonl``): each question stands beside passages drawn by a seed,
as an answer that is looked for reads them. HOME has the model. Printed are the seconds of both, in turn in one run, and how far apart the
scores are, as log-odds, beside how far those of a text alone are from those of the same text among others: what eight bits lose.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

import hand_rows
from finfoundry.ask.retrieve.model_opinion import log_odds
from finfoundry.ask.retrieve.pair_scoring import HEAD
from finfoundry.base import text_encoder
from finfoundry.base.state_reader import StateReader, state_reader
from finfoundry.machine import read_settings

NEVER = 1 << 20  # tokens that no texts begin with alike
ONCE = text_encoder.SHARED


@dataclass(frozen=True, slots=True)
class Times:
    """Seconds a question; mean and largest difference of log-odds between both ways, and the mean between a text alone and among others."""

    questions: int
    texts: int
    each: float
    once: float
    apart: float
    most_apart: float
    alone_apart: float


def measured(reader: StateReader, asked: list[list[tuple[str, str]]]) -> Times:
    """Each question with its texts, read both ways in turn."""
    seconds, apart, alone = {NEVER: 0.0, ONCE: 0.0}, list[float](), list[float]()
    for pairs in asked:
        told = {least: _read(reader, pairs, least, seconds) for least in seconds}
        apart += [abs(log_odds(one) - log_odds(other)) for one, other in zip(told[NEVER], told[ONCE], strict=True)]
        alone.append(abs(log_odds(float(reader.scores(HEAD, pairs[:1])[0])) - log_odds(told[NEVER][0])))
    each, once = (total / len(asked) for total in seconds.values())
    return Times(len(asked), len(asked[0]), each, once, float(np.mean(apart)), max(apart), float(np.mean(alone)))


def _read(reader: StateReader, pairs: list[tuple[str, str]], least: int, seconds: dict[int, float]) -> list[float]:
    text_encoder.SHARED = least
    began = time.perf_counter()
    told = reader.scores(HEAD, pairs)
    seconds[least] += time.perf_counter() - began
    return [float(score) for score in told]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("questions", type=Path)
    parser.add_argument("passages", type=Path)
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--limit", type=int, default=20)
    parser.add_argument("--texts", type=int, default=10)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    reader = state_reader(read_settings().model_copy(update={"home": given.home}))
    if reader is None:
        raise SystemExit(f"{given.home} has no model whose states are read: run `finfoundry pull`")
    drawn = random.Random(1)
    passages = sorted({str(row["evidence"][0]) for row in hand_rows.rows(given.passages) if row["part"] == "read"})
    asked = [str(row["turns"][0]["question"]) for row in hand_rows.rows(given.questions) if row["part"] == "read"][: given.limit]
    times = measured(reader.loaded(), [[(one, text) for text in drawn.sample(passages, given.texts)] for one in asked])
    if given.json:
        print(json.dumps(asdict(times)))
        return
    print(
        f"{times.questions} questions, {times.texts} texts each: {times.each:.2f} s with each text, {times.once:.2f} s read once;", end=" "
    )
    print(f"log-odds {times.apart:.2f} apart (at most {times.most_apart:.2f}),", end=" ")
    print(f"a text alone and among others {times.alone_apart:.2f}")


if __name__ == "__main__":
    main()
