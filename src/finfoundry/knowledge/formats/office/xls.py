"""XLS, the workbooks of Excel 97 to 2003: read like XLSX."""

from __future__ import annotations

import hashlib
import struct

import xlrd
from xlrd.compdoc import CompDocError

from finfoundry.core.document import Document
from finfoundry.core.errors import ParseError
from finfoundry.core.workbook import read_old_workbook
from finfoundry.knowledge.formats.office.sheets import read_sheets, report_errors

XLS = "application/vnd.ms-excel"
_DAMAGED = (
    xlrd.XLRDError, CompDocError, struct.error, AssertionError, IndexError, KeyError, ValueError, TypeError, AttributeError,
    ZeroDivisionError, OverflowError, NotImplementedError, UnicodeError,
)  # fmt: skip


def parse_xls(data: bytes, name: str) -> Document:
    """Read every visible sheet. Raises ParseError when the workbook cannot be opened."""
    losses: list[str] = []
    try:
        pages, missing = read_sheets(read_old_workbook(data), losses)
    except _DAMAGED as error:
        raise _refusal(name, error) from error
    document = Document(name, hashlib.sha256(data).hexdigest(), XLS, len(data), pages, losses=losses, missing_numbers=missing)
    report_errors(document)
    return document


def _refusal(name: str, error: Exception) -> ParseError:
    if "encrypted" in str(error):
        return ParseError(f"{name} is protected by a password", remedy="Remove the password and ingest it again.")
    if "find workbook" in str(error).lower():
        return ParseError(f"{name} is an old Office file without a workbook", remedy="Save it as DOCX or PPTX")
    return ParseError(f"{name} is not a readable workbook ({error})", remedy="Open it and save it again as .xlsx.")
