"""A plan by the model, for questions whose words explain themselves to no rule: typed, under a JSON schema, checked, repaired once."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib import resources
from typing import Any

import yaml

from finfoundry.ask.lexicon.formula import names_in
from finfoundry.ask.lexicon.spans import FiscalSpan
from finfoundry.ask.lexicon.vocabulary import tokens
from finfoundry.ask.plan.asked_spans import spans_of, years_said
from finfoundry.ask.plan.drawn_plan import SHOWS, check_expression, check_year, item_of, leaves_in
from finfoundry.ask.plan.rules import Plan
from finfoundry.ask.plan.shape import Years
from finfoundry.ask.understand.intent import Intent
from finfoundry.core.answer import Language
from finfoundry.core.errors import PlanError
from finfoundry.core.periods import FiscalYear
from finfoundry.core.protocols import Chat, Completion, JsonSchema, Message, Request

EXAMPLES = 2
PLAN_TOKENS = 220
PICK_TOKENS = 16

SCHEMA: JsonSchema = {
    "type": "object",
    "properties": {
        "kind": {"enum": ["lookup", "calculation", "yes_no", "open"]},
        "metrics": {
            "type": "array",
            "maxItems": 8,
            "items": {
                "type": "object",
                "properties": {
                    "name": {"type": "string", "maxLength": 2},
                    "label": {"type": "string", "maxLength": 80},
                    "year": {"type": "integer"},
                },
                "required": ["name", "label", "year"],
            },
        },
        "expression": {"type": "string", "maxLength": 160},
        "show": {"enum": ["percent", "ratio", "money", "days", "number"]},
    },
    "required": ["kind", "metrics", "expression", "show"],
}
# The system message never changes, so that the engine keeps it in its cache.
_SYSTEM = (
    "You turn a question about a company's financial statements into a plan. metrics are lines of its statements, each with a "
    "one-letter name, the label "
    "as a statement prints it, and the fiscal year. expression is arithmetic over these names only. kind is lookup, calculation, "
    "yes_no (yes if the "
    "expression is above zero) or open (reasons, descriptions, names, or anything that no statement line holds)."
)


@dataclass(frozen=True, slots=True)
class Example:
    question: str
    plan: str
    words: frozenset[str]


@dataclass(frozen=True, slots=True)
class Drafted:
    """What the model drew up. ``plan`` is None when the question is open or the plan could not be repaired."""

    plan: Plan | None
    completions: tuple[Completion, ...]


def plan_by_model(engine: Chat, intent: Intent, calendar: FiscalYear, deadline: float | None = None) -> Drafted:
    """Ask for a plan; one that does not hold goes back once with the reason. Raises EngineError and its kinds."""
    wanted = draft_request(intent, deadline)
    done: list[Completion] = []
    for _ in range(2):
        completion = engine.chat(wanted)
        done.append(completion)
        try:
            return Drafted(read(completion.text, intent, calendar), tuple(done))
        except PlanError as error:
            again = Message("user", f"This plan does not hold: {error.message}. Write it again.")
            wanted = replace(wanted, messages=(*wanted.messages, Message("assistant", completion.text), again))
    return Drafted(None, tuple(done))


def draft_request(intent: Intent, deadline: float | None = None) -> Request:
    """What the model is asked for a plan, the likeliest."""
    return Request(prompt(intent), schema=SCHEMA, max_tokens=PLAN_TOKENS, deadline=deadline)


_WHICH = (
    "A question about a company's figures may be read in several ways. reading is the number of the reading that it means, 0 where it "
    "means none of them."
)


@dataclass(frozen=True, slots=True)
class Picked:
    """Which of some readings of a question the model picked, by its place; None where it picked none."""

    place: int | None
    completions: tuple[Completion, ...]


def reading_meant(engine: Chat, question: str, readings: Sequence[str], deadline: float | None = None) -> Picked:
    """Ask which reading is meant, once in each order: a model that goes by the place of a reading picks none. Raises EngineError and its
    kinds.
    """
    schema: JsonSchema = {
        "type": "object", "properties": {"reading": {"enum": list(range(len(readings) + 1))}}, "required": ["reading"]
    }  # fmt: skip
    done: list[Completion] = []
    picked = set[str | None]()
    for listed in (readings, readings[::-1]):
        lines = "\n".join(f"{number}. {reading}" for number, reading in enumerate(listed, 1))
        messages = (Message("system", _WHICH), Message("user", f"{question}\n{lines}"))
        done.append(engine.chat(Request(messages, schema=schema, max_tokens=PICK_TOKENS, deadline=deadline)))
        picked.add(_picked(done[-1].text, listed))
    only = picked.pop() if len(picked) == 1 else None
    return Picked(readings.index(only) if only is not None else None, tuple(done))


def _picked(text: str, readings: Sequence[str]) -> str | None:
    try:
        number = int(json.loads(text)["reading"])
    except (ValueError, TypeError, KeyError):
        return None
    return readings[number - 1] if 0 < number <= len(readings) else None


def prompt(intent: Intent) -> tuple[Message, ...]:
    """The system message, the nearest examples as turns, the question."""
    turns = [
        message
        for example in nearest(intent.question, intent.language)
        for message in (Message("user", example.question), Message("assistant", example.plan))
    ]
    return (Message("system", _SYSTEM), *turns, Message("user", intent.core.strip()))


def read(text: str, intent: Intent, calendar: FiscalYear) -> Plan | None:
    """The plan as this package carries it out; None for an open question.

    Raises:
        PlanError: it is no JSON, an expression names what is not declared, or a year is not one that the question can mean.
    """
    drawn = _json(text)
    if drawn["kind"] == "open" or not drawn["metrics"]:
        return None
    declared = {metric["name"]: metric for metric in drawn["metrics"]}
    used = names_in(drawn["expression"])
    if undeclared := used - set(declared):
        raise PlanError(f"{', '.join(sorted(undeclared))} in the expression is not among the metrics")
    if not used:
        raise PlanError("the expression uses none of the metrics")
    spans = spans_of(intent, calendar)
    if len({(span.through, span.months) for span in spans}) > 1:
        return None  # a quarter next to a year: no one span holds the metrics
    years = {span.year for span in spans} | set(years_said(intent, calendar) if spans else ())  # which of them is meant is put right later
    for name in used:
        check_year(declared[name]["year"], years)
    lines = {name: (declared[name]["label"], declared[name]["year"]) for name in used}
    check_expression(drawn["expression"], used, intent)
    if leaves_in(intent.core, [label for label, _ in lines.values()]):
        return None
    return _plan(drawn, lines, spans, intent)


def _plan(drawn: dict[str, Any], lines: Years, spans: Sequence[FiscalSpan], intent: Intent) -> Plan:
    found = item_of(drawn["expression"], lines, SHOWS[drawn["show"]], intent, dated=bool(spans))
    yes = found.yes if drawn["kind"] == "yes_no" else None
    if drawn["kind"] == "yes_no" and yes is None:
        raise PlanError("the question does not say which sign of the expression means yes")
    asked = (replace(spans[-1], year=found.last),) if spans else ()
    return Plan("sign" if yes else "value", (found.item,), asked, found.labels, yes, yes is not None, "model", spoken=found.spoken)


def _json(text: str) -> dict[str, Any]:
    try:
        drawn = json.loads(text)
    except ValueError as error:
        raise PlanError("it is no JSON") from error
    if not isinstance(drawn, dict) or not {"kind", "metrics", "expression", "show"} <= set(drawn):
        raise PlanError("a field is missing")
    return drawn


@lru_cache(maxsize=1)
def examples() -> Sequence[Example]:
    loaded = yaml.safe_load(resources.files("finfoundry.ask").joinpath("data/examples.yaml").read_text(encoding="utf-8"))
    return [
        Example(item["question"], json.dumps(item["plan"], ensure_ascii=False), frozenset(token.text for token in tokens(item["question"])))
        for item in loaded
    ]


def nearest(question: str, language: Language) -> list[Example]:
    """The examples that share most words with the question, the nearest last; of its language where there are any."""
    words = frozenset(token.text for token in tokens(question))
    own = [example for example in examples() if any("\u4e00" <= sign <= "\u9fff" for sign in example.question) == (language == "zh")]
    ranked = sorted(own, key=lambda example: len(words & example.words) / len(words | example.words))
    return ranked[-EXAMPLES:]
