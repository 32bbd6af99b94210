"""Rows of a task from its files, and the split: by a digest of the group, so it is the same on every machine and in every task."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

from finfoundry.core.errors import InputError
from finfoundry.core.tasks.record_readers import READERS, TaskRecord
from finfoundry.core.tasks.task import Split, Task, TaskRow, score_of

PART = "part"  # of a row's meta: the part that its source gives
NEGATIVE = "negative"  # begins the names of the columns with texts that only seem to belong to a row


@dataclass(frozen=True, slots=True)
class TaskReading:
    """All rows of a task; ``unknown`` were left out for a label that the task does not know: the row, and the label."""

    rows: tuple[TaskRow, ...]
    unknown: tuple[tuple[str, str], ...] = ()
    files: tuple[Path, ...] = ()

    @property
    def skipped(self) -> Counter[str]:
        """How many rows were left out, by the label."""
        return Counter(label for _, label in self.unknown)


def rows(task: Task, data: Path, split: Split | None = None) -> list[TaskRow]:
    """The rows of one split, or all. Raises InputError for a folder, file or row that cannot be used."""
    return [row for row in read(task, data).rows if split is None or split_of(task, row) == split]


def read(task: Task, data: Path) -> TaskReading:
    """All rows of a task under the data folder. Raises InputError naming the file or the row."""
    files = tuple(found(task, data))
    unknown: list[tuple[str, str]] = []
    kept: list[TaskRow] = []
    for number, record in enumerate(READERS[task.source.reader](files, task.source), 1):
        row = _row(task, f"{task.name}/{number}", record, unknown)
        if row is not None:
            kept.append(row)
    return TaskReading(tuple(kept), tuple(unknown), files)


def found(task: Task, data: Path) -> Iterator[Path]:
    """The files of a task. Raises InputError when one of its paths matches nothing."""
    for pattern in task.source.paths:
        files = sorted(data.glob(pattern))
        if not files:
            raise InputError(f"task {task.name} finds no {pattern} in {data}", remedy="Give the folder that holds it with --data")
        yield from files


def split_of(task: Task, row: TaskRow) -> Split:
    """The part (train, dev or test) of a row, by the hash of its group: rows of one group (letter case, width and spaces aside) are in one
    part, whichever task they belong to. Of a task with a column of parts it is what that says.
    """
    if task.split_column:
        part: Split = row.meta[PART]
        return part
    plain = re.sub(r"\s+", "", unicodedata.normalize("NFKC", row.group)).casefold()
    place = int.from_bytes(hashlib.sha256(plain.encode()).digest()[:8]) / 2**64
    train, dev, _ = task.split
    return "train" if place < train else "dev" if place < train + dev else "test"


def _row(task: Task, name: str, record: TaskRecord, unknown: list[tuple[str, str]]) -> TaskRow | None:
    """A row with its reference in the words of an answer; None where a label is unknown and may be skipped."""
    fields = {key: value for key, value in record.fields.items() if key != task.target}
    target = record.fields.get(task.target)
    if target is None:
        raise InputError(f"row {name} has no column {task.target}", remedy=f"It has: {', '.join(record.fields)}")
    if task.kind in ("choice", "choices"):
        raw = [target.strip()] if task.kind == "choice" else target.split()
        nothing = task.kind == "choices" and task.none != "" and raw == [task.none]
        raw = [] if nothing else raw
        if not (raw or nothing) or any(label not in task.labels for label in raw):
            if not task.skip_unknown:
                raise InputError(f"row {name} has the label {target!r}, which task {task.name} does not list", remedy="Add it to labels")
            unknown.append((name, target))
            return None
        target = " ".join(task.labels[label] for label in raw)
    elif task.kind == "entities":
        target = "\n".join(f"{task.labels[span.label]}: {fields['text'][span.start : span.end]}" for span in record.spans) or task.none
    elif task.kind == "score" and score_of(target.strip()) is None:
        raise InputError(f"row {name} has the score {target!r}", remedy="Write a number from 0 to 1")
    meta = record.meta
    if task.split_column:
        if (part := fields.pop(task.split_column, "")) not in get_args(Split):
            raise InputError(f"row {name} is of the part {part!r}", remedy=f"{task.split_column} says {', '.join(get_args(Split))}")
        meta = meta | {PART: part}
    if task.kind in ("score", "match"):
        meta = meta | {"about": next((fields[key] for key in task.asked if key in fields), "")}
    if task.kind == "match":  # what only seems to belong to the text, shared by many rows, is nothing that the row is about
        names = sorted(key for key in fields if key.startswith(NEGATIVE))
        meta = meta | {"negatives": tuple(text for key in names if (text := fields.pop(key).strip()))}
    return TaskRow(name, fields, target.strip() or task.none, fields.get(task.group, name), meta)
