"""Camelot (its network flavour, its defaults) beside our tables. Needs the extra ``evals``."""

from __future__ import annotations

from finfoundry.core.document import Block, Cell, Page
from finfoundry.core.errors import SettingsError
from finfoundry.evals.rows import Item, Reply

try:
    from camelot.io import read_pdf
except ModuleNotFoundError as error:
    raise SettingsError(f"this baseline needs the package {error.name}", remedy="Run pip install 'finfoundry[evals]'") from error


def pages(item: Item) -> Reply:
    """Its tables as pages of ours, a cell a grid place."""
    wanted = item.meta["pages"]
    numbers = ",".join(str(index + 1) for index in wanted) if wanted else "all"
    found: dict[int, list[Block]] = {index + 1: [] for index in wanted or ()}
    for table in read_pdf(str(item.meta["file"]), pages=numbers, flavor="network"):
        cells = [Cell(row, column, str(text)) for row, line in enumerate(table.df.values.tolist()) for column, text in enumerate(line)]
        found.setdefault(int(table.page), []).append(Block("table", "", cells=cells))
    return Reply("", found=[Page(number, 0.0, 0.0, blocks) for number, blocks in sorted(found.items())])
