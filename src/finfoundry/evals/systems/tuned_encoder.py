"""A task asked of a tuned encoder instead of a language model: its labels, written as an answer is, so that one judge scores both."""

from __future__ import annotations

from finfoundry.base.text_encoder import TextEncoder
from finfoundry.core.tasks import Task, TaskRow
from finfoundry.evals.rows import Item, Reply, Solver

LIKELY = 0.5  # of several labels those are told that are likelier than not


def encoder_solver(encoder: TextEncoder, task: Task) -> Solver:
    """Asks the head that bears the name of the task. The solver raises InputError where there is none."""

    def solve(item: Item) -> Reply:
        row: TaskRow = item.meta["row"]
        return _spans(encoder, task, row) if task.kind == "entities" else _labels(encoder, task, row)

    return solve


def _spans(encoder: TextEncoder, task: Task, row: TaskRow) -> Reply:
    text = task.texts(row)[0]
    found = encoder.spans(task.name, text)
    lines = [f"{span.label}: {text[span.start : span.end]}" for span in found]
    return Reply("\n".join(lines) or task.none, confidence=min((span.probability for span in found), default=None))


def _labels(encoder: TextEncoder, task: Task, row: TaskRow) -> Reply:
    told = encoder.labels(task.name, [task.texts(row)])[0]
    words = encoder.heads[task.name].labels
    best = int(told.argmax())
    if task.kind == "choice":
        return Reply(words[best], confidence=float(told[best]))
    likely = [word for word, probability in zip(words, told, strict=True) if probability > LIKELY] or [words[best]]
    return Reply(" ".join(likely), confidence=float(told[best]))
