"""The program in which a server computes over what clients sent, and draws pages of stored files: in a sandbox
(``runtime.sandbox``), and at a low priority, so that lookups do not wait for it. ``server.sandbox.apart`` is its other end.
"""

from __future__ import annotations

import base64
import binascii
import os
import re
import socket
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import msgspec
from lxml import etree

from finfoundry.binding.evidence import Evidence
from finfoundry.binding.sources import from_parsed, from_text
from finfoundry.binding.verify import verify
from finfoundry.core.document import Box, Parsed
from finfoundry.core.errors import FinfoundryError, InputError, ParseError
from finfoundry.knowledge.bounds import Bounds
from finfoundry.knowledge.ingest import reader
from finfoundry.knowledge.ingest.bordered_page import BorderedFile, read_bordered
from finfoundry.knowledge.ingest.containers import read_whole
from finfoundry.knowledge.ingest.workers import ParseOutcome
from finfoundry.knowledge.shown.views import json_text
from finfoundry.runtime import sandbox
from finfoundry.server.sandbox.drawing import draw

NICE = 10  # about a tenth of what a process of the service gets where both want a core
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


class TextGiven(msgspec.Struct, frozen=True, tag="text"):
    text: str
    name: str
    entity: str | None = None


class FileGiven(msgspec.Struct, frozen=True, tag="file"):
    """``file`` is in base64."""

    file: str
    name: str


class StoredGiven(msgspec.Struct, frozen=True, tag="stored"):
    parsed: Parsed
    id: str


Given = TextGiven | FileGiven | StoredGiven


class CheckedAnswer(msgspec.Struct, frozen=True):
    """What is sent for a check."""

    answer: str
    question: str
    evidence: list[Given]


class CheckTask(msgspec.Struct, frozen=True, tag="check"):
    """Bind the figures of an answer; ``strict``: an answer with a sentence that nothing decides does not hold; ``warnings``: what the
    report says besides.
    """

    threshold: float
    bounds: Bounds
    strict: bool = False
    warnings: tuple[str, ...] = ()


class ReadTask(msgspec.Struct, frozen=True, tag="read"):
    """Read the papers that come with a question."""

    threshold: float
    bounds: Bounds


class Drawing(msgspec.Struct, frozen=True, tag="drawing"):
    """A page of a PDF or a picture, with places marked."""

    number: int
    scale: float
    strong: tuple[Box, ...]
    light: tuple[Box, ...]
    said: tuple[Box, ...] = ()


class BorderTask(msgspec.Struct, frozen=True, tag="border"):
    """Read a page of a stored file again, with borders of its tables."""


Work = CheckTask | ReadTask | BorderTask | Drawing


class SandboxedTask(msgspec.Struct, frozen=True):
    """Limits of the process, and what to do with what was sent: to check an answer, to read a page again, or to draw one of a file."""

    seconds: int
    memory: int
    written: int
    work: Work


class Done(msgspec.Struct, frozen=True):
    """What came of it: the outcome as it is sent to the client, or why there is none. ``bound`` and ``unbound``: figures."""

    outcome: bytes = b""
    bound: int = 0
    unbound: int = 0
    error: str = ""
    remedy: str | None = None
    memory: bool = False  # there was not enough of it


decoder = msgspec.msgpack.Decoder(Done)
papers = msgspec.msgpack.Decoder(list[Parsed])
_given = msgspec.msgpack.Decoder(CheckedAnswer)
_brought = msgspec.msgpack.Decoder(list[FileGiven])
_bordered = msgspec.msgpack.Decoder(BorderedFile)


def serve(channel: socket.socket) -> None:
    reader.load()
    # a figure that is not bound, one of Chinese, words alone: formulas, characters, word lists are read before any copy of the process
    verify("Revenue was $12 million in 2024, and 收入 $13 million.", ["| USD million | 2024 |\n|---|---|\n| Revenue 收入 | 12 |\n"])
    verify("The largest office is in 上海.", ["The office is in Boston."])
    os.nice(NICE)
    sandbox.serve(channel, SandboxedTask, work)


def work(task: SandboxedTask, data: bytes) -> bytes:
    """Do one task, in a copy of the process; the outcome in MessagePack."""
    return msgspec.msgpack.encode(_done(task, data))


def _done(task: SandboxedTask, data: bytes) -> Done:
    try:
        if isinstance(task.work, Drawing):
            return _drawn(task.work, data)
        if isinstance(task.work, BorderTask):
            return Done(reader.encoder.encode(read_bordered(_bordered.decode(data))))
        if isinstance(task.work, ReadTask):
            read = [one for given in _brought.decode(data) for one in _parsed(task, task.work, given)]
            return Done(msgspec.msgpack.encode(read))
        return _checked(task, task.work, _given.decode(data))
    except MemoryError:
        return Done(memory=True)
    except FinfoundryError as error:
        return Done(error=error.message, remedy=error.remedy)
    except RecursionError:
        return Done(error="What was sent nests its parts too deeply", remedy="Send it in a plainer form")


def _drawn(drawing: Drawing, data: bytes) -> Done:
    try:
        return Done(draw(data, drawing.number, drawing.strong, drawing.light, drawing.said, drawing.scale))
    except MemoryError:
        raise
    except Exception as error:  # whatever a stranger's file provokes: there is no picture
        raise InputError(f"Page {drawing.number} cannot be drawn", remedy="Only pages of PDFs have a picture") from error


def _checked(task: SandboxedTask, check: CheckTask, given: CheckedAnswer) -> Done:
    sources = [one for source in given.evidence for one in _read(task, check, source)]
    report = verify(given.answer, [one for source in sources for one in _evidence(*source)], given.question, strict=check.strict)
    report.warnings = list(check.warnings)
    return Done(json_text(report, indent=None).encode(), report.bound, report.unbound)


def _evidence(told: Parsed | Evidence, id: str | None) -> Sequence[Evidence]:
    return from_parsed(told, id) if isinstance(told, Parsed) else [told]


def _read(task: SandboxedTask, check: CheckTask, given: Given) -> Sequence[tuple[Parsed | Evidence, str | None]]:
    """What was given as it is read, with its id in the store."""
    if isinstance(given, TextGiven):
        return [(one, None) for one in _text(given)]
    if isinstance(given, StoredGiven):
        return [(given.parsed, given.id)]
    return [(parsed, None) for parsed in _parsed(task, check, given)]


def _parsed(task: SandboxedTask, check: CheckTask | ReadTask, given: FileGiven) -> list[Parsed]:
    try:
        data = base64.b64decode(given.file, validate=True)
    except (binascii.Error, ValueError) as error:
        raise InputError(f"The file {given.name!r} is not base64", remedy="Encode its bytes in base64") from error
    return read_whole(_Here(task, check), Path(given.name), data)


def _text(given: TextGiven) -> list[Evidence]:
    try:
        return from_text(_NOT_XML.sub(" ", given.text), given.name, given.entity)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError, RecursionError) as error:
        raise InputError(f"The evidence {given.name!r} cannot be read as text with tables", remedy="Give plain text or Markdown") from error


class _Here:
    """Reads files in this very process, which is in its sandbox already."""

    def __init__(self, task: SandboxedTask, check: CheckTask | ReadTask) -> None:
        self._task, self._check = task, check

    def parse_all(self, files: Iterable[tuple[Path, bytes]]) -> Iterator[ParseOutcome]:
        task, check = self._task, self._check
        for path, data in files:
            found = reader.found(reader.ReadTask(path.name, task.seconds, task.memory, task.written, check.threshold, check.bounds), data)
            yield ParseOutcome(path, data, found.parsed or ParseError(found.error, remedy=found.remedy), 0.0)


if __name__ == "__main__":
    serve(socket.socket(fileno=int(sys.argv[1])))
