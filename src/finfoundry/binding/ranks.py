"""Words that are figures: doubled, three times, the highest of the quarters, the lowest in three years."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import permutations
from typing import Literal

from finfoundry.binding.bind import Match, Matcher
from finfoundry.binding.breakdown import WHOLE
from finfoundry.binding.evidence import EvidenceItem
from finfoundry.binding.sentence import claim_patterns as patterns
from finfoundry.binding.sentence.labels import BALANCES, Words, concepts_named, weight, words
from finfoundry.binding.sentence.when import told_periods
from finfoundry.binding.series import at_other_times, printed, year_before
from finfoundry.core.quantities.numbers import PrintedNumber
from finfoundry.core.quantities.rough import find_multiples, find_unread

_WORDS = {"two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10}
EXTREME = re.compile(
    r"\b(?:(?P<high>highest|largest|biggest|strongest|record|peak)|(?P<low>lowest|smallest|weakest))\b"
    r"|(?P<high2>最高|最大|最多|新高)|(?P<low2>最低|最小|最少|新低)",
    re.IGNORECASE,
)
_OF_PARTS = re.compile(
    r"\b(?:(?P<high>largest|biggest)|(?P<low>smallest)) (?:\w+ ){0,2}"
    r"(?:segment|division|market|region|business|category|geography|product|source"
    r"|unit|brand|contributor)\b|(?:(?P<high_zh>最大|第一大|最高|最多)|(?P<low_zh>最小|最低|最少))的?(?:收入)?(?:分部|板块|业务|地区|市场|产品|品类|行业|来源)",
    re.IGNORECASE,
)
PLACED = re.compile(  # a place in an order but the first
    r"\b(?P<n>second|third|fourth|fifth)[- ](?:largest|biggest|highest|most|(?P<low>smallest|lowest))\b"
    r"|\branked (?:only )?(?:(?P<rank>second|third|fourth|fifth)|(?:#|no\.? ?)?(?P<digit>\d))\b"
    r"|第(?P<zh>[二三四五])(?:[大高多]|(?P<low_zh>[小低少]))|(?:位[列居]?|排[名在列]?|居)第(?P<rank_zh>[二三四五])(?!季)",
    re.IGNORECASE,
)
_STOPS = re.compile(r",(?!\s*\d{4})|[;，；。]")
_ASIDE = re.compile(  # a clause under another one, which says when or why
    r"(?:\b(?:after|although|as|because|before|since|though|when|whereas|while)\b|因为|由于)(?:[^,;，；]|,(?=\d))*|[^,;，；]+后(?=[，,])",
    re.IGNORECASE,
)
MORE = re.compile(
    r"\b(?:exceed(?:s|ed)?|outstripped|outweigh(?:s|ed)?|(?P<of>(?:more|higher|greater|larger|bigger)(?: [a-z]+){0,3}) than"
    r"|(?:was|were|is|are) above)\b|高于|多于|超过|大于|高过",
    re.IGNORECASE,
)
LESS = re.compile(
    r"\b(?:(?P<of>(?:less|lower|fewer|smaller)(?: [a-z]+){0,3}) than|(?:was|were|is|are) below|fell short of)\b|低于|少于|小于|不及",
    re.IGNORECASE,
)
DEGREES = re.compile(r"\b(?:more|higher|greater|larger|bigger|less|lower|fewer|smaller)\b", re.IGNORECASE)
_EMPTY = re.compile(  # what such sentences say besides, and nothing by it; "again", "continued" tell of the year before, too
    r"\b(?:company|group|firm|year|quarter|period|month|fiscal|half|first|second|third|fourth|end|prior|previous|last|same|by far|compared"
    r"|versus"
    r"|than|slightly|sharply|clearly|also|both|did|do|does|was|were|is|are|had|has|have|its|their|it|from|with|against|over|brought"
    r"|bring|brings|contribute[sd]?|made|makes|posted|reported|recorded|ever|so far|much|to)\b"
    r"|公司|集团|本行|本年度?|全年|年度?|季度|报告期内?|当期|本期|同比|较|比|上年同期|上年|去年|有所|略有|明显|大幅|均|都|也|了|来|以来|期末|末",
    re.IGNORECASE,
)
YEARS = re.compile(
    r"\b(?P<n>two|three|four|five|six|seven|ten|\d+)[- ]years?\b|(?P<zh>[两二三四五六七十]|(?<!\d)\d{1,2})个?年(?!度)|\byears (?:presented"
    r"|shown|reported)\b|\bof the (?:past |last )?(?P<of>two|three|four|five) years\b|\bsince (?:19|20)\d\d\b|(?:历史|历年|史上|有史以来)",
    re.IGNORECASE,
)
QUARTERS = re.compile(r"四个季度|各(?:个)?季度|季度(?:中|里|之中)|全年最|为全年|\b(?:four|all) quarters\b|of the quarters", re.IGNORECASE)
RECORD = re.compile(
    r"\b(?:all-time (?:high|low)|(?:a|its|another|new) record(?! date|-|\s+keeping))\b|历史新高|创.{0,3}新高", re.IGNORECASE
)
SERIES = re.compile(
    r"\b(?P<n>second|third|fourth|fifth|sixth) (?:consecutive|straight|successive) year\b|连续(?P<zh>[两二三四五六])年", re.IGNORECASE
)
_ORDINALS = {"second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6} | dict(zip("两二三四五六", (2, 2, 3, 4, 5, 6), strict=True))
_PLACES = _ORDINALS | dict(zip("二三四五", (2, 3, 4, 5), strict=True))
_EVER = 100  # years: more than any paper tells
_FALLS = re.compile(r"\b(?:fell|fall\w*|declin\w+|decreas\w+|drop\w*|low)\b|下降|减少|下滑|下跌", re.IGNORECASE)
_NEAR, _YEAR, _OF_A_YEAR = 20, 300, 4  # characters around a figure; days between the quarters of a year; how many there are
_COUNTS = _WORDS | dict(zip("两二三四五六七十", (2, 2, 3, 4, 5, 6, 7, 10), strict=True))


def ranked(matches: Sequence[Match], matcher: Matcher) -> tuple[str | None, str | None]:
    """What of the sentence's words does not hold, and what cannot be computed."""
    if not matches:
        return None, None
    sentence = matches[0].claim.sentence
    placed = PLACED.search(sentence)
    first = next((match for match in matches if match.item), None)
    unsupported, unchecked = of_parts(first, matcher) if first and not placed else (None, None)
    told = {match.claim.number.start - match.claim.start for match in matches}  # where no figure is, a multiple is a claim of its own
    for multiple in (one for one in find_multiples(sentence) if one.start not in told):
        holds = _multiplied(multiple, matches, matcher)
        unsupported = f"{multiple.text}: does not follow" if holds is False else unsupported
        unchecked = f"{multiple.text}: not computed" if holds is None else unchecked
    unchecked = next((f"{one}: not computed" for one in find_unread(sentence)), unchecked)
    if placed:
        holds = _is_in_place(matches, matcher, placed)
        unsupported = f"{placed[0]}: does not follow" if holds is False else unsupported
        unchecked = f"{placed[0]}: not computed" if holds is None else unchecked
    extreme = None if placed else EXTREME.search(sentence)
    if extreme and QUARTERS.search(sentence):
        holds = _is_of_quarters(matches, matcher, sentence)
        unsupported = f"{extreme[0]}: does not follow" if holds is False else unsupported
        unchecked = f"{extreme[0]}: not computed" if holds is None else unchecked
        return unsupported, unchecked
    years = YEARS.search(sentence)
    if extreme and years:
        holds = _is_extreme(matches, matcher, high=bool(extreme["high"] or extreme["high2"]), years=years)
        unsupported = f"{extreme[0]}: does not follow" if holds is False else unsupported
        unchecked = f"{extreme[0]}: not computed" if holds is None else unchecked
    for found, holds in _over_years(sentence, matches, matcher, told=bool(extreme and years)):
        unsupported = f"{found[0]}: does not follow" if holds is False else unsupported
        unchecked = f"{found[0]}: not computed" if holds is None else unchecked
    return unsupported, unchecked


def ranked_apart(matches: Sequence[Match], matcher: Matcher) -> tuple[str | None, str | None]:
    """The same, where a multiple or an extreme of a clause of its own that has no figure is of something else, and not computed."""
    sentence = matches[0].claim.sentence if matches else ""
    places = [match.claim.number.start - match.claim.start for match in matches]
    left, aside = sentence, None
    for clause in _ASIDE.finditer(sentence):
        found = next((one[0] for one in (EXTREME.search(clause[0]), RECORD.search(clause[0])) if one), None)
        found = found or next((one.text for one in find_multiples(clause[0])), None)
        if found and not any(clause.start() <= place < clause.end() for place in places):
            left, aside = left[: clause.start()] + " " * len(clause[0]) + left[clause.end() :], found
    unsupported, unchecked = ranked([replace(match, claim=replace(match.claim, sentence=left)) for match in matches], matcher)
    return unsupported, unchecked or (f"{aside}: not computed" if aside else None)


def _over_years(sentence: str, matches: Sequence[Match], matcher: Matcher, *, told: bool) -> Iterator[tuple[re.Match[str], bool | None]]:
    """Records and runs of years that the sentence speaks of, and whether they hold by the years that the facts have. ``told``: an extreme
    of so many years was looked at already.
    """
    record, series = RECORD.search(sentence), SERIES.search(sentence)
    if record and not told:
        yield record, _is_highest(matches, matcher, high="low" not in record[0].lower(), wanted=_EVER)
    if series:
        years = _ORDINALS[(series["n"] or series["zh"]).lower()]
        yield series, _goes_on(matches, matcher, years, falls=_FALLS.search(sentence) is not None)


def _goes_on(matches: Sequence[Match], matcher: Matcher, years: int, *, falls: bool) -> bool | None:
    """Whether the sentence's first level rose, or fell, in each of so many years; None where the facts have too few."""
    item = next((match.item for match in matches if match.item and match.item.source == "cell"), None)
    if item is None:
        return None
    values = {0: item.value} | {when: one.value for when, one in at_other_times(item, matcher) if -years <= when < 0}
    pairs = [(values[when - 1], values[when]) for when in range(0, -years, -1) if when in values and when - 1 in values]
    if any(after >= before if falls else after <= before for before, after in pairs):
        return False
    return True if len(pairs) == years else None


def _multiplied(multiple: PrintedNumber, matches: Sequence[Match], matcher: Matcher) -> bool | None:
    """Whether a level of the sentence is so many times another one of it, or its own of a year before; None where there is none."""
    items = [match.item for match in matches if match.item and not match.claim.number.percent]
    pairs = [(a.value, b.value) for a, b in permutations(items, 2) if a.unit == b.unit]
    pairs = pairs or [(item.value, earlier.value) for item in items if (earlier := year_before(item, matcher))]
    quotients = [abs(a / b) for a, b in pairs if b]
    low, high = multiple.within or (multiple.value, multiple.value)
    return any(low <= quotient <= high for quotient in quotients) if quotients else None


def _is_of_quarters(matches: Sequence[Match], matcher: Matcher, sentence: str) -> bool | None:
    """Whether each figure is the highest or lowest of its row's four quarters, as its clause says; None where they are not there."""
    found: list[bool] = []
    for match in matches:
        item = match.item
        extreme = EXTREME.search(_own(match, matches, sentence))
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


def _own(match: Match, matches: Sequence[Match], sentence: str) -> str:
    """What a sentence says of one figure: since the one before it, and a little behind it where no other follows."""
    start, end = match.claim.number.start - match.claim.start, match.claim.number.end - match.claim.start
    others = [one.claim.number for one in matches if one is not match]
    since = max((one.end - match.claim.start for one in others if one.end - match.claim.start <= start), default=0)
    until = min((one.start - match.claim.start for one in others if one.start - match.claim.start >= end), default=end + _NEAR)
    before = sentence[since:start]
    return before if EXTREME.search(before) else sentence[since : min(until, end + _NEAR)]


def _is_extreme(matches: Sequence[Match], matcher: Matcher, *, high: bool, years: re.Match[str]) -> bool | None:
    """Whether the sentence's first level is above or below those of all years that it speaks of; None where the facts have too few."""
    count = years["n"] or years["zh"] or years["of"]
    wanted = (_COUNTS.get(count.lower()) or (int(count) if count.isdigit() else 2)) if count else 2
    return _is_highest(matches, matcher, high=high, wanted=wanted)


def _is_highest(matches: Sequence[Match], matcher: Matcher, *, high: bool, wanted: int) -> bool | None:
    """The same of so many years."""
    item = next((match.item for match in matches if match.item and match.item.source == "cell"), None)
    if item is None:
        return None
    others = {when: one.value for when, one in at_other_times(item, matcher) if -wanted < when < wanted}
    mine = abs(item.value)
    if any((abs(value) > mine) if high else (abs(value) < mine) for value in others.values()):
        return False
    return True if len(others) >= wanted - 1 else None


# ---- the largest of a breakdown


def of_parts(match: Match, matcher: Matcher) -> tuple[str | None, str | None]:
    """What does not hold of "the largest segment, with 5", and what cannot be computed: it is held against the others of its breakdown."""
    sentence = match.claim.sentence
    named = _OF_PARTS.search(sentence)
    found = named or (None if YEARS.search(sentence) or QUARTERS.search(sentence) else EXTREME.search(sentence))
    if found is None or match.item is None or match.claim.direction:
        return None, None
    holds = is_of_parts(
        match.item, matcher, sentence, largest=bool(named["high"] or named["high_zh"] if named else found["high"] or found["high2"])
    )
    if holds is None:
        return None, f"{found[0]}: not computed" if named else None
    return (None, None) if holds else (f"{found[0]}: does not follow", None)


def is_of_parts(item: EvidenceItem, matcher: Matcher, sentence: str, *, largest: bool) -> bool | None:
    """Whether an item is the largest, or smallest, of the breakdown whose part the sentence names; None where none is stored."""
    cells = [item, *printed(item, matcher)] if item.source == "cell" else list(printed(item, matcher))
    said = words(sentence)
    values = [value for cell in cells for _, value in _parts(cell, matcher, said)]
    if not values:
        return None
    mine = abs(item.value)
    return all(value <= mine for value in values) if largest else all(value >= mine for value in values)


def place_told(placed: re.Match[str]) -> int:
    """The number of a place below the first."""
    return int(placed["digit"] or 0) or _PLACES[(placed["n"] or placed["rank"] or placed["zh"] or placed["rank_zh"]).lower()]


def is_in_place(item: EvidenceItem, matcher: Matcher, sentence: str, placed: re.Match[str]) -> bool | None:
    """Whether an item has the place below the first that the sentence gives it, among the parts of each table that prints it; None where
    none is stored, the tables disagree, or the place is one among years.
    """
    if YEARS.search(sentence) or QUARTERS.search(sentence):
        return None
    number = place_told(placed)
    lowest, said, mine = bool(placed["low"] or placed["low_zh"]), words(sentence), abs(item.value)
    verdicts = set[bool]()
    for cell in (item, *printed(item, matcher)):
        others = dict(_parts(cell, matcher, said)).values() if cell.source == "cell" else ()
        ahead = sum(value < mine if lowest else value > mine for value in others)
        if others:
            verdicts.add(ahead < number <= ahead + 1 + sum(value == mine for value in others))
    return verdicts.pop() if len(verdicts) == 1 else None


def _is_in_place(matches: Sequence[Match], matcher: Matcher, placed: re.Match[str]) -> bool | None:
    """The same of the first level of a sentence that is a part of a table."""
    levels = (match for match in matches if match.item and not match.claim.direction)
    told = ((match.item, is_in_place(match.item, matcher, match.claim.sentence, placed)) for match in levels if match.item)
    item, holds = next(((item, holds) for item, holds in told if holds is not None), (None, None))
    return holds if holds or item is None or says_no_more(_around(placed, matches), item) else None


def _around(placed: re.Match[str], matches: Sequence[Match]) -> str:
    """The clause that has a place in an order, without the figures in it."""
    sentence = placed.string
    for match in matches:
        start, end = match.claim.number.start - match.claim.start, match.claim.number.end - match.claim.start
        sentence = sentence[:start] + " " * (end - start) + sentence[end:]
    since = max((end.end() for end in _STOPS.finditer(sentence, 0, placed.start())), default=0)
    until = _STOPS.search(sentence, placed.end())
    return sentence[since : until.start() if until else len(sentence)]


def told_place(match: Match, matches: Sequence[Match]) -> Literal["rank", "extreme"] | None:
    """Whether a sentence says of a figure that it is the first of an order, or has a place below."""
    own = _own(match, matches, match.claim.sentence) if len(matches) > 1 else match.claim.sentence
    return "rank" if PLACED.search(own) else "extreme" if EXTREME.search(own) else None


def _parts(item: EvidenceItem, matcher: Matcher, said: Words) -> Iterator[tuple[str, Decimal]]:
    """The other parts of a cell's breakdown with their sizes: rows of its table that differ in one heading, that of no metric. ``said``:
    the words of the sentence, which must name the part.
    """
    path = item.series.split(" > ")
    page = item.place.page if item.place else None
    for one in matcher.index.on_page(page) if page else ():
        other = one.series.split(" > ")
        if one.unit != item.unit or one.dates != item.dates or one.above != item.above:
            continue
        apart = (
            [pair for pair in zip(path, other, strict=True) if pair[0] != pair[1]] if len(path) == len(other) else [(path[-1], other[-1])]
        )
        mine, theirs = apart[0] if len(apart) == 1 else ("", "")
        if words(mine) & said and mine != theirs and not (WHOLE.search(theirs) or concepts_named(theirs) or concepts_named(mine)):
            yield theirs, abs(one.value)


def says_no_more(clause: str, *items: EvidenceItem) -> bool:
    """Whether a clause has no word but those of its rows, their headings, times, and the words by which it compares."""
    for period in reversed(told_periods(clause)):
        clause = clause[: period.start] + " " + clause[period.end :]
    return weight(words_left(clause, *items)) < 1


def words_left(clause: str, *items: EvidenceItem) -> Words:
    """The words of a clause without times that neither rows, headings and companies have nor a comparison is told by."""
    for pattern in (patterns.RISE, patterns.FALL, PLACED, EXTREME, YEARS, QUARTERS, RECORD, SERIES, MORE, LESS, _EMPTY):
        clause = pattern.sub(lambda found: f" {found.groupdict().get('of') or ''} ", clause)
    rest = words(DEGREES.sub(" ", clause)) - BALANCES
    told: Words = frozenset[str]().union(*(word for item in items for word in (item.above, item.label.beside, *item.label.alternatives)))
    names = words(" ".join(name for item in items for name in item.entity))
    return rest - told - names
