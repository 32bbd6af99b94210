"""How a question goes on from those before it: which period it points to, which company, and what it asks of their figure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from finfoundry.ask.dialogue.named_parts import Labels, Parts, Place, blanked, parts_in
from finfoundry.ask.dialogue.topic import CHANGE, without_going_on
from finfoundry.ask.dialogue.whole_question import Measure
from finfoundry.ask.lexicon.entities import EntityNames
from finfoundry.ask.lexicon.spans import asked_periods, years_before
from finfoundry.ask.lexicon.vocabulary import Vocabulary
from finfoundry.ask.lexicon.word_lists import word_list
from finfoundry.ask.understand.intent import understand
from finfoundry.core.language import HAN_RUN

Act = Literal["value", "change", "share", "margin", "reason", "higher"]

_EARLIER = re.compile(
    r"\b(?:(?:one|a|the)\s+(?:year|yr)\s+(?:before|earlier|ago|prior|previously)|(?:the\s+)?same\s+(?:quarter|period|half|months)\s+last\s+year)\b"
    r"|(?:再?往前|再前|前)一年度?(?:末|底)?的?(?:同[期季])?|上一?(?:年度?|期)(?:末|底)?的?(?:同[期季])?|去年(?:末|底)?的?(?:同[期季])?",
    re.I,
)
_LATER = re.compile(r"\b(?:the\s+)?(?:following|next)\s+year\b|\b(?:the|a|one)\s+year\s+(?:after|later)\b|下一年|次年|后一年", re.I)
_SAME = re.compile(
    r"\b(?:(?:over|in|for|on|at|during)\s+)?(?:that|those|the\s+same|this|these|both)(?:\s+same)?(?:\s+(?:two|three|six|nine))?\s+"
    r"(?:fiscal\s+)?(?:years?|periods?|quarters?|half(?:-year)?|months|days?|dates?|time)\b|\b(?:in\s+)?the\s+half[- ]year\b"
    r"|[同那这该]一?(?:期|年|季度?|天|日|时候?)|当(?:时|期|年|季)|[那这][两几]个?[年季期]度?",
    re.I,
)
_ALL = re.compile(r"\b(?:those|these|both|two|three)\b|[那这][两几]", re.I)
_STRETCH = re.compile(
    r"\b(?:the\s+)?(?P<part>(?:first|second|third|fourth)\s+(?:quarter|half)|first\s+nine\s+months)\b|\b(?P<q>[QH][1-4])\b"
    r"|\b(?P<ytd>year[- ]to[- ]date|ytd)\b|(?P<zh>第?[一二三四]季度?|[上下]半年|前三季度?)|(?P<full>\b(?:whole|full)\s+year\b|全年)",
    re.I,
)
_WORDS_OF = {
    "Q1": "first quarter",
    "Q2": "second quarter",
    "Q3": "third quarter",
    "Q4": "fourth quarter",
    "H1": "first half",
    "H2": "second half",
}
_REASON = re.compile(
    r"\bwhy\b|\breasons?\b|\bcauses?d?\b|\bdrivers?\b|\bdrove\b|\bdriven\b|\bbehind\b|\bexplain(?:s|ed)\b|\bhow come\b"
    r"|为什么|为啥|为何|原因|怎么会",
    re.I,
)
_MARGIN = re.compile(r"\bmargin\b|利润率是|毛利率是", re.I)
_SHARE = re.compile(r"\b(?:as\s+an?\s+)?(?:share|percentage|percent|proportion|fraction|portion|%)\s+of\b|相当于|占", re.I)
_HIGHER = re.compile(r"\bwhich\b.*\b(?:higher|lower|larger|smaller|bigger|better|more)\b|哪一?[个家年]?更?[高低大小多少]", re.I)
_PERCENT = re.compile(r"\bpercent(?:age)?s?\b(?!\s+points?)|%|\bgrowth\b|\brates?\b|百分[之比]|增幅|增速|同比|幅度", re.I)
_POINTS = re.compile(r"\bpercentage\s+points?\b|百分点|个点", re.I)
_FORMER = re.compile(r"\b(?:the\s+)?(?:former|first\s+(?:one|company))\b|前一家|前者|第一家", re.I)
_LATTER = re.compile(r"\b(?:the\s+)?(?:latter|second\s+(?:one|company))\b|后一家|后者|第二家", re.I)
_PART = re.compile(
    r"\b(?:that|this|the\s+same)\s+(?:business|segment|unit|product|region|division|brand|line)\b|\bthe\s+latter\b|该业务|该分部|这个业务|那个业务",
    re.I,
)
PRONOUN = re.compile(
    r"\b(?P<whose>its|their|the\s+company['’]s)\b|\b(?:it|they|the\s+company)\b(?!\s+(?:business|segment))|(?P<zh>它们?|该公司|其(?=[\u4e00-\u9fff]))(?P<of>的?)",
    re.I,
)  # fmt: skip
_LIKE = re.compile(
    r"\b(?:on\s+)?(?:the\s+)?(?:same|that|this)\s+(?:ratio|measure|metric|figure|number|line|basis)\b|(?:同样|同一)的?(?:指标|口径)", re.I
)
_ASKS = re.compile(
    r"\b(?:who|when|which|why|does|do|can|could|should|is there|are there|list|explain|describe)\b|谁|哪|为什么|怎么|是否|介绍|说明",
    re.I,
)
_FARED = re.compile(  # "how did Europe do?" asks for no list of what it does
    r"\bhow\s+(?:did|does|has|have|was|were)\b(?=.*\b(?:do|done|doing|fared?|perform\w*)\b)"
    r"|\b(?:do|done|doing)\b(?=\s*(?:$|\?|in\b|on\b))",
    re.I,
)
_KIND_OF_PART = re.compile(r"(?<=\w )(?:segment|division|region|business|unit|brand|area|arm)s?\b", re.I)
_INCLUDES = re.compile(r"\b(?:count(?:ing)?|includ(?:e[ds]?|ing)|add(?:ing|ed)?|plus|together\s+with)\b|加上|算上|连同|包括", re.I)


@dataclass(frozen=True, slots=True)
class Said:
    """What a question says itself. ``offset``: years from the period before; ``same``: that one, ``every`` for all of several; ``stretch``:
    which part of its year, None for none named. ``rest`` are the words that nothing explains.
    """

    text: str
    parts: Parts
    entity: str | None
    act: Act
    measure: Measure
    offset: int | None
    same: bool
    every: bool
    stretch: str | None
    former: bool
    latter: bool
    member: bool
    rest: tuple[Place, ...]
    pointed: tuple[Place, ...]  # where it points to a period
    asks: bool  # whether it asks for something else than a figure
    includes: bool  # whether its figure is to be added to the one before

    @property
    def dated(self) -> bool:
        """Whether it names a period of its own."""
        return bool(self.parts.periods) and self.offset is None

    def words(self) -> str:
        """The words that nothing explains, in order."""
        chinese = any(HAN_RUN.match(self.text[start:end]) for start, end in self.rest)
        return ("" if chinese else " ").join(self.text[start:end] for start, end in self.rest)


def said_in(text: str, names: EntityNames, vocabulary: Vocabulary, labels: Labels) -> Said:
    """What a question says by itself."""
    parts = parts_in(text, names, vocabulary, labels)
    bare = blanked(text, [*parts.entities, *parts.figures])
    later = list(_LATER.finditer(bare))
    earlier = [match.span() for match in _EARLIER.finditer(bare)] or [(one.start, one.end) for one in years_before(bare)]
    earlier = earlier or [(one.start, one.end) for one in asked_periods(bare) if one.offset == -1]
    bare = blanked(bare, [*earlier, *(match.span() for match in later)])
    dated = [(one.start, one.end) for one in asked_periods(bare) if one.offset is None]
    stretch = None if dated else _STRETCH.search(bare)
    undated = blanked(bare, [*dated, *([stretch.span()] if stretch else [])])
    same = _SAME.search(undated)
    pointed = (*earlier, *(match.span() for match in later), *([stretch.span()] if stretch else []), *([same.span()] if same else []))
    plain = blanked(undated, [match.span() for pattern in (_SAME, _LIKE, _PART, _FARED) for match in pattern.finditer(undated)])
    entities = {item.name for item in names.find(text)}
    return Said(
        text=text,
        parts=Parts(parts.entities, parts.figures, dated, parts.known),
        entity=entities.pop() if len(entities) == 1 else None,
        act=_act(plain),
        measure="points" if _POINTS.search(plain) else "percent" if _PERCENT.search(plain) else "amount",
        offset=-1 if earlier else 1 if later else None,
        same=same is not None,
        every=same is not None and _ALL.search(same[0]) is not None,
        stretch=_stretch(stretch) if stretch else None,
        former=_FORMER.search(text) is not None,
        latter=_LATTER.search(text) is not None,
        member=_PART.search(text) is not None,
        rest=_rest(plain, names, vocabulary),
        pointed=pointed,
        asks=_ASKS.search(plain) is not None,
        includes=_INCLUDES.search(plain) is not None,
    )


def _act(text: str) -> Act:
    if _REASON.search(text) or re.search(r"makes?\s+the\s+difference", text, re.I):
        return "reason"
    if _HIGHER.search(text):
        return "higher"
    if _SHARE.search(text):
        return "share"
    if _MARGIN.search(text):
        return "margin"
    return "change" if CHANGE.search(text) else "value"


def _stretch(found: re.Match[str]) -> str:
    """The part of a year that words name; empty for the whole."""
    if found["full"]:
        return ""
    if found["ytd"]:
        return "first half"
    return found["zh"] or _WORDS_OF.get((found["q"] or "").upper()) or found["part"].lower()


def _rest(text: str, names: EntityNames, vocabulary: Vocabulary) -> tuple[Place, ...]:
    """Where words stand that neither the grammar of questions nor that of going on explains."""
    said = CHANGE.sub(lambda found: " " * len(found[0]), text) if _act(text) == "change" else text
    said = _REASON.sub(lambda found: " " * len(found[0]), said)
    for pattern in (_POINTS, _PERCENT, _SHARE, _INCLUDES, _KIND_OF_PART):
        said = pattern.sub(lambda found: " " * len(found[0]), said)
    if not said.strip(" ?？。.,，!"):
        return ()
    going = word_list("going_on") | word_list("structure") | word_list("particles") | word_list("modal") | word_list("sized")
    words = (word for word in understand(said, names, vocabulary).left if not HAN_RUN.match(word.text) and word.text not in going)
    runs = (without_going_on(found[0], found.start()) for found in HAN_RUN.finditer(said))
    return tuple(sorted([*((word.start, word.end) for word in words), *(place for place in runs if place[0] < place[1])]))
