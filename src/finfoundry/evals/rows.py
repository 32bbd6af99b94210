"""What is asked, what came back, how it was judged, and the row that keeps all three."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from finfoundry.core.errors import InputError

ANSWERED = frozenset({"correct", "wrong"})  # verdicts on what was answered; all others are an answer's status, or "error"
Labels = list[Any]  # as JSON holds them: words, or [start, end, label] for entities


@dataclass(frozen=True, slots=True)
class TruePage:
    """A page that holds the truth; ``file`` is relative to the data folder."""

    file: str
    page: int  # from 1


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that a suite asks. ``group`` names items that are not independent: intervals are drawn over groups."""

    id: str
    question: str
    gold: str = ""
    kind: str = ""
    group: str = ""
    evidence: tuple[TruePage, ...] = ()
    meta: dict[str, Any] = field(default_factory=dict)  # for solver and scorer; not written


@dataclass(slots=True)
class Reply:
    """What a system returned. ``status`` is that of the answer contract; a plain model always answers."""

    text: str
    status: str = "answered"
    reason: str | None = None
    citations: list[tuple[str, int]] = field(default_factory=list)  # document name and page
    confidence: float | None = None  # that the answer is right, 0 to 1
    signals: dict[str, float] = field(default_factory=dict)
    prompt_tokens: int = 0
    completion_tokens: int = 0
    slip: bool = False  # the answer had not the form asked for and was asked for again, constrained
    record: str | None = None  # of the audit, which has the trace of the answer
    found: Any = None  # what is no text: pages, tables, facts; not written


@dataclass(frozen=True, slots=True)
class Judgement:
    """A verdict, a value from 0 to 1, why, and the counts and labels that measures are made of."""

    verdict: str
    value: float
    why: str = ""
    counts: dict[str, float] = field(default_factory=dict)
    gold: Labels | None = None
    predicted: Labels | None = None


@dataclass(slots=True)
class Row:
    """One line of ``rows.jsonl``."""

    id: str
    kind: str
    group: str
    question: str
    gold: str
    text: str
    status: str
    verdict: str
    value: float
    why: str = ""
    reason: str | None = None
    counts: dict[str, float] = field(default_factory=dict)
    gold_labels: Labels | None = None
    labels: Labels | None = None
    evidence: list[tuple[str, int]] = field(default_factory=list)
    citations: list[tuple[str, int]] = field(default_factory=list)
    confidence: float | None = None
    signals: dict[str, float] = field(default_factory=dict)
    slip: bool = False
    seconds: float = 0.0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    record: str | None = None  # of the audit: finfoundry audit show RECORD

    @classmethod
    def of(cls, item: Item, reply: Reply, score: Judgement, seconds: float) -> Row:
        return cls(
            item.id, item.kind, item.group or item.id, item.question, item.gold, reply.text, reply.status, score.verdict, score.value,
            score.why, reply.reason, score.counts, score.gold, score.predicted, [(one.file, one.page) for one in item.evidence],
            reply.citations, reply.confidence, reply.signals, reply.slip, round(seconds, 4), reply.prompt_tokens, reply.completion_tokens,
            reply.record,
        )  # fmt: skip

    @property
    def correct(self) -> bool:
        return self.verdict == "correct"

    @property
    def line(self) -> str:
        return json.dumps(dataclasses.asdict(self), ensure_ascii=False) + "\n"


Scorer = Callable[[Item, Reply], Judgement]
Solver = Callable[[Item], Reply]


def read_rows(path: Path) -> list[Row]:
    """The rows of a run's file; a last line that was cut off is left out. Raises InputError for any other that is broken."""
    return list(_rows(path)) if path.exists() else []


def _rows(path: Path) -> Iterator[Row]:
    lines = path.read_text(encoding="utf-8").split("\n")
    for number, line in enumerate(lines, 1):
        if not line:
            continue
        try:
            yield Row(**json.loads(line))
        except (json.JSONDecodeError, TypeError) as error:
            if number == len(lines):
                return
            raise InputError(f"line {number} of {path} is no row of a run: {error}", remedy="Choose another --out") from error
