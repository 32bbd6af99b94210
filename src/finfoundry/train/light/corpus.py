"""Texts of an institution from files as they lie: what its models will read."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from importlib import resources
from pathlib import Path
from typing import Any

import yaml

from finfoundry.core.errors import InputError
from finfoundry.core.tasks.json_lines import numbered_lines

READ = (".txt", ".md", ".csv", ".tsv", ".yaml", ".json", ".jsonl")
OWN = (  # where the product's prompts and sentences lie
    "core/data", "core/tasks/files", "ask/data", "summaries/data",
    *(f"usecases/{room}/data" for room in ("chains", "narratives", "readers")),
)  # fmt: skip
BLOCK = 400  # letters


def texts_of(paths: Iterable[Path]) -> Iterator[str]:
    """Texts of the files with their line ends, of folders those of files of a known kind; of JSON its texts, each by itself. A long one
    comes in blocks of whole lines. Raises InputError naming what cannot be read.
    """
    for path in paths:
        if not path.exists():
            raise InputError(f"there is no {path}", remedy="Name files, or folders with files, by --corpus")
        found = sorted(one for one in path.rglob("*") if one.suffix in READ and one.is_file()) if path.is_dir() else [path]
        if not found:
            raise InputError(f"{path} holds none of {', '.join(READ)}", remedy="`finfoundry corpus` writes documents of the store as text")
        for file in found:
            yield from _texts(file)


def own_texts() -> Iterator[str]:
    """What the product itself writes into prompts and answers."""
    for folder in OWN:
        for file in resources.files("finfoundry").joinpath(folder).iterdir():
            if file.name.endswith((".yaml", ".jsonl")):
                text = file.read_text("utf-8")
                yield from blocks_of(text)
                values = [yaml.safe_load(text)] if file.name.endswith(".yaml") else (json.loads(line) for _, line in numbered_lines(text))
                for value in values:
                    yield from _strings(value)  # a prompt without the indents that it has in its file


def _texts(file: Path) -> Iterator[str]:
    try:
        text = file.read_bytes().decode("utf-8-sig")
        if file.suffix == ".json":
            yield from _strings(json.loads(text))
        elif file.suffix == ".jsonl":
            for _, line in numbered_lines(text):
                yield from _strings(json.loads(line))
        else:
            yield from blocks_of(text)
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
        raise InputError(
            f"{file} cannot be read as {file.suffix} in UTF-8 ({error})", remedy="Convert the file, or leave it out"
        ) from error


def blocks_of(text: str) -> Iterator[str]:
    """The text in blocks of about BLOCK letters. None begins with white space, so that line ends in a row stay together."""
    block, size = list[str](), 0
    for line in text.splitlines(keepends=True):
        if size >= BLOCK and not line[0].isspace():
            yield "".join(block)
            block, size = [], 0
        block.append(line)
        size += len(line)
    if size:
        yield "".join(block)


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield from blocks_of(value)
    elif isinstance(value, list):
        for one in value:
            yield from _strings(one)
    elif isinstance(value, dict):
        for key, one in value.items():
            yield key
            yield from _strings(one)
