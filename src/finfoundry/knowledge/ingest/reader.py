"""The program that reads files of strangers in a sandbox (``runtime.sandbox``). ``knowledge.ingest.workers`` is its other end."""

from __future__ import annotations

import importlib
import socket
import sys
from pathlib import Path
from typing import Any

import msgspec

from finfoundry.core.document import Parsed
from finfoundry.core.errors import ParseError
from finfoundry.core.plugins import plugins
from finfoundry.knowledge.bounds import BOUNDS, Bounds, refusal
from finfoundry.knowledge.ingest.certificate import THRESHOLD
from finfoundry.runtime import sandbox
from finfoundry.runtime.memory import uncollected

_LOADED_BEFORE = ("html", "office.docx", "office.sheets", "pdf", "text")


class ReadTask(msgspec.Struct, frozen=True):
    """One file to read: its bytes are in a handle that comes with it. ``seconds`` and ``memory`` are limits of the process."""

    name: str
    seconds: int
    memory: int
    written: int
    threshold: float = THRESHOLD
    bounds: Bounds = BOUNDS


class ReadOutcome(msgspec.Struct, frozen=True):
    """What became of it: the document, or why there is none."""

    parsed: Parsed | None
    error: str = ""
    remedy: str | None = None


def _plain(value: Any) -> Any:
    """numpy's numbers as Python's."""
    return value.item()


encoder = msgspec.msgpack.Encoder(enc_hook=_plain)
decoder = msgspec.msgpack.Decoder(ReadOutcome)


def serve(channel: socket.socket) -> None:
    """One file after another until the channel closes."""
    load()
    sandbox.serve(channel, ReadTask, read)


def load() -> None:
    """Import the parsers, those of other packages too, and what they read once, so that each copy has them."""
    plugins("formats")
    for name in _LOADED_BEFORE:
        importlib.import_module(f"finfoundry.knowledge.formats.{name}")
    from finfoundry.knowledge.ingest.parse_file import parse

    parse("# 附注\n\n| 项目（万元） | 2024年 |\n|---|---|\n| 营业收入 | 1,000 |\n\nRevenue was $12 million in 2024.\n".encode(), "first.md")


def read(task: ReadTask, data: bytes) -> bytes:
    """Parse one file in a copy of the process; the outcome encoded."""
    with uncollected():
        return _encoded(task, found(task, data))


def found(task: ReadTask, data: bytes) -> ReadOutcome:
    """Parse one file. Whatever a parser raises becomes this file's message and remedy, and never ends the batch."""
    from finfoundry.knowledge.ingest.parse_file import parse

    try:
        return ReadOutcome(parse(data, task.name, threshold=task.threshold, bounds=task.bounds, ocr_seconds=task.seconds / 2))
    except ParseError as error:
        return ReadOutcome(None, error.message, error.remedy)
    except MemoryError:
        return _failed(refusal(task.name, "needs more memory to be read", f"{task.memory / 2**20:,.0f} MiB", "parse_memory"))
    except RecursionError:
        return ReadOutcome(None, f"{task.name} nests its parts too deeply", "Export it again in a plain form")
    except Exception as error:  # noqa: BLE001  any exception of a parser fails this file only, with its place in the code
        message = f"{task.name} could not be parsed ({type(error).__name__} at {_place(error)}: {error})"
        return ReadOutcome(None, message[:1000], "Please report it with the file")


def _encoded(task: ReadTask, found: ReadOutcome) -> bytes:
    try:
        return encoder.encode(found)
    except (ValueError, TypeError, MemoryError) as error:
        return encoder.encode(ReadOutcome(None, f"{task.name} holds what cannot be stored ({type(error).__name__})", "Export it again"))


def _failed(error: ParseError) -> ReadOutcome:
    return ReadOutcome(None, error.message, error.remedy)


def _place(error: Exception) -> str:
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}" if trace is not None else "an unknown place"


if __name__ == "__main__":
    serve(socket.socket(fileno=int(sys.argv[1])))
