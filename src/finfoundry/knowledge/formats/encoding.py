"""Bytes to text: UTF-8 first, then what the bytes look like (GBK and GB18030 are common in Chinese files)."""

from __future__ import annotations

import charset_normalizer

from finfoundry.core.errors import ParseError
from finfoundry.core.language import unified


def decode(data: bytes, name: str) -> tuple[str, list[str]]:
    """Return the text and what was lost on the way. Raises ParseError for binary or empty input."""
    if not data.strip():
        raise ParseError(f"{name} is empty", remedy="Check the export that wrote it.")
    for encoding in ("utf-8-sig", "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8"):
        try:
            return checked(data.decode(encoding), name), []
        except UnicodeDecodeError:
            continue
    try:
        return checked(data.decode("gb18030"), name), []
    except UnicodeDecodeError:
        guess = charset_normalizer.from_bytes(data[:200_000]).best()
    if guess is None:
        raise ParseError(f"{name} is not text in a known encoding", remedy="Save it as UTF-8.")
    text = data.decode(guess.encoding, errors="replace")
    return checked(text, name), [f"{text.count(chr(0xFFFD))} characters were not readable as {guess.encoding}"]


def checked(text: str, name: str) -> str:
    """The text with line ends of Unix, its characters under their usual codes. Raises ParseError for zero bytes, which no text has."""
    if text[:10_000].count("\x00") > 2:
        raise ParseError(f"{name} is a binary file, not text", remedy="Give it its proper file extension, or export it as text or PDF.")
    return unified(text.replace("\r\n", "\n").replace("\r", "\n"))
