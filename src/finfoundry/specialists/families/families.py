"""The families by name. Ours are rows of ``OURS``; other packages add theirs as ``finfoundry.families`` (docs/library.md)."""

from __future__ import annotations

from functools import cache, reduce
from importlib import import_module
from operator import or_
from typing import Any, get_type_hints

from finfoundry.core.errors import InputError, SettingsError
from finfoundry.core.plugins import offered, plugins
from finfoundry.specialists.families.family import Command, Family, FamilyServices, Lifecycle, Option

OURS = ("credit", "fraud", "aml", "market_risk", "text")  # packages next to this file, each with its FAMILY


@cache
def _ours() -> dict[str, Family]:
    found: list[Family] = [import_module(f"{__package__}.{one}").FAMILY for one in OURS]
    return {family.name: family for family in found}


def names() -> tuple[str, ...]:
    """All families, those of other packages last; theirs are not loaded."""
    return (*_ours(), *offered("families"))


def family_named(name: str) -> Family:
    """Raises InputError: there is none."""
    if name in _ours():
        return _ours()[name]
    if name not in offered("families"):
        raise InputError(f"There is no family {name!r}", remedy=f"Choose one of {', '.join(names())}")
    family: Family = plugins("families")[name]
    return family


def is_about_people(name: str) -> bool:
    """Whether scores of this family support decisions on people. True where the family is not installed any more: recorded scores
    outlive a plugin, and the sentence that a person decides is left out only where nobody is decided on."""
    return name not in names() or family_named(name).about_people


def options(command: Command) -> list[tuple[Option, list[str]]]:
    """The options that families bring to a command, each once, with the names of the families that take it."""
    found: dict[str, tuple[Option, list[str]]] = {}
    for family in (*_ours().values(), *(family_named(name) for name in offered("families"))):
        for option in family.brings(command):
            found.setdefault(option.name, (option, []))[1].append(family.name)
    return list(found.values())


def lifecycle_class(family: Family) -> Any:
    """The class that does a family's work, loaded now. Raises SettingsError where the extra is not installed."""
    if not isinstance(family.lifecycle, str):
        return family.lifecycle
    module, _, name = family.lifecycle.partition(":")
    try:
        return getattr(import_module(module), name)
    except ModuleNotFoundError as error:
        if error.name is None or error.name.startswith("finfoundry"):
            raise
        raise SettingsError(f"Specialists need the package {error.name}", remedy="Run pip install 'finfoundry[specialists]'") from error


def at_work(family: Family, services: FamilyServices) -> Lifecycle[Any]:
    """The family in one home."""
    made: Lifecycle[Any] = lifecycle_class(family)(family, services)
    return made


def results(method: str) -> Any:
    """The type of what our families return from a method of ``Lifecycle``: a union where they differ. For schemas."""
    kinds = [get_type_hints(getattr(lifecycle_class(family), method))["return"] for family in _ours().values()]
    return reduce(or_, dict.fromkeys(kinds))
