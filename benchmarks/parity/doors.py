"""The doors by which a question reaches models, kinds, files and the database: what passes is counted, and what a model tells of a text is
kept, so that it is asked once.

Models are reached through the protocols of ``core.protocols``; what they tell is kept row by row under the model's identity, the head and
the text, for what an encoder tells of one text wobbles in the last places with those that are read in the same batch.
"""

from __future__ import annotations

import importlib
import json
import pickle
import signal
import sqlite3
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import FrameType
from typing import Any
from unittest.mock import patch

import numpy as np
import psycopg
from numpy.typing import NDArray

from finfoundry.ask.asker import Agent
from finfoundry.core.answer import Language
from finfoundry.core.protocols import Embedder, FoundSpan, PairReader, Scale, TextReader
from parity.bank import SOURCE

registry: Any = None  # where there is a table of kinds; an answer path without one is asked all the same
for place in ("finfoundry.ask.kinds.registry", "finfoundry.ask.registry"):  # where it stood, and stands
    with suppress(ImportError):
        registry = importlib.import_module(place)
Floats = NDArray[np.float32]
EVERY = 0.005  # processor seconds between two looks at which file is at work


@dataclass(slots=True)
class Seen:
    """What was counted of one question."""

    asked: Counter[str] = field(default_factory=Counter)  # texts put to each door, known ones too
    tried: list[str] = field(default_factory=list)  # kinds, in their order
    answered: list[bool] = field(default_factory=list)  # which of them had an answer
    trace: Any = None
    depth: int = 0


class Watch:
    """Counts, for the question at hand, what passes the doors."""

    def __init__(self) -> None:
        self.now = Seen()
        self.files: Counter[str] = Counter()  # looks at which a file of finfoundry was at work
        self.asking = False

    def begin(self) -> None:
        self.now = Seen()

    @contextmanager
    def installed(self) -> Iterator[None]:
        """Stand at the doors of agent, kinds and database, within."""
        asked, executed = Agent.ask, psycopg.Cursor.execute

        def ask(agent: Agent, *given: Any, **named: Any) -> Any:
            answer, self.now.trace = asked(agent, *given, **named)
            return answer, self.now.trace

        def execute(cursor: Any, *given: Any, **named: Any) -> Any:
            self.now.asked["database"] += 1
            return executed(cursor, *given, **named)

        with ExitStack() as stack:
            stack.enter_context(patch.object(Agent, "ask", ask))
            stack.enter_context(patch.object(psycopg.Cursor, "execute", execute))
            if registry is not None:
                noted = tuple(replace(kind, answer=self._noting(kind.name, kind.answer)) for kind in registry.KINDS)
                stack.enter_context(patch.object(registry, "KINDS", noted))
            yield

    def _noting(self, name: str, answer: Callable[..., Any]) -> Callable[..., Any]:
        def noted(*given: Any) -> Any:
            seen = self.now
            if seen.depth:  # of a part of the question
                return answer(*given)
            seen.tried.append(name)
            seen.answered.append(False)
            seen.depth += 1
            try:
                told = answer(*given)
            finally:
                seen.depth -= 1
            seen.answered[-1] = told is not None
            return told

        return noted

    @contextmanager
    def entered(self, wanted: bool) -> Iterator[set[str]]:
        """The files of finfoundry in which a function is called within; none where it is not wanted, for it takes time."""
        found: set[str] = set()
        own = f"{SOURCE}/"

        def called(frame: FrameType, event: str, _: Any) -> None:
            if event == "call" and frame.f_code.co_filename.startswith(own):
                found.add(frame.f_code.co_filename.removeprefix(own))

        if wanted:
            sys.setprofile(called)
        self.asking = not wanted  # what is counted is slower
        try:
            yield found
        finally:
            self.asking = False
            if wanted:
                sys.setprofile(None)

    @contextmanager
    def looking(self) -> Iterator[None]:
        """Look every few milliseconds of the processor's time which file of finfoundry is at work."""
        own = f"{SOURCE}/"

        def look(_: int, frame: FrameType | None) -> None:
            while frame is not None and self.asking:
                if frame.f_code.co_filename.startswith(own):
                    self.files[frame.f_code.co_filename.removeprefix(own)] += 1
                    return
                frame = frame.f_back

        signal.signal(signal.SIGPROF, look)
        signal.setitimer(signal.ITIMER_PROF, EVERY, EVERY)
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)


# --- what models tell, kept -----------------------------------------------------------------------------------------------------------


class Scores:
    """What models told, by the model's identity, the head and the text."""

    def __init__(self, file: Path) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        self._kept = sqlite3.connect(file, isolation_level=None, timeout=120)
        self._kept.execute("PRAGMA journal_mode = WAL")
        self._kept.execute("PRAGMA synchronous = OFF")
        self._kept.execute("CREATE TABLE IF NOT EXISTS told (who TEXT, head TEXT, text TEXT, what BLOB, PRIMARY KEY (who, head, text))")
        self.new = 0  # texts that a model was asked of

    def rows(self, who: str, head: str, texts: Sequence[Any], ask: Callable[[list[Any]], Sequence[Any]]) -> list[Any]:
        """What is told of each text; of those that are not kept ``ask`` tells it."""
        keys = [json.dumps(text, ensure_ascii=False) for text in texts]
        found: dict[str, Any] = {}
        for key in dict.fromkeys(keys):
            held = self._kept.execute("SELECT what FROM told WHERE who = ? AND head = ? AND text = ?", (who, head, key)).fetchone()
            if held is not None:
                found[key] = pickle.loads(held[0])
        lacking = {key: text for key, text in zip(keys, texts, strict=True) if key not in found}
        if lacking:
            self.new += len(lacking)
            told = list(ask(list(lacking.values())))
            for key, what in zip(lacking, told, strict=True):
                found[key] = what
                self._kept.execute("INSERT OR IGNORE INTO told VALUES (?, ?, ?, ?)", (who, head, key, pickle.dumps(what)))
        return [found[key] for key in keys]


class KeptReader:
    """A reader of texts (``core.protocols.TextReader``) whose words are kept."""

    def __init__(self, reader: TextReader, scores: Scores, watch: Watch) -> None:
        self._reader, self._scores, self._watch = reader, scores, watch

    @property
    def identity(self) -> str:
        return self._reader.identity

    def labels_of(self, head: str) -> Sequence[str]:
        return self._reader.labels_of(head)

    def labels(self, head: str, texts: Sequence[Sequence[str]]) -> Floats:
        self._watch.now.asked["reader"] += len(texts)
        rows = self._scores.rows(self.identity, head, [list(text) for text in texts], lambda new: list(self._reader.labels(head, new)))
        return np.asarray(rows, np.float32)

    def spans(self, head: str, text: str) -> Sequence[FoundSpan]:
        self._watch.now.asked["reader"] += 1
        found: Sequence[FoundSpan] = self._scores.rows(self.identity, f"{head} spans", [text], lambda _: [self._reader.spans(head, text)])[
            0
        ]
        return found


class KeptPairs:
    """A scorer of pairs, or a reader of states (``core.protocols``), whose scores are kept."""

    def __init__(self, name: str, reader: PairReader, scores: Scores, watch: Watch) -> None:
        self._name, self._reader, self._scores, self._watch = name, reader, scores, watch

    @property
    def identity(self) -> str:
        return self._reader.identity

    def reads(self, head: str) -> bool:
        found: bool = self._reader.reads(head)  # type: ignore[attr-defined]
        return found

    def scores(self, head: str, texts: Sequence[Sequence[str]]) -> Floats:
        self._watch.now.asked[self._name] += len(texts)
        self._watch.now.asked[f"{self._name} runs"] += 1
        rows = self._scores.rows(self.identity, head, [list(text) for text in texts], lambda new: self._reader.scores(head, new).tolist())
        return np.asarray(rows, np.float32)


class KeptEmbedder:
    """An embedder (``core.protocols.Embedder``) whose vectors are kept."""

    def __init__(self, embedder: Embedder, scores: Scores, watch: Watch) -> None:
        self._embedder, self._scores, self._watch = embedder, scores, watch

    @property
    def model(self) -> str:
        return self._embedder.model

    @property
    def dimensions(self) -> int:
        return self._embedder.dimensions

    @property
    def languages(self) -> tuple[Language | None, ...]:
        return self._embedder.languages

    def passages(self, texts: Sequence[str], language: Language | None = None) -> Floats:
        self._watch.now.asked["embedder"] += len(texts)
        if not texts:
            return self._embedder.passages(texts, language)
        rows = self._scores.rows(self.model, f"passage {language}", list(texts), lambda new: list(self._embedder.passages(new, language)))
        return np.asarray(rows, np.float32)

    def query(self, text: str, language: Language | None = None) -> Floats:
        self._watch.now.asked["embedder"] += 1
        return np.asarray(self._scores.rows(self.model, f"query {language}", [text], lambda _: [self._embedder.query(text, language)])[0])

    def scale(self, language: Language | None = None) -> Scale:
        return self._embedder.scale(language)

    def count_tokens(self, texts: Sequence[str]) -> int:
        return self._embedder.count_tokens(texts)


def keep(agent: Agent, scores: Scores, watch: Watch) -> None:
    """Have what the models of an agent tell kept: its reader, its two scorers, its states."""

    def of(source: Callable[[], Any] | None, made: Callable[[Any], Any]) -> Callable[[], Any]:
        held: dict[int, Any] = {}

        def found() -> Any:
            model = source() if source else None
            return None if model is None else held.setdefault(id(model), made(model))

        return found

    agent.reader = of(agent.reader, lambda model: KeptReader(model, scores, watch))
    agent.scorer = of(agent.scorer, lambda model: KeptPairs("scorer", model, scores, watch))
    agent.figures = of(agent.figures, lambda model: KeptPairs("figures", model, scores, watch))
    agent.states = of(agent.states, lambda model: KeptPairs("states", model, scores, watch))
