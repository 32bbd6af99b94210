"""What a sentence says of the order of parts without a figure: the highest, the second-largest, more than another; held against all parts
that a table prints. What it says besides leaves it undecided.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from itertools import product

from finfoundry.binding.breakdown import Breakdown, named_in
from finfoundry.binding.evidence import EvidenceItem
from finfoundry.binding.index import EvidenceIndex
from finfoundry.binding.ranks import LESS, MORE, PLACED, place_told
from finfoundry.binding.sentence import claim_patterns as said
from finfoundry.binding.sentence.claim import Claim
from finfoundry.binding.sentence.labels import concepts_named, concepts_said, synonyms, weight, word_lists, words
from finfoundry.binding.sentence.when import When, agree, told_periods

MOST = re.compile(
    r"\b(?:largest|highest|biggest|greatest|the most|more (?P<of>(?:[a-z]+ ){0,3})than (?:any|all|every)(?: of the| the)? others?)\b"
    r"|最[高大多]|第一大|居首位?|(?:位[列居]|排[名在]?|居)第一(?!季)|首位",
    re.IGNORECASE,
)
LEAST = re.compile(
    r"\b(?:smallest|lowest|the least|the fewest|less (?P<of>(?:[a-z]+ ){0,3})than (?:any|all|every)(?: of the| the)? others?)\b"
    r"|最[低小少]|末位",
    re.IGNORECASE,
)
OVER_TIME = re.compile(
    r"\b(?:its|their)\s+(?:own\s+)?(?:highest|lowest|largest|smallest|biggest)\b|(?:19|20)\d\d年(?:度)?最[高低大小]"
    r"|\b(?:ever|since|record|history|(?:second|third|fourth|\d+)[- ](?:consecutive|straight)|years\b|quarters\b)"
    r"|历史|历年|以来|连续|新高|新低|[几数两三四五]年",
    re.IGNORECASE,
)
_OTHER_MEASURE = re.compile(  # which levels do not decide
    r"\b(?:growth|grew|grow\w*|increas\w*|decreas\w*|declin\w*|chang\w*|margins?|rates?|ratios?|per|averages?|losses|loss|returns?|fastest"
    r"|market shares?|most of|half|majority)\b|增长|增[幅速加]|降幅|下降|减少|变动|率|亏损|人均|平均|过半|一半|份额|市占",
    re.IGNORECASE,
)
_UNDATED = re.compile(r"\b(?:quarter|half|month|week)s?\b|季度?|半年|月份?", re.IGNORECASE)  # a part of a year without its year
_SAYS_NOTHING = re.compile(
    r"\b(?:of|in|by|among|amongst|across|within|all|any|other|each|its|their|the|with|for|that|which|this|contribut\w*"
    r"|(?:generat|produc|mak|provid|achiev)(?:e[sd]?|ing)|(?:earn|deliver|record|book|post|report|represent|remain|rank|bring)(?:s|ed|ing)?"
    r"|account(?:s|ed|ing)?|made|brought|again|also|by far|clearly|single|one|source|contributors?|share|portion|proportion|part"
    r"|amount|level|total|overall"
    r"|segments?|divisions?|business(?:es)?|units?|regions?|markets?|products?|categor(?:y|ies)|lines?|geograph(?:y|ies)|areas?|parts?"
    r"|company|group|bank|terms?|based|on|measured)\b"
    r"|业务板块|各?分部|各?板块|各?业务|各?地区|各?区域|各?市场|各?产品|品类|行业|来源|贡献|实现|创造|占比|比重|占|所有|全部|各|其中|当中|之中|中|里|公司|集团|本行"
    r"|金额|总额|的|在|为|是|以|按|最终|仍|均|都|也|了|项|类|位列|名列",
    re.IGNORECASE,
)
_SHARE = re.compile(r"\b(?:share|portion|proportion|part|contribut\w*|source)\b|占|比重|贡献|来源", re.IGNORECASE)
_OWNING = re.compile(r"\s*(?:['’]s?(?:\s+(?:single|by far))*\s*$|(?:之中|当中|中|里)(?!国))", re.IGNORECASE)  # of a part within it
_ROUNDED = Decimal("0.01")  # of a sum, by which another may differ
_OF_ALL = re.compile(  # what headings say besides a measure that is of no part alone
    r"\b(?:external|customers?|third part(?:y|ies)|disaggregat\w*|results?|information|summary)\b|对外|外部|客户|交易|情况", re.IGNORECASE
)
_MOST_NAMED = 4  # parts of a clause that are looked at
_REVENUE = frozenset(("Revenues",))
_MEANT = {  # which concepts words may mean that are no concept's whole name
    "收入": _REVENUE,
    "成本": frozenset(("CostOfRevenue",)),
    "利润": frozenset(("ProfitLoss", "OperatingIncomeLoss", "IncomeLossBeforeIncomeTaxes")),
}


@dataclass(frozen=True, slots=True)
class Order:
    """What a clause says of a part: its place among the others, from the top or the bottom, or that it is more or less than another."""

    part: str
    words: str  # by which it says so
    rest: str  # what else the clause says: the measure
    place: int = 1
    lowest: bool = False
    other: str | None = None


@dataclass(frozen=True, slots=True)
class OrderVerdict:
    """Whether it holds, and the cells that show it: the part's own, then those that speak against it, or all others."""

    holds: bool
    items: tuple[EvidenceItem, ...]


def read_orders(clause: str, index: EvidenceIndex) -> list[Order]:
    """What a clause may say of the order of parts that some table prints, for each part that it names: in another table its measure may be
    one ("revenue" beside "cost"). Empty where it names none, or says no order of them.
    """
    found = next((one for pattern in (PLACED, MOST, LEAST, MORE, LESS) if (one := pattern.search(clause))), None)
    if found is None or OVER_TIME.search(clause):
        return []
    named = [one for one in sorted(named_in(clause, index.breakdowns)) if not _owns(one, found)][:_MOST_NAMED]
    of = found.groupdict().get("of") or ""
    if found.re in (MORE, LESS):
        before = [one for one in named if one[0] < found.start()]
        behind = [one for one in named if one[0] >= found.end()]
        return [
            Order(one[1], found[0], f"{_without(clause, found, one, other)} {of}", lowest=found.re is LESS, other=other[1])
            for one, other in product(before, behind)
            if one[1] != other[1]
        ]
    place = place_told(found) if found.re is PLACED else 1
    lowest = bool(found["low"] or found["low_zh"]) if found.re is PLACED else found.re is LEAST
    return [Order(one[1], found[0], f"{_without(clause, found, one)} {of}", place, lowest) for one in named]


def _owns(named: tuple[int, str], found: re.Match[str]) -> bool:
    """Whether the order is one within the part that is named: "retail banking's largest", 零售业务中."""
    start, name = named
    return _OWNING.match(found.string, start + len(name), max(found.start(), start + len(name))) is not None


def _without(clause: str, found: re.Match[str], *named: tuple[int, str]) -> str:
    for start, text in sorted([*named, (found.start(), found[0])], reverse=True):
        clause = f"{clause[:start]} {clause[start + len(text) :]}"
    return clause


def order_holds(order: Order, sentence: str, claim: Claim | None, index: EvidenceIndex) -> OrderVerdict | None:
    """Whether the parts stand so by the breakdowns of the measure at the time told, else at the latest; None where none decides, because
    its parts do not come to a printed figure or because two are alike, and where breakdowns differ.
    """
    if claim is None or any(pattern.search(order.rest) for pattern in (_OTHER_MEASURE, said.RISE, said.FALL)):
        return None
    meant = index.entities.of_claim(claim, sentence, index.question.text, index.labels)
    fitting = [
        one
        for one in index.breakdowns[order.part]
        if index.entities.fits(meant, one.parts[order.part].entity)
        and (claim.scope is None or one.parts[order.part].scope in (None, claim.scope))
        and _is_of_measure(order.rest, one, index)
    ]
    verdicts = [(_verdict(order, one), one) for one in _at_the_time(order, sentence, fitting, index)]
    sure = [told for told, one in verdicts if told and (order.other is not None or not _is_of_a_part(order, one, told, index))]
    return sure[0] if len({one.holds for one in sure}) == 1 else None


def _is_of_a_part(order: Order, found: Breakdown, told: OrderVerdict, index: EvidenceIndex) -> bool:
    """Whether the whole of a breakdown may itself be a part, so that elsewhere the order may be another: a breakdown of the measure comes
    to more, by so much that a part which this one leaves out may stand before what is called the highest.
    """
    mine = found.parts[order.part]
    room = abs(mine.value) if told.holds and not order.lowest else abs(found.total) * _ROUNDED
    larger = (one for one in index.breakdowns_at.get(found.dates, ()) if one.total > found.total + room)
    return any(_is_of_measure(order.rest, one, index) for one in larger if next(iter(one.parts.values())).unit == mine.unit)


def _at_the_time(order: Order, sentence: str, found: list[Breakdown], index: EvidenceIndex) -> list[Breakdown]:
    """Those of the time that the words tell, or the question; the latest where neither tells one. None of a time that nothing dates."""
    told = told_periods(sentence) or list(index.question.periods)
    if len({period.text for period in told}) > 1 or any(period.kind == "relative" for period in told):
        return []
    if told:
        when = When.found(told[0])
        return [one for one in found if any(agree(when, its) for its in one.parts[order.part].whens)]
    if _UNDATED.search(order.rest):
        return []
    latest = max((one.dates.end for one in found if one.dates), default=None)
    return [one for one in found if latest is None or (one.dates and one.dates.end == latest)]


def _is_of_measure(rest: str, found: Breakdown, index: EvidenceIndex) -> bool:
    """Whether what else a clause says is the measure of a breakdown, by its headings, else by the title of its table; where it says nothing
    else, whether that is of revenue.
    """
    item = next(iter(found.parts.values()))
    for period in reversed(told_periods(rest)):
        rest = rest[: period.start] + " " + rest[period.end :]
    measure = " ".join(_SAYS_NOTHING.sub(" ", index.entities.without(rest)).strip(" .。,，、").split())
    heads = " ".join(found.headings)
    told = concepts_said(heads) or concepts_said(" ".join(sorted(item.above)))
    own = concepts_named(measure) or _MEANT.get(measure, frozenset())
    unsaid = words(measure) - word_lists()["loose"]
    if not unsaid:
        return told == _REVENUE and _SHARE.search(rest) is None and not _says_more(heads, "", told)
    if len(told) > 1:
        return False
    if own and told:
        return bool(told & own) and not _says_more(heads, measure, told)
    return unsaid <= (words(heads) if own or told else words(heads) | item.above | item.label.beside)


def _says_more(heads: str, measure: str, told: frozenset[str]) -> bool:
    """Whether headings say more than a measure: of whom, or of which part of it."""
    names = (words(name) for concept in told for name in synonyms("", concept))
    return weight(words(_OF_ALL.sub(" ", _SAYS_NOTHING.sub(" ", heads))) - words(measure).union(*names)) >= 1


def _verdict(order: Order, found: Breakdown) -> OrderVerdict | None:
    mine = found.parts[order.part]
    if order.other is not None:
        other = found.parts.get(order.other)
        if other is None or other.value == mine.value or other.value < 0 or mine.value < 0:
            return None
        return OrderVerdict((mine.value < other.value) is order.lowest, (mine, other))
    others = found.others(order.part)
    if not found.adds_up:
        return None
    if any(item.value < 0 for item in (mine, *others)):
        return None  # whether the largest loss is the lowest or the highest is not told
    ahead = [item for item in others if _is_ahead(item.value, mine.value, lowest=order.lowest)]
    level = [item for item in others if item.value == mine.value]
    left_over = [item for item in found.rest if not _is_ahead(mine.value, item.value, lowest=order.lowest)]
    if len(ahead) < order.place and (level or left_over):
        return None  # as high as another, or than what is left over and may be of several
    holds = len(ahead) == order.place - 1
    return OrderVerdict(holds, (mine, *others, *found.rest) if holds or not ahead else (mine, *ahead))


def _is_ahead(value: Decimal, of: Decimal, *, lowest: bool) -> bool:
    return value < of if lowest else value > of
