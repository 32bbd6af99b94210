"""Labelled tasks as small declarative files: one for training, evaluation and specialists. The rows stay where they are."""

from finfoundry.core.tasks.task import EntitySpan, Kind, Metric, Split, Task, TaskRow, TaskSource, load_task, task_names
from finfoundry.core.tasks.task_rows import TaskReading, read, rows

__all__ = [
    "EntitySpan",
    "Kind",
    "Metric",
    "Split",
    "Task",
    "TaskReading",
    "TaskRow",
    "TaskSource",
    "load_task",
    "read",
    "rows",
    "task_names",
]
