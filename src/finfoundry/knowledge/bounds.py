"""How much of each kind of thing one file may hold, so that a small file cannot keep a reader busy or fill its memory.

The bounds in force belong to the context: ``parse_document`` sets them, parsers ask ``check`` where they count.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, fields

from finfoundry.core.document import Document
from finfoundry.core.errors import ParseError


@dataclass(frozen=True, slots=True)
class Bounds:
    """The most of each that is read of one file; the setting of each is ``max_`` with its name."""

    pages: int = 5000
    blocks: int = 100_000  # headings, paragraphs, lists and tables
    cells: int = 300_000  # of tables, those covered by merged cells included
    columns: int = 4_000  # of one table
    characters: int = 20_000_000
    objects: int = 200_000  # drawn on one page of a PDF, forms inside forms counted each time


BOUNDS = Bounds()
_in_force: ContextVar[tuple[Bounds, str]] = ContextVar("bounds", default=(BOUNDS, "The file"))


@contextmanager
def in_force(bounds: Bounds, name: str) -> Iterator[None]:
    """While the file ``name`` is read."""
    token = _in_force.set((bounds, name))
    try:
        yield
    finally:
        _in_force.reset(token)


def most(kind: str) -> int:
    """The bound on ``kind``, a field of ``Bounds``."""
    bounds, _ = _in_force.get()
    found: int = getattr(bounds, kind)
    return found


def check(kind: str, found: int) -> None:
    """Raises ParseError that names the bound, its value and its setting where the file being read holds more."""
    if found > (bound := most(kind)):
        raise refusal(_in_force.get()[1], f"has {found:,} {kind}", f"{bound:,}", f"max_{kind}")


def check_document(document: Document) -> None:
    """All that can be counted in a parsed document, whatever parser made it."""
    blocks = [block for page in document.pages for block in page.blocks]
    counts = {
        "pages": len(document.pages),
        "blocks": len(blocks),
        "cells": sum(len(block.cells) for block in blocks),
        "characters": sum(len(block.text) for block in blocks),
    }
    for kind, found in counts.items():
        check(kind, found)


def refusal(name: str, what: str, bound: str, setting: str) -> ParseError:
    """What every bound says: the bound, its value, how an administrator changes it."""
    return ParseError(
        f"{name} {what}, more than the limit of {bound}",
        remedy=f"Split the file, or an administrator raises {setting} (FINFOUNDRY_{setting.upper()})",
    )


KINDS = tuple(field.name for field in fields(Bounds))
