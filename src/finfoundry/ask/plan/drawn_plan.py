"""An expression that a model drew up, as this package carries it out: checked against the question, its lines as metrics at their years."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from decimal import Decimal

from finfoundry.ask.lexicon.definitions import label_name
from finfoundry.ask.lexicon.formula import parse
from finfoundry.ask.lexicon.nearest_phrase import nearest
from finfoundry.ask.lexicon.vocabulary import tokens
from finfoundry.ask.lexicon.word_lists import word_list
from finfoundry.ask.plan.asked_spans import MOST
from finfoundry.ask.plan.dimension import NUMBER, asked_for
from finfoundry.ask.plan.expressions import PlannedExpression
from finfoundry.ask.plan.naming import name_of
from finfoundry.ask.plan.orientation import Sign, sign_of_yes
from finfoundry.ask.plan.shape import Years, shape_of
from finfoundry.ask.understand.intent import Intent
from finfoundry.binding import evaluate
from finfoundry.core.errors import FinfoundryError, PlanError
from finfoundry.core.formulas import Show

SHOWS: Mapping[str, Show | None] = {"percent": "percent", "ratio": "ratio", "money": None, "number": None, "days": "days", "yes_no": None}
_EXCLUDED = re.compile(
    r"\b(?:exclud(?:e|es|ed|ing)|excl\.|leaving out|leave out|ignoring|stripping out|without)\s+([^?;.]+)"
    r"|(?:剔除|扣除|不含|不包括|排除)([^？?，,。；]+)",
    re.I,
)


@dataclass(frozen=True, slots=True)
class DrawnItem:
    """One thing to compute. ``labels`` and ``spoken`` are those of a Plan; ``last`` is its latest year; ``yes`` the sign that means yes,
    None where the words of the question do not say.
    """

    item: PlannedExpression
    labels: Mapping[str, str]
    spoken: Mapping[str, str]
    last: int
    yes: Sign | None


def item_of(expression: str, lines: Years, show: Show | None, intent: Intent, *, dated: bool) -> DrawnItem:
    """An expression over names, each a label in a year. ``dated``: the item holds the years themselves, not only how far they are from its
    latest. Raises PlanError where it is no expression.
    """
    labels: dict[str, str] = {}
    spoken: dict[str, str] = {}
    spelled: dict[str, str] = {}
    last = max(year for _, year in lines.values())
    for name, (label, year) in lines.items():
        mention = intent.vocabulary.exact(label) or intent.vocabulary.exact(_plainer(label)) or nearest(label, intent.vocabulary)
        metric = mention.name if mention else label_name(label)
        (spoken if mention else labels)[metric] = label
        spelled[name] = _dated(metric, year, last, dated)
    said = {name: (_as_said(label, intent), year) for name, (label, year) in lines.items()}
    meant = _spell(expression, spelled)
    parse(meant)
    formula = intent.vocabulary.library.get(meant)  # a ratio by its name is shown as it is defined
    shown = formula.show if formula else _shown(expression, show, said, intent)
    item = PlannedExpression(name_of(expression, said, shown, intent.language), meant, shown)
    return DrawnItem(item, labels, spoken, last, sign_of_yes(expression, said, intent))


def _plainer(label: str) -> str:
    """An English label without words that name no line: "buying back its own stock"."""
    idle = word_list("empty") | word_list("neutral") | {"own"}
    return " ".join(word for word in label.split() if word.lower() not in idle)


def check_expression(expression: str, used: AbstractSet[str], intent: Intent) -> None:
    """Raise PlanError for a number that is not of the question, and for an expression that says nothing of its lines."""
    _check_numbers(expression, len(used), intent)
    if cancels_out(expression, used):
        raise PlanError("the expression comes to the same whatever the metrics are")


def cancels_out(expression: str, used: AbstractSet[str]) -> bool:
    """Whether an expression has one value for all figures ("a / a", "b - b"): tried with three sets of unlike numbers."""
    values = set()
    for start in (3, 7, 11):
        figures = {name: Decimal(start * (number + 2) ** 2 + number) for number, name in enumerate(sorted(used))}
        try:
            values.add(evaluate(expression, figures).quantize(Decimal("1e-9")))
        except (FinfoundryError, ArithmeticError):
            return False  # a function of formulas or an odd power: not for this check
    return len(values) == 1


def leaves_in(core: str, labels: Sequence[str]) -> bool:
    """Whether the question leaves something out ("excluding the impact of currency") that no line of the plan has to do with: the plan's
    figure would hold it all the same.
    """
    match = _EXCLUDED.search(core)
    left_out = {token.text for token in tokens(match[1] or match[2])} - word_list("structure") if match else set()
    return bool(left_out) and not left_out & {token.text for label in labels for token in tokens(label)}


def check_year(year: int, named: AbstractSet[int]) -> None:
    """Raise PlanError unless the year is one that the question names, between two of them, or the year before (an average, a growth)."""
    if named and not min(named) - 1 <= year <= max(named):
        raise PlanError(f"the question does not ask about {year}")


_STRUCTURAL = frozenset(map(Decimal, (0, 1, 2, 100, 360, 365)))  # numbers of arithmetic itself: a mean of two, a percent, a year of days


def _check_numbers(expression: str, lines: int, intent: Intent) -> None:
    """Raise PlanError for what is no number, and for one that is not of arithmetic, nor up to the count of lines, nor in the question."""
    constants = [node.value for node in ast.walk(parse(expression)) if isinstance(node, ast.Constant)]
    for constant in constants:
        if type(constant) not in (int, float):  # words in quotation marks, True
            raise PlanError(f"{constant!r} is no number")
    written = {Decimal(str(constant)) for constant in constants}
    said = {Decimal(digits.replace(",", "")) for digits in re.findall(r"\d[\d,]*(?:\.\d+)?", intent.question)}
    for number in written - _STRUCTURAL - {Decimal(count) for count in range(lines + 1)} - said - {one / 100 for one in said}:
        raise PlanError(f"{number} stands neither in the question nor in a statement")


def _as_said(label: str, intent: Intent) -> str:
    """A label as the question writes it, else without the capital of a row."""
    if found := re.search(re.escape(label), intent.question, re.IGNORECASE):
        return found[0]
    return label[0].lower() + label[1:] if label[1:2].islower() else label


def _dated(metric: str, year: int, last: int, dated: bool) -> str:
    """A metric in its year; where the question names none, so many years before the latest that the documents hold. Raises PlanError where
    these are more than documents compare: a model may write any number for a year.
    """
    if dated:
        return f"{metric}[{year}]"
    if last - year > MOST:
        raise PlanError(f"{last} and {year} are too many years apart")
    for _ in range(last - year):
        metric = f"prior({metric})"
    return metric


_AS_PRINTED = ("level", "difference", "less", "sum", "mean")  # of the unit of their lines, whatever form the model chose


def _shown(expression: str, show: Show | None, lines: Years, intent: Intent) -> Show | None:
    """A percentage where a share or a growth is asked for; the unit of the lines where they are only added up; else as the model chose."""
    asked = asked_for(intent)
    if asked.relation in ("share", "growth") and not asked.kinds - NUMBER:
        return "percent"
    return None if shape_of(expression, lines).kind in _AS_PRINTED else show


def _spell(expression: str, spelled: dict[str, str]) -> str:
    """Each name replaced by its metric at its year."""

    class Spelling(ast.NodeTransformer):
        def visit_Name(self, node: ast.Name) -> ast.expr:
            return parse(spelled[node.id]) if node.id in spelled else node

    return ast.unparse(Spelling().visit(parse(expression)))
