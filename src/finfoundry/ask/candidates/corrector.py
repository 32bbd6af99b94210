"""Plans put right by what the question was read to name and by what the papers hold: the period, the line, the unit.

Each rule takes a typed plan and gives one, the same where it has nothing to put right. Rules for what a plan says run before it is carried
out; those for units only where it could not be. What no rule puts right stays for ``compute.result_check`` to refuse.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain

from finfoundry.ask.compute.operands import Operands
from finfoundry.ask.compute.results import carry_out, compute
from finfoundry.ask.compute.vote import MOVES
from finfoundry.ask.context import fetch
from finfoundry.ask.context.question import QuestionContext
from finfoundry.ask.lexicon.formula import SUMS, concepts_in, names_in, parse
from finfoundry.ask.lexicon.metric_terms import title
from finfoundry.ask.lexicon.ports import StoredFact
from finfoundry.ask.lexicon.spans import FiscalSpan
from finfoundry.ask.lexicon.vocabulary import Mention
from finfoundry.ask.plan.asked_spans import YEAR, compared_with, spans_of, years_said
from finfoundry.ask.plan.dimension import YEAR_OF_DAYS, asked_for
from finfoundry.ask.plan.expressions import GROWN, GROWN_FROM, PlannedExpression, metrics_moved
from finfoundry.ask.plan.rules import Plan
from finfoundry.ask.reader.named_numbers import spans_named
from finfoundry.ask.understand.intent import Intent, scope_named
from finfoundry.ask.understand.subject import Subject
from finfoundry.core.answer import Language
from finfoundry.core.errors import PlanError
from finfoundry.core.formulas import Formula, Show
from finfoundry.core.periods import FiscalYear, parse_iso

OTHERS: Mapping[str, frozenset[str]] = {  # the lines of the other holders, each with the whole and the owners' part
    "NetIncomeLossAttributableToNoncontrollingInterest": frozenset({"net_income_attributable", "net_income"}),
    "MinorityInterest": frozenset({"equity_attributable", "shareholders_equity", "total_equity"}),
}
_OTHERS_SAID = re.compile(
    r"\bminorit|\bnon-?controlling|\b(?:other|outside|external)\s+(?:share)?holders|少数|非控[制股]|外部股东", re.IGNORECASE
)
_OF, _AMONG_ZH = (
    re.compile(r"\b(?:of|in|within|out of)\s+(?:(?:the|its|their|all|\S+['’]s?)\s+)*$", re.IGNORECASE),
    re.compile("之?[中里内]|当中"),
)
DRAWN = ("model", "learnt", "concept", "line")  # sources of plans whose lines no words of the question bind


@dataclass(frozen=True, slots=True)
class Grounds:
    """What a plan is put right by. ``held`` gives what the papers hold for a plan."""

    intent: Intent
    calendar: FiscalYear
    library: Mapping[str, Formula]
    held: Callable[[Plan], Operands]


Rule = Callable[[Plan, Grounds], Plan]


def put_right(context: QuestionContext, plan: Plan, intent: Intent, subject: Subject, rules: Mapping[str, Rule] | None = None) -> Plan:
    """A plan as ``rules`` put it right, those for what it says unless others are given; the trace says which did."""
    held = partial(fetch.operands, context, intent=intent, subject=subject)
    made, names = corrected(plan, Grounds(intent, subject.calendar, intent.vocabulary.library, held), rules)
    if names:
        context.trace.add("corrected", {"by": list(names), "plan": made})
    return made


def corrected(plan: Plan, grounds: Grounds, rules: Mapping[str, Rule] | None = None) -> tuple[Plan, tuple[str, ...]]:
    """A plan, and the names of the rules that put it right."""
    made: list[str] = []
    for name, rule in (BEFORE if rules is None else rules).items():
        before, plan = plan, rule(plan, grounds)
        made += [name] if plan != before else []
    return plan, tuple(made)


# --- the period -----------------------------------------------------------------------------------------------------------------


def fiscal_year(plan: Plan, grounds: Grounds) -> Plan:
    """The year as the company calls it: 2023 for 2024, of a year that ends in January 2024."""
    said = years_said(grounds.intent, grounds.calendar)
    used = {span.year for span in plan.spans} | {year for item in plan.items for year in _years(item.expression)}
    apart = {meant - year for year, meant in said.items()}
    known = {span.year for span in spans_of(grounds.intent, grounds.calendar)}
    if len(apart) != 1 or not used or max(used) not in said or max(used) in known:
        return plan
    (step,) = apart
    spans = tuple(replace(span, year=span.year + step) for span in plan.spans)
    return replace(plan, spans=spans, items=_respelled(plan, _Years({year: year + step for year in used})))


def base(plan: Plan, grounds: Grounds) -> Plan:
    """The latest time against the one that the question names to compare with, in place of that against the time before it; where what
    leads up to the question names one, that.
    """
    with_it = compared_with(grounds.intent, grounds.calendar)
    if with_it is None or plan.spans != (with_it,):
        return plan
    named = [span for span in spans_named(grounds.intent.question, (), [with_it], grounds.calendar) if span != with_it]
    if len(named) > 1 or any(span < with_it for span in named):
        return plan
    levels = all(item.expression.isidentifier() for item in plan.items)
    if plan.ask in MOVES or (plan.ask == "value" and levels):
        latest = named[0] if named else _latest(with_it, plan, lambda _: plan.items, grounds)
        return replace(plan, ask=plan.ask if plan.ask in MOVES else "change", spans=(with_it, latest), timed=True)
    if "average(" in (said := " ".join(item.expression for item in plan.items)) or not ("prior(" in said or "[" in said):
        return plan

    def against(latest: FiscalSpan) -> tuple[PlannedExpression, ...]:
        return _respelled(plan, _Years({with_it.year: latest.year, with_it.year - 1: with_it.year}, with_it.year))

    latest = named[0] if named else _latest(with_it, plan, against, grounds)
    rates = base(plan.of_rates, grounds) if plan.of_rates else None
    return replace(plan, items=against(latest), spans=(latest,), of_rates=rates)


def _latest(with_it: FiscalSpan, plan: Plan, at: Callable[[FiscalSpan], Sequence[PlannedExpression]], grounds: Grounds) -> FiscalSpan:
    """The latest stretch of this length of which all figures are there; the next one, which nobody holds, where none is."""
    operands = grounds.held(plan)
    names = {name for item in plan.items for name in concepts_in(item.expression, grounds.library)}
    dated = (parse_iso(one.fact.period).end for name in names for one in operands.candidates(name))
    years = {year for day in dated if (year := grounds.calendar.year_of(day)) > with_it.year}
    spans = (replace(with_it, year=year) for year in sorted(years, reverse=True))
    return next((span for span in spans if _computes(at(span), span, operands, grounds)), replace(with_it, year=with_it.year + 1))


def _computes(items: Sequence[PlannedExpression], span: FiscalSpan, operands: Operands, grounds: Grounds) -> bool:
    try:
        return all(compute(item, span, operands, grounds.library) for item in items)
    except PlanError:
        return False


def opening(plan: Plan, grounds: Grounds) -> Plan:
    """What stood when a part of a year began, in place of a year before, for how a balance moved over that part: "over the first half"; or
    since the beginning of the year.
    """
    since = _SINCE_OPENING.search(grounds.intent.question) is not None
    moved = _moved(plan, grounds.intent.language, since=since)
    span = plan.spans[-1] if len(plan.spans) == 1 or (since and plan.spans[:-1] == (plan.spans[-1].prior,)) else None
    if moved is None or span is None or span.months == YEAR:
        return plan
    if not since and (span.months != span.through or not _over_the_part(grounds.intent)):
        return plan
    operands = grounds.held(moved)
    names = {name for item in moved.items for name in concepts_in(item.expression, grounds.library)}
    facts = [one for name in names for one in operands.candidates(name)]
    if not facts or not all(parse_iso(one.fact.period).instant for one in facts):
        return plan
    made = replace(moved, spans=(FiscalSpan(span.year - 1), span), timed=True)
    return made if _is_held(made, grounds) else plan


def _over_the_part(intent: Intent) -> bool:
    """Whether a stretch is named, not its end, and nothing is compared with a year before."""
    ended = any(_END_BEFORE.search(intent.core[: one.start]) or _END_ZH.search(one.text) for one in intent.periods)
    return not (ended or any(one.instant for one in intent.periods) or _YEAR_BEFORE.search(intent.question))


def _moved(plan: Plan, language: Language, *, since: bool) -> Plan | None:
    """A plan of how levels moved, that of a growth among them, as one that may have any two times; None of any other."""
    if plan.ask in MOVES:
        return plan
    grown = metrics_moved(GROWN, plan.items) if plan.ask == "value" else []
    if since and plan.ask == "value" and not grown:
        grown = metrics_moved(GROWN_FROM, plan.items)
    words = {**plan.labels, **plan.spoken}
    items = tuple(PlannedExpression(words.get(name, title(name, language)), name, None) for name in grown)
    return replace(plan, ask="change", items=items, of_rates=None) if grown else None


_SINCE_OPENING = re.compile(  # the day before the year began; not 期初, which may be the quarter's
    r"年初|[上去前]一?年年?[末底]|\bopening\s+balances?\b|\b(?:start|beginning)\s+of\s+the\s+(?:\w+\s+)?year\b"
    r"|\b(?:with|from|since|against|versus|vs\.?|to|over)\s+(?:the\s+)?(?:(?:last|prior|previous|preceding)\s+)?year[- ]?end\b",
    re.IGNORECASE,
)
_END_BEFORE, _END_ZH = (
    re.compile(r"\b(?:end|close)\s+of\s+(?:the\s+)?$|\bas\s+(?:of|at)\s+(?:the\s+)?$", re.IGNORECASE),
    re.compile("[末底]"),
)
_YEAR_BEFORE = re.compile(  # and rates of growth, which are of a year wherever nothing else is said
    r"同[比期季]|按年|年[增减][率长]?|一年来|[去上前]一?个?年|增长率|增速|增幅|变动[率比]|\b(?:same|last|prior|previous|preceding|corresponding|comparable)\b"
    r"|\byear[- ](?:on|over)[- ]year\b|\by[-/]?o?[-/]?y\b|\bannual\w*|\byearly\b|\b(?:over|on|in)\s+the\s+year\b"
    r"|\b(?:a|one)\s+year\s+(?:earlier|ago|before)\b|\brates?\b|\bgrowth\b",
    re.IGNORECASE,
)


# --- the line -------------------------------------------------------------------------------------------------------------------


def whole(plan: Plan, grounds: Grounds) -> Plan:
    """The total that the question names in place of a part that its statement adds up to it."""
    return _exchanged(plan, grounds, lambda taken, named: taken in names_in(SUMS.get(named, "0")))


def owners(plan: Plan, grounds: Grounds) -> Plan:
    """What the question names of the whole, or of the owners, in place of the line of the other holders, whom it does not name."""
    if _OTHERS_SAID.search(grounds.intent.question):
        return plan
    return _exchanged(plan, grounds, lambda taken, named: named in OTHERS.get(taken, ()))


def scope(plan: Plan, grounds: Grounds) -> Plan:
    """The group's line that the question names in place of that of the parent company alone."""
    own = {name: label for name, label in plan.labels.items() if scope_named(label) == "parent"}
    if not own or grounds.intent.scope == "parent":
        return plan
    return _exchanged(plan, grounds, lambda taken, named: _says(own.get(taken, ""), named, grounds))


def _says(label: str, named: str, grounds: Grounds) -> bool:
    """Whether a label that names a scope names nothing else but a metric."""
    found = grounds.intent.vocabulary.find(label) if label else []
    return [one.name for one in found] == [named]


def _exchanged(plan: Plan, grounds: Grounds, instead: Callable[[str, str], bool]) -> Plan:
    """The plan with the one metric that the question names and the plan leaves out, in place of the line that it takes ``instead``; as it
    was where the papers do not hold that metric, or the question names the line, too.
    """
    used = {name for item in plan.items for name in names_in(item.expression)}
    named = {mention.name for mention in grounds.intent.mentions}
    left = [mention for mention in grounds.intent.mentions if not _names(mention, grounds) & used]
    taken = [name for name in sorted(used - named) if len(left) == 1 and instead(name, left[0].name)]
    if plan.source != "model" or len(taken) != 1 or (len(used) == 1 and _is_of(left[0], grounds.intent)):
        return plan
    (name,), (mention,) = taken, left
    rest = {key: label for key, label in plan.labels.items() if key != name}
    spoken = {key: said for key, said in plan.spoken.items() if key != name} | {mention.name: mention.text}
    said = plan.labels.get(name) or plan.spoken.get(name) or ""
    titles = [re.sub(re.escape(said), lambda _: mention.text, item.title, flags=re.IGNORECASE) for item in plan.items]
    if not said or any(title == item.title for title, item in zip(titles, plan.items, strict=True)):
        return plan  # nobody could tell what it is called
    items = tuple(map(_called, _respelled(plan, _Names({name: mention.name})), titles))
    made = replace(plan, items=items, labels=rest, spoken=spoken)
    return made if _is_held(made, grounds) else plan


def _is_of(mention: Mention, intent: Intent) -> bool:
    """Whether a part of what is named may be asked for: "how much of its total assets", 总资产中."""
    return _OF.search(intent.core[: mention.start]) is not None or _AMONG_ZH.match(intent.core[mention.end :]) is not None


def _called(item: PlannedExpression, title: str) -> PlannedExpression:
    return replace(item, title=title)


def _names(mention: Mention, grounds: Grounds) -> set[str]:
    return {mention.name} | concepts_in(mention.name, grounds.library)


def _is_held(plan: Plan, grounds: Grounds) -> bool:
    try:
        return bool(carry_out(plan, grounds.held(plan), grounds.library))
    except PlanError:
        return False


# --- the unit -------------------------------------------------------------------------------------------------------------------


def shown(plan: Plan, grounds: Grounds) -> Plan:
    """A quotient of amounts as the share or the ratio that it is, not as days; days are what a year of them is divided by."""
    items = tuple(
        replace(item, show=_share(grounds)) if item.show == "days" and _is_quotient(item.expression) else item for item in plan.items
    )
    return replace(plan, items=items) if plan.source in DRAWN and items != plan.items else plan


def _is_quotient(expression: str) -> bool:
    node = parse(expression)
    numbers = {one.value for one in ast.walk(node) if isinstance(one, ast.Constant)}
    return isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div) and not numbers & (YEAR_OF_DAYS | {90, 91})


def _share(grounds: Grounds) -> Show:
    return "percent" if asked_for(grounds.intent).relation in ("share", "growth") else "ratio"


def amount(plan: Plan, grounds: Grounds) -> Plan:
    """An amount as an amount, where it was planned to be shown as a rate and is none."""
    if plan.source not in DRAWN or _is_held(plan, grounds):
        return plan
    made = replace(plan, items=tuple(replace(item, show=None) for item in plan.items))
    return made if _is_held(made, grounds) else plan


def currency(plan: Plan, grounds: Grounds) -> Plan:
    """Figures of one currency, the one in which the papers print all that is computed with; as they were where several are."""
    operands = grounds.held(plan)
    names = sorted({name for item in plan.items for name in concepts_in(item.expression, grounds.library)})
    facts = {name: list(operands.candidates(name)) for name in names}
    units = [{unit for one in found if (unit := _currency(one.fact.unit))} for found in facts.values()]
    fitting = list(_in_one(plan, facts, set(chain.from_iterable(units)), grounds)) if len(names) > 1 else []
    return fitting[0] if len(fitting) == 1 else plan


def _in_one(plan: Plan, facts: Mapping[str, Sequence[StoredFact]], units: set[str], grounds: Grounds) -> Iterator[Plan]:
    wished = grounds.intent.wish.currency
    for unit in sorted(units if wished is None else units & {wished}):
        kept = {name: [one for one in found if _currency(one.fact.unit) in (unit, None)] for name, found in facts.items()}
        made = replace(plan, rows={**plan.rows, **kept})
        if _is_held(made, grounds):
            yield made


def _currency(unit: str | None) -> str | None:
    """The currency of a unit; None of one that has none."""
    code = (unit or "").removesuffix("/share")
    return code if len(code) == 3 and code.isupper() else None


# --- expressions ----------------------------------------------------------------------------------------------------------------


def _years(expression: str) -> list[int]:
    """The years that an expression names itself."""
    held = (node.slice for node in ast.walk(parse(expression)) if isinstance(node, ast.Subscript))
    return [year.value for year in held if isinstance(year, ast.Constant) and isinstance(year.value, int)]


def _respelled(plan: Plan, spelling: ast.NodeTransformer) -> tuple[PlannedExpression, ...]:
    return tuple(replace(item, expression=ast.unparse(spelling.visit(parse(item.expression)))) for item in plan.items)


class _Years(ast.NodeTransformer):
    """Years that an expression names as others; the time before as the year ``prior``, where one is given."""

    def __init__(self, years: Mapping[int, int], prior: int | None = None) -> None:
        self.years, self.prior = years, prior

    def visit_Subscript(self, node: ast.Subscript) -> ast.expr:
        year = node.slice.value if isinstance(node.slice, ast.Constant) else None
        return ast.Subscript(node.value, ast.Constant(self.years.get(year, year))) if isinstance(year, int) else node

    def visit_Call(self, node: ast.Call) -> ast.expr:
        before = isinstance(node.func, ast.Name) and node.func.id == "prior"
        if before and self.prior is not None:
            return ast.Subscript(node.args[0], ast.Constant(self.prior))
        node.args = [self.visit(one) for one in node.args]
        return node


class _Names(ast.NodeTransformer):
    """Names of an expression as others."""

    def __init__(self, names: Mapping[str, str]) -> None:
        self.names = names

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return ast.Name(self.names.get(node.id, node.id))


BEFORE: Mapping[str, Rule] = {
    "fiscal year": fiscal_year, "base": base, "opening": opening, "whole": whole, "owners": owners, "scope": scope, "shown": shown,
}  # fmt: skip
UNITS: Mapping[str, Rule] = {"currency": currency, "amount": amount}
