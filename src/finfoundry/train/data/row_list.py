"""Which rows a model learned from, by their names and digests: from a model to its rows, and from a row to its models."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from finfoundry.core.errors import IntegrityError
from finfoundry.core.tasks.fingerprints import fingerprint
from finfoundry.train.data.material import Material

ROW_LIST = "data-rows.jsonl"


@dataclass(frozen=True, slots=True)
class LearnedRow:
    """``digest``: 16 hexadecimal digits of what the row is about, for comparison only; nothing of its text can be read from it."""

    row: str
    source: str
    digest: str


def rows_learned(material: Material) -> Iterator[LearnedRow]:
    """Each row, conversation, document and preference that is learned, in this order."""
    for source, lessons in material.lessons.items():
        yield from (LearnedRow(one.id, source, digest_of(one.about)) for one in lessons)
    for source, talks in material.conversations.items():
        yield from (LearnedRow(one.id, source, digest_of(" ".join((*one.asked, one.answer)))) for one in talks)
    for kind, documents in (("corpus", material.documents), ("replay", material.replay)):
        yield from (LearnedRow(one.id, kind, digest_of(one.text)) for one in documents)
    yield from (
        LearnedRow(name, "preferences", digest_of(str(row.messages[-1]["content"])))
        for name, row in zip(material.preference_ids, material.preferences, strict=False)
    )


def digest_of(text: str) -> str:
    """Of the text without spaces, letter case and width."""
    return f"{fingerprint(text).exact:016x}"


def write_row_list(path: Path, material: Material) -> None:
    """One JSON line a row."""
    path.write_text("".join(json.dumps(asdict(row), ensure_ascii=False) + "\n" for row in rows_learned(material)), "utf-8")


def read_row_list(folder: Path, digest: str = "") -> list[LearnedRow]:
    """The rows of a model, or those with a digest: other lines are not parsed. Raises IntegrityError where its folder lists none."""
    try:
        lines = (folder / ROW_LIST).read_text("utf-8").splitlines()
        return [LearnedRow(**json.loads(line)) for line in lines if digest in line]
    except (OSError, ValueError, TypeError) as error:
        raise IntegrityError(
            f"{folder} does not say which rows it learned ({error})", remedy="Train the model again: finfoundry train"
        ) from error
