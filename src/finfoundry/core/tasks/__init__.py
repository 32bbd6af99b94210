"""Labelled tasks as small declarative files: one for training, evaluation and specialists. The rows stay where they are."""

from finfoundry.core.tasks.reading import Reading, read, rows
from finfoundry.core.tasks.task import Kind, Metric, Row, Source, Span, Split, Task, load_task, task_names

__all__ = ["Kind", "Metric", "Reading", "Row", "Source", "Span", "Split", "Task", "load_task", "read", "rows", "task_names"]
