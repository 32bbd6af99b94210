"""Logs without content: what happened, where, and how long it took, but not what was said; never a secret.

A text argument that is more than one word becomes its length, a text in a foreign exception or in one about somebody's input is left
out, and what looks like a credential is starred wherever it occurs. Content belongs into the audit, where it is encrypted and can be
erased.
"""

from __future__ import annotations

import logging
import re
import sys
import time
import traceback
from collections.abc import Mapping
from typing import Any, TextIO

from finfoundry.core.errors import EngineError, IntegrityError, ModelError, SettingsError, StoreError

_WORD = re.compile(r"[\w./:@+-]{1,80}", re.ASCII)
_ABOUT_US = (SettingsError, ModelError, EngineError, StoreError, IntegrityError)  # their messages are about the machine, not the input
_NAMES = r"[\w-]*(?:password|passwd|pwd|secret|token|api[_-]?key|authorization)"
_VALUE = r"""\"[^"]*"|'[^']*'|[^\s,;}]+"""
_SECRETS = (
    (re.compile(r"(://[^\s:/@]*:)[^\s/@]+(@)"), r"\1***\2"),
    (re.compile(r"\b(bearer|basic)\s+[\w.~+/=-]{6,}", re.IGNORECASE), r"\1 ***"),
    (re.compile(rf"""\b({_NAMES})(["']?\s*[=:]\s*)(?:{_VALUE})""", re.IGNORECASE), r"\1\2***"),
    (re.compile(r"\b(sk|hf|ghp|xox[bp])[-_][A-Za-z0-9_-]{12,}"), r"\1-***"),
    (re.compile(r"-----BEGIN ([A-Z ]*)PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)", re.DOTALL), r"\1PRIVATE KEY ***"),
)


def configure(stream: TextIO | None = None, *, content: bool = False) -> None:
    """Send all logs to ``stream`` (standard error), one line each, times in UTC. ``content`` keeps texts, for a developer's own data."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(Formatter(content=content))
    root = logging.getLogger()
    for old in [old for old in root.handlers if isinstance(old.formatter, Formatter)]:
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    for chatty in ("httpx", "httpcore", "psycopg", "urllib3"):  # they log addresses, queries, hosts
        logging.getLogger(chatty).setLevel(logging.WARNING)


def redact(text: str) -> str:
    """The text with credentials starred: in URLs, headers, settings, well-known forms of keys."""
    for pattern, replacement in _SECRETS:
        text = pattern.sub(replacement, text)
    return text


class Formatter(logging.Formatter):
    """One line a record; further lines only for a stack."""

    def __init__(self, *, content: bool = False) -> None:
        super().__init__("%(asctime)s.%(msecs)03dZ %(levelname)s %(name)s: %(message)s", "%Y-%m-%dT%H:%M:%S")
        self.converter = time.gmtime
        self._content = content

    def format(self, record: logging.LogRecord) -> str:
        if self._content:
            return redact(super().format(record))
        bare = logging.makeLogRecord(record.__dict__)
        bare.args = _without_text(record.args)
        bare.exc_text = None  # another handler may have left the full text there
        return redact(super().format(bare))

    def formatException(self, ei: Any) -> str:  # noqa: N802  the name is logging's
        """The stack by places, without the messages, which may quote a document."""
        _, error, trace = ei
        if self._content:
            return "".join(traceback.format_exception(error))
        places = [f"  {frame.filename}:{frame.lineno} in {frame.name}" for frame in traceback.extract_tb(trace)]
        return "\n".join([*places, str(_safe(error))])


def _without_text(args: tuple[object, ...] | Mapping[str, object] | None) -> tuple[object, ...] | Mapping[str, object] | None:
    if isinstance(args, Mapping):
        return {name: _safe(value) for name, value in args.items()}
    return args and tuple(_safe(value) for value in args)


def _safe(value: object) -> object:
    """Numbers and single words as they are, errors by their kind, texts and all else by their size."""
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, BaseException):
        return f"{type(value).__name__}: {value}" if isinstance(value, _ABOUT_US) else type(value).__name__
    if isinstance(value, str):
        return value if _WORD.fullmatch(value) else f"<{len(value)} characters>"
    return f"<{type(value).__name__}>"
