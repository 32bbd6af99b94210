"""E-mail as programs save it (``.eml``, RFC 5322 and MIME): subject, headers and body are the document, attachments are parts of it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import replace
from email import message_from_bytes
from email.errors import CloseBoundaryNotFoundDefect, HeaderParseError, MessageError
from email.header import decode_header, make_header
from email.message import Message
from typing import Any

from finfoundry.core.document import Block, Document, Page, Part
from finfoundry.core.errors import ParseError
from finfoundry.knowledge.formats.encoding import decode
from finfoundry.knowledge.formats.html import parse_html
from finfoundry.knowledge.formats.outline import Outline
from finfoundry.knowledge.formats.parts import apart
from finfoundry.knowledge.formats.text import read_blocks

MEDIA_TYPE = "message/rfc822"
SHOWN = ("From", "To", "Cc", "Date")  # headers that a reader sees, below the subject
MOST_LEAVES = 1000  # parts of one mail, bodies included
DEEPEST = 30  # multiparts inside one another
SMALL_PICTURE = 8 * 1024  # bytes up to which a picture inside the text is taken for a logo

_SEALED = ("application/pkcs7-mime", "application/x-pkcs7-mime", "multipart/encrypted")
_FOLDED = re.compile(r"\r?\n[ \t]+")


def parse_mail(data: bytes, name: str) -> Document:
    """Read a mail. Raises ParseError where it is encrypted or holds nothing."""
    try:
        return _read(data, name)
    except (MessageError, RecursionError, ValueError, LookupError, TypeError, AttributeError) as error:
        raise ParseError(f"{name} is not a readable e-mail ({error})", remedy="Save it again as .eml, or print it to PDF") from error


def _read(data: bytes, name: str) -> Document:
    message = message_from_bytes(data)
    leaves = list(_leaves(message))
    if any(leaf.get_content_type() in _SEALED for leaf in (message, *leaves)):
        raise ParseError(f"{name} is encrypted", remedy="Decrypt it in the mail program and save it again")
    losses: list[str] = []
    cut: list[str] = []
    page = Page(1, 0.0, 0.0, source="flow")
    page.blocks = [*_heading(message)]
    parts: list[Part] = []
    for leaf in leaves:
        if _is_body(leaf):
            page.blocks += _body(leaf, name, losses, cut)
        elif (part := _part(leaf, len(parts) + 1)) is not None:
            parts.append(part)
    if parts := apart(parts):
        page.blocks.append(Block("paragraph", "Attachments: " + ", ".join(part.name for part in parts), locator={"part": "attachments"}))
    if not page.blocks:
        raise ParseError(f"{name} holds neither headers nor text", remedy="Save it again as .eml")
    document = Document(name, hashlib.sha256(data).hexdigest(), MEDIA_TYPE, len(data), [page], losses=losses, parts=parts)
    document.profile.title = _header(message, "Subject") or None
    if any(isinstance(defect, CloseBoundaryNotFoundDefect) for part in message.walk() for defect in part.defects):
        cut.append("the mail breaks off before the end of its parts: what followed is not in it")
    document.cut_short = next(iter(cut), "")
    return document


def _heading(message: Message) -> Iterator[Block]:
    locator = {"part": "headers"}
    if subject := _header(message, "Subject"):
        yield Block("heading", subject, level=1, locator=locator)
    lines = [f"{key}: {value}" for key in SHOWN if (value := _header(message, key))]
    if lines:
        yield Block("header", "\n".join(lines), locator=locator)


def _header(message: Message, key: str) -> str:
    """A header's text, encoded words decoded, on one line; unchanged where it cannot be decoded."""
    value = message.get(key)
    if value is None:
        return ""
    raw = str(value)
    try:
        text = str(make_header(decode_header(raw)))
    except (HeaderParseError, LookupError, UnicodeError, ValueError):
        text = raw
    if any("\udc80" <= character <= "\udcff" for character in text):  # bytes that were never declared
        text = decode(text.encode("utf-8", "surrogateescape"), key)[0]
    return " ".join(_FOLDED.sub(" ", text).split())


def _leaves(message: Message, depth: int = 0) -> Iterator[Message]:
    """The parts that are no containers; of alternatives the richest that can be read. Attached mails stay whole."""
    if depth > DEEPEST:
        raise ValueError(f"parts lie more than {DEEPEST} deep in one another")
    if message.get_content_type() == "message/rfc822" or not message.is_multipart():
        yield message
        return
    children: list[Any] = message.get_payload()  # type: ignore[assignment]
    if len(children) > MOST_LEAVES:
        raise ValueError(f"more than {MOST_LEAVES} parts")
    if message.get_content_type() == "multipart/alternative":
        children = [max(enumerate(children), key=lambda item: (_richness(item[1]), item[0]))[1]] if children else []
    for child in children:
        yield from _leaves(child, depth + 1)


def _richness(message: Message) -> int:
    """How much of a body's form an alternative keeps: HTML has its tables, plain text has none."""
    kinds = {part.get_content_type() for part in message.walk()}
    return 2 if "text/html" in kinds else 1 if "text/plain" in kinds else 0


def _is_body(leaf: Message) -> bool:
    return (
        leaf.get_content_type() in {"text/plain", "text/html"} and leaf.get_content_disposition() != "attachment" and not _file_name(leaf)
    )


def _body(leaf: Message, name: str, losses: list[str], cut: list[str]) -> Iterator[Block]:
    data = _payload(leaf)
    if not data.strip():
        return
    text = _decoded(leaf, data, name, losses)
    if leaf.get_content_type() == "text/html":
        try:
            read = parse_html(text.encode(), name)
        except ParseError as error:
            losses.append(f"the text in HTML was not read: {error.message}")
            return
        losses += read.losses
        cut += [read.cut_short] if read.cut_short else []
        blocks = [block for page in read.pages for block in page.blocks]
    else:
        blocks = list(read_blocks(text, 1, Outline(), markdown=False))
    for block in blocks:
        cells = [replace(cell, locator={"part": "body", **(cell.locator or {})}) for cell in block.cells]
        yield replace(block, locator={"part": "body", **(block.locator or {})}, cells=cells)


def _decoded(leaf: Message, data: bytes, name: str, losses: list[str]) -> str:
    """The text in the character set that the mail names, if it fits; else in the one that the bytes look like."""
    try:
        return data.decode(leaf.get_content_charset() or "ascii").replace("\r\n", "\n")
    except (LookupError, UnicodeDecodeError):
        text, lost = decode(data, name)
        losses += lost
        return text


def _payload(leaf: Message) -> bytes:
    data = leaf.get_payload(decode=True)
    return data if isinstance(data, bytes) else b""


def _part(leaf: Message, number: int) -> Part | None:
    """An attachment with its name; None for a logo."""
    kind = leaf.get_content_type()
    if kind == "message/rfc822":
        inner: Any = leaf.get_payload()
        mail = inner[0] if isinstance(inner, list) and inner else None
        if mail is None:
            return None
        subject = re.sub(r"[^\w .-]+", " ", _header(mail, "Subject")).strip(" .")[:80]
        name = _file_name(leaf) or f"{subject or f'mail {number}'}.eml"
        try:
            return Part(name, mail.as_bytes())
        except (UnicodeError, LookupError, ValueError, TypeError, AttributeError):
            return Part(name, b"", "is a damaged mail", "Save it by itself as .eml")
    data = _payload(leaf)
    inside = leaf.get_content_disposition() != "attachment" and leaf.get("Content-ID") is not None
    if not data or (kind.startswith("image/") and inside and len(data) <= SMALL_PICTURE):
        return None
    return Part(_file_name(leaf) or f"attachment {number}.{kind.rsplit('/', 1)[-1]}", data)


def _file_name(leaf: Message) -> str:
    """The last part of the name of an attachment, without what cannot be seen."""
    try:
        name = leaf.get_filename() or ""
        name = str(make_header(decode_header(name)))
    except (HeaderParseError, LookupError, UnicodeError, ValueError, TypeError):
        name = ""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    kept = "".join(character for character in last if character.isprintable()).strip()
    return "" if kept in {".", ".."} else kept[:200]
