"""Camelot compared with our tables, with its flavour ``auto``: lattice for ruled pages, network for the others. Needs the extra ``evals``.

On ICDAR-2013 that is better than network alone.
"""

from __future__ import annotations

import warnings

from finfoundry.core.document import Block, Cell, Page
from finfoundry.core.errors import SettingsError
from finfoundry.evals.rows import Item, Reply

try:
    from camelot.io import read_pdf
except ModuleNotFoundError as error:
    raise SettingsError(f"this baseline needs the package {error.name}", remedy="Run pip install 'finfoundry[evals]'") from error


def pages(item: Item, flavour: str = "auto") -> Reply:
    """Its tables as pages of ours, a cell a grid place."""
    wanted = item.meta["pages"]
    numbers = ",".join(str(index + 1) for index in wanted) if wanted else "all"
    found: dict[int, list[Block]] = {index + 1: [] for index in wanted or ()}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns of each page which flavour it chose, and of pages without tables
        tables = read_pdf(str(item.meta["file"]), pages=numbers, flavor=flavour)
    for table in tables:
        cells = [Cell(row, column, str(text)) for row, line in enumerate(table.df.values.tolist()) for column, text in enumerate(line)]
        found.setdefault(int(table.page), []).append(Block("table", "", cells=cells))
    return Reply("", found=[Page(number, 0.0, 0.0, blocks) for number, blocks in sorted(found.items())])
