"""Dimensions of figures: an amount of a currency, an amount per share, a count, days, or a plain number such as a rate.

``dimension_of`` works out the dimension of an arithmetic expression from those of its operands, as one checks a formula of physics: only
like is added to like, and an amount over an amount is a plain number. It also counts factors of 100, because a share that was multiplied
by 100 and is then printed with a percent sign is stated a hundred times too large.

``asked_for`` reads what kind of result a question asks for; a result is stated only where it is of this kind.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from finfoundry.ask.lexicon.formula import parse
from finfoundry.ask.plan.rules import DOWN, UP, either_way
from finfoundry.ask.understand.intent import Intent, asks_yes_no, without_mentions
from finfoundry.core.errors import PlanError

UNKNOWN = "?"  # the base of an amount whose currency no document states
YEAR_OF_DAYS = frozenset({360, 365, 366})
HUNDRED = Decimal(100)
NOT_MONEY = frozenset({"share", "day", "count", "employees", "shares", "days", "ratio", "year", "month"})
Kind = Literal["number", "money", "per_share", "shares", "days", "years", "months", "count", "other"]


@dataclass(frozen=True, slots=True)
class Dimension:
    """Powers of the base units; ``hundreds`` is how often a plain number was multiplied by 100; ``constant`` is set for a bare number."""

    powers: Mapping[str, int]
    hundreds: int = 0
    constant: Decimal | None = None

    @property
    def kind(self) -> Kind:
        """What the powers make: "other" is what no answer states, such as a square of dollars."""
        money = [base for base in self.powers if base not in NOT_MONEY]
        rest = {base: power for base, power in self.powers.items() if base in NOT_MONEY}
        if not self.powers:
            return "number"
        if len(money) == 1 and self.powers[money[0]] == 1:
            return "money" if not rest or rest in ({"count": -1}, {"day": -1}) else "per_share" if rest == {"share": -1} else "other"
        if not money and list(rest.values()) == [1]:
            kinds: dict[str, Kind] = {"share": "shares", "day": "days", "year": "years", "month": "months", "count": "count"}
            return kinds.get(next(iter(rest)), "other")
        return "other"

    @property
    def unit(self) -> str | None:
        """The unit of the answer contract; None where there is none: for "other" and for an amount without a currency."""
        money = next((base for base in self.powers if base not in NOT_MONEY and base != UNKNOWN), None)
        match self.kind:
            case "number":
                return "ratio"
            case "money":
                return money
            case "per_share":
                return f"{money}/share" if money else None
            case "shares" | "days" | "years" | "months" | "count" as unit:
                return unit
        return None


def dimension_of_unit(unit: str | None) -> Dimension:
    """The dimension of a fact's unit: ISO 4217, "USD/share", "shares", "count", "days", "ratio"; of none, an unknown currency."""
    if unit is None or unit == "":
        return Dimension({UNKNOWN: 1})
    base, _, below = unit.partition("/")
    powers = {_base(base): 1} | ({_base(below): -1} if below else {})
    return Dimension({name: power for name, power in powers.items() if name != "ratio"})


def _base(unit: str) -> str:
    return {"shares": "share", "days": "day", "years": "year", "months": "month", "employees": "count", "": "ratio"}.get(unit, unit)


def dimension_of(expression: str, units: Mapping[str, str | None]) -> Dimension:
    """The dimension of arithmetic over operands with these units.

    Raises:
        PlanError: unlike things are added, or a percentage and a fraction, or an operand is not in ``units``.
    """
    known = {unit.partition("/")[0] for unit in units.values() if unit and len(unit.partition("/")[0]) == 3 and unit[:3].isupper()}
    only = next(iter(known)) if len(known) == 1 else None  # an amount without a currency is of the only one that others have
    return _walk(parse(expression), {name: dimension_of_unit(unit or only) for name, unit in units.items()})


def _walk(node: ast.expr, operands: Mapping[str, Dimension]) -> Dimension:
    match node:
        case ast.Constant(value=int() | float() as value):
            return Dimension({}, constant=Decimal(str(value)))
        case ast.Name(id=name) if name in operands:
            return operands[name]
        case ast.UnaryOp(op=ast.USub() | ast.UAdd(), operand=inner):
            return _walk(inner, operands)
        case ast.BinOp(left=left, op=ast.Add() | ast.Sub(), right=right):
            return _sum(_walk(left, operands), _walk(right, operands))
        case ast.BinOp(left=left, op=ast.Mult(), right=right):
            return _product(_walk(left, operands), _walk(right, operands), 1)
        case ast.BinOp(left=left, op=ast.Div(), right=right):
            return _product(_walk(left, operands), _walk(right, operands), -1)
        case ast.BinOp(left=left, op=ast.Pow(), right=right):
            return _power(_walk(left, operands), right, _walk(right, operands))
    raise PlanError(f"{ast.unparse(node)[:80]} has no dimension")


def _sum(one: Dimension, other: Dimension) -> Dimension:
    if one.constant is not None and other.constant is not None:
        return Dimension({}, constant=one.constant + other.constant)
    if one.constant is not None or other.constant is not None:
        figure, number = (one, other) if other.constant is not None else (other, one)
        _check_bare(figure, number.constant or Decimal(0))
        return figure
    if dict(one.powers) != dict(other.powers):
        raise PlanError(f"{spelled(one)} and {spelled(other)} are not added to each other")
    if one.hundreds != other.hundreds:
        raise PlanError("a percentage and a fraction are not added to each other")
    return one


def _check_bare(figure: Dimension, number: Decimal) -> None:
    """A bare number is only added to a plain number, and to a percentage only as one."""
    if number == 0:
        return
    if figure.powers:
        raise PlanError(f"the bare number {number.normalize():f} is not added to {spelled(figure)}")
    if (abs(number) == 1 and figure.hundreds) or (abs(number) >= HUNDRED and not figure.hundreds):
        raise PlanError("a percentage and a fraction are not added to each other")


def _product(one: Dimension, other: Dimension, sign: Literal[1, -1]) -> Dimension:
    if one.constant is not None and other.constant is not None:
        below = other.constant if other.constant or sign == 1 else Decimal(1)
        return Dimension({}, constant=one.constant * other.constant if sign == 1 else one.constant / below)
    left, right = _factor(one), _factor(other)
    powers = {base: left.powers.get(base, 0) + sign * right.powers.get(base, 0) for base in {**left.powers, **right.powers}}
    return Dimension({base: power for base, power in powers.items() if power}, left.hundreds + sign * right.hundreds)


def _factor(dimension: Dimension) -> Dimension:
    """A bare number as a factor: 100 is a percent sign, the days of a year are days."""
    if dimension.constant is None:
        return dimension
    size = abs(dimension.constant)
    if size in YEAR_OF_DAYS:
        return Dimension({"day": 1})
    return Dimension({}, {HUNDRED: 1, HUNDRED**2: 2, 1 / HUNDRED: -1}.get(size, 0))


def _power(base: Dimension, written: ast.expr, exponent: Dimension) -> Dimension:
    if exponent.constant is None:
        raise PlanError(f"the exponent {ast.unparse(written)[:40]} is no number")
    if base.constant is not None:
        return Dimension({}, constant=base.constant)
    if base.powers or base.hundreds:
        raise PlanError(f"{spelled(base)} is raised to no power")
    return base


_WORDS = {
    "number": "a plain number", "money": "an amount", "per_share": "an amount per share", "shares": "shares", "days": "days",
    "years": "years", "months": "months", "count": "a count", "other": "a mixed quantity",
}  # fmt: skip


def spelled(dimension: Dimension) -> str:
    """A dimension in words, for the message of an error: "an amount in USD"."""
    unit = f" in {dimension.unit}" if dimension.kind in ("money", "per_share") and dimension.unit else ""
    return f"{'a percentage' if dimension.hundreds else _WORDS[dimension.kind]}{unit}"


# --- what kind of result a question asks for ------------------------------------------------------------------------------------
# An amount, a share, a growth, a difference, a number of days, a verdict. Words that leave the kind open ask for none in particular.

Relation = Literal["level", "share", "growth", "difference", "ratio", "verdict", "no figure"]


@dataclass(frozen=True, slots=True)
class AskedResult:
    """``kinds`` are the dimensions that fit, all of them where it is empty. ``part`` is set where a part of a whole is asked for, which
    lies between nothing and the whole.
    """

    relation: Relation
    kinds: frozenset[Kind] = frozenset()
    part: bool = False


_NO_FIGURE = re.compile(
    r"^\W*(?:who|whom|whose|where|when|why)\b|\b(?:what|which)\s+(?:fiscal\s+|calendar\s+)?(?:year|quarter|month|date|day)s?\b"
    r"|谁|何时|何地|什么时候|为什么|为何|哪一?[年天月日]|哪[个些家位种类项]",
    re.I,
)
_GROWTH = re.compile(
    r"\b(?:growth|cagr|rate\s+of\s+change|change\s+rate|year[- ]over[- ]year|yoy"
    r"|(?:percent(?:age)?|%)\s+(?:change|increase|decrease|decline|rise|drop)"
    r"|(?:by|in)\s+(?:what|how\s+many)\s+(?:percent(?:age)?|%))\b"
    r"|\b(?:change|increase|decrease|decline|rise|drop)\s+(?:\(|in\s+)(?:percent|%)"
    r"|增长率|增速|增幅|降幅|同比|变动[率比]|变化率|增减率|[增减升降涨跌][长加少]?了?百分之[几多]",
    re.I,
)
IN_PERCENT = re.compile(r"\bpercent(?:age)?\b|%|百分之|百分比", re.I)
SHARE = re.compile(
    r"\b(?:share|portion|proportion|fraction|(?<!as a )part|weight)\s+of\b"
    r"|\bwhat\s+(?:share|portion|proportion|fraction)\b|占比|比重|占[^，。？?]{0,60}(?:多少|比例|几成)",
    re.I,
)
_RELATIVE = re.compile(
    r"\b(?:percent(?:age)?|%)\s+of\b|\bwhat\s+(?:percent(?:age)?|%)|\bas\s+an?\s+(?:percent(?:age)?|%)\b|\brelative\s+to\b|比例|百分之几|百分比",
    re.I,
)
_RATIO = re.compile(
    r"\b(?:ratio|margin|yield|rate|multiple|turnover|coverage|how\s+many\s+times)\b|倍|比率|比值|之比|(?<!汇)(?<!利)率(?!先)", re.I
)
_DIFFERENCE = re.compile(
    r"\bdifferences?\b|\bby\s+how\s+much\b|\bhow\s+(?:much|many)\s+(?:\w+\s+)?(?:more|less|fewer|higher|lower|larger|smaller|greater)\b"
    r"|\bchang(?:e|ed)\b|差额|差值|差距|之差|相差|[多少高低大小]多少|增减[额了多]|增加额|减少额|变化|变动",
    re.I,
)
_DAYS = re.compile(
    r"\bhow\s+many\s+days\b|\bnumber\s+of\s+days\b|(?<!\d\s)\bdays\s+(?:of|in|sales|inventory|payable)|天数|多少天|几天", re.I
)
_TERM = re.compile(r"\bhow\s+many\s+(?:more\s+)?(?:years|months)\b|多少(?:年|个月)|几(?:年|个月)", re.I)
_PER_SHARE = re.compile(r"\bper\s+(?:\w+\s+)?share\b|每股", re.I)
_MONEY = re.compile(
    r"\bhow\s+(?:much\s+(?:money|cash)|many\s+(?:\w+\s+)?(?:dollars|euros|pounds|yuan))\b|\b(?:dollar|monetary)\s+(?:amount|value)\b"
    r"|\bin\s+(?:us\s*)?(?:dollars|\$|usd|eur|gbp|rmb|cny)|多少(?:[百千万亿]*)[元块]|几[百千万亿]*元",
    re.I,
)
_COUNT = re.compile(
    r"\bhow\s+many\s+(?!days|times|(?:percentage\s+|basis\s+)?points|dollars|euros|pounds|yuan|percent|years|months|more|fewer|(?:hundred|thousand|million|billion)s?\s+(?:of\s+)?(?:us\s+)?dollars)"
    r"|\b(?:number|headcount)\s+of\s+(?!days)|多少(?:名|人|家|个|位|户|件|股|笔|辆|台|份)|几(?:名|人|家|个(?![亿万点])|位|户)|人数",
    re.I,
)
_MOVED = re.compile(r"\bhow\s+(?:much|many)\b|多少|几", re.I)
NUMBER: frozenset[Kind] = frozenset({"number"})


def asked_for(intent: Intent) -> AskedResult:
    """The kind of result that a question asks for."""
    core, plain = intent.masked, without_mentions(intent, intent.masked)
    if _NO_FIGURE.search(plain):
        return AskedResult("no figure")
    if asks_yes_no(intent):
        return AskedResult("difference" if either_way(intent) else "verdict")  # "more or less?" asks how it moved
    kinds = _kinds(core)
    if _GROWTH.search(plain) or (IN_PERCENT.search(plain) and (UP.search(plain) or DOWN.search(plain))):
        return AskedResult("growth", kinds or (NUMBER if not _DIFFERENCE.search(plain) else frozenset()))
    if SHARE.search(plain) and not kinds:
        return AskedResult("share", NUMBER, part=True)
    if _RELATIVE.search(core):
        return AskedResult("share", NUMBER)
    if _DIFFERENCE.search(plain) or (_MOVED.search(plain) and (UP.search(plain) or DOWN.search(plain))):
        return AskedResult("difference", kinds)
    if not kinds and _RATIO.search(core):
        return AskedResult("ratio")
    return AskedResult("level", kinds)


def _kinds(core: str) -> frozenset[Kind]:
    """The dimensions that the words of a question name."""
    if _PER_SHARE.search(core):
        return frozenset({"per_share"})
    if _DAYS.search(core):
        return frozenset({"days", "count", "number"})
    if _TERM.search(core):
        return frozenset({"years", "months", "count", "number"})
    if _MONEY.search(core):
        return frozenset({"money", "per_share"})
    return frozenset({"count", "shares"}) if _COUNT.search(core) else frozenset()
