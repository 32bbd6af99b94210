"""Bytes to a Document, whatever the format: the content decides, the name only breaks ties."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass

from finfoundry.core.document import Document
from finfoundry.core.errors import ParseError
from finfoundry.core.plugins import plugins
from finfoundry.knowledge.bounds import BOUNDS, Bounds, check_document, in_force
from finfoundry.knowledge.formats.content import misnamed, sniff

__all__ = ["Format", "parse_document", "sniff"]

_REMEDIES = {
    "msg": "Open it in Outlook and save it as .eml",
    "doc": "Save it as DOCX",
    "ppt": "Save it as PPTX",
    "encrypted": "Remove the password and ingest it again",
    "ole": "Save it as DOCX, XLSX or PPTX",
    "gzip": "Unpack it and ingest the file inside",
    "7z": "Unpack it and ingest the files inside",
    "rar": "Unpack it and ingest the files inside",
    "xlsb": "Save it as XLSX",
    "opendocument": "Save it as DOCX, XLSX or PPTX",
    "iwork": "Export it as PDF or to an Office format",
    "rtf": "Save it as DOCX",
    "binary": "Supported are PDF, HTML, DOCX, XLSX, XLS, PPTX, EML, pictures, ZIP, CSV, Markdown and plain text",
}
_PARSERS = {  # imported on first use: most processes read one or two formats
    "pdf": ("pdf", "parse"),
    "html": ("html", "parse_html"),
    "docx": ("office.docx", "parse_docx"),
    "xlsx": ("office.sheets", "parse_xlsx"),
    "xls": ("office.xls", "parse_xls"),
    "pptx": ("office.slides", "parse_pptx"),
    "mail": ("mail", "parse_mail"),
    "picture": ("pictures", "parse_picture"),
    "zip": ("archive", "parse_zip"),
    "csv": ("office.separated", "parse_csv"),
    "text": ("text", "parse_text"),
}


@dataclass(frozen=True, slots=True)
class Format:
    """A format that another package reads: ``sniff`` and ``parse`` get the bytes and the name of a file.

    ``parse`` raises ParseError with a remedy, asks ``knowledge.bounds.check`` where it counts, and reaches nothing but the bytes.
    """

    sniff: Callable[[bytes, str], bool]
    parse: Callable[[bytes, str], Document]


def _of_others(data: bytes, name: str) -> Format | None:
    """The first format of another package that takes the file: they go before ours, which take any text."""
    found: dict[str, Format] = dict(plugins("formats"))
    return next((one for one in found.values() if one.sniff(data, name)), None)


def parse_document(data: bytes, name: str, *, bounds: Bounds = BOUNDS, ocr_seconds: float = float("inf")) -> Document:
    """Parse a file of any supported format in this process (``knowledge.ingest.workers`` does so in processes that can be killed).

    After ``ocr_seconds`` no further page of a PDF is read by text recognition. Raises ParseError, with the name of the file and a
    remedy, if it cannot be read or holds more than ``bounds`` allow.
    """
    if not data:
        raise ParseError(f"{name} is empty", remedy="Fetch the file again")
    if (other := _of_others(data, name)) is not None:
        with in_force(bounds, name):
            check_document(document := other.parse(data, name))
        return document
    kind = sniff(data, name)
    if kind not in _PARSERS:
        raise ParseError(f"{name} is of a kind that is not read ({kind})", remedy=_REMEDIES.get(kind, _REMEDIES["binary"]))
    module, function = _PARSERS[kind]
    parse: Callable[..., Document] = getattr(importlib.import_module(f"{__name__}.{module}"), function)
    with in_force(bounds, name):
        document = parse(data, name, ocr_seconds=ocr_seconds) if kind in {"pdf", "picture"} else parse(data, name)
        document.misnamed = misnamed(kind, name)
        check_document(document)
    return document
