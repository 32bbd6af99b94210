"""What the words of one figure speak against: that it is adjusted, a profit or a loss, a change or a level, of another segment or year."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from finfoundry.binding.bind import Match, Matcher
from finfoundry.binding.derive import derive
from finfoundry.binding.evidence import EvidenceItem
from finfoundry.binding.follows import WHOLE
from finfoundry.binding.naming import FULL, Naming
from finfoundry.binding.part_and_whole import is_of_other_metric
from finfoundry.binding.sense import PURE, Reason, Sense, spends
from finfoundry.binding.sentence.claim import Claim
from finfoundry.binding.sentence.claim_patterns import (
    BY,
    LESS_OR_MORE_THAN,
    LEVEL,
    PER_SHARE,
    TWO_SIDED,
    listed_name,
    only_direction,
)
from finfoundry.binding.sentence.days import days_in
from finfoundry.binding.sentence.demands import demanded, unmet
from finfoundry.binding.sentence.labels import (
    BALANCES,
    Words,
    concepts_named,
    concepts_said,
    names_metric,
    qualifiers,
    weight,
    word_lists,
    words,
)
from finfoundry.binding.sentence.modality import leaves_out, modalities
from finfoundry.binding.sentence.phrases import is_known
from finfoundry.binding.series import at_any_time, of_its_name, year_before
from finfoundry.core.language import has_han

_ADJUSTED = re.compile(
    r"\b(?:non-?gaap|adjusted|underlying|organic(?:ally)?|constant[- ]currency|normali[sz]ed|comparable basis"
    r"|core (?=net|earn|eps|operat|profit)"
    r"|exclud(?:ing|es) (?:special|certain|one-?time|non-?recurring|restructuring|amorti[sz]ation|the items|items))\b"
    r"|扣除?非经常性|扣非|经调整|调整后|剔除|内生|可比口径",
    re.IGNORECASE,
)
_PROFIT = re.compile(
    r"\b(?:net income|profit|profitable|earned|earnings|gain)\b|盈利|净利(?!息)|获利|赚|[净业]利益|毛利(?!率)", re.IGNORECASE
)
_RESULT = re.compile(
    r"^(?:Operating|Net)?(?:Income|Profit)Loss|^GrossProfit|^EarningsPerShare"
)  # a concept that is a loss where it is negative
_LOSS = re.compile(r"\b(?:loss(?:es)?|lost|deficit|negative|in the red)\b|亏|损失|净损|毛损|赤字|为负", re.IGNORECASE)
_INFLOW = re.compile(r"\b(?:provided|generated|brought in|inflows?|received|raised|produced|yielded)\b|流入|收到|带进|带来", re.IGNORECASE)
_OUTFLOW = re.compile(r"\b(?:used|outflows?|consumed|spent|absorbed|paid|burned)\b|流出|使用|耗用", re.IGNORECASE)
_OTHERS = re.compile(  # who is paid what a company pays: "shareowners received …"
    r"\b(?:(?:share|stock|unit|note|bond|debt|policy)-?(?:holders?|owners?)|investors?|owners?|holders?|lenders?|creditors?|employees|staff"
    r"|workers|suppliers?|vendors?|landlords?|tax authorit\w+|government|treasury)\b.{0,40}?\b(?:received|got|collected|pocketed|took home)"
    r"|(?:股东|投资者|持有人|债权人|员工|职工|供应商|税务机关|政府).{0,10}(?:收到|获得|分得|拿到|领取)",
    re.IGNORECASE,
)
_NET_FLOW = re.compile(
    r"net cash (?!used)|cash flows? from|(?:现金流量|现金)净[额流]|净现金|现金净?流量(?!表)|现金.{0,3}流入.{0,2}流出", re.IGNORECASE
)
_SUMS = re.compile(
    r"\b(?:and|plus)\b.{1,40}\b(?:combined|together|in total|add(?:ed)? up)\b|\b(?:combined|the sum of|together,)\b.{1,60}\b(?:and|plus)\b"
    r"|[与和及、加].{1,16}(?:合计|之和|合共|加起来|相加|总和|合起来)",
    re.IGNORECASE,
)
_SHARE = re.compile(r"\b(?:of|share|account\w*|represent\w*|made up|contribut\w*)\b|占|相当于", re.IGNORECASE)
_SEGMENT = re.compile(
    r"\b(?P<en>[A-Z][\w&’'-]+(?:,? (?:and |& )?[A-Z][\w&’'-]+)*) (?:segment|division|business unit)\b"
    r"|(?P<zh>[\u4e00-\u9fff]{2,6})(?:分部|板块)"
)
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_NAMED = re.compile(
    r"(?:(?P<place>\b(?:[Ii]n|from|within|across)\s(?:the\s)?)|^|(?<=[a-z,;:(\s]\s))(?P<name>[A-Z][a-z][\w&-]*(?:\s(?:&\s)?[A-Z][a-z][\w&-]*)*)"
)
_OF_MOVE = re.compile(r"\b(\w+)\s+of(?:\s+(?:about|approximately|roughly|nearly|almost|some))?$", re.IGNORECASE)  # "an increase of"
_STILL = 2  # neither a rise nor a fall
_CHANGING = re.compile(
    r"increase|decrease|change|growth|decline|gain|变动|增加|减少|增减|增长|下降|增幅|additions?|proceeds|流量|cash flow"
    r"|activities|movement|reduction",
    re.IGNORECASE,
)


def held(match: Match, matcher: Matcher, text: str) -> Match:
    """The figure, unless its own words speak against the item that it is bound to."""
    against = _against(match.claim, match.item, matcher, text) if match.item else None
    if against is None or match.item is None:
        return match
    if match.item.source == "cell" and (is_amount_of_change(match.claim) or _sums_others(match.claim, match.item, matcher)):
        computed = derive(Sense(matcher.index, match.claim, text))
        if computed:
            return replace(match, item=computed)
    for item in match.others if against not in ("direction differs", "sign differs") else ():
        if _against(match.claim, item, matcher, text) is None:
            return replace(match, item=item)
    if match.item.source == "span" and match.claim.number.percent:  # of what the passage does not speak, the rows may
        computed = derive(Sense(matcher.index, match.claim, text))
        if computed and _against(match.claim, computed, matcher, text) is None:
            return replace(match, item=computed)
    return replace(match, item=None, reason=against, nearest=match.item)


def _against(claim: Claim, item: EvidenceItem, matcher: Matcher, text: str) -> Reason | None:
    if _is_shared_otherwise(claim, item):
        return "other unit"
    if _is_unqualified(claim, item, matcher):
        return "sibling row"
    if item.source == "calculation":
        if _ADJUSTED.search(claim.own) and not any(_is_adjusted(term) for _, term in item.terms):
            return "sibling row"
        return "sibling row" if _is_printed(claim, item, matcher) else None
    if item.source not in ("cell", "span"):
        return None
    if _other_polarity(claim, item):
        return "sign differs"
    if _of_another_part(claim, item, matcher):
        return "sibling row"
    return _against_span(claim, item, matcher) if item.source == "span" else _against_cell(claim, item, matcher, text)


def _against_span(claim: Claim, item: EvidenceItem, matcher: Matcher) -> Reason | None:
    before, _, behind = claim.heads[0].partition(" … ")
    quote = item.place.quote if item.place else ""
    if claim.number.percent and not claim.direction and behind.lstrip().startswith("of "):
        named = matcher.index.rows.known(words(matcher.index.entities.without(f"{before} {behind}")))
        if weight(named - words(quote) - word_lists()["loose"]) >= 1:
            return "sibling row"  # what the figure is told to be a part of, or which part, is not what the passage speaks of
    if any(day not in matcher.index.days for day in days_in(claim.sentence)) and days_in(quote):
        return "other year"  # the passage is of another day, and nothing of that which is told
    if leaves_out(claim.sentence) and not leaves_out(quote):
        return "sibling row"
    if {"alleged", "denied"} & (modalities(item.reference.metric or "") - modalities(claim.sentence)):
        return "sibling row"  # a party says so and nobody else, or the passage says that it is not so
    if claim.move * item.move < 0:
        return "direction differs"
    if _ADJUSTED.search(before) and not _ADJUSTED.search(quote):
        return "sibling row"
    changed = claim.number.percent and claim.direction and not claim.move and not LEVEL.search(before)
    return "sibling row" if changed and not item.direction else None  # the passage says how large it is, the claim how it changed


def _against_cell(claim: Claim, item: EvidenceItem, matcher: Matcher, text: str) -> Reason | None:
    if _sums_others(claim, item, matcher):
        return "sibling row"
    if is_of_other_metric(item, concepts_said(matcher.index.entities.without(claim.sentence)), claim.sentence):
        return "sibling row"
    if bool(_ADJUSTED.search(claim.own)) is not _is_adjusted(item) and _is_otherwise(claim, item, matcher):
        return "sibling row"
    if item.change and claim.number.percent and not claim.direction and _SHARE.search(claim.heads[0]):
        return "sibling row"  # the column says how the row changed, the claim what part it is
    if is_amount_of_change(claim) and not _CHANGING.search(item.reference.metric or "") and item.value and not item.direction:
        return "sibling row"
    moved = _moved(claim, item, matcher)
    if moved and moved != claim.move:
        return "direction differs"
    naming = Naming(Sense(matcher.index, claim, text))
    place = matcher.index.place_of[id(item)]
    return "sibling row" if naming.outranked(place) or naming.unsure(place) else None


def _is_shared_otherwise(claim: Claim, item: EvidenceItem) -> bool:
    """Whether an amount is told as one per share, or one per share as the whole of a result or of the sales."""
    amounts = [one for _, one in item.terms] or [item]
    if any(one.unit in PURE for one in amounts):
        return False
    name, unit = claim.name, claim.number.unit or ""
    if PER_SHARE.search(name) or unit.endswith("/share"):
        return not any(map(_is_per_share, amounts))
    whole = any(one == "Revenues" or (_RESULT.search(one) and "PerShare" not in one) for one in concepts_said(name))
    return whole and _is_per_share(item) and not PER_SHARE.search(claim.sentence)


def _is_unqualified(claim: Claim, item: EvidenceItem, matcher: Matcher) -> bool:
    """Whether the words call the figure basic, before tax, the owners', …, and no name or heading of what it is bound to does."""
    terms = [one for _, one in item.terms] or [item]
    if item.source == "calculation" and len({one.series for one in terms}) > 1:
        return False  # the words are those of a ratio
    said = words(matcher.index.entities.without(f"{claim.name} {claim.number.text} {claim.behind}"))
    return all(unmet(said, *_called(one)) for one in terms)


def _called(item: EvidenceItem) -> tuple[Words, Words]:
    """The words of what a figure is bound to: of its name and headings, or of its sentence in a passage; and of the name alone."""
    if item.source == "span":
        return words(item.place.quote if item.place else ""), frozenset()
    concept = _CAMEL.sub(" ", item.concept or "")  # of a line that prints less: IncomeLossBeforeIncomeTaxes
    return item.above | words(f"{item.reference.metric or ''} {item.series} {concept}"), words(item.series.rpartition(" > ")[2])


def _is_per_share(item: EvidenceItem) -> bool:
    """Whether an amount is one per share, by its unit or, where it is no money in prose, by its name."""
    unit, name = item.unit or "", (item.reference.metric or "").partition(" … ")[0]
    return unit.endswith("/share") or (not (unit and item.source == "span") and PER_SHARE.search(name) is not None)


def in_time(match: Match, matches: Sequence[Match], matcher: Matcher) -> Match:
    """The figure, unless it is what another of its row is compared with and is the later one, or no time is told and a later is there."""
    item, claim = match.item, match.claim
    if item is None or item.source not in ("cell", "calculation") or item.dates is None:
        return match
    end = item.dates.end
    others = [one for one in matches if one.item and one.item.series == item.series and not one.claim.earlier]
    ends = [one.item.dates.end for one in others if one.item and one is not match and one.item.dates]
    if item.source == "cell" and claim.earlier and ends and end > min(ends):
        return replace(match, item=None, reason="other year", nearest=item)
    told = claim.periods or claim.earlier or matcher.index.question.periods
    if not told and any(days > 0 and one.value != item.value for days, one in at_any_time(item, matcher)):
        return replace(match, item=None, reason="other year", nearest=item)
    return match


def _other_polarity(claim: Claim, item: EvidenceItem) -> bool:
    """Whether a profit is told of a loss, or an inflow of what was used, or the other way round."""
    before = claim.contexts[0].partition(" … ")[0] if words(claim.contexts[0].partition(" … ")[0]) else claim.nearby
    name = (item.reference.metric or "").rpartition(" > ")[2] if item.source == "cell" else ""
    if not name or not item.value or claim.number.percent:
        return False
    if _NET_FLOW.search(name) and claim.number.value > 0 and _flows_otherwise(claim, item):
        return True
    said_loss, said_profit = bool(_LOSS.search(claim.nearby)), bool(_PROFIT.search(before))
    if item.value < 0 and claim.number.value > 0:
        told = claim.sentence[: max(claim.number.start - claim.start, 0)]
        if not _LOSS.search(told) and not claim.negative and item.concept and _RESULT.search(item.concept):
            return True
        if said_profit and not said_loss and (_LOSS.search(name) or _PROFIT.search(name)):
            return True
        received = bool(_INFLOW.search(claim.nearby)) and not _OUTFLOW.search(claim.nearby) and not said_loss
        return received and not (spends(name) and _OTHERS.search(claim.sentence))
    is_profit = bool(_PROFIT.search(name) or (item.concept and _RESULT.search(item.concept)))
    return item.value > 0 and bool(_LOSS.search(before)) and not said_profit and is_profit and not _LOSS.search(TWO_SIDED.sub(" ", name))


def _flows_otherwise(claim: Claim, item: EvidenceItem) -> bool:
    """Whether a net flow is told as one into the company and is one out of it, or the other way round."""
    inflow, outflow = bool(_INFLOW.search(claim.nearby)), bool(_OUTFLOW.search(claim.nearby) or _LOSS.search(claim.nearby))
    return (inflow and not outflow) if item.value < 0 else (outflow and not inflow)


def _is_printed(claim: Claim, item: EvidenceItem, matcher: Matcher) -> bool:
    """Whether the words before a computed ratio name a row of a table that has ratios of its own, and no operand: it is printed then."""
    if not claim.number.percent or claim.direction or not claim.heads or _SHARE.search(claim.heads[0]):
        return False
    index = matcher.index
    named = index.labels.covers(index.entities.without(claim.heads[0].partition(" … ")[0]))
    operands = {name for _, term in item.terms for name in term.label.alternatives}
    rows = [number for number, (cover, said) in named.items() if cover >= WHOLE and said not in operands]
    items = [index.items[place] for number in rows for place in index.by_label[number]]
    return any(item.unit == "ratio" and not item.change and not item.principal for item in items)


def _of_another_part(claim: Claim, item: EvidenceItem, matcher: Matcher) -> bool:
    """Whether the words say of which part the figure is, a segment, a place or another row, and no name or heading of the item does."""
    told = item.above.union(item.label.beside, *item.label.alternatives, *item.label.required)
    found = _SEGMENT.search(claim.sentence)
    segment = words(found["en"] or found["zh"]) if found else frozenset[str]()
    if segment and (item.above or item.source == "span") and not segment & told:
        return True
    carried = told | words(item.place.quote if item.place and item.source == "span" else item.series)
    names = list(_names_in(_near(claim, matcher), matcher, places=item.source == "span"))
    return any(is_part for _, _, is_part in names) and not any(is_known(word, carried) for _, name, _ in names for word in name)


def _near(claim: Claim, matcher: Matcher) -> str:
    """The words near a figure, since the one before, without companies' names."""
    start = max(claim.number.start - claim.start, 0)
    before = max(start - len(claim.heads[1].partition(" … ")[0]), 0)
    sentence = matcher.index.entities.blotted(claim.sentence)
    return listed_name(claim.lead, claim.order) or f"{sentence[before:start]} … {claim.behind}"


def _names_in(near: str, matcher: Matcher, *, places: bool) -> Iterator[tuple[str, Words, bool]]:
    """The capitalised names in words, and whether each is a part: all that some row is called, or, of ``places``, what stands behind
    "in" or "from".
    """
    index = matcher.index
    for found in _NAMED.finditer(near):
        name = found["name"]
        part = words(" ".join(word for word in name.split() if word.lower() not in word_lists()["common"]))
        rows = () if concepts_named(name) else index.labels.covers(name).values()
        if part and not index.entities.named(name):
            yield name, part, bool(places and found["place"]) or any(cover >= FULL and part == said for cover, said in rows)


def _is_otherwise(claim: Claim, item: EvidenceItem, matcher: Matcher) -> bool:
    """Whether an item that is adjusted where the words are not is no figure of the statements, or they are and it is not adjusted."""
    if _ADJUSTED.search(claim.own):
        return True
    stated = [one for one in of_its_name(item, matcher) if one.dates == item.dates and not _is_adjusted(one)]
    return bool(stated) and all(one.value != item.value for one in stated)


def _is_adjusted(item: EvidenceItem) -> bool:
    name = (
        "".join(f"{item.reference.metric or ''} {' '.join(item.above)}".split())
        if not (item.reference.metric or "").isascii()
        else (f"{item.reference.metric or ''} {' '.join(item.above)}")
    )
    return _ADJUSTED.search(name) is not None or bool({"nongaap", "organic", "adjusted", "underlying"} & (item.above | item.label.beside))


def is_amount_of_change(claim: Claim) -> bool:
    """Whether an amount is by how much something changed: "rose by 5", "an increase of 5", "5 fewer than a year earlier"."""
    if claim.number.percent or not claim.direction:
        return False
    before = claim.contexts[1].partition(" … ")[0]
    behind = claim.sentence[max(claim.number.end - claim.start, 0) :]
    if LESS_OR_MORE_THAN.match(behind):
        return True
    moved = _OF_MOVE.search(before.rstrip())
    by = BY.search(before.rstrip() + " " if before.isascii() else before.rstrip()) is not None
    return by or (moved is not None and only_direction(moved[1]) != 0)


def _sums_others(claim: Claim, item: EvidenceItem, matcher: Matcher) -> bool:
    """Whether the words make the figure the sum of two rows that they name, and the item is a total whose name is not both of theirs."""
    before = claim.sentence[: max(claim.number.start - claim.start, 0)]
    if not _SUMS.search(before):
        return False
    index = matcher.index
    named = {
        said
        for cover, said in index.labels.covers(index.entities.without(before)).values()
        if cover >= FULL and weight(said - BALANCES) >= 1
    }
    apart = {one for one in named if not any(one < other for other in named)}
    return len(apart) > 1 and not any(frozenset[str]().union(*apart) <= name for name in item.label.alternatives)


def _moved(claim: Claim, item: EvidenceItem, matcher: Matcher) -> int:
    """How a level moved within a year by the facts: 1 up, -1 down, 2 not at all; 0 where nothing is told or nothing earlier is there."""
    if (claim.number.percent and claim.number.points) or is_amount_of_change(claim) or not claim.move:
        return 0
    before = year_before(item, matcher)
    if before is None:
        return 0
    if before.value == item.value:
        return _STILL
    size = item.value < 0 and before.value < 0
    return 1 if (abs(item.value) > abs(before.value) if size else item.value > before.value) else -1


def in_order(match: Match, matches: Sequence[Match], matcher: Matcher) -> Match:
    """The figure, unless it is the kth of as many changes as levels before them, and no change of the kth: "1 and 2, up 8 % and 27 %"."""
    claim = match.claim
    if match.item is None or claim.order is None or not claim.number.percent:
        return match
    place, count = claim.order
    row = [one for one in matches if one.claim.order and one.claim.lead == claim.lead]
    if not any(one.claim.direction for one in row):
        return match
    first = min(one.claim.number.start for one in row)
    levels = [one.item for one in matches if one.claim.number.start < first and one.item and not one.claim.number.percent]
    before = year_before(levels[place], matcher) if len(levels) == count else None
    if before is None or not before.value or levels[place].unit == "ratio":
        return match
    moved = (levels[place].value - before.value) / abs(before.value)
    off = abs(abs(moved) - abs(claim.number.value)) > 2 * claim.number.step
    return replace(match, item=None, reason="sibling row", nearest=match.item) if off else match


def qualified(claim: Claim, item: EvidenceItem | None, matcher: Matcher, name: str) -> list[str]:
    """What the words of a claim qualify its name by: adjusted, per share, net, attributable, and the parts that they name."""
    told, unit = f"{name} {claim.number.text} {claim.behind}", claim.number.unit or ""
    demands, adjusted = demanded(words(matcher.index.entities.without(told))), _ADJUSTED.search(claim.own)
    heads = (one for one, other in pairwise([*name.lower().split(), ""]) if not words(other))  # "cost of sales": the things themselves
    covered = words("segment").union(*demands.values(), words(adjusted[0]) if adjusted else (), words(" ".join(heads)))
    plain = {one for one in qualifiers(name, words(name)) if not words(one) <= covered}
    signs = {
        "per share": bool(PER_SHARE.search(told)) or unit.endswith("/share"),
        "net": "net" in words(name) or "净" in name,
        "attributable": "attributable" in words(told),
        adjusted[0].lower() if adjusted else "": adjusted is not None,
    }
    parts = {words(one): one for one in _parts_told(claim, item, matcher, name)}
    return [*sorted({*plain, *demands, *(one for one, holds in signs.items() if holds)}), *parts.values()]


def _parts_told(claim: Claim, item: EvidenceItem | None, matcher: Matcher, metric: str) -> Iterator[str]:
    """The segments and places that are said: of the item's rows and headings those that are no metric, and the names near the figure."""
    terms = [one for _, one in item.terms] if item else []
    path = (terms[0] if terms else item).series.split(" > ") if item else []
    headed = any(map(concepts_named, path))
    for one in path:
        part = frozenset[str]() if concepts_named(one) else words(one)
        if part and part <= words(claim.sentence) and (headed or (has_han(one) and any(map(names_metric, words(metric) - part)))):
            yield one
    near = _near(claim, matcher)
    if found := _SEGMENT.search(near):
        yield (found["en"] or found["zh"]).removeprefix("The ")
    yield from (name for name, _, is_part in _names_in(near, matcher, places=True) if is_part)
