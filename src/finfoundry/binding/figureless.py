"""Sentences without a figure that say how a row moved, that it is the highest or lowest, or more than another: decided by the items that
they name. What they say besides leaves them undecided.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import product

from finfoundry.binding.against import qualified
from finfoundry.binding.bind import MARKER, Match, Matcher
from finfoundry.binding.evidence import CitedPlace, EvidenceItem
from finfoundry.binding.order_told import OVER_TIME, Order, order_holds, read_orders
from finfoundry.binding.ranks import (
    DEGREES,
    EXTREME,
    LESS,
    MORE,
    PLACED,
    QUARTERS,
    RECORD,
    SERIES,
    YEARS,
    is_in_place,
    is_of_parts,
    says_no_more,
    words_left,
)
from finfoundry.binding.sentence import claim_patterns as said
from finfoundry.binding.sentence.checked_sentence import ReadClaim, Relation
from finfoundry.binding.sentence.claim import Claim
from finfoundry.binding.sentence.claim_reading import bare_name, claim_times, claim_type
from finfoundry.binding.sentence.claims import read_claims
from finfoundry.binding.sentence.days import days_in, without_days
from finfoundry.binding.sentence.labels import names_metric, weight, word_lists, words
from finfoundry.binding.sentence.modality import modalities
from finfoundry.binding.sentence.when import When, told_periods
from finfoundry.binding.series import at_other_times, year_before
from finfoundry.binding.settle import settle

_EDGES = " .。,，;；\n"
_LONG = 1000  # characters: what is longer is no sentence
_LONGEST = 240  # characters of a sentence that says no more than this
_FEWEST = 2  # words by which a sentence says what is on its day
_MOST = 12  # items that are tried
_WHOLE = 0.8  # of the weight of a row's name: "equity" for "total equity" is enough
_CLAUSES = re.compile(
    r"[;；，]|,\s(?=(?:while|whereas|but|and)\b)|(?<=\s)(?:while|whereas|but)(?=\s)|而"
    r"|(?<=[a-z])\sand\s(?=\w+(?:\s\w+){0,6}\s(?:rose|fell|grew|increased|decreased|declined)\b)"
)
_LINK = re.compile(
    rf"\b(?:is|are|was|were|has|have|had|will|shall|must|may|can|[a-z]{{2,}}ed|{'|'.join(sorted(word_lists()['done']))})\b|[为是由在系应须于]"
)
_STRETCH = re.compile(r"[^,;:，；：()（）|]+")
_BESIDE, _BESIDE_ZH = 2, 4  # words, pairs of characters, from which on a sentence says something besides its figures
_COMMON = words(" ".join(" ".join(word_lists()[name]) for name in ("plain", "loose", "done", "times", "whole", "weak", "captions")))
_LOSS = re.compile(r"\b(?:loss|deficit|outflows?|used (?:in|for))\b|亏损|赤字|流出|使用", re.IGNORECASE)
_PROFIT = re.compile(r"\b(?:income|profit|earnings|inflows?|provided)\b|利润|收益|盈余|流入|净额", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Decided:
    """Whether a sentence holds by the items; ``why`` are the words that do not."""

    holds: bool
    items: tuple[EvidenceItem, ...]
    why: str | None = None
    place: CitedPlace | None = None  # of the sentence of a passage by which it does not hold
    named: str = ""  # the part that does not stand where it is said to, in small letters


def decided(sentence: str, matcher: Matcher) -> Decided | None:
    """What the items decide, or the day that a passage tells; None where the sentence says something else too, or an item that it needs is
    not there.
    """
    if len(sentence) > _LONGEST or modalities(sentence):
        return None
    return _by_items(sentence, matcher) or _on_another_day(sentence, matcher)


def _on_another_day(sentence: str, matcher: Matcher) -> Decided | None:
    """That a passage says all that a sentence does of another day, where nothing in the evidence is of the day that the sentence names."""
    index, said = matcher.index, words(without_days(sentence))
    named = {day: text for day, text in days_in(sentence).items() if weight(said) >= _FEWEST and day not in index.days}
    held = next(((text, passage) for told, text, passage in index.dated if said <= told), None) if named else None
    return held and Decided(False, (), f"{next(iter(named.values()))}: the evidence tells another day", held[1].place_of(held[0]))


def _by_items(sentence: str, matcher: Matcher) -> Decided | None:
    whole = _claim(sentence)
    told = [_clause(clause, whole, matcher) for clause in _CLAUSES.split(sentence) if words(clause)]
    false = next((one for one in told if one and not one.holds), None)
    if false or not told:
        return false
    found = [one for one in told if one]
    return Decided(True, tuple(item for one in found for item in one.items)) if len(found) == len(told) else None


def _clause(clause: str, whole: Claim | None, matcher: Matcher) -> Decided | None:
    clause = said.TWO_SIDED.sub(" ", clause)
    orders = read_orders(clause, matcher.index)
    if orders and ((ordered := _ordered(orders, clause, whole, matcher)) or orders[0].other is None):
        return ordered
    if found := MORE.search(clause) or LESS.search(clause):
        return _compared(clause, found, whole, matcher)
    move, extreme = said.only_direction(clause), EXTREME.search(clause)
    if not (move or extreme or PLACED.search(clause) or RECORD.search(clause) or SERIES.search(clause)):
        return None
    years = {year for period in told_periods(clause) if (year := When.found(period).fiscal_year)}
    if move and len(years) > 1:
        return None  # what moved is looked at in one year: of "2023 and 2024", "2024 compared with 2022" it may not be so of each
    told = [one for match in _meant(clause, whole, matcher, move=move, alone=True) if (one := _verdict(clause, match, matcher, move=move))]
    sure = len({one.holds for one in told}) == 1 and (told[0].holds or _all_moved_otherwise(told[0].items[0], matcher, move))
    return told[0] if sure else None


def _ordered(orders: Sequence[Order], clause: str, whole: Claim | None, matcher: Matcher) -> Decided | None:
    """Whether parts of a table stand in the order that a clause tells; of a clause that tells no time at that of its sentence."""
    sentence = whole.sentence if whole and not told_periods(clause) else clause
    told = [(one, found) for one in orders if (found := order_holds(one, sentence, whole, matcher.index))]
    if len(told) != 1:
        return None
    order, found = told[0]
    return Decided(True, found.items) if found.holds else Decided(False, found.items, order.words, named=order.part)


def _verdict(clause: str, match: Match, matcher: Matcher, *, move: int) -> Decided | None:
    item = match.item or match.nearest
    if item is None or not says_no_more(clause, item):
        return None
    over_time = any(pattern.search(clause) for pattern in (YEARS, QUARTERS, RECORD, SERIES))
    others = [one for years, one in at_other_times(item, matcher) if over_time or years == -1]
    if _told(item, clause) is None or any(one.value * item.value < 0 for one in others):
        return None  # from a profit to a loss: neither is what moved
    if SERIES.search(clause) and item.value < 0:
        return None  # runs of years are of values, not of the sizes of losses
    if match.item is None:
        return Decided(False, (item, *others), _word(clause)) if match.reason == "direction differs" and move else None
    placed, extreme = PLACED.search(clause), EXTREME.search(clause)
    if over_time:
        settled = settle([match], matcher, match.claim.sentence)
        if settled.unchecked:
            return None
        why = settled.unsupported and settled.unsupported.partition(":")[0]
        return Decided(why is None, (item, *others) if why else (item,), why)
    if placed:
        holds = is_in_place(item, matcher, clause, placed)
        return None if holds is None else Decided(holds, (item,), None if holds else placed[0])
    if extreme and OVER_TIME.search(clause):
        return None  # the highest of a part's own years
    if extreme:
        holds = is_of_parts(item, matcher, clause, largest=bool(extreme["high"] or extreme["high2"]))
        return None if holds is None else Decided(holds, (item,), None if holds else extreme[0])
    before = year_before(item, matcher)
    return Decided(True, (item, before)) if before else None


def _all_moved_otherwise(item: EvidenceItem, matcher: Matcher, move: int) -> bool:
    """Whether no row whose name holds the item's moved as the words say: it may be another that is meant."""
    name = item.label.alternatives[0]
    alike = [one for one in matcher.index.items if one.source == "cell" and one.dates == item.dates and name <= one.label.alternatives[0]]
    up = -move if item.value < 0 else move  # of a loss its size is told
    moved = [(one.value - before.value) * up for one in alike if (before := year_before(one, matcher))]
    return not move or not any(by > 0 for by in moved)


_MANY_TIMES = re.compile(r"\b(?:doubl\w*|twice|tripl\w*|half|times)\b|倍|一半", re.IGNORECASE)


def _compared(clause: str, found: re.Match[str], whole: Claim | None, matcher: Matcher) -> Decided | None:
    """Whether the row before the words is more, or less, than the row behind them at the same time."""
    of = DEGREES.sub(" ", found.groupdict().get("of") or "")
    left, right = f"{clause[: found.start()]} {of}", f"{clause[found.end() :]} {of}"
    pairs = [
        (one.item, other.item, _told(one.item, left), _told(other.item, right))
        for one, other in product(_meant(left, whole, matcher), _meant(right, whole, matcher))
        if one.item and other.item and one.item.dates == other.item.dates and one.item.unit == other.item.unit
        and one.item.series != other.item.series and says_no_more(clause, one.item, other.item)
    ]  # fmt: skip
    if not pairs or any(mine is None or theirs is None for _, _, mine, theirs in pairs):
        return None
    if _MANY_TIMES.search(clause):
        return None  # "more than double" says how much more
    more = found.re is MORE
    verdicts = {(mine > theirs) is more for _, _, mine, theirs in pairs if mine is not None and theirs is not None and mine != theirs}
    if len(verdicts) != 1:
        return None
    holds = verdicts.pop()
    return Decided(holds, pairs[0][:2], None if holds else found[0])


def _told(item: EvidenceItem, words_of: str) -> Decimal | None:
    """The size of an item whose words are those of a loss where it is one, by its sign or its row's name, and only there; else None."""
    row = item.series.rpartition(" > ")[2]
    is_loss = item.value < 0 or (_LOSS.search(row) is not None and not _PROFIT.search(row))
    tells_loss = _LOSS.search(said.TWO_SIDED.sub(" ", words_of)) is not None
    return abs(item.value) if tells_loss is is_loss else None


def _meant(told: str, whole: Claim | None, matcher: Matcher, *, move: int = 0, alone: bool = False) -> Iterator[Match]:
    """The items of rows that words name in full, each as the figure that the words would have: bound, or what speaks against it.
    ``alone``: only those besides which the words say nothing.
    """
    claim = _claim(told)
    if claim is None or whole is None:
        return
    dated = bool(claim.periods or claim.months)
    periods, months = (claim.periods, claim.months) if dated else (whole.periods, whole.months)
    claim = replace(claim, periods=periods, months=months, move=move, direction=0, earlier=False)
    for item in _items(told, matcher, timed=bool(periods or months)):
        if alone and not says_no_more(told, item):
            continue
        number = replace(
            claim.number, value=item.value, unit=item.unit, scale=item.step, precision=0, percent=item.unit == "ratio", text=item.text
        )
        tried = replace(claim, number=number, negative=item.value < 0)
        match = settle([matcher.match_claim(tried, told)], matcher, told).matches[0]
        bound = match.item or match.nearest
        if bound and bound.value == item.value:
            yield match


def _items(told: str, matcher: Matcher, *, timed: bool) -> Iterable[EvidenceItem]:
    """The cells of the rows that words name, those named best and the latest first; only the latest where no time is told."""
    index = matcher.index
    rows = index.labels.covers(index.entities.without(told))
    named = [
        (weight(of), index.items[place]) for number, (cover, of) in rows.items() if cover >= _WHOLE for place in index.by_label[number]
    ]
    found = [(most, item) for most, item in named if item.source == "cell" and not item.change and item.dates]
    best = max((most for most, _ in found), default=0.0)
    cells = [item for most, item in found if most >= best - _WHOLE]
    ends = [item.dates.end for item in cells if item.dates]
    kept = [(item, end) for item, end in zip(cells, ends, strict=True) if timed or end == max(ends)]
    return [item for item, _ in sorted(kept, key=lambda one: (not one[0].principal, -one[1].toordinal()))][:_MOST]


# --- what sentences say in words, in plain values ---------------------------------------------------------------------------------


def read_words(found: Decided | None, matcher: Matcher, text: str, start: int, end: int) -> list[ReadClaim]:
    """The claims of a sentence without a figure, which was ``found`` to hold or not: how metrics moved and stand to each other, clause by
    clause; else what it says as a whole. Empty where nothing is named of which it says something.
    """
    sentence = MARKER.sub(lambda marker: " " * len(marker[0]), text[start:end])
    cuts = [0, *(place for cut in _CLAUSES.finditer(sentence) for place in cut.span()), len(sentence)]
    clauses = [(a, b) for a, b in zip(cuts[::2], cuts[1::2], strict=True) if words(sentence[a:b])]
    signs = [(a, b, sign) for a, b in clauses if (sign := _sign(sentence[a:b], matcher))] if len(sentence) <= _LONGEST else []
    items = found.items if found else ()
    whole = (0, len(sentence), _Sign(None, 0, bare_name(_LINK.split(sentence, maxsplit=1)[0]) if _LINK.search(sentence) else ""))
    told = (_words_claim(sentence[a:b], start + a, sign, items, matcher, text, sentence) for a, b, sign in signs or [whole])
    return [replace(one, bound=found is not None and found.holds) for one in told if one and (one.metric or one.subject)]


def read_besides(matches: Sequence[Match], first: ReadClaim, matcher: Matcher, text: str, start: int, end: int) -> list[ReadClaim]:
    """What a sentence says besides its figures, which hold: its stretches with words that neither the rows and headings to which they were
    bound have, nor the sentences of passages. ``first``: the claim of the first of them.
    """
    if end - start > _LONG:
        return []
    bound = [match.item for match in matches if match.item]
    items = [one for item in bound for one in (item, *(term for _, term in item.terms))]
    known = _COMMON.union(*(words(one.place.quote if one.place and one.source == "span" else one.series) for one in items))
    sentence = matcher.index.entities.blotted(text[start:end])
    for number in (match.claim.number for match in matches):
        sentence = f"{sentence[: number.start - start]}{'|' * (number.end - number.start)}{sentence[number.end - start :]}"
    sentence = MARKER.sub(lambda marker: "|" * len(marker[0]), sentence)

    def says_more(part: str) -> bool:
        return weight(words_left(part, *items) - known) >= (_BESIDE if part.isascii() else _BESIDE_ZH)

    parts = [one for one in _STRETCH.finditer(sentence) if says_more(one[0])] if says_more(sentence) else []
    found = ((start + one.start(), text[start + one.start() : start + one.end()]) for one in parts)
    return [_besides(part, place, first) for place, part in found]


def _besides(part: str, place: int, first: ReadClaim) -> ReadClaim:
    """What a stretch of a sentence says of what its first figure is of."""
    bare = part.strip(_EDGES)
    begin = place + part.index(bare)
    plain = replace(first, relation=None, qualifiers=[], value=None, unit=None, direction=0, negative=False, bound=False)
    kind = claim_type(None, without_days(part), figure=False)  # no program checks a day beside a figure
    return replace(plain, type=kind, start=begin, end=begin + len(bare), modality=sorted(modalities(part)))


@dataclass(frozen=True, slots=True)
class _Sign:
    """How words say that what they name stands to figures."""

    relation: Relation | None
    direction: int
    name: str


def _sign(clause: str, matcher: Matcher) -> _Sign | None:
    """Of a clause that says how some metric moved or stands to others; None of one that names no metric, or does not say so."""
    bare = said.TWO_SIDED.sub(" ", clause)
    patterns: tuple[tuple[re.Pattern[str], Relation, int], ...] = (
        (MORE, "difference", 1), (LESS, "difference", -1), (PLACED, "rank", 0), (EXTREME, "extreme", 0), (said.RISE, "change", 1),
        (said.FALL, "change", -1),
    )  # fmt: skip
    for pattern, relation, direction in patterns:
        if found := pattern.search(bare):
            before, behind = YEARS.sub(" ", bare[: found.start()]), _LINK.split(YEARS.sub(" ", bare[found.end() :]), maxsplit=1)[0]
            name = bare_name(before) or bare_name(behind)
            known = any(names_metric(word) or matcher.index.labels.names_row(word) for word in words(name))
            return _Sign(relation, direction or said.only_direction(bare), name) if known or relation != "change" else None
    return None


def _words_claim(
    clause: str, start: int, sign: _Sign, items: Sequence[EvidenceItem], matcher: Matcher, text: str, sentence: str
) -> ReadClaim | None:
    """What a clause of a sentence says, at a place of the text, as it was read; None where nothing can be read."""
    claim, index, whole = _claim(clause), matcher.index, _claim(sentence)
    if claim is None or whole is None:
        return None
    periods, named = claim.periods or whole.periods, _claim(sign.name) if sign.name else None
    number = replace(claim.number, start=claim.number.start + start, end=claim.number.end + start)
    claim = replace(claim, start=claim.start + start, number=number)
    meant = index.entities.of_claim(claim, text, index.question.text, index.labels)
    bare = clause.strip(_EDGES)
    begin = start + clause.index(bare)
    return ReadClaim(
        relation=sign.relation,
        metric=sign.name,
        qualifiers=qualified(named, None, matcher, sign.name) if named else [],
        value=None,
        unit=None,
        periods=[period.text for period in periods],
        direction=sign.direction,
        negative=claim.negative,
        start=begin,
        end=begin + len(bare),
        bound=False,
        subject=index.entities.groups[min(meant)][0] if meant and len(meant) == 1 else None,
        scope=claim.scope,
        type=claim_type(sign.relation, clause, figure=False),
        times=claim_times(periods, [when for item in items for when in item.whens], bound=bool(items)),
        modality=sorted(modalities(clause)),
    )


def _claim(text: str) -> Claim | None:
    """What the words would say of a figure behind them."""
    bare = text.rstrip(" .。,，")
    read = read_claims(f"{bare} to 7" if bare.isascii() else f"{bare}至7")
    return read[-1] if read else None


def _word(clause: str) -> str:
    found = said.RISE.search(clause) or said.FALL.search(clause)
    return found[0] if found else clause.strip()
