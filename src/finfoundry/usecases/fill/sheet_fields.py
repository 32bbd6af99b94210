"""Fields of a workbook: a cell that is one becomes a number with its source in a comment; all else, formulas among it, stays as it is."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

from finfoundry.core.errors import InputError
from finfoundry.usecases.fill.field_calls import field_of, fields_in, function_in
from finfoundry.usecases.fill.filled import AUTHOR, Ask, Filled, before_of, filled, number_of
from finfoundry.usecases.workbook import legal_text

CHANGED, UNBOUND = "FFF2CC", "F8CBAD"  # fills of cells
PERCENT, AMOUNT, RATIO = "0.00%", "#,##0.########", "0.00"
COMMENT_WIDTH, COMMENT_HEIGHT = 360, 140  # pixels


def fill_workbook(source: Path, target: Path, ask: Ask, company: str | None) -> list[Filled]:
    """Write a copy of a workbook with its fields filled; macros are kept and not run. Raises InputError."""
    import openpyxl  # here: most processes fill no workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        book = openpyxl.load_workbook(source, keep_vba=source.suffix.lower() == ".xlsm")
    except (InvalidFileException, BadZipFile, KeyError, ValueError) as error:
        raise InputError(f"{source.name} is no workbook that can be read", remedy="Save it as .xlsx again, without a password") from error
    done = [one for sheet in book.worksheets for one in _sheet(sheet, ask, company)]
    if done:
        part = target.with_name(f"{target.name}.part")
        book.save(part)
        part.replace(target)
    return done


def _sheet(sheet: Any, ask: Ask, company: str | None) -> Iterator[Filled]:
    for row in sheet.iter_rows():
        for cell in row:
            place = f"{sheet.title}!{cell.coordinate}"
            if cell.comment is not None and cell.comment.author == AUTHOR:
                call, _ = before_of(cell.comment.text)
                yield _put(cell, filled(field_of(call, company), place, ask, _told_before(cell)))
            elif isinstance(cell.value, str) and (field := function_in(cell.value, company)):
                yield _put(cell, filled(field, place, ask))
            elif isinstance(cell.value, str) and not cell.value.startswith("="):
                yield from _within(cell, place, ask, company)


def _told_before(cell: Any) -> str:
    """What the cell was filled with, as it was told: the line of its comment that says so, else its value."""
    said = [line.removeprefix(TOLD) for line in cell.comment.text.split("\n") if line.startswith(TOLD)]
    return said[0] if said else str(cell.value)


TOLD = "told: "  # how the figure of a cell of numbers is told, with unit and scale


def _put(cell: Any, one: Filled) -> Filled:
    from openpyxl.styles import PatternFill

    number = number_of(one)
    if number is None:
        put_text(cell, one.text)
    else:
        cell.value = number
    if number is not None:
        cell.number_format = format_of(one)
    comment_on(cell, f"{one.comment}\n{TOLD}{one.text}")
    if one.status == "unbound" or one.changed is not None:
        cell.fill = PatternFill("solid", fgColor=UNBOUND if one.status == "unbound" else CHANGED)
    elif cell.fill.fgColor.rgb in (f"00{CHANGED}", f"00{UNBOUND}"):
        cell.fill = PatternFill()  # what was marked the last time
    return one


def format_of(one: Filled) -> str:
    """How a number is shown: as percent where the answer tells it so, with two digits behind the point as a ratio, else as an amount."""
    return PERCENT if one.text.rstrip().endswith(("%", "％")) else RATIO if one.unit == "ratio" else AMOUNT


def put_text(cell: Any, text: str) -> None:
    """Put a text into a cell that stays one: what papers say may begin as a formula would, which a spreadsheet would run."""
    cell.value = legal_text(text)
    cell.data_type = "s"


def comment_on(cell: Any, text: str, author: str = AUTHOR) -> None:
    """Put a comment of a size that can be read beside a cell."""
    from openpyxl.comments import Comment

    cell.comment = Comment(legal_text(text), author, height=COMMENT_HEIGHT, width=COMMENT_WIDTH)


def _within(cell: Any, place: str, ask: Ask, company: str | None) -> Iterator[Filled]:
    """Fields within a text, which stays a text; it is not filled again."""
    text, sources = cell.value, []
    for found in reversed(list(fields_in(cell.value, company))):
        one = filled(found.field, place, ask)
        text = text[: found.start] + one.text + text[found.end :]
        sources.append(one.comment)
        yield one
    if sources:
        put_text(cell, text)
        comment_on(cell, "\n\n".join(reversed(sources)), "sources")
