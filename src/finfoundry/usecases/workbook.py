"""Facts as an Excel workbook, with the marks that a file of made content bears."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from finfoundry.core.disclosure import Disclosure
from finfoundry.core.document import HandCorrection
from finfoundry.core.errors import InputError
from finfoundry.knowledge.shown.views import FactView

if TYPE_CHECKING:
    from openpyxl import Workbook

_ILLEGAL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")  # what XML, and so a workbook, cannot hold


def write_workbook(facts: Sequence[FactView], path: Path, labels: Sequence[Disclosure]) -> None:
    """One row a fact; text that a spreadsheet would take for a formula stays text. ``labels`` are the marks of generated content.

    Raises InputError: the file cannot be written.
    """
    import openpyxl  # here: most processes write no workbook

    book = openpyxl.Workbook(write_only=True)
    mark_workbook(book, labels)
    sheet = book.create_sheet("facts", 0)
    names = [field.name for field in dataclasses.fields(FactView)]
    sheet.append(names)
    for fact in facts:
        sheet.append([workbook_cell(name, getattr(fact, name)) for name in names])
    try:
        book.save(path)
    except OSError as error:
        raise InputError(f"cannot write {path} ({error.strerror})", remedy="Choose another file.") from error


def mark_workbook(book: Workbook, labels: Sequence[Disclosure]) -> None:
    """Where the law asks for it: a sheet with the label in both languages, and the marks in the properties of the file."""
    if labels:
        from openpyxl.packaging.custom import StringProperty

        sheet = book.create_sheet("AI")
        properties: Any = getattr(book, "custom_doc_props")  # noqa: B009  unknown to the types of openpyxl
        for one in labels:
            sheet.append([one.text])
        for name, value in labels[0].metadata().items():
            properties.append(StringProperty(name=name, value=value))


def legal_text(text: str) -> str:
    """Text without the characters that a workbook cannot hold, as a cell or the title of a sheet."""
    return _ILLEGAL.sub("", text)


def plain_text(text: str) -> str:
    """Legal text that no spreadsheet takes for a formula; a lone dash stays one."""
    legal = legal_text(text)
    return f"'{legal}" if legal[:1] in ("=", "+", "-", "@") and len(legal) > 1 else legal


def workbook_cell(name: str, value: Any) -> Any:
    if name in ("value", "scale"):
        return Decimal(value)
    if value is None or isinstance(value, int | float):
        return value
    if isinstance(value, HandCorrection):
        return legal_text(value.shown())
    text = legal_text(value.name if hasattr(value, "name") else " › ".join(value) if name == "metric" else str(value))
    return "'" + text if text.startswith("=") else text
