"""What a yes or no is about: an expression that is held against nothing, or against a number of the question."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from finfoundry.ask.lexicon.formula import names_in, parse
from finfoundry.ask.plan.rules import DOWN, NEGATIVE, POSITIVE, UP
from finfoundry.binding import evaluate
from finfoundry.core.errors import PlanError

# Words that hold the bar itself: at least, no more than. They are no denials.
_INCLUSIVE = re.compile(
    r"\b(?:at\s+(?:least|most)|(?:no|not)\s+(?:more|less|fewer|higher|lower|greater|smaller)\s+than|or\s+(?:more|less|higher|lower|above|below|over)"
    r"|up\s+to|reach(?:es|ed)?|(?:fail(?:s|ed)?\s+to|not)\s+exceed|not\s+(?:above|below|over|under))\b"
    r"|至少|达到|达|不低于|不少于|不高于|不超过|不多于|不足以|以[上下]|及以[上下]",
    re.IGNORECASE,
)
_DENIES = re.compile(
    r"\b(?:not|no|never|none|neither|nor|without|fail\w*|false|wrong|untrue|incorrect)\b|n['’]t\b"
    r"|(?<!是)(?<!有)(?<!会)(?<!能)(?<!要)不|未(?!来)|没(?!有?[?？。，]?$)|并非|错",
    re.IGNORECASE,
)
_ASKS_ZH = re.compile(r"是否|有无|有没有|(?P<said>[\u4e00-\u9fff])不(?P=said)|没有?(?=[?？。!！]|$)")  # 是不是, 高不高
_EITHER_WAY = re.compile(
    r"\b(?:chang\w*|mov(?:e[ds]?|ing)|var(?:y|ied)|swing|fluctuat\w*|either\s+(?:way|direction))\b|变动|变化|波动", re.I
)
_OVER_YEARS = re.compile(
    r"\b(?:every|each)\s+year\b|\b(?:steadily|consistently|continuously|peak\w*|best|worst|highest|lowest|record)\b"
    r"|逐年|每年|连年|最[高低好差]|新[高低]", re.IGNORECASE,
)  # fmt: skip
_FELL = re.compile(
    r"\b(?:drop\w*|fall\w*|fell|declin\w*|decreas\w*|shr[aiu]nk|los[est]\w*|down|cut|sink|sank|sunk)\b|跌|降|减少|下滑|缩", re.I
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """Yes means that ``expression`` is ``wanted``: positive or negative, or more or less than ``limit`` where there is one; ``inclusive``:
    or just that.
    """

    expression: str
    wanted: Literal["positive", "negative", "more", "less"]
    limit: Decimal | None
    inclusive: bool = False


def verdict_of(computed: str, *, limited: bool) -> Verdict:
    """The verdict whose yes means that an expression is above nothing: a - b, 0 - (a - b); ``limited``: a / b - 15 / 100."""
    left, up, bar = parse(computed), True, None
    while isinstance(left, ast.BinOp) and isinstance(left.op, ast.Sub):
        if limited and bar is None and _is_number(left.right):
            bar, left = (_value(left.right) if up else -_value(left.right)), left.left
        elif _is_number(left.left) and _value(left.left) == 0:
            left, up = left.right, not up
        else:
            break
    if bar is None:
        return Verdict(ast.unparse(left), "positive" if up else "negative", None)
    return Verdict(ast.unparse(left), "more" if up else "less", bar if up else -bar)


def check_words(verdict: Verdict, question: str, *, level: bool, moves: bool) -> None:
    """``level``: it is about one amount as it stands; ``moves``: about a change or a growth.

    Raises PlanError where the words of the question speak against the verdict: they deny, want a fall or a move either way and get a rise,
    or say of an amount alone neither that it is positive nor negative.
    """
    said = _ASKS_ZH.sub(" ", _INCLUSIVE.sub(" ", question))
    if _DENIES.search(said):
        raise PlanError("the question denies something")
    if (
        level
        and verdict.limit is None
        and not (POSITIVE.search(question) or NEGATIVE.search(question) or re.search("profit|loss|亏|盈", question))
    ):
        raise PlanError("an amount is neither yes nor no")
    if verdict.limit is None and _OVER_YEARS.search(question):
        raise PlanError("a question about several years, or about the highest of them")
    if not moves or verdict.limit is None:
        return
    fell = _FELL.search(question) is not None and UP.search(question) is None and verdict.limit > 0
    if _EITHER_WAY.search(question) or (fell and verdict.wanted == "more") or (DOWN.search(question) and verdict.limit > 0):
        raise PlanError("a fall is held against a rise")


def holds_the_bar(question: str) -> bool:
    """Whether just the number of the question is enough: at least, no more than, 达到."""
    return _INCLUSIVE.search(question) is not None


def unsigned(computed: str) -> str:
    """An expression without the 0 that it is taken from: a fall is told as one."""
    match parse(computed):
        case ast.BinOp(left=ast.Constant(value=0), op=ast.Sub(), right=right):
            return ast.unparse(right)
    return computed


def _is_number(node: ast.expr) -> bool:
    return not names_in(ast.unparse(node))


def _value(node: ast.expr) -> Decimal:
    return evaluate(ast.unparse(node), {})
