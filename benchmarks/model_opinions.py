"""How well the base model's one word tells sentences that answer from sentences that speak of the same thing.

    python benchmarks/model_opinions.py FILE --home DIR [--part read|blind] [--limit N] [--json]

FILE holds dialogues as ``benchmarks/dialogues.py`` takes them, of which first turns with an answer are taken; DIR is a home that holds
their papers and the base model. Of each question the likeliest sentences are read, as when a quotation is looked for. One answers where
the judge of dialogues finds the answer in it. Printed are the area under the curve and the questions whose first sentence answers, by what
the sentence was worth before, by the model's word alone, and by both as they are weighed; seconds a sentence. Of the blind part sums only.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import numpy as np

from dialogues import Turn, dialogues, fault, plain
from finfoundry.app import App, open_app
from finfoundry.ask.context import fetch, opinions, reading
from finfoundry.ask.kinds.quotation import may_be_quoted
from finfoundry.core.language import simplified
from finfoundry.machine import read_settings
from finfoundry.specialists.models.metrics import auc


@dataclass(frozen=True, slots=True)
class Read:
    """A sentence that was read: whether it answers, what it was worth before, how likely the model finds it, and the seconds that took."""

    answers: bool
    worth: float
    told: float
    seconds: float

    @property
    def joined(self) -> float:
        """As both are weighed."""
        return opinions.joined("read", self.worth, self.told)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("file", type=Path)
    options.add_argument("--home", type=Path, required=True, help="a home that holds the papers and the base model")
    options.add_argument("--part", choices=("read", "blind"), default="read")
    options.add_argument("--limit", type=int, default=300, help="questions")
    options.add_argument("--json", action="store_true")
    given = options.parse_args()
    asked = [one.turns[0] for one in dialogues(given.file) if one.part == given.part and one.turns[0].must][: given.limit]
    with open_app(read_settings().model_copy(update={"home": given.home, "worker": False})) as app, app.recorder.recording():
        told = figures([read(app, turn) for turn in asked])
    print(json.dumps(told) if given.json else "\n".join(f"{name}: {value}" for name, value in told.items()))


def read(app: App, turn: Turn) -> list[Read]:
    """The likeliest sentences of a question, the likeliest first."""
    context = app.agent.begun(app.administrator, simplified(turn.question))
    context.intent, context.subject = reading.understood(context)
    context.calendar = context.subject.calendar
    found = [one for one in fetch.evidence(context, context.intent, context.subject) if may_be_quoted(one.quotable)]
    reads = []
    for one in found[: opinions.READ]:
        started = time.perf_counter()
        told = opinions.opinion(context, opinions.passage(one.quotable), one.quotable.hit.document_id)
        if told is not None:
            reads.append(Read(answers(turn, one.quotable.text), one.worth, told, time.perf_counter() - started))
    return reads


def answers(turn: Turn, text: str) -> bool:
    """Whether the judge of dialogues finds the answer in a text."""
    return any(not fault(turn, chosen, turn.must, plain(text)) for chosen in product(*turn.must))


def figures(found: Sequence[Sequence[Read]]) -> dict[str, object]:
    """The lines of a run."""
    every = [one for reads in found for one in reads]
    true = np.array([one.answers for one in every])
    by = {"worth": [one.worth for one in every], "model": [one.told for one in every], "both": [one.joined for one in every]}
    first = {
        name: sum(bool(reads) and max(reads, key=key).answers for reads in found)
        for name, key in (("worth", lambda one: one.worth), ("model", lambda one: one.told), ("both", lambda one: one.joined))
    }
    return {
        "questions": len(found),
        "sentences": len(every),
        "that answer": int(true.sum()),
        "area under the curve": {name: round(float(auc(true, np.array(scores))), 3) for name, scores in by.items()},
        "first sentence answers": first,
        "seconds a sentence, median": round(statistics.median([one.seconds for one in every] or [0.0]), 2),
    }


if __name__ == "__main__":
    main()
