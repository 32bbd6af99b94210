"""How a result is shown to people: a type whose fields alone do not say it well brings its own view.

A type may have any of these; none of them is printed as JSON.

- ``show_on(self, display)``: one value, in lines. Markup colours a word; text of documents and of models goes through ``escaped``.
- ``show_all(cls, rows, display)``, a class method: a list of them, where each is not a row of a table.
- ``COLUMNS``: the fields that a list of them shows as a table; without it, all that some row has a plain value in.
- ``HAS_HEADING``: true where the view begins with a heading of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol, runtime_checkable


class Display(Protocol):
    """Where results are shown."""

    def line(self, markup: str) -> None:
        """A line that the terminal breaks where it ends, so that what is copied from it is whole."""

    def wrapped(self, markup: str) -> None:
        """A line that is broken between words."""

    def table(self, header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """Rows of plain text."""

    def panel(self, lines: Sequence[str], title: str) -> None:
        """Lines of plain text in a box."""

    def show(self, value: Any) -> None:
        """Another result, by its own view."""


@runtime_checkable
class HasView(Protocol):
    """A type with a view of its own."""

    def show_on(self, display: Display) -> None:
        """Show this."""


def escaped(text: object) -> str:
    """Text in which nothing is markup."""
    from rich.markup import escape

    return escape(str(text))
