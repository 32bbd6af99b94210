"""A computed result checked before it is stated: its kind against what was asked, its operands against the words of the question, its size.

The arithmetic itself is checked where it is done (``compute``: only like is added to like, a percentage is one once). Here the result is
held against the question. What any plan computes must be of the kind asked for and of a possible size. What a model planned must also be
about the lines, the years and the parts that the question names, since nothing else ties it to them. A result that does not hold is not
stated: the question goes on to the next plan and in the end to the closest passages, and the reasons are kept.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from finfoundry.ask.compute.operands import Operand, covers
from finfoundry.ask.compute.results import Computed
from finfoundry.ask.compute.vote import MOVES
from finfoundry.ask.lexicon.formula import concepts_in, names_in, parse
from finfoundry.ask.lexicon.movements import moves
from finfoundry.ask.lexicon.ports import FactQuery, FactStore
from finfoundry.ask.lexicon.vocabulary import tokens
from finfoundry.ask.lexicon.word_lists import word_list
from finfoundry.ask.plan.asked_spans import spans_of
from finfoundry.ask.plan.dimension import AskedResult, Kind, asked_for, dimension_of
from finfoundry.ask.plan.rules import Plan, either_way
from finfoundry.ask.plan.shape import Years, shape_of
from finfoundry.ask.plan.unexplained import names_a_part, unexplained
from finfoundry.ask.reader.named_numbers import spans_named
from finfoundry.ask.understand.comparison import order_of
from finfoundry.ask.understand.intent import Intent, without_mentions
from finfoundry.ask.understand.stored_labels import joined
from finfoundry.binding.expression import evaluate
from finfoundry.core.document import BY_PLACE
from finfoundry.core.language import simplified
from finfoundry.core.periods import FiscalYear, parse_iso, undated
from finfoundry.core.principal import Principal
from finfoundry.core.quantities.numbers import find_numbers

ZERO = Decimal(0)
MOST_GROWTH = Decimal(100)  # a line that grows to more than a hundred times itself was printed in another scale
MOST_RATE = Decimal(1000)
VERY_SURE = 0.9  # of a learnt reading that goes before a rule's
_SPENT = re.compile(r"(?<!\bto )(?<!\bbe )\bspen[dt]\b|花[了掉费]", re.I)  # but not what is left to spend
EXAMPLES = 20  # facts looked at to see whether a word names a line
COUNTED: frozenset[Kind] = frozenset({"count", "days", "months", "years"})


@dataclass(frozen=True, slots=True)
class Lines:
    """The labels of one company's lines, to look words up among them."""

    store: FactStore
    principal: Principal
    entity: str | None
    collection: str | None

    def names(self, word: str) -> bool:
        """Whether the label of any line has the word, so that the word distinguishes lines."""
        query = FactQuery(entity=self.entity, metric=word, collection=self.collection, limit=EXAMPLES)
        return any(covers(stored, word) for stored in self.store.facts(self.principal, query))


@dataclass(frozen=True, slots=True)
class PlanVerdict:
    """Why results are not to be stated; empty where they are."""

    reasons: tuple[str, ...]


def check(plan: Plan, rows: Sequence[Sequence[Computed]], intent: Intent, calendar: FiscalYear, lines: Lines) -> PlanVerdict:
    """Check the results of a plan. ``lines`` are those of the company asked about."""
    asked = asked_for(intent)
    found = [computed for row in rows for computed in row]
    reasons = [*_of_stated(asked, found, intent), *_of_days(found, intent), *_of_the_whole(found, intent)]
    named = _named(intent)
    reasons += [reason for computed in found for reason in _of_size(asked, computed, named)]
    doubted = plan.sure < VERY_SURE or all(computed.lookup for computed in found)
    kinds = {_kind(computed) for computed in found}
    if not _side_by_side(intent) or asked.kinds.isdisjoint(kinds):  # of several metrics, the kind that is named is that of one
        reasons += [reason for computed in found for reason in _of_kind(asked, computed, doubted=doubted)]
    if plan.source == "label" and asked.relation == "no figure":
        reasons.append("a name or a time is asked for, and a figure is found")
    if plan.source == "label":
        reasons += _of_first(plan, intent)
    if plan.source in ("model", "learnt"):
        reasons += [reason for computed in found for reason in _of_model(plan, computed, asked, intent, calendar)]
        reasons += _of_periods(found, plan, intent, calendar)
        reasons += _of_words(found, plan, intent, lines)
        reasons += [*_of_first(plan, intent), *_of_sums(found, plan, intent)]
    if plan.source == "learnt":
        reasons += _of_bases(found, intent)
    return PlanVerdict(tuple(dict.fromkeys(reasons)))


def other_currency(asked: str | None, rows: Sequence[Sequence[Computed]]) -> str | None:
    """The currency of the amounts, where another is asked for; None where it is the one asked for, or none is."""
    units = {computed.unit.removesuffix("/share") for row in rows for computed in row if computed.unit}
    return next((unit for unit in sorted(units) if len(unit) == 3 and unit.isupper() and asked not in (None, unit)), None)


# --- any plan -------------------------------------------------------------------------------------------------------------------


def _of_kind(asked: AskedResult, computed: Computed, *, doubted: bool) -> Iterator[str]:
    """An amount for a share, a share for an amount, money for people. However sure a plan is, no amount is a number of people or years;
    what has no unit printed over it may be either.
    """
    kind = _kind(computed)
    counted = kind == "money" and not COUNTED.isdisjoint(asked.kinds)
    if counted and computed.unit is None:
        return
    if (doubted or counted) and asked.kinds and kind not in asked.kinds and asked.relation in ("level", "share"):
        yield f"the result is of kind {kind}, where {' or '.join(sorted(asked.kinds))} is asked for"


def _of_the_whole(found: Sequence[Computed], intent: Intent) -> Iterator[str]:
    """A figure of the whole company, where the question names a part of it that nothing explains: 对公业务这一块."""
    part = next((word for word in unexplained(intent) if names_a_part(word)), None) if intent.left else None
    facts = [operand.stored.fact for computed in found for operand in computed.operands.values()]
    if part and facts and all(fact.concept and not any(axis != BY_PLACE for axis, _ in fact.dimensions) for fact in facts):
        yield f"the result leaves out {part}"


_BESIDE = re.compile(r"[,，、;；?？]|\b(?:and|along\s+with|as\s+well\s+as)\b|[和与及跟]|还有", re.IGNORECASE)


def _side_by_side(intent: Intent) -> bool:
    """Whether a question names several metrics, one beside the other: not one of the other, "costs per head"."""
    ordered = sorted(intent.mentions, key=lambda one: one.start)
    between = [intent.core[one.end : other.start] for one, other in pairwise(ordered)]
    return bool(between) and all(_BESIDE.search(text) for text in between)


def _kind(computed: Computed) -> Kind:
    return dimension_of(computed.expression, _units(computed)).kind


def _of_stated(asked: AskedResult, found: Sequence[Computed], intent: Intent) -> Iterator[str]:
    """What the question states itself answers whether it is so, and nothing else: of $1.3 billion, what was nearly all of it?"""
    stated = find_numbers(undated(intent.question)) if asked.relation != "verdict" else []
    if found and all(any(number.rounds(computed.value) for number in stated) for computed in found):
        yield "the question itself states the result"


def _of_days(found: Sequence[Computed], intent: Intent) -> Iterator[str]:
    """What is spent is spent over a time: what is paid ahead for advertising on a day was not."""
    periods = [operand.stored.fact.period for computed in found for operand in computed.operands.values()]
    if periods and all(parse_iso(period).instant for period in periods) and _SPENT.search(intent.core):
        yield "the result is of a day, where what was spent over a time is asked for"


def _of_size(asked: AskedResult, computed: Computed, named: AbstractSet[str]) -> Iterator[str]:
    """A part is no more than its whole, where the question does not name both lines itself: financial income makes its costs negative; what
    grew a hundredfold, or shrank by more than all of it, was not read in one scale.
    """
    if computed.unit != "ratio":
        return
    shape = shape_of(computed.expression, lines_of(computed))
    if shape.kind == "growth":
        if _value(shape.right, computed) <= 0:
            yield "a growth from nothing or from a loss is no percentage"
        elif computed.value > MOST_GROWTH:
            yield "a line grew to more than a hundred times itself: its figures are not of one scale"
    elif asked.part and asked.relation == "share" and not (-1 if names_in(computed.item.expression) <= named else 0) <= computed.value <= 1:
        yield "a part of a whole is not between nothing and the whole"
    elif abs(computed.value) > MOST_RATE:
        yield "a rate of more than a thousand: its figures are not of one scale"


# --- plans of a model -----------------------------------------------------------------------------------------------------------


def _of_model(plan: Plan, computed: Computed, asked: AskedResult, intent: Intent, calendar: FiscalYear) -> Iterator[str]:
    """The learnt reader knows more words for a growth, a share and a verdict than the reader of rules."""
    if plan.source != "learnt" or (asked.relation != "level" and plan.sure < VERY_SURE):
        yield from _of_relation(plan, asked, computed, several=len(spans_of(intent, calendar)) > 1)


def _of_first(plan: Plan, intent: Intent) -> Iterator[str]:
    """A level for "the largest": which of several is asked for."""
    if plan.ask not in ("extreme", "compare") and order_of(without_mentions(intent, intent.masked)) is not None:
        yield "the question asks which of several is the first"


_ADDS = re.compile(  # a learnt reader takes "sales and net income", two lines that are asked for, for their sum
    r"\b(?:plus|sum|total(?:led|ed)?|combined?|add(?:ed|ing)?|together|altogether|aggregate)\b|加[上起总]|相加|[一总]共|共计|合计|[总之]和|合起来",
    re.IGNORECASE,
)


def _of_sums(found: Sequence[Computed], plan: Plan, intent: Intent) -> Iterator[str]:
    """A sum of lines that no word of the question joins, of a whole and a part of it; as a learnt reader reads it, that none adds. What a
    metric is the sum of, as its own formula tells, nobody has to say.
    """
    for computed in found:
        if shape_of(computed.expression, lines_of(computed)).kind == "sum" and not computed.item.expression.isidentifier():
            said = [_label(operand, plan) for operand in computed.operands.values()]
            added = joined(intent.question, said) and (plan.source != "learnt" or _ADDS.search(without_mentions(intent, intent.core)))
            if len(set(said)) > 1 and not added:
                yield "the question does not say that lines are added"
    planned = [computed.item.expression for computed in found]
    if plan.source == "learnt" and _adds_up(intent) and planned and not any("+" in one for one in planned):
        yield "the question says that lines are added"
    if plan.source == "learnt" and any(map(_adds_within, planned)) and not (_listed(intent) or _ADDS.search(intent.core)):
        yield "the question does not say that lines are added"


_SUM_BEHIND = re.compile(r"\s*的?\s*(?:[三四五两几]项)?(?:之和|总和|合计|相加|加起来|加总|加在一起|加一块|一共|总共)")
_LISTED = re.compile(r"\s*(?:[、,，+＋和与及]|以及)\s*")


def _adds_up(intent: Intent) -> bool:
    """Whether a question asks for the sum of metrics that it lists, one beside the other: 销售费用、管理费用合计."""
    return any(_SUM_BEHIND.match(intent.core[end:]) for end in _listed(intent))


def _listed(intent: Intent) -> list[int]:
    """Where metrics end that stand behind another one, in a list."""
    ordered = sorted(intent.mentions, key=lambda one: one.start)
    return [other.end for one, other in pairwise(ordered) if _LISTED.fullmatch(intent.core[one.end : other.start])]


def _adds_within(expression: str) -> bool:
    """Whether lines are added within a quotient."""
    node = parse(expression)
    divides = isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div)
    return divides and any(isinstance(one, ast.BinOp) and isinstance(one.op, ast.Add) for one in ast.walk(node))


_FITS = {
    "level": ("level", "quotient", "less", "sum", "mean", "other"),
    "share": ("level", "quotient"),
    "growth": ("level", "growth", "compound"),
    "difference": ("level", "difference", "less", "growth"),
    "ratio": ("level", "quotient", "multiple", "other"),
    "verdict": ("level", "difference", "growth", "less", "multiple", "quotient", "other"),
    "no figure": (),
}  # fmt: skip


def _of_relation(plan: Plan, asked: AskedResult, computed: Computed, *, several: bool) -> Iterator[str]:
    """A growth for a level, a level for a growth, a figure for a verdict. Between several years a difference may be meant by a level."""
    shape = shape_of(computed.expression, lines_of(computed))
    known = shape.kind in _FITS[asked.relation] or (several and asked.relation == "level" and shape.kind == "difference")
    if not known and not (plan.source == "learnt" and asked.relation == "ratio" and shape.kind in ("growth", "compound")):
        yield f"a {shape.kind} was computed, where a {asked.relation} is asked for"
    elif plan.yes_no != (asked.relation == "verdict"):
        yield "a verdict was computed for a figure" if plan.yes_no else "a figure was computed for a verdict"
    elif asked.relation in ("growth", "share") and computed.unit != "ratio" and "money" not in asked.kinds:
        yield f"an amount was computed, where a {asked.relation} is asked for"
    elif asked.relation in ("growth", "difference") and shape.kind == "level" and not (plan.ask in MOVES or _is_movement(computed)):
        yield f"a level was computed, where a {asked.relation} is asked for"
    elif asked.relation in ("growth", "difference") and not shape.forward:
        yield "the earlier year stands before the later one"


def _is_movement(computed: Computed) -> bool:
    """Whether a line is itself a change: "Increase in provisions", 同比增减."""
    return any(moves(part) for operand in computed.operands.values() for part in operand.stored.fact.metric)


def _of_periods(found: Sequence[Computed], plan: Plan, intent: Intent, calendar: FiscalYear) -> Iterator[str]:
    """The years asked about, those between them and no others; the year before only of a line that is also taken in a year asked about."""
    wanted = set(spans_of(intent, calendar))
    if plan.source == "learnt":  # it reads years all over the question
        wanted = set(spans_named(intent.question, (*plan.labels.values(), *plan.spoken.values()), sorted(wanted), calendar))
    used = {(operand.name, operand.span) for computed in found for operand in computed.operands.values()}
    allowed = used & {(name, span.prior) for name, span in used if span in wanted}
    if wanted and (strange := sorted(span for name, span in used - allowed if not min(wanted) <= span <= max(wanted))):
        yield f"the question does not ask about {strange[0].words('en')}"
    if plan.sure < VERY_SURE and (left := sorted(wanted - {span for _, span in used})):
        yield f"the result leaves out {left[0].words('en')}"


def _of_words(found: Sequence[Computed], plan: Plan, intent: Intent, lines: Lines) -> Iterator[str]:
    """Each operand is a line that the question names, and each line that the question names is among the operands."""
    operands = {operand.name: operand for computed in found for operand in computed.operands.values()}
    asked, named = _words(intent.question), _named(intent)
    for operand in operands.values():
        if operand.name not in named and (strange := _words(_label(operand, plan)) - asked - _neutral()):
            yield f"the question names no {' '.join(sorted(strange))}"
        elif operand.name in plan.labels and (strange := _beyond(operand, plan) - asked - _neutral()):
            yield f"{' '.join(operand.stored.fact.metric[-1:])} is another line than the one asked for: {' '.join(sorted(strange))}"
        elif strange := _members(operand) - asked - _neutral():
            yield f"{' '.join(sorted(strange))} is a part that the question does not name"
    covered = set(operands) | _planned(found, intent)
    covered |= {word for operand in operands.values() for word in _words(_label(operand, plan)) | _beyond(operand, plan)}
    for mention in intent.mentions:
        if not ({mention.name} | concepts_in(mention.name, intent.vocabulary.library)) & covered and not _words(mention.text) <= covered:
            yield f"the result leaves out {mention.text}"
    before, clause = _led_up(intent.core, (*plan.labels.values(), *plan.spoken.values()))
    introduced = _words(before) - _words(clause)  # what leads up to the question asks for no line
    for word in set(unexplained(intent)) - word_list("parts") - word_list("greetings") - introduced - _words(either_way(intent)):
        if not _words(word) <= covered and not _is_spending(word, found, plan) and lines.names(word):
            yield f"the result leaves out {word}"
    if len(intent.entities) > 1:
        yield "the result leaves out a company"


_SPENDING, _COST = frozenset({"支出", "开支", "花费", "花销"}), re.compile(r"(?:费用?|成本|支出|开支)$")


def _is_spending(word: str, found: Sequence[Computed], plan: Plan) -> bool:
    """Whether a word says no more of what was spent than that it was: 在销售费用上共支出."""
    return word in _SPENDING and all(_COST.search(_label(one, plan)) for computed in found for one in computed.operands.values())


def _led_up(core: str, asked: Sequence[str]) -> tuple[str, str]:
    """A question's lead-in, up to a colon, or to a dash behind which all that is ``asked`` stands, and the rest."""
    before, _, clause = core.replace("：", ":").rpartition(":")
    if before:
        return before, clause
    before, _, clause = core.replace("–", "-").replace("—", "-").rpartition(" - ")
    return (before, clause) if asked and all(_words(label) <= _words(clause) for label in asked) else ("", core)


def _of_bases(found: Sequence[Computed], intent: Intent) -> Iterator[str]:
    """What a named ratio is set against is among the operands: an EBITDA margin is one of revenue, whatever EBITDA is said to be."""
    operands = {operand.name for computed in found for operand in computed.operands.values()} | _planned(found, intent)
    library = intent.vocabulary.library
    for mention in intent.mentions:
        match parse(library[mention.name].expression) if mention.formula and mention.name in library else None:
            case ast.BinOp(op=ast.Div(), right=base) if names_in(ast.unparse(base)):
                wanted = {mention.name} | {name for one in names_in(ast.unparse(base)) for name in {one} | concepts_in(one, library)}
                if not wanted & operands:
                    yield f"the result is not set against what {mention.text} is of"


def _planned(found: Sequence[Computed], intent: Intent) -> set[str]:
    """The metrics that were to be computed, formulas taken apart, though their lines may not be printed but put together of others."""
    names = {name for computed in found for name in names_in(computed.item.expression)}
    return names | {part for name in names for part in concepts_in(name, intent.vocabulary.library)}


def _named(intent: Intent) -> set[str]:
    """The metrics that the question names, itself or by a formula or a definition."""
    library = intent.vocabulary.library
    mentioned = {name for mention in intent.mentions for name in {mention.name} | concepts_in(mention.name, library)}
    return mentioned | {
        name for one in intent.definitions for named in names_in(one.expression) for name in {named} | concepts_in(named, library)
    }


def _label(operand: Operand, plan: Plan) -> str:
    """The label by which the plan asked for an operand."""
    return plan.labels.get(operand.name) or plan.spoken.get(operand.name) or operand.name.replace("_", " ")


def _beyond(operand: Operand, plan: Plan) -> set[str]:
    """Words of the printed line that its label in the plan does not have."""
    return _words(" ".join(operand.stored.fact.metric[-1:])) - _words(_label(operand, plan))


def _members(operand: Operand) -> set[str]:
    """The words of the parts that an operand is of; what a heading says of units is none."""
    return _words(" ".join(member for _, member in operand.stored.fact.dimensions if not _UNIT.search(simplified(member))))


_UNIT = re.compile("单位|[为千万]元|元$")


def _words(text: str) -> set[str]:
    return {token.text for token in tokens(text)}


def _neutral() -> frozenset[str] | set[str]:
    """Words of a label by which no line differs from another."""
    return word_list("empty") | word_list("untelling") | word_list("neutral")


def _value(node: ast.expr | None, computed: Computed) -> Decimal:
    """What a part of a result's expression comes to."""
    return evaluate(ast.unparse(node), {name: operand.stored.fact.value for name, operand in computed.operands.items()}) if node else ZERO


def lines_of(computed: Computed) -> Years:
    """The line and the year of each operand."""
    return {name: (operand.name, operand.span.year) for name, operand in computed.operands.items()}


def _units(computed: Computed) -> dict[str, str | None]:
    return {name: operand.stored.fact.unit for name, operand in computed.operands.items()}
