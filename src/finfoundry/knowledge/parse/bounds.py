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
    characters: int = 20_000_000
    objects: int = 1_000_000  # drawn on the pages of a PDF, forms inside forms counted each time


BOUNDS = Bounds()
_in_force: ContextVar[Bounds] = ContextVar("bounds", default=BOUNDS)


@contextmanager
def in_force(bounds: Bounds) -> Iterator[None]:
    token = _in_force.set(bounds)
    try:
        yield
    finally:
        _in_force.reset(token)


def most(kind: str) -> int:
    """The bound on ``kind``, a field of ``Bounds``."""
    found: int = getattr(_in_force.get(), kind)
    return found


def check(name: str, kind: str, found: int) -> None:
    """Raises ParseError that names the bound, its value and its setting where the file ``name`` holds more."""
    if found > (bound := most(kind)):
        raise refusal(name, f"has {found:,} {kind}", f"{bound:,}", f"max_{kind}")


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
        check(document.name, kind, found)


def refusal(name: str, what: str, bound: str, setting: str) -> ParseError:
    """What every bound says: the bound, its value, how an administrator changes it."""
    return ParseError(
        f"{name} {what}, more than the limit of {bound}",
        remedy=f"Split the file, or an administrator raises {setting} (FINFOUNDRY_{setting.upper()})",
    )


KINDS = tuple(field.name for field in fields(Bounds))
