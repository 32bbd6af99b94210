"""The border of a table that a person drew on a page."""

from __future__ import annotations

from dataclasses import dataclass

from finfoundry.core.document import Box


@dataclass(frozen=True, slots=True)
class TableBorder:
    """``box`` in points; ``columns``: where its columns are parted, from left to right; none: as its words stand below each other."""

    box: Box
    columns: tuple[float, ...] = ()
