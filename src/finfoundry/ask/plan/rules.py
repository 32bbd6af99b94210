"""A question planned without a model: which expression, over which fiscal spans, shown how, and what the reader wants to know of it.

Most questions need no more: a lookup of known concepts, a formula by its name, a definition that the question gives, growth, a share, an
average over years. What the words do not fully explain (``Intent.rest``) is left to the label search, to the model, or to passages.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from itertools import pairwise
from typing import Literal

from finfoundry.ask.lexicon.formula import concepts_in
from finfoundry.ask.lexicon.ports import StoredFact
from finfoundry.ask.lexicon.spans import FiscalSpan, names_range
from finfoundry.ask.plan.asked_spans import all_between, spans_of
from finfoundry.ask.plan.expressions import PlannedExpression, defined, from_to, items_named, less
from finfoundry.ask.plan.level_beside import asks_level
from finfoundry.ask.plan.unexplained import unexplained
from finfoundry.ask.plan.yes_no import by_norm, judged_by, names_level, of_norm, of_number, of_two, which_of_two, without_number
from finfoundry.ask.understand.intent import Intent, asks_yes_no, without_mentions
from finfoundry.ask.understand.question_text import masked_out
from finfoundry.core.formulas import Formula
from finfoundry.core.periods import FiscalYear

Ask = Literal["value", "change", "direction", "sign", "exists", "norm", "compare", "limit", "extreme"]
Wanted = Literal["up", "down", "better", "worse", "positive", "negative", "more", "less", "broken"]
Source = Literal["rule", "definition", "label", "line", "concept", "model", "learnt"]


@dataclass(frozen=True, slots=True)
class Plan:
    """What to compute and what to say of it.

    ``spans`` are in order of time; the last is the one asked about, the first the one compared with. Empty: the latest that there is.
    ``labels`` holds the words of metrics that no vocabulary knows. ``wanted`` is the direction a yes/no question asks about.
    """

    ask: Ask
    items: tuple[PlannedExpression, ...]
    spans: tuple[FiscalSpan, ...]
    labels: Mapping[str, str] = field(default_factory=dict)
    wanted: Wanted | None = None  # None where the question offers both directions: "improved or declined?"
    yes_no: bool = False
    source: Source = "rule"
    exact: bool = False  # a label must be the words of ``labels``, and no more
    recent: int = 0  # without spans: so many of the latest years
    limit: Decimal | None = None  # the number that a metric is compared with, of the question or set by the institution
    limit_words: str = ""  # how the question writes it, where it is printed so
    limit_counts: bool = False  # whether just that number is enough: at least, no more than
    spoken: Mapping[str, str] = field(default_factory=dict)  # the words by which the question calls the known metrics of an expression
    sure: float = 0  # how sure the learnt reader is of its plan
    rows: Mapping[str, Sequence[StoredFact]] = field(default_factory=dict)  # metrics that were found as lines: their figures, of all times
    level_first: bool = False  # of a change: the level is asked for, too
    timed: bool = False  # of a change: its times are told with it, of which the question names one alone
    of_rates: Plan | None = None  # what a growth is where the facts turn out to be rates: how many points they moved


# --- words of structure ---------------------------------------------------------------------------------------------------------

_OPEN = re.compile(
    r"\b(?:why|how come|how (?:is|was) it that|expla(?:in|nation)s?|describe|discuss|summari[sz]e"
    r"|what (?:drove|caused|led|explains|are the (?:reasons|drivers|risks))|(?:does|did|do)\b[^?]*\battribute"
    r"|drivers?|reasons?|nature|purpose|agenda|strateg\w+)\b"
    r"|为什么|为何|原因|分析(?!性)|介绍|简述|说明|描述|概述|阐述|解释|(?<!相比)(?<!水平)(?<!变动)(?<!变化)(?:如何|怎样|怎么)(?!样|变)|什么是|是指什么|含义|的定义|什么意思|计算方法|计算公式",
    re.I,
)
_AMOUNT_ZH = re.compile(r"[是为有]多少|多少[元万亿人]|具体多少|多少[?？]")  # "请简要介绍…是多少元" asks for an amount all the same
_GROWTH = re.compile(
    r"\b(?:growth|rate of change|year[- ]over[- ]year|yoy|percentage change|percent change)\b|增长"
    r"|增速|增幅|同比|变动[率比]|变化率",
    re.I,
)
_RATE_OF_GROWTH = re.compile(r"\b(?:growth|rate of change|percentage change|percent change)\b|增长率|增速|增幅|变动[率比]|变化率", re.I)
CAGR = re.compile(r"\bCAGR\b|compound(?:ed)?\s+annual\s+growth|年?复合(?:年?均?)?增长率", re.I)
AVERAGE = re.compile(r"\b(?:average|mean)\b|平均", re.I)
EACH = re.compile(r"\b(?:each|every|both|respectively|per year)\b|分别|各年|每年|各自", re.I)
_GREW_BY = re.compile(r"(?:增长|增加|增多|减少|下降|提高|变动|变化)了?(?:多少|几)\s*(?:[百千万亿]*[元人股])")
UP = re.compile(
    r"\b(?:increas\w*|grow|grew|grown|growing|r[io]se|rising|risen|higher|expand\w*|gain(?:ed)?|climb\w*|jump\w*|surg\w*|soar\w*)\b|增加|增长|上升|提高|提升|上涨"
    r"|比(?:上年|去年|前一年|(?:19|20)\d\d年?)[^，。？?]{0,6}(?:[高大](?!于)|多(?![于少]))",
    re.I,
)
DOWN = re.compile(
    r"\b(?:decreas\w*|declin\w*|fall|fell|fallen|drop\w*|lower|reduc\w*|shr[iau]nk|contract\w*|slip\w*|slid\w*|plung\w*|tumbl\w*|sank|sink|dip(?:ped)?)\b|减少|下降|降低|下跌|下滑"
    r"|比(?:上年|去年|前一年|(?:19|20)\d\d年?)[^，。？?]{0,6}(?<!多)[低少小](?!于)",
    re.I,
)
_BETTER = re.compile(r"\bimprov\w*\b|改善|好转", re.I)
_WORSE = re.compile(r"\b(?:worse\w*|deteriorat\w*)\b|恶化|变差", re.I)
POSITIVE = re.compile(r"\b(?:positive|profitable)\b|为正|是正的|正数|(?<!扭亏为)盈利(?!能力)", re.I)
NEGATIVE = re.compile(r"\bnegative\b|为负|是负的|负数|亏损", re.I)
_HAPPENED = re.compile(
    r"\b(?:pay|paid|paying|distribute[ds]?|declare[ds]?|repurchase[ds]?|buy back|bought back|have|has|had|report\w*|record\w*"
    r"|incur\w*)\b|有|支付|分配|回购",
    re.I,
)
_CHANGE = re.compile(
    r"\b(?:chang\w*|movements?|moved?|swing|differ(?:s|ed)?|how\s+(?:much|many)\s+(?:more|less|fewer|higher|lower|larger|smaller|greater))\b|变化|变动|(?:如何|怎样|怎么)变|[由从][亏盈]转[亏盈]|增减了?多少|相差|差额|差了?多少|[高低多少大小]出?多少",
    re.I,
)
_RATIO = re.compile(r"\bratio\b", re.I)
_DIFFERENCE = re.compile(r"\bdifferences?\b|^\W*subtract\b|\bby what amount\b|减[去掉]|扣去", re.I)
_WHICH = re.compile(
    r"\b(?:which(?!\s+(?:direction|way)\b)|who|highest|lowest|largest|smallest|biggest|most|least|worst|best|top)\b|哪|谁|最[高低大小多少]|排名|第[一二三](?!季)",
    re.I,
)

_IN_US = re.compile(
    r"\b(?:in|from|within|across)\s+(?:the\s+)?(?:U\.?S\.?A?\b\.?|United\s+States)(?!\s*(?:\$|dollars?|gaap|millions?|billions?|thousands?))",
    re.I,
)  # a region, whose name is elsewhere that of a currency


def plan_by_rule(intent: Intent, calendar: FiscalYear, library: Mapping[str, Formula]) -> Plan | None:
    """A plan when the words of the question explain themselves; None otherwise."""
    core = intent.masked
    if _defined_unread(intent):
        return None
    asked = which_of_two(intent) if len(intent.mentions) == 2 else None
    if asked and not (intent.left and unexplained(intent)) and not intent.definitions:
        two = items_named(intent, library)
        items = [*two, less(two[0], two[1], intent.language)] if _BY_HOW_MUCH.search(core) and len(two) == 2 else two
        return Plan("compare", tuple(items), tuple(spans_of(intent, calendar)), intent.labels, wanted=asked)
    asking = intent.masked  # company names are blanked: one may contain question words (第一医药: "first")
    which = _asks_which(intent) and not re.match(r"\W*what", core, re.I) and not of_norm(intent)  # 高于最低要求 asks for none of several
    if (_OPEN.search(asking) and not _AMOUNT_ZH.search(core)) or which:
        return None
    spans = spans_of(intent, calendar)
    if intent.definitions:
        items, labels = defined(intent, library)
    elif intent.mentions and not ((intent.left and unexplained(intent)) or compound(intent) or goes_on(intent) or _IN_US.search(core)):
        items, labels = items_named(intent, library), dict(intent.labels)
    else:
        return None
    return shaped(intent, items, spans, labels, "definition" if intent.definitions else "rule")


def _defined_unread(intent: Intent) -> bool:
    """Whether a formula is asked for and a sentence beside the question, which no rule read as its definition, names lines that the
    library's own has not, or takes balances of another time: "count closing receivables in days of the year's revenue".
    """
    formulas_asked = [intent.vocabulary.library[mention.name] for mention in intent.mentions if mention.formula]
    if intent.definitions or not formulas_asked:
        return False
    beside = "".join(" " if asking != " " else said for said, asking in zip(intent.question, intent.core, strict=True))
    named = {mention.name for mention in intent.vocabulary.find(masked_out(beside, intent.named)) if not mention.formula}
    known = {name for formula in formulas_asked for name in concepts_in(formula.name, intent.vocabulary.library)}
    averaged = any(_OF_AVERAGES.search(formula.expression) for formula in formulas_asked)
    return bool(named) and (not named <= known or averaged != bool(_AVERAGED.search(beside)))


_OF_AVERAGES = re.compile(r"\b(?:average|mean|prior)\(")
_AVERAGED = re.compile(
    r"\b(?:averaged?|mean)\b|\b(?:opening|start|beginning)\b.*\b(?:closing|end)\b|平均|期初.*期末|年初.*年末", re.I | re.S
)


def _asks_which(intent: Intent) -> bool:
    """Whether a question wants one of several named; "which net sales is shown" only wants the figure, and "top line" is a metric."""
    found = (match for match in _WHICH.finditer(intent.masked) if match[0].lower() == "which")
    figures = [
        match
        for match in found
        if any(one.start > match.end() and not intent.core[match.end() : one.start].strip() for one in intent.mentions)
    ]
    named = [(one.start, one.end) for one in intent.mentions]
    return _WHICH.search(masked_out(intent.masked, [*named, *(match.span() for match in figures)])) is not None


_BY_HOW_MUCH = re.compile(
    r"\b(?:by\s+how\s+much|how\s+much\s+(?:more|less|larger|smaller|higher|lower|greater))\b|差额|[高低大小多少差增减升降涨跌]了?出?多少",
    re.I,
)


def _of_recent_years(plan: Plan, core: str) -> Plan | None:
    """Over "the last three years", where values or their change are asked for; a mean or a growth over them is left to others."""
    found = _RECENT.search(core)
    if found is None:
        return plan
    told = (found["en"] or found["of"] or found["zh"]).lower()
    count = _COUNTS.get(told) or int(told)
    plain = plan.ask == "value" and all(item.show != "percent" or "prior(" not in item.expression for item in plan.items)
    return replace(plan, recent=count) if plain and 1 < count <= 10 and not AVERAGE.search(core) and not CAGR.search(core) else None


_RECENT = re.compile(
    r"\b(?:last|past|previous|most\s+recent|latest|each\s+of\s+(?:the|its|these))\s+(?P<en>two|three|four|five|\d)\s+(?:fiscal\s+)?years\b"
    r"|\bthe\s+(?P<of>two|three|four|five|\d)\s+(?:fiscal\s+)?years\s+(?:in|of)\s+(?:the|this|its)\b"
    r"|(?:最近|近|过去|报告[里中期]*的?)(?P<zh>[两二三四五\d])年",
    re.I,
)
_COUNTS = {"two": 2, "three": 3, "four": 4, "five": 5, "两": 2, "二": 2, "三": 3, "四": 4, "五": 5}


# Both ways of a movement offered: which of the two it was is asked for, in whatever words.
_EITHER = re.compile(
    r"\b(?:which\s+(?:direction|way)|up\s+or\s+down|down\s+or\s+up|better\s+or\s+worse|worse\s+or\s+better|(?:ris(?:e[sn]?|ing)|r[ai]?ose|(?:increas|gr[eo]w|improv)\w*"
    r"|higher|above|larger|greater|more)\s+(?:or|than\s+or)\s+(?:(?:f[ae]ll|declin|decreas|shr[aiu]nk|drop|deteriorat|worsen)\w*"
    r"|lower|below|smaller|less|fewer))\b(?!\s+(?:flat|stable|constant|unchanged|equal|the\s+same))"
    r"|(?:升|涨|增|高|多|改善|扩大)[了于长加大]?(?:还是|或者?|是)(?:有所)?下?(?:降|跌|减|低|少|滑|恶化|缩)",
    re.I,
)


_AFFECTS = re.compile(r"\b(?:affect|impact|influence|expos)\w*|影响|受到?", re.I)  # a rise or fall of rates is what something is exposed to


_THAN_OTHER = re.compile(
    r"\bthan\s+(?!(?:(?:in|at|for|the|a|fiscal|financial|its)\s+)*(?:years?|prior|previous|preceding|last|(?:FY\s?)?(?:19|20)\d\d)\b)", re.I
)


def either_way(intent: Intent) -> str:
    """What offers both ways of a movement of a metric, "more or less"; empty where nothing does, or what it is held against is a number,
    an average or another line.
    """
    core = without_mentions(intent, intent.masked)
    found = _EITHER.search(core) if len(intent.mentions) == 1 else None
    otherwise = AVERAGE.search(core) or _THAN_OTHER.search(core) or _AFFECTS.search(core) or of_number(intent) is not None
    return found[0] if found and not otherwise else ""


def offers_both(intent: Intent) -> bool:
    """Whether the question offers both ways of a movement, 是升是降, "rise or fall", and compares with another time alone: not with a
    number, an average or another line, and without asking by how many percent.
    """
    core = without_mentions(intent, intent.masked)
    if not (offered := _EITHER.search(core)) or _GROWTH.search(core[offered.end() :]):
        return False
    otherwise = AVERAGE.search(core) or _THAN_OTHER.search(core) or _BY_HOW_MUCH.search(intent.question)
    return not otherwise and not intent.wish.percent and of_number(intent) is None and len(intent.mentions) < 2


_AMOUNT_TOO = re.compile(
    r"\bin\s+(?:dollars?|money|absolute\s+terms|amounts?)\b|\bhow\s+(?:many|much)\s+(?:(?:dollars?|money)\s+)?is\s+th(?:at|is)\b"
    r"|(?:变动|增减|增加|减少)的?(?:金额|数额)",
    re.I,
)


def shaped(
    intent: Intent, items: Sequence[PlannedExpression], spans: Sequence[FiscalSpan], labels: Mapping[str, str], source: Source
) -> Plan | None:
    """What the question wants to know of its items: their value, their growth or mean, how they changed, their sign; without times that it
    names of the latest years, where it asks for several.
    """
    made = _shaped(intent, items, spans, labels, source)
    return made if spans or made is None else _of_recent_years(made, intent.masked)


def _shaped(
    intent: Intent, items: Sequence[PlannedExpression], spans: Sequence[FiscalSpan], labels: Mapping[str, str], source: Source
) -> Plan | None:
    if len(items) == 1 and items[0].difference:
        return Plan("value", tuple(items), tuple(spans), labels, source=source)
    core = without_mentions(intent, intent.masked)
    if len(items) == 1 and offers_both(intent):
        return Plan("direction", tuple(items), tuple(spans), labels, source=source)
    wanted = [name for name, pattern in _WANTED if pattern.search(core)]
    directions = [name for name in wanted if name in ("up", "down", "better", "worse")]
    yes_no = asks_yes_no(intent)
    ends = from_to(intent) is not None
    changes = bool(ends or _CHANGE.search(core) or (_DIFFERENCE.search(core) and len(spans) > 1))
    in_money = _GREW_BY.search(core) is not None
    in_percent = bool(intent.wish.percent) and not any(item.show == "percent" for item in items)
    in_points = changes and all(item.show == "percent" for item in items) and not _RATE_OF_GROWTH.search(core)
    grows = bool(_GROWTH.search(core) or changes or directions) and not (CAGR.search(core) or yes_no)
    if grows and intent.wish.percent and _AMOUNT_TOO.search(core) and all(item.show in (None, "money") for item in items):
        return Plan("change", tuple(items), tuple(spans), labels, source=source)  # which tells the amount and the share
    if CAGR.search(core) or (
        ((_GROWTH.search(core) and not (in_points or in_money)) or (in_percent and (changes or directions))) and not yes_no
    ):
        return _grown(intent, items, spans, labels, source, core)
    own_mean = any(re.search(r"\b(?:mean|average)\(|\[", item.expression) for item in items)
    if AVERAGE.search(core) and len(spans) > 1 and not (intent.definitions and own_mean):
        if len(spans) == 2 and spans[-1].year - spans[0].year > 1 and not names_range(intent.question):
            return None  # of just two years that lie apart
        means = tuple(replace(item, expression=f"mean({item.expression}, {spans[0].year}, {spans[-1].year})") for item in items)
        means = tuple(replace(item, title=MEAN_TITLE[intent.language].format(item.title)) for item in means)
        return Plan("value", means, (spans[-1],), labels, source=source)
    if yes_no and not _moves_by_a_number(intent, core):
        made = _judged(intent, items, wanted)
        if made is not None:
            return replace(made, spans=tuple(spans), labels=labels, source=source)
    elif yes_no:
        return None
    if directions and (yes_no or (len(directions) > 1 and not _THAN_OTHER.search(core))) and _BY_HOW_MUCH.search(intent.question):
        return Plan("change", tuple(items), tuple(spans), labels, source=source)
    if directions and (yes_no or len(directions) > 1):
        either = len(directions) > 1
        if either and in_percent:
            return _grown(intent, items, spans, labels, source, core)
        if either and len(items) > 1 and _THAN_OTHER.search(core):
            return None  # the lines are compared with each other
        return Plan("direction", tuple(items), tuple(spans), labels, None if either else directions[0], not either, source)
    if changes or directions or in_money:
        both = _with_level(intent, core)
        if both and not ends and _is_over_years(spans) and all(item.show in (None, "money") for item in items):
            return _level_and_change(intent, items, spans, labels, source)
        return Plan("change", tuple(items), tuple(spans), labels, source=source, level_first=both or ends)
    if _RATIO.search(core) and all(item.show in (None, "money") for item in items):
        return None  # of what, the words do not say
    return None if yes_no else Plan("value", tuple(items), tuple(all_between(intent, spans)), labels, source=source)


def _grown(
    intent: Intent, items: Sequence[PlannedExpression], spans: Sequence[FiscalSpan], labels: Mapping[str, str], source: Source, core: str
) -> Plan | None:
    """Growths of the items; where the facts turn out to be rates and the question names no rate of growth, the points they moved by."""
    each = len(spans) > 1 and EACH.search(core) is not None  # the growth of each year, not over all of them
    grown = [growth(item, spans[-1:] if each else spans, intent) for item in items]
    named = each or CAGR.search(core) or _RATE_OF_GROWTH.search(core)
    both = _with_level(intent, core) and not CAGR.search(core)
    points = None if named else Plan("change", tuple(items), tuple(spans), labels, source=source, level_first=both)
    spoken = {item.expression: item.title for item in items if item.expression.isidentifier()}
    told = tuple(all_between(intent, spans)) if each else tuple(spans[-1:])
    if both:
        grown = [one for pair in zip(_levels(intent, items), grown, strict=True) for one in pair]
    made = Plan("value", tuple(g for g in grown if g), told, labels, source=source, of_rates=points, spoken=spoken)
    return made if all(grown) else None


def _with_level(intent: Intent, core: str) -> bool:
    """Whether the question asks for the level of what moves, too."""
    moves = [found.start() for pattern in _MOVES if (found := pattern.search(core))]
    return bool(moves) and asks_level(intent, min(moves))


def _levels(intent: Intent, items: Sequence[PlannedExpression]) -> list[PlannedExpression]:
    """The items as their formulas are shown, where the percent that is asked for is that of their growth."""
    library = intent.vocabulary.library
    return [replace(one, show=library[one.expression].show) if one.expression in library else one for one in items]


def _level_and_change(
    intent: Intent, items: Sequence[PlannedExpression], spans: Sequence[FiscalSpan], labels: Mapping[str, str], source: Source
) -> Plan:
    """Each level of the last span, then by how much it changed; of what turns out to be rates by how many points."""
    told: list[PlannedExpression] = []
    for item in _levels(intent, items):
        before = f"({item.expression})[{spans[0].year}]" if len(spans) > 1 else f"prior({item.expression})"
        title = _CHANGE_TITLE[intent.language].format(item.title)
        told += [item, PlannedExpression(title, f"({item.expression}) - {before}", item.show)]
    points = Plan("change", tuple(items), tuple(spans), labels, source=source, level_first=True)
    return Plan("value", tuple(told), tuple(spans[-1:]), labels, source=source, of_rates=points)


def _moves_by_a_number(intent: Intent, core: str) -> bool:
    """ "Did it fall by more than 5%?": of what the number is, and of which year, is left open."""
    return of_number(intent) is not None and any(pattern.search(without_number(core)) for pattern in (UP, DOWN, _BETTER, _WORSE, _CHANGE))


def _judged(intent: Intent, items: Sequence[PlannedExpression], wanted: Sequence[Wanted]) -> Plan | None:
    """A yes/no question about two metrics, a number, a norm, a sign, or whether something was at all; None for any other."""
    several = tuple(items)
    if len(items) == 2 and (asked := of_two(intent)):
        return Plan("compare", several, (), wanted=asked, yes_no=True)
    said = " ".join(mention.text.lower() for mention in intent.mentions)
    if re.search(r"net loss|profitable|亏损|盈利", said):
        return Plan("sign", several[:1], (), wanted="negative" if re.search("loss|亏损", said) else "positive", yes_no=True)
    if "positive" in wanted or "negative" in wanted:
        return Plan("sign", several, (), wanted="positive" if "positive" in wanted else "negative", yes_no=True)
    if len(items) != 1:
        return None
    item, own = judged_by(items[0], intent)
    if (line := of_number(intent)) is not None:
        return Plan("limit", several, (), wanted=line[0], yes_no=True, limit=line[1])
    if item.norm is not None and (held := of_norm(intent) or ("kept" if by_norm(intent) else None)):
        return Plan("norm", (item,), (), wanted=None if held == "kept" else held, yes_no=True, limit=own)
    judged = by_norm(intent) or names_level(intent)  # by what nobody set for it
    happened = _HAPPENED.search(without_mentions(intent, intent.core)) and not (wanted or judged)
    return Plan("exists", several, (), yes_no=True) if happened else None


def compound(intent: Intent) -> bool:
    """Whether two metrics follow each other directly, as the name of a third: "advertising revenue"."""
    ordered = sorted(intent.mentions, key=lambda mention: mention.start)
    return intent.language == "en" and any(
        one.name != other.name and one.end < other.start and not intent.core[one.end : other.start].strip()
        for one, other in pairwise(ordered)
    )


def goes_on(intent: Intent) -> bool:
    """Whether a Chinese term goes on behind the phrase that is known: 净利差 is no 净利."""
    return any(_TERM_END_ZH.match(intent.core, mention.end) for mention in intent.mentions)


_TERM_END_ZH = re.compile(r"(?:差(?![额值距异了]|多少|几)|金(?!额)|[费款债税券权])(?![\u3400-\u9fff]*之和)")
_NUMBER = re.compile(
    r"\bhow (?:much|many|large|high|big)\b|\bwhat (?:percent\w*|share|portion|proportion|fraction)\b|\b(?:ratio|rate|margin"
    r"|percent\w*|average|growth|turnover|difference)\b"
    r"|\b(?:calculate|compute)\b|多少|几倍|几成|百分之几|比例|比重|比率|率是|差额|占比",
    re.I,
)


def wants_number(intent: Intent) -> bool:
    """Whether a question asks for a figure, not for reasons, names or a description."""
    return bool(_NUMBER.search(intent.core)) and not asks_openly(intent)


def asks_openly(intent: Intent) -> bool:
    """Whether a question asks for reasons or a description."""
    return _OPEN.search(intent.core) is not None


_WANTED: tuple[tuple[Wanted, re.Pattern[str]], ...] = (
    ("better", _BETTER), ("worse", _WORSE), ("up", UP), ("down", DOWN), ("positive", POSITIVE), ("negative", NEGATIVE)
)  # fmt: skip
_MOVES = (_GROWTH, _CHANGE, _DIFFERENCE, UP, DOWN, _GREW_BY)
MEAN_TITLE = {"en": "average {}", "zh": "{}的平均值"}
_GROWTH_TITLE = {"en": "{} growth", "zh": "{}增长率"}
_CHANGE_TITLE = {"en": "change in {}", "zh": "{}变动额"}
_CAGR_TITLE = {"en": "{} compound annual growth rate", "zh": "{}年复合增长率"}


def growth(item: PlannedExpression, spans: Sequence[FiscalSpan], intent: Intent) -> PlannedExpression | None:
    """Growth from the first span to the last, or from the year before; compound when the question says so."""
    x = f"({item.expression})"
    if not _is_over_years(spans):
        return None
    years = spans[-1].year - spans[0].year if len(spans) > 1 else 1
    base = f"{x}[{spans[0].year}]" if len(spans) > 1 else f"prior({item.expression})"
    if CAGR.search(intent.core):
        return PlannedExpression(_CAGR_TITLE[intent.language].format(item.title), f"({x} / {base}) ** (1 / {years}) - 1", "percent")
    return PlannedExpression(_GROWTH_TITLE[intent.language].format(item.title), f"({x} - {base}) / {base}", "percent")


def _is_over_years(spans: Sequence[FiscalSpan]) -> bool:
    """Whether the spans are the same part of different years."""
    return len({(span.through, span.months) for span in spans}) < 2 and len({span.year for span in spans}) == len(spans)


def is_movement(word: str) -> bool:
    """Whether a word says that something moved, and no more."""
    return any(pattern.fullmatch(word) for pattern in _MOVES)
