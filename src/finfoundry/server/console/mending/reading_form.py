"""The forms of readings by hand as they are shown and sent back: the border of a table, a figure that was not read."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from finfoundry.core.document import Box, Cell, Fact, Page
from finfoundry.core.errors import InputError
from finfoundry.core.quantities.cells import parse_cell
from finfoundry.knowledge.corrections.corrected_fields import CorrectionFields
from finfoundry.knowledge.shown.views import decimal_text
from finfoundry.server.console.mending.correction_form import SCALES, UNITS, FormField
from finfoundry.usecases.correction_desk import fields_of

EDGES = ("x0", "y0", "x1", "y1")
FIGURE = ("text", "metric", "period", "unit", "scale", "entity", "concept", "scope")
MOST_UNREAD = 60  # numbers of a page that are no facts, shown to choose from
_CHOICES: dict[str, tuple[str, ...]] = {"scale": SCALES, "scope": ("consolidated", "parent"), "unit": UNITS}
_NEAR = 1.0  # points


@dataclass(frozen=True, slots=True)
class UnreadCell:
    """A number of a table that is no fact, with the label of its row."""

    text: str
    label: str
    box: Box


def sent_box(sent: Mapping[str, str]) -> list[float] | None:
    """The border or place that was sent; None where all four numbers are empty. Raises InputError."""
    given = [sent.get(name, "").strip() for name in EDGES]
    if not any(given):
        return None
    try:
        return [float(one) for one in given]
    except ValueError as error:
        raise InputError("The border has no four numbers", remedy="Give left, top, right and bottom in points") from error


def sent_columns(sent: Mapping[str, str]) -> list[float]:
    """Where columns are parted, as written with commas. Raises InputError."""
    parts = [part for part in re.split(r"[,，;；\s]+", sent.get("columns", "")) if part]
    try:
        return [float(part) for part in parts]
    except ValueError as error:
        raise InputError("The edges of columns are no numbers", remedy="Write them with commas: 210, 300, 390") from error


def sent_figure(sent: Mapping[str, str]) -> CorrectionFields:
    """Raises InputError for a scale or a scope that is no choice of the form."""
    given = {name: value for name in FIGURE if (value := sent.get(name, "").strip())}
    for name in ("scale", "scope"):
        if name in given and given[name] not in _CHOICES[name]:
            raise InputError(f"{name} is none of its choices: {given[name][:40]!r}", remedy=f"Choose one of {', '.join(_CHOICES[name])}")
    return fields_of(given)


def figure_fields(sent: Mapping[str, str]) -> list[FormField]:
    """The boxes of the form, with what was sent or suggested in them."""
    found = []
    for name in FIGURE:
        offered = _CHOICES.get(name, ())
        given = sent.get(name, "")
        free = name not in ("scale", "scope")
        given = given if free or given in offered else offered[0]
        found.append(FormField(name, given, offered, free))
    return found


def suggested(page: Page, facts: Sequence[Fact], box: Box) -> dict[str, str]:
    """What the cell at a box says of a figure: its text, its row's label, and what was read of the facts below and beside it."""
    place = next(((block, cell) for block in page.blocks for cell in block.cells if cell.box and _covers(cell.box, box)), None)
    if place is None:
        return {}
    block, cell = place
    near = [fact for fact in facts if fact.box and block.box and _covers(block.box, fact.box)]
    column = [fact for fact in near if fact.box and _over(fact.box, box)]
    row = [fact for fact in near if fact.box and abs(fact.box[1] - box[1]) < _NEAR]
    label = row[0].metric if row else (_row_label(block.cells, cell),)
    found = {"text": cell.text.strip(), "metric": " › ".join(part for part in label if part)}
    if like := next(iter([*column, *near]), None):
        found |= {"unit": like.unit or "none", "scale": decimal_text(like.scale), "scope": like.scope, "entity": like.entity or ""}
        found |= {"period": like.period} if column else {}
    return found


def unread_cells(page: Page, facts: Sequence[Fact]) -> list[UnreadCell]:
    """The numbers of the page's tables that are no facts, years apart."""
    read = [fact.box for fact in facts if fact.box]
    found = [
        UnreadCell(cell.text.strip(), _row_label(block.cells, cell), cell.box)
        for block in page.blocks
        for cell in block.cells
        if cell.box and not cell.header and _is_number(cell.text) and not any(_covers(cell.box, box) for box in read)
    ]
    return found[:MOST_UNREAD]


def _is_number(text: str) -> bool:
    plain = text.strip()
    return parse_cell(plain) is not None and not (plain.isdecimal() and len(plain) <= 4)


def _row_label(cells: Sequence[Cell], cell: Cell) -> str:
    """The first words of a cell's row."""
    return next((one.text.strip() for one in cells if one.row == cell.row and one.text.strip() and parse_cell(one.text) is None), "")


def _covers(outer: Box, inner: Box) -> bool:
    x, y = (inner[0] + inner[2]) / 2, (inner[1] + inner[3]) / 2
    return outer[0] - _NEAR <= x <= outer[2] + _NEAR and outer[1] - _NEAR <= y <= outer[3] + _NEAR


def _over(one: Box, other: Box) -> bool:
    return min(one[2], other[2]) - max(one[0], other[0]) > 0
