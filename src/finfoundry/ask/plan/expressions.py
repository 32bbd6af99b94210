"""What to compute, in the language of formulas: concepts and formulae by their names, what the question defines, shares, sums, margins."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Literal

from finfoundry.ask.lexicon.definitions import Definition
from finfoundry.ask.lexicon.formula import names_in
from finfoundry.ask.lexicon.metric_terms import title, vocabulary
from finfoundry.ask.lexicon.vocabulary import Mention, tokens
from finfoundry.ask.lexicon.word_lists import word_list
from finfoundry.ask.understand.intent import Intent
from finfoundry.core.answer import Language
from finfoundry.core.formulas import Formula, Show

_SHARE = re.compile(
    r"\s*(?:as\s+(?:an?\s+)?(?:%|percent(?:age)?|share|proportion|fraction|ratio)\s+(?:of|to)|(?:%|percent(?:age)?)\s+of|divided\s+by"
    r"|(?:relative\s+)?to(?=.*\bratio\b)|/)\s*"
    r"(?:total\s+|its\s+|the\s+)?",
    re.I,
)
_SHARE_ZH = re.compile(r"(?:所)?(?:占|与|和|除以|对|比|/)(?:公司|其|总)?")
_SHARE_END_ZH = re.compile(r"^(?:总额|总量|总数|合计)?的?(?:比例|比重|比率|比值|之比|百分比|百分之|占比|多少|几成|比)")
_MARGIN = re.compile(r"^\s*(?:%|percent(?:age)?)?\s*margins?\b|^(?:利润)?率", re.I)
_BETWEEN_TWO = re.compile(r"\bdifference\s+between\s+(?:the\s+|its\s+|their\s+)?$", re.I)


@dataclass(frozen=True, slots=True)
class PlannedExpression:
    """One thing to compute, in the language of formulas. ``title`` names it in the answer."""

    title: str
    expression: str
    show: Show | None  # None: as the fact is (money, per share, …)
    better: Literal["higher", "lower"] | None = None
    norm: Decimal | None = None  # what a judgement of it goes by
    difference: bool = False  # of two that the question sets against each other


def defined(intent: Intent, library: Mapping[str, Formula]) -> tuple[list[PlannedExpression], dict[str, str]]:
    """What to compute by the definition of what the core asks, else by the first one; and the labels of the metrics that it names."""
    words = {token.text for token in tokens(intent.core)}
    named = [item for item in intent.definitions if words & {token.text for token in tokens(item.name)}]
    definition = (named or list(intent.definitions))[0]
    if (joined := _with_another(definition, intent)) is not None:
        return [joined], dict(definition.labels)
    known = next((library[mention.name] for mention in intent.mentions if mention.formula), None)
    if margin := next((found for mention in intent.mentions if (found := _margin_of(mention, intent)) and mention.text in intent.core), ""):
        item = PlannedExpression(f"{definition.name}{margin}", f"({definition.expression}) / revenue", _wished(intent, "percent"), "higher")
        return [item], dict(definition.labels)
    if known and (part := _part_of(known, definition, library)):
        whole = re.sub(rf"\b{part}\b", f"({definition.expression})", known.expression)
        return [PlannedExpression(known_title(intent, known), whole, _wished(intent, known.show), known.better)], dict(definition.labels)
    show = known.show if known else _show_of(definition)
    title = known_title(intent, known) if known else definition.name
    item = PlannedExpression(title, definition.expression, _wished(intent, show), known.better if known else None)
    return [item], dict(definition.labels)


def _with_another(definition: Definition, intent: Intent) -> PlannedExpression | None:
    """What is defined less, or plus, another metric: "adjusted profit plus rental income"."""
    said = re.search(rf"\b{re.escape(definition.name)}\s+(?P<sign>less|minus|plus)\s+(?:the\s+|its\s+)?", intent.core, re.I)
    other = next((mention for mention in intent.mentions if said and mention.start == said.end()), None)
    if said is None or other is None:
        return None
    sign = "+" if said["sign"].lower() == "plus" else "-"
    title = intent.core[said.start() : other.end]
    return PlannedExpression(title, f"({definition.expression}) {sign} ({other.name})", _wished(intent, _show_of(definition)))


def _part_of(asked: Formula, definition: Definition, library: Mapping[str, Formula]) -> str | None:
    """The name in the asked formula for what is defined: the EBITDA of an EBITDA margin; None where the whole is defined."""
    words = {token.text for token in tokens(definition.name)} - word_list("structure")
    if not words or words & {token.text for phrase in asked.en for token in tokens(phrase)} != words:
        return None
    parts = (library[name] for name in names_in(asked.expression) if name in library)
    return next((part.name for part in parts if any({t.text for t in tokens(phrase)} == words for phrase in part.en)), None)


def _show_of(definition: Definition) -> Show | None:
    """A quotient is a ratio, days when it counts 365; a sum is whatever its terms are."""
    if "365" in definition.expression or "360" in definition.expression:
        return "days"
    return "ratio" if "/" in definition.expression else None


def _wished(intent: Intent, show: Show | None) -> Show | None:
    """The form that the reader asks for: percent when asked; a bare number of decimals of a percentage asks for a ratio in English."""
    if intent.wish.percent:
        return "percent"
    decimals_only = intent.language == "en" and intent.wish.decimals is not None and intent.wish.scale is None
    return "ratio" if decimals_only and show == "percent" else show


def known_title(intent: Intent, formula: Formula) -> str:
    """The formula as the question calls it."""
    said = next((mention.text for mention in intent.mentions if mention.name == formula.name), "  ")
    return formula.name.replace("_", " ") if "  " in said else said  # a company's name between its words was blanked out


def items_named(intent: Intent, library: Mapping[str, Formula]) -> list[PlannedExpression]:
    """Items for the concepts and formulae named: a share of two, margins, or each by itself."""
    mentions = _parted(intent, _distinct(_without_book_value(intent), library))
    if len(mentions) == 2 and (shown := _is_share(intent, *mentions)):
        one, other = mentions
        title = intent.core[one.start : other.end].strip() if intent.language == "en" else _share_title(intent.core, one, other)
        return [PlannedExpression(title, f"({one.name}) / ({other.name})", _wished(intent, shown))]
    if len(mentions) == 2 and is_part(intent, *mentions):
        whole, part = mentions
        return [PlannedExpression(f"{part.text} as a percent of {whole.text}", f"({part.name}) / ({whole.name})", "percent")]
    items = [_item(mention, intent, library) for mention in mentions]
    if len(items) > 1 and (joined := _joined(intent, mentions, items)):
        return [joined]
    return items


_EXCEEDS = re.compile(r"\s*(?:exceed(?:s|ed)?|surpass(?:es|ed)?|outweigh(?:s|ed)?)\s+(?:its\s+|the\s+|their\s+)?", re.I)
_SUM_ZH = re.compile(r"^的?(?:[^，,。？?]{0,4})?(?:之和|总和|合计|相加|加起来|加总|加在一起|一共|总共)")
_DIFFERENCE_ZH = re.compile(r"^的?(?:之差|差额|差值|相差|相减)")


def _joined(intent: Intent, mentions: Sequence[Mention], items: Sequence[PlannedExpression]) -> PlannedExpression | None:
    """The sum of what is named ("A与B之和"), or the difference of two."""
    core = intent.core
    after = core[mentions[-1].end :]
    if len(items) == 2 and (order := _set_against(intent.masked, mentions)):
        one, other = items if order > 0 else reversed(items)
        return less(one, other, intent.language)
    sum_, difference = _SUM_ZH.match(after), _DIFFERENCE_ZH.match(after) if len(items) == 2 else None
    if not (sum_ or difference) or any(item.show not in (None, "money") for item in items):
        return None
    sign, tail = (" + ", "之和") if sum_ else (" - ", "之差")
    title = core[mentions[0].start : mentions[-1].end] + tail
    return PlannedExpression(title, sign.join(f"({item.expression})" for item in items), items[0].show, difference=bool(difference))


def less(one: PlannedExpression, other: PlannedExpression, language: Language) -> PlannedExpression:
    """The first less the second, as one expression."""
    title = f"{one.title}与{other.title}之差" if language == "zh" else f"{one.title} less {other.title}"
    return PlannedExpression(title, f"({one.expression}) - ({other.expression})", one.show, difference=True)


def _set_against(core: str, mentions: Sequence[Mention]) -> int:
    """1 where the question asks by how much the first of two differs from the second, or is more; -1 where it asks by how much it is less;
    0 where it asks for no difference.
    """
    one, other = mentions
    before, between, after = core[: one.start], core[one.end : other.start], core[other.end :]
    if _BETWEEN_TWO.search(before) or _EXCEEDS.fullmatch(between) or (_AND.fullmatch(between) and _DIFFER.match(after)):
        return 1
    if (asked := _MORE_OR_LESS.search(before)) and _THAN.fullmatch(between):
        return -1 if _SMALLER.search(asked[0]) else 1
    if _THAN_ZH.fullmatch(between) and (asked := _MUCH_ZH.match(after)):
        return -1 if _SMALLER.search(asked[1]) else 1
    return 0


_AND = re.compile(r"\s*(?:and|from)\s+(?:its\s+|the\s+|their\s+)?", re.I)
_DIFFER = re.compile(r"[^?.,;]*\bdiffer(?:s|ed)?\b", re.I)
_MORE_OR_LESS = re.compile(
    r"\bhow\s+(?:much|many)\s+(?:more|less|fewer|higher|lower|larger|smaller|greater|bigger)\b(?:\s|['’]s|\b(?:is|are|was|were|in|the|its|their)\b)*$",
    re.I,
)
_THAN = re.compile(r"\s*(?:in\s*)?than\s+(?:its\s+|the\s+|their\s+)?", re.I)
_SMALLER = re.compile(r"less|fewer|lower|smaller|[低少小]", re.I)
_THAN_ZH = re.compile(r"(?:比|较)(?:其|该公司的?)?")
_MUCH_ZH = re.compile(r"(?:要|还)?(高|多|大|低|少|小)(?:出|了)?(?:多少|几)")


def _share_title(core: str, one: Mention, other: Mention) -> str:
    if _IS_ZH.fullmatch(core[one.end : other.start]):
        return f"{one.text}与{other.text}之比"
    end = _SHARE_END_ZH.match(core[other.end :])
    tail = end[0] if end and not re.search("多少|几成", end[0]) else "的比例"
    return core[one.start : other.end] + tail


def _is_share(intent: Intent, one: Mention, other: Mention) -> Show | None:
    core = intent.core
    between, after = core[one.end : other.start], core[other.end :]
    if _DIVIDED.fullmatch(between) or (_IS_ZH.fullmatch(between) and _TIMES_ZH.match(after)):
        return "ratio"
    if _SHARE.fullmatch(between):
        return "ratio" if re.search(r"\bratio\b", core[one.end :], re.I) and "%" not in between else "percent"
    if between.strip().lower() == "to" and re.match(r"\s*ratio\b", after, re.I):
        return "ratio"
    if _RATIO_OF.search(intent.masked[: one.start]) and between.strip().lower() in ("to", "and"):
        return "ratio"
    if (between == "占" or _SHARE_ZH.fullmatch(between.strip("的，, "))) and (end := _SHARE_END_ZH.match(after)):
        return "ratio" if re.search("比值|之比", end[0]) else "percent"
    return None


_DIVIDED = re.compile(r"\s*(?:divided\s+by|除以)\s*(?:the\s+|its\s+|total\s+)?", re.I)
_IS_ZH, _TIMES_ZH = re.compile(r"(?:大?约)?(?:是|为|相当于|等于)(?:其|同期)?"), re.compile(r"的?(?:几|多少)倍")
_RATIO_OF = re.compile(r"\bratio\s+of\b(?:\s|['’]s|\b(?:the|its|their)\b)*$", re.I)
_PERCENT_OF = re.compile(r"(?:\b(?:percent(?:age)?|share|proportion|portion|fraction)|%)\s+of\b(?:\s|['’]s|\b(?:the|its|their)\b)*$", re.I)
_WAS = re.compile(r"\b(?:is|are|was|were|goes|went|comes?|came|spent|represent(?:s|ed)?)\b", re.I)


def is_part(intent: Intent, whole: Mention, part: Mention) -> bool:
    """ "What percent of all costs was rent?"."""
    return bool(_PERCENT_OF.search(intent.masked[: whole.start]) and _WAS.search(intent.masked[whole.end : part.start]))


def _without_book_value(intent: Intent) -> Sequence[Mention]:
    """The book value "of" an asset is that asset's figure; by itself it is equity."""
    one, *others = intent.mentions or (None,)
    of_another = (
        one and others and one.text.lower() == "book value" and re.match(r"\s+of\b", intent.masked[one.end : others[0].start], re.I)
    )
    return others if of_another else intent.mentions


def _distinct(mentions: Sequence[Mention], library: Mapping[str, Formula]) -> list[Mention]:
    """Each name once; concepts that only spell out a formula named before them ("retention ratio (using dividends paid …)") are "
    "dropped."""
    kept: list[Mention] = []
    inside: set[str] = set()
    for mention in mentions:
        if mention.name in inside or any(mention.name == other.name for other in kept):
            continue
        kept.append(mention)
        if mention.formula:
            inside |= names_in(library[mention.name].expression)
    return kept


def _parted(intent: Intent, mentions: list[Mention]) -> list[Mention]:
    """ "Capital expenditure to operating cash flow ratio" is the ratio of two, of which the second with "ratio" names another."""
    if len(mentions) != 2 or intent.core[mentions[0].end : mentions[1].start].strip().lower() != "to":
        return mentions
    one, other = mentions
    named = vocabulary().find(re.sub(r"\s+ratio$", "", other.text, flags=re.IGNORECASE))
    if not other.text.lower().endswith(" ratio") or len(named) != 1 or named[0].start:
        return mentions
    return [one, replace(named[0], start=other.start, end=other.start + named[0].end)]


def _margin_of(mention: Mention, intent: Intent) -> str:
    """The "% margin" behind a metric that is none itself."""
    found = _MARGIN.match(intent.core[mention.end :])
    return found[0] if found and found[0].strip() else ""


_THIS_PERIOD = re.compile(
    r"^(?:本期|本年度?|当期|本季)(?=.)"
)  # the label's own "this period" is the one that is asked for, named beside it


def _item(mention: Mention, intent: Intent, library: Mapping[str, Formula]) -> PlannedExpression:
    formula = library.get(mention.name) if mention.formula else None
    margin = _margin_of(mention, intent)
    if margin and (formula is None or formula.show == "money"):
        return PlannedExpression(f"{mention.text}{margin}", f"({mention.name}) / revenue", _wished(intent, "percent"), "higher")
    if formula is None:
        spoken = title(mention.name, intent.language) if re.search(r"\s{2,}| to$|^profitable$|[吗否没]", mention.text) else mention.text
        return PlannedExpression(_THIS_PERIOD.sub("", spoken), mention.name, None, None)
    return PlannedExpression(known_title(intent, formula), formula.name, _wished(intent, formula.show), formula.better, formula.norm)


# --- movements ------------------------------------------------------------------------------------------------------------------

GROWN = re.compile(r"\(\(?(?P<metric>\w+)\)? - prior\(\(?(?P=metric)\)?\)\) / prior\(\(?(?P=metric)\)?\)")
GROWN_FROM = re.compile(r"\(\(?(?P<metric>\w+)\)? - \(?(?P=metric)\)?\[\d{4}\]\) / \(?(?P=metric)\)?\[\d{4}\]")
CHANGED = re.compile(r"(?P<metric>\w+) - prior\((?P=metric)\)")


def metrics_moved(form: re.Pattern[str], items: Sequence[PlannedExpression]) -> list[str]:
    """The metric of each item, which grew, or changed, by the ``form``; nothing where one item is of another."""
    found = [match["metric"] for item in items if (match := form.fullmatch(item.expression))]
    return found if len(found) == len(items) else []


_FROM_TO = re.compile(
    r"\bfrom\s+(?P<said>(?:what|how\s+(?:much|many|high))\b[^.?!;,]{0,20}?\bto\s+(?:what|how\s+(?:much|many|high))\b(?:\s+levels?\b)?)"
    r"|从(?!事)[^，。；？]{0,8}?(?P<said_zh>(?:多少|几(?![月日号年点]))[^，。；？]{0,8}?[到至成为]了?(?:百分之)?(?:多少|几(?![月日号年点])))",
    re.IGNORECASE,
)


def from_to(intent: Intent) -> tuple[int, int] | None:
    """Where both ends of a movement are asked for: "from what to what", 从多少变成多少, without what the first is of; None where two lines
    are its ends.
    """
    found = _FROM_TO.search(intent.core)
    if found is None:
        return None
    start, end = found.span("said" if found["said"] else "said_zh")
    return None if any(start <= one.start < end for one in intent.mentions) else (start, end)
