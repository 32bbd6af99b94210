"""Plain documents for continued pretraining: files of a folder, lines of JSON, or what a reader of the store hands over."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from finfoundry.core.errors import InputError
from finfoundry.core.tasks.json_lines import numbered_lines


@dataclass(frozen=True, slots=True)
class CorpusDocument:
    id: str
    text: str


def files(folder: Path, patterns: list[str]) -> list[Path]:
    """Raises InputError when a pattern matches nothing."""
    found: list[Path] = []
    for pattern in patterns:
        matched = sorted(path for path in folder.glob(pattern) if path.is_file())
        if not matched:
            raise InputError(f"{folder} has no {pattern}", remedy="Give the folder that holds it with --data")
        found += matched
    return found


def documents(paths: list[Path], folder: Path) -> Iterator[CorpusDocument]:
    """Raises InputError naming the file, and the line, that cannot be read."""
    for path in paths:
        name = str(path.relative_to(folder))
        try:
            text = path.read_bytes().decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise InputError(f"{path} is not UTF-8: byte {error.start}", remedy="Convert the file, or leave it out") from error
        if path.suffix == ".jsonl":
            yield from _lines(name, text)
        elif text.strip():
            yield CorpusDocument(name, text)


def _lines(name: str, text: str) -> Iterator[CorpusDocument]:
    for number, line in numbered_lines(text):
        try:
            body = json.loads(line)["text"]
        except (json.JSONDecodeError, KeyError, TypeError) as error:
            raise InputError(f'{name}: line {number} is no JSON object with the key "text"') from error
        if body.strip():
            yield CorpusDocument(f"{name}:{number}", body)
