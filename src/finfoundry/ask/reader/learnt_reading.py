"""A question as the learnt reader understands it: the roles of the metrics that it names, and what it wants of them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from finfoundry.ask.lexicon.spans import names_range
from finfoundry.ask.lexicon.word_lists import word_list
from finfoundry.ask.reader.known_labels import as_known, joined
from finfoundry.ask.reader.named_numbers import NamedNumber, number_named
from finfoundry.ask.reader.question_form import COMPANY_ROLE, FLAGS, JOINS, TIMES, QuestionForm, with_sense, years_meant
from finfoundry.ask.reader.written_plan import LETTERS, SHOWN, Shown, WrittenPlan
from finfoundry.core.errors import InputError
from finfoundry.core.protocols import FoundSpan, TextReader

ROLES_HEAD, MARKS_HEAD = "question-roles", "question-marks"  # the tasks that it learned
SURE = 0.7  # below it a reading is no plan; the checks of plans take out most of what is wrong above it (benchmarks/reader.py --asked)
LONGEST = 600  # characters of a question


@dataclass(frozen=True, slots=True)
class Reading:
    """``metrics`` as the question writes them, in its order; ``sure`` is how likely the doubtfullest part of it is."""

    metrics: tuple[str, ...]
    form: QuestionForm
    show: Shown
    sure: float


def read_question(reader: TextReader, question: str, known: Sequence[str] = (), *, second: bool = False) -> Reading | None:
    """The reading of a question with a fixed word for each company; None where it asks for no figure, or is too long. ``known`` are labels
    of the store that stand in it: where a metric begins and ends is theirs to say. ``second``: the next likeliest reading.
    """
    if len(question) > LONGEST:
        return None
    try:
        likely = reader.labels(MARKS_HEAD, [[question]])[0]
    except InputError:  # more tokens than it reads
        return None
    marks = dict(zip(reader.labels_of(MARKS_HEAD), map(float, likely), strict=True))
    if second:
        marks |= _otherwise(marks)
    roles = _roles(question, reader.spans(ROLES_HEAD, question), known)
    if marks["open"] > 0.5 or not 1 <= len(roles) <= len(LETTERS):
        return None
    time, years, join, show = (_likeliest(marks, prefix) for prefix in ("time-", "years-", "join-", "show-"))
    flags = {name: marks.get(name, 0) > 0.5 for name in FLAGS}  # a reader that was tuned before a flag was known has none of it
    found = tuple(role for role, _ in roles.values())
    form = with_sense(QuestionForm(found, TIMES[TIMES.index(time)], int(years), JOINS[JOINS.index(join)], **flags))
    shown: Shown = "yes_no" if marks["yes_no"] > 0.5 else SHOWN[SHOWN.index(show)]
    told = [probability for _, probability in roles.values()] if len(roles) > 1 else []  # of one metric the role leaves no choice
    return Reading(tuple(roles), form, shown, min([*_sure(marks), *told]))


def companies_read(reader: TextReader, question: str) -> tuple[tuple[int, int], ...] | None:
    """Where a question names companies whose figures it asks for, as far as the reader is sure; None where it is too long to be read, or
    where the reader learned of no companies.
    """
    if len(question) > LONGEST:
        return None
    try:
        spans = reader.spans(ROLES_HEAD, question) if COMPANY_ROLE in reader.labels_of(ROLES_HEAD) else None
    except InputError:  # more tokens than it reads, or no such head
        return None
    if spans is None:
        return None
    named = _whole(question, [span for span in spans if span.label == COMPANY_ROLE])
    return tuple(_to_words(question, span.start, span.end) for span in named if span.probability >= SURE)


_OWNERS = frozenset({"its", "their", "his", "her", "own"})  # "repurchasing its own stock"
_LATIN = re.compile(r"[^\W_\u3400-\u9fff]")


def _to_words(question: str, start: int, end: int) -> tuple[int, int]:
    """A place whose edges lie in no word: the reader sees pieces of words, too."""
    while 0 < start < end and _LATIN.match(question[start - 1]) and _LATIN.match(question[start]):
        start -= 1
    while start < end < len(question) and _LATIN.match(question[end - 1]) and _LATIN.match(question[end]):
        end += 1
    return start, end


def _sure(marks: dict[str, float]) -> Iterator[float]:
    """How likely each choice is among those that it was made of; how the result is shown changes no value."""
    for prefix in ("time-", "years-", "join-"):
        among = [probability for name, probability in marks.items() if name.startswith(prefix)]
        yield max(among) / sum(among)
    yield from (max(marks[name], 1 - marks[name]) for name in ("open", "yes_no", *FLAGS) if name in marks)


def _otherwise(marks: dict[str, float]) -> dict[str, float]:
    """The doubtfullest choice taken the other way: the two likeliest of several exchanged, a yes or no turned round."""
    found: list[tuple[float, dict[str, float]]] = []
    for prefix in ("time-", "years-", "join-"):
        first, next_one = sorted((name for name in marks if name.startswith(prefix)), key=marks.__getitem__, reverse=True)[:2]
        found.append((marks[first] - marks[next_one], {first: marks[next_one], next_one: marks[first]}))
    found += [(abs(2 * marks[name] - 1), {name: 1 - marks[name]}) for name in ("yes_no", *FLAGS) if name in marks]
    return min(found, key=lambda one: one[0])[1]


def _likeliest(marks: dict[str, float], prefix: str) -> str:
    return max((name for name in marks if name.startswith(prefix)), key=marks.__getitem__).removeprefix(prefix)


def _roles(question: str, spans: Sequence[FoundSpan], known: Sequence[str]) -> dict[str, tuple[str, float]]:
    """The role of each metric by the words of the question; of one that it names twice the likelier."""
    found: dict[str, tuple[str, float]] = {}
    read = [span for span in spans if span.label != COMPANY_ROLE]
    for span in as_known(question, _whole(question, read), read, known):
        start, end = _to_words(question, span.start, span.end)
        words = _whole_words(question[start:end])
        if word_list("empty").issuperset(words.lower().split()):
            continue  # "the year"
        before = next((one for one in found if one.casefold() == words.casefold()), words)
        if before not in found or found[before][1] < span.probability:
            found[before] = (span.label, span.probability)
    return found


def _whole_words(metric: str) -> str:
    """A metric without what a boundary that was drawn a little wrong adds: a comma, half a bracket, a 的."""
    for opening, closing in (("（", "）"), ("(", ")")):
        metric = metric.removeprefix(opening) if closing not in metric else metric
        metric = metric.removesuffix(closing) if opening not in metric else metric
    return metric.strip(" ,，、。:：;；的") or metric


def _whole(question: str, spans: Sequence[FoundSpan]) -> list[FoundSpan]:
    """Spans with nothing but blanks, or whose it is, between them as one: two metrics have another word or a sign between them. Its role is
    that of most of it.
    """
    runs: list[list[FoundSpan]] = []
    for span in spans:
        if runs and _OWNERS.issuperset(question[runs[-1][-1].end : span.start].lower().split()):
            runs[-1].append(span)
        else:
            runs.append([span])
    return [joined(run) for run in runs]


def written(reading: Reading, question: str, years: Sequence[int]) -> WrittenPlan:
    """The plan of a reading; ``years`` are those that the question names, the latest first. Raises PlanError where it makes none."""
    form, latest = reading.form, max(years, default=0)
    offsets = years_meant(form, [latest - year for year in years], ranged=names_range(question))
    number, bar = _numbers(reading, question)
    spelled = (Spelled(one.expression) if one else None for one in (number, bar))
    results = form.results(lambda metric, year: Spelled(f"{LETTERS[metric]}{year + 1}"), offsets, *spelled)
    compute = tuple(ast.unparse(ast.parse(one.text)).replace(" ", "") for one in results)
    used = sorted({int(place) - 1 for one in compute for place in re.findall(r"[a-h](\d)", one)})
    renumbered = tuple(_renumbered(one, used) for one in compute)
    return WrittenPlan(reading.metrics, tuple(latest - year for year in used), renumbered, reading.show, bar.words if bar else "")


def _numbers(reading: Reading, question: str) -> tuple[NamedNumber | None, NamedNumber | None]:
    """What multiplies, and what is the bar; where both are there it is days that are counted of a year."""
    form, days = reading.form, reading.show == "days"
    number = number_named(question, days=days or form.limited) if form.scaled else None
    if not form.limited:
        return number, None
    return number, number_named(question, grown=form.time == "growth", without=number.expression if number else "")


def _renumbered(expression: str, used: Sequence[int]) -> str:
    return re.sub(r"([a-h])(\d)", lambda name: f"{name[1]}{used.index(int(name[2]) - 1) + 1}", expression)


@dataclass(frozen=True, slots=True)
class Spelled:
    """An expression that grows by arithmetic: ``QuestionForm.results`` over names instead of amounts."""

    text: str

    def _with(self, sign: str, other: Any) -> Spelled:
        return Spelled(f"({self.text} {sign} {_text(other)})")

    def __add__(self, other: Any) -> Spelled:
        return self._with("+", other)

    def __sub__(self, other: Any) -> Spelled:
        return self._with("-", other)

    def __rsub__(self, other: Any) -> Spelled:
        return Spelled(f"({_text(other)} - {self.text})")

    def __mul__(self, other: Any) -> Spelled:
        return self._with("*", other)

    def __truediv__(self, other: Any) -> Spelled:
        return self._with("/", other)

    def __pow__(self, exponent: float) -> Spelled:
        """A root: the exponent is one over a number of years."""
        return self._with("**", f"(1 / {round(1 / exponent)})")


def _text(other: Any) -> str:
    return other.text if isinstance(other, Spelled) else str(other)
