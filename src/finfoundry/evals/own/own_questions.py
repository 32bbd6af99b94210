"""Questions of an institution's own, with what is right, from a file that people write: JSON lines, CSV or a workbook.

One row a question: ``question``, then what is right: ``figures`` as people write them ("$1,241 million", "12.3%", "8.5倍"), ``words``
that the answer must have (forms of one word parted by "|"), or ``nothing`` where no paper answers. ``collection``, ``as`` (who asks) and
``kind`` are the asker's own. In a table several figures or words are parted by ";".
"""

from __future__ import annotations

import csv
import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

from pydantic import AliasChoices, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from finfoundry.core.errors import InputError, ParseError
from finfoundry.core.language import language_of
from finfoundry.core.quantities.numbers import find_numbers
from finfoundry.core.workbook import read_workbook
from finfoundry.evals.intervals import wilson
from finfoundry.evals.judging import TrueFigure, Truth, judge
from finfoundry.evals.judging.truth import Form
from finfoundry.evals.measures import MEASURES
from finfoundry.evals.numeric import asked_scale
from finfoundry.evals.result import Group
from finfoundry.evals.rows import Item, Judgement, Reply, Row
from finfoundry.evals.run import Suite

SUITE = "own-questions"
ENDINGS = ("right", "in part", "wrong", "no answer")
_REMEDY = 'Give each row "question", and "figures", "words" or "nothing": docs/evaluation.md has an example'


def _several(given: object) -> object:
    """Several values of one cell of a table."""
    if given is None:
        return ()
    return [part.strip() for part in given.split(";") if part.strip()] if isinstance(given, str) else given


def _said(given: object) -> object:
    """What a cell of a table says of "nothing"."""
    return given.strip().lower() in ("yes", "true", "1", "x", "是") if isinstance(given, str) else bool(given)


class OwnQuestion(BaseModel):
    """A row of the file. What else it has is left alone."""

    model_config = ConfigDict(extra="ignore", coerce_numbers_to_str=True)

    question: Annotated[str, Field(min_length=1)]
    id: str | None = None
    figures: Annotated[tuple[str, ...], BeforeValidator(_several)] = ()
    words: Annotated[tuple[str, ...], BeforeValidator(_several)] = ()
    nothing: Annotated[bool, BeforeValidator(_said)] = False
    collection: str | None = None
    user: str | None = Field(None, validation_alias=AliasChoices("as", "user"))
    kind: str | None = None


def suite_of(file: Path) -> Suite:
    """The questions of a file as a suite. Raises InputError, with the row, for what is no question with its truth."""
    items = [_item(question, number, file.name) for number, question in enumerate(_questions(file), 1)]
    if doubled := [id for id, times in Counter(item.id for item in items).items() if times > 1]:
        raise InputError(f"{file.name} has the id {doubled[0]} twice", remedy="Give each question an id of its own, or none")
    return replace(OF_FILE, about=f"Questions of {file.name}.", items=lambda _: items)


def _questions(file: Path) -> Iterator[OwnQuestion]:
    rows = _READERS.get(file.suffix.lower())
    if rows is None:
        raise InputError(f"{file.name} is no file of questions", remedy=f"Give one that ends in {', '.join(_READERS)}")
    try:
        for number, row in enumerate(rows(file), 1):
            try:
                yield OwnQuestion.model_validate({key: value for key, value in row.items() if value not in (None, "")})
            except ValidationError as error:
                raise InputError(f"row {number} of {file.name}: {error.errors()[0]['msg']}", remedy=_REMEDY) from error
    except OSError as error:
        raise InputError(f"{file} cannot be read: {error.strerror}", remedy="Name a file that is there") from error


def _lines(file: Path) -> Iterator[Mapping[str, Any]]:
    for number, line in enumerate(file.read_text(encoding="utf-8-sig").split("\n"), 1):
        if line.strip():
            try:
                row = json.loads(line)
            except ValueError as error:
                raise InputError(f"line {number} of {file.name} is no JSON", remedy=_REMEDY) from error
            if not isinstance(row, dict):
                raise InputError(f"line {number} of {file.name} is no object", remedy=_REMEDY)
            yield row


def _table(file: Path) -> Iterator[Mapping[str, Any]]:
    with file.open(encoding="utf-8-sig", newline="") as lines:
        yield from csv.DictReader(lines)


def _sheet(file: Path) -> Iterator[Mapping[str, Any]]:
    """The first sheet; its first row names the columns."""
    try:
        for sheet in read_workbook(file, file.name):
            rows = iter(sheet.values())
            names = [str(name).strip().lower() for name in next(rows, ())]
            told = ({name: None if cell is None else str(cell) for name, cell in zip(names, row, strict=False)} for row in rows)
            yield from (cells for cells in told if any(cells.values()))
            return
    except ParseError as error:
        raise InputError(f"{file.name} is no workbook that can be read", remedy="Save it as .xlsx again") from error


_READERS: Mapping[str, Callable[[Path], Iterator[Mapping[str, Any]]]] = {
    ".jsonl": _lines, ".csv": _table, ".xlsx": _sheet
}  # fmt: skip


def _item(asked: OwnQuestion, number: int, file: str) -> Item:
    where = f"row {number} of {file}"
    if asked.nothing == bool(asked.figures or asked.words):
        raise InputError(f"{where} says nothing of what is right, or that nothing is and what is", remedy=_REMEDY)
    figures = tuple(_figure(one, where) for one in asked.figures)
    words = tuple(tuple(form.strip() for form in one.split("|") if form.strip()) for one in asked.words)
    truth = None if asked.nothing else Truth(figures=figures, words=words, money_scale=asked_scale(asked.question))
    gold = "nothing answers it" if asked.nothing else "; ".join((*asked.figures, *asked.words))
    meta = {"truth": truth, "collection": asked.collection, "as": asked.user}
    return Item(asked.id or str(number), asked.question, gold, asked.kind or "", meta=meta)


def _figure(text: str, where: str) -> TrueFigure:
    """A figure as people write it; its last digit is how far it is known."""
    found = find_numbers(text)
    if len(found) != 1:
        raise InputError(f'{where}: "{text}" is not one figure', remedy='Write each with its unit, like "$1,241 million" or "12.3%"')
    number = found[0]
    form: Form = "points" if number.points else "percent" if number.percent else _FORMS.get(number.unit or "", "money")
    form = "per share" if (number.unit or "").endswith("/share") else form
    unit = number.unit if form == "money" and number.unit and len(number.unit) == 3 else None
    return TrueFigure(number.value, form=form, unit=unit, known=number.step, signless=number.value >= 0)


_FORMS: Mapping[str, Form] = {"ratio": "ratio", "shares": "shares", "count": "count", "days": "days"}


def score(item: Item, reply: Reply) -> Judgement:
    """By the strict judge: right, wrong, or *in part* where some of several things that are asked for are told and right."""
    truth: Truth | None = item.meta["truth"]
    if truth is None:
        told = reply.status == "answered"
        return Judgement("wrong", 0.0, "answered what nothing answers") if told else Judgement("correct", 1.0, reply.status)
    if reply.status != "answered":
        return Judgement(reply.status, 0.0, reply.reason or "")
    whole = judge(truth, item.question, reply.text)
    parts = [replace(truth, figures=(one,), words=()) for one in truth.figures] + [
        replace(truth, figures=(), words=(one,)) for one in truth.words
    ]
    met = sum(judge(part, item.question, reply.text).verdict == "correct" for part in parts) if len(parts) > 1 else 0
    return replace(whole, verdict="in part", value=met / len(parts)) if whole.verdict == "wrong" and met else whole


OF_FILE = Suite(
    SUITE, "Questions of an institution's own.", "own", lambda _: (), score,
    (MEASURES["correct"], MEASURES["wrong"], MEASURES["error"]), made=True,
)  # fmt: skip


def groups(rows: Sequence[Row], items: Iterable[Item]) -> list[Group]:
    """All questions, then by kind, language, collection and person, where there are several of these."""
    of = {item.id: item for item in items}
    found: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in rows:
        item = of[row.id]
        marks = {
            "kind": item.kind, "language": language_of(item.question), "collection": item.meta["collection"], "as": item.meta["as"]
        }  # fmt: skip
        for by, name in (("all", ""), *marks.items()):
            found[by, name or ""].append(row)
    several = Counter(by for by, _ in found)
    return [_group(by, name, some) for (by, name), some in sorted(found.items(), key=_order) if by == "all" or several[by] > 1]


def _order(one: tuple[tuple[str, str], list[Row]]) -> tuple[int, str]:
    return ("all", "kind", "language", "collection", "as").index(one[0][0]), one[0][1]


def _group(by: str, name: str, rows: Sequence[Row]) -> Group:
    ended = Counter(ending(row) for row in rows)
    return Group(by, name, len(rows), {one: wilson(ended[one], len(rows)) for one in ENDINGS})


def ending(row: Row) -> str:
    """How a question ended: right, in part, wrong, no answer."""
    return {"correct": "right", "wrong": "wrong", "in part": "in part"}.get(row.verdict, "no answer")
