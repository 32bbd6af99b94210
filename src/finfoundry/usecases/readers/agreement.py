"""What a question means that ended without an answer, where several readings of it come to the same figures over the
asker's facts.

Readings are drawn (self-consistency; Wang et al., 2023): by the reader at several temperatures, each choice taken for certain. A reading
counts that most of them share, and that has a witness of another kind, which the reader had no part in: rules, of the question with parts
left out, or the base model where there is one. Readings are the same where they give the same figures: metrics, period and value.
"""

from __future__ import annotations

import math
import random
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from finfoundry.ask.reader.learnt_reading import Reading, read_question
from finfoundry.ask.reader.question_form import COMPANY_ROLE
from finfoundry.ask.understand.question_text import core_of
from finfoundry.core.answer import Figure
from finfoundry.core.language import has_han
from finfoundry.core.protocols import FoundSpan, TextReader

DRAWS = (0.0, 1.0, 1.0, 1.0, 1.0)  # temperatures of the readings of a whole question; at 0 the likeliest
MOST = 0.6  # share of them that come to the same figures
PARTS = 3  # shortened questions that are tried
CERTAIN, NOT = 0.98, 0.005  # what is drawn is taken for
SHORTEST = 8  # characters of a question that is left
CHOICES = ("time", "years", "join", "show")  # of each one label is right; every other label stands for itself
_CLAUSE = re.compile(r"[,，;；。!！?？:：]\s*")


@dataclass(frozen=True, slots=True)
class FigureMeant:
    """What a figure of an answer says: ``metrics`` it is, or is computed of, with their periods, in their order; ``value`` as a number."""

    metrics: tuple[tuple[str, str | None], ...]
    period: str | None
    value: str


def figures_meant(figures: Sequence[Figure]) -> frozenset[FigureMeant]:
    """What the figures of an answer say, however they are written and whatever their operands are called."""
    return frozenset(FigureMeant(tuple(sorted(set(_metrics(one)), key=str)), one.period, one.value) for one in figures)


def _metrics(figure: Figure) -> Iterator[tuple[str, str | None]]:
    if figure.reference.metric is not None:
        yield figure.reference.metric, figure.period
    for operand in (figure.reference.operands or {}).values():
        yield from _metrics(operand)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a question came to: who planned it (rule, label, learnt, model), and the figures."""

    source: str
    figures: frozenset[FigureMeant]


class Asking(Protocol):
    """The product, asked as somebody: with this reader or none, and the base model where it may plan. None: nothing was computed."""

    def __call__(self, question: str, reader: TextReader | None, *, model: bool = False) -> Outcome | None: ...


@dataclass(frozen=True, slots=True)
class AgreedReading:
    """``text`` is the question as a reader reads it, with a fixed word for each known company."""

    text: str
    reading: Reading


@dataclass
class DrawnReader:
    """A reader that is certain of what it draws. The same text is read alike each time."""

    reader: TextReader
    temperature: float
    seed: int
    texts: list[str] = field(default_factory=list)  # that it was asked what they want

    @property
    def identity(self) -> str:
        return self.reader.identity

    def labels_of(self, head: str) -> Sequence[str]:
        return self.reader.labels_of(head)

    def labels(self, head: str, texts: Sequence[Sequence[str]]) -> NDArray[np.float32]:
        """The probabilities of what is drawn: near to 1, of all else near to 0."""
        names = self.labels_of(head)
        self.texts += [text for (text, *_) in texts]
        told = zip(texts, self.reader.labels(head, texts), strict=True)
        return np.array([self._drawn(names, row, random.Random(f"{self.seed}/{text}")) for text, row in told], np.float32)  # noqa: S311

    def spans(self, head: str, text: str) -> list[FoundSpan]:
        """Metrics as they are found, for certain; companies as sure as they are."""
        found = self.reader.spans(head, text)
        return [one if one.label == COMPANY_ROLE else replace(one, probability=CERTAIN) for one in found]

    def _drawn(self, names: Sequence[str], row: NDArray[np.float32], draw: random.Random) -> list[float]:
        likely = dict(zip(names, map(float, np.clip(row, 1e-4, 1 - 1e-4)), strict=True))
        chosen = {name for name in names if _choice(name) is None and self._weighed(likely[name], 1 - likely[name], draw)}
        for choice in CHOICES:
            group = [name for name in names if _choice(name) == choice]
            chosen |= {self._one_of(group, [likely[name] for name in group], draw)} if group else set()
        return [CERTAIN if name in chosen else NOT for name in names]

    def _weighed(self, yes: float, no: float, draw: random.Random) -> bool:
        if not self.temperature:
            return yes > no
        above, below = math.pow(yes, 1 / self.temperature), math.pow(no, 1 / self.temperature)
        return draw.random() < above / (above + below)

    def _one_of(self, names: Sequence[str], likely: Sequence[float], draw: random.Random) -> str:
        if not self.temperature:
            return names[likely.index(max(likely))]
        return draw.choices(names, [one ** (1 / self.temperature) for one in likely])[0]


def _choice(name: str) -> str | None:
    head, _, rest = name.partition("-")
    return head if rest and head in CHOICES else None


def agreed_reading(question: str, reader: TextReader, ask: Asking, *, model: bool = False) -> AgreedReading | None:
    """The reading that most of the whole question's come to, with a witness; None where there is none. ``model``: the base model may be a
    witness.
    """
    drawn = [DrawnReader(reader, temperature, seed) for seed, temperature in enumerate(DRAWS)]
    outcomes = [_of_reader(ask(question, one)) for one in drawn]
    counts = Counter(one.figures for one in outcomes if one is not None)
    if not counts:
        return None
    figures, count = counts.most_common(1)[0]
    if count < MOST * len(DRAWS) or not any(one == figures for one in _witnesses(question, ask, model=model)):
        return None
    return _read_alike([one for one, outcome in zip(drawn, outcomes, strict=True) if outcome and outcome.figures == figures])


def _of_reader(outcome: Outcome | None) -> Outcome | None:
    """Only what the reader planned, and that has a figure."""
    return outcome if outcome and outcome.source == "learnt" and outcome.figures else None


def _witnesses(question: str, ask: Asking, *, model: bool) -> Iterator[frozenset[FigureMeant]]:
    """What the question comes to without the reader: with parts left out, by rules; by the base model."""
    for text in shortened(question):
        if (outcome := ask(text, None)) is not None:
            yield outcome.figures
    if model and (outcome := ask(question, None, model=True)) is not None:
        yield outcome.figures


def shortened(question: str) -> list[str]:
    """The question with a part left out: its clause that asks alone, or all but one of its clauses."""
    core = " ".join(core_of(question).split())
    clauses = [one for one in _CLAUSE.split(question) if one.strip()]
    mark = "？" if has_han(question) else "?"
    comma = "，" if mark == "？" else ", "
    fewer = [comma.join((*clauses[:place], *clauses[place + 1 :])) + mark for place in range(len(clauses))] if len(clauses) > 1 else []
    plain = question.strip()
    return [one for one in dict.fromkeys((core, *fewer)) if len(one) >= SHORTEST and one != plain][:PARTS]


def _read_alike(readers: Sequence[DrawnReader]) -> AgreedReading | None:
    """The commonest reading among those that came to the figures."""
    texts = [(one, one.texts[-1]) for one in readers if one.texts]
    found = [AgreedReading(text, replace(reading, sure=0.0)) for one, text in texts if (reading := read_question(one, text)) is not None]
    return Counter(found).most_common(1)[0][0] if found else None
