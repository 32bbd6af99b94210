"""Many questions from a file: answers are written line by line, so that a run that was cut short goes on where it stopped."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Annotated

from pydantic import AliasChoices, BaseModel, ConfigDict, Field, ValidationError

from finfoundry.core.answer import Answer
from finfoundry.core.errors import FinfoundryError, InputError
from finfoundry.core.progress import Progress, Report, silent
from finfoundry.knowledge.shown.views import json_text

LINE = '{"question_id": …, "question": …}, and where they are wanted "collection", "as" (the user) and "conversation"'


class BatchLine(BaseModel):
    """``{"question_id", "question", "collection"?, "as"?, "conversation"?}``; ``id`` and ``user`` do as well. What else a line has is left
    alone: answers that are expected, say.
    """

    model_config = ConfigDict(extra="ignore", coerce_numbers_to_str=True)

    question_id: str = Field(validation_alias=AliasChoices("question_id", "id"))
    question: Annotated[str, Field(min_length=1)]
    collection: str | None = None
    user: str | None = Field(None, validation_alias=AliasChoices("as", "user"))
    conversation: str | None = None  # lines with the same one follow upon each other, in the order of the file


@dataclass(slots=True)
class BatchReport:
    """How a batch went. ``failed`` maps the id of a question that could not be answered at all to the reason."""

    questions: int = 0
    earlier: int = 0  # answered by a run before this one
    statuses: dict[str, int] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)


def run_batch(source: Path, target: Path, answer: Callable[[BatchLine], Answer], report: Report = silent) -> BatchReport:
    """Answer what ``target`` does not hold yet. Raises InputError for a file that cannot be read or written."""
    lines = list(read_lines(source))
    done = answered(target)
    result = BatchReport(len(lines), sum(line.question_id in done for line in lines))
    statuses: Counter[str] = Counter()
    try:
        with target.open("a", encoding="utf-8") as out:
            for number, line in enumerate(lines, 1):
                if line.question_id not in done:
                    try:
                        given = answer(line)
                    except FinfoundryError as error:
                        result.failed[line.question_id] = str(error)
                    else:
                        out.write(json_text(asdict(given) | {"question_id": line.question_id}, indent=None) + "\n")
                        out.flush()
                        statuses[given.status] += 1
                report(Progress("answering", number, len(lines), "questions", f"{statuses['answered']} answered"))
    except OSError as error:
        raise InputError(
            f"{target} cannot be written ({error.strerror})", remedy="Free space or choose another file, and run it again"
        ) from error
    result.statuses = dict(statuses)
    return result


def read_lines(source: Path) -> Iterator[BatchLine]:
    """The questions of a file, one a line; empty lines are left out. Raises InputError, which names a line that is none."""
    try:
        text = source.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{source} cannot be read ({error})", remedy="Give a file of JSON lines in UTF-8") from error
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            try:
                yield BatchLine.model_validate_json(line)
            except ValidationError as error:
                first = error.errors()[0]
                where = ".".join(map(str, first["loc"]))
                raise InputError(f"{source}, line {number}: {where} {first['msg']}", remedy=f"A line is {LINE}") from error


def answered(target: Path) -> set[str]:
    """The ids in a file of answers; empty where there is no file. A last line that a kill cut short is taken off, so that its question is
    asked again. Raises InputError where a line is no answer.
    """
    if not target.exists():
        return set()
    data = target.read_bytes()
    whole = data[: data.rfind(b"\n") + 1]
    if len(whole) < len(data):
        target.write_bytes(whole)
    try:
        return {str(json.loads(line)["question_id"]) for line in whole.splitlines() if line.strip()}
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(f"{target} holds something else than answers", remedy="Choose another file for --out") from error
