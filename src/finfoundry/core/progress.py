"""The callback by which long work reports its progress."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Progress:
    """``done`` of ``total`` (None = unknown) of one named piece of work, counted in ``unit`` (bytes, files, pages, questions)."""

    task: str
    done: int
    total: int | None = None
    unit: str = ""
    detail: str = ""  # what else a watcher wants to know: the loss, the speed


Report = Callable[[Progress], None]


def silent(_: Progress) -> None:
    """The report of work that nobody watches."""
