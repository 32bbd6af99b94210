"""What kind of result a question asks for: an amount, a share, a growth, a difference, a number of days, a verdict.

A result is stated only where it is of this kind (``result_check``). Words that leave the kind open ask for none in particular.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from finfoundry.ask.plan.dimension import Kind
from finfoundry.ask.plan.rules import DOWN, UP, asks_yes_no, without_mentions
from finfoundry.ask.understand.intent import Intent

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
    r"\b(?:growth|cagr|rate\s+of\s+change|year[- ]over[- ]year|yoy|(?:percent(?:age)?|%)\s+(?:change|increase|decrease|decline|rise|drop)"
    r"|(?:by|in)\s+(?:what|how\s+many)\s+(?:percent(?:age)?|%))\b|增长率|增速|增幅|降幅|同比|变动率|变化率|增减率",
    re.I,
)
_IN_PERCENT = re.compile(r"\bpercent(?:age)?\b|%|百分之|百分比", re.I)
_SHARE = re.compile(
    r"\b(?:share|portion|proportion|fraction|part)\s+of\b|\bwhat\s+(?:share|portion|proportion|fraction)\b|占比|比重|占[^，。？?]{0,60}(?:多少|比例|几成)",
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
    r"|\bnet\s+change\b|\bchang(?:e|ed)\b|差额|差值|差距|之差|相差|[多少高低大小]多少|变动额|增减额|增加额|减少额|变化|变动",
    re.I,
)
_DAYS = re.compile(r"\bhow\s+many\s+days\b|\bnumber\s+of\s+days\b|\bdays\s+(?:of|in|sales|inventory|payable)|天数|多少天|几天", re.I)
_PER_SHARE = re.compile(r"\bper\s+(?:\w+\s+)?share\b|每股", re.I)
_MONEY = re.compile(
    r"\bhow\s+(?:much\s+(?:money|cash)|many\s+(?:\w+\s+)?(?:dollars|euros|pounds|yuan))\b|\b(?:dollar|monetary)\s+(?:amount|value)\b"
    r"|\bin\s+(?:us\s*)?(?:dollars|\$|usd|eur|gbp|rmb|cny)|多少(?:[百千万亿]*)[元块]|几[百千万亿]*元",
    re.I,
)
_COUNT = re.compile(
    r"\bhow\s+many\s+(?!days|times|(?:percentage\s+|basis\s+)?points|dollars|euros|pounds|yuan|percent|years|months|more|fewer|(?:hundred|thousand|million|billion)s?\s+(?:of\s+)?(?:us\s+)?dollars)"
    r"|\b(?:number|headcount)\s+of\s+(?!days)|多少(?:名|人|家|个|位|户|件|股|笔|辆|台|份)|几(?:名|人|家|个|位|户)|人数",
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
        return AskedResult("verdict")
    kinds = _kinds(core)
    if _GROWTH.search(plain) or (_IN_PERCENT.search(plain) and (UP.search(plain) or DOWN.search(plain))):
        return AskedResult("growth", kinds or (NUMBER if not _DIFFERENCE.search(plain) else frozenset()))
    if _SHARE.search(core) and not kinds:
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
    if _MONEY.search(core):
        return frozenset({"money", "per_share"})
    return frozenset({"count", "shares"}) if _COUNT.search(core) else frozenset()
