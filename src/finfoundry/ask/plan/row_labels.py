"""A metric that no vocabulary knows, found by its words among the row labels of the entity's own tables."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from finfoundry.ask.lexicon.definitions import label_name
from finfoundry.ask.lexicon.spans import asked_periods
from finfoundry.ask.lexicon.vocabulary import tokens
from finfoundry.ask.lexicon.word_lists import word_list
from finfoundry.ask.plan.asked_spans import spans_of
from finfoundry.ask.plan.expressions import PlannedExpression
from finfoundry.ask.plan.rules import Plan, compound, shaped
from finfoundry.ask.plan.unexplained import unexplained
from finfoundry.ask.understand.intent import Intent
from finfoundry.core.formulas import Formula, Show
from finfoundry.core.periods import FiscalYear

_ASKS_VALUE = re.compile(
    r"^\W*(?:what(?:['’]s| is| was| are| were)?|how (?:much|many|large|high)|give|state|report)\b|多少|是什么|为何值|几何"
    r"|^[^，。？?]*(?:比例|占比|比重|比率|金额|数额|数量|余额|总额|人数|费用率|利润率|收益率)[?？。\s]*$",
    re.I,
)
_DROP = frozenset(
    {
        "non",
        "gaap",
        "growth",
        "grow",
        "grew",
        "grown",
        "rate",
        "cagr",
        "average",
        "mean",
        "vs",
        "change",
        "increase",
        "decrease",
        "spend",
        "spent",
    }
)
_TAIL_ZH = re.compile(
    r"(?:总额|总计|金额|数额|数值|余额|总共)?(?:分别|各自|各)?(?:具体|大约|约)?(?:是|为|有|达到?)?(?:多少|什么|几).*$|(?:的?情况|数据)?[?？。\s]*$"
)
_MEANING_ZH = re.compile(r"定义|什么意思|含义|指什么|概念|计算方法")
_HEAD_ZH = re.compile(
    r"^(?:.*年报(?:数据)?中?|(?:现金)?分红(?:方案|预案)[是为]?|利润分配(?:方案|预案)[是为]?|在|其|该公司|公司|企业|的|，|,|：|年?度?|实现|所|需|\s)+"
)
_AMOUNT_ZH = re.compile(r"(?<=.{4})(?:余额|金额|数额)$")  # what most lines leave unsaid
_GROWTH_ZH = re.compile(r"的?(?:年复合)?(?:增长率|增长|增速|增幅|变动率)$")


def plan_by_label(intent: Intent, calendar: FiscalYear, *, bare: bool = False) -> Plan | None:
    """A plan over labels, to be tried against the facts: it holds only if some fact's label covers all the words. None where the question
    asks for no value, or has no words for a label. ``bare``: without 余额 or 金额 behind them; None where it says neither.
    """
    if _MEANING_ZH.search(intent.core):
        return None
    phrases = _phrases_zh(intent) if intent.language == "zh" else _phrases_en(intent)
    if bare:
        said, phrases = phrases, [_AMOUNT_ZH.sub("", phrase) for phrase in phrases]
        phrases = [] if phrases == list(said) else phrases
    if not phrases or not _ASKS_VALUE.search(intent.core.strip()):
        return None
    names = {label_name(phrase): phrase for phrase in phrases}
    show: Show | None = "percent" if intent.wish.percent else None
    items = [PlannedExpression(_as_asked(intent.core, phrase), name, show) for name, phrase in names.items()]
    labels = {name: _normal(phrase) or phrase for name, phrase in names.items()}
    return shaped(intent, items, spans_of(intent, calendar), labels, "label")


def plan_as_printed(intent: Intent, calendar: FiscalYear) -> Plan | None:
    """A lookup of one label that says more than the metric in it: "研发人员数量占比" is no number of people. None for any other question.
    The caller checks that a filing prints just this label.
    """
    if intent.language != "zh" or intent.definitions or intent.labels or not intent.mentions:
        return None
    plan = plan_by_label(intent, calendar)
    if plan is None or plan.ask != "value" or len(plan.items) != 1:
        return None
    said = plan.items[0].title
    return None if any(said in mention.text for mention in intent.mentions) else plan


def plan_printed_ratios(plan: Plan | None, library: Mapping[str, Formula]) -> Plan | None:
    """The plan with each formula as a label of the words that named it: a document's own "Cost-to-income ratio" goes before one that is
    computed. None where no item is a formula alone. The caller checks that the document prints just these labels.
    """
    if plan is None or plan.source != "rule" or plan.ask not in ("value", "change", "direction"):
        return None
    names = {item.expression: label_name(item.title) for item in plan.items if item.expression in library}
    labels = {names[item.expression]: item.title for item in plan.items if item.expression in names}
    items = tuple(
        PlannedExpression(item.title, names[item.expression], None, item.better) if item.expression in names else item
        for item in plan.items
    )
    return replace(plan, items=items, labels={**plan.labels, **labels}, source="label", exact=True) if labels else None


def plan_by_words(plan: Plan | None, only: str | None = None) -> Plan | None:
    """The plan with concepts (all, or ``only`` the one that is missing) looked up by the words that named them: a filing may print these
    for another line ("customer deposits" of a bank), or in a table that is no statement. None where a formula is asked for.
    """
    if plan is None or plan.ask not in ("value", "change", "direction"):
        return None
    words = {item.expression: item.title for item in plan.items if item.expression.isidentifier()} or plan.spoken
    words = {name: said for name, said in words.items() if only in (None, name)}
    return replace(relabelled(plan, words), source="label", exact=True) if words else None


def relabelled(plan: Plan, words: Mapping[str, str]) -> Plan:
    """The plan with these of its metrics as labels in other words."""
    names = {metric: label_name(label) for metric, label in words.items()}
    pattern = re.compile(rf"\b(?:{'|'.join(map(re.escape, names))})\b")
    items = tuple(
        replace(item, expression=pattern.sub(lambda name: names[name[0]], item.expression), title=words.get(item.expression, item.title))
        for item in plan.items
    )
    kept = {name: label for name, label in plan.labels.items() if name not in words}
    spoken = {name: label for name, label in plan.spoken.items() if name not in words}
    labels = {**kept, **{names[metric]: label for metric, label in words.items()}}
    of_rates = plan.of_rates and relabelled(plan.of_rates, words)
    return replace(plan, items=items, labels=labels, spoken=spoken, of_rates=of_rates)


def _phrases_en(intent: Intent) -> list[str]:
    """The content words of the clause, in order, without company and period."""
    known = set(intent.rest) | {token.text for mention in intent.mentions for token in tokens(mention.text)}
    text = _without_periods(intent.core)
    empty = word_list("empty") - ({"per"} if re.search(r"\bper\b[\w\s]*\bshare\b", text, re.I) else set())
    known |= {"per"} - empty
    if re.search(r"\btotal\s+(?!amount|number|value)\w", text, re.I):
        known, empty = known | {"total"}, empty - {"total"}
    kept = [text[token.start : token.end] for token in tokens(text) if token.text in known and token.text not in empty | _DROP]
    return [" ".join(kept)] if 0 < len(kept) <= 8 and (unexplained(intent) or compound(intent)) else []


def _as_asked(core: str, phrase: str) -> str:
    """The phrase with the small words that the question has between its words: "additions to content"."""
    between = r"(?:\s+(?:of|to|for|in|on|from|and|the|per))*\s+"
    found = re.search(between.join(map(re.escape, phrase.split())), core)
    return re.sub(r"\s+", " ", found[0]) if found else phrase


def _phrases_zh(intent: Intent) -> Sequence[str]:
    """The words between company, period and "是多少", split at 和 where the question asks for several."""
    text = intent.masked
    for found in reversed(asked_periods(text)):
        text = text[: found.start] + " " + text[found.end :]
    clauses = ("".join(_TAIL_ZH.sub("", part) for part in clause.split()) for clause in re.split(r"[，,。？?]", text))
    longest = max((_HEAD_ZH.sub("", clause) for clause in clauses), key=len, default="")
    phrase = _GROWTH_ZH.sub("", longest).strip("的 ")
    parts = re.split(r"和|与|及|、|以及", phrase) if re.search(r"分别|各", intent.core) else [phrase]
    bare = (re.sub(r"^[的（()）]+|[的（(]+$", "", part) for part in parts)  # what a company's name and a year leave behind
    return [part for part in bare if 2 <= len(part) <= 24]


def _normal(phrase: str) -> str:
    """A Chinese phrase in the words that filings print: 前五大客户 as 前五名客户, 总额 as 额, without 的."""
    text = re.sub(r"前(?:五|5|十|10)(?:大|名|位|家)", lambda match: f"前{'五' if match[0][1] in '五5' else '十'}名", phrase)
    return re.sub(r"派现|派发现金红利|派发现金股利|派发现金", "派", text.replace("总额", "额").replace("的", ""))


def _without_periods(text: str) -> str:
    for found in asked_periods(text):
        text = text[: found.start] + " " * (found.end - found.start) + text[found.end :]
    return text
