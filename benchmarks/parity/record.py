"""Every question asked, and what of its answer is kept: one line of JSON each, written as it comes."""

from __future__ import annotations

import json
import os
import pickle
import re
import subprocess
import tempfile
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cache, partial
from pathlib import Path
from typing import Any, Literal
from unittest.mock import patch

from finfoundry import machine
from finfoundry.app import App, open_app
from finfoundry.ask.asker import Agent
from finfoundry.ask.context.question import Conversation
from finfoundry.core.answer import Answer, Citation, Figure
from finfoundry.core.principal import ADMINISTRATOR
from finfoundry.knowledge.datasets.columns import DatasetReading
from finfoundry.knowledge.ingest.parse_file import parse
from finfoundry.runtime.settings import Settings
from finfoundry.runtime.supervisor import Supervisor
from parity.bank import HOME, KEPT, MEMORY, PAPERS, STORES, TABLES, Question
from parity.doors import KeptEmbedder, Scores, Watch, keep

Readers = Literal["none", "shipped"]
Row = dict[str, Any]
MADE, WHOLE = "parity-home", "whole"
PROFILED = 50  # of every so many questions the files that they enter are counted
OFF = {"reader": "off", "scorer": "off", "figure_scorer": "off", "state_reader": "off", "concept_reader": "off"}
EN_MONTHS = [date(2000, number, 1).strftime("%B") for number in range(1, 13)]


@dataclass(slots=True)
class Answerer:
    """Asks questions over the stores of a bank by the code that is imported; ``home`` None: those alone that need none."""

    bank: Path
    readers: Readers
    watch: Watch
    scores: Scores | None
    app: App | None
    given: Callable[[str], Any] = field(init=False)
    memory: Callable[[str], Agent] = field(init=False)

    def __post_init__(self) -> None:
        self.memory = cache(self._memory)
        self.given = cache(self._given)

    def _equipped(self, agent: Agent) -> Agent:
        """With the readers of the home, where these are asked."""
        if self.app is not None and self.readers == "shipped":
            own = self.app.agent
            agent.reader, agent.scorer, agent.figures, agent.states, agent.concepts = (
                own.reader, own.scorer, own.figures, own.states, own.concepts,
            )  # fmt: skip
        return agent

    def _memory(self, digest: str) -> Agent:
        store, search = pickle.loads((self.bank / STORES / f"{digest}.pickle").read_bytes())
        return self._equipped(Agent(None, store, search))

    def _given(self, place: str) -> Agent:
        from tests.ask.memory import MemorySearch, MemoryStore  # here: they are the code's that is asked

        papers = [parse((self.bank / PAPERS / name).read_bytes(), Path(name).name) for name in place.split("|")]
        return self._equipped(Agent(None, MemoryStore(), MemorySearch())).over(papers)

    def asker(self, question: Question) -> Callable[[str], Answer]:
        """What answers the turns of one question."""
        if question.over == HOME:
            assert self.app is not None
            talk = f"parity-{uuid.uuid4()}" if question.talks else None
            return partial(self.app.ask, ADMINISTRATOR, collection=question.place, conversation=talk)
        agent = self.memory(question.place) if question.over == MEMORY else self.given(question.place)
        conversation = Conversation() if question.talks else None
        return lambda text: agent.ask(ADMINISTRATOR, text, conversation=conversation)[0]

    def rows(self, question: Question, *, profiled: bool) -> Iterator[Row]:
        """A row for each turn; an answer that does not come is one, too."""
        ask = self.asker(question)
        for number, text in enumerate(question.turns):
            name = question.id if len(question.turns) == 1 else f"{question.id}#{number}"
            row: Row = {"suite": question.suite, "id": name, "question": text}
            self.watch.begin()
            began, worked = time.perf_counter(), time.process_time()
            with self.watch.entered(profiled) as files:
                try:
                    row |= kept(ask(text))
                except Exception as error:  # noqa: BLE001  an answer path under work may raise anything
                    row |= {"status": "error", "text": re.sub(r"0x[0-9a-f]+", "", f"{type(error).__name__}: {error}")[:300]}
            row |= {"seconds": round(time.perf_counter() - began, 4), "processor": round(time.process_time() - worked, 4)}
            yield row | self._seen() | ({"files": sorted(files)} if profiled else {})

    def _seen(self) -> Row:
        seen = self.watch.now
        steps = getattr(seen.trace, "steps", ())
        sources = [str(getattr(step.content, "source", "")) for step in steps if step.kind == "plan"]
        kind = seen.tried[-1] if seen.answered and seen.answered[-1] else "none"
        return {"kind": kind, "plan": sources[-1] if sources else "", "tried": seen.tried, "asked": dict(sorted(seen.asked.items()))}


# --- what is kept of an answer ----------------------------------------------------------------------------------------------------------


def kept(answer: Answer) -> Row:
    """What must stay the same: no number that is given anew each time, no day of today."""
    cells = sorted({cell for figure in answer.figures for cell in _cells(figure, answer.citations)})
    return {
        "status": answer.status,
        "language": answer.language,
        "reason": answer.reason,
        "text": undated(answer.text),
        "values": sorted([_exact(one.value), one.unit or "", one.period or "", one.source] for one in answer.figures),
        "cells": cells,
        "cited": sorted({_place(one) for one in answer.citations}),
        "nearest": [_place(one) for one in answer.nearest],
        "options": list(answer.options),
        "warnings": [undated(one) for one in answer.warnings],
    }


def _exact(value: str) -> str:
    """One writing for one number."""
    return f"{Decimal(value).normalize():f}"


def _cells(figure: Figure, citations: Sequence[Citation]) -> Iterator[str]:
    """The places of a figure, or of all that it was computed of."""
    for operand in (figure.reference.operands or {}).values():
        yield from _cells(operand, citations)
    cited = next((one for one in citations if one.marker == figure.reference.citation), None)
    if cited is not None:
        yield f"{_place(cited)} = {figure.reference.text}"
    elif figure.source == "sql":
        yield f"{figure.reference.row} {figure.reference.column} = {figure.text}"


def _place(citation: Citation) -> str:
    """Document, page, and where on it: a box in points, or the sheet, table, row and column."""
    where = " ".join(f"{one:.0f}" for one in citation.box) if citation.box else json.dumps(citation.locator, sort_keys=True, default=str)
    return f"{citation.document.name} p. {citation.page} [{where}]"


def undated(text: str) -> str:
    """A text without the day on which it was written."""
    day = date.today()
    month = EN_MONTHS[day.month - 1]
    forms = (day.isoformat(), f"{day.year}年{day.month}月{day.day}日", f"{day.day} {month} {day.year}", f"{month} {day.day}, {day.year}")
    for form in forms:
        text = text.replace(form, "TODAY")
    return text


# --- homes ------------------------------------------------------------------------------------------------------------------------------


def settings_of(home: Path, readers: Readers) -> Settings:
    """Of a home that is asked without an engine. Those of the environment do not count."""
    for name in [name for name in os.environ if name.startswith("FINFOUNDRY_")]:
        del os.environ[name]
    off = OFF if readers == "none" else {}
    return Settings(home=home, worker=False, engine="none", tagger="off", threads=1, **off)  # type: ignore[arg-type]


@contextmanager
def opened(home: Path, readers: Readers, scores: Scores | None, watch: Watch) -> Iterator[App]:
    """The product over a home, its models behind doors that keep what they tell."""
    usual = machine.embedder

    def embedder(settings: Settings) -> Any:
        model = usual(settings) if readers == "shipped" else None
        return KeptEmbedder(model, scores, watch) if model and scores else None

    with patch("finfoundry.app.embedder", embedder), open_app(settings_of(home, readers)) as app:
        if scores and readers == "shipped":
            keep(app.agent, scores, watch)
        yield app


def make_home(home: Path, bank: Path, readers: Readers, scores: Scores | None, models: Path | None) -> None:
    """Fill a home with the papers and tables of a bank, read one by one in their order (``threads`` is 1); nothing where that was done.
    Raises ValueError for one that cannot be read, and for a home that was not begun here.
    """
    mark = home / MADE
    if mark.exists() and mark.read_text("utf-8") == WHOLE:
        return
    if (home / "postgres").exists() and not mark.exists():
        raise ValueError(f"{home} is somebody's own: name a new folder, or ask questions by hand")
    home.mkdir(parents=True, exist_ok=True)
    mark.write_text("begun", "utf-8")
    if models is not None and not (home / "models").exists():
        (home / "models").symlink_to(models.resolve())
    with opened(home, readers, scores, Watch()) as app:
        for folder in sorted((bank / PAPERS).iterdir()):
            for found in app.ingest(ADMINISTRATOR, sorted(folder.iterdir()), collection=folder.name, wait=readers == "shipped"):
                if found.error:
                    raise ValueError(f"{found.path}: {found.error}")
        for folder in sorted((bank / TABLES).iterdir()):
            reading = DatasetReading(missing=("-1",), currency="CNY")
            app.import_tables(ADMINISTRATOR, sorted(folder.iterdir()), reading, collection=folder.name)
    mark.write_text(WHOLE, "utf-8")


@contextmanager
def home_for(
    questions: Sequence[Question], bank: Path | None, readers: Readers, home: Path | None, models: Path | None
) -> Iterator[Path | None]:
    """The home that is named, filled with the papers of a bank where it is not yet, else one that goes with the questions; None where they
    and the readers need none. What did not run in it before does not run after. Raises ValueError for somebody's own home with a bank.
    """
    if home is None and readers == "none" and not any(one.over == HOME for one in questions):
        yield None
        return
    with ExitStack() as stack:
        if home is None:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="ff-parity-", ignore_cleanup_errors=True)))
            folder.chmod(0o711)  # the server's own user passes through
            home = folder / "home"
        if not Supervisor(home).status():
            stack.callback(Supervisor(home).stop)
        if bank is not None:
            make_home(home, bank, readers, _scores(readers), models)
        yield home


def _scores(readers: Readers) -> Scores | None:
    return Scores(KEPT / "scores.sqlite") if readers == "shipped" else None


# --- the slice that is kept in the tree ---------------------------------------------------------------------------------------------------


def asked_here(questions: Sequence[Question], bank: Path) -> list[Row]:
    """The rows of questions that need no home, asked by rules in this process, with nothing that tells of the machine or the way."""
    answerer = Answerer(bank, "none", Watch(), None, None)
    way = {"kind", "plan", "tried", "asked", "seconds", "processor"}
    return [
        {key: value for key, value in row.items() if key not in way} | {"over": one.over, "place": one.place}
        for one in questions
        for row in answerer.rows(one, profiled=False)
    ]


# --- runs -------------------------------------------------------------------------------------------------------------------------------


def record(
    questions: Sequence[Question], out: Path, bank: Path, readers: Readers, home: Path | None, part: tuple[int, int] = (0, 1)
) -> None:
    """Ask one part of the questions, of those that OUT does not hold yet."""
    watch, scores = Watch(), _scores(readers)
    whole = rows_of(out)
    if whole:
        out.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in whole), "utf-8")  # without a line that was cut off
    done = {(row["suite"], row["id"].partition("#")[0]) for row in whole}
    mine = [(number, one) for number, one in enumerate(questions) if number % part[1] == part[0] and one.key not in done]
    with ExitStack() as stack:
        stack.enter_context(watch.installed())
        app = stack.enter_context(opened(home, readers, scores, watch)) if home else None
        answerer = Answerer(bank, readers, watch, scores, app)
        stack.enter_context(watch.looking())
        with out.open("a", encoding="utf-8") as file:
            for number, one in mine:
                lines = [json.dumps(row, ensure_ascii=False) + "\n" for row in answerer.rows(one, profiled=number % PROFILED == 0)]
                file.writelines(lines)
                file.flush()
    _keep_looks(out, watch.files)


def record_all(out: Path, command: Sequence[str], processes: int) -> list[Row]:
    """Ask all questions in several processes, each a part; the rows in the order of their keys. Raises ValueError where one failed."""
    parts = [out.with_name(f"{out.name}.part{number}") for number in range(processes)]
    running = [subprocess.Popen([*command, "--part", f"{number}/{processes}"]) for number in range(processes)]
    ended = [one.wait() for one in running]  # all of them, whatever one comes to
    if any(ended):
        raise ValueError(f"a part failed; {out} is not written: the same command goes on")
    rows = sorted((row for part in parts for row in rows_of(part)), key=lambda row: (row["suite"], row["id"]))
    looks: Counter[str] = sum((Counter(looks_of(part)) for part in parts), Counter())
    out.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")
    _keep_looks(out, looks)
    for part in parts:
        part.unlink()
        _looks(part).unlink(missing_ok=True)
    return rows


def rows_of(file: Path) -> list[Row]:
    """The rows of a file; a last line that was cut off is left out."""
    lines = file.read_text("utf-8").split("\n")[:-1] if file.exists() else []
    return [json.loads(line) for line in lines]


def _looks(file: Path) -> Path:
    return file.with_name(f"{file.name}.files")


def _keep_looks(file: Path, looks: Counter[str]) -> None:
    _looks(file).write_text(json.dumps(Counter(looks_of(file)) + looks if looks_of(file) else looks), "utf-8")


def looks_of(file: Path) -> dict[str, int]:
    """How often each file was found at work."""
    path = _looks(file)
    found: dict[str, int] = json.loads(path.read_text("utf-8")) if path.exists() else {}
    return found
