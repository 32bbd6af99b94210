"""Recipes by name, and the files that a seed makes of them.

A recipe is a function of a ``Draw`` that returns a ``Made`` file; ``recipe`` enters it under its kind and the formats in which it can be
made. A module of ``recipes``, or of a folder that is given, is loaded as a whole. One that says ``HELD_OUT = True`` at its head was written
by somebody who has not seen the reader, for nobody to look at: its kinds are counted, and no fault of theirs is named.
"""

from __future__ import annotations

import importlib
import importlib.util
import pkgutil
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from finfoundry.core.errors import InputError
from finfoundry.evals.silent_errors.draw import Draw, Lang
from finfoundry.evals.silent_errors.expected import Made, Truth

if TYPE_CHECKING:
    from finfoundry.evals.silent_errors.paper_blocks import Block

VARIANTS = 5  # files of each kind and format
Recipe = Callable[[Draw], Made]
_SHIPPED = "finfoundry.evals.silent_errors.recipes"


@dataclass(frozen=True, slots=True)
class Kind:
    """One way to print figures that a reader may get wrong."""

    name: str
    formats: tuple[str, ...]
    langs: tuple[Lang, ...]
    make: Recipe
    held_out: bool = False


@dataclass(frozen=True)
class Case:
    """One file to be made: the same seed makes the same bytes."""

    kind: Kind
    format: str
    variant: int
    seed: int

    @property
    def id(self) -> str:
        """ "superscript-mark.docx.3"."""
        name = re.sub(r"[^0-9a-z]+", "-", self.kind.name.lower()).strip("-")
        return f"{name}.{self.format}.{self.variant}"

    @cached_property
    def made(self) -> Made:
        lang = self.kind.langs[self.variant % len(self.kind.langs)]
        return self.kind.make(Draw(self.kind.name, self.variant, self.format, lang, self.seed))

    @property
    def file(self) -> str:
        """The name of the file."""
        return f"{self.id}.{self.made.suffix}"


KINDS: dict[str, Kind] = {}


def recipe(name: str, formats: str, langs: str = "en zh") -> Callable[[Recipe], Recipe]:
    """A decorator: the function makes files of the kind ``name``, in ``formats`` ("pdf html docx") and languages, both separated by spaces.

    Raises InputError where two recipes have one name.
    """

    def enter(make: Recipe) -> Recipe:
        if name in KINDS and KINDS[name].make.__module__ != make.__module__:
            raise InputError(f"two recipes are called {name!r}", remedy="Call one of them otherwise")
        held_out = bool(getattr(sys.modules.get(make.__module__), "HELD_OUT", False))
        spoken: tuple[Lang, ...] = tuple("zh" if lang == "zh" else "en" for lang in langs.split())
        KINDS[name] = Kind(name, tuple(formats.split()), spoken, make, held_out)
        return make

    return enter


def paper(draw: Draw, blocks: Sequence[Block], truth: Truth) -> Made:
    """The blocks of a paper in the format that is drawn, with its truth."""
    from finfoundry.evals.silent_errors.written_files import SUFFIXES, written

    return Made(written(blocks, draw.format), SUFFIXES.get(draw.format, draw.format), truth)


def load_recipes(folder: Path | None = None) -> dict[str, Kind]:
    """All kinds: those that come with finfoundry, and those of a folder. Raises InputError for a folder without recipes."""
    for module in pkgutil.iter_modules(importlib.import_module(_SHIPPED).__path__):
        importlib.import_module(f"{_SHIPPED}.{module.name}")
    if folder is not None:
        files = sorted(folder.glob("*.py"))
        if not files:
            raise InputError(f"there are no recipes in {folder}", remedy="Name a folder of Python files with recipes (docs/evaluation.md)")
        for file in files:
            _load(file)
    return KINDS


def _load(file: Path) -> None:
    name = f"given_recipes_{file.stem}"
    found = importlib.util.spec_from_file_location(name, file)
    assert found is not None  # noqa: S101  a .py file has one
    assert found.loader is not None  # noqa: S101  and its loader
    module = importlib.util.module_from_spec(found)
    sys.modules[name] = module
    found.loader.exec_module(module)


def cases(seed: int, folder: Path | None = None, variants: int = VARIANTS) -> Iterator[Case]:
    """Every kind in every format, so many variants of each, kind by kind."""
    for kind in load_recipes(folder).values():
        for format in kind.formats:
            yield from (Case(kind, format, variant, seed) for variant in range(variants))
