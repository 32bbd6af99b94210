"""Checks an answer again from its record.

*Re-verify* recomputes what the answer is based on, without a model, and must always agree: each figure against the text it was read from,
each calculation from its operands, each citation, and the binding as a whole. *Regenerate* asks the model again with the same requests;
batching and reuse of the cache make engines differ in the last bit, so the identical share is reported, not assumed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, DecimalException
from typing import Any, Literal

from finfoundry.core.display import Display, escaped
from finfoundry.core.errors import FinfoundryError
from finfoundry.core.protocols import Engine, Message, Request
from finfoundry.core.quantities.cells import readings
from finfoundry.core.quantities.numbers import find_numbers
from finfoundry.governance.trail import AuditTrace
from finfoundry.runtime.audit import Json, canonical, plain

Outcome = Literal["agrees", "differs", "not recomputed"]
Evaluate = Callable[[str, Mapping[str, Decimal]], Decimal]
"""The value of an expression over named numbers; raises FinfoundryError when it has none."""
Rebind = Callable[[Json], Mapping[str, object]]
"""Binds anew what a step "binding" recorded; returns ``text``, ``figures`` and ``citations`` as the answer has them."""
_COUNTS = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
# A tagged number may be printed as a word, a tagged zero as an empty cell.
_WORDS = dict.fromkeys(["", "no", "not", "none", "nil", "zero", "无", "零"], 0) | {word: count for count, word in enumerate(_COUNTS, 1)}
_BOUND = ("text", "figures", "citations")
_MARKERS = re.compile(r"(?:\[\d+\])+")  # those of one sentence are next to each other


@dataclass(frozen=True, slots=True)
class ReplayCheck:
    """One thing that was recomputed."""

    what: str
    outcome: Outcome
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Regenerated:
    """One call of the model made again. ``same`` counts the characters that agree from the start."""

    model: str
    recorded_model: str
    identical: bool
    same: int
    length: int


@dataclass(slots=True)
class ReplayReport:
    """``ok``: nothing that could be recomputed differs. ``erased``: steps whose contents were forgotten on request. ``since``: corrections
    by hand of what the answer cites that came into force or were undone after it, of which it knows nothing.
    """

    record: str
    ok: bool = True
    erased: int = 0
    checks: list[ReplayCheck] = field(default_factory=list)
    calls: list[Regenerated] = field(default_factory=list)
    since: list[str] = field(default_factory=list)

    def show_on(self, display: Display) -> None:
        for check in self.checks:
            colour = {"agrees": "green", "differs": "red"}.get(check.outcome, "yellow")
            display.line(f"[{colour}]{check.outcome}[/]  {escaped(check.what)}  [dim]{escaped(check.detail)}[/]")
        for call in self.calls:
            told = "identical" if call.identical else f"the same for {call.same} of {call.length} characters"
            display.wrapped(f"call of {escaped(call.recorded_model)} made again with {escaped(call.model)}: {told}")
        for correction in self.since:
            display.wrapped(f"[yellow]since then[/]  {escaped(correction)}")
        erased = f", {self.erased} steps are erased" if self.erased else ""
        display.wrapped(f"record {self.record}: {'agrees' if self.ok else 'DIFFERS'}{erased}")


def reverify(trace: AuditTrace, *, evaluate: Evaluate, rebind: Rebind | None = None) -> ReplayReport:
    """Recompute an answer from its record without a model."""
    replay = ReplayReport(trace.id, erased=sum(step.erased for step in trace.steps))
    answer = trace.one("answer")
    if answer is not None:
        replay.checks += _check_answer(answer, trace.one("question"), evaluate)
    bindings = trace.all("binding")
    if rebind is not None and bindings and answer is not None and answer["status"] == "answered":
        replay.checks.append(_check("binding", _binding_fault, answer, bindings[-1], rebind))
    replay.ok = all(check.outcome != "differs" for check in replay.checks)
    return replay


def regenerate(trace: AuditTrace, engine: Engine) -> list[Regenerated]:
    """Make the recorded calls again. Raises EngineError and its kinds."""
    return [_call_again(content, engine) for content in trace.all("call")]


def _check_answer(answer: Json, question: Json, evaluate: Evaluate) -> Iterator[ReplayCheck]:
    citations = {citation["marker"]: citation for citation in answer["citations"]}
    asked = question["text"] if question else ""
    for figure in answer["figures"]:
        yield _check(f"figure {figure['text']}", _printed_fault, figure)
        yield _check(f"source of {figure['text']}", _figure_fault, figure, citations, asked, evaluate)


def _check(what: str, fault: Callable[..., str | None], *of: object) -> ReplayCheck:
    try:
        found = fault(*of)
    except (FinfoundryError, DecimalException, KeyError, TypeError, ValueError) as error:
        found = f"cannot be recomputed: {error}"
    if found is None:
        return ReplayCheck(what, "agrees")
    return ReplayCheck(what, "not recomputed" if found.startswith("source ") else "differs", found)


def _printed_fault(figure: Json) -> str | None:
    """None where the answer prints the value, rounded as far as it is printed (the sign may be in words); else what is wrong."""
    value = abs(Decimal(figure["value"]))
    if any(abs(abs(number.value) - value) <= number.step for number in find_numbers(figure["text"])):
        return None
    return f"printed as {figure['text']}, but its value is {figure['value']}"


def _figure_fault(figure: Json, citations: Mapping[int, Json], question: str, evaluate: Evaluate) -> str | None:
    """What is wrong about a figure, None when it agrees, "source …" when its source is not in the record."""
    reference, value = figure["reference"], Decimal(figure["value"])
    match figure["source"]:
        case "cell" | "span":
            return _read_fault(value, reference, figure["source"]) or _citation_fault(reference, citations)
        case "calculation":
            return _calculation_fault(value, reference, citations, question, evaluate)
        case "question":
            return None if reference["text"] in question else "the question does not hold it"
        case other:
            return f"source {other}"


def _read_fault(value: Decimal, reference: Json, source: str) -> str | None:
    """Whether the printed text, read again with the recorded scale, has the value."""
    readings = set(_readings(reference["text"], Decimal(reference["scale"] or 1), source))
    if value in readings:
        return None
    if not readings:
        return f"{reference['text']!r} holds no number"
    return f"{reference['text']!r} reads {', '.join(str(reading) for reading in sorted(readings))}, recorded is {value}"


def _readings(text: str, scale: Decimal, source: str) -> Iterator[Decimal]:
    """A sign belongs to the statement, not to the print: an outflow may be printed in parentheses or without a sign."""
    word = text.strip().casefold()
    if word in _WORDS:
        yield Decimal(_WORDS[word])
    cells = readings(text) if source == "cell" else []
    for cell in cells:
        number = cell.value / 100 if cell.percent else cell.value if cell.scale else cell.value * scale
        yield from (number, -number)
    if not cells:
        for found in find_numbers(text):
            yield from (found.value, -found.value)


def _citation_fault(reference: Json, citations: Mapping[int, Json]) -> str | None:
    marker = reference["citation"]
    if marker is None:
        return None
    if marker not in citations:
        return f"there is no citation {marker}"
    if _bare(reference["text"]) not in _bare(citations[marker]["quote"]):
        return f"the quote of citation {marker} does not hold {reference['text']!r}"
    return None


def _calculation_fault(value: Decimal, reference: Json, citations: Mapping[int, Json], question: str, evaluate: Evaluate) -> str | None:
    operands = reference["operands"]
    for name, operand in operands.items():
        fault = _figure_fault(operand, citations, question, evaluate)
        if fault is not None:
            return f"operand {name}: {fault}"
    computed = evaluate(reference["expression"], {name: Decimal(operand["value"]) for name, operand in operands.items()})
    return None if computed == value else f"{reference['expression']} gives {computed}, recorded is {value}"


def _binding_fault(answer: Json, recorded: Json, rebind: Rebind) -> str | None:
    bound = plain(rebind(recorded))
    different = [name for name in _BOUND if bound[name] != answer[name]]
    if different and _by_place(bound) == _by_place(answer):
        return None
    return f"binding it again gives other {', '.join(different)}" if different else None


def _by_place(bound: Json) -> Json:
    """What was bound, with each citation's number replaced by its place: records of older versions number the same places otherwise."""
    places = {citation["marker"]: canonical({**citation, "marker": 0}).decode() for citation in bound["citations"]}
    text = _MARKERS.sub(lambda run: str(sorted(places.get(int(number), number) for number in re.findall(r"\d+", run[0]))), bound["text"])
    return text, [_placed(figure, places) for figure in bound["figures"]], sorted(places.values())


def _placed(figure: Json, places: Mapping[int, str]) -> Json:
    reference = figure["reference"]
    operands = {name: _placed(operand, places) for name, operand in (reference["operands"] or {}).items()}
    citation = places.get(reference["citation"], reference["citation"])
    return {**figure, "reference": {**reference, "citation": citation, "operands": operands}}


def _call_again(content: Json, engine: Engine) -> Regenerated:
    recorded = content["completion"]["text"]
    text = engine.chat(_request(content["request"])).text
    same = next(
        (place for place, (one, other) in enumerate(zip(recorded, text, strict=False)) if one != other), min(len(recorded), len(text))
    )
    return Regenerated(engine.model, content["completion"]["model"], text == recorded, same, len(recorded))


def _request(recorded: dict[str, Any]) -> Request:
    """The request as it was, without its deadline, which has passed."""
    messages = tuple(Message(**message) for message in recorded["messages"])
    return Request(**{**recorded, "messages": messages, "stop": tuple(recorded["stop"]), "deadline": None})


def _bare(text: str) -> str:
    return "".join(text.split())
