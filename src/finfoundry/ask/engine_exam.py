"""Whether an engine finds answers among whole passages: an exam of a few questions whose answers are known, in the prompts of the product.

What an engine is asked does not go by its name: a server may serve any model under any name. One that reads a table by row and year, keeps
companies apart, computes what it is asked to, does not do what a source asks for, and says where nothing answers, is given more
(``ask/kinds/engine_reading.py``).
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources
from pathlib import Path

import yaml
from pydantic import TypeAdapter, ValidationError

from finfoundry.ask.kinds.engine_reading import asking
from finfoundry.ask.retrieve.passages import sent
from finfoundry.core.answer import Language
from finfoundry.core.protocols import Chat
from finfoundry.runtime.settings import Settings


@dataclass(frozen=True, slots=True)
class Task:
    """One question of the exam. ``holds``: groups of writings, of each of which the answer must have one; none: nothing answers it."""

    lang: Language
    sources: str
    question: str
    holds: Sequence[Sequence[str]]
    lacks: Sequence[str]


@dataclass(frozen=True, slots=True)
class Exam:
    """How an engine did: questions that it answered rightly, of how many, in how many seconds in all, with how many tokens written."""

    engine: str  # its address or kind, and the model that was asked for
    day: date
    right: int
    of: int
    seconds: float
    tokens: int
    failed: tuple[str, ...] = ()  # the questions that it did not answer rightly

    @property
    def strong(self) -> bool:
        """Whether it is given whole passages: it answered all."""
        return self.right == self.of


@cache
def tasks() -> Sequence[Task]:
    """The questions of the exam."""
    rows = yaml.safe_load(resources.files("finfoundry.ask").joinpath("data/engine_exam.yaml").read_text(encoding="utf-8"))
    return [Task(**row) for row in rows]


def examine(engine: Chat, name: str, deadline: float | None = None) -> Exam:
    """Ask an engine all questions of the exam. Raises EngineError and its kinds where it does not answer."""
    begun, tokens, failed = time.perf_counter(), 0, list[str]()
    for task in tasks():
        written = sent(engine, asking(task.lang, task.sources, task.question), deadline)
        tokens += written.completion.completion_tokens
        nothing = written.nothing
        holds = all(any(one in written.text for one in group) for group in task.holds) and not any(
            one in written.text for one in task.lacks
        )
        if nothing == bool(task.holds) or not (nothing or holds):
            failed.append(task.question)
    seconds = time.perf_counter() - begun
    return Exam(name, date.today(), len(tasks()) - len(failed), len(tasks()), round(seconds, 1), tokens, tuple(failed))


def named(settings: Settings) -> str:
    """What an exam is kept under: which engine the settings name, and which model of it."""
    return f"{settings.engine_name} {settings.model}"


def keep(settings: Settings, exam: Exam) -> None:
    """Keep an exam in the home, in the place of one of the same engine and model."""
    file = _file(settings)
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_suffix(".part")
    part.write_bytes(_EXAM.dump_json(exam, indent=1))
    part.replace(file)


def kept(settings: Settings) -> Exam | None:
    """The exam of the engine and model that the settings name; None where none was held, or it cannot be read: it is then held again."""
    try:
        return _EXAM.validate_json(_file(settings).read_bytes())
    except (OSError, ValidationError):
        return None


_EXAM = TypeAdapter(Exam)


def _file(settings: Settings) -> Path:
    return settings.home / "engines" / f"{hashlib.sha256(named(settings).encode()).hexdigest()[:16]}.json"
