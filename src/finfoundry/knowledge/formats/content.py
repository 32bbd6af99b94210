"""The format of a file by its content; the name only breaks ties."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import PurePath

from finfoundry.knowledge.formats import ole

_ZIPPED = {
    "word/document.xml": "docx",
    "xl/workbook.xml": "xlsx",
    "ppt/presentation.xml": "pptx",
    "xl/workbook.bin": "xlsb",
    "Index/Document.iwa": "iwork",
    "META-INF/manifest.xml": "opendocument",
}
_MAGIC = (
    (b"\x1f\x8b", "gzip"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"Rar!", "rar"),
    (b"\x89PNG", "picture"),
    (b"\xff\xd8\xff", "picture"),
    (b"II*\0", "picture"),
    (b"MM\0*", "picture"),
    (b"{\\rtf", "rtf"),
)
_NAMED = {  # what a name says that nobody gives to anything else
    ".pdf": "pdf", ".docx": "docx", ".pptx": "pptx", ".zip": "zip",
    ".png": "picture", ".jpg": "picture", ".jpeg": "picture", ".tif": "picture", ".tiff": "picture",
}  # fmt: skip
_CALLED = {"text": "plain text", "mail": "a mail", "picture": "a picture", "zip": "an archive"}
_HEADER = re.compile(rb"[A-Za-z][A-Za-z0-9-]*:[ \t]?.*(?:\r?\n[ \t].*)*\r?\n")
_OF_MACHINES = {b"received", b"message-id", b"mime-version", b"return-path", b"delivered-to", b"x-mailer", b"content-type"}
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def sniff(data: bytes, name: str) -> str:
    """The format: one of those that are read, or the name of one that is not."""
    head = data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n")
    if b"%PDF-" in data[:1024] and not _looks_like_mail(data, name):
        return "pdf"
    if head.startswith(b"PK"):
        return _inside_zip(data)
    if head.startswith(ole.MAGIC[:4]):
        return ole.kind_of(data)
    if kind := next((kind for magic, kind in _MAGIC if head.startswith(magic)), None):
        return kind
    if _looks_like_html(head):
        return "html"
    if _is_binary(data[:4096]):
        return "binary"
    if _looks_like_mail(data, name):
        return "mail"
    suffix = PurePath(name).suffix.lower()
    if suffix in (".htm", ".html", ".xhtml"):
        return "html"
    return "csv" if suffix in (".csv", ".tsv") else "text"


def misnamed(kind: str, name: str) -> str:
    """That a file named like one kind holds another, such as a page that says "not found" saved as a report; "" where name and content
    agree, or the name says nothing. Of workbooks nothing is said: many systems write HTML and CSV under the names of Excel.
    """
    suffix = PurePath(name).suffix.lower()
    if _NAMED.get(suffix, kind) == kind:
        return ""
    return f"the file is named {suffix}, but holds {_CALLED.get(kind, kind.upper())}"


def _looks_like_mail(data: bytes, name: str) -> bool:
    """Whether it begins with the headers of a mail: From and another of people, and one that only programs write or the name .eml."""
    head = data[:16_384].lstrip(b"\xef\xbb\xbf\r\n")
    names, at = set(), head.find(b"\n") + 1 if head.startswith(b"From ") else 0
    while match := _HEADER.match(head, at):
        names.add(match[0].split(b":", 1)[0].lower())
        at = match.end()
    written = name.lower().endswith(".eml") or bool(names & _OF_MACHINES)
    return written and b"from" in names and bool(names & {b"to", b"date", b"subject"})


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
