"""A task asked of a tuned encoder instead of a language model: its labels, written as an answer is, so that one judge scores both."""

from __future__ import annotations

import numpy as np

from finfoundry.base.text_encoder import Floats, TextEncoder
from finfoundry.core.tasks import Task, TaskRow
from finfoundry.evals.rows import Item, Reply, Solver

LIKELY = 0.5  # of several labels those are told that are likelier than not


def encoder_solver(encoder: TextEncoder, task: Task) -> Solver:
    """Asks the head that bears the name of the task. The solver raises InputError where there is none."""

    vectors: dict[str, Floats] = {}

    def solve(item: Item) -> Reply:
        row: TaskRow = item.meta["row"]
        if task.kind == "match":
            return _nearest(encoder, task, item, vectors)
        if task.kind == "score":
            return Reply(f"{float(encoder.scores(task.name, [task.texts(row)])[0]):.4f}")
        return _spans(encoder, task, row) if task.kind == "entities" else _labels(encoder, task, row)

    return solve


def _spans(encoder: TextEncoder, task: Task, row: TaskRow) -> Reply:
    text = task.texts(row)[0]
    found = encoder.spans(task.name, text)
    lines = [f"{span.label}: {text[span.start : span.end]}" for span in found]
    return Reply("\n".join(lines) or task.none, confidence=min((span.probability for span in found), default=None))


def _nearest(encoder: TextEncoder, task: Task, item: Item, known: dict[str, Floats]) -> Reply:
    """The text of the pool whose vector is the nearest; ``known`` keeps vectors of texts from item to item."""
    pool: list[str] = item.meta["pool"]
    if new := [text for text in pool if text not in known]:
        known |= zip(new, encoder.vectors(task.name, [task.matched(text) for text in new]), strict=True)
    cosines = np.stack([known[text] for text in pool]) @ encoder.vectors(task.name, [item.question])[0]
    return Reply(pool[int(cosines.argmax())])


def _labels(encoder: TextEncoder, task: Task, row: TaskRow) -> Reply:
    told = encoder.labels(task.name, [task.texts(row)])[0]
    words = encoder.heads[task.name].labels
    best = int(told.argmax())
    if task.kind == "choice":
        return Reply(words[best], confidence=float(told[best]))
    likely = [word for word, probability in zip(words, told, strict=True) if probability > LIKELY] or [words[best]]
    return Reply(" ".join(likely), confidence=float(told[best]))
