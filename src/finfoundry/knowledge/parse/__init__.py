"""Bytes to a Document, whatever the format: the content decides, the name only breaks ties."""

from __future__ import annotations

import importlib
import io
import zipfile
from collections.abc import Callable
from pathlib import PurePath

from finfoundry.core.document import Document
from finfoundry.core.errors import ParseError
from finfoundry.knowledge.parse.bounds import BOUNDS, Bounds, check_document, in_force

_ZIPPED = {"word/document.xml": "docx", "xl/workbook.xml": "xlsx", "xl/workbook.bin": "xlsb", "ppt/presentation.xml": "pptx"}
_REMEDIES = {
    "ole": "Save it as DOCX or XLSX (old binary Office files and encrypted Office files are not read)",
    "image": "Put the image into a PDF",
    "zip": "Unpack it and ingest the files inside",
    "gzip": "Unpack it and ingest the file inside",
    "xlsb": "Save it as XLSX",
    "pptx": "Print it to PDF",
    "rtf": "Save it as DOCX",
    "binary": "Supported are PDF, HTML, DOCX, XLSX, CSV, Markdown and plain text",
}
_PARSERS = {  # imported on first use: most processes read one or two formats
    "pdf": ("pdf", "parse"),
    "html": ("html", "parse_html"),
    "docx": ("docx", "parse_docx"),
    "xlsx": ("sheets", "parse_xlsx"),
    "csv": ("separated", "parse_csv"),
    "text": ("text", "parse_text"),
}


def parse_document(data: bytes, name: str, *, bounds: Bounds = BOUNDS, ocr_seconds: float = float("inf")) -> Document:
    """Parse a file of any supported format in this process (``knowledge.workers`` does so in processes that can be killed).

    After ``ocr_seconds`` no further page of a PDF is read by text recognition. Raises ParseError, with the name of the file and a
    remedy, if it cannot be read or holds more than ``bounds`` allow.
    """
    if not data:
        raise ParseError(f"{name} is empty", remedy="Fetch the file again")
    kind = sniff(data, name)
    if kind not in _PARSERS:
        raise ParseError(f"{name} is of a kind that is not read ({kind})", remedy=_REMEDIES.get(kind, _REMEDIES["binary"]))
    module, function = _PARSERS[kind]
    parse: Callable[..., Document] = getattr(importlib.import_module(f"{__name__}.{module}"), function)
    with in_force(bounds, name):
        document = parse(data, name, ocr_seconds=ocr_seconds) if kind == "pdf" else parse(data, name)
        check_document(document)
    return document


def sniff(data: bytes, name: str) -> str:
    """The format: pdf, html, docx, xlsx, csv, text, or one that is not read."""
    head = data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n")
    if b"%PDF-" in data[:1024]:
        return "pdf"
    if head.startswith(b"PK"):
        return _inside_zip(data)
    for magic, kind in (
        (b"\xd0\xcf\x11\xe0", "ole"),
        (b"\x1f\x8b", "gzip"),
        (b"\x89PNG", "image"),
        (b"\xff\xd8\xff", "image"),
        (b"{\\rtf", "rtf"),
    ):
        if head.startswith(magic):
            return kind
    if _looks_like_html(head):
        return "html"
    if _is_binary(data[:4096]):
        return "binary"
    suffix = PurePath(name).suffix.lower()
    if suffix in (".htm", ".html", ".xhtml"):
        return "html"
    return "csv" if suffix in (".csv", ".tsv") else "text"


def _inside_zip(data: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return "zip"
    return next((kind for member, kind in _ZIPPED.items() if member in names), "zip")


def _looks_like_html(head: bytes) -> bool:
    text = head[:512].lower()
    return text.startswith((b"<!doctype html", b"<html", b"<xhtml")) or (text.startswith((b"<?xml", b"<!--")) and b"<html" in head.lower())


def _is_binary(head: bytes) -> bool:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):  # UTF-16
        return False
    controls = sum(byte < 9 or 13 < byte < 32 for byte in head)
    return controls > 0.02 * len(head) or b"\0" in head
