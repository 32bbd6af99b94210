"""What a sentence says of its figures together, computed from the items that they are: changes, ratios and sums of them, the direction in
which a level moved, how many times another it is, that it is the highest or lowest of some years. And what the words of a figure say
that no label holds: that it is adjusted, a profit or a loss, a change or a level.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import permutations

from finfoundry.binding.bind import Match, Matcher
from finfoundry.binding.claim_patterns import LEVEL
from finfoundry.binding.claims import Claim
from finfoundry.binding.derive import calculation
from finfoundry.binding.evidence import EvidenceItem
from finfoundry.binding.labels import words
from finfoundry.binding.naming import Naming
from finfoundry.binding.sense import Reason, Sense, fits_unit

WHOLE = 0.8  # of the weight of a row's name: "equity" for "total equity" is enough
_MOST = 8  # figures of a sentence that are reckoned with
_ADJUSTED = re.compile(
    r"\b(?:non-?gaap|adjusted|underlying|organic(?:ally)?|constant[- ]currency|normali[sz]ed|comparable basis"
    r"|core (?=net|earn|eps|operat|profit)"
    r"|exclud(?:ing|es) (?:special|certain|one-?time|non-?recurring|restructuring|amorti[sz]ation|the items|items))\b"
    r"|扣除?非经常性|扣非|经调整|调整后|剔除|内生|可比口径",
    re.IGNORECASE,
)
_PROFIT = re.compile(r"\b(?:net income|profit|profitable|earned|earnings|gain)\b|盈利|净利(?!息)|获利|赚|净利益", re.IGNORECASE)
_LOSS = re.compile(r"\b(?:loss(?:es)?|lost|deficit|negative)\b|亏|损失|净损|赤字|为负", re.IGNORECASE)
_INFLOW = re.compile(r"\b(?:provided|generated|brought in|inflows?|received|raised|produced|yielded)\b|流入|收到", re.IGNORECASE)
_OUTFLOW = re.compile(r"\b(?:used|outflows?|consumed|spent|absorbed|paid|burned)\b|流出|使用|耗用", re.IGNORECASE)
_SHARE = re.compile(r"\b(?:of|share|account\w*|represent\w*|made up|contribut\w*)\b|占|相当于", re.IGNORECASE)
_SEGMENT = re.compile(
    r"\b(?P<en>[A-Z][\w&’'-]+(?:,? (?:and |& )?[A-Z][\w&’'-]+)*) (?:segment|division|business unit)\b"
    r"|(?P<zh>[\u4e00-\u9fff]{2,6})(?:分部|板块)"
)
_CHANGING = re.compile(
    r"increase|decrease|change|growth|decline|gain|变动|增加|减少|增减|增长|下降|增幅|additions?|proceeds|流量|cash flow"
    r"|activities|movement|reduction"
    r"|net\b|\(loss\)|净",
    re.IGNORECASE,
)
_WORDS = {"two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10}
_BY = re.compile(
    r"\bby\s?(?:about\s|approximately\s|roughly\s|nearly\s|almost\s|some\s)?\W?$|(?:增加|减少|上升|下降|增长|多|少|增|减)了?\s?约?$"
)
_TIMES = (
    *((Decimal(count), re.compile(rf"\b{word} times\b|\b{word}fold\b", re.IGNORECASE)) for word, count in _WORDS.items()),
    (Decimal(2), re.compile(r"\b(?:doubl(?:ed|ing|e)|twice)\b|翻(?:了)?一?番|翻倍|一倍以上", re.IGNORECASE)),
    (Decimal(3), re.compile(r"\b(?:tripl(?:ed|ing|e)|trebled)\b", re.IGNORECASE)),
    (Decimal(4), re.compile(r"\bquadrupl(?:ed|ing|e)\b", re.IGNORECASE)),
    (
        Decimal("0.5"),
        re.compile(r"\b(?:halv(?:ed|ing)|(?<!first )(?<!second )half (?:of|the)|by half)\b|减半|腰斩|一半", re.IGNORECASE),
    ),
)
_OVER = re.compile(r"(?:more than|over|above|exceed\w*|at least|超过|逾)\W*$", re.IGNORECASE)
_UNDER = re.compile(r"(?:nearly|almost|close to|just under|less than|about|around|roughly|近|接近|将近|约|不到|不足)\W*$", re.IGNORECASE)
_EXTREME = re.compile(
    r"\b(?:(?P<high>highest|largest|biggest|strongest|record|peak)|(?P<low>lowest|smallest|weakest))\b"
    r"|(?P<high2>最高|最大|最多|新高)|(?P<low2>最低|最小|最少|新低)",
    re.IGNORECASE,
)
_YEARS = re.compile(
    r"\b(?P<n>two|three|four|five|six|seven|ten|\d+)[- ]years?\b|(?P<zh>[两二三四五六七十]|\d{1,2})个?年(?!度)|\byears (?:presented"
    r"|shown|reported)\b|\bsince (?:19|20)\d\d\b|(?:历史|历年|史上|有史以来)",
    re.IGNORECASE,
)
_QUARTERS = re.compile(r"四个季度|各(?:个)?季度|季度(?:中|里|之中)|全年最|为全年|\b(?:four|all) quarters\b|of the quarters", re.IGNORECASE)
_NEAR, _YEAR, _OF_A_YEAR = 20, 300, 4  # characters around a figure; days between the quarters of a year; how many there are
_COUNTS = _WORDS | dict(zip("两二三四五六七十", (2, 2, 3, 4, 5, 6, 7, 10), strict=True))


@dataclass(frozen=True, slots=True)
class Settled:
    """The figures of a sentence, held against each other, and what of its words could not be computed."""

    matches: list[Match]
    unchecked: str | None = None
    unsupported: str | None = None


def settle(matches: Sequence[Match], matcher: Matcher, text: str) -> Settled:
    """The figures of one sentence once more: those that follow from others are bound, those that its words speak against are not."""
    found = list(matches)
    if len(found) <= _MOST:
        found = [match if match.item else _following(match, found, matcher) for match in found]
    found = [_held(match, matcher, text) for match in found]
    found = [_in_time(match, found, matcher) for match in found]
    unsupported, unchecked = _told(found, matcher)
    return Settled(found, unchecked, unsupported)


# ---- figures that follow from others of the sentence


def _following(match: Match, matches: Sequence[Match], matcher: Matcher) -> Match:
    """The figure as a change, ratio, difference or sum of two others of its sentence, where it is one; as a ratio also to what it names."""
    claim = match.claim
    others = [one.item for one in matches if one.item and one is not match and not one.claim.number.percent]
    ratios = [one.item for one in matches if one.item and one is not match and one.claim.number.percent]
    named = _named_beside(claim, others, matcher) if claim.number.unit == "ratio" and not claim.direction else []
    for expression, a, b in _candidates(claim, others + named, ratios):
        spent = a.value < 0 and b.value < 0  # told without their signs
        value = _value(expression, -a.value if spent else a.value, -b.value if spent else b.value)
        if value is not None and _tells(claim, value, expression):
            unit = "ratio" if "/" in expression or claim.number.points else a.unit
            item = calculation(expression, {"a": a, "b": b}, value, unit)
            if fits_unit(claim.number, item):
                return Match(claim, item)
    return match


def _named_beside(claim: Claim, items: Sequence[EvidenceItem], matcher: Matcher) -> list[EvidenceItem]:
    """The amounts of statements that the sentence names in full, of the time of a figure that it tells."""
    index = matcher.index
    rows = index.labels.covers(index.entities.without(claim.sentence))
    told = {(item.period, item.unit) for item in items}
    places = [place for number, (cover, _) in rows.items() if cover >= WHOLE for place in index.by_label[number]]
    found = [index.items[place] for place in places]
    return [item for item in found if item.principal and (item.period, item.unit) in told and item not in items][:_MOST]


def _candidates(
    claim: Claim, levels: Sequence[EvidenceItem], ratios: Sequence[EvidenceItem]
) -> Iterator[tuple[str, EvidenceItem, EvidenceItem]]:
    number = claim.number
    for a, b in permutations(ratios if number.points else levels, 2):
        alike = a.unit == b.unit or None in (a.unit, b.unit)
        if not alike or a is b:
            continue
        if number.points or not (number.percent or number.unit == "ratio"):
            yield "a - b", a, b
            if not number.points and not claim.direction:
                yield "a + b", a, b
        elif number.percent and claim.direction and a.period != b.period:
            yield "(a - b) / abs(b)", a, b
        elif not number.percent or not claim.direction:
            yield "a / b", a, b


def _value(expression: str, a: Decimal, b: Decimal) -> Decimal | None:
    match expression:
        case "a - b":
            return a - b
        case "a + b":
            return a + b
        case "a / b":
            return a / b if b else None
    return (a - b) / abs(b) if b else None


def _tells(claim: Claim, value: Decimal, expression: str) -> bool:
    """Whether a value prints as the figure; the sign of a change is that of its words."""
    number = claim.number
    signed = expression in ("a - b", "(a - b) / abs(b)") and claim.direction != 0
    if signed and (value > 0) is not (claim.direction > 0) and not claim.negative:
        return False
    low, high = -number.step / 2, number.step / 2
    if claim.bound:
        low, high = (Decimal(0), number.step) if claim.bound > 0 else (-number.step, Decimal(0))
    return low <= abs(value) - abs(number.value) <= high


# ---- what the words of one figure speak against


def _held(match: Match, matcher: Matcher, text: str) -> Match:
    """The figure, unless its own words speak against the item that it is bound to."""
    against = _against(match.claim, match.item, matcher, text) if match.item else None
    return replace(match, item=None, reason=against, nearest=match.item) if against else match


def _against(claim: Claim, item: EvidenceItem, matcher: Matcher, text: str) -> Reason | None:
    if item.source == "calculation":
        return "sibling row" if _is_printed(claim, matcher) else None
    if item.source not in ("cell", "span"):
        return None
    if _other_polarity(claim, item):
        return "sign differs"
    if _of_another_segment(claim, item):
        return "sibling row"
    return _against_span(claim, item) if item.source == "span" else _against_cell(claim, item, matcher, text)


def _against_span(claim: Claim, item: EvidenceItem) -> Reason | None:
    before = claim.heads[0].partition(" … ")[0]
    if _ADJUSTED.search(before) and not _ADJUSTED.search(item.place.quote if item.place else ""):
        return "sibling row"
    changed = claim.number.percent and claim.direction and not claim.move and not LEVEL.search(before)
    return "sibling row" if changed and not item.direction else None  # the passage says how large it is, the claim how it changed


def _against_cell(claim: Claim, item: EvidenceItem, matcher: Matcher, text: str) -> Reason | None:
    own = claim.contexts[1] if words(claim.heads[1]) else claim.sentence  # since the figure before
    if _ADJUSTED.search(own) and not _is_adjusted(item):
        return "sibling row"
    if _is_amount_of_change(claim) and not _CHANGING.search(item.reference.metric or "") and item.value and not item.direction:
        return "sibling row"
    moved = _moved(claim, item, matcher)
    if moved and moved != claim.move:
        return "direction differs"
    naming = Naming(Sense(matcher.index, claim, text))
    return "sibling row" if naming.outranked(matcher.index.place_of[id(item)]) else None


def _in_time(match: Match, matches: Sequence[Match], matcher: Matcher) -> Match:
    """The figure, unless it is what another of its row is compared with and is the later one, or no time is told and a later is there."""
    item, claim = match.item, match.claim
    if item is None or item.source != "cell" or not item.whens or item.whens[0].period is None:
        return match
    end = item.whens[0].period.end
    others = [one for one in matches if one.item and one.item.series == item.series and one.item.whens and not one.claim.earlier]
    ends = [one.item.whens[0].period.end for one in others if one.item and one is not match and one.item.whens[0].period]
    if claim.earlier and ends and end > min(ends):
        return replace(match, item=None, reason="other year", nearest=item)
    told = claim.periods or claim.months or claim.earlier or matcher.index.question.periods
    if not told and any(years > 0 and one.value != item.value for years, one in _series(item, matcher)):
        return replace(match, item=None, reason="other year", nearest=item)
    return match


def _other_polarity(claim: Claim, item: EvidenceItem) -> bool:
    """Whether a profit is told of a loss, or an inflow of what was used, or the other way round."""
    before = claim.contexts[0].partition(" … ")[0] if words(claim.contexts[0].partition(" … ")[0]) else claim.nearby
    name = (item.reference.metric or "").rpartition(" > ")[2] if item.source == "cell" else ""
    if not name or not item.value or claim.number.percent:
        return False
    said_loss, said_profit = bool(_LOSS.search(claim.nearby)), bool(_PROFIT.search(before))
    if item.value < 0 and claim.number.value > 0:
        if said_profit and not said_loss and (_LOSS.search(name) or _PROFIT.search(name)):
            return True
        return bool(_INFLOW.search(claim.nearby)) and not _OUTFLOW.search(claim.nearby) and not said_loss
    return False


def _is_printed(claim: Claim, matcher: Matcher) -> bool:
    """Whether the words before a ratio name a row of a table that has ratios of its own: it is printed, and need not be computed."""
    if not claim.number.percent or claim.direction or not claim.heads or _SHARE.search(claim.heads[0]):
        return False
    index = matcher.index
    named = index.labels.covers(index.entities.without(claim.heads[0].partition(" … ")[0]))
    rows = [number for number, (cover, _) in named.items() if cover >= WHOLE]
    items = [index.items[place] for number in rows for place in index.by_label[number]]
    return any(item.unit == "ratio" and not item.change and not item.principal for item in items)


def _of_another_segment(claim: Claim, item: EvidenceItem) -> bool:
    """Whether the sentence says of which segment the figure is, and neither the item's names nor its headings do."""
    found = _SEGMENT.search(claim.sentence)
    name = words(found["en"] or found["zh"]) if found else frozenset()
    told = item.above.union(item.label.beside, *item.label.alternatives, *item.label.required)
    return bool(name) and bool(item.above or item.source == "span") and not name & told


def _is_adjusted(item: EvidenceItem) -> bool:
    name = f"{item.reference.metric or ''} {' '.join(item.above)}"
    return _ADJUSTED.search(name) is not None or bool({"nongaap", "organic", "adjusted", "underlying"} & (item.above | item.label.beside))


def _is_amount_of_change(claim: Claim) -> bool:
    before = claim.contexts[1].partition(" … ")[0]
    return (
        not claim.number.percent
        and claim.direction != 0
        and _BY.search(before.rstrip() + " " if before.isascii() else before.rstrip()) is not None
    )


def _moved(claim: Claim, item: EvidenceItem, matcher: Matcher) -> int:
    """How a level moved within a year by the facts: 1 up, -1 down; 0 where its words tell no movement or the facts no earlier level."""
    if (claim.number.percent and claim.number.points) or _is_amount_of_change(claim) or not claim.move:
        return 0
    before = _year_before(item, matcher)
    if before is None or before.value == item.value:
        return 0
    size = item.value < 0 and before.value < 0
    return 1 if (abs(item.value) > abs(before.value) if size else item.value > before.value) else -1


def _year_before(item: EvidenceItem, matcher: Matcher) -> EvidenceItem | None:
    return next((one for years, one in _series(item, matcher) if years == -1), None)


def _series(item: EvidenceItem, matcher: Matcher) -> Iterator[tuple[int, EvidenceItem]]:
    """The same row's items at other times, each with the whole years from the item's time to its own."""
    index = matcher.index
    mine = item.whens[0].period if item.whens else None
    if mine is None:
        return
    for other in index.by_label[index.labels.number(item.label)]:
        one = index.items[other]
        then = one.whens[0].period if one.whens else None
        if then is None or one.unit != item.unit or one.scope != item.scope or one.series != item.series or one.above != item.above:
            continue
        years = round((then.end - mine.end).days / 365.25)
        if years and abs((then.end - mine.end).days - years * 365.25) < 12 and abs(then.days - mine.days) < 12:
            yield years, one


# ---- words that are figures: doubled, the lowest in three years


def _told(matches: Sequence[Match], matcher: Matcher) -> tuple[str | None, str | None]:
    """What of the sentence's words does not hold, and what cannot be computed."""
    if not matches:
        return None, None
    sentence = matches[0].claim.sentence
    unsupported = unchecked = None
    for multiple, pattern in _TIMES:
        for found in pattern.finditer(sentence):
            holds = _multiplied(multiple, sentence[: found.start()], matches, matcher)
            unsupported = f"{found[0]}: does not follow" if holds is False else unsupported
            unchecked = f"{found[0]}: not computed" if holds is None else unchecked
    extreme = _EXTREME.search(sentence)
    if extreme and _QUARTERS.search(sentence):
        holds = _is_of_quarters(matches, matcher, sentence)
        unsupported = f"{extreme[0]}: does not follow" if holds is False else unsupported
        unchecked = f"{extreme[0]}: not computed" if holds is None else unchecked
        return unsupported, unchecked
    years = _YEARS.search(sentence)
    if extreme and years:
        holds = _is_extreme(matches, matcher, high=bool(extreme["high"] or extreme["high2"]), years=years)
        unsupported = f"{extreme[0]}: does not follow" if holds is False else unsupported
        unchecked = f"{extreme[0]}: not computed" if holds is None else unchecked
    return unsupported, unchecked


def _multiplied(multiple: Decimal, before: str, matches: Sequence[Match], matcher: Matcher) -> bool | None:
    """Whether a level of the sentence is so many times another one of it, or its own of a year before; None where there is none."""
    items = [match.item for match in matches if match.item and not match.claim.number.percent]
    pairs = [(a.value, b.value) for a, b in permutations(items, 2) if a.unit == b.unit]
    pairs = pairs or [(item.value, earlier.value) for item in items if (earlier := _year_before(item, matcher))]
    quotients = [abs(a / b) for a, b in pairs if b]
    if not quotients:
        return None
    low, high = multiple * Decimal("0.9"), multiple * Decimal("1.15")
    if _OVER.search(before):
        low, high = multiple, multiple + max(Decimal(1), multiple / 2)
    elif _UNDER.search(before):
        low, high = multiple * Decimal("0.82"), multiple * Decimal("1.08")
    return any(low <= quotient <= high for quotient in quotients)


def _is_of_quarters(matches: Sequence[Match], matcher: Matcher, sentence: str) -> bool | None:
    """Whether each figure is the highest or lowest of its row's four quarters, as its clause says; None where they are not there."""
    found: list[bool] = []
    for match in matches:
        item = match.item
        own = sentence[max(match.claim.number.start - match.claim.start - _NEAR, 0) : match.claim.number.end - match.claim.start + _NEAR]
        extreme = _EXTREME.search(own)
        if item is None or extreme is None or not item.whens or item.whens[0].period is None or item.whens[0].period.months != 3:
            continue
        mine = item.whens[0].period
        index = matcher.index
        row = [index.items[place] for place in index.by_label[index.labels.number(item.label)]]
        others = {
            one.period: one.value for one in row
            if one.series == item.series and one.whens and one.whens[0].period and one.whens[0].period.months == 3
            and abs((one.whens[0].period.end - mine.end).days) < _YEAR and one.whens[0].fiscal_year == item.whens[0].fiscal_year
        }  # fmt: skip
        if len(others) == _OF_A_YEAR:
            found.append(item.value == (max if extreme["high"] or extreme["high2"] else min)(others.values()))
    return all(found) if found else None


def _is_extreme(matches: Sequence[Match], matcher: Matcher, *, high: bool, years: re.Match[str]) -> bool | None:
    """Whether the sentence's first level is above or below those of all years that it speaks of; None where the facts have too few."""
    item = next((match.item for match in matches if match.item and match.item.source == "cell"), None)
    if item is None:
        return None
    count = years["n"] or years["zh"]
    wanted = (_COUNTS.get(count.lower()) or (int(count) if count.isdigit() else 2)) if count else 2
    others = {when: one.value for when, one in _series(item, matcher) if -wanted < when < wanted}
    mine = abs(item.value)
    if any((abs(value) > mine) if high else (abs(value) < mine) for value in others.values()):
        return False
    return True if len(others) >= wanted - 1 else None
