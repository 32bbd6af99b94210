"""What other installed packages add, by entry points: formats, engines, suites, families of specialists, methods of training.

A package declares them in its ``pyproject.toml``; ``examples/plugins`` does so with one of each:

    [project.entry-points."finfoundry.formats"]
    ofx = "my_package.ofx:FORMAT"
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import Any, Literal

from finfoundry.core.errors import SettingsError

Group = Literal["formats", "engines", "suites", "families", "methods"]


def offered(group: Group) -> list[str]:
    """The names that packages offer, nothing loaded."""
    return sorted({point.name for point in entry_points(group=f"finfoundry.{group}")})


@cache
def plugins(group: Group) -> Mapping[str, Any]:
    """Name to what it names, loaded once. Raises SettingsError, with the package, where one cannot be loaded."""
    return {point.name: _loaded(group, point) for point in entry_points(group=f"finfoundry.{group}")}


def _loaded(group: Group, point: EntryPoint) -> Any:
    try:
        return point.load()
    except Exception as error:
        package = point.dist.name if point.dist else point.value
        raise SettingsError(
            f"the package {package} offers {point.name} among finfoundry.{group}, and it cannot be loaded ({error})",
            remedy=f"Mend it, or run pip uninstall {package}",
        ) from error
