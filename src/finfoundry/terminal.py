"""How results look on a terminal: by the view that a type brings (``core/display.py``), else as a table of its fields."""

from __future__ import annotations

import contextlib
import dataclasses
import sys
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.panel import Panel
from rich.progress import BarColumn, TaskID, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bars
from rich.table import Column, Table

from finfoundry.core.display import HasView
from finfoundry.core.errors import FinfoundryError
from finfoundry.core.progress import Progress, silent
from finfoundry.core.progress import Report as ReportProgress
from finfoundry.knowledge.shown.views import json_text

SIZES = ("bytes", "_free")  # how fields that count bytes are called
MOMENTS = ("since",)  # how fields that hold seconds since the epoch are called
LARGE = 1_000_000
NAME = 60  # columns that a name may take next to others
PIPED = 160  # columns where no terminal says how many it has
out = Console(highlight=False, width=None if sys.stdout.isatty() else PIPED)
err = Console(stderr=True, highlight=False)


def print_json(value: Any) -> None:
    sys.stdout.write(json_text(value) + "\n")


def print_error(error: FinfoundryError, *, as_json: bool) -> None:
    """To standard error: what happened and the remedy."""
    if as_json:
        sys.stderr.write(json_text({"error": {"type": type(error).__name__, "message": error.message, "remedy": error.remedy}}) + "\n")
    else:
        err.print(f"[bold red]{type(error).__name__}[/]: {escape(error.message)}", soft_wrap=True)
        if error.remedy:
            err.print(f"  → {escape(error.remedy)}", soft_wrap=True)


@contextlib.contextmanager
def progress(*, quiet: bool) -> Iterator[ReportProgress]:
    """A bar a task on standard error; nothing when quiet or when nobody watches."""
    if quiet or not err.is_terminal:
        yield silent
        return
    with Bars(
        TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[count]}"), TimeRemainingColumn(), console=err
    ) as bars:
        tasks: dict[str, TaskID] = {}

        def report(step: Progress) -> None:
            if step.task not in tasks:
                tasks[step.task] = bars.add_task(escape(step.task), total=step.total, count="")
            count = f"{amount(step.done, step.unit)}/{amount(step.total, step.unit)}" if step.total else amount(step.done, step.unit)
            bars.update(tasks[step.task], completed=step.done, total=step.total, count=f"{count} {escape(step.detail)}".strip())

        yield report


def size(number: Any) -> str:
    return f"{number / 1e9:,.2f} GB" if isinstance(number, int) and number >= LARGE else shown(number)


def amount(number: int, unit: str) -> str:
    return f"{number / 1e6:,.0f} MB" if unit == "bytes" else f"{number:,} {unit}".strip()


def print_value(value: Any) -> None:
    """By its own view where it has one (``core/display.py``); anything else as a table of its fields."""
    if isinstance(value, HasView):
        value.show_on(DISPLAY)
    elif isinstance(value, dict):
        _print_fields(value)
    elif isinstance(value, list):
        _print_list(value)
    elif dataclasses.is_dataclass(value):
        _print_fields({field.name: getattr(value, field.name) for field in dataclasses.fields(value)})
    else:
        out.print(escape(str(value)))


class _Terminal:
    """Standard output."""

    def line(self, markup: str) -> None:
        out.print(markup, soft_wrap=True)

    def wrapped(self, markup: str) -> None:
        out.print(markup)

    def table(self, header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        table = Table(*header)
        for row in rows:
            table.add_row(*map(escape, row))
        out.print(table)

    def panel(self, lines: Sequence[str], title: str) -> None:
        out.print(Panel(escape("\n".join(lines)), title=title, expand=False))

    def show(self, value: Any) -> None:
        print_value(value)


DISPLAY = _Terminal()


def _print_fields(value: dict[Any, Any]) -> None:
    """Print single values in one table; what has parts of its own follows under its name."""
    parts = {key: item for key, item in value.items() if _has_parts(item)}
    table = Table(Column(), Column(overflow="fold"), show_header=False, box=None)
    for key, item in value.items():
        if key not in parts:
            table.add_row(f"[bold]{escape(str(key))}[/]", escape(size(item) if str(key).endswith(SIZES) else shown(item)))
    out.print(table)
    for key, item in parts.items():
        if not getattr(item, "HAS_HEADING", False):
            out.print(f"\n[bold]{escape(str(key))}[/]")
        print_value(item)


def _has_parts(item: Any) -> bool:
    return dataclasses.is_dataclass(item) or (isinstance(item, list) and bool(item) and dataclasses.is_dataclass(item[0]))


def _print_list(rows: list[Any]) -> None:
    kind = type(rows[0]) if rows else None
    if kind is None:
        out.print("[dim]nothing[/]")
    elif hasattr(kind, "show_all"):
        kind.show_all(rows, DISPLAY)
    elif dataclasses.is_dataclass(kind):
        print_rows(getattr(kind, "COLUMNS", None) or _filled(rows), rows)
    else:
        for row in rows:
            out.print(escape(shown(row)))


def _filled(rows: Sequence[Any]) -> list[str]:
    """The fields that some row has a plain value in; a count of 0 and a "no" are values."""
    names = (field.name for field in dataclasses.fields(rows[0]))
    return [
        name for name in names if any(shown(getattr(row, name)) not in ("", "-") and not _has_parts(getattr(row, name)) for row in rows)
    ]


def print_rows(names: Sequence[str], rows: Sequence[Any]) -> None:
    table = Table(
        *(Column(name.replace("_", " "), no_wrap=name in ("id", "name"), max_width=NAME if name == "name" else None) for name in names)
    )
    for row in rows:
        table.add_row(*(escape(moment(getattr(row, name)) if name in MOMENTS else shown(getattr(row, name))) for name in names))
    out.print(table)


def moment(seconds: float) -> str:
    """A moment in the time of the machine's place."""
    return datetime.fromtimestamp(seconds).astimezone().strftime("%Y-%m-%d %H:%M:%S")


def shown(value: Any) -> str:
    """A value as text: None is "-", a float has three decimals (three digits from a million on), parts are joined by ", "."""
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.3f}" if abs(value) < LARGE else f"{value:.3g}"
    if isinstance(value, dict):
        return ", ".join(f"{key} {shown(item)}" for key, item in value.items()) or "-"
    if isinstance(value, list | tuple | set | frozenset):
        return ", ".join(shown(item) for item in value)
    return str(value)
