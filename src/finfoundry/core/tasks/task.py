"""What a task is: where its rows lie, how a row is asked, what an answer may be, and which metric says how good it was.

A task is one YAML file: those in ``files`` by name, an institution's own by path. An answer is always a text, as a model writes it;
``Task.read`` turns it, a reference or a prediction, into labels or entities, or into None where it has not the form asked for.
"""

from __future__ import annotations

import re
import string
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from finfoundry.core.errors import InputError
from finfoundry.core.protocols import Message

Kind = Literal["choice", "choices", "list", "entities", "text", "score", "match"]
Split = Literal["train", "dev", "test"]
Metric = Literal[
    "accuracy",
    "macro_f1",
    "micro_f1",
    "set_f1",
    "entity_f1",
    "exact_match",
    "char_rouge_l",
    "rouge_l",
    "tatqa_f1",
    "tatqa_em",
    "number",
    "mean",
]
SHIPPED = files("finfoundry.core.tasks") / "files"
SEPARATORS = re.compile(r"[;；,，、\s]+")
TRAILING = " \t\r\n。．.，,;；:：!！\"'“”‘’`*"


@dataclass(frozen=True, slots=True)
class TaskRow:
    """One labelled example. ``group`` names what rows may share (a text, a page): rows of one group are never split."""

    id: str
    fields: dict[str, str]
    target: str
    group: str
    meta: dict[str, Any] = field(default_factory=dict)  # what a metric needs beyond the text of the answer

    @property
    def about(self) -> str:
        """What it is about: its longest field, since the others (an entity, a question) are shared by many; of texts that are set against
        others, which may be long and shared, the first.
        """
        return str(self.meta.get("about") or max(self.fields.values(), key=len))


@dataclass(frozen=True, slots=True, order=True)
class EntitySpan:
    """An entity in a text: characters ``start`` to ``end`` (exclusive)."""

    start: int
    end: int
    label: str


class _Closed(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class TaskSource(_Closed):
    """Where the rows lie, relative to the data folder, and who reads them. A path may be a pattern."""

    paths: list[str] = Field(min_length=1)
    reader: Literal[
        "records", "table", "entity_sentiment", "aspects", "headline_moves", "aspect_moves", "tokens", "characters", "spans", "tatqa",
        "exam",
    ] = "records"  # fmt: skip
    columns: list[str] = []  # names of positions, for records that are lists; of a table those that are told
    part: dict[str, str] = {}  # field -> pattern whose named groups become fields


class Task(_Closed):
    """A task as its file states it."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$")
    title: str
    language: Literal["zh", "en"]
    licence: str  # an SPDX name where the owner states one, else none-stated or research
    source: TaskSource
    target: str = "target"  # the column with the reference
    kind: Kind
    labels: dict[str, str] = {}  # as the source writes them -> as an answer does
    none: str = ""  # the answer where there is nothing to name
    templates: list[str] = Field(min_length=1)
    match_template: str = "{target}"  # of kind match: how the text that belongs to a row, and those that only seem to, are written
    metrics: list[Metric] = Field(min_length=1)  # the first is the headline
    group: str = "text"  # the field that keeps rows together when the data are split
    split: tuple[float, float, float] = (0.8, 0.1, 0.1)  # shares of train, dev, test
    split_column: str = ""  # the column that says train, dev or test, where the part of a row is given and no share
    skip_unknown: bool = False  # rows with a label that is not in ``labels`` are left out, counted, instead of refused
    max_tokens: int = 32
    stop: list[str] = []  # what ends an answer, of kind text

    @model_validator(mode="after")
    def _whole(self) -> Task:
        if (self.kind in ("choice", "choices", "entities")) != bool(self.labels):
            raise ValueError(f"a task of kind {self.kind} {'has no labels' if self.labels else 'needs labels'}")
        if abs(sum(self.split) - 1) > 1e-9 or min(self.split) < 0:
            raise ValueError("the shares of split must be positive and add up to 1")
        if len(set(self.labels.values())) != len(self.labels):
            raise ValueError("two labels have one word")
        return self

    @property
    def words(self) -> tuple[str, ...]:
        """The labels as an answer writes them."""
        return tuple(self.labels.values())

    def prompt(self, row: TaskRow, template: int = 0) -> str:
        """The question about one row. Raises InputError when the template asks for a field that the row has not."""
        try:
            return self.templates[template].format_map(row.fields)
        except (KeyError, IndexError) as error:
            raise InputError(f"template {template} of task {self.name} does not fit row {row.id}: {error}") from error

    def texts(self, row: TaskRow) -> tuple[str, ...]:
        """The fields of a row that the first template asks for, in its order: what a reader without instructions is given. Of kind match
        the text as the template writes it, then those that only seem to belong to it.
        """
        if self.kind == "match":
            return (self.prompt(row), *row.meta["negatives"])
        return tuple(row.fields[name] for name in self.asked if name in row.fields)

    @property
    def asked(self) -> tuple[str, ...]:
        """The names of the fields that the first template asks for."""
        return tuple(dict.fromkeys(name for _, name, _, _ in string.Formatter().parse(self.templates[0]) if name))

    def matched(self, text: str) -> str:
        """A text that belongs to a row, or only seems to, as it is embedded."""
        return self.match_template.format(target=text)

    def messages(self, row: TaskRow, examples: tuple[TaskRow, ...] = (), template: int = 0) -> tuple[Message, ...]:
        """The conversation that ends with the question; ``examples`` are answered before it."""
        shown = [message for one in examples for message in (Message("user", self.prompt(one, template)), Message("assistant", one.target))]
        return (*shown, Message("user", self.prompt(row, template)))

    def read(self, answer: str, text: str = "") -> str | tuple[str, ...] | tuple[EntitySpan, ...] | None:
        """The labels of an answer, its items, its entities in ``text``, or the text itself; None for another form than asked for."""
        plain = answer.strip().strip(TRAILING)
        if self.kind in ("text", "match"):
            return answer.strip()
        if self.kind == "score":
            return plain if score_of(plain) is not None else None
        if self.kind == "choice":
            return self._word(plain)
        if self.none and plain.casefold() == self.none.casefold():
            return ()
        if self.kind == "entities":
            return self._entities(answer, text)
        items = [item for item in SEPARATORS.split(plain) if item] if self.kind == "choices" else re.split(r"[;；\n]+", plain)
        if self.kind == "list":
            return tuple(dict.fromkeys(item.strip() for item in items if item.strip()))
        known = [self._word(item) for item in items]
        return tuple(sorted({word for word in known if word})) if known and all(known) else None

    def _word(self, plain: str) -> str | None:
        return next((word for word in self.words if word.casefold() == plain.casefold()), None)

    def _entities(self, answer: str, text: str) -> tuple[EntitySpan, ...] | None:
        """Spans from lines "type: words"; a name given twice is looked for twice in the text. None where a line is not of that form."""
        found: list[EntitySpan] = []
        place: dict[str, int] = {}
        for line in filter(None, map(str.strip, answer.splitlines())):
            label, _, name = line.replace("：", ":", 1).partition(":")
            word, name = self._word(label.strip()), name.strip()
            if word is None or not name:
                return None
            start = text.find(name, place.get(name, 0))
            place[name] = start + 1 if start >= 0 else place.get(name, 0)
            found.append(
                EntitySpan(start, start + len(name), word) if start >= 0 else EntitySpan(-1 - len(found), -1, word)
            )  # not in the text: wrong
        return tuple(found)


def score_of(text: str) -> float | None:
    """A number from 0 to 1; None for anything else."""
    try:
        found = float(text)
    except ValueError:
        return None
    return found if 0 <= found <= 1 else None


def task_names() -> list[str]:
    """The tasks that are shipped."""
    return sorted(file.name.removesuffix(".yaml") for file in SHIPPED.iterdir() if file.name.endswith(".yaml"))


def load_task(name: str | Path) -> Task:
    """A shipped task by name, another by the path of its file; NAME@1 asks by its second template. Raises InputError."""
    plain, _, number = str(name).partition("@")
    if number:
        task = load_task(plain)
        if not number.isdecimal() or int(number) >= len(task.templates):
            raise InputError(f"task {plain} has no template {number}", remedy=f"It has 0 to {len(task.templates) - 1}")
        return task.model_copy(update={"templates": [task.templates[int(number)]]})
    path = Path(name) if str(name).endswith((".yaml", ".yml")) else None
    if path is None and str(name) not in task_names():
        raise InputError(f"there is no task {name}", remedy=f"Shipped are: {', '.join(task_names())}; or give the path of a YAML file")
    try:
        text = (path or SHIPPED / f"{name}.yaml").read_text(encoding="utf-8")
        return Task.model_validate(yaml.safe_load(text))
    except OSError as error:
        raise InputError(f"the task file {name} cannot be read: {error.strerror}") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise InputError(f"the task file {name} is not YAML in UTF-8: {error}") from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "the task"
        raise InputError(f"the task file {name} is wrong at {place}: {first['msg']}") from error
