"""A question that compares parts of one company's figure (its regions, segments, products, activities, lines), read without a model:
"Which region had the highest revenue in FY2022?", 哪个地区的营业收入下降最多？
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from finfoundry.ask.lexicon.spans import asked_periods
from finfoundry.ask.lexicon.vocabulary import Mention, tokens
from finfoundry.ask.lexicon.word_lists import word_list
from finfoundry.ask.understand.intent import Intent

Group = Literal["region", "segment", "product", "type", "line", "named", "pair", "member"]
Order = Literal["high", "low"]
Measure = Literal["level", "change", "performance", "share"]


@dataclass(frozen=True, slots=True)
class SegmentComparison:
    """What is compared. ``metric`` are concepts named, ``words`` what else the tables must say, ``named`` the segments that are given.

    ``order`` is that of the measure: the biggest drop is the lowest change. ``percent``: of a change, its rate; None: not said.
    """

    group: Group
    order: Order
    measure: Measure
    metric: tuple[Mention, ...] = ()
    words: tuple[str, ...] = ()
    named: tuple[str, ...] = ()
    title: str = ""  # the metric as the question says it
    percent: bool | None = None
    falls: bool = False  # a drop is asked for: without one, nothing is the biggest
    above: Decimal | None = None  # asked is which segments make up more than this share of the metric


_GROUPS: tuple[tuple[Group, str], ...] = (
    ("region", r"(?:geographic(?:al)?\s+)?(?:regions?|area|geograph(?:y|ies)|countr(?:y|ies)|geographic\s+markets?)|地区|区域|国家"),
    (
        "segment",
        (
            r"(?:(?:business|operating|reportable|reporting|geographic(?:al)?)\s+)*(?:segments?|divisions?|business(?:es)?(?:\s+(?:units?|lines?))?|lines?\s+of\s+business)"
            r"|(?:业务)?分部|业务板块|板块|业务|行业"
        ),
    ),
    ("product", r"(?:products?|brands?)(?:\s+(?:lines?|categor(?:y|ies)|groups?|types?))?|(?:产品|商品|品类)(?:类别|系列)?"),
)
_ABOVE = re.compile(
    r"\b(?:any|which|what)\b(?P<kind>.*?)\b(?:represent|account|ma[kd]e|contribut|exceed|generat|compris)\w*\b.{0,12}?"
    r"\b(?:more|greater|over|above|at\s+least)\s*(?:than\s+)?(?P<limit>\d+(?:\.\d+)?)\s*(?:%|percent)\s+of\b",
    re.I | re.S,
)
_ABOVE_ZH = re.compile(
    r"(?:哪些|哪几个|有没有|是否有)(?P<kind>.{1,10}?)的?.{0,8}占.{0,14}(?:超过|大于|高于|在)\s*(?P<limit>\d+(?:\.\d+)?)\s*[%％](?:以上)?"
)
_ASKS_EN = r"\b(?:which|what)\b(?:\s+of\b)?(?:\s+(?:its|their|the|company's|['’]s))?\s+(?:(?:single|one)\s+)?(?P<group>{})\b"
_FIRST_EN = (
    r"\b(?:largest|biggest|smallest|top|leading|highest[- ]earning|fastest[- ]growing|strongest|weakest)\s+(?P<group>{})\b"
    r"(?=.*\b(?:by|in\s+terms\s+of)\b)"
)
_ASKS_ZH = r"(?:哪(?:一)?(?:个|些|项|类|种|块)?|什么|何种)(?P<group>{})"
_TYPE = re.compile(
    r"\b(?:which|what)\s+(?P<group>types?|kinds?|class|category|sources?|forms?)\s+of\b|哪(?:一)?[类种](?=[\u4e00-\u9fff])|(?<=最[高大多低小少]的是)哪(?:一)?[类种项个]",
    re.I,
)
_HIGH = re.compile(
    r"\b(?:highest|largest|biggest|greatest|most|best|(?<!on )top|maximum|longest|fastest|strongest|steepest|sharpest)\b"
    r"|\bthe\s+(?:higher|larger|bigger|greater)\b|最[高大多好快强长]|主要来自",
    re.I,
)
_LOW = re.compile(
    r"\b(?:lowest|smallest|least|worst|minimum|shortest|slowest|weakest|fewest)\b|\bthe\s+(?:lower|smaller)\b|最[低小少差慢弱短]", re.I
)
_RISE = re.compile(r"\b(?:growth|grew|increase[ds]?|gain(?:ed)?|rise|rose|fastest|slowest)\b|增长|增加|上升|提升|增幅|增速", re.I)
_FALL = re.compile(
    r"\b(?:drop(?:ped)?|decline[ds]?|decrease[ds]?|fall|fell|reduction|contraction|steepest|sharpest)\b|下降|减少|下滑|降幅|下跌", re.I
)
_PERFORMANCE = re.compile(r"\bperform(?:ance|ed|ing)?\b|表现", re.I)
_RATE = re.compile(r"%|\bpercent(?:age)?\b|\brate\b|\bgrowth\b|\bgrew\b|fastest|slowest|百分|增速|增幅|降幅|增长率|最快|最慢", re.I)
OPEN = re.compile(
    r"\b(?:why|explain|describe|discuss|reasons?|drove|driver|caused?|expected?|forecast|outlook|will)\b|为什么|原因|预计|如何", re.I
)
_ASIDE = re.compile(r"[(（][^)）]*[)）]")
_LINES = re.compile(
    r"\b(?:largest|biggest|greatest|highest)\s+(?:single\s+)?(?P<en>current\s+|non-?current\s+)?"
    r"(?P<line>liabilit(?:y|ies)|assets?|expenses?|costs?)\b(?:\s+(?:line\s+)?items?)?"
    r"|最[大高多]的?(?:一项)?(?P<zh>负债|资产|费用)(?:项目|科目)?|(?P<zh2>负债(?!表)|资产(?!负债)|费用)(?:项目|科目)?中?[^，。？]{0,6}最[大高多]",
    re.I,
)
_AMONG = re.compile(r"\b(?:among|amongst|between|out\s+of|of)\s+(?P<named>[^?]+?),?\s+(?:which|what)\b(?P<rest>.*)", re.I | re.S)
_AMONG_ZH = re.compile(
    r"在?(?P<named>[\u4e00-\u9fffA-Za-z、，和与及]{3,60}?)(?:三者|两者|三项|两项|三类|之)?[中间]?(?:，|,)?哪(?:一)?[个项类]?(?P<rest>.*)",
    re.S,
)
_NAMES = re.compile(r"\s*(?:,\s*and\b|,|;|\band\b|\bor\b|&|、|，|和|与|及|以及)\s*", re.I)
_COMPARED = re.compile(r"^\W*how\s+(?:did|does|do|has|have)\b(?P<one>.+?)\bcompared?\s+(?:to|with|against)\b(?P<other>.+)$", re.I | re.S)
_JOINT_ZH, _COMPARED_ZH = re.compile(r"[与和同跟]"), re.compile(r"相比|比较|对比|哪个更?[快高]|谁更?[快高]")
_GROWTH_ZH = re.compile(r"(?:的)?(?:同比)?(?:增长率|增长|增速|增幅|变动)")
_TAIL_ZH = re.compile(r"最[高低大小多少].*$|[?？。]")


def read_comparison(intent: Intent) -> SegmentComparison | None:
    """The comparison that a question asks for; None where its words do not say it clearly."""
    if intent.definitions or OPEN.search(intent.core):
        return None
    if (pair := _pair(intent)) is not None:
        return pair
    plain = _ASIDE.sub(lambda match: " " * len(match[0]), intent.masked)
    if (large := _above(intent, plain)) is not None:
        return large
    order = order_of(plain)
    if order is None:
        return None
    return _named(intent, plain, order) or _lines(intent, plain, order) or _group(intent, plain, order)


def order_of(text: str) -> Order | None:
    high, low = bool(_HIGH.search(text)), bool(_LOW.search(text))
    return None if high == low else "high" if high else "low"


def superlative_in(text: str) -> str:
    """The word by which a text asks for the first of several."""
    found = _HIGH.search(text) or _LOW.search(text)
    return found[0].removeprefix("the ") if found else ""


def _group(intent: Intent, plain: str, order: Order) -> SegmentComparison | None:
    """ "Which region …", "哪个产品…", "which type of debt …"."""
    found = _asked(plain)
    if found is None:
        return None
    group, (start, end) = found
    rise, fall = bool(_RISE.search(plain)), bool(_FALL.search(plain))
    if (rise and fall) or (fall and order == "low"):
        return None
    measure: Measure = "change" if rise or fall else "performance" if _PERFORMANCE.search(plain) else "level"
    kind = re.compile(r"\s+of\s+").match(plain, end) if group == "type" else None  # "which type of debt" names what it parts once more
    of_kind = kind.end() if kind else -1
    metric = tuple(m for m in intent.mentions if not (start <= m.start < end or m.start == of_kind) and plain[m.start : m.end] == m.text)
    words = content_words(intent, blanked(plain, [(start, end), *((m.start, m.end) for m in metric)]))
    if not metric and not words:
        return None
    percent = True if _RATE.search(intent.core) else None
    title = metric[-1].text if metric and (group == "type" or not words) else _spoken(intent.core, metric, words)
    return SegmentComparison(group, "low" if fall else order, measure, metric, words, title=title, percent=percent, falls=fall)


def _above(intent: Intent, plain: str) -> SegmentComparison | None:
    """ "Are there any product categories that represent more than 20% of revenue?", 哪些产品的收入占营业收入的比例超过20%？"""
    match = (_ABOVE_ZH if intent.language == "zh" else _ABOVE).search(plain)
    kind = next((group for group, nouns in _GROUPS if match and re.search(nouns, match["kind"], re.I)), None)
    if match is None or kind is None or not intent.mentions:
        return None
    metric = intent.mentions[-1]
    rest = blanked(plain, [match.span(), *((mention.start, mention.end) for mention in intent.mentions)])
    if any(mention.name != metric.name for mention in intent.mentions) or content_words(intent, rest):
        return None
    return SegmentComparison(kind, "high", "level", (metric,), title=metric.text, above=Decimal(match["limit"]) / 100)


def _asked(text: str) -> tuple[Group, tuple[int, int]] | None:
    for group, nouns in _GROUPS:
        for pattern in (_ASKS_EN, _FIRST_EN, _ASKS_ZH):
            if match := re.search(pattern.format(nouns), text, re.I):
                return group, match.span("group")
    match = _TYPE.search(text)
    return ("type", match.span("group") if match["group"] else match.span()) if match else None


def _lines(intent: Intent, plain: str, order: Order) -> SegmentComparison | None:
    """ "The largest liability of the balance sheet": a line of a statement."""
    match = _LINES.search(plain)
    if match is None or order != "high" or match["en"] or _RISE.search(plain) or _FALL.search(plain):
        return None
    named = next(match.span(name) for name in ("line", "zh", "zh2") if match[name])
    if any(mention.start <= named[0] and named[1] <= mention.end and (mention.start, mention.end) != named for mention in intent.mentions):
        return None  # 有息负债总额中占比最大的
    line = (match["line"] or match["zh"] or match["zh2"]).lower()
    kind = next(
        kind
        for kind, pattern in (("liability", "liab|负债"), ("asset", "asset|资产"), ("expense", "exp|cost|费用"))
        if re.search(pattern, line)
    )
    if content_words(intent, blanked(plain, [match.span()])):
        return None
    return SegmentComparison("line", order, "level", words=(kind,), title=match["line"] or line)


def _named(intent: Intent, plain: str, order: Order) -> SegmentComparison | None:
    """ "Among A, B and C, which …"."""
    for found in reversed(asked_periods(plain)):
        plain = plain[: found.start] + " " * (found.end - found.start) + plain[found.end :]
    match = (_AMONG_ZH if intent.language == "zh" else _AMONG).search(plain)
    if match is None:
        return None
    start, end = match.span("named")
    joints = [start + one.start() for one in _NAMES.finditer(intent.core[start:end])]
    if any(mention.start < joint < mention.end for mention in intent.mentions for joint in joints):
        return None  # "fee and commission income" is one line
    named = tuple(name.strip() for name in _NAMES.split(intent.core[start:end]) if name.strip())  # a segment may bear the company's name
    rest = match["rest"]
    if not 2 <= len(named) <= 6 or _RISE.search(rest) or _FALL.search(rest):
        return None
    metric = tuple(m for m in intent.mentions if m.start >= match.start("rest") and plain[m.start : m.end] == m.text)
    words = content_words(intent, blanked(" " * match.start("rest") + rest, [(m.start, m.end) for m in metric]))
    title = _TAIL_ZH.sub("", rest).strip("产生的 ") if intent.language == "zh" else _spoken(rest, metric, words)
    if not title and (of := re.fullmatch(r"(.{2,}?)(?:产生)?的(.{2,})", named[-1])):  # "A、B、C产生的现金流量中哪个…"
        named, title = (*named[:-1], of[1]), of[2]
    return SegmentComparison("named", order, "level", metric, words, named, title)


def _pair(intent: Intent) -> SegmentComparison | None:
    """ "How did A's sales growth compare with B's sales growth?"."""
    sides = _sides_zh(intent.masked) if intent.language == "zh" else _sides(intent.masked)
    if not sides or not all(_RISE.search(intent.masked[start:end]) for start, end in sides):
        return None
    found = [next((m for m in intent.mentions if start <= m.start < end), None) for start, end in sides]
    first, second = found
    if first is None or (second is not None and second.name != first.name):
        return None
    names = tuple(_member(intent.masked[start:end], m) for (start, end), m in zip(sides, found, strict=True))
    if not all(names) or names[0] == names[1]:
        return None
    return SegmentComparison("pair", "high", "change", (first,), named=names, title=first.text, percent=True)


def _sides(text: str) -> list[tuple[int, int]]:
    match = _COMPARED.search(text)
    return [match.span("one"), match.span("other")] if match else []


def _sides_zh(text: str) -> list[tuple[int, int]]:
    """The spans before the first joint (与, 和), and between it and the word that compares; empty where either is missing."""
    joint = _JOINT_ZH.search(text, 1)
    close = _COMPARED_ZH.search(text, joint.end() + 1) if joint else None
    return [(0, joint.start()), (joint.end(), close.start())] if joint and close else []


def _member(side: str, mention: Mention | None) -> str:
    """The segment's name: what is left of one side without the metric, the growth and the period."""
    for found in reversed(asked_periods(side)):
        side = side[: found.start] + " " + side[found.end :]
    text = side.replace(mention.text, " ") if mention else side
    text = _GROWTH_ZH.sub(
        " ", re.sub(r"\b(?:growth|rate|change|the|in|of|for|its|their|that|from|year|over|during)\b|['’]s\b", " ", text, flags=re.I)
    )
    return re.sub(r"\s+", " ", text).strip(" ?？.。,，的")


def content_words(intent: Intent, text: str) -> tuple[str, ...]:
    """The words that say something beyond the shape of the question."""
    for found in reversed(asked_periods(text)):
        text = text[: found.start] + " " * (found.end - found.start) + text[found.end :]
    if intent.language == "zh":
        rest = re.sub(word_pattern("members_zh"), " ", text)
        return tuple(part for part in re.findall(r"[\u4e00-\u9fff]+|[A-Za-z]+", rest) if len(part) > 1)
    text = re.sub(r"['’]s\b", " ", text)
    empty = word_list("empty") | word_list("structure") | word_list("members")
    return tuple(dict.fromkeys(t.text for t in tokens(text) if t.text not in empty and not t.text.isdigit() and len(t.text) > 1))


def word_pattern(name: str) -> str:
    """A list of words as alternatives, the longest first."""
    return "|".join(sorted(map(re.escape, word_list(name)), key=len, reverse=True))


def _spoken(text: str, metric: Sequence[Mention], words: Sequence[str]) -> str:
    """The content words as the question writes them, in its order."""
    wanted = set(words) | {token.text for mention in metric for token in tokens(mention.text)}
    return " ".join(dict.fromkeys(text[t.start : t.end] for t in tokens(text) if t.text in wanted)) or " ".join(words)


def blanked(text: str, spans: Sequence[tuple[int, int]]) -> str:
    for start, end in spans:
        text = text[:start] + " " * (end - start) + text[end:]
    return text
