"""A plan by the model, for questions whose words explain themselves to no rule: typed, under a JSON schema, checked, repaired once."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache
from importlib import resources
from typing import Any

import yaml

from finfoundry.ask.lexicon.definitions import label_name
from finfoundry.ask.lexicon.formula import names_in, parse
from finfoundry.ask.lexicon.spans import FiscalSpan
from finfoundry.ask.lexicon.vocabulary import tokens
from finfoundry.ask.lexicon.word_lists import word_list
from finfoundry.ask.plan.dimension import NUMBER, asked_for
from finfoundry.ask.plan.expressions import PlannedExpression
from finfoundry.ask.plan.naming import name_of
from finfoundry.ask.plan.orientation import sign_of_yes
from finfoundry.ask.plan.rules import Plan, spans_of
from finfoundry.ask.plan.shape import Years, shape_of
from finfoundry.ask.understand.intent import Intent
from finfoundry.binding import evaluate
from finfoundry.core.answer import Language
from finfoundry.core.errors import FinfoundryError, PlanError
from finfoundry.core.formulas import Show
from finfoundry.core.periods import FiscalYear
from finfoundry.core.protocols import Chat, Completion, JsonSchema, Message, Request

EXAMPLES = 2
_EXCLUDED = re.compile(
    r"\b(?:exclud(?:e|es|ed|ing)|excl\.|leaving out|leave out|ignoring|stripping out|without)\s+([^?;.]+)"
    r"|(?:剔除|扣除|不含|不包括|排除)([^？?，,。；]+)",
    re.I,
)
PLAN_TOKENS = 220
_SHOWS: dict[str, Show | None] = {"percent": "percent", "ratio": "ratio", "money": None, "number": None, "days": "days"}

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
    messages = prompt(intent)
    done: list[Completion] = []
    for _ in range(2):
        completion = engine.chat(Request(messages, schema=SCHEMA, max_tokens=PLAN_TOKENS, deadline=deadline))
        done.append(completion)
        try:
            return Drafted(read(completion.text, intent, calendar), tuple(done))
        except PlanError as error:
            messages = (
                *messages,
                Message("assistant", completion.text),
                Message("user", f"This plan does not hold: {error.message}. Write it again."),
            )
    return Drafted(None, tuple(done))


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
    years = {span.year for span in spans}
    for name in used:
        _check_year(declared[name]["year"], years)
    _check_numbers(drawn["expression"], len(used), intent)
    if _cancels_out(drawn["expression"], used):
        raise PlanError("the expression comes to the same whatever the metrics are")
    if _leaves_in(intent.core, [declared[name]["label"] for name in used]):
        return None
    return _plan(drawn, declared, used, spans, intent)


def _cancels_out(expression: str, used: set[str]) -> bool:
    """Whether an expression has one value for all figures ("a / a", "b - b"): tried with three sets of unlike numbers."""
    values = set()
    for start in (3, 7, 11):
        figures = {name: Decimal(start * (number + 2) ** 2 + number) for number, name in enumerate(sorted(used))}
        try:
            values.add(evaluate(expression, figures).quantize(Decimal("1e-9")))
        except (FinfoundryError, ArithmeticError):
            return False  # a function of formulas or an odd power: not for this check
    return len(values) == 1


def _leaves_in(core: str, labels: Sequence[str]) -> bool:
    """Whether the question leaves something out ("excluding the impact of currency") that no line of the plan has to do with: the plan's
    figure would hold it all the same.
    """
    match = _EXCLUDED.search(core)
    left_out = {token.text for token in tokens(match[1] or match[2])} - word_list("structure") if match else set()
    return bool(left_out) and not left_out & {token.text for label in labels for token in tokens(label)}


def _check_year(year: int, named: set[int]) -> None:
    """Raise PlanError unless the year is one that the question names, between two of them, or the year before (an average, a growth)."""
    if named and not min(named) - 1 <= year <= max(named):
        raise PlanError(f"the question does not ask about {year}")


_STRUCTURAL = frozenset(map(Decimal, (0, 1, 2, 100, 360, 365)))  # numbers of arithmetic itself: a mean of two, a percent, a year of days


def _check_numbers(expression: str, lines: int, intent: Intent) -> None:
    """Raise PlanError for a number that is neither one of arithmetic, nor up to the count of the lines, nor in the question."""
    written = {Decimal(str(node.value)) for node in ast.walk(parse(expression)) if isinstance(node, ast.Constant)}
    said = {Decimal(digits.replace(",", "")) for digits in re.findall(r"\d[\d,]*(?:\.\d+)?", intent.question)}
    for number in written - _STRUCTURAL - {Decimal(count) for count in range(lines + 1)} - said - {one / 100 for one in said}:
        raise PlanError(f"{number} stands neither in the question nor in a statement")


def _plan(drawn: dict[str, Any], declared: dict[str, dict[str, Any]], used: set[str], spans: Sequence[FiscalSpan], intent: Intent) -> Plan:
    labels: dict[str, str] = {}
    spoken: dict[str, str] = {}
    spelled: dict[str, str] = {}
    last = max(declared[name]["year"] for name in used)
    for name in used:
        label = declared[name]["label"]
        mention = intent.vocabulary.exact(label)
        metric = mention.name if mention else label_name(label)
        (spoken if mention else labels)[metric] = label
        spelled[name] = _dated(metric, declared[name]["year"], last, bool(spans))
    expression = _spell(drawn["expression"], spelled)
    parse(expression)
    lines = {name: (_as_said(declared[name]["label"], intent), declared[name]["year"]) for name in used}
    show = _shown(drawn, lines, intent)
    item = PlannedExpression(name_of(drawn["expression"], lines, show, intent.language), expression, show)
    yes = sign_of_yes(drawn["expression"], lines, intent) if drawn["kind"] == "yes_no" else None
    if drawn["kind"] == "yes_no" and yes is None:
        raise PlanError("the question does not say which sign of the expression means yes")
    asked = (replace(spans[-1], year=last),) if spans else ()
    return Plan("sign" if yes else "value", (item,), asked, labels, yes, yes is not None, "model", spoken=spoken)


def _as_said(label: str, intent: Intent) -> str:
    """A label as the question writes it, else without the capital of a row."""
    if found := re.search(re.escape(label), intent.question, re.IGNORECASE):
        return found[0]
    return label[0].lower() + label[1:] if label[1:2].islower() else label


def _dated(metric: str, year: int, last: int, dated: bool) -> str:
    """A metric in its year; where the question names none, so many years before the latest that the documents hold."""
    if dated:
        return f"{metric}[{year}]"
    for _ in range(last - year):
        metric = f"prior({metric})"
    return metric


_AS_PRINTED = ("level", "difference", "less", "sum", "mean")  # of the unit of their lines, whatever form the model chose


def _shown(drawn: dict[str, Any], lines: Years, intent: Intent) -> Show | None:
    """A percentage where a share or a growth is asked for; the unit of the lines where they are only added up; else as the model chose."""
    asked = asked_for(intent)
    if asked.relation in ("share", "growth") and not asked.kinds - NUMBER:
        return "percent"
    return None if shape_of(drawn["expression"], lines).kind in _AS_PRINTED else _SHOWS[drawn["show"]]


def _spell(expression: str, spelled: dict[str, str]) -> str:
    """Each name replaced by its metric at its year."""

    class Spelling(ast.NodeTransformer):
        def visit_Name(self, node: ast.Name) -> ast.expr:
            return parse(spelled[node.id]) if node.id in spelled else node

    return ast.unparse(Spelling().visit(parse(expression)))


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
