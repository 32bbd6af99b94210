"""The callback by which long work reports its progress."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
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


_watching: ContextVar[Callable[[str], None] | None] = ContextVar("watching", default=None)


@contextmanager
def stages_told(watch: Callable[[str], None]) -> Iterator[None]:
    """Work within it, and in threads that take its context along, tells the stage that it is at."""
    token = _watching.set(watch)
    try:
        yield
    finally:
        _watching.reset(token)


def tell_stage(name: str) -> None:
    """Say which stage begins, to who watches."""
    watch = _watching.get()
    if watch is not None:
        watch(name)
