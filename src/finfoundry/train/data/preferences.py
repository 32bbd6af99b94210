"""Preferences: of two answers to one conversation the better and the worse, as JSON lines. torch is not needed to read them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from finfoundry.core.errors import InputError
from finfoundry.core.tasks.fingerprints import pieces
from finfoundry.core.tasks.json_lines import numbered_lines

ROLES = ("system", "user", "assistant")
GRADED = "graded "  # begins the source of a row that was made of a graded run; the rest is its suite
Messages = tuple[dict[str, str], ...]  # each with role and content


@dataclass(frozen=True, slots=True)
class PreferenceRow:
    """``messages`` end with what was asked; ``chosen`` and ``rejected`` are answers to it, never equal. ``labels`` are those of the
    evidence: who may not read all of them learns nothing from the row.
    """

    messages: Messages
    chosen: str
    rejected: str
    source: str = ""  # where the pair comes from: feedback, graded, corrupted, or the name of a file
    licence: str = ""
    labels: tuple[str, ...] = ()

    @property
    def line(self) -> str:
        """The row as its file has it, with its line end."""
        return json.dumps(asdict(self), ensure_ascii=False) + "\n"


def pieces_asked(messages: Messages) -> tuple[str, ...]:
    """What users ask, whole and by its lines: a served prompt holds its question in one."""
    return tuple(piece for message in messages if message["role"] == "user" for piece in pieces(message["content"]))


def spent_suites(rows: Iterable[PreferenceRow]) -> list[str]:
    """Suites whose graded answers are learned from, on which nothing is reported any more."""
    return sorted({row.source.removeprefix(GRADED) for row in rows if row.source.startswith(GRADED)})


def read_preferences(path: Path) -> list[PreferenceRow]:
    """The rows of a file. Raises InputError naming the file and the line that is none."""
    return [row for _, row in numbered_preferences(path)]


def numbered_preferences(path: Path) -> Iterator[tuple[int, PreferenceRow]]:
    """The rows of a file, each with the number of its line. Raises InputError naming the file and the line that is none."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise InputError(f"the preferences {path} cannot be read: {error.strerror}", remedy="Make some: finfoundry preferences") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path} is not UTF-8: byte {error.start}", remedy="Convert the file") from error
    for number, line in numbered_lines(text):
        try:
            yield number, _row(json.loads(line))
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            told = f"it has no {error}" if isinstance(error, KeyError) else str(error)
            raise InputError(
                f"{path}: line {number} is no preference: {told}",
                remedy='Write {"messages": [{"role": "user", "content": …}], "chosen": …, "rejected": …}',
            ) from error


def _row(item: Any) -> PreferenceRow:
    if "messages" not in item and "prompt" in item:  # as TRL writes them
        item = item | {"messages": [{"role": "user", "content": item["prompt"]}]}
    messages = tuple({"role": _text(one, "role"), "content": _text(one, "content")} for one in item["messages"])
    check_messages(messages)
    row = PreferenceRow(
        messages, _text(item, "chosen"), _text(item, "rejected"), str(item.get("source", "")), str(item.get("licence", "")),
        tuple(map(str, item.get("labels", ()))),
    )  # fmt: skip
    if row.chosen.strip() == row.rejected.strip():
        raise ValueError("both sides are equal")
    return row


def check_messages(messages: Sequence[dict[str, str]]) -> None:
    """Raises ValueError for a conversation that does not end with something asked."""
    if strange := {message["role"] for message in messages} - set(ROLES):
        raise ValueError(f"there is no role {min(strange)!r}")
    if not messages or messages[-1]["role"] != "user":
        raise ValueError("messages must end with what a user asks")


def _text(item: dict[str, Any], key: str) -> str:
    value = item[key]
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"{key} is no text")
    return value
